"""Taken: what is asked, answering it once, and what happens when it cannot be done (any more)."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import Taak
from pip_portal.eigenaar import eigenaar_van
from pip_portal.notificaties import taken as herinneringen
from pip_portal.notificaties.taken import plan_herinneringen
from pip_portal.settings import Settings
from pip_portal.tables import Inzending, Notificatie, Opdracht, Sessie
from pip_portal.tijd import now, vandaag
from tests import factories
from tests.conftest import Browser, text_of

ANNA, MEHMET = factories.burger(), factories.burger(factories.MEHMET)
ANTWOORD = {"naam": "Anna Jansen", "toelichting": "De foto is van 3 november."}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return factories.settings(database_url, pagina_budget=5.0)


@pytest.fixture
def objecten(portal: FastAPI) -> ObjectenApi:
    api: ObjectenApi = portal.state.bronnen.objecten
    return api


@pytest.fixture
def taak(objecten: ObjectenApi) -> Callable[[str], Awaitable[Taak]]:
    async def van_soort(soort: str) -> Taak:
        return next(t for t in (await objecten.taken(ANNA, now())).rijen if t.soort == soort)

    return van_soort


Van = Callable[[str], Awaitable[Taak]]


def bewijs_van(response: httpx.Response) -> str:
    return re.findall(r'name="bewijs" value="([^"]+)"', response.text)[0]


async def inzendingen(portal: FastAPI) -> list[Inzending]:
    async with portal.state.db() as session:
        return list(await session.scalars(select(Inzending).where(Inzending.soort == "taak")))


async def test_what_must_be_done_stands_on_overzicht_at_the_zaak_and_on_its_own_page(
    browser: Browser, taak: Van
) -> None:
    await browser.log_in(ANNA)
    formulier = await taak("portaalformulier")
    for url in ("/overzicht", "/taken", f"/zaken/zaken/{formulier.zaak_uuid}"):
        tekst = text_of(await browser.get(url))
        assert "Stuur de ontbrekende gegevens voor uw bezwaar" in tekst, url
        assert ("Betaal de leges" in tekst) is not url.startswith("/zaken/"), url
    assert "rekeningnummer" not in text_of(await browser.get("/taken"))  # done before
    betalen = text_of(await browser.get(f"/taken/{(await taak('ogonebetaling')).uuid}"))
    assert "€ 147,43" in betalen.replace("\xa0", " ")
    assert "DEV-LEGES-0001" in betalen
    link = await browser.get(f"/taken/{(await taak('url')).uuid}")
    assert 'href="https://vragenlijst.example.nl/parkeren"' in link.text
    assert "andere website: vragenlijst.example.nl" in text_of(link)
    await browser.log_in(factories.burger(factories.YOUSSEF))
    assert "U hebt geen taken" in text_of(await browser.get("/taken"))
    beperkt = factories.bedrijf(vestiging="000045000012", beperkt=True)
    await browser.log_in(beperkt)
    assert "U ziet hier geen taken van het bedrijf" in text_of(await browser.get("/taken"))


async def test_a_link_to_a_site_that_is_not_ours_to_trust_is_no_link(
    portal: FastAPI, browser: Browser, taak: Van
) -> None:
    await browser.log_in(ANNA)
    uuid = (await taak("url")).uuid
    api: ObjectenApi = portal.state.bronnen.objecten
    api.settings = factories.objecten(taak_hosts=("elders.example.nl",))
    response = await browser.get(f"/taken/{uuid}")
    assert "vragenlijst.example.nl" not in response.text
    assert "Dit kunt u hier nog niet doen" in text_of(response)


async def test_answers_are_proposed_checked_stored_and_given_back_once(
    browser: Browser, portal: FastAPI, objecten: ObjectenApi, taak: Van
) -> None:
    await browser.log_in(ANNA)
    uuid = (await taak("portaalformulier")).uuid
    url = f"/taken/{uuid}"
    pagina = await browser.get(url)
    assert "De foto is van 3 november." in pagina.text
    fout = await browser.post(url, {"bewijs": bewijs_van(pagina), "naam": "x", "toelichting": " "})
    assert fout.status_code == 422
    assert "Vul in wat u ons wilt laten weten." in text_of(fout)
    velden = {"bewijs": bewijs_van(pagina), **ANTWOORD}
    eerste, tweede = await browser.post(url, velden), await browser.post(url, velden)
    assert eerste.status_code == tweede.status_code == 303
    assert eerste.headers["location"] == tweede.headers["location"]
    bewijs = await browser.get(eerste.headers["location"])
    assert "Wij hebben uw antwoord ontvangen" in text_of(bewijs)
    assert ANTWOORD["toelichting"] in text_of(bewijs)
    await portal.state.werker.alles()
    na = await objecten.taak(ANNA, uuid)
    assert (na.status, na.rij.record.data["portaalformulier"]["verzonden_data"]) == ("afgerond", ANTWOORD)
    [inzending] = await inzendingen(portal)
    assert inzending.toestand == "overgedragen"
    assert "Verwerkt" in text_of(await browser.get(eerste.headers["location"]))
    assert (await browser.get(url)).headers["location"] == eerste.headers["location"]
    assert "ontbrekende gegevens" not in text_of(await browser.get("/overzicht"))


async def test_a_taak_of_another_does_not_exist(browser: Browser, portal: FastAPI, taak: Van) -> None:
    await browser.log_in(ANNA)
    url = f"/taken/{(await taak('portaalformulier')).uuid}"
    pagina = await browser.get(url)
    await browser.log_in(MEHMET)
    assert (await browser.get(url)).status_code == 404
    for velden in (ANTWOORD, {**ANTWOORD, "bewijs": bewijs_van(pagina)}, {**ANTWOORD, "bewijs": "x"}):
        assert (await browser.post(url, velden)).status_code == 404
    assert (await browser.get(f"/taken/{uuid4()}")).status_code == 404
    await browser.log_in(ANNA)
    verstuurd = (await browser.post(url, {**ANTWOORD, "bewijs": bewijs_van(pagina)})).headers["location"]
    await browser.log_in(MEHMET)
    assert (await browser.get(verstuurd)).status_code == 404
    assert len(await inzendingen(portal)) == 1


async def test_with_the_backoffice_away_answers_are_stored_and_given_back_later(
    browser: Browser, portal: FastAPI, backoffice: FastAPI, objecten: ObjectenApi, taak: Van
) -> None:
    await browser.log_in(ANNA)
    uuid = (await taak("portaalformulier")).uuid
    pagina = await browser.get(f"/taken/{uuid}")
    backoffice.state.beheer.storing(api="objecten", soort="status")
    for pad in ("/taken", "/overzicht"):
        assert "Uw taken kunnen wij nu niet laten zien" in text_of(await browser.get(pad))
    assert "U hoeft nu niets te doen" not in text_of(await browser.get("/overzicht"))
    assert (await browser.post(f"/taken/{uuid}", ANTWOORD)).status_code == 503  # nothing proves that it is theirs
    objecten.verbinding.breaker.success()
    response = await browser.post(f"/taken/{uuid}", {**ANTWOORD, "bewijs": bewijs_van(pagina)})
    assert response.status_code == 303
    assert "Wordt verwerkt" in text_of(await browser.get(response.headers["location"]))
    backoffice.state.beheer.herstel()
    objecten.verbinding.breaker.success()
    async with portal.state.db.begin() as session:
        await session.execute(update(Opdracht).where(Opdracht.soort == "taak").values(beurt_op=now()))
    await portal.state.werker.alles()
    assert (await objecten.taak(ANNA, uuid)).status == "afgerond"


async def test_a_taak_that_was_closed_meanwhile_keeps_what_was_typed_on_the_screen(
    browser: Browser, portal: FastAPI, objecten: ObjectenApi, taak: Van
) -> None:
    await browser.log_in(ANNA)
    open_ = await taak("portaalformulier")
    url = f"/taken/{open_.uuid}"
    pagina = await browser.get(url)
    await objecten._wijzig(ANNA, open_.rij, {"status": "gesloten"}, vandaag())
    response = await browser.post(url, {**ANTWOORD, "bewijs": bewijs_van(pagina)})
    assert response.status_code == 409
    assert "al gedaan of gesloten" in text_of(response)
    assert "Wij hebben uw antwoorden niet ontvangen" in text_of(response)
    assert ANTWOORD["toelichting"] in text_of(response)
    assert "U hoeft niets meer te doen" in text_of(await browser.get(url))
    verlopen = await taak("url")
    await objecten._wijzig(ANNA, verlopen.rij, {"verloopdatum": (now() - timedelta(hours=1)).isoformat()}, vandaag())
    assert "U bent te laat voor deze taak" in text_of(await browser.get(f"/taken/{verlopen.uuid}"))
    assert not await inzendingen(portal)


async def test_what_was_typed_when_the_session_ended_comes_back_after_the_login(
    browser: Browser, portal: FastAPI, taak: Van
) -> None:
    await browser.log_in(ANNA)
    url = f"/taken/{(await taak('portaalformulier')).uuid}"
    pagina = await browser.get(url)
    async with portal.state.db.begin() as session:
        await session.execute(update(Sessie).values(eindigt_op=now() - timedelta(seconds=1)))
    laat = await browser.post(url, {"bewijs": bewijs_van(pagina), "toelichting": "Net te laat getypt."})
    assert laat.status_code == 303
    await browser.log_in(ANNA)
    terug = await browser.get(url)
    assert "Net te laat getypt." in terug.text
    assert "Ze zijn nog niet verstuurd" in text_of(terug)
    assert not await inzendingen(portal)


async def test_a_reminder_goes_only_when_it_still_makes_sense(
    browser: Browser, portal: FastAPI, objecten: ObjectenApi, taak: Van
) -> None:
    await browser.log_in(ANNA)
    await browser.get("/overzicht")
    await browser.get("/taken")

    async def rijen() -> list[Opdracht]:
        async with portal.state.db() as session:
            vraag = select(Opdracht).where(Opdracht.soort == herinneringen.SOORT).order_by(Opdracht.beurt_op)
            return list(await session.scalars(vraag))

    # 30 and 20 days give two each, 5 days only the last one; looking again places nothing more.
    assert len(await rijen()) == 5
    assert all(rij.beurt_op > now() for rij in await rijen())
    formulier = await taak("portaalformulier")
    betalen = await taak("ogonebetaling")
    assert await objecten.rond_af(ANNA, formulier.uuid, ANTWOORD, vandaag())
    later = (now() + timedelta(days=90)).isoformat()
    await objecten._wijzig(ANNA, betalen.rij, {"verloopdatum": later}, vandaag())
    async with portal.state.db.begin() as session:
        await session.execute(update(Opdracht).where(Opdracht.soort == herinneringen.SOORT).values(beurt_op=now()))
    await portal.state.werker.alles()
    async with portal.state.db() as session:
        meldingen = list(await session.scalars(select(Notificatie)))
    url = await taak("url")
    assert {melding.pad for melding in meldingen} == {f"/taken/{url.uuid}"}
    assert len([rij for rij in await rijen() if rij.toestand == "nieuw"]) == 2  # of the new last day
    assert "U hebt nog een taak te doen" in text_of(await browser.get("/notificaties"))
    eigenaar = eigenaar_van(ANNA, portal.state.sleutels).hash
    await plan_herinneringen(portal.state.db, portal.state.sleutels, ANNA, eigenaar, [url])
    assert factories.ANNA.encode() not in b"".join(rij.inhoud for rij in await rijen())
    assert UUID(str(url.uuid))
