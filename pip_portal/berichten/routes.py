"""Berichten: what the gemeente wrote to somebody, in one archive. A bericht of somebody else does not exist here."""

import asyncio
from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from pip_portal.backoffice.bijlagen import list_bijlagen, open_bijlage
from pip_portal.backoffice.brieven import Brieven, list_brieven
from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import Bericht, Lijst
from pip_portal.backoffice.zaaksysteem import ZaaksysteemDep
from pip_portal.berichten import archief
from pip_portal.berichten.tekst import alineas
from pip_portal.db import Db
from pip_portal.download import DownloadResponse
from pip_portal.eigenaar import EigenaarDep
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Gebruiker, Ingelogd
from pip_portal.notificaties.berichten import gelezen, lees
from pip_portal.notificaties.lezen import lees_pad
from pip_portal.panelen import paneel
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import N_, _
from pip_portal.tijd import vandaag
from pip_portal.web import page, wants_fragment
from pip_portal.weergave import datum, tijdstip

router = APIRouter()

BRON: Final = N_("het systeem met berichten en taken")
WAT: Final = {
    "betalen": N_("U moet iets betalen."),
    "informatie verstrekken": N_("U moet ons iets sturen of laten weten."),
}


@router.get("/berichten", name="berichten:list")
async def list_berichten(
    request: Request, gebruiker: Ingelogd, eigenaar: EigenaarDep, zaaksysteem: ZaaksysteemDep, db: Db
) -> HTMLResponse:
    vraag = archief.lees_vraag(request.query_params)
    berichten, brieven = await asyncio.gather(
        paneel(request, _(BRON), _berichten(request, gebruiker, vraag.jaar)),
        paneel(request, _("het zaaksysteem"), list_brieven(zaaksysteem, gebruiker, vraag.jaar)),
    )
    lijst, brief = berichten.inhoud or Lijst(()), brieven.inhoud or Brieven(())
    stukken = archief.samen(vraag, lijst.rijen, brief.brieven)
    hier = stukken[(vraag.pagina - 1) * archief.PER_PAGINA : vraag.pagina * archief.PER_PAGINA]
    geopend = await gelezen(db, eigenaar, (stuk.bericht.uuid for stuk in hier if stuk.bericht))
    return page(
        request,
        "berichten/list.html",
        fragment="resultaten",
        vraag=vraag,
        is_laat=berichten.is_laat or brieven.is_laat,
        storingen=[*filter(None, (berichten.storing, brieven.storing)), *(_(naam) for naam in brief.storingen)],
        onleesbaar=lijst.onleesbaar,
        er_is_meer=lijst.er_is_meer or brief.onvolledig,
        stukken=hier,
        aantal=len(stukken),
        aantal_paginas=max(1, -(-len(stukken) // archief.PER_PAGINA)),
        is_nieuw=lambda bericht: not bericht.geopend and bericht.uuid not in geopend,
        is_fragment=wants_fragment(request),
        jaren=archief.jaren(vandaag(), vraag.jaar),
        url=archief.url_van,
        paginas=archief.paginas,
    )


@router.get("/berichten/{uuid}", name="berichten:detail")
async def show_bericht(
    request: Request,
    gebruiker: Ingelogd,
    eigenaar: EigenaarDep,
    zaaksysteem: ZaaksysteemDep,
    db: Db,
    sleutels: SleutelsDep,
    uuid: UUID,
) -> HTMLResponse:
    """Opening it is reading it: noted here as proof, and passed on afterwards."""
    bericht = await _objecten(request).bericht(gebruiker, uuid, vandaag())
    bijlagen = await list_bijlagen(zaaksysteem.bronnen, gebruiker, bericht)
    gelezen_op = await lees(db, sleutels, gebruiker, eigenaar, bericht)
    request.state.ongelezen -= await lees_pad(db, eigenaar, request.url.path)
    return page(
        request,
        "berichten/detail.html",
        bericht=bericht,
        alineas=alineas(bericht.bericht_tekst),
        bijlagen=bijlagen,
        gelezen_op=gelezen_op,
        wat=_(WAT[bericht.handelingsperspectief]) if bericht.handelingsperspectief in WAT else "",
        vraag_url=f"{request.url_for('vragen:nieuw').path}?onderwerp=bericht&bericht={uuid}",
    )


@router.get("/berichten/{uuid}/tekst", name="berichten:tekst")
async def download_tekst(
    request: Request, gebruiker: Ingelogd, eigenaar: EigenaarDep, db: Db, sleutels: SleutelsDep, uuid: UUID
) -> Response:
    """The bericht as a file to keep, with when it was placed and read."""
    bericht = await _objecten(request).bericht(gebruiker, uuid, vandaag())
    op = await lees(db, sleutels, gebruiker, eigenaar, bericht)
    geplaatst = _("Geplaatst op {datum}").format(datum=datum(bericht.publicatiedatum))
    gelezen_op = _("Gelezen op {datum} om {tijd}").format(datum=datum(op), tijd=tijdstip(op))
    regels = [bericht.onderwerp, "", geplaatst, gelezen_op, "", *alineas(bericht.bericht_tekst)]
    naam = quote(f"bericht-{bericht.publicatiedatum}.txt", safe="")
    koppen = {"Content-Disposition": f"attachment; filename*=UTF-8''{naam}", "X-Content-Type-Options": "nosniff"}
    return Response("\r\n".join(regels), media_type="text/plain; charset=utf-8", headers=koppen)


@router.get("/berichten/{uuid}/bijlagen/{document}", name="berichten:bijlage")
async def download_bijlage(
    request: Request, gebruiker: Ingelogd, zaaksysteem: ZaaksysteemDep, uuid: UUID, document: UUID
) -> DownloadResponse:
    bericht = await _objecten(request).bericht(gebruiker, uuid, vandaag())
    return DownloadResponse(await open_bijlage(zaaksysteem.bronnen, gebruiker, bericht, document))


def _objecten(request: Request) -> ObjectenApi:
    objecten: ObjectenApi | None = request.app.state.bronnen.objecten
    if objecten is None:
        raise NotFound("er zijn geen berichten ingesteld")
    return objecten


async def _berichten(request: Request, gebruiker: Gebruiker, jaar: int | None) -> Lijst[Bericht]:
    objecten: ObjectenApi | None = request.app.state.bronnen.objecten
    return Lijst(()) if objecten is None else await objecten.berichten(gebruiker, vandaag(), jaar=jaar)
