"""The catalogus of one backoffice, with the only cache of the portal."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from pip_portal.backoffice.catalogi import (
    Besluittype,
    Eigenschap,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Zaaktype,
    ZaaktypeInformatieobjecttype,
)
from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Pagina
from pip_portal.backoffice.samen import all_pages, together
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound

T = TypeVar("T")

STALE_PAUSE: Final = 30.0  # seconds before an outdated item is asked again after a failure

_ZAAKTYPE = TypeAdapter(Zaaktype)
_ZAAKTYPEN = TypeAdapter(Pagina[Zaaktype])
_STATUSTYPE = TypeAdapter(Statustype)
_STATUSTYPEN = TypeAdapter(Pagina[Statustype])
_RESULTAATTYPE = TypeAdapter(Resultaattype)
_RESULTAATTYPEN = TypeAdapter(Pagina[Resultaattype])
_EIGENSCHAPPEN = TypeAdapter(Pagina[Eigenschap])
_INFORMATIEOBJECTTYPE = TypeAdapter(Informatieobjecttype)
_INFORMATIEOBJECTTYPEN = TypeAdapter(Pagina[Informatieobjecttype])
_RICHTINGEN = TypeAdapter(Pagina[ZaaktypeInformatieobjecttype])
_ROLTYPEN = TypeAdapter(Pagina[Roltype])
_BESLUITTYPE = TypeAdapter(Besluittype)
_BESLUITTYPEN = TypeAdapter(Pagina[Besluittype])


@dataclass(slots=True)
class _Entry:
    value: Any
    fresh_until: float


class Catalogus:
    """Zaaktypen and all that belongs to them.

    Simultaneous questions share one call. A failure is never kept; while the source fails an outdated item is
    still given, because a published zaaktype does not change.
    """

    def __init__(self, verbinding: Verbinding, cache: timedelta) -> None:
        self.verbinding = verbinding
        self._lifetime = cache.total_seconds()
        self._entries: dict[str, _Entry] = {}
        self._pending: dict[str, asyncio.Task[Any]] = {}

    def knows_typen(self, zaaktype: str) -> bool:
        """Are the statustypen and resultaattypen of this zaaktype in hand (perhaps outdated)?"""
        return f"statustypen {zaaktype}" in self._entries and f"resultaattypen {zaaktype}" in self._entries

    async def zaaktype(self, url: str) -> Zaaktype:
        return await self._item(url, "zaaktypen", _ZAAKTYPE)

    async def zaaktype_op(self, identificatie: str, dag: date) -> Zaaktype:
        """The version of a zaaktype that holds on this day, which is the one a new zaak must get.

        Raises: NotFound when there is none.
        """
        params = {"identificatie": identificatie, "status": "definitief"}
        versies = await self._cached(
            f"versies {identificatie}", lambda: all_pages(self.verbinding, "/zaaktypen", _ZAAKTYPEN, params)
        )
        geldig = [versie for versie in versies if versie.identificatie == identificatie and versie.is_geldig_op(dag)]
        if not geldig:
            raise NotFound(f"zaaktype {identificatie}")
        return max(geldig, key=lambda versie: versie.begin_geldigheid or date.min)

    async def roltypen(self, zaaktype: str) -> tuple[Roltype, ...]:
        return await self._list("roltypen", _ROLTYPEN, zaaktype)

    async def statustypen(self, zaaktype: str) -> tuple[Statustype, ...]:
        """The statustypen of a zaaktype in their order."""
        typen = await self._list("statustypen", _STATUSTYPEN, zaaktype)
        return tuple(sorted((t for t in typen if t.zaaktype == zaaktype), key=attrgetter("volgnummer")))

    async def statustype(self, url: str, zaaktype: str) -> Statustype:
        for statustype in await self.statustypen(zaaktype):
            if statustype.url == url:
                return statustype
        return await self._item(url, "statustypen", _STATUSTYPE)

    async def resultaattypen(self, zaaktype: str) -> tuple[Resultaattype, ...]:
        return await self._list("resultaattypen", _RESULTAATTYPEN, zaaktype)

    async def resultaattype(self, url: str, zaaktype: str) -> Resultaattype:
        for resultaattype in await self.resultaattypen(zaaktype):
            if resultaattype.url == url:
                return resultaattype
        return await self._item(url, "resultaattypen", _RESULTAATTYPE)

    async def eigenschappen(self, zaaktype: str) -> tuple[Eigenschap, ...]:
        return await self._list("eigenschappen", _EIGENSCHAPPEN, zaaktype)

    async def richtingen(self, zaaktype: str) -> tuple[ZaaktypeInformatieobjecttype, ...]:
        """Which informatieobjecttypen belong to a zaaktype, and in which direction they travel."""
        return await self._list("zaaktype-informatieobjecttypen", _RICHTINGEN, zaaktype)

    async def informatieobjecttypen(self) -> tuple[Informatieobjecttype, ...]:
        return await self._list("informatieobjecttypen", _INFORMATIEOBJECTTYPEN)

    async def informatieobjecttype(self, url: str) -> Informatieobjecttype:
        for informatieobjecttype in await self.informatieobjecttypen():
            if informatieobjecttype.url == url:
                return informatieobjecttype
        return await self._item(url, "informatieobjecttypen", _INFORMATIEOBJECTTYPE)

    async def besluittypen(self) -> tuple[Besluittype, ...]:
        return await self._list("besluittypen", _BESLUITTYPEN)

    async def besluittype(self, url: str) -> Besluittype:
        for besluittype in await self.besluittypen():
            if besluittype.url == url:
                return besluittype
        return await self._item(url, "besluittypen", _BESLUITTYPE)

    async def warm(self) -> None:
        """Fill the cache, so that the first citizen does not wait; a source that fails is left for later.

        Raises: BackofficeUnavailable; BackofficeDefect.
        """
        zaaktypen = await all_pages(self.verbinding, "/zaaktypen", _ZAAKTYPEN, {})
        for zaaktype in zaaktypen:
            self._keep(zaaktype.url, zaaktype)
        await together([self._warm_overig(), *(self._warm_zaaktype(zaaktype.url) for zaaktype in zaaktypen)])

    async def _warm_overig(self) -> None:
        await self.informatieobjecttypen()
        await self.besluittypen()

    async def _warm_zaaktype(self, zaaktype: str) -> None:
        await self.statustypen(zaaktype)
        await self.resultaattypen(zaaktype)
        await self.eigenschappen(zaaktype)
        await self.richtingen(zaaktype)

    async def _item(self, url: str, collectie: str, item: TypeAdapter[T]) -> T:
        pad = self.verbinding.path_of(url, collectie)
        return await self._cached(url, lambda: self.verbinding.call("GET", pad, item))

    async def _list(self, collectie: str, pagina: TypeAdapter[Pagina[T]], zaaktype: str = "") -> tuple[T, ...]:
        params = {"zaaktype": zaaktype} if zaaktype else {}
        if zaaktype:
            self.verbinding.path_of(zaaktype, "zaaktypen")
        return await self._cached(
            f"{collectie} {zaaktype}",
            lambda: all_pages(self.verbinding, f"/{collectie}", pagina, params),
        )

    def _keep(self, key: str, value: object) -> None:
        self._entries[key] = _Entry(value, time.monotonic() + self._lifetime)

    async def _cached(self, key: str, fetch: Callable[[], Awaitable[T]]) -> T:
        entry = self._entries.get(key)
        if entry is not None and entry.fresh_until > time.monotonic():
            value: T = entry.value
            return value
        pending = self._pending.get(key)
        if pending is None:
            pending = asyncio.ensure_future(self._fetch(key, fetch))
            pending.add_done_callback(_seen)
            self._pending[key] = pending
        try:
            # Shielded: that one citizen stops waiting must not break off the call the others share.
            answer: T = await asyncio.shield(pending)
            return answer
        except (BackofficeUnavailable, BackofficeDefect, NotFound):
            if entry is None:
                raise
            entry.fresh_until = time.monotonic() + STALE_PAUSE
            stale: T = entry.value
            return stale

    async def _fetch(self, key: str, fetch: Callable[[], Awaitable[T]]) -> T:
        try:
            value = await fetch()
            self._keep(key, value)
            return value
        finally:
            self._pending.pop(key, None)


def _seen(task: asyncio.Task[Any]) -> None:
    """Nobody may be waiting any more; then the failure has no other reader."""
    if not task.cancelled():
        task.exception()
