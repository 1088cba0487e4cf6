"""What guards every answer and every form."""

import pytest

from tests import factories
from tests.conftest import Browser


async def test_every_page_has_the_headers_that_an_assessor_looks_for(browser: Browser) -> None:
    for url in ("/", "/inloggen", "/bestaat-niet"):
        headers = (await browser.get(url)).headers
        csp = headers["content-security-policy"]
        assert "default-src 'none'" in csp
        assert "unsafe" not in csp
        assert "frame-ancestors 'none'" in csp
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


@pytest.mark.seed("C6")
async def test_search_engines_may_show_public_pages_only(browser: Browser) -> None:
    assert (await browser.get("/")).headers["x-robots-tag"] == "all"
    await browser.log_in(factories.burger())
    assert (await browser.get("/overzicht")).headers["x-robots-tag"] == "noindex"
    assert (await browser.get("/")).headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://kwaad.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": factories.PORTAAL},
        {"Sec-Fetch-Site": "", "Origin": "https://kwaad.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": "", "Origin": ""},
        {"Sec-Fetch-Site": "none", "Origin": ""},
    ],
)
async def test_a_form_from_another_site_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    await browser.log_in(factories.burger())
    response = await browser.client.post("/uitloggen", data={"csrf": browser.csrf}, headers=headers)
    assert response.status_code == 400
    assert "Uitloggen" in (await browser.get("/hulp")).text, "de sessie is er nog"


@pytest.mark.parametrize("token", ["", "x", "é", None])
async def test_a_form_without_the_token_of_this_session_is_refused(browser: Browser, token: str | None) -> None:
    await browser.log_in(factories.burger())
    data = {} if token is None else {"csrf": token}
    response = await browser.client.post("/uitloggen", data=data, headers={"Origin": factories.PORTAAL})
    assert response.status_code == 400
    assert "Uitloggen" in (await browser.get("/hulp")).text


async def test_the_token_of_another_session_is_refused(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    other = factories.csrf_of("een-andere-sessie")
    response = await browser.client.post("/uitloggen", data={"csrf": other}, headers={"Origin": factories.PORTAAL})
    assert response.status_code == 400


async def test_an_old_browser_that_only_sends_origin_can_use_forms(browser: Browser) -> None:
    await browser.log_in(factories.burger())
    response = await browser.client.post(
        "/uitloggen", data={"csrf": browser.csrf}, headers={"Origin": factories.PORTAAL, "Sec-Fetch-Site": ""}
    )
    assert response.status_code == 303


async def test_what_is_too_large_gets_a_page_that_says_so(browser: Browser) -> None:
    assert (await browser.get("/zaken?woorden=" + "x" * 60_000)).status_code == 414
    response = await browser.post("/taal", {"taal": "x" * 1_000_000})
    assert response.status_code == 413


@pytest.mark.parametrize(
    "terug", ["https://kwaad.example", "//kwaad.example", "/\\kwaad.example", "javascript:alert(1)"]
)
async def test_nothing_redirects_to_another_site(browser: Browser, terug: str) -> None:
    response = await browser.post("/taal", {"taal": "en", "terug": terug})
    assert response.headers["location"] == "/"
    await browser.log_in(factories.burger())
    response = await browser.get("/inloggen", params={"terug": terug})
    assert response.headers["location"] == "/overzicht"


async def test_a_page_is_only_compressed_for_who_came_here_from_us_or_by_themselves(browser: Browser) -> None:
    for site, compressed in (("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False)):
        response = await browser.get("/", headers={"Sec-Fetch-Site": site, "Accept-Encoding": "gzip"})
        assert (response.headers.get("content-encoding") == "gzip") is compressed, site
        assert "Sec-Fetch-Site" in response.headers["vary"]
