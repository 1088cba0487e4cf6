"""The only user of python-jose: every JWT of the portal is signed, and the ones that come back are read, here.

HS256 and no other algorithm, so that nobody can choose a weaker one.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from jose import JOSEError, JWTError, jwt

from pip_portal.sleutels import Sleutels

ALGORITME: Final = "HS256"
MAX_LENGTE: Final = 600  # characters; ours are shorter than 300


def onderteken(claims: Mapping[str, Any], geheim: str) -> str:
    token: str = jwt.encode(dict(claims), geheim, algorithm=ALGORITME)
    return token


def lees_id_token(token: str, sleutels: Mapping[str, Any], *, issuer: str, audience: str) -> dict[str, Any] | None:
    """The claims of an id-token that an OpenID provider signed with one of these keys (a JWKS); None when it is not
    that, has ended, or was meant for somebody else. RS256 only: the one algorithm that every provider must have.

    Keys of another kind, or to encrypt with, stand in a JWKS too; the library stops at the first one it cannot use.
    """
    try:
        passend = [k for k in sleutels["keys"] if k.get("kty") == "RSA" and k.get("use", "sig") == "sig"]
        claims: dict[str, Any] = jwt.decode(
            token,
            {"keys": passend},
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            options={f"require_{claim}": True for claim in ("iss", "aud", "exp", "iat", "sub")}
            | {"verify_at_hash": False},
        )
    except (JOSEError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return claims if claims.get("azp", audience) == audience else None


class LinkTokens:
    """Tokens for the links in our mail: for one purpose, with a key of its own, and with ids only.

    doel: the purpose; a token for another purpose is not accepted, whatever it says.
    """

    def __init__(self, sleutels: Sleutels, doel: str) -> None:
        self._doel = doel
        self._sleutel = sleutels.keyed_hash("jwt", doel)

    def maak(self, id_: str, *, versie: int = 0, geldig: timedelta | None = None) -> str:
        """geldig: None for a link that works until it is revoked by a higher versie."""
        claims: dict[str, Any] = {"aud": self._doel, "sub": id_, "v": versie}
        if geldig is not None:
            claims["exp"] = int(time.time() + geldig.total_seconds())
        return onderteken(claims, self._sleutel)

    def lees(self, token: str) -> tuple[str, int] | None:
        """(id, versie); None for what was changed, has ended, or was meant for something else."""
        if len(token) > MAX_LENGTE:
            return None
        try:
            claims = jwt.decode(token, self._sleutel, algorithms=[ALGORITME], audience=self._doel)
        except JWTError:
            return None
        id_, versie = claims.get("sub"), claims.get("v")
        return (id_, versie) if isinstance(id_, str) and isinstance(versie, int) else None
