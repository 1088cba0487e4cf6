"""The JWT and what each client may."""

import time

import httpx
import pytest

from reference_backoffice.config import Client, Config, Recht
from tests.reference_backoffice.conftest import (
    ANNA,
    BSN,
    CATALOGI,
    ROOT,
    ZAKEN,
    headers,
    new_zaak,
    results,
    rol_body,
    token,
    zaak_body,
)

SECRET = "een-ander-geheim-van-genoeg-lengte"


@pytest.fixture
def config(database: str) -> Config:
    base = Config()
    only_parking = Client(
        client_id="alleen-parkeren",
        secret=SECRET,
        label="Alleen parkeren",
        rechten=(
            Recht(component="zrc", scopes=("zaken.lezen", "zaken.aanmaken"), typen=("parkeervergunning-bewoner",)),
            Recht(component="ztc", scopes=("catalogi.lezen",)),
        ),
    )
    return Config(database=database, public_url=ROOT, clients=(*base.clients, only_parking))


def as_client(value: str) -> dict[str, str]:
    return {**headers(), "Authorization": value}


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "permission_denied"),
        ("Token abc", "permission_denied"),
        ("Bearer abc", "jwt-decode-error"),
        ("Bearer a.b.c", "jwt-decode-error"),
        (f"Bearer {token(secret='x' * 40)}", "invalid-jwt-signature"),
        (f"Bearer {token('onbekend')}", "invalid-client-identifier"),
        (f"Bearer {token(client_id='pip-portaal', iat=None)}", "jwt-missing-iat-claim"),
        (f"Bearer {token(iat=int(time.time()) - 3700)}", "jwt-expired"),
        (f"Bearer {token(exp=int(time.time()) - 10)}", "jwt-expiredsignatureerror"),
        ("Bearer eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJwaXAtcG9ydGFhbCJ9.", "jwt-invalidalgorithmerror"),
    ],
)
async def test_a_bad_token_is_refused_with_its_own_code(api: httpx.AsyncClient, authorization: str, code: str) -> None:
    response = await api.get(f"{ZAKEN}/zaken", headers=as_client(authorization))
    assert response.status_code == 403
    assert response.json()["code"] == code


async def test_a_client_without_rights_gets_403(api: httpx.AsyncClient) -> None:
    for path in (f"{ZAKEN}/zaken", f"{CATALOGI}/zaaktypen", "/documenten/api/v1/enkelvoudiginformatieobjecten"):
        assert (await api.get(path, headers=headers("zonder-rechten"))).status_code == 403


async def test_a_strict_client_sees_nothing_that_is_confidential_and_writes_nothing(api: httpx.AsyncClient) -> None:
    strict = headers("pip-streng")
    assert (await api.get(f"{ZAKEN}/zaken", params={BSN: ANNA}, headers=strict)).json()["count"] == 0
    refused = await api.post(f"{ZAKEN}/zaken", json=await zaak_body(api), headers=strict)
    assert refused.status_code == 403


async def test_rights_can_be_limited_to_a_zaaktype(api: httpx.AsyncClient) -> None:
    parking = as_client(f"Bearer {token('alleen-parkeren', SECRET)}")
    everything = await results(api, f"{ZAKEN}/zaken", **{BSN: ANNA})
    found = (await api.get(f"{ZAKEN}/zaken", params={BSN: ANNA}, headers=parking)).json()["results"]
    assert 0 < len(found) < len(everything)
    hidden = next(zaak for zaak in everything if zaak not in found)
    assert (await api.get(hidden["url"], headers=parking)).status_code == 403
    body = await zaak_body(api, "klacht")
    assert (await api.post(f"{ZAKEN}/zaken", json=body, headers=parking)).status_code == 403


async def test_the_right_to_create_is_not_the_right_to_register_an_initiator(api: httpx.AsyncClient) -> None:
    parking = as_client(f"Bearer {token('alleen-parkeren', SECRET)}")
    zaak = await new_zaak(api, "parkeervergunning-bewoner")
    response = await api.post(f"{ZAKEN}/rollen", json=await rol_body(api, zaak), headers=parking)
    assert response.status_code == 403
