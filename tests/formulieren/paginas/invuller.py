"""Fills in forms as a citizen does: reads the page, puts valid answers in its controls, sends its button."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx
from lxml import html

from tests.conftest import SAME_ORIGIN, Browser
from tests.html_checks import check_page

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
Velden = dict[str, list[str]]


@dataclass
class Pagina:
    """A page with its form for questions: what is in it, and where it goes."""

    response: httpx.Response
    document: html.HtmlElement

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def tekst(self) -> str:
        main = self.document.find(".//main")
        return " ".join((self.document if main is None else main).text_content().split())

    @property
    def form(self) -> html.FormElement:
        """The form in the main part that was made for this page: the last one that is sent to a page of the form."""
        forms = [f for f in self.document.xpath("//main//form") if f.get("method") == "post"]
        return next(f for f in forms if f.xpath(".//*[@name='csrf']"))

    @cached_property
    def velden(self) -> Velden:
        """What the browser would send without touching anything, without the buttons."""
        gevonden: Velden = {}
        for naam, waarde in self.form.form_values():
            gevonden.setdefault(naam, []).append(waarde)
        return gevonden

    def namen(self) -> set[str]:
        return {c.get("name") for c in self.form.xpath(".//input | .//select | .//textarea") if c.get("name")}

    def fouten(self) -> dict[str, str]:
        """The summary: id that it leads to, and sentence."""
        links = self.document.xpath("//main//*[@role='alert']//a[starts-with(@href, '#')]")
        return {link.get("href")[1:]: link.text_content().strip() for link in links}

    def stap(self) -> str:
        return urlsplit(str(self.response.url)).path.rpartition("/")[2]


class Invuller:
    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def open(self, url: str) -> Pagina:
        """Go there as a browser does, through redirects; the page is checked."""
        return self._pagina(await self.browser.follow(url))

    async def stuur(
        self,
        pagina: Pagina,
        antwoorden: dict[str, Any] | None = None,
        *,
        actie: str = "volgende",
        bestanden: list[tuple[str, str, bytes]] | None = None,
        url: str = "",
        volg: bool = True,
        htmx: bool = False,
    ) -> Pagina:
        """Send the form of this page with these answers in it; controls that are not named keep what they hold."""
        velden = pagina.velden | {n: w if isinstance(w, list) else [w] for n, w in (antwoorden or {}).items()}
        doel = url or pagina.form.get("action")
        paren = [(naam, waarde) for naam, lijst in velden.items() for waarde in lijst] + [("actie", actie)]
        met_bestanden = "multipart" in (pagina.form.get("enctype") or "")
        response = await self.post(doel, paren, bestanden=bestanden, htmx=htmx, multipart=met_bestanden)
        if volg and response.is_redirect:
            response = await self.browser.follow(response.headers["location"])
        return self._pagina(response)

    async def post(
        self,
        url: str,
        paren: list[tuple[str, str]],
        *,
        bestanden: list[tuple[str, str, bytes]] | None = None,
        htmx: bool = False,
        multipart: bool = False,
    ) -> httpx.Response:
        headers = SAME_ORIGIN | ({"HX-Request": "true"} if htmx else {})
        if bestanden or multipart:
            delen: list[tuple[str, Any]] = [(naam, (None, waarde.encode())) for naam, waarde in paren]
            delen += [(naam, (bestandsnaam, inhoud)) for naam, bestandsnaam, inhoud in bestanden or []]
            return await self.browser.client.post(url, files=delen, headers=headers)
        body = "&".join(f"{httpx.QueryParams({naam: waarde})}" for naam, waarde in paren)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return await self.browser.client.post(url, content=body.encode(), headers=headers)

    def _pagina(self, response: httpx.Response) -> Pagina:
        is_html = response.headers.get("content-type", "").startswith("text/html") and response.text
        if is_html and "HX-Request" not in response.request.headers:
            check_page(response.text, expected_lang=self.browser.lang)
        return Pagina(response, html.document_fromstring(response.text or "<p></p>"))

    async def begin(self, slug: str, **antwoorden: str) -> Pagina:
        """Start this form, and stand at its first page."""
        pagina = await self.open(f"/formulieren/{slug}/start")
        return await self.stuur(pagina, antwoorden)


def geldig(veld: Any, namen: set[str]) -> dict[str, list[str]]:
    """Valid answers for the controls of this field that are on the page."""
    dag = date.today() + timedelta(days=10)  # noqa: DTZ011  # only has to lie in the future
    naam = veld.veld
    vast: dict[str, Any] = {
        "tekst": "Een antwoord",
        "tekstvlak": "Een langer antwoord.\nMet een tweede regel.",
        "tijd": "14:30",
        "akkoord": "ja",
        "janee": "ja",
        "email": "iemand@example.nl",
        "telefoon": "06 12 34 56 78",
        "bsn": "999990639",
        "kvk": "90000110",
        "iban": "NL85TEST0000000101",
        "kenteken": "AB-123-C",
    }
    if veld.type in vast:
        return {naam: [vast[veld.type]]}
    if veld.type == "getal":
        return {naam: [str(max(veld.min if veld.min is not None else 1, 1)).split(".")[0]]}
    if veld.type == "bedrag":
        return {naam: ["12,50"]}
    if veld.type in ("keuze", "meerkeuze"):
        return {naam: [next(iter(veld.opties))]} if veld.opties else {}
    if veld.type == "datum":
        return _dag(naam, dag)
    if veld.type == "periode":
        return _dag(f"{naam}-van", dag) | _dag(f"{naam}-tot", dag + timedelta(days=2))
    if veld.type == "adres":
        return {f"{naam}-postcode": ["7411 KT"], f"{naam}-huisnummer": ["1"]}
    if veld.type == "locatie":
        return {f"{naam}-tekst": ["Op het plein voor de bibliotheek"]}
    return {}


def _dag(naam: str, dag: date) -> dict[str, list[str]]:
    return {f"{naam}-dag": [str(dag.day)], f"{naam}-maand": [str(dag.month)], f"{naam}-jaar": [str(dag.year)]}


async def vul_in(
    invuller: Invuller,
    slug: str,
    eigen: dict[str, str] | None = None,
    *,
    tot: str = "controleren",
    bekijk: Callable[[Pagina], Awaitable[None]] | None = None,
) -> Pagina:
    """From the start to this page with valid answers. bekijk: called with each page before it is filled in."""
    formulier = invuller.browser.portal.state.formulieren.get(slug)
    pagina = await invuller.begin(slug)
    for _pagina in range(60):
        if pagina.stap() == tot:
            return pagina
        if bekijk is not None:
            await bekijk(pagina)
        namen = pagina.namen()
        antwoorden: dict[str, list[str]] = {}
        bestanden = []
        for veld in formulier.stap(pagina.stap()).velden:
            if veld.type == "bestand" and veld.veld in namen and veld.verplicht:
                bestanden.append((veld.veld, "bewijs.pdf", PDF))
            antwoorden |= {n: w for n, w in geldig(veld, namen).items() if n in namen}
        antwoorden |= {n: [w] for n, w in (eigen or {}).items() if n in namen}
        vorige = pagina
        pagina = await invuller.stuur(pagina, antwoorden, bestanden=bestanden)
        assert pagina.status == 200, (vorige.stap(), pagina.status, pagina.fouten(), pagina.tekst[:600])
    raise AssertionError(f"komt niet verder dan {pagina.stap()}")
