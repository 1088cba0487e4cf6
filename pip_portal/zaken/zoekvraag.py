"""What stands in the address of Mijn zaken, and back again. What does not make sense there counts as not asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from pip_portal.backoffice.regels import Toestand, Volgorde, Zakenlijst, Zakenvraag
from pip_portal.taal import _, ngettext

TOESTANDEN: Mapping[str, Toestand] = {"lopend": "lopend", "afgerond": "afgerond"}
VOLGORDES: Mapping[str, Volgorde] = {"nieuwste": "nieuwste", "oudste": "oudste"}
MAX_WOORDEN = 100
MAX_PAGINA = 10_000
JAREN = 12


def read_vraag(params: Mapping[str, str]) -> Zakenvraag:
    """The question in this query string; unknown keys are ignored, nonsense falls back to the default."""
    jaar = _getal(params.get("jaar", ""), 1900, 2999)
    return Zakenvraag(
        toestand=TOESTANDEN.get(params.get("toestand", ""), "lopend"),
        woorden=" ".join(params.get("zoek", "").replace("\x00", "").split())[:MAX_WOORDEN],
        jaar=jaar,
        volgorde=VOLGORDES.get(params.get("volgorde", ""), "nieuwste"),
        pagina=_getal(params.get("pagina", ""), 1, MAX_PAGINA) or 1,
    )


def url_van(pad: str, vraag: Zakenvraag, **anders: Any) -> str:
    """The address of this question with something changed; only what differs from the default is in it."""
    vraag = replace(vraag, **anders)
    delen = {
        "toestand": "" if vraag.toestand == "lopend" else vraag.toestand,
        "zoek": vraag.woorden,
        "jaar": vraag.jaar or "",
        "volgorde": "" if vraag.volgorde == "nieuwste" else vraag.volgorde,
        "pagina": "" if vraag.pagina == 1 else vraag.pagina,
    }
    query = urlencode({naam: waarde for naam, waarde in delen.items() if waarde})
    return f"{pad}?{query}" if query else pad


def urls_van_paginas(pad: str, vraag: Zakenvraag, aantal_paginas: int) -> dict[int, str]:
    """Addresses of the first, the last, and the pages around this one, in order."""
    rond = {1, aantal_paginas, *range(vraag.pagina - 1, vraag.pagina + 2)}
    return {n: url_van(pad, vraag, pagina=n) for n in sorted(rond) if 1 <= n <= aantal_paginas}


def jaren(vandaag: date, gekozen: int | None) -> list[tuple[str, str]]:
    """The years to choose from, this one first; a year from the address that is not among them is added."""
    keuze = {*range(vandaag.year - JAREN + 1, vandaag.year + 1), *([gekozen] if gekozen else [])}
    return [(str(jaar), str(jaar)) for jaar in sorted(keuze, reverse=True)]


def aantal_tekst(lijst: Zakenlijst, vraag: Zakenvraag) -> str:
    """How many zaken there are, above the results."""
    if vraag.toestand == "afgerond":
        tekst = ngettext("%(num)d afgeronde zaak", "%(num)d afgeronde zaken", lijst.aantal)
    else:
        tekst = ngettext("%(num)d lopende zaak", "%(num)d lopende zaken", lijst.aantal)
    tekst %= {"num": lijst.aantal}
    return tekst if lijst.aantal_exact else _("Ongeveer {aantal}").format(aantal=tekst)


def _getal(tekst: str, laagste: int, hoogste: int) -> int | None:
    if not (tekst.isascii() and tekst.isdigit() and len(tekst) <= 6):
        return None
    return int(tekst) if laagste <= int(tekst) <= hoogste else None
