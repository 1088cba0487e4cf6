"""Attacks on forms: what a hostile browser, or the next person at the same one, sends and asks for."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, text

from pip_portal import app as app_module
from pip_portal import tables
from pip_portal.formulieren import routes_aanvragen, routes_versturen
from pip_portal.formulieren.bronwaarden import haal_op, paden
from pip_portal.formulieren.concepten import Voor
from pip_portal.formulieren.laden import Formulieren
from pip_portal.paths import DATA
from tests import factories
from tests.conftest import SAME_ORIGIN, Browser
from tests.formulieren.paginas.invuller import PDF, Invuller, Pagina, vul_in

ROUTES = [r for router in (routes_versturen.router, routes_aanvragen.router) for r in router.routes]
NERGENS = "00000000-0000-4000-8000-000000000000"
GEHEIM = "Geheim van Zandbergen"
XSS = "<script>alert(1)</script>{{7*7}}{tarief.proef}\"'onload=x"


def _id(pagina: Pagina) -> str:
    return str(pagina.response.url).split("/")[4]


def _adres(route: APIRoute, aanvraag: str) -> str:
    return route.path.format(id=aanvraag, stap="reden", item=NERGENS, bestand=NERGENS)


# ---- the level of the login ----------------------------------------------------------------------------


async def test_a_lower_login_reaches_no_page_of_an_application(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(niveau=25))
    pagina = await invuller.begin("proef-hoog")
    await invuller.stuur(pagina, {"reden": GEHEIM})
    await browser.log_in(factories.burger(niveau=20))
    aanvraag = _id(pagina)
    for route in ROUTES:
        assert isinstance(route, APIRoute)
        if route.path.endswith(("/ontvangen", "/kopie.pdf")):
            continue
        for methode in route.methods or ():
            response = await browser.client.request(
                methode,
                _adres(route, aanvraag),
                data={"csrf": browser.csrf, "reden": "Anders"} if methode == "POST" else None,
                headers=SAME_ORIGIN,
            )
            assert response.status_code in (403, 404), f"{methode} {route.path}: {response.status_code}"
            assert GEHEIM not in response.text


# ---- the token of the form -----------------------------------------------------------------------------


POSTS = [
    r
    for router in (*app_module.PUBLIC, *app_module.PRIVATE)
    for r in router.routes
    if isinstance(r, APIRoute) and "POST" in r.methods
]
LEEG = b"--g--\r\n"
ZONDER = b'--g\r\nContent-Disposition: form-data; name="actie"\r\n\r\nvolgende\r\n--g--\r\n'
NA = (
    b'--g\r\nContent-Disposition: form-data; name="bewijs"; filename="a.pdf"\r\n\r\nx\r\n'
    b'--g\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nTOKEN\r\n--g--\r\n'
)


async def test_no_form_is_taken_without_its_token(browser: Browser, invuller: Invuller) -> None:
    await browser.log_in(factories.burger(niveau=25))
    pagina = await invuller.begin("proef-alles")
    bekend = {"id": _id(pagina), "stap": "naam", "slug": "proef-alles", "bron": "zaken", "middel": "digid"}
    waarden = defaultdict(lambda: NERGENS, bekend)
    multi = "multipart/form-data; boundary=g"
    for soort, body, extra in (
        ("application/x-www-form-urlencoded", b"csrf=" + b"x" * 43, {}),
        ("text/plain", b"csrf=x", {}),
        (multi, LEEG, {}),
        (multi, ZONDER, {"HX-Request": "true"}),
        ("Multipart/Form-Data; boundary=g", ZONDER, {}),
        (multi, NA, {}),
    ):
        for route in POSTS:
            adres = route.path.format_map(waarden)
            headers = SAME_ORIGIN | {"Content-Type": soort} | extra
            response = await browser.client.post(adres, content=body, headers=headers)
            assert response.status_code in (400, 404), f"{route.path} {soort} {body[:30]!r}: {response.status_code}"
    async with browser.portal.state.db() as session:
        assert not (await session.scalars(select(tables.ConceptStap))).all()
        assert len((await session.scalars(select(tables.Concept))).all()) == 1


async def test_a_form_sent_another_way_than_our_page_does_is_read_or_refused(
    browser: Browser, invuller: Invuller
) -> None:
    await browser.log_in(factories.burger())
    pagina = await invuller.begin("proef-alles")
    aanvraag = _id(pagina)
    for soort in ("multipart/form-data; boundary=g", "Multipart/Form-Data; boundary=g"):
        for adres in (
            "/formulieren/proef-alles/start",
            "/formulieren/proef-check/check",
            f"/aanvragen/{aanvraag}/naam",
            f"/aanvragen/{aanvraag}/dingen/{NERGENS}",
            f"/aanvragen/{aanvraag}/dingen/{NERGENS}/verwijderen",
            f"/aanvragen/{aanvraag}/controleren",
        ):
            body = b'--g\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + browser.csrf.encode()
            response = await browser.client.post(
                adres, content=body + b"\r\n--g--\r\n", headers=SAME_ORIGIN | {"Content-Type": soort}
            )
            assert response.status_code < 500, f"{soort} {adres}: {response.status_code}"


# ---- what is sent ------------------------------------------------------------------------------------------


async def test_what_was_not_asked_is_not_taken(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger())
    pagina = await vul_in(invuller, "proef-alles", tot="soort")
    anders = await invuller.stuur(pagina, {"soort": "c"})
    assert anders.status == 422
    pagina = await invuller.stuur(
        pagina,
        {
            "soort": "a",
            "waarom_b": GEHEIM,
            "eigenaar": "x",
            "leges": "0",
            "berekend.leges": "0",
            "naam": "Overschreven",
            "gezien": "soort waarom_b naam leges eigenaar",
        },
    )
    async with browser.portal.state.db() as session:
        rijen = (await session.scalars(select(tables.ConceptStap))).all()
    alles = b" ".join(browser.portal.state.sleutels.decrypt(rij.antwoorden) for rij in rijen).decode()
    assert "Overschreven" not in alles
    assert "eigenaar" not in alles
    assert "leges" not in alles


async def test_an_address_that_nobody_looked_up_says_so(invuller: Invuller, browser: Browser) -> None:
    """The button to add a file looks nothing up, and an address page takes it too."""
    await browser.log_in(factories.burger())
    pagina = await vul_in(invuller, "proef-alles", tot="adres")
    verzonnen = {"adres-postcode": "7411 KT", "adres-huisnummer": "99999"}
    await invuller.stuur(pagina, verzonnen, actie="toevoegen")
    verder = await invuller.open(f"/aanvragen/{_id(pagina)}/plek")
    assert verder.stap() == "plek"
    verder = await invuller.stuur(verder, {"plek-tekst": "Op het plein"})
    verder = await invuller.stuur(verder, bestanden=[("bewijs", "a.pdf", PDF)])
    controle = await invuller.stuur(verder)
    assert controle.stap() == "controleren"
    assert "99999" in controle.tekst
    assert "Niet gecontroleerd" in controle.tekst


@pytest.mark.parametrize("veld", ["naam", "verhaal"])
async def test_markup_in_an_answer_stays_text(invuller: Invuller, browser: Browser, veld: str) -> None:
    await browser.log_in(factories.burger())
    pagina = await invuller.begin("proef-alles")
    kort = "<b>x</b>{{7*7}}{tarief.proef}"
    antwoorden = {"naam": kort}
    pagina = await invuller.stuur(pagina, antwoorden)
    assert kort not in pagina.response.text
    pagina = await invuller.stuur(pagina, {"verhaal": XSS})
    terug = await invuller.open(f"/aanvragen/{_id(pagina)}/over-u")
    assert "<script>alert" not in terug.response.text
    assert terug.velden["verhaal"][0].strip() == XSS


# ---- whose it is -----------------------------------------------------------------------------------------


async def test_a_vestiging_never_sees_what_the_whole_company_fills_in(invuller: Invuller, browser: Browser) -> None:
    namen = ("000045000011", "000045000012", None)
    gezien: dict[str | None, str] = {}
    for vestiging in namen:
        await browser.log_in(factories.bedrijf(vestiging=vestiging), "Bakkerij")
        pagina = await invuller.begin("proef-bedrijf")
        gezien[vestiging] = _id(pagina)
    assert len(set(gezien.values())) == 3
    for vestiging in namen:
        await browser.log_in(factories.bedrijf(vestiging=vestiging, beperkt=vestiging is not None), "Bakkerij")
        for van, aanvraag in gezien.items():
            response = await browser.client.get(f"/aanvragen/{aanvraag}")
            assert (response.status_code == 404) == (van != vestiging)


@pytest.mark.parametrize("ingelogd", [True, False])
async def test_logging_out_forgets_the_answers_of_a_check(browser: Browser, *, ingelogd: bool) -> None:
    if ingelogd:  # else the session had ended by itself
        await browser.log_in(factories.burger())
    koekjes = ("voorcheck", "ondertekenen")
    for naam in koekjes:
        browser.client.cookies.set(naam, "x" * 43, domain="localhost.local")
    await browser.post("/uitloggen")
    assert not [naam for naam in koekjes if naam in browser.client.cookies]


async def test_a_secret_address_of_a_child_is_not_shown_to_a_parent(portal: FastAPI) -> None:
    """The parent with gezag may be the very one from whom the address is kept."""
    gevraagd = ("brp.naam", "brp.adres", "brp.postcode", "brp.gemeente")
    velden = ("burgerservicenummer", "naam", "verblijfplaats", "gemeenteVanInschrijving")
    geheim = await portal.state.bronnen.brp.persoon(factories.burger(factories.EVA), velden)
    assert geheim.heeft_geheimhouding

    class Register:
        async def kind(self, *_wat: object) -> object:
            return geheim

    bronnen: Any = SimpleNamespace(brp=Register())
    kind = Voor("kind", "Een kind", factories.EVA)
    gevonden, _weg = await haal_op(gevraagd, factories.burger(), kind, bronnen, portal.state.sleutels, portal.state.db)
    assert set(gevonden) == {"brp.naam"}


def test_a_form_that_others_sign_knows_whether_the_address_is_secret() -> None:
    assert "brp.geheimhouding" in paden(Formulieren.lees(DATA).get("verhuizing-doorgeven"))


# ---- what others can read --------------------------------------------------------------------------------


async def test_files_and_copies_are_not_kept_by_a_browser_or_shown_by_it(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger())
    pagina = await vul_in(invuller, "proef-alles", tot="bewijs")
    pagina = await invuller.stuur(
        pagina, actie="toevoegen", bestanden=[("bewijs", '../../"><script>x\r\nSet-Cookie: a=b.pdf', PDF)]
    )
    assert "<script>x" not in pagina.response.text
    async with browser.portal.state.db() as session:
        bestand = await session.scalar(select(tables.Bestand.id))
    for url in (f"/aanvragen/{_id(pagina)}/bestanden/{bestand}", str(pagina.response.url)):
        response = await browser.client.get(url)
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
    response = await browser.client.get(f"/aanvragen/{_id(pagina)}/bestanden/{bestand}")
    assert response.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert "set-cookie" not in response.headers


@pytest.mark.seed("N10")
async def test_the_database_holds_nothing_that_was_filled_in(
    invuller: Invuller, browser: Browser, portal: FastAPI
) -> None:
    await browser.log_in(factories.burger(factories.ANNA), "Anna Jansen")
    controle = await vul_in(invuller, "proef-alles")
    await _expect_encrypted(portal)
    await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    await _expect_encrypted(portal)


async def _expect_encrypted(portal: FastAPI) -> None:
    feiten = (*factories.PERSOONLIJK, "iemand@example.nl", "Een antwoord", "langer antwoord", "TEST0000000101", "a.pdf")
    async with portal.state.db() as session:
        for tabel in tables.Base.metadata.tables:
            for rij in (await session.execute(text(f"SELECT * FROM {tabel}"))).all():  # noqa: S608  our own tables
                gevonden = [feit for feit in feiten if feit in str(tuple(rij))]
                assert not gevonden, f"{tabel}: {gevonden}"
