"""`expand`: related resources inside `_expand`, every level named, at most three deep."""

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..catalogus import Catalogus
from ..problems import invalid_field
from ..refs import Json, uuid_of
from ..rights import Toegang
from ..store import onderdeel, rol, zaak

DIEPTE: Final = 3
# kind of resource: relation -> kind of what it leads to
RELATIES: Final[dict[str, dict[str, str]]] = {
    "zaak": {
        "zaaktype": "catalogus",
        "hoofdzaak": "zaak",
        "deelzaken": "zaak",
        "eigenschappen": "zaakeigenschap",
        "rollen": "rol",
        "status": "status",
        "zaakinformatieobjecten": "zaakinformatieobject",
        "zaakobjecten": "zaakobject",
        "resultaat": "resultaat",
    },
    "zaakeigenschap": {"eigenschap": "catalogus"},
    "rol": {"roltype": "catalogus"},
    "status": {"statustype": "catalogus"},
    "resultaat": {"resultaattype": "catalogus"},
    "zaakinformatieobject": {},
    "zaakobject": {},
    "catalogus": {},
}


@dataclass(frozen=True)
class Expand:
    """What to expand, as a tree of named levels."""

    tree: dict[str, "Expand"]

    def __bool__(self) -> bool:
        return bool(self.tree)


def parse(text: str) -> Expand:
    """The tree of an expand parameter. A level whose parent is not named is ignored.

    Raises: Problem 400 for a key that is no relation (so also after a space) or a path deeper than three.
    """
    paths = sorted({tuple(part.split(".")) for part in text.split(",")}, key=len) if text else []
    tree: dict[str, Expand] = {}
    for path in paths:
        _check_path(path)
        level = tree
        for name in path[:-1]:
            if name not in level:
                break
            level = level[name].tree
        else:
            level.setdefault(path[-1], Expand({}))
    return Expand(tree)


def _check_path(path: tuple[str, ...]) -> None:
    soort: str | None = "zaak"
    for name in path:
        soort = RELATIES[soort].get(name) if soort else None
    if soort is None or len(path) > DIEPTE:
        raise invalid_field("expand", "invalid_choice", f'"{".".join(path)}" is een ongeldige keuze.')


@dataclass(frozen=True)
class Expander:
    """Fetches what is asked for, one query per relation whatever the number of rows."""

    db: AsyncConnection
    catalogus: Catalogus
    toegang: Toegang

    async def fill(self, soort: str, rows: list[Json], expand: Expand) -> None:
        """Put `_expand` in each row."""
        for row in rows:
            row["_expand"] = {}
        for name, deeper in expand.tree.items():
            target = RELATIES[soort][name]
            found = await self._fetch(target, {url for row in rows for url in _urls(row[name])})
            if deeper:
                await self.fill(target, list(found.values()), deeper)
            for row in rows:
                self._put(row, name, found)

    @staticmethod
    def _put(row: Json, name: str, found: dict[str, Json]) -> None:
        value = row[name]
        if isinstance(value, list):
            row["_expand"][name] = [found[url] for url in value if url in found]
        elif value in found:
            row["_expand"][name] = found[value]

    async def _fetch(self, soort: str, urls: set[str]) -> dict[str, Json]:
        if soort == "catalogus":
            return {url: dict(self.catalogus.at(url)) for url in urls}
        if soort == "zaakobject" or not urls:
            return {}
        uuids = [uuid_of(url) for url in urls]
        table = {"zaak": zaak, "rol": rol}.get(soort, onderdeel)
        query = select(table.c.data).where(table.c.uuid.in_(uuids))
        if soort == "zaak":
            query = query.where(self.toegang.clause(zaak, "zaaktype"))
        rows = map(json.loads, (await self.db.scalars(query)).all())
        return {row["url"]: row for row in rows}


def _urls(value: object) -> list[str]:
    return value if isinstance(value, list) else [str(value)] if value else []
