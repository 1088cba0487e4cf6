"""Co-signing: somebody else reads what is asked, signs or refuses once, and what waited goes on or ends."""

import io
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pikepdf
import pytest
import time_machine
from cryptography.fernet import Fernet
from fastapi import FastAPI
from lxml import html
from sqlalchemy import select, update

from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker
from pip_portal.inzendingen import ondertekening
from pip_portal.inzendingen.indienen import indienen
from pip_portal.inzendingen.inhoud import Inhoud, TeTekenen
from pip_portal.tables import Bewijs, Inzending, Ondertekening, Opdracht
from pip_portal.tijd import now
from tests import factories
from tests.conftest import Browser, text_of
from tests.inzendingen import maken
from tests.pdf.lezer import structuur

EMAIL = "hoofdbewoner@voorbeeld.nl"
LINK = re.compile(r"/ondertekenen/([\w-]+)")


@pytest.fixture
async def ander(portal: FastAPI) -> AsyncIterator[Browser]:
    """The browser of the one who is asked."""
    browser = Browser(portal)
    async with browser.client:
        yield browser


def teken(**anders: object) -> TeTekenen:
    velden: dict[str, object] = {
        "rol": "hoofdbewoner",
        "naam": maken.tekst("Hoofdbewoner", "Main occupant"),
        "email": EMAIL,
        "niveau": 20,
        "vraag": maken.tekst("Gaat u ermee akkoord dat deze persoon bij u komt wonen?", "Do you agree?"),
        "ziet": (maken.antwoord("adres", "Wat is het nieuwe adres?", "Brink 45"),),
        "roltype": "Belanghebbende",
        "dagen": 14,
        "herinner_na": (5, 11),
    }
    return TeTekenen.model_validate(velden | anders)


async def vraag(portal: FastAPI, *tekenen: TeTekenen, eerst: bool = True, **anders: object) -> str:
    """Anna sends something that must be signed; id of the inzending."""
    werk = maken.Werkplaats(portal.state.db, portal.state.sleutels, portal.state.bestanden)
    concept = await werk.concept()
    inhoud: Inhoud = maken.inhoud(
        concept, tekenen=tekenen or (teken(),), eerst_tekenen=eerst, email="anna@voorbeeld.nl", **anders
    )
    await indienen(
        portal.state.db, portal.state.sleutels, concept_id=concept, eigenaar_hash=maken.EIGENAAR, inhoud=inhoud
    )
    return concept


async def mails(portal: FastAPI) -> list[dict[str, object]]:
    """The mails in the outbox, oldest first."""
    async with portal.state.db() as session:
        rijen = await session.scalars(select(Opdracht).where(Opdracht.soort == "mail").order_by(Opdracht.id))
        return [json.loads(portal.state.sleutels.decrypt(rij.inhoud)) for rij in rijen]


async def codes(portal: FastAPI) -> list[str]:
    gevonden = [LINK.search(str(mail["gegevens"])) for mail in await mails(portal)]
    return [match[1] for match in gevonden if match]


async def toestand(portal: FastAPI, inzending: str) -> str:
    async with portal.state.db() as session:
        rij = await session.get(Inzending, inzending)
    assert rij is not None
    return rij.toestand


async def werk_te_doen(portal: FastAPI) -> set[str]:
    async with portal.state.db() as session:
        return set(await session.scalars(select(Opdracht.soort).where(Opdracht.soort != "mail")))


async def open_link(browser: Browser, code: str, wie: Gebruiker | None = None) -> None:
    assert (await browser.get(f"/ondertekenen/{code}")).status_code == 200
    await browser.log_in(wie or factories.burger(factories.MEHMET), "Mehmet")


async def geef(browser: Browser, antwoord: dict[str, str]) -> httpx.Response:
    """Send the form of the page that is open: with the request that was read on it."""
    gelezen = re.search(r'name="verzoek" value="([^"]+)"', (await browser.get("/ondertekenen")).text)
    return await browser.post("/ondertekenen", ({"verzoek": gelezen[1]} if gelezen else {}) | antwoord)


