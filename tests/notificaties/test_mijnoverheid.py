"""The Berichtenbox and Lopende Zaken: who chose it gets it there, once, and what it does not take is not lost."""

import json
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import delete, select, update

from pip_portal.bewaren import Bewaren
from pip_portal.notificaties import lopende_zaken
from pip_portal.notificaties.melden import meld
from pip_portal.post import brieven
from pip_portal.settings import Settings
from pip_portal.tables import Bekende, Bewijs, Contactadres, Opdracht, Voorkeur
from pip_portal.tijd import now
from reference_backoffice import store
from tests import factories
from tests.conftest import Browser, text_of
from tests.notificaties.conftest import Json, Wereld, burgerrol

SOORT = "objectvergunning"
ANNA = "anna@voorbeeld.nl"
PAD = "/voorkeuren"
KIES = {"kanaal": "berichtenbox", "statuswijziging": "ja", "nieuw_document": "ja"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"mijnoverheid": factories.mijnoverheid(), "klantinteracties": None})


class Box:
    """MijnOverheid as a tester sees it."""

    def __init__(self, client: httpx.AsyncClient, backoffice: FastAPI) -> None:
        self._client = client
        self._backoffice = backoffice

    async def zet(self, bsn: str, aan: str = "") -> None:
        assert (await self._client.post("/beheer/mijnoverheid/box", data={"bsn": bsn, "aan": aan})).status_code == 303

    async def tekst(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<option.*?</option>|<[^>]+>", " ", await self._html()))

    async def onderwerpen(self) -> list[str]:
        return re.findall(r'<h3 id="bericht-\d+">(.*?)</h3>', await self._html())

    async def zaken(self) -> list[list[str]]:
        rijen = re.findall(r"<tr>\s*(<td>.*?)</tr>", await self._html(), re.DOTALL)
        return [re.findall(r"<td>(.*?)</td>", rij) for rij in rijen]

    def storing(self, **velden: object) -> None:
        self._backoffice.state.beheer.storing(**{"api": "mijnoverheid", "aantal": 1, **velden})

    def oproepen(self) -> list[str]:
        return [o.methode for o in self._backoffice.state.beheer.oproepen if o.api == "mijnoverheid"]

    async def _html(self) -> str:
        return (await self._client.get("/beheer/mijnoverheid")).text


@pytest.fixture
async def box(backoffice: FastAPI) -> AsyncIterator[Box]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE) as client:
        yield Box(client, backoffice)


async def kies(browser: Browser, wereld: Wereld, adres: str = ANNA) -> str:
    """Anna chooses the Berichtenbox; her eigenaar."""
    eigenaar = await wereld.ken(factories.burger(), adres)
    await browser.log_in(factories.burger())
    pagina = await browser.get((await browser.post(PAD, KIES)).headers["location"])
    assert re.search(r'id="kanaal-berichtenbox"[^>]* checked', pagina.text)
    return eigenaar


async def bewaarde_bsn(wereld: Wereld) -> list[bytes | None]:
    async with wereld.portal.state.db() as session:
        return list(await session.scalars(select(Voorkeur.bsn)))


async def bewijzen(wereld: Wereld) -> list[str]:
    async with wereld.portal.state.db() as session:
        return list(await session.scalars(select(Bewijs.gebeurtenis).order_by(Bewijs.id)))


async def zaak_met_status(wereld: Wereld, label: str = "In behandeling", bsn: str = factories.ANNA) -> Json:
    zaak = await wereld.zaak(burgerrol(bsn), soort=SOORT)
    await wereld.meld_status(zaak, label)
    return zaak


# ---- the choice --------------------------------------------------------------------------------------------


