"""Concepten as somebody filled them in, what is sent of them, and what the backoffice then holds."""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pip_portal.bestanden.kluis import Werkbestand
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.db import Sessionmaker
from pip_portal.inzendingen.inhoud import (
    Aanvrager,
    Antwoord,
    Bijlage,
    Blok,
    Inhoud,
    Tweetalig,
    Zaakobject,
    Zaakopdracht,
)
from pip_portal.inzendingen.nummer import maak_nummer
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Bestand, Concept, ConceptStap
from pip_portal.weergave import AMSTERDAM as AMSTERDAM
from tests import factories

BEWIJS = b"Dit is mijn bewijs.\n"
EIGENAAR = factories.sleutels().keyed_hash("eigenaar", factories.burger().pseudoniem)
ANDER = factories.sleutels().keyed_hash("eigenaar", factories.burger(factories.MEHMET).pseudoniem)
ANNA = Aanvrager(soort="burger", pseudoniem=factories.burger().pseudoniem, niveau=20, bsn=factories.ANNA, naam="Anna")
GEHEIM = "Omdat mijn moeder ziek is."


def tekst(nl: str, en: str = "") -> Tweetalig:
    return Tweetalig(nl=nl, en=en or nl)


def antwoord(veld: str, vraag: str, *regels: str) -> Antwoord:
    return Antwoord(veld=veld, vraag=tekst(vraag), tekst=tuple(tekst(regel) for regel in regels))


def opdracht(**velden: object) -> Zaakopdracht:
    standaard: dict[str, object] = {
        "zaaktype": "parkeervergunning-bewoner",
        "omschrijving": "Parkeervergunning aanvragen",
        "eigenschappen": {"kenteken": "AB123C", "ingangsdatum": "20261201"},
        "betalingsindicatie": "nog_niet",
        "samenvatting": "Aanvraag",
    }
    return Zaakopdracht.model_validate(standaard | velden)


def inhoud(concept_id: str, **velden: object) -> Inhoud:
    """What Anna sends; velden replace fields of Inhoud."""
    standaard: dict[str, object] = {
        "nummer": maak_nummer(UUID(concept_id)),
        "formulier": "parkeervergunning-bewoner",
        "versie": 3,
        "taal": "nl",
        "product": tekst("Parkeervergunning", "Parking permit"),
        "aanvrager": ANNA,
        "blokken": (Blok(kop=tekst("Uw auto", "Your car"), antwoorden=(antwoord("reden", "Waarom?", GEHEIM),)),),
        "zaak": opdracht(),
        "ontvangen_op": datetime.now(UTC) - timedelta(seconds=3),
    }
    return Inhoud.model_validate(standaard | velden)


def adres() -> Zaakobject:
    return Zaakobject(straat="Brink", huisnummer=45, postcode="7411BV", plaats="Deventer", identificatie="")


