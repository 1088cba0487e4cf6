"""Concepten: what someone is filling in, stored encrypted at every step, and only ever given to its eigenaar."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal import tables
from pip_portal.contact.adressen import email_van
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import ANONIEM_GELDIG, Eigenaar
from pip_portal.errors import NotFound, PortalError
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now

ZELF = "zelf"
INTERNET = "internet"  # kanaal of what people fill in themselves
VRAGEN = "vragen"  # in `veranderd`: the questions of the form are others than when it began
MAX_OPEN = 50  # concepts of one eigenaar; far above what a person can be busy with


class BestaatAl(PortalError):
    """There is an open concept for this form already. concept_id: which one."""

    def __init__(self, concept_id: str) -> None:
        super().__init__("er is al een concept")
        self.concept_id = concept_id


class AnderTabblad(PortalError):
    """The page was saved by another tab or device since it was opened here."""


class Verstuurd(PortalError):
    """It was sent already, so that nothing of it can change. concept_id: of which the confirmation stands."""

    def __init__(self, concept_id: str) -> None:
        super().__init__("al verstuurd")
        self.concept_id = concept_id


@dataclass(frozen=True)
class Voor:
    """For whom: the owner self, or a child of whom this parent has the gezag. waarde: "zelf", or an opaque id."""

    waarde: str = ZELF
    naam: str = field(default="", repr=False)
    bsn: str = field(default="", repr=False)

    @property
    def is_kind(self) -> bool:
        return self.waarde != ZELF


@dataclass(frozen=True)
class Betrokkene:
    """A citizen whose form an employee fills in."""

    bsn: str = field(repr=False)
    naam: str = field(repr=False)


@dataclass(frozen=True)
class Gegevens:
    """What the concept knows besides the answers.

    bronnen: prefill per path, as JSON. ontbreekt: paths that could not be fetched. sessie: of which session they are.
    opgehaald_op: when. veranderd: paths whose value is another one since the concept began.
    betrokkene: the citizen that an employee fills it in for.
    """

    voor: Voor = Voor()
    bronnen: Mapping[str, Any] = field(default_factory=dict, repr=False)
    ontbreekt: tuple[str, ...] = ()
    sessie: str = ""
    opgehaald_op: datetime | None = None
    veranderd: tuple[str, ...] = ()
    betrokkene: Betrokkene | None = None


@dataclass(frozen=True)
class Concept:
    """antwoorden: per field the stored value, of all pages. revisies: per page, how often it was saved.

    door: per page, keyed hash of which colleague saved it last. gewijzigd: per page, when.
    """

    id: str
    formulier: str
    versie: int
    taal: str
    kanaal: str
    anoniem: bool
    laatste_stap: str
    gegevens: Gegevens = field(repr=False)
    gewijzigd_op: datetime
    verloopt_op: datetime
    verzonden_op: datetime | None
    per_stap: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    revisies: Mapping[str, int] = field(default_factory=dict)
    door: Mapping[str, str] = field(default_factory=dict, repr=False)
    gewijzigd: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def antwoorden(self) -> dict[str, Any]:
        return {naam: waarde for stap in self.per_stap.values() for naam, waarde in stap.items()}

    @property
    def is_kort(self) -> bool:
        """Kept for two hours, with no way to come back later: of a visitor, or filled in by an employee."""
        return self.anoniem or self.kanaal != INTERNET

    def revisie(self, stap: str) -> int:
        return self.revisies.get(stap, 0)


class Concepten:
    """All concepts, in the database. Every method that reads or writes one asks whose it is."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels) -> None:
        self._db = db
        self._sleutels = sleutels

    async def begin(
        self,
        eigenaar: Eigenaar,
        *,
        formulier: str,
        versie: int,
        taal: str,
        geldig: timedelta,
        voor: Voor,
        meer: bool,
        antwoorden: Mapping[str, Mapping[str, Any]] | None = None,
        kanaal: str = INTERNET,
        betrokkene: Betrokkene | None = None,
    ) -> str:
        """A new concept; returns its id. meer: several may be open at once. antwoorden: of the voorcheck, per page.

        kanaal, betrokkene: how and for whom an employee fills it in.

        Raises: BestaatAl when this eigenaar has one for this form and this person.
        """
        moment = now()
        concept_id = str(uuid4())
        uniek = None if meer else self._uniek(eigenaar, formulier, voor)
        rij = tables.Concept(
            id=concept_id,
            formulier=formulier,
            versie=versie,
            eigenaar=eigenaar.hash,
            uniek=uniek,
            anoniem=eigenaar.is_anoniem,
            taal=taal,
            kanaal=kanaal,
            gegevens=self._dicht(concept_id, "", _gegevens_json(Gegevens(voor, betrokkene=betrokkene))),
            aangemaakt_op=moment,
            gewijzigd_op=moment,
            verloopt_op=moment + (ANONIEM_GELDIG if eigenaar.is_anoniem else geldig),
        )
        try:
            async with self._db.begin() as session:
                if uniek is not None:
                    verlopen = tables.Concept.verloopt_op <= moment
                    await session.execute(delete(tables.Concept).where(tables.Concept.uniek == uniek, verlopen))
                session.add(rij)
                await session.flush()
                for stap, waarden in (antwoorden or {}).items():
                    session.add(self._nieuwe_stap(concept_id, stap, waarden, moment, eigenaar.handelt))
        except IntegrityError:
            open_concept = await self.open_voor(eigenaar, formulier, voor)
            if open_concept is None:
                raise
            raise BestaatAl(open_concept) from None
        return concept_id

    async def open_voor(self, eigenaar: Eigenaar, formulier: str, voor: Voor) -> str | None:
        """Id of the open concept of this eigenaar for this form and this person."""
        uniek = self._uniek(eigenaar, formulier, voor)
        async with self._db() as session:
            gevonden: str | None = await session.scalar(select(tables.Concept.id).where(tables.Concept.uniek == uniek))
        return gevonden

    async def lees(self, eigenaren: Sequence[Eigenaar], concept_id: str) -> tuple[Concept, Eigenaar]:
        """The concept with its answers, and which of these owners it is of. Also when it was sent.

        Raises: NotFound when it does not exist, expired, or is of somebody else.
        """
        async with self._db() as session:
            rij = await session.scalar(
                select(tables.Concept).where(
                    tables.Concept.id == concept_id, tables.Concept.eigenaar.in_([e.hash for e in eigenaren])
                )
            )
            if rij is None or (rij.verzonden_op is None and rij.verloopt_op <= now()):
                raise NotFound
            stappen = (
                await session.scalars(select(tables.ConceptStap).where(tables.ConceptStap.concept_id == concept_id))
            ).all()
        try:
            concept = self._concept(rij, stappen)
        except (ValueError, KeyError):  # its key is gone: it can never be read again
            raise NotFound from None
        return concept, next(e for e in eigenaren if e.hash == rij.eigenaar)

    async def bewaar(
        self,
        concept: Concept,
        eigenaar: Eigenaar,
        stap: str,
        waarden: Mapping[str, Any],
        gezien: int,
        geldig: timedelta,
    ) -> int:
        """Store the answers of one page; returns the new revisie. gezien: the revisie that the page was opened with.

        Raises: AnderTabblad when the page was saved elsewhere since; Verstuurd when it was sent meanwhile.
        """
        moment = now()
        try:
            async with self._db.begin() as session:
                await self._raak_aan(session, concept, eigenaar, stap, moment, geldig)
                if gezien == 0:
                    session.add(self._nieuwe_stap(concept.id, stap, waarden, moment, eigenaar.handelt))
                    await session.flush()
                elif not await self._vervang(session, concept.id, stap, waarden, gezien, moment, eigenaar.handelt):
                    raise AnderTabblad
        except IntegrityError:
            raise AnderTabblad from None
        return gezien + 1

    async def bewaar_gegevens(self, concept: Concept, eigenaar: Eigenaar, gegevens: Gegevens) -> None:
        """Replace the prefill; it does not count as a change by the citizen."""
        async with self._db.begin() as session:
            await session.execute(
                update(tables.Concept)
                .where(
                    tables.Concept.id == concept.id,
                    tables.Concept.eigenaar == eigenaar.hash,
                    tables.Concept.verzonden_op.is_(None),
                )
                .values(gegevens=self._dicht(concept.id, "", _gegevens_json(gegevens)))
            )

    async def zet_over(self, concept: Concept, eigenaar: Eigenaar, versie: int) -> Concept:
        """The same answers under the questions of another version; the citizen is told so (forms §2.8)."""
        gegevens = replace(concept.gegevens, veranderd=tuple(sorted({*concept.gegevens.veranderd, VRAGEN})))
        async with self._db.begin() as session:
            await session.execute(
                update(tables.Concept)
                .where(
                    tables.Concept.id == concept.id,
                    tables.Concept.eigenaar == eigenaar.hash,
                    tables.Concept.verzonden_op.is_(None),
                )
                .values(versie=versie, gegevens=self._dicht(concept.id, "", _gegevens_json(gegevens)))
            )
        return replace(concept, versie=versie, gegevens=gegevens)

    async def verwijder(self, eigenaar: Eigenaar, concept_id: str) -> None:
        """Delete it with its answers; its files lose their owner and are removed by the retention job.

        What was sent cannot be deleted here. Raises: NotFound when it is not of this eigenaar.
        """
        async with self._db.begin() as session:
            weg = await session.execute(
                delete(tables.Concept).where(
                    tables.Concept.id == concept_id,
                    tables.Concept.eigenaar == eigenaar.hash,
                    tables.Concept.verzonden_op.is_(None),
                )
            )
        if not _aantal(weg):
            raise NotFound

    async def bestaat(self, concept_id: str) -> bool:
        """Whether there is such a concept at all, whoever it is of."""
        async with self._db() as session:
            gevonden = await session.scalar(select(tables.Concept.id).where(tables.Concept.id == concept_id))
        return gevonden is not None

    async def lijst(self, eigenaar: Eigenaar) -> tuple[Concept, ...]:
        """The open concepts of this eigenaar without their answers, the last changed one first.

        `door` and `gewijzigd` tell of the last changed page alone.
        """
        laatste = (tables.ConceptStap.concept_id == tables.Concept.id) & (
            tables.ConceptStap.stap == tables.Concept.laatste_stap
        )
        async with self._db() as session:
            rijen = await session.execute(
                select(tables.Concept, tables.ConceptStap.door)
                .outerjoin(tables.ConceptStap, laatste)
                .where(
                    tables.Concept.eigenaar == eigenaar.hash,
                    tables.Concept.verzonden_op.is_(None),
                    tables.Concept.verloopt_op > now(),
                )
                .order_by(tables.Concept.gewijzigd_op.desc())
                .limit(MAX_OPEN)
            )
            gevonden = []
            for rij, door in rijen:
                try:
                    concept = self._concept(rij, ())
                    gevonden.append(replace(concept, door={rij.laatste_stap: door} if door else {}))
                except (ValueError, KeyError):  # its key is gone
                    continue
        return tuple(gevonden)

    async def mailadres(self, concept_id: str) -> tuple[str, str] | None:
        """Where to remind the applicant, and in which language: the address they proved, else that of the question
        `email`."""
        async with self._db() as session:
            rij = await session.get(tables.Concept, concept_id)
            if rij is not None and (bewezen := await email_van(session, self._sleutels, rij.eigenaar)):
                return bewezen, rij.taal
            stappen = await session.scalars(
                select(tables.ConceptStap).where(tables.ConceptStap.concept_id == concept_id)
            )
            gelezen = list(stappen)
        if rij is None:
            return None
        for stap in gelezen:
            try:
                adres = self._open(concept_id, stap.stap, stap.antwoorden).get("email")
            except ValueError:  # its key is gone
                continue
            if isinstance(adres, str) and adres:
                return adres, rij.taal
        return None

    async def in_gebruik_sinds(self, concept_id: str, moment: datetime) -> bool:
        """Whether somebody with a login was busy with this open concept after that moment; tells nothing else."""
        async with self._db() as session:
            rij = await session.get(tables.Concept, concept_id)
        if rij is None or rij.anoniem or rij.verzonden_op is not None:
            return False
        geopend = self._concept(rij, ()).gegevens.opgehaald_op
        return max(rij.gewijzigd_op, geopend or rij.gewijzigd_op) > moment

    def _uniek(self, eigenaar: Eigenaar, formulier: str, voor: Voor) -> str:
        return self._sleutels.keyed_hash("concept", f"{eigenaar.hash}:{formulier}:{voor.waarde}")

    async def _raak_aan(
        self,
        session: AsyncSession,
        concept: Concept,
        eigenaar: Eigenaar,
        stap: str,
        moment: datetime,
        geldig: timedelta,
    ) -> None:
        geraakt = await session.execute(
            update(tables.Concept)
            .where(
                tables.Concept.id == concept.id,
                tables.Concept.eigenaar == eigenaar.hash,
                tables.Concept.verzonden_op.is_(None),
            )
            .values(
                gewijzigd_op=moment,
                verloopt_op=moment + (ANONIEM_GELDIG if concept.is_kort else geldig),
                laatste_stap=stap,
                herinnerd_op=None,
            )
        )
        if not _aantal(geraakt):
            raise Verstuurd(concept.id)

    async def _vervang(
        self,
        session: AsyncSession,
        concept_id: str,
        stap: str,
        waarden: Mapping[str, Any],
        gezien: int,
        moment: datetime,
        door: str | None,
    ) -> bool:
        vervangen = await session.execute(
            update(tables.ConceptStap)
            .where(
                tables.ConceptStap.concept_id == concept_id,
                tables.ConceptStap.stap == stap,
                tables.ConceptStap.revisie == gezien,
            )
            .values(
                antwoorden=self._dicht(concept_id, stap, dict(waarden)),
                revisie=gezien + 1,
                gewijzigd_op=moment,
                door=door,
            )
        )
        return bool(_aantal(vervangen))

    def _nieuwe_stap(
        self, concept_id: str, stap: str, waarden: Mapping[str, Any], moment: datetime, door: str | None
    ) -> tables.ConceptStap:
        return tables.ConceptStap(
            concept_id=concept_id,
            stap=stap,
            revisie=1,
            antwoorden=self._dicht(concept_id, stap, dict(waarden)),
            gewijzigd_op=moment,
            door=door,
        )

    def _concept(self, rij: tables.Concept, stappen: Sequence[tables.ConceptStap]) -> Concept:
        sent = rij.verzonden_op is not None
        return Concept(
            id=rij.id,
            formulier=rij.formulier,
            versie=rij.versie,
            taal=rij.taal,
            kanaal=rij.kanaal,
            anoniem=rij.anoniem,
            laatste_stap=rij.laatste_stap,
            gegevens=Gegevens() if sent else _gegevens(self._open(rij.id, "", rij.gegevens)),
            gewijzigd_op=rij.gewijzigd_op,
            verloopt_op=rij.verloopt_op,
            verzonden_op=rij.verzonden_op,
            per_stap={s.stap: self._open(rij.id, s.stap, s.antwoorden) for s in stappen},
            revisies={s.stap: s.revisie for s in stappen},
            door={s.stap: s.door for s in stappen if s.door},
            gewijzigd={s.stap: s.gewijzigd_op for s in stappen},
        )

    def _dicht(self, concept_id: str, stap: str, waarden: Mapping[str, Any]) -> bytes:
        """Encrypted together with where it belongs, so that a row cannot stand in for another."""
        return self._sleutels.encrypt(json.dumps([concept_id, stap, waarden], ensure_ascii=False).encode())

    def _open(self, concept_id: str, stap: str, data: bytes) -> dict[str, Any]:
        van, welke, waarden = json.loads(self._sleutels.decrypt(data))
        if (van, welke) != (concept_id, stap):
            raise ValueError("de gegevens horen bij een ander concept")
        gelezen: dict[str, Any] = waarden
        return gelezen


def _aantal(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _gegevens_json(gegevens: Gegevens) -> dict[str, Any]:
    return {
        "voor": {"waarde": gegevens.voor.waarde, "naam": gegevens.voor.naam, "bsn": gegevens.voor.bsn},
        "bronnen": dict(gegevens.bronnen),
        "ontbreekt": list(gegevens.ontbreekt),
        "sessie": gegevens.sessie,
        "opgehaald_op": gegevens.opgehaald_op.isoformat() if gegevens.opgehaald_op else None,
        "veranderd": list(gegevens.veranderd),
        "betrokkene": asdict(gegevens.betrokkene) if gegevens.betrokkene else None,
    }


def _gegevens(data: Mapping[str, Any]) -> Gegevens:
    return Gegevens(
        voor=Voor(**data["voor"]),
        bronnen=data["bronnen"],
        ontbreekt=tuple(data["ontbreekt"]),
        sessie=data["sessie"],
        opgehaald_op=datetime.fromisoformat(data["opgehaald_op"]) if data["opgehaald_op"] else None,
        veranderd=tuple(data["veranderd"]),
        betrokkene=Betrokkene(**betrokkene) if (betrokkene := data.get("betrokkene")) else None,
    )
