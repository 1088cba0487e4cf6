"""Logging in: from our page to the identity provider and back, and the session that follows."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.backoffice.bronnen import BronnenDep
from pip_portal.errors import LoginRefused
from pip_portal.gebruiker import Ingelogd
from pip_portal.inloggen.aanmelden import aanmelden
from pip_portal.inloggen.afhankelijkheden import DienstverlenerDep, PogingenDep, hand_over
from pip_portal.inloggen.pogingen import Doel
from pip_portal.inloggen.saml.provider import Poging
from pip_portal.inloggen.sessies import Sessie, SessiesDep
from pip_portal.machtigen.diensten import diensten_met_machtiging
from pip_portal.sleutels import SleutelsDep
from pip_portal.tijd import now
from pip_portal.web import form_fields, local_path, page

public = APIRouter()
private = APIRouter()

ZONDER_AFZENDER = {"Referrer-Policy": "no-referrer"}  # the address with the artifact goes nowhere from here


@public.get("/inloggen", name="inloggen:kies")
async def choose(
    request: Request, terug: Annotated[str, Query(max_length=1000)] = "", verlopen: bool = False
) -> Response:
    if request.state.sessie is not None:
        return RedirectResponse(local_path(terug, "/overzicht"), 303)
    middelen = tuple(request.app.state.dienstverleners)
    return page(
        request,
        "inloggen/kies.html",
        terug=local_path(terug, ""),
        verlopen=verlopen,
        middelen=middelen,
        diensten=diensten_met_machtiging(request),
    )


@public.get("/inloggen/{middel}/metadata", name="inloggen:metadata")
async def metadata(dienstverlener: DienstverlenerDep) -> Response:
    return Response(dienstverlener.metadata(), media_type="application/samlmetadata+xml")


@public.post("/inloggen/{middel}", name="inloggen:start")
async def start(request: Request, middel: str, dienstverlener: DienstverlenerDep, pogingen: PogingenDep) -> Response:
    """The page that hands the citizen over to the identity provider; a higher level asks to log in again."""
    velden = await form_fields(request)
    sessie: Sessie | None = request.state.sessie
    gevraagd = velden.get("niveau", "")
    niveau = max(dienstverlener.koppeling.niveau, int(gevraagd) if gevraagd in ("10", "20", "22", "25", "30") else 0)
    dienst = velden.get("dienst", "")
    if gevraagd and sessie and sessie.ingelogd.machtiging:  # a higher level for the same, with the same mandate
        dienst = sessie.ingelogd.machtiging.dienst
    doel = Doel(
        middel=middel,
        niveau=niveau,
        terug=local_path(velden.get("terug", ""), "/zaken" if dienst else "/overzicht"),
        pseudoniem=sessie.ingelogd.pseudoniem if sessie and gevraagd else None,
        dienst=dienst,
    )
    verzoek = await dienstverlener.start(niveau=niveau, force_authn=sessie is not None or bool(dienst), dienst=dienst)
    response = hand_over(request, middel, dienstverlener, verzoek)
    await pogingen.begin(request, response, doel, verzoek)
    return response


@public.get("/inloggen/{middel}/acs", name="inloggen:acs")
async def acs(
    request: Request,
    middel: str,
    dienstverlener: DienstverlenerDep,
    pogingen: PogingenDep,
    sessies: SessiesDep,
    sleutels: SleutelsDep,
    bronnen: BronnenDep,
) -> Response:
    """The citizen comes back with an artifact. Any failure ends the session this browser had."""
    vorige: Sessie | None = request.state.sessie
    try:
        poging = await pogingen.take(request, middel, request.query_params.get("RelayState", ""))
    except LoginRefused:
        if vorige is not None:  # reload of this address after a login that succeeded
            return RedirectResponse("/overzicht", 303, headers=ZONDER_AFZENDER)
        raise
    request.state.gevraagd_niveau = poging.niveau
    try:
        identiteit = await dienstverlener.finish(
            request.query_params.multi_items(),
            Poging(poging.request_id, poging.relay_state, poging.niveau, poging.dienst or ""),
            pogingen.seen,
            now(),
        )
        aanmelding = await aanmelden(identiteit, sleutels, bronnen, dienst=poging.dienst or "")
        if poging.pseudoniem and poging.pseudoniem != aanmelding.gebruiker.pseudoniem:
            raise LoginRefused("fout", "een hoger niveau is gehaald door iemand anders")
    finally:
        if vorige is not None:
            request.state.sessie = None
            await sessies.end(vorige.id_hash)
    sessie_id = await sessies.create(
        aanmelding.gebruiker,
        middel,
        weergavenaam=aanmelding.weergavenaam,
        naam_id=identiteit.name_id,
        session_index=identiteit.session_index,
        uiterlijk=identiteit.geldig_tot,
    )
    terug = poging.terug
    if aanmelding.gebruiker.machtiging is not None and terug == "/overzicht":  # which is only for oneself
        terug = "/zaken"
    if aanmelding.kiest_vestiging:
        terug = f"/vestiging?terug={quote(terug)}"
    response = RedirectResponse(terug, 303, headers=ZONDER_AFZENDER)
    sessies.set_cookie(response, sessie_id)
    pogingen.forget(response, poging.relay_state)
    return response


@public.get("/sessie-verlopen", name="inloggen:verlopen")
async def expired(request: Request) -> Response:
    return page(request, "inloggen/verlopen.html")


@private.post("/sessie/verlengen", name="inloggen:verlengen")
async def extend(request: Request, _gebruiker: Ingelogd) -> Response:
    """ "Ingelogd blijven": reading the session has marked it as seen; tell how long it lasts now."""
    return Response(str(request.state.sessie.resterend), media_type="text/plain")
