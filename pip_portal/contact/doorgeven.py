"""Passing on to Klantinteracties how somebody wants to be reached, and taking over what it knew already.

An opdracht says only for whom: what is passed on is what holds at that moment, so that order and repeats do not matter.
Our address there is known by its referentie; what employees noted is never touched.
"""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.backoffice.brp import Brp
from pip_portal.backoffice.klantinteracties import DigitaalAdres, KlantinteractiesApi, Partij, Partijnaam
from pip_portal.backoffice.kvk import Kvk
from pip_portal.contact import adressen
from pip_portal.contact.adressen import SOORTEN, Soort
from pip_portal.db import Sessionmaker, insert_van
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import BackofficeUnavailable
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.opdrachten import Uitstel, plaats
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Contactadres
from pip_portal.tijd import now, vandaag
from pip_portal.voorkeuren import voorkeuren
from pip_portal.weergave import AMSTERDAM

SOORT: Final = "contact"


def nieuwe_sleutel() -> str:
    return f"{SOORT}:{uuid4()}"


def sleutel_van_vandaag(gebruiker: Gebruiker, sleutels: Sleutels) -> str:
    """The same the whole day, for work that a page asks again each time it is looked at."""
    return f"{SOORT}:{eigenaar_van(gebruiker, sleutels).hash}:{vandaag()}"


async def geef_door(session: AsyncSession, sleutels: Sleutels, gebruiker: Gebruiker, sleutel: str) -> None:
    """Put it in the queue, in the transaction of the change, so that neither goes without the other."""
    wie = {"bsn": gebruiker.bsn} if isinstance(gebruiker, Burger) else _bedrijf(gebruiker)
    await plaats(session, sleutels, SOORT, sleutel, wie)


class Contactoverdracht:
    """Handler of SOORT."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, klant: KlantinteractiesApi, brp: Brp, kvk: Kvk) -> None:
        self._db = db
        self._sleutels = sleutels
        self._klant = klant
        self._brp = brp
        self._kvk = kvk

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when a source is away for now."""
        gebruiker = _gebruiker(inhoud, self._sleutels)
        try:
            await self._zorg_voor(gebruiker)
        except BackofficeUnavailable:
            raise Uitstel("klantinteracties of een register is niet bereikbaar") from None

    async def _zorg_voor(self, gebruiker: Gebruiker) -> None:
        await neem_over(self._db, self._sleutels, self._klant, gebruiker)  # before ours there could be taken for gone
        eigenaar = eigenaar_van(gebruiker, self._sleutels).hash
        async with self._db() as session:
            rijen = await session.scalars(
                select(Contactadres).where(Contactadres.eigenaar == eigenaar, Contactadres.standaard)
            )
            gekozen = {rij.soort: rij for rij in rijen}
            kanaal = (await voorkeuren.lees(session, eigenaar)).kanaal
        partij = await self._klant.partij(gebruiker)
        if partij is None:
            if not gekozen:
                return
            partij = await self._klant.maak_partij(gebruiker, await partijnaam(gebruiker, self._brp, self._kvk))
        email = None
        for soort in SOORTEN:
            if (rij := gekozen.get(soort)) is None:
                await self._klant.verwijder_adres(gebruiker, partij, soort)
                continue
            adres = await self._zet(gebruiker, partij, soort, rij)
            email = adres if soort == "email" else email
        if kanaal == "post" or email is not None:
            await self._klant.zet_voorkeur(gebruiker, partij, email if kanaal != "post" else None)

    async def _zet(self, gebruiker: Gebruiker, partij: Partij, soort: Soort, rij: Contactadres) -> DigitaalAdres:
        adres = self._sleutels.decrypt(rij.adres).decode()
        op = rij.geverifieerd_op.astimezone(AMSTERDAM).date() if rij.geverifieerd_op else None
        gezet = await self._klant.zet_adres(gebruiker, partij, soort, adres, op)
        async with self._db.begin() as session:  # only while it is still the one: a change meanwhile has its own turn
            await session.execute(
                update(Contactadres)
                .where(
                    Contactadres.id == rij.id,
                    Contactadres.standaard,
                    Contactadres.geverifieerd_op.is_(None)
                    if rij.geverifieerd_op is None
                    else Contactadres.geverifieerd_op == rij.geverifieerd_op,
                )
                .values(extern=gezet.uuid)
            )
        return gezet


