"""Haal Centraal BRP Personen 2.x: the persoon self. Nothing of it is ever cached.

Source: Haal Centraal BRP Personen bevragen 2.7. Absent means null, false, unknown or not asked.
"""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field, TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Datum, Resource, Tekst
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Burger

NAAM = "Basisregistratie Personen"


class Waarde(Resource):
    """An entry of a code table."""

    code: Tekst = ""
    omschrijving: Tekst = ""


class BrpDatum(Resource):
    """A date that may be partly or wholly unknown; lang_formaat is the one thing to show."""

    type: str = "Datum"
    lang_formaat: Tekst = ""
    datum: Datum = None
    jaar: int | None = None
    maand: int | None = None

    def __str__(self) -> str:
        return self.lang_formaat


class Naam(Resource):
    voornamen: Tekst = ""
    voorletters: Tekst = ""
    voorvoegsel: Tekst = ""
    geslachtsnaam: Tekst = ""
    volledige_naam: Tekst = ""
    aanduiding_naamgebruik: Waarde | None = None
    in_onderzoek: dict[str, object] | None = Field(default=None, repr=False)

    @property
    def volledig(self) -> str:
        delen = (self.voornamen or self.voorletters, self.voorvoegsel, self.geslachtsnaam)
        return self.volledige_naam or " ".join(deel for deel in delen if deel)


class Geboorte(Resource):
    datum: BrpDatum | None = None
    plaats: Waarde | None = None
    land: Waarde | None = None


class Verbintenis(Resource):
    """Begin or end of a huwelijk or geregistreerd partnerschap."""

    datum: BrpDatum | None = None
    plaats: Waarde | None = None
    land: Waarde | None = None


class Gerelateerde(Resource):
    """A partner, kind or ouder. Their BSN is asked only for a form in which they take part (a move)."""

    burgerservicenummer: Tekst = Field(default="", repr=False)
    naam: Naam | None = None
    geboorte: Geboorte | None = None
    soort_verbintenis: Waarde | None = None
    aangaan_huwelijk_partnerschap: Verbintenis | None = None
    ontbinding_huwelijk_partnerschap: Verbintenis | None = None
    in_onderzoek: dict[str, object] | None = Field(default=None, repr=False)

    @property
    def is_in_onderzoek(self) -> bool:
        return bool(self.in_onderzoek)


class Verblijfadres(Resource):
    officiele_straatnaam: Tekst = ""
    korte_straatnaam: Tekst = ""
    huisnummer: int | None = None
    huisletter: Tekst = ""
    huisnummertoevoeging: Tekst = ""
    postcode: Tekst = ""
    woonplaats: Tekst = ""
    locatiebeschrijving: Tekst = ""
    regel1: Tekst = ""
    regel2: Tekst = ""
    regel3: Tekst = ""
    land: Waarde | None = None


class Verblijfplaats(Resource):
    """type: Adres, Locatie, VerblijfplaatsBuitenland or VerblijfplaatsOnbekend."""

    type: str
    verblijfadres: Verblijfadres | None = None
    functie_adres: Waarde | None = None
    datum_van: BrpDatum | None = None
    in_onderzoek: dict[str, object] | None = Field(default=None, repr=False)

    @property
    def is_buitenland(self) -> bool:
        return self.type == "VerblijfplaatsBuitenland"

    @property
    def is_in_onderzoek(self) -> bool:
        return bool(self.in_onderzoek)

    @property
    def regels(self) -> tuple[str, ...]:
        """The address in lines to show, empty when it is unknown."""
        adres = self.verblijfadres
        if adres is None:
            return ()
        if self.is_buitenland:
            land = adres.land.omschrijving if adres.land else ""
            return tuple(r for r in (adres.regel1, adres.regel2, adres.regel3, land) if r)
        if adres.locatiebeschrijving:
            return tuple(r for r in (adres.locatiebeschrijving, adres.woonplaats) if r)
        nummer = f"{adres.huisnummer or ''}{adres.huisletter}"
        if adres.huisnummertoevoeging:
            nummer += f"-{adres.huisnummertoevoeging}"
        straat = adres.officiele_straatnaam or adres.korte_straatnaam
        postcode = f"{adres.postcode[:4]} {adres.postcode[4:].strip()}".strip()
        return tuple(r for r in (f"{straat} {nummer}".strip(), f"{postcode} {adres.woonplaats}".strip()) if r)


class Nationaliteit(Resource):
    """type: Nationaliteit, or one of the special cases of `omschrijving`."""

    type: str
    nationaliteit: Waarde | None = None

    @property
    def omschrijving(self) -> str:
        if self.nationaliteit and self.nationaliteit.omschrijving:
            return self.nationaliteit.omschrijving
        return {
            "BehandeldAlsNederlander": "Behandeld als Nederlander",
            "VastgesteldNietNederlander": "Vastgesteld niet-Nederlander",
            "Staatloos": "Staatloos",
        }.get(self.type, "Onbekend")


class Gezagskind(Resource):
    """The minderjarige of a gezagsrelatie. naam: only the full name."""

    burgerservicenummer: Tekst = Field(default="", repr=False)
    naam: Naam | None = None
    leeftijd: int | None = None


class Gezaghouder(Resource):
    burgerservicenummer: Tekst = Field(default="", repr=False)


