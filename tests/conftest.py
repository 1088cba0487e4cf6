"""The portal of the tests, reached over HTTP, with the reference backoffice and the mock IdP behind it over HTTP too.

A test that uses `database_url` runs on SQLite, or on PostgreSQL when PIP_TEST_POSTGRES names a server.
"""

import gc
import io
import logging
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from lxml import html

from pip_portal import migraties, tables
from pip_portal.app import create_app
from pip_portal.gebruiker import Gebruiker
from pip_portal.logs import JsonFormatter
from pip_portal.settings import Settings
from reference_backoffice.app import create_backoffice
from reference_backoffice.config import Config as BackofficeConfig
from reference_backoffice.seed import seed_database
from tests import factories
from tests.html_checks import check_page

POSTGRES = os.environ.get("PIP_TEST_POSTGRES", "")
# TRUNCATE makes a new file for each table and index, and takes forty times as long.
EMPTY = "; ".join(str(table.delete()) for table in reversed(tables.Base.metadata.sorted_tables))
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": factories.PORTAAL}


# ---- the whole suite ---------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what does not use the portal's database, so that the run on PostgreSQL leaves it out."""
    for item in items:
        if "database_url" not in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.geen_database)


def pytest_collection_finish() -> None:
    """What was imported stays: the garbage collector need not look at it again during each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def nothing_personal_in_the_logs() -> Iterator[None]:
    """All that the portal logs during the whole suite, as it would log it, names no persona (N10)."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(lambda record: record.name.split(".")[0] in ("pip_portal", "zaken", "httpx", "sqlalchemy"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # as logs.configure does
    yield
    root.removeHandler(handler)
    expect_nothing_personal(stream.getvalue())


def expect_nothing_personal(logged: str) -> None:
    found = sorted(fact for fact in factories.PERSOONLIJK if fact in logged)
    assert not found, f"in het logboek staat {found}"


