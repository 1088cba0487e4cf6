"""Mijn zaken and one zaak, as a citizen and a company meet them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from pip_portal.settings import Settings
from pip_portal.tables import Zaakbezoek
from tests import factories
from tests.conftest import Browser, text_of

ZAAK = re.compile(r'href="(/zaken/[a-z0-9-]+/[0-9a-f-]{36})"')
NIEUW = 'portaal-badge--doen">Nieuw<'
HTMX = {"HX-Request": "true"}
DOCUMENT = re.compile(r'href="(/zaken/[a-z0-9-]+/[0-9a-f-]{36}/documenten/[0-9a-f-]{36})"')


def zaken_in(html: str) -> list[str]:
    return list(dict.fromkeys(ZAAK.findall(html)))


async def open_zaak(browser: Browser, naam: str, lijst: str = "/zaken") -> str:
    """The address of the first zaak with this name on the list."""
    response = await browser.get(lijst)
    links: list[tuple[str, str]] = re.findall(r'href="(/zaken/[^"?]+)">([^<]+)<', response.text)
    return next(url for url, tekst in links if tekst == naam)


# ---- the list ----------------------------------------------------------------------------------------------


@pytest.mark.seed("P1")
async def test_a_citizen_sees_their_own_zaken_open_and_closed_apart(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    lopend = await browser.get("/zaken")
    afgerond = await browser.get("/zaken?toestand=afgerond")
    assert "4 lopende zaken" in text_of(lopend)
    assert "4 afgeronde zaken" in text_of(afgerond)
    assert not set(zaken_in(lopend.text)) & set(zaken_in(afgerond.text))


@pytest.mark.seed("P1")
async def test_a_zaak_of_somebody_else_looks_like_one_that_does_not_exist(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    zaken = zaken_in((await browser.get("/zaken")).text)
    document = DOCUMENT.findall((await browser.get(await open_zaak(browser, "Parkeervergunning voor bewoners"))).text)[
        0
    ]
    await browser.log_in(factories.burger(factories.HENDRIK))
    nergens = await browser.get("/zaken/zaken/00000000-0000-4000-8000-000000000000")
    assert nergens.status_code == 404
    zonder_pad = [re.sub(r'value="/zaken[^"]*"', "", nergens.text)]
    for url in (*zaken, document):
        response = await browser.get(url)
        assert response.status_code == 404, url
        assert re.sub(r'value="/zaken[^"]*"', "", response.text) == zonder_pad[0]


@pytest.mark.parametrize("url", ["/zaken", "/zaken/zaken/00000000-0000-4000-8000-000000000000"])
async def test_without_login_there_is_nothing_to_see(browser: Browser, url: str) -> None:
    response = await browser.get(url)
    assert response.status_code == 303
    assert response.headers["location"] == f"/inloggen?terug={url}"


async def test_who_has_no_zaken_reads_that(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.YOUSSEF))
    assert "U hebt geen lopende zaken" in text_of(await browser.get("/zaken"))
    assert "U hebt geen afgeronde zaken" in text_of(await browser.get("/zaken?toestand=afgerond"))


@pytest.mark.veel_zaken
async def test_twelve_hundred_zaken_can_be_paged_searched_and_filtered(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.SUZANNE))
    eerste = await browser.get("/zaken?toestand=afgerond")
    laatste = int(max(re.findall(r"pagina=(\d+)", eerste.text), key=int))
    assert laatste > 100
    einde = await browser.get(f"/zaken?toestand=afgerond&pagina={laatste}")
    assert zaken_in(einde.text)
    assert not set(zaken_in(eerste.text)) & set(zaken_in(einde.text))
    voorbij = await browser.get(f"/zaken?toestand=afgerond&pagina={laatste + 1}")
    assert "Deze pagina is er niet" in text_of(voorbij)
    nummer = re.findall(r"DEV-\d{4}-\d{7}", einde.text)[0]
    gevonden = await browser.get(f"/zaken?toestand=afgerond&zoek={nummer}")
    assert len(zaken_in(gevonden.text)) == 1
    jaar = await browser.get("/zaken?toestand=afgerond&jaar=2025")
    assert set(re.findall(r"Gestart op (?:<[^>]+>)?\d+ \w+ (\d{4})", jaar.text)) == {"2025"}


async def test_the_oldest_zaak_can_come_first(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    nieuwste = zaken_in((await browser.get("/zaken")).text)
    oudste = zaken_in((await browser.get("/zaken?volgorde=oudste")).text)
    assert oudste == nieuwste[::-1]


async def test_a_search_without_result_says_so_and_leads_back(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    response = await browser.get("/zaken?zoek=zeppelin")
    assert "Wij vinden geen zaken" in text_of(response)
    assert 'href="/zaken"' in response.text


@pytest.mark.parametrize(
    "query",
    [
        "pagina=0",
        "pagina=-1",
        "pagina=99999999999999999999",
        "pagina=tien",
        "pagina=9999",
        "jaar=0",
        "jaar=20262026",
        "toestand=weg",
        "volgorde=schuin",
        "zoek=%00%ff",
        "zoek=" + "a" * 3000,
        "onbekend=1&toestand=lopend&toestand=afgerond",
        "pagina=²",
    ],
)
async def test_nonsense_in_the_address_gives_a_clear_page(browser: Browser, query: str) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    response = await browser.get(f"/zaken?{query}")
    assert response.status_code == 200
    assert "Mijn zaken" in text_of(response)


async def test_htmx_gets_only_the_results(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    fragment = (await browser.fragment("/zaken?zoek=parkeer")).text
    assert "<html" not in fragment
    assert "<h1" not in fragment
    heel = (await browser.get("/zaken?zoek=parkeer")).text
    assert zaken_in(fragment) == zaken_in(heel)


# ---- the backoffice in trouble -----------------------------------------------------------------------------


@pytest.mark.parametrize("soort", ["status", "onzin", "te_druk"])
async def test_an_outage_is_never_an_empty_list(browser: Browser, backoffice: FastAPI, soort: str) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    url = await open_zaak(browser, "Omgevingsvergunning")
    backoffice.state.beheer.storing(api="zaken", soort=soort)
    for adres in ("/zaken", url):
        response = await browser.get(adres)
        assert response.status_code in (500, 503) or "Wij halen deze gegevens op" in text_of(response)
        assert "geen lopende zaken" not in text_of(response)


async def test_after_the_outage_everything_is_there_again(browser: Browser, backoffice: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    backoffice.state.beheer.storing(api="zaken", soort="status", status=503, aantal=1)
    await browser.get("/zaken")
    assert "4 lopende zaken" in text_of(await browser.get("/zaken"))


@pytest.mark.parametrize(
    ("storing", "tekst", "staat_er_wel"),
    [
        ({"api": "documenten"}, "Documenten kunnen wij nu niet laten zien", "Zo staat het ervoor"),
        ({"api": "besluiten"}, "Besluiten kunnen wij nu niet laten zien", "Ontvangstbevestiging"),
        ({"api": "zaken", "pad": "/statussen"}, "De eerdere stappen kunnen wij nu niet laten zien", "Documenten"),
    ],
)
async def test_a_part_that_is_down_is_named_and_the_rest_is_shown(
    browser: Browser, backoffice: FastAPI, storing: dict[str, str], tekst: str, staat_er_wel: str
) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    url = await open_zaak(browser, "Omgevingsvergunning")
    backoffice.state.beheer.storing(soort="status", status=503, **storing)
    response = await browser.get(url)
    assert response.status_code == 200
    assert tekst in text_of(response)
    assert staat_er_wel in text_of(response)
    assert "nog geen documenten" not in text_of(response)


@pytest.mark.parametrize("pagina_budget", [0.1])
async def test_a_slow_backoffice_gives_a_waiting_panel_that_fills_itself(browser: Browser, backoffice: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    backoffice.state.beheer.storing(api="zaken", soort="vertraging", seconden=0.3)
    lijst = await browser.get("/zaken?volgorde=oudste")
    assert "Wij halen deze gegevens op" in text_of(lijst)
    assert 'href="/zaken?volgorde=oudste&amp;geduld=1"' in lijst.text
    gevuld = await browser.fragment(re.findall(r'data-hx-get="([^"]+)" data-hx-trigger="load"', lijst.text)[0])
    assert len(zaken_in(gevuld.text)) == 4
    geduldig = await browser.get("/zaken?volgorde=oudste&geduld=1")
    assert len(zaken_in(geduldig.text)) == 4
    zaak = zaken_in(gevuld.text)[0]
    assert "Wij halen deze gegevens op" in text_of(await browser.get(zaak))
    assert "Zo staat het ervoor" in (await browser.fragment(zaak)).text
    assert "Zo staat het ervoor" in text_of(await browser.get(f"{zaak}?geduld=1"))


# ---- one zaak ----------------------------------------------------------------------------------------------


@pytest.mark.seed("P5")
@pytest.mark.seed("B6")
async def test_a_zaak_that_waits_for_the_citizen_says_what_to_do_first(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    tekst = text_of(await browser.get(await open_zaak(browser, "Parkeervergunning voor bewoners")))
    assert tekst.index("Dit moet u doen") < tekst.index("Zo staat het ervoor")
    assert "Stuur ons de informatie die wij missen." in tekst
    assert "Doe dit uiterlijk" in tekst
    assert "De tijd staat stil sinds" in tekst
    assert "omdat wij op uw informatie wachten" in tekst


async def test_a_closed_zaak_tells_the_outcome_and_the_besluit(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    url = await open_zaak(browser, "Parkeervergunning voor bewoners", "/zaken?toestand=afgerond")
    tekst = text_of(await browser.get(url))
    assert "U krijgt de vergunning." in tekst
    assert "bezwaar maken tot en met" in tekst
    assert "Wanneer hoort u van ons?" not in tekst


class TestBelanghebbenden:
    """A municipality that also lets belanghebbenden follow a zaak."""

    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        rollen = ("initiator", "mede_initiator", "belanghebbende")
        return factories.settings(database_url, backoffices=(factories.backoffice(rollen_met_toegang=rollen),))

    async def test_who_only_has_an_interest_in_a_zaak_reads_that(self, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        ander = await browser.get(await open_zaak(browser, "Omgevingsvergunning"))
        assert "U bent belanghebbende" in text_of(ander)
        eigen = await browser.get(await open_zaak(browser, "Melding openbare ruimte"))
        assert "belanghebbende" not in text_of(eigen)


async def test_a_deelzaak_and_its_hoofdzaak_lead_to_each_other(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    url = await open_zaak(browser, "Omgevingsvergunning")
    hoofdzaak = await browser.get(url)
    assert "Deze zaak bestaat uit meer onderdelen" in text_of(hoofdzaak)
    deelzaak = await browser.get(next(zaak for zaak in zaken_in(hoofdzaak.text) if zaak != url))
    assert "Deze zaak is een onderdeel van" in text_of(deelzaak)
    assert url in zaken_in(deelzaak.text)


async def test_internal_properties_stay_inside(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    url = await open_zaak(browser, "Parkeervergunning voor bewoners", "/zaken?toestand=afgerond")
    tekst = text_of(await browser.get(url))
    assert "Kenteken van het voertuig AB-123-C" in tekst
    assert "31 december 2026" in tekst
    assert "interne controle" not in tekst


async def test_a_second_visit_says_what_came_since_the_first(browser: Browser, portal: FastAPI) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    url = await open_zaak(browser, "Omgevingsvergunning")
    assert "Nieuw sinds uw vorige bezoek" not in text_of(await browser.get(url))
    await _visited_long_ago(portal)
    assert NIEUW in (await browser.get("/zaken")).text
    tweede = text_of(await browser.get(url))
    assert "Nieuw sinds uw vorige bezoek" in tweede
    assert "een nieuwe stap" in tweede
    assert NIEUW not in (await browser.get("/zaken")).text
    assert "een nieuwe stap" in text_of(await browser.get(url)), "opnieuw laden is hetzelfde bezoek"
    await _visited_long_ago(portal, datetime.now(UTC) - timedelta(hours=1))
    assert "Nieuw sinds uw vorige bezoek" not in text_of(await browser.get(url))


async def _visited_long_ago(portal: FastAPI, moment: datetime = datetime(2026, 10, 1, tzinfo=UTC)) -> None:
    async with portal.state.db.begin() as session:
        await session.execute(update(Zaakbezoek).values(bezocht_op=moment))


# ---- documents ---------------------------------------------------------------------------------------------


@pytest.mark.seed("P3")
async def test_a_document_comes_as_a_file_and_is_kept_nowhere(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    zaak = await browser.get(await open_zaak(browser, "Parkeervergunning voor bewoners"))
    response = await browser.get(DOCUMENT.findall(zaak.text)[0])
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF")
    assert response.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"


async def test_a_document_is_only_there_in_its_own_zaak(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    document = DOCUMENT.findall((await browser.get(await open_zaak(browser, "Omgevingsvergunning"))).text)[0]
    andere = await open_zaak(browser, "Melding openbare ruimte", "/zaken?toestand=afgerond")
    response = await browser.get(f"{andere}/documenten/{document.rpartition('/')[2]}")
    assert response.status_code == 404


# ---- companies ---------------------------------------------------------------------------------------------


@pytest.mark.seed("P4")
async def test_a_company_sees_each_of_its_zaken_once_and_a_vestiging_only_its_own(browser: Browser) -> None:
    await browser.log_in(factories.bedrijf(vestigingen=("000045000011", "000045000012")))
    heel = zaken_in((await browser.get("/zaken")).text)
    assert len(heel) == len(set(heel)) > 0
    await browser.log_in(factories.bedrijf(vestiging="000045000012", beperkt=True))
    deel = zaken_in((await browser.get("/zaken")).text)
    assert deel
    assert set(deel) < set(heel)
    for zaak in set(heel) - set(deel):
        assert (await browser.get(zaak)).status_code == 404


@pytest.mark.seed("P4")
async def test_a_private_zaak_of_the_owner_is_not_in_the_company(browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.MEHMET))
    prive = zaken_in((await browser.get("/zaken")).text)
    await browser.log_in(factories.bedrijf(factories.KLUSBEDRIJF, vestigingen=("000045000022",)))
    zakelijk = zaken_in((await browser.get("/zaken")).text)
    assert prive
    assert zakelijk
    assert not set(prive) & set(zakelijk)


@pytest.mark.parametrize("pagina_budget", [0.1])
async def test_a_waiting_panel_whose_source_fails_becomes_the_page_about_the_storing(
    browser: Browser, backoffice: FastAPI
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    backoffice.state.beheer.storing(api="zaken", soort="status", status=503)
    response = await browser.get("/zaken", headers=HTMX, check=False)
    assert response.status_code == 503
    assert response.headers["hx-retarget"] == "#inhoud"
    assert "<html" not in response.text
    weg = await browser.get("/zaken/zaken/00000000-0000-4000-8000-000000000000", headers=HTMX, check=False)
    assert weg.headers["hx-retarget"] == "#inhoud"
    assert "<html" not in weg.text


async def test_the_english_page_of_a_zaak_is_english(browser: Browser) -> None:
    browser.lang = "en"
    browser.client.cookies.set("taal", "en", domain="localhost.local")
    await browser.log_in(factories.burger(factories.LUCIA))
    for url in ("/overzicht", "/zaken", "/gegevens", zaken_in((await browser.get("/zaken")).text)[0]):
        tekst = text_of(await browser.get(url))
        assert "Dit moet u" not in tekst
        assert "Bron:" not in tekst
