"""Klantinteracties says that something changed: who asked the question hears of the answer, once, and nobody else."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from pip_portal.notificaties.abonnement import kanalen
from pip_portal.notificaties.webhook import PAD
from pip_portal.settings import Settings, Smtp
from pip_portal.tables import Notificatie
from tests import factories
from tests.conftest import Browser, text_of
from tests.vragen.conftest import Stel, Werk, contacten, draden
from tests.vragen.test_lezen import beantwoord

GEHEIM = "geheim-van-de-notificaties-0123456789"
YOUSSEF, MEHMET = factories.burger(factories.YOUSSEF), factories.burger(factories.MEHMET)
Meld = Callable[..., Awaitable[int]]


@pytest.fixture
def settings(database_url: str) -> Settings:
    smtp = Smtp(host="127.0.0.1", afzender="mijn@deventer.example", beveiliging="geen")
    klant = factories.settings(database_url).klantinteracties
    assert klant is not None
    vol = klant.model_copy(update={"notificeert": True})
    return factories.settings(database_url, smtp=smtp, notificaties_geheim=GEHEIM, klantinteracties=vol)


@pytest.fixture
def meld(browser: Browser, werk: Werk) -> Meld:
    async def doe(kanaal: str, resource: str, url: str, actie: str = "partial_update") -> int:
        bericht = {"kanaal": kanaal, "hoofdObject": url, "resource": resource, "resourceUrl": url, "actie": actie}
        bericht |= {"aanmaakdatum": datetime.now(UTC).isoformat()}
        kop = {"Authorization": f"Bearer {GEHEIM}"}
        response = await browser.client.post(PAD, json=bericht, headers=kop)
        await werk()
        return response.status_code

    return doe


async def meldingen(portal: FastAPI) -> list[str]:
    async with portal.state.db() as session:
        return [rij.pad for rij in await session.scalars(select(Notificatie)) if rij.soort == "vraag"]


@pytest.mark.parametrize("manier", ["klantcontact", "reactie"])
async def test_an_answer_is_told_once_and_read_on_the_page_of_the_question(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel, meld: Meld, manier: str
) -> None:
    assert {"klantcontacten", "internetaken"} <= set(kanalen(portal.state.settings))
    await browser.log_in(YOUSSEF)
    await stel()
    root = contacten(portal).verbinding.root
    (draad,) = await draden(portal, YOUSSEF)
    eigen = f"{root}/klantcontacten/{draad.uuid}"
    assert await meld("klantcontacten", "klantcontact", eigen, "create") == 204
    assert await meldingen(portal) == []
    await beantwoord(portal, backoffice, "Morgen.", manier)
    (draad,) = await draden(portal, YOUSSEF)
    taak = f"{root}/internetaken/{draad.contacten[0].erbij.leidde_tot_interne_taken[0].uuid}"
    antwoord = f"{root}/klantcontacten/{draad.contacten[-1].uuid}"
    for _ in range(2):
        assert await meld("klantcontacten", "klantcontact", antwoord, "create") == 204
        assert await meld("internetaken", "internetaak", taak) == 204
    assert await meldingen(portal) == [f"/vragen/{draad.uuid}"]
    overzicht = await browser.get("/overzicht")
    assert "Er is een antwoord op uw vraag" in text_of(overzicht)
    assert "1 nieuw" in overzicht.text
    assert "1 nieuw" not in (await browser.get(f"/vragen/{draad.uuid}")).text


async def test_what_is_not_ours_or_not_meant_for_them_is_left_alone(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel, meld: Meld
) -> None:
    root = contacten(portal).verbinding.root
    weg = "11111111-2222-4333-8444-555555555555"
    assert await meld("klantcontacten", "klantcontact", f"{root}/klantcontacten/{weg}") == 204
    assert await meld("klantcontacten", "klantcontact", f"https://elders.example/klantcontacten/{weg}") == 204
    (mehmet,) = await draden(portal, MEHMET)  # asked by phone or elsewhere: seen as new at the next look
    taak = mehmet.contacten[0].erbij.leidde_tot_interne_taken[0].uuid
    assert await meld("internetaken", "internetaak", f"{root}/internetaken/{taak}") == 204
    await browser.log_in(YOUSSEF)
    await stel()
    await beantwoord(portal, backoffice, "Niet voor u.")
    (draad,) = await draden(portal, YOUSSEF)
    client = contacten(portal).verbinding._client
    url = f"{root}/klantcontacten/{draad.contacten[-1].uuid}"
    assert (await client.patch(url, json={"vertrouwelijk": True})).status_code == 200
    assert await meld("klantcontacten", "klantcontact", url) == 204
    assert await meldingen(portal) == []
