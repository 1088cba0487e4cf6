"""The portal and the mock identity provider, introduced to each other, both reached over HTTP."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import httpx
import pytest
from fastapi import FastAPI
from lxml import html

from mock_idp.app import create_backchannel, create_idp
from mock_idp.config import Config as IdpConfig
from mock_idp.keys import KeyStore
from pip_portal import demo_certificaten
from pip_portal.inloggen.saml.provider import Dienstverlener
from pip_portal.settings import Settings
from tests import factories
from tests.conftest import Browser

OIN = demo_certificaten.OIN


@pytest.fixture(scope="session")
def idp_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("idp")


@pytest.fixture(scope="session")
def idp_made(idp_folder: Path) -> dict[str, dict[str, str]]:
    """Keys and metadata of the mock, made as `make run` makes them."""
    environment = {
        "MOCK_IDP_DEVELOPMENT": "1",
        "MOCK_IDP_DIR": str(idp_folder),
        "MOCK_IDP_PUBLIC_URL": factories.IDP,
    }
    root = Path(__file__).resolve().parents[2]
    made = subprocess.check_output([sys.executable, "-m", "mock_idp", "keys"], env=environment, cwd=root, text=True)
    parsed: dict[str, dict[str, str]] = json.loads(made)
    return parsed


@pytest.fixture(scope="session")
def own_keys(tmp_path_factory: pytest.TempPathFactory) -> demo_certificaten.Keys:
    return demo_certificaten.ensure(tmp_path_factory.mktemp("sp"))


@pytest.fixture
def koppelingen(idp_made: dict[str, dict[str, str]], own_keys: demo_certificaten.Keys) -> dict[str, dict[str, object]]:
    """The two SAML connections of the portal under test; a test may change them before it uses `settings`."""
    service_id = f"urn:etoegang:DV:{OIN}:services:9001"

    def koppeling(middel: str, **fields: object) -> dict[str, object]:
        return {
            "idp_entity_id": idp_made[middel]["entity_id"],
            "idp_metadata": idp_made[middel]["metadata"],
            "idp_metadata_vingerafdruk": idp_made[middel]["fingerprint"],
            "ondertekening": (own_keys.signing,),
            "form_action": (factories.IDP,),
            **fields,
        }

    return {
        "digid": koppeling("digid", profiel="digid-3", entity_id=f"{factories.PORTAAL}/inloggen/digid/metadata"),
        "eherkenning": koppeling(
            "eherkenning",
            profiel="eherkenning",
            entity_id=f"urn:etoegang:DV:{OIN}:entities:9001",
            versleuteling=(own_keys.encryption,),
            service_index=9001,
            service_id=service_id,
            service_uuid=str(uuid5(NAMESPACE_URL, service_id)),
            niveau=22,
        ),
    }


@pytest.fixture
def settings(database_url: str, koppelingen: dict[str, dict[str, object]]) -> Settings:
    return factories.settings(database_url, **koppelingen)


@pytest.fixture(scope="session")
def idp_keys(idp_folder: Path, idp_made: dict[str, dict[str, str]]) -> KeyStore:
    return KeyStore(idp_folder)


@pytest.fixture
def sp_metadata(tmp_path: Path) -> Path:
    folder = tmp_path / "sp"
    folder.mkdir()
    return folder


@pytest.fixture
def idp_options() -> dict[str, str]:
    """Other settings of the mock; a test module overrides this."""
    return {}


@pytest.fixture
def idp(idp_folder: Path, idp_keys: KeyStore, sp_metadata: Path, idp_options: dict[str, str]) -> FastAPI:
    config = IdpConfig.model_validate(
        {
            "development": True,
            "dir": idp_folder,
            "public_url": factories.IDP,
            "sp_metadata_dir": sp_metadata,
            **idp_options,
        }
    )
    return create_idp(config, keys=idp_keys)


@pytest.fixture
def transport_for(backoffice: FastAPI, idp: FastAPI) -> Callable[[str], httpx.AsyncBaseTransport | None]:
    to_backoffice, to_idp = httpx.ASGITransport(backoffice), httpx.ASGITransport(create_backchannel(idp))
    return lambda url: to_backoffice if url.startswith(factories.BACKOFFICE) else to_idp


@pytest.fixture
async def portal(
    settings: Settings,
    transport_for: Callable[[str], httpx.AsyncBaseTransport | None],
    sp_metadata: Path,
) -> AsyncIterator[FastAPI]:
    from pip_portal.app import create_app

    app = create_app(settings, transport_for)
    async with app.router.lifespan_context(app):
        dienstverleners: dict[str, Dienstverlener] = app.state.dienstverleners
        for middel, dienstverlener in dienstverleners.items():
            (sp_metadata / f"{middel}.xml").write_bytes(dienstverlener.metadata())
        yield app


class Login:
    """A citizen who logs in: presses the button, chooses at the identity provider, and comes back."""

    def __init__(self, browser: Browser, idp: FastAPI) -> None:
        self.browser = browser
        self.idp = httpx.AsyncClient(transport=httpx.ASGITransport(idp), base_url=factories.IDP)

    async def leave(self, middel: str = "digid", **fields: str) -> dict[str, str]:
        """Press the button; returns what the hand-over page sends to the identity provider."""
        page = await self.browser.post(f"/inloggen/{middel}", dict(fields))
        assert page.status_code == 200, page.text
        form = next(f for f in html.document_fromstring(page.text).forms if "SAMLRequest" in f.fields)
        self.csp = page.headers["content-security-policy"]
        self.action = form.action
        return {name: value or "" for name, value in form.fields.items()}

    async def choose(self, sent: dict[str, str], persoon: str, **fields: str) -> str:
        """Choose someone at the identity provider; returns the address that it sends the browser back to."""
        page = await self.idp.post(self.action, data=sent, follow_redirects=True)
        assert page.status_code == 200, page.text
        form = html.document_fromstring(page.text).forms[0]
        values = {name: value or "" for name, value in form.fields.items() if name}
        values |= {"persoon": persoon, "actie": "inloggen", **fields}
        back = await self.idp.post(form.action, data=values)
        assert back.status_code in (302, 303), back.text
        location: str = back.headers["location"]
        return location.removeprefix(factories.PORTAAL)

    async def log_in(self, persoon: str, middel: str = "digid", terug: str = "", **fields: str) -> httpx.Response:
        sent = await self.leave(middel, terug=terug)
        return await self.browser.get(await self.choose(sent, persoon, **fields))


@pytest.fixture
async def login(browser: Browser, idp: FastAPI) -> AsyncIterator[Login]:
    login = Login(browser, idp)
    async with login.idp:
        yield login
