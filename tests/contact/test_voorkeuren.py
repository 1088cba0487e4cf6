"""Voorkeuren: one page for everything somebody chose about what they hear from us."""

import re
from uuid import uuid4

import pytest
from fastapi import FastAPI

from pip_portal.contact.zaakadres import email_over
from pip_portal.eigenaar import eigenaar_van
from pip_portal.inzendingen.indienen import canoniek
from pip_portal.notificaties.melden import meld
from pip_portal.post import brieven
from pip_portal.tables import Inzending
from pip_portal.tijd import now
from pip_portal.voorkeuren import voorkeuren
from tests import factories
from tests.conftest import Browser, text_of
from tests.contact.conftest import SLEUTELS, Wachtrij
from tests.contact.test_contactgegevens import VoegToe
from tests.inzendingen.maken import inhoud

ANNA, SANNE = factories.burger(), factories.burger(factories.SANNE)
PAD = "/voorkeuren"
EIGENAAR = eigenaar_van(ANNA, SLEUTELS).hash
MAILS = ("statuswijziging", "nieuw_document", "nieuw_bericht", "herinnering")


async def zaak_van(browser: Browser) -> str:
    gevonden = re.search(r'href="(/zaken/zaken/[0-9a-f-]{36})"', (await browser.get("/zaken")).text)
    assert gevonden is not None
    return gevonden[1]


