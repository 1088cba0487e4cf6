"""Reading: one history over every channel, for whoever it is of and nobody else; an answer is new until it is read."""

import re
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from pip_portal.gebruiker import Bedrijf, Machtiging
from tests import factories
from tests.conftest import Browser, text_of
from tests.vragen.conftest import Stel, bewijs_van, contacten, draden

ANNA, MEHMET, YOUSSEF = (factories.burger(bsn) for bsn in (factories.ANNA, factories.MEHMET, factories.YOUSSEF))


def vestiging(nummer: str | None) -> Bedrijf:
    return factories.bedrijf(factories.BAKKERIJ, vestiging=nummer, vestigingen=("000045000012",))


async def beantwoord(portal: FastAPI, backoffice: FastAPI, tekst: str, manier: str = "klantcontact") -> None:
    """An employee answers the newest open question, on the page of the tester."""
    client = httpx.AsyncClient(transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE)
    async with client:
        pagina = (await client.get("/beheer/vragen")).text
        taak = re.findall(r"/beheer/vragen/([0-9a-f-]{36})/antwoord", pagina)[-1]
        velden = {"tekst": tekst, "manier": manier, "verwerkt": "ja"}
        kop = {"Origin": factories.BACKOFFICE, "Sec-Fetch-Site": "same-origin"}
        response = await client.post(f"/beheer/vragen/{taak}/antwoord", data=velden, headers=kop)
    assert "melding" in response.headers["location"]


@pytest.mark.seed("C9")
async def test_one_history_over_phone_and_web(browser: Browser) -> None:
    await browser.log_in(ANNA)
    pagina = await browser.get("/vragen")
    tekst = text_of(pagina)
    assert "Openingstijden van de milieustraat" in tekst
    assert "Aan de telefoon" in tekst
    assert "Welke kopie van het leasecontract is nodig?" in tekst
    assert "Alleen voor de behandelaar" not in pagina.text
    paden = re.findall(r'href="(/vragen/[0-9a-f-]{36})"', pagina.text)
    draad = await browser.get(paden[0])
    assert "De eerste bladzijde is genoeg" in text_of(draad)
    assert re.search(r'href="/zaken/zaken/[0-9a-f-]{36}"', draad.text)
    assert "Antwoord van de gemeente" in text_of(await browser.get(paden[1]))
    for wie in (MEHMET, YOUSSEF, vestiging(None)):
        ander = Browser(browser.portal)
        await ander.log_in(wie)
        for pad in paden:
            assert (await ander.get(pad)).status_code == 404
            assert (await ander.get(f"{pad}/ontvangen")).status_code == 404
    assert (await browser.get(f"/vragen/{uuid4()}")).status_code == 404


async def test_a_question_of_another_is_not_there_while_it_waits_nor_afterwards(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel
) -> None:
    await browser.log_in(YOUSSEF)
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    na = await stel()
    backoffice.state.beheer.herstel()
    portal.state.bronnen.klantinteracties.verbinding.breaker.success()
    await browser.log_in(MEHMET)
    for pad in (na, na.removesuffix("/ontvangen")):
        assert (await browser.get(pad)).status_code == 404


async def test_a_vestiging_sees_its_own_questions_and_the_company_its_own(
    portal: FastAPI, stel: Stel, browser: Browser
) -> None:
    await browser.log_in(vestiging("000045000012"))
    pad = (await browser.get(await stel(titel="Van de vestiging"))).text
    draad = re.findall(r'href="(/vragen/[0-9a-f-]{36})"', pad)[0]
    assert "Van de vestiging" in text_of(await browser.get("/vragen"))
    await browser.log_in(vestiging(None))
    assert "Van de vestiging" not in text_of(await browser.get("/vragen"))
    assert (await browser.get(draad)).status_code == 404


