"""The token a ZGW API wants on every call."""

import time
from typing import Final

from pydantic import SecretStr

from pip_portal.gebruiker import Gebruiker
from pip_portal.tokens import onderteken

# Receivers refuse a moment of issue in the future; clocks differ by a few seconds.
CLOCK_SKEW: Final = 5
SYSTEEM: Final = "pip-portaal"  # who acts when the portal does so itself, as when it hands over an inzending


class ZgwToken:
    """Gives a fresh Authorization header per call, in the name of our client.

    The backoffice files user_id in its audit trail: a pseudonym, never the BSN.
    Source: backoffice-apis §1.2; VNG ZGW, HS256 and no other algorithm.
    """

    def __init__(self, client_id: str, secret: SecretStr) -> None:
        self._client_id = client_id
        self._secret = secret

    def __call__(self, gebruiker: Gebruiker | None) -> str:
        claims = {
            "iss": self._client_id,
            "iat": int(time.time()) - CLOCK_SKEW,
            "client_id": self._client_id,
            "user_id": gebruiker.pseudoniem if gebruiker else SYSTEEM,
            "user_representation": _representation(gebruiker),
        }
        return f"Bearer {onderteken(claims, self._secret.get_secret_value())}"


def _representation(gebruiker: Gebruiker | None) -> str:
    if gebruiker is None:
        return SYSTEEM
    if gebruiker.machtiging is not None:
        return "gemachtigde via portaal"
    return "bedrijf via portaal" if gebruiker.is_bedrijf else "burger via portaal"
