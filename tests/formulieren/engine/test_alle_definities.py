"""Every form of the gemeente is walked by machine: nobody clicks through them after a change (forms §4.1)."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pip_portal.formulieren.berekenen import namen_van
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.lint import lint
from pip_portal.formulieren.toepassing import vul
from pip_portal.formulieren.upl import lees_upl
from pip_portal.formulieren.veldtypen.basis import Invoer
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.verloop import verloop
from pip_portal.formulieren.voorwaarden import namen_in
from tests.formulieren.voorbeelden import (
    alle_formulieren,
    antwoord,
    compleet,
    geldige,
    ingevuld,
    omgeving,
    ongeldige,
    voor,
)

UPL = Path(__file__).resolve().parents[4] / "shared" / "specs" / "upl.csv"
FORMULIEREN = alle_formulieren()
SLUGS = [f.formulier for f in FORMULIEREN.alle() if not f.is_verwijzing]


@pytest.fixture(scope="module")
def formulieren() -> Formulieren:
    return FORMULIEREN


def test_the_linter_has_nothing_against_them(formulieren: Formulieren) -> None:
    upl = lees_upl(UPL) if UPL.is_file() else None
    fouten = [str(b) for b in lint(formulieren, upl, date(2026, 11, 24)) if b.niveau == "fout"]
    assert fouten == []


@pytest.mark.seed("B1")
@pytest.mark.parametrize("slug", SLUGS)
def test_there_are_four_other_ways(slug: str, formulieren: Formulieren) -> None:
    assert {"telefoon", "balie", "post", "mail"} <= set(formulieren.get(slug).start.kanalen)


@pytest.mark.parametrize("slug", SLUGS)
def test_good_answers_are_accepted_shown_and_lead_to_the_end(slug: str, formulieren: Formulieren) -> None:
    formulier = formulieren.get(slug)
    om = voor(formulier, formulieren)
    stand = compleet(formulier, om)
    assert stand.is_compleet, (stand.eerste_open, [z.gestopt for z in stand.stappen if z.gestopt])
    for veld in formulier.alle_velden():
        if isinstance(veld, GroepVeld) or not veld.heeft_antwoord:
            continue
        for invoer in geldige(veld, om):
            lezing = veld.lees(Invoer.van(invoer), om, stand.waarden)
            assert lezing.fouten == {}, (veld.veld, invoer)
            assert lezing.waarde is not None
            assert veld.geldig(lezing.waarde, om, stand.waarden) is not None
            assert veld.type == "bestand" or veld.toon(lezing.waarde, om)
    for bevestiging in formulier.bevestiging:
        assert "{" not in vul(bevestiging.tekst, stand).nl


@pytest.mark.parametrize("slug", SLUGS)
def test_bad_answers_get_an_error_at_a_control_that_exists(slug: str, formulieren: Formulieren) -> None:
    formulier = formulieren.get(slug)
    om = voor(formulier, formulieren)
    for veld in [*formulier.alle_velden(), *(formulier.voorcheck.velden if formulier.voorcheck else ())]:
        for fout in ongeldige(veld, om):
            lezing = veld.lees(Invoer.van(fout.invoer), om, {})
            assert lezing.waarde is None, (veld.veld, fout.wat)
            assert set(lezing.fouten) == {fout.controle}, (veld.veld, fout.wat, lezing.fouten)
            assert fout.controle in veld.controles()
            zin = lezing.fouten[fout.controle]
            assert zin.endswith("."), zin
            assert "{" not in zin


@pytest.mark.parametrize("slug", SLUGS)
def test_each_condition_shows_and_hides_and_hidden_is_absent(slug: str, formulieren: Formulieren) -> None:
    """Walk the form with each good answer to each question that decides something."""
    formulier = formulieren.get(slug)
    om = voor(formulier, formulieren)
    namen = {naam.split(".")[0] for stap in formulier.stappen for naam in namen_in(stap.toon_als)}
    namen |= {naam.split(".")[0] for veld in formulier.alle_velden() for naam in namen_in(veld.toon_als)}
    namen |= {naam for b in formulier.berekend.values() for naam in namen_van(b.waarde)}
    beslissers = [veld for veld in formulier.alle_velden() if veld.veld in namen]
    keuzes: list[dict[str, int]] = [{}]
    keuzes += [{veld.veld: n} for veld in beslissers for n in range(min(len(geldige(veld, om)) or 3, 6))]
    paren = itertools.islice(itertools.combinations([veld.veld for veld in beslissers], 2), 8)
    keuzes += [{een: 1, twee: 1} for een, twee in paren]
    toegang = formulier.toegang
    soorten = [("digid", toegang.digid), ("eherkenning", toegang.eherkenning), ("anoniem", toegang.anoniem)]
    alle = {veld.veld for stap in formulier.stappen for veld in stap.velden}
    getoond_ooit: set[str] = set()
    verborgen_ooit: set[str] = set()
    for (soort, mag), rijk in itertools.product(soorten, (True, False)):
        om = omgeving(formulieren, soort=soort, rijk=rijk)
        for keuze in keuzes if mag else ():
            antwoorden = ingevuld(formulier, om, keuze)
            for veld in formulier.alle_velden():  # everything has an answer; what is hidden must not count
                antwoorden.setdefault(veld.veld, antwoord(veld, om, {}))
            stand = verloop(formulier, antwoorden, om)
            getoond = {veld.veld for zicht in stand.stappen for veld in zicht.velden}
            assert set(stand.waarden) <= getoond
            getoond_ooit |= getoond
            verborgen_ooit |= alle - getoond
    voorwaardelijk = {v.veld for s in formulier.stappen for v in s.velden if v.toon_als or s.toon_als}
    genoeg = len(voorwaardelijk) * 0.7 - 1
    assert len(voorwaardelijk & getoond_ooit) >= genoeg, sorted(voorwaardelijk - getoond_ooit)
    assert len(voorwaardelijk & verborgen_ooit) >= genoeg, sorted(voorwaardelijk - verborgen_ooit)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_subset_of_answers_makes_it_fall_over(data: st.DataObject) -> None:
    formulier = FORMULIEREN.get(data.draw(st.sampled_from(SLUGS)))
    om = voor(formulier, FORMULIEREN, rijk=data.draw(st.booleans()))
    keuzes = {veld.veld: data.draw(st.integers(0, 3)) for veld in formulier.alle_velden() if veld.type == "keuze"}
    goed = ingevuld(formulier, om, keuzes)
    namen = data.draw(st.sets(st.sampled_from(sorted(goed)))) if goed else set()
    stand = verloop(formulier, {naam: goed[naam] for naam in namen}, om)
    assert stand.eerste_open is not None or stand.stappen
    for zicht in stand.stappen:
        assert set(zicht.open) <= {veld.veld for veld in zicht.velden}
