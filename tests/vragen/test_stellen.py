"""Asking: stored before we say so, once in Klantinteracties, and nothing lost by an outage, a slip or a late click."""

import asyncio
import re
from collections.abc import Callable
from datetime import date, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal.app import create_app, maak_bewaren
from pip_portal.settings import Vragen
from pip_portal.tables import Opdracht, Sessie, Vraag
from pip_portal.termijnen import tel_werkdagen
from pip_portal.tijd import now, vandaag
from pip_portal.vragen.onderwerpen import onderwerpen
from pip_portal.vragen.opdrachtregel import lijst, opnieuw, toon
from pip_portal.weergave import datum
from tests import factories
from tests.conftest import Browser, text_of
from tests.contact.conftest import Wachtrij
from tests.vragen.conftest import Stel, Werk, bewijs_van, contacten, draden

ANNA, MEHMET, YOUSSEF = (factories.burger(bsn) for bsn in (factories.ANNA, factories.MEHMET, factories.YOUSSEF))
SLEUTELS = factories.sleutels()


async def zaak_van_anna(browser: Browser) -> str:
    lijst_ = (await browser.get("/zaken")).text
    return next(iter(re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"', lijst_)))


@pytest.mark.geen_database
def test_a_promise_counts_working_days() -> None:
    assert tel_werkdagen(date(2026, 12, 23), 3) == date(2026, 12, 29)  # Christmas and a weekend in between
    assert tel_werkdagen(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert {"zaak", "bericht", "vervolg", "terugbellen"} <= onderwerpen().keys()


async def test_a_question_is_asked_and_can_be_followed(portal: FastAPI, browser: Browser, stel: Stel) -> None:
    await browser.log_in(YOUSSEF)
    assert "U hebt nog geen vragen gesteld" in text_of(await browser.get("/vragen"))
    na = await stel(tekst="Waar blijft mijn bak?\n\nEn wanneer?")
    bevestiging = await browser.get(na)
    tekst = text_of(bevestiging)
    assert f"Antwoord uiterlijk {datum(tel_werkdagen(vandaag(), 3))}" in tekst
    nummer = re.findall(r"Nummer van uw vraag (\d{10})", tekst)[0]
    assert "veilig bij ons bewaard" not in tekst
    (draad,) = await draden(portal, YOUSSEF)
    assert (draad.contacten[0].referentienummer, draad.stand) == (nummer, "open")
    assert draad.onderwerp == "Afval en milieustraat: Groene bak"
    lijst_ = text_of(await browser.get("/vragen"))
    assert "Groene bak" in lijst_
    assert "Wij zijn ermee bezig" in lijst_
    pagina = text_of(await browser.get(f"/vragen/{draad.uuid}"))
    assert "Waar blijft mijn bak?" in pagina
    assert nummer in pagina
    eigen_id = na.split("/")[2]
    assert (await browser.get(f"/vragen/{eigen_id}")).headers["location"] == f"/vragen/{draad.uuid}"
    async with portal.state.db() as session:
        assert (await session.scalars(select(Vraag))).one().inhoud == b""  # it lies in Klantinteracties now


async def test_a_double_click_is_one_question(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(YOUSSEF)
    velden = {
        "bewijs": bewijs_van((await browser.get("/vragen/nieuw")).text),
        **{"onderwerp": "afval", "titel": "Groene bak", "tekst": "Waar?"},
    }
    antwoorden = await asyncio.gather(*(browser.post("/vragen/nieuw", velden) for _ in range(3)))
    assert len({antwoord.headers["location"] for antwoord in antwoorden}) == 1
    assert len(await draden(portal, YOUSSEF)) == 1


async def test_about_a_zaak_the_question_lies_with_the_zaak(portal: FastAPI, browser: Browser, stel: Stel) -> None:
    await browser.log_in(ANNA)
    zaak = await zaak_van_anna(browser)
    pagina = await browser.get(f"{zaak}/vraag")
    assert "Uw vraag gaat over:" in text_of(pagina)
    assert 'name="onderwerp"' not in pagina.text
    await stel(f"{zaak}/vraag", tekst="Wanneer hoor ik iets?")
    draad = (await draden(portal, ANNA))[0]
    assert draad.zaken == (zaak.rpartition("/")[2],)
    assert draad.onderwerp.startswith("Vraag over zaak: ")
    await browser.log_in(MEHMET)
    assert (await browser.get(f"{zaak}/vraag")).status_code == 404


async def test_who_wants_to_be_called_gives_a_number_and_hears_when(
    portal: FastAPI, browser: Browser, stel: Stel
) -> None:
    await browser.log_in(ANNA)
    await browser.get("/contact-gegevens")  # takes over what is known of her
    pagina = await browser.get("/vragen/nieuw?onderwerp=terugbellen")
    assert 'value="06 12345601"' in pagina.text
    assert re.search(r'value="bellen" checked', pagina.text)
    assert f"Wij bellen u uiterlijk op {datum(tel_werkdagen(vandaag(), 2))}." in text_of(pagina)
    velden = {"antwoord": "bellen", "telefoon": "06 12345678", "dagdeel": "ochtend"}
    fout = await browser.post("/vragen/nieuw", velden | {"bewijs": bewijs_van(pagina.text), "telefoon": "12"})
    assert fout.status_code == 422
    na = await stel("/vragen/nieuw?onderwerp=terugbellen", **velden)
    assert datum(tel_werkdagen(vandaag(), 2)) in text_of(await browser.get(na))
    contact = (await draden(portal, ANNA))[0].contacten[0]
    client = contacten(portal).verbinding._client
    root = contacten(portal).verbinding.root
    taak = (await client.get(f"{root}/internetaken/{contact.erbij.leidde_tot_interne_taken[0].uuid}")).json()
    assert taak["gevraagdeHandeling"] == "Bel de klant terug"
    assert "'s ochtends" in taak["toelichting"]
    betrokkene = contact.betrokkenen[0].uuid
    adressen = (await client.get(f"{root}/digitaleadressen?verstrektDoorBetrokkene__uuid={betrokkene}")).json()
    assert [adres["adres"] for adres in adressen["results"]] == ["+31612345678"]


@pytest.mark.parametrize(
    ("velden", "zin"),
    [
        ({"tekst": ""}, "Schrijf uw vraag op."),
        ({"tekst": "x" * 1001}, "Uw tekst is te lang. Gebruik hoogstens 1000 tekens."),
        ({"titel": "x" * 151}, "Maak dit korter. Gebruik hoogstens 150 tekens."),
        ({"onderwerp": "zaak"}, "Kies waar uw vraag over gaat."),
        ({"onderwerp": "verzonnen", "titel": ""}, "Schrijf in een paar woorden wat uw vraag is."),
        ({"antwoord": "bellen", "telefoon": ""}, "Vul een telefoonnummer in, bijvoorbeeld 06 12345678."),
        ({"antwoord": "bellen", "telefoon": "0612345678", "dagdeel": "nacht"}, "Kies wanneer wij u kunnen bellen."),
    ],
)
async def test_a_slip_is_said_and_what_was_typed_stays(
    portal: FastAPI, browser: Browser, velden: dict[str, str], zin: str
) -> None:
    await browser.log_in(YOUSSEF)
    goed = {"onderwerp": "afval", "titel": "Groene bak", "tekst": "Waar blijft mijn bak?", "antwoord": "hier"}
    zegel = bewijs_van((await browser.get("/vragen/nieuw")).text)
    response = await browser.post("/vragen/nieuw", goed | velden | {"bewijs": zegel})
    assert response.status_code == 422
    assert zin in text_of(response)
    assert velden.get("tekst", goed["tekst"]) in response.text
    assert bewijs_van(response.text)
    assert await draden(portal, YOUSSEF) == ()


async def test_after_the_session_ended_the_text_waits_for_the_same_person(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(YOUSSEF)
    zegel = bewijs_van((await browser.get("/vragen/nieuw")).text)
    async with portal.state.db.begin() as session:
        await session.execute(update(Sessie).values(eindigt_op=now() - timedelta(seconds=1)))
    velden = {"onderwerp": "afval", "titel": "Groene bak", "tekst": "Getypt voor niets?", "bewijs": zegel}
    response = await browser.post("/vragen/nieuw", velden)
    assert "/inloggen?terug=/vragen/nieuw" in response.headers["location"]
    await browser.log_in(YOUSSEF)
    pagina = await browser.get("/vragen/nieuw")
    assert "U was uitgelogd. Uw vraag is nog niet verstuurd." in text_of(pagina)
    assert "Getypt voor niets?" in pagina.text
    verstuurd = await browser.post("/vragen/nieuw", velden | {"bewijs": bewijs_van(pagina.text)})
    assert verstuurd.status_code == 303
    assert "Getypt voor niets?" not in (await browser.get("/vragen/nieuw")).text
    async with portal.state.db.begin() as session:
        await session.execute(update(Sessie).values(eindigt_op=now() - timedelta(seconds=1)))
    await browser.post("/vragen/nieuw", velden)
    await browser.log_in(MEHMET)
    assert "Getypt voor niets?" not in (await browser.get("/vragen/nieuw")).text


async def test_a_page_of_another_login_stores_nothing(portal: FastAPI, browser: Browser) -> None:
    await browser.log_in(ANNA)
    zaak = await zaak_van_anna(browser)
    zegel = bewijs_van((await browser.get(f"{zaak}/vraag")).text)
    await browser.log_in(YOUSSEF)
    response = await browser.post("/vragen/nieuw", {"bewijs": zegel, "tekst": "Van wie is dit?"})
    assert response.status_code == 409
    assert "verstuur hem opnieuw" in text_of(response)
    assert await draden(portal, YOUSSEF) == ()


async def test_with_klantinteracties_away_the_question_is_safe_the_kcc_hears_its_number_and_it_is_written_later(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel, werk: Werk, wachtrij: Wachtrij
) -> None:
    await browser.log_in(YOUSSEF)
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    na = await stel(tekst="Een vraag met iets persoonlijks erin")
    tekst = text_of(await browser.get(na))
    nummer = re.findall(r"Nummer van uw vraag (\d{10})", tekst)[0]
    assert "Uw vraag is veilig bij ons bewaard." in tekst
    lijst_ = text_of(await browser.get("/vragen?geduld=1"))
    assert "Niet al uw vragen kunnen wij nu laten zien" in lijst_
    assert "Groene bak" in lijst_
    eigen = text_of(await browser.get(f"/vragen/{na.split('/')[2]}"))
    assert "Een vraag met iets persoonlijks erin" in eigen
    assert await wachtrij("mail") == []
    await werk()
    (mail,) = [m for m in await wachtrij("mail") if m["sjabloon"] == "VRAAG_KCC"]
    assert (mail["aan"], mail["gegevens"]) == ("kcc@deventer.example", {"nummer": nummer})
    async with portal.state.db() as session:
        rij = (await session.scalars(select(Vraag))).one()
    assert b"persoonlijks" not in rij.inhoud
    regels = await toon(portal.state.db, SLEUTELS, nummer)
    assert "Een vraag met iets persoonlijks erin" in "\n".join(regels)
    assert [nummer in regel for regel in await lijst(portal.state.db)] == [True]
    backoffice.state.beheer.herstel()
    await werk()
    await werk()
    (draad,) = await draden(portal, YOUSSEF)
    assert draad.contacten[0].referentienummer == nummer
    assert len([m for m in await wachtrij("mail") if m["sjabloon"] == "VRAAG_KCC"]) == 1
    assert await lijst(portal.state.db) == []
    assert "staat in Klantinteracties" in "\n".join(await toon(portal.state.db, SLEUTELS, nummer))


@pytest.mark.parametrize("pad", ["/partijen", "/maak-klantcontact", "/internetaken"])
async def test_a_worker_that_dies_after_a_write_leaves_one_question(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel, werk: Werk, pad: str
) -> None:
    await browser.log_in(YOUSSEF)
    backoffice.state.beheer.storing(api="klantinteracties", pad=pad, methode="POST", soort="antwoord_kwijt", aantal=1)
    await stel()
    assert (await draden(portal, YOUSSEF)) == () or pad != "/partijen"
    await werk()
    await werk()
    (draad,) = await draden(portal, YOUSSEF)
    assert len(draad.contacten) == len(draad.contacten[0].erbij.leidde_tot_interne_taken) == 1


async def test_a_confirmation_is_mailed_without_anything_of_the_question(
    browser: Browser, stel: Stel, wachtrij: Wachtrij
) -> None:
    await browser.log_in(ANNA)
    await browser.get("/contact-gegevens")
    await stel(titel="Iets geheims")
    (mail,) = await wachtrij("mail")
    assert (mail["sjabloon"], mail["aan"]) == ("VRAAG", "anna.jansen@example.nl")
    assert set(mail["gegevens"]) == {"nummer", "datum", "tijd", "voor"}


async def test_too_many_questions_are_stopped_and_nothing_typed_is_lost(browser: Browser, stel: Stel) -> None:
    await browser.log_in(YOUSSEF)
    for _ in range(5):
        await stel()
    velden = {
        "bewijs": bewijs_van((await browser.get("/vragen/nieuw")).text),
        **{"onderwerp": "afval", "titel": "Nog een", "tekst": "Nummer zes"},
    }
    response = await browser.post("/vragen/nieuw", velden)
    assert response.status_code == 429
    assert "Nummer zes" in response.text


async def test_an_employee_can_hand_over_again_what_was_given_up(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel, werk: Werk
) -> None:
    await browser.log_in(YOUSSEF)
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    nummer = re.findall(r"\d{10}", text_of(await browser.get(await stel())))[0]
    async with portal.state.db.begin() as session:
        await session.execute(update(Opdracht).where(Opdracht.soort == "vraag").values(toestand="dood"))
    backoffice.state.beheer.herstel()
    assert await opnieuw(portal.state.db, SLEUTELS, nummer)
    assert not await opnieuw(portal.state.db, SLEUTELS, "1234567890")
    await werk()
    assert len(await draden(portal, YOUSSEF)) == 1


async def test_a_question_about_a_bericht_names_it_and_never_that_of_another(
    portal: FastAPI, browser: Browser, stel: Stel
) -> None:
    await browser.log_in(ANNA)
    bericht = (await portal.state.bronnen.objecten.berichten(ANNA, vandaag())).rijen[0]
    pad = f"/vragen/nieuw?onderwerp=bericht&bericht={bericht.uuid}"
    assert f"Uw vraag gaat over ons bericht: {bericht.onderwerp}" in text_of(await browser.get(pad))
    await stel(pad, tekst="Wat bedoelt u?")
    assert (await draden(portal, ANNA))[0].onderwerp == f"Vraag over een bericht: {bericht.onderwerp}"
    await browser.log_in(MEHMET)
    assert (await browser.get(pad)).status_code == 404


async def test_a_question_is_forgotten_when_its_time_is_over_and_never_before_somebody_has_it(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel
) -> None:
    async def over(**oud: int) -> list[str]:
        jong = now()
        async with portal.state.db.begin() as session:
            for veld, dagen in oud.items():
                await session.execute(
                    update(Vraag).where(getattr(Vraag, veld).is_not(None)).values({veld: jong - timedelta(days=dagen)})
                )
        await maak_bewaren(portal).oud()
        async with portal.state.db() as session:
            return sorted(
                "wacht" if rij.overgedragen_op is None else "daar" for rij in await session.scalars(select(Vraag))
            )

    await browser.log_in(YOUSSEF)
    await stel()
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    await stel(titel="Wacht")
    assert await over(ontvangen_op=2000, overgedragen_op=89) == ["daar", "wacht"]
    assert await over(overgedragen_op=91) == ["wacht"]


async def test_where_nobody_would_read_it_no_question_is_taken(
    database_url: str, transport_for: Callable[[str], httpx.AsyncBaseTransport | None]
) -> None:
    """Without Klantinteracties it goes to the KCC by mail at once; without both it is said that it cannot be asked."""
    for vragen, code, soorten in ((Vragen(), 422, []), (Vragen(kcc="kcc@deventer.example"), 303, ["vraag_kcc"])):
        app = create_app(factories.settings(database_url, klantinteracties=None, vragen=vragen), transport_for)
        async with app.router.lifespan_context(app):
            browser = Browser(app)
            await browser.log_in(YOUSSEF)
            pagina = await browser.get("/vragen/nieuw")
            assert ("U kunt hier nu geen vraag stellen" in text_of(pagina)) == (code == 422)
            velden = {"onderwerp": "afval", "titel": "Bak", "tekst": "Waar?", "bewijs": bewijs_van(pagina.text)}
            assert (await browser.post("/vragen/nieuw", velden)).status_code == code
            assert "niet laten zien" not in text_of(await browser.get("/vragen"))
            async with app.state.db() as session:
                wacht = select(Opdracht).where(Opdracht.soort.in_(("vraag", "vraag_kcc")), Opdracht.beurt_op <= now())
                assert [rij.soort for rij in await session.scalars(wacht)] == soorten
