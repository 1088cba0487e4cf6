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
from pip_portal.post.teksten.zinnen import AANHEF, AFZENDER, GROET, VOET, Zin
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
    if not adres.username or "." not in domein:
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
    keuze = sjabloon_van(sjabloon, gegevens)
    waarden = {"portaal": portaal, **gegevens}
    onderwerp = keuze.onderwerp.in_taal(taal)
    regels = [_regel(zin, taal, waarden) for zin in (AANHEF, *keuze.zinnen, GROET, AFZENDER) if zin.geldt(waarden)]
    voet = VOET.in_taal(taal)
    html = TEMPLATE_ENV.get_template("post/mail.html").render(taal=taal, onderwerp=onderwerp, zinnen=regels, voet=voet)
    return stel_op(
        smtp,
        aan=aan,
        onderwerp=onderwerp,
        tekst=_tekst(regels, voet),
        html=html,
        taal=taal,
        nummer=nummer,
        moment=moment,
    )


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


def _regel(zin: Zin, taal: str, waarden: Mapping[str, str]) -> Regel:
    url = waarden.get(zin.link, "")  # a path is one of the portal: who placed the mail need not know its address
    return Regel(zin.in_taal(taal).format(**waarden), waarden["portaal"] + url if url.startswith("/") else url)


def _tekst(regels: list[Regel], voet: str) -> str:
    stukken = [f"{regel.tekst}:\n{regel.url}" if regel.url else regel.tekst for regel in regels]
    return "\n\n".join([*stukken, "-- \n" + voet]) + "\n"