async def test_every_choice_stands_on_one_page_and_is_kept(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(SANNE)
    tekst = text_of(await browser.get(PAD))
    assert "Wij hebben nog geen bevestigd e-mailadres van u" in tekst
    assert "Deze berichten kunt u niet uitzetten" in tekst
    assert "Wij hebben een besluit genomen. Dan kunt u op tijd bezwaar maken." in tekst
    assert "U krijgt geen nieuwsbrieven." in tekst
    klaar = await browser.post(PAD, {"kanaal": "post", "herinnering": "ja"})
    pagina = await browser.get(klaar.headers["location"])
    assert "Uw keuze is bewaard" in text_of(pagina)
    assert re.search(r'id="kanaal-post"[^>]* checked', pagina.text)
    async with portal.state.db() as session:
        keuzes = await voorkeuren.lees(session, eigenaar_van(SANNE, SLEUTELS).hash)
        andere = await voorkeuren.lees(session, EIGENAAR)
    assert (keuzes.kanaal, [getattr(keuzes, naam) for naam in MAILS]) == ("post", [False, False, False, True])
    assert andere == voorkeuren.Voorkeuren()
    await browser.post(PAD, {"kanaal": "berichtenbox", "overgenomen": "ja"})  # not configured, not to be chosen
    async with portal.state.db() as session:
        assert (await voorkeuren.lees(session, eigenaar_van(SANNE, SLEUTELS).hash)).kanaal == "email"


async def test_one_zaak_is_switched_on_its_own_page_and_listed_to_take_back(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(ANNA)
    pad = await zaak_van(browser)
    assert "Stop met mail over deze zaak" in text_of(await browser.get(pad))
    terug = await browser.post(f"{PAD}{pad}", {"mailen": "nee"})
    assert terug.headers["location"] == f"{pad}#mail"
    assert "Mail mij over deze zaak" in text_of(await browser.get(pad))
    lijst = await browser.get(PAD)
    assert f'href="{pad}"' in lijst.text
    assert "Geen mail" in text_of(lijst)
    await browser.post(PAD, {"kanaal": "post"})
    post = text_of(await browser.get(pad))
    assert "U koos voor post. Wij mailen u niet over deze zaak." in post
    assert "Mail mij over deze zaak" not in post
    await browser.post(f"{PAD}{pad}/wissen")
    assert "U hebt dat nog niet gedaan" in text_of(await browser.get(PAD))
    assert (await browser.post(f"{PAD}{pad}/wissen")).status_code == 404


async def test_the_zaak_or_choice_of_another_person_does_not_exist(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(ANNA)
    pad = await zaak_van(browser)
    await browser.post(f"{PAD}{pad}", {"mailen": "nee"})
    await browser.log_in(SANNE)
    assert (await browser.post(f"{PAD}{pad}", {"mailen": "ja"})).status_code == 404
    assert (await browser.post(f"{PAD}{pad}/wissen")).status_code == 404
    uuid = pad.rpartition("/")[2]
    async with portal.state.db() as session:
        assert await voorkeuren.zaak_mailen(session, EIGENAAR, "zaken", uuid) is False
        assert await voorkeuren.zaakvoorkeuren(session, eigenaar_van(SANNE, SLEUTELS).hash) == []


async def test_a_choice_for_a_zaak_stays_visible_while_the_backoffice_is_away(
    browser: Browser, backoffice: FastAPI
) -> None:
    await browser.log_in(ANNA)
    await browser.post(f"{PAD}{await zaak_van(browser)}", {"mailen": "nee"})
    backoffice.state.beheer.storing(api="zaken", soort="status")
    tekst = text_of(await browser.get(PAD))
    assert "Een zaak die wij nu niet kunnen laten zien" in tekst
    assert "Geen mail" in tekst


@pytest.mark.parametrize(("kanaal", "brief", "mail"), [("post", True, False), ("email", False, True)])
async def test_who_chose_post_gets_a_letter_where_another_gets_the_mail_that_always_goes(
    portal: FastAPI, browser: Browser, voeg_toe: VoegToe, wachtrij: Wachtrij, kanaal: str, brief: bool, mail: bool
) -> None:
    await browser.log_in(ANNA)
    await voeg_toe("anna@voorbeeld.nl", gebruik="ja")
    await browser.post(PAD, {"kanaal": kanaal})  # and none of the mails that may be switched off
    eerder = len(await wachtrij("mail"))
    waar = {"bron": "zaken", "zaak_uuid": str(uuid4()), "nummer": "ZAAK-2026-1", "pad": "/zaken/zaken/x"}
    async with portal.state.db.begin() as session:
        await meld(session, SLEUTELS, EIGENAAR, "besluit", kenmerk="a", **waar)
        await meld(session, SLEUTELS, EIGENAAR, "document", kenmerk="b", **waar)
    open_ = await brieven.brieven(portal.state.db)
    assert [(b.kenmerk, b.versie) for b in open_] == ([("ZAAK-2026-1", "POST-M7/nl")] if brief else [])
    assert len(await wachtrij("mail")) - eerder == (1 if mail else 0)
    if brief:
        tekst = brieven.tekst(open_[0], "https://mijn.deventer.nl")
        assert "U koos voor post. Daarom krijgt u deze brief." in tekst
        assert "kwam niet aan" not in tekst


async def test_mail_about_a_zaak_goes_to_the_address_that_was_given_for_it_once_it_is_proved(
    portal: FastAPI, browser: Browser, voeg_toe: VoegToe
) -> None:
    await browser.log_in(ANNA)
    await voeg_toe("altijd@voorbeeld.nl", gebruik="ja")
    zaak, id_ = str(uuid4()), str(uuid4())
    gestuurd = inhoud(id_, email="werk@voorbeeld.nl")
    async with portal.state.db.begin() as session:
        session.add(
            Inzending(
                id=id_,
                concept_id=id_,
                soort="aanvraag",
                nummer="P26-TEST",
                formulier=gestuurd.formulier,
                versie=gestuurd.versie,
                eigenaar=EIGENAAR,
                bron="zaken",
                zaak_uuid=zaak,
                toestand="overgedragen",
                inhoud=SLEUTELS.encrypt(canoniek(gestuurd)),
                hash="x",
                voortgang="{}",
                ontvangen_op=now(),
            )
        )

    async def naar(eigenaar: str = EIGENAAR) -> str | None:
        async with portal.state.db() as session:
            return await email_over(session, SLEUTELS, eigenaar, "zaken", zaak)

    assert await naar() == "altijd@voorbeeld.nl"  # typed for this zaak, but nobody proved it
    assert await naar(eigenaar_van(SANNE, SLEUTELS).hash) is None
    stuur = await browser.post(f"/contact-gegevens/aanvraag/{id_}")
    assert stuur.headers["location"].endswith("/bevestigen")
    await voeg_toe("werk@voorbeeld.nl")
    assert await naar() == "werk@voorbeeld.nl"
    await browser.log_in(SANNE)
    assert (await browser.post(f"/contact-gegevens/aanvraag/{id_}")).status_code == 404
