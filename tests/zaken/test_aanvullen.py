"""Sending what we miss: received at once, handed over once, and only to a zaak of one's own that asks for it."""

import re
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update

from pip_portal import tellers
from pip_portal.tables import Bestand, Inzending, LateInvoer, Opdracht
from pip_portal.tijd import now
from tests import factories
from tests.bestanden import voorbeelden
from tests.conftest import SAME_ORIGIN, Browser, text_of
from tests.zaken.test_pages import open_zaak

PDF = voorbeelden.pdf()
BEWIJS = re.compile(r'name="bewijs" value="([^"]+)"')
ACTIE = re.compile(r'<form class="portaal-vraagpagina__form" method="post" action="([^"]+)"')


@pytest.fixture
def pagina_budget() -> float:
    return 20.0


class Form:
    """The form on the page, as a browser would send it."""

    def __init__(self, browser: Browser, html: str) -> None:
        self.browser = browser
        self.lees(html)

    def lees(self, html: str) -> None:
        self.bewijs = BEWIJS.findall(html)[0]
        if gevonden := ACTIE.findall(html):
            self.url = gevonden[0]

    async def post(
        self,
        tekst: str = "",
        bestanden: tuple[tuple[str, bytes], ...] = (),
        headers: dict[str, str] | None = None,
        **velden: str,
    ) -> httpx.Response:
        actie = {} if "verwijder" in velden else {"actie": "versturen"}
        data = {"csrf": self.browser.csrf, "bewijs": self.bewijs, "tekst": tekst, **actie, **velden}
        files: list[tuple[str, object]] = [(naam, (None, waarde)) for naam, waarde in data.items()]
        files += [("bestanden", bestand) for bestand in bestanden]
        response = await self.browser.client.post(
            self.url,
            files=files,  # type: ignore[arg-type]  # as httpx takes them
            headers={**SAME_ORIGIN, **(headers or {})},
        )
        if 'name="bewijs"' in response.text:
            self.lees(response.text)
        return response


@pytest.fixture
async def zaak(browser: Browser) -> str:
    """A zaak of Hendrik: we wait for his bank statements."""
    await browser.log_in(factories.burger(factories.HENDRIK))
    return await open_zaak(browser, "Kwijtschelding gemeentelijke belastingen")


@pytest.fixture
async def form(browser: Browser, zaak: str) -> Form:
    return Form(browser, (await browser.get(f"{zaak}/aanvullen")).text)


async def documenten(browser: Browser, zaak: str) -> str:
    return text_of(await browser.get(zaak))


async def aantal(portal: FastAPI, tabel: type = Inzending) -> int:
    async with portal.state.db() as session:
        return await session.scalar(select(func.count()).select_from(tabel)) or 0


@pytest.mark.seed("X1")
async def test_text_and_files_are_received_and_become_documents_of_the_zaak(
    browser: Browser, zaak: str, form: Form
) -> None:
    assert "Stuur wat wij missen" in text_of(await browser.get(zaak))
    gestuurd = await form.post("Hier zijn mijn afschriften.", (("afschrift.pdf", PDF), ("tweede.pdf", PDF)))
    assert gestuurd.status_code == 303
    bewijs = await browser.get(gestuurd.headers["location"])
    for wat in ("Wij hebben uw aanvulling ontvangen", "Hier zijn mijn afschriften.", "afschrift.pdf", "Verwerkt"):
        assert wat in text_of(bewijs)
    assert re.search(r"Ontvangen op \d+ \w+ \d{4} om \d\d\.\d\d uur", text_of(bewijs))
    pagina = text_of(await browser.get(zaak))
    assert "Wat u ons stuurde" in pagina
    assert "Met 2 bestanden" in pagina
    assert "afschrift.pdf" in pagina
    assert "Door u gestuurd" in pagina


async def test_a_double_click_sends_once(browser: Browser, portal: FastAPI, form: Form, zaak: str) -> None:
    eerste = await form.post("Twee keer geklikt.", (("afschrift.pdf", PDF),))
    tweede = await form.post("Twee keer geklikt.", (("afschrift.pdf", PDF),))
    assert eerste.headers["location"] == tweede.headers["location"]
    assert await aantal(portal) == 1
    assert text_of(await browser.get(zaak)).count("afschrift.pdf") == 1


