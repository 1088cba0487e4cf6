"""The stand-in as a process of its own, on real sockets with mutual TLS, and the keys it makes."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import html

from mock_idp.app import create_idp
from mock_idp.config import Config, NotDevelopment
from mock_idp.keys import KeyStore
from tests.mock_idp.conftest import PUBLIC, SOAP, World
from tests.mock_idp.messages import Pair
from tests.mock_idp.sp import Sp, read_idp_metadata


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def environment(idp_folder: Path, pairs: tuple[Pair, Pair, Pair], tmp_path: Path) -> dict[str, str]:
    client_ca, _ = pairs[0].write(tmp_path, "client")
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("MOCK_IDP_")},
        "MOCK_IDP_DEVELOPMENT": "1",
        "MOCK_IDP_DIR": str(idp_folder),
        "MOCK_IDP_PUBLIC_URL": f"http://localhost:{free_port()}",
        "MOCK_IDP_BACKCHANNEL_URL": f"https://localhost:{free_port()}",
        "MOCK_IDP_SP_METADATA_DIR": str(tmp_path),
        "MOCK_IDP_CLIENT_CA": str(client_ca),
    }


def run(environment: dict[str, str], command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "mock_idp", command],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = run(environment, "serve")
    for _ in range(100):
        try:
            httpx.get(environment["MOCK_IDP_PUBLIC_URL"], trust_env=False)
            break
        except httpx.ConnectError:
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def artifact_from(browser: httpx.Client, sp: Sp, environment: dict[str, str], keys: KeyStore) -> str:
    idp = read_idp_metadata(browser.get("/digid/metadata").content, keys["digid"].sha256)
    assert idp.resolve == environment["MOCK_IDP_BACKCHANNEL_URL"] + "/digid/resolve_artifact"
    page = browser.post(idp.sso, data=sp.form(sp.authn_request(idp)), follow_redirects=True)
    form = html.fromstring(page.text).forms[0]
    values = {**dict(form.form_values()), "persoon": "999991012", "actie": "inloggen"}
    location = browser.post(form.action, data=values).headers["location"]
    return sp.artifact_of(location, idp)


def test_a_login_over_real_sockets_with_mutual_tls(
    server: "subprocess.Popen[str]",
    environment: dict[str, str],
    idp_folder: Path,
    pairs: tuple[Pair, Pair, Pair],
    tmp_path: Path,
) -> None:
    keys = KeyStore(idp_folder)
    sp = Sp("digid", pairs[0], pairs[1])
    (tmp_path / "sp.xml").write_bytes(sp.metadata())
    with httpx.Client(base_url=environment["MOCK_IDP_PUBLIC_URL"], trust_env=False) as browser:
        idp = read_idp_metadata(browser.get("/digid/metadata").content, keys["digid"].sha256)
        artifact = artifact_from(browser, sp, environment, keys)
        assert browser.post("/digid/resolve_artifact", content=b"<a/>", headers=SOAP).status_code in (404, 405)
    without = ssl.create_default_context(cafile=str(keys.certificate_path("ca")))
    with httpx.Client(verify=without, trust_env=False) as stranger, pytest.raises(httpx.HTTPError):
        stranger.post(idp.resolve, content=sp.artifact_resolve(artifact), headers=SOAP)
    unknown = ssl.create_default_context(cafile=str(keys.certificate_path("ca")))
    unknown.load_cert_chain(*pairs[2].write(tmp_path, "stranger"))
    with httpx.Client(verify=unknown, trust_env=False) as stranger, pytest.raises(httpx.HTTPError):
        stranger.post(idp.resolve, content=sp.artifact_resolve(artifact), headers=SOAP)
    ours = ssl.create_default_context(cafile=str(keys.certificate_path("ca")))
    ours.load_cert_chain(tmp_path / "client.crt", tmp_path / "client.key")
    with httpx.Client(verify=ours, trust_env=False) as client:
        answer = client.post(idp.resolve, content=sp.artifact_resolve(artifact), headers=SOAP)
    assert sp.identity(answer.content, idp).name_id == "s00000000:999991012"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(server: "subprocess.Popen[str]", number: signal.Signals) -> None:
    server.send_signal(number)
    output, errors = server.communicate(timeout=10)
    assert server.returncode == 0, errors
    assert "Traceback" not in output + errors


def test_a_taken_port_is_said_plainly(server: "subprocess.Popen[str]", environment: dict[str, str]) -> None:
    _, errors = (second := run(environment, "serve")).communicate(timeout=20)
    assert second.returncode == 1
    assert "is al in gebruik" in errors
    assert "Traceback" not in errors


def test_a_missing_client_authority_is_said_plainly(environment: dict[str, str]) -> None:
    process = run({**environment, "MOCK_IDP_CLIENT_CA": "/bestaat/niet.pem"}, "serve")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "MOCK_IDP_CLIENT_CA" in errors


def test_keys_tells_where_the_metadata_is(environment: dict[str, str], idp_folder: Path) -> None:
    process = run(environment, "keys")
    output, _ = process.communicate(timeout=20)
    told = json.loads(output)
    assert set(told) == {"digid", "eid", "eherkenning", "ca"}
    for profile in ("digid", "eid", "eherkenning"):
        idp = read_idp_metadata(Path(told[profile]["metadata"]).read_bytes(), told[profile]["fingerprint"])
        assert idp.entity_id == told[profile]["entity_id"]
    authority = x509.load_pem_x509_certificate(Path(told["ca"]).read_bytes())
    KeyStore(idp_folder)["tls-server"].certificate.verify_directly_issued_by(authority)
    assert oct((idp_folder / "digid.key").stat().st_mode)[-3:] == "600"


def test_outside_development_it_does_not_start(environment: dict[str, str], tmp_path: Path) -> None:
    for command in ("serve", "keys"):
        process = run({**environment, "MOCK_IDP_DEVELOPMENT": "0"}, command)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 1
        assert "MOCK_IDP_DEVELOPMENT=1" in errors
    with pytest.raises(NotDevelopment):
        create_idp(Config(development=False, dir=tmp_path / "leeg"))
    assert not (tmp_path / "leeg").exists()


async def test_a_second_signing_key_is_announced_and_then_used(
    idp_folder: Path, pairs: tuple[Pair, Pair, Pair], tmp_path: Path
) -> None:
    keys = KeyStore(idp_folder)
    for rollover in ("aangekondigd", "actief"):
        config = Config(
            development=True,
            dir=idp_folder,
            sp_metadata_dir=tmp_path,
            backchannel_plain_http=True,
            rollover=rollover,  # type: ignore[arg-type]
        )
        app = create_idp(config, keys=keys)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC) as browser:
            world = World(app, browser, keys, tmp_path, pairs)
            sp = world.sp("digid")
            idp = await world.idp("digid")
            assert len(idp.certificates) == 2
            answer = await world.log_in(sp)
        assert sp.identity(answer, idp).name_id
        signer = keys["digid-2" if rollover == "actief" else "digid"]
        assert signer.certificate.fingerprint(hashes.SHA256()).hex().encode() in answer
