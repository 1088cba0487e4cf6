"""How someone wants to hear from us. Nothing stored means the standard choices."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

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
    await session.merge(Voorkeur(eigenaar=eigenaar, keuzes=voorkeuren.model_dump_json(), gewijzigd_op=now()))


async def zaak_mailen(session: AsyncSession, eigenaar: str, bron: str, zaak_uuid: str) -> bool | None:
    """Whether mails about this one zaak are wanted; None when nothing was chosen for it."""
    return await session.scalar(
        select(Zaakvoorkeur.mailen).where(
            Zaakvoorkeur.eigenaar == eigenaar, Zaakvoorkeur.bron == bron, Zaakvoorkeur.zaak_uuid == zaak_uuid
        )
    )
