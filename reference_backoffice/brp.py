"""BRP Personen 2.7: one operation, RaadpleegMetBurgerservicenummer."""

import hmac
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from .fixtures.personen import persoon_json
from .refs import Json
from .web import Context

router = APIRouter(prefix="/haalcentraal/api/brp")

MAX_BSNS, MAX_FIELDS = 20, 130
TABEL: Final[Json] = {"code": {}, "omschrijving": {}}
DATUM: Final[Json] = {"type": {}, "datum": {}, "onbekend": {}, "jaar": {}, "maand": {}, "langFormaat": {}}
NAAM: Final[Json] = {
    "voornamen": {}, "adellijkeTitelPredicaat": {**TABEL, "soort": {}}, "voorvoegsel": {}, "geslachtsnaam": {},
    "voorletters": {},
}  # fmt: skip
GEBOORTE: Final[Json] = {"datum": DATUM, "land": TABEL, "plaats": TABEL}
ADRESSERING_BINNEN: Final[Json] = {"adresregel1": {}, "adresregel2": {}}
VERBLIJFADRES: Final[Json] = {
    "officieleStraatnaam": {}, "korteStraatnaam": {}, "huisnummer": {}, "huisletter": {}, "huisnummertoevoeging": {},
    "aanduidingBijHuisnummer": TABEL, "postcode": {}, "woonplaats": {}, "locatiebeschrijving": {},
}  # fmt: skip
VERBLIJFPLAATS: Final[Json] = {
    "type": {}, "datumVan": DATUM, "functieAdres": TABEL, "adresseerbaarObjectIdentificatie": {},
    "nummeraanduidingIdentificatie": {}, "datumIngangGeldigheid": DATUM,
}  # fmt: skip
KIND: Final[Json] = {"burgerservicenummer": {}, "naam": NAAM, "geboorte": GEBOORTE}
# Every path that may be asked; an empty dict is a single datum.
FIELDS: Final[Json] = {
    "aNummer": {},
    "burgerservicenummer": {},
    "datumEersteInschrijvingGBA": DATUM,
    "geslacht": TABEL,
    "uitsluitingKiesrecht": {"uitgeslotenVanKiesrecht": {}, "einddatum": DATUM},
    "europeesKiesrecht": {"aanduiding": TABEL, "einddatumUitsluiting": DATUM},
    "leeftijd": {},
    "naam": {**NAAM, "volledigeNaam": {}, "aanduidingNaamgebruik": TABEL},
    "nationaliteiten": {
        "type": {}, "nationaliteit": TABEL, "redenOpname": TABEL, "datumIngangGeldigheid": DATUM,
    },
    "geboorte": GEBOORTE,
    "overlijden": GEBOORTE,
    "verblijfplaats": {
        **VERBLIJFPLAATS,
        "verblijfadres": {**VERBLIJFADRES, "regel1": {}, "regel2": {}, "regel3": {}, "land": TABEL},
    },
    "verblijfplaatsBinnenland": {**VERBLIJFPLAATS, "verblijfadres": VERBLIJFADRES},
    "immigratie": {
        "datumVestigingInNederland": DATUM, "landVanwaarIngeschreven": TABEL, "vanuitVerblijfplaatsOnbekend": {},
        "indicatieVestigingVanuitBuitenland": {},
    },
    "gemeenteVanInschrijving": TABEL,
    "datumInschrijvingInGemeente": DATUM,
    "adressering": {
        **ADRESSERING_BINNEN, "adresregel3": {}, "land": TABEL, "aanhef": {}, "gebruikInLopendeTekst": {},
        "aanschrijfwijze": {"naam": {}, "aanspreekvorm": {}},
    },
    "adresseringBinnenland": {
        **ADRESSERING_BINNEN, "aanhef": {}, "gebruikInLopendeTekst": {},
        "aanschrijfwijze": {"naam": {}, "aanspreekvorm": {}},
    },
    "indicatieCurateleRegister": {},
    "gezag": {},
    "verblijfstitel": {"aanduiding": TABEL, "datumEinde": DATUM, "datumIngang": DATUM},
    "kinderen": KIND,
    "ouders": {**KIND, "geslacht": TABEL, "ouderAanduiding": {}, "datumIngangFamilierechtelijkeBetrekking": DATUM},
    "partners": {
        **KIND, "geslacht": TABEL, "soortVerbintenis": TABEL, "aangaanHuwelijkPartnerschap": GEBOORTE,
        "ontbindingHuwelijkPartnerschap": {"datum": DATUM},
    },
}  # fmt: skip
AUTOMATISCH: Final = (
    "geheimhoudingPersoonsgegevens",
    "inOnderzoek",
    "opschortingBijhouding",
    "rni",
    "verificatie",
    "indicatieVastgesteldVerblijftNietOpAdres",
)
ALIASSEN: Final = {"verblijfplaatsBinnenland": "verblijfplaats", "adresseringBinnenland": "adressering"}


