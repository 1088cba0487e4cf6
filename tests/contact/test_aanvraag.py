"""An address given with one application is for that alone, and can be made the one we use."""

from pathlib import Path

import pytest

from pip_portal.formulieren.concepten import Concepten
from pip_portal.settings import Settings, Smtp
from tests import factories
from tests.conftest import Browser, text_of
from tests.contact.conftest import SLEUTELS, Wachtrij, laatste_code
from tests.contact.test_contactgegevens import VoegToe
from tests.formulieren.paginas.invuller import Invuller, vul_in

ANNA = factories.burger()
FORMULIEREN = Path(__file__).parents[1] / "formulieren" / "data"
AANBOD = "Wilt u ook mail als er iets verandert?"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    smtp = Smtp(host="127.0.0.1", afzender="mijn@deventer.example", beveiliging="geen")
    return factories.settings(database_url, smtp=smtp, formulieren=FORMULIEREN, bestanden={"map": tmp_path})


@pytest.fixture
def invuller(browser: Browser) -> Invuller:
    return Invuller(browser)


async def test_the_address_of_an_application_is_for_that_alone_until_it_is_proved(
    invuller: Invuller, browser: Browser, wachtrij: Wachtrij, voeg_toe: VoegToe
) -> None:
    await browser.log_in(ANNA)
    await voeg_toe("altijd@voorbeeld.nl", gebruik="ja")
    pagina = await vul_in(invuller, "proef-alles", {"email": "werk@voorbeeld.nl"})
    klaar = await invuller.stuur(pagina, {"verklaring": "ja"}, actie="versturen")
    assert AANBOD in klaar.tekst
    assert "Dit e-mailadres gebruiken wij nu alleen voor uw aanvraag." in klaar.tekst
    assert "werk@voorbeeld.nl" not in text_of(await browser.get("/contact-gegevens"))
    pad = str(klaar.form.get("action"))
    code = await browser.post(pad)
    bevestigen = code.headers["location"]
    assert "In plaats van altijd@voorbeeld.nl" in text_of(await browser.get(bevestigen))
    await browser.post(bevestigen, {"code": await laatste_code(wachtrij)})
    assert AANBOD not in text_of(await browser.get(str(klaar.response.url)))
    voorstel = await vul_in(invuller, "proef-alles", tot="contact")
    assert voorstel.velden["email"] == ["altijd@voorbeeld.nl"]


async def test_the_proved_address_is_proposed_and_needs_no_second_code(
    invuller: Invuller, browser: Browser, voeg_toe: VoegToe
) -> None:
    await browser.log_in(ANNA)
    await voeg_toe("altijd@voorbeeld.nl", gebruik="ja")
    pagina = await vul_in(invuller, "proef-alles", {"email": "altijd@voorbeeld.nl"})
    klaar = await invuller.stuur(pagina, {"verklaring": "ja"}, actie="versturen")
    assert klaar.stap() == "ontvangen"
    assert AANBOD not in klaar.tekst


async def test_a_reminder_goes_to_the_proved_address_and_not_to_what_was_typed(
    invuller: Invuller, browser: Browser, voeg_toe: VoegToe
) -> None:
    await browser.log_in(ANNA)
    pagina = await vul_in(invuller, "proef-alles", {"email": "getypt@voorbeeld.nl"})
    concept = str(pagina.response.url).split("/aanvragen/")[1].split("/")[0]
    concepten = Concepten(browser.portal.state.db, SLEUTELS)
    assert await concepten.mailadres(concept) == ("getypt@voorbeeld.nl", "nl")
    await voeg_toe("altijd@voorbeeld.nl", gebruik="ja")
    assert await concepten.mailadres(concept) == ("altijd@voorbeeld.nl", "nl")