async def test_the_bsn_is_kept_encrypted_with_the_choice_and_gone_with_it(
    wereld: Wereld, browser: Browser, box: Box
) -> None:
    await kies(browser, wereld)
    (bsn,) = await bewaarde_bsn(wereld)
    assert bsn is not None
    assert factories.ANNA.encode() not in bsn
    await browser.post(PAD, {"kanaal": "post"})
    assert await bewaarde_bsn(wereld) == [None]
    await browser.post(PAD, KIES)
    state = wereld.portal.state
    bewaren = Bewaren(state.db, state.sleutels, state.bestanden, lambda *_: False, geen_adres)
    async with state.db.begin() as session:
        await session.execute(update(Bekende).values(gezien_op=now() - timedelta(days=731)))
    await bewaren.oud()
    assert (await bewaarde_bsn(wereld))[0] is not None, "there is an address to write to"
    async with state.db.begin() as session:
        await session.execute(delete(Contactadres))
    await bewaren.oud()
    assert await bewaarde_bsn(wereld) == [None], "who was forgotten has no number here either"


async def geen_adres(_concept: str) -> None:
    return None


async def test_who_has_no_active_box_keeps_the_old_choice_and_reads_how_to_get_one(
    wereld: Wereld, browser: Browser, box: Box
) -> None:
    await box.zet(factories.ANNA)
    await browser.log_in(factories.burger())
    await browser.post(PAD, {"kanaal": "post"})
    pagina = await browser.get((await browser.post(PAD, KIES)).headers["location"])
    assert "U hebt geen Berichtenbox die berichten van ons aanneemt" in text_of(pagina)
    assert 'href="https://mijn.overheid.nl"' in pagina.text
    assert re.search(r'id="kanaal-post"[^>]* checked', pagina.text)
    assert re.search(r'id="statuswijziging"[^>]* checked', pagina.text), "the rest is kept"
    await box.zet(factories.ANNA, "ja")
    box.storing(soort="status", status=500)
    pagina = await browser.get((await browser.post(PAD, KIES)).headers["location"])
    assert "Wij kunnen de Berichtenbox nu niet bereiken" in text_of(pagina)
    assert re.search(r'id="kanaal-post"[^>]* checked', pagina.text)
    assert await bewaarde_bsn(wereld) == [None]


async def test_a_company_has_no_berichtenbox(wereld: Wereld, browser: Browser, box: Box) -> None:
    await browser.log_in(factories.bedrijf())
    assert "Berichtenbox" not in text_of(await browser.get(PAD))
    await browser.post(PAD, KIES)
    assert await bewaarde_bsn(wereld) == [None]
    assert box.oproepen() == []


# ---- news in the box ---------------------------------------------------------------------------------------


async def test_news_goes_to_the_box_of_who_chose_it_and_to_nobody_else(
    wereld: Wereld, browser: Browser, box: Box
) -> None:
    await kies(browser, wereld)
    await wereld.ken(factories.burger(factories.MEHMET), "mehmet@voorbeeld.nl")
    rollen = (burgerrol(factories.ANNA), burgerrol(factories.MEHMET, "mede_initiator"))
    zaak = await wereld.zaak(*rollen, soort=SOORT)
    box.storing(soort="antwoord_kwijt", methode="PUT", pad="/berichten")  # it has it, and we do not know
    await wereld.meld_status(zaak, "Wij missen nog iets", "Stuur ons de tekening vóór 8 december 2026.")
    assert await bewijzen(wereld) == ["lopende_zaak_gezet"]
    await wereld.nu_aan_de_beurt()
    await wereld.werk()
    assert await box.onderwerpen() == ["Wij missen nog informatie van u"]
    tekst = await box.tekst()
    assert "verzoek, reageren vóór 2026-12-08" in tekst
    assert "U kunt op dit bericht niet antwoorden." in tekst
    assert f"{factories.PORTAAL}/zaken/zaken/{zaak['uuid']}" in tekst
    assert [aan for _sjabloon, aan in await wereld.sjablonen()] == ["mehmet@voorbeeld.nl"]
    assert await bewijzen(wereld) == ["lopende_zaak_gezet", "berichtenbox_bezorgd"]
    await wereld.meld_status(zaak, "In behandeling")  # within the quarter: it waits, as a mail would
    assert len(await box.onderwerpen()) == 1


