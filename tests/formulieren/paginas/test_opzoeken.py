"""What a form looks up while it is filled in. Always an extra: nobody is ever stopped by it."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from pip_portal import mij_ook, tables
from pip_portal.eigenaar import eigenaar_van
from pip_portal.formulieren.aanvrager import inlog_van
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.inzendingen.lezen import lees
from pip_portal.settings import Settings
from pip_portal.tijd import vandaag
from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.invuller import Invuller, Pagina
from tests.formulieren.paginas.test_alle import Wandeling
from tests.formulieren.voorbeelden import alle_formulieren, omgeving

FORMULIEREN = alle_formulieren()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return factories.settings(database_url, bestanden={"map": tmp_path / "bestanden"})


class TestKenteken:
    """Parking permit: "is this your car?", and what may be wrong with it."""

    async def kentekenpagina(self, invuller: Invuller, browser: Browser) -> Pagina:
        await browser.log_in(factories.burger(factories.SANNE))
        pagina = await invuller.begin("parkeervergunning-bewoners")
        while pagina.stap() != "kenteken":
            pagina = await invuller.stuur(pagina)
        return pagina

    async def test_the_car_is_shown_once_and_then_one_goes_on(self, invuller: Invuller, browser: Browser) -> None:
        pagina = await self.kentekenpagina(invuller, browser)
        gezien = await invuller.stuur(pagina, {"kenteken": "ab 123 c"})
        assert gezien.stap() == "kenteken"
        assert "Dit is volgens de RDW: VOLKSWAGEN GOLF, grijs. Is dit niet de goede auto?" in gezien.tekst
        assert "Waarschijnlijk krijgt u geen vergunning" not in gezien.tekst
        verder = await invuller.stuur(gezien)
        assert verder.stap() != "kenteken"
        terug = await invuller.open(str(pagina.response.url))
        assert terug.velden["kenteken"] == ["AB-123-C"]
        assert (await invuller.stuur(terug)).stap() != "kenteken", "this was read before"
        ander = await invuller.stuur(terug, {"kenteken": "XK-901-B"})
        assert "RENAULT CLIO, rood" in ander.tekst, "another car is shown again"

    @pytest.mark.parametrize(
        ("kenteken", "zin"),
        [
            ("BX-789-F", "Dit is geen personenauto en geen bestelbus."),
            ("BX-789-F", "Deze auto is zwaarder dan 3.500 kilo of langer dan 6 meter."),
            ("GN-345-H", "Volgens de RDW is deze auto niet verzekerd."),
            ("GN-345-H", "De APK van deze auto is verlopen. U kunt wel verder."),
            ("12-GHJ-3", "Volgens de RDW is deze auto naar het buitenland gegaan."),
            ("ZZ-999-Z", "Wij vinden dit kenteken niet. Controleer het kenteken."),
        ],
    )
    async def test_a_warning_is_read_and_stops_nobody(
        self, kenteken: str, zin: str, invuller: Invuller, browser: Browser
    ) -> None:
        gewaarschuwd = await invuller.stuur(await self.kentekenpagina(invuller, browser), {"kenteken": kenteken})
        assert zin in gewaarschuwd.tekst
        assert gewaarschuwd.fouten() == {}
        assert (await invuller.stuur(gewaarschuwd)).stap() != "kenteken"

    async def test_who_read_it_while_typing_goes_on_at_once(self, invuller: Invuller, browser: Browser) -> None:
        pagina = await self.kentekenpagina(invuller, browser)
        typen = {"kenteken": "AB-123-C"}
        ververst = await invuller.stuur(pagina, {**typen, "nakijken": "kenteken"}, actie="nakijken", htmx=True)
        # The script takes only this question out of the answer; what was read must be told in it.
        [gelet] = ververst.document.xpath("//*[@id='vraag-kenteken']//input[@name='gelet']/@value")
        assert (await invuller.stuur(pagina, {**typen, "gelet": gelet})).stap() != "kenteken"

    async def test_without_the_rdw_it_is_taken_as_typed_and_marked(
        self, invuller: Invuller, browser: Browser, backoffice: FastAPI
    ) -> None:
        pagina = await self.kentekenpagina(invuller, browser)
        backoffice.state.beheer.storing(api="rdw", soort="status", status=503)
        verder = await invuller.stuur(pagina, {"kenteken": "AB-123-C"})
        assert verder.stap() != "kenteken", "nothing to read, so no stop"
        bewaard = await invuller.open(str(pagina.response.url))
        assert bewaard.velden["kenteken"] == ["AB-123-C"]
        backoffice.state.beheer.herstel()
        gezien = await invuller.stuur(bewaard)
        assert "VOLKSWAGEN GOLF" in gezien.tekst, "what could not be asked is asked when the page is sent again"

    async def test_a_kenteken_without_an_rdw_is_just_a_kenteken(self) -> None:
        veld = FORMULIEREN.get("parkeervergunning-bewoners").veld("kenteken")
        om = omgeving(FORMULIEREN)
        assert [regel.nl for regel in veld.toon("AB123C", om)] == ["AB-123-C"]
        weg = {"kenteken": "AB123C", "stand": "niet_gecontroleerd"}
        assert [regel.nl for regel in veld.toon(weg, om)] == ["AB-123-C", "Niet gecontroleerd"]
        gevonden = {"kenteken": "AB123C", "stand": "gevonden", "voertuig": "VOLKSWAGEN GOLF, grijs"}
        assert [regel.nl for regel in veld.toon(gevonden, om)] == ["AB-123-C", "VOLKSWAGEN GOLF, grijs"]
        assert veld.als_eigenschap(gevonden) == "AB123C"
        assert veld.geldig({**gevonden, "stand": "verzonnen"}, om, {}) is None
        assert veld.geldig({**gevonden, "eigenaar": "iemand"}, om, {}) is None


class TestHoeveelVergunningen:
    """How many permits somebody has already is told by Mijn zaken; without it the form goes on and says who checks."""

    async def test_who_has_one_reads_so(self, invuller: Invuller, browser: Browser) -> None:
        await browser.log_in(factories.burger(factories.ANNA))
        pagina = await invuller.begin("parkeervergunning-bewoners")
        assert "Aantal vergunningen dat u al hebt of aanvroeg: 2. Per adres mogen er 2 zijn." in pagina.tekst

    async def test_with_the_zaaksysteem_away_it_can_still_be_sent(
        self, invuller: Invuller, browser: Browser, backoffice: FastAPI
    ) -> None:
        backoffice.state.beheer.storing(api="zaken", soort="status", status=503)
        sanne = factories.burger(factories.SANNE)
        await browser.log_in(sanne)
        pagina = await invuller.begin("parkeervergunning-bewoners")
        assert "Wij weten nu niet hoeveel vergunningen u al hebt. Wij kijken dat later na." in pagina.tekst
        formulier = FORMULIEREN.get("parkeervergunning-bewoners")
        omgeving_ = Omgeving(vandaag(), inlog_van(sanne), {}, FORMULIEREN.tarieven)
        controle = await Wandeling(invuller, formulier, omgeving_).loop(pagina)
        assert "Wij kunnen uw gegevens nu niet ophalen" not in controle.tekst
        assert (await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")).stap() == "ontvangen"


class TestAanslagen:
    """Remission of taxes: the assessments to choose from come from the tax administration."""

    async def begin(self, invuller: Invuller, browser: Browser, bsn: str) -> Pagina:
        await browser.log_in(factories.burger(bsn, niveau=25))
        return await invuller.begin("kwijtschelding")

    async def wandel(self, invuller: Invuller, pagina: Pagina, bsn: str) -> Pagina:
        omgeving_ = Omgeving(vandaag(), inlog_van(factories.burger(bsn, niveau=25)), {}, FORMULIEREN.tarieven)
        return await Wandeling(invuller, FORMULIEREN.get("kwijtschelding"), omgeving_).loop(pagina)

    async def test_only_ones_own_that_can_be_remitted_are_offered(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        pagina = await self.begin(invuller, browser, factories.HENDRIK)
        jaar = vandaag().year
        assert f"Afvalstoffenheffing en rioolheffing {jaar}, € 470,56 (aanslagnummer {jaar}-0012345)" in pagina.tekst
        assert "Hondenbelasting" not in pagina.tekst.replace("hondenbelasting", "")
        assert "Een andere aanslag" in pagina.tekst
        assert "Voor welke belasting vraagt u kwijtschelding?" not in pagina.tekst
        controle = await self.wandel(invuller, pagina, factories.HENDRIK)
        klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
        assert klaar.stap() == "ontvangen"
        eigenaar = eigenaar_van(factories.burger(factories.HENDRIK, niveau=25), portal.state.sleutels)
        nummer = str(klaar.response.url).split("/")[4]
        verstuurd = await lees(portal.state.db, portal.state.sleutels, eigenaar.hash, nummer)
        assert verstuurd.inhoud is not None
        assert verstuurd.inhoud.zaak is not None
        assert verstuurd.inhoud.zaak.eigenschappen == {"aanslagen": f"{jaar}-0012345"}

    async def test_somebody_elses_assessment_cannot_be_chosen(self, invuller: Invuller, browser: Browser) -> None:
        van_hendrik = await self.begin(invuller, browser, factories.HENDRIK)
        vreemd = van_hendrik.document.xpath("//input[@name='aanslagen']/@value")[0]
        van_anna = await self.begin(invuller, browser, factories.ANNA)
        assert vreemd not in van_anna.document.xpath("//input[@name='aanslagen']/@value")
        fout = await invuller.stuur(van_anna, {"aanslagen": vreemd})
        assert fout.status == 422
        assert fout.fouten() == {"aanslagen": "Kies een van de antwoorden die hier staan."}

    async def test_who_has_another_one_names_it(self, invuller: Invuller, browser: Browser) -> None:
        pagina = await self.begin(invuller, browser, factories.HENDRIK)
        anders = await invuller.stuur(pagina, {"aanslagen": "geen"})
        assert "Wat is het aanslagnummer?" in anders.tekst
        verder = await invuller.stuur(anders, {"heffingen": "riool", "aanslagnummer": "2025-77"})
        assert verder.stap() != "aanslagen"

    async def test_an_outage_is_named_and_everything_can_still_be_filled_in_and_sent(
        self, invuller: Invuller, browser: Browser, backoffice: FastAPI
    ) -> None:
        backoffice.state.beheer.storing(api="openstaand", soort="status", status=503)
        pagina = await self.begin(invuller, browser, factories.HENDRIK)
        assert "Wij kunnen uw aanslagen nu niet ophalen bij de administratie van belastingen." in pagina.tekst
        assert "Voor welke belasting vraagt u kwijtschelding?" in pagina.tekst
        controle = await self.wandel(invuller, pagina, factories.HENDRIK)
        klaar = await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
        assert klaar.stap() == "ontvangen"

    async def test_without_anything_to_pay_there_is_nothing_to_say_about_it(
        self, invuller: Invuller, browser: Browser
    ) -> None:
        pagina = await self.begin(invuller, browser, factories.YOUSSEF)
        assert "nu niet ophalen" not in pagina.tekst
        assert "Voor welke belasting vraagt u kwijtschelding?" in pagina.tekst


PUNT = '{"type": "Point", "coordinates": [6.15805, 52.25301]}'


class TestBekendeMelding:
    """A report about the street: is it one of these?"""

    async def locatie(self, invuller: Invuller, **plek: str) -> Pagina:
        """Past the page of the place, as a visitor without a login."""
        pagina = await invuller.begin("melding-openbare-ruimte")
        pagina = await invuller.stuur(pagina, {"wat": "Er ligt een losse stoeptegel."})
        pagina = await invuller.stuur(pagina, {"categorie": "weg"})
        pagina = await invuller.stuur(pagina, {"gevaar": "nee"})
        assert pagina.stap() == "locatie"
        return await invuller.stuur(pagina, {f"locatie-{deel}": waarde for deel, waarde in plek.items()})

    async def test_what_is_known_nearby_is_shown_and_yes_sends_nothing(
        self, invuller: Invuller, portal: FastAPI
    ) -> None:
        pagina = await self.locatie(invuller, geometrie=PUNT)
        assert pagina.stap() == "bekend"
        assert "Losse stoeptegel, op deze plek, gemeld op" in pagina.tekst
        assert "Lantaarnpaal kapot, op 12 meter, gemeld op" in pagina.tekst
        assert "Container is vol" not in pagina.tekst, "another kind"
        welke = await invuller.stuur(pagina, {"bekend": "ja"})
        assert "Welke melding is het?" in welke.tekst
        [tegel, *_] = welke.document.xpath("//input[@name='welke']/@value")
        ja = await invuller.stuur(welke, {"bekend": "ja", "welke": tegel})
        assert "Deze melding kennen wij al" in ja.tekst
        assert "wij hebben niets verstuurd" in ja.tekst
        async with portal.state.db() as session:
            assert (await session.scalars(select(tables.Inzending))).all() == []
        toch = await invuller.open(str(ja.response.url).partition("?")[0])
        assert (await invuller.stuur(toch, {"bekend": "nee"})).stap() == "sinds"

    async def test_who_has_it_too_is_counted_once_and_the_next_one_reads_so(
        self, invuller: Invuller, browser: Browser, portal: FastAPI
    ) -> None:
        async def geteld() -> list[tables.MijOok]:
            async with portal.state.db() as session:
                return list(await session.scalars(select(tables.MijOok)))

        pagina = await self.locatie(invuller, geometrie=PUNT)
        pagina = await invuller.stuur(pagina, {"bekend": "ja"})
        assert await geteld() == [], "not before it is known which one"
        tegel, lamp = pagina.document.xpath("//input[@name='welke']/@value")[:2]
        for _keer in range(2):
            assert "kennen wij al" in (await invuller.stuur(pagina, {"bekend": "ja", "welke": tegel})).tekst
            [rij] = await geteld()
            assert rij.melding == tegel
            pagina = await invuller.open(str(pagina.response.url).partition("?")[0])
        await invuller.stuur(pagina, {"bekend": "ja", "welke": lamp})
        assert [rij.melding for rij in await geteld()] == [lamp], "a melding that was chosen by mistake is not counted"
        sanne = factories.burger(factories.SANNE)
        await browser.log_in(sanne)
        pagina = await self.locatie(invuller, geometrie=PUNT)
        assert "Lantaarnpaal kapot, op 12 meter, gemeld op" in pagina.tekst
        assert "Al 2 keer gemeld" in pagina.tekst
        pagina = await invuller.stuur(pagina, {"bekend": "ja"})
        await invuller.stuur(pagina, {"bekend": "ja", "welke": lamp})
        eigenaar = eigenaar_van(sanne, portal.state.sleutels).hash
        rijen = await geteld()
        assert len(rijen) == 2
        assert len({rij.wie for rij in rijen} | {eigenaar}) == 3, "nothing in it finds somebody back"
        [kop, regel] = (await mij_ook.als_csv(portal.state.db)).splitlines()
        assert kop == "categorie,gemeld_op,plek,mij_ook"
        assert regel.startswith("lantaarnpaal,")
        assert regel.endswith('"52.252950,6.157900",2')
        pagina = await invuller.open(str(pagina.response.url).partition("?")[0])
        await invuller.stuur(pagina, {"bekend": "nee"})
        assert len(await geteld()) == 1, "who says no after all is counted no longer"

    async def test_a_place_where_nothing_is_known_asks_nothing(self, invuller: Invuller) -> None:
        ver = '{"type": "Point", "coordinates": [6.2001, 52.2501]}'
        assert (await self.locatie(invuller, geometrie=ver)).stap() == "sinds"

    async def test_an_address_is_a_place_too_without_any_script(self, invuller: Invuller) -> None:
        pagina = await self.locatie(invuller, postcode="7411 BV", huisnummer="45")
        assert pagina.stap() == "bekend"
        assert "Losse stoeptegel, op deze plek" in pagina.tekst

    async def test_words_alone_are_enough(self, invuller: Invuller) -> None:
        assert (await self.locatie(invuller, tekst="Op de hoek bij de kerk")).stap() == "sinds"

    async def test_a_source_that_is_away_is_skipped_without_a_word(
        self, invuller: Invuller, backoffice: FastAPI
    ) -> None:
        backoffice.state.beheer.storing(api="signalen", soort="status", status=503)
        assert (await self.locatie(invuller, geometrie=PUNT)).stap() == "sinds"

    async def test_at_another_place_it_is_asked_again(self, invuller: Invuller) -> None:
        pagina = await self.locatie(invuller, geometrie=PUNT)
        assert (await invuller.stuur(pagina, {"bekend": "nee"})).stap() == "sinds"
        plek = await invuller.open(str(pagina.response.url).replace("bekend", "locatie"))
        zelfde = await invuller.stuur(plek)
        assert zelfde.velden["bekend"] == ["nee"], "the same place, the same answer"
        plek = await invuller.open(str(plek.response.url))
        anders = await invuller.stuur(plek, {"locatie-geometrie": PUNT.replace("6.15805", "6.15815")})
        assert anders.stap() == "bekend"
        assert "bekend" not in anders.velden

    async def test_another_place_forgets_what_was_known_here(self, invuller: Invuller) -> None:
        pagina = await self.locatie(invuller, geometrie=PUNT)
        plek = await invuller.open(str(pagina.response.url).replace("bekend", "locatie"))
        ver = '{"type": "Point", "coordinates": [6.2001, 52.2501]}'
        assert (await invuller.stuur(plek, {"locatie-geometrie": ver})).stap() == "sinds"