@pytest.mark.parametrize("manier", ["klantcontact", "reactie"])
async def test_an_answer_is_new_until_it_is_opened_and_can_be_followed(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel, manier: str
) -> None:
    await browser.log_in(YOUSSEF)
    await stel()
    await beantwoord(portal, backoffice, "Morgen.\nVoor 12 uur.", manier)
    assert "Nieuw antwoord" in text_of(await browser.get("/vragen"))
    (draad,) = await draden(portal, YOUSSEF)
    pagina = await browser.get(f"/vragen/{draad.uuid}")
    assert "Nieuw antwoord" in text_of(pagina)
    assert '<p class="nl-paragraph">Voor 12 uur.</p>' in pagina.text
    assert "Nieuw antwoord" not in text_of(await browser.get("/vragen"))
    response = await browser.post("/vragen/nieuw", {"bewijs": bewijs_van(pagina.text), "tekst": "En anders?"})
    assert response.status_code == 303
    (draad,) = await draden(portal, YOUSSEF)
    assert (len(draad.contacten), draad.stand) == (3 if manier == "klantcontact" else 2, "open")
    assert "En anders?" in text_of(await browser.get(f"/vragen/{draad.uuid}"))
    leeg = await browser.post(
        "/vragen/nieuw", {"bewijs": bewijs_van((await browser.get(f"/vragen/{draad.uuid}")).text), "tekst": " "}
    )
    assert leeg.status_code == 422
    assert "U vraagt verder over:" in text_of(leeg)


@pytest.mark.parametrize("soort", ["status", "onzin"])
async def test_an_outage_is_said_and_never_looks_empty(browser: Browser, backoffice: FastAPI, soort: str) -> None:
    await browser.log_in(ANNA)
    pad = re.findall(r'href="(/vragen/[0-9a-f-]{36})"', (await browser.get("/vragen")).text)[0]
    backoffice.state.beheer.storing(api="klantinteracties", soort=soort)
    tekst = text_of(await browser.get("/vragen?geduld=1"))
    assert "Uw vragen kunnen wij nu niet laten zien" in tekst
    assert "U hebt nog geen vragen gesteld" not in tekst
    assert (await browser.get(pad)).status_code in (500, 503)


async def test_a_page_takes_as_many_calls_for_many_questions_as_for_one(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel
) -> None:
    async def calls(pad: str) -> int:
        backoffice.state.beheer.wis_oproepen()
        await browser.get(pad)
        return sum(oproep.api == "klantinteracties" for oproep in backoffice.state.beheer.oproepen)

    await browser.log_in(YOUSSEF)
    await stel()
    eerst = await calls("/vragen")
    for _ in range(4):
        await stel()
    assert await calls("/vragen") == eerst <= 3
    assert len(await contacten(portal).draden(YOUSSEF)) == 5


# ---- who does not log in -------------------------------------------------------------------------------------


async def test_somebody_without_a_login_gives_a_name_and_where_to_answer(
    portal: FastAPI, browser: Browser, stel: Stel, backoffice: FastAPI
) -> None:
    wie = {"naam": "Jo Onbekend", "email": "jo@voorbeeld.nl", "antwoord": "mail"}
    na = await stel("/contact", "/contact", **wie)
    tekst = text_of(await browser.get(na))
    nummer = re.findall(r"Nummer van uw vraag (\d{10})", tekst)[0]
    assert "Een medewerker mailt of belt u." in tekst
    assert "Jo Onbekend" not in tekst
    client, root = contacten(portal).verbinding._client, contacten(portal).verbinding.root
    gevonden = (await client.get(f"{root}/klantcontacten?referentienummer={nummer}&expand=hadBetrokkenen")).json()
    (betrokkene,) = gevonden["results"][0]["_expand"]["hadBetrokkenen"]
    assert (betrokkene["wasPartij"], betrokkene["volledigeNaam"]) == (None, "Jo Onbekend")
    assert (await browser.get(f"/contact/{uuid4()}/ontvangen")).status_code == 404
    await browser.log_in(ANNA)
    assert (await browser.get("/contact")).headers["location"] == "/vragen/nieuw"
    assert (await browser.get(f"/vragen/{na.split('/')[2]}")).status_code == 404


