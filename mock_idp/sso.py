"""The SSO session of a browser at DigiD ("Eenmalig Inloggen"), for service providers that take part in it."""

import secrets
from typing import TypeVar

from fastapi import Request, Response

from mock_idp.choice import Choice
from mock_idp.outcome import Burger, LoginRequest
from mock_idp.state import Idp, SsoSession

COOKIE = "mock_idp_sso"
R = TypeVar("R", bound=Response)


def takes_part(login: LoginRequest) -> bool:
    """A service provider takes part when its metadata has a SingleLogoutService; only DigiD 3 has SSO here."""
    return login.profile.soort == "digid-3" and bool(login.sp.slo)


def current(request: Request) -> SsoSession | None:
    idp: Idp = request.app.state.idp
    return idp.sso.get(request.cookies.get(COOKIE, ""))


def live_session(request: Request, login: LoginRequest) -> SsoSession | None:
    """The session that makes a new login unnecessary: high enough, and no fresh login was demanded."""
    session = current(request)
    if session is None or not takes_part(login) or login.force_authn or session.rang < login.minimum:
        return None
    return session


def join(request: Request, response: R, login: LoginRequest, choice: Choice) -> R:
    """Add the service provider to the browser's session, starting one for another person or a first login."""
    if not takes_part(login) or not isinstance(choice.subject, Burger):
        return response
    idp: Idp = request.app.state.idp
    session = current(request)
    if session is None or session.bsn != choice.subject.bsn:
        session = SsoSession(choice.subject.bsn)
    session.rang = choice.rang
    session.service_providers.add(login.sp.entity_id)
    session_id = secrets.token_urlsafe(24)
    idp.sso.take(request.cookies.get(COOKIE, ""))
    idp.sso.put(session_id, session)
    secure = idp.config.public_url.startswith("https://")
    response.set_cookie(COOKIE, session_id, httponly=True, secure=secure, samesite="lax")
    return response
