import re
from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal.backoffice.klantcontact import Draad
from pip_portal.backoffice.klantcontacten import KlantcontactenApi
from pip_portal.gebruiker import Gebruiker
from pip_portal.settings import Settings, Smtp, Vragen
from pip_portal.tables import Opdracht
from pip_portal.tijd import now
from tests import factories
from tests.conftest import Browser
from tests.contact.conftest import wachtrij  # noqa: F401 - a fixture

Werk = Callable[[], Awaitable[None]]
Stel = Callable[..., Awaitable[str]]


@pytest.fixture
def settings(database_url: str) -> Settings:
    smtp = Smtp(host="127.0.0.1", afzender="mijn@deventer.example", beveiliging="geen")
    return factories.settings(database_url, smtp=smtp, vragen=Vragen(kcc="kcc@deventer.example"))


def bewijs_van(html: str) -> str:
    return re.findall(r'name="bewijs" value="([^"]+)"', html)[0]


@pytest.fixture
def stel(browser: Browser) -> Stel:
    """Ask a question on the page that this address gives; the address of what comes after."""

    async def doe(pad: str = "/vragen/nieuw", naar: str = "/vragen/nieuw", **velden: str) -> str:
        zegel = bewijs_van((await browser.get(pad)).text)
        gewoon = {"onderwerp": "afval", "titel": "Groene bak", "tekst": "Waar blijft mijn bak?", "antwoord": "hier"}
        response = await browser.post(naar, gewoon | velden | {"bewijs": zegel})
        assert response.status_code == 303, response.text
        return str(response.headers["location"])

    return doe


@pytest.fixture
def werk(portal: FastAPI) -> Werk:
    """The worker, when everything that waits is due; Klantinteracties is dared to be called again."""

    async def doe() -> None:
        portal.state.bronnen.klantinteracties.verbinding.breaker.success()
        async with portal.state.db.begin() as session:
            eigen = Opdracht.soort.in_(("vraag", "vraag_kcc", "notificatie"))
            await session.execute(update(Opdracht).where(eigen, Opdracht.toestand == "nieuw").values(beurt_op=now()))
            sleutels = list(await session.scalars(select(Opdracht.sleutel).where(eigen)))
        for sleutel in sleutels:
            await portal.state.werker.een(sleutel)

    return doe


def contacten(portal: FastAPI) -> KlantcontactenApi:
    return KlantcontactenApi(portal.state.bronnen.klantinteracties, portal.state.settings.klantinteracties)


async def draden(portal: FastAPI, wie: Gebruiker) -> tuple[Draad, ...]:
    return await contacten(portal).draden(wie)