async def partijnaam(gebruiker: Gebruiker, brp: Brp, kvk: Kvk) -> Partijnaam:
    """What a new partij is called: as the register knows them, so that an employee recognises them.

    Raises: BackofficeUnavailable; BackofficeDefect.
    """
    if isinstance(gebruiker, Bedrijf):
        profiel = await kvk.basisprofiel(gebruiker)
        return Partijnaam(naam=(profiel.naam or profiel.statutaire_naam) if profiel else gebruiker.kvk_nummer)
    persoon = await brp.persoon(gebruiker, ("burgerservicenummer", "naam"))
    if persoon is None or persoon.naam is None:
        return Partijnaam()
    naam = persoon.naam
    return Partijnaam(
        voorletters=naam.voorletters,
        voornaam=naam.voornamen,
        voorvoegsel=naam.voorvoegsel,
        achternaam=naam.geslachtsnaam,
        geheim=persoon.heeft_geheimhouding,
    )


async def neem_over(db: Sessionmaker, sleutels: Sleutels, klant: KlantinteractiesApi, gebruiker: Gebruiker) -> bool:
    """What Klantinteracties knew as verified becomes known here, the first time only: what somebody removes here later
    does not come back. True when that has been done, now or before.

    Raises: BackofficeUnavailable; BackofficeDefect.
    """
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    async with db() as session:
        if (await voorkeuren.lees(session, eigenaar)).overgenomen:
            return True
    partij = await klant.partij(gebruiker)
    bekend = await klant.adressen(gebruiker, partij) if partij is not None else ()
    bekend = tuple(sorted(bekend, key=lambda a: (not a.is_van_portaal(_soort(a)), not a.is_standaard_adres)))
    async with db.begin() as session:
        for adres in bekend:
            if adres.verificatie_datum is not None and adres.soort_digitaal_adres in SOORTEN:
                await _neem(session, sleutels, eigenaar, adres)
        keuzes = await voorkeuren.lees(session, eigenaar)
        await voorkeuren.bewaar(session, eigenaar, keuzes.model_copy(update={"overgenomen": True}))
    return True


async def _neem(session: AsyncSession, sleutels: Sleutels, eigenaar: str, adres: DigitaalAdres) -> None:
    soort = _soort(adres)
    genormaliseerd = adressen.normaliseer(soort, adres.adres)
    if genormaliseerd is None or adres.verificatie_datum is None:
        return
    er_is_al = await session.scalar(
        select(Contactadres.id).where(
            Contactadres.eigenaar == eigenaar, Contactadres.soort == soort, Contactadres.standaard
        )
    )
    rij = insert_van(session)(Contactadres).values(
        id=str(uuid4()),
        eigenaar=eigenaar,
        soort=soort,
        adres=sleutels.encrypt(genormaliseerd.encode()),
        adres_hash=adressen.adres_hash(sleutels, soort, genormaliseerd),
        standaard=er_is_al is None,
        geverifieerd_op=datetime.combine(adres.verificatie_datum, time(12), UTC),
        extern=adres.uuid,
        aangemaakt_op=now(),
    )
    await session.execute(rij.on_conflict_do_nothing(index_elements=["eigenaar", "adres_hash"]))


def _soort(adres: DigitaalAdres) -> Soort:
    return "email" if adres.soort_digitaal_adres == "email" else "telefoonnummer"


def _bedrijf(bedrijf: Bedrijf) -> dict[str, str]:
    return {"kvk_nummer": bedrijf.kvk_nummer, "vestiging": bedrijf.vestiging or ""}


def _gebruiker(inhoud: Mapping[str, Any], sleutels: Sleutels) -> Gebruiker:
    if bsn := inhoud.get("bsn"):
        return Burger(bsn=bsn, pseudoniem=sleutels.keyed_hash("bsn", bsn), niveau=0)
    bedrijf = Bedrijf(kvk_nummer=inhoud["kvk_nummer"], pseudoniem="", niveau=0)
    return dataclasses.replace(bedrijf, vestiging=inhoud["vestiging"] or None)
