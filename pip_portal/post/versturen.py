"""What the worker does with an opdracht "mail": send it once over SMTP, and keep the proof.

Temporary trouble (the server is away, or says 4xx) is tried again later. A refusal for good (5xx on the address or the
message) is written down and never tried again. What bounces after it was accepted comes back later: bounces.py.

Sending twice: before the server gets the mail its row says that a try began, and what the server took is written down
at once. Only when a try ended in between (a crash, a line that broke) nobody knows whether the server has it. Then it
goes once more, because a mail must never be lost, with the same Message-ID, by which mail programs see that it is the
same; and the proof says so.
"""

import hashlib
import logging
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final

import aiosmtplib
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.post import brieven, onbestelbaar
from pip_portal.post.opmaken import adres_van, host_van, maak_bericht
from pip_portal.settings import Smtp
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Bewijs, Mail
from pip_portal.tijd import now

log = logging.getLogger(__name__)

GEEN_ADRES: Final = "5.1.3"  # RFC 3463: bad destination mailbox address syntax
UITGEBREID = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Zending:
    """Who gets which mail. versie: template and language, as M1/nl. eigenaar, kenmerk: as in plaats_mail."""

    nummer: str
    aan: str
    versie: str
    eigenaar: str = ""
    kenmerk: str = ""


