"""A login for one vestiging sees and opens that vestiging only; a choice holds in lists, zaken and documents alike."""

import dataclasses

import pytest
from fastapi import FastAPI
from lxml import html

from pip_portal.gebruiker import Bedrijf, Gebruiker
from tests import factories
from tests.conftest import Browser
from tests.test_isolation import as_someone, objects_of

HOOFD, SCHALKHAAR = "000045000011", "000045000012"
VESTIGINGEN = (HOOFD, SCHALKHAAR)


async def objects(portal: FastAPI, vestiging: str | None, *, beperkt: bool = False) -> tuple[Browser, set[str]]:
    bedrijf = factories.bedrijf(vestiging=vestiging, vestigingen=VESTIGINGEN, beperkt=beperkt)
    browser = await as_someone(portal, bedrijf)
    found = await objects_of(browser)
    return browser, {*found["zaken"], *found["documenten"]}


@pytest.mark.seed("P4")
@pytest.mark.parametrize(("one", "other"), [(HOOFD, SCHALKHAAR), (SCHALKHAAR, HOOFD)])
@pytest.mark.parametrize("beperkt", [True, False], ids=["restricted", "chosen"])
async def test_a_session_of_one_vestiging_opens_nothing_of_another(
    portal: FastAPI, one: str, other: str, beperkt: bool
) -> None:
    browser, own = await objects(portal, one, beperkt=beperkt)
    _whole_browser, whole = await objects(portal, None)
    _other_browser, of_other = await objects(portal, other)
    foreign = (whole | of_other) - own
    assert own
    assert any("/documenten/" in url for url in foreign)
    for url in foreign:
        assert (await browser.get(url)).status_code == 404, url


async def test_switching_back_and_forth_changes_what_is_seen(portal: FastAPI) -> None:
    browser, whole = await objects(portal, None)
    await browser.post("/vestiging", {"vestiging": SCHALKHAAR})
    one = await objects_of(browser)
    await browser.post("/vestiging", {"vestiging": ""})
    again = await objects_of(browser)
    assert set(one["zaken"]) != set(again["zaken"])
    assert {*again["zaken"], *again["documenten"]} == whole


@pytest.mark.parametrize(
    "gebruiker",
    [
        factories.burger(niveau=25),
        factories.bedrijf(),
        factories.bedrijf(vestiging=HOOFD, vestigingen=VESTIGINGEN, beperkt=True, niveau=22),
        factories.bedrijf(factories.KLUSBEDRIJF, rsin=None),
    ],
    ids=["burger", "bedrijf", "one vestiging", "eenmanszaak"],
)
async def test_a_session_gives_back_exactly_who_logged_in(portal: FastAPI, gebruiker: Gebruiker) -> None:
    browser = await as_someone(portal, gebruiker)
    request = type("Request", (), {"cookies": dict(browser.client.cookies)})()
    sessie, verlopen = await portal.state.sessies.load(request)
    assert (sessie.gebruiker, verlopen) == (gebruiker, False)
    assert type(sessie.gebruiker) is type(gebruiker)


async def test_who_is_restricted_cannot_change_it_even_past_the_page(portal: FastAPI) -> None:
    bedrijf: Bedrijf = factories.bedrijf(vestiging=HOOFD, vestigingen=VESTIGINGEN, beperkt=True)
    browser = await as_someone(portal, bedrijf)
    request = type("Request", (), {"cookies": dict(browser.client.cookies)})()
    sessies = portal.state.sessies
    sessie, _ = await sessies.load(request)
    with pytest.raises(ValueError, match="staat vast"):
        await sessies.choose_vestiging(sessie, SCHALKHAAR)
    burger = dataclasses.replace(sessie, gebruiker=factories.burger())
    with pytest.raises(ValueError, match="staat vast"):
        await sessies.choose_vestiging(burger, SCHALKHAAR)


@pytest.mark.parametrize("terug", ["//kwaad.example", "https://kwaad.example", "/\\kwaad.example"])
async def test_choosing_never_leads_to_another_site(portal: FastAPI, terug: str) -> None:
    browser = await as_someone(portal, factories.bedrijf(vestigingen=VESTIGINGEN))
    page = html.document_fromstring((await browser.get("/vestiging", params={"terug": terug})).text)
    form = next(form for form in page.forms if form.action == "/vestiging")
    assert form.fields["terug"] == "/overzicht"
    chosen = await browser.post("/vestiging", {"vestiging": HOOFD, "terug": terug})
    assert chosen.headers["location"] == "/overzicht"
