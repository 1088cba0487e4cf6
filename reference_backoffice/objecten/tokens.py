"""Who calls, by token, and what it may do with each objecttype."""

import hmac

from fastapi import Request

from ..config import Objectrecht, Objecttoken
from ..problems import Problem, forbidden
from ..refs import seed_uuid
from ..web import get_backoffice


def type_uuid(sleutel: str) -> str:
    return seed_uuid("objecttype", sleutel)


def authenticate(request: Request) -> Objecttoken:
    """Raises: Problem 401 without a token that is known."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Token" or not token:
        raise Problem(401, "not_authenticated")
    for known in get_backoffice(request).config.objecten_tokens:
        if hmac.compare_digest(known.token.encode(), token.encode()):
            return known
    raise Problem(401, "authentication_failed", "Ongeldige token.")


def rights(request: Request) -> dict[str, Objectrecht]:
    """The rights of the caller by uuid of the objecttype.

    Raises: Problem 401.
    """
    return {type_uuid(recht.objecttype): recht for recht in authenticate(request).rechten}


def require_read(rechten: dict[str, Objectrecht], objecttype: str) -> Objectrecht:
    """Raises: Problem 403."""
    if objecttype not in rechten:
        raise forbidden()
    return rechten[objecttype]


def require_write(rechten: dict[str, Objectrecht], objecttype: str) -> None:
    """Raises: Problem 403."""
    if require_read(rechten, objecttype).mode != "read_and_write":
        raise forbidden()
