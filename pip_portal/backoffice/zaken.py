"""Zaken API: the resources of a zaak as the portal reads them.

Source: VNG Zaken API 1.5.1; fields that are [OZ] only are optional.
"""

from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from uuid import UUID

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.resource import Datum, Moment, Pagina, Resource, Tekst, dag_in_nederland
from pip_portal.backoffice.samen import all_pages
from pip_portal.errors import BackofficeDefect
from pip_portal.gebruiker import Gebruiker


class Verlenging(Resource):
    """reden, and duur as an ISO 8601 duration; show it as given, never add it up."""

    reden: Tekst = ""
    duur: Tekst = ""


class Opschorting(Resource):
    indicatie: bool = False
    reden: Tekst = ""


class Zaak(Resource):
    url: str
    uuid: UUID
    identificatie: str
    omschrijving: Tekst = ""
    toelichting: Tekst = ""
    zaaktype: str
    registratiedatum: Datum = None
    startdatum: date
    einddatum: Datum = None
    einddatum_gepland: Datum = None
    uiterlijke_einddatum_afdoening: Datum = None
    publicatiedatum: Datum = None
    vertrouwelijkheidaanduiding: Tekst = ""
    verlenging: Verlenging | None = None
    opschorting: Opschorting | None = None
    hoofdzaak: Tekst = ""
    deelzaken: tuple[str, ...] = ()
    status: Tekst = ""
    resultaat: Tekst = ""
    archiefstatus: Tekst = "nog_te_archiveren"

    @property
    def is_afgerond(self) -> bool:
        """A zaak is closed when it has an einddatum; a resultaat can exist before that."""
        return self.einddatum is not None

    @property
    def is_opgeschort(self) -> bool:
        return not self.is_afgerond and self.opschorting is not None and self.opschorting.indicatie

    @property
    def is_verlengd(self) -> bool:
        return self.verlenging is not None and bool(self.verlenging.duur or self.verlenging.reden)

    @property
    def is_gearchiveerd(self) -> bool:
        return self.archiefstatus not in ("", "nog_te_archiveren")


class Status(Resource):
    url: str
    uuid: UUID
    zaak: Tekst = ""
    statustype: str
    datum_status_gezet: Moment
    statustoelichting: Tekst = ""

    @property
    def datum(self) -> date:
        return dag_in_nederland(self.datum_status_gezet)


class Resultaat(Resource):
    url: str
    zaak: Tekst = ""
    resultaattype: str
    toelichting: Tekst = ""


class BetrokkeneIdentificatie(Resource):
    """Who a rol is about; which fields are filled depends on betrokkeneType."""

    inp_bsn: Tekst = ""
    inn_nnp_id: Tekst = ""
    kvk_nummer: Tekst = ""
    vestigings_nummer: Tekst = ""
    geslachtsnaam: Tekst = ""
    voorvoegsel_geslachtsnaam: Tekst = ""
    voorletters: Tekst = ""
    statutaire_naam: Tekst = ""
    handelsnaam: tuple[str, ...] | None = None
    naam: Tekst = ""
    identificatie: Tekst = ""
    achternaam: Tekst = ""
    voorvoegsel_achternaam: Tekst = ""


class Rol(Resource):
    url: str
    zaak: Tekst = ""
    betrokkene_type: str
    omschrijving: Tekst = ""
    omschrijving_generiek: Tekst = ""
    begin_geldigheid: Datum = None
    einde_geldigheid: Datum = None
    betrokkene_identificatie: BetrokkeneIdentificatie | None = None

    @property
    def is_behandelaar(self) -> bool:
        return self.omschrijving_generiek == "behandelaar"

    @property
    def naam(self) -> str:
        """Name to show for this rol, empty when the source gives none."""
        wie = self.betrokkene_identificatie
        if wie is None:
            return ""
        persoon = " ".join(d for d in (wie.voorletters, wie.voorvoegsel_geslachtsnaam, wie.geslachtsnaam) if d)
        medewerker = " ".join(d for d in (wie.voorletters, wie.voorvoegsel_achternaam, wie.achternaam) if d)
        handelsnaam = wie.handelsnaam[0] if wie.handelsnaam else ""
        if self.betrokkene_type == "medewerker":
            return medewerker
        if self.betrokkene_type == "natuurlijk_persoon":
            return persoon
        return wie.naam or wie.statutaire_naam or handelsnaam


class Zaakeigenschap(Resource):
    url: str
    eigenschap: str
    naam: Tekst = ""
    waarde: Tekst = ""


class ZaakInformatieObject(Resource):
    """The link between a zaak and a document; it is leading for who may read the document."""

    url: str
    informatieobject: str
    zaak: Tekst = ""
    titel: Tekst = ""
    beschrijving: Tekst = ""
    registratiedatum: Moment | None = None


