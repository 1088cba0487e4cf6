"""A form and the way past the identity provider: a higher level in the middle, and a session that ended."""

import pytest

from tests import factories
from tests.conftest import Browser, text_of
from tests.formulieren.paginas.invuller import Invuller
from tests.inloggen.conftest import Login


@pytest.mark.seed("C2")
async def test_a_form_that_needs_more_asks_to_step_up_and_goes_on(login: Login, browser: Browser) -> None:
    await login.log_in(factories.ANNA, niveau="20")
    invuller = Invuller(browser)
    laag = await invuller.open("/formulieren/kwijtschelding/start")
    assert laag.status == 403
    assert "veiliger inloggen" in laag.tekst
    velden = {naam: waarden[0] for naam, waarden in laag.velden.items() if naam != "csrf"}
    verzonden = await login.leave("digid", **velden)
    terug = await browser.get(await login.choose(verzonden, factories.ANNA, niveau="25"))
    assert terug.headers["location"] == "/formulieren/kwijtschelding/start"
    start = await invuller.open(terug.headers["location"])
    assert "Beginnen" in start.tekst
    assert (await invuller.stuur(start)).stap() != "start"


async def test_what_was_typed_too_late_comes_back_after_a_real_login(login: Login, browser: Browser) -> None:
    await login.log_in(factories.ANNA)
    invuller = Invuller(browser)
    pagina = await invuller.begin("klacht")
    veld = next(naam for naam in pagina.namen() if naam not in ("csrf", "revisie", "terug", "gezien", "actie"))
    await browser.portal.state.sessies.end_everywhere(factories.burger(factories.ANNA).pseudoniem)
    laat = await invuller.stuur(pagina, volg=False)
    assert laat.status == 303
    pad = str(pagina.response.url).removeprefix(factories.PORTAAL)
    assert laat.response.headers["location"] == f"/inloggen?terug={pad}&verlopen=1"
    terug = await login.log_in(factories.ANNA, terug=pad)
    assert terug.headers["location"] == pad
    pagina = await invuller.open(pad)
    assert "U was uitgelogd" in pagina.tekst
    assert veld in pagina.namen()


async def test_another_person_who_logs_in_gets_nothing_of_it(login: Login, browser: Browser) -> None:
    await login.log_in(factories.ANNA)
    invuller = Invuller(browser)
    pagina = await invuller.begin("klacht")
    await browser.portal.state.sessies.end_everywhere(factories.burger(factories.ANNA).pseudoniem)
    await invuller.stuur(pagina, volg=False)
    pad = str(pagina.response.url).removeprefix(factories.PORTAAL)
    terug = await login.log_in(factories.MEHMET, terug=pad)
    ander = await browser.get(terug.headers["location"])
    assert ander.status_code == 404
    assert "U was uitgelogd" not in text_of(ander)
