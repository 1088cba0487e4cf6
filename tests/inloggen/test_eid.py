"""DigiD over the newer interface (eID 4.4), by other settings only: encrypted numbers, mandates, logout by form."""

import base64
import re

import pytest
from lxml import html
from sqlalchemy import select

from mock_idp.keys import OIN as IDP_OIN
from pip_portal import demo_certificaten
from pip_portal.eigenaar import eigenaar_van
from pip_portal.tables import Verwerking
from tests import factories
from tests.conftest import Browser, text_of
from tests.inloggen.conftest import OIN, Login

DAAN, NOOR = "999996502", "999996101"
PARKEREN = "6d3bd5e0-91a6-4b2e-9d55-1f2ad0c0a002"
LIJSTEN = ("/zaken", "/zaken?toestand=afgerond")
ZAAK = re.compile(r'href="(/zaken/[a-z0-9-]+/[0-9a-f-]{36})"')


@pytest.fixture
def koppelingen(idp_made: dict[str, dict[str, str]], own_keys: demo_certificaten.Keys) -> dict[str, dict[str, object]]:
    return {
        "digid": {
            "profiel": "eid-4",
            "entity_id": f"urn:nl-eid-gdi:1.0:DV:{OIN}:entities:9001",
            "idp_entity_id": idp_made["eid"]["entity_id"],
            "idp_metadata": idp_made["eid"]["metadata"],
            "idp_metadata_vingerafdruk": idp_made["eid"]["fingerprint"],
            "ondertekening": (own_keys.signing,),
            "versleuteling": (own_keys.encryption,),
            "service_uuid": "6d3bd5e0-91a6-4b2e-9d55-1f2ad0c0a001",
            "form_action": (factories.IDP,),
            "sso": True,
            "machtigingsdiensten": {"parkeren": PARKEREN},
            "machtigen_entity_id": f"urn:nl-eid-gdi:1.0:BVD:{IDP_OIN}:entities:9003",
        }
    }


@pytest.mark.seed("N7")
async def test_a_citizen_logs_in(login: Login, browser: Browser) -> None:
    back = await login.log_in(factories.ANNA, terug="/zaken")
    assert (back.status_code, back.headers["location"]) == (303, "/zaken")
    assert "Jansen" in (await browser.get("/hulp")).text
    assert (await browser.get("/gegevens")).status_code == 200


@pytest.mark.seed("N9")
async def test_a_gemachtigde_sees_what_the_mandate_is_for_and_nothing_else(login: Login, browser: Browser) -> None:
    page = await browser.get("/inloggen")
    assert "Ik ben gemachtigd: Parkeren en gehandicaptenparkeerkaart" in text_of(page)
    sent = await login.leave(dienst="parkeren")
    back = await browser.get(await login.choose(sent, DAAN, namens=factories.WILHELMINA))
    assert (back.status_code, back.headers["location"]) == (303, "/zaken")
    zaken = await browser.get("/zaken")
    bar = " ".join(html.document_fromstring(zaken.text).find_class("portaal-wie--namens")[0].text_content().split())
    assert "U regelt zaken voor: " in bar
    assert "Smit" in bar
    assert "U bent zelf: Daan Smit" in bar
    assert "klacht" not in zaken.text.lower()
    assert factories.WILHELMINA not in zaken.text
    own = Browser(browser.portal)
    await own.log_in(factories.burger(factories.WILHELMINA))
    hers = {url for pad in LIJSTEN for url in ZAAK.findall((await own.get(pad)).text)}
    his = {url for pad in LIJSTEN for url in ZAAK.findall((await browser.get(pad)).text)}
    assert his
    assert his < hers
    for url in hers:
        assert (await browser.get(url)).status_code == (200 if url in his else 404), url
    daan = Browser(browser.portal)
    await daan.log_in(factories.burger(DAAN))
    own_zaken = {url for pad in LIJSTEN for url in ZAAK.findall((await daan.get(pad)).text)}
    for url in own_zaken - his:
        assert (await browser.get(url)).status_code == 404, "never the zaken of who acts"


