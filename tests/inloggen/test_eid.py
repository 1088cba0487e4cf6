"""DigiD over the newer interface (eID 4.4), by other settings only: encrypted numbers, mandates, logout by form."""

import base64

import pytest
from lxml import html

from pip_portal import demo_certificaten
from tests import factories
from tests.conftest import Browser, text_of
from tests.inloggen.conftest import OIN, Login


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
        }
    }


@pytest.mark.seed("N7")
async def test_a_citizen_logs_in(login: Login, browser: Browser) -> None:
    back = await login.log_in(factories.ANNA, terug="/zaken")
    assert (back.status_code, back.headers["location"]) == (303, "/zaken")
    assert "Jansen" in (await browser.get("/hulp")).text
    assert (await browser.get("/gegevens")).status_code == 200


async def test_a_machtiging_is_refused_clearly_and_gives_no_session(login: Login, browser: Browser) -> None:
    page = await login.log_in("999996502", namens=factories.WILHELMINA)
    assert page.status_code == 403
    assert "Inloggen voor iemand anders kan nog niet" in text_of(page)
    assert (await browser.get("/gegevens")).status_code == 303


async def test_legal_representation_is_refused_too(login: Login, browser: Browser) -> None:
    page = await login.log_in(factories.SANNE, namens="999996101")
    assert "Inloggen voor iemand anders kan nog niet" in text_of(page)
    assert (await browser.get("/gegevens")).status_code == 303


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
