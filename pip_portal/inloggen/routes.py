"""Logging in and out: from our page to the identity provider and back, and the session that follows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.backoffice.bronnen import BronnenDep, KvkDep
from pip_portal.backoffice.kvk import Basisprofiel
from pip_portal.db import Db
from pip_portal.errors import LoginRefused, NotFound
from pip_portal.gebruiker import Bedrijf, Ingelogd
from pip_portal.inloggen.aanmelden import aanmelden
from pip_portal.inloggen.pogingen import Doel, Pogingen
from pip_portal.inloggen.saml.provider import Dienstverlener, Poging
from pip_portal.inloggen.sessies import Sessie, SessiesDep
from pip_portal.security import csp_with_form_action
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now
from pip_portal.web import form_fields, local_path, page

public = APIRouter()
private = APIRouter()


def get_dienstverlener(request: Request, middel: str) -> Dienstverlener:
    """The SAML connection for this means of login.

    Raises: NotFound when this portal does not offer it.
    """
    dienstverlener: Dienstverlener | None = request.app.state.dienstverleners.get(middel)
    if dienstverlener is None:
        raise NotFound
    return dienstverlener


def get_pogingen(request: Request, db: Db) -> Pogingen:
    return Pogingen(db, secure=request.app.state.settings.is_https)


def get_sleutels(request: Request) -> Sleutels:
    sleutels: Sleutels = request.app.state.sleutels
    return sleutels


DienstverlenerDep = Annotated[Dienstverlener, Depends(get_dienstverlener)]
PogingenDep = Annotated[Pogingen, Depends(get_pogingen)]
SleutelsDep = Annotated[Sleutels, Depends(get_sleutels)]


@public.get("/inloggen", name="inloggen:kies")
async def choose(
    request: Request, terug: Annotated[str, Query(max_length=1000)] = "", verlopen: bool = False
) -> Response:
    if request.state.sessie is not None:
        return RedirectResponse(local_path(terug, "/overzicht"), 303)
    middelen = tuple(request.app.state.dienstverleners)
    return page(
        request, "inloggen/kies.html", terug=local_path(terug, ""), verlopen=verlopen, middelen=middelen
    )


@public.get("/inloggen/{middel}/metadata", name="inloggen:metadata")
async def metadata(dienstverlener: DienstverlenerDep) -> Response:
    return Response(dienstverlener.metadata(), media_type="application/samlmetadata+xml")


@public.post("/inloggen/{middel}", name="inloggen:start")
async def start(
    request: Request, middel: str, dienstverlener: DienstverlenerDep, pogingen: PogingenDep
) -> Response:
    """The page that hands the citizen over to the identity provider; a higher level asks to log in again."""
    velden = await form_fields(request)
    sessie: Sessie | None = request.state.sessie
    gevraagd = velden.get("niveau", "")
    niveau = max(dienstverlener.niveau, int(gevraagd) if gevraagd in ("10", "20", "22", "25", "30") else 0)
    doel = Doel(
        middel=middel,
        niveau=niveau,
        terug=local_path(velden.get("terug", ""), "/overzicht"),
        pseudoniem=sessie.gebruiker.pseudoniem if sessie else None,
    )
    verzoek = await dienstverlener.start(niveau=niveau, force_authn=sessie is not None)
    response = page(
        request,
        "inloggen/doorgaan.html",
        middel=middel,
        form_action=verzoek.form_action,
        saml_request=verzoek.saml_request_b64,
        relay_state=verzoek.relay_state,
    )
    response.headers["Content-Security-Policy"] = csp_with_form_action(dienstverlener.form_action_hosts)
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
        poging = await pogingen.take(request, middel)
    except LoginRefused:
        if vorige is not None:  # reload of this address after a login that succeeded
            return RedirectResponse("/overzicht", 303)
        raise
    request.state.gevraagd_niveau = poging.niveau
    try:
        identiteit = await dienstverlener.finish(
            request.query_params.multi_items(),
            Poging(poging.request_id, poging.relay_state, poging.niveau),
            pogingen.seen,
            now(),
        )
        aanmelding = await aanmelden(identiteit, sleutels, bronnen)
        if poging.pseudoniem and poging.pseudoniem != aanmelding.gebruiker.pseudoniem:
            raise LoginRefused("fout", "een hoger niveau is gehaald door iemand anders")
    finally:
        if vorige is not None:
            await sessies.end(vorige.id_hash)
    sessie_id = await sessies.create(
        aanmelding.gebruiker,
        middel,
        weergavenaam=aanmelding.weergavenaam,
        naam_id=identiteit.name_id,
        session_index=identiteit.session_index,
        uiterlijk=identiteit.geldig_tot,
    )
    terug = f"/vestiging?terug={poging.terug}" if aanmelding.kiest_vestiging else poging.terug
    response = RedirectResponse(terug, 303, headers={"Referrer-Policy": "no-referrer"})
    sessies.set_cookie(response, sessie_id)
    pogingen.forget(response, poging.relay_state)
    return response


@public.post("/uitloggen", name="inloggen:uitloggen")
async def log_out(request: Request, sessies: SessiesDep) -> Response:
    """End the session here, or everywhere; and at the identity provider when it takes part in single sign-on."""
    sessie: Sessie | None = request.state.sessie
    if sessie is None:
        return RedirectResponse(request.url_for("inloggen:uitgelogd").path, 303)
    overal = (await form_fields(request)).get("overal") == "1"
    if overal:
        await sessies.end_everywhere(sessie.gebruiker.pseudoniem)
    else:
        await sessies.end(sessie.id_hash)
    request.state.sessie = None
    response = await _log_out_at_idp(request, sessie) or RedirectResponse(
        request.url_for("inloggen:uitgelogd").path, 303
    )
    sessies.delete_cookie(response)
    return response


async def _log_out_at_idp(request: Request, sessie: Sessie) -> Response | None:
    dienstverlener: Dienstverlener | None = request.app.state.dienstverleners.get(sessie.middel)
    if dienstverlener is None or not dienstverlener.sso or sessie.naam_id is None:
        return None
    verzoek = await dienstverlener.logout_request(sessie.naam_id, sessie.session_index)
    response = page(
        request,
        "inloggen/doorgaan.html",
        middel=sessie.middel,
        form_action=verzoek.form_action,
        saml_request=verzoek.saml_request_b64,
        relay_state=verzoek.relay_state,
    )
    response.headers["Content-Security-Policy"] = csp_with_form_action(dienstverlener.form_action_hosts)
    return response


@public.get("/uitgelogd", name="inloggen:uitgelogd")
async def logged_out(request: Request) -> Response:
    return page(request, "inloggen/uitgelogd.html")


@public.get("/sessie-verlopen", name="inloggen:verlopen")
async def expired(request: Request) -> Response:
    return page(request, "inloggen/verlopen.html")


@private.post("/sessie/verlengen", name="inloggen:verlengen")
async def extend(request: Request, _gebruiker: Ingelogd) -> Response:
    """ "Ingelogd blijven": reading the session has marked it as seen; tell how long it lasts now."""
    return Response(str(request.state.sessie.resterend), media_type="text/plain")


async def get_vestigingskeuze(gebruiker: Ingelogd, kvk: KvkDep) -> Basisprofiel:
    """The company whose vestigingen this login may choose from.

    Raises: NotFound for a burger, and for a login that its assertion restricts to one vestiging.
    """
    if not isinstance(gebruiker, Bedrijf) or gebruiker.beperkt or kvk is None:
        raise NotFound
    profiel = await kvk.get(gebruiker)
    if profiel is None:
        raise NotFound
    return profiel


Vestigingskeuze = Annotated[Basisprofiel, Depends(get_vestigingskeuze)]


@private.get("/vestiging", name="inloggen:vestiging")
async def vestigingen(
    request: Request, profiel: Vestigingskeuze, terug: Annotated[str, Query(max_length=1000)] = ""
) -> Response:
    return page(
        request, "inloggen/vestiging.html", profiel=profiel, terug=local_path(terug, "/overzicht"), fout=False
    )


@private.post("/vestiging", name="inloggen:kies_vestiging")
async def choose_vestiging(request: Request, profiel: Vestigingskeuze, sessies: SessiesDep) -> Response:
    """Only a vestiging that the Handelsregister lists under this company can be chosen."""
    velden = await form_fields(request)
    terug = local_path(velden.get("terug", ""), "/overzicht")
    gekozen = velden.get("vestiging", "")
    if gekozen and gekozen not in {v.vestigingsnummer for v in profiel.vestigingen}:
        return page(
            request, "inloggen/vestiging.html", status_code=422, profiel=profiel, terug=terug, fout=True
        )
    await sessies.choose_vestiging(request.state.sessie, gekozen or None)
    return RedirectResponse(terug, 303)
