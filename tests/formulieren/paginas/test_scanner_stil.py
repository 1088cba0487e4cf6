"""A virus scanner that is silent for long: there is another way to go on."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from pip_portal import tables
from pip_portal.bestanden.scanner import ScannerStil
from pip_portal.settings import Settings
from pip_portal.tijd import now
from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.conftest import DATA
from tests.formulieren.paginas.invuller import Invuller, Pagina, vul_in

KOP = "Wij kunnen uw bestanden nu niet controleren op virussen"


class Stil:
    """A scanner that is down."""

    async def is_besmet(self, _stroom: object) -> bool:
        raise ScannerStil("test")

    async def werkt(self) -> bool:
        return False


@pytest.fixture(params=[True, False], ids=["later", "nu"])
def later(request: pytest.FixtureRequest) -> bool:
    """Whether the file may be sent later."""
    return bool(request.param)


@pytest.fixture
def settings(database_url: str, tmp_path: Path, *, later: bool) -> Settings:
    formulieren = tmp_path / "data"
    shutil.copytree(DATA, formulieren)
    proef = formulieren / "formulieren" / "proef-alles.yaml"
    if later:
        proef.write_text(proef.read_text().replace("{veld: bewijs,", "{veld: bewijs, later: true,"))
    return factories.settings(database_url, formulieren=formulieren, bestanden={"map": tmp_path / "bestanden"})


async def _na(browser: Browser, invuller: Invuller, aanvraag: str, minuten: int) -> Pagina:
    async with browser.portal.state.db.begin() as session:
        await session.execute(
            update(tables.Bestand).values(staat="in_quarantaine", aangemaakt_op=now() - timedelta(minutes=minuten))
        )
    return await invuller.open(f"/aanvragen/{aanvraag}/controleren")


async def test_after_ten_minutes_the_file_may_come_later_or_somebody_can_be_called(
    invuller: Invuller, browser: Browser, *, later: bool
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    aanvraag = str((await vul_in(invuller, "proef-alles")).response.url).split("/")[4]
    browser.portal.state.bestanden.scanner = Stil()
    assert "Wij controleren uw bestanden nog op virussen." in (await _na(browser, invuller, aanvraag, 9)).tekst
    controle = await _na(browser, invuller, aanvraag, 11)
    assert KOP in controle.tekst
    links = controle.document.xpath("//main//a[contains(., 'Naar uw bestand')]/@href")
    if not later:
        assert "Probeer het later opnieuw, of bel 14 0570." in controle.tekst
        assert links == []
        return
    pagina = await invuller.open(links[0])
    weg = pagina.document.xpath("//a[contains(@href, '/verwijderen')]/@href | //button[contains(., 'Verwijder')]")
    assert weg
    vraag = await invuller.open(str(weg[0]))
    pagina = await invuller.stuur(vraag)
    await invuller.stuur(pagina, {"bewijs-later": "ja"})
    controle = await invuller.open(f"/aanvragen/{aanvraag}/controleren")
    assert KOP not in controle.tekst
    assert controle.stap() == "controleren"
