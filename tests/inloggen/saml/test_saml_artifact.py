"""What comes back through the browser: checks 1, 3, 20 and 21 of login-saml §3."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pip_portal.errors import LoginRefused
from pip_portal.inloggen.saml.provider import Poging
from tests.inloggen.saml.foreign_idp import BSN, ForeignIdp

Query = list[tuple[str, str]]


def changed(change: Callable[[bytes], bytes]) -> Callable[[Query], Query]:
    def edit(query: Query) -> Query:
        raw = base64.b64decode(query[0][1])
        return [("SAMLart", base64.b64encode(change(raw)).decode()), query[1]]

    return edit


def written(change: Callable[[str], str]) -> Callable[[Query], Query]:
    return lambda query: [("SAMLart", change(query[0][1])), query[1]]


QUERIES: dict[str, tuple[Callable[[Query], Query], str]] = {
    "1 no artifact": (lambda query: query[1:], "parameters"),
    "1 nothing": (lambda query: [], "parameters"),
    "1 artifact twice": (lambda query: [query[0], *query], "parameters"),
    "1 a SAMLResponse": (lambda query: [("SAMLResponse", "PHg+"), query[1]], "parameters"),
    "1 a SAMLResponse as well": (lambda query: [*query, ("SAMLResponse", "PHg+")], "parameters"),
    "1 empty": (written(lambda text: ""), "lengte"),
    "1 over 128 characters": (written(lambda text: text + "A" * 80), "lengte"),
    "1 not base64": (written(lambda text: "*" + text[1:]), "base64"),
    "1 url-safe base64": (written(lambda text: "-_" + text[2:]), "base64"),
    "1 with a line end": (written(lambda text: text + "\n"), "base64"),
    "1 not ASCII": (written(lambda text: "é" + text[1:]), "base64"),
    "1 43 bytes": (changed(lambda raw: raw[:-1]), "lengte"),
    "1 45 bytes": (changed(lambda raw: raw + b"x"), "lengte"),
    "1 stray bits": (written(lambda text: text[:-2] + chr(ord(text[-2]) + 1) + "="), "lengte"),
    "1 other type": (changed(lambda raw: b"\0\3" + raw[2:]), "ander type"),
    "1 other IdP": (changed(lambda raw: raw[:4] + bytes(20) + raw[24:]), "andere inlogdienst"),
    "1 unknown index": (changed(lambda raw: raw[:2] + b"\0\7" + raw[4:]), "onbekend adres"),
    "21 RelayState missing": (lambda query: query[:1], "parameters"),
    "21 RelayState twice": (lambda query: [*query, query[1]], "parameters"),
    "21 other RelayState": (lambda query: [query[0], ("RelayState", "ander")], "RelayState"),
}


@pytest.mark.parametrize(("edit", "reden"), QUERIES.values(), ids=list(QUERIES))
async def test_bad_return_is_refused_before_anybody_is_called(
    connect, seen, edit: Callable[[Query], Query], reden: str
) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    start = await provider.start(niveau=20)
    query = edit(idp.accept(start.saml_request_b64, start.relay_state))
    with pytest.raises(LoginRefused) as caught:
        await provider.finish(query, Poging(start.request_id, start.relay_state, 20), seen, datetime.now(UTC))
    assert caught.value.soort == "fout"
    assert reden in caught.value.reden
    assert start.request_id in caught.value.reden
    assert idp.resolved == []
    assert seen.keys == {}


async def test_replayed_artifact_is_refused_without_asking_the_idp_again(connect, seen) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    start = await provider.start(niveau=20)
    query = idp.accept(start.saml_request_b64, start.relay_state)
    poging = Poging(start.request_id, start.relay_state, 20)
    now = datetime.now(UTC)
    assert (await provider.finish(query, poging, seen, now)).bsn == BSN
    with pytest.raises(LoginRefused, match="artifact: al gebruikt"):
        await provider.finish(query, poging, seen, now)
    assert len(idp.resolved) == 1
    assert all(expires >= now + timedelta(minutes=15) for expires in seen.keys.values())
    assert query[0][1] not in str(seen.keys)


async def test_replayed_assertion_is_refused(connect, log_in, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.same_assertion_id = "_zelfde"
    await log_in(provider, idp)
    assert "Assertion: al gebruikt" in (await refused(provider, idp)).reden


async def test_a_response_to_another_login_is_refused(connect, seen) -> None:
    """Login CSRF: somebody else's artifact in this browser."""
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    theirs = await provider.start(niveau=20)
    stolen = idp.accept(theirs.saml_request_b64, theirs.relay_state)
    ours = await provider.start(niveau=20)
    query = [stolen[0], ("RelayState", ours.relay_state)]
    with pytest.raises(LoginRefused, match="Response: InResponseTo"):
        await provider.finish(query, Poging(ours.request_id, ours.relay_state, 20), seen, datetime.now(UTC))


async def test_a_broken_replay_store_logs_nobody_in(connect) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    start = await provider.start(niveau=20)
    query = idp.accept(start.saml_request_b64, start.relay_state)

    async def broken(key: str, expires: datetime) -> bool:
        raise RuntimeError("database weg")

    with pytest.raises(LoginRefused, match="onverwacht: RuntimeError"):
        await provider.finish(query, Poging(start.request_id, start.relay_state, 20), broken, datetime.now(UTC))
