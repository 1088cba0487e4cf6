"""The pages of an application: questions, items of groups, files, and the task list.

Every route takes its application from AanvraagDep, so that nobody reaches one that is not theirs.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from pip_portal.backoffice.bag import BagDep
from pip_portal.bestanden.geweigerd import BestandNietSchoon
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.bestanden.opslag import BestandenDep
from pip_portal.db import Db
from pip_portal.errors import NotFound
from pip_portal.formulieren import opslaan, schermen, verwerken
from pip_portal.formulieren.aanvraag import Aanvraag, AanvraagDep, ConceptenDep, opnieuw, require_aanvraag
from pip_portal.formulieren.concepten import AnderTabblad
from pip_portal.formulieren.invoer import Doel
from pip_portal.security import grote_upload
from pip_portal.sleutels import SleutelsDep
from pip_portal.web import page

router = APIRouter(prefix="/aanvragen/{id}", dependencies=[Depends(require_aanvraag)])

Stapnaam = Annotated[str, Path(max_length=60)]
Itemnaam = Annotated[str, Path(max_length=36)]
Terug = Annotated[str, Query(max_length=20)]
NIEUW = "nieuw"


# ---- where it stands -------------------------------------------------------------------------------------------


@router.get("", name="aanvragen:detail")
async def detail(request: Request, aanvraag: AanvraagDep, bewaard: str = "") -> Response:
    """The task list, or the page to go on with; after "Opslaan en later verder" what was kept."""
    if bewaard == "ja":
        verder = request.url_for("aanvragen:detail", id=aanvraag.id).path
        ruw = sum(len(z.open) for z in aanvraag.verloop.stappen if z.is_begonnen)
        return page(
            request,
            "formulieren/bewaard.html",
            k=schermen.aanvraagkader(request, aanvraag),
            verder_url=verder,
            overzicht_url=request.url_for("overzicht:show").path if aanvraag.eigenaar.gebruiker else "",
            aantal_fouten=ruw,
        )
    if aanvraag.formulier.vorm == "takenlijst":
        return schermen.toon_takenlijst(request, aanvraag)
    return RedirectResponse(opslaan.open_url(request, aanvraag), 303)


# ---- files -----------------------------------------------------------------------------------------------------


@router.get("/bestanden/{bestand}", name="aanvragen:bestand")
async def download(aanvraag: AanvraagDep, bestanden: BestandenDep, bestand: UUID) -> Response:
    """One's own file, as an attachment. Raises: NotFound for another one, and while it is not known to be clean."""
    try:
        info, stroom = await bestanden.open(str(bestand), concept_id=aanvraag.id)
    except BestandNietSchoon:
        raise NotFound from None
    return bijlage(info.naam, info.soort, stroom)