async def test_a_box_that_is_closed_later_is_a_mail_and_the_page_says_so_until_it_opens(
    wereld: Wereld, browser: Browser, box: Box
) -> None:
    await kies(browser, wereld)
    await box.zet(factories.ANNA)
    await zaak_met_status(wereld)
    assert await wereld.sjablonen() == [("M3", ANNA)]
    assert "berichtenbox_niet_aangesloten" in await bewijzen(wereld)
    pagina = await browser.get(PAD)
    assert "Uw Berichtenbox neemt geen berichten van ons aan" in text_of(pagina)
    assert re.search(r'id="kanaal-berichtenbox"[^>]* checked', pagina.text)
    await box.zet(factories.ANNA, "ja")
    await zaak_met_status(wereld)
    assert len(await box.onderwerpen()) == 1
    assert len(await wereld.mails()) == 1
    assert "Uw Berichtenbox neemt" not in text_of(await browser.get(PAD))


async def test_without_an_address_a_closed_box_leaves_it_in_the_portal(
    wereld: Wereld, browser: Browser, box: Box
) -> None:
    await kies(browser, wereld, adres="")
    await box.zet(factories.ANNA)
    await zaak_met_status(wereld)
    assert (await wereld.mails(), len(await wereld.rijen())) == ([], 1)
    assert (await wereld.rijen())[0].gelezen_op is None


async def test_an_outage_is_waited_for_a_day_and_then_it_is_a_mail(wereld: Wereld, browser: Browser, box: Box) -> None:
    await kies(browser, wereld)
    box.storing(soort="status", status=500, aantal=None, pad="/berichten")
    await zaak_met_status(wereld)
    assert (await box.onderwerpen(), await wereld.mails()) == ([], [])
    with time_machine.travel(now() + timedelta(hours=25)):
        await wereld.nu_aan_de_beurt()
        await wereld.werk()
    assert await wereld.sjablonen() == [("M3", ANNA)]
    assert await box.onderwerpen() == []


async def test_who_chose_something_else_meanwhile_gets_it_there(wereld: Wereld, browser: Browser, box: Box) -> None:
    eigenaar = await kies(browser, wereld)
    async with wereld.portal.state.db.begin() as session:
        await meld(
            session,
            wereld.portal.state.sleutels,
            eigenaar,
            "besluit",
            kenmerk="a",
            pad="/zaken/zaken/x",
            bron="zaken",
            zaak_uuid="x",
            nummer="ZAAK-1",
        )
    await browser.post(PAD, {"kanaal": "post"})
    await wereld.werk()
    assert (await box.onderwerpen(), await wereld.mails()) == ([], [])
    assert [brief.versie for brief in await brieven.brieven(wereld.portal.state.db)] == ["POST-M7/nl"]


# ---- post --------------------------------------------------------------------------------------------------


async def test_who_chose_post_gets_a_letter_for_all_that_has_a_term_and_one_for_what_is_told_twice(
    wereld: Wereld,
) -> None:
    eigenaar = await wereld.ken(factories.burger(), ANNA, kanaal="post", statuswijziging=False)
    soorten = [
        *((soort, code, soort == "status" and code in "CZP") for soort, code in (("status", c) for c in "CZPVBKS")),
        ("besluit", "S", False),
        ("document", "", False),
        ("bericht", "", False),
    ]
    async with wereld.portal.state.db.begin() as session:
        for soort, code, doen in soorten:
            uitkomst = await meld(
                session,
                wereld.portal.state.sleutels,
                eigenaar,
                soort,  # type: ignore[arg-type] # a list of all of them
                kenmerk=soort + code,
                pad="/zaken/zaken/x",
                bron="zaken",
                zaak_uuid="x",
                nummer="ZAAK-1",
                code=code,
                doen=doen,
                uiterlijk=date(2026, 12, 7),
            )
            assert uitkomst == "kanaal_post"
    open_ = await brieven.brieven(wereld.portal.state.db)
    assert [brief.versie for brief in open_] == [f"POST-{m}/nl" for m in ("M2", "M5", "M6", "M4", "M7")]
    assert await wereld.mails() == []


