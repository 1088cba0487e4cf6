"""What a tester reads: every page says that it is not the real thing and needs no script."""

import httpx
import pytest
from lxml import html

from tests.mock_idp.conftest import World


def check(page: httpx.Response) -> None:
    document = html.fromstring(page.text)
    assert "TESTOMGEVING" in page.text
    assert len(document.findall(".//h1")) == 1
    assert document.get("lang") == "nl"
    assert not document.xpath("//script | //style | //@style | //@onclick")
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in document.xpath("//input[@type!='hidden'] | //select"):
        assert document.xpath(f"//label[@for='{field.get('id')}']"), field.get("name")
    for name in " ".join(document.xpath("//@aria-describedby")).split():
        assert name in ids
    for link in document.xpath("//a[starts-with(@href, '#')]/@href"):
        assert link[1:] in ids
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


async def test_every_page_is_whole(world: World, profile: str) -> None:
    sp = world.sp(profile)
    page = await world.start(sp)
    check(page)
    check(await world.choose(page, persoon="anders", kvk="1", rsin="2", vestiging_vrij="3"))
    for path in ("/", "/digid/uitloggen", "/digid/login"):
        check(await world.browser.get(path))


async def test_the_login_page_presets_the_level_and_lets_the_form_go_back_to_us(world: World) -> None:
    sp = world.sp("digid")
    level = "urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard"
    page = await world.start(sp, sp.authn_request(await world.idp("digid"), level=level))
    assert '<option value="25" selected>Substantieel</option>' in page.text
    assert "Midden (lager dan gevraagd)" in page.text
    assert "form-action 'self' https://sp.example.nl" in page.headers["content-security-policy"]


async def test_the_start_page_lists_the_last_logins(world: World) -> None:
    await world.log_in(world.sp("eherkenning"), persoon="Z1-B")
    page = await world.browser.get("/")
    check(page)
    assert "Z1-B" in page.text
    assert "urn:etoegang:DV:" in page.text


async def test_no_bsn_reaches_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.log_in(world.sp("digid"), persoon="999991012")
    assert "999991012" not in "".join(str(record.__dict__) for record in caplog.records)
