"""KVK: API Zoeken v2, Basisprofiel v1, Vestigingsprofiel v1."""

import hmac
import re
from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from .fixtures import bedrijven as fx
from .fixtures.bedrijven import Bedrijf
from .refs import Json
from .web import Context

HAL: Final = "application/hal+json"
ROOT: Final = "/kvk/api"
ZOEKEN: Final = frozenset(
    {"kvkNummer", "rsin", "vestigingsnummer", "naam", "straatnaam", "plaats", "postcode", "huisnummer", "huisletter",
     "postbusnummer", "type", "inclusiefInactieveRegistraties", "pagina", "resultatenPerPagina", "geoData"}
)  # fmt: skip
PATRONEN: Final = {
    "kvkNummer": r"\d{8}",
    "rsin": r"\d{9}",
    "vestigingsnummer": r"\d{12}",
    "postcode": r"\d{4}[A-Za-z]{2}",
}


class KvkFout(Exception):
    def __init__(self, status: int, code: str, omschrijving: str) -> None:
        super().__init__(code)
        self.status, self.code, self.omschrijving = status, code, omschrijving


def kvk_fout_response(_request: Request, exc: Exception) -> Response:
    assert isinstance(exc, KvkFout)  # noqa: S101 - only registered for this type
    body = {"fout": [{"code": exc.code, "omschrijving": exc.omschrijving}]}
    return JSONResponse(body, exc.status, media_type=HAL)


def check_key(request: Request, backoffice: Context) -> None:
    key = request.headers.get("apikey", "")
    if not hmac.compare_digest(key.encode(), backoffice.config.kvk_sleutel.encode()):
        raise KvkFout(401, "IPD1000", "Geen of een onjuiste apikey aangeleverd.")


router = APIRouter(prefix=ROOT, dependencies=[Depends(check_key)])


def _hal(data: Json) -> Response:
    return JSONResponse(data, media_type=HAL, headers={"api-version": "1.5.0"})


def get_bedrijf(kvk: str) -> Bedrijf:
    if not re.fullmatch(r"\d{8}", kvk):
        raise KvkFout(400, "IPD0004", f"Het KVK-nummer {kvk[:20]} is niet valide.")
    if kvk not in fx.PER_KVK:
        raise KvkFout(404, "IPD0005", f"Product is niet leverbaar voor KVK-nummer {kvk}.")
    return fx.PER_KVK[kvk]


Gevonden = Annotated[Bedrijf, Depends(get_bedrijf)]


def _root(backoffice: Context) -> str:
    return f"{backoffice.config.public_url}{ROOT}/v1"


@router.get("/v1/basisprofielen/{kvk}")
async def get_basisprofiel(bedrijf: Gevonden, backoffice: Context) -> Response:
    return _hal(fx.basisprofiel_json(bedrijf, _root(backoffice)))


@router.get("/v1/basisprofielen/{kvk}/eigenaar")
async def get_eigenaar(bedrijf: Gevonden, backoffice: Context) -> Response:
    return _hal(fx.eigenaar_json(bedrijf, _root(backoffice)))


@router.get("/v1/basisprofielen/{kvk}/hoofdvestiging")
async def get_hoofdvestiging(bedrijf: Gevonden, backoffice: Context) -> Response:
    return _hal(fx.vestiging_json(bedrijf, bedrijf.vestigingen[0], _root(backoffice)))


@router.get("/v1/basisprofielen/{kvk}/vestigingen")
async def list_vestigingen(bedrijf: Gevonden, backoffice: Context) -> Response:
    return _hal(fx.vestigingen_json(bedrijf, _root(backoffice)))


@router.get("/v1/vestigingsprofielen/{vestigingsnummer}")
async def get_vestigingsprofiel(vestigingsnummer: str, backoffice: Context) -> Response:
    if not re.fullmatch(r"\d{12}", vestigingsnummer):
        raise KvkFout(400, "IPD0006", "Het vestigingsnummer is niet valide.")
    if vestigingsnummer not in fx.PER_VESTIGING:
        raise KvkFout(404, "IPD0007", f"Product is niet leverbaar voor vestigingsnummer {vestigingsnummer}.")
    bedrijf, vestiging = fx.PER_VESTIGING[vestigingsnummer]
    return _hal(fx.vestiging_json(bedrijf, vestiging, _root(backoffice)))


def _number(params: dict[str, str], name: str, default: int, top: int) -> int:
    text = params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= top):
        raise KvkFout(400, "IPD1002", f"De waarde van {name} is niet valide.")
    return int(text)


def _check(params: dict[str, str]) -> None:
    if unknown := sorted(params.keys() - ZOEKEN):
        raise KvkFout(400, "IPD1001", f"Onbekende parameter: {unknown[0][:40]}.")
    for name, pattern in PATRONEN.items():
        if name in params and not re.fullmatch(pattern, params[name]):
            raise KvkFout(400, "IPD1002", f"De waarde van {name} is niet valide.")
    if "postcode" in params and not params.keys() & {"huisnummer", "postbusnummer"}:
        raise KvkFout(400, "IPD1003", "Zoek op postcode samen met huisnummer of postbusnummer.")


def _adres(hit: Json) -> Json:
    found: Json = hit.get("adres", {}).get("binnenlandsAdres", {})
    return found


def _equal(name: str, value: str) -> Callable[[Json], bool]:
    return lambda hit: str(hit.get(name, _adres(hit).get(name, ""))).lower() == value.lower()


def _conditions(params: dict[str, str]) -> list[Callable[[Json], bool]]:
    exact = ("kvkNummer", "rsin", "vestigingsnummer", "straatnaam", "plaats", "postcode", "huisnummer")
    conditions = [_equal(name, params[name]) for name in exact if name in params]
    if naam := params.get("naam"):
        conditions.append(lambda hit: naam.lower() in hit["naam"].lower())
    if params.get("inclusiefInactieveRegistraties") != "true":
        conditions.append(lambda hit: hit["actief"] == "Ja")
    return conditions


@router.get("/v2/zoeken")
async def zoeken(request: Request, backoffice: Context) -> Response:
    params = dict(request.query_params)
    _check(params)
    pagina, per_pagina = _number(params, "pagina", 1, 1000), _number(params, "resultatenPerPagina", 10, 100)
    typen = request.query_params.getlist("type")
    conditions = _conditions(params)
    hits = [hit for bedrijf in fx.BEDRIJVEN for hit in fx.zoekresultaten(bedrijf, _root(backoffice))]
    hits = [hit for hit in hits if (not typen or hit["type"] in typen) and all(test(hit) for test in conditions)]
    shown = hits[(pagina - 1) * per_pagina : pagina * per_pagina]
    if not shown:
        raise KvkFout(404, "IPD5200", "Er zijn geen resultaten gevonden.")
    return _hal(_page(f"{backoffice.config.public_url}{ROOT}/v2/zoeken", params, hits, shown, pagina, per_pagina))


def _page(url: str, params: dict[str, str], hits: list[Json], shown: list[Json], pagina: int, per: int) -> Json:
    def link(nummer: int) -> str:
        return f"{url}?{urlencode(params | {'pagina': str(nummer)})}"

    data: Json = {"pagina": pagina, "resultatenPerPagina": per, "totaal": len(hits), "resultaten": shown}
    if pagina > 1:
        data["vorige"] = link(pagina - 1)
    if pagina * per < len(hits):
        data["volgende"] = link(pagina + 1)
    return data | {"_links": {"self": {"href": link(pagina)}}}
