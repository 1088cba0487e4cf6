"""What the worker does with a notification: find out what happened, and whom of the portal it concerns.

Each of them gets an opdracht of their own (melden.py), so that what goes wrong for one never stops the next.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from pip_portal import bekenden
from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.toegang import is_aanvrager
from pip_portal.backoffice.veranderd import Veranderd
from pip_portal.bekenden import Betrokkene
from pip_portal.burgerstatus import Burgerstatussen
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeUnavailable
from pip_portal.notificaties.bericht import KLANTINTERACTIES, OBJECTEN, Bericht, bron_van
from pip_portal.notificaties.gebeurtenis import Gebeurtenis, Gebeurtenissen, Genegeerd
from pip_portal.notificaties.lopende_zaken import ROL_KOMT_NOG, plan
from pip_portal.notificaties.melden import SOORT as MELDING
from pip_portal.notificaties.tellingen import tel
from pip_portal.opdrachten import Uitstel, plaats_veel
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending
from pip_portal.tijd import now, vandaag

log = logging.getLogger(__name__)

UIT_DE_RONDE: Final = "ronde"  # in the inhoud: found by the nightly round of toezicht.py
AANVRAGERS: Final = ("initiator", "mede_initiator")


class Verwerken:
    """Handler of ontvangst.SOORT."""

    def __init__(
        self,
        db: Sessionmaker,
        sleutels: Sleutels,
        bronnen: Sequence[Bron],
        burgerstatussen: Burgerstatussen,
        *,
        elke_status: bool = False,
        lopende_zaken: bool = False,
        antwoorden: Callable[[Bericht], Awaitable[str]] | None = None,
        objecten: Callable[[Bericht], Awaitable[str]] | None = None,
    ) -> None:
        """antwoorden, objecten: what a notification of Klantinteracties or of the Objecten API means."""
        self._db = db
        self._sleutels = sleutels
        self._bronnen = bronnen
        self._burgerstatussen = burgerstatussen
        self._elke_status = elke_status
        self._lopende_zaken = lopende_zaken
        self._antwoorden = antwoorden
        self._objecten = objecten

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the backoffice is away, or nobody can be found yet."""
        bericht = Bericht.model_validate(inhoud)
        gemist = UIT_DE_RONDE in inhoud
        uitkomsten: Counter[str] = Counter()
        if self._lopende_zaken and (bron := bron_van(self._bronnen, bericht)):
            async with self._db.begin() as session:
                await plan(session, self._sleutels, bron, bericht)
        try:
            if bericht.kanaal in KLANTINTERACTIES and self._antwoorden is not None:
                uitkomsten[await self._antwoorden(bericht)] += 1
            elif bericht.kanaal == OBJECTEN and self._objecten is not None:
                uitkomsten[await self._objecten(bericht)] += 1
            else:
                for bron, gebeurtenis in await self._gebeurtenissen(bericht):
                    uitkomsten[await self._verdeel(bericht, bron, gebeurtenis, gemist)] += 1
        except Genegeerd as exc:
            uitkomsten[exc.reden] += 1
        except BackofficeUnavailable:
            raise Uitstel("de backoffice antwoordt niet") from None
        async with self._db.begin() as session:
            await tel(session, uitkomsten)
        for uitkomst in uitkomsten:
            log.info("notificatie verwerkt", extra=bericht.voor_log() | {"uitkomst": uitkomst})

    async def _gebeurtenissen(self, bericht: Bericht) -> list[tuple[Bron, Gebeurtenis]]:
        bron = bron_van(self._bronnen, bericht)
        if bron is None:
            raise Genegeerd("onbekende_bron")
        lezer = Gebeurtenissen(bron, self._burgerstatussen, elke_status=self._elke_status)
        return [(bron, gebeurtenis) for gebeurtenis in await lezer.van(bericht)]

    async def _verdeel(self, bericht: Bericht, bron: Bron, gebeurtenis: Gebeurtenis, gemist: bool) -> str:
        """Place the work for each whom it concerns; what came of it in one word."""
        if gebeurtenis.code == "O" and await self._is_van_hier(bron, gebeurtenis):
            return "zelf_ingediend"  # its receipt was confirmed on the screen and by mail
        try:
            ontvangers = await self._ontvangers(bericht, bron, gebeurtenis)
        except Genegeerd as exc:
            return exc.reden
        werk = {
            _sleutel(ontvanger, bron, gebeurtenis): _inhoud(ontvanger, bron, gebeurtenis, gemist)
            for ontvanger in ontvangers
        }
        async with self._db.begin() as session:
            await plaats_veel(session, self._sleutels, MELDING, werk)
        return "verdeeld"

    async def _is_van_hier(self, bron: Bron, gebeurtenis: Gebeurtenis) -> bool:
        eigen = select(Inzending.id).where(
            Inzending.bron == bron.naam,
            Inzending.zaak_uuid == str(gebeurtenis.zaak.uuid),
            Inzending.soort == "aanvraag",
        )
        async with self._db() as session:
            return await session.scalar(eigen.limit(1)) is not None

    async def _ontvangers(self, bericht: Bericht, bron: Bron, gebeurtenis: Gebeurtenis) -> list[Betrokkene]:
        """Those whom the portal knows and who would see this zaak if they looked for it themselves."""
        rollen = await Veranderd(bron).rollen(gebeurtenis.zaak)
        aanvragers = [rol for rol in rollen if rol.omschrijving_generiek in AANVRAGERS]
        if not aanvragers:
            if now() - bericht.aanmaakdatum < ROL_KOMT_NOG:
                raise Uitstel("nog geen rol te lezen")
            raise Genegeerd("geen_aanvrager")
        async with self._db() as session:
            bekend = await bekenden.zoek(session, self._sleutels, aanvragers)
        ontvangers = [
            een
            for een in bekend
            if bron.is_van(een.gebruiker, tuple(aanvragers), vandaag())
            and is_aanvrager(een.gebruiker, aanvragers, bron.backoffice)
        ]
        if not ontvangers:
            raise Genegeerd("niemand_bekend")
        return ontvangers


def _sleutel(ontvanger: Betrokkene, bron: Bron, gebeurtenis: Gebeurtenis) -> str:
    wat = f"{ontvanger.eigenaar}\n{bron.naam}\n{gebeurtenis.zaak.uuid}\n{gebeurtenis.kenmerk}"
    return f"{MELDING}:{hashlib.sha256(wat.encode()).hexdigest()}"


def _inhoud(ontvanger: Betrokkene, bron: Bron, gebeurtenis: Gebeurtenis, gemist: bool) -> dict[str, Any]:
    return {
        "eigenaar": ontvanger.eigenaar,
        "bron": bron.naam,
        "zaak_uuid": str(gebeurtenis.zaak.uuid),
        "nummer": gebeurtenis.zaak.identificatie,
        "soort": gebeurtenis.soort,
        "kenmerk": gebeurtenis.kenmerk,
        "code": gebeurtenis.code,
        "doen": gebeurtenis.doen,
        "uiterlijk": gebeurtenis.uiterlijk.isoformat() if gebeurtenis.uiterlijk else None,
        "mailen": gebeurtenis.mailen,
        "gemist": gemist,
    }
