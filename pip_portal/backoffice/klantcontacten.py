"""Klantinteracties (Open Klant 2): the contacts that somebody had with the municipality, over every channel.

Every row is checked again: it is shown only when the gebruiker self took part in it. What is vertrouwelijk is never
shown, and of an internetaak only whether it is done.
Source: Klantinteracties API (openapi.yaml); backoffice-apis §9.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request
from pydantic import TypeAdapter

from pip_portal.backoffice.klantcontact import Betrokkene, Draad, Internetaak, Klantcontact, Onderwerpobject
from pip_portal.backoffice.klantinteracties import KlantinteractiesApi, Partij
from pip_portal.backoffice.resource import Pagina
from pip_portal.backoffice.samen import all_pages, side_by_side, together
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Gebruiker
from pip_portal.settings import Klantinteracties

EXPAND: Final = "hadBetrokkenen,gingOverOnderwerpobjecten,leiddeTotInterneTaken"
PER_PAGINA: Final = "100"
MEESTE_OUD: Final = 30  # contacts fetched one by one at an older server
MEESTE_LOS: Final = 10  # answers of employees who did not note whom they answered

_CONTACT: Final[TypeAdapter[Klantcontact]] = TypeAdapter(Klantcontact)
_CONTACTEN: Final[TypeAdapter[Pagina[Klantcontact]]] = TypeAdapter(Pagina[Klantcontact])
_BETROKKENEN: Final[TypeAdapter[Pagina[Betrokkene]]] = TypeAdapter(Pagina[Betrokkene])
_OBJECTEN: Final[TypeAdapter[Pagina[Onderwerpobject]]] = TypeAdapter(Pagina[Onderwerpobject])
_TAAK: Final[TypeAdapter[Internetaak]] = TypeAdapter(Internetaak)


class KlantcontactenApi:
    """Every method raises BackofficeUnavailable and BackofficeDefect as `Verbinding.call` does."""

    def __init__(self, klant: KlantinteractiesApi, settings: Klantinteracties) -> None:
        self.klant = klant
        self.settings = settings
        self.verbinding = klant.verbinding

    async def draden(self, gebruiker: Gebruiker) -> tuple[Draad, ...]:
        """All contacts of this gebruiker, newest first, each with what belongs to it. Three calls, however many."""
        partij = await self.klant.partij(gebruiker)
        return self._draden(partij, await self._van_partij(gebruiker, partij)) if partij else ()

    async def draad(self, gebruiker: Gebruiker, uuid: str) -> Draad:
        """The thread that this contact is in, also with answers of employees who did not note whom they answered.

        Raises: NotFound when it is not of this gebruiker, or may not be shown.
        """
        partij = await self.klant.partij(gebruiker)
        rijen = await self._van_partij(gebruiker, partij) if partij else ()
        alle = self._draden(partij, rijen) if partij else ()
        gevonden = next((draad for draad in alle if any(c.uuid == uuid for c in draad.contacten)), None)
        if gevonden is None or partij is None:
            raise NotFound("geen klantcontact van deze gebruiker")
        los = await self._losse_antwoorden(gebruiker, partij, gevonden)
        contacten = tuple(sorted((*gevonden.contacten, *los), key=lambda c: c.op))
        return Draad(
            (gevonden.contacten[0], *(c for c in contacten if c.uuid != gevonden.uuid)), partij.uuid, gevonden.zaken
        )

    async def bij_zaak(self, gebruiker: Gebruiker, zaak: UUID) -> tuple[Draad, ...]:
        """What this gebruiker and we said about this zaak; what others said about it is theirs."""
        objecttype, register, soort = self.settings.zaak
        before = "onderwerpobject__onderwerpobjectidentificator"
        params = {
            f"{before}ObjectId": str(zaak),
            f"{before}CodeObjecttype": objecttype,
            f"{before}CodeRegister": register,
            f"{before}CodeSoortObjectId": soort,
        }
        async with side_by_side() as group:
            partij = group.create_task(self.klant.partij(gebruiker))
            rijen = group.create_task(self._lijst(gebruiker, params))
        mijn = partij.result()
        draden = self._draden(mijn, rijen.result()) if mijn else ()
        return tuple(draad for draad in draden if str(zaak) in draad.zaken)

    # ---- for the worker: one resource, of whoever it is --------------------------------------------------------

    async def klantcontact(self, uuid: str) -> Klantcontact:
        """Raises: NotFound."""
        return await self.verbinding.call("GET", f"/klantcontacten/{UUID(uuid)}", _CONTACT, params={"expand": EXPAND})

    async def internetaak(self, uuid: str) -> Internetaak:
        """Raises: NotFound."""
        return await self.verbinding.call("GET", f"/internetaken/{UUID(uuid)}", _TAAK)

    async def reacties_op(self, uuid: str) -> tuple[str, ...]:
        """Uuids of the contacts that answer or follow this one."""
        params = {"wasKlantcontact__uuid": uuid, "pageSize": PER_PAGINA}
        objecten = await all_pages(self.verbinding, "/onderwerpobjecten", _OBJECTEN, params)
        return tuple(
            o.klantcontact.uuid
            for o in objecten
            if o.klantcontact and o.was_klantcontact and o.was_klantcontact.uuid == uuid
        )

    # ---- parts -------------------------------------------------------------------------------------------------

    async def _lijst(self, gebruiker: Gebruiker, params: Mapping[str, str]) -> tuple[Klantcontact, ...]:
        vraag = {**params, "expand": EXPAND, "pageSize": PER_PAGINA}
        return await all_pages(self.verbinding, "/klantcontacten", _CONTACTEN, vraag, gebruiker)

    async def _van_partij(self, gebruiker: Gebruiker, partij: Partij) -> tuple[Klantcontact, ...]:
        if not self.settings.oud:
            return await self._lijst(gebruiker, {"hadBetrokkene__wasPartij__uuid": partij.uuid})
        params = {"wasPartij__uuid": partij.uuid, "pageSize": PER_PAGINA}
        rijen = await all_pages(self.verbinding, "/betrokkenen", _BETROKKENEN, params, gebruiker)
        mijn = (b for b in rijen if b.was_partij and b.was_partij.uuid == partij.uuid)
        uuids = dict.fromkeys(b.had_klantcontact.uuid for b in mijn if b.had_klantcontact)
        return await self._een_voor_een(list(uuids)[:MEESTE_OUD])

    async def _een_voor_een(self, uuids: Sequence[str]) -> tuple[Klantcontact, ...]:
        async def haal(uuid: str) -> Klantcontact | None:
            try:
                return await self.klantcontact(uuid)
            except NotFound:
                return None

        return tuple(c for c in await together(haal(uuid) for uuid in uuids) if c is not None)

    async def _losse_antwoorden(self, gebruiker: Gebruiker, partij: Partij, draad: Draad) -> list[Klantcontact]:
        bekend = {c.uuid for c in draad.contacten}
        gevraagd = [c.uuid for c in draad.contacten if c.begon(partij.uuid)][-MEESTE_LOS:]
        gevonden = await together(self.reacties_op(uuid) for uuid in gevraagd)
        uuids = [u for u in dict.fromkeys(u for uuids in gevonden for u in uuids) if u not in bekend]
        rijen = await self._een_voor_een(uuids[:MEESTE_LOS])
        return [c for c in rijen if not c.vertrouwelijk and not c.is_van_een_ander(partij.uuid)]

    def _draden(self, partij: Partij, rijen: Iterable[Klantcontact]) -> tuple[Draad, ...]:
        """Each contact with what it answers or follows; newest news first."""
        mijn = {c.uuid: c for c in sorted(rijen, key=lambda c: c.op) if c.is_van(partij.uuid)}
        per_begin: dict[str, list[Klantcontact]] = {}
        for contact in mijn.values():
            per_begin.setdefault(_begin(contact, mijn).uuid, []).append(contact)
        draden = []
        for uuid, contacten in per_begin.items():
            begin = mijn[uuid]
            if begin.vertrouwelijk or begin.kanaal in self.settings.verborgen_kanalen:
                continue
            open_ = (begin, *(c for c in contacten if c.uuid != uuid and not c.vertrouwelijk))
            zaken = dict.fromkeys(zaak for c in open_ for zaak in c.zaken(self.settings.zaak))
            draden.append(Draad(open_, partij.uuid, tuple(zaken)))
        return tuple(sorted(draden, key=lambda draad: draad.contacten[-1].op, reverse=True))


def get_contacten(request: Request) -> KlantcontactenApi | None:
    klant, settings = request.app.state.bronnen.klantinteracties, request.app.state.settings.klantinteracties
    return KlantcontactenApi(klant, settings) if klant is not None else None


ContactenDep = Annotated[KlantcontactenApi | None, Depends(get_contacten)]


def _begin(contact: Klantcontact, alle: Mapping[str, Klantcontact]) -> Klantcontact:
    """The contact that began it; what goes round in a circle ends somewhere."""
    gezien = {contact.uuid}
    while True:
        eerder = sorted(uuid for uuid in contact.vervolg_op if uuid in alle and uuid not in gezien)
        if not eerder:
            return contact
        contact = alle[eerder[0]]
        gezien.add(contact.uuid)
