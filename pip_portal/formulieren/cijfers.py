"""Where people stop: per page of a form and per day how many began, answered, and read what was wrong. Of nobody.

Counted in memory and written every minute, so that no page waits for it and only looking writes nothing. What a process
that dies had not written yet is lost: these are numbers to make forms better with, not proof. Source: forms §3.9.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from fastapi import Request
from prometheus_client import Gauge
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.tables import Paginateller
from pip_portal.tijd import vandaag

log = logging.getLogger("pip_portal")

Wat = Literal["begonnen", "beantwoord", "fout"]
WAT: Final[tuple[Wat, ...]] = ("begonnen", "beantwoord", "fout")
Sleutel = tuple[date, str, int, str]

ELKE: Final = 60.0  # seconds between two times of writing
BEWAREN: Final = timedelta(days=90)
GEMETEN: Final = 30  # days that /metrics looks back
ONTHOUDEN: Final = 10_000  # pages of applications that are not counted twice by the same process
MINSTENS: Final = 10  # a number that is smaller is not shown: it could be about somebody one knows

_PAGINA: Final = Gauge(
    "pip_formulier_pagina",
    "Applications at a page of a form in the last 30 days, from 10 on",
    ["formulier", "versie", "stap", "wat"],
)


class Cijfers:
    """The numbers of this process that are still to be written."""

    def __init__(self, db: Sessionmaker) -> None:
        self._db = db
        self._nieuw: Counter[tuple[Sleutel, Wat]] = Counter()
        self._geteld: dict[tuple[str, str, Wat], None] = {}

    def tel(self, formulier: str, versie: int, stap: str, wat: Wat, aanvraag: str) -> None:
        """Count this application once at this page. Its id stays in this process and is never written."""
        al = (aanvraag, stap, wat)
        if al in self._geteld:
            return
        if len(self._geteld) >= ONTHOUDEN:
            del self._geteld[next(iter(self._geteld))]
        self._geteld[al] = None
        self._nieuw[((vandaag(), formulier, versie, stap), wat)] += 1

    async def schrijf(self) -> None:
        """Add what was counted to the table, and forget what is too old. Raises: SQLAlchemyError; nothing is lost."""
        nieuw, self._nieuw = self._nieuw, Counter()
        per_pagina: dict[Sleutel, Counter[Wat]] = {}
        for (sleutel, wat), aantal in nieuw.items():
            per_pagina.setdefault(sleutel, Counter())[wat] += aantal
        try:
            async with self._db.begin() as session:
                for (dag, formulier, versie, stap), aantallen in sorted(per_pagina.items()):
                    eerste = insert_van(session)(Paginateller).values(
                        dag=dag,
                        formulier=formulier,
                        versie=versie,
                        stap=stap,
                        **{wat: aantallen[wat] for wat in WAT},
                    )
                    erbij = {wat: getattr(Paginateller, wat) + getattr(eerste.excluded, wat) for wat in WAT}
                    await session.execute(
                        eerste.on_conflict_do_update(index_elements=["dag", "formulier", "versie", "stap"], set_=erbij)
                    )
                await session.execute(delete(Paginateller).where(Paginateller.dag < vandaag() - BEWAREN))
        except SQLAlchemyError:
            self._nieuw += nieuw
            raise

    async def blijf_schrijven(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await asyncio.sleep(ELKE)
            try:
                await self.schrijf()
                meet(await lees(self._db, GEMETEN))
            except SQLAlchemyError as exc:
                log.warning("cijfers van formulieren niet geschreven", exc_info=exc)

    async def stop(self) -> None:
        """Write the last ones."""
        try:
            await self.schrijf()
        except SQLAlchemyError as exc:
            log.warning("cijfers van formulieren niet geschreven", exc_info=exc)


def tel(request: Request, aanvraag: Any, stap: str, wat: Wat) -> None:
    """Count this Aanvraag at this page."""
    cijfers: Cijfers = request.app.state.cijfers
    formulier = aanvraag.formulier
    cijfers.tel(formulier.formulier, formulier.versie, stap, wat, aanvraag.id)


@dataclass(frozen=True)
class Paginacijfers:
    formulier: str
    versie: int
    stap: str
    begonnen: int
    beantwoord: int
    fout: int


async def lees(db: Sessionmaker, dagen: int, formulier: str = "") -> list[Paginacijfers]:
    """The sums over the last so many days, only of pages that enough people began."""
    teller = Paginateller
    waar = [teller.dag > vandaag() - timedelta(days=dagen)] + ([teller.formulier == formulier] if formulier else [])
    sommen = [func.sum(getattr(teller, wat)) for wat in WAT]
    async with db() as session:
        rijen = await session.execute(
            select(teller.formulier, teller.versie, teller.stap, *sommen)
            .where(*waar)
            .group_by(teller.formulier, teller.versie, teller.stap)
            .having(sommen[0] >= MINSTENS)
            .order_by(teller.formulier, teller.versie)
        )
        return [Paginacijfers(*rij[:3], *(int(aantal) for aantal in rij[3:])) for rij in rijen]


def meet(cijfers: Sequence[Paginacijfers]) -> None:
    """Set what /metrics tells; a number that is too small stays out."""
    _PAGINA.clear()
    for pagina in cijfers:
        for wat in WAT:
            if (aantal := getattr(pagina, wat)) >= MINSTENS:
                _PAGINA.labels(pagina.formulier, str(pagina.versie), pagina.stap, wat).set(aantal)


def regels(cijfers: Sequence[Paginacijfers], volgorde: Mapping[tuple[str, str], int]) -> list[str]:
    """Lines to read: per form and version its pages in the order of the form. volgorde: place of (form, page)."""
    gevonden, kop = [], ""
    for p in sorted(cijfers, key=lambda p: (p.formulier, p.versie, volgorde.get((p.formulier, p.stap), 999), p.stap)):
        nieuw = f"{p.formulier}, versie {p.versie}"
        if nieuw != kop:
            gevonden.append(kop := nieuw)
        deel = f" ({100 * p.beantwoord // p.begonnen}%)" if p.beantwoord >= MINSTENS else ""
        gevonden.append(
            f"  {p.stap:<30} begonnen {_getal(p.begonnen)}, beantwoord {_getal(p.beantwoord)}{deel}, "
            f"fout gelezen {_getal(p.fout)}"
        )
    return gevonden or [f"Er zijn geen pagina's waar {MINSTENS} mensen of meer aan begonnen."]


def _getal(aantal: int) -> str:
    return str(aantal) if aantal >= MINSTENS or not aantal else f"minder dan {MINSTENS}"
