"""The query parameters of the lists. As at the real server an empty value filters nothing, and each parameter about
something that there may be several of looks by itself: two may be met by two different ones."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, false, select

from ..problems import invalid_field
from ..refs import Json, dumps, is_uuid, uuid_of
from ..store import interactie
from .velden import VELDEN, Test

Clause = Callable[[str], ColumnElement[bool]]
T = interactie.c
CODES: Final = {"CodeObjecttype": T.codeObjecttype, "CodeRegister": T.codeRegister, "ObjectId": T.objectId}
CODES["CodeSoortObjectId"] = T.codeSoortObjectId
KEUZES: Final = {
    "soortPartij": ("persoon", "organisatie", "contactpersoon"),
    "soortActor": ("medewerker", "geautomatiseerde_actor", "organisatorische_eenheid"),
    "soortDigitaalAdres": ("email", "telefoonnummer", "overig"),
    "status": ("te_verwerken", "verwerkt"),
    "rol": ("klant", "vertegenwoordiger"),
    "partijIdentificatorCodeObjecttype": ("natuurlijk_persoon", "niet_natuurlijk_persoon", "vestiging"),
    "partijIdentificatorCodeRegister": ("brp", "hr"),
    "partijIdentificatorCodeSoortObjectId": ("bsn", "kvk_nummer", "rsin", "vestigingsnummer"),
}


def _equal(kolom: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    return kolom == value


def _is(kolom: str) -> Clause:
    return partial(_equal, T[kolom])


def _via(pad: str, kolom: str, inner: Clause, own: str = "uuid") -> Clause:
    """Rows that a row of another soort points to: through its column; or, with own, rows that point to one."""

    def clause(value: str) -> ColumnElement[bool]:
        pointing = select(T[kolom]).where(T.soort == pad, T[kolom].is_not(None), inner(value)).correlate(None)
        return T[own].in_(pointing)

    return clause


def _exists(pad: str, kolom: str, inner: Clause | None = None) -> Clause:
    def clause(value: str) -> ColumnElement[bool]:
        conditions = [inner(value)] if inner else []
        pointing = select(T[kolom]).where(T.soort == pad, T[kolom].is_not(None), *conditions).correlate(None)
        return T.uuid.in_(pointing) if value == "true" else T.uuid.not_in(pointing)

    return clause


def _with_uuid(name: str, clause: Clause) -> dict[str, Clause]:
    """The pair of parameters that name one thing, by uuid or by URL."""
    return {f"{name}__uuid": clause, f"{name}__url": lambda url: clause(uuid_of(url.rstrip("/")))}


def _codes(before: str, wrap: Callable[[Clause], Clause], *, camel: bool = False) -> dict[str, Clause]:
    """The four parameters of an identificator. camel: the code begins with a small letter, after two underscores."""
    return {
        before + (code[0].lower() + code[1:] if camel else code): wrap(partial(_equal, kolom))
        for code, kolom in CODES.items()
    }


def _of_partij(before: str, wrap: Callable[[Clause], Clause]) -> dict[str, Clause]:
    """The parameters that find a partij by its identificator. wrap: from a clause on partijen to one on this list."""
    return _codes(
        f"{before}partijIdentificator__",
        lambda inner: wrap(_via("partij-identificatoren", "partij", inner)),
        camel=True,
    )


def _nothing(_value: str) -> ColumnElement[bool]:
    return false()


def _same(clause: Clause) -> Clause:
    return clause


def _betrokkene_partij(clause: Clause) -> Clause:
    """From a clause on partijen to one on klantcontacten."""
    return _via("betrokkenen", "klantcontact", _via("partijen", "uuid", clause, own="partij"))


def _own_partij(clause: Clause) -> Clause:
    return _via("partijen", "uuid", clause, own="partij")


_on_onderwerp: Final = partial(_via, "onderwerpobjecten", "klantcontact")
_was_onderwerp: Final = partial(_via, "onderwerpobjecten", "wasKlantcontact")
_of_klantcontact: Final = partial(_via, "klantcontacten", "uuid", own="klantcontact")
_on_betrokkene: Final = partial(_via, "betrokkenen", "klantcontact")


def _contains(kolom: str) -> Clause:
    return lambda value: T[kolom].icontains(value, autoescape=True)


SQL: Final[dict[str, Mapping[str, Clause]]] = {
    "partijen": {
        "nummer": _is("nummer"),
        **_of_partij("", _same),
        **_codes(
            "subIdentificatorVan__",
            lambda inner: _via(
                "partij-identificatoren", "partij", _via("partij-identificatoren", "uuid", inner, own="ouder")
            ),
            camel=True,
        ),
        "categorierelatie__categorie__naam": _nothing,
        **_with_uuid("vertegenwoordigdePartij", _nothing),
    },
    "partij-identificatoren": _codes("partijIdentificator", _same),
    "digitaleadressen": {
        "adres": _is("objectId"),
        "adres__icontains": _contains("objectId"),
        **_with_uuid("verstrektDoorBetrokkene", _is("betrokkene")),
        **_with_uuid("verstrektDoorPartij", _is("partij")),
        **_of_partij("verstrektDoorPartij__", _own_partij),
    },
    "klantcontacten": {
        "nummer": _is("nummer"),
        "referentienummer": _is("nummer"),
        **_with_uuid("hadBetrokkene", _on_betrokkene(_is("uuid"))),
        "hadBetrokkene__digitaaladres__adres__icontains": _on_betrokkene(
            _via("digitaleadressen", "betrokkene", _contains("objectId"))
        ),
        "hadBetrokkene__wasPartij": _exists("betrokkenen", "klantcontact", lambda _value: T.partij.is_not(None)),
        **_with_uuid("hadBetrokkene__wasPartij", _on_betrokkene(_is("partij"))),
        **_of_partij("hadBetrokkene__wasPartij__", _betrokkene_partij),
        "leiddeTotInterneTaken": _exists("internetaken", "klantcontact"),
        **_with_uuid("onderwerpobject", _on_onderwerp(_is("uuid"))),
        **_codes("onderwerpobject__onderwerpobjectidentificator", _on_onderwerp),
        **_with_uuid("wasOnderwerpobject", _was_onderwerp(_is("uuid"))),
        **_codes("wasOnderwerpobject__onderwerpobjectidentificator", _was_onderwerp),
    },
    "betrokkenen": {
        **_with_uuid("hadKlantcontact", _is("klantcontact")),
        "hadKlantcontact__nummer": _of_klantcontact(_is("nummer")),
        "hadKlantcontact__referentienummer": _of_klantcontact(_is("nummer")),
        "verstrektedigitaalAdres__adres": _via("digitaleadressen", "betrokkene", _is("objectId")),
        **_with_uuid("verstrektedigitaalAdres", _via("digitaleadressen", "betrokkene", _is("uuid"))),
        "wasPartij__nummer": _own_partij(_is("nummer")),
        **_with_uuid("wasPartij", _is("partij")),
        **_of_partij("wasPartij__", _own_partij),
    },
    "onderwerpobjecten": {
        **_with_uuid("klantcontact", _is("klantcontact")),
        **_with_uuid("wasKlantcontact", _is("wasKlantcontact")),
        **_codes("onderwerpobjectidentificator", _same),
    },
    "internetaken": {
        "nummer": _is("nummer"),
        "referentienummer": _is("nummer"),
        **_with_uuid("aanleidinggevendKlantcontact", _is("klantcontact")),
        "klantcontact__uuid": _is("klantcontact"),
        "klantcontact__nummer": _of_klantcontact(_is("nummer")),
        "klantcontact__referentienummer": _of_klantcontact(_is("nummer")),
        **_with_uuid("toegewezenAanActor", lambda uuid: T.data.contains(f'{{"uuid":"{uuid}"}}')),
    },
    "actoren": _codes("actoridentificator", _same),
    "actorklantcontacten": {
        **_with_uuid("actor", _is("ouder")),
        **_with_uuid("klantcontact", _is("klantcontact")),
    },
    "bijlagen": {"klantcontact__uuid": _is("klantcontact"), **_codes("bijlageidentificator", _same)},
}


# These look at a field inside another resource.
BINNENIN: Final[dict[str, Mapping[str, Clause]]] = {
    "digitaleadressen": {
        "verstrektDoorPartij__soortPartij": _own_partij(lambda v: T.data.contains(f'"soortPartij":"{v}"')),
        "verstrektDoorBetrokkene__rol": _via(
            "betrokkenen", "uuid", lambda v: T.data.contains(f'"rol":"{v}"'), own="betrokkene"
        ),
    },
    "internetaken": {
        "actoren__naam": _via("actoren", "uuid", lambda v: T.data.contains(f'"naam":{dumps(v)}'), own="ouder"),
    },
}
NIET_OUD: Final = "hadBetrokkene__wasPartij"


def names_of(pad: str, *, oud: bool) -> frozenset[str]:
    """The filters of a list. oud: those of a server of before maak-klantcontact."""
    names = SQL[pad].keys() | VELDEN.get(pad, {}).keys() | BINNENIN.get(pad, {}).keys()
    return frozenset(name for name in names if not (oud and name.startswith(NIET_OUD)))


def _check(name: str, value: str, *, oud: bool) -> None:
    last = name.rsplit("__", 1)[-1]
    if oud and last.startswith("partijIdentificatorCode"):  # the codes were free text once
        return
    if last == "uuid" and not is_uuid(value):
        raise invalid_field(name, "invalid", "Voer een geldige UUID in.")
    if last in KEUZES and value not in KEUZES[last]:
        raise invalid_field(name, "invalid_choice", f"Selecteer een geldige keuze. {value} is geen beschikbare keuze.")
    if last.endswith("Op"):
        try:
            zone = datetime.fromisoformat(value).tzinfo
        except ValueError:
            zone = None
        if zone is None:
            raise invalid_field(name, "invalid", "Voer een geldige datum en tijd in.")


def clauses_of(
    pad: str, params: Mapping[str, str], *, oud: bool
) -> tuple[list[ColumnElement[bool]], list[Callable[[Json], bool]]]:
    """What the rows and what the fields in them must meet. oud: as names_of.

    Raises: Problem 400 for a value that cannot be one of its kind.
    """
    conditions: list[ColumnElement[bool]] = [T.soort == pad]
    tests: list[Callable[[Json], bool]] = []
    for name, value in params.items():
        if not value:
            continue
        clause = SQL[pad].get(name) or BINNENIN.get(pad, {}).get(name)
        test = VELDEN.get(pad, {}).get(name)
        if clause or test:
            _check(name, value, oud=oud)
        if clause:
            conditions.append(clause(value))
        elif test:
            tests.append(partial(_apply, test, value))
    return conditions, tests


def _apply(test: Test, value: str, data: Json) -> bool:
    return test(data, value)
