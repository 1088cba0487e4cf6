"""One server list of zaken, of which pages are fetched as far as they are needed."""

from collections.abc import Iterable, Mapping
from typing import Final

from pip_portal.backoffice.samen import together
from pip_portal.backoffice.zaken import Zaak, ZakenApi
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Gebruiker

SERVER_PAGE: Final = 100
MAX_PAGES: Final = 50
EAGER_PAGES: Final = 3  # so many pages are asked for without knowing whether they exist


class Reeks:
    """The zaken found by one Zoekvraag, in the order of the server.

    The size of a server page is 100 by the standard; another size is noticed and worked with.
    """

    def __init__(self, zaken: ZakenApi, gebruiker: Gebruiker, filters: Mapping[str, str | bool], *, zoek: bool) -> None:
        self._zaken = zaken
        self._gebruiker = gebruiker
        self._filters = filters
        self._zoek = zoek
        self._size = SERVER_PAGE
        self._pages: dict[int, tuple[Zaak, ...]] = {}
        self._count: int | None = None

    @property
    def count(self) -> int:
        """Number of zaken the server has for us, 0 as long as nothing was fetched."""
        return self._count or 0

    @property
    def rows(self) -> tuple[Zaak, ...]:
        """All rows in hand, in order."""
        return tuple(zaak for number in sorted(self._pages) for zaak in self._pages[number])

    @property
    def is_whole(self) -> bool:
        return self._count is not None and len(self.rows) >= self._count

    @property
    def is_cut(self) -> bool:
        """There is more than MAX_PAGES."""
        return self.count > MAX_PAGES * self._size

    def narrowed(self, **filters: str) -> "Reeks":
        """The same list with more filters, nothing of it fetched yet."""
        return Reeks(self._zaken, self._gebruiker, {**self._filters, **filters}, zoek=self._zoek)

    async def first(self, upto: int, eager: int = EAGER_PAGES) -> None:
        """Fetch the first `upto` rows, in one round when they fit in `eager` pages, else in two."""
        await self._fetch(range(1, min(self._page_of(upto - 1), eager) + 1))
        last = self._page_of(min(upto, self.count) - 1) if self.count else 1
        await self._fetch(range(1, min(last, MAX_PAGES) + 1))

    async def everything(self) -> None:
        """Fetch all rows, up to MAX_PAGES pages: one round for the first page, one for the rest."""
        await self.first(MAX_PAGES * SERVER_PAGE, eager=1)

    async def window(self, start: int, end: int) -> tuple[Zaak, ...]:
        """The rows from start up to end, fetching no other pages than those that hold them."""
        for _ in range(2):  # a second time when the server turns out to have another page size
            size = self._size
            await self._fetch(range(self._page_of(start), self._page_of(end - 1) + 1))
            if self._size == size:
                break
            self._pages.clear()
        if self._count is None:
            await self._fetch([1])  # past the end: only the count is still wanted
            return ()
        offset = (min(self._pages) - 1) * self._size
        return self.rows[max(0, start - offset) : max(0, end - offset)]

    def _page_of(self, row: int) -> int:
        return row // self._size + 1

    async def _fetch(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._pages]
        await together(self._fetch_page(number) for number in missing)

    async def _fetch_page(self, number: int) -> None:
        try:
            page = await self._zaken.page(self._gebruiker, self._filters, number, zoek=self._zoek)
        except NotFound:
            if number == 1:
                raise
            self._pages[number] = ()  # past the end
            return
        self._pages[number] = page.results
        self._count = page.count
        if page.next is not None and page.results:
            self._size = len(page.results)
