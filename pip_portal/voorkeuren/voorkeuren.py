"""How someone wants to hear from us. Nothing stored means the standard choices."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import insert_van
from pip_portal.errors import NotFound
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Bekende, Voorkeur, Zaakvoorkeur
from pip_portal.tijd import now

Kanaal = Literal["email", "post", "berichtenbox"]


class Voorkeuren(BaseModel):
    """kanaal: how the gemeente reaches this person first. overgenomen: what Klantinteracties knew of them is known here
    too. The rest: mails that may be switched off; what asks for an action always goes (domain §2.3).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kanaal: Kanaal = "email"
    statuswijziging: bool = True
    nieuw_document: bool = True
    nieuw_bericht: bool = True
    herinnering: bool = True
    overgenomen: bool = False


async def lees(session: AsyncSession, eigenaar: str) -> Voorkeuren:
    """The choices of this eigenaar (keyed hash); the standard ones when nothing was ever chosen."""
    keuzes = await session.scalar(select(Voorkeur.keuzes).where(Voorkeur.eigenaar == eigenaar))
    return Voorkeuren.model_validate_json(keuzes) if keuzes else Voorkeuren()


async def bewaar(session: AsyncSession, eigenaar: str, voorkeuren: Voorkeuren, *, bsn: bytes | None = None) -> None:
    """bsn: encrypted, of who chooses the Berichtenbox now; with another kanaal none is kept."""
    rij = insert_van(session)(Voorkeur).values(
        eigenaar=eigenaar, keuzes=voorkeuren.model_dump_json(), bsn=bsn, gewijzigd_op=now()
    )
    nieuw = {naam: rij.excluded[naam] for naam in ("keuzes", "gewijzigd_op")}
    if bsn or voorkeuren.kanaal != "berichtenbox":
        nieuw |= {"bsn": rij.excluded.bsn, "box_dicht_op": rij.excluded.box_dicht_op}
    await session.execute(rij.on_conflict_do_update(index_elements=["eigenaar"], set_=nieuw))


async def heeft_box(session: AsyncSession, eigenaar: str) -> bool:
    """Whether news for this eigenaar goes to their Berichtenbox."""
    gekozen = select(Voorkeur.eigenaar).where(Voorkeur.eigenaar == eigenaar, Voorkeur.bsn.is_not(None))
    return await session.scalar(gekozen) is not None


async def bsn_van(session: AsyncSession, sleutels: Sleutels, eigenaar: str) -> str | None:
    """The BSN of who chose the Berichtenbox, only to deliver there; None for anybody else."""
    bsn = await session.scalar(select(Voorkeur.bsn).where(Voorkeur.eigenaar == eigenaar))
    try:
        return sleutels.decrypt(bsn).decode() if bsn else None
    except ValueError:  # its key is gone
        return None


async def zet_box_dicht(session: AsyncSession, eigenaar: str, op: datetime | None) -> None:
    """Since when the Berichtenbox of this eigenaar takes nothing of us; None: it does. Only who chose it has one."""
    heeft = and_(Voorkeur.eigenaar == eigenaar, Voorkeur.bsn.is_not(None))
    await session.execute(update(Voorkeur).where(heeft).values(box_dicht_op=op))


async def box_dicht_op(session: AsyncSession, eigenaar: str) -> datetime | None:
    return await session.scalar(select(Voorkeur.box_dicht_op).where(Voorkeur.eigenaar == eigenaar))


async def vergeet_bsn(session: AsyncSession) -> None:
    """Of who was forgotten because they did not come back: then there is nobody to deliver to either."""
    bekend = exists().where(Bekende.eigenaar == Voorkeur.eigenaar)
    weg = update(Voorkeur).where(Voorkeur.bsn.is_not(None), ~bekend).values(bsn=None, box_dicht_op=None)
    await session.execute(weg.execution_options(synchronize_session=False))


async def zaak_mailen(session: AsyncSession, eigenaar: str, bron: str, zaak_uuid: str) -> bool | None:
    """Whether mails about this one zaak are wanted; None when nothing was chosen for it."""
    return await session.scalar(
        select(Zaakvoorkeur.mailen).where(
            Zaakvoorkeur.eigenaar == eigenaar, Zaakvoorkeur.bron == bron, Zaakvoorkeur.zaak_uuid == zaak_uuid
        )
    )


async def over_zaak(session: AsyncSession, eigenaar: str, bron: str, zaak_uuid: str) -> Literal["mail", "geen", "post"]:
    """What goes out about this zaak, as far as that may be chosen: by the choice for it, else by the general one."""
    keuzes = await lees(session, eigenaar)
    if keuzes.kanaal == "post":
        return "post"
    wil = await zaak_mailen(session, eigenaar, bron, zaak_uuid)
    if wil is None:
        wil = keuzes.statuswijziging or keuzes.nieuw_document or keuzes.nieuw_bericht
    return "mail" if wil else "geen"


async def zaakvoorkeuren(session: AsyncSession, eigenaar: str) -> list[Zaakvoorkeur]:
    """Every zaak for which this eigenaar chose something else, the newest choice first."""
    rijen = await session.scalars(
        select(Zaakvoorkeur).where(Zaakvoorkeur.eigenaar == eigenaar).order_by(Zaakvoorkeur.gewijzigd_op.desc())
    )
    return list(rijen)


async def zet_zaak(session: AsyncSession, eigenaar: str, bron: str, zaak_uuid: str, *, mailen: bool) -> None:
    """Choose for this one zaak; that it is theirs is for the caller to know."""
    rij = insert_van(session)(Zaakvoorkeur).values(
        eigenaar=eigenaar, bron=bron, zaak_uuid=zaak_uuid, mailen=mailen, gewijzigd_op=now()
    )
    nieuw = {naam: rij.excluded[naam] for naam in ("mailen", "gewijzigd_op")}
    await session.execute(rij.on_conflict_do_update(index_elements=["eigenaar", "bron", "zaak_uuid"], set_=nieuw))


async def wis_zaak(session: AsyncSession, eigenaar: str, bron: str, zaak_uuid: str) -> None:
    """For this zaak holds again what holds for the rest. Raises: NotFound when nothing was chosen for it."""
    rij = await session.get(Zaakvoorkeur, (eigenaar, bron, zaak_uuid))
    if rij is None:
        raise NotFound("geen keuze van deze eigenaar")
    await session.delete(rij)