JA = {"antwoord": "ja", "akkoord": "ja"}
NEE = {"antwoord": "nee", "reden": "Dit is niet afgesproken."}


# ---- the invitation ------------------------------------------------------------------------------------


async def test_the_mail_says_nothing_of_a_person_and_the_database_holds_no_code(portal: FastAPI) -> None:
    await vraag(portal)
    (code,) = await codes(portal)
    assert len(code) >= 32
    uitnodiging = next(mail for mail in await mails(portal) if mail["sjabloon"] == "TEKENEN")
    assert uitnodiging["aan"] == EMAIL
    assert "Anna" not in str(uitnodiging)
    async with portal.state.db() as session:
        rij = (await session.scalars(select(Ondertekening))).one()
    assert code not in rij.code_hash
    assert code.encode() not in portal.state.sleutels.decrypt(rij.gegevens)


async def test_a_product_that_reveals_something_is_not_named_before_login(portal: FastAPI, ander: Browser) -> None:
    await vraag(portal, gevoelig=True)
    (code,) = await codes(portal)
    assert "product" not in str([mail["gegevens"] for mail in await mails(portal)])
    assert "Parkeervergunning" not in text_of(await ander.get(f"/ondertekenen/{code}"))


async def test_the_start_page_is_neutral_and_asks_to_log_in(portal: FastAPI, ander: Browser) -> None:
    await vraag(portal)
    (code,) = await codes(portal)
    pagina = await ander.get(f"/ondertekenen/{code}")
    tekst = text_of(pagina)
    assert "Iemand vraagt u om mee te ondertekenen" in tekst
    assert "Het gaat om: Parkeervergunning." in tekst
    assert "Anna" not in tekst
    assert "Brink 45" not in tekst
    assert 'action="/inloggen/digid"' in pagina.text
    assert 'name="terug" value="/ondertekenen"' in pagina.text  # not the code: this travels past the login
    assert "HttpOnly" in pagina.headers["set-cookie"]


# ---- signing and refusing ------------------------------------------------------------------------------


async def test_who_is_asked_reads_only_what_is_meant_for_them_and_signs(portal: FastAPI, ander: Browser) -> None:
    inzending = await vraag(portal)
    assert await toestand(portal, inzending) == "wacht_op_ondertekening"
    assert await werk_te_doen(portal) == set()
    await open_link(ander, (await codes(portal))[0])
    gelezen = text_of(await ander.get("/ondertekenen"))
    assert "Anna vraagt u om mee te ondertekenen" in gelezen
    assert "Brink 45" in gelezen
    assert maken.GEHEIM not in gelezen
    antwoord = await geef(ander, JA)
    assert (antwoord.status_code, antwoord.headers["location"]) == (303, "/ondertekenen")
    assert "U hebt ondertekend" in text_of(await ander.get("/ondertekenen"))
    assert await toestand(portal, inzending) == "ontvangen"
    assert await werk_te_doen(portal) == {"overdracht", "ondertekening"}
    assert [mail["sjabloon"] for mail in await mails(portal)] == ["TEKENEN", "M1", "GETEKEND"]
    async with portal.state.db() as session:
        bewijzen = list(await session.scalars(select(Bewijs.gebeurtenis)))
    assert bewijzen == ["ontvangen", "ondertekend"]


async def test_a_refusal_needs_a_reason_and_ends_what_waited(portal: FastAPI, ander: Browser) -> None:
    inzending = await vraag(portal)
    await open_link(ander, (await codes(portal))[0])
    zonder = await geef(ander, {"antwoord": "nee"})
    assert zonder.status_code == 422
    assert "Schrijf kort op waarom u niet ondertekent." in zonder.text
    await geef(ander, NEE)
    assert "U hebt niet ondertekend" in text_of(await ander.get("/ondertekenen"))
    assert await toestand(portal, inzending) == "afgebroken"
    assert await werk_te_doen(portal) == set()
    assert (await mails(portal))[-1]["sjabloon"] == "GEWEIGERD"
    assert "niet afgesproken" not in str(await mails(portal))


