"""The pages that everyone may see."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.taal import COOKIE, TALEN
from pip_portal.web import form_fields, local_path, page

router = APIRouter()


def public_page(request: Request, template: str) -> Response:
    """A page that search engines may show; every other page of the portal is noindex (requirement C6)."""
    response = page(request, template)
    if request.state.sessie is None:
        response.headers["X-Robots-Tag"] = "all"
    return response


@router.get("/", name="openbaar:start")
async def start(request: Request) -> Response:
    return public_page(request, "openbaar/start.html")


@router.get("/hulp", name="openbaar:hulp")
async def hulp(request: Request) -> Response:
    return public_page(request, "openbaar/hulp.html")


@router.get("/privacy", name="openbaar:privacy")
async def privacy(request: Request) -> Response:
    return public_page(request, "openbaar/privacy.html")


@router.get("/cookies", name="openbaar:cookies")
async def cookies(request: Request) -> Response:
    return public_page(request, "openbaar/cookies.html")


@router.get("/toegankelijkheid", name="openbaar:toegankelijkheid")
async def toegankelijkheid(request: Request) -> Response:
    return public_page(request, "openbaar/toegankelijkheid.html")


@router.post("/taal", name="taal:kies")
async def choose_taal(request: Request) -> Response:
    """Remember the language the citizen chose, and back to the page they were on."""
    velden = await form_fields(request)
    response = RedirectResponse(local_path(velden.get("terug", ""), "/"), 303)
    if velden.get("taal") in TALEN:
        response.set_cookie(
            COOKIE,
            velden["taal"],
            max_age=31_536_000,
            path="/",
            secure=request.app.state.settings.is_https,
            httponly=True,
            samesite="lax",
        )
    return response


@router.get("/.well-known/security.txt", name="openbaar:security_txt")
async def security_txt() -> Response:
    """Source: RFC 9116; on the list of standards of Forum Standaardisatie."""
    regels = (
        "Contact: https://www.deventer.nl/kwetsbaarheid-melden",
        "Expires: 2027-11-01T00:00:00Z",
        "Preferred-Languages: nl, en",
    )
    return Response("\n".join(regels) + "\n", media_type="text/plain")


@router.get("/robots.txt", name="openbaar:robots")
async def robots() -> Response:
    """Only what everyone may read is for search engines."""
    gesloten = (
        "/overzicht",
        "/zaken",
        "/gegevens",
        "/inloggen",
        "/vestiging",
        "/formulieren",
        "/aanvragen",
        "/ondertekenen",
        "/nieuwsbrieven/",
        "/vragen",
        "/contact/",
    )
    return Response("User-agent: *\n" + "".join(f"Disallow: {pad}\n" for pad in gesloten), media_type="text/plain")
