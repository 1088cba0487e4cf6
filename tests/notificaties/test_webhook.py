"""Where the backoffice tells what changed: who may, what is taken, and that it is taken once."""

import asyncio
import time

import pytest
from sqlalchemy import func, select

from pip_portal.notificaties.ontvangst import SOORT
from pip_portal.tables import Opdracht
from tests import factories
from tests.notificaties.conftest import GEHEIM, ZAKEN, Json, Wereld, bericht

ZAAK, STATUS = (f"{ZAKEN}/{soort}/00000000-0000-4000-8000-000000000000" for soort in ("zaken", "statussen"))


async def in_de_rij(wereld: Wereld) -> int:
    async with wereld.portal.state.db() as session:
        return await session.scalar(select(func.count()).select_from(Opdracht).where(Opdracht.soort == SOORT)) or 0


async def test_only_who_knows_the_secret_may_tell_anything(wereld: Wereld) -> None:
    goed = bericht(ZAAK, "status", STATUS)
    assert (await wereld.web.post("/webhooks/notificaties", json=goed)).status_code == 401
    for fout in ("Bearer x", f"bearer {GEHEIM}", GEHEIM, f"Bearer {GEHEIM} ", "Bearer \u00e9"):
        response = await wereld.web.post(
            "/webhooks/notificaties", json=goed, headers=[(b"Authorization", fout.encode("latin-1"))]
        )
        assert response.status_code == 403, fout
    assert await in_de_rij(wereld) == 0
    assert (await wereld.web.get("/webhooks/notificaties")).status_code == 405


async def test_the_test_call_of_a_new_abonnement_is_answered_and_forgotten(wereld: Wereld) -> None:
    test = bericht("http://some.hoofdobject.nl/", "some_resource", "http://some.resource.nl/", kanaal="test")
    assert (await wereld.stuur(test)).status_code == 204
    assert await wereld.tellingen() == {}


GOED = bericht(ZAAK, "status", STATUS)


@pytest.mark.parametrize(
    "inhoud",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", {}, GOED | {"resourceUrl": "statussen/1"}, GOED | {"aanmaakdatum": "nu"}]
    + [GOED | {naam: None} for naam in ("kanaal", "resource", "actie", "hoofdObject")]
    + [GOED | {"actie": "x" * 101}, GOED | {"resourceUrl": "https://" + "x" * 1000}],
)
async def test_what_is_no_notification_is_refused(wereld: Wereld, inhoud: Json | bytes) -> None:
    assert (await wereld.stuur(inhoud)).status_code == 400
    assert await in_de_rij(wereld) == 0


async def test_cloudevents_and_what_is_too_large_are_refused(wereld: Wereld) -> None:
    cloud = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
    assert (await wereld.stuur(GOED, **cloud)).status_code == 415
    assert (await wereld.stuur(GOED | {"kenmerken": {"x": "y" * 25_000}})).status_code == 413
    assert (await wereld.stuur(b"x" * 70_000)).status_code == 413


async def test_the_same_notification_again_is_one(wereld: Wereld) -> None:
    een = bericht(ZAAK, "status", STATUS)
    for sent in (een, een, een | {"kenmerken": {}}, een | {"hoofdObject": ZAAK}):
        assert (await wereld.stuur(sent)).status_code == 204
    assert await in_de_rij(wereld) == 1
    await wereld.werk()
    assert (await wereld.stuur(een)).status_code == 204
    await wereld.werk()
    assert await in_de_rij(wereld) == 1
    later = bericht(ZAAK, "status", STATUS)
    assert (await wereld.stuur(later)).status_code == 204
    assert await in_de_rij(wereld) == 2


@pytest.mark.parametrize(
    ("velden", "reden"),
    [
        ({"kanaal": "zaaktypen"}, "kanaal"),
        ({"resource": "zaakeigenschap"}, "resource"),
        ({"actie": "destroy"}, "actie"),
        ({"aanmaakdatum": "2019-01-01T12:00:00Z"}, "te_oud"),
        ({"hoofdObject": "https://elders.example/zaken/api/v1/zaken/1"}, "onbekende_bron"),
        ({"resourceUrl": STATUS.replace("8020", "8021")}, "onbekende_bron"),
        ({"resourceUrl": f"{factories.BACKOFFICE}@kwaad.example/zaken/api/v1/statussen/1"}, "onbekende_bron"),
        ({"resourceUrl": f"{ZAKEN}/statussen/../zaken/1"}, "onbekende_bron"),
        ({"resourceUrl": f"{ZAKEN}/statussen/00000000-0000-4000-8000-000000000000?x=1"}, "onbekende_bron"),
        ({"resourceUrl": ZAAK}, "onbekende_bron"),
    ],
)
async def test_what_is_no_news_or_from_elsewhere_is_taken_but_never_followed(
    wereld: Wereld, velden: Json, reden: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        assert (await wereld.stuur(GOED | velden)).status_code == 204
    assert await in_de_rij(wereld) == 0
    assert await wereld.tellingen() == {"ontvangen": 1, reden: 1}
    assert reden in [getattr(record, "reden", "") for record in caplog.records]


async def test_without_a_secret_in_the_settings_nobody_may(wereld: Wereld) -> None:
    wereld.portal.state.settings = wereld.portal.state.settings.model_copy(
        update={"notificaties_geheim": type(wereld.portal.state.settings.notificaties_geheim)("")}
    )
    for kop in ("Bearer ", "Bearer", f"Bearer {GEHEIM}"):
        assert (await wereld.stuur(GOED, Authorization=kop)).status_code == 403


async def test_a_database_that_is_away_makes_the_sender_try_again(wereld: Wereld) -> None:
    db = wereld.portal.state.ontvangst._db

    class Weg:
        def begin(self) -> object:
            raise OSError

    wereld.portal.state.ontvangst._db = Weg()
    een = bericht(ZAAK, "status", STATUS)
    assert (await wereld.stuur(een)).status_code == 503
    wereld.portal.state.ontvangst._db = db
    assert (await wereld.stuur(een)).status_code == 204
    assert await in_de_rij(wereld) == 1


async def test_a_storm_is_stored_whole_in_a_few_transactions(wereld: Wereld) -> None:
    """The times are measured in `make bench`; here that nothing is lost and that they share their transactions."""
    keren: list[int] = []
    schrijf = wereld.portal.state.ontvangst._schrijf

    async def tel(samen: list[object]) -> None:
        keren.append(len(samen))
        await schrijf(samen)

    wereld.portal.state.ontvangst._schrijf = tel
    url = f"{ZAKEN}/statussen/00000000-0000-4000-8000-"
    storm = [bericht(ZAAK, "status", f"{url}{n:012}") for n in range(250)]
    begin = time.monotonic()
    antwoorden = await asyncio.gather(*(wereld.stuur(sent) for sent in storm * 2))
    assert {antwoord.status_code for antwoord in antwoorden} == {204}
    assert await in_de_rij(wereld) == 250
    assert sum(keren) == 500
    assert len(keren) < 100
    assert time.monotonic() - begin < 30
