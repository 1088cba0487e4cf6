"""Who calls and what it may: the ZGW JWT, scopes, and the ceiling of vertrouwelijkheid per type."""

import base64
import binascii
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, false, or_

from .config import Client, Recht
from .problems import forbidden
from .refs import Json
from .vertrouwelijkheid import niveau

log = logging.getLogger(__name__)


def _decoded(part: str) -> Json:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error) as exc:
        raise forbidden("jwt-decode-error", "De JWT kon niet gelezen worden") from exc
    if not isinstance(value, dict):
        raise forbidden("jwt-decode-error", "De JWT kon niet gelezen worden")
    return value


def _check_signature(token: str, secret: str) -> None:
    signed, _, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))
    if not hmac.compare_digest(expected.rstrip(b"="), signature.encode().rstrip(b"=")):
        raise forbidden("invalid-jwt-signature", "Client credentials zijn niet geldig")


def _check_times(claims: Json, valid_seconds: int) -> None:
    now, iat, exp = time.time(), claims.get("iat"), claims.get("exp")
    if not isinstance(iat, int):
        raise forbidden("jwt-missing-iat-claim", "Claim `iat` ontbreekt in de JWT")
    if iat + valid_seconds < now:
        raise forbidden("jwt-expired", "De JWT die gebruikt is voor dit verzoek is verlopen")
    if isinstance(exp, int | float) and exp < now:
        raise forbidden("jwt-expiredsignatureerror", "De JWT die gebruikt is voor dit verzoek is verlopen")
    if iat > now + 5:
        log.info("iat ligt in de toekomst")


def authenticate(authorization: str | None, clients: Iterable[Client], valid_seconds: int) -> Client:
    """The client that signed this call.

    valid_seconds: how long after `iat` the token is good.
    Raises: Problem 403, with the code that tells what is wrong with the token.
    Source: the rules for JWT in the ZGW standard; codes as Open Zaak gives them.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme != "Bearer" or not token:
        raise forbidden()
    parts = token.split(".")
    if len(parts) != 3:
        raise forbidden("jwt-decode-error", "De JWT kon niet gelezen worden")
    header, claims = _decoded(parts[0]), _decoded(parts[1])
    if header.get("alg") != "HS256":
        raise forbidden("jwt-invalidalgorithmerror", "Het algoritme van de JWT is niet toegestaan")
    if not (client_id := claims.get("client_id")):
        raise forbidden("missing-client-identifier", "Claim `client_id` ontbreekt in de JWT")
    client = next((client for client in clients if client.client_id == client_id), None)
    if client is None:
        raise forbidden("invalid-client-identifier", "Client identifier bestaat niet")
    _check_signature(token, client.secret)
    _check_times(claims, valid_seconds)
    return client


@dataclass(frozen=True)
class Toegang:
    """What one client may see or do in one component, for one scope: (uuids of types or None for all, rank)."""

    grants: tuple[tuple[frozenset[str] | None, int], ...]

    def sees(self, type_uuid: str, aanduiding: str) -> bool:
        rank = niveau(aanduiding)
        return any((types is None or type_uuid in types) and rank <= top for types, top in self.grants)

    def require(self, type_uuid: str, aanduiding: str) -> None:
        """Raises: Problem 403 when this type at this vertrouwelijkheid is not for this client."""
        if not self.sees(type_uuid, aanduiding):
            raise forbidden()

    def clause(self, table: Table, type_column: str) -> ColumnElement[bool]:
        """The same rule as a condition on rows with `niveau`."""
        conditions = [
            table.c.niveau <= top
            if types is None
            else and_(table.c.niveau <= top, table.c[type_column].in_(sorted(types)))
            for types, top in self.grants
        ]
        return or_(*conditions) if conditions else false()


ALLES = Toegang(((None, niveau("zeer_geheim")),))


def toegang(
    client: Client, component: str, scopes: tuple[str, ...], uuids_of_types: dict[str, frozenset[str]]
) -> Toegang:
    """The rights of a client that has any one of these scopes.

    Raises: Problem 403 when it has none.
    """
    rechten = [r for r in client.rechten if r.component == component and set(scopes) & set(r.scopes)]
    if not rechten:
        raise forbidden()
    return Toegang(tuple((_types(recht, uuids_of_types), niveau(recht.plafond)) for recht in rechten))


def _types(recht: Recht, uuids_of_types: dict[str, frozenset[str]]) -> frozenset[str] | None:
    if not recht.typen:
        return None
    return frozenset().union(*(uuids_of_types.get(naam, frozenset()) for naam in recht.typen))
