"""KVK Basisprofiel: the company as the Handelsregister knows it. Nothing of it is cached beyond the session.

Source: KVK API Basisprofiel 1.5. Dates are YYYYMMDD with zeros where unknown; booleans are "Ja" and "Nee".
"""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Resource, Tekst
from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Bedrijf

NAAM = "Handelsregister"


class KvkAdres(Resource):
    type: Tekst = ""
    ind_afgeschermd: Tekst = ""
    volledig_adres: Tekst = ""
    straatnaam: Tekst = ""
    huisnummer: int | None = None
    huisletter: Tekst = ""
    huisnummer_toevoeging: Tekst = ""
    postcode: Tekst = ""
    postbusnummer: int | None = None
    plaats: Tekst = ""
    land: Tekst = ""

    @property
    def is_afgeschermd(self) -> bool:
        return self.ind_afgeschermd == "Ja"

    @property
    def regels(self) -> tuple[str, ...]:
        """The address in lines to show; nothing when it is shielded."""
        if self.is_afgeschermd:
            return ()
        if self.straatnaam and self.huisnummer:
            nummer = f"{self.huisnummer}{self.huisletter}"
            if self.huisnummer_toevoeging:
                nummer += f"-{self.huisnummer_toevoeging}"
            eerste = f"{self.straatnaam} {nummer}"
        elif self.postbusnummer:
            eerste = f"Postbus {self.postbusnummer}"
        else:
            return (" ".join(self.volledig_adres.split()),) if self.volledig_adres.strip() else ()
        postcode = f"{self.postcode[:4]} {self.postcode[4:].strip()}".strip()
        return tuple(regel for regel in (eerste, f"{postcode} {self.plaats}".strip()) if regel)


class Handelsnaam(Resource):
    naam: Tekst = ""
    volgorde: int | None = None


class SbiActiviteit(Resource):
    sbi_code: Tekst = ""
    sbi_omschrijving: Tekst = ""
    ind_hoofdactiviteit: Tekst = ""

    @property
    def is_hoofdactiviteit(self) -> bool:
        return self.ind_hoofdactiviteit == "Ja"


class Vestiging(Resource):
    vestigingsnummer: str
    kvk_nummer: Tekst = ""
    eerste_handelsnaam: Tekst = ""
    ind_hoofdvestiging: Tekst = ""
    ind_adres_afgeschermd: Tekst = ""
    volledig_adres: Tekst = ""
    adressen: tuple[KvkAdres, ...] = ()

    @property
    def is_hoofdvestiging(self) -> bool:
        return self.ind_hoofdvestiging == "Ja"

    @property
    def naam(self) -> str:
        return self.eerste_handelsnaam or self.vestigingsnummer

    @property
    def is_afgeschermd(self) -> bool:
        return self.ind_adres_afgeschermd == "Ja" or any(adres.is_afgeschermd for adres in self.adressen)

    @property
    def adres(self) -> str:
        """One line to recognise the vestiging by; empty when the address is shielded or absent."""
        if self.is_afgeschermd:
            return ""
        if self.volledig_adres:
            return " ".join(self.volledig_adres.split())
        return next((", ".join(a.regels) for a in self.adressen if a.regels), "")


class MaterieleRegistratie(Resource):
    datum_einde: Tekst = ""


class Eigenaar(Resource):
    rsin: Tekst = ""
    rechtsvorm: Tekst = ""
    uitgebreide_rechtsvorm: Tekst = ""
    datum_uitschrijving: Tekst = ""
    adressen: tuple[KvkAdres, ...] = ()


class _Embedded(Resource):
    hoofdvestiging: Vestiging | None = None
    eigenaar: Eigenaar | None = None


class Basisprofiel(Resource):
    kvk_nummer: str
    naam: Tekst = ""
    statutaire_naam: Tekst = ""
    formele_registratiedatum: Tekst = ""
    materiele_registratie: MaterieleRegistratie = MaterieleRegistratie()
    handelsnamen: tuple[Handelsnaam, ...] = ()
    sbi_activiteiten: tuple[SbiActiviteit, ...] = ()
    embedded: _Embedded = Field(default=_Embedded(), alias="_embedded")

    @property
    def rsin(self) -> str | None:
        """RSIN of the owner; an eenmanszaak has none."""
        eigenaar = self.embedded.eigenaar
        return (eigenaar.rsin or None) if eigenaar else None

    @property
    def eigenaar(self) -> Eigenaar | None:
        return self.embedded.eigenaar

    @property
    def hoofdvestiging(self) -> Vestiging | None:
        return self.embedded.hoofdvestiging

    @property
    def rechtsvorm(self) -> str:
        eigenaar = self.embedded.eigenaar
        return (eigenaar.uitgebreide_rechtsvorm or eigenaar.rechtsvorm) if eigenaar else ""

    @property
    def is_opgeheven(self) -> bool:
        """The company, or its owner, has been struck off the register."""
        uitgeschreven = self.embedded.eigenaar.datum_uitschrijving if self.embedded.eigenaar else ""
        return bool(self.materiele_registratie.datum_einde.strip("0") or uitgeschreven.strip("0"))


class _Vestigingen(Resource):
    vestigingen: tuple[Vestiging, ...] = ()


_BASISPROFIEL: TypeAdapter[Basisprofiel] = TypeAdapter(Basisprofiel)
_VESTIGINGEN: TypeAdapter[_Vestigingen] = TypeAdapter(_Vestigingen)


class Kvk:
    """Reads the Handelsregister; without a connection every question is an outage, never "unknown"."""

    def __init__(self, verbinding: Verbinding | None) -> None:
        self._verbinding = verbinding

    def _open(self, bedrijf: Bedrijf) -> tuple[Verbinding, str]:
        nummer = bedrijf.kvk_nummer
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        if not (nummer.isascii() and nummer.isdigit() and len(nummer) == 8):
            raise NotFound("geen KVK-nummer")
        return self._verbinding, f"/v1/basisprofielen/{nummer}"

    async def basisprofiel(self, bedrijf: Bedrijf) -> Basisprofiel | None:
        """The company, or None when the register does not know the number.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        try:
            verbinding, pad = self._open(bedrijf)
            return await verbinding.call("GET", pad, _BASISPROFIEL, gebruiker=bedrijf)
        except NotFound:
            return None

    async def vestigingen(self, bedrijf: Bedrijf) -> tuple[Vestiging, ...]:
        """All vestigingen of the company, the hoofdvestiging first; none when the register has none.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        try:
            verbinding, pad = self._open(bedrijf)
            antwoord = await verbinding.call("GET", f"{pad}/vestigingen", _VESTIGINGEN, gebruiker=bedrijf)
        except NotFound:
            return ()
        return tuple(sorted(antwoord.vestigingen, key=lambda v: (not v.is_hoofdvestiging, v.vestigingsnummer)))

    async def close(self) -> None:
        if self._verbinding is not None:
            await self._verbinding.close()


def get_kvk(request: Request) -> Kvk:
    kvk: Kvk = request.app.state.bronnen.kvk
    return kvk


KvkDep = Annotated[Kvk, Depends(get_kvk)]
