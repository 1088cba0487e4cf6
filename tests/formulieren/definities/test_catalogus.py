"""What a form hands over exists in the catalogus, and every form can be filled in to the end by whom it is for."""

from typing import get_args

import pytest

from pip_portal import demo
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.veldtypen.bestand import BestandVeld
from pip_portal.formulieren.verloop import Verloop, hangt_af_van
from pip_portal.formulieren.voorwaarden import namen_in
from pip_portal.settings import Vertrouwelijkheid
from reference_backoffice.config import DEMO_CLIENTS
from reference_backoffice.fixtures import zaaktypen as fx
from tests.formulieren import voorbeelden

FORMULIEREN = voorbeelden.alle_formulieren()
EIGEN = [formulier for formulier in FORMULIEREN.alle() if not formulier.is_verwijzing]
per_formulier = pytest.mark.parametrize("formulier", EIGEN, ids=[formulier.formulier for formulier in EIGEN])
TOP_18 = {
    *("uittreksel-brp", "verhuizing-doorgeven", "parkeervergunning-bewoners", "parkeervergunning-bedrijven"),
    *("geboorteaangifte", "reisdocument", "melding-openbare-ruimte", "evenementenvergunning"),
    *("melding-klein-evenement", "gehandicaptenparkeerkaart", "kwijtschelding", "exploitatievergunning-horeca"),
    *("standplaats", "bezwaar", "klacht", "adresonderzoek", "woo-verzoek", "omgevingsvergunning"),
}


def zaaktype(formulier: Formulier) -> fx.Definitie:
    return next(z for z in fx.ZAAKTYPEN if z.identificatie == formulier.zaak.zaaktype and z.einde is None)


def bron_zegt_stop(stand: Verloop) -> bool:
    """Whether a page says stop because of what a source knows, whatever is answered."""
    redenen = [namen_in(zicht.gestopt.als) for zicht in stand.stappen if zicht.gestopt]
    return any(not hangt_af_van(stand.formulier, namen) & set(stand.waarden) for namen in redenen)


@pytest.mark.seed("D3")
def test_the_most_asked_products_are_there() -> None:
    assert set(FORMULIEREN.slugs) >= TOP_18


@pytest.mark.seed("P7")
@per_formulier
def test_zaaktype_has_all_that_the_form_hands_over(formulier: Formulier) -> None:
    soort = zaaktype(formulier)
    assert (formulier.termijn.wettelijk, formulier.termijn.service) == (soort.termijn, soort.servicenorm)
    assert set(formulier.zaak.eigenschappen) <= set(soort.eigenschappen)
    assert {deelzaak.zaaktype for deelzaak in formulier.zaak.deelzaken} <= set(soort.deelzaaktypen)
    rollen = {omschrijving for omschrijving, _generiek in fx.ROLTYPEN}
    assert {r.roltype for r in formulier.zaak.rollen} | {o.roltype for o in formulier.ondertekening} <= rollen
    documenten = {omschrijving for omschrijving, *_ in fx.INFORMATIEOBJECTTYPEN} | set(soort.documenten)
    bestanden = [veld for veld in formulier.alle_velden() if isinstance(veld, BestandVeld)]
    assert {formulier.zaak.samenvatting, *(veld.informatieobjecttype for veld in bestanden)} <= documenten


@per_formulier
@pytest.mark.parametrize("rijk", [True, False], ids=["met-gezin", "alleen"])
def test_everybody_it_is_for_can_fill_it_in(formulier: Formulier, rijk: bool) -> None:
    toegang = formulier.toegang
    manieren = {"digid": toegang.digid, "eherkenning": toegang.eherkenning, "anoniem": toegang.anoniem}
    for soort in [naam for naam, mag in manieren.items() if mag]:
        stand = voorbeelden.compleet(formulier, voorbeelden.omgeving(FORMULIEREN, soort=soort, rijk=rijk))
        if rijk and bron_zegt_stop(stand):
            continue
        assert stand.is_compleet, (soort, stand.eerste_open)
        te_lang = {
            naam: waarde
            for naam, pad in formulier.zaak.eigenschappen.items()
            if isinstance(waarde := stand.kennis.waarde(pad), str) and len(waarde) > int(fx.EIGENSCHAPPEN[naam][2])
        }
        assert not te_lang


@per_formulier
def test_the_portal_may_hand_over_every_document_however_confidential(formulier: Formulier) -> None:
    geheim = get_args(Vertrouwelijkheid).index
    soorten = (*fx.INFORMATIEOBJECTTYPEN, *fx.EIGEN_INFORMATIEOBJECTTYPEN)
    standaard = {omschrijving: niveau for omschrijving, _richting, niveau in soorten}
    rechten = [recht for recht in DEMO_CLIENTS[0].rechten if recht.component == "drc"]
    for veld in formulier.alle_velden():
        if isinstance(veld, BestandVeld):
            naam = veld.informatieobjecttype
            niveau = veld.vertrouwelijkheid or standaard[naam]
            assert any(
                geheim(niveau) <= geheim(recht.plafond) for recht in rechten if not recht.typen or naam in recht.typen
            ), veld.veld


def test_kinds_of_document_are_named_once_and_used() -> None:
    namen = [omschrijving for omschrijving, *_ in fx.EIGEN_INFORMATIEOBJECTTYPEN]
    gebruikt = {naam for soort in fx.ZAAKTYPEN for naam in soort.documenten}
    assert len(namen) == len(set(namen))
    assert set(namen) == gebruikt


def test_the_demo_shows_only_properties_that_exist() -> None:
    bekend = {soort.identificatie for soort in fx.ZAAKTYPEN}
    assert set(demo.EIGENSCHAPPEN) <= bekend
    assert {naam for namen in demo.EIGENSCHAPPEN.values() for naam in namen} <= set(fx.EIGENSCHAPPEN)
