"""Wat het portaal van u bewaart: everything of this person that lies here, and removing what may be removed."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pip_portal.bewaard import soorten
from pip_portal.db import Db
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker, Ingelogd
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.web import page

router = APIRouter(prefix="/gegevens/bewaard")


def _wie(gebruiker: Gebruiker, sleutels: Sleutels) -> soorten.Wie:
    return soorten.Wie(eigenaar_van(gebruiker, sleutels).hash, gebruiker.pseudoniem)


@router.get("", name="bewaard:show")
async def show(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> HTMLResponse:
    return page(request, "bewaard/show.html", bewaard=await soorten.overzicht(db, _wie(gebruiker, sleutels)))


@router.get("/{soort}/wissen", name="bewaard:vraag_wissen")
async def ask(request: Request, gebruiker: Ingelogd, soort: str) -> HTMLResponse:
    return page(request, "bewaard/wissen.html", soort=soorten.wisbaar(soort))


@router.post("/{soort}/wissen", name="bewaard:wis")
async def remove(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep, soort: str) -> Response:
    await soorten.wis(db, _wie(gebruiker, sleutels), soorten.wisbaar(soort))
    return RedirectResponse(request.url_for("bewaard:show").path, 303)
