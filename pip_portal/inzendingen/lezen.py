"""What pages show of an inzending: only ever to the eigenaar, and at once, whatever the backoffice does."""

import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker
from pip_portal.errors import NotFound
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.toestand import hapert
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending
from pip_portal.tijd import now

log = logging.getLogger("pip_portal")

RECENT: Final = timedelta(minutes=10)  # after handing over: so long a list of zaken elsewhere may be a moment behind
BALIE: Final = timedelta(minutes=30)  # an employee can show and print what they sent
BEKEKEN: Final = 5  # inzendingen that are looked through for how to reach someone
GESTOPT: Final = timedelta(days=14)  # what was broken off stays visible with its reason


@dataclass(frozen=True, slots=True)
class Ingezonden:
    """An inzending for its eigenaar. inhoud: None when its term ended and it was emptied, or when its key is
    gone; number and moment stay.

    bron and zaak_uuid: the zaak it became, "" as long as there is none. hapert: handing over takes long.
    is_verwerkt: the backoffice has all of it. reden: fixed word for why it was broken off.
    """

    id: str
    soort: str
    nummer: str
    formulier: str
    versie: int
    toestand: str
    ontvangen_op: datetime
    overgedragen_op: datetime | None
    bron: str
    zaak_uuid: str
    hapert: bool
    reden: str
    hash: str
    inhoud: Inhoud | None = field(repr=False)

    @property
    def is_verwerkt(self) -> bool:
        return self.toestand == "overgedragen"

    @property
    def wacht(self) -> bool:
        return self.toestand in ("wacht_op_betaling", "wacht_op_ondertekening")

    @property
    def is_afgebroken(self) -> bool:
        return self.toestand == "afgebroken"

    @property
    def duurt_lang(self) -> bool:
        """The citizen reads the same when it takes long and when a person must help."""
        return self.hapert or self.toestand == "vastgelopen"


async def lees(db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str, inzending_id: str) -> Ingezonden:
    """The inzending of this eigenaar; its id is that of the concept it was.

    Raises: NotFound when it does not exist, or is somebody else's.
    """
    async with db() as session:
        rij = await session.scalar(
            select(Inzending).where(Inzending.id == inzending_id, Inzending.eigenaar == eigenaar_hash)
        )
    if rij is None:
        raise NotFound("geen inzending van deze eigenaar")
    return _ingezonden(rij, sleutels)


async def van_medewerker(db: Sessionmaker, sleutels: Sleutels, medewerker: str, inzending_id: str) -> Ingezonden:
    """What this employee (pseudonym) sent in for a citizen just now; afterwards it is the citizen's alone.

    Raises: NotFound.
    """
    async with db() as session:
        rij = await session.get(Inzending, inzending_id)
    if rij is None or rij.ontvangen_op + BALIE < now():
        raise NotFound("geen inzending, of te lang geleden")
    ingezonden = _ingezonden(rij, sleutels)
    if not medewerker or ingezonden.inhoud is None or ingezonden.inhoud.aanvrager.medewerker != medewerker:
        raise NotFound("geen inzending van deze medewerker")
    return ingezonden


async def lijst(db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str) -> tuple[Ingezonden, ...]:
    """What this eigenaar sent and Mijn zaken may not show yet, newest first.

    Also what was handed over just now (a page that shows the zaak itself leaves it out, by bron and zaak_uuid) and what
    was broken off lately.
    """
    moment = now()
    async with db() as session:
        rijen = await session.scalars(
            select(Inzending)
            .where(
                Inzending.eigenaar == eigenaar_hash,
                Inzending.soort == "aanvraag",
                or_(
                    Inzending.toestand.not_in(("overgedragen", "afgebroken")),
                    Inzending.overgedragen_op > moment - RECENT,
                    (Inzending.toestand == "afgebroken") & (Inzending.ontvangen_op > moment - GESTOPT),
                ),
            )
            .order_by(Inzending.ontvangen_op.desc())
        )
        return tuple(_ingezonden(rij, sleutels) for rij in rijen)


