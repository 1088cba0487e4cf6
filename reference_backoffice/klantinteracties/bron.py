"""The kinds of resources, how each is stored, and how a row becomes the JSON that is sent."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..problems import not_found
from ..refs import Json, dumps, ref
from ..store import interactie
from . import invoer

Row = RowMapping


@dataclass(frozen=True)
class Soort:
    """A kind of resource. naam: as the API calls one in its faults.

    verwijzingen: field to the soort it refers to; kolommen: column to the field with the reference in it;
    identificator: field with the codes of another register; kinderen: field to (soort, column that points here).
    """

    pad: str
    naam: str
    invoer: type[invoer.Invoer]
    verwijzingen: Mapping[str, str] = field(default_factory=dict)
    kolommen: Mapping[str, str] = field(default_factory=dict)
    identificator: str = ""
    genummerd: bool = False
    kinderen: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    expand: frozenset[str] = frozenset()


SOORTEN: Final = {
    soort.pad: soort
    for soort in (
        Soort(
            "partijen",
            "Partij",
            invoer.Partij,
            {"voorkeursDigitaalAdres": "digitaleadressen"},
            genummerd=True,
            kinderen={
                "betrokkenen": ("betrokkenen", "partij"),
                "digitaleAdressen": ("digitaleadressen", "partij"),
                "partijIdentificatoren": ("partij-identificatoren", "partij"),
            },
            expand=frozenset({"betrokkenen", "betrokkenen.hadKlantcontact", "categorieRelaties", "digitaleAdressen"}),
        ),
        Soort(
            "partij-identificatoren",
            "PartijIdentificator",
            invoer.PartijIdentificator,
            {"identificeerdePartij": "partijen", "subIdentificatorVan": "partij-identificatoren"},
            {"partij": "identificeerdePartij", "ouder": "subIdentificatorVan"},
            "partijIdentificator",
        ),
        Soort(
            "digitaleadressen",
            "DigitaalAdres",
            invoer.DigitaalAdres,
            {"verstrektDoorBetrokkene": "betrokkenen", "verstrektDoorPartij": "partijen"},
            {"partij": "verstrektDoorPartij", "betrokkene": "verstrektDoorBetrokkene"},
            expand=frozenset(
                {
                    "verstrektDoorBetrokkene",
                    "verstrektDoorBetrokkene.hadKlantcontact",
                    "verstrektDoorBetrokkene.hadKlantcontact.leiddeTotInterneTaken",
                }
            ),
        ),
        Soort(
            "klantcontacten",
            "Klantcontact",
            invoer.Klantcontact,
            genummerd=True,
            kinderen={
                "gingOverOnderwerpobjecten": ("onderwerpobjecten", "klantcontact"),
                "hadBetrokkenActoren": ("actorklantcontacten", "klantcontact"),
                "omvatteBijlagen": ("bijlagen", "klantcontact"),
                "hadBetrokkenen": ("betrokkenen", "klantcontact"),
                "leiddeTotInterneTaken": ("internetaken", "klantcontact"),
            },
            expand=frozenset(
                {
                    "gingOverOnderwerpobjecten",
                    "hadBetrokkenen",
                    "hadBetrokkenen.digitaleAdressen",
                    "hadBetrokkenen.wasPartij",
                    "leiddeTotInterneTaken",
                    "omvatteBijlagen",
                }
            ),
        ),
        Soort(
            "betrokkenen",
            "Betrokkene",
            invoer.Betrokkene,
            {"wasPartij": "partijen", "hadKlantcontact": "klantcontacten"},
            {"partij": "wasPartij", "klantcontact": "hadKlantcontact"},
            kinderen={"digitaleAdressen": ("digitaleadressen", "betrokkene")},
            expand=frozenset({"digitaleAdressen"}),
        ),
        Soort(
            "onderwerpobjecten",
            "Onderwerpobject",
            invoer.Onderwerpobject,
            {"klantcontact": "klantcontacten", "wasKlantcontact": "klantcontacten"},
            {"klantcontact": "klantcontact", "wasKlantcontact": "wasKlantcontact"},
            "onderwerpobjectidentificator",
        ),
        Soort(
            "internetaken",
            "InterneTaak",
            invoer.Internetaak,
            {
                "aanleidinggevendKlantcontact": "klantcontacten",
                "toegewezenAanActor": "actoren",
                "toegewezenAanActoren": "actoren",
            },
            {"klantcontact": "aanleidinggevendKlantcontact", "ouder": "toegewezenAanActor"},
            genummerd=True,
        ),
        Soort("actoren", "Actor", invoer.Actor, identificator="actoridentificator"),
        Soort(
            "actorklantcontacten",
            "ActorKlantcontact",
            invoer.ActorKlantcontact,
            {"actor": "actoren", "klantcontact": "klantcontacten"},
            {"ouder": "actor", "klantcontact": "klantcontact"},
        ),
        Soort(
            "bijlagen",
            "Bijlage",
            invoer.Bijlage,
            {"wasBijlageVanKlantcontact": "klantcontacten"},
            {"klantcontact": "wasBijlageVanKlantcontact"},
            "bijlageidentificator",
        ),
    )
}
# What a server of before maak-klantcontact did not know yet.
ONBEKEND_OUD: Final[dict[str, frozenset[str]]] = {
    "partijen": frozenset({"partijIdentificatoren"}),
    "digitaleadressen": frozenset({"referentie", "verificatieDatum"}),
    "klantcontacten": frozenset(
        {"referentienummer", "reactie", "hoofdOnderwerpType", "verdereActieOndernomen", "metadata"}
    ),
    "internetaken": frozenset({"referentienummer"}),
}


def row_of(soort: Soort, uuid: str, volgnr: int, data: Json) -> dict[str, Any]:
    """The columns of a resource. data: its own fields, references as they were sent."""
    identificator = data[soort.identificator] if soort.identificator else None
    codes = identificator or {"objectId": data.get("adres") if soort.pad == "digitaleadressen" else None}
    return {
        "uuid": uuid,
        "volgnr": volgnr,
        "soort": soort.pad,
        **dict.fromkeys(("partij", "betrokkene", "klantcontact", "wasKlantcontact", "ouder")),
        **{kolom: (data[veld] or {}).get("uuid") for kolom, veld in soort.kolommen.items()},
        "nummer": data.get("nummer"),
        **{
            code: codes.get(code) or None
            for code in ("objectId", "codeObjecttype", "codeRegister", "codeSoortObjectId")
        },
        "data": dumps(data),
    }


def reference(pad: str, uuid: str) -> Json:
    return {"uuid": uuid, "url": ref("klantinteracties", pad, uuid)}


async def rows_with(db: AsyncConnection, pad: str, kolom: str, values: Iterable[str]) -> list[Row]:
    """The resources of a soort with one of these values in a column, oldest first."""
    wanted = sorted(set(values))
    if not wanted:
        return []
    query = select(interactie).where(interactie.c.soort == pad, interactie.c[kolom].in_(wanted))
    return list((await db.execute(query.order_by(interactie.c.volgnr))).mappings())


async def load(db: AsyncConnection, pad: str, uuid: str) -> Row:
    """Raises: Problem 404."""
    found = await rows_with(db, pad, "uuid", [uuid])
    if not found:
        raise not_found()
    return found[0]


def _volledige_naam(naam: Json | None) -> str:
    parts = ("voornaam", "voorvoegselAchternaam", "achternaam")
    return " ".join(naam[part] for part in parts if naam[part]) if naam else ""


def _own(soort: Soort, row: Row) -> Json:
    """The fields of the resource itself, references with their URL."""
    data: Json = json.loads(row["data"])
    for veld, naar in soort.verwijzingen.items():
        given = data.get(veld)
        if isinstance(given, list):
            data[veld] = [reference(naar, entry["uuid"]) for entry in given]
        elif given:
            data[veld] = reference(naar, given["uuid"])
    for veld in ("bezoekadres", "correspondentieadres"):
        if data.get(veld):
            data[veld] = {naam: waarde for naam, waarde in data[veld].items() if waarde not in ("", None)}
    match soort.pad:
        case "partijen":
            data |= {"categorieRelaties": [], "vertegenwoordigden": [], "rekeningnummers": []}
            identificatie = data["partijIdentificatie"]
            if data["soortPartij"] != "organisatie":
                identificatie["volledigeNaam"] = _volledige_naam(identificatie["contactnaam"])
            if werkte := identificatie.get("werkteVoorPartij"):
                identificatie["werkteVoorPartij"] = reference("partijen", werkte["uuid"])
        case "betrokkenen":
            data["volledigeNaam"] = _volledige_naam(data["contactnaam"])
        case "internetaken" if data["toegewezenAanActor"] is None:
            del data["toegewezenAanActor"]
    return reference(soort.pad, row["uuid"]) | data


def _deeper(expand: frozenset[str], veld: str) -> frozenset[str]:
    return frozenset(path.removeprefix(f"{veld}.") for path in expand if path.startswith(f"{veld}."))


class Beeld:
    """Makes the JSON of resources. oud: as a server of before maak-klantcontact does."""

    def __init__(self, db: AsyncConnection, *, oud: bool = False) -> None:
        self.db, self.oud = db, oud

    async def render(self, pad: str, rows: Sequence[Row], expand: frozenset[str] = frozenset()) -> list[Json]:
        """expand: paths in the answer; one below another works only when the one above is named too."""
        soort = SOORTEN[pad]
        found = [_own(soort, row) for row in rows]
        expanded: dict[str, Json] = defaultdict(dict)
        for veld, (kind, kolom) in soort.kinderen.items():
            await self._children(found, expanded, (veld, kind, kolom), expand)
        for veld in expand & soort.verwijzingen.keys():
            await self._forward(found, expanded, veld, soort.verwijzingen[veld], _deeper(expand, veld))
        for data in found:
            if self.oud:
                for veld in ONBEKEND_OUD.get(pad, frozenset()) - {"partijIdentificatoren"}:
                    del data[veld]
            if expand:
                data["_expand"] = expanded[data["uuid"]]
                if "categorieRelaties" in expand:
                    data["_expand"]["categorieRelaties"] = []
        return found

    async def _children(
        self, found: list[Json], expanded: dict[str, Json], how: tuple[str, str, str], expand: frozenset[str]
    ) -> None:
        veld, kind, kolom = how
        rows = await rows_with(self.db, kind, kolom, (data["uuid"] for data in found))
        whole = veld in expand or (veld == "partijIdentificatoren" and not self.oud)
        shown = await self.render(kind, rows, _deeper(expand, veld)) if whole else []
        if veld == "hadBetrokkenActoren":
            shown = await self.render("actoren", await self._targets("actoren", [row["ouder"] for row in rows]))
        full = {data["uuid"]: data for data in shown}
        for data in found:
            mine = [row for row in rows if row[kolom] == data["uuid"]]
            data[veld] = [reference(kind, row["uuid"]) for row in mine]
            if veld == "hadBetrokkenActoren":
                data[veld] = [full[row["ouder"]] for row in mine]
            elif veld == "partijIdentificatoren" and not self.oud:
                data[veld] = [full[row["uuid"]] for row in mine]
            elif veld in expand:
                expanded[data["uuid"]][veld] = [full[row["uuid"]] for row in mine]

    async def _forward(
        self, found: list[Json], expanded: dict[str, Json], veld: str, naar: str, expand: frozenset[str]
    ) -> None:
        rows = await self._targets(naar, [data[veld]["uuid"] for data in found if data[veld]])
        full = {data["uuid"]: data for data in await self.render(naar, rows, expand)}
        for data in found:
            expanded[data["uuid"]][veld] = full[data[veld]["uuid"]] if data[veld] else None

    async def _targets(self, pad: str, uuids: list[str]) -> list[Row]:
        return await rows_with(self.db, pad, "uuid", uuids)