def _fout(status: int, code: str, title: str, detail: str, params: list[Json] | None = None) -> Response:
    body: Json = {
        "type": f"https://datatracker.ietf.org/doc/html/rfc7231#section-6.{'5.1' if status == 400 else '5.3'}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "/haalcentraal/api/brp/personen",
        "code": code,
    }
    if params is not None:
        body["invalidParams"] = params
    return JSONResponse(body, status, media_type="application/problem+json")


def _invalid(code: str, name: str, reason: str) -> Response:
    detail = f"De foutieve parameter is {name}."
    title = "Een of meerdere parameters zijn niet correct."
    return _fout(400, "paramsValidation", title, detail, [{"name": name, "code": code, "reason": reason}])


def _is_known(path: str) -> bool:
    level: Any = FIELDS
    for part in path.split("."):
        if not isinstance(level, dict) or part not in level:
            return False
        level = level[part]
    return True


def _check_fields(fields: object) -> Response | None:
    if not isinstance(fields, list) or not fields:
        return _invalid("required", "fields", "Parameter is verplicht.")
    if len(fields) > MAX_FIELDS:
        return _invalid("maxItems", "fields", "Array bevat meer dan 130 items.")
    for nummer, field in enumerate(fields):
        name = f"fields.{nummer}"
        if not isinstance(field, str):
            return _invalid("pattern", name, "Waarde is geen geldig veld pad.")
        if any(part in AUTOMATISCH for part in field.split(".")):
            return _invalid("fields", name, "Parameter bevat een veld dat automatisch wordt geleverd.")
        if not _is_known(field):
            return _invalid("fields", name, "Parameter bevat een niet bestaande veldnaam.")
    return None


def _check_bsns(bsns: object) -> Response | None:
    if not isinstance(bsns, list) or not bsns:
        return _invalid("required", "burgerservicenummer", "Parameter is verplicht.")
    if len(bsns) > MAX_BSNS:
        return _invalid("maxItems", "burgerservicenummer", "Array bevat meer dan 20 items.")
    for nummer, bsn in enumerate(bsns):
        if not (isinstance(bsn, str) and bsn.isascii() and bsn.isdigit() and len(bsn) == 9):
            return _invalid("pattern", f"burgerservicenummer.{nummer}", "Waarde is geen geldig BSN.")
    return None


@router.post("/personen")
async def find_personen(request: Request, backoffice: Context) -> Response:
    key = request.headers.get("x-api-key", "")
    if not hmac.compare_digest(key.encode(), backoffice.config.brp_sleutel.encode()):
        return _fout(401, "authentication", "Niet correct geauthenticeerd.", "Geen of een onjuiste sleutel.")
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        return _fout(415, "unsupported", "Media Type wordt niet ondersteund.", "Alleen application json.")
    try:
        query = await request.json()
    except ValueError:
        query = None
    if not isinstance(query, dict):
        return _invalid("required", "type", "Parameter is verplicht.")
    if query.get("type") != "RaadpleegMetBurgerservicenummer":
        return _invalid("value", "type", "Waarde is geen geldig zoek type.")
    if fout := _check_bsns(query.get("burgerservicenummer")) or _check_fields(query.get("fields")):
        return fout
    if unknown := query.keys() - {"type", "burgerservicenummer", "fields", "gemeenteVanInschrijving"}:
        return _invalid("unknownParam", sorted(unknown)[0][:30], "Parameter is niet verwacht.")
    paths = [path.split(".") for path in query["fields"]]
    found = (persoon_json(bsn, backoffice.config.today()) for bsn in query["burgerservicenummer"])
    personen = [_selected(persoon, paths) for persoon in found if persoon is not None]
    return JSONResponse({"type": query["type"], "personen": personen})


def _selected(persoon: Json, paths: list[list[str]]) -> Json:
    result: Json = {key: persoon[key] for key in AUTOMATISCH if key in persoon}
    for path in paths:
        path = [ALIASSEN.get(path[0], path[0]), *path[1:]]
        _copy(persoon, result, path)
    return result


def _copy(source: Json, target: Json, path: list[str]) -> None:
    """Copy what the path leads to; a group wholly, a date always wholly, with what is delivered automatically."""
    name, rest = path[0], path[1:]
    if name not in source:
        return
    value = source[name]
    if not rest or (isinstance(value, dict) and "langFormaat" in value):
        target[name] = value
    elif isinstance(value, list):
        copies = target.setdefault(name, [{} for _ in value])
        for item, copy in zip(value, copies, strict=True):
            _copy_into(item, copy, rest)
    else:
        _copy_into(value, target.setdefault(name, {}), rest)


def _copy_into(source: Json, target: Json, path: list[str]) -> None:
    for automatic in ("type", "inOnderzoek"):
        if automatic in source:
            target[automatic] = source[automatic]
    _copy(source, target, path)
