"""Saying that a datum of a register is not right: from the link behind it to a zaak that can be followed."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI

from pip_portal.backoffice.inboeken import Inboeken
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker
from pip_portal.inzendingen.lezen import Ingezonden, lees
from pip_portal.settings import Settings
from tests import factories
from tests.conftest import Browser, text_of
from tests.formulieren.paginas.invuller import Invuller, Pagina

START = "/formulieren/terugmelding/start"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return factories.settings(database_url, bestanden={"map": tmp_path / "bestanden"})


@pytest.fixture
def invuller(browser: Browser) -> Invuller:
    return Invuller(browser)


async def links(invuller: Invuller) -> dict[str, str]:
    """Key of each datum on Mijn gegevens -> what its link is called."""
    pagina = await invuller.open("/gegevens")
    gevonden = {
        parse_qs(urlsplit(a.get("href")).query)["gegeven"][0]: " ".join(a.text_content().split())
        for a in pagina.document.xpath(f"//main//a[starts-with(@href, '{START}?gegeven=')]")
    }
    assert len(gevonden) == len(pagina.document.xpath("//main//dl/div")), "every datum has one"
    return gevonden


async def meld(invuller: Invuller, gegeven: str) -> tuple[Pagina, Pagina]:
    """The page that says what stands there now, and the one that says it was sent."""
    start = await invuller.open(f"{START}?gegeven={gegeven}")
    nu = await invuller.stuur(start)
    weten = await invuller.stuur(nu, {"voorstel": "Anne Marie"})
    contact = await invuller.stuur(weten, {"hoe_weet_u": "Het staat anders op mijn akte."})
    controle = await invuller.stuur(contact)
    assert controle.stap() == "controleren", controle.fouten()
    klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    assert klaar.stap() == "ontvangen", klaar.tekst[:500]
    return nu, klaar


async def verstuurd(browser: Browser, gebruiker: Gebruiker, klaar: Pagina) -> Ingezonden:
    state = browser.portal.state
    eigenaar = eigenaar_van(gebruiker, state.sleutels).hash
    return await lees(state.db, state.sleutels, eigenaar, str(klaar.response.url).split("/")[4])


@pytest.mark.parametrize(
    ("gebruiker", "gegeven", "naam", "staat_er", "register"),
    [
        (
            factories.burger(factories.ANNA),
            "persoon-voornamen",
            "Wie u bent: Voornamen",
            "Basisregistratie Personen (BRP). Wie u bent: Voornamen: Anna Maria",
            "brp",
        ),
        (
            factories.bedrijf(),
            "vestiging-1-adres",
            "Adres",
            "Handelsregister van KVK. ",
            "kvk",
        ),
    ],
    ids=["burger", "bedrijf"],
)
async def test_from_the_datum_to_a_zaak_that_is_followed(
    invuller: Invuller, browser: Browser, gebruiker: Gebruiker, gegeven: str, naam: str, staat_er: str, register: str
) -> None:
    await browser.log_in(gebruiker)
    gevonden = await links(invuller)
    assert gevonden[gegeven].startswith("Klopt dit niet?")
    assert naam in gevonden[gegeven]
    nu, klaar = await meld(invuller, gegeven)
    assert nu.stap() == "voorstel", "what was clicked is not asked again"
    assert f"Dit staat nu in {'de' if register == 'brp' else 'het'} {staat_er}" in nu.tekst
    melding = await verstuurd(browser, gebruiker, klaar)
    boek = Inboeken(browser.portal.state.bronnen.zaaksysteem.bronnen[0])
    zaak = await boek.vind_zaak(melding.nummer)
    assert zaak is not None
    eigenschappen = {e.naam: e.waarde for e in await boek.eigenschappen(zaak.url)}
    assert eigenschappen == {"register": register, "gegeven": gegeven}, "and nothing else"
    eigen_zaak = await browser.get(f"/zaken/{melding.bron}/{melding.zaak_uuid}")
    assert "Melden dat een gegeven niet klopt" in text_of(eigen_zaak)
    await browser.log_in(factories.burger(factories.MEHMET))
    assert (await browser.get(f"/zaken/{melding.bron}/{melding.zaak_uuid}")).status_code == 404
    assert (await browser.get(urlsplit(str(klaar.response.url)).path)).status_code == 404


@pytest.mark.parametrize("bsn", [factories.EVA, factories.MEHMET, factories.INGRID, factories.WILHELMINA])
async def test_every_datum_can_be_chosen_and_no_choice_tells_what_it_is(
    invuller: Invuller, browser: Browser, bsn: str
) -> None:
    await browser.log_in(factories.burger(bsn))
    gevonden = await links(invuller)
    keuze = await invuller.begin("terugmelding")
    keuzes = keuze.document.xpath("//input[@name='gegeven']/@value | //select[@name='gegeven']/option/@value")
    assert set(filter(None, keuzes)) == set(gevonden)
    assert bsn not in keuze.response.text
    assert "Raamdwarsstraat" not in keuze.response.text, "an address that is secret stays so until it is asked for"


async def test_a_key_of_nothing_asks_which_datum(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    start = await invuller.open(f"{START}?gegeven=persoon-van-een-ander")
    assert (await invuller.stuur(start)).stap() == "gegeven"
    assert (await browser.get(f"{START}?gegeven=<b>")).status_code == 404


async def test_with_the_register_away_nothing_is_sent_and_later_it_goes_on(
    invuller: Invuller, browser: Browser, backoffice: FastAPI
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    start = await invuller.open(f"{START}?gegeven=persoon-voornamen")
    backoffice.state.beheer.storing(api="brp", soort="status")
    pagina = await invuller.stuur(start)
    assert pagina.stap() == "gegeven"
    assert "Anna Maria" not in pagina.tekst
    assert "Wij kunnen uw gegevens nu niet ophalen" in pagina.tekst
    assert "Het lukt nu niet" in (await invuller.stuur(pagina)).tekst
    backoffice.state.beheer.herstel()
    assert "Anna Maria" in (await invuller.open(str(pagina.response.url).replace("gegeven", "voorstel"))).tekst


async def test_another_datum_is_another_melding_and_the_first_stays(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    eerste = await invuller.stuur(await invuller.open(f"{START}?gegeven=persoon-voornamen"))
    kies = await invuller.open(f"{START}?gegeven=persoon-geslacht")
    tweede = await invuller.stuur(kies, {"keuze": "nieuw"})
    assert "Wie u bent: Geslacht" in tweede.tekst
    assert "Wie u bent: Voornamen" in (await invuller.open(str(eerste.response.url))).tekst
    await browser.log_in(factories.burger(factories.MEHMET))
    assert (await browser.get(urlsplit(str(eerste.response.url)).path)).status_code == 404
