"""Whatever is killed, delayed, answered wrong or restarted: every confirmed inzending is one complete zaak, and none is
two. Real processes, killed with -9, in an order that a seed decides. `make chaos` does the same with 5,000.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from pip_portal.bestanden.opslag import Bestanden
from pip_portal.db import Sessionmaker, open_db
from pip_portal.inzendingen.indienen import hash_van
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.nummer import document_nummer, maak_nummer
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Bestand, Bewijs, Concept, ConceptStap, Inzending, Opdracht
from tests import factories
from tests.chaos.aanvragen import FORMULIER, bsns, ingevuld
from tests.chaos.drukte import Burgers, Onheil
from tests.chaos.loket import eigenschappen
from tests.chaos.wereld import Wereld, kan_postgres, maak_wereld
from tests.conftest import expect_nothing_personal
from tests.inzendingen.maken import Kast, Werkplaats

log = logging.getLogger(__name__)

# On SQLite a fifth of it, where PostgreSQL gets the whole.
AANTAL = int(os.environ.get("PIP_CHAOS", "300"))
SEED = int(os.environ.get("PIP_CHAOS_SEED", "20261124"))
TEGELIJK = 8
NOG = 60.0 + AANTAL / 10  # seconds for the workers to finish when all is well again

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120 + AANTAL), pytest.mark.geen_database]


@pytest.fixture(params=["sqlite", "postgresql"] if kan_postgres() else ["sqlite"])
def gemaakt(
    request: pytest.FixtureRequest, tmp_path: Path, seeded_backoffice: Path, empty_sqlite: Path
) -> Iterator[Wereld]:
    wereld = maak_wereld(tmp_path, seeded_backoffice, empty_sqlite, postgres=request.param == "postgresql")
    try:
        yield wereld
    finally:
        wereld.stop()


@pytest.fixture
async def wereld(gemaakt: Wereld) -> Wereld:
    await gemaakt.start()
    return gemaakt


@pytest.mark.seed("P7", "X1", "B7")
async def test_chaos(wereld: Wereld) -> None:
    toeval = random.Random(SEED)
    aantal = AANTAL // 5 if kan_postgres() and wereld.cluster is None else AANTAL
    settings = factories.settings(
        wereld.database_url, bestanden={"map": wereld.folder / "bestanden"}, public_url=wereld.portaal_url
    )
    async with open_db(wereld.database_url) as db:
        sleutels = Sleutels(settings)
        werk = Werkplaats(db, sleutels, Bestanden(db, settings, sleutels))
        verwacht = {(await werk.concept()): "" for _ in range(aantal - aantal // 5)}
        for concept_id in verwacht:
            verwacht[concept_id] = (await werk.bijlage(concept_id, inhoud=toeval.randbytes(2000))).sha256
        gezeten = dict([await ingevuld(db, settings, sleutels, bsn) for bsn in islice(bsns(), aantal // 5)])
        concepten = [*verwacht, *gezeten]
        toeval.shuffle(concepten)
        burgers = Burgers(wereld, toeval, concepten, gezeten)
        onheil = Onheil(wereld, random.Random(SEED))
        begin = time.monotonic()
        ramp = asyncio.create_task(onheil.regeert())
        try:
            await burgers.versturen(TEGELIJK)
            verstuurd = time.monotonic()
            await tot_er_nog(db, aantal // 2)
        finally:
            onheil.genoeg = True
            await ramp
        await onheil.is_voorbij()
        await tot_er_nog(db, 0)
        klaar = time.monotonic()
        log.warning(
            "%d bevestigd, %d weggelopen, %d keer onheil, verstuurd in %.0f s, klaar %.0f s later",
            len(burgers.bevestigd),
            len(burgers.opgegeven),
            len(onheil.wat),
            verstuurd - begin,
            klaar - verstuurd,
        )
        await controleer(db, sleutels, wereld, burgers, verwacht)
    assert len(burgers.bevestigd) >= 0.6 * aantal
    for naam, proces in wereld.processen.items():
        assert proces.keren_dood >= 1, f"{naam} werd niet gedood"
    assert wereld.cluster is None or wereld.cluster.keren_dood >= 1
    expect_nothing_personal(wereld.logboek())


async def tot_er_nog(db: Sessionmaker, hoogstens: int) -> None:
    """Wait until no more than this many are still to be handed over. The database may be away for a moment."""
    open_ = select(func.count()).select_from(Opdracht).where(Opdracht.toestand.in_(("nieuw", "bezig")))
    uiterlijk, aantal = time.monotonic() + NOG, hoogstens + 1
    while True:
        with contextlib.suppress(SQLAlchemyError):
            async with db() as session:
                aantal = await session.scalar(open_) or 0
            if aantal <= hoogstens:
                return
        assert time.monotonic() < uiterlijk, f"{aantal} opdrachten komen niet af"
        await asyncio.sleep(0.3)


async def controleer(
    db: Sessionmaker, sleutels: Sleutels, wereld: Wereld, burgers: Burgers, verwacht: dict[str, str]
) -> None:
    async with db() as session:
        inzendingen = {rij.concept_id: rij for rij in await session.scalars(select(Inzending))}
        concepten = {rij.id: rij for rij in await session.scalars(select(Concept))}
        stappen = set(await session.scalars(select(ConceptStap.concept_id)))
        bewijzen = list(await session.execute(select(Bewijs.gebeurtenis, Bewijs.kenmerk)))
        dood = list(await session.execute(select(Opdracht.sleutel, Opdracht.fout).where(Opdracht.toestand == "dood")))
        bestanden = list(await session.scalars(select(Bestand.inzending_id)))
    assert dood == []
    kast = Kast(wereld.backoffice_db)
    for concept_id, nummer in burgers.bevestigd.items():
        assert concept_id in inzendingen, "bevestigd, maar niet bewaard"
        assert inzendingen[concept_id].nummer == nummer == maak_nummer(UUID(concept_id))
    for concept_id, concept in concepten.items():
        if concept_id in inzendingen:  # also when its confirmation never arrived
            rij = inzendingen[concept_id]
            inhoud = Inhoud.model_validate_json(sleutels.decrypt(rij.inhoud))
            controleer_zaak(kast, concept_id, rij, inhoud)
            assert [bijlage.sha256 for bijlage in inhoud.bijlagen] == (
                [verwacht[concept_id]] if concept_id in verwacht else []
            )
            assert concept.verzonden_op is not None
            assert concept_id not in stappen
        else:  # nothing was confirmed, and nothing was lost: it can still be sent
            assert concept.verzonden_op is None
            assert concept_id in stappen
    nummers = sorted(rij.nummer for rij in inzendingen.values())
    assert sorted(kast.nummers()) == nummers  # none that nobody sent, none double
    assert sorted(k for g, k in bewijzen if g == "ontvangen") == nummers
    assert sorted(k for g, k in bewijzen if g == "overgedragen") == nummers
    assert sum(inzending_id is not None for inzending_id in bestanden) == len(verwacht.keys() & inzendingen.keys())


def controleer_zaak(kast: Kast, concept_id: str, inzending: Inzending, inhoud: Inhoud) -> None:
    """Complete, once, and of this inzending only."""
    assert inzending.toestand == "overgedragen"
    assert hash_van(inhoud) == inzending.hash
    assert inhoud.zaak is not None
    [zaak] = kast.zaken(inzending.nummer)
    assert zaak.zaak["uuid"] == inzending.zaak_uuid
    assert zaak.zaak["kenmerken"] == [{"kenmerk": concept_id, "bron": "portaal"}]
    assert [rol["betrokkeneIdentificatie"]["inpBsn"] for rol in zaak.rollen] == [inhoud.aanvrager.bsn]
    if inhoud.formulier != FORMULIER:
        assert inhoud.zaak.eigenschappen == eigenschappen(concept_id)
    assert zaak.eigenschappen == sorted(inhoud.zaak.eigenschappen.items())
    assert len(zaak.statussen) == 1
    (_, pdf), *bijlagen = zaak.documenten
    assert pdf.startswith(b"%PDF")
    assert [meta["identificatie"] for meta, _ in zaak.documenten] == [
        document_nummer(UUID(concept_id), nummer) for nummer in range(1 + len(inhoud.bijlagen))
    ]
    assert [hashlib.sha256(bytes_).hexdigest() for _, bytes_ in bijlagen] == [b.sha256 for b in inhoud.bijlagen]
