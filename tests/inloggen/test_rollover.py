"""The identity provider replaces its key: nobody notices, before, during and after."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from mock_idp.config import Config as IdpConfig
from mock_idp.idp_metadata import metadata
from mock_idp.keys import KeyStore
from mock_idp.profiles import DIGID
from pip_portal.inloggen.saml.provider import Dienstverlener
from tests import factories
from tests.inloggen.conftest import Login


@pytest.fixture
def idp_options() -> dict[str, str]:
    return {"rollover": "actief"}


@pytest.fixture
def metadata_file(tmp_path: Path) -> Path:
    return tmp_path / "digid.xml"


@pytest.fixture
def publish(idp_folder: Path, idp_keys: KeyStore, metadata_file: Path):  # type: ignore[no-untyped-def]  # a small function
    def publish(rollover: str) -> None:
        config = IdpConfig.model_validate(
            {"development": True, "dir": idp_folder, "public_url": factories.IDP, "rollover": rollover}
        )
        metadata_file.write_bytes(metadata(config, idp_keys, DIGID))

    return publish


@pytest.fixture
def known() -> str:
    return "uit"


@pytest.fixture
def koppelingen(koppelingen, metadata_file, publish, known):  # type: ignore[no-untyped-def]  # as in the conftest
    publish(known)
    koppelingen["digid"]["idp_metadata"] = str(metadata_file)
    return koppelingen


@pytest.mark.parametrize("known", ["aangekondigd", "actief"])
@pytest.mark.seed("N7")
async def test_a_new_key_that_was_announced_works_at_once(login: Login) -> None:
    assert (await login.log_in(factories.ANNA)).status_code == 303


async def test_a_new_key_nobody_announced_is_refused_until_the_metadata_are_read_again(
    login: Login, portal: FastAPI, publish
) -> None:  # type: ignore[no-untyped-def]  # as above
    assert (await login.log_in(factories.ANNA)).status_code == 403
    publish("aangekondigd")
    digid: Dienstverlener = portal.state.dienstverleners["digid"]
    await digid.refresh_metadata()
    assert (await login.log_in(factories.ANNA)).status_code == 303


@pytest.mark.parametrize("known", ["aangekondigd"])
async def test_metadata_that_cannot_be_read_leave_the_old_ones_in_use(
    login: Login, portal: FastAPI, metadata_file: Path
) -> None:
    digid: Dienstverlener = portal.state.dienstverleners["digid"]
    forged = metadata_file.read_bytes().replace(b"8010", b"9999")  # noqa: ASYNC240 - a small file of the test
    for broken in (b"", b"<x/>", b"\xff", forged):
        metadata_file.write_bytes(broken)  # noqa: ASYNC240
        await digid.refresh_metadata()
    metadata_file.unlink()  # noqa: ASYNC240
    await digid.refresh_metadata()
    assert (await login.log_in(factories.ANNA)).status_code == 303
