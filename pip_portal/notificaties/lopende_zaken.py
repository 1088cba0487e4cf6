"""Lopende Zaken of MijnOverheid: how a zaak of a burger stands, told each time that it changes.

An opdracht says only which zaak: what is told is what holds at that moment, so that order and repeats do not matter.
What no citizen may see here is not told there either, and taken back when it was.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.http import ForeignReference
from pip_portal.backoffice.mijnoverheid import LopendeZaak, MijnOverheid
from pip_portal.backoffice.regels import Zaakregel
from pip_portal.backoffice.resource import uuid_of
from pip_portal.backoffice.veranderd import Veranderd
from pip_portal.backoffice.zaken import Rol
from pip_portal.burgerstatus import Burgerstatussen
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Burger
from pip_portal.notificaties.bericht import ZAAK, Bericht
from pip_portal.notificaties.gebeurtenis import Gebeurtenissen, Genegeerd
from pip_portal.opdrachten import Uitstel, plaats
from pip_portal.sleutels import Sleutels
from pip_portal.taal import schrijf_in
from pip_portal.tables import Bewijs
from pip_portal.tijd import now, vandaag

log = logging.getLogger(__name__)

SOORT: Final = "lopende_zaak"
VAN_BELANG: Final = ("status", "resultaat", ZAAK)  # resources that change what is shown there
GEZET, VERWIJDERD = "lopende_zaak_gezet", "lopende_zaak_verwijderd"
# The first status of a new zaak can be told before its rollen can be read; so it is tried again, but not for ever.
ROL_KOMT_NOG: Final = timedelta(minutes=30)
EERDER: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def plan(session: AsyncSession, sleutels: Sleutels, bron: Bron, bericht: Bericht) -> None:
    """Look at this zaak again and tell MijnOverheid, when this notification can have changed what is shown there."""
    if bericht.kanaal == "zaken" and bericht.resource in VAN_BELANG:
        inhoud = {"bron": bron.naam, "zaak": bericht.hoofd_object, "sinds": bericht.aanmaakdatum.isoformat()}
        await plaats(session, sleutels, SOORT, f"{SOORT}:{bericht.sleutel}", inhoud)


class LopendeZaken:
    """Handler of SOORT."""

    def __init__(
        self,
        db: Sessionmaker,
        sleutels: Sleutels,
        bronnen: Sequence[Bron],
        burgerstatussen: Burgerstatussen,
        mijnoverheid: MijnOverheid,
        public_url: str,
    ) -> None:
        self._db = db
        self._sleutels = sleutels
        self._bronnen = {bron.naam: bron for bron in bronnen}
        self._burgerstatussen = burgerstatussen
        self._mijnoverheid = mijnoverheid
        self._public_url = public_url

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when a backoffice or MijnOverheid is away for now, or the zaak has no rollen yet."""
        bron = self._bronnen.get(inhoud["bron"])
        if bron is None:
            return
        try:
            gevonden = await self._lees(bron, inhoud["zaak"], datetime.fromisoformat(inhoud["sinds"]))
            await self._geef_door(str(uuid_of(inhoud["zaak"])), gevonden)
        except BackofficeUnavailable:
            raise Uitstel("een backoffice of MijnOverheid is niet bereikbaar") from None

    async def _lees(self, bron: Bron, url: str, sinds: datetime) -> tuple[Burger, LopendeZaak] | None:
        """The zaak and whose it is; None when it may not be seen, or is not of a burger."""
        lees, stand_van = Veranderd(bron), now()
        try:
            zaak = await Gebeurtenissen(bron, self._burgerstatussen).open(url)
            zaaktype = await bron.catalogus.zaaktype(zaak.zaaktype)
            burger = self._initiator(bron, await lees.rollen(zaak), sinds)
            if burger is None:
                return None
            status = await lees.status(zaak.status) if zaak.status else None
            statustype = await bron.catalogus.statustype(status.statustype, zaak.zaaktype) if status else None
        except (Genegeerd, NotFound, ForeignReference):
            return None
        regel = Zaakregel(bron.naam, zaak, zaaktype, status, statustype)
        with schrijf_in("nl"):
            label = self._burgerstatussen(regel).label
        return burger, LopendeZaak(
            nummer=zaak.identificatie,
            omschrijving=regel.naam,
            status=label,
            startdatum=zaak.startdatum,
            verwachte_einddatum=None if zaak.is_opgeschort else regel.streefdatum,
            einddatum=zaak.einddatum,
            link=f"{self._public_url}/zaken/{bron.naam}/{zaak.uuid}",
            stand_van=stand_van,
        )

    def _initiator(self, bron: Bron, rollen: Sequence[Rol], sinds: datetime) -> Burger | None:
        """Raises: Uitstel when nobody is known yet of a zaak that was just made."""
        initiatoren = [rol for rol in rollen if rol.omschrijving_generiek == "initiator"]
        if not initiatoren and now() - sinds < ROL_KOMT_NOG:
            raise Uitstel("nog geen rol te lezen")
        for rol in initiatoren:
            bsn = rol.betrokkene_identificatie.inp_bsn if rol.betrokkene_identificatie else ""
            burger = Burger(bsn=bsn, pseudoniem=self._sleutels.keyed_hash("bsn", bsn), niveau=0)
            if bron.is_van(burger, (rol,), vandaag()):
                return burger
        return None

    async def _geef_door(self, uuid: str, gevonden: tuple[Burger, LopendeZaak] | None) -> None:
        """Tell it, or take it back when it was told before; of what never was, MijnOverheid hears nothing."""
        laatste = select(Bewijs).where(Bewijs.kenmerk == uuid, Bewijs.gebeurtenis.in_((GEZET, VERWIJDERD)))
        async with self._db() as session:
            vorige = await session.scalar(laatste.order_by(Bewijs.id.desc()).limit(1))
        staat_er = vorige is not None and vorige.gebeurtenis == GEZET
        if gevonden is not None:
            burger, zaak = gevonden
            await self._mijnoverheid.zet_zaak(burger.bsn, zaak)
            nieuw = _bewijs(GEZET, uuid, eigenaar_van(burger, self._sleutels).hash, zaak.nummer, _hash(zaak))
            if staat_er and vorige is not None and (vorige.wie, vorige.hash) == (nieuw.wie, nieuw.hash):
                return
        elif staat_er and vorige is not None:
            await self._mijnoverheid.verwijder_zaak(vorige.versie)
            nieuw = _bewijs(VERWIJDERD, uuid, vorige.wie, vorige.versie, "")
        else:
            return
        async with self._db.begin() as session:
            session.add(nieuw)
        log.info("lopende zaak doorgegeven", extra={"zaak": uuid, "uitkomst": nieuw.gebeurtenis})


def _bewijs(gebeurtenis: str, uuid: str, wie: str, nummer: str, hash_: str) -> Bewijs:
    return Bewijs(
        gebeurtenis=gebeurtenis, kenmerk=uuid, wie=wie, hash=hash_, kanaal="mijnoverheid", versie=nummer, op=now()
    )


def _hash(zaak: LopendeZaak) -> str:
    """Of what was told, without when it was read and without whose it is."""
    return hashlib.sha256(repr(astuple(replace(zaak, stand_van=EERDER))).encode()).hexdigest()
