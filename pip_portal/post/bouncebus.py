"""Where notifications of undeliverable mail arrive: a folder (Maildir) or a mailbox (IMAP over TLS).

What was looked at is marked as seen, whatever it was, and only after what it said is stored: a crash in between makes
that it is read again, which does no harm.
"""

import asyncio
import imaplib
import logging
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pip_portal.db import Sessionmaker
from pip_portal.post.bounces import MAX_GROOTTE, verwerk
from pip_portal.settings import Bounces

log = logging.getLogger(__name__)

TIMEOUT = 30.0  # seconds for the connection and for each answer
GEZIEN = ":2,S"  # how a Maildir says that a message was seen


class BusOnbereikbaar(Exception):
    """The mailbox or folder cannot be read now. The text names no content."""


async def blijf_legen(db: Sessionmaker, bounces: Bounces) -> None:
    """Until cancelled; what fails is tried again the next time."""
    while True:
        try:
            await leeg(db, bounces)
        except Exception as exc:  # whatever a server answers, the next round looks again
            log.error("postbus voor onbestelbare mail niet gelezen", exc_info=exc)
        await asyncio.sleep(bounces.elke)


async def leeg(db: Sessionmaker, bounces: Bounces) -> Counter[str]:
    """Handle all that is unseen; how many came to what. Raises: BusOnbereikbaar."""
    return await (leeg_maildir(db, bounces.maildir) if bounces.maildir else leeg_imap(db, bounces))


async def leeg_maildir(db: Sessionmaker, folder: Path) -> Counter[str]:
    """Raises: BusOnbereikbaar when this is no Maildir."""
    nieuw, gelezen = folder / "new", folder / "cur"
    uitkomsten: Counter[str] = Counter()
    try:
        for bestand in await asyncio.to_thread(lambda: sorted(nieuw.iterdir())):
            with bestand.open("rb") as inhoud:
                bron = await asyncio.to_thread(inhoud.read, MAX_GROOTTE)
            uitkomsten[await verwerk(db, bron)] += 1
            bestand.rename(gelezen / f"{bestand.name}{GEZIEN}")
    except FileNotFoundError:
        if not (nieuw.is_dir() and gelezen.is_dir()):
            raise BusOnbereikbaar("geen Maildir") from None
    except OSError as exc:
        raise BusOnbereikbaar(type(exc).__name__) from None
    return uitkomsten


async def leeg_imap(db: Sessionmaker, bounces: Bounces) -> Counter[str]:
    """Raises: BusOnbereikbaar."""
    uitkomsten: Counter[str] = Counter()
    async with _imap(bounces) as imap:
        [uids] = await _vraag(imap, "SEARCH", "UNSEEN")
        for uid in (uids or b"").decode().split():
            antwoord = await _vraag(imap, "FETCH", uid, f"(BODY.PEEK[]<0.{MAX_GROOTTE}>)")
            bron = next((deel[1] for deel in antwoord if isinstance(deel, tuple)), b"")
            uitkomsten[await verwerk(db, bron)] += 1
            await _vraag(imap, "STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    return uitkomsten


async def bereikbaar(bounces: Bounces) -> str:
    """Empty when it can be read; else why not. Marks nothing as seen."""
    if bounces.maildir:
        return "" if (bounces.maildir / "new").is_dir() and (bounces.maildir / "cur").is_dir() else "geen Maildir"
    try:
        async with _imap(bounces):
            return ""
    except BusOnbereikbaar as exc:
        return str(exc)


@asynccontextmanager
async def _imap(bounces: Bounces) -> AsyncIterator[imaplib.IMAP4_SSL]:
    """A connection with the folder open; the library waits, so each step runs in a thread."""

    def open_() -> imaplib.IMAP4_SSL:
        tls = ssl.create_default_context(cafile=bounces.ca)
        imap = imaplib.IMAP4_SSL(bounces.host, bounces.poort, ssl_context=tls, timeout=TIMEOUT)
        try:
            imap.login(bounces.gebruiker, bounces.wachtwoord.get_secret_value())
            if imap.select(bounces.map)[0] != "OK":
                raise BusOnbereikbaar(f"map {bounces.map} bestaat niet")
        except BaseException:
            imap.shutdown()
            raise
        return imap

    try:
        imap = await asyncio.to_thread(open_)
        try:
            yield imap
        finally:
            await asyncio.to_thread(_sluit, imap)
    except (imaplib.IMAP4.error, OSError) as exc:
        raise BusOnbereikbaar(type(exc).__name__) from None


def _sluit(imap: imaplib.IMAP4_SSL) -> None:
    with suppress(imaplib.IMAP4.error, OSError):
        imap.logout()
        return
    with suppress(OSError):
        imap.shutdown()


async def _vraag(imap: imaplib.IMAP4_SSL, *vraag: str) -> list[Any]:
    """What the server answers, as the library gives it. Raises: IMAP4.error when it says no."""
    antwoord, inhoud = await asyncio.to_thread(imap.uid, *vraag)
    if antwoord != "OK":
        raise imaplib.IMAP4.error("geweigerd")
    return inhoud
