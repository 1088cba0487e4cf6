"""All documents over all zaken: a page looks through ten zaken, so that nobody waits longer for having more of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import urlencode

from pip_portal.backoffice.regels import Zaakdocument, Zaakregel, Zakenlijst, Zakenvraag
from pip_portal.backoffice.zaaksysteem import Zaaksysteem
from pip_portal.gebruiker import Gebruiker

ZAKEN: Final = 10  # looked through for one page
MAX_PAGINA: Final = 1000
JAREN: Final = 12
MAX_WOORDEN: Final = 100
Van = Literal["", "u", "gemeente"]


@dataclass(frozen=True, slots=True)
class Documentvraag:
    """woorden: in title or kind. zaak: number or words of the zaak. jaar: of the document. van: who sent it."""

    woorden: str = ""
    zaak: str = ""
    jaar: int | None = None
    soort: str = ""
    van: Van = ""
    pagina: int = 1

    @property
    def is_gefilterd(self) -> bool:
        return bool(self.woorden or self.zaak or self.jaar or self.soort or self.van)

    def past(self, stuk: Zaakdocument) -> bool:
        tekst = f"{stuk.titel} {stuk.soort}".casefold()
        return (
            all(woord in tekst for woord in self.woorden.casefold().split())
            and self.jaar in (None, stuk.datum.year)
            and self.soort in ("", stuk.soort)
            and self.van in ("", "u" if stuk.ingestuurd else "gemeente")
        )

    def url(self, pad: str, **anders: Any) -> str:
        """The address of this question with something changed; only what was asked is in it."""
        vraag = replace(self, **anders)
        delen = {
            "zoek": vraag.woorden,
            "zaak": vraag.zaak,
            "jaar": vraag.jaar or "",
            "soort": vraag.soort,
            "van": vraag.van,
            "pagina": "" if vraag.pagina == 1 else vraag.pagina,
        }
        query = urlencode({naam: waarde for naam, waarde in delen.items() if waarde})
        return f"{pad}?{query}" if query else pad


def read_vraag(params: Mapping[str, str]) -> Documentvraag:
    """The question in this query string; what makes no sense counts as not asked."""
    van = params.get("van", "")
    return Documentvraag(
        woorden=_tekst(params, "zoek"),
        zaak=_tekst(params, "zaak"),
        jaar=_getal(params, "jaar", 1900, 2999),
        soort=_tekst(params, "soort"),
        van="u" if van == "u" else "gemeente" if van == "gemeente" else "",
        pagina=_getal(params, "pagina", 1, MAX_PAGINA) or 1,
    )


@dataclass(frozen=True, slots=True)
class Gevonden:
    """stukken: newest first, each with its zaak. lijst: the zaken that were looked through.

    niet_gelezen: zaken of whose documents not all could be read. soorten: every kind that these zaken have.
    """

    stukken: tuple[tuple[Zaakregel, Zaakdocument], ...]
    lijst: Zakenlijst
    niet_gelezen: tuple[Zaakregel, ...]
    soorten: tuple[str, ...]

    @property
    def is_laatste(self) -> bool:
        return self.lijst.pagina >= self.lijst.aantal_paginas

    @property
    def tot(self) -> int:
        """How many zaken were looked through with the pages before this one."""
        return min(self.lijst.aantal, self.lijst.pagina * self.lijst.per_pagina)


async def zoek(zaaksysteem: Zaaksysteem, gebruiker: Gebruiker, vraag: Documentvraag) -> Gevonden:
    """The documents that fit, in ten zaken of all this gebruiker has: the same ones as on the page of each zaak.

    Raises: BackofficeUnavailable or BackofficeDefect when no zaak can be read at all.
    """
    zaken = Zakenvraag(toestand="alle", woorden=vraag.zaak, pagina=vraag.pagina, per_pagina=ZAKEN)
    lijst = await zaaksysteem.list(gebruiker, zaken)
    gelezen = await zaaksysteem.documents_of_rows(gebruiker, lijst.regels)
    paren = [(regel, stuk) for regel, stukken in zip(lijst.regels, gelezen, strict=True) for stuk in stukken or ()]
    goed = [(regel, stuk) for regel, stuk in paren if vraag.past(stuk)]
    return Gevonden(
        stukken=tuple(sorted(goed, key=lambda paar: (paar[1].datum, paar[1].titel), reverse=True)),
        lijst=lijst,
        niet_gelezen=tuple(r for r, stukken in zip(lijst.regels, gelezen, strict=True) if stukken is None),
        soorten=tuple(sorted({stuk.soort for _regel, stuk in paren if stuk.soort})),
    )


def jaren(vandaag: date, gekozen: int | None) -> list[tuple[str, str]]:
    keuze = {*range(vandaag.year - JAREN + 1, vandaag.year + 1), *([gekozen] if gekozen else [])}
    return [(str(jaar), str(jaar)) for jaar in sorted(keuze, reverse=True)]


def keuzes(soorten: Sequence[str], gekozen: str) -> list[tuple[str, str]]:
    return [(soort, soort) for soort in sorted({*soorten, *([gekozen] if gekozen else [])})]


def _tekst(params: Mapping[str, str], naam: str) -> str:
    return " ".join(params.get(naam, "").replace("\x00", "").split())[:MAX_WOORDEN]


def _getal(params: Mapping[str, str], naam: str, laagste: int, hoogste: int) -> int | None:
    tekst = params.get(naam, "")
    if not (tekst.isascii() and tekst.isdigit() and len(tekst) <= 6):
        return None
    return int(tekst) if laagste <= int(tekst) <= hoogste else None
