"""The catalogus: made once from the fixtures, read-only, in memory."""

from dataclasses import dataclass, field
from functools import cache
from typing import Final

from .fixtures import zaaktypen as fx
from .fixtures.zaaktypen import Definitie
from .refs import Json, ref, seed_uuid, uuid_of

GEMEENTE_RSIN: Final = "823288444"
DOMEIN: Final = "DEV"
SELECTIELIJST: Final = "https://selectielijst.openzaak.nl/api/v1"
SOORTEN = (
    "catalogussen",
    "zaaktypen",
    "statustypen",
    "resultaattypen",
    "roltypen",
    "eigenschappen",
    "informatieobjecttypen",
    "zaaktype-informatieobjecttypen",
    "besluittypen",
)
GELDIGHEID: Json = {"beginGeldigheid": None, "eindeGeldigheid": None, "beginObject": None, "eindeObject": None}


def catalogus_ref(soort: str, *parts: object) -> str:
    return ref("catalogi", soort, seed_uuid(soort, *parts))


CATALOGUS = catalogus_ref("catalogussen", DOMEIN)


@dataclass
class Catalogus:
    """Resources by kind and uuid. stappen: reference of a statustype by uuid of the zaaktype and code of the step."""

    soorten: dict[str, dict[str, Json]] = field(default_factory=lambda: {soort: {} for soort in SOORTEN})
    stappen: dict[tuple[str, str], str] = field(default_factory=dict)
    uuids_of_types: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, soort: str, data: Json) -> str:
        reference: str = data["url"]
        self.soorten[soort][uuid_of(reference)] = data
        return reference

    def get(self, soort: str, uuid: str) -> Json | None:
        return self.soorten[soort].get(uuid)

    def at(self, reference: str) -> Json:
        """The resource that a stored reference points to."""
        return self.soorten[reference.rsplit("/", 2)[-2]][uuid_of(reference)]

    def of_zaaktype(self, soort: str, zaaktype: str) -> list[Json]:
        return [data for data in self.soorten[soort].values() if data["zaaktype"] == zaaktype]

    def statustypen(self, zaaktype: str) -> list[Json]:
        return sorted(self.of_zaaktype("statustypen", zaaktype), key=lambda data: int(data["volgnummer"]))


@cache
def build() -> Catalogus:
    catalogus = Catalogus()
    for omschrijving, _richting, aanduiding in (*fx.INFORMATIEOBJECTTYPEN, *fx.EIGEN_INFORMATIEOBJECTTYPEN):
        catalogus.add("informatieobjecttypen", _informatieobjecttype(omschrijving, aanduiding))
    for omschrijving, termijn in fx.BESLUITTYPEN:
        catalogus.add("besluittypen", _besluittype(omschrijving, termijn))
    for definitie in fx.ZAAKTYPEN:
        _add_zaaktype(catalogus, definitie)
    _link(catalogus)
    return catalogus


def _key(definitie: Definitie) -> str:
    return f"{definitie.identificatie}@{definitie.begin}"


def _informatieobjecttype(omschrijving: str, aanduiding: str) -> Json:
    generiek = ("", "definitie", "herkomst", "hierarchie", "opmerking")
    return {
        "url": catalogus_ref("informatieobjecttypen", omschrijving),
        "catalogus": CATALOGUS,
        "omschrijving": omschrijving,
        "vertrouwelijkheidaanduiding": aanduiding,
        "beginGeldigheid": "2024-01-01",
        "eindeGeldigheid": None,
        "concept": False,
        "besluittypen": [],
        "informatieobjectcategorie": omschrijving,
        "trefwoord": [],
        "omschrijvingGeneriek": {
            (
                f"{naam}InformatieobjecttypeOmschrijvingGeneriek"
                if naam
                else "informatieobjecttypeOmschrijvingGeneriek"
            ): ""
            for naam in generiek
        },
        "zaaktypen": [],
        "beginObject": "2024-01-01",
        "eindeObject": None,
    }


def _besluittype(omschrijving: str, termijn: str) -> Json:
    return {
        "url": catalogus_ref("besluittypen", omschrijving),
        "catalogus": CATALOGUS,
        "zaaktypen": [],
        "omschrijving": omschrijving,
        "omschrijvingGeneriek": omschrijving,
        "besluitcategorie": "",
        "reactietermijn": termijn,
        "publicatieIndicatie": False,
        "publicatietekst": "",
        "publicatietermijn": None,
        "toelichting": "",
        "informatieobjecttypen": [catalogus_ref("informatieobjecttypen", "Besluit")],
        "beginGeldigheid": "2024-01-01",
        "eindeGeldigheid": None,
        "concept": False,
        "resultaattypen": [],
        "resultaattypenOmschrijving": [],
        "vastgelegdIn": [],
        "beginObject": "2024-01-01",
        "eindeObject": None,
    }


