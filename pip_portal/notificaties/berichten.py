"""That a bericht was opened, and when: kept here as proof, and told to the backoffice by the outbox.

Source: Awb art. 2:13 and domain §4.1 (burden of proof: placed, notified, read).
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.objecten import ObjectenApi, gebruiker_van, identificatie_van
from pip_portal.backoffice.objecttypen import Bericht
from pip_portal.db import Sessionmaker, insert_van
from pip_portal.eigenaar import Eigenaar
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Gebruiker
from pip_portal.opdrachten import Uitstel, plaats
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Bewijs, GelezenBericht
from pip_portal.tijd import now, vandaag

SOORT: Final = "bericht_geopend"


async def lees(
    db: Sessionmaker, sleutels: Sleutels, gebruiker: Gebruiker, eigenaar: Eigenaar, bericht: Bericht
) -> datetime:
    """When this eigenaar opened it first, which is now when they never did."""
    sleutel = {"eigenaar": eigenaar.hash, "bericht": str(bericht.uuid)}
    async with db() as session:
        rij = await session.get(GelezenBericht, sleutel)
    if rij is not None:
        return rij.gelezen_op
    moment = now()
    async with db.begin() as session:
        nieuw = insert_van(session)(GelezenBericht).values(**sleutel, gelezen_op=moment)
        eerste = nieuw.on_conflict_do_nothing(index_elements=["eigenaar", "bericht"]).returning(GelezenBericht.bericht)
        if await session.scalar(eerste) is None:  # another tab was first
            return (await session.get_one(GelezenBericht, sleutel)).gelezen_op
        session.add(
            Bewijs(
                gebeurtenis="bericht_gelezen",
                kenmerk=str(bericht.uuid),
                wie=eigenaar.hash,
                hash=hashlib.sha256(f"{bericht.onderwerp}\n{bericht.bericht_tekst}".encode()).hexdigest(),
                kanaal="internet",
                versie=f"record/{bericht.rij.record.index}",
                op=moment,
            )
        )
        if not bericht.geopend:
            inhoud = {"wie": identificatie_van(gebruiker), "bericht": str(bericht.uuid)}
            await plaats(session, sleutels, SOORT, f"{SOORT}:{bericht.uuid}:{eigenaar.hash[:16]}", inhoud)
    return moment


async def gelezen(db: Sessionmaker, eigenaar: Eigenaar, berichten: Iterable[UUID]) -> Mapping[UUID, datetime]:
    """Those of these that were opened here, and when."""
    uuids = [str(uuid) for uuid in berichten]
    if not uuids:
        return {}
    async with db() as session:
        rijen = await session.scalars(
            select(GelezenBericht).where(GelezenBericht.eigenaar == eigenaar.hash, GelezenBericht.bericht.in_(uuids))
        )
        return {UUID(rij.bericht): rij.gelezen_op for rij in rijen}


async def ongelezen(db: Sessionmaker, eigenaar: Eigenaar, berichten: Iterable[Bericht]) -> tuple[Bericht, ...]:
    """Those that nobody opened, here or elsewhere."""
    open_ = [bericht for bericht in berichten if not bericht.geopend]
    hier = await gelezen(db, eigenaar, (bericht.uuid for bericht in open_))
    return tuple(bericht for bericht in open_ if bericht.uuid not in hier)


class Geopend:
    """Handler of SOORT."""

    def __init__(self, objecten: ObjectenApi) -> None:
        self._objecten = objecten

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the backoffice is away. A token that may only read is a choice: the proof is here."""
        gebruiker = gebruiker_van(tuple(inhoud["wie"]))
        try:
            await self._objecten.open_bericht(gebruiker, UUID(inhoud["bericht"]), vandaag())
        except NotFound:
            return
        except Refused as exc:
            if exc.status != 403:
                raise Uitstel(str(exc)) from None
        except (BackofficeUnavailable, BackofficeDefect):
            raise Uitstel("de backoffice antwoordt niet") from None
