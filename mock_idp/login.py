"""Logging in: receiving the AuthnRequest, the page to choose who you are, and the way back."""

import logging
from collections.abc import Mapping
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from mock_idp import authn_request
from mock_idp.choice import Choice, Faults, choose
from mock_idp.conclude import conclude, status_of
from mock_idp.outcome import Burger, LoginRequest, Refused
from mock_idp.pages import page, refused
from mock_idp.personas import BEDRIJVEN, MACHTIGINGEN, MEDEWERKERS, PERSONEN, naam_of
from mock_idp.profiles import PROFILES, SUCCESS, Profile
from mock_idp.scenarios import scenarios_for
from mock_idp.sso import join, live_session
from mock_idp.state import Idp, Preset

log = logging.getLogger(__name__)
router = APIRouter()


@router.post("/{code}/request_authentication", name="request_authentication")
async def request_authentication(request: Request, code: str) -> Response:
    form = await request.form()
    message, relay_state = form.get("SAMLRequest"), form.get("RelayState")
    if code not in PROFILES or not isinstance(message, str) or "SAMLResponse" in form:
        return refused(request, "er is geen AuthnRequest meegestuurd")
    state = relay_state if isinstance(relay_state, str) else None
    return await _received(request, authn_request.receive_post, PROFILES[code], message, state)


@router.get("/{code}/request_authentication")
async def request_authentication_by_redirect(request: Request, code: str) -> Response:
    query = request.query_params
    if code not in PROFILES or "SAMLRequest" not in query:
        return refused(request, "er is geen AuthnRequest meegestuurd")
    raw, state = request.url.query, query.get("RelayState")
    return await _received(request, authn_request.receive_redirect, PROFILES[code], raw, query["SAMLRequest"], state)


async def _received(request: Request, receive: Any, profile: Profile, *parts: str | None) -> Response:
    idp: Idp = request.app.state.idp
    try:
        login: LoginRequest = await anyio.to_thread.run_sync(receive, idp, profile, *parts)
    except Refused as exc:
        log.warning("AuthnRequest geweigerd", extra={"profiel": profile.code, "reden": str(exc)})
        return refused(request, str(exc))
    if login.unsupported:
        return conclude(idp, login, login.unsupported, None, _address(request))
    session = live_session(request, login)
    if session and profile.code not in idp.presets:
        choice = Choice(Burger(session.bsn), session.rang, "geen")
        return join(request, conclude(idp, login, SUCCESS, choice, _address(request)), login, choice)
    preset = idp.presets.get(profile.code)
    if preset and preset.direct:
        return _without_page(request, login, _posted(login, idp.presets.pop(profile.code)))
    return RedirectResponse(f"/{profile.code}/login?aanvraag={idp.start_login(login)}", status_code=303)


def _without_page(request: Request, login: LoginRequest, values: Mapping[str, str]) -> Response:
    """Finish at once with these values; the page shows what is wrong when that cannot be."""
    idp: Idp = request.app.state.idp
    try:
        return _finish(request, login, values)
    except Faults as exc:
        return _login_page(request, login, idp.start_login(login), values, exc.faults)


@router.get("/{code}/login", name="login")
async def show_login(request: Request, code: str, aanvraag: str = "") -> Response:
    idp: Idp = request.app.state.idp
    login = idp.logins.get(aanvraag)
    if login is None or login.profile.code != code:
        return refused(request, "deze aanvraag is verlopen of al afgerond")
    values = _posted(login, idp.presets.pop(code, Preset()))
    return _login_page(request, login, aanvraag, values, {})


@router.post("/{code}/finish", name="finish")
async def finish(request: Request, code: str) -> Response:
    idp: Idp = request.app.state.idp
    values = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    aanvraag = values.get("aanvraag", "")
    login = idp.logins.get(aanvraag)
    if login is None or login.profile.code != code:
        return refused(request, "deze aanvraag is verlopen of al afgerond")
    try:
        response = _finish(request, login, values)
    except Faults as exc:
        return _login_page(request, login, aanvraag, values, exc.faults)
    idp.logins.take(aanvraag)
    return response


def _finish(request: Request, login: LoginRequest, values: Mapping[str, str]) -> Response:
    """Raises: Faults."""
    idp: Idp = request.app.state.idp
    if values.get("actie") == "annuleren":
        return conclude(idp, login, login.profile.annuleren, None, _address(request))
    choice = choose(login, values)
    status = status_of(login, choice)
    response = conclude(idp, login, status, choice, _address(request))
    return join(request, response, login, choice) if status == SUCCESS else response


def _posted(login: LoginRequest, preset: Preset) -> dict[str, str]:
    """The fields as if a preset had been filled in on the page; without one the page's own defaults."""
    is_bedrijf = login.profile.soort == "eherkenning"
    first = MEDEWERKERS[0].code if is_bedrijf else PERSONEN[0].bsn
    level = preset.level or (None if is_bedrijf else login.minimum)
    fields = {
        "persoon": first,
        "niveau": str(level or ""),
        "scenario": preset.scenario,
        "namens": preset.namens or "",
        "vestiging": preset.vestiging or "",
        "keten": preset.keten or "",
    }
    if preset.person:
        fields |= _person_fields(is_bedrijf, preset.person)
    return fields


def _person_fields(is_bedrijf: bool, person: str) -> dict[str, str]:
    """A known person by code, number or medewerker; any other number goes in the free field."""
    if is_bedrijf:
        for medewerker in MEDEWERKERS:
            if person in (medewerker.code, medewerker.bedrijf.code, medewerker.bedrijf.kvk):
                return {"persoon": medewerker.code}
        return {"persoon": "anders", "kvk": person}
    for persoon in PERSONEN:
        if person in (persoon.code, persoon.bsn):
            return {"persoon": persoon.bsn}
    return {"persoon": "anders", "bsn": person}


def _login_page(
    request: Request, login: LoginRequest, aanvraag: str, values: Mapping[str, str], faults: dict[str, str]
) -> HTMLResponse:
    is_bedrijf = login.profile.soort == "eherkenning"
    return page(
        request,
        "login_bedrijf.html" if is_bedrijf else "login_burger.html",
        status_code=422 if faults else 200,
        posts_to=" ".join(sorted(login.sp.hosts)),
        login=login,
        aanvraag=aanvraag,
        values=values,
        faults=faults,
        personen=PERSONEN,
        medewerkers=MEDEWERKERS,
        bedrijven=BEDRIJVEN,
        machtigingen=[
            (m.vertegenwoordigde, naam_of(m.vertegenwoordiger), naam_of(m.vertegenwoordigde)) for m in MACHTIGINGEN
        ],
        scenarios=scenarios_for(login.profile.soort),
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else "127.0.0.1"