@dataclass
class Werkplaats:
    """What these tests do to the database of the portal."""

    db: Sessionmaker
    sleutels: Sleutels
    bestanden: Bestanden
    namen: dict[str, bytes] = field(default_factory=dict)

    async def concept(self, eigenaar: str = EIGENAAR, formulier: str = "parkeervergunning-bewoner") -> str:
        concept_id, moment = str(uuid4()), datetime.now(UTC)
        async with self.db.begin() as session:
            session.add(
                Concept(
                    id=concept_id,
                    formulier=formulier,
                    versie=3,
                    eigenaar=eigenaar,
                    uniek=self.sleutels.keyed_hash("uniek", concept_id),
                    anoniem=False,
                    taal="nl",
                    kanaal="internet",
                    gegevens=self.sleutels.encrypt(b'{"voor":"zelf"}'),
                    aangemaakt_op=moment,
                    gewijzigd_op=moment,
                    verloopt_op=moment + timedelta(days=30),
                )
            )
            await session.flush()
            antwoorden = self.sleutels.encrypt(json.dumps({"reden": GEHEIM}).encode())
            session.add(
                ConceptStap(concept_id=concept_id, stap="reden", revisie=1, antwoorden=antwoorden, gewijzigd_op=moment)
            )
        return concept_id

    async def bijlage(self, concept_id: str | None, naam: str = "bewijs.pdf", inhoud: bytes = BEWIJS) -> Bijlage:
        """A file of this concept as it lies there when it was found clean; judging it has tests of its own."""
        bestand_id = str(uuid4())
        with Werkbestand.nieuw(bestand_id, None) as bestand:
            bestand.write(inhoud)
            bestand.klaar()
            await self.bestanden.objecten.zet(bestand_id, bestand.versleuteld)
            rij = Bestand(
                id=bestand_id,
                concept_id=concept_id,
                veld="bewijs",
                naam=self.sleutels.encrypt(naam.encode()),
                sleutel=self.sleutels.encrypt(bestand.sleutel),
                soort="application/pdf",
                grootte=bestand.grootte,
                sha256=bestand.sha256,
                staat="schoon",
                aangemaakt_op=datetime.now(UTC),
            )
        async with self.db.begin() as session:
            session.add(rij)
        return Bijlage(
            id=bestand_id,
            veld="bewijs",
            naam=naam,
            soort=rij.soort,
            grootte=rij.grootte,
            sha256=rij.sha256,
            informatieobjecttype="Bijlage",
        )


@dataclass
class Zaakmap:
    """All that the reference backoffice holds of one zaak, read from its own database, past every API."""

    zaak: dict[str, Any]
    rollen: list[dict[str, Any]]
    eigenschappen: list[tuple[str, str]]
    statussen: list[dict[str, Any]]
    objecten: list[dict[str, Any]]
    documenten: list[tuple[dict[str, Any], bytes]]


class Kast:
    """The database of the reference backoffice."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def nummers(self) -> list[str]:
        with sqlite3.connect(self._file) as db:
            return [
                n for (n,) in db.execute("SELECT identificatie FROM zaak WHERE identificatie LIKE 'P__-__________'")
            ]

    def zaken(self, nummer: str) -> list[Zaakmap]:
        """Every zaak with this number; there should be one."""
        with sqlite3.connect(self._file) as db:
            found = db.execute("SELECT uuid, data FROM zaak WHERE identificatie = ?", (nummer,)).fetchall()
            return [self._map(db, uuid, json.loads(data)) for uuid, data in found]

    def _map(self, db: sqlite3.Connection, uuid: str, zaak: dict[str, Any]) -> Zaakmap:
        def onderdelen(soort: str) -> list[dict[str, Any]]:
            rijen = db.execute("SELECT data FROM onderdeel WHERE soort = ? AND ouder = ?", (soort, uuid))
            return [json.loads(data) for (data,) in rijen]

        rollen = [json.loads(data) for (data,) in db.execute("SELECT data FROM rol WHERE zaak = ?", (uuid,))]
        documenten = []
        for koppeling in onderdelen("zaakinformatieobject"):
            document = koppeling["informatieobject"].rsplit("/", 1)[-1]
            versies = db.execute("SELECT data, inhoud FROM documentversie WHERE document = ?", (document,)).fetchall()
            data, inhoud_id = versies[-1]
            inhoud = db.execute("SELECT bytes FROM inhoud WHERE id = ?", (inhoud_id,)).fetchone()
            documenten.append((json.loads(data), inhoud[0] if inhoud else b""))
        return Zaakmap(
            zaak=zaak,
            rollen=rollen,
            eigenschappen=sorted((e["naam"], e["waarde"]) for e in onderdelen("zaakeigenschap")),
            statussen=onderdelen("status"),
            objecten=onderdelen("zaakobject"),
            documenten=sorted(documenten, key=lambda d: str(d[0]["identificatie"])),
        )
