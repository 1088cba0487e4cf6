"""One archive of what the gemeente wrote: berichten, and letters with a besluit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from pip_portal.backoffice.brieven import Brief
from pip_portal.backoffice.objecttypen import Bericht
from pip_portal.berichten.tekst import alineas

PER_PAGINA: Final = 20
MAX_WOORDEN: Final = 100
JAREN: Final = 12


@dataclass(frozen=True)
class Vraag:
    """What stands in the address of the page. pagina counts from 1."""

    woorden: str = ""
    jaar: int | None = None
    pagina: int = 1


@dataclass(frozen=True)
class Stuk:
    """A row of the archive: one of these two."""

    datum: date
    bericht: Bericht | None = None
    brief: Brief | None = None

    @property
    def titel(self) -> str:
        return self.bericht.onderwerp if self.bericht else self.brief.document.titel if self.brief else ""

    @property
    def zoektekst(self) -> str:
        if self.bericht:
            delen = [self.bericht.onderwerp, self.bericht.referentie, *alineas(self.bericht.bericht_tekst)]
        elif self.brief:
            delen = [self.titel, self.brief.zaaknaam, self.brief.zaaknummer, self.brief.document.soort]
        return " ".join(delen).casefold()


def lees_vraag(params: Mapping[str, str]) -> Vraag:
    """What does not make sense in an address counts as not asked."""
    return Vraag(
        woorden=" ".join(params.get("zoek", "").replace("\x00", "").split())[:MAX_WOORDEN],
        jaar=_getal(params.get("jaar", ""), 1900, 2999),
        pagina=_getal(params.get("pagina", ""), 1, 10_000) or 1,
    )


def url_van(pad: str, vraag: Vraag, **anders: Any) -> str:
    vraag = replace(vraag, **anders)
    delen = {"zoek": vraag.woorden, "jaar": vraag.jaar or "", "pagina": "" if vraag.pagina == 1 else vraag.pagina}
    query = urlencode({naam: waarde for naam, waarde in delen.items() if waarde})
    return f"{pad}?{query}" if query else pad


def paginas(pad: str, vraag: Vraag, aantal: int) -> dict[int, str]:
    """Addresses of the first, the last, and the pages around this one."""
    rond = {1, aantal, *range(vraag.pagina - 1, vraag.pagina + 2)}
    return {n: url_van(pad, vraag, pagina=n) for n in sorted(rond) if 1 <= n <= aantal}


def jaren(vandaag: date, gekozen: int | None) -> list[tuple[str, str]]:
    keuze = {*range(vandaag.year - JAREN + 1, vandaag.year + 1), *([gekozen] if gekozen else [])}
    return [(str(jaar), str(jaar)) for jaar in sorted(keuze, reverse=True)]


def samen(vraag: Vraag, berichten: Iterable[Bericht], brieven: Iterable[Brief]) -> list[Stuk]:
    """All that fits the question, newest first. Every word must be in it."""
    stukken = [Stuk(b.publicatiedatum, bericht=b) for b in berichten] + [Stuk(b.datum, brief=b) for b in brieven]
    woorden = vraag.woorden.casefold().split()
    past: Callable[[Stuk], bool] = lambda stuk: (  # noqa: E731 - reads as one rule
        vraag.jaar in (None, stuk.datum.year) and (not woorden or all(woord in stuk.zoektekst for woord in woorden))
    )
    return sorted((stuk for stuk in stukken if past(stuk)), key=lambda stuk: stuk.datum, reverse=True)


def _getal(tekst: str, laagste: int, hoogste: int) -> int | None:
    if not (tekst.isascii() and tekst.isdigit() and len(tekst) <= 6):
        return None
    return int(tekst) if laagste <= int(tekst) <= hoogste else None
