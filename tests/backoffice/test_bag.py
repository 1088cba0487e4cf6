import pytest
from fastapi import FastAPI

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.rijksdriehoek import naar_wgs84
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from tests.backoffice.conftest import Open


async def test_every_toevoeging_is_found_however_it_is_typed(bronnen: Bronnen) -> None:
    for postcode in ("7411BV", "7411 bv", " 7411bv "):
        adressen = await bronnen.bag.adressen(postcode, 45)
        assert [adres.nummer for adres in adressen] == ["45", "45-A", "45-B", "45-C"]
    assert adressen[2].regel == "Brink 45-B, 7411 BV Deventer"
    assert adressen[2].gemeente == "Deventer"
    assert len(adressen[2].nummeraanduiding_id) == 16


async def test_letters_and_numbers_stand_in_their_order(bronnen: Bronnen) -> None:
    assert [adres.nummer for adres in await bronnen.bag.adressen("7413AL", 210)] == ["210", "210A", "210B"]
    torens = await bronnen.bag.adressen("7415DH", 12)
    assert [adres.toevoeging for adres in torens] == ["", *map(str, range(1, 13))]


async def test_a_village_lies_in_the_gemeente_and_another_town_does_not(bronnen: Bronnen) -> None:
    [bathmen] = await bronnen.bag.adressen("7437AK", 18)
    [apeldoorn] = await bronnen.bag.adressen("7311KA", 7)
    assert (bathmen.plaats, bathmen.gemeente) == ("Bathmen", "Deventer")
    assert apeldoorn.gemeente == "Apeldoorn"


async def test_what_does_not_exist_is_no_address(bronnen: Bronnen, backoffice: FastAPI) -> None:
    assert await bronnen.bag.adressen("7411BV", 999) == ()
    backoffice.state.beheer.wis_oproepen()
    assert await bronnen.bag.adressen("0000XX", 1) == ()
    assert await bronnen.bag.adressen("7411BV", 0) == ()
    assert not backoffice.state.beheer.oproepen


async def test_an_outage_is_not_an_unknown_address(bronnen: Bronnen, backoffice: FastAPI, open_bronnen: Open) -> None:
    backoffice.state.beheer.storing(api="bag", soort="status", status=500)
    with pytest.raises(BackofficeUnavailable):
        await bronnen.bag.adressen("7411BV", 45)
    zonder = await open_bronnen(bag=None)
    assert not zonder.bag.is_ingesteld
    with pytest.raises(BackofficeUnavailable):
        await zonder.bag.adressen("7411BV", 45)


async def test_an_address_has_a_place_on_the_map(bronnen: Bronnen) -> None:
    lengte, breedte = naar_wgs84(120_700.723, 487_525.501)  # the Westertoren, the example of the source
    assert (round(lengte, 5), round(breedte, 5)) == (4.88353, 52.37453)
    brink = (await bronnen.bag.adressen("7411BV", 45))[0]
    punt = await bronnen.bag.punt(brink.nummeraanduiding_id)
    assert punt is not None
    assert (round(punt[0], 4), round(punt[1], 4)) == (6.1581, 52.253)
    assert await bronnen.bag.punt("../adressen") is None
    with pytest.raises(NotFound):
        await bronnen.bag.punt("0150200000009999")


async def test_an_answer_that_is_no_address_is_a_defect(bronnen: Bronnen, backoffice: FastAPI) -> None:
    backoffice.state.beheer.storing(api="bag", soort="onzin")
    with pytest.raises(BackofficeDefect):
        await bronnen.bag.adressen("7411BV", 45)
