"""The part of YAML that definitions may use, read with the place of every value in the file.

No anchors, aliases, tags or merge keys; only true and false are booleans; dates and times stay text; a key that
stands there twice is an error.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

GETAL = re.compile(r"-?(0|[1-9][0-9]{0,17})")
KOMMAGETAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
MAX_BYTES = 400_000
LADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C where it is there
MAX_DIEPTE = 40


@dataclass(frozen=True, order=True)
class Plek:
    bestand: str
    regel: int = 1
    kolom: int = 1


@dataclass(frozen=True, order=True)
class Fout:
    """Something wrong in a definition, where it stands, and what to do about it."""

    plek: Plek
    zin: str

    def __str__(self) -> str:
        return f"{self.plek.bestand}:{self.plek.regel}:{self.plek.kolom} {self.zin}"


class Kaart(dict[str, Any]):
    """A mapping that knows where it, its keys and its values stand."""

    plek: Plek
    sleutels: dict[str, Plek]
    waarden: dict[str, Plek]


class Lijst(tuple[Any, ...]):
    """A sequence that knows where its items stand."""

    plek: Plek
    waarden: dict[int, Plek]


class YamlFout(Exception):
    def __init__(self, fout: Fout) -> None:
        super().__init__(str(fout))
        self.fout = fout


def bedoelde_u(naam: str, mogelijk: Any) -> str:
    """'; bedoelde u …?' when something that exists looks like it."""
    lijkt = get_close_matches(naam, [str(m) for m in mogelijk], n=1, cutoff=0.6)
    return f"; bedoelde u '{lijkt[0]}'?" if lijkt else ""


def lees(pad: Path) -> Kaart:
    """The one mapping that a file holds.

    Raises: YamlFout with the first place where the file is no YAML of ours.
    """
    tekst = pad.read_bytes()[: MAX_BYTES + 1]
    if len(tekst) > MAX_BYTES:
        raise YamlFout(Fout(Plek(pad.name), f"het bestand is groter dan {MAX_BYTES} bytes; splits het"))
    try:
        knoop = yaml.compose(tekst.decode("utf-8"), Loader=LADER)
        _geen_anker(tekst.decode("utf-8"), pad.name)
    except UnicodeDecodeError:
        raise YamlFout(Fout(Plek(pad.name), "het bestand is geen UTF-8; bewaar het als UTF-8")) from None
    except yaml.MarkedYAMLError as exc:
        plek = exc.problem_mark or exc.context_mark
        waar = Plek(pad.name, plek.line + 1, plek.column + 1) if plek else Plek(pad.name)
        raise YamlFout(
            Fout(waar, f"hier is de YAML niet te lezen ({exc.problem}); zet teksten tussen dubbele aanhalingstekens")
        ) from None
    except yaml.YAMLError:
        raise YamlFout(
            Fout(Plek(pad.name), "er staat een teken in dat niet mag; haal onzichtbare tekens weg")
        ) from None
    if not isinstance(knoop, yaml.MappingNode):
        raise YamlFout(Fout(Plek(pad.name), "hier hoort een lijst van sleutels met waarden, zoals 'formulier: naam'"))
    return _kaart(knoop, pad.name, 0)


def _geen_anker(tekst: str, bestand: str) -> None:
    for teken in yaml.scan(tekst, Loader=LADER):
        if isinstance(teken, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)):
            plek = Plek(bestand, teken.start_mark.line + 1, teken.start_mark.column + 1)
            raise YamlFout(Fout(plek, "ankers (&), verwijzingen (*) en tags (!) mogen niet; schrijf de tekst uit"))


def _plek(knoop: yaml.Node, bestand: str) -> Plek:
    return Plek(bestand, knoop.start_mark.line + 1, knoop.start_mark.column + 1)


def _waarde(knoop: yaml.Node, bestand: str, diepte: int) -> Any:
    if diepte > MAX_DIEPTE:
        raise YamlFout(Fout(_plek(knoop, bestand), "dit staat te diep; maak het eenvoudiger"))
    if isinstance(knoop, yaml.MappingNode):
        return _kaart(knoop, bestand, diepte)
    if isinstance(knoop, yaml.SequenceNode):
        lijst = Lijst(_waarde(deel, bestand, diepte + 1) for deel in knoop.value)
        lijst.plek = _plek(knoop, bestand)
        lijst.waarden = {nummer: _plek(deel, bestand) for nummer, deel in enumerate(knoop.value)}
        return lijst
    return _los(knoop, bestand)


def _los(knoop: yaml.Node, bestand: str) -> Any:
    tekst: str = knoop.value
    if isinstance(knoop, yaml.ScalarNode) and not knoop.style:
        if tekst in ("true", "false"):
            return tekst == "true"
        if GETAL.fullmatch(tekst):
            return int(tekst)
        if KOMMAGETAL.fullmatch(tekst):
            return Decimal(tekst)
        if tekst in ("", "null", "~"):
            raise YamlFout(Fout(_plek(knoop, bestand), "hier staat niets; vul een waarde in of haal de sleutel weg"))
    return tekst


def _kaart(knoop: yaml.MappingNode, bestand: str, diepte: int) -> Kaart:
    kaart = Kaart()
    kaart.plek = _plek(knoop, bestand)
    kaart.sleutels, kaart.waarden = {}, {}
    for sleutelknoop, waardeknoop in knoop.value:
        sleutel = sleutelknoop.value
        if not isinstance(sleutelknoop, yaml.ScalarNode) or sleutel == "<<":
            raise YamlFout(Fout(_plek(sleutelknoop, bestand), "een sleutel is een gewoon woord"))
        if sleutel in kaart:
            raise YamlFout(Fout(_plek(sleutelknoop, bestand), f"'{sleutel}' staat hier al; haal een van de twee weg"))
        kaart.sleutels[sleutel] = _plek(sleutelknoop, bestand)
        kaart.waarden[sleutel] = _plek(waardeknoop, bestand)
        kaart[sleutel] = _waarde(waardeknoop, bestand, diepte + 1)
    return kaart


def plek_van(data: Any, pad: tuple[int | str, ...]) -> Plek:
    """Where the value at this path stands; of a path that goes on beyond the file, the last part that is there."""
    plek: Plek = data.plek
    for deel in pad:
        if isinstance(data, Kaart) and isinstance(deel, str) and deel in data:
            plek, data = (
                (data.sleutels if not isinstance(data[deel], (Kaart, Lijst)) else data.waarden).get(deel, plek),
                data[deel],
            )
        elif isinstance(data, Lijst) and isinstance(deel, int) and deel < len(data):
            plek, data = data.waarden.get(deel, plek), data[deel]
    return plek


def vervang(kaart: Kaart, **waarden: Any) -> Kaart:
    """A copy with other values at some keys; the places stay those of the original."""
    nieuw = Kaart({**kaart, **waarden})
    nieuw.plek, nieuw.sleutels, nieuw.waarden = kaart.plek, dict(kaart.sleutels), dict(kaart.waarden)
    return nieuw


def zonder(kaart: Kaart, *sleutels: str) -> Kaart:
    nieuw = Kaart({sleutel: waarde for sleutel, waarde in kaart.items() if sleutel not in sleutels})
    nieuw.plek, nieuw.sleutels, nieuw.waarden = kaart.plek, dict(kaart.sleutels), dict(kaart.waarden)
    return nieuw
