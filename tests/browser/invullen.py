"""Fills in a form in the browser, page after page, with what a test says and else with an answer that is valid."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from pip_portal.formulieren.definitie import Formulier
from tests.browser.conftest import Citizen
from tests.formulieren.paginas.invuller import PDF, geldig

Antwoorden = Mapping[str, str | list[str]]
MAX_PAGINAS = 60
ONTVANGEN = re.compile(r"Wij hebben uw [a-z]+ ontvangen")


def foto() -> bytes:
    bestand = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(bestand, "PNG")
    return bestand.getvalue()


@dataclass
class Invullen:
    """One citizen and one form.

    antwoorden: control -> value. bekijk: called once for each page, before it is filled in.
    """

    citizen: Citizen
    formulier: Formulier
    antwoorden: Antwoorden = field(default_factory=dict)
    bekijk: Callable[["Invullen"], None] | None = None
    gezien: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.citizen.page

    @property
    def pad(self) -> str:
        return re.sub(r"[?#].*", "", self.page.url).removeprefix(self.citizen.url)

    @property
    def stap(self) -> str:
        return self.pad.rpartition("/")[2]

    def begin(self, *, als: str = "", bedrijf: bool = False) -> None:
        """From the start page of the form to its first question; als: who logs in for that."""
        start = f"/formulieren/{self.formulier.formulier}/start"
        if als:
            self.citizen.log_in(als, bedrijf=bedrijf, path=f"/inloggen?terug={start}")
            if bedrijf and "/vestiging" in self.pad:
                self.page.get_by_label("Het hele bedrijf").check()
                self.page.get_by_role("button", name="Ga verder").click()
        if not self.pad.endswith("/start"):
            self.citizen.goto(start)
        opnieuw = self.page.get_by_role("button", name="Wis alles en begin opnieuw")  # of an earlier test
        if opnieuw.count():
            return self.druk(opnieuw)
        return self.druk(self.page.get_by_role("button", name="Beginnen"))

    def tot(self, stap: str) -> None:
        """Fill in page after page, until this one is there."""
        for _ in range(MAX_PAGINAS):
            if self.stap == stap or self.pad.endswith(stap):
                return
            if self.page.locator(".portaal-taken").count():
                self._volgende_taak()
            else:
                self.vul()
                self.volgende()
                fouten = self.page.locator(".utrecht-alert--error")
                assert not fouten.count(), f"{self.stap}: {fouten.inner_text()}"
        raise AssertionError(f"{stap} komt niet; de laatste bladzijden waren {self.gezien[-5:]}")

    def _volgende_taak(self) -> None:
        self._kijk()
        klaar = self.page.get_by_role("link", name="Controleer uw antwoorden")
        if klaar.count():
            return self.druk(klaar)
        open_taken = self.page.locator(".portaal-taak:not(:has-text('Klaar')) a")
        return self.druk(open_taken.first)

    def _kijk(self) -> None:
        if self.pad not in self.gezien and self.bekijk:
            self.gezien.append(self.pad)
            self.bekijk(self)

    def volgende(self) -> None:
        knoppen = self.page.locator(".portaal-vraagpagina__knoppen button[value=volgende]")
        assert knoppen.count(), f"geen knop om verder te gaan op: {self.page.locator('h1').inner_text()}"
        self.druk(knoppen)

    def druk(self, knop: Locator) -> None:
        """Press what leads to another page, and wait for that page."""
        with self.page.expect_event("load"):
            knop.click()

    def vul(self) -> None:
        """Answer what stands on this page, also what appears because of an answer."""
        self._kijk()
        gedaan: set[str] = set()
        while namen := [naam for naam in self._vragen() if naam not in gedaan]:
            gedaan.add(namen[0])
            self._beantwoord(namen[0])

    def _vragen(self) -> Iterator[str]:
        for blok in self.page.locator("#vragen .portaal-vraag").all():
            yield str(blok.get_attribute("id")).removeprefix("vraag-")

    def _beantwoord(self, naam: str) -> None:
        veld = self.formulier.veld(naam)
        blok = self.page.locator(f"#vraag-{naam}")
        if veld.type == "groep":
            return self._voeg_items_toe(blok)
        if veld.type == "bestand":
            return self._stuur_bestand(blok, naam)
        waarden = geldig(veld, set()) | {
            c: w if isinstance(w, list) else [w]
            for c, w in self.antwoorden.items()
            if c in veld.controles() or c == naam
        }
        for controle, gekozen in waarden.items():
            for waarde in gekozen:
                self._zet(blok, controle, waarde)
        kiesbaar = blok.locator("input:is([type=radio], [type=checkbox])")
        if kiesbaar.count() and not blok.locator("input:checked").count():
            self.kies(kiesbaar.first)  # options that come from a source have no value that a test can know
        return None

    def _zet(self, blok: Locator, controle: str, waarde: str) -> None:
        for besturing in blok.locator(f"[name='{controle}']:not([type=hidden])").all():
            soort = besturing.get_attribute("type")
            if soort in ("radio", "checkbox"):
                if besturing.get_attribute("value") == waarde:
                    self.kies(besturing)
            elif besturing.evaluate("e => e.tagName") == "SELECT":
                besturing.select_option(waarde)
            else:
                besturing.fill(waarde)

    def kies(self, besturing: Locator) -> None:
        """Choose an option; when questions depend on it, wait until the page has the new ones."""
        if besturing.is_checked():
            return
        if self.citizen.javascript and besturing.locator("xpath=ancestor-or-self::*[@data-hx-post]").count():
            with self.page.expect_response(lambda r: r.request.headers.get("hx-request") == "true"):
                besturing.check()
            expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        else:
            besturing.check()

    def _voeg_items_toe(self, blok: Locator) -> None:
        if blok.locator(".portaal-item").count():
            return
        terug = self.pad
        self.druk(blok.get_by_role("link", name=re.compile("toevoegen$")))
        while self.pad != terug:
            self.vul()
            self.volgende()

    def _stuur_bestand(self, blok: Locator, naam: str) -> None:
        if blok.locator(".portaal-uploads li").count():
            return
        kiezer = blok.locator("input[type=file]")
        pdf = ".pdf" in str(kiezer.get_attribute("accept"))
        naam_bestand, soort, inhoud = (
            ("bewijs.pdf", "application/pdf", PDF) if pdf else ("foto.png", "image/png", foto())
        )
        kiezer.set_input_files({"name": naam_bestand, "mimeType": soort, "buffer": inhoud})
        if not self.citizen.javascript:
            blok.get_by_role("button", name="Voeg dit bestand toe").click()
        expect(self.page.locator(f"#vraag-{naam} .portaal-uploads li")).to_have_count(1)

    def verstuur(self) -> str:
        """From the check page to the confirmation; returns the number."""
        self._kijk()
        if self.page.locator("#verklaring").count():
            self.page.locator("#verklaring").check()
        self.page.locator("button[value=versturen]").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(ONTVANGEN)
        self._kijk()
        return self.page.locator(".portaal-ontvangen__nummer").inner_text()


class Toetsenbord(Invullen):
    """The same without a mouse: Tab goes on, the arrows choose, Space ticks, Enter presses."""

    def _naar(self, doel: Locator) -> None:
        """Tab until the focus is there; a control that cannot be reached is a defect."""
        for _ in range(MAX_PAGINAS):
            if doel.evaluate("e => document.activeElement === e"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"met Tab komt u niet bij {doel}")

    def kies(self, besturing: Locator) -> None:
        naam = besturing.get_attribute("name")
        if besturing.get_attribute("type") == "checkbox":
            self._naar(besturing)
            return self.page.keyboard.press("Space")
        groep = self.page.locator(f"input[type=radio][name='{naam}']")
        gekozen = groep.locator("xpath=self::*[@checked]")
        self._naar((gekozen if gekozen.count() else groep).first)
        self.page.keyboard.press("Space")
        for _ in range(groep.count()):
            if besturing.is_checked():
                return None
            self.page.keyboard.press("ArrowDown")
        return None

    def _zet(self, blok: Locator, controle: str, waarde: str) -> None:
        for besturing in blok.locator(f"[name='{controle}']:not([type=hidden])").all():
            if besturing.get_attribute("type") in ("radio", "checkbox"):
                if besturing.get_attribute("value") == waarde:
                    self.kies(besturing)
            else:
                self._naar(besturing)
                self.page.keyboard.press("Control+a")
                self.page.keyboard.type(waarde)

    def volgende(self) -> None:
        self._naar(self.page.locator(".portaal-vraagpagina__knoppen button[value=volgende]"))
        with self.page.expect_event("load"):
            self.page.keyboard.press("Enter")

    def verstuur(self) -> str:
        if self.page.locator("#verklaring").count():
            self.kies(self.page.locator("#verklaring"))
        self._naar(self.page.locator("button[value=versturen]"))
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(ONTVANGEN)
        return self.page.locator(".portaal-ontvangen__nummer").inner_text()
