"""BAG: API Individuele Bevragingen v2, of which only the search for addresses."""

import hmac
import re
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from .fixtures.adressen import ADRESSEN, uitgebreid
from .refs import Json
from .web import Context

ROOT: Final = "/lvbag/individuelebevragingen/v2"
HAL: Final = "application/hal+json"
PATRONEN: Final = {
    "postcode": r"[1-9][0-9]{3} ?[a-zA-Z]{2}",
    "huisnummer": r"[1-9][0-9]{0,4}",
    "huisletter": r"[a-zA-Z]",
    "huisnummertoevoeging": r"[0-9a-zA-Z]{1,4}",
    "exacteMatch": r"true|false",
    "inclusiefEindStatus": r"true|false",
    "adresseerbaarObjectIdentificatie": r"[0-9]{4}(01|02|03)[0-9]{10}",
    "pandIdentificatie": r"[0-9]{16}",
    "woonplaatsNaam": r".{1,80}",
    "openbareRuimteNaam": r".{1,80}",
    "zoekresultaatIdentificatie": r".{1,255}",
    "q": r".{1,255}",
    "expand": r".*",
    "page": r"[1-9][0-9]{0,5}",
    "pageSize": r"[1-9][0-9]|100",
}
NIET_NAGEBOUWD: Final = frozenset({"zoekresultaatIdentificatie", "q", "pandIdentificatie"})
TITELS: Final = {
    400: "Bad Request",
    401: "Niet correct geauthenticeerd",
    404: "Opgevraagde resource bestaat niet.",
    406: "Not Acceptable",
}