@pytest.mark.parametrize(
    ("velden", "zin"),
    [
        ({}, "Kies of u ondertekent."),
        ({"antwoord": "misschien"}, "Kies of u ondertekent."),
        ({"antwoord": "ja"}, "Zet een vinkje als u het ermee eens bent."),
        ({"antwoord": "nee", "reden": "x" * 501}, "Maak uw reden korter."),
    ],
)
async def test_what_is_missing_is_told(portal: FastAPI, ander: Browser, velden: dict[str, str], zin: str) -> None:
    inzending = await vraag(portal)
    await open_link(ander, (await codes(portal))[0])
    antwoord = await geef(ander, velden)
    assert antwoord.status_code == 422
    assert zin in antwoord.text
    assert await toestand(portal, inzending) == "wacht_op_ondertekening"


async def test_an_answer_counts_once(portal: FastAPI, ander: Browser) -> None:
    inzending = await vraag(portal)
    (code,) = await codes(portal)
    await open_link(ander, code)
    await geef(ander, JA)
    await geef(ander, NEE)
    assert "U hebt ondertekend" in text_of(await ander.get("/ondertekenen"))
    assert await toestand(portal, inzending) == "ontvangen"
    derde = Browser(portal)
    async with derde.client:
        assert "al antwoord gegeven" in text_of(await derde.get(f"/ondertekenen/{code}"))


async def test_with_two_signers_it_goes_on_after_the_second(portal: FastAPI, ander: Browser) -> None:
    inzending = await vraag(portal, teken(), teken(rol="leidinggevende", email="ander@voorbeeld.nl"))
    eerste, tweede = await codes(portal)
    await open_link(ander, eerste)
    await geef(ander, JA)
    assert await toestand(portal, inzending) == "wacht_op_ondertekening"
    await ander.get(f"/ondertekenen/{tweede}")
    assert "U hebt hierbij al ondertekend" in text_of(await ander.get("/ondertekenen"))
    await geef(ander, JA)
    assert await toestand(portal, inzending) == "wacht_op_ondertekening"
    derde = Browser(portal)
    async with derde.client:
        await open_link(derde, tweede, factories.burger(factories.SANNE))
        await geef(derde, JA)
    assert await toestand(portal, inzending) == "ontvangen"
    assert [mail["sjabloon"] for mail in await mails(portal)].count("GETEKEND") == 1


