"""Which pages and questions can be reached at all: by trying the answers that conditions ask about.

Each condition names a few values; between and beside them nothing changes. So a handful of answers per question is
all there is to try, and of many questions each pair of answers.
"""

import itertools
import math
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pip_portal.formulieren import berekenen
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.namen import Namen
from pip_portal.formulieren.omgeving import Inlog, Omgeving
from pip_portal.formulieren.verloop import Stand
from pip_portal.formulieren.voorwaarden import Soort, Vergelijking, Verwijzing, literaal, namen_in, vergelijkingen, waar

Pad = tuple[int | str, ...]
MAX_POGINGEN = 20_000
VANDAAG = date(2026, 6, 1)  # any day will do: only the order of days counts


class _Waarden(Stand):
    """Answers, sources and options as they are tried; computed values follow from them."""

    def __init__(self, formulier: Formulier, omgeving: Omgeving, waarden: dict[str, Any], soorten: dict[str, Soort]):
        super().__init__(formulier, omgeving, waarden)
        self.soorten = soorten

    def soort(self, naam: str) -> Soort:
        return self.soorten.get(naam) or super().soort(naam)


def nooit_en_altijd(formulier: Formulier, formulieren: Formulieren) -> Iterator[tuple[Pad, str]]:
    """Conditions that no combination of answers makes true, or that are true whatever is answered."""
    namen = Namen(formulier, formulieren.bronnen)
    for pad, voorwaarde in _voorwaarden(formulier):
        if any(groep for _, groep in vergelijkingen(voorwaarde)):
            continue  # over a group: its items can be anything
        uitkomsten: set[bool] = set()
        for uitkomst in _uitkomsten(formulier, formulieren, namen, voorwaarde):
            uitkomsten.add(uitkomst)
            if len(uitkomsten) == 2:
                break
        if uitkomsten == {False}:
            yield pad, "geen enkel antwoord maakt deze voorwaarde waar; haal dit weg of pas de voorwaarde aan"
        elif uitkomsten == {True}:
            yield pad, "deze voorwaarde is altijd waar; haal haar weg"


def _voorwaarden(formulier: Formulier) -> Iterator[tuple[Pad, Any]]:
    for pagina, stap in enumerate(formulier.stappen):
        if stap.toon_als is not None:
            yield ("stappen", pagina, "toon_als"), stap.toon_als
        for nummer, veld in enumerate(stap.velden):
            if veld.toon_als is not None:
                yield ("stappen", pagina, "velden", nummer, "toon_als"), veld.toon_als
        for nummer, stop in enumerate(stap.stop_als):
            yield ("stappen", pagina, "stop_als", nummer, "als"), stop.als


def _uitkomsten(formulier: Formulier, formulieren: Formulieren, namen: Namen, voorwaarde: Any) -> Iterator[bool]:
    genoemd = _genoemd(formulier, voorwaarde)
    if _hangt_af_van_aantal(formulier, formulieren, genoemd):
        yield from (True, False)  # tomorrow the number is another one
        return
    proef: dict[str, list[Any]] = {}
    soorten: dict[str, Soort] = {}
    for naam in sorted(genoemd):
        info = namen.zoek(naam)
        if info is None or naam.startswith("berekend."):
            continue
        soorten[naam] = info.soort
        proef[naam] = _te_proberen(naam, info, genoemd[naam])
    omgeving = Omgeving(VANDAAG, Inlog("digid", 20), {}, formulieren.tarieven)
    if math.prod(map(len, proef.values())) > MAX_POGINGEN:
        yield from (True, False)  # too much to try: nothing can be said
        return
    for keuze in itertools.product(*proef.values()):
        waarden = {naam: waarde for naam, waarde in zip(proef, keuze, strict=True) if waarde is not None}
        yield waar(voorwaarde, _Waarden(formulier, omgeving, waarden, soorten))


