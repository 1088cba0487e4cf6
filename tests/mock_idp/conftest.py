"""The stand-in in this process, and a browser and a service provider to use it with."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from lxml import etree, html

from mock_idp.app import create_idp
from mock_idp.config import Config
from mock_idp.keys import KeyStore
from mock_idp.profiles import PROFILES
from tests.mock_idp.messages import Pair, make_pair
from tests.mock_idp.sp import Idp, Sp, read_idp_metadata

PUBLIC = "http://localhost:8010"
SOAP = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"http://www.oasis-open.org/committees/security"'}


@pytest.fixture(scope="session")
def idp_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of the stand-in, made once."""
    folder = tmp_path_factory.mktemp("mock_idp")
    KeyStore(folder)
    return folder


@pytest.fixture(scope="session")
def pairs() -> tuple[Pair, Pair, Pair]:
    """Keys of service providers: one to sign, one to decrypt, one that nobody knows."""
    return make_pair("sp signing"), make_pair("sp encryption"), make_pair("stranger")


@dataclass
class World:
    """A stand-in, a browser at it, and the service providers whose metadata it knows."""

    app: FastAPI
    browser: httpx.AsyncClient
    keys: KeyStore
    folder: Path
    pairs: tuple[Pair, Pair, Pair]

    def know(self, sp: Sp, metadata: bytes | None = None) -> Sp:
        name = re.sub(r"\W", "-", sp.entity_id)
        (self.folder / f"{name}.xml").write_bytes(metadata or sp.metadata())
        return sp

    def sp(self, profile: str, **changes: Any) -> Sp:
        return self.know(Sp(profile, self.pairs[0], self.pairs[1], **changes))

    async def idp(self, profile: str) -> Idp:
        response = await self.browser.get(f"/{profile}/metadata")
        return read_idp_metadata(response.content, self.keys[profile].sha256)

    async def start(self, sp: Sp, request: etree._Element | None = None, **form: Any) -> httpx.Response:
        """Post an AuthnRequest as the browser does, and follow to the login page when there is one."""
        idp = await self.idp(sp.profile)
        message = sp.authn_request(idp) if request is None else request
        response = await self.browser.post(idp.sso, data=sp.form(message, **form))
        if response.status_code == 303:
            return await self.browser.get(response.headers["location"])
        return response

    async def choose(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Fill in the login page and press Inloggen."""
        assert page.status_code == 200, page.text
        form = html.fromstring(page.text).forms[0]
        values = {**dict(form.form_values()), "actie": "inloggen", **fields}
        return await self.browser.post(form.action, data=values)

    async def resolve(self, sp: Sp, artifact: str) -> httpx.Response:
        idp = await self.idp(sp.profile)
        return await self.browser.post(idp.resolve, content=sp.artifact_resolve(artifact), headers=SOAP)

    async def log_in(self, sp: Sp, request: etree._Element | None = None, **fields: str) -> bytes:
        """All the way: page, finish, artifact, resolve. Returns the SOAP answer."""
        finished = await self.choose(await self.start(sp, request), **fields)
        assert finished.status_code == 302, finished.text
        artifact = sp.artifact_of(finished.headers["location"], await self.idp(sp.profile))
        return (await self.resolve(sp, artifact)).content


@pytest.fixture(scope="session")
def idp_keys(idp_folder: Path) -> KeyStore:
    return KeyStore(idp_folder)


@pytest.fixture
async def world(
    idp_folder: Path, idp_keys: KeyStore, pairs: tuple[Pair, Pair, Pair], tmp_path: Path
) -> AsyncIterator[World]:
    config = Config(
        development=True,
        dir=idp_folder,
        sp_metadata_dir=tmp_path,
        backchannel_plain_http=True,
        traag_seconden=0.05,
        hangt_seconden=0.05,
    )
    app = create_idp(config, keys=idp_keys)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as browser:
        yield World(app, browser, idp_keys, tmp_path, pairs)


@pytest.fixture(params=list(PROFILES))
def profile(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name