async def test_what_was_read_is_what_is_signed(portal: FastAPI, ander: Browser) -> None:
    """Somebody else's link, opened by another site in the meantime, changes nothing of the page that is being read."""
    gelezen, vreemd = await vraag(portal), await vraag(portal)
    eerste, tweede = await codes(portal)
    await open_link(ander, eerste)
    pagina = await ander.get("/ondertekenen")
    velden = dict(html.document_fromstring(pagina.text).xpath("//main//form")[0].form_values())
    assert (await ander.get(f"/ondertekenen/{tweede}", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200
    antwoord = await ander.post("/ondertekenen", velden | JA)
    assert antwoord.status_code == 409
    assert "Lees eerst wat u ondertekent" in text_of(antwoord)
    assert await toestand(portal, vreemd) == "wacht_op_ondertekening"
    assert await toestand(portal, gelezen) == "wacht_op_ondertekening"
    await geef(ander, JA)
    assert await toestand(portal, vreemd) == "ontvangen"


async def test_one_person_never_counts_as_two_signers(portal: FastAPI) -> None:
    """Both answers at the same moment: each was checked before the other was stored."""
    inzending = await vraag(portal, teken(), teken(rol="leidinggevende", email="ander@voorbeeld.nl"))
    db, sleutels, wie = portal.state.db, portal.state.sleutels, factories.burger(factories.MEHMET)
    verzoeken = [await ondertekening.met_code(db, sleutels, code) for code in await codes(portal)]
    assert [await ondertekening.belet(db, sleutels, verzoek, wie) for verzoek in verzoeken] == ["", ""]
    await ondertekening.beantwoord(db, sleutels, verzoeken[0], wie, naam="Mehmet", tekent=True)
    with pytest.raises(ondertekening.NietMeer):
        await ondertekening.beantwoord(db, sleutels, verzoeken[1], wie, naam="Mehmet", tekent=True)
    assert await toestand(portal, inzending) == "wacht_op_ondertekening"


# ---- who may not ---------------------------------------------------------------------------------------


async def test_nobody_signs_what_they_asked_themselves(portal: FastAPI, browser: Browser) -> None:
    inzending = await vraag(portal)
    await open_link(browser, (await codes(portal))[0], factories.burger())
    tekst = text_of(await browser.get("/ondertekenen"))
    assert "U kunt dit niet zelf ondertekenen" in tekst
    assert "Brink 45" not in tekst
    await geef(browser, JA)
    assert await toestand(portal, inzending) == "wacht_op_ondertekening"


@pytest.mark.parametrize(
    ("wie", "zin"),
    [
        (factories.bedrijf(), "U bent ingelogd voor een bedrijf"),
        (factories.burger(factories.MEHMET, niveau=10), "Log in op een veiligere manier"),
    ],
)
async def test_a_company_or_a_low_level_cannot_sign(portal: FastAPI, ander: Browser, wie: Gebruiker, zin: str) -> None:
    inzending = await vraag(portal)
    await open_link(ander, (await codes(portal))[0], wie)
    assert zin in text_of(await ander.get("/ondertekenen"))
    await geef(ander, JA)
    assert await toestand(portal, inzending) == "wacht_op_ondertekening"


async def test_without_the_link_there_is_nothing_to_sign(portal: FastAPI, ander: Browser) -> None:
    await vraag(portal)
    await ander.log_in(factories.burger(factories.MEHMET))
    assert (await ander.get("/ondertekenen")).status_code == 404
    assert (await geef(ander, JA)).status_code == 404


async def test_the_next_one_at_this_computer_reads_nothing_of_it(portal: FastAPI, ander: Browser) -> None:
    await vraag(portal)
    await open_link(ander, (await codes(portal))[0])
    assert "Brink 45" in text_of(await ander.get("/ondertekenen"))
    await ander.post("/uitloggen")
    await ander.log_in(factories.burger(factories.SANNE))
    pagina = await ander.get("/ondertekenen")
    assert pagina.status_code == 404
    assert "Brink 45" not in pagina.text


async def test_codes_cannot_be_guessed(portal: FastAPI, ander: Browser) -> None:
    await vraag(portal)
    antwoorden = [(await ander.get(f"/ondertekenen/{uuid4().hex}")).status_code for _ in range(7)]
    assert antwoorden[0] == 404
    assert antwoorden[-1] == 429


# ---- time ----------------------------------------------------------------------------------------------


async def _herinner_na(portal: FastAPI, dagen: float) -> int:
    with time_machine.travel(now() + timedelta(days=dagen), tick=False):
        return await ondertekening.herinner(portal.state.db, portal.state.sleutels)


async def test_reminders_go_out_once_each_with_a_new_link(portal: FastAPI, ander: Browser) -> None:
    await vraag(portal)
    assert [await _herinner_na(portal, dagen) for dagen in (1, 5.1, 5.2, 11.1, 12)] == [0, 1, 0, 1, 0]
    eerste, tweede, derde = await codes(portal)
    assert [mail["sjabloon"] for mail in await mails(portal)].count("TEKENEN_HERINNERING") == 2
    for oud in (eerste, tweede):
        assert "Deze link werkt niet" in text_of(await ander.get(f"/ondertekenen/{oud}"))
    assert (await ander.get(f"/ondertekenen/{derde}")).status_code == 200


async def test_a_request_whose_key_is_gone_stops_no_other(portal: FastAPI, browser: Browser) -> None:
    weg, goed = await vraag(portal), await vraag(portal)
    onleesbaar = Fernet(Fernet.generate_key()).encrypt(b"{}")
    async with portal.state.db.begin() as session:
        await session.execute(
            update(Ondertekening).where(Ondertekening.inzending_id == weg).values(gegevens=onleesbaar)
        )
        await session.execute(update(Inzending).where(Inzending.id == weg).values(inhoud=onleesbaar))
    assert await _herinner_na(portal, dagen=6) == 1
    await browser.log_in(factories.burger())
    assert "Wij wachten op Hoofdbewoner" in text_of(await browser.get(f"/aanvragen/{goed}/ontvangen"))
    assert (await browser.get(f"/aanvragen/{weg}/ontvangen")).status_code == 200
    assert await _verloop(portal) == 1


async def _verloop(portal: FastAPI) -> int:
    async with portal.state.db.begin() as session:
        await session.execute(update(Ondertekening).values(uiterlijk_op=now() - timedelta(minutes=1)))
    return await ondertekening.laat_verlopen(portal.state.db, portal.state.sleutels)


@pytest.mark.parametrize(("dan", "wordt"), [("naar_behandelaar", "ontvangen"), ("vervalt", "afgebroken")])
async def test_silence_goes_to_a_person_or_ends_it(portal: FastAPI, ander: Browser, dan: str, wordt: str) -> None:
    inzending = await vraag(portal, teken(zonder_reactie=dan))
    (code,) = await codes(portal)
    assert await ondertekening.laat_verlopen(portal.state.db, portal.state.sleutels) == 0
    assert await _verloop(portal) == 1
    assert await _verloop(portal) == 0
    assert await toestand(portal, inzending) == wordt
    assert (await mails(portal))[-1]["sjabloon"] == "VERLOPEN"
    assert "De tijd om te antwoorden is voorbij" in text_of(await ander.get(f"/ondertekenen/{code}"))


@pytest.mark.parametrize(
    ("weigert", "reden"),
    [
        (True, "Iemand die moest ondertekenen, wil dat niet doen."),
        (False, "Iemand die moest ondertekenen, heeft niet op tijd geantwoord."),
    ],
)
async def test_who_asked_reads_why_it_ended_and_what_to_do(
    portal: FastAPI, browser: Browser, ander: Browser, reden: str, *, weigert: bool
) -> None:
    inzending = await vraag(portal, teken(zonder_reactie="vervalt"), formulier="parkeervergunning-bewoners")
    (code,) = await codes(portal)
    if weigert:
        await open_link(ander, code)
        await geef(ander, NEE)
    else:
        await _verloop(portal)
    await browser.log_in(factories.burger())
    bevestiging = await browser.get(f"/aanvragen/{inzending}/ontvangen")
    assert f"{reden} Daarom gaat uw aanvraag niet door. U kunt het opnieuw doen." in text_of(bevestiging)
    assert 'href="/producten/parkeervergunning-bewoners"' in bevestiging.text
    assert NEE["reden"] not in bevestiging.text
    for adres in ("/overzicht", "/zaken?geduld=1"):
        tekst = text_of(await browser.get(adres))
        assert f"{reden} U kunt het opnieuw doen." in tekst
        assert "Gestopt" in tekst


async def test_the_term_ends_at_the_end_of_its_last_day(portal: FastAPI, ander: Browser) -> None:
    with time_machine.travel("2026-11-24 12:00:00+00:00", tick=False):
        await vraag(portal, ontvangen_op=now())
        (code,) = await codes(portal)
        assert "tot en met 8 december 2026" in text_of(await ander.get(f"/ondertekenen/{code}"))
    for moment, tekst in (("22:59", "Inloggen met DigiD"), ("23:01", "De tijd om te antwoorden is voorbij")):
        with time_machine.travel(f"2026-12-08 {moment}:00+00:00", tick=False):
            assert tekst in text_of(await ander.get(f"/ondertekenen/{code}"))


# ---- who asked -----------------------------------------------------------------------------------------


async def test_the_applicant_sees_on_whom_we_wait_and_can_ask_another_address(
    portal: FastAPI, browser: Browser, ander: Browser
) -> None:
    inzending = await vraag(portal)
    await browser.log_in(factories.burger())
    pad = f"/ondertekenen/verzoek/{inzending}"
    pagina = await browser.get(pad)
    assert "Wij wachten op Hoofdbewoner, tot en met" in text_of(pagina)
    assert EMAIL in text_of(pagina)
    verzoek = re.search(r'name="verzoek" value="([^"]+)"', pagina.text)
    assert verzoek is not None
    fout = await browser.post(pad, {"verzoek": verzoek[1], "email": "geen adres"})
    assert fout.status_code == 422
    assert "Vul een e-mailadres in zoals naam@voorbeeld.nl." in fout.text
    antwoord = await browser.post(pad, {"verzoek": verzoek[1], "email": "nieuw@voorbeeld.nl"})
    assert "Wij hebben het opnieuw gevraagd" in text_of(await browser.get(antwoord.headers["location"]))
    assert (await mails(portal))[-1]["aan"] == "nieuw@voorbeeld.nl"
    oud, nieuw = await codes(portal)
    assert (await ander.get(f"/ondertekenen/{oud}")).status_code == 404
    assert (await ander.get(f"/ondertekenen/{nieuw}")).status_code == 200
    antwoorden = [(await browser.post(pad, {"verzoek": verzoek[1]})).status_code for _ in range(3)]
    assert antwoorden == [303, 303, 429]


async def test_the_page_of_another_applicant_does_not_exist(portal: FastAPI, ander: Browser) -> None:
    inzending = await vraag(portal)
    async with portal.state.db() as session:
        verzoek = (await session.scalars(select(Ondertekening.id))).one()
    await ander.log_in(factories.burger(factories.MEHMET))
    assert (await ander.get(f"/ondertekenen/verzoek/{inzending}")).status_code == 404
    data = {"verzoek": verzoek, "email": "kwaad@voorbeeld.nl"}
    assert (await ander.post(f"/ondertekenen/verzoek/{inzending}", data)).status_code == 404
    assert [mail["aan"] for mail in await mails(portal)] == [EMAIL, "anna@voorbeeld.nl"]


# ---- the zaak ------------------------------------------------------------------------------------------


async def test_what_is_known_of_a_signer_is_emptied_with_the_inzending(portal: FastAPI) -> None:
    inzending = await vraag(portal)
    await _verloop(portal)
    async with portal.state.db.begin() as session:
        await ondertekening.wis(session, portal.state.sleutels, inzending)
    anna = eigenaar_van(factories.burger(), portal.state.sleutels).hash
    assert await ondertekening.van_inzending(portal.state.db, portal.state.sleutels, anna, inzending) == ()


@pytest.mark.parametrize("eerst", [True, False])
async def test_the_answer_comes_with_the_zaak_as_document_and_rol(
    portal: FastAPI, ander: Browser, tmp_path: Path, eerst: bool
) -> None:
    """Also when the zaak was made at once, and the answer came later."""
    inzending = await vraag(portal, eerst=eerst)
    await _werk(portal)
    kast = maken.Kast(tmp_path / "backoffice.sqlite")
    nummer = maken.maak_nummer(UUID(inzending))
    assert len(kast.zaken(nummer)) == (0 if eerst else 1)
    await open_link(ander, (await codes(portal))[0])
    await geef(ander, JA)
    for _keer in range(2):
        await _werk(portal)
    (zaak,) = kast.zaken(nummer)
    bsns = [rol["betrokkeneIdentificatie"].get("inpBsn") for rol in zaak.rollen]
    assert sorted(bsns) == [factories.ANNA, factories.MEHMET]
    assert [data["titel"] for data, _inhoud in zaak.documenten if "ondertekenen" in data["titel"]] == [
        "Mee ondertekenen: getekend"
    ]
    inhoud = next(inhoud for data, inhoud in zaak.documenten if "ondertekenen" in data["titel"])
    gelezen = "\n".join(structuur(pikepdf.open(io.BytesIO(inhoud))))
    assert "Ja, ik ben het ermee eens en ik onderteken." in gelezen
    assert "Brink 45" in gelezen
    assert factories.MEHMET not in gelezen


async def test_signing_never_opens_the_zaak(portal: FastAPI, ander: Browser, tmp_path: Path) -> None:
    """The mail may have come to a wrong address: who signs has said something, and may read no file of another."""
    inzending = await vraag(portal, teken(roltype="Mede-aanvrager"), eerst=False)
    await _werk(portal)
    await open_link(ander, (await codes(portal))[0])
    await geef(ander, JA)
    for _keer in range(2):
        await _werk(portal)
    async with portal.state.db() as session:
        rij = await session.get(Inzending, inzending)
    assert rij is not None
    zaak_url = f"/zaken/{rij.bron}/{rij.zaak_uuid}?geduld=1"
    assert (await ander.get(zaak_url)).status_code == 404
    assert rij.nummer not in (await ander.get("/zaken?geduld=1")).text
    (zaak,) = maken.Kast(tmp_path / "backoffice.sqlite").zaken(rij.nummer)
    bsns = [rol["betrokkeneIdentificatie"].get("inpBsn") for rol in zaak.rollen]
    assert sorted(bsns) == [factories.ANNA, factories.MEHMET], "the behandelaar can see who signed"


async def test_a_refusal_of_what_is_a_zaak_already_goes_to_the_behandelaar(
    portal: FastAPI, ander: Browser, tmp_path: Path
) -> None:
    inzending = await vraag(portal, eerst=False)
    await open_link(ander, (await codes(portal))[0])
    await geef(ander, NEE)
    for _keer in range(2):
        await _werk(portal)
    (zaak,) = maken.Kast(tmp_path / "backoffice.sqlite").zaken(maken.maak_nummer(UUID(inzending)))
    assert len(zaak.rollen) == 1
    teksten = ["\n".join(structuur(pikepdf.open(io.BytesIO(inhoud)))) for _data, inhoud in zaak.documenten]
    assert any("Dit is niet afgesproken." in tekst for tekst in teksten)


async def _werk(portal: FastAPI) -> None:
    """Do what is due, also what was put off a minute because the zaak was not there yet."""
    async with portal.state.db.begin() as session:
        await session.execute(update(Opdracht).where(Opdracht.toestand == "nieuw").values(beurt_op=now()))
    await portal.state.werker.alles()


async def test_the_confirmation_and_the_zaak_say_on_whom_we_wait(portal: FastAPI, browser: Browser) -> None:
    inzending = await vraag(portal, eerst=False)
    await _werk(portal)
    await browser.log_in(factories.burger())
    async with portal.state.db() as session:
        rij = await session.get(Inzending, inzending)
    assert rij is not None
    for pad in (f"/aanvragen/{inzending}/ontvangen", f"/zaken/{rij.bron}/{rij.zaak_uuid}?geduld=1"):
        pagina = await browser.get(pad)
        assert "Wij wachten op Hoofdbewoner, tot en met" in text_of(pagina)
        assert f'href="/ondertekenen/verzoek/{inzending}"' in pagina.text
    await _verloop(portal)
    assert "Wij wachten op" not in text_of(await browser.get(f"/zaken/{rij.bron}/{rij.zaak_uuid}?geduld=1"))
