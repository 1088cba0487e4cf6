"""What a mail server says later about a mail that it took: it cannot be delivered, or it takes longer.

Only a delivery status notification (RFC 3464) about a number that we really sent counts; all else that arrives at
the return address is left alone. The same notification twice is one.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import Compat32
from typing import Final, Literal

from prometheus_client import Counter
from sqlalchemy import update

from pip_portal.db import Sessionmaker
from pip_portal.post import brieven, onbestelbaar
from pip_portal.post.versturen import bewijs
from pip_portal.tables import Mail
from pip_portal.tijd import now

log = logging.getLogger(__name__)

MAX_GROOTTE: Final = 256_000  # bytes that are looked at: the report stands before the mail that it is about
MAX_KOP: Final = 2_000  # characters of a header; an honest one has hundreds
MAX_DELEN: Final = 20  # multiparts in a message, however deep; a report has its own and those of the mail it is about
NUMMER = re.compile(r"<?([0-9a-f]{32})(?:@[^\s>]*)?>?")
STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
NUMMER_KOPPEN = ("Original-Envelope-Id", "Original-Message-ID", "X-Original-Message-ID", "Message-ID")
HERKOMST = ("text/rfc822-headers", "message/rfc822", "message/rfc822-headers", "message/global-headers")

Uitkomst = Literal["geen_melding", "onbekend", "al_bekend", "vertraagd", "niet_bezorgd", "onbestelbaar"]
AANTAL = Counter("pip_bounces", "Delivery status notifications, by what they came to", ["uitkomst"])


class _KorteKoppen(Compat32):
    """The parser takes half a minute for a header full of quotes; anybody can send one."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        naam, waarde = super().header_source_parse(sourcelines)
        return naam, waarde[:MAX_KOP]


POLICY: Final = _KorteKoppen()


@dataclass(frozen=True, slots=True)
class Melding:
    """nummer: of the mail. mislukt: given up; else it takes longer. status: as 5.1.1, empty when there is none."""

    nummer: str
    mislukt: bool
    status: str


def lees(bron: bytes) -> Melding | None:
    """The notification in this message; None when it is none, or is not about a mail that could be ours."""
    bron = bron[:MAX_GROOTTE]
    if bron.lower().count(b"multipart/") > MAX_DELEN:
        return None
    bericht = BytesParser(policy=POLICY).parsebytes(bron)
    if bericht.get_content_type() != "multipart/report" or bericht.get_param("report-type") != "delivery-status":
        return None
    delen = [deel for deel in bericht.get_payload() if isinstance(deel, Message)]
    blokken = [blok for deel in delen if deel.get_content_type() == "message/delivery-status" for blok in _binnen(deel)]
    acties = {str(blok["Action"]).strip().lower(): blok for blok in reversed(blokken) if blok["Action"]}
    blok = acties.get("failed") or acties.get("delayed")
    herkomst = [kop for deel in delen if deel.get_content_type() in HERKOMST for kop in _binnen(deel)]
    nummer = next(_nummers([*blokken, *herkomst]), "")
    if blok is None or not nummer:
        return None
    status = STATUS.search(str(blok["Status"] or ""))
    return Melding(nummer, blok is acties.get("failed"), status.group() if status else "")


async def verwerk(db: Sessionmaker, bron: bytes) -> Uitkomst:
    """Write down what this message says of a mail of ours, mark its address, and plan the letter. Safe to do again."""
    try:
        melding = await asyncio.to_thread(lees, bron)
    except Exception as exc:  # anybody can send anything to the return address, also what the parser chokes on
        log.warning("bericht bij onbestelbare mail niet te lezen", extra={"soort": type(exc).__name__})
        melding = None
    uitkomst: Uitkomst = "geen_melding" if melding is None else await _noteer(db, melding)
    AANTAL.labels(uitkomst).inc()
    return uitkomst


async def _noteer(db: Sessionmaker, melding: Melding) -> Uitkomst:
    kolom = Mail.teruggekomen_op if melding.mislukt else Mail.vertraagd_op
    async with db.begin() as session:
        mail = await session.get(Mail, melding.nummer)
        if mail is None or (mail.begonnen_op or mail.verzonden_op) is None:
            return "onbekend"
        nieuw = await session.scalar(
            update(Mail)
            .where(Mail.nummer == mail.nummer, kolom.is_(None))
            .values({kolom: now()})
            .returning(Mail.nummer)
            .execution_options(synchronize_session=False)
        )
        if nieuw is None:
            return "al_bekend"
        session.add(bewijs(mail, "mail_onbestelbaar" if melding.mislukt else "mail_vertraagd"))
        if melding.mislukt:
            await onbestelbaar.markeer(session, mail, melding.status)
            await brieven.plan(session, mail)
    wat = {"mail": melding.nummer, "mislukt": melding.mislukt, "status": melding.status}
    log.info("mail teruggekomen", extra=wat)
    if not melding.mislukt:
        return "vertraagd"
    return "onbestelbaar" if onbestelbaar.ligt_aan_adres(melding.status) else "niet_bezorgd"


def _binnen(deel: Message) -> Iterator[Message]:
    """The blocks of headers in this part: as the parser already took them apart, or still as text."""
    inhoud = deel.get_payload()
    if isinstance(inhoud, list):
        yield from (blok for blok in inhoud if isinstance(blok, Message))
    elif isinstance(bytes_ := deel.get_payload(decode=True), bytes):
        yield BytesHeaderParser(policy=POLICY).parsebytes(bytes_)


def _nummers(blokken: list[Message]) -> Iterator[str]:
    for blok in blokken:
        for naam in NUMMER_KOPPEN:
            if gevonden := NUMMER.fullmatch(str(blok[naam] or "").strip()):
                yield gevonden.group(1)
