"""Wie keek in mijn gegevens: the log of processing, for the person it is about."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from pip_portal.backoffice.samen import side_by_side
from pip_portal.backoffice.verwerkingenlog import VerwerkingenlogDep
from pip_portal.db import Db
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Burger, Ingelogd
from pip_portal.panelen import Paneel, paneel
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import _
from pip_portal.tijd import vandaag
from pip_portal.verwerkingen.activiteiten import activiteiten
from pip_portal.verwerkingen.gemeente import Gebruikt, gebruikt
from pip_portal.verwerkingen.lezen import inzage
from pip_portal.web import page, wants_fragment

router = APIRouter()

Getal = Annotated[str, Query(max_length=6)]


@router.get("/gegevens/inzage", name="verwerkingen:show")
async def show(
    request: Request,
    gebruiker: Ingelogd,
    db: Db,
    sleutels: SleutelsDep,
    log: VerwerkingenlogDep,
    jaar: Getal = "",
    activiteit: Annotated[str, Query(max_length=20)] = "",
    pagina: Getal = "",
    deel: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    gekozen = activiteit if activiteit in activiteiten() else ""
    jaartal = int(jaar) if len(jaar) == 4 and jaar.isascii() and jaar.isdigit() and jaar >= "1900" else None
    nummer = int(pagina) if pagina.isascii() and pagina.isdigit() and int(pagina) else 1
    gemeente: Paneel[Gebruikt] | None = None
    async with side_by_side() as group:
        eigen = group.create_task(inzage(db, eigenaar, jaar=jaartal, activiteit=gekozen, pagina=nummer))
        if log is not None and isinstance(gebruiker, Burger) and (deel == "gemeente" or not wants_fragment(request)):
            bron = _("het verwerkingenlog van de gemeente")
            gemeente = await paneel(request, bron, gebruikt(log, gebruiker, vandaag()))
    gevonden = eigen.result()
    filters = {naam: waarde for naam, waarde in (("jaar", jaartal), ("activiteit", gekozen)) if waarde}
    rond = {1, gevonden.paginas, *range(gevonden.pagina - 1, gevonden.pagina + 2)}
    return page(
        request,
        "verwerkingen/show.html",
        fragment="gemeente" if deel == "gemeente" else "resultaten",
        inzage=gevonden,
        gemeente=gemeente,
        jaar=str(jaartal or ""),
        jaren=[(str(j), str(j)) for j in sorted({*gevonden.jaren, *([jaartal] if jaartal else [])}, reverse=True)],
        activiteit=gekozen,
        gefilterd=bool(filters),
        soorten=[(sleutel, str(a.naam)) for sleutel, a in activiteiten().items()],
        register=list(activiteiten().values()),
        urls={
            n: f"{request.url.path}?{urlencode(filters | {'pagina': n})}"
            for n in sorted(rond)
            if 0 < n <= gevonden.paginas
        },
    )
