"""A mail as it goes out: one text in one language, as plain text and as HTML, with fixed headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from pip_portal.post.sjablonen import sjabloon_van
from pip_portal.post.teksten.zinnen import AANHEF, AANVRAAG, AFZENDER, GROET, VOET, Zin
from pip_portal.settings import Smtp
from pip_portal.web import TEMPLATE_ENV


@dataclass(frozen=True, slots=True)
class Regel:
    tekst: str
    url: str = ""


def adres_van(tekst: str) -> str:
    """The address as a mail server takes it: a domain with other letters as its ASCII form.

    Raises: ValueError when it is no address.
    """
    try:
        adres = Address(addr_spec=tekst.strip())
        domein = adres.domain.encode("idna").decode()
    except Exception:  # the parser of the standard library raises many kinds, with the address in their text
        raise ValueError("geen e-mailadres") from None
    if not adres.username or "." not in domein or domein.startswith("["):  # [10.0.0.1] is a machine, maybe one of ours
        raise ValueError("geen e-mailadres")
    return f"{Address(username=adres.username, domain=domein)}"


def maak_bericht(
    smtp: Smtp,
    portaal: str,
    *,
    sjabloon: str,
    aan: str,
    taal: str,
    gegevens: Mapping[str, str],
    nummer: str,
    moment: datetime,
) -> EmailMessage:
    """The message for this template. portaal: URL of the portal. nummer: of this mail, for its Message-ID.

    Raises: ValueError when the template does not exist or does not fit these gegevens.
    """
    onderwerp, regels = _regels(portaal, sjabloon, taal, gegevens)
    voet = VOET.in_taal(taal)
    html = TEMPLATE_ENV.get_template("post/mail.html").render(taal=taal, onderwerp=onderwerp, zinnen=regels, voet=voet)
    return stel_op(
        smtp,
        aan=aan,
        onderwerp=onderwerp,
        tekst="\n\n".join([*_stukken(regels), "-- \n" + voet]) + "\n",
        html=html,
        taal=taal,
        nummer=nummer,
        moment=moment,
    )


def als_tekst(portaal: str, *, sjabloon: str, taal: str, gegevens: Mapping[str, str], voet: Zin) -> tuple[str, str]:
    """Subject and plain text of this template, for what brings it otherwise than by mail.

    Raises: ValueError as maak_bericht.
    """
    onderwerp, regels = _regels(portaal, sjabloon, taal, gegevens)
    return onderwerp, "\n\n".join([*_stukken(regels), voet.in_taal(taal)])


def stel_op(
    smtp: Smtp, *, aan: str, onderwerp: str, tekst: str, html: str, taal: str, nummer: str, moment: datetime
) -> EmailMessage:
    """A message as text and as HTML with the headers that every mail of ours has; more can be added to it."""
    bericht = EmailMessage(policy=SMTP)
    bericht["From"] = Address(smtp.afzender_naam, addr_spec=smtp.afzender)
    bericht["To"] = Address(addr_spec=aan)
    bericht["Subject"] = onderwerp
    bericht["Date"] = format_datetime(moment)
    bericht["Message-ID"] = f"<{nummer}@{smtp.afzender.rpartition('@')[2]}>"
    bericht["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answer comes back
    bericht["X-Auto-Response-Suppress"] = "All"
    bericht.set_content(tekst)
    bericht.add_alternative(html, subtype="html")
    bericht["Content-Language"] = taal  # after the content, which takes such headers away
    return bericht


def host_van(url: str) -> str:
    return urlsplit(url).hostname or "localhost"


def _regels(portaal: str, sjabloon: str, taal: str, gegevens: Mapping[str, str]) -> tuple[str, list[Regel]]:
    keuze = sjabloon_van(sjabloon, gegevens)
    waarden = {"portaal": portaal, "soortnaam": AANVRAAG.in_taal(taal), **gegevens}
    zinnen = (AANHEF, *keuze.zinnen, GROET, AFZENDER)
    return keuze.onderwerp.in_taal(taal).format(**waarden), [
        _regel(zin, taal, waarden) for zin in zinnen if zin.geldt(waarden)
    ]


def _regel(zin: Zin, taal: str, waarden: Mapping[str, str]) -> Regel:
    url = waarden.get(zin.link, "")  # a path is one of the portal: who placed the mail need not know its address
    return Regel(zin.in_taal(taal).format(**waarden), waarden["portaal"] + url if url.startswith("/") else url)


def _stukken(regels: list[Regel]) -> list[str]:
    return [f"{regel.tekst}:\n{regel.url}" if regel.url else regel.tekst for regel in regels]
