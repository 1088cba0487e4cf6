"""A stand-in for the provider at which employees of the municipality log in: OpenID Connect, code flow with PKCE.

Written from OpenID Connect Core 1.0 and RFC 7636 alone. Two employees: one with the role for the desk, one without.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from mock_idp.pages import page, refused

router = APIRouter(prefix="/medewerkers")

CLIENT_ID, CLIENT_SECRET = "pip-portal", "demo-geheim-van-de-balie"
MEDEWERKERS = {
    "fleur": {"sub": "m-1001", "name": "Fleur Hiddink", "roles": ["balie"]},
    "meike": {"sub": "m-1002", "name": "Meike Brouwer", "roles": ["redactie"]},
}


@dataclass(frozen=True)
class Code:
    wie: str
    nonce: str
    challenge: str
    redirect_uri: str
    tot: float


class Provider:
    """What it remembers: its key, and the codes that were not used yet."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.codes: dict[str, Code] = {}

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> dict[str, Any]:
        nummers = self.key.public_key().public_numbers()
        n = nummers.n.to_bytes((nummers.n.bit_length() + 7) // 8, "big")
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": _b64(n), "e": "AQAB"}]}

    def id_token(self, code: Code) -> str:
        nu = int(time.time())
        claims = MEDEWERKERS[code.wie] | {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": nu,
            "exp": nu + 300,
            "nonce": code.nonce,
        }
        tekst = ".".join(_b64(json.dumps(deel).encode()) for deel in ({"alg": "RS256", "kid": "1"}, claims))
        return f"{tekst}.{_b64(self.key.sign(tekst.encode(), PKCS1v15(), SHA256()))}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _provider(request: Request) -> Provider:
    state = request.app.state
    if not hasattr(state, "medewerkers"):
        state.medewerkers = Provider(f"{state.idp.config.public_url}/medewerkers")
    provider: Provider = state.medewerkers
    return provider


@router.get("/.well-known/openid-configuration")
async def discovery(request: Request) -> dict[str, Any]:
    issuer = _provider(request).issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    }


@router.get("/jwks")
async def jwks(request: Request) -> dict[str, Any]:
    return _provider(request).jwks()


@router.get("/authorize")
async def authorize(
    request: Request,
    response_type: str,
    client_id: str,
    redirect_uri: str,
    state: str,
    nonce: str,
    code_challenge: str,
    code_challenge_method: str,
    scope: str = "",
    wie: str = "",
) -> Response:
    """The page with the employees; choosing one (wie) leads back with a code."""
    goed = (response_type, client_id, code_challenge_method) == ("code", CLIENT_ID, "S256") and "openid" in scope
    if not goed or not _ours(redirect_uri):
        return refused(request, "deze aanvraag is niet van het portaal")
    if wie not in MEDEWERKERS:
        velden = [(naam, waarde) for naam, waarde in request.query_params.multi_items() if naam != "wie"]
        return page(request, "medewerkers.html", posts_to=_origin(redirect_uri), medewerkers=MEDEWERKERS, velden=velden)
    code = secrets.token_urlsafe(24)
    _provider(request).codes[code] = Code(wie, nonce, code_challenge, redirect_uri, time.time() + 60)
    return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 303)


def _origin(url: str) -> str:
    delen = urlsplit(url)
    return f"{delen.scheme}://{delen.netloc}"


def _ours(redirect_uri: str) -> bool:
    delen = urlsplit(redirect_uri)
    return delen.path == "/balie/terug" and delen.hostname in ("localhost", "127.0.0.1")


@router.post("/token")
async def token(request: Request) -> Response:
    """A code gives a token once, to who knows the secret and the verifier."""
    basis = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    if not hmac.compare_digest(request.headers.get("authorization", ""), f"Basic {basis}"):
        raise HTTPException(401)
    velden = {naam: waarden[0] for naam, waarden in parse_qs((await request.body()).decode()).items()}
    code = _provider(request).codes.pop(velden.get("code", ""), None)
    challenge = _b64(hashlib.sha256(velden.get("code_verifier", "").encode()).digest())
    if (
        code is None
        or code.tot < time.time()
        or (challenge, velden.get("redirect_uri"))
        != (
            code.challenge,
            code.redirect_uri,
        )
    ):
        return JSONResponse({"error": "invalid_grant"}, 400)
    return JSONResponse(
        {
            "token_type": "Bearer",
            "access_token": secrets.token_urlsafe(16),
            "id_token": _provider(request).id_token(code),
        }
    )
