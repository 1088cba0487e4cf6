"""What a page shows of the notifications of one eigenaar, and that they were read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select, update

from pip_portal.burgerstatus import GENERIEK
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import Eigenaar
from pip_portal.taal import N_, _
from pip_portal.tables import Notificatie
from pip_portal.tijd import now

BEWAREN: Final = timedelta(days=90)
OP_OVERZICHT: Final = 5
MEESTE: Final = 200  # rows of a page; who has more finds the rest with their zaken

ZINNEN: Final = {
    "status": N_("Er is een nieuwe stap in uw zaak"),
    "besluit": N_("Ons besluit staat voor u klaar"),
    "afgesloten": N_("Wij zijn klaar met uw zaak"),
    "document": N_("Er staat een nieuw document voor u klaar"),
    "bericht": N_("U hebt een nieuw bericht"),
    "taak": N_("U hebt een nieuwe taak"),
    "herinnering": N_("U hebt nog een taak te doen"),
    "vraag": N_("Er is een antwoord op uw vraag"),
}


def in_woorden(rij: Notificatie) -> str:
    """The news in one sentence, without its full stop."""
    generiek = GENERIEK.get(rij.code)
    if rij.soort != "status" or generiek is None:
        return _(ZINNEN[rij.soort])
    if rij.doen:
        return _(generiek.doen).rstrip(".")
    return _("De stap is nu: %(stap)s") % {"stap": _(generiek.label)}


async def aantal_ongelezen(db: Sessionmaker, eigenaar: Eigenaar) -> int:
    async with db() as session:
        aantal = select(func.count()).select_from(Notificatie).where(*_ongelezen(eigenaar))
        return await session.scalar(aantal) or 0


async def ongelezen(db: Sessionmaker, eigenaar: Eigenaar, hoogstens: int = OP_OVERZICHT) -> Sequence[Notificatie]:
    """The newest that were not read."""
    return await _rijen(db, hoogstens, *_ongelezen(eigenaar))


async def alle(db: Sessionmaker, eigenaar: Eigenaar) -> Sequence[Notificatie]:
    """Read and unread, newest first."""
    return await _rijen(db, MEESTE, Notificatie.eigenaar == eigenaar.hash, Notificatie.op > now() - BEWAREN)


async def lees_alle(db: Sessionmaker, eigenaar: Eigenaar) -> int:
    """Mark all as read; returns how many were not."""
    return await _lees(db, *_ongelezen(eigenaar))


async def lees_pad(db: Sessionmaker, eigenaar: Eigenaar, pad: str) -> int:
    """Who opens this page of the portal has read the news that leads to it."""
    return await _lees(db, *_ongelezen(eigenaar), Notificatie.pad == pad)


def _ongelezen(eigenaar: Eigenaar) -> tuple[ColumnElement[bool], ...]:
    return (Notificatie.eigenaar == eigenaar.hash, Notificatie.gelezen_op.is_(None))


async def _rijen(db: Sessionmaker, hoogstens: int, *welke: ColumnElement[bool]) -> Sequence[Notificatie]:
    vraag = select(Notificatie).where(*welke).order_by(Notificatie.op.desc(), Notificatie.id).limit(hoogstens)
    async with db() as session:
        return (await session.scalars(vraag)).all()


async def _lees(db: Sessionmaker, *welke: ColumnElement[bool]) -> int:
    """Looks before it writes: most pages have nothing to mark, and need no write lock then."""
    async with db() as session:
        ids = list(await session.scalars(select(Notificatie.id).where(*welke)))
    if ids:
        async with db.begin() as session:
            await session.execute(
                update(Notificatie)
                .where(Notificatie.id.in_(ids))
                .values(gelezen_op=now())
                .execution_options(synchronize_session=False)
            )
    return len(ids)