class BagFout(Exception):
    def __init__(self, status: int, code: str, detail: str, naam: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.naam = status, code, detail, naam


def bag_fout_response(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, BagFout)  # noqa: S101 - only registered for this type
    body: Json = {
        "status": exc.status,
        "title": TITELS[exc.status],
        "type": f"https://datatracker.ietf.org/doc/html/rfc7231#{exc.status}",
        "detail": exc.detail,
        "instance": f"{request.app.state.backoffice.config.public_url}{request.url.path}",
        "code": exc.code,
    }
    if exc.naam:
        body["invalid-params"] = [
            {"type": "https://www.vng.nl/validaties/pattern", "name": exc.naam, "code": "pattern", "reason": exc.detail}
        ]
    return JSONResponse(body, exc.status, media_type="application/problem+json")


def check_key(request: Request, backoffice: Context) -> None:
    key = request.headers.get("x-api-key", "")
    if not hmac.compare_digest(key.encode(), backoffice.config.bag_sleutel.encode()):
        raise BagFout(401, "authentication", "Het verzoek vereist een geldige X-Api-Key.")
    accepted = [part.split(";")[0].strip() for part in request.headers.get("accept", "*/*").split(",")]
    if not {HAL, "application/*", "*/*"} & set(accepted):
        raise BagFout(406, "notAcceptable", "Gevraagde contenttype wordt niet ondersteund.")


router = APIRouter(prefix=ROOT, dependencies=[Depends(check_key)])


def _check(params: dict[str, str]) -> None:
    if unknown := sorted(params.keys() - PATRONEN.keys()):
        raise BagFout(400, "unknownParam", f"Onbekende parameter: {unknown[0][:40]}.", unknown[0][:40])
    for name, value in params.items():
        if not re.fullmatch(PATRONEN[name], value):
            raise BagFout(400, "pattern", f"Waarde van {name} voldoet niet aan het patroon.", name)
    if not params.keys() - {"page", "pageSize", "exacteMatch", "inclusiefEindStatus", "expand"}:
        raise BagFout(400, "paramsRequired", "Ten minste één parameter moet worden opgegeven.")
    if ("postcode" in params or "huisnummer" in params) and not {"postcode", "huisnummer"} <= params.keys():
        andere = {"openbareRuimteNaam", "woonplaatsNaam", "huisnummer"}
        if not andere <= params.keys():
            raise BagFout(400, "paramsCombination", "Combinatie van parameters niet toegestaan.")
    if params.keys() & NIET_NAGEBOUWD:
        raise BagFout(400, "paramsCombination", "Deze manier van zoeken is hier niet nagebouwd.")


def _matches(adres: Json, params: dict[str, str]) -> bool:
    exact = params.get("exacteMatch") == "true"
    for name in ("huisletter", "huisnummertoevoeging"):
        if (name in params or exact) and str(adres.get(name, "")).lower() != params.get(name, "").lower():
            return False
    for name in ("openbareRuimteNaam", "woonplaatsNaam", "huisnummer", "adresseerbaarObjectIdentificatie"):
        if name in params and str(adres[name]).lower() != params[name].lower():
            return False
    return "postcode" not in params or adres["postcode"] == params["postcode"].replace(" ", "").upper()


@router.get("/adressen")
async def list_adressen(request: Request, backoffice: Context) -> Response:
    params = dict(request.query_params)
    _check(params)
    page, size = int(params.get("page", "1")), int(params.get("pageSize", "20"))
    root = f"{backoffice.config.public_url}{ROOT}"
    hits = [adres for adres in ADRESSEN if _matches(adres, params)]
    shown = hits[(page - 1) * size : page * size]

    def link(nummer: int) -> Json:
        return {"href": f"{root}/adressen?{urlencode(params | {'page': str(nummer)})}"}

    links: Json = {"self": link(page)}
    if page > 1:
        links |= {"first": link(1), "prev": link(page - 1)}
    if page * size < len(hits):
        links["next"] = link(page + 1)
    body: Json = {"_links": links}
    if shown:
        body["_embedded"] = {"adressen": [adres | {"_links": _links(root, adres)} for adres in shown]}
    headers = {"api-version": "2.6.0", "X-Pagination-Page": str(page), "X-Pagination-Limit": str(size)}
    return JSONResponse(body, media_type=HAL, headers=headers)


@router.get("/adressenuitgebreid/{identificatie}")
async def get_adres_uitgebreid(request: Request, backoffice: Context, identificatie: str) -> Response:
    """One address with its geometry, in RD coordinates only."""
    if not re.fullmatch(r"[0-9]{4}20[0-9]{10}", identificatie):
        raise BagFout(400, "pattern", "Waarde voldoet niet aan het patroon.", "nummeraanduidingIdentificatie")
    if request.headers.get("accept-crs", "epsg:28992") != "epsg:28992":
        raise BagFout(406, "crsNotAcceptable", "Alleen epsg:28992 wordt ondersteund.")
    adres = next((a for a in ADRESSEN if a["nummeraanduidingIdentificatie"] == identificatie), None)
    if adres is None:
        raise BagFout(404, "notFound", "De opgevraagde resource bestaat niet.")
    root = f"{backoffice.config.public_url}{ROOT}"
    body = uitgebreid(adres) | {"_links": _links(root, adres)}
    return JSONResponse(body, media_type=HAL, headers={"api-version": "2.6.0"})


def _links(root: str, adres: Json) -> Json:
    def to(path: str, identificatie: str) -> Json:
        return {"href": f"{root}/{path}/{identificatie}"}

    return {
        "self": to("adressen", adres["nummeraanduidingIdentificatie"]),
        "openbareRuimte": to("openbareruimten", adres["openbareRuimteIdentificatie"]),
        "nummeraanduiding": to("nummeraanduidingen", adres["nummeraanduidingIdentificatie"]),
        "woonplaats": to("woonplaatsen", adres["woonplaatsIdentificatie"]),
        "adresseerbaarObject": to("verblijfsobjecten", adres["adresseerbaarObjectIdentificatie"]),
        "panden": [to("panden", pand) for pand in adres["pandIdentificaties"]],
    }
