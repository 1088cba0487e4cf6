"""Signalen: the meldingen openbare ruimte that are known already. Public: a category, a place and a day, nobody's name.

Source: Signalen, public API, `GET /signals/geography` (GeoJSON, EPSG:4326).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from time import monotonic
from typing import Final

from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Moment, Resource, Tekst, dag_in_nederland
from pip_portal.errors import BackofficeUnavailable

NAAM: Final = "Meldingen openbare ruimte"
GEMEENTE: Final = 20_000  # metres around the middle; Signalen itself knows only meldingen of this gemeente
VERS: Final = 60.0  # seconds
STRAAL: Final = 25  # metres within which a melding may be the same one (domain §1.3, 7)
TERUG: Final = timedelta(days=30)
MEESTE: Final = 5
METER_PER_GRAAD: Final = 111_320  # of latitude
AARDSTRAAL: Final = 6_371_000

Punt = tuple[float, float]  # longitude, latitude


@dataclass(frozen=True)
class BekendeMelding:
    """A melding that is open, and how far from the place that was asked about, in whole metres."""

    categorie: str
    afstand: int
    datum: date
    sleutel: str
    punt: Punt


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
        self._gelezen: tuple[float, tuple[BekendeMelding, ...]] | None = None  # public, so it may be kept

    @property
    def is_ingesteld(self) -> bool:
        return self._verbinding is not None

    async def in_de_buurt(self, punt: Punt, hoofdcategorie: str, nu: datetime) -> tuple[BekendeMelding, ...]:
        """Open meldingen of this main category (slug) around this point of the last 30 days, the nearest first.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        params = {"bbox": _rondom(punt, STRAAL), "maincategory_slug": hoofdcategorie}
        antwoord = await self._verbinding.call("GET", "/signals/geography", _FEATURES, params=params)
        features = antwoord.features or ()
        gevonden = [_melding(punt, f) for f in features if f.properties.created_at >= nu - TERUG]
        dichtbij = [melding for melding in gevonden if melding.afstand <= STRAAL]
        return tuple(sorted(dichtbij, key=lambda melding: (melding.afstand, melding.datum)))[:MEESTE]

    async def open_rondom(self, midden: Punt) -> tuple[BekendeMelding, ...]:
        """All open meldingen in and around the gemeente, the newest first; for a minute the same answer.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        if self._gelezen is None or monotonic() > self._gelezen[0] + VERS:
            params = {"bbox": _rondom(midden, GEMEENTE)}
            antwoord = await self._verbinding.call("GET", "/signals/geography", _FEATURES, params=params)
            nieuwste = sorted(antwoord.features or (), key=lambda f: f.properties.created_at, reverse=True)
            self._gelezen = (monotonic(), tuple(_melding(midden, feature) for feature in nieuwste))
        return self._gelezen[1]

    async def close(self) -> None:
        if self._verbinding is not None:
            await self._verbinding.close()


def _melding(punt: Punt, feature: _Feature) -> BekendeMelding:
    return BekendeMelding(
        feature.properties.category.name,
        round(meters(punt, feature.geometry.coordinates)),
        dag_in_nederland(feature.properties.created_at),
        _sleutel(feature),
        feature.geometry.coordinates,
    )


def _sleutel(feature: _Feature) -> str:
    """What is public about a melding, as Signalen gives no number: category|moment|latitude,longitude."""
    lengte, breedte = feature.geometry.coordinates
    moment = feature.properties.created_at.astimezone(UTC).isoformat(timespec="minutes")
    return f"{feature.properties.category.slug[:80]}|{moment}|{breedte:.6f},{lengte:.6f}"


def _rondom(punt: Punt, straal: float) -> str:
    """A box around the point that holds the circle: min_lon,min_lat,max_lon,max_lat."""
    lengte, breedte = punt
    hoog = straal / METER_PER_GRAAD
    breed = hoog / cos(radians(breedte))
    return f"{lengte - breed:.6f},{breedte - hoog:.6f},{lengte + breed:.6f},{breedte + hoog:.6f}"


def meters(van: Punt, naar: Punt) -> float:
    """Distance over the ground. Source: haversine formula."""
    (lengte1, breedte1), (lengte2, breedte2) = ((radians(p[0]), radians(p[1])) for p in (van, naar))
    half = sin((breedte2 - breedte1) / 2) ** 2 + cos(breedte1) * cos(breedte2) * sin((lengte2 - lengte1) / 2) ** 2
    return 2 * AARDSTRAAL * asin(sqrt(half))
