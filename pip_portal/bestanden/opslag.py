"""The files of an application: taken in, checked, kept encrypted, opened for who may, and removed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Request
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal import tables
from pip_portal.bestanden.geweigerd import BestandGeweigerd, BestandNietSchoon, megabytes
from pip_portal.bestanden.keurder import Gekeurd, Keurder
from pip_portal.bestanden.kluis import BLOK, Werkbestand, ontsleutel
from pip_portal.bestanden.namen import extensie_van, schone_naam, unieke_naam
from pip_portal.bestanden.objecten import Objecten
from pip_portal.bestanden.scanner import GeenOordeel, Scanner, ScannerStil, open_scanner
from pip_portal.bestanden.soorten import soort_van_extensie
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.taal import _
from pip_portal.tijd import now

log = logging.getLogger("pip_portal")

MAX_AANTAL = 25  # files of one form, whatever its fields allow
MAX_TOTAAL = 100_000_000  # bytes of one form
OPVRAGEN = timedelta(minutes=10)  # in quarantine; longer, and the page offers another way
WEES_NA = timedelta(hours=3)  # longer than a session: what waits on a page of an aanvulling has no owner yet
STUK = 4 * BLOK  # bytes that are encrypted and written in one go


@dataclass(frozen=True)
class Eisen:
    """What may be added in one field. max_totaal: bytes of all files of the form together."""

    soorten: tuple[str, ...] = ("pdf", "jpg", "png")
    max_bytes: int = 10_000_000
    max_aantal: int = 10
    locatie_bewaren: bool = False
    verhouding: tuple[int, int] | None = None
    max_totaal: int = 40_000_000


@dataclass(frozen=True)
class BestandInfo:
    """soort: MIME type. staat: schoon | in_quarantaine (waits for the scanner) | besmet | onbekend (waits too long)."""

    id: str
    veld: str
    naam: str
    soort: str
    grootte: int
    sha256: str
    staat: str
    aangemaakt_op: datetime

    @property
    def is_bruikbaar(self) -> bool:
        return self.staat == "schoon"


class Bestanden:
    def __init__(self, db: Sessionmaker, settings: Settings, sleutels: Sleutels) -> None:
        self._db = db
        self._sleutels = sleutels
        self._werkmap = settings.bestanden.werkmap
        self.objecten = Objecten(settings.bestanden)
        self.scanner: Scanner = open_scanner(settings)
        self._keurder = Keurder(self._werkmap)

    # ---- taking in -------------------------------------------------------------------------------------

    async def voeg_toe(
        self,
        eigenaar_hash: str,
        concept_id: str | None,
        veld: str,
        naam: str,
        stroom: AsyncIterator[bytes],
        eisen: Eisen,
    ) -> BestandInfo:
        """Take in one file. concept_id None: it belongs to nobody until it is sent.

        Raises: BestandGeweigerd with what to do; NotFound when this concept is not of this eigenaar, or was sent.
        """
        soort = soort_van_extensie(extensie_van(naam), eisen.soorten)
        async with self._db() as session:
            await self._ruimte(session, eigenaar_hash, concept_id, veld, 0, eisen)
        with Werkbestand.nieuw(str(uuid4()), self._werkmap) as bestand:
            await self._ontvang(bestand, stroom, eisen)
            if bestand.grootte == 0:
                raise BestandGeweigerd(_("Dit bestand is leeg. Kies een ander bestand."))
            staat = await self._oordeel(bestand)
            gekeurd = await self._keurder.keur(
                bestand,
                soort,
                eisen.soorten,
                locatie_bewaren=eisen.locatie_bewaren,
                verhouding=eisen.verhouding,
            )
            with gekeurd.bestand:
                return await self._bewaar(eigenaar_hash, concept_id, veld, naam, gekeurd, staat, eisen)

    async def _ontvang(self, bestand: Werkbestand, stroom: AsyncIterator[bytes], eisen: Eisen) -> None:
        wachtend = bytearray()
        async for stuk in stroom:
            wachtend += stuk
            if bestand.grootte + len(wachtend) > eisen.max_bytes:
                zin = _("Dit bestand is groter dan {grootte}. Maak het kleiner, of stuur het in delen.")
                raise BestandGeweigerd(zin.format(grootte=megabytes(eisen.max_bytes)))
            if len(wachtend) >= STUK:
                await asyncio.to_thread(bestand.write, bytes(wachtend))
                wachtend.clear()
        await asyncio.to_thread(bestand.write, bytes(wachtend))
        await asyncio.to_thread(bestand.klaar)

    async def _oordeel(self, bestand: Werkbestand) -> str:
        """schoon, or in_quarantaine when the scanner is silent. Raises: BestandGeweigerd when there is a virus."""
        try:
            besmet = await self.scanner.is_besmet(_stukken(bestand))
        except ScannerStil as exc:
            log.error("virusscanner geeft geen oordeel", extra={"reden": str(exc)})
            return "in_quarantaine"
        if besmet:
            log.warning("bestand met een virus geweigerd")
            raise BestandGeweigerd(_("In dit bestand zit een virus. Stuur een ander bestand."))
        return "schoon"

    async def _ruimte(
        self, session: AsyncSession, eigenaar_hash: str, concept_id: str | None, veld: str, grootte: int, eisen: Eisen
    ) -> list[tables.Bestand]:
        """The files this form has already, when this one fits beside them. grootte 0: not known yet."""
        if concept_id is None:
            return []
        concept = await session.scalar(
            select(tables.Concept).where(tables.Concept.id == concept_id).with_for_update(key_share=True)
        )
        if concept is None or concept.eigenaar != eigenaar_hash or concept.verzonden_op is not None:
            raise NotFound
        rijen = list(await session.scalars(select(tables.Bestand).where(tables.Bestand.concept_id == concept_id)))
        if sum(rij.veld == veld for rij in rijen) >= eisen.max_aantal:
            zin = _("U kunt hier hoogstens {aantal} bestanden sturen. Verwijder er eerst één.")
            een = _("U kunt hier één bestand sturen. Verwijder eerst het andere bestand.")
            raise BestandGeweigerd(een if eisen.max_aantal == 1 else zin.format(aantal=eisen.max_aantal))
        if len(rijen) >= MAX_AANTAL:
            zin = _("U kunt met dit formulier hoogstens {aantal} bestanden sturen. Verwijder er eerst één.")
            raise BestandGeweigerd(zin.format(aantal=MAX_AANTAL))
        totaal = min(eisen.max_totaal, MAX_TOTAAL)
        if sum(rij.grootte for rij in rijen) + grootte > totaal:
            zin = _("Al uw bestanden samen zijn groter dan {grootte}. Maak ze kleiner, of verwijder er eerst één.")
            raise BestandGeweigerd(zin.format(grootte=megabytes(totaal)))
        return rijen

    async def _bewaar(
        self,
        eigenaar_hash: str,
        concept_id: str | None,
        veld: str,
        naam: str,
        gekeurd: Gekeurd,
        staat: str,
        eisen: Eisen,
    ) -> BestandInfo:
        """First a row that belongs to nobody, then the content, then whose it is: no content is ever without a row."""
        bestand = gekeurd.bestand
        schoon = schone_naam(naam, gekeurd.extensie)
        rij = tables.Bestand(
            id=bestand.bestand_id,
            veld=veld,
            naam=self._sleutels.encrypt(schoon.encode()),
            sleutel=self._sleutels.encrypt(bestand.sleutel),
            soort=gekeurd.mime,
            grootte=bestand.grootte,
            sha256=bestand.sha256,
            staat=staat,
            aangemaakt_op=now(),
        )
        async with self._db.begin() as session:
            session.add(rij)
        try:
            await self.objecten.zet(bestand.bestand_id, bestand.versleuteld)
        except BackofficeUnavailable as exc:
            log.error("bestand niet opgeslagen", exc_info=exc)
            raise BestandGeweigerd(
                _("Het opslaan van uw bestand is niet gelukt. Probeer het over een paar minuten opnieuw.")
            ) from None
        async with self._db.begin() as session:
            andere = await self._ruimte(session, eigenaar_hash, concept_id, veld, bestand.grootte, eisen)
            rij.naam = self._sleutels.encrypt(unieke_naam(schoon, [self._naam(ander) for ander in andere]).encode())
            rij.concept_id = concept_id
            await session.execute(
                update(tables.Bestand)
                .where(tables.Bestand.id == rij.id)
                .values(concept_id=concept_id, naam=rij.naam, aangemaakt_op=rij.aangemaakt_op)
            )
        log.info("bestand ontvangen", extra={"bestand": rij.id, "staat": staat})
        return self._info(rij)

    # ---- reading ---------------------------------------------------------------------------------------

    async def lijst(self, concept_id: str) -> tuple[BestandInfo, ...]:
        """The files of a concept, oldest first. The caller has made sure whose concept it is."""
        return await self._lijst(tables.Bestand.concept_id == concept_id)

    async def los(self, veld: str) -> tuple[BestandInfo, ...]:
        """The files without owner that came in under this veld, oldest first; its name cannot be guessed."""
        return await self._lijst(_los(veld))

    async def open(
        self, bestand_id: str, *, concept_id: str | None = None, inzending_id: str | None = None
    ) -> tuple[BestandInfo, AsyncIterator[bytes]]:
        """One file of this concept or this inzending.

        Raises: NotFound when it is not there or of another; BestandNietSchoon; BackofficeUnavailable while reading.
        """
        async with self._db() as session:
            rij = await session.get(tables.Bestand, bestand_id)
        if (
            rij is None
            or (concept_id is None) == (inzending_id is None)
            or (concept_id is not None and rij.concept_id != concept_id)
            or (inzending_id is not None and rij.inzending_id != inzending_id)
        ):
            raise NotFound
        info = self._info(rij)
        if not info.is_bruikbaar:
            raise BestandNietSchoon(info.staat)
        return info, self._inhoud(rij)

    async def _lijst(self, welke: object) -> tuple[BestandInfo, ...]:
        bestand = tables.Bestand
        async with self._db() as session:
            rijen = await session.scalars(select(bestand).where(welke).order_by(bestand.aangemaakt_op, bestand.id))  # type: ignore[arg-type]  # a condition
            return tuple(self._info(rij) for rij in rijen)

    def _inhoud(self, rij: tables.Bestand) -> AsyncIterator[bytes]:
        return ontsleutel(self.objecten.lees(rij.id), self._sleutels.decrypt(rij.sleutel), rij.id, rij.grootte)

    def _naam(self, rij: tables.Bestand) -> str:
        return self._sleutels.decrypt(rij.naam).decode()

    def _info(self, rij: tables.Bestand) -> BestandInfo:
        wacht_lang = rij.staat == "in_quarantaine" and now() - rij.aangemaakt_op > OPVRAGEN
        return BestandInfo(
            id=rij.id,
            veld=rij.veld,
            naam=self._naam(rij),
            soort=rij.soort,
            grootte=rij.grootte,
            sha256=rij.sha256,
            staat="onbekend" if wacht_lang else rij.staat,
            aangemaakt_op=rij.aangemaakt_op,
        )

    # ---- what happens to it ----------------------------------------------------------------------------

    async def scan_openstaande(self, concept_id: str | None = None, *, los: str = "") -> None:
        """Ask the scanner again about what waits in quarantine; stops at the first silence.

        los: only the files without owner of this veld.
        """
        bestand = tables.Bestand
        welke = bestand.concept_id == concept_id if concept_id else bestand.concept_id.is_not(None)
        if los:
            welke = _los(los)
        async with self._db() as session:
            rijen = list(await session.scalars(select(bestand).where(bestand.staat == "in_quarantaine", welke)))
        for rij in rijen:
            try:
                besmet = await self.scanner.is_besmet(self._inhoud(rij))
            except (GeenOordeel, BackofficeDefect, NotFound) as exc:  # of this file alone
                log.error("bestand blijft in quarantaine", extra={"bestand": rij.id, "reden": str(exc)})
                continue
            except (ScannerStil, BackofficeUnavailable) as exc:
                log.warning("virusscanner geeft geen oordeel", extra={"reden": str(exc)})
                return
            if besmet:
                log.warning("bestand met een virus weggegooid", extra={"bestand": rij.id})
                await self.objecten.verwijder(rij.id)
            async with self._db.begin() as session:
                staat = "besmet" if besmet else "schoon"
                await session.execute(update(bestand).where(bestand.id == rij.id).values(staat=staat))

    async def verwijder(self, concept_id: str, bestand_id: str) -> None:
        """Remove one file of this concept; what is not there is removed already."""
        await self._verwijder(
            tables.Bestand.id == bestand_id,
            tables.Bestand.concept_id == concept_id,
            tables.Bestand.inzending_id.is_(None),
        )

    async def verwijder_los(self, veld: str, bestand_id: str) -> None:
        await self._verwijder(tables.Bestand.id == bestand_id, _los(veld))

    async def verwijder_wezen(self) -> int:
        """Remove the files of nobody, and those of an inzending that was cleared; returns how many."""
        bestand, inzending = tables.Bestand, tables.Inzending
        van_niemand = (
            bestand.concept_id.is_(None) & bestand.inzending_id.is_(None) & (bestand.aangemaakt_op < now() - WEES_NA)
        )
        opgeruimd = select(inzending.id).where(inzending.opgeruimd_op.is_not(None))
        return await self._verwijder(or_(van_niemand, bestand.inzending_id.in_(opgeruimd)))

    async def _verwijder(self, *welke: object) -> int:
        """First the content, then the row: what fails halfway is tried again."""
        async with self._db() as session:
            ids = list(await session.scalars(select(tables.Bestand.id).where(*welke)))  # type: ignore[arg-type]  # conditions
        for bestand_id in ids:
            await self.objecten.verwijder(bestand_id)
            async with self._db.begin() as session:
                await session.execute(delete(tables.Bestand).where(tables.Bestand.id == bestand_id))
        return len(ids)


def _los(veld: str) -> ColumnElement[bool]:
    bestand = tables.Bestand
    return (bestand.veld == veld) & bestand.concept_id.is_(None) & bestand.inzending_id.is_(None)


async def _stukken(bestand: Werkbestand) -> AsyncIterator[bytes]:
    bestand.seek(0)
    while stuk := await asyncio.to_thread(bestand.read, BLOK):
        yield stuk


def get_bestanden(request: Request) -> Bestanden:
    bestanden: Bestanden = request.app.state.bestanden
    return bestanden


BestandenDep = Annotated[Bestanden, Depends(get_bestanden)]