@pytest.mark.seed("N9")
async def test_the_log_has_both_by_pseudonym_and_logging_out_everywhere_is_of_who_acts(
    login: Login, browser: Browser
) -> None:
    await browser.get(await login.choose(await login.leave(dienst="parkeren"), DAAN, namens=factories.WILHELMINA))
    await browser.get("/zaken")
    sleutels = browser.portal.state.sleutels
    eigenaar = eigenaar_van(factories.burger(factories.WILHELMINA), sleutels).hash
    async with browser.portal.state.db() as session:
        rijen = list(await session.scalars(select(Verwerking).where(Verwerking.eigenaar == eigenaar)))
    assert rijen
    assert {(rij.rol, rij.door) for rij in rijen} == {("gemachtigde", factories.burger(DAAN).pseudoniem)}
    other = Browser(browser.portal)
    await other.log_in(factories.burger(DAAN))
    await other.post("/uitloggen", {"overal": "1"})
    assert (await browser.get("/zaken")).status_code == 303


async def test_stopping_is_a_new_login(login: Login, browser: Browser) -> None:
    await browser.get(await login.choose(await login.leave(dienst="parkeren"), DAAN, namens=factories.WILHELMINA))
    stopped = await browser.post("/voor-wie/stop")
    assert (stopped.status_code, stopped.headers["location"]) == (303, "/inloggen")
    assert (await browser.get("/zaken")).status_code == 303


@pytest.mark.parametrize(
    ("door", "namens", "dienst", "reden"),
    [
        (DAAN, "", "parkeren", "a mandate was asked for and there is none"),
        (factories.SANNE, NOOR, "parkeren", "legal representation is not known here"),
        (factories.SANNE, NOOR, "", "nobody asked for a mandate"),
        (DAAN, factories.WILHELMINA, "belastingen", "a dienst that is not configured"),
    ],
)
async def test_every_other_login_for_somebody_else_is_refused(
    login: Login, browser: Browser, door: str, namens: str, dienst: str, reden: str
) -> None:
    start = await browser.post("/inloggen/digid", {"dienst": dienst} if dienst else {})
    if start.status_code == 200:
        sent = await login.leave(**({"dienst": dienst} if dienst else {}))
        if not namens:  # the real one would not let this happen either
            page = await login.idp.post(login.action, data=sent, follow_redirects=True)
            form = html.document_fromstring(page.text).forms[0]
            values = {name: value or "" for name, value in form.fields.items() if name}
            refused = await login.idp.post(form.action, data={**values, "persoon": door, "actie": "inloggen"})
            assert refused.status_code == 422, reden
        else:
            page = await browser.get(await login.choose(sent, door, namens=namens))
            assert page.status_code == 403, reden
    else:
        assert start.status_code == 403, reden
    assert (await browser.get("/zaken")).status_code == 303, reden


async def test_cancelling_and_too_low_a_level(login: Login, browser: Browser) -> None:
    page = await browser.get(await login.choose(await login.leave(), factories.ANNA, actie="annuleren"))
    assert "U hebt het inloggen geannuleerd" in text_of(page)
    page = await login.log_in(factories.YOUSSEF, niveau="10")
    assert page.status_code == 403
    assert "Log in met de DigiD app" in text_of(page)


@pytest.mark.parametrize(
    "scenario", ["verkeerde_dienst", "andere_ontvanger", "verkeerde_destination", "vreemde_sleutel"]
)
async def test_an_answer_that_is_not_for_us_is_refused(login: Login, browser: Browser, scenario: str) -> None:
    page = await login.log_in(factories.ANNA, scenario=scenario)
    assert page.status_code == 403
    assert (await browser.get("/gegevens")).status_code == 303


async def test_logging_out_goes_on_to_digid_by_a_form_and_comes_back_by_a_form(login: Login, browser: Browser) -> None:
    await login.log_in(factories.ANNA)
    page = await browser.post("/uitloggen")
    form = next(f for f in html.document_fromstring(page.text).forms if "SAMLRequest" in f.fields)
    request = base64.b64decode(form.fields["SAMLRequest"] or "").decode()
    assert factories.ANNA not in request, "with eID the number never passes the browser"
    answer = await login.idp.post(form.action, data=dict(form.fields.items()))
    back = html.document_fromstring(answer.text).forms[0]
    path = back.action.removeprefix(factories.PORTAAL)
    cross_site = {"Sec-Fetch-Site": "cross-site", "Origin": factories.IDP}
    response = await browser.client.post(path, data=dict(back.fields.items()), headers=cross_site)
    assert (response.status_code, response.headers["location"]) == (303, "/uitgelogd")
