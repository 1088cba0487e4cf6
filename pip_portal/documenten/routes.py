"""Documenten: all that the person may see of all their zaken, in one place."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pip_portal.backoffice.zaaksysteem import ZaaksysteemDep
from pip_portal.documenten import zoeken
from pip_portal.gebruiker import Ingelogd
from pip_portal.tijd import vandaag
from pip_portal.web import binnen_budget, page, wants_fragment
from pip_portal.zaken.feiten import soort_bestand

router = APIRouter()


@router.get("/documenten", name="documenten:list")
async def list_documenten(request: Request, gebruiker: Ingelogd, zaaksysteem: ZaaksysteemDep) -> HTMLResponse:
    vraag = zoeken.read_vraag(request.query_params)
    gevonden = await binnen_budget(request, zoeken.zoek(zaaksysteem, gebruiker, vraag))
    hier = vraag.url(request.url.path)
    return page(
        request,
        "documenten/list.html",
        fragment="resultaten",
        vraag=vraag,
        gevonden=gevonden,
        hier=hier,
        geduld=hier + ("&" if "?" in hier else "?") + "geduld=1",
        is_fragment=wants_fragment(request),
        meer=vraag.url(request.url.path, pagina=vraag.pagina + 1),
        terug=vraag.url(request.url.path, pagina=vraag.pagina - 1) if vraag.pagina > 1 else "",
        jaren=zoeken.jaren(vandaag(), vraag.jaar),
        soorten=zoeken.keuzes(gevonden.soorten if gevonden else (), vraag.soort),
        soort_bestand=soort_bestand,
    )
