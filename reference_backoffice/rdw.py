"""RDW: the open data set of registered vehicles, by the rules of the Socrata Open Data API."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from .refs import Json
from .web import Context

ROOT: Final = "/rdw/resource"
KOLOMMEN: Final = (
    *("kenteken", "voertuigsoort", "merk", "handelsbenaming", "eerste_kleur", "europese_voertuigcategorie"),
    *("toegestane_maximum_massa_voertuig", "lengte", "wam_verzekerd", "export_indicator", "vervaldatum_apk"),
    *("tenaamstellen_mogelijk", "datum_eerste_toelating", "catalogusprijs", "brandstof_omschrijving"),
)


def _voertuig(kenteken: str, merk: str, model: str, kleur: str, **anders: str) -> Json:
    """A car that is fine; `anders` says where it is not. A column without a value is left out, as Socrata does."""
    gewoon = {
        "kenteken": kenteken,
        "voertuigsoort": "Personenauto",
        "merk": merk,
        "handelsbenaming": model,
        "eerste_kleur": kleur,
        "europese_voertuigcategorie": "M1",
        "toegestane_maximum_massa_voertuig": "1790",
        "lengte": "428",
        "wam_verzekerd": "Ja",
        "export_indicator": "Nee",
        "tenaamstellen_mogelijk": "Ja",
        "vervaldatum_apk": "20991231",
        "datum_eerste_toelating": "20190415",
        "catalogusprijs": "28950",
    }
    return {kolom: waarde for kolom, waarde in (gewoon | anders).items() if waarde}


VOERTUIGEN: Final = (
    _voertuig("AB123C", "VOLKSWAGEN", "GOLF", "GRIJS"),
    _voertuig("XK901B", "RENAULT", "RENAULT CLIO", "ROOD", lengte="405"),
    _voertuig("1ABC23", "TESLA", "MODEL 3", "WIT", lengte="469"),
    _voertuig("VB456D", "MERCEDES-BENZ", "SPRINTER", "WIT", voertuigsoort="Bedrijfsauto",
              europese_voertuigcategorie="N1", toegestane_maximum_massa_voertuig="3500", lengte="593"),
    _voertuig("BX789F", "DAF", "XF", "BLAUW", voertuigsoort="Bedrijfsauto", europese_voertuigcategorie="N3",
              toegestane_maximum_massa_voertuig="20500", lengte="1210"),
    _voertuig("MT12AB", "HONDA", "CB500F", "ZWART", voertuigsoort="Motorfiets", europese_voertuigcategorie="L3e",
              toegestane_maximum_massa_voertuig="377", lengte="208", vervaldatum_apk=""),
    _voertuig("GN345H", "OPEL", "ASTRA", "GROEN", vervaldatum_apk="20200101", wam_verzekerd="Nee"),
    _voertuig("12GHJ3", "BMW", "320I", "Niet geregistreerd", export_indicator="Ja", wam_verzekerd="N.v.t."),
)  # fmt: skip

router = APIRouter(prefix=ROOT)


def _fout(status: int, code: str, zin: str) -> Response:
    return JSONResponse({"code": code, "error": True, "message": zin}, status)


@router.get("/m9d7-ebf2.json")
async def list_voertuigen(request: Request, backoffice: Context) -> Response:
    """Rows whose columns equal the parameters. Without an app token it answers too; a wrong one is refused."""
    token = request.headers.get("x-app-token")
    if token is not None and token != backoffice.config.rdw_token:
        return _fout(403, "permission_denied", "Invalid app_token specified")
    params = dict(request.query_params)
    kolommen = [kolom.strip() for kolom in params.pop("$select", "*").split(",")]
    aantal = params.pop("$limit", "1000")
    if not aantal.isdigit():
        return _fout(400, "query.compiler.malformed", "Invalid value for $limit")
    for kolom in (*params, *(kolom for kolom in kolommen if kolom != "*")):
        if kolom not in KOLOMMEN:
            return _fout(400, "query.soql.no-such-column", f"No such column: {kolom[:40]}")
    rijen = [rij for rij in VOERTUIGEN if all(rij.get(kolom) == waarde for kolom, waarde in params.items())]
    if kolommen != ["*"]:
        rijen = [{kolom: rij[kolom] for kolom in kolommen if kolom in rij} for rij in rijen]
    return JSONResponse(rijen[: int(aantal)], headers={"X-SODA2-Legacy-Types": "true"})
