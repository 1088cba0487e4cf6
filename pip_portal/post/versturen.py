"""What the worker does with an opdracht "mail": send it once over SMTP, and keep the proof.

Temporary trouble (the server is away, or says 4xx) is tried again later. A refusal for good (5xx on the address or the
message) is written down and never tried again. What bounces after it was accepted comes back at the address `terug`;
reading that mailbox is for later.
"""

import hashlib
import logging
import ssl
from collections.abc import Mapping
from typing import Any

import aiosmtplib
from sqlalchemy import select

from pip_portal.db import Sessionmaker
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.post.opmaken import adres_van, host_van, maak_bericht
from pip_portal.settings import Smtp
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Bewijs
from pip_portal.tijd import now

log = logging.getLogger(__name__)


class Versturen:
    """Handler for SOORT of mail.py."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, smtp: Smtp, public_url: str) -> None:
        self._db = db
        self._sleutels = sleutels
        self._smtp = smtp
        self._public_url = public_url

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the mail server is away for now; Onmogelijk when this mail will never arrive."""
        if await self._is_af(inhoud["nummer"]):
            return
        try:
            aan = adres_van(inhoud["aan"])
            bericht = maak_bericht(
                self._smtp,
                self._public_url,
                sjabloon=inhoud["sjabloon"],
                aan=aan,
                taal=inhoud["taal"],
                gegevens=inhoud["gegevens"],
                nummer=inhoud["nummer"],
                moment=now(),
            )
        except ValueError as exc:
            await self._bewijs("mail_geweigerd", inhoud)
            raise Onmogelijk(f"mail niet te maken: {exc}", wissen=True) from None
        try:
            await aiosmtplib.send(
                bericht,
                sender=self._smtp.terug or self._smtp.afzender,
                recipients=[aan],
                **verbinding(self._smtp, self._public_url),
            )
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
            if code := voorgoed(exc, aan):
                await self._bewijs("mail_geweigerd", inhoud, bytes(bericht))
                raise Onmogelijk(f"geweigerd door de mailserver ({code})", wissen=True) from None
            raise Uitstel(f"mailserver: {reden(exc)}") from None
        await self._bewijs("mail_verzonden", inhoud, bytes(bericht))
        log.info("mail verzonden", extra={"mail": inhoud["nummer"], "sjabloon": inhoud["sjabloon"]})

    async def _is_af(self, nummer: str) -> bool:
        """Sent or refused before, by a worker that ended before it could say so."""
        async with self._db() as session:
            af = select(Bewijs.id).where(
                Bewijs.kenmerk == nummer, Bewijs.gebeurtenis.in_(("mail_verzonden", "mail_geweigerd"))
            )
            return await session.scalar(af) is not None

    async def _bewijs(self, gebeurtenis: str, inhoud: Mapping[str, Any], bericht: bytes = b"") -> None:
        """Proof without the address. Source: domain §4.1, burden of proof; requirements B7."""
        bewijs = Bewijs(
            gebeurtenis=gebeurtenis,
            kenmerk=inhoud["nummer"],
            wie=self._sleutels.keyed_hash("email", str(inhoud["aan"]).strip().lower()),
            hash=hashlib.sha256(bericht).hexdigest(),
            kanaal="email",
            versie=f"{inhoud['sjabloon']}/{inhoud['taal']}",
            op=now(),
        )
        async with self._db.begin() as session:
            session.add(bewijs)


async def bereikbaar(smtp: Smtp, public_url: str) -> str:
    """Empty when the mail server takes our connection and our password; else why not. Sends nothing."""
    client = aiosmtplib.SMTP(**verbinding(smtp, public_url))
    try:
        async with client:
            await client.noop()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
        return reden(exc)
    return ""


def verbinding(smtp: Smtp, public_url: str) -> dict[str, Any]:
    """What the SMTP client must know to reach this mail server."""
    inloggen = {"username": smtp.gebruiker, "password": smtp.wachtwoord.get_secret_value()} if smtp.gebruiker else {}
    tls = {"tls_context": ssl.create_default_context(cafile=smtp.ca)} if smtp.beveiliging != "geen" else {}
    return {
        "hostname": smtp.host,
        "port": smtp.poort,
        "use_tls": smtp.beveiliging == "tls",
        "start_tls": smtp.beveiliging == "starttls",
        "timeout": smtp.timeout,
        "local_hostname": host_van(public_url),  # else the library asks the DNS who we are
        **inloggen,
        **tls,
    }


def voorgoed(exc: Exception, aan: str) -> str:
    """The code when this address or this message is refused for good; empty when it may pass.

    That we ourselves are refused (login, sender, connection) says nothing about this mail.
    """
    if isinstance(exc, aiosmtplib.SMTPRecipientsRefused):
        exc = exc.recipients[0]
    if isinstance(exc, (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)):
        return str(exc.code) if exc.code >= 500 else ""
    if isinstance(exc, aiosmtplib.SMTPNotSupported) and not aan.isascii():
        return "SMTPUTF8"
    return ""


def reden(exc: Exception) -> str:
    """Type and code; never the text of the server, which repeats the address."""
    if isinstance(exc, aiosmtplib.SMTPRecipientsRefused):
        exc = exc.recipients[0]
    code = getattr(exc, "code", None)
    return f"{type(exc).__name__} ({code})" if code else type(exc).__name__
