"""What the templates of the forms are given: questions with their texts filled in, in the language of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zlib import crc32

from fastapi import Request
from starlette.routing import NoMatchFound

from pip_portal.formulieren.definitie import Formulier
from pip_portal.taal import taal

Stand = Literal["nog_niet", "bezig", "klaar", "kan_nog_niet"]
Wie = Literal["", "u", "collega"]
Fouten = tuple[tuple[str, str], ...]  # (id of the control, sentence), in the order of the page


@dataclass(frozen=True)
class Melding:
    soort: Literal["info", "ok", "waarschuwing", "fout"]
    kop: str | None
    tekst: str | None
    link: str = ""
    url: str = ""


@dataclass(frozen=True)
class Kader:
    """What every page of a form has around it. The urls are "" when there is nothing behind them."""

    product: str
    soortnaam: str
    slug: str
    anoniem: bool
    product_url: str
    stoppen_url: str = ""
    taken_url: str = ""
    verloopt_op: datetime | None = None
    onderdeel: str = ""


def product_url(request: Request, slug: str) -> str:
    """The page about the product."""
    try:
        return request.url_for("producten:detail", slug=slug).path
    except NoMatchFound:
        return f"/producten/{slug}"


def kader(request: Request, formulier: Formulier, *, anoniem: bool) -> Kader:
    """Around a page that has no concept yet."""
    return Kader(
        product=formulier.product.naam.in_taal(taal()),
        soortnaam=formulier.product.soortnaam.in_taal(taal()),
        slug=formulier.formulier,
        anoniem=anoniem,
        product_url=product_url(request, formulier.formulier),
    )


@dataclass(frozen=True)
class Optie:
    waarde: str
    tekst: str
    hint: str
    id: str


@dataclass(frozen=True)
class Gegevensregel:
    label: str
    waarden: tuple[str, ...]
    bron: str
    klopt_niet_url: str


@dataclass(frozen=True)
class Bestandregel:
    id: str
    naam: str
    grootte: int
    staat: str
    url: str
    verwijder_url: str


@dataclass(frozen=True)
class Groepregel:
    kop: str
    regels: tuple[tuple[str, str], ...]
    wijzig_url: str
    verwijder_url: str
    fout: str = ""


@dataclass(frozen=True)
class Adresstand:
    """stand: leeg | gevonden | kies | niet_gevonden | storing | handmatig. tekst: the address that was found."""

    stand: str = "leeg"
    tekst: str = ""
    opties: tuple[Optie, ...] = ()


@dataclass(frozen=True)
class Kaart:
    tegels: str
    bron: str
    midden: str
    zoom: int


def gelet(veld: str, zin: str) -> str:
    """A short name for a sentence that was read: another answer has another one."""
    return f"{veld}-{crc32(zin.encode()):08x}"


@dataclass(frozen=True)
class Vraag:
    """One question on a page; ruw: what stands in its controls, fouten: id of a control and its sentence."""

    veld: Any
    vraag: str
    hint: str
    is_kop: bool
    ruw: Mapping[str, Sequence[str]] = field(repr=False)
    fouten: Mapping[str, str] = field(default_factory=dict)
    opties: tuple[Optie, ...] = ()
    als_keuzelijst: bool = False
    ververst: bool = False
    volgt: bool = False
    controle: bool = False
    let_op: tuple[tuple[str, str], ...] = ()  # (kind, sentence)
    bron: str = ""
    regels: tuple[Gegevensregel, ...] = ()
    tekst: str = ""
    bestanden: tuple[Bestandregel, ...] = ()
    eisen_tekst: str = ""
    mag_toevoegen: bool = False
    items: tuple[Groepregel, ...] = ()
    toevoegen_url: str = ""
    item_naam: str = ""
    adres: Adresstand = Adresstand()
    kaart: Kaart | None = None

    @property
    def type(self) -> str:
        return str(self.veld.type)

    @property
    def naam(self) -> str:
        return str(self.veld.veld)

    @property
    def gelet(self) -> str:
        """What is read here beside the answer; it stands in the question, which is what the script replaces."""
        return " ".join(gelet(self.naam, zin) for _soort, zin in self.let_op)

    @property
    def optioneel(self) -> bool:
        return self.veld.heeft_antwoord and not self.veld.verplicht

    @property
    def eerste(self) -> str:
        return next(iter(self.veld.controles()), self.naam)

    def waarden(self, controle: str) -> list[str]:
        return list(self.ruw.get(controle, ()))

    def waarde(self, controle: str) -> str:
        return next(iter(self.ruw.get(controle, ())), "")

    def fout(self, controle: str) -> str:
        return self.fouten.get(controle, "")


@dataclass(frozen=True)
class Uitkomst:
    tekst: str
    doorgaan: bool
    naar_url: str
    naar_naam: str


@dataclass(frozen=True)
class Conceptkaart:
    product: str
    url: str
    opnieuw_url: str
    verwijder_url: str
    stap: str
    gewijzigd_op: datetime
    verloopt_op: datetime
    voor: str
    door: Wie = ""


@dataclass(frozen=True)
class Taak:
    titel: str
    url: str
    stand: Stand
    uitleg: str = ""


@dataclass(frozen=True)
class Onderdeel:
    kop: str
    taken: tuple[Taak, ...]


@dataclass(frozen=True)
class TabKeuze:
    waarde: Literal["hier", "daar"]
    titel: str
    regels: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Controleregel:
    vraag: str
    teksten: tuple[str, ...]
    wijzig_url: str
    bron: str = ""
    bestanden: tuple[Bestandregel, ...] = ()
    fout: str = ""


@dataclass(frozen=True)
class Controleblok:
    kop: str
    regels: tuple[Controleregel, ...]


@dataclass(frozen=True)
class Bedragblok:
    cent: int
    regels: tuple[tuple[str, int], ...]
    moment_tekst: str


@dataclass(frozen=True)
class StandTekst:
    soort: Literal["info", "ok", "waarschuwing"]
    kop: str
    tekst: str


def samen(vragen: Sequence[Vraag]) -> Fouten:
    """All errors of a page, for its summary."""
    return tuple((naam, zin) for vraag in vragen for naam, zin in vraag.fouten.items())


Context = dict[str, Any]