class Bezorger:
    """Brings mails to the mail server, each once as far as SMTP allows."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, smtp: Smtp, public_url: str) -> None:
        self._db = db
        self._sleutels = sleutels
        self._smtp = smtp
        self._public_url = public_url

    async def bezorg(self, zending: Zending, maak: Callable[[str], EmailMessage]) -> None:
        """Send it, unless that was done before. maak: the message, for the address as a mail server takes it.

        Raises: Uitstel when the mail server is away for now; Onmogelijk when this mail will never arrive.
        """
        if await self._is_af(zending.nummer):
            return
        try:
            aan = adres_van(zending.aan)
            bericht = maak(aan)
        except ValueError as exc:
            await self._geweigerd(zending, GEEN_ADRES)
            raise Onmogelijk(f"mail niet te maken: {exc}", wissen=True) from None
        misschien_al = False
        try:
            async with aiosmtplib.SMTP(**verbinding(self._smtp, self._public_url)) as client:
                if client.is_ehlo_or_helo_needed:
                    await client.ehlo()  # before we say that it began: it also tells what the server knows
                misschien_al = await self._begin(zending)
                await client.send_message(
                    bericht,
                    sender=self._smtp.terug or self._smtp.afzender,
                    recipients=[aan],
                    **terugmelding(client, zending.nummer),
                )
                await self._verzonden(zending, bytes(bericht), misschien_al)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
            if code := voorgoed(exc, aan):
                await self._geweigerd(zending, code, bytes(bericht))
                raise Onmogelijk(f"geweigerd door de mailserver ({code})", wissen=True) from None
            if _heeft_het_niet(exc) and not misschien_al:
                await self._terug(zending)
            raise Uitstel(f"mailserver: {reden(exc)}") from None
        log.info("mail verzonden", extra={"mail": zending.nummer, "sjabloon": zending.versie})

    async def _is_af(self, nummer: str) -> bool:
        """Sent or refused before, by a worker that ended before it could say so."""
        async with self._db() as session:
            af = select(Bewijs.id).where(
                Bewijs.kenmerk == nummer, Bewijs.gebeurtenis.in_(("mail_verzonden", "mail_geweigerd"))
            )
            return await session.scalar(af) is not None

    async def _begin(self, zending: Zending) -> bool:
        """From here on the server may have it; True when it may have it already, from an earlier try."""
        async with self._db.begin() as session:
            mail = await self._rij(session, zending)
            eerder, mail.begonnen_op = mail.begonnen_op, now()
        if eerder is not None:
            log.warning("mail gaat nog een keer uit: misschien is hij er al", extra={"mail": zending.nummer})
        return eerder is not None

    async def _terug(self, zending: Zending) -> None:
        async with self._db.begin() as session:
            await session.execute(update(Mail).where(Mail.nummer == zending.nummer).values(begonnen_op=None))

    async def _verzonden(self, zending: Zending, bericht: bytes, misschien_al: bool) -> None:
        async with self._db.begin() as session:
            mail = await self._rij(session, zending)
            mail.verzonden_op = now()
            gebeurtenissen = ("mail_mogelijk_dubbel", "mail_verzonden") if misschien_al else ("mail_verzonden",)
            session.add_all(bewijs(mail, gebeurtenis, bericht) for gebeurtenis in gebeurtenissen)

    async def _geweigerd(self, zending: Zending, code: str, bericht: bytes = b"") -> None:
        async with self._db.begin() as session:
            mail = await self._rij(session, zending)
            session.add(bewijs(mail, "mail_geweigerd", bericht))
            await onbestelbaar.markeer(session, mail, code)
            await brieven.plan(session, mail)

    async def _rij(self, session: AsyncSession, zending: Zending) -> Mail:
        nieuw = insert_van(session)(Mail).values(
            nummer=zending.nummer,
            versie=zending.versie,
            adres_hash=onbestelbaar.adres_hash(self._sleutels, zending.aan),
            eigenaar=zending.eigenaar,
            kenmerk=zending.kenmerk,
            aangemaakt_op=now(),
        )
        await session.execute(nieuw.on_conflict_do_nothing(index_elements=["nummer"]))
        return await session.get_one(Mail, zending.nummer)


class Versturen:
    """Handler for SOORT of mail.py."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, smtp: Smtp, public_url: str) -> None:
        self._bezorger = Bezorger(db, sleutels, smtp, public_url)
        self._smtp = smtp
        self._public_url = public_url

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the mail server is away for now; Onmogelijk when this mail will never arrive."""

        def maak(aan: str) -> EmailMessage:
            return maak_bericht(
                self._smtp,
                self._public_url,
                sjabloon=inhoud["sjabloon"],
                aan=aan,
                taal=inhoud["taal"],
                gegevens=inhoud["gegevens"],
                nummer=inhoud["nummer"],
                moment=now(),
            )

        zending = Zending(
            nummer=inhoud["nummer"],
            aan=inhoud["aan"],
            versie=f"{inhoud['sjabloon']}/{inhoud['taal']}",
            eigenaar=inhoud.get("eigenaar", ""),  # placed by an earlier version, without
            kenmerk=inhoud.get("kenmerk", ""),
        )
        await self._bezorger.bezorg(zending, maak)


def bewijs(mail: Mail, gebeurtenis: str, bericht: bytes = b"") -> Bewijs:
    """Proof without the address. Source: domain §4.1, burden of proof; requirements B7."""
    return Bewijs(
        gebeurtenis=gebeurtenis,
        kenmerk=mail.nummer,
        wie=mail.adres_hash,
        hash=hashlib.sha256(bericht).hexdigest(),
        kanaal="email",
        versie=mail.versie,
        op=now(),
    )


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


def terugmelding(client: aiosmtplib.SMTP, nummer: str) -> dict[str, Any]:
    """Asks for what comes back to name our number and to leave the text out, where the server knows how (RFC 3461)."""
    if not client.supports_extension("dsn"):
        return {}
    return {"mail_options": ["RET=HDRS", f"ENVID={nummer}"], "rcpt_options": ["NOTIFY=FAILURE,DELAY"]}


def voorgoed(exc: Exception, aan: str) -> str:
    """The code when this address or this message is refused for good; empty when it may pass.

    That we ourselves are refused (login, sender, connection) says nothing about this mail.
    """
    exc = _eerste(exc)
    if isinstance(exc, (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)):
        uitgebreid = UITGEBREID.search(exc.message)
        return (uitgebreid.group() if uitgebreid else str(exc.code)) if exc.code >= 500 else ""
    if isinstance(exc, aiosmtplib.SMTPNotSupported) and not aan.isascii():
        return "SMTPUTF8"
    return ""


def _heeft_het_niet(exc: Exception) -> bool:
    """The server answered with a refusal, or was never reached: it does not have this mail."""
    soorten = (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPConnectError, aiosmtplib.SMTPNotSupported)
    return isinstance(_eerste(exc), soorten)


def reden(exc: Exception) -> str:
    """Type and code; never the text of the server, which repeats the address."""
    exc = _eerste(exc)
    code = getattr(exc, "code", None)
    return f"{type(exc).__name__} ({code})" if code else type(exc).__name__


def _eerste(exc: Exception) -> Exception:
    """A mail has one recipient, so of several refusals there is one."""
    return exc.recipients[0] if isinstance(exc, aiosmtplib.SMTPRecipientsRefused) else exc
