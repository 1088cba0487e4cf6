"""An answer is told when Klantinteracties says that something changed: once, to who asked the question here.

Who asked in another way sees the answer as new at the next look.
"""

import hashlib
import logging
from typing import Final
from uuid import UUID

from sqlalchemy import select

from pip_portal.backoffice.klantcontact import Klantcontact
from pip_portal.backoffice.klantcontacten import KlantcontactenApi
from pip_portal.db import Sessionmaker
from pip_portal.errors import NotFound
from pip_portal.notificaties.bericht import Bericht
from pip_portal.notificaties.melden import meld
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Vraag

log = logging.getLogger(__name__)

GEEN: Final = "geen_antwoord"


class Antwoorden:
    """What one notification of Klantinteracties means."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, contacten: KlantcontactenApi) -> None:
        self._db = db
        self._sleutels = sleutels
        self._contacten = contacten

    async def __call__(self, bericht: Bericht) -> str:
        """What became of it, in one word. Raises: BackofficeUnavailable; BackofficeDefect."""
        uuid = self._contacten.verbinding.path_of(bericht.resource_url, bericht.kanaal).rpartition("/")[2]
        try:
            if bericht.kanaal == "internetaken":
                return await self._van_taak(uuid)
            return await self._van_contact(await self._contacten.klantcontact(uuid))
        except NotFound:
            return "weg"

    async def _van_taak(self, uuid: str) -> str:
        taak = await self._contacten.internetaak(uuid)
        if taak.status != "verwerkt" or taak.aanleidinggevend_klantcontact is None:
            return GEEN
        vraag = await self._contacten.klantcontact(taak.aanleidinggevend_klantcontact.uuid)
        if await self._eigenaar(vraag) is None:
            return "niemand_bekend"
        uitkomst = await self._reactie(vraag)
        for antwoord in await self._contacten.reacties_op(vraag.uuid):
            uitkomst = await self._antwoord(vraag, await self._contacten.klantcontact(antwoord))
        return uitkomst

    async def _van_contact(self, contact: Klantcontact) -> str:
        uitkomst = await self._reactie(contact)
        for uuid in sorted(contact.vervolg_op):
            uitkomst = await self._antwoord(await self._contacten.klantcontact(uuid), contact)
        return uitkomst

    async def _reactie(self, vraag: Klantcontact) -> str:
        if not vraag.reactie or vraag.vertrouwelijk:
            return GEEN
        return await self._meld(vraag, f"reactie:{hashlib.sha256(vraag.reactie.encode()).hexdigest()}")

    async def _antwoord(self, vraag: Klantcontact, antwoord: Klantcontact) -> str:
        """Not a question that followed, and nothing that went to somebody else too."""
        eigen = {b.was_partij.uuid for b in vraag.betrokkenen if b.was_partij}
        vreemd = any(b.was_partij and b.was_partij.uuid not in eigen for b in antwoord.betrokkenen)
        is_vraag = any(b.initiator for b in antwoord.betrokkenen)
        if vreemd or is_vraag or antwoord.vertrouwelijk or vraag.vertrouwelijk:
            return GEEN
        return await self._meld(vraag, f"antwoord:{antwoord.uuid}")

    async def _eigenaar(self, vraag: Klantcontact) -> str | None:
        """Keyed hash of who asked it here, logged in."""
        if not any(b.was_partij for b in vraag.betrokkenen):
            return None
        async with self._db() as session:
            eigenaar: str | None = await session.scalar(
                select(Vraag.eigenaar).where(Vraag.klantcontact == str(UUID(vraag.uuid)))
            )
        return eigenaar

    async def _meld(self, vraag: Klantcontact, kenmerk: str) -> str:
        eigenaar = await self._eigenaar(vraag)
        if eigenaar is None:
            return "niemand_bekend"
        async with self._db.begin() as session:
            return await meld(
                session,
                self._sleutels,
                eigenaar,
                "vraag",
                kenmerk=f"{vraag.uuid}:{kenmerk}",
                pad=f"/vragen/{vraag.uuid}",
            )