async def test_a_zaak_of_somebody_else_does_not_exist(browser: Browser, zaak: str, form: Form) -> None:
    gestuurd = await form.post("Van Hendrik.")
    await browser.log_in(factories.burger(factories.ANNA))
    for url in (f"{zaak}/aanvullen", gestuurd.headers["location"]):
        response = await browser.follow(url)
        assert response.status_code == 404, url
    form.bewijs = "gestolen"
    assert (await form.post("Van Anna.")).status_code == 404


async def test_a_page_made_for_somebody_else_proves_nothing(
    browser: Browser, portal: FastAPI, form: Form, backoffice: FastAPI
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    assert (await form.post("Met het bewijs van Hendrik.")).status_code == 404
    backoffice.state.beheer.storing(soort="status", status=503)
    assert (await form.post("En nu ligt de backoffice eruit.")).status_code == 503
    assert await aantal(portal) == 0


@pytest.mark.parametrize("staart", ["", "/00000000-0000-4000-8000-000000000000"])
async def test_without_login_there_is_nothing_to_send(browser: Browser, staart: str) -> None:
    url = f"/zaken/zaken/00000000-0000-4000-8000-000000000000/aanvullen{staart}"
    assert (await browser.get(url)).status_code == 303


async def test_a_zaak_that_asks_nothing_takes_nothing(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    for lijst in ("/zaken", "/zaken?toestand=afgerond"):
        html = (await browser.get(lijst)).text
        for url in dict.fromkeys(re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"', html)):
            pagina = await browser.get(f"{url}/aanvullen")
            if "Dit moet u doen" not in text_of(await browser.get(url)):
                assert pagina.status_code == 409
                assert "kan nu niet" in text_of(pagina)
                return
    pytest.fail("elke zaak vraagt iets")


async def test_a_zaak_that_closes_meanwhile_takes_nothing(
    browser: Browser, portal: FastAPI, form: Form, zaak: str, backoffice: FastAPI
) -> None:
    await sluit(backoffice, zaak)
    gestuurd = await form.post("Te laat.")
    assert gestuurd.status_code == 409
    assert await aantal(portal) == 0


async def sluit(backoffice: FastAPI, zaak: str) -> None:
    """A behandelaar closes it, on the page of the tester."""
    uuid = zaak.rpartition("/")[2]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(backoffice),
        base_url=factories.BACKOFFICE,
        headers={"Origin": factories.BACKOFFICE, "Sec-Fetch-Site": "same-origin"},
    ) as client:
        pagina = (await client.get(f"/beheer/zaken/{uuid}")).text
        resultaat = re.findall(r'<option value="([^"]+)">', pagina.split('name="resultaattype"')[1])[0]
        await client.post(f"/beheer/zaken/{uuid}/resultaat", data={"resultaattype": resultaat})
        status = re.findall(r'<option value="([^"]+)"[^>]*>[^<]*sluit de zaak', pagina)[0]
        gezet = await client.post(f"/beheer/zaken/{uuid}/status", data={"statustype": status})
        assert "melding" in gezet.headers["location"], gezet.headers["location"]


async def test_when_the_backoffice_goes_away_it_is_kept_and_delivered_later(
    browser: Browser, portal: FastAPI, form: Form, zaak: str, backoffice: FastAPI
) -> None:
    backoffice.state.beheer.storing(soort="status", status=503)
    gestuurd = await form.post("De backoffice ligt eruit.", (("afschrift.pdf", PDF),))
    assert gestuurd.status_code == 303
    assert "Ontvangen, wordt verwerkt" in text_of(await browser.get(gestuurd.headers["location"]))
    backoffice.state.beheer.herstel()
    await opnieuw(portal)
    assert "Verwerkt" in text_of(await browser.get(gestuurd.headers["location"]))
    assert "afschrift.pdf" in text_of(await browser.get(zaak))


async def opnieuw(portal: FastAPI) -> None:
    """The worker's next turn, when it would come by the clock."""
    async with portal.state.db.begin() as session:
        await session.execute(
            update(Opdracht).where(Opdracht.toestand == "nieuw").values(beurt_op=now() - timedelta(seconds=1))
        )
    for bron in portal.state.bronnen.zaaksysteem.bronnen:
        for verbinding in bron.verbindingen:
            verbinding.breaker.success()
    await portal.state.werker.alles()


async def test_a_zaak_that_closed_before_it_was_handed_over_needs_a_person(
    browser: Browser, portal: FastAPI, form: Form, zaak: str, backoffice: FastAPI
) -> None:
    backoffice.state.beheer.storing(soort="status", status=503)
    gestuurd = await form.post("De backoffice ligt eruit.")
    backoffice.state.beheer.herstel()
    await sluit(backoffice, zaak)
    await opnieuw(portal)
    async with portal.state.db() as session:
        assert await session.scalar(select(Inzending.toestand)) == "vastgelopen"
    assert "Het verwerken duurt langer" in text_of(await browser.get(gestuurd.headers["location"]))


@pytest.mark.parametrize(
    ("api", "pad", "soort"),
    [
        ("documenten", "/enkelvoudiginformatieobjecten", "antwoord_kwijt"),
        ("documenten", "/enkelvoudiginformatieobjecten", "fout_na_vastleggen"),
        ("zaken", "/zaakinformatieobjecten", "antwoord_kwijt"),
    ],
)
async def test_an_answer_that_gets_lost_makes_nothing_twice(
    browser: Browser, portal: FastAPI, form: Form, zaak: str, backoffice: FastAPI, soort: str, api: str, pad: str
) -> None:
    backoffice.state.beheer.storing(api=api, pad=pad, methode="POST", soort=soort, status=500, aantal=1)
    await form.post("Zonder antwoord.", (("afschrift.pdf", PDF),))
    await opnieuw(portal)
    async with portal.state.db() as session:
        assert await session.scalar(select(Inzending.toestand)) == "overgedragen"
    assert text_of(await browser.get(zaak)).count("afschrift.pdf") == 1


# ---- filling it in ---------------------------------------------------------------------------------------------


async def test_nothing_is_not_something_to_send(form: Form) -> None:
    leeg = await form.post("  ")
    assert leeg.status_code == 422
    assert "Vul in wat u ons wilt vertellen" in text_of(leeg)
    assert 'href="#tekst"' in leeg.text
    lang = await form.post("x" * 5001)
    assert "Uw tekst is te lang" in text_of(lang)


async def test_files_are_added_and_removed_before_sending_without_losing_the_text(
    browser: Browser, portal: FastAPI, form: Form, zaak: str
) -> None:
    met = await form.post("Nog niet klaar.", (("een.pdf", PDF), ("twee.pdf", PDF)), actie="toevoegen")
    assert met.status_code == 200
    assert "een.pdf" in met.text
    assert "Nog niet klaar." in met.text
    [eerste, _] = re.findall(r'name="verwijder" value="([^"]+)"', met.text)
    zonder = await form.post("Nog niet klaar.", verwijder=eerste)
    assert "een.pdf" not in zonder.text
    assert "twee.pdf" in zonder.text
    await form.post("Klaar.")
    pagina = text_of(await browser.get(zaak))
    assert "twee.pdf" in pagina
    assert "een.pdf" not in pagina


async def test_with_htmx_only_the_questions_come_back(form: Form) -> None:
    deel = await form.post("Tekst.", (("een.pdf", PDF),), actie="toevoegen", headers={"HX-Request": "true"})
    assert "<html" not in deel.text
    assert "een.pdf" in deel.text


async def test_a_file_of_another_kind_is_refused_and_the_rest_is_kept(form: Form) -> None:
    met = await form.post("Tekst.", (("een.pdf", PDF), ("virus.exe", b"MZ")))
    assert met.status_code == 422
    assert "een.pdf" in met.text
    assert 'id="bestanden-fout"' in met.text
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    besmet = await form.post("Tekst.", (("besmet.pdf", PDF + eicar),))
    assert besmet.status_code in (303, 422)


async def test_files_of_another_form_are_not_taken(portal: FastAPI, browser: Browser, form: Form, zaak: str) -> None:
    await form.post("Eerst.", (("een.pdf", PDF),), actie="toevoegen")
    tweede = Form(browser, (await browser.get(f"{zaak}/aanvullen")).text)
    leeg = await tweede.post("")
    assert leeg.status_code == 422
    assert await aantal(portal, Bestand) == 1


async def test_each_file_counts_not_each_form(portal: FastAPI, form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tellers.GRENZEN, "uploaden", tellers.Grens(2, timedelta(minutes=10)))  # type: ignore[arg-type]  # a dict
    response = await form.post(bestanden=tuple((f"{n}.pdf", PDF) for n in range(4)), actie="toevoegen")
    assert response.status_code == 429
    assert await aantal(portal, Bestand) == 2


# ---- the session ended meanwhile ---------------------------------------------------------------------------------

UITGELOGD = "U was uitgelogd. Controleer uw tekst en kies Versturen."


async def te_laat(portal: FastAPI, form: Form, tekst: str) -> httpx.Response:
    await portal.state.sessies.end_everywhere(factories.burger(factories.HENDRIK).pseudoniem)
    return await form.post(tekst)


async def test_what_was_typed_and_added_comes_back_after_the_login(
    browser: Browser, portal: FastAPI, form: Form, zaak: str
) -> None:
    await form.post("Nog niet klaar.", (("een.pdf", PDF),), actie="toevoegen")
    laat = await te_laat(portal, form, "Getypt toen het te laat was.")
    assert laat.status_code == 303
    assert laat.headers["location"] == f"/inloggen?terug={zaak}/aanvullen&verlopen=1"
    async with portal.state.db() as session:
        rij = (await session.scalars(select(LateInvoer))).one()
    assert b"Getypt" not in rij.invoer
    await browser.log_in(factories.burger(factories.HENDRIK))
    terug = await browser.get(f"{zaak}/aanvullen")
    for wat in (UITGELOGD, "Getypt toen het te laat was.", "een.pdf"):
        assert wat in text_of(terug)
    assert await aantal(portal) == 0, "nothing is sent by itself"
    form.lees(terug.text)
    gestuurd = await form.post("Getypt toen het te laat was.")
    bewijs = text_of(await browser.get(gestuurd.headers["location"]))
    assert "Getypt toen het te laat was." in bewijs
    assert "een.pdf" in bewijs
    assert await aantal(portal, LateInvoer) == 0
    assert UITGELOGD not in text_of(await browser.get(f"{zaak}/aanvullen"))


async def test_another_person_never_sees_it_and_it_is_thrown_away(
    browser: Browser, portal: FastAPI, form: Form, zaak: str
) -> None:
    await te_laat(portal, form, "Van Hendrik.")
    await browser.log_in(factories.burger(factories.ANNA))
    ander = await browser.get(f"{zaak}/aanvullen")
    assert ander.status_code == 404
    assert "Van Hendrik." not in ander.text
    assert await aantal(portal, LateInvoer) == 0
    await browser.log_in(factories.burger(factories.HENDRIK))
    assert "Van Hendrik." not in (await browser.get(f"{zaak}/aanvullen")).text


async def test_what_was_sent_too_late_stays_with_its_browser_and_its_zaak(
    browser: Browser, portal: FastAPI, form: Form, zaak: str
) -> None:
    await te_laat(portal, form, "Op de ene computer.")
    elders = Browser(portal)
    async with elders.client:
        await elders.log_in(factories.burger(factories.HENDRIK))
        assert "Op de ene computer." not in (await elders.get(f"{zaak}/aanvullen")).text
    await browser.log_in(factories.burger(factories.HENDRIK))
    lijst = (await browser.get("/zaken")).text
    for url in dict.fromkeys(re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"', lijst)):
        assert ("Op de ene computer." in (await browser.get(f"{url}/aanvullen")).text) is (url == zaak)


async def test_what_was_sent_already_is_not_offered_again(
    browser: Browser, portal: FastAPI, form: Form, zaak: str
) -> None:
    gestuurd = await form.post("Twee keer geklikt.")
    await te_laat(portal, form, "Twee keer geklikt.")
    await browser.log_in(factories.burger(factories.HENDRIK))
    terug = await browser.get(f"{zaak}/aanvullen")
    assert terug.headers["location"] == gestuurd.headers["location"]
    assert (await browser.get(f"{zaak}/aanvullen")).status_code == 200, "the next page is a new one"


async def test_a_stranger_leaves_nothing_behind(browser: Browser, portal: FastAPI, form: Form) -> None:
    vreemd = Browser(portal)
    async with vreemd.client:
        for cookie, bewijs in (("", form.bewijs), ("verzonnen", "geplant")):
            if cookie:
                vreemd.client.cookies.set(portal.state.sessies.cookie, cookie, domain="localhost.local")
            planten = await vreemd.post(form.url, {"bewijs": bewijs, "tekst": "Geplant"})
            assert planten.status_code == 303
    assert await aantal(portal, LateInvoer) == 0
