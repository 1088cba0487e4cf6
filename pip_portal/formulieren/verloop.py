"""Where someone is in a form, from the answers alone: nothing is stored about the way, so nothing can go wrong there.

Pure, and never raises for any set of answers (forms §3.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pip_portal.errors import NotFound
from pip_portal.formulieren import berekenen
from pip_portal.formulieren.definitie import Formulier, Stap, StopAls, Uitkomst, Veld
from pip_portal.formulieren.namen import BRONNEN, INLOG, soort_van_waarde
from pip_portal.formulieren.omgeving import Bronoptie as Bronoptie
from pip_portal.formulieren.omgeving import Inlog as Inlog
from pip_portal.formulieren.omgeving import Omgeving as Omgeving
from pip_portal.formulieren.tarieven import Tariefregel
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.basis import Invoer, Lezing
from pip_portal.formulieren.veldtypen.basis import Ruw as Ruw
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.voorwaarden import Kennis, Soort, namen_in, waar


@dataclass(frozen=True)
class Bedragregel:
    """A line of the price. tarief and vanaf: which tariff of which date, when it is one."""

    tekst: Tekst
    cent: int
    tarief: str = ""
    vanaf: date | None = None


@dataclass(frozen=True)
class Bedrag:
    cent: int
    regels: tuple[Bedragregel, ...]


@dataclass(frozen=True)
class Itemstand:
    """One item of a group. velden: the questions that are shown; open: those still to answer."""

    id: str
    velden: tuple[Veld, ...]
    open: tuple[str, ...]
    waarden: dict[str, Any]

    @property
    def is_klaar(self) -> bool:
        return not self.open


@dataclass(frozen=True)
class Zichtbaar:
    """A page that is shown. open: names of questions still to answer, or whose answer is not valid any more.

    kan_nog_niet: what is asked here depends on an earlier question that is open. gestopt: this is not the right place.
    """

    stap: Stap
    velden: tuple[Veld, ...]
    open: tuple[str, ...]
    kan_nog_niet: bool = False
    gestopt: StopAls | None = None
    is_begonnen: bool = False

    @property
    def is_klaar(self) -> bool:
        return not self.open and self.gestopt is None


@dataclass(frozen=True)
class Verloop:
    """waarden: typed values of the questions that are shown and validly answered; of a group: a tuple of items."""

    formulier: Formulier
    omgeving: Omgeving
    stappen: tuple[Zichtbaar, ...]
    waarden: dict[str, Any]
    berekend: dict[str, Any]
    bedrag: Bedrag | None
    items: dict[str, tuple[Itemstand, ...]] = field(default_factory=dict)

    @property
    def eerste_open(self) -> str | None:
        return next((z.stap.stap for z in self.stappen if not z.is_klaar), None)

    @property
    def is_compleet(self) -> bool:
        """Every question that is shown has a valid answer, and the price is known."""
        betaalt = self.formulier.betaling is not None
        return self.eerste_open is None and bool(self.stappen) and (not betaalt or self.bedrag is not None)

    @property
    def wacht_op_plek(self) -> bool:
        """They come on a waiting list: when we decide, and what it costs by then, cannot be told."""
        voorwaarde = self.formulier.wachtlijst
        return voorwaarde is not None and waar(voorwaarde, self.kennis)

    @property
    def kennis(self) -> Kennis:
        """To decide on a condition with these answers: `waar(voorwaarde, verloop.kennis)`."""
        return Stand(self.formulier, self.omgeving, dict(self.waarden))

    def zichtbaar(self, stap: str) -> Zichtbaar:
        """Raises: NotFound when this page is not shown."""
        for deze in self.stappen:
            if deze.stap.stap == stap:
                return deze
        raise NotFound(f"stap {stap}")

    def nummer_van(self, stap: str) -> int:
        """1 for the first page that is shown. Raises: NotFound."""
        return self._namen().index(self.zichtbaar(stap).stap.stap) + 1

    def vorige(self, stap: str) -> str | None:
        nummer = self.nummer_van(stap)
        return self._namen()[nummer - 2] if nummer > 1 else None

    def volgende(self, stap: str) -> str | None:
        """The next page that is shown; None after the last."""
        namen = self._namen()
        nummer = self.nummer_van(stap)
        return namen[nummer] if nummer < len(namen) else None

    def voorstel(self, veld: Veld) -> Any | None:
        """The option that earlier answers point at; None when they say nothing, or what is not on offer."""
        regel = getattr(veld, "voorstel", None)
        if regel is None:
            return None
        stand = Stand(self.formulier, self.omgeving, dict(self.waarden))
        gevonden = berekenen.bereken(berekenen.Berekening(type="keuze", waarde=regel), stand, stand.tarief)
        return gevonden if veld.geldig(gevonden, self.omgeving, self.waarden) is not None else None

    def _namen(self) -> list[str]:
        return [deze.stap.stap for deze in self.stappen]

    def mag(self, stap: str) -> bool:
        """Whether this page may be opened: shown, and not past the first open one (in a task list: any)."""
        namen = self._namen()
        if stap not in namen:
            return False
        if self.formulier.vorm == "takenlijst":
            return not self.zichtbaar(stap).kan_nog_niet
        eerste = self.eerste_open
        return eerste is None or namen.index(stap) <= namen.index(eerste)

    def getoond(self) -> tuple[tuple[Stap, tuple[Veld, ...]], ...]:
        """Pages with their questions, as the check page shows them."""
        return tuple((deze.stap, deze.velden) for deze in self.stappen)


class Stand:
    """What is known so far: answers that are shown and valid, sources, and what follows from them."""

    def __init__(self, formulier: Formulier, omgeving: Omgeving, waarden: dict[str, Any]) -> None:
        self.formulier, self.omgeving, self.waarden = formulier, omgeving, waarden
        self._berekend: dict[str, Any] = {}

    @property
    def vandaag(self) -> date:
        return self.omgeving.vandaag

    def zet(self, naam: str, waarde: Any) -> None:
        self.waarden[naam] = waarde
        self._berekend.clear()

    def waarde(self, naam: str) -> Any | None:
        if naam in self.waarden:
            return self.waarden[naam]
        hoofd, _, deel = naam.partition(".")
        if hoofd == "berekend":
            return self._reken(deel)
        if hoofd in BRONNEN or hoofd == "inlog":
            return self.omgeving.waarde(naam)
        if deel and hoofd in self.waarden:
            return self.formulier.veld(hoofd).onderdeel(deel, self.waarden[hoofd], self.omgeving)
        return None

    def _reken(self, naam: str) -> Any | None:
        if naam not in self._berekend:
            berekening = self.formulier.berekend.get(naam)
            self._berekend[naam] = None  # a ring cannot be loaded; should there be one, it ends here
            self._berekend[naam] = None if berekening is None else berekenen.bereken(berekening, self, self.tarief)
        return self._berekend[naam]

    def tarief(self, naam: str) -> Tariefregel | None:
        return self.omgeving.tarieven.op(naam, self.omgeving.vandaag)

    def soort(self, naam: str) -> Soort:
        if naam in INLOG:
            return INLOG[naam].soort
        hoofd, _, deel = naam.partition(".")
        if hoofd == "berekend" and deel in self.formulier.berekend:
            return self.formulier.berekend[deel].type
        if hoofd not in BRONNEN:
            veld = self.formulier.veld(hoofd)
            if not deel:
                soort: Soort = veld.soort
                return soort
            if deel in veld.onderdelen():
                deelsoort: Soort = veld.onderdelen()[deel]
                return deelsoort
        waarde = self.waarde(naam)
        return soort_van_waarde(waarde[0] if deel and isinstance(waarde, tuple) and waarde else waarde)

    def items(self, groep: str) -> list[Kennis]:
        return [_Item(self, item) for item in self.waarden.get(groep) or ()]


class _Item(Stand):
    """The same, with the answers of one item first."""

    def __init__(self, buiten: Stand, item: Mapping[str, Any]) -> None:
        super().__init__(buiten.formulier, buiten.omgeving, {**buiten.waarden, **item})


def verloop(formulier: Formulier, antwoorden: Mapping[str, Any], omgeving: Omgeving) -> Verloop:
    """The pages that are shown, what is still open, and what follows from the answers.

    antwoorden: name -> stored value, or Ruw for what was saved while not valid. An optional question counts as
    answered once its name is there, with None (or []) for "left empty".
    """
    stand = Stand(formulier, omgeving, {})
    open_namen: set[str] = set()
    pagina_s, items = [], {}
    for stap in formulier.stappen:
        if stap.toon_als is not None and not waar(stap.toon_als, stand):
            continue
        nog_niet = hangt_af_van(formulier, _namen_van(stap)) & open_namen
        velden, open_ = [], []
        for veld in stap.velden:
            if veld.toon_als is not None and not waar(veld.toon_als, stand):
                continue
            velden.append(veld)
            if isinstance(veld, GroepVeld):
                items[veld.veld] = _items(stand, veld, antwoorden)
                is_open = _groep_open(stand, veld, antwoorden, items[veld.veld])
            else:
                is_open = _antwoord(stand, veld, antwoorden)
            if is_open:
                open_.append(veld.veld)
        if stap.velden and not velden:
            continue  # a page without questions is no page
        gestopt = next((stop for stop in stap.stop_als if waar(stop.als, stand)), None)
        begonnen = any(veld.veld in antwoorden for veld in velden)
        pagina_s.append(Zichtbaar(stap, tuple(velden), tuple(open_), bool(nog_niet), gestopt, begonnen))
        open_namen |= set(open_)
    return Verloop(
        formulier,
        omgeving,
        tuple(pagina_s),
        stand.waarden,
        {naam: stand.waarde(f"berekend.{naam}") for naam in formulier.berekend},
        _bedrag(stand),
        items,
    )


def _antwoord(stand: Stand, veld: Veld, antwoorden: Mapping[str, Any]) -> bool:
    """Take the answer when it is there and valid; whether the question is still open."""
    if not veld.heeft_antwoord:
        return False
    opgeslagen = antwoorden.get(veld.veld)
    if opgeslagen is None or opgeslagen == [] or opgeslagen == "":
        return veld.verplicht or veld.veld not in antwoorden
    if isinstance(opgeslagen, Ruw):
        return True
    waarde = veld.geldig(opgeslagen, stand.omgeving, stand.waarden)
    if waarde is None:
        return True
    stand.zet(veld.veld, waarde)
    return False


def _items(stand: Stand, groep: GroepVeld, antwoorden: Mapping[str, Any]) -> tuple[Itemstand, ...]:
    opgeslagen = antwoorden.get(groep.veld)
    if not isinstance(opgeslagen, (list, tuple)):
        return ()
    return tuple(
        itemstand(stand, groep, item)
        for item in opgeslagen[:50]
        if isinstance(item, Mapping) and isinstance(item.get("id"), str)
    )


def itemstand(stand: Stand, groep: GroepVeld, antwoorden: Mapping[str, Any]) -> Itemstand:
    """Which questions one item has, and which are open. antwoorden: stored values of the item, with its id."""
    eigen = _Item(stand, {})
    velden, open_ = [], []
    for veld in groep.velden:
        if veld.toon_als is not None and not waar(veld.toon_als, eigen):
            continue
        velden.append(veld)
        if _antwoord(eigen, veld, antwoorden):
            open_.append(veld.veld)
    namen = {veld.veld for veld in velden}
    waarden = {naam: waarde for naam, waarde in eigen.waarden.items() if naam in namen}
    return Itemstand(str(antwoorden.get("id", "")), tuple(velden), tuple(open_), waarden)


def _groep_open(stand: Stand, groep: GroepVeld, antwoorden: Mapping[str, Any], items: tuple[Itemstand, ...]) -> bool:
    goed = tuple({"id": item.id, **item.waarden} for item in items if item.is_klaar)
    if goed:
        stand.zet(groep.veld, goed)
    fouten = groep.keur(goed, stand.omgeving, stand.waarden)
    return bool(fouten) or len(goed) < len(items) or (not items and groep.veld not in antwoorden)


def _namen_van(stap: Stap) -> frozenset[str]:
    """What decides which questions this page has."""
    namen = set(namen_in(stap.toon_als))
    for veld in stap.velden:
        namen |= namen_in(veld.toon_als)
        for eigen in getattr(veld, "velden", ()):
            namen |= namen_in(eigen.toon_als)
    return frozenset(namen)


def hangt_af_van(formulier: Formulier, namen: frozenset[str]) -> frozenset[str]:
    """The questions behind these names, also through computed values."""
    gevonden: set[str] = set()
    rand, gezien = set(namen), set()
    while rand:
        naam = rand.pop()
        gezien.add(naam)
        hoofd, _, deel = naam.partition(".")
        if hoofd == "berekend" and deel in formulier.berekend:
            rand |= berekenen.namen_van(formulier.berekend[deel].waarde) - gezien
        else:
            gevonden.add(hoofd)
    return frozenset(gevonden)


def _bedrag(stand: Stand) -> Bedrag | None:
    betaling = stand.formulier.betaling
    if betaling is None:
        return None
    naam = betaling.bedrag.removeprefix("berekend.")
    cent = stand.waarde(betaling.bedrag)
    if cent is None:
        return None
    berekend = stand.formulier.berekend
    posten = berekenen.posten(berekend[naam], stand, stand.tarief, berekend)
    product = stand.formulier.product.naam
    regels = [
        Bedragregel(
            (post.regel.naam if post.regel else None) or product,
            post.cent,
            post.tarief,
            post.regel.vanaf if post.regel else None,
        )
        for post in posten
    ]
    if sum(regel.cent for regel in regels) != cent:  # parts that were each rounded: the whole counts
        regels = [Bedragregel(product, cent)]
    return Bedrag(cent, tuple(regels))


# ---- reading what was posted -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paginalezing:
    """What was read of a page. antwoorden: name -> stored value (None: left empty), only of valid ones.

    velden: the questions that are shown with what was typed. fouten: control id -> sentence.
    """

    velden: tuple[Veld, ...]
    lezingen: dict[str, Lezing]

    @property
    def antwoorden(self) -> dict[str, Any]:
        return {naam: lezing.waarde for naam, lezing in self.lezingen.items() if not lezing.fouten}

    @property
    def fouten(self) -> dict[str, str]:
        return {controle: zin for lezing in self.lezingen.values() for controle, zin in lezing.fouten.items()}


def lees_stap(
    formulier: Formulier, stap: Stap, invoer: Invoer, antwoorden: Mapping[str, Any], omgeving: Omgeving
) -> Paginalezing:
    """Read a page in its own order, so that a question shown by an answer above it is read too."""
    zonder = {naam: waarde for naam, waarde in antwoorden.items() if naam not in {v.veld for v in stap.velden}}
    stand = Stand(formulier, omgeving, dict(verloop(formulier, zonder, omgeving).waarden))
    return _lees(stand, stap.velden, invoer)


def lees_item(
    formulier: Formulier, groep: GroepVeld, invoer: Invoer, antwoorden: Mapping[str, Any], omgeving: Omgeving
) -> Paginalezing:
    """Read the page of one item of a group."""
    stand = Stand(formulier, omgeving, dict(verloop(formulier, antwoorden, omgeving).waarden))
    for veld in groep.velden:
        stand.waarden.pop(veld.veld, None)
    return _lees(stand, groep.velden, invoer)


def _lees(stand: Stand, velden: tuple[Any, ...], invoer: Invoer) -> Paginalezing:
    getoond, lezingen = [], {}
    for veld in velden:
        if veld.toon_als is not None and not waar(veld.toon_als, stand):
            continue
        getoond.append(veld)
        if not veld.heeft_antwoord or isinstance(veld, GroepVeld):
            continue
        lezing = veld.lees(invoer, stand.omgeving, stand.waarden)
        lezingen[veld.veld] = lezing
        if lezing.waarde is not None:
            stand.zet(veld.veld, veld.typ(lezing.waarde))
    return Paginalezing(tuple(getoond), lezingen)


# ---- the check before login --------------------------------------------------------------------------------


def voorcheck_velden(formulier: Formulier, antwoorden: Mapping[str, Any], omgeving: Omgeving) -> Zichtbaar:
    """The questions of the check that are shown, and which are open."""
    stap, _ = _voorcheck(formulier, antwoorden, omgeving)
    return stap


def lees_voorcheck(formulier: Formulier, invoer: Invoer, omgeving: Omgeving) -> Paginalezing:
    """Raises: NotFound when this form has no check."""
    if formulier.voorcheck is None:
        raise NotFound("voorcheck")
    return _lees(Stand(formulier, omgeving, {}), formulier.voorcheck.velden, invoer)


def uitkomst(formulier: Formulier, antwoorden: Mapping[str, Any], omgeving: Omgeving) -> Uitkomst | None:
    """How the check ends; None while a question is open."""
    stap, stand = _voorcheck(formulier, antwoorden, omgeving)
    if stap.open or formulier.voorcheck is None:
        return None
    return next(u for u in formulier.voorcheck.uitkomsten if u.anders or waar(u.als, stand))


def voorcheck_verloop(formulier: Formulier, antwoorden: Mapping[str, Any], omgeving: Omgeving) -> Verloop:
    """The answers of the check as a Verloop, to fill in texts with."""
    stap, stand = _voorcheck(formulier, antwoorden, omgeving)
    berekend = {naam: stand.waarde(f"berekend.{naam}") for naam in formulier.berekend}
    return Verloop(formulier, omgeving, (stap,), stand.waarden, berekend, None)


def _voorcheck(formulier: Formulier, antwoorden: Mapping[str, Any], omgeving: Omgeving) -> tuple[Zichtbaar, Stand]:
    stand = Stand(formulier, omgeving, {})
    velden, open_ = [], []
    for veld in formulier.voorcheck.velden if formulier.voorcheck else ():
        if veld.toon_als is not None and not waar(veld.toon_als, stand):
            continue
        velden.append(veld)
        if _antwoord(stand, veld, antwoorden):
            open_.append(veld.veld)
    return Zichtbaar(Stap(stap="check"), tuple(velden), tuple(open_)), stand


# ---- which sources a form needs ----------------------------------------------------------------------------


def bronnen_in_regels(formulier: Formulier) -> frozenset[str]:
    """Sources that conditions and amounts depend on: without those the form cannot be sent."""
    namen: set[str] = set()
    for stap in formulier.stappen:
        namen |= _namen_van(stap)
        for stop in stap.stop_als:
            namen |= namen_in(stop.als)
    for tekenen in formulier.ondertekening:
        namen |= namen_in(tekenen.als)
    for berekening in formulier.berekend.values():
        namen |= berekenen.namen_van(berekening.waarde)
    opties = {getattr(veld, "opties_uit", "") for veld in formulier.alle_velden()}
    return frozenset(naam for naam in namen | opties if naam.split(".")[0] in BRONNEN)


def gevraagde_bronnen(formulier: Formulier) -> frozenset[str]:
    """Every path that this form shows, proposes, offers or decides with."""
    paden = set(bronnen_in_regels(formulier))
    for veld in formulier.alle_velden():
        paden |= {veld.bron, *getattr(veld, "paden", ())}
        if (voorstel := getattr(veld, "voorstel", None)) is not None:
            paden |= {naam for naam in berekenen.namen_van(voorstel) if naam.split(".")[0] in BRONNEN}
        for let_op in veld.let_op:
            paden |= {naam for naam in namen_in(let_op.als) if naam.split(".")[0] in BRONNEN}
    return frozenset(pad for pad in paden if pad)
