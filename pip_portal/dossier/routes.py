"""Mijn dossier: asking for it, seeing how far it is, and downloading it once it is there."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pip_portal.backoffice.stukken import Download
from pip_portal.bestanden.kluis import ontsleutel
from pip_portal.bestanden.opslag import BestandenDep
from pip_portal.db import Db
from pip_portal.dossier import maken
from pip_portal.download import DownloadResponse
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import LevelTooLow, NotFound
from pip_portal.gebruiker import Ingelogd
from pip_portal.sleutels import SleutelsDep
from pip_portal.tables import Dossier
from pip_portal.verwerkingen.gelezen import noteer
from pip_portal.web import page

router = APIRouter(prefix="/gegevens/dossier")


@router.get("", name="dossier:show")
async def show(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> HTMLResponse:
    dossier = await maken.van(db, eigenaar_van(gebruiker, sleutels).hash)
    return page(request, "dossier/show.html", fragment="stand", dossier=dossier)


@router.post("", name="dossier:vraag")
async def ask(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    await maken.vraag(db, sleutels, gebruiker)
    return RedirectResponse(request.url_for("dossier:show").path, 303)


@router.get("/dossier.zip", name="dossier:download")
async def download(gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep, bestanden: BestandenDep) -> Response:
    """Only for the same person, who is logged in as safely as when it was asked for."""
    dossier = await maken.van(db, eigenaar_van(gebruiker, sleutels).hash)
    if dossier is None or dossier.toestand != "klaar" or dossier.sleutel is None:
        raise NotFound("geen dossier dat klaar is")
    if gebruiker.niveau < dossier.niveau:
        raise LevelTooLow(dossier.niveau)
    sleutel = sleutels.decrypt(dossier.sleutel)
    stroom = ontsleutel(bestanden.objecten.lees(dossier.id), sleutel, dossier.id, dossier.grootte)
    noteer(gebruiker, "Mijn Deventer")
    return DownloadResponse(Download("mijn-dossier.zip", "application/zip", dossier.grootte, stroom))


@router.post("/verwijderen", name="dossier:verwijder")
async def remove(
    request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep, bestanden: BestandenDep
) -> Response:
    await maken.verwijder(db, bestanden, Dossier.eigenaar == eigenaar_van(gebruiker, sleutels).hash)
    return RedirectResponse(request.url_for("dossier:show").path, 303)
