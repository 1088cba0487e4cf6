"""Klantinteracties (Open Klant 2): the partij of a person or company, and the contact details that it gave.

Each question is about the gebruiker self, and each row of an answer is checked again: an empty or unknown filter
filters nothing there. Our own address is known by its `referentie` (older servers: its omschrijving); what employees
added is read, never changed.
Source: Klantinteracties API (openapi.yaml); Open Klant 2 for the order of the writes.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, TypeVar

from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Datum, Pagina, Resource, Tekst
from pip_portal.errors import BackofficeDefect, NotFound
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.settings import Klantcode, Klantinteracties

log = logging.getLogger(__name__)

T = TypeVar("T")
Soort = Literal["email", "telefoonnummer"]

NAAM: Final = "het klantsysteem"
REFERENTIES: Final[Mapping[Soort, str]] = {"email": "portaal-email", "telefoonnummer": "portaal-telefoon"}
OMSCHRIJVING: Final = "Opgegeven in het portaal"  # how an older server, without referentie, tells what is ours
MAX_PAGINAS: Final = 20
PER_PAGINA: Final = 100


class Verwijzing(Resource):
    uuid: str


class Codes(Resource):
    object_id: Tekst = Field(default="", repr=False)
    code_objecttype: Tekst = ""
    code_register: Tekst = ""
    code_soort_object_id: Tekst = ""


class Identificator(Resource):
    uuid: str
    identificeerde_partij: Verwijzing | None = None
    partij_identificator: Codes
    sub_identificator_van: Verwijzing | None = None


class Partij(Resource):
    uuid: str
    soort_partij: Tekst = ""
    indicatie_actief: bool = True
    partij_identificatoren: tuple[Verwijzing, ...] | None = None
    voorkeurs_digitaal_adres: Verwijzing | None = None


class DigitaalAdres(Resource):
    uuid: str
    adres: str = Field(repr=False)
    soort_digitaal_adres: Tekst = ""
    omschrijving: Tekst = ""
    referentie: Tekst = ""
    is_standaard_adres: bool = False
    verificatie_datum: Datum = None
    verstrekt_door_partij: Verwijzing | None = None

    def is_van_portaal(self, soort: Soort) -> bool:
        eigen = self.referentie == REFERENTIES[soort] or (not self.referentie and self.omschrijving == OMSCHRIJVING)
        return self.soort_digitaal_adres == soort and eigen


@dataclass(frozen=True, slots=True)
class Partijnaam:
    """How a new partij is called: the parts for a person, naam for a company. geheim: BRP geheimhouding."""

    naam: str = field(default="", repr=False)
    voorletters: str = field(default="", repr=False)
    voornaam: str = field(default="", repr=False)
    voorvoegsel: str = field(default="", repr=False)
    achternaam: str = field(default="", repr=False)
    geheim: bool | None = None


_PARTIJ: TypeAdapter[Partij] = TypeAdapter(Partij)
_ADRES: TypeAdapter[DigitaalAdres] = TypeAdapter(DigitaalAdres)
_ADRESSEN: TypeAdapter[Pagina[DigitaalAdres]] = TypeAdapter(Pagina[DigitaalAdres])
_IDENTIFICATOR: TypeAdapter[Identificator] = TypeAdapter(Identificator)
_IDENTIFICATOREN: TypeAdapter[Pagina[Identificator]] = TypeAdapter(Pagina[Identificator])
_NIETS: TypeAdapter[None] = TypeAdapter(None)


class KlantinteractiesApi:
    """Every method raises BackofficeUnavailable and BackofficeDefect as `Verbinding.call` does."""

    def __init__(self, verbinding: Verbinding, settings: Klantinteracties) -> None:
        self.verbinding = verbinding
        self._settings = settings

    # ---- the partij ------------------------------------------------------------------------------------------

    async def partij(self, gebruiker: Gebruiker) -> Partij | None:
        """The partij of this person, company, or chosen vestiging; None when it is not known there.

        Of several the active one; they are never merged.
        """
        gevonden = []
        for identificator in await self._identificatoren(gebruiker):
            if identificator.identificeerde_partij is not None:
                partij = await self._partij(gebruiker, identificator)
                gevonden += [partij] if partij else []
        if len(gevonden) > 1:
            log.warning("meer dan een partij", extra={"aantal": len(gevonden)})
        return next((p for p in gevonden if p.indicatie_actief), gevonden[0] if gevonden else None)

    async def maak_partij(self, gebruiker: Gebruiker, naam: Partijnaam) -> Partij:
        """The partij of the gebruiker, made when a last look does not find it.

        For a vestiging the company is made too, when it is not there: the one is known under the other.
        """
        if (partij := await self.partij(gebruiker)) is not None:
            return partij
        if isinstance(gebruiker, Burger):
            return await self._nieuw(gebruiker, self._settings.persoon, gebruiker.bsn, naam)
        if not gebruiker.vestiging:
            return await self._nieuw(gebruiker, self._settings.bedrijf, gebruiker.kvk_nummer, naam)
        boven = await self._zoek(gebruiker, self._settings.bedrijf, gebruiker.kvk_nummer)
        if not boven:
            await self._nieuw(gebruiker, self._settings.bedrijf, gebruiker.kvk_nummer, naam)
            boven = await self._zoek(gebruiker, self._settings.bedrijf, gebruiker.kvk_nummer)
        sub = boven[0].uuid if boven else ""
        return await self._nieuw(gebruiker, self._settings.vestiging, gebruiker.vestiging, naam, sub=sub)

    async def zet_voorkeur(self, gebruiker: Gebruiker, partij: Partij, adres: DigitaalAdres | None) -> None:
        """Which of its addresses this partij wants to be reached at; None: none of them, so by post."""
        uuid = adres.uuid if adres else None
        if (partij.voorkeurs_digitaal_adres.uuid if partij.voorkeurs_digitaal_adres else None) == uuid:
            return
        body = {"voorkeursDigitaalAdres": {"uuid": uuid} if uuid else None}
        await self._schrijf("PATCH", f"/partijen/{partij.uuid}", _PARTIJ, gebruiker, body)

    # ---- contact details -------------------------------------------------------------------------------------

    async def adressen(self, gebruiker: Gebruiker, partij: Partij) -> tuple[DigitaalAdres, ...]:
        """All that this partij gave, also to employees; not what was given for one question only."""
        params = {"verstrektDoorPartij__uuid": partij.uuid}
        rijen = await self._alle("/digitaleadressen", _ADRESSEN, gebruiker, params)
        return tuple(r for r in rijen if r.verstrekt_door_partij and r.verstrekt_door_partij.uuid == partij.uuid)

    async def zet_adres(
        self, gebruiker: Gebruiker, partij: Partij, soort: Soort, adres: str, geverifieerd_op: date | None
    ) -> DigitaalAdres:
        """This is the address of the portal now, verified on that day; doing it once more changes nothing."""
        ons = [a for a in await self.adressen(gebruiker, partij) if a.is_van_portaal(soort)]
        dag = geverifieerd_op.isoformat() if geverifieerd_op else None
        velden: dict[str, object] = {"adres": adres, "verificatieDatum": dag, "isStandaardAdres": True}
        if ons:
            if ons[0].adres == adres and ons[0].verificatie_datum == geverifieerd_op:
                return ons[0]
            return await self._schrijf("PATCH", f"/digitaleadressen/{ons[0].uuid}", _ADRES, gebruiker, velden)
        nieuw: dict[str, object] = {
            "soortDigitaalAdres": soort,
            "omschrijving": OMSCHRIJVING,
            "referentie": REFERENTIES[soort],
            "verstrektDoorPartij": {"uuid": partij.uuid},
            "verstrektDoorBetrokkene": None,
        }
        return await self._schrijf("POST", "/digitaleadressen", _ADRES, gebruiker, velden | nieuw)

    async def verwijder_adres(self, gebruiker: Gebruiker, partij: Partij, soort: Soort) -> None:
        """The portal has no address of this soort any more; what employees noted stays."""
        for adres in await self.adressen(gebruiker, partij):
            if adres.is_van_portaal(soort):
                try:
                    await self.verbinding.call("DELETE", f"/digitaleadressen/{adres.uuid}", _NIETS, gebruiker=gebruiker)
                except NotFound:  # gone between the look and the write
                    continue

    async def close(self) -> None:
        await self.verbinding.close()

    # ---- parts -----------------------------------------------------------------------------------------------

    async def _identificatoren(self, gebruiker: Gebruiker) -> list[Identificator]:
        if isinstance(gebruiker, Burger):
            return await self._zoek(gebruiker, self._settings.persoon, gebruiker.bsn)
        if not gebruiker.vestiging:
            return await self._zoek(gebruiker, self._settings.bedrijf, gebruiker.kvk_nummer)
        return await self._van_vestiging(gebruiker, gebruiker.vestiging)

    async def _van_vestiging(self, bedrijf: Bedrijf, vestiging: str) -> list[Identificator]:
        """Those of the vestiging under this very company; in older data it may stand under none."""
        rijen = await self._zoek(bedrijf, self._settings.vestiging, vestiging)
        if not any(rij.sub_identificator_van for rij in rijen):
            return rijen
        boven = {rij.uuid for rij in await self._zoek(bedrijf, self._settings.bedrijf, bedrijf.kvk_nummer)}
        return [r for r in rijen if r.sub_identificator_van is None or r.sub_identificator_van.uuid in boven]

    async def _zoek(self, gebruiker: Gebruiker, code: Klantcode, nummer: str) -> list[Identificator]:
        if not (nummer.isascii() and nummer.isdigit()):
            return []
        wie = {"objectId": nummer, **_codes(code)}
        params = {f"partijIdentificator{naam[0].upper()}{naam[1:]}": waarde for naam, waarde in wie.items()}
        rijen = await self._alle("/partij-identificatoren", _IDENTIFICATOREN, gebruiker, params)
        return [r for r in rijen if r.partij_identificator.model_dump(by_alias=True) == wie]

    async def _partij(self, gebruiker: Gebruiker, identificator: Identificator) -> Partij | None:
        """The partij that this identificator is of; None when it went, or does not know the identificator."""
        uuid = identificator.identificeerde_partij.uuid if identificator.identificeerde_partij else ""
        try:
            partij = await self.verbinding.call("GET", f"/partijen/{uuid}", _PARTIJ, gebruiker=gebruiker)
        except NotFound:
            return None
        bekend = partij.partij_identificatoren
        is_van = bekend is None or any(verwijzing.uuid == identificator.uuid for verwijzing in bekend)
        return partij if partij.uuid == uuid and is_van else None

    async def _nieuw(
        self, gebruiker: Gebruiker, code: Klantcode, nummer: str, naam: Partijnaam, *, sub: str = ""
    ) -> Partij:
        """A partij with its identificator: in one call, or in two at a server that leaves out what is inside."""
        identificator: dict[str, Any] = {"partijIdentificator": {"objectId": nummer, **_codes(code)}}
        if sub:
            identificator["subIdentificatorVan"] = {"uuid": sub}
        body = {**_leeg(naam, is_bedrijf=gebruiker.is_bedrijf), "partijIdentificatoren": [identificator]}
        partij = await self._schrijf("POST", "/partijen", _PARTIJ, gebruiker, body)
        if not partij.partij_identificatoren:
            los = identificator | {"identificeerdePartij": {"uuid": partij.uuid}}
            await self._schrijf("POST", "/partij-identificatoren", _IDENTIFICATOR, gebruiker, los)
        return partij

    async def _schrijf(
        self, methode: str, pad: str, antwoord: TypeAdapter[T], gebruiker: Gebruiker, body: Mapping[str, object]
    ) -> T:
        try:
            return await self.verbinding.call(methode, pad, antwoord, gebruiker=gebruiker, body=body)
        except NotFound:  # it was there a moment ago, or the root is wrong
            raise BackofficeDefect(f"{NAAM}: niet meer te vinden om te wijzigen") from None

    async def _alle(
        self, pad: str, antwoord: TypeAdapter[Pagina[T]], gebruiker: Gebruiker, params: Mapping[str, str]
    ) -> list[T]:
        rijen: list[T] = []
        for nummer in range(1, MAX_PAGINAS + 1):
            vraag = {**params, "page": str(nummer), "pageSize": str(PER_PAGINA)}
            try:
                pagina = await self.verbinding.call("GET", pad, antwoord, gebruiker=gebruiker, params=vraag)
            except NotFound:  # a page past the end: the list became shorter, or the root is wrong
                if nummer == 1:
                    raise BackofficeDefect(f"{NAAM}: bestaat niet op de ingestelde root") from None
                break
            rijen += pagina.results
            if not pagina.next:
                break
        return rijen


def _codes(code: Klantcode) -> dict[str, str]:
    objecttype, register, soort = code
    return {"codeObjecttype": objecttype, "codeRegister": register, "codeSoortObjectId": soort}


def _leeg(naam: Partijnaam, *, is_bedrijf: bool) -> dict[str, Any]:
    """A new partij; older servers ask for every field, also for what there is none of."""
    persoon = {
        "voorletters": naam.voorletters[:10],
        "voornaam": naam.voornaam[:200],
        "voorvoegselAchternaam": naam.voorvoegsel[:10],
        "achternaam": naam.achternaam[:200],
    }
    return {
        "soortPartij": "organisatie" if is_bedrijf else "persoon",
        "partijIdentificatie": {"naam": naam.naam[:200]} if is_bedrijf else {"contactnaam": persoon},
        "indicatieActief": True,
        "indicatieGeheimhouding": naam.geheim,
        "voorkeurstaal": "nld",
        "digitaleAdressen": None,
        "voorkeursDigitaalAdres": None,
        "rekeningnummers": None,
        "voorkeursRekeningnummer": None,
    }
