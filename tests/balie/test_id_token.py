"""What an id-token must be before anybody believes it."""

import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from mock_idp.medewerkers import CLIENT_ID, Provider, _b64
from pip_portal.tokens import lees_id_token

ISSUER = "https://inloggen.deventer.example"
ANDERE_SLEUTEL = {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzQ"}


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider(ISSUER)


def _claims(**anders: Any) -> dict[str, Any]:
    nu = int(time.time())
    claims = {"iss": ISSUER, "aud": CLIENT_ID, "iat": nu, "exp": nu + 300, "sub": "m-1001"} | anders
    return {naam: waarde for naam, waarde in claims.items() if waarde is not ...}


def _token(provider: Provider, claims: dict[str, Any], alg: str = "RS256") -> str:
    tekst = ".".join(_b64(json.dumps(deel).encode()) for deel in ({"alg": alg, "kid": "1"}, claims))
    return f"{tekst}.{_b64(provider.key.sign(tekst.encode(), PKCS1v15(), SHA256()))}"


@pytest.mark.parametrize(
    "anders",
    [
        {"aud": ...},
        {"aud": []},
        {"aud": "ander-systeem"},
        {"aud": [CLIENT_ID, "ander-systeem"], "azp": "ander-systeem"},
        {"iss": ...},
        {"iss": "https://kwaad.example"},
        {"exp": 1},
        {"exp": ...},
        {"sub": ...},
    ],
    ids=str,
)
def test_a_token_for_somebody_else_or_without_end_is_not_believed(provider: Provider, anders: dict[str, Any]) -> None:
    goed = _token(provider, _claims())
    assert lees_id_token(goed, provider.jwks(), issuer=ISSUER, audience=CLIENT_ID) is not None
    fout = _token(provider, _claims(**anders))
    assert lees_id_token(fout, provider.jwks(), issuer=ISSUER, audience=CLIENT_ID) is None


def test_nobody_chooses_another_algorithm(provider: Provider) -> None:
    for alg in ("none", "HS256", "RS512"):
        fout = _token(provider, _claims(), alg)
        assert lees_id_token(fout, provider.jwks(), issuer=ISSUER, audience=CLIENT_ID) is None


def test_other_keys_of_the_provider_are_in_nobodys_way_and_sign_nothing(provider: Provider) -> None:
    token, [eigen] = _token(provider, _claims()), provider.jwks()["keys"]
    met_andere = {"keys": [ANDERE_SLEUTEL, eigen]}
    assert lees_id_token(token, met_andere, issuer=ISSUER, audience=CLIENT_ID) is not None
    for sleutels in ({"keys": [eigen | {"use": "enc"}]}, {"keys": [ANDERE_SLEUTEL]}, {"keys": ["x"]}, {"fout": "x"}):
        assert lees_id_token(token, sleutels, issuer=ISSUER, audience=CLIENT_ID) is None
