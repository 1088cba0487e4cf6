import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from pip_portal.settings import Settings, Sms, Smtp
from pip_portal.tables import Opdracht
from tests import factories
from tests.conftest import Browser

SLEUTELS = factories.sleutels()
Wachtrij = Callable[[str], Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def settings(database_url: str) -> Settings:
    smtp = Smtp(host="127.0.0.1", afzender="mijn@deventer.example", beveiliging="geen")
    sms = Sms(root="http://sms.example", sjabloon="code", client_id="dienst", secret="geheim")
    return factories.settings(database_url, smtp=smtp, sms=sms)


@pytest.fixture
def wachtrij(portal: FastAPI) -> Wachtrij:
    """What waits in the outbox of a soort, oldest first, as the worker will read it."""

    async def lees(soort: str) -> list[dict[str, Any]]:
        async with portal.state.db() as session:
            rijen = await session.scalars(
                select(Opdracht).where(Opdracht.soort == soort, Opdracht.toestand != "klaar").order_by(Opdracht.id)
            )
            return [json.loads(SLEUTELS.decrypt(rij.inhoud)) for rij in rijen]

    return lees


@pytest.fixture
def voeg_toe(browser: Browser, wachtrij: Wachtrij) -> Callable[..., Awaitable[str]]:
    """Add an address and prove it; its id."""

    async def doe(adres: str, soort: str = "email", **velden: str) -> str:
        response = await browser.post("/contact-gegevens", {"soort": soort, "adres": adres})
        assert response.status_code == 303, response.text
        pad = response.headers["location"]
        code = await laatste_code(wachtrij, soort)
        goed = await browser.post(pad, {"code": code, **velden})
        assert goed.headers["location"].startswith("/contact-gegevens?gedaan=bevestigd")
        return str(pad.split("/")[2])

    return doe


async def laatste_code(wachtrij: Wachtrij, soort: str = "email") -> str:
    if soort == "telefoonnummer":
        return str((await wachtrij("sms"))[-1]["code"])
    mails = [m for m in await wachtrij("mail") if m["sjabloon"] == "M12"]
    return str(mails[-1]["gegevens"]["code"])
