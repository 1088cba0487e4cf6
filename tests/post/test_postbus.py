"""The mailbox of the demo: what is sent to it over SMTP can be read on its page, and can do nothing there."""

import ast
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest
from fastapi import FastAPI
from lxml import html

from pip_portal import demo_postbus
from pip_portal.db import open_db
from pip_portal.demo_postbus import Postbus, create_app
from pip_portal.post.bouncebus import leeg
from pip_portal.post.mail import plaats_mail
from pip_portal.post.onbestelbaar import is_onbestelbaar
from pip_portal.post.opmaken import maak_bericht
from pip_portal.settings import Bounces
from tests import factories
from tests.post.test_bounces import maildir
from tests.post.test_mail import ALLES, M1, SLEUTELS, bezorger, smtp


@pytest.fixture
async def app() -> AsyncIterator[FastAPI]:
    app = create_app(Postbus(), smtp_poort=0)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def postbus(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8030") as client:
        yield client


async def stuur(app: FastAPI, bericht: EmailMessage) -> None:
    await aiosmtplib.send(bericht, hostname="127.0.0.1", port=app.state.smtp_poort, start_tls=False)


def is_pagina(response: httpx.Response) -> html.HtmlElement:
    assert response.status_code == 200
    document = html.document_fromstring(response.text)
    assert document.get("lang") == "nl"
    assert document.findtext(".//title")
    assert len(document.findall(".//h1")) == 1
    assert len(document.findall(".//main")) == 1
    assert "script-src" not in response.headers["content-security-policy"]
    assert "default-src 'none'" in response.headers["content-security-policy"]
    return document


async def test_a_mail_of_the_portal_can_be_read_and_its_link_followed(app: FastAPI, postbus: httpx.AsyncClient) -> None:
    assert (await postbus.get("/gezond")).text == "gezond\n"
    assert "Er is nog geen mail." in (await postbus.get("/")).text
    gegevens = {naam: ALLES[naam] for naam in ("datum", "link", "product")}
    bericht = maak_bericht(
        smtp(25),
        factories.PORTAAL,
        sjabloon="TEKENEN",
        aan="ouder@voorbeeld.nl",
        taal="nl",
        gegevens=gegevens,
        nummer="n1",
        moment=datetime(2026, 11, 24, tzinfo=UTC),
    )
    await stuur(app, bericht)
    lijst = is_pagina(await postbus.get("/"))
    [link] = lijst.xpath("//td/a")
    assert link.text == "Iemand vraagt u om mee te ondertekenen"
    assert [th.get("scope") for th in lijst.iter("th")] == ["col"] * 3
    mail = is_pagina(await postbus.get(link.get("href")))
    assert "n1@deventer.example" in mail.text_content()
    code = "http://localhost:8000/ondertekenen/code"
    assert mail.xpath("//pre/a/@href") == [code]
    [frame] = mail.iter("iframe")
    assert frame.get("title")
    assert "allow-scripts" not in frame.get("sandbox")
    assert "allow-same-origin" not in frame.get("sandbox")
    opgemaakt = await postbus.get(frame.get("src"))
    assert "sandbox" in opgemaakt.headers["content-security-policy"]
    assert code in opgemaakt.text
    assert (await postbus.post("/legen")).status_code == 303
    assert "Er is nog geen mail." in (await postbus.get("/")).text


def test_the_mailbox_knows_nothing_of_the_portal() -> None:
    bron = ast.parse(Path(demo_postbus.__file__).read_text())
    namen = [node.module or "" for node in ast.walk(bron) if isinstance(node, ast.ImportFrom)]
    namen += [alias.name for node in ast.walk(bron) if isinstance(node, ast.Import) for alias in node.names]
    assert not [naam for naam in namen if naam.startswith("pip_portal")]


async def test_mail_to_an_address_that_does_not_exist_comes_back_where_the_portal_reads_it(
    tmp_path: Path, database_url: str
) -> None:
    bus = Bounces(maildir=maildir(tmp_path))
    app = create_app(Postbus(tmp_path), smtp_poort=0)
    async with app.router.lifespan_context(app), open_db(database_url) as db:
        wie = {"sjabloon": "M1", "taal": "nl", "gegevens": M1}
        async with db.begin() as session:
            await plaats_mail(session, SLEUTELS, aan="hendrik@example.nl", sleutel="1", **wie)
            await plaats_mail(session, SLEUTELS, aan="anna@example.nl", sleutel="2", **wie)
        await bezorger(db, smtp(app.state.smtp_poort, terug="terug@deventer.example")).alles()
        assert await leeg(db, bus) == {"onbestelbaar": 1}
        async with db() as session:
            assert await is_onbestelbaar(session, SLEUTELS, "hendrik@example.nl")
            assert not await is_onbestelbaar(session, SLEUTELS, "anna@example.nl")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8030") as postbus:
            lijst = is_pagina(await postbus.get("/"))
        assert sorted(lijst.xpath("//td/a/text()")) == [
            "Uw mail is niet bezorgd",
            *["Wij hebben uw aanvraag ontvangen"] * 2,
        ]


async def test_a_mail_cannot_put_anything_in_the_page(app: FastAPI, postbus: httpx.AsyncClient) -> None:
    bericht = EmailMessage()
    bericht["From"], bericht["To"] = "a@voorbeeld.nl", "b@voorbeeld.nl"
    bericht["Subject"] = "<script>alert(1)</script>"
    bericht.set_content('<b>vet</b>\nhttp://voorbeeld.nl/"onclick=x\n')
    await stuur(app, bericht)
    lijst = is_pagina(await postbus.get("/"))
    assert not list(lijst.iter("script"))
    mail = is_pagina(await postbus.get("/mail/1"))
    assert not list(mail.iter("script", "b", "iframe"))
    assert not mail.xpath("//@onclick")
    assert (await postbus.get("/mail/2")).status_code == 404
