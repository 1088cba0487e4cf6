"""What somebody has to do: read, and remembered so that they are reminded before the last day.

The reminder waits in the outbox until its day; then the API is asked whether it still makes sense.
Source: issue 4 (7 and 2 days before); domain §2.3 (M2h).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from pip_portal.backoffice.objecten import ObjectenApi, gebruiker_van, identificatie_van
from pip_portal.backoffice.objecttypen import Lijst, Taak
from pip_portal.backoffice.resource import AMSTERDAM
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import Eigenaar
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Gebruiker
from pip_portal.inzendingen.taak import verstuurd
from pip_portal.notificaties.melden import meld
from pip_portal.notificaties.tellingen import tel
from pip_portal.opdrachten import Uitstel, plaats
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Opdracht
from pip_portal.tijd import now
from pip_portal.voorkeuren import voorkeuren

SOORT: Final = "taakherinnering"
DAGEN: Final = (7, 2)
VERSTE: Final = timedelta(days=400)  # who is not seen again before that is not reminded
OCHTEND: Final = 9  # hour, in Deventer


async def te_doen(
    db: Sessionmaker, sleutels: Sleutels, objecten: ObjectenApi | None, gebruiker: Gebruiker, eigenaar: Eigenaar
) -> Lijst[Taak]:
    """What is still open and was not answered here; whoever sees it is reminded before its last day.

    Raises: BackofficeUnavailable; BackofficeDefect.
    """
    if objecten is None or gebruiker.machtiging is not None:  # a taak says not for which dienst it is
        return Lijst(())
    lijst = await objecten.taken(gebruiker, now())
    gedaan = await verstuurd(db, eigenaar.hash, lijst.rijen)
    rijen = tuple(taak for taak in lijst.rijen if taak.uuid not in gedaan)
    await plan_herinneringen(db, sleutels, gebruiker, eigenaar.hash, rijen)
    return Lijst(rijen, lijst.onleesbaar, lijst.er_is_meer)


async def plan_herinneringen(
    db: Sessionmaker, sleutels: Sleutels, gebruiker: Gebruiker, eigenaar: str, taken: Sequence[Taak]
) -> None:
    """Each reminder once; nothing for a day that has passed. Looks before it writes: most pages have nothing new."""
    wie = identificatie_van(gebruiker)
    if wie is None:
        return
    werk = {
        _sleutel(eigenaar, taak, dagen): (taak, dagen, wanneer)
        for taak in taken
        for dagen, wanneer in _momenten(taak, now())
    }
    if not werk:
        return
    async with db() as session:
        bekend = set(await session.scalars(select(Opdracht.sleutel).where(Opdracht.sleutel.in_(werk))))
    if bekend == werk.keys():
        return
    async with db.begin() as session:
        for sleutel, (taak, dagen, wanneer) in werk.items():
            if sleutel not in bekend:
                inhoud = {"eigenaar": eigenaar, "wie": wie, "taak": str(taak.uuid), "dagen": dagen}
                inhoud["verloopt"] = taak.verloopdatum.isoformat() if taak.verloopdatum else ""
                await plaats(session, sleutels, SOORT, sleutel, inhoud, beurt_op=wanneer)


def _momenten(taak: Taak, moment: datetime) -> list[tuple[int, datetime]]:
    einde = taak.verloopdatum
    if einde is None or einde > moment + VERSTE:
        return []
    dag = einde.astimezone(AMSTERDAM).replace(hour=OCHTEND, minute=0, second=0, microsecond=0)
    momenten = [(dagen, dag - timedelta(days=dagen)) for dagen in DAGEN]
    return [(dagen, wanneer) for dagen, wanneer in momenten if wanneer > moment]


def _sleutel(eigenaar: str, taak: Taak, dagen: int) -> str:
    wat = f"{eigenaar}\n{taak.uuid}\n{taak.verloopdatum}\n{dagen}"
    return f"{SOORT}:{hashlib.sha256(wat.encode()).hexdigest()}"


class Herinneren:
    """Handler of SOORT: only when the taak is still open, still theirs, and still ends on that moment."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, objecten: ObjectenApi) -> None:
        self._db = db
        self._sleutels = sleutels
        self._objecten = objecten

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the backoffice is away."""
        gebruiker, eigenaar = gebruiker_van(tuple(inhoud["wie"])), inhoud["eigenaar"]
        try:
            taak = await self._objecten.taak(gebruiker, UUID(inhoud["taak"]))
        except NotFound:
            return
        except (BackofficeUnavailable, BackofficeDefect):
            raise Uitstel("de backoffice antwoordt niet") from None
        if not taak.is_open(now()) or await verstuurd(self._db, eigenaar, [taak]):
            return
        if taak.verloopdatum is None or taak.verloopdatum.isoformat() != inhoud["verloopt"]:
            await plan_herinneringen(self._db, self._sleutels, gebruiker, eigenaar, [taak])
            return
        async with self._db.begin() as session:
            wil = (await voorkeuren.lees(session, eigenaar)).herinnering
            uitkomst = await meld(
                session,
                self._sleutels,
                eigenaar,
                "herinnering",
                kenmerk=f"herinnering:{taak.uuid}:{inhoud['dagen']}:{inhoud['verloopt']}",
                pad=f"/taken/{taak.uuid}",
                doen=True,
                uiterlijk=taak.uiterlijk,
                mailen=wil,
            )
            await tel(session, {uitkomst: 1})
