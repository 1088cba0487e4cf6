"""One zaak with all the citizen may see of it: the zaak itself, and at most two rounds of calls after it.

Round one asks the rollen, which decide, and beside them what shows no document and no other person. Documents
follow in round two, only after the rollen gave access.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pip_portal.backoffice.besluiten import Besluit, BesluitInformatieObject
from pip_portal.backoffice.bron import Bron, ForeignZaak
from pip_portal.backoffice.catalogi import Besluittype, Statustype, Zaaktype
from pip_portal.backoffice.onderdelen import Onderdelen
from pip_portal.backoffice.openen import check_access, open_zaak
from pip_portal.backoffice.regels import (
    Eigenschapwaarde,
    Statusregel,
    Zaakbesluit,
    Zaakdocument,
    Zaakdossier,
    Zaakregel,
)
from pip_portal.backoffice.samen import side_by_side, together
from pip_portal.backoffice.stukken import visible_documents
from pip_portal.backoffice.toegang import betreft, is_aanvrager, mag_zaak_tonen
from pip_portal.backoffice.zaken import (
    BetrokkeneIdentificatie,
    Resultaat,
    Rol,
    Status,
    Zaak,
    ZaakInformatieObject,
)
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Gebruiker

log = logging.getLogger(__name__)


async def get_dossier(bron: Bron, gebruiker: Gebruiker, uuid: UUID, vandaag: date) -> Zaakdossier:
    """Everything of one zaak; parts that fail on their own are named in its storingen.

    Raises: NotFound; BackofficeUnavailable when zaak, rollen or zaaktype cannot be read.
    """
    zaak = await open_zaak(bron, gebruiker, uuid)
    lezing = _Lezing(bron, gebruiker, zaak, vandaag)
    return await lezing.round_two(await lezing.round_one())


@dataclass(frozen=True, slots=True)
class _Eerste:
    """What round one brought."""

    zaaktype: Zaaktype
    rollen: tuple[Rol, ...]
    statussen: tuple[Status, ...]
    statustypen: tuple[Statustype, ...]
    resultaat: Resultaat | None
    eigenschappen: tuple[Eigenschapwaarde, ...]
    koppelingen: tuple[ZaakInformatieObject, ...]
    besluiten: tuple[Besluit, ...]
    verwanten: tuple[tuple[Zaak, Zaaktype], ...]


class _Lezing:
    """The reading of one zaak for one gebruiker."""

    def __init__(self, bron: Bron, gebruiker: Gebruiker, zaak: Zaak, vandaag: date) -> None:
        self.bron = bron
        self.gebruiker = gebruiker
        self.zaak = zaak
        self.vandaag = vandaag
        self.delen = Onderdelen(bron.naam)

    async def round_one(self) -> _Eerste:
        """Raises: NotFound when the gebruiker has no access; what else was read is then dropped."""
        zaken, catalogus, part = self.bron.zaken, self.bron.catalogus, self.delen.part
        wie, zaak = self.gebruiker, self.zaak
        async with side_by_side() as group:
            toegang = group.create_task(check_access(self.bron, wie, zaak, self.vandaag))
            statussen = group.create_task(part("statussen", zaken.statussen(wie, zaak), ()))
            statustypen = group.create_task(part("statussen", catalogus.statustypen(zaak.zaaktype), ()))
            resultaat = group.create_task(part("resultaat", self._resultaat(), None))
            eigenschappen = group.create_task(part("eigenschappen", self._eigenschappen(), ()))
            koppelingen = group.create_task(part("documenten", self._koppelingen(), ()))
            besluiten = group.create_task(part("besluiten", self._besluiten(), ()))
            verwanten = group.create_task(part("deelzaken", self._verwanten(), ()))
        zaaktype, rollen = toegang.result()
        return _Eerste(
            zaaktype=zaaktype,
            rollen=rollen,
            statussen=statussen.result(),
            statustypen=statustypen.result(),
            resultaat=resultaat.result(),
            eigenschappen=eigenschappen.result(),
            koppelingen=koppelingen.result(),
            besluiten=besluiten.result(),
            verwanten=verwanten.result(),
        )

    async def round_two(self, eerste: _Eerste) -> Zaakdossier:
        part = self.delen.part
        async with side_by_side() as group:
            status = group.create_task(part("statussen", self._status(eerste), None))
            documenten = group.create_task(
                part(
                    "documenten",
                    visible_documents(self.bron, self.gebruiker, self.zaak, eerste.koppelingen, self.delen),
                    (),
                )
            )
            besluiten = group.create_task(part("besluiten", self._besluit_koppelingen(eerste.besluiten), []))
            verwanten = group.create_task(part("deelzaken", self._verwante_regels(eerste.verwanten), ()))
        regel = Zaakregel(
            self.bron.naam,
            self.zaak,
            eerste.zaaktype,
            is_aanvrager=is_aanvrager(self.gebruiker, eerste.rollen, self.bron.backoffice),
            status=status.result(),
            resultaat=eerste.resultaat,
        )
        return Zaakdossier(
            regel=await part("statussen", self.bron.named(regel), regel),
            statustypen=eerste.statustypen,
            statussen=_history(eerste, status.result()),
            rollen=_shown_rollen(self.bron, self.gebruiker, eerste.rollen),
            eigenschappen=eerste.eigenschappen,
            besluiten=await self._named_besluiten(besluiten.result(), documenten.result()),
            documenten=documenten.result(),
            deelzaken=tuple(r for r in verwanten.result() if r.zaak.url != self.zaak.hoofdzaak),
            hoofdzaak=next((r for r in verwanten.result() if r.zaak.url == self.zaak.hoofdzaak), None),
            storingen=self.delen.storingen,
        )

    async def _resultaat(self) -> Resultaat | None:
        if not self.zaak.is_afgerond:
            return None
        async with side_by_side() as group:
            resultaat = group.create_task(self.bron.zaken.resultaat(self.gebruiker, self.zaak))
            group.create_task(self.bron.catalogus.resultaattypen(self.zaak.zaaktype))
        return resultaat.result()

    async def _status(self, eerste: _Eerste) -> Status | None:
        """The current status: the one the zaak names, else the last one set."""
        if not self.zaak.status:
            return eerste.statussen[-1] if eerste.statussen else None
        huidig = next((s for s in eerste.statussen if s.url == self.zaak.status), None)
        return huidig or await self.bron.zaken.status(self.gebruiker, self.zaak)

    async def _eigenschappen(self) -> tuple[Eigenschapwaarde, ...]:
        """Those that the configuration names for this zaaktype; others may be internal. Nothing is asked for none."""
        zaaktype = await self.bron.catalogus.zaaktype(self.zaak.zaaktype)
        genoemd = self.bron.backoffice.eigenschappen.get(zaaktype.identificatie, ())
        if not genoemd:
            return ()
        getoond = {naam.casefold() for naam in genoemd}
        async with side_by_side() as group:
            waarden = group.create_task(self.bron.zaken.eigenschappen(self.gebruiker, self.zaak))
            soorten = group.create_task(self.bron.catalogus.eigenschappen(self.zaak.zaaktype))
        bekend = {soort.url: soort for soort in soorten.result()}
        return tuple(
            Eigenschapwaarde(waarde, bekend.get(waarde.eigenschap))
            for waarde in waarden.result()
            if waarde.naam.casefold() in getoond
        )

    async def _koppelingen(self) -> tuple[ZaakInformatieObject, ...]:
        async with side_by_side() as group:
            koppelingen = group.create_task(self.bron.zaken.koppelingen(self.gebruiker, self.zaak))
            group.create_task(self.bron.catalogus.richtingen(self.zaak.zaaktype))
            group.create_task(self.bron.catalogus.informatieobjecttypen())
        return koppelingen.result()

    async def _besluiten(self) -> tuple[Besluit, ...]:
        """Those that may have reached the citizen: announced, or of a closed zaak."""
        if self.bron.besluiten is None:
            return ()
        async with side_by_side() as group:
            besluiten = group.create_task(self.bron.besluiten.besluiten(self.gebruiker, self.zaak.url))
            group.create_task(self.bron.catalogus.besluittypen())
        return tuple(b for b in besluiten.result() if b.is_bekendgemaakt or self.zaak.is_afgerond)

    async def _besluit_koppelingen(
        self, besluiten: Sequence[Besluit]
    ) -> list[tuple[Besluit, tuple[BesluitInformatieObject, ...]]]:
        api = self.bron.besluiten
        if api is None or not besluiten:
            return []
        koppelingen = await together(api.koppelingen(self.gebruiker, besluit) for besluit in besluiten)
        return list(zip(besluiten, koppelingen, strict=True))

    async def _named_besluiten(
        self,
        besluiten: Sequence[tuple[Besluit, tuple[BesluitInformatieObject, ...]]],
        documenten: Sequence[Zaakdocument],
    ) -> tuple[Zaakbesluit, ...]:
        """With their type, and those of the visible documents of the zaak that belong to them."""
        genoemd = []
        for besluit, koppelingen in besluiten:
            urls = {koppeling.informatieobject for koppeling in koppelingen}
            stukken = tuple(stuk for stuk in documenten if stuk.koppeling.informatieobject in urls)
            genoemd.append(Zaakbesluit(besluit, await self._besluittype(besluit), stukken))
        return tuple(genoemd)

    async def _besluittype(self, besluit: Besluit) -> Besluittype | None:
        leeg: Besluittype | None = None
        return await self.delen.part("besluiten", self._read_besluittype(besluit), leeg)

    async def _read_besluittype(self, besluit: Besluit) -> Besluittype | None:
        return await self.bron.catalogus.besluittype(besluit.besluittype)

    async def _verwanten(self) -> tuple[tuple[Zaak, Zaaktype], ...]:
        """The hoofdzaak and deelzaken that may be shown as far as they say themselves."""
        urls = [url for url in (self.zaak.hoofdzaak, *self.zaak.deelzaken) if url]
        leeg: tuple[Zaak, Zaaktype] | None = None
        gelezen = await together(self.delen.part("deelzaken", self._verwante(url), leeg) for url in urls)
        return tuple(verwante for verwante in gelezen if verwante is not None)

    async def _verwante(self, url: str) -> tuple[Zaak, Zaaktype] | None:
        uuid = UUID(self.bron.zaken.verbinding.path_of(url, "zaken").rpartition("/")[2])
        zaak = await open_zaak(self.bron, self.gebruiker, uuid)
        zaaktype = await self.bron.catalogus.zaaktype(zaak.zaaktype)
        return (zaak, zaaktype) if mag_zaak_tonen(self.bron.backoffice, zaak, zaaktype, self.gebruiker) else None

    async def _verwante_regels(self, verwanten: Sequence[tuple[Zaak, Zaaktype]]) -> tuple[Zaakregel, ...]:
        """Only those in which the gebruiker has a rol as well: the others would end in a 404."""
        regels = await together(self._verwante_regel(zaak, zaaktype) for zaak, zaaktype in verwanten)
        return tuple(sorted((r for r in regels if r is not None), key=lambda r: r.nummer))

    async def _verwante_regel(self, zaak: Zaak, zaaktype: Zaaktype) -> Zaakregel | None:
        try:
            return await self.bron.regel(self.gebruiker, zaak, zaaktype, self.vandaag)
        except (ForeignZaak, NotFound):
            return None


def _history(eerste: _Eerste, huidig: Status | None) -> tuple[Statusregel, ...]:
    """All statuses that were set, oldest first; a history that lacks the current one is completed with it."""
    soorten = {soort.url: soort for soort in eerste.statustypen}
    statussen = list(eerste.statussen)
    if huidig is not None and all(status.url != huidig.url for status in statussen):
        statussen.append(huidig)
    return tuple(Statusregel(status, soorten.get(status.statustype)) for status in statussen)


def _shown_rollen(bron: Bron, gebruiker: Gebruiker, rollen: Sequence[Rol]) -> tuple[Rol, ...]:
    """The own rollen, and the handling department by name only. Nobody else, and no employee."""
    eigen = [rol for rol in rollen if betreft(gebruiker, rol, bron.backoffice)]
    afdelingen = [
        rol.model_copy(update={"betrokkene_identificatie": BetrokkeneIdentificatie(naam=rol.naam)})
        for rol in rollen
        if rol.is_behandelaar and rol.betrokkene_type == "organisatorische_eenheid"
    ]
    return (*eigen, *afdelingen)