def _add_zaaktype(catalogus: Catalogus, definitie: Definitie) -> None:
    zaaktype = catalogus.add("zaaktypen", _zaaktype(definitie))
    common = {"zaaktype": zaaktype, "zaaktypeIdentificatie": definitie.identificatie, "catalogus": CATALOGUS}
    key = _key(definitie)
    codes = definitie.stappen.split()
    for nummer, code in enumerate(codes, start=1):
        statustype = _statustype(key, code, nummer * 10, nummer == len(codes)) | common | GELDIGHEID
        catalogus.stappen[uuid_of(zaaktype), code] = catalogus.add("statustypen", statustype)
    for omschrijving, termijn in definitie.resultaten:
        catalogus.add("resultaattypen", _resultaattype(key, omschrijving, termijn) | common | GELDIGHEID)
    for omschrijving, generiek in fx.ROLTYPEN:
        data: Json = {
            "url": catalogus_ref("roltypen", key, omschrijving),
            "omschrijving": omschrijving,
            "omschrijvingGeneriek": generiek,
        }
        catalogus.add("roltypen", data | common | GELDIGHEID)
    for naam in definitie.eigenschappen:
        catalogus.add("eigenschappen", _eigenschap(key, naam) | common | {"statustype": None} | GELDIGHEID)
    eigen = [soort for soort in fx.EIGEN_INFORMATIEOBJECTTYPEN if soort[0] in definitie.documenten]
    for volgnummer, (omschrijving, richting, _) in enumerate((*fx.INFORMATIEOBJECTTYPEN, *eigen), start=1):
        data = {
            "url": catalogus_ref("zaaktype-informatieobjecttypen", key, omschrijving),
            "informatieobjecttype": catalogus_ref("informatieobjecttypen", omschrijving),
            "volgnummer": volgnummer,
            "richting": richting,
            "statustype": None,
        }
        catalogus.add("zaaktype-informatieobjecttypen", data | common)


def _zaaktype(definitie: Definitie) -> Json:
    key = _key(definitie)
    return {
        "url": catalogus_ref("zaaktypen", key),
        "identificatie": definitie.identificatie,
        "omschrijving": definitie.omschrijving,
        "omschrijvingGeneriek": definitie.omschrijving,
        "vertrouwelijkheidaanduiding": definitie.vertrouwelijkheid,
        "doel": f"Afhandelen van: {definitie.omschrijving}",
        "aanleiding": "Verzoek van een inwoner of ondernemer",
        "toelichting": "",
        "indicatieInternOfExtern": "intern" if definitie.intern else "extern",
        "handelingInitiator": "aanvragen",
        "onderwerp": definitie.omschrijving,
        "handelingBehandelaar": "behandelen",
        "doorlooptijd": definitie.termijn,
        "servicenorm": definitie.servicenorm or None,
        "opschortingEnAanhoudingMogelijk": definitie.opschorten,
        "verlengingMogelijk": bool(definitie.verlengen),
        "verlengingstermijn": definitie.verlengen or None,
        "trefwoorden": [],
        "publicatieIndicatie": False,
        "publicatietekst": "",
        "verantwoordingsrelatie": [],
        "productenOfDiensten": [],
        "selectielijstProcestype": f"{SELECTIELIJST}/procestypen/{seed_uuid('procestype', key)}",
        "referentieproces": {"naam": definitie.omschrijving, "link": ""},
        "concept": definitie.concept,
        "verantwoordelijke": GEMEENTE_RSIN,
        "broncatalogus": {"url": "", "domein": "", "rsin": ""},
        "bronzaaktype": {"url": "", "identificatie": "", "omschrijving": ""},
        "beginGeldigheid": definitie.begin,
        "eindeGeldigheid": definitie.einde,
        "versiedatum": definitie.begin,
        "beginObject": definitie.begin,
        "eindeObject": definitie.einde,
        "catalogus": CATALOGUS,
        "statustypen": [],
        "resultaattypen": [],
        "eigenschappen": [],
        "informatieobjecttypen": [],
        "roltypen": [],
        "besluittypen": [catalogus_ref("besluittypen", omschrijving) for omschrijving, _ in fx.BESLUITTYPEN],
        "deelzaaktypen": [
            catalogus_ref("zaaktypen", f"{identificatie}@2024-01-01") for identificatie in definitie.deelzaaktypen
        ],
        "gerelateerdeZaaktypen": [],
        "zaakobjecttypen": [],
    }


