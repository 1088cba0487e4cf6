"""A form with files comes in as a stream: only where it may, with its token first, and never whole in memory."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from pip_portal.app import create_app
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.inloggen.sessies import load_sessie
from pip_portal.security import grote_upload, require_same_origin
from pip_portal.settings import Settings
from tests import factories
from tests.conftest import SAME_ORIGIN, Browser

GRENS = "grens"
router = APIRouter()


@router.post("/proef/klein")
async def klein(request: Request) -> JSONResponse:
    return JSONResponse(dict(await request.form()))


@router.post("/proef")
@grote_upload
async def proef(request: Request) -> JSONResponse:
    """Reads every file, but of a file called half only the first chunk."""
    gezien: list[object] = []

    async def neem(veld: str, naam: str, stroom: AsyncIterator[bytes]) -> None:
        grootte, grootste = 0, 0
        async for stuk in stroom:
            grootte, grootste = grootte + len(stuk), max(grootste, len(stuk))
            if naam == "half":
                break
        gezien.append([veld, naam, grootte, grootste])

    velden = await lees_multipart(request, neem)
    return JSONResponse({"velden": [list(veld) for veld in velden], "bestanden": gezien})


@pytest.fixture
async def portal(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    app.include_router(router, dependencies=[Depends(load_sessie), Depends(require_same_origin)])
    async with app.router.lifespan_context(app):
        yield app


def deel(naam: str, inhoud: bytes, bestand: str | None = None) -> bytes:
    kop = f'Content-Disposition: form-data; name="{naam}"' + (f'; filename="{bestand}"' if bestand is not None else "")
    return f"--{GRENS}\r\n{kop}\r\n\r\n".encode() + inhoud + b"\r\n"


async def stuur(
    browser: Browser, *delen: bytes, pad: str = "/proef", stuk: int = 50_000, eind: bytes = b"--grens--\r\n"
) -> httpx.Response:
    async def stroom() -> AsyncIterator[bytes]:
        geheel = b"".join(delen) + eind
        for begin in range(0, len(geheel), stuk):
            yield geheel[begin : begin + stuk]

    headers = {**SAME_ORIGIN, "Content-Type": f"multipart/form-data; boundary={GRENS}"}
    return await browser.client.post(pad, content=stroom(), headers=headers)


def token(browser: Browser) -> bytes:
    return deel("csrf", browser.csrf.encode())


async def test_fields_and_files_come_in_as_they_were_sent(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    antwoord = await stuur(
        browser,
        token(browser),
        deel("a", "één".encode()),
        deel("a", b"twee"),
        deel("bestand", b"x" * 300_000, "half"),
        deel("bestand", b"y" * 300_000, "heel één.pdf"),
        deel("leeg", b"", ""),
        stuk=7_001,
    )
    assert antwoord.json()["velden"] == [["csrf", browser.csrf], ["a", "één"], ["a", "twee"]]
    half, heel = antwoord.json()["bestanden"]
    assert half[:2] == ["bestand", "half"]
    assert half[2] < 10_000  # the rest was read away
    assert heel[:3] == ["bestand", "heel één.pdf", 300_000]
    assert heel[3] <= 7_001  # never more than what came in at a time


async def test_a_form_without_files_is_read_too(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    antwoord = await browser.post("/proef", {"a": "1", "b": ""})
    assert antwoord.json()["velden"] == [["csrf", browser.csrf], ["a", "1"], ["b", ""]]
    assert (await browser.client.post("/proef", data={"a": "1"}, headers=SAME_ORIGIN)).status_code == 400


@pytest.mark.parametrize("naam", ["csrf", "a"])
async def test_no_file_is_read_before_the_token(browser: Browser, naam: str) -> None:
    await browser.log_in(factories.burger())
    fout = deel(naam, b"fout")
    for delen in (
        (fout, token(browser)),
        (deel("bestand", b"x", "x.pdf"), token(browser)),
        (deel("csrf", b"x", "csrf"),),
        (),
    ):
        antwoord = await stuur(browser, *delen)
        assert antwoord.status_code == 400
        assert "Dat kunnen wij niet lezen" in antwoord.text
    vreemd = await browser.client.post(
        "/proef",
        content=token(browser),
        headers={"Sec-Fetch-Site": "cross-site", "Content-Type": "multipart/form-data; boundary=x"},
    )
    assert vreemd.status_code == 400


async def test_only_a_marked_route_takes_more_than_a_form(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    groot = deel("bestand", b"x" * 200_000, "x.pdf")
    assert (await stuur(browser, token(browser), groot)).status_code == 200
    assert (await stuur(browser, token(browser), groot, pad="/proef/klein")).status_code == 413
    assert (await browser.post("/proef", {"a": "x" * 100_000})).status_code == 413
    lengte = {**SAME_ORIGIN, "Content-Type": f"multipart/form-data; boundary={GRENS}", "Content-Length": "106000000"}
    assert (await browser.client.post("/proef", content=stukjes(), headers=lengte)).status_code == 413


async def stukjes() -> AsyncIterator[bytes]:
    yield b"x"


async def test_text_has_its_limit_beside_files(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    for delen in ((deel("a", b"x" * 65_000),), (deel("a", b"x" * 40_000), deel("b", b"x" * 40_000))):
        assert (await stuur(browser, token(browser), *delen)).status_code == 413
    velden = [deel("a", b"") for _ in range(1_001)]
    assert (await stuur(browser, token(browser), *velden)).status_code == 400


@pytest.mark.parametrize(
    ("delen", "eind"),
    [
        ((deel("a", b"1"),), b""),
        ((b"--grens\r\nX: 1\r\n\r\nwaarde\r\n",), b"--grens--\r\n"),
        ((b"--grens\r\nContent-Disposition: form-data; name=" + b"x" * 5_000 + b"\r\n\r\n",), b""),
        ((b"--anders\r\n\r\n",), b""),
        ((b"--grens\r\nContent-Disp",), b""),
    ],
)
async def test_what_no_browser_sends_is_refused(browser: Browser, delen: tuple[bytes, ...], eind: bytes) -> None:
    assert (await stuur(browser, *delen, eind=eind)).status_code == 400


async def test_a_form_without_boundary_is_refused(browser: Browser) -> None:
    headers = {**SAME_ORIGIN, "Content-Type": "multipart/form-data"}
    assert (await browser.client.post("/proef", content=b"x", headers=headers)).status_code == 400
