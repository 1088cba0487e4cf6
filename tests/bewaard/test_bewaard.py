"""What the portal keeps of a person: nothing is left out, what may go goes, and only of that person."""

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from pip_portal.bewaard.soorten import SOORTEN
from pip_portal.eigenaar import eigenaar_van
from pip_portal.tables import Base, Voorkeur, Zaakbezoek
from pip_portal.voorkeuren import voorkeuren
from tests import factories
from tests.conftest import Browser, text_of

PAD = "/gegevens/bewaard"
# Of employees; and of nobody who can be found back: a hash of the person together with the melding.
NIET_VAN_EEN_BURGER = {"baliesessies", "mij_ook"}


def test_no_table_about_a_person_is_left_out() -> None:
    van = {"eigenaar", "pseudoniem", "wie"}
    over_iemand = {t.name for t in Base.metadata.sorted_tables if van & set(t.columns.keys())}
    getoond = {tabel.tabel.__tablename__ for soort in SOORTEN for tabel in soort.tabellen}
    assert over_iemand - getoond == NIET_VAN_EEN_BURGER, "zet de tabel in bewaard/soorten.py"


def test_what_cannot_be_removed_says_why() -> None:
    assert not [s.sleutel for s in SOORTEN if not (s.wisbaar or s.pagina or s.uitleg)]


@pytest.mark.seed("P4")
async def test_a_person_sees_what_is_kept_and_removes_what_may_go(browser: Browser, portal: FastAPI) -> None:
    for wie in (factories.MEHMET, factories.ANNA):
        await browser.log_in(factories.burger(wie))
        html = (await browser.get("/zaken")).text
        await browser.get("/zaken/zaken/" + html.partition('href="/zaken/zaken/')[2][:36])
        async with portal.state.db.begin() as session:
            eigenaar = eigenaar_van(factories.burger(wie), factories.sleutels()).hash
            await voorkeuren.bewaar(session, eigenaar, voorkeuren.Voorkeuren(herinnering=False))
    tekst = text_of(await browser.get(PAD))
    assert "Wanneer u een zaak bekeek Aantal 1" in tekst
    assert "U kunt dit niet wissen. De wet vraagt" in tekst
    for soort in ("bezoeken", "voorkeuren"):
        assert "Wilt u dit wissen?" in text_of(await browser.get(f"{PAD}/{soort}/wissen"))
        assert (await browser.post(f"{PAD}/{soort}/wissen")).status_code == 303
    assert "Wanneer u een zaak bekeek Aantal 0" in text_of(await browser.get(PAD))
    async with portal.state.db() as session:
        for tabel in (Zaakbezoek, Voorkeur):
            assert await session.scalar(select(func.count()).select_from(tabel)) == 1  # of Mehmet


@pytest.mark.parametrize("soort", ["verwerkingen", "inzendingen", "sessies", "bestaat-niet"])
async def test_what_must_stay_cannot_be_removed(browser: Browser, soort: str) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    assert (await browser.get(f"{PAD}/{soort}/wissen")).status_code == 404
    assert (await browser.post(f"{PAD}/{soort}/wissen")).status_code == 404
