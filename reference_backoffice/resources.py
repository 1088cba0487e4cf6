"""The JSON of each stored resource, complete, and the row it is stored in."""

from datetime import UTC, date, datetime
from typing import Any

from .refs import Json, dumps, ref, uuid_of, zaak_ref
from .store import ROL_NUMMERS
from .vertrouwelijkheid import niveau

Row = dict[str, Any]

ZAAK_DATES = (
    "registratiedatum",
    "startdatum",
    "einddatum",
    "einddatumGepland",
    "uiterlijkeEinddatumAfdoening",
    "publicatiedatum",
    "archiefactiedatum",
)
BETALINGSINDICATIES = {
    "": "",
    "nvt": "Er is geen sprake van te betalen, met de zaak gemoeide, kosten.",
    "nog_niet": "De met de zaak gemoeide kosten zijn (nog) niet betaald.",
    "gedeeltelijk": "De met de zaak gemoeide kosten zijn gedeeltelijk betaald.",
    "geheel": "De met de zaak gemoeide kosten zijn geheel betaald.",
}
VERVALREDENEN = {
    "": "",
    "tijdelijk": "Besluit met tijdelijke werking",
    "ingetrokken_overheid": "Besluit ingetrokken door overheid",
    "ingetrokken_belanghebbende": "Besluit ingetrokken o.v.v. belanghebbende",
}
ADRES_LEEG: Json = {"verblijfsadres": None, "subVerblijfBuitenland": None}
IDENTIFICATIES: dict[str, Json] = {
    "natuurlijk_persoon": {
        "inpBsn": "",
        "anpIdentificatie": "",
        "inpA_nummer": "",
        "geslachtsnaam": "",
        "voorvoegselGeslachtsnaam": "",
        "voorletters": "",
        "voornamen": "",
        "geslachtsaanduiding": "",
        "geboortedatum": "",
        **ADRES_LEEG,
    },
    "niet_natuurlijk_persoon": {
        "innNnpId": "",
        "annIdentificatie": "",
        "kvkNummer": "",
        "vestigingsNummer": "",
        "statutaireNaam": "",
        "innRechtsvorm": "",
        "bezoekadres": "",
        **ADRES_LEEG,
    },
    "vestiging": {"vestigingsNummer": "", "handelsnaam": [], "kvkNummer": "", **ADRES_LEEG},
    "organisatorische_eenheid": {"identificatie": "", "naam": "", "isGehuisvestIn": ""},
    "medewerker": {"identificatie": "", "achternaam": "", "voorletters": "", "voorvoegselAchternaam": ""},
}


