"""Signalen: the public map of open meldingen, all within the last weeks and around the Brink."""

from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from .refs import Json
from .web import Context

ROOT: Final = "/signals/v1/public"
HOOFD: Final = {
    "afval": "Afval",
    "wegen-verkeer-straatmeubilair": "Wegen, verkeer, straatmeubilair",
    "openbaar-groen-en-water": "Openbaar groen en water",
    "overlast-in-de-openbare-ruimte": "Overlast in de openbare ruimte",
}
# (main category, slug, name, longitude, latitude, days ago)
MELDINGEN: Final = (
    ("wegen-verkeer-straatmeubilair", "stoep", "Losse stoeptegel", 6.15805, 52.25301, 6),
    ("wegen-verkeer-straatmeubilair", "gat", "Gat in de weg", 6.15820, 52.25310, 3),
    ("wegen-verkeer-straatmeubilair", "lantaarnpaal", "Lantaarnpaal kapot", 6.15790, 52.25295, 12),
    ("wegen-verkeer-straatmeubilair", "stoep", "Losse stoeptegel", 6.15807, 52.25303, 45),
    ("wegen-verkeer-straatmeubilair", "stoep", "Losse stoeptegel", 6.16400, 52.25510, 2),
    ("afval", "container-is-vol", "Container is vol", 6.15801, 52.25300, 1),
    ("openbaar-groen-en-water", "boom", "Tak van een boom", 6.15799, 52.25299, 9),
)

router = APIRouter(prefix=ROOT)


def _feature(hoofd: str, slug: str, naam: str, lengte: float, breedte: float, dagen: int, nu: datetime) -> Json:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lengte, breedte]},
        "properties": {
            "category": {"name": naam, "slug": slug, "parent": {"name": HOOFD[hoofd], "slug": hoofd}},
            "created_at": (nu - timedelta(days=dagen)).isoformat(),
        },
    }


@router.get("/signals/geography")
async def geography(request: Request, backoffice: Context) -> Response:
    """Open meldingen in the box. Nothing found: features is null, as Signalen answers."""
    params = request.query_params
    hoeken = params.get("bbox", "").split(",")
    try:
        west, zuid, oost, noord = (float(hoek) for hoek in hoeken)
    except ValueError:
        return JSONResponse({"bbox": ["Dit veld is vereist."]}, 400)
    nu = datetime.combine(backoffice.config.today(), datetime.now(UTC).time(), UTC)
    gevonden = [
        _feature(hoofd, slug, naam, lengte, breedte, dagen, nu)
        for hoofd, slug, naam, lengte, breedte, dagen in MELDINGEN
        if west <= lengte <= oost
        and zuid <= breedte <= noord
        and params.get("maincategory_slug", hoofd) == hoofd
        and params.get("category_slug", slug) == slug
    ]
    return JSONResponse({"type": "FeatureCollection", "features": gevonden or None})
