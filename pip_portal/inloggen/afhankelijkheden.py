"""What the routes for logging in and out are given: the SAML connection, the pending logins, the keys."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from pip_portal.db import Db
from pip_portal.errors import NotFound
from pip_portal.inloggen.pogingen import Pogingen
from pip_portal.inloggen.saml.provider import Dienstverlener, Start
from pip_portal.security import csp_with_form_action
from pip_portal.web import page


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


DienstverlenerDep = Annotated[Dienstverlener, Depends(get_dienstverlener)]
PogingenDep = Annotated[Pogingen, Depends(get_pogingen)]


def hand_over(request: Request, middel: str, dienstverlener: Dienstverlener, start: Start) -> Response:
    """The page whose form takes the citizen to the identity provider; only its CSP lets a form go there."""
    response = page(
        request,
        "inloggen/doorgaan.html",
        middel=middel,
        form_action=start.form_action,
        saml_request=start.saml_request_b64,
        relay_state=start.relay_state,
    )
    response.headers["Content-Security-Policy"] = csp_with_form_action(dienstverlener.koppeling.form_action)
    return response