async def van_eigenaar(db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str) -> tuple[Ingezonden, ...]:
    """All that this eigenaar sent, newest first."""
    async with db() as session:
        rijen = await session.scalars(
            select(Inzending).where(Inzending.eigenaar == eigenaar_hash).order_by(Inzending.ontvangen_op.desc())
        )
        return tuple(_ingezonden(rij, sleutels) for rij in rijen)


async def van_zaak(
    db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str, bron: str, zaak_uuid: str
) -> tuple[Ingezonden, ...]:
    """What this eigenaar sent in for this zaak: the aanvraag it was made of, and what was added later."""
    async with db() as session:
        rijen = await session.scalars(
            select(Inzending)
            .where(Inzending.eigenaar == eigenaar_hash, Inzending.bron == bron, Inzending.zaak_uuid == zaak_uuid)
            .order_by(Inzending.ontvangen_op)
        )
        return tuple(_ingezonden(rij, sleutels) for rij in rijen)


async def laatste_contact(db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str) -> tuple[str, str]:
    """The e-mail address and phone number that this eigenaar gave last; "" for what is not known (any more)."""
    async with db() as session:
        rijen = await session.scalars(
            select(Inzending)
            .where(Inzending.eigenaar == eigenaar_hash, Inzending.soort == "aanvraag", Inzending.inhoud != b"")
            .order_by(Inzending.ontvangen_op.desc())
            .limit(BEKEKEN)
        )
        gelezen = []
        for rij in rijen:
            with suppress(ValueError):  # its key is gone
                gelezen.append(Inhoud.model_validate_json(sleutels.decrypt(rij.inhoud)))
    email = next((inhoud.email for inhoud in gelezen if inhoud.email), "")
    return email, next((inhoud.telefoon for inhoud in gelezen if inhoud.telefoon), "")


async def open_inhoud(session: AsyncSession, sleutels: Sleutels, inzending_id: str) -> tuple[Inzending, Inhoud]:
    """Row and content, for work in the background that acts for nobody in particular.

    Raises: NotFound when it is not there, or was emptied.
    """
    rij = await session.get(Inzending, inzending_id)
    if rij is None or not rij.inhoud:
        raise NotFound("geen inzending, of al opgeruimd")
    return rij, Inhoud.model_validate_json(sleutels.decrypt(rij.inhoud))


def _ingezonden(rij: Inzending, sleutels: Sleutels) -> Ingezonden:
    voortgang: dict[str, Any] = json.loads(rij.voortgang)
    return Ingezonden(
        id=rij.id,
        soort=rij.soort,
        nummer=rij.nummer,
        formulier=rij.formulier,
        versie=rij.versie,
        toestand=rij.toestand,
        ontvangen_op=rij.ontvangen_op,
        overgedragen_op=rij.overgedragen_op,
        bron=rij.bron,
        zaak_uuid=rij.zaak_uuid or "",
        hapert=hapert(rij.toestand, rij.ontvangen_op, voortgang, now()),
        reden=str(voortgang.get("reden", "")),
        hash=rij.hash,
        inhoud=_inhoud(rij, sleutels),
    )


def _inhoud(rij: Inzending, sleutels: Sleutels) -> Inhoud | None:
    """One that cannot be read never takes the page with all the others along."""
    if not rij.inhoud:
        return None
    try:
        return Inhoud.model_validate_json(sleutels.decrypt(rij.inhoud))
    except ValueError:
        meld_onleesbaar("inzending", rij.id)
        return None


@lru_cache(maxsize=1000)
def meld_onleesbaar(soort: str, rij_id: str) -> None:
    """Its key is gone: told once of each, not at every page that leaves it out."""
    log.error("inhoud niet te lezen, is de sleutel weg?", extra={soort: rij_id})
