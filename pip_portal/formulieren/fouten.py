"""Which page belongs to what can stop a form: mapped once, here."""

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from pip_portal import error_pages, late_invoer
from pip_portal.eigenaar import eigenaren
from pip_portal.errors import NotFound
from pip_portal.formulieren.aanvrager import Geweigerd
from pip_portal.formulieren.concepten import Verstuurd
from pip_portal.formulieren.paginas import kader
from pip_portal.formulieren.routes_versturen import ingezonden_kader
from pip_portal.inzendingen.lezen import lees
from pip_portal.late_invoer import TeLaat
from pip_portal.taal import taal
from pip_portal.web import page, wants_fragment


async def geweigerd(request: Request, exc: Exception) -> Response:
    """This login cannot do this here: what can be done instead. What was typed is kept for after the step-up."""
    if not isinstance(exc, Geweigerd):
        raise TypeError
    tekst = exc.formulier.open.tekst.in_taal(taal()) if exc.soort == "gesloten" and exc.formulier.open else ""
    response = page(
        request,
        "formulieren/geweigerd.html",
        status_code=403,
        k=kader(request, exc.formulier, anoniem=False),
        soort=exc.soort,
        tekst=tekst,
        middel=exc.middel,
        niveau=exc.niveau,
        inlog_url=request.url_for("inloggen:start", middel=exc.middel).path if exc.soort == "niveau" else "",
        terug=request.url.path,
    )
    if exc.geheim:
        late_invoer.zet_cookie(request, response, exc.geheim)
    return response


async def te_laat(request: Request, exc: Exception) -> Response:
    """To the login page; the browser keeps the secret under which the typed text waits."""
    if not isinstance(exc, TeLaat):
        raise TypeError
    response = await error_pages.not_logged_in(request, exc)
    if exc.geheim:
        late_invoer.zet_cookie(request, response, exc.geheim)
    return response


async def verstuurd(request: Request, exc: Exception) -> Response:
    """It was sent: its confirmation. A page that was asked for says so first (the back button)."""
    if not isinstance(exc, Verstuurd):
        raise TypeError
    naar = "balie:verzonden" if request.state.medewerker else "aanvragen:ontvangen"
    ontvangen = request.url_for(naar, id=exc.concept_id).path
    if wants_fragment(request):
        return Response(status_code=200, headers={"HX-Redirect": ontvangen})
    if request.method == "POST" or request.state.medewerker:
        return RedirectResponse(ontvangen, 303)
    state = request.app.state
    for eigenaar in eigenaren(request):
        try:
            ingezonden = await lees(state.db, state.sleutels, eigenaar.hash, exc.concept_id)
        except NotFound:
            continue
        return page(
            request,
            "formulieren/verstuurd.html",
            k=ingezonden_kader(request, state.formulieren, ingezonden),
            ontvangen_url=ontvangen,
            nummer=ingezonden.nummer,
            ontvangen_op=ingezonden.ontvangen_op,
        )
    return await error_pages.not_found(request, exc)


def install(app: FastAPI) -> None:
    app.add_exception_handler(Geweigerd, geweigerd)
    app.add_exception_handler(TeLaat, te_laat)
    app.add_exception_handler(Verstuurd, verstuurd)