# ---- Lopende Zaken -----------------------------------------------------------------------------------------


async def test_a_zaak_of_a_burger_stands_there_as_it_stands_here(wereld: Wereld, box: Box) -> None:
    zaak = await zaak_met_status(wereld)  # nobody whom the portal knows: MijnOverheid does
    (rij,) = await box.zaken()
    assert rij[0] == zaak["identificatie"]
    assert factories.ANNA in rij[1]
    assert rij[3] == "In behandeling"
    box.storing(soort="fout_na_vastleggen", status=500)
    await wereld.meld_status(zaak, "Wij missen nog iets")
    await wereld.nu_aan_de_beurt()
    await wereld.werk()
    assert [rij[3] for rij in await box.zaken()] == ["Wij missen nog iets"]
    status = await wereld.status(zaak, "In behandeling")
    for _ in range(2):
        await wereld.meld(zaak["url"], "status", status["url"])
    await wereld.werk()
    assert await bewijzen(wereld) == ["lopende_zaak_gezet"] * 3, "the same told twice is one proof"


async def test_what_may_not_be_seen_here_is_not_told_there_and_taken_back(
    wereld: Wereld, box: Box, backoffice: FastAPI
) -> None:
    async def maak_geheim(zaak: Json) -> None:
        """As an employee does: then our own client may not even read it."""
        async with backoffice.state.backoffice.store.write() as db:
            van_deze = store.zaak.c.uuid == zaak["uuid"]
            data = json.loads(await db.scalar(select(store.zaak.c.data).where(van_deze)) or "")
            nieuw = {"niveau": 7, "data": json.dumps(data | {"vertrouwelijkheidaanduiding": "zeer_geheim"})}
            await db.execute(update(store.zaak).where(van_deze).values(nieuw))

    nooit = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    await wereld.status(nooit, "In behandeling")
    await maak_geheim(nooit)
    await wereld.meld(nooit["url"], "zaak", nooit["url"], "partial_update")
    bedrijf = {
        "betrokkeneType": "niet_natuurlijk_persoon",
        "betrokkeneIdentificatie": {"innNnpId": factories.RSIN[factories.BAKKERIJ]},
    }
    await wereld.meld_status(await wereld.zaak(bedrijf, soort=SOORT), "In behandeling")
    assert box.oproepen() == [], "not even its number"
    zaak = await zaak_met_status(wereld)
    assert len(await box.zaken()) == 1
    await maak_geheim(zaak)
    await wereld.meld(zaak["url"], "zaak", zaak["url"], "partial_update")
    await wereld.werk()
    assert await box.zaken() == []
    assert await bewijzen(wereld) == ["lopende_zaak_gezet", "lopende_zaak_verwijderd"]


async def test_a_zaak_without_rollen_is_looked_at_again_for_a_while(wereld: Wereld, box: Box) -> None:
    zaak = await wereld.zaak(soort=SOORT)
    await wereld.meld_status(zaak, "In behandeling")
    async with wereld.portal.state.db() as session:
        wacht = select(Opdracht.toestand).where(Opdracht.soort == lopende_zaken.SOORT)
        assert await session.scalar(wacht) == "nieuw"
    with time_machine.travel(now() + timedelta(hours=1)):
        await wereld.nu_aan_de_beurt()
        await wereld.werk()
        async with wereld.portal.state.db() as session:
            assert await session.scalar(wacht) == "klaar"
    assert box.oproepen() == []