def _statustype(key: str, code: str, volgnummer: int, is_last: bool) -> Json:
    if code in fx.STAPPEN:
        omschrijving, tekst = fx.STAPPEN[code]
        generiek = omschrijving
    else:
        omschrijving, tekst, hoort_bij = fx.BIJZONDERE_STAPPEN[code]
        generiek = fx.STAPPEN[hoort_bij][0]
    return {
        "url": catalogus_ref("statustypen", key, code),
        "omschrijving": omschrijving,
        "omschrijvingGeneriek": generiek,
        "statustekst": tekst,
        "volgnummer": volgnummer,
        "isEindstatus": is_last,
        "informeren": code not in ("A", "x8"),
        "doorlooptijd": None,
        "toelichting": None,
        "checklistitemStatustype": [],
        "eigenschappen": [],
        "zaakobjecttypen": [],
    }


def _resultaattype(key: str, omschrijving: str, termijn: str) -> Json:
    return {
        "url": catalogus_ref("resultaattypen", key, omschrijving),
        "omschrijving": omschrijving,
        "resultaattypeomschrijving": f"{SELECTIELIJST}/resultaattypeomschrijvingen/{seed_uuid('rto', omschrijving)}",
        "omschrijvingGeneriek": omschrijving,
        "selectielijstklasse": f"{SELECTIELIJST}/resultaten/{seed_uuid('resultaat', omschrijving)}",
        "toelichting": "",
        "archiefnominatie": "vernietigen" if termijn else "blijvend_bewaren",
        "archiefactietermijn": termijn or "P20Y",
        "brondatumArchiefprocedure": {
            "afleidingswijze": "afgehandeld",
            "datumkenmerk": "",
            "einddatumBekend": False,
            "objecttype": "",
            "registratie": "",
            "procestermijn": None,
        },
        "procesobjectaard": "",
        "indicatieSpecifiek": None,
        "procestermijn": None,
        "besluittypen": [],
        "besluittypeOmschrijving": [],
        "informatieobjecttypen": [],
        "informatieobjecttypeOmschrijving": [],
    }


def _eigenschap(key: str, naam: str) -> Json:
    definitie, formaat, lengte = fx.EIGENSCHAPPEN[naam]
    return {
        "url": catalogus_ref("eigenschappen", key, naam),
        "naam": naam,
        "definitie": definitie,
        "specificatie": {
            "groep": "",
            "formaat": formaat,
            "lengte": lengte,
            "kardinaliteit": "1",
            "waardenverzameling": [],
        },
        "toelichting": "",
    }


def _link(catalogus: Catalogus) -> None:
    """Fill in the lists that point the other way, and the index of names for rights per type."""
    zaaktypen, iots = catalogus.soorten["zaaktypen"], catalogus.soorten["informatieobjecttypen"]
    for soort in ("statustypen", "resultaattypen", "eigenschappen", "roltypen"):
        for data in catalogus.soorten[soort].values():
            catalogus.at(data["zaaktype"])[soort].append(data["url"])
    for relatie in catalogus.soorten["zaaktype-informatieobjecttypen"].values():
        catalogus.at(relatie["zaaktype"])["informatieobjecttypen"].append(relatie["informatieobjecttype"])
        catalogus.at(relatie["informatieobjecttype"])["zaaktypen"].append(relatie["zaaktype"])
    for besluittype in catalogus.soorten["besluittypen"].values():
        besluittype["zaaktypen"] = [data["url"] for data in zaaktypen.values()]
    names: dict[str, set[str]] = {}
    for uuid, data in zaaktypen.items():
        names.setdefault(data["identificatie"], set()).add(uuid)
    for uuid, data in iots.items():
        names.setdefault(data["omschrijving"], set()).add(uuid)
    catalogus.uuids_of_types = {naam: frozenset(uuids) for naam, uuids in names.items()}
    catalogus.add("catalogussen", _catalogus(catalogus))


def _catalogus(catalogus: Catalogus) -> Json:
    return {
        "url": CATALOGUS,
        "domein": DOMEIN,
        "rsin": GEMEENTE_RSIN,
        "contactpersoonBeheerNaam": "Functioneel beheer",
        "contactpersoonBeheerTelefoonnummer": "140570",
        "contactpersoonBeheerEmailadres": "beheer@example.nl",
        "zaaktypen": [data["url"] for data in catalogus.soorten["zaaktypen"].values()],
        "besluittypen": [data["url"] for data in catalogus.soorten["besluittypen"].values()],
        "informatieobjecttypen": [data["url"] for data in catalogus.soorten["informatieobjecttypen"].values()],
        "naam": "Zaaktypen van Deventer",
        "versie": "1",
        "begindatumVersie": "2024-01-01",
    }