class Gezagsrelatie(Resource):
    """type: EenhoofdigOuderlijkGezag (ouder), GezamenlijkOuderlijkGezag (ouders), GezamenlijkGezag (ouder, derde), …"""

    type: str
    minderjarige: Gezagskind = Gezagskind()
    ouder: Gezaghouder | None = None
    ouders: tuple[Gezaghouder, ...] = ()
    derde: Gezaghouder | None = None
    in_onderzoek: bool = False

    @property
    def houders(self) -> frozenset[str]:
        """BSNs of all who have the gezag; "" for a third party who is not known."""
        return frozenset(h.burgerservicenummer for h in (*self.ouders, self.ouder, self.derde) if h is not None)

    def is_van_ouder(self, bsn: str) -> bool:
        """Whether this parent has the gezag, alone or with somebody else."""
        ouders = (*self.ouders, *((self.ouder,) if self.ouder else ()))
        return any(houder.burgerservicenummer == bsn for houder in ouders)

    @property
    def is_gedeeld(self) -> bool:
        return self.type in ("GezamenlijkOuderlijkGezag", "GezamenlijkGezag")


class Overlijden(Resource):
    datum: BrpDatum | None = None


class OpschortingBijhouding(Resource):
    """reden.code: O overleden, E emigratie, M ministerieel besluit, R RNI, F fout."""

    reden: Waarde | None = None
    datum: BrpDatum | None = None


class Persoon(Resource):
    burgerservicenummer: Tekst = Field(default="", repr=False)
    naam: Naam | None = None
    geboorte: Geboorte | None = None
    leeftijd: int | None = None
    geslacht: Waarde | None = None
    nationaliteiten: tuple[Nationaliteit, ...] = ()
    verblijfplaats: Verblijfplaats | None = None
    partners: tuple[Gerelateerde, ...] = ()
    kinderen: tuple[Gerelateerde, ...] = ()
    ouders: tuple[Gerelateerde, ...] = ()
    gezag: tuple[Gezagsrelatie, ...] = ()
    gemeente_van_inschrijving: Waarde | None = None
    datum_inschrijving_in_gemeente: BrpDatum | None = None
    overlijden: Overlijden | None = None
    opschorting_bijhouding: OpschortingBijhouding | None = None
    geheimhouding_persoonsgegevens: bool = False
    in_onderzoek: dict[str, object] | None = Field(default=None, repr=False)

    @property
    def heeft_geheimhouding(self) -> bool:
        """True: this person's data may not go to anybody else, nor on to another system."""
        return self.geheimhouding_persoonsgegevens

    @property
    def is_in_onderzoek(self) -> bool:
        return bool(self.in_onderzoek)

    @property
    def opschorting_code(self) -> str:
        """O, E, M, R, F, or empty when the registration is kept up."""
        reden = self.opschorting_bijhouding.reden if self.opschorting_bijhouding else None
        return reden.code if reden else ""

    @property
    def is_overleden(self) -> bool:
        return self.overlijden is not None or self.opschorting_code == "O"

    @property
    def mag_inloggen(self) -> bool:
        """Source: backoffice-apis §13: on O (overleden) and F (fout) the session is blocked."""
        return not self.is_overleden and self.opschorting_code != "F"


class _Antwoord(Resource):
    personen: tuple[Persoon, ...] = ()


_ANTWOORD: TypeAdapter[_Antwoord] = TypeAdapter(_Antwoord)

# Only what a page shows. Automatic fields (geheimhouding, inOnderzoek, opschorting) come by themselves, and
# are refused when asked for.
VELDEN = (
    "burgerservicenummer",
    "naam",
    "geboorte",
    "geslacht",
    "nationaliteiten",
    "verblijfplaats",
    "partners.naam",
    "partners.soortVerbintenis",
    "partners.aangaanHuwelijkPartnerschap",
    "partners.ontbindingHuwelijkPartnerschap",
    "kinderen.naam",
    "kinderen.geboorte",
    "ouders.naam",
    "ouders.geboorte",
    "gemeenteVanInschrijving",
    "datumInschrijvingInGemeente",
)
VELDEN_INLOGGEN = ("burgerservicenummer", "naam", "overlijden", "leeftijd")


class Brp:
    """Reads the BRP for the person self; without a connection every question is an outage."""

    def __init__(self, verbinding: Verbinding | None) -> None:
        self._verbinding = verbinding

    async def persoon(self, burger: Burger, velden: tuple[str, ...] = VELDEN) -> Persoon | None:
        """What the BRP knows of this burger, or None when the BRP does not know the BSN.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        if self._verbinding is None:
            raise BackofficeUnavailable(NAAM, "niet ingesteld")
        vraag = {
            "type": "RaadpleegMetBurgerservicenummer",
            "burgerservicenummer": [burger.bsn],
            "fields": list(velden),
        }
        try:
            antwoord = await self._verbinding.call(
                "POST", "/personen", _ANTWOORD, gebruiker=burger, body=vraag, leest=True
            )
        except NotFound:  # an unknown BSN gives an empty list, so this is a wrong root
            raise BackofficeDefect(f"{NAAM}: bestaat niet op de ingestelde root") from None
        return next((p for p in antwoord.personen if p.burgerservicenummer in ("", burger.bsn)), None)

    async def kind(self, ouder: Burger, bsn: str, velden: tuple[str, ...]) -> Persoon | None:
        """What the BRP knows of a minor of whom this burger has the gezag.

        Raises: NotFound when the burger does not have the gezag (any more); BackofficeUnavailable; BackofficeDefect.
        """
        houder = await self.persoon(ouder, ("burgerservicenummer", "gezag"))
        relaties = houder.gezag if houder else ()
        if not any(r.minderjarige.burgerservicenummer == bsn and r.is_van_ouder(ouder.bsn) for r in relaties):
            raise NotFound("geen gezag")
        return await self.persoon(Burger(bsn=bsn, pseudoniem="", niveau=ouder.niveau), velden)

    async def close(self) -> None:
        if self._verbinding is not None:
            await self._verbinding.close()


def get_brp(request: Request) -> Brp:
    brp: Brp = request.app.state.bronnen.brp
    return brp


BrpDep = Annotated[Brp, Depends(get_brp)]
