"""A form as it stands in its file: frozen models whose attributes are the keys of the YAML (forms §2)."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from pip_portal.errors import NotFound
from pip_portal.formulieren.berekenen import Berekening
from pip_portal.formulieren.tarieven import Dag
from pip_portal.formulieren.teksten import Deel
from pip_portal.formulieren.teksten import Tekst as Tekst
from pip_portal.formulieren.veldtypen.basis import Veld as Veld
from pip_portal.formulieren.veldtypen.groep import EenVeld, EnkelVeld, GroepVeld
from pip_portal.formulieren.voorwaarden import Voorwaarde
from pip_portal.settings import Vertrouwelijkheid
from pip_portal.termijnen import lees_duur

DIGID = {"midden": 20, "substantieel": 25, "hoog": 30}
EHERKENNING = {"eh2plus": 22, "eh3": 25, "eh4": 30}
THEMAS = ("burgerzaken", "parkeren", "woonomgeving", "ondernemen", "werk_en_zorg", "belastingen", "rechten")
AANVRAAG = Tekst(nl="aanvraag", en="application")
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _duur(waarde: str) -> str:
    lees_duur(waarde)
    return waarde


def _duur_met_uren(waarde: str) -> str:
    if not re.fullmatch(r"PT\d{1,3}H", waarde):
        lees_duur(waarde)
    return waarde


Duur = Annotated[str, AfterValidator(_duur)]
Duururen = Annotated[str, AfterValidator(_duur_met_uren)]


class Product(Deel):
    """What the gemeente offers, as the product page tells it.

    soortnaam: the noun for what is sent, to stand after "uw": aanvraag, melding, bezwaar.
    """

    naam: Tekst
    soortnaam: Tekst = AANVRAAG
    upl: str
    upl_uri: str
    doelgroep: tuple[Literal["burger", "bedrijf"], ...] = Field(min_length=1)
    sdg: tuple[str, ...] = ()
    grondslag: str = ""
    samenvatting: Tekst
    voor_wie: tuple[Tekst, ...] = Field(min_length=1)
    kosten: Tekst
    duur: Tekst
    nodig: tuple[Tekst, ...] = ()
    aanvragen: Tekst
    daarna: tuple[Tekst, ...] | Tekst
    bezwaar: Tekst
    thema: Literal["burgerzaken", "parkeren", "woonomgeving", "ondernemen", "werk_en_zorg", "belastingen", "rechten"]
    zoekwoorden: tuple[str, ...] = ()
    eigenaar: str
    herzien_op: Dag

    @property
    def stappen_daarna(self) -> tuple[Tekst, ...]:
        return self.daarna if isinstance(self.daarna, tuple) else (self.daarna,)


class Start(Deel):
    tekst: Tekst | None = None
    nodig: tuple[Tekst, ...] = ()
    minuten: int = Field(10, ge=1, le=240)
    kanalen: tuple[str, ...] = ("telefoon", "balie", "post", "mail")


class Openstelling(Deel):
    """Period in which the form can be started."""

    van: Dag | None = None
    tot: Dag | None = None
    tekst: Tekst

    @model_validator(mode="after")
    def _volgorde(self) -> "Openstelling":
        if self.van and self.tot and self.tot < self.van:
            raise ValueError("tot ligt voor van")
        return self


class Toegang(Deel):
    """Who may fill it in, and with which login at least."""

    wie: tuple[Literal["zelf", "ouder", "gemachtigde", "vertegenwoordiger"], ...] = ("zelf",)
    digid: Literal["midden", "substantieel", "hoog"] | None = None
    eherkenning: Literal["eh2plus", "eh3", "eh4"] | None = None
    eidas: Literal["laag", "substantieel", "hoog"] | None = None
    dienst: str = ""
    anoniem: bool = False
    balie: bool = True

    @property
    def niveau_digid(self) -> int:
        """Level as in gebruiker.py; 0 when DigiD is not a way in."""
        return DIGID.get(self.digid or "", 0)

    @property
    def niveau_eherkenning(self) -> int:
        return EHERKENNING.get(self.eherkenning or "", 0)


class Termijn(Deel):
    wettelijk: Duur = ""
    service: Duur = ""


class Uitkomst(Deel):
    """How the check ends: on to the form, to another one, or here."""

    als: Voorwaarde | None = None
    anders: bool = False
    tekst: Tekst
    naar: str = ""
    doorgaan: bool = False


class Voorcheck(Deel):
    velden: tuple[EnkelVeld, ...] = Field(min_length=1)
    uitkomsten: tuple[Uitkomst, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _altijd_een(self) -> "Voorcheck":
        _eindigt_met_anders(self.uitkomsten)
        return self


class StopAls(Deel):
    """Not the right place: a page with what to do instead."""

    als: Voorwaarde
    titel: Tekst
    tekst: Tekst


class Stap(Deel):
    """A page. stap: its part of the URL."""

    stap: str = Field(pattern=SLUG, max_length=60)
    titel: Tekst | None = None
    onderdeel: Tekst | None = None
    toon_als: Voorwaarde | None = None
    velden: tuple[EenVeld, ...] = ()
    uit_voorcheck: tuple[str, ...] = ()
    stop_als: tuple[StopAls, ...] = ()

    @property
    def kop(self) -> Tekst:
        """The heading: its own title, else its first question."""
        return self.titel or next((veld.vraag for veld in self.velden if veld.vraag.nl), Tekst(nl="", en=""))

    @property
    def groep(self) -> GroepVeld | None:
        return next((veld for veld in self.velden if isinstance(veld, GroepVeld)), None)


class Betaling(Deel):
    bedrag: str = Field(pattern=r"^berekend\.[a-z0-9_]+$")
    moment: Literal["vooraf", "achteraf", "na_besluit"]
    geldig: Duururen = "PT24H"


class Middel(Deel):
    digid: Literal["midden", "substantieel", "hoog"] | None = None
    eherkenning: Literal["eh2plus", "eh3", "eh4"] | None = None


class Ondertekening(Deel):
    """Somebody else who must agree. per: one for each item of this group; ziet: what this person reads."""

    rol: str
    per: str = ""
    als: Voorwaarde | None = None
    email: str = ""
    bsn: str = ""
    naam: str = ""
    middel: Middel
    ziet: tuple[str, ...] = ()
    vraag: Tekst
    termijn: Duur
    herinnering: tuple[Duur, ...] = ()
    zonder_reactie: Literal["naar_behandelaar", "vervalt"] = "naar_behandelaar"
    roltype: str = "Belanghebbende"

    @model_validator(mode="after")
    def _bereikbaar(self) -> "Ondertekening":
        if not self.email and not self.bsn:
            raise ValueError("geef email of bsn: de vraag waarin staat wie dit is")
        return self


class Controle(Deel):
    verklaring: Tekst | None = None
    knop: Tekst | None = None


class Bevestiging(Deel):
    als: Voorwaarde | None = None
    anders: bool = False
    tekst: Tekst


class Rolmapping(Deel):
    roltype: str
    uit: str
    naam: str = ""


class Objectmapping(Deel):
    objecttype: Literal["adres"] = "adres"
    uit: str


class Deelzaakmapping(Deel):
    """A zaak of its own under the zaak of the form, for a decision of its own."""

    zaaktype: str
    als: Voorwaarde | None = None
    omschrijving: str = ""
    eigenschappen: dict[str, str] = Field(default_factory=dict)


class ZaakMapping(Deel):
    """What becomes of the answers in the zaaksysteem (forms §2.7)."""

    zaaktype: str = ""
    bron: str = ""
    omschrijving: str = ""
    toelichting: str = ""
    aanmaken: Literal["direct", "na_ondertekening"] = "direct"
    eigenschappen: dict[str, str] = Field(default_factory=dict)
    rollen: tuple[Rolmapping, ...] = ()
    objecten: tuple[Objectmapping, ...] = ()
    deelzaken: tuple[Deelzaakmapping, ...] = ()
    geometrie: str = ""
    samenvatting: str = "Aanvraagformulier"
    vertrouwelijkheid: Vertrouwelijkheid | None = None
    kanaal: str = "internet"
    intrekken: Literal["verzoek", "direct", "status"] = "verzoek"
    aanvullen: bool = True


class Bewaren(Deel):
    """How long a concept lives after its last change, and an inzending after the hand-over."""

    concept: Duur = "P30D"
    inzending: Duur = "P14D"

    @property
    def concept_dagen(self) -> int:
        return dagen_van(self.concept)

    @property
    def inzending_dagen(self) -> int:
        return dagen_van(self.inzending)


class Wijziging(Deel):
    """What happens to running concepts of an older versie. uiterlijk: last day that one of those can be sent."""

    concepten: Literal["houden", "overzetten"] = "houden"
    uiterlijk: Dag | None = None


class Verwijzing(Deel):
    """Another body does this: one button to its site."""

    naam: Tekst
    url: str = Field(pattern=r"^https://[^\s\"'<>]+$")
    tekst: Tekst


class Formulier(Deel):
    """wachtlijst: when this holds, nothing is promised yet: neither a date nor an amount."""

    formulier: str = Field(pattern=SLUG, max_length=60)
    versie: int = Field(ge=1)
    vorm: Literal["vragen", "takenlijst"] = "vragen"
    open: Openstelling | None = None
    meer: bool = False
    gevoelig: bool = False
    product: Product
    start: Start = Start()
    toegang: Toegang = Toegang()
    termijn: Termijn = Termijn()
    wachtlijst: Voorwaarde | None = None
    voorcheck: Voorcheck | None = None
    stappen: tuple[Stap, ...] = ()
    berekend: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Berekening] = Field(default_factory=dict)
    betaling: Betaling | None = None
    ondertekening: tuple[Ondertekening, ...] = ()
    controle: Controle = Controle()
    bevestiging: tuple[Bevestiging, ...] = ()
    zaak: ZaakMapping = ZaakMapping()
    bewaren: Bewaren = Bewaren()
    wijziging: Wijziging = Wijziging()
    verwijzing: Verwijzing | None = None

    @model_validator(mode="after")
    def _bevestigt_altijd(self) -> "Formulier":
        if self.bevestiging:
            _eindigt_met_anders(self.bevestiging)
        return self

    def stap(self, naam: str) -> Stap:
        """Raises: NotFound when there is no such page."""
        for stap in self.stappen:
            if stap.stap == naam:
                return stap
        raise NotFound(f"stap {naam}")

    def veld(self, naam: str) -> Any:
        """The question with this name, also inside a group or only in the voorcheck. Raises: NotFound."""
        if naam not in self._velden:
            raise NotFound(f"veld {naam}")
        return self._velden[naam]

    def alle_velden(self) -> Iterator[Any]:
        """Every question of the pages, those of groups too."""
        for stap in self.stappen:
            for veld in stap.velden:
                yield veld
                if isinstance(veld, GroepVeld):
                    yield from veld.velden

    @cached_property
    def _velden(self) -> dict[str, Any]:
        gevonden = {veld.veld: veld for veld in (self.voorcheck.velden if self.voorcheck else ())}
        return gevonden | {veld.veld: veld for veld in self.alle_velden()}

    @property
    def nodig(self) -> tuple[Tekst, ...]:
        """What to have at hand."""
        return self.start.nodig or self.product.nodig

    @property
    def is_verwijzing(self) -> bool:
        return self.verwijzing is not None


def _eindigt_met_anders(rijen: tuple[Any, ...]) -> None:
    goed = rijen[-1].anders and all(rij.als is not None and not rij.anders for rij in rijen[:-1])
    if not goed or rijen[-1].als is not None:
        raise ValueError("elke rij heeft als:, behalve de laatste; die heeft anders: true")


def dagen_van(duur: str) -> int:
    """Days in a duration, a month counted as 31 and a year as 366: a term to keep things is never cut short."""
    jaren, maanden, weken, dagen = lees_duur(duur)
    return jaren * 366 + maanden * 31 + weken * 7 + dagen