_PAGINA = TypeAdapter(Pagina[Zaak])
_ZAAK = TypeAdapter(Zaak)
_STATUS = TypeAdapter(Status)
_STATUSSEN = TypeAdapter(Pagina[Status])
_RESULTAAT = TypeAdapter(Resultaat)
_ROLLEN = TypeAdapter(Pagina[Rol])
_EIGENSCHAPPEN = TypeAdapter(tuple[Zaakeigenschap, ...])
_KOPPELINGEN = TypeAdapter(tuple[ZaakInformatieObject, ...])


class ZakenApi:
    """Reads zaken. Every list is filtered again on its zaak: a server may ignore a filter it does not know."""

    def __init__(self, verbinding: Verbinding) -> None:
        self.verbinding = verbinding

    async def page(
        self, gebruiker: Gebruiker, filters: Mapping[str, str | bool], number: int, *, zoek: bool
    ) -> Pagina[Zaak]:
        """One server page of a list.

        zoek: send the filters in the body of `_zoek`, so that a BSN does not end up in the logs of a URL.
        Raises: NotFound for a page past the end.
        """
        if zoek:
            return await self.verbinding.call(
                "POST",
                "/zaken/_zoek",
                _PAGINA,
                gebruiker=gebruiker,
                params={"page": str(number)},
                body=filters,
                leest=True,
            )
        query = {naam: _as_text(waarde) for naam, waarde in filters.items()}
        query["page"] = str(number)
        return await self.verbinding.call("GET", "/zaken", _PAGINA, gebruiker=gebruiker, params=query)

    async def zaak(self, gebruiker: Gebruiker, uuid: UUID) -> Zaak:
        zaak = await self.verbinding.call("GET", f"/zaken/{uuid}", _ZAAK, gebruiker=gebruiker)
        if zaak.uuid != uuid or self.verbinding.path_of(zaak.url, "zaken") != f"/zaken/{uuid}":
            raise BackofficeDefect(f"{self.verbinding.naam}: een andere zaak dan gevraagd")
        return zaak

    async def rollen(self, gebruiker: Gebruiker, zaak: Zaak) -> tuple[Rol, ...]:
        rollen = await all_pages(self.verbinding, "/rollen", _ROLLEN, {"zaak": zaak.url}, gebruiker)
        return tuple(rol for rol in rollen if rol.zaak == zaak.url)

    async def statussen(self, gebruiker: Gebruiker, zaak: Zaak) -> tuple[Status, ...]:
        """The history, oldest first."""
        statussen = await all_pages(self.verbinding, "/statussen", _STATUSSEN, {"zaak": zaak.url}, gebruiker)
        return tuple(sorted((s for s in statussen if s.zaak == zaak.url), key=attrgetter("datum_status_gezet")))

    async def status(self, gebruiker: Gebruiker, zaak: Zaak) -> Status | None:
        """The current status, None when none has been set yet."""
        if not zaak.status:
            return None
        pad = self.verbinding.path_of(zaak.status, "statussen")
        status = await self.verbinding.call("GET", pad, _STATUS, gebruiker=gebruiker)
        return status if status.zaak == zaak.url else None

    async def resultaat(self, gebruiker: Gebruiker, zaak: Zaak) -> Resultaat | None:
        """The resultaat of a closed zaak; on an open zaak it is not final, so there is none."""
        if not zaak.resultaat or not zaak.is_afgerond:
            return None
        pad = self.verbinding.path_of(zaak.resultaat, "resultaten")
        resultaat = await self.verbinding.call("GET", pad, _RESULTAAT, gebruiker=gebruiker)
        return resultaat if resultaat.zaak == zaak.url else None

    async def eigenschappen(self, gebruiker: Gebruiker, zaak: Zaak) -> tuple[Zaakeigenschap, ...]:
        pad = f"/zaken/{zaak.uuid}/zaakeigenschappen"
        return await self.verbinding.call("GET", pad, _EIGENSCHAPPEN, gebruiker=gebruiker)

    async def koppelingen(self, gebruiker: Gebruiker, zaak: Zaak) -> tuple[ZaakInformatieObject, ...]:
        """The links of this zaak to its documents."""
        koppelingen = await self.verbinding.call(
            "GET", "/zaakinformatieobjecten", _KOPPELINGEN, gebruiker=gebruiker, params={"zaak": zaak.url}
        )
        return tuple(koppeling for koppeling in koppelingen if koppeling.zaak == zaak.url)


def _as_text(waarde: str | bool) -> str:
    return waarde if isinstance(waarde, str) else str(waarde).lower()