def utc(moment: datetime) -> str:
    """A moment as the APIs write it: UTC with a Z. Sorts as text."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def now() -> datetime:
    return datetime.now(UTC)


def zaak(uuid: str, given: Json, gemuteerd: str) -> Json:
    """A zaak without anything under it. given: at least zaaktype, identificatie, organisations and dates."""
    data: Json = {
        "url": zaak_ref(uuid),
        "uuid": uuid,
        "identificatie": "",
        "bronorganisatie": "",
        "omschrijving": "",
        "toelichting": "",
        "zaaktype": "",
        "registratiedatum": "",
        "verantwoordelijkeOrganisatie": "",
        "startdatum": "",
        "einddatum": None,
        "einddatumGepland": None,
        "uiterlijkeEinddatumAfdoening": None,
        "publicatiedatum": None,
        "laatstGemuteerd": gemuteerd,
        "laatstGeopend": None,
        "communicatiekanaal": "",
        "communicatiekanaalNaam": "",
        "productenOfDiensten": [],
        "vertrouwelijkheidaanduiding": "",
        "betalingsindicatie": "",
        "betalingsindicatieWeergave": "",
        "laatsteBetaaldatum": None,
        "zaakgeometrie": None,
        "verlenging": None,
        "opschorting": opschorting(None),
        "selectielijstklasse": "",
        "hoofdzaak": None,
        "deelzaken": [],
        "relevanteAndereZaken": [],
        "gerelateerdeZaken": [],
        "eigenschappen": [],
        "rollen": [],
        "status": None,
        "zaakinformatieobjecten": [],
        "zaakobjecten": [],
        "kenmerken": [],
        "archiefnominatie": None,
        "archiefstatus": "nog_te_archiveren",
        "archiefactiedatum": None,
        "resultaat": None,
        "opdrachtgevendeOrganisatie": "",
        "processobjectaard": "",
        "startdatumBewaartermijn": None,
        "processobject": {"datumkenmerk": "", "identificatie": "", "objecttype": "", "registratie": ""},
    }
    data |= given
    data["betalingsindicatieWeergave"] = BETALINGSINDICATIES.get(data["betalingsindicatie"], "")
    return data


def opschorting(reden: str | None, *, eerder: bool = False) -> Json:
    return {"indicatie": reden is not None, "eerdereOpschorting": eerder, "reden": reden or ""}


def zaak_row(data: Json) -> Row:
    """The columns of a zaak; without volgnr, which is given once."""
    return {
        "uuid": data["uuid"],
        "identificatie": data["identificatie"],
        "bronorganisatie": data["bronorganisatie"],
        "zaaktype": uuid_of(data["zaaktype"]),
        "niveau": niveau(data["vertrouwelijkheidaanduiding"]),
        "hoofdzaak": uuid_of(data["hoofdzaak"]) if data["hoofdzaak"] else None,
        **{name: data[name] for name in ZAAK_DATES},
        "archiefnominatie": data["archiefnominatie"],
        "archiefstatus": data["archiefstatus"],
        "omschrijving": data["omschrijving"],
        "data": dumps(data),
    }


def rol(uuid: str, zaak_url: str, roltype: Json, betrokkene_type: str, given: Json, moment: str) -> Json:
    """given: betrokkeneIdentificatie and what else was sent."""
    contact = given.get("contactpersoonRol") or {}
    data: Json = {
        "url": ref("zaken", "rollen", uuid),
        "uuid": uuid,
        "zaak": zaak_url,
        "betrokkene": given.get("betrokkene", ""),
        "betrokkeneType": betrokkene_type,
        "afwijkendeNaamBetrokkene": given.get("afwijkendeNaamBetrokkene", ""),
        "roltype": roltype["url"],
        "omschrijving": roltype["omschrijving"],
        "omschrijvingGeneriek": roltype["omschrijvingGeneriek"],
        "roltoelichting": given.get("roltoelichting", roltype["omschrijving"]),
        "registratiedatum": moment,
        "indicatieMachtiging": given.get("indicatieMachtiging", ""),
        "contactpersoonRol": {
            name: contact.get(name, "") for name in ("emailadres", "functie", "telefoonnummer", "naam")
        },
        "statussen": [],
        "beginGeldigheid": given.get("beginGeldigheid"),
        "eindeGeldigheid": given.get("eindeGeldigheid"),
        "betrokkeneIdentificatie": IDENTIFICATIES[betrokkene_type] | (given.get("betrokkeneIdentificatie") or {}),
    }
    if betrokkene_type not in ("organisatorische_eenheid", "medewerker"):
        data["authenticatieContext"] = given.get("authenticatieContext")
    return data


def rol_row(data: Json, volgnr: int) -> Row:
    identificatie = data["betrokkeneIdentificatie"]
    return {
        "uuid": data["uuid"],
        "volgnr": volgnr,
        "zaak": uuid_of(data["zaak"]),
        "betrokkeneType": data["betrokkeneType"],
        "betrokkene": data["betrokkene"],
        "roltype": uuid_of(data["roltype"]),
        "omschrijving": data["omschrijving"],
        "omschrijvingGeneriek": data["omschrijvingGeneriek"],
        **{nummer: identificatie.get(nummer) or None for nummer in ROL_NUMMERS},
        "data": dumps(data),
    }


def status(uuid: str, zaak_url: str, statustype: str, moment: str, toelichting: str, *, laatst: bool) -> Json:
    return {
        "url": ref("zaken", "statussen", uuid),
        "uuid": uuid,
        "zaak": zaak_url,
        "statustype": statustype,
        "datumStatusGezet": moment,
        "statustoelichting": toelichting,
        "indicatieLaatstGezetteStatus": laatst,
        "gezetdoor": None,
        "zaakinformatieobjecten": [],
    }


def resultaat(uuid: str, zaak_url: str, resultaattype: str, toelichting: str) -> Json:
    return {
        "url": ref("zaken", "resultaten", uuid),
        "uuid": uuid,
        "zaak": zaak_url,
        "resultaattype": resultaattype,
        "toelichting": toelichting,
    }


def zaakinformatieobject(uuid: str, zaak_url: str, informatieobject: str, given: Json, moment: str) -> Json:
    return {
        "url": ref("zaken", "zaakinformatieobjecten", uuid),
        "uuid": uuid,
        "informatieobject": informatieobject,
        "zaak": zaak_url,
        "aardRelatieWeergave": "Hoort bij, omgekeerd: kent",
        "titel": given.get("titel", ""),
        "beschrijving": given.get("beschrijving", ""),
        "registratiedatum": moment,
        "vernietigingsdatum": given.get("vernietigingsdatum"),
        "status": given.get("status"),
    }


def zaakeigenschap(uuid: str, zaak_url: str, eigenschap: Json, waarde: str) -> Json:
    return {
        "url": f"{zaak_url}/zaakeigenschappen/{uuid}",
        "uuid": uuid,
        "zaak": zaak_url,
        "eigenschap": eigenschap["url"],
        "naam": eigenschap["naam"],
        "waarde": waarde,
    }


def besluit(uuid: str, zaak_url: str, besluittype: str, given: Json) -> Json:
    data: Json = {
        "url": ref("besluiten", "besluiten", uuid),
        "identificatie": "",
        "verantwoordelijkeOrganisatie": "",
        "besluittype": besluittype,
        "zaak": zaak_url,
        "datum": "",
        "toelichting": "",
        "bestuursorgaan": "",
        "ingangsdatum": "",
        "vervaldatum": None,
        "vervalreden": "",
        "vervalredenWeergave": "",
        "publicatiedatum": None,
        "verzenddatum": None,
        "uiterlijkeReactiedatum": None,
    }
    data |= given
    data["vervalredenWeergave"] = VERVALREDENEN[data["vervalreden"]]
    return data


def onderdeel_row(soort: str, data: Json, ouder: str, ander: str = "", sleutel: str = "", volgnr: int = 0) -> Row:
    """ouder, ander: references or uuids; see the table."""
    return {
        "uuid": data.get("uuid") or uuid_of(data["url"]),
        "soort": soort,
        "volgnr": volgnr,
        "ouder": uuid_of(ouder),
        "ander": uuid_of(ander),
        "sleutel": sleutel,
        "data": dumps(data),
    }


def document(uuid: str, versie: int, given: Json, moment: str) -> Json:
    """An enkelvoudiginformatieobject. given: informatieobjecttype, bestandsomvang, inhoud as reference or None, …"""
    data: Json = {
        "url": ref("documenten", "enkelvoudiginformatieobjecten", uuid),
        "identificatie": "",
        "bronorganisatie": "",
        "creatiedatum": "",
        "titel": "",
        "vertrouwelijkheidaanduiding": "",
        "auteur": "",
        "status": "",
        "formaat": "",
        "taal": "nld",
        "versie": versie,
        "beginRegistratie": moment,
        "bestandsnaam": "",
        "inhoud": None,
        "bestandsomvang": None,
        "link": "",
        "beschrijving": "",
        "ontvangstdatum": None,
        "verzenddatum": None,
        "indicatieGebruiksrecht": None,
        "verschijningsvorm": "",
        "ondertekening": None,
        "integriteit": None,
        "informatieobjecttype": "",
        "locked": False,
        "bestandsdelen": [],
        "trefwoorden": [],
    }
    return data | given | {"versie": versie, "beginRegistratie": moment}


def download_ref(uuid: str, versie: int) -> str:
    return f"{ref('documenten', 'enkelvoudiginformatieobjecten', uuid)}/download?versie={versie}"


def document_row(data: Json, volgnr: int, lock: str = "") -> Row:
    return {
        "uuid": uuid_of(data["url"]),
        "volgnr": volgnr,
        "identificatie": data["identificatie"],
        "bronorganisatie": data["bronorganisatie"],
        "informatieobjecttype": uuid_of(data["informatieobjecttype"]),
        "niveau": niveau(data["vertrouwelijkheidaanduiding"]),
        "lock": lock,
        "versie": data["versie"],
    }


def iso_or_none(value: date | None) -> str | None:
    return value.isoformat() if value else None