# ---- databases ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, made once; each test gets a copy."""
    file = tmp_path_factory.mktemp("db") / "leeg.sqlite"
    migraties.upgrade(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_database(worker_id: str) -> Iterator[tuple[str, psycopg.Connection]]:
    """A migrated, empty database for this test process on the server of PIP_TEST_POSTGRES: its URL, and a way in."""
    name = f"pip_test_{worker_id}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        address = f"{urlsplit(POSTGRES).netloc}/{name}"
        migraties.upgrade(f"postgresql+psycopg://{address}")
        with psycopg.connect(f"postgresql://{address}", autocommit=True) as connection:
            yield f"postgresql+psycopg://{address}", connection
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def database_url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database at the current version, for this test alone."""
    if POSTGRES:
        url: str
        url, connection = request.getfixturevalue("postgres_database")
        connection.execute(EMPTY)
        return url
    file = tmp_path / "pip.sqlite"
    shutil.copy(request.getfixturevalue("empty_sqlite"), file)
    return f"sqlite+aiosqlite:///{file}"


# ---- the backoffice ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def seeded_backoffice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reference backoffice that was filled with all its example data once."""
    file = tmp_path_factory.mktemp("backoffice") / "gevuld.sqlite"
    config = BackofficeConfig(database=str(file))
    seed_database(config.database_url, config.today())
    return file


@pytest.fixture(scope="session")
def small_backoffice(seeded_backoffice: Path) -> Path:
    """The same without the 1,200 zaken of Suzanne: a tenth of the size, so that a copy for each test costs nothing."""
    file = seeded_backoffice.with_name("klein.sqlite")
    shutil.copy(seeded_backoffice, file)
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("DELETE FROM zaak WHERE uuid IN (SELECT zaak FROM rol WHERE inpBsn = ?)", (factories.SUZANNE,))
        database.execute("DELETE FROM rol WHERE zaak NOT IN (SELECT uuid FROM zaak)")
        database.execute(
            "DELETE FROM onderdeel WHERE soort IN ('status', 'resultaat', 'zaakeigenschap', 'zaakinformatieobject')"
            " AND ouder NOT IN (SELECT uuid FROM zaak)"
        )
        database.execute("VACUUM")
    return file


@pytest.fixture
def example_data(request: pytest.FixtureRequest) -> Path:
    """What a test's backoffice begins with; with the mark `veel_zaken` Suzanne has her 1,200 zaken."""
    whole = request.node.get_closest_marker("veel_zaken")
    file: Path = request.getfixturevalue("seeded_backoffice" if whole else "small_backoffice")
    return file


@pytest.fixture
async def backoffice(tmp_path: Path, example_data: Path) -> AsyncIterator[FastAPI]:
    """The reference backoffice of this test. `backoffice.state.beheer` breaks it and counts its calls."""
    file = tmp_path / "backoffice.sqlite"
    shutil.copy(example_data, file)
    app = create_backoffice(BackofficeConfig(database=str(file)))
    async with app.router.lifespan_context(app):
        yield app


# ---- the portal --------------------------------------------------------------------------------------------


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Override in a test module to run the portal with other settings."""
    return factories.settings(database_url)


@pytest.fixture
def transport_for(backoffice: FastAPI) -> Callable[[str], httpx.AsyncBaseTransport | None]:
    transport = httpx.ASGITransport(backoffice)
    return lambda url: transport if url.startswith(factories.BACKOFFICE) else None


@pytest.fixture
async def portal(
    settings: Settings, transport_for: Callable[[str], httpx.AsyncBaseTransport | None]
) -> AsyncIterator[FastAPI]:
    app = create_app(settings, transport_for)
    async with app.router.lifespan_context(app):
        yield app


class Browser:
    """A citizen's browser: keeps cookies, sends forms as our pages do, and checks each page it gets."""

    def __init__(self, portal: FastAPI) -> None:
        self.portal = portal
        self.lang = "nl"
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(portal),
            base_url=factories.PORTAAL,
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    async def get(self, url: str, *, check: bool = True, **kwargs: object) -> httpx.Response:
        response = await self.client.get(url, **kwargs)  # type: ignore[arg-type]  # as httpx takes them
        fragment = "HX-Request" in response.request.headers and response.status_code == 200
        is_html = response.headers.get("content-type", "").startswith("text/html")
        if check and is_html and not fragment and not response.is_redirect:
            check_page(response.text, expected_lang=self.lang)
        return response

    async def follow(self, url: str) -> httpx.Response:
        """Go to a page as a citizen does, through redirects."""
        response = await self.get(url)
        while response.is_redirect:
            response = await self.get(response.headers["location"])
        return response

    async def post(self, url: str, data: dict[str, str] | None = None, **kwargs: object) -> httpx.Response:
        """Send a form of ours: from our own origin, with the token that our pages carry."""
        headers = {**SAME_ORIGIN, **kwargs.pop("headers", {})}  # type: ignore[dict-item]  # headers is a dict
        data = {"csrf": self.csrf, **(data or {})}
        return await self.client.post(url, data=data, headers=headers, **kwargs)  # type: ignore[arg-type]

    async def fragment(self, url: str) -> httpx.Response:
        return await self.get(url, headers={"HX-Request": "true"})

    @property
    def csrf(self) -> str:
        sessies = self.portal.state.sessies
        sessie_id = self.client.cookies.get(sessies.cookie)
        return factories.csrf_of(sessie_id) if sessie_id else ""

    async def log_in(self, gebruiker: Gebruiker, naam: str | None = "Testpersoon") -> None:
        """A session as a login makes it, without the way past the identity provider."""
        sessies = self.portal.state.sessies
        middel = "eherkenning" if gebruiker.is_bedrijf else "digid"
        sessie_id = await sessies.create(
            gebruiker, middel, weergavenaam=naam, naam_id="s00000000:test", session_index=None
        )
        self.client.cookies.set(sessies.cookie, sessie_id, domain="localhost.local")


@pytest.fixture
async def browser(portal: FastAPI) -> AsyncIterator[Browser]:
    browser = Browser(portal)
    async with browser.client:
        yield browser


@pytest.fixture
def log_in(browser: Browser) -> Callable[..., object]:
    return browser.log_in


def text_of(response: httpx.Response) -> str:
    """What a citizen reads in the main part of the page, on one line."""
    document = html.document_fromstring(response.text)
    main = document.find(".//main")
    return " ".join((main if main is not None else document).text_content().split())


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