def _hangt_af_van_aantal(formulier: Formulier, formulieren: Formulieren, genoemd: Iterable[str]) -> bool:
    """Whether a number of tarieven.yaml decides, such as how many permits were given."""
    berekend = [formulier.berekend[n.removeprefix("berekend.")] for n in genoemd if n.startswith("berekend.")]
    tarieven = [d for b in berekend for d in berekenen.delen_van(b.waarde) if isinstance(d, berekenen.Tarief)]
    regels = [regel for tarief in tarieven for regel in formulieren.tarieven.regels.get(tarief.tarief, ())]
    return any(regel.aantal is not None for regel in regels)


def _genoemd(formulier: Formulier, voorwaarde: Any) -> dict[str, list[Vergelijking]]:
    """Each name that decides, with the comparisons that look at it; through computed values too."""
    gevonden: dict[str, list[Vergelijking]] = {}
    rand: list[Any] = [voorwaarde]
    gezien: set[str] = set()
    while rand:
        deze = rand.pop()
        for vergelijking, _ in vergelijkingen(deze):
            gevonden.setdefault(vergelijking.veld, []).append(vergelijking)
        for naam in namen_in(deze):
            gevonden.setdefault(naam, [])
        while nieuw := [naam for naam in gevonden if naam.startswith("berekend.") and naam not in gezien]:
            for naam in nieuw:
                gezien.add(naam)
                berekening = formulier.berekend[naam.removeprefix("berekend.")]
                for ander in berekenen.namen_van(berekening.waarde):
                    gevonden.setdefault(ander, [])
                tabellen = [d for d in berekenen.delen_van(berekening.waarde) if isinstance(d, berekenen.Tabel)]
                rand += [rij.als for tabel in tabellen for rij in tabel.tabel if rij.als is not None]
    return gevonden


def _te_proberen(naam: str, info: Any, vergelijkingen_: list[Vergelijking]) -> list[Any]:
    """Nothing, and every answer that can make a difference."""
    soort = info.soort
    literalen = [deel for v in vergelijkingen_ for deel in _literalen(v)]
    if soort == "janee":
        return [None, True, False]
    if soort == "keuze":
        return [None, *(info.waarden or dict.fromkeys([*map(str, literalen), "een-ander"]))]
    if soort == "meerkeuze":
        return [None, *((waarde,) for waarde in (info.waarden or literalen)), tuple(info.waarden or ("x",))]
    if soort == "lijst":
        return [None, *(("x",) * n for n in range(1, 4))]
    if soort == "samengesteld":
        return [None, {}]
    grenzen = [w for deel in literalen if (w := _als(deel, soort)) is not None]
    if soort in ("getal", "bedrag"):
        veld = info.veld
        grens = (getattr(veld, "min", None), getattr(veld, "max", None))
        binnen = [Decimal(w) for w in grens if isinstance(w, (int, Decimal))]
        laag, hoog = (min(binnen), max(binnen)) if len(binnen) == 2 else (None, None)
        punten = {w + d for w in [*grenzen, *binnen, Decimal(1)] for d in (-1, 0, 1)} | {Decimal(0), Decimal(10**7)}
        goed = [p for p in sorted(punten) if (laag is None or p >= laag) and (hoog is None or p <= hoog)]
        return [None, *(int(p) if p == p.to_integral_value() else p for p in goed)]
    if soort == "datum":
        punten_ = {w + timedelta(days=d) for w in [*grenzen, VANDAAG] for d in (-1, 0, 1)}
        ver = {VANDAAG - timedelta(days=400), VANDAAG + timedelta(days=90), VANDAAG + timedelta(days=400)}
        return [None, *sorted(punten_ | ver)]
    if soort == "tijd":
        return [None, "00:00", *sorted(set(map(str, grenzen))), "23:59"]
    return [None, *dict.fromkeys([*map(str, literalen), "een andere tekst", "7411KT", "7412AA"])]


def _literalen(v: Vergelijking) -> list[Any]:
    operand = v.operand
    delen = operand if isinstance(operand, tuple) else (operand,)
    return [deel for deel in delen if not isinstance(deel, (Verwijzing, bool)) and v.operator != "ingevuld"]


def _als(deel: Any, soort: Soort) -> Any:
    try:
        return literaal(deel, soort, VANDAAG)
    except (ValueError, ArithmeticError):
        return None
