"""What others at the gemeente did with the data of a person, beside what the portal did itself."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.backoffice.tokens import ZgwToken
from pip_portal.check import _verwerkingenlog
from pip_portal.errors import BackofficeDefect
from pip_portal.settings import Api, Settings
from pip_portal.tijd import vandaag
from pip_portal.verwerkingen import gemeente
from tests import factories
from tests.backoffice.conftest import Open, open_bronnen  # noqa: F401 - a fixture
from tests.conftest import Browser, text_of
from tests.contract_schema import find_operation, validate_response

INZAGE = "/gegevens/inzage"
ROOT = f"{factories.BACKOFFICE}/verwerkingen/api/v1"
LOG = Api(root=ROOT, client_id="pip-portaal", secret=factories.SECRET)
KOP = "Wat de gemeente met uw gegevens deed"
EERST = datetime.now(UTC) - timedelta(days=3)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return factories.settings(database_url, verwerkingenlogging=LOG)


async def schrijf(backoffice: FastAPI, *bsns: str, **velden: object) -> None:
    """As another system of the gemeente writes in the log."""
    wie: list[dict[str, Any]] = [
        {"objecttype": "persoon", "soortObjectId": "BSN", "objectId": bsn}
        | {"verwerkteSoortenGegevens": [{"soortGegeven": "naam"}, {"soortGegeven": "adres"}]}
        for bsn in bsns
    ]
    actie = {"verwerkingNaam": "Huwelijk", "handelingNaam": "Intake", "actieNaam": "Zoeken personen"}
    actie |= {"gebruiker": "j.medewerker", "systeem": "FooBarApp", "vertrouwelijkheid": "normaal"}
    body = actie | {"tijdstip": EERST.isoformat(), "verwerkteObjecten": wie} | velden
    headers = {"Authorization": ZgwToken("pip-portaal", LOG.secret)(None)}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice)) as client:
        (await client.post(f"{ROOT}/verwerkingsacties", json=body, headers=headers)).raise_for_status()


async def test_a_person_reads_what_the_gemeente_did_and_nothing_of_another_or_secret(
    browser: Browser, backoffice: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await browser.log_in(factories.burger(factories.ANNA))
    assert f"{KOP} Dit schreven" in text_of(await browser.get(INZAGE))
    await schrijf(backoffice, factories.ANNA, factories.MEHMET)
    await schrijf(backoffice, factories.ANNA, tijdstip=(EERST + timedelta(seconds=1)).isoformat())
    await schrijf(backoffice, factories.ANNA, verwerkingNaam="Onderzoek", vertrouwelijkheid="vertrouwelijk")
    await schrijf(backoffice, factories.ANNA, verwerkingNaam="Oud", tijdstip="2001-01-01T10:00:00+01:00")
    await schrijf(backoffice, factories.MEHMET, verwerkingNaam="Paspoort")
    levering = {"verwerkingNaam": "Controle", "vertrouwelijkheid": "opgeheven", "afnemerId": factories.HENDRIK}
    await schrijf(backoffice, factories.ANNA, **levering, soortAfnemerId="BSN")
    tekst = text_of(await browser.get(INZAGE))
    assert "Gebruikt voor: Huwelijk, Intake, Zoeken personen. Welke gegevens: adres, naam. 2 keer" in tekst
    assert "Gebruikt voor: Controle, Intake" in tekst
    assert "aan een andere organisatie of persoon gegeven" in tekst
    for geheim in ("Onderzoek", "Oud", "Paspoort", "j.medewerker", "FooBarApp", factories.MEHMET, factories.HENDRIK):
        assert geheim not in tekst
    assert "bij het verwerkingenlog van de gemeente, omdat Mijn gegevens werd bekeken" in tekst, "the look itself"
    assert factories.ANNA not in caplog.text
    await browser.log_in(factories.burger(factories.MEHMET))
    van_mehmet = text_of(await browser.get(INZAGE))
    assert "Paspoort" in van_mehmet
    assert "Controle" not in van_mehmet


async def test_what_is_down_or_late_is_named_and_the_own_log_stays(
    browser: Browser, backoffice: FastAPI, portal: FastAPI, settings: Settings
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    await browser.get("/gegevens")
    backoffice.state.beheer.storing(api="verwerkingen", soort="status", status=503)
    tekst = text_of(await browser.get(INZAGE))
    assert f"{KOP}, kunnen wij nu niet laten zien Wij krijgen nu geen antwoord van het verwerkingenlog" in tekst
    assert "Mijn gegevens werd bekeken" in tekst
    assert "Er staat niets in" not in tekst
    portal.state.settings = settings.model_copy(update={"pagina_budget": 0.0})
    tekst = text_of(await browser.get(INZAGE))
    assert f"{KOP} Wij halen deze gegevens op" in tekst
    assert "Mijn gegevens werd bekeken" in tekst


async def test_filtering_the_own_log_asks_nothing_and_a_late_part_comes_by_itself(
    browser: Browser, backoffice: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gemeente, "HOOGSTENS", 1)
    for naam in ("Huwelijk", "Paspoort"):
        await schrijf(backoffice, factories.ANNA, verwerkingNaam=naam)
    await browser.log_in(factories.burger(factories.ANNA))
    htmx = {"HX-Request": "true"}
    assert KOP not in (await browser.get(f"{INZAGE}?jaar=2026", headers=htmx)).text
    deel = await browser.get(f"{INZAGE}?deel=gemeente", headers=htmx)
    assert KOP in deel.text
    assert "Er is meer." in deel.text
    assert "<h1" not in deel.text
    await browser.log_in(factories.bedrijf())  # the standard knows persons only
    assert KOP not in (await browser.get(INZAGE)).text


async def test_no_call_but_as_the_standard_has_it(open_bronnen: Open, backoffice: FastAPI) -> None:  # noqa: F811
    await schrijf(backoffice, factories.ANNA)
    vragen: list[httpx.Request] = []

    class Spion(httpx.ASGITransport):
        ander = False

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            vragen.append(request)
            response = await super().handle_async_request(request)
            await response.aread()
            validate_response(
                "verwerkingenlogging/openapi-lezen.yaml", "GET", "/verwerkte-objecten", 200, response.json()
            )
            if self.ander:
                inhoud = response.text.replace(factories.ANNA, factories.MEHMET)
                return httpx.Response(200, text=inhoud)
            return response

    spion = Spion(backoffice)
    log = (await open_bronnen(spion, verwerkingenlogging=LOG)).verwerkingenlog
    assert log is not None
    dag = vandaag()
    (object_,) = await log.list(factories.burger(), dag - timedelta(days=9), dag + timedelta(days=1))
    assert factories.ANNA not in repr(object_)
    parameters = find_operation("verwerkingenlogging/openapi-lezen.yaml", "get", "/verwerkte-objecten")["parameters"]
    gevraagd = set(vragen[0].url.params)
    assert gevraagd == {p["name"] for p in parameters if p.get("required")}
    spion.ander = True
    with pytest.raises(BackofficeDefect) as fout:
        await log.list(factories.burger(), dag - timedelta(days=9), dag + timedelta(days=1))
    assert factories.MEHMET not in str(fout.value)


async def test_the_check_says_who_may_not_read_the_log(backoffice: FastAPI) -> None:
    transport = httpx.ASGITransport(backoffice)
    assert await _verwerkingenlog(None, None) == []
    assert await _verwerkingenlog(LOG, lambda _root: transport) == []
    (regel,) = await _verwerkingenlog(Api(root=ROOT), lambda _root: transport)
    assert regel.startswith("verwerkingenlogging: wij mogen hier niet bij")
