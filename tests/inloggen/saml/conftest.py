"""A portal side and a foreign identity provider that know each other's metadata."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pip_portal.errors import LoginRefused
from pip_portal.inloggen.saml.provider import Dienstverlener, Identiteit, Poging
from pip_portal.settings import Koppeling
from tests.inloggen.saml.foreign_idp import SERVICE_ID, SERVICE_UUID, ForeignIdp
from tests.inloggen.saml.foreign_xml import pair

PERSONAL = ("999993653", "99999365", "999990019", "900029365", "68750110", "857587973", "A1B2C3D4", "<saml", "_handvat")
MIDDEL = {"digid-3": "digid", "eid-4": "digid", "eherkenning": "eherkenning"}


class Memory:
    """The replay store, and the log in of a browser from start to finish."""

    def __init__(self) -> None:
        self.keys: dict[str, datetime] = {}

    async def __call__(self, key: str, expires: datetime) -> bool:
        seen = key in self.keys
        self.keys[key] = expires
        return seen


Open = Callable[..., Awaitable[Dienstverlener]]


@pytest.fixture
def seen() -> Memory:
    return Memory()


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Koppeling]:
    """Makes a Koppeling for this IdP; its keys and the metadata are files, as in production."""

    def make(idp: ForeignIdp, **changes: object) -> Koppeling:
        metadata = tmp_path / "idp.xml"
        metadata.write_bytes(idp.metadata())
        values: dict[str, object] = {
            "profiel": idp.profile,
            "entity_id": idp.sp,
            "idp_entity_id": idp.entity_id,
            "idp_metadata": str(metadata),
            "idp_metadata_vingerafdruk": idp.metadata_signer.sha256,
            "ondertekening": (pair("sp signing").write(tmp_path, "sp"),),
        }
        if idp.profile != "digid-3":
            values["versleuteling"] = (pair("sp encryption").write(tmp_path, "enc"),)
            values["service_uuid"] = SERVICE_UUID
        if idp.profile == "eherkenning":
            values |= {"service_id": SERVICE_ID, "service_index": 1}
        return Koppeling(**{**values, **changes})

    return make


@pytest.fixture
async def connect(settings_for: Callable[..., Koppeling]) -> AsyncIterator[Open]:
    """Opens the portal side and hands its metadata to the IdP."""
    opened: list[Dienstverlener] = []

    async def connect(idp: ForeignIdp, **changes: object) -> Dienstverlener:
        provider = await Dienstverlener.open(
            settings_for(idp, **changes),
            public_url="https://pip.test",
            middel=MIDDEL[idp.profile],
            http_transport=idp.transport,
        )
        opened.append(provider)
        idp.read_sp_metadata(provider.metadata())
        return provider

    yield connect
    for provider in opened:
        await provider.close()


@pytest.fixture
def log_in(seen: Memory) -> Callable[..., Awaitable[Identiteit]]:
    """One whole login: out with the AuthnRequest, back with the artifact."""

    async def log_in(provider: Dienstverlener, idp: ForeignIdp, *, niveau: int = 20, dienst: str = "") -> Identiteit:
        start = await provider.start(niveau=niveau, dienst=dienst)
        query = idp.accept(start.saml_request_b64, start.relay_state)
        poging = Poging(start.request_id, start.relay_state, niveau, dienst)
        return await provider.finish(query, poging, seen, datetime.now(UTC))

    return log_in


@pytest.fixture
def refused(
    log_in: Callable[..., Awaitable[Identiteit]], caplog: pytest.LogCaptureFixture
) -> Callable[..., Awaitable[LoginRefused]]:
    """A login that must fail; nothing about the person may reach the error or the log."""

    async def refused(provider: Dienstverlener, idp: ForeignIdp, *, niveau: int = 20) -> LoginRefused:
        caplog.clear()
        caplog.set_level(logging.DEBUG)
        with pytest.raises(LoginRefused) as caught:
            await log_in(provider, idp, niveau=niveau)
        lines = [record for record in caplog.records if record.name.startswith("pip_portal")]
        assert lines == [], "who shows the refusal logs it, once"
        said = f"{caught.value!r} {caught.value.__cause__!r} {[vars(record) for record in caplog.records]}"
        for secret in (*PERSONAL, *idp.resolved):
            assert secret not in said
        return caught.value

    return refused
