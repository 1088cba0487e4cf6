"""An answer of an earlier application is proposed with its date: to the same person only, while it is kept."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from pip_portal import tables
from pip_portal.formulieren.laden import DefinitieFouten, Formulieren
from pip_portal.tijd import now
from pip_portal.weergave import datum
from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.conftest import DATA
from tests.formulieren.paginas.invuller import Invuller, Pagina, vul_in


async def _stuur(invuller: Invuller, slug: str, antwoorden: dict[str, object], voor: str = "zelf") -> None:
    controle = await _tot(invuller, slug, "controleren", antwoorden, voor)
    assert (await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")).stap() == "ontvangen"


async def _tot(
    invuller: Invuller, slug: str, stap: str, antwoorden: dict[str, object] | None = None, voor: str = "zelf"
) -> Pagina:
    """As far as this page, with these answers and else what the page proposes."""
    start = await invuller.open(f"/formulieren/{slug}/start")
    keuzes = start.document.xpath("//input[@name='voor_wie']/@value")
    wie = {"voor_wie": (keuzes[1] if voor == "kind" else keuzes[0])} if keuzes else {}
    pagina = await invuller.stuur(start, wie)
    while pagina.stap() != stap:
        hier = {naam: waarde for naam, waarde in (antwoorden or {}).items() if naam.split("-")[0] == pagina.stap()}
        pagina = await invuller.stuur(pagina, hier)
        assert pagina.status == 200
    return pagina


DAG = {"dag-dag": "3", "dag-maand": "10", "dag-jaar": "2027"}
ALLES = {"naam": "Straatfeest", **DAG, "soort": "b"}


@pytest.mark.seed("B5", "P7")
async def test_what_was_answered_before_is_proposed_with_its_date_and_can_be_changed(
    invuller: Invuller, browser: Browser
) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    eerste = await vul_in(invuller, "proef-alles", {"naam": "Straatfeest"})
    await invuller.stuur(eerste, {"verklaring": "ja"}, actie="versturen")
    naam = await _tot(invuller, "proef-eerder", "naam")
    assert naam.velden["naam"] == ["Straatfeest"]
    assert f"Overgenomen uit: uw aanvraag van {datum(now())}. U kunt dit veranderen." in naam.tekst
    assert "Overgenomen" not in (await invuller.stuur(naam, {"naam": "Buurtfeest"})).tekst, "not asked before"
    opnieuw = await invuller.open(str(naam.response.url))
    assert opnieuw.velden["naam"] == ["Buurtfeest"], "an answer of one's own goes before a proposal"
    dag = await invuller.stuur(opnieuw)
    controle = await invuller.stuur(await invuller.stuur(dag, DAG), {"soort": "b"})
    await invuller.stuur(controle, {"verklaring": "ja"}, actie="versturen")
    dag = await _tot(invuller, "proef-eerder", "dag")
    assert [dag.velden[f"dag-{deel}"] for deel in ("dag", "maand", "jaar")] == [["3"], ["10"], ["2027"]]
    soort = await invuller.stuur(dag)
    assert soort.velden["soort"] == ["b"]
    assert "Overgenomen uit: uw aanvraag van" in soort.tekst


async def test_nobody_elses_answer_is_ever_proposed(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    await _stuur(invuller, "proef-eerder", ALLES, voor="kind")
    for wie, voor in ((factories.ANNA, "zelf"), (factories.MEHMET, "zelf")):
        await browser.log_in(factories.burger(wie))
        dag = await _tot(invuller, "proef-eerder", "dag", {"naam": "Iets"}, voor)
        assert "Overgenomen" not in dag.tekst
        assert dag.velden["dag-jaar"] == [""]
    await browser.log_in(factories.burger(factories.ANNA))
    await invuller.stuur(await invuller.open("/formulieren/proef-eerder/start"))
    dag = await _tot(invuller, "proef-eerder", "dag", {"naam": "Iets"}, "kind")
    assert dag.velden["dag-jaar"] == ["2027"], "for the same child it is"


async def test_what_is_not_kept_any_more_is_not_proposed(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    await _stuur(invuller, "proef-eerder", ALLES)
    dag = await _tot(invuller, "proef-eerder", "dag", {"naam": "Iets"})
    assert dag.velden["dag-jaar"] == ["2027"]
    async with browser.portal.state.db.begin() as session:
        await session.execute(update(tables.Inzending).values(inhoud=b"", opgeruimd_op=now()))
    await browser.log_in(factories.burger(factories.ANNA))
    opnieuw = await invuller.open(str(dag.response.url))
    assert opnieuw.velden["dag-jaar"] == [""]
    assert "Overgenomen" not in opnieuw.tekst


async def test_the_newest_answer_goes_before_an_older_one(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    await _stuur(invuller, "proef-eerder", ALLES)
    async with browser.portal.state.db.begin() as session:
        await session.execute(update(tables.Inzending).values(ontvangen_op=now() - timedelta(days=40)))
    await _stuur(invuller, "proef-eerder", ALLES | {"soort": "a"})
    async with browser.portal.state.db.begin() as session:
        await session.execute(delete(tables.Teller))
    soort = await _tot(invuller, "proef-eerder", "soort", {"naam": "Iets"})
    assert soort.velden["soort"] == ["a"]
    assert f"uw aanvraag van {datum(now())}" in soort.tekst


@pytest.mark.parametrize(
    ("bron", "type_", "zin"),
    [
        ("eerder.proef-alles.rekening", "iban", "is gevoelig en mag niet in een ander product"),
        ("eerder.proef-hoog.reden", "tekst", "vraagt een hoger inlogniveau dan dit formulier"),
        ("eerder.proef-alles.gelezen", "akkoord", "kan hier niet worden voorgesteld"),
        ("eerder.proef-alles.aantal", "tekst", "kan hier niet worden voorgesteld"),
        ("eerder.proef-alles.ding", "tekst", "een vraag in een groep"),
        ("eerder.proef-alles.niets", "tekst", "heeft geen vraag 'niets'"),
        ("eerder.bestaat-niet.naam", "tekst", "er is geen formulier 'bestaat-niet'"),
    ],
)
def test_a_proposal_that_may_not_be_made_stops_the_start(tmp_path: Path, bron: str, type_: str, zin: str) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    bestand = tmp_path / "data" / "formulieren" / "proef-eerder.yaml"
    oud = "{veld: naam, type: tekst, max: 40, bron: eerder.proef-alles.naam,"
    assert oud in bestand.read_text()
    bestand.write_text(bestand.read_text().replace(oud, f"{{veld: naam, type: {type_}, bron: {bron},"))
    with pytest.raises(DefinitieFouten) as fout:
        Formulieren.lees(tmp_path / "data")
    [regel] = fout.value.regels
    assert zin in regel
    assert "proef-eerder.yaml:" in regel
