"""Writes in a backoffice: everything that becomes of what a citizen sent in.

No step here is safe to repeat blindly: look first (`vind_…`, `rollen`, `statussen`, …), then write, and when the
answer got lost look again. Nothing here is for a page: it reads without gebruiker, to find back what we wrote.
Source: VNG Zaken API 1.5.1, Documenten API 1.4.2; backoffice-apis §5, §7, §8.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from pip_portal.backoffice import documenten, uploaden
from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.catalogi import (
    Eigenschap,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Zaaktype,
)
from pip_portal.backoffice.http import Refused, Verbinding
from pip_portal.backoffice.nieuw import BRON, NieuwAdres, NieuwDocument, NieuweRol, NieuweZaak
from pip_portal.backoffice.resource import AMSTERDAM, Pagina, Resource, Tekst
from pip_portal.backoffice.samen import all_pages
from pip_portal.backoffice.weigeringen import BestaatAl, ZaakGesloten, vertaald
from pip_portal.backoffice.zaken import (
    Resultaat,
    Rol,
    Status,
    Zaak,
    Zaakeigenschap,
    ZaakInformatieObject,
)
from pip_portal.errors import BackofficeDefect, NotFound

T = TypeVar("T")

AUDIT: Final = {"X-Audit-Toelichting": "via portaal, ingediend door betrokkene"}


class Kenmerk(Resource):
    kenmerk: Tekst = ""
    bron: Tekst = ""


class Ingeboekt(Zaak):
    """A zaak as the hand-over finds it."""

    bronorganisatie: Tekst = ""
    kenmerken: tuple[Kenmerk, ...] | None = ()

    def is_van(self, kenmerk: str) -> bool:
        """Did this inzending make it?"""
        return any(k.kenmerk == kenmerk and k.bron == BRON for k in self.kenmerken or ())


class Objectadres(Resource):
    gor_openbare_ruimte_naam: Tekst = ""
    huisnummer: int | None = None
    huisletter: Tekst = ""
    huisnummertoevoeging: Tekst = ""
    postcode: Tekst = ""


class Zaakobject(Resource):
    url: str
    zaak: Tekst = ""
    object_type: Tekst = ""
    object_identificatie: Objectadres | None = None

    def is_adres(self, adres: NieuwAdres) -> bool:
        ander = self.object_identificatie
        return (
            self.object_type == "adres"
            and ander is not None
            and ander.huisnummer == adres.huisnummer
            and ander.gor_openbare_ruimte_naam == adres.straat
            and (ander.huisletter, ander.huisnummertoevoeging) == (adres.huisletter, adres.toevoeging)
        )


_ZAAK = TypeAdapter(Ingeboekt)
_ZAKEN = TypeAdapter(Pagina[Ingeboekt])
_ROL = TypeAdapter(Rol)
_ROLLEN = TypeAdapter(Pagina[Rol])
_STATUS = TypeAdapter(Status)
_STATUSSEN = TypeAdapter(Pagina[Status])
_RESULTAAT = TypeAdapter(Resultaat)
_EIGENSCHAP = TypeAdapter(Zaakeigenschap)
_EIGENSCHAPPEN = TypeAdapter(tuple[Zaakeigenschap, ...])
_KOPPELING = TypeAdapter(ZaakInformatieObject)
_KOPPELINGEN = TypeAdapter(tuple[ZaakInformatieObject, ...])
_OBJECT = TypeAdapter(Zaakobject)
_OBJECTEN = TypeAdapter(Pagina[Zaakobject])


class Inboeken:
    """Every URL that goes into a body was checked first: a real server answers 500 to one of another kind."""

    def __init__(self, bron: Bron) -> None:
        if not bron.backoffice.rsin:
            raise BackofficeDefect(f"{bron.naam}: rsin ontbreekt in de instellingen")
        self.bron = bron
        self.backoffice = bron.backoffice
        self.zaken: Verbinding = bron.zaken.verbinding
        self.documenten: Verbinding = bron.documenten.verbinding

    # ---- the catalogus: names to types -------------------------------------------------------------------------

    async def zaaktype(self, identificatie: str, dag: date) -> Zaaktype:
        """Raises: NotFound when no version holds on this day."""
        return await self.bron.catalogus.zaaktype_op(identificatie, dag)

    async def roltype(self, zaaktype: str, omschrijving: str) -> Roltype:
        """By its omschrijving, else by its omschrijvingGeneriek ("initiator").

        Raises: NotFound.
        """
        roltypen = await self.bron.catalogus.roltypen(zaaktype)
        for kenmerk in ("omschrijving", "omschrijving_generiek"):
            for roltype in roltypen:
                if getattr(roltype, kenmerk).casefold() == omschrijving.casefold():
                    return roltype
        raise NotFound(f"roltype {omschrijving}")

    async def eerste_statustype(self, zaaktype: str) -> Statustype:
        """Raises: NotFound when the zaaktype has no statustypen."""
        statustypen = await self.bron.catalogus.statustypen(zaaktype)
        if not statustypen:
            raise NotFound("eerste statustype")
        return statustypen[0]

    async def statustype(self, zaaktype: str, omschrijving: str) -> Statustype:
        """Raises: NotFound."""
        for statustype in await self.bron.catalogus.statustypen(zaaktype):
            if omschrijving.casefold() in (
                statustype.omschrijving.casefold(),
                statustype.omschrijving_generiek.casefold(),
            ):
                return statustype
        raise NotFound(f"statustype {omschrijving}")

    async def eindstatustype(self, zaaktype: str) -> Statustype:
        """Raises: NotFound."""
        statustypen = await self.bron.catalogus.statustypen(zaaktype)
        if not statustypen:
            raise NotFound("eindstatustype")
        return next((s for s in statustypen if s.is_eindstatus), statustypen[-1])

    async def resultaattype(self, zaaktype: str, omschrijving: str) -> Resultaattype:
        """By its generic omschrijving ("Ingetrokken"), else by its own.

        Raises: NotFound.
        """
        resultaattypen = await self.bron.catalogus.resultaattypen(zaaktype)
        for kenmerk in ("omschrijving_generiek", "omschrijving"):
            for resultaattype in resultaattypen:
                if getattr(resultaattype, kenmerk).casefold() == omschrijving.casefold():
                    return resultaattype
        raise NotFound(f"resultaattype {omschrijving}")

    async def eigenschap(self, zaaktype: str, naam: str) -> Eigenschap:
        """Raises: NotFound."""
        for eigenschap in await self.bron.catalogus.eigenschappen(zaaktype):
            if eigenschap.naam == naam:
                return eigenschap
        raise NotFound(f"eigenschap {naam}")

    async def informatieobjecttype(self, zaaktype: str, omschrijving: str) -> Informatieobjecttype:
        """One that belongs to this zaaktype: another is refused when document and zaak are joined.

        Raises: NotFound.
        """
        van_zaaktype = {r.informatieobjecttype for r in await self.bron.catalogus.richtingen(zaaktype)}
        for soort in await self.bron.catalogus.informatieobjecttypen():
            if soort.url in van_zaaktype and soort.omschrijving.casefold() == omschrijving.casefold():
                return soort
        raise NotFound(f"informatieobjecttype {omschrijving}")

    # ---- zaak --------------------------------------------------------------------------------------------------

    async def vind_zaak(self, identificatie: str) -> Ingeboekt | None:
        """The zaak with this number, when our rights let us see it."""
        params = {"identificatie": identificatie, "bronorganisatie": self.backoffice.rsin}
        for zaak in await all_pages(self.zaken, "/zaken", _ZAKEN, params):
            if zaak.identificatie == identificatie and zaak.bronorganisatie == self.backoffice.rsin:
                return zaak
        return None

    async def lees_zaak(self, zaak: str) -> Ingeboekt:
        """The zaak as it is now. Raises: NotFound."""
        return await self.zaken.call("GET", self.zaken.path_of(zaak, "zaken"), _ZAAK)

    def zaak_url(self, uuid: UUID) -> str:
        return f"{self.zaken.root}/zaken/{uuid}"

    async def maak_zaak(self, zaak: NieuweZaak) -> Ingeboekt:
        """Raises: NummerBezet (look whose it is with `vind_zaak`); BackofficeUnavailable: it may have been made."""
        self._van_catalogus(zaak.zaaktype, "zaaktypen")
        if zaak.hoofdzaak:
            self.zaken.path_of(zaak.hoofdzaak, "zaken")
        return await self._schrijf("/zaken", _ZAAK, zaak.body(self.backoffice))

    # ---- rollen, eigenschappen, objecten -----------------------------------------------------------------------

    async def rollen(self, zaak: str) -> tuple[Rol, ...]:
        self.zaken.path_of(zaak, "zaken")
        rollen = await all_pages(self.zaken, "/rollen", _ROLLEN, {"zaak": zaak})
        return tuple(rol for rol in rollen if rol.zaak == zaak)

    async def maak_rol(self, zaak: str, rol: NieuweRol) -> Rol:
        """Raises: BestaatAl for a second initiator; ZaakGesloten."""
        self._van_catalogus(rol.roltype, "roltypen")
        return await self._schrijf_bij(zaak, "/rollen", _ROL, rol.body(zaak))

    async def eigenschappen(self, zaak: str) -> tuple[Zaakeigenschap, ...]:
        return await self.zaken.call("GET", f"{self.zaken.path_of(zaak, 'zaken')}/zaakeigenschappen", _EIGENSCHAPPEN)

    async def zet_eigenschap(self, zaak: str, eigenschap: str, waarde: str) -> Zaakeigenschap:
        """eigenschap: URL. Raises: ZaakGesloten."""
        self._van_catalogus(eigenschap, "eigenschappen")
        pad = f"{self.zaken.path_of(zaak, 'zaken')}/zaakeigenschappen"
        return await self._schrijf_bij(
            zaak, pad, _EIGENSCHAP, {"zaak": zaak, "eigenschap": eigenschap, "waarde": waarde}
        )

    async def zaakobjecten(self, zaak: str) -> tuple[Zaakobject, ...]:
        self.zaken.path_of(zaak, "zaken")
        objecten = await all_pages(self.zaken, "/zaakobjecten", _OBJECTEN, {"zaak": zaak})
        return tuple(obj for obj in objecten if obj.zaak == zaak)

    async def maak_zaakobject(self, zaak: str, adres: NieuwAdres) -> Zaakobject:
        """Raises: ZaakGesloten."""
        return await self._schrijf_bij(zaak, "/zaakobjecten", _OBJECT, adres.body(zaak))

    # ---- status and resultaat ----------------------------------------------------------------------------------

    async def statussen(self, zaak: str) -> tuple[Status, ...]:
        self.zaken.path_of(zaak, "zaken")
        statussen = await all_pages(self.zaken, "/statussen", _STATUSSEN, {"zaak": zaak})
        return tuple(sorted((s for s in statussen if s.zaak == zaak), key=lambda s: s.datum_status_gezet))

    async def zet_status(self, zaak: str, statustype: str, moment: datetime, toelichting: str = "") -> Status:
        """moment: the one of the act, so that a repeat is refused instead of setting it twice.

        Sent in the time of the Netherlands: a backoffice takes the day of closing from the offset that it gets.
        Raises: BestaatAl; ZaakGesloten; NogNietTeSluiten.
        """
        self._van_catalogus(statustype, "statustypen")
        gezet = min(moment, datetime.now(AMSTERDAM) - timedelta(seconds=1)).astimezone(AMSTERDAM)
        body = {
            "zaak": zaak,
            "statustype": statustype,
            "datumStatusGezet": gezet.isoformat(timespec="seconds"),
            "statustoelichting": toelichting[:1000],
        }
        return await self._schrijf_bij(zaak, "/statussen", _STATUS, body)

    async def lees_resultaat(self, zaak: str) -> Resultaat | None:
        """The resultaat of a zaak, also while it is open."""
        gelezen = await self.lees_zaak(zaak)
        if not gelezen.resultaat:
            return None
        return await self.zaken.call("GET", self.zaken.path_of(gelezen.resultaat, "resultaten"), _RESULTAAT)

    async def zet_resultaat(self, zaak: str, resultaattype: str, toelichting: str = "") -> Resultaat:
        """Raises: BestaatAl; ZaakGesloten."""
        self._van_catalogus(resultaattype, "resultaattypen")
        body = {"zaak": zaak, "resultaattype": resultaattype, "toelichting": toelichting[:1000]}
        return await self._schrijf_bij(zaak, "/resultaten", _RESULTAAT, body)

    # ---- documents ---------------------------------------------------------------------------------------------

    async def vind_document(self, identificatie: str) -> uploaden.Stuk | None:
        """The document with this number of ours; look at `is_volledig` before joining it to a zaak."""
        return await uploaden.vind(self.documenten, identificatie, self.backoffice.rsin)

    async def maak_document(
        self,
        document: NieuwDocument,
        inhoud: AsyncIterator[bytes],
        bewaar_slot: Callable[[str, str], Awaitable[None]] | None = None,
    ) -> uploaden.Stuk:
        """A document with its content, streamed: as base64 when small, in parts of the server's choice when large.

        bewaar_slot: called with (URL, lock) before the parts of a large file go out; only with that lock can a
        broken-off upload be finished with `voltooi_document`.
        Raises: NummerBezet.
        """
        self._van_catalogus(document.informatieobjecttype, "informatieobjecttypen")
        try:
            if document.grootte <= self.backoffice.bestandsdelen_vanaf:
                return await uploaden.maak(self.documenten, document, self.backoffice, inhoud, AUDIT)
            stuk = await uploaden.begin(self.documenten, document, self.backoffice, AUDIT)
            if bewaar_slot is not None:
                await bewaar_slot(stuk.url, stuk.lock)
            return await uploaden.voltooi(self.documenten, stuk, inhoud, stuk.lock, AUDIT)
        except Refused as exc:
            raise vertaald(exc) from None

    async def voltooi_document(
        self, stuk: uploaden.Stuk, inhoud: AsyncIterator[bytes], slot: str = ""
    ) -> uploaden.Stuk:
        """Finish a broken-off upload in parts; a part may be sent again.

        Raises: BackofficeDefect when nobody knows its lock any more: that needs a person.
        """
        try:
            return await uploaden.voltooi(self.documenten, stuk, inhoud, slot or stuk.bekend_slot, AUDIT)
        except Refused as exc:
            raise vertaald(exc) from None

    async def koppel_document(self, zaak: str, document: str, titel: str = "", beschrijving: str = "") -> str:
        """Join a document to a zaak; the URL of the pair, also when it was there already.

        Raises: ZaakGesloten.
        """
        self.documenten.path_of(document, documenten.COLLECTIE)
        body = {"zaak": zaak, "informatieobject": document, "titel": titel[:200], "beschrijving": beschrijving}
        try:
            return (await self._schrijf_bij(zaak, "/zaakinformatieobjecten", _KOPPELING, body)).url
        except BestaatAl:
            if koppeling := await self.vind_koppeling(zaak, document):
                return koppeling
            raise

    async def vind_koppeling(self, zaak: str, document: str) -> str:
        """The URL of the pair of zaak and document, empty when there is none."""
        self.zaken.path_of(zaak, "zaken")
        self.documenten.path_of(document, documenten.COLLECTIE)
        params = {"zaak": zaak, "informatieobject": document}
        for koppeling in await self.zaken.call("GET", "/zaakinformatieobjecten", _KOPPELINGEN, params=params):
            if koppeling.zaak == zaak and koppeling.informatieobject == document:
                return koppeling.url
        return ""

    # ---- how it is sent ----------------------------------------------------------------------------------------

    def _van_catalogus(self, url: str, collectie: str) -> None:
        """Raises: ForeignReference."""
        self.bron.catalogus.verbinding.path_of(url, collectie)

    async def _schrijf(self, pad: str, antwoord: TypeAdapter[T], body: Mapping[str, Any]) -> T:
        try:
            return await self.zaken.call("POST", pad, antwoord, body=body, headers=AUDIT)
        except Refused as exc:
            raise vertaald(exc) from None

    async def _schrijf_bij(self, zaak: str, pad: str, antwoord: TypeAdapter[T], body: Mapping[str, Any]) -> T:
        """A write to something of a zaak. A closed zaak is refused with the code of any lacking right: look again."""
        self.zaken.path_of(zaak, "zaken")
        try:
            return await self._schrijf(pad, antwoord, body)
        except Refused as exc:
            if exc.status == 403 and (await self.lees_zaak(zaak)).is_afgerond:
                raise ZaakGesloten(exc.naam, exc.status, exc.code, exc.fouten) from None
            raise
