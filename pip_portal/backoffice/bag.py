"""BAG: which addresses exist at a postcode and huisnummer. A form works without it: every address can be typed.

Source: Kadaster, BAG API Individuele Bevragingen 2.6 (hal+json). No hit is a 200 without `_embedded`.
"""

import re
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Resource, Tekst
from pip_portal.backoffice.rijksdriehoek import naar_wgs84
from pip_portal.errors import BackofficeUnavailable
from pip_portal.settings import Settings

NAAM: Final = "Basisregistratie Adressen en Gebouwen"
POSTCODE: Final = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
IDENTIFICATIE: Final = re.compile(r"[0-9]{16}")
RD: Final = {"Accept-Crs": "epsg:28992"}
PER_PAGINA: Final = 100
MEESTE_PAGINAS: Final = 5  # a tower with more front doors than that is asked for by its toevoeging


class BagAdres(Resource):
    """One address. gemeente: our own name when it lies here, else the woonplaats, which the BAG does know.

    nummeraanduiding_id: its first four digits are the gemeente that made it.
    """

    straat: str = Field(alias="openbareRuimteNaam")
    huisnummer: int
    letter: Tekst = Field(default="", alias="huisletter")
    toevoeging: Tekst = Field(default="", alias="huisnummertoevoeging")
    postcode: Tekst = ""
    plaats: str = Field(alias="woonplaatsNaam")
    gemeente: str = ""
    nummeraanduiding_id: str = Field(alias="nummeraanduidingIdentificatie")
    adresseerbaarobject_id: Tekst = Field(default="", alias="adresseerbaarObjectIdentificatie")

    @property
    def nummer(self) -> str:
        """Huisnummer with what comes after it, as on an envelope."""
        return f"{self.huisnummer}{self.letter}{f'-{self.toevoeging}' if self.toevoeging else ''}"

    @property
    def regel(self) -> str:
        postcode = f"{self.postcode[:4]} {self.postcode[4:]} " if self.postcode else ""
        return f"{self.straat} {self.nummer}, {postcode}{self.plaats}"


class _Embedded(Resource):
    adressen: tuple[BagAdres, ...] = ()


class _Link(Resource):
    href: Tekst = ""


class _Links(Resource):
    next: _Link | None = None


class _Adressen(Resource):
    embedded: _Embedded = Field(default=_Embedded(), alias="_embedded")
    links: _Links = Field(default=_Links(), alias="_links")


class _Vorm(Resource):
    """coordinates: x, y (and z) of a point; of a surface its rings."""

    coordinates: tuple[Any, ...]


class _PuntOfVlak(Resource):
    punt: _Vorm | None = None
    vlak: _Vorm | None = None


class _Uitgebreid(Resource):
    geometrie: _PuntOfVlak = Field(default=_PuntOfVlak(), alias="adresseerbaarObjectGeometrie")


_ADRESSEN: TypeAdapter[_Adressen] = TypeAdapter(_Adressen)
_UITGEBREID: TypeAdapter[_Uitgebreid] = TypeAdapter(_Uitgebreid)


class Bag:
    """Looks addresses up; without a connection every question is an outage, never "unknown"."""

    def __init__(self, verbinding: Verbinding | None, gemeente: str, gemeentecodes: tuple[str, ...]) -> None:
        self._verbinding = verbinding
        self._gemeente = gemeente
        self._codes = gemeentecodes

    @property
    def is_ingesteld(self) -> bool:
        return self._verbinding is not None

    async def adressen(self, postcode: str, huisnummer: int) -> tuple[BagAdres, ...]:
        """Every address with this postcode and huisnummer, all letters and toevoegingen; none when there is none.

        postcode: with or without its space, in capitals or not; one that cannot be is answered without a call.
        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        postcode = "".join(postcode.split()).upper()
        if not POSTCODE.fullmatch(postcode) or not 1 <= huisnummer <= 99_999:
            return ()
        params = {"postcode": postcode, "huisnummer": str(huisnummer), "exacteMatch": "false"}
        gevonden: list[BagAdres] = []
        for pagina in range(1, MEESTE_PAGINAS + 1):
            paging = {"page": str(pagina), "pageSize": str(PER_PAGINA)}
            antwoord = await self._verbinding.call("GET", "/adressen", _ADRESSEN, params=params | paging)
            gevonden += antwoord.embedded.adressen
            if antwoord.links.next is None:
                break
        # A server may answer more broadly than was asked.
        passend = [adres for adres in gevonden if adres.huisnummer == huisnummer and adres.postcode == postcode]
        return tuple(sorted((self._met_gemeente(adres) for adres in passend), key=_volgorde))

    async def punt(self, nummeraanduiding_id: str) -> tuple[float, float] | None:
        """Where this address is: longitude and latitude; None when the BAG does not say.

        Raises: BackofficeUnavailable; BackofficeDefect; NotFound when there is no such address (any more).
        """
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        if not IDENTIFICATIE.fullmatch(nummeraanduiding_id):
            return None
        pad = f"/adressenuitgebreid/{nummeraanduiding_id}"
        geometrie = (await self._verbinding.call("GET", pad, _UITGEBREID, headers=RD)).geometrie
        hoeken = [geometrie.punt.coordinates] if geometrie.punt else []
        if geometrie.vlak and geometrie.vlak.coordinates:
            hoeken = list(geometrie.vlak.coordinates[0])
        if not hoeken:
            return None
        x, y = (sum(float(hoek[as_]) for hoek in hoeken) / len(hoeken) for as_ in (0, 1))
        return naar_wgs84(x, y)

    def _met_gemeente(self, adres: BagAdres) -> BagAdres:
        is_hier = adres.nummeraanduiding_id[:4] in self._codes
        return adres.model_copy(update={"gemeente": self._gemeente if is_hier else adres.plaats})

    async def close(self) -> None:
        if self._verbinding is not None:
            await self._verbinding.close()


def _volgorde(adres: BagAdres) -> tuple[str, int, str]:
    """Letters by the alphabet; toevoegingen by number, else by the alphabet."""
    nummer = int(adres.toevoeging) if adres.toevoeging.isascii() and adres.toevoeging.isdigit() else 0
    return adres.letter, nummer, adres.toevoeging


def open_bag(settings: Settings, verbinding: Verbinding | None) -> Bag:
    return Bag(verbinding, settings.gemeente, settings.gemeentecodes)


def get_bag(request: Request) -> Bag:
    bag: Bag = request.app.state.bronnen.bag
    return bag


BagDep = Annotated[Bag, Depends(get_bag)]
