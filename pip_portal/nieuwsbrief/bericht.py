"""A newsletter as one mail to one reader, with the links to change and to stop in it and in its headers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pip_portal.nieuwsbrief.uitgave import Uitgegeven
from pip_portal.settings import Smtp
from pip_portal.taal import Taal, _, schrijf_in
from pip_portal.web import TEMPLATE_ENV


@dataclass(frozen=True, slots=True)
class Lezer:
    """Who gets it. The URLs hold a token of this reader; afmeld_url also takes the POST of RFC 8058."""

    adres: str
    taal: Taal
    html: bool
    voorkeuren_url: str
    afmeld_url: str


@dataclass(frozen=True, slots=True)
class Samengesteld:
    """What is the same for every reader of this language: subject, and the parts of the mail."""

    taal: Taal
    onderwerp: str
    voorbeeldtekst: str
    delen: tuple[Uitgegeven, ...]


def stel_samen(delen: Sequence[Uitgegeven], taal: Taal) -> Samengesteld:
    """One uitgave as it is; several under one subject, each with its own heading."""
    if len(delen) == 1:
        deel = delen[0]
        return Samengesteld(deel.taal, deel.onderwerp, deel.voorbeeldtekst, (deel,))
    with schrijf_in(taal):
        onderwerp = _("Nieuws van de gemeente Deventer: {aantal} berichten").format(aantal=len(delen))
    return Samengesteld(taal, onderwerp, ", ".join(deel.onderwerp for deel in delen)[:200], tuple(delen))


def maak_nieuwsbrief(
    smtp: Smtp, samengesteld: Samengesteld, lezer: Lezer, *, nummer: str, moment: datetime, afmeldadres: str = ""
) -> EmailMessage:
    """The message. nummer: of its Message-ID. afmeldadres: where somebody reads mail that asks to stop, if anywhere.

    Source: RFC 2369 and 8058 (List-Unsubscribe), RFC 2919 (List-Id); Tw art. 11.7(4): a free way to stop in each mail.
    The mail server must sign these headers with DKIM, or mail programs will not trust them.
    """
    domein = smtp.afzender.rpartition("@")[2]
    bericht = EmailMessage(policy=SMTP)
    bericht["From"] = Address(smtp.afzender_naam, addr_spec=smtp.afzender)
    bericht["To"] = Address(addr_spec=lezer.adres)
    bericht["Subject"] = samengesteld.onderwerp
    bericht["Date"] = format_datetime(moment)
    bericht["Message-ID"] = f"<{nummer}@{domein}>"
    mailto = f", <mailto:{afmeldadres}?subject=afmelden>" if afmeldadres else ""
    bericht["List-Unsubscribe"] = f"<{lezer.afmeld_url}>{mailto}"
    bericht["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    bericht["List-Id"] = f"<nieuwsbrief.{domein}>"
    bericht["Precedence"] = "bulk"
    bericht["X-Auto-Response-Suppress"] = "All"
    with schrijf_in(samengesteld.taal):
        bericht.set_content(_als_tekst(samengesteld, lezer))
        if lezer.html:
            html = TEMPLATE_ENV.get_template("nieuwsbrief/mail.html").render(brief=samengesteld, lezer=lezer)
            bericht.add_alternative(html, subtype="html")
    bericht["Content-Language"] = samengesteld.taal  # after the content, which takes such headers away
    return bericht


def _als_tekst(samengesteld: Samengesteld, lezer: Lezer) -> str:
    stukken: list[str] = []
    for deel in samengesteld.delen:
        if len(samengesteld.delen) > 1:
            stukken += ["* * *", deel.onderwerp] if stukken else [deel.onderwerp]
        stukken.append(deel.opgemaakt.tekst)
    voet = (
        f"{_('U krijgt deze mail omdat u zich hebt aangemeld voor nieuwsbrieven van de gemeente Deventer.')}\n\n"
        f"{_('Veranderen wat u krijgt')}:\n{lezer.voorkeuren_url}\n\n{_('Afmelden')}:\n{lezer.afmeld_url}\n\n"
        f"{_('Gemeente Deventer, Grote Kerkhof 1, 7411 KT Deventer. Telefoon 14 0570.')}"
    )
    return "\n\n".join([*stukken, f"-- \n{voet}"]) + "\n"
