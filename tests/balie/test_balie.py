"""An employee fills in a form for a citizen: as themselves, for that one form, with nothing of a dossier in sight."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from sqlalchemy import select, update

import mock_idp
from mock_idp import medewerkers
from pip_portal import app as portaal
from pip_portal import onderhoud, tables
from pip_portal.balie.oidc import problemen
from pip_portal.eigenaar import eigenaar_van
from pip_portal.formulieren.aanvrager import is_van_burger, mag_aan_balie
from pip_portal.settings import Settings
from pip_portal.tijd import now
from tests import factories
from tests.conftest import Browser, text_of
from tests.formulieren import voorbeelden
from tests.formulieren.paginas.invuller import Invuller, Pagina, vul_in
from tests.inzendingen.maken import Kast

DATA = Path(__file__).parents[1] / "formulieren" / "data"
NERGENS = "00000000-0000-4000-8000-000000000000"
FLEUR = {"issuer": f"{factories.IDP}/medewerkers", "client_id": medewerkers.CLIENT_ID, "rol": "balie"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return factories.settings(
        database_url,
        formulieren=DATA,
        bestanden={"map": tmp_path / "bestanden"},
        medewerkers=FLEUR | {"client_secret": medewerkers.CLIENT_SECRET},
    )


@pytest.fixture
def idp() -> FastAPI:
    app = FastAPI()
    app.state.idp = SimpleNamespace(config=SimpleNamespace(public_url=factories.IDP))
    app.include_router(medewerkers.router)
    app.mount("/static", StaticFiles(directory=Path(mock_idp.__file__).parent / "static"), name="static")
    return app


@pytest.fixture
def transport_for(backoffice: FastAPI, idp: FastAPI) -> Callable[[str], httpx.AsyncBaseTransport | None]:
    def kies(url: str) -> httpx.AsyncBaseTransport | None:
        return httpx.ASGITransport(idp if url.startswith(factories.IDP) else backoffice)

    return kies


class Balie(Browser):
    """The browser of an employee; its forms carry the token that stands in the page."""

    def __init__(self, portal: FastAPI, idp: FastAPI) -> None:
        super().__init__(portal)
        self.idp = httpx.AsyncClient(transport=httpx.ASGITransport(idp), base_url=factories.IDP)

    async def kom_terug(self, wie: str = "fleur") -> str:
        """Log in at the provider; the address with which the browser comes back."""
        naar = (await self.client.get("/balie/inloggen")).headers["location"]
        keuze = await self.idp.get(naar)
        assert "Fleur Hiddink" in keuze.text
        return str((await self.idp.get(f"{naar}&wie={wie}")).headers["location"])

    async def log_in_als(self, wie: str = "fleur") -> httpx.Response:
        return await self.get(await self.kom_terug(wie))


@pytest.fixture
async def balie(portal: FastAPI, idp: FastAPI) -> AsyncIterator[Balie]:
    browser = Balie(portal, idp)
    async with browser.client, browser.idp:
        yield browser


async def _zoek(
    balie: Balie, bsn: str = factories.ANNA, product: str = "proef-kind", kanaal: str = "telefoon"
) -> Pagina:
    invuller = Invuller(balie)
    kies = await invuller.open("/balie")
    return await invuller.stuur(kies, {"product": product, "kanaal": kanaal, "bsn": bsn})


async def _begin(balie: Balie, **anders: str) -> Pagina:
    return await Invuller(balie).stuur(await _zoek(balie, **anders))


async def _verstuur(balie: Balie) -> Pagina:
    invuller = Invuller(balie)
    controle = await invuller.stuur(await _begin(balie), {"doel": "Voor school"})
    return await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")


async def _bewijzen(portal: FastAPI) -> list[tables.Bewijs]:
    async with portal.state.db() as session:
        return list(await session.scalars(select(tables.Bewijs).order_by(tables.Bewijs.id)))


# ---- the way through -------------------------------------------------------------------------------------------


@pytest.mark.seed("C7")
async def test_the_employee_is_the_actor_and_the_citizen_the_betrokkene(
    balie: Balie, portal: FastAPI, browser: Browser, tmp_path: Path
) -> None:
    await balie.log_in_als()
    persoon = await _zoek(balie)
    assert "Anna Maria Jansen" in persoon.tekst
    assert "12 maart 1984" in persoon.tekst
    assert "Brink" not in persoon.tekst, "no more than is needed to know who it is"
    assert factories.ANNA not in persoon.response.text
    assert factories.ANNA not in str(persoon.response.url)
    vraag = await Invuller(balie).stuur(persoon)
    assert "U vult dit in voor Anna Maria Jansen." in vraag.tekst
    assert "Fleur Hiddink" in vraag.response.text
    assert "Opslaan en later verder" not in vraag.tekst
    controle = await Invuller(balie).stuur(vraag, {"doel": "Voor school"})
    klaar = await Invuller(balie).stuur(controle, {"verklaring": "ja"}, actie="versturen")
    assert str(klaar.response.url).startswith(f"{factories.PORTAAL}/balie/verzonden/")
    nummer = klaar.document.findtext(".//strong[@class='portaal-ontvangen__nummer']")
    assert nummer
    kopie = await balie.client.get(klaar.document.xpath("//a[contains(@href, 'kopie.pdf')]/@href")[0])
    assert kopie.content.startswith(b"%PDF")

    [zaak] = Kast(tmp_path / "backoffice.sqlite").zaken(nummer)
    [rol] = zaak.rollen
    assert rol["betrokkeneIdentificatie"]["inpBsn"] == factories.ANNA
    assert "namens deze persoon, kanaal telefoon" in rol["roltoelichting"]
    assert "Fleur" not in str(rol)

    gelegd = {b.gebeurtenis: b for b in await _bewijzen(portal)}
    anna = eigenaar_van(factories.burger(), factories.sleutels()).hash
    [actor] = {b.actor for b in gelegd.values() if b.gebeurtenis != "overgedragen"}
    assert actor
    assert list(gelegd)[:4] == ["balie_ingelogd", "balie_gezocht", "balie_begonnen", "ontvangen"]
    assert [gelegd[soort].wie for soort in ("balie_gezocht", "balie_begonnen", "ontvangen")] == [anna] * 3
    assert (gelegd["ontvangen"].kanaal, gelegd["ontvangen"].kenmerk) == ("telefoon", nummer)

    await browser.log_in(factories.burger())
    assert nummer in text_of(await browser.get("/zaken")), "the citizen follows it as any other"


async def test_the_citizen_gets_the_receipt(balie: Balie, portal: FastAPI) -> None:
    class Medewerker(Invuller):
        async def begin(self, slug: str, **antwoorden: str) -> Pagina:
            return await _begin(balie, product=slug)

    await balie.log_in_als()
    controle = await vul_in(Medewerker(balie), "proef-alles", {"email": "anna@example.nl"})
    klaar = await Medewerker(balie).stuur(controle, {"verklaring": "ja"}, actie="versturen")
    assert "De inwoner krijgt een e-mail met de bevestiging." in klaar.tekst
    async with portal.state.db() as session:
        [rij] = await session.scalars(select(tables.Inzending))
        mails = await session.scalars(select(tables.Opdracht).where(tables.Opdracht.soort == "mail"))
        [mail] = [json.loads(factories.sleutels().decrypt(opdracht.inhoud)) for opdracht in mails]
    assert mail["aan"] == "anna@example.nl"
    assert rij.eigenaar == eigenaar_van(factories.burger(), factories.sleutels()).hash


# ---- what must never happen ------------------------------------------------------------------------------------


async def test_a_number_is_the_same_person_however_it_is_typed(balie: Balie, portal: FastAPI) -> None:
    await balie.log_in_als()
    bsn = factories.ANNA
    for getypt in (f"{bsn[:4]}-{bsn[4:]}", f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}", f" {bsn[:4]} {bsn[4:]} "):
        assert "Anna Maria Jansen" in (await _zoek(balie, bsn=getypt)).tekst
    anna = eigenaar_van(factories.burger(), factories.sleutels()).hash
    assert {b.wie for b in await _bewijzen(portal) if b.gebeurtenis == "balie_gezocht"} == {anna}


@pytest.mark.seed("C7")
async def test_an_employee_opens_no_page_of_a_citizen(balie: Balie, browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger())
    eigen = Invuller(browser)
    pagina = await eigen.begin("proef-kind", voor_wie="zelf")
    concept = str(pagina.response.url).split("/")[4]
    await balie.log_in_als()
    klaar = await _verstuur(balie)
    verzonden = str(klaar.response.url).rsplit("/", 1)[1]
    waarden = defaultdict(lambda: NERGENS, stap="wie", slug="proef-kind", bron="zaken", middel="digid")
    for router in portaal.PRIVATE:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in route.methods:
                response = await balie.client.get(route.path.format_map(waarden))
                assert response.status_code == 303, route.path
                assert response.headers["location"].startswith("/inloggen"), route.path
    for id_ in (concept, verzonden):
        for pad in ("", "/wie", "/controleren", "/ontvangen", "/kopie.pdf", "/stoppen"):
            response = await balie.client.get(f"/aanvragen/{id_}{pad}")
            binnen = response.status_code == 200 or response.headers.get("location", "").startswith("/aanvragen")
            assert not binnen, f"{pad}: {response.status_code}"
    assert not (await balie.client.get("/balie")).text.count(concept)
    for slug in ("proef-anoniem", "proef-kind"):
        assert (await balie.client.get(f"/formulieren/{slug}/start")).headers["location"] == "/balie"


async def test_nothing_of_the_dossier_is_filled_in(balie: Balie, browser: Browser) -> None:
    await browser.log_in(factories.burger())
    eerste = Invuller(browser)
    start = await eerste.open("/formulieren/proef-eerder/start")
    pagina = await eerste.stuur(start, {"voor_wie": "zelf"})
    pagina = await eerste.stuur(pagina, {"naam": "Geheim feest"})
    pagina = await eerste.stuur(pagina, {"dag-dag": "3", "dag-maand": "10", "dag-jaar": "2027"})
    pagina = await eerste.stuur(pagina, {"soort": "b"})
    await eerste.stuur(pagina, {"verklaring": "ja"}, actie="versturen")
    await balie.log_in_als()
    dag = await Invuller(balie).stuur(await _begin(balie, product="proef-eerder"), {"naam": "Iets"})
    assert dag.stap() == "dag"
    assert dag.velden["dag-jaar"] == [""]
    assert "Overgenomen" not in dag.tekst


async def test_a_citizen_and_a_colleague_do_not_reach_what_an_employee_is_busy_with(
    balie: Balie, browser: Browser, portal: FastAPI
) -> None:
    await balie.log_in_als()
    adres = str((await _begin(balie)).response.url)
    await browser.log_in(factories.burger())
    assert (await browser.get(adres)).status_code == 404, "also when it is about this citizen"
    assert "Proef" not in text_of(await browser.get("/overzicht"))
    klaar = await _verstuur(balie)
    assert (await browser.client.get(str(klaar.response.url))).headers["location"] == "/balie"
    async with portal.state.db.begin() as session:
        await session.execute(update(tables.Inzending).values(ontvangen_op=now().replace(year=2025)))
    assert (await balie.get(str(klaar.response.url))).status_code == 404, "afterwards it is the citizen's alone"


async def test_without_the_role_or_an_own_login_nobody_comes_in(balie: Balie, portal: FastAPI, idp: FastAPI) -> None:
    geweigerd = await balie.log_in_als("meike")
    assert geweigerd.status_code == 403
    assert "Inloggen is niet gelukt" in text_of(geweigerd)
    terug = await balie.kom_terug()
    ander = Balie(portal, idp)
    async with ander.client, ander.idp:
        assert (await ander.get(terug)).status_code == 403, "another browser began it"
    assert (await balie.get(f"{terug.replace('state=', 'state=x')}")).status_code == 403
    assert (await balie.get(terug)).status_code == 303
    assert (await balie.get(terug)).status_code == 403, "used before"
    codes = parse_qs(urlsplit(await balie.kom_terug()).query)
    assert (await balie.get(f"/balie/terug?code=verzonnen&state={codes['state'][0]}")).status_code == 403
    assert [b.gebeurtenis for b in await _bewijzen(portal)] == ["balie_ingelogd"]


async def test_a_session_that_ended_leads_to_the_employees_own_login(balie: Balie, portal: FastAPI) -> None:
    await balie.log_in_als()
    vraag = await _begin(balie)
    async with portal.state.db.begin() as session:
        await session.execute(update(tables.Baliesessie).values(laatst_gezien_op=now().replace(year=2025)))
    assert (await balie.client.get(str(vraag.response.url))).headers["location"] == "/balie"
    await balie.log_in_als()
    verder = (await Invuller(balie).open("/balie")).document.xpath("//a[contains(@href, '/aanvragen/')]/@href")
    assert (await Invuller(balie).open(verder[0])).stap() == "wie"
    uit = await Invuller(balie).open("/balie")
    csrf = uit.velden["csrf"][0]
    response = await balie.post("/balie/uitloggen", {"csrf": csrf})
    assert response.headers["location"] == "/balie"
    assert "Inloggen als medewerker" in text_of(await balie.get("/balie"))


async def test_nothing_stays_of_an_employee_who_went_home_without_logging_out(balie: Balie, portal: FastAPI) -> None:
    await balie.log_in_als()
    async with portal.state.db.begin() as session:
        await session.execute(update(tables.Baliesessie).values(eindigt_op=now().replace(year=2025)))
    await onderhoud.remove_expired(portal.state.db)
    async with portal.state.db() as session:
        assert list(await session.scalars(select(tables.Baliesessie))) == []


async def test_what_cannot_be_begun_says_why(balie: Balie) -> None:
    await balie.log_in_als()
    fout = await _zoek(balie, bsn="123456789", product="", kanaal="")
    assert fout.status == 422
    assert list(fout.fouten()) == ["product", "kanaal", "bsn"]
    assert "123456789" not in fout.response.text
    for bsn, zin in (
        ("999997609", "Voor deze persoon kan dit niet."),
        ("999996101", "Deze persoon is jonger dan 16 jaar."),
        ("123456782", "Wij vinden dit nummer niet."),
    ):
        assert zin in (await _zoek(balie, bsn=bsn)).tekst
    opties = (await Invuller(balie).open("/balie")).document.xpath("//select[@name='product']/option/@value")
    assert "proef-kind" in opties
    assert "proef-bedrijf" not in opties
    csrf = (await Invuller(balie).open("/balie")).velden["csrf"][0]
    for gekozen in ("", "verzonnen"):
        response = await balie.post("/balie/beginnen", {"csrf": csrf, "gekozen": gekozen})
        assert response.headers["location"] == "/balie"
    assert (await balie.post("/balie/beginnen", {"csrf": "x", "gekozen": ""})).status_code == 400


async def test_the_desk_says_what_cannot_be_done_there_and_what_to_do_instead(balie: Balie, portal: FastAPI) -> None:
    alle = voorbeelden.alle_formulieren().alle()
    assert {f.formulier for f in alle if is_van_burger(f) and not mag_aan_balie(f)} >= {
        *("bezwaar", "klacht", "kwijtschelding", "melding-openbare-ruimte", "parkeervergunning-bewoners")
    }
    await balie.log_in_als()
    assert "Alleen de inwoner zelf kan dit invullen" not in text_of(await balie.get("/balie"))
    dicht = portal.state.formulieren.get("proef-kind")
    toegang = dicht.toegang.model_copy(update={"balie": False})
    portal.state.formulieren._huidig["proef-kind"] = dicht.model_copy(update={"toegang": toegang})
    zin = f"Alleen de inwoner zelf kan dit invullen, op de website: {dicht.product.naam.nl}. Lukt dat niet?"
    assert zin in text_of(await balie.get("/balie"))


async def test_the_check_says_when_employees_cannot_log_in(
    settings: Settings, transport_for: Callable[[str], httpx.AsyncBaseTransport | None]
) -> None:
    assert await problemen(settings, transport_for) == []
    ander = FLEUR | {"issuer": f"{factories.IDP}/ergens", "client_secret": "x"}
    fout = factories.settings(settings.database_url, medewerkers=ander)
    [regel] = await problemen(fout, transport_for)
    assert regel.startswith(f"medewerkers: {factories.IDP}/ergens is niet te gebruiken")
    assert await problemen(factories.settings(settings.database_url), transport_for) == []


async def test_nobody_looks_up_a_whole_street(balie: Balie) -> None:
    await balie.log_in_als()
    kies = await Invuller(balie).open("/balie")
    keuze = {"csrf": kies.velden["csrf"][0], "product": "proef-kind", "kanaal": "balie", "bsn": factories.ANNA}
    codes = [(await balie.post("/balie/persoon", keuze)).status_code for _ in range(21)]
    assert set(codes[:20]) == {200}
    assert codes[20] == 429


class TestDicht:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return factories.settings(database_url, formulieren=DATA)

    async def test_the_desk_is_not_there_unless_it_was_opened(self, browser: Browser) -> None:
        browser.client.cookies.set("balie", "x" * 43, domain="localhost.local")
        for pad in ("/balie", "/balie/inloggen", "/balie/terug?code=a&state=b", f"/balie/verzonden/{NERGENS}"):
            assert (await browser.get(pad)).status_code == 404
        for pad in ("/balie/persoon", "/balie/beginnen", "/balie/uitloggen"):
            assert (await browser.post(pad)).status_code == 404
