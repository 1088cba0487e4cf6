"""Logging out: asked by a service provider, or here by the person for every service provider at once."""

import base64
import logging

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from mock_idp.idp_metadata import signing_pairs
from mock_idp.logout_messages import log_out_at, logout_response, name_id, read_request
from mock_idp.outcome import Refused
from mock_idp.pages import page, refused
from mock_idp.profiles import (
    BINDING_POST,
    BINDING_REDIRECT,
    PROFILES,
    SUCCESS,
    Profile,
    Status,
)
from mock_idp.signing import sign_query
from mock_idp.sp_metadata import Endpoint, ServiceProvider
from mock_idp.sso import COOKIE, current
from mock_idp.state import Idp, SsoSession
from mock_idp.xml import Element

log = logging.getLogger(__name__)
router = APIRouter()
PARTIAL = Status("Responder", "PartialLogout")
UNKNOWN = Status("Requester", "UnknownPrincipal")


@router.post("/{code}/request_logout", name="request_logout")
async def request_logout(request: Request, code: str) -> Response:
    form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return await _requested(request, code, form, None)


@router.get("/{code}/request_logout")
async def request_logout_by_redirect(request: Request, code: str) -> Response:
    return await _requested(request, code, dict(request.query_params), request.url.query)


async def _requested(request: Request, code: str, fields: dict[str, str], raw_query: str | None) -> Response:
    idp: Idp = request.app.state.idp
    profile = PROFILES.get(code)
    binding = BINDING_POST if raw_query is None else BINDING_REDIRECT
    if profile is None or binding not in profile.slo_bindings:
        return refused(request, "uitloggen kan niet op deze manier")
    try:
        sp, message = await anyio.to_thread.run_sync(read_request, idp, profile, fields, raw_query)
        person = name_id(message)
    except Refused as exc:
        log.warning("LogoutRequest geweigerd", extra={"profiel": code, "reden": str(exc)})
        return refused(request, str(exc))
    endpoint = _answers_at(profile, sp)
    if endpoint is None:
        return refused(request, "de metadata noemt geen SingleLogoutService voor het antwoord")
    status = await _log_out(idp, profile, sp, person)
    response = await _answer(request, profile, endpoint, message, status, fields.get("RelayState"))
    response.delete_cookie(COOKIE)
    return response


def _answers_at(profile: Profile, sp: ServiceProvider) -> Endpoint | None:
    """Where the browser brings the LogoutResponse: DigiD 3 by redirect, the others by form."""
    wanted = BINDING_REDIRECT if profile.soort == "digid-3" else BINDING_POST
    return next((slo for slo in sp.slo if slo.binding == wanted), None)


async def _log_out(idp: Idp, profile: Profile, sp: ServiceProvider, person: str) -> Status:
    """End what this NameID stands for: with DigiD 3 the SSO session everywhere, else this one login."""
    if profile.soort != "digid-3":
        return SUCCESS if idp.handles.take(person) == sp.entity_id else UNKNOWN
    bsn = person.partition(":")[2]
    others: set[str] = set()
    for session_id, session in idp.sso.items():
        if session.bsn == bsn:
            others |= session.service_providers
            idp.sso.take(session_id)
    left = await _everywhere(idp, bsn, others - {sp.entity_id})
    return PARTIAL if left else SUCCESS


async def _everywhere(idp: Idp, bsn: str, entity_ids: set[str]) -> list[str]:
    """Log out at these service providers at once; returns the ones that did not confirm."""
    left: list[str] = []

    async def one(entity_id: str) -> None:
        if not await log_out_at(idp, entity_id, bsn):
            left.append(entity_id)

    async with anyio.create_task_group() as group:
        for entity_id in entity_ids:
            group.start_soon(one, entity_id)
    return sorted(left)


async def _answer(
    request: Request,
    profile: Profile,
    endpoint: Endpoint,
    message: Element,
    status: Status,
    relay_state: str | None,
) -> Response:
    idp: Idp = request.app.state.idp
    by_redirect = endpoint.binding == BINDING_REDIRECT
    answer = await anyio.to_thread.run_sync(
        logout_response, idp, profile, endpoint, message.get("ID", ""), status, not by_redirect
    )
    location = endpoint.response_location
    if by_redirect:
        pair = signing_pairs(idp.config, idp.keys, profile)[0]
        query = sign_query("SAMLResponse", answer, relay_state, pair)
        return RedirectResponse(f"{location}{'&' if '?' in location else '?'}{query}", status_code=302)
    return page(
        request,
        "terug.html",
        posts_to="/".join(location.split("/")[:3]),
        titel=profile.titel,
        actie=location,
        bericht=base64.b64encode(answer).decode(),
        relay_state=relay_state,
    )


@router.get("/digid/uitloggen", name="uitloggen")
async def show_log_out_everywhere(request: Request) -> Response:
    return page(request, "uitloggen.html", namen=_names(current(request)), gedaan=False, over=[])


@router.post("/digid/uitloggen")
async def log_out_everywhere(request: Request) -> Response:
    idp: Idp = request.app.state.idp
    session = current(request)
    idp.sso.take(request.cookies.get(COOKIE, ""))
    over = await _everywhere(idp, session.bsn, session.service_providers) if session else []
    response = page(request, "uitloggen.html", namen=_names(session), gedaan=True, over=over)
    response.delete_cookie(COOKIE)
    return response


def _names(session: SsoSession | None) -> list[str]:
    return sorted(session.service_providers) if session else []
