"""The three servers as `make run` starts them, and a real Chromium in front of them."""

import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from pip_portal import demo
from tests.conftest import expect_nothing_personal

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container may have 64 MB there, and then pages stop without a word
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VNU = Path(__file__).resolve().parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
BREAKER = 5.5  # seconds after which an open circuit breaker lets a call through again
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[demo.Demo]:
    os.environ.pop("PIP_DATABASE_URL", None)
    prepared = demo.prepare(demo.Ports(*free_ports(6)), tmp_path_factory.mktemp("demo"))
    processes = demo.start(prepared)
    try:
        assert demo.wait_until_ready(prepared, processes, {"now": False}), "de servers starten niet"
        yield prepared
    finally:
        demo.stop_all(processes)
    for naam in ("pip_portal", "werker"):
        expect_nothing_personal((prepared.folder / f"{naam}.log").read_text())


@pytest.fixture(scope="session")
def chromium(servers: demo.Demo) -> Iterator[Browser]:  # playwright holds an event loop, so the servers come first
    executable = os.environ.get("PIP_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Citizen:
    """Someone at a screen. Every message in the console and every CSP report is kept, and fails the test."""

    page: Page
    servers: demo.Demo
    javascript: bool = True
    complaints: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        """That a page itself came with 403, 404 or 503 is what some tests are about; all else is a complaint."""
        if message.type in ("error", "warning") and not (
            message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        ):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    @property
    def url(self) -> str:
        return self.servers.url

    def goto(self, path: str) -> None:
        self.page.goto(self.url + path)

    def log_in(self, label: str, *, bedrijf: bool = False, path: str = "/inloggen") -> None:
        """Through the login page, the SAML messages and the mock identity provider, as anyone would."""
        self.goto(path)
        self.page.get_by_role("button", name="Inloggen met eHerkenning" if bedrijf else "Inloggen met DigiD").click()
        if not self.javascript:
            self.page.get_by_role("button", name="Ga verder").click()
        self.page.get_by_label(label, exact=False).first.check()
        self.page.get_by_role("button", name="Inloggen", exact=True).click()
        self.page.wait_for_url(f"{self.url}/**")

    def expect_accessible(self) -> None:
        """Zero axe findings, and no sideways scrolling at 320 px."""
        results = Axe().run(self.page, options=AXE)
        assert results.violations_count == 0, f"{self.page.url}\n{results.generate_report()}"
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 800})
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, f"{self.page.url} is {width} px breed op een scherm van 320 px"
        if size:
            self.page.set_viewport_size(size)


def forget_how_often(servers: demo.Demo) -> None:
    """Each test is another day: nobody fills in a form as fast as a test does."""
    with closing(sqlite3.connect(servers.folder / "pip.sqlite", timeout=30)) as database, database:
        database.execute("DELETE FROM tellers")


@pytest.fixture
def new_citizen(chromium: Browser, servers: demo.Demo) -> Iterator[Callable[..., Citizen]]:
    forget_how_often(servers)
    contexts: list[BrowserContext] = []
    citizens: list[Citizen] = []

    def make(*, javascript: bool = True, width: int = 1280, **options: object) -> Citizen:
        context = chromium.new_context(
            java_script_enabled=javascript, viewport={"width": width, "height": 900}, locale="nl-NL", **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        citizen = Citizen(context.new_page(), servers, javascript)
        citizen.page.on("console", citizen.on_console)
        citizen.page.on("pageerror", lambda error: citizen.complaints.append(str(error)))
        citizens.append(citizen)
        return citizen

    yield make
    complaints = [c for citizen in citizens for c in citizen.complaints]
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def citizen(new_citizen: Callable[..., Citizen]) -> Citizen:
    return new_citizen()


@contextmanager
def broken(servers: demo.Demo, **storing: object) -> Iterator[None]:
    """A fault in the backoffice, for as long as this lasts; afterwards the portal dares to call again."""
    switch = f"http://localhost:{servers.ports.backoffice}/beheer/api/storing"
    httpx.post(switch, json=storing).raise_for_status()
    try:
        yield
    finally:
        httpx.delete(switch).raise_for_status()
        time.sleep(BREAKER)


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


Look = Callable[[Citizen, str], None]


@pytest.fixture(scope="session")
def check_html(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], None]]:
    """Keeps the HTML of a page under a name; the validator looks at all of them at the end, and finds nothing.

    At the end of the whole run: to start the validator costs more than what it does.
    """
    folder = tmp_path_factory.mktemp("html")

    def keep(name: str, source: str) -> None:
        (folder / f"{name}-{sum(1 for _ in folder.iterdir())}.html").write_text(source)

    yield keep
    files = sorted(str(file) for file in folder.glob("*.html"))
    if not files:
        return
    done = subprocess.run(
        ["java", "-jar", str(VNU), "--stdout", "--format", "text", *files],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def seen(check_html: Callable[[str, str], None]) -> Look:
    """Checks a page in the browser, and has its HTML validated."""

    def look(citizen: Citizen, name: str) -> None:
        citizen.page.wait_for_load_state("load")
        expect(citizen.page.locator(".portaal-wacht")).to_have_count(0)  # no panel still comes
        citizen.expect_accessible()
        check_html(name, citizen.page.evaluate("fetch(location.href, {cache: 'no-store'}).then(r => r.text())"))

    return look