def bijlage(naam: str, soort: str, stroom: AsyncIterator[bytes]) -> StreamingResponse:
    """A file that is saved and never shown by the browser."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(naam, safe='')}"}
    return StreamingResponse(stroom, media_type=soort, headers=headers)


@router.get("/bestanden/{bestand}/verwijderen", name="aanvragen:bestand_verwijderen")
async def ask_remove_file(request: Request, aanvraag: AanvraagDep, bestand: UUID) -> Response:
    info = next((b for b in aanvraag.bestanden if b.id == str(bestand)), None)
    if info is None:
        raise NotFound
    return page(
        request,
        "formulieren/verwijderen.html",
        k=schermen.aanvraagkader(request, aanvraag),
        wat=info.naam,
        soort="bestand",
        actie_url=request.url.path,
        terug_url=_pagina_van_bestand(request, aanvraag, info.veld),
        revisie=0,
        terug="",
    )


@router.post("/bestanden/{bestand}/verwijderen", name="aanvragen:bestand_weg")
async def remove_file(request: Request, aanvraag: AanvraagDep, bestanden: BestandenDep, bestand: UUID) -> Response:
    """Removing twice is fine: the second time it is gone already, or it never was theirs."""
    info = next((b for b in aanvraag.bestanden if b.id == str(bestand)), None)
    if info is None:
        return RedirectResponse(request.url_for("aanvragen:detail", id=aanvraag.id).path, 303)
    await bestanden.verwijder(aanvraag.id, info.id)
    return RedirectResponse(_pagina_van_bestand(request, aanvraag, info.veld), 303)


def _pagina_van_bestand(request: Request, aanvraag: Aanvraag, bestandsnaam: str) -> str:
    item, _punt, veld = bestandsnaam.rpartition(".")
    for stap in aanvraag.formulier.stappen:
        groep = stap.groep
        if item and groep and any(v.veld == veld for v in groep.velden):
            return request.url_for("aanvragen:item", id=aanvraag.id, stap=stap.stap, item=item).path
        if any(v.veld == veld for v in stap.velden):
            return opslaan.stap_url(request, aanvraag.id, stap.stap)
    return request.url_for("aanvragen:detail", id=aanvraag.id).path


# ---- question pages --------------------------------------------------------------------------------------------


@router.get("/{stap}", name="aanvragen:stap")
async def show_stap(
    request: Request,
    aanvraag: AanvraagDep,
    db: Db,
    sleutels: SleutelsDep,
    stap: Stapnaam,
    terug: Terug = "",
    stop: str = "",
) -> Response:
    """A page of questions. One that is skipped or not reached yet leads to the page that is next."""
    definitie = aanvraag.formulier.stap(stap)
    if not aanvraag.verloop.mag(stap):
        return RedirectResponse(opslaan.open_url(request, aanvraag, verwerken.terug_van(terug)), 303)
    zichtbaar = aanvraag.verloop.zichtbaar(stap)
    if stop == "ja" and zichtbaar.gestopt is not None:
        return schermen.toon_stop(request, aanvraag, zichtbaar)
    return await verwerken.toon(request, aanvraag, Doel(definitie), db, sleutels, verwerken.terug_van(terug))


@router.post("/{stap}", name="aanvragen:stap_opslaan")
@grote_upload
async def save_stap(
    request: Request,
    aanvraag: AanvraagDep,
    concepten: ConceptenDep,
    bestanden: BestandenDep,
    bag: BagDep,
    db: Db,
    stap: Stapnaam,
) -> Response:
    definitie = aanvraag.formulier.stap(stap)
    if not aanvraag.verloop.mag(stap):
        return RedirectResponse(opslaan.open_url(request, aanvraag), 303)
    return await verwerken.verwerk(request, aanvraag, Doel(definitie), concepten, bestanden, bag, db)


@router.get("/{stap}/{item}", name="aanvragen:item")
async def show_item(
    request: Request,
    aanvraag: AanvraagDep,
    db: Db,
    sleutels: SleutelsDep,
    stap: Stapnaam,
    item: Itemnaam,
    terug: Terug = "",
) -> Response:
    """The page of one item of a group; `nieuw` for the next one."""
    if not aanvraag.verloop.mag(stap):
        return RedirectResponse(opslaan.open_url(request, aanvraag), 303)
    if item == NIEUW:
        doel = _nieuw_item(aanvraag, stap)
        if doel is None:
            return RedirectResponse(opslaan.stap_url(request, aanvraag.id, stap, verwerken.terug_van(terug)), 303)
        return await verwerken.toon(request, aanvraag, doel, db, sleutels, verwerken.terug_van(terug))
    return await verwerken.toon(
        request, aanvraag, _item(aanvraag, stap, item), db, sleutels, verwerken.terug_van(terug)
    )


@router.post("/{stap}/{item}", name="aanvragen:item_opslaan")
@grote_upload
async def save_item(
    request: Request,
    aanvraag: AanvraagDep,
    concepten: ConceptenDep,
    bestanden: BestandenDep,
    bag: BagDep,
    db: Db,
    stap: Stapnaam,
    item: UUID,
) -> Response:
    """Save one item. A new one has an id of its own from the start, so that sending it twice adds it once."""
    if not aanvraag.verloop.mag(stap):
        return RedirectResponse(opslaan.open_url(request, aanvraag), 303)
    try:
        doel = _item(aanvraag, stap, str(item))
    except NotFound:
        nieuw = _nieuw_item(aanvraag, stap)
        if nieuw is None:
            return schermen.toon_vol(request, aanvraag, Doel(aanvraag.formulier.stap(stap)))
        doel = replace(nieuw, item=str(item))
    return await verwerken.verwerk(request, aanvraag, doel, concepten, bestanden, bag, db)


@router.get("/{stap}/{item}/verwijderen", name="aanvragen:item_verwijderen")
async def ask_remove_item(
    request: Request, aanvraag: AanvraagDep, stap: Stapnaam, item: UUID, terug: Terug = ""
) -> Response:
    doel = _item(aanvraag, stap, str(item))
    return page(
        request,
        "formulieren/verwijderen.html",
        k=schermen.aanvraagkader(request, aanvraag),
        wat=schermen.itemnaam(aanvraag, doel),
        soort="item",
        actie_url=request.url.path,
        terug_url=opslaan.stap_url(request, aanvraag.id, stap, verwerken.terug_van(terug)),
        revisie=aanvraag.concept.revisie(stap),
        terug=verwerken.terug_van(terug),
    )


@router.post("/{stap}/{item}/verwijderen", name="aanvragen:item_weg")
async def remove_item(
    request: Request,
    aanvraag: AanvraagDep,
    concepten: ConceptenDep,
    bestanden: BestandenDep,
    stap: Stapnaam,
    item: UUID,
) -> Response:
    """Remove an item; a second time it is gone already."""
    velden = dict(await lees_multipart(request))
    lijst = opslaan.stap_url(request, aanvraag.id, stap, verwerken.terug_van(velden.get("terug", "")))
    try:
        doel = _item(aanvraag, stap, str(item))
    except NotFound:
        aanvraag.formulier.stap(stap)
        return RedirectResponse(lijst, 303)
    for bestand in aanvraag.bestanden:
        if bestand.veld.startswith(f"{doel.item}."):
            await bestanden.verwijder(aanvraag.id, bestand.id)
    for _poging in range(3):  # another tab may add an item at the same moment
        try:
            inhoud = opslaan.zonder_item(aanvraag, doel)
            await concepten.bewaar(
                aanvraag.concept,
                aanvraag.eigenaar,
                stap,
                inhoud,
                aanvraag.concept.revisie(stap),
                verwerken.geldig(aanvraag),
            )
            break
        except AnderTabblad:
            aanvraag = await opnieuw(aanvraag, concepten)
    return RedirectResponse(lijst, 303)


def _item(aanvraag: Aanvraag, stap: str, item: str) -> Doel:
    """Raises: NotFound when the page has no group, or the group no such item."""
    definitie = aanvraag.formulier.stap(stap)
    groep = definitie.groep
    if groep is None or all(stand.id != item for stand in aanvraag.verloop.items.get(groep.veld, ())):
        raise NotFound
    return Doel(definitie, groep, item)


def _nieuw_item(aanvraag: Aanvraag, stap: str) -> Doel | None:
    """A new item; None when the group is full. Raises: NotFound when the page has no group."""
    definitie = aanvraag.formulier.stap(stap)
    groep = definitie.groep
    if groep is None:
        raise NotFound
    if len(aanvraag.verloop.items.get(groep.veld, ())) >= groep.max:
        return None
    return Doel(definitie, groep, str(uuid4()), nieuw=True)
