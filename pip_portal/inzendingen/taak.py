"""The answers to a taak: stored first as an inzending, then given back to the Objecten API by the outbox.

Source: backoffice-apis §10. No optimistic locking there: the id of the inzending follows from the taak and the record
that was answered, so that two clicks or two tabs are one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import select

from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import Taak
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.db import Sessionmaker
from pip_portal.gebruiker import Gebruiker
from pip_portal.inzendingen.aanvulling import aanvrager_van, gebruiker_van
from pip_portal.inzendingen.gang import Vastgelopen
from pip_portal.inzendingen.inhoud import Antwoord, Blok, Inhoud, Tweetalig
from pip_portal.inzendingen.nummer import maak_nummer
from pip_portal.inzendingen.overdracht import Overdracht
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending
from pip_portal.tijd import vandaag

SOORT: Final = "taak"
BRON: Final = "objecten"


def inzending_id(taak: UUID, index: int, eigenaar: str) -> UUID:
    """index: of the record that was answered; a taak that is opened again can be answered again."""
    return uuid5(taak, f"{index}:{eigenaar}")


def inhoud_van(
    taak: UUID,
    inzending: UUID,
    *,
    gebruiker: Gebruiker,
    naam: str,
    taal: str,
    titel: str,
    formulier: tuple[str, int],
    kop: Tweetalig,
    antwoorden: Sequence[Antwoord],
    verzonden: Mapping[str, Any],
    email: str,
    ontvangen_op: datetime,
) -> Inhoud:
    """formulier: slug and versie. verzonden: what goes back to the taak. A mail never says what a taak is about."""
    return Inhoud(
        soort=SOORT,
        nummer=maak_nummer(inzending),
        formulier=formulier[0],
        versie=formulier[1],
        taal="en" if taal == "en" else "nl",
        product=Tweetalig(nl=titel, en=titel),
        gevoelig=True,
        aanvrager=aanvrager_van(gebruiker, naam),
        blokken=(Blok(kop=kop, antwoorden=tuple(antwoorden)),),
        waarden={"taak": str(taak), "verzonden": dict(verzonden)},
        email=email,
        ontvangen_op=ontvangen_op,
        doel_bron=BRON,
    )


async def verstuurd(db: Sessionmaker, eigenaar: str, taken: Iterable[Taak]) -> frozenset[UUID]:
    """Those of these taken that this eigenaar (keyed hash) answered here, also when that is not handed over yet."""
    ids = {str(inzending_id(taak.uuid, taak.rij.record.index, eigenaar)): taak.uuid for taak in taken}
    if not ids:
        return frozenset()
    async with db() as session:
        rijen = await session.scalars(select(Inzending.id).where(Inzending.id.in_(ids), Inzending.eigenaar == eigenaar))
        return frozenset(ids[rij] for rij in rijen)


class Taakoverdracht(Overdracht):
    """What the worker does with an outbox row "taak"."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, objecten: ObjectenApi, bestanden: Bestanden) -> None:
        super().__init__(db, sleutels, (), bestanden)
        self._objecten = objecten

    async def _draag_over(self, rij: Inzending, inhoud: Inhoud) -> None:
        uuid, verzonden = UUID(inhoud.waarden["taak"]), inhoud.waarden["verzonden"]
        if not await self._objecten.rond_af(gebruiker_van(inhoud), uuid, verzonden, vandaag()):
            raise Vastgelopen("de taak is intussen gesloten, of anders beantwoord")
        await self._af(rij)
