"""Notificaties: what changed in the last ninety days, and that it was read."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pip_portal.db import Db
from pip_portal.eigenaar import EigenaarDep
from pip_portal.gebruiker import Ingelogd
from pip_portal.notificaties import lezen
from pip_portal.web import form_fields, local_path, page

router = APIRouter()


@router.get("/notificaties", name="notificaties:list")
async def list_notificaties(request: Request, _gebruiker: Ingelogd, eigenaar: EigenaarDep, db: Db) -> HTMLResponse:
    rijen = await lezen.alle(db, eigenaar)
    return page(request, "notificaties/list.html", rijen=rijen, in_woorden=lezen.in_woorden)


@router.post("/notificaties/gelezen", name="notificaties:gelezen")
async def mark_read(request: Request, _gebruiker: Ingelogd, eigenaar: EigenaarDep, db: Db) -> Response:
    """The button "Alles gelezen", here and on Overzicht; back to where it stood."""
    velden = await form_fields(request)
    await lezen.lees_alle(db, eigenaar)
    return RedirectResponse(local_path(velden.get("terug", ""), request.url_for("notificaties:list").path), 303)
