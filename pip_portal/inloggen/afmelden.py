"""Logging out: here, in every browser, and together with the identity provider (single logout, both ways)."""

import logging

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal import koekjes
from pip_portal.errors import LoginRefused, NotFound
from pip_portal.gebruiker import wie_inlogde
from pip_portal.inloggen.afhankelijkheden import DienstverlenerDep, PogingenDep, hand_over
from pip_portal.inloggen.pogingen import Doel, Pogingen
from pip_portal.inloggen.saml.provider import Dienstverlener, Poging
from pip_portal.inloggen.sessies import Sessie, SessiesDep
from pip_portal.tijd import now
from pip_portal.web import form_fields, page

log = logging.getLogger("pip_portal")

public = APIRouter()
machine = APIRouter()  # messages of the identity provider: signed, not from a page of ours


@public.post("/uitloggen", name="inloggen:uitloggen")
async def log_out(request: Request, sessies: SessiesDep, pogingen: PogingenDep) -> Response:
    """End the session here, or everywhere; then at the identity provider, when it takes part in single sign-on."""
    sessie: Sessie | None = request.state.sessie
    response: Response = RedirectResponse(request.url_for("inloggen:uitgelogd").path, 303)
    if sessie is None:
        koekjes.vergeet(request, response)
        return response
    if (await form_fields(request)).get("overal") == "1":
        await sessies.end_everywhere(wie_inlogde(sessie.ingelogd))
    else:
        await sessies.end(sessie.id_hash)
    request.state.sessie = None
    dienstverlener: Dienstverlener | None = request.app.state.dienstverleners.get(sessie.middel)
    if dienstverlener is not None and dienstverlener.koppeling.sso and sessie.naam_id is not None:
        try:
            verzoek = await dienstverlener.logout_request(name_id=sessie.naam_id, session_index=sessie.session_index)
        except LoginRefused as refused:  # here the citizen is logged out all the same
            log.error("uitloggen bij de inlogdienst kan niet", extra={"middel": sessie.middel, "reden": refused.reden})
        else:
            response = hand_over(request, sessie.middel, dienstverlener, verzoek)
            await pogingen.begin(request, response, Doel(_logout(sessie.middel), 0, "/uitgelogd"), verzoek)
    sessies.delete_cookie(response)
    koekjes.vergeet(request, response)
    return response


@public.get("/uitgelogd", name="inloggen:uitgelogd")
async def logged_out(request: Request) -> Response:
    return page(request, "inloggen/uitgelogd.html")


@machine.get("/uitloggen/{middel}/slo", name="inloggen:slo")
async def logout_answered(
    request: Request, middel: str, dienstverlener: DienstverlenerDep, pogingen: PogingenDep
) -> Response:
    """The identity provider sends the browser back. The session here ended before; the answer only gets logged."""
    return await _read_answer(request, middel, dienstverlener, pogingen, {})


@machine.post("/uitloggen/{middel}/slo")
async def logout_posted(
    request: Request, middel: str, dienstverlener: DienstverlenerDep, pogingen: PogingenDep, sessies: SessiesDep
) -> Response:
    """A LogoutResponse through the browser, or a LogoutRequest of the identity provider itself, over SOAP.

    Raises: NotFound for a SOAP message that cannot be trusted, as DigiD answers ours.
    """
    if "xml" not in request.headers.get("content-type", ""):
        return await _read_answer(request, middel, dienstverlener, pogingen, await form_fields(request))

    async def end_sessions(naam_id: str, _session_indexes: tuple[str, ...]) -> None:
        await sessies.end_by_naam_id(naam_id)

    try:
        answer = await dienstverlener.answer_logout(await request.body(), end_sessions, pogingen.seen, now())
    except LoginRefused as refused:
        log.warning("verzoek om uit te loggen geweigerd", extra={"middel": middel, "reden": refused.reden})
        raise NotFound from None
    return Response(answer, media_type="text/xml")


async def _read_answer(
    request: Request, middel: str, dienstverlener: Dienstverlener, pogingen: Pogingen, form: dict[str, str]
) -> Response:
    """An answer that cannot be trusted or placed changes nothing: the session is gone already.

    A form that another site posts comes without our cookie (SameSite=Lax), so with eid-4 it usually has no place.
    """
    response = RedirectResponse(request.url_for("inloggen:uitgelogd").path, 303)
    relay_state = form.get("RelayState") or request.query_params.get("RelayState", "")
    try:
        rij = await pogingen.take(request, _logout(middel), relay_state)
        pogingen.forget(response, relay_state)
        await dienstverlener.logout_response(
            Poging(rij.request_id, rij.relay_state),
            now(),
            raw_query=request.scope["query_string"].decode("latin-1"),
            form=tuple(form.items()),
        )
    except LoginRefused as refused:
        log.warning("antwoord op uitloggen niet gebruikt", extra={"middel": middel, "reden": refused.reden})
    return response


def _logout(middel: str) -> str:
    """The name under which a pending logout is kept, apart from logins with the same means."""
    return f"{middel}-uit"
