"""For whom the citizen acts: self, a child, or somebody who gave a mandate; changing it, and stopping."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.backoffice.brp import BrpDep
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Burger, Ingelogd
from pip_portal.inloggen.sessies import Sessie, SessiesDep
from pip_portal.machtigen.gezag import Kind, kinderen, namens_kind
from pip_portal.sleutels import SleutelsDep
from pip_portal.web import form_fields, page

router = APIRouter()


@router.get("/voor-wie", name="machtigen:kies")
async def choose(request: Request, _gebruiker: Ingelogd, brp: BrpDep, sleutels: SleutelsDep) -> Response:
    return await _keuze(request, brp, sleutels)


@router.post("/voor-wie", name="machtigen:wissel")
async def switch(
    request: Request, _gebruiker: Ingelogd, sessies: SessiesDep, brp: BrpDep, sleutels: SleutelsDep
) -> Response:
    """Only a child that the BRP names under this parent can be chosen, and it is asked again now.

    Raises: NotFound for anybody else; BackofficeUnavailable: without the BRP nobody can switch.
    """
    sessie: Sessie = request.state.sessie
    ouder = sessie.ingelogd
    gekozen = (await form_fields(request)).get("voor", "")
    if gekozen == "zelf" and ouder.machtiging is None:
        await sessies.handel_voor_zelf(sessie)
        return RedirectResponse("/overzicht", 303)
    if not gekozen:
        return await _keuze(request, brp, sleutels, fout=True)
    if not isinstance(ouder, Burger) or ouder.machtiging is not None:
        raise NotFound
    kind = next((kind for kind in await kinderen(ouder, brp, sleutels) if kind.waarde == gekozen), None)
    if kind is None:
        raise NotFound("geen kind van deze ouder")
    burger, naam = await namens_kind(ouder, sessie.naam_van_zelf or "", kind.bsn, brp, sleutels)
    await sessies.handel_voor(sessie, burger, naam)
    return RedirectResponse("/zaken", 303)


@router.post("/voor-wie/stop", name="machtigen:stop")
async def stop(request: Request, _gebruiker: Ingelogd, sessies: SessiesDep) -> Response:
    """Back to oneself. Who came in with a mandate of DigiD Machtigen or a company logs in anew for that.

    Source: login-saml §1.14.
    """
    sessie: Sessie = request.state.sessie
    if sessie.ingelogd.machtiging is None:
        await sessies.handel_voor_zelf(sessie)
        return RedirectResponse("/overzicht", 303)
    await sessies.end(sessie.id_hash)
    request.state.sessie = None
    response = RedirectResponse(request.url_for("inloggen:kies").path, 303)
    sessies.delete_cookie(response)
    return response


async def _keuze(request: Request, brp: BrpDep, sleutels: SleutelsDep, *, fout: bool = False) -> Response:
    """The page; without the BRP it says that children cannot be shown now, instead of that there are none."""
    sessie: Sessie = request.state.sessie
    ouder = sessie.ingelogd
    eigen: tuple[Kind, ...] = ()
    storing = False
    if isinstance(ouder, Burger) and ouder.machtiging is None:
        try:
            eigen = await kinderen(ouder, brp, sleutels)
        except (BackofficeUnavailable, BackofficeDefect):
            storing = True
    return page(
        request,
        "machtigen/kies.html",
        status_code=422 if fout else 200,
        fout=fout,
        storing=storing,
        kinderen=eigen,
        zelf_naam=sessie.naam_van_zelf,
        ouder=ouder,
    )
