"""How someone wants to hear from us. Nothing stored means the standard choices."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import insert_van
from pip_portal.errors import NotFound
from pip_portal.tables import Voorkeur, Zaakvoorkeur
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


async def bewaar(session: AsyncSession, eigenaar: str, voorkeuren: Voorkeuren) -> None:
    rij = insert_van(session)(Voorkeur).values(
        eigenaar=eigenaar, keuzes=voorkeuren.model_dump_json(), gewijzigd_op=now()
    )
    nieuw = {naam: rij.excluded[naam] for naam in ("keuzes", "gewijzigd_op")}
    await session.execute(rij.on_conflict_do_update(index_elements=["eigenaar"], set_=nieuw))


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
