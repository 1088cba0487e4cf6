"""What somebody gets is passed on to a mailing service, by the outbox: placed with the change, done by a worker."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.backoffice.mailingdienst import Mailingdienst
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.opdrachten import Onmogelijk, Uitstel, plaats
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Abonnee, Inschrijving
from pip_portal.tijd import now

SOORT: Final = "nieuwsbrief"


async def geef_door(session: AsyncSession, sleutels: Sleutels, abonnee: str) -> None:
    """In the transaction of the change: a worker tells the service what stands when it gets to it."""
    await plaats(session, sleutels, SOORT, f"{SOORT}:{uuid.uuid4()}", {"abonnee": abonnee})


class Doorgeven:
    """Handler for SOORT. Without a service there is nothing to do."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, dienst: Mailingdienst | None) -> None:
        self._db = db
        self._sleutels = sleutels
        self._dienst = dienst

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when the service is away; Onmogelijk when it does not want this."""
        if self._dienst is None:
            return
        try:
            await self._vertel(self._dienst, inhoud["abonnee"])
        except BackofficeUnavailable:
            raise Uitstel("mailingdienst niet bereikt") from None
        except BackofficeDefect:
            raise Onmogelijk("de mailingdienst weigert dit") from None

    async def _vertel(self, dienst: Mailingdienst, id_: str) -> None:
        moment = now()
        async with self._db() as session:
            abonnee = await session.get(Abonnee, id_)
            rijen = list(await session.scalars(select(Inschrijving).where(Inschrijving.abonnee_id == id_)))
        if abonnee is None:
            await dienst.verwijder(id_)
            return
        await dienst.zet(
            id_,
            adres=self._sleutels.decrypt(abonnee.adres).decode(),
            taal=abonnee.taal,
            html=abonnee.html,
            onderwerpen=sorted((rij.onderwerp, rij.frequentie) for rij in rijen),
            stand_van=moment,
        )
