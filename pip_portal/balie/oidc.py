"""How an employee logs in: at the municipality's own OpenID Connect provider (Entra ID, AD FS, Keycloak).

Code flow with PKCE; state, nonce and verifier wait in a sealed cookie of the browser that began. Who does not carry the
configured role is refused, so that not every account of the municipality can do this.
Source: OpenID Connect Core 1.0 §3.1; RFC 7636; RFC 9700 §2.1.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from pip_portal.errors import BackofficeUnavailable, LoginRefused
from pip_portal.gebruiker import Medewerker
from pip_portal.settings import Medewerkers, Settings
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now
from pip_portal.tokens import lees_id_token

Transports = Callable[[str], httpx.AsyncBaseTransport | None] | None
GELDIG: Final = timedelta(minutes=10)
NAAM: Final = "Inloggen voor medewerkers"  # in the log, when it does not answer


class Inlogdienst:
    """The provider; its addresses and keys are read at each login, so that a key that changed is never in the way."""

    def __init__(
        self, medewerkers: Medewerkers, public_url: str, sleutels: Sleutels, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self._wij = medewerkers
        self._terug = f"{public_url}/balie/terug"
        self._sleutels = sleutels
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(8.0, connect=2.0), transport=transport)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def start(self) -> tuple[str, str]:
        """The address to go to, and what the browser must keep until it comes back. Raises: BackofficeUnavailable."""
        adressen = await self._adressen()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        vraag = {
            "response_type": "code",
            "client_id": self._wij.client_id,
            "redirect_uri": self._terug,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        bewaar = json.dumps([state, nonce, verifier, (now() + GELDIG).isoformat()])
        naar = adressen["authorization_endpoint"]
        return (
            f"{naar}{'&' if '?' in naar else '?'}{urlencode(vraag)}",
            self._sleutels.encrypt(bewaar.encode()).decode(),
        )

    async def finish(self, code: str, state: str, bewaard: str) -> Medewerker:
        """Who logged in. Raises: LoginRefused; BackofficeUnavailable."""
        nonce, verifier = self._open(bewaard, state)
        adressen = await self._adressen()
        gegeven = await self._vraag(
            "POST",
            adressen["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._terug,
                "code_verifier": verifier,
            },
            auth=(self._wij.client_id, self._wij.client_secret.get_secret_value()),
        )
        sleutels = await self._vraag("GET", adressen["jwks_uri"])
        claims = lees_id_token(
            str(gegeven.get("id_token", "")), sleutels, issuer=self._wij.issuer, audience=self._wij.client_id
        )
        if claims is None or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise LoginRefused("fout", "medewerker: het id-token klopt niet")
        rollen = claims.get(self._wij.rolclaim, ())
        if self._wij.rol not in ([rollen] if isinstance(rollen, str) else rollen):
            raise LoginRefused("fout", "medewerker: heeft de rol niet")
        pseudoniem = self._sleutels.keyed_hash("medewerker", f"{self._wij.issuer}/{claims['sub']}")
        return Medewerker(pseudoniem=pseudoniem, naam=str(claims.get("name", ""))[:100])

    def _open(self, bewaard: str, state: str) -> tuple[str, str]:
        """Raises: LoginRefused unless this browser began this login, just now."""
        try:
            eigen, nonce, verifier, tot = json.loads(self._sleutels.decrypt(bewaard.encode()))
        except ValueError:
            raise LoginRefused("opnieuw", "medewerker: geen lopende inlogpoging") from None
        if not hmac.compare_digest(eigen.encode(), state.encode()) or datetime.fromisoformat(tot) < now():
            raise LoginRefused("opnieuw", "medewerker: andere of te oude inlogpoging")
        return nonce, verifier

    async def _adressen(self) -> dict[str, Any]:
        gelezen = await self._vraag("GET", f"{self._wij.issuer}/.well-known/openid-configuration")
        if gelezen.get("issuer") != self._wij.issuer:
            raise BackofficeUnavailable(NAAM, "een andere issuer")
        return gelezen

    async def _vraag(self, methode: str, url: str, **anders: Any) -> dict[str, Any]:
        """Raises: BackofficeUnavailable; LoginRefused when the provider says no."""
        try:
            antwoord = await self._http.request(methode, url, **anders)
        except httpx.TransportError as exc:
            raise BackofficeUnavailable(NAAM, type(exc).__name__) from exc
        if antwoord.status_code >= 500:
            raise BackofficeUnavailable(NAAM, str(antwoord.status_code))
        try:
            gelezen = antwoord.json() if antwoord.is_success else None
        except ValueError:
            gelezen = None
        if not isinstance(gelezen, dict):
            raise LoginRefused("fout", f"medewerker: antwoord {antwoord.status_code}")
        return gelezen


async def problemen(settings: Settings, transport_for: Transports) -> list[str]:
    """What keeps employees from logging in, for `pip-portal check`; empty when they can, or nobody may."""
    if settings.medewerkers is None:
        return []
    transport = transport_for(settings.medewerkers.issuer) if transport_for else None
    dienst = Inlogdienst(settings.medewerkers, settings.public_url, Sleutels(settings), transport)
    try:
        await dienst.start()
    except (BackofficeUnavailable, LoginRefused, KeyError) as exc:
        return [f"medewerkers: {settings.medewerkers.issuer} is niet te gebruiken ({exc})"]
    finally:
        await dienst.aclose()
    return []


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
