"""What a notification of the Objecten API means: a new bericht or taak, and whose.

Whom it concerns stands in the object itself, and is looked up by a keyed hash among those who logged in before.
Source: backoffice-apis §10 to §12.
"""

import re
from datetime import date, datetime
from typing import Final

from pip_portal import bekenden
from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import Bericht as Objectbericht
from pip_portal.backoffice.objecttypen import Taak
from pip_portal.backoffice.resource import AMSTERDAM, uuid_of
from pip_portal.bekenden import Betrokkene
from pip_portal.db import Sessionmaker
from pip_portal.errors import NotFound
from pip_portal.notificaties.bericht import Bericht
from pip_portal.notificaties.gebeurtenis import VERS, Genegeerd
from pip_portal.notificaties.melden import meld
from pip_portal.notificaties.ontvangst import SOORT
from pip_portal.notificaties.taken import plan_herinneringen
from pip_portal.opdrachten import plaats
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now, vandaag

OCHTEND: Final = 8  # hour in Deventer at which what is published on a later day is told
NUMMER: Final = re.compile(r"[A-Za-z0-9.-]{1,40}")


class Objectnieuws:
    """Called by Verwerken for the kanaal of objects."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, objecten: ObjectenApi) -> None:
        self._db = db
        self._sleutels = sleutels
        self._objecten = objecten

    async def __call__(self, bericht: Bericht) -> str:
        """Tell each whom it concerns; what came of it in one word. Doing it once more tells nobody twice.

        Raises: Genegeerd; BackofficeUnavailable; BackofficeDefect.
        """
        try:
            gelezen = await self._objecten.lees(uuid_of(bericht.hoofd_object))
        except NotFound:
            raise Genegeerd("niet_te_lezen") from None
        if isinstance(gelezen, Taak):
            return await self._taak(gelezen)
        if gelezen.publicatiedatum > vandaag():
            return await self._later(bericht, gelezen.publicatiedatum)
        return await self._bericht(gelezen)

    async def _later(self, bericht: Bericht, dag: date) -> str:
        wanneer = datetime(dag.year, dag.month, dag.day, OCHTEND, tzinfo=AMSTERDAM)
        sleutel = f"{SOORT}:{bericht.sleutel}:{dag}"
        async with self._db.begin() as session:
            await plaats(session, self._sleutels, SOORT, sleutel, bericht.als_inhoud(), beurt_op=wanneer)
        return "later_gepubliceerd"

    async def _bericht(self, bericht: Objectbericht) -> str:
        if bericht.geopend:
            raise Genegeerd("al_geopend")
        if bericht.publicatiedatum < vandaag() - VERS:
            raise Genegeerd("te_oud")
        nummer = bericht.referentie if NUMMER.fullmatch(bericht.referentie) else ""
        ontvangers = await self._ontvangers(bericht)
        async with self._db.begin() as session:
            for ontvanger in ontvangers:
                await meld(
                    session,
                    self._sleutels,
                    ontvanger.eigenaar,
                    "bericht",
                    kenmerk=f"bericht:{bericht.uuid}",
                    pad=f"/berichten/{bericht.uuid}",
                    nummer=nummer,
                    doen=bericht.vraagt,
                    uiterlijk=bericht.einddatum_handelingstermijn,
                )
        return "bericht_gemeld"

    async def _taak(self, taak: Taak) -> str:
        if not taak.is_open(now()):
            raise Genegeerd("geen_nieuws")
        ontvangers = await self._ontvangers(taak)
        async with self._db.begin() as session:
            for ontvanger in ontvangers:
                await meld(
                    session,
                    self._sleutels,
                    ontvanger.eigenaar,
                    "taak",
                    kenmerk=f"taak:{taak.uuid}",
                    pad=f"/taken/{taak.uuid}",
                    doen=True,
                    uiterlijk=taak.uiterlijk,
                )
        for ontvanger in ontvangers:
            await plan_herinneringen(self._db, self._sleutels, ontvanger.gebruiker, ontvanger.eigenaar, [taak])
        return "taak_gemeld"

    async def _ontvangers(self, wat: Objectbericht | Taak) -> list[Betrokkene]:
        """Raises: Genegeerd when nobody of these logged in before."""
        async with self._db() as session:
            bekend = await bekenden.zoek_nummer(session, self._sleutels, *wat.rij.identificatie)
        if not bekend:
            raise Genegeerd("niemand_bekend")
        return bekend