async def test_the_public_form_tells_nothing_and_is_limited(browser: Browser, portal: FastAPI) -> None:
    """A known and an unknown address get the same page; to one address no more than a few confirmations go."""

    async def stuur(**velden: str) -> httpx.Response:
        gewoon = {"onderwerp": "afval", "titel": "Groene bak", "tekst": "Waar?", "antwoord": "mail", "naam": "Jo"}
        zegel = bewijs_van((await browser.get("/contact")).text)
        return await browser.post("/contact", gewoon | velden | {"bewijs": zegel})

    for velden, zin in (
        ({"email": ""}, "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        ({"email": "geen adres"}, "Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        ({"antwoord": "bellen", "telefoon": ""}, "Vul een telefoonnummer in, bijvoorbeeld 06 12345678."),
        ({"email": "jo@voorbeeld.nl", "naam": ""}, "Vul uw naam in."),
    ):
        response = await stuur(**velden)
        assert response.status_code == 422
        assert zin in text_of(response)
    paginas = []
    for adres in ("anna.jansen@example.nl", "niemand@voorbeeld.nl"):
        tekst = text_of(await browser.get((await stuur(email=adres)).headers["location"]))
        paginas.append(re.sub(r"\d{10}|\d\d\.\d\d", "", tekst))
    assert paginas[0] == paginas[1]
    codes = [(await stuur(email="niemand@voorbeeld.nl")).status_code for _ in range(3)]
    assert codes == [303, 303, 429]
    kaal = await browser.client.post("/contact", data={"tekst": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert kaal.status_code == 400


# ---- on other pages ------------------------------------------------------------------------------------------


async def test_a_new_answer_stands_on_overzicht_and_at_the_zaak(
    portal: FastAPI, browser: Browser, backoffice: FastAPI, stel: Stel
) -> None:
    await browser.log_in(ANNA)
    assert "U hebt geen nieuwe antwoorden." in text_of(await browser.get("/overzicht"))
    zaak = re.findall(r'href="(/zaken/zaken/[0-9a-f-]{36})"', (await browser.get("/zaken")).text)[0]
    assert "Contact over deze zaak" not in text_of(await browser.get(zaak))
    await stel(f"{zaak}/vraag", tekst="Duurt het nog lang?")
    await beantwoord(portal, backoffice, "Nog een week.")
    for pad in ("/overzicht", zaak):
        tekst = text_of(await browser.get(pad))
        assert "Vraag over zaak" in tekst
        assert "Nieuw antwoord" in tekst
    backoffice.state.beheer.storing(api="klantinteracties", soort="status")
    assert "Uw vragen kunnen wij nu niet laten zien" in text_of(await browser.get("/overzicht"))
    tekst = text_of(await browser.get(zaak))
    assert "Uw vragen over deze zaak kunnen wij nu niet laten zien" in tekst
    assert "Stel een vraag over deze zaak" in tekst
    assert "Uw vragen kunnen wij nu niet laten zien" in text_of(await browser.fragment("/overzicht?deel=vragen"))


async def test_who_acts_for_another_sees_the_zaak_and_not_what_that_person_asked(browser: Browser) -> None:
    await browser.log_in(ANNA)
    draad = (await draden(browser.portal, ANNA))[0]
    zaak = f"/zaken/zaken/{draad.zaken[0]}"
    assert draad.onderwerp in text_of(await browser.get(zaak))
    door = Machtiging(
        "digid_machtigen", factories.MEHMET, "x", dienst="parkeren", zaaktypen=("parkeervergunning-bewoner",)
    )
    await browser.log_in(replace(ANNA, pseudoniem="namens", machtiging=door))
    response = await browser.get(zaak)
    assert response.status_code == 200
    assert draad.onderwerp not in response.text
    assert "Uw vragen over deze zaak" not in response.text  # nor is it asked for
    assert "Stel een vraag over deze zaak" not in response.text
    for pad in ("/vragen", f"/vragen/{draad.uuid}", f"{zaak}/vraag"):
        assert draad.onderwerp not in (await browser.get(pad)).text
