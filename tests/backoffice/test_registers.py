"""BRP and KVK as the client gives them."""

import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen, open_backoffices
from pip_portal.backoffice.brp import VELDEN, Persoon
from pip_portal.backoffice.kvk import Basisprofiel, KvkAdres, Vestiging
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from tests import factories
from tests.backoffice.conftest import Open


async def test_a_burger_is_known_with_address_and_children(bronnen: Bronnen) -> None:
    sanne = await bronnen.brp.persoon(factories.burger(factories.SANNE))
    assert sanne is not None
    assert sanne.verblijfplaats is not None
    assert sanne.verblijfplaats.regels == ("Zwolseweg 180", "7412 AR Deventer")
    assert [kind.naam.volledig for kind in sanne.kinderen if kind.naam] == ["Noor de Vries"]
    assert not sanne.heeft_geheimhouding
    assert factories.SANNE not in repr(sanne)


async def test_geheimhouding_death_and_emigration_are_seen(bronnen: Bronnen) -> None:
    eva = await bronnen.brp.persoon(factories.burger(factories.EVA))
    cornelis = await bronnen.brp.persoon(factories.burger(factories.CORNELIS))
    ingrid = await bronnen.brp.persoon(factories.burger(factories.INGRID))
    assert eva is not None
    assert eva.heeft_geheimhouding
    assert cornelis is not None
    assert not cornelis.mag_inloggen
    assert ingrid is not None
    assert ingrid.mag_inloggen
    assert ingrid.verblijfplaats is not None
    assert ingrid.verblijfplaats.is_buitenland


async def test_an_unknown_bsn_is_nobody(bronnen: Bronnen) -> None:
    assert await bronnen.brp.persoon(factories.burger("999990019")) is None


async def test_nothing_of_a_person_is_remembered(backoffice: FastAPI, bronnen: Bronnen) -> None:
    anna = factories.burger()
    assert await bronnen.brp.persoon(anna) is not None
    backoffice.state.beheer.storing(api="brp", soort="status")
    with pytest.raises(BackofficeUnavailable) as storing:
        await bronnen.brp.persoon(anna)
    assert storing.value.bron == "Basisregistratie Personen"


async def test_a_partly_unknown_date_is_shown_as_the_brp_writes_it() -> None:
    persoon = Persoon.model_validate(
        {"geboorte": {"datum": {"type": "JaarDatum", "jaar": 1950, "langFormaat": "1950"}}, "inOnderzoek": {"x": True}}
    )
    assert persoon.geboorte is not None
    assert str(persoon.geboorte.datum) == "1950"
    assert persoon.is_in_onderzoek


async def test_a_company_is_known_with_rsin_and_vestigingen(bronnen: Bronnen) -> None:
    profiel = await bronnen.kvk.basisprofiel(factories.bedrijf())
    vestigingen = await bronnen.kvk.vestigingen(factories.bedrijf())
    assert profiel is not None
    assert profiel.rsin == factories.RSIN[factories.BAKKERIJ]
    assert not profiel.is_opgeheven
    assert [v.vestigingsnummer for v in vestigingen] == ["000045000011", "000045000012"]
    assert vestigingen[0].is_hoofdvestiging


async def test_an_eenmanszaak_has_no_rsin_and_a_dissolved_company_says_so(bronnen: Bronnen) -> None:
    klusbedrijf = await bronnen.kvk.basisprofiel(factories.bedrijf(factories.KLUSBEDRIJF))
    ontbonden = await bronnen.kvk.basisprofiel(factories.bedrijf(factories.ONTBONDEN))
    assert klusbedrijf is not None
    assert klusbedrijf.rsin is None
    assert ontbonden is not None
    assert ontbonden.is_opgeheven


@pytest.mark.parametrize("nummer", ["12345678", "1", "../../x", "９０００００１１"])
async def test_an_unknown_or_malformed_number_is_no_company(bronnen: Bronnen, nummer: str) -> None:
    assert await bronnen.kvk.basisprofiel(factories.bedrijf(nummer)) is None
    assert await bronnen.kvk.vestigingen(factories.bedrijf(nummer)) == ()


async def test_a_register_that_is_not_configured_is_an_outage(open_bronnen: Open) -> None:
    bronnen = await open_bronnen(brp=None, kvk=None)
    with pytest.raises(BackofficeUnavailable):
        await bronnen.brp.persoon(factories.burger())
    with pytest.raises(BackofficeUnavailable):
        await bronnen.kvk.basisprofiel(factories.bedrijf())


async def test_garbage_of_a_register_is_a_defect(backoffice: FastAPI, bronnen: Bronnen) -> None:
    backoffice.state.beheer.storing(api="kvk", soort="onzin")
    with pytest.raises(BackofficeDefect):
        await bronnen.kvk.basisprofiel(factories.bedrijf())


def test_a_shielded_address_is_not_shown() -> None:
    adres = {"straatnaam": "Brink", "huisnummer": 1, "postcode": "7411BX", "plaats": "Deventer"}
    assert KvkAdres.model_validate(adres).regels == ("Brink 1", "7411 BX Deventer")
    assert KvkAdres.model_validate(adres | {"indAfgeschermd": "Ja"}).regels == ()
    assert Basisprofiel.model_validate({"kvkNummer": "90000110"}).rsin is None


def test_an_address_that_is_absent_is_not_called_shielded() -> None:
    vestiging = {"vestigingsnummer": "000045000011"}
    assert not Vestiging.model_validate(vestiging).is_afgeschermd
    dicht = Vestiging.model_validate(vestiging | {"indAdresAfgeschermd": "Ja", "volledigAdres": "Brink 1 Deventer"})
    assert (dicht.is_afgeschermd, dicht.adres) == (True, "")


def test_the_brp_is_asked_for_no_bsn_of_a_relative() -> None:
    velden = [veld for veld in VELDEN if veld.startswith(("partners", "kinderen", "ouders"))]
    assert velden
    assert not [veld for veld in velden if "." not in veld or "burgerservicenummer" in veld]


async def test_opening_the_sources_calls_nothing(backoffice: FastAPI) -> None:
    bronnen = await open_backoffices(factories.settings("sqlite+aiosqlite:///:memory:"))
    await bronnen.aclose()
    assert backoffice.state.beheer.oproepen == []
