"""Signalen: the meldingen openbare ruimte that are known already. Public: a category, a place and a day, nobody's name.

Source: Signalen, public API, `GET /signals/geography` (GeoJSON, EPSG:4326).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Moment, Resource, Tekst, dag_in_nederland
from pip_portal.errors import BackofficeUnavailable

NAAM: Final = "Meldingen openbare ruimte"
STRAAL: Final = 25  # metres within which a melding may be the same one (domain §1.3, 7)
TERUG: Final = timedelta(days=30)
MEESTE: Final = 5
METER_PER_GRAAD: Final = 111_320  # of latitude
AARDSTRAAL: Final = 6_371_000

Punt = tuple[float, float]  # longitude, latitude


@dataclass(frozen=True)
class BekendeMelding:
    """A melding that is open, and how far from the place it is, in whole metres."""

    categorie: str
    afstand: int
    datum: date
    sleutel: str


class _Categorie(Resource):
    name: Tekst = ""
    slug: Tekst = ""


class _Eigenschappen(Resource):
    category: _Categorie = _Categorie()
    created_at: Moment = Field(alias="created_at")


class _Plek(Resource):
    coordinates: tuple[float, float]


class _Feature(Resource):
    geometry: _Plek
    properties: _Eigenschappen


class _Features(Resource):
    features: tuple[_Feature, ...] | None = None  # Signalen says null when there is nothing


_FEATURES: TypeAdapter[_Features] = TypeAdapter(_Features)


class Signalen:
    """Without a connection every question is an outage, never "nothing is known"."""

    def __init__(self, verbinding: Verbinding | None) -> None:
        self._verbinding = verbinding

    @property
    def is_ingesteld(self) -> bool:
        return self._verbinding is not None

    async def in_de_buurt(self, punt: Punt, hoofdcategorie: str, nu: datetime) -> tuple[BekendeMelding, ...]:
        """Open meldingen of this main category (slug) around this point of the last 30 days, the nearest first.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        params = {"bbox": _rondom(punt), "maincategory_slug": hoofdcategorie}
        antwoord = await self._verbinding.call("GET", "/signals/geography", _FEATURES, params=params)
        gevonden = [
            BekendeMelding(
                feature.properties.category.name,
                round(meters(punt, feature.geometry.coordinates)),
                dag_in_nederland(feature.properties.created_at),
                _sleutel(feature),
            )
            for feature in antwoord.features or ()
            if feature.properties.created_at >= nu - TERUG
        ]
        dichtbij = [melding for melding in gevonden if melding.afstand <= STRAAL]
        return tuple(sorted(dichtbij, key=lambda melding: (melding.afstand, melding.datum)))[:MEESTE]

    async def close(self) -> None:
        if self._verbinding is not None:
            await self._verbinding.close()


def _sleutel(feature: _Feature) -> str:
    """What is public about a melding, as Signalen gives no number: category|moment|latitude,longitude."""
    lengte, breedte = feature.geometry.coordinates
    moment = feature.properties.created_at.astimezone(UTC).isoformat(timespec="minutes")
    return f"{feature.properties.category.slug[:80]}|{moment}|{breedte:.6f},{lengte:.6f}"


def _rondom(punt: Punt) -> str:
    """A box around the point that holds the circle: min_lon,min_lat,max_lon,max_lat."""
    lengte, breedte = punt
    hoog = STRAAL / METER_PER_GRAAD
    breed = hoog / cos(radians(breedte))
    return f"{lengte - breed:.6f},{breedte - hoog:.6f},{lengte + breed:.6f},{breedte + hoog:.6f}"


def meters(van: Punt, naar: Punt) -> float:
    """Distance over the ground. Source: haversine formula."""
    (lengte1, breedte1), (lengte2, breedte2) = ((radians(p[0]), radians(p[1])) for p in (van, naar))
    half = sin((breedte2 - breedte1) / 2) ** 2 + cos(breedte1) * cos(breedte2) * sin((lengte2 - lengte1) / 2) ** 2
    return 2 * AARDSTRAAL * asin(sqrt(half))
