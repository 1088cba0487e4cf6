"""The log of processing as a chain: rows are only added, and each one seals all that came before it.

There are a few chains side by side, so that people do not wait for each other; a person is always in the same one.
Each row carries a keyed hash over its content and the row before it, and each chain ends in a sealed head: who can
write in the database but has no key of ours cannot change, add or remove a row without its being found.
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Verwerking, Verwerkingsketen
from pip_portal.tijd import now
from pip_portal.weergave import lokale_dag

KETENS: Final = 16
BEWAREN: Final = timedelta(days=2 * 365)
BEGIN: Final = "0" * 64  # what the first row of a chain follows
STAPEL: Final = 1000  # rows read at once


@dataclass(frozen=True, slots=True)
class Regel:
    """One processing. eigenaar: keyed hash of whom it is about. bronnen: who gave the data, as people know them.

    rol: zelf | gemachtigde | medewerker | portaal. door: keyed hash of who it was, when not the person self.
    """

    eigenaar: str
    activiteit: str
    bronnen: tuple[str, ...]
    rol: str
    door: str
    zaak_uuid: str | None
    trace_id: str
    op: datetime


async def schrijf(session: AsyncSession, sleutels: Sleutels, regels: Sequence[Regel]) -> None:
    """Add these rows, in the transaction of the caller. Always in the same order of chains: nobody waits in a ring."""
    for regel in sorted(regels, key=lambda regel: _keten(regel.eigenaar)):
        nummer = _keten(regel.eigenaar)
        kop = await _pak(session, nummer) or await _begin(session, sleutels, nummer)
        waarden = _waarden(regel) | {"keten": nummer, "volgnr": kop.volgnr}
        waarden["hash"] = _hash(sleutels, waarden, kop.hash)
        await session.execute(insert(Verwerking).values(waarden))
        await _zet_kop(session, sleutels, nummer, kop.volgnr, waarden["hash"], kop.anker_volgnr, kop.anker_hash)


@dataclass(frozen=True, slots=True)
class Uitkomst:
    """fouten: the first thing that is wrong in each chain, in words. aantal: rows that were looked at."""

    aantal: int
    fouten: tuple[str, ...]


async def controleer(db: Sessionmaker, sleutels: Sleutels) -> Uitkomst:
    """Read the whole log and follow every chain."""
    async with db() as session:
        koppen = list(await session.scalars(select(Verwerkingsketen).order_by(Verwerkingsketen.keten)))
        los = await session.scalar(
            select(func.count())
            .select_from(Verwerking)
            .where(Verwerking.keten.not_in(select(Verwerkingsketen.keten).scalar_subquery()))
        )
    fouten, aantal = [], 0
    if los:
        fouten.append(f"verwerkingenlog: {los} regels horen bij geen enkele keten")
    if koppen and len(koppen) != KETENS:
        fouten.append(f"verwerkingenlog: {KETENS - len(koppen)} van de {KETENS} ketens zijn weg")
    for kop in koppen:
        gezien, fout = await _volg(db, sleutels, kop)
        aantal += gezien
        if fout:
            fouten.append(f"verwerkingenlog: keten {kop.keten}: {fout}")
    return Uitkomst(aantal, tuple(fouten))


async def ruim_op(db: Sessionmaker, sleutels: Sleutels) -> int:
    """Remove what is older than its term from the begin of each chain; the seal goes on from the last one removed."""
    grens, weg = now() - BEWAREN, 0
    for nummer in range(KETENS):
        async with db.begin() as session:
            blijft = select(func.min(Verwerking.volgnr)).where(Verwerking.keten == nummer, Verwerking.op >= grens)
            kop = await session.get(Verwerkingsketen, nummer, with_for_update=True)
            if kop is None:
                continue
            eerste = await session.scalar(blijft) or kop.volgnr + 1
            oud = (Verwerking.keten == nummer, Verwerking.volgnr < eerste)
            vraag = select(Verwerking.volgnr, Verwerking.hash).where(*oud).order_by(Verwerking.volgnr.desc()).limit(1)
            anker = (await session.execute(vraag)).one_or_none()
            if anker is None:
                continue
            weg += len((await session.scalars(delete(Verwerking).where(*oud).returning(Verwerking.volgnr))).all())
            await _zet_kop(session, sleutels, nummer, kop.volgnr, kop.hash, anker.volgnr, anker.hash)
    return weg


# ---- one chain ---------------------------------------------------------------------------------------------


async def _pak(session: AsyncSession, nummer: int) -> Any:
    """The head with the next number. Until the transaction ends, another writer of this chain waits here."""
    keten = Verwerkingsketen
    neem = (
        update(keten)
        .where(keten.keten == nummer)
        .values(volgnr=keten.volgnr + 1)
        .returning(keten.volgnr, keten.hash, keten.anker_volgnr, keten.anker_hash)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(neem)).one_or_none()


async def _begin(session: AsyncSession, sleutels: Sleutels, nummer: int) -> Any:
    """All chains are begun at once, so that one that is gone is missed."""
    koppen = [
        {
            "keten": n,
            "volgnr": 0,
            "hash": BEGIN,
            "anker_volgnr": 0,
            "anker_hash": BEGIN,
            "zegel": _zegel(sleutels, n, 0, BEGIN, 0, BEGIN),
        }
        for n in range(KETENS)
    ]
    await session.execute(insert_van(session)(Verwerkingsketen).values(koppen).on_conflict_do_nothing())
    return await _pak(session, nummer)


async def _zet_kop(
    session: AsyncSession, sleutels: Sleutels, nummer: int, volgnr: int, hash_: str, anker_volgnr: int, anker_hash: str
) -> None:
    await session.execute(
        update(Verwerkingsketen)
        .where(Verwerkingsketen.keten == nummer)
        .values(
            hash=hash_,
            anker_volgnr=anker_volgnr,
            anker_hash=anker_hash,
            zegel=_zegel(sleutels, nummer, volgnr, hash_, anker_volgnr, anker_hash),
        )
        .execution_options(synchronize_session=False)
    )


async def _volg(db: Sessionmaker, sleutels: Sleutels, kop: Verwerkingsketen) -> tuple[int, str]:
    """How many rows were right, and what is wrong with the first one that is not."""
    if kop.zegel != _zegel(sleutels, kop.keten, kop.volgnr, kop.hash, kop.anker_volgnr, kop.anker_hash):
        return 0, "het begin of het einde is veranderd"
    volgnr, vorige = kop.anker_volgnr, kop.anker_hash
    async for rij in _rijen(db, kop):
        volgnr += 1
        if rij["volgnr"] > kop.volgnr:
            return volgnr - kop.anker_volgnr, f"regel {rij['volgnr']} is niet door het portaal geschreven"
        if rij["volgnr"] != volgnr:
            return volgnr - kop.anker_volgnr, f"regel {volgnr} ontbreekt"
        if rij["hash"] != _hash(sleutels, rij, vorige):
            return volgnr - kop.anker_volgnr, f"regel {volgnr} van {rij['op']:%Y-%m-%d %H:%M} UTC is veranderd"
        vorige = rij["hash"]
    if volgnr != kop.volgnr:
        return volgnr - kop.anker_volgnr, f"regel {volgnr + 1} ontbreekt"
    return volgnr - kop.anker_volgnr, "" if vorige == kop.hash else "de laatste regel hoort er niet"


async def _rijen(db: Sessionmaker, kop: Verwerkingsketen) -> AsyncIterator[dict[str, Any]]:
    """The rows of a chain in order; those that were written while we look are left for the next time."""
    tabel = Verwerking.__table__
    na = -1
    einde = select(Verwerkingsketen.volgnr).where(Verwerkingsketen.keten == kop.keten).scalar_subquery()
    bekend = (tabel.c.volgnr <= kop.volgnr) | (tabel.c.volgnr > einde)
    while True:
        vraag = select(tabel).where(tabel.c.keten == kop.keten, tabel.c.volgnr > na, bekend)
        async with db() as session:
            rijen = (await session.execute(vraag.order_by(tabel.c.volgnr).limit(STAPEL))).mappings().all()
        for rij in rijen:
            yield dict(rij)
        if len(rijen) < STAPEL:
            return
        na = rijen[-1]["volgnr"]


def _keten(eigenaar: str) -> int:
    return int(eigenaar[:8], 16) % KETENS


def _waarden(regel: Regel) -> dict[str, Any]:
    return asdict(regel) | {"bronnen": json.dumps(regel.bronnen, ensure_ascii=False), "dag": lokale_dag(regel.op)}


def _hash(sleutels: Sleutels, waarden: dict[str, Any], vorige: str) -> str:
    inhoud = {naam: waarde for naam, waarde in waarden.items() if naam != "hash"}
    inhoud |= {"op": waarden["op"].isoformat(), "dag": waarden["dag"].isoformat(), "vorige": vorige}
    return sleutels.keyed_hash("verwerking", json.dumps(inhoud, sort_keys=True))


def _zegel(sleutels: Sleutels, *delen: object) -> str:
    return sleutels.keyed_hash("verwerkingsketen", json.dumps(delen))
