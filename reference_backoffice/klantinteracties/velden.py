"""The query parameters that look at one field of a resource itself."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from ..refs import Json

Test = Callable[[Json, str], bool]


def _at(*path: str) -> Callable[[Json], Any]:
    def value(data: Json) -> Any:
        found: Any = data
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        return found

    return value


def _text(*path: str) -> Test:
    return lambda data, value: _at(*path)(data) == value


def _has(veld: str) -> Test:
    return lambda data, value: value.lower() in str(data[veld]).lower()


def _bool(veld: str) -> Test:
    """What is neither true nor false filters nothing."""
    return lambda data, value: value not in ("true", "false") or data[veld] is (value == "true")


def _moment(veld: str) -> Test:
    return lambda data, value: datetime.fromisoformat(data[veld]) == datetime.fromisoformat(value)


def _datum(compare: Callable[[str, str], bool]) -> Test:
    return lambda data, value: bool(data["verificatieDatum"]) and compare(data["verificatieDatum"], value)


ADRESVELDEN: Final = ("Adresregel1", "Adresregel2", "Adresregel3", "Land", "NummeraanduidingId")
VELDEN: Final[dict[str, Mapping[str, Test]]] = {
    "partijen": {
        "indicatieActief": _bool("indicatieActief"),
        "indicatieGeheimhouding": _bool("indicatieGeheimhouding"),
        "soortPartij": _text("soortPartij"),
        **{
            adres + veld: _text(adres, veld[0].lower() + veld[1:])
            for adres in ("bezoekadres", "correspondentieadres")
            for veld in ADRESVELDEN
        },
    },
    "partij-identificatoren": {"anderePartijIdentificator": _text("anderePartijIdentificator")},
    "digitaleadressen": {
        "isGeverifieerd": lambda data, value: (
            value not in ("true", "false") or bool(data["verificatieDatum"]) is (value == "true")
        ),
        "isStandaardAdres": _bool("isStandaardAdres"),
        "omschrijving": _has("omschrijving"),
        "referentie": _text("referentie"),
        "soortDigitaalAdres": _text("soortDigitaalAdres"),
        "verificatieDatum": _datum(str.__eq__),
        "verificatieDatum__gt": _datum(str.__gt__),
        "verificatieDatum__gte": _datum(str.__ge__),
        "verificatieDatum__lt": _datum(str.__lt__),
        "verificatieDatum__lte": _datum(str.__le__),
    },
    "klantcontacten": {
        "indicatieContactGelukt": _bool("indicatieContactGelukt"),
        "inhoud": _has("inhoud"),
        "kanaal": _text("kanaal"),
        "onderwerp": _has("onderwerp"),
        "plaatsgevondenOp": _moment("plaatsgevondenOp"),
        "reactie": _has("reactie"),
        "vertrouwelijk": _bool("vertrouwelijk"),
    },
    "betrokkenen": {
        "organisatienaam": _text("organisatienaam"),
        **{
            f"contactnaam{veld[0].upper()}{veld[1:]}": _text("contactnaam", veld)
            for veld in ("achternaam", "voorletters", "voornaam", "voorvoegselAchternaam")
        },
    },
    "internetaken": {"status": _text("status"), "toegewezenOp": _moment("toegewezenOp")},
    "actoren": {
        "indicatieActief": _bool("indicatieActief"),
        "naam": _text("naam"),
        "soortActor": _text("soortActor"),
    },
}
