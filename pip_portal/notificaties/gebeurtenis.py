"""From a notification to news: what happened in which zaak, read afresh, or the reason why it is no news.

Whom it concerns is for verwerken.py. A rule about what may be seen is never made here: those of the pages are asked.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.catalogi import Statustype
from pip_portal.backoffice.http import ForeignReference
from pip_portal.backoffice.resource import dag_in_nederland, uuid_of
from pip_portal.backoffice.stukken import is_visible
from pip_portal.backoffice.toegang import is_ingestuurd, mag_zaak_tonen
from pip_portal.backoffice.veranderd import Veranderd
from pip_portal.backoffice.zaken import Zaak, ZaakInformatieObject
from pip_portal.burgerstatus import GENERIEK, Burgerstatussen, reactiedatum
from pip_portal.errors import NotFound
from pip_portal.notificaties.bericht import Bericht
from pip_portal.tijd import vandaag

# A change of something older than this is housekeeping of the archive, not news.
VERS: Final = timedelta(days=30)
NET_AFGESLOTEN: Final = timedelta(days=7)
ZONDER_MAIL: Final = ("O", "A")  # that it was received is confirmed at once (M1); that we ask advice asks nothing


class Genegeerd(Exception):
    """No news for anybody. reden: one fixed word, counted and logged."""

    def __init__(self, reden: str) -> None:
        super().__init__(reden)
        self.reden = reden


@dataclass(frozen=True, slots=True)
class Gebeurtenis:
    """News in one zaak.

    kenmerk: what it is about, the same however it was heard. doen: the aanvrager must act, uiterlijk on that day; else
    uiterlijk is the day of which the mail speaks (when we decide, until when to object). mailen False: only to read in
    the portal.
    """

    zaak: Zaak
    soort: str
    kenmerk: str
    code: str = ""
    doen: bool = False
    uiterlijk: date | None = None
    mailen: bool = True


class Gebeurtenissen:
    """For one bron. elke_status: mail about each status, also when its statustype does not say `informeren`."""

    def __init__(self, bron: Bron, burgerstatussen: Burgerstatussen, *, elke_status: bool = False) -> None:
        self._bron = bron
        self._burgerstatussen = burgerstatussen
        self._elke_status = elke_status
        self._lees = Veranderd(bron)

    async def van(self, bericht: Bericht) -> list[Gebeurtenis]:
        """What this notification is about; more than one when a document belongs to several zaken.

        Raises: Genegeerd; BackofficeUnavailable; BackofficeDefect.
        """
        lezers: Mapping[str, Callable[[Bericht], Awaitable[list[Gebeurtenis]]]] = {
            "status": self._status,
            "resultaat": self._resultaat,
            "zaak": self._zaak,
            "zaakinformatieobject": self._koppeling,
            "enkelvoudiginformatieobject": self._document,
            "besluit": self._besluit,
        }
        try:
            return await lezers[bericht.resource](bericht)
        except NotFound:
            raise Genegeerd("niet_te_lezen") from None
        except ForeignReference:
            raise Genegeerd("verwijst_naar_elders") from None

    # ---- the zaak itself -------------------------------------------------------------------------------

    async def open(self, url: str) -> Zaak:
        """Raises: Genegeerd when no citizen may see it."""
        zaak = await self._lees.zaak(url)
        zaaktype = await self._bron.catalogus.zaaktype(zaak.zaaktype)
        if not mag_zaak_tonen(self._bron.backoffice, zaak, zaaktype, None):
            raise Genegeerd("zaak_niet_zichtbaar")
        return zaak

    async def _status(self, bericht: Bericht) -> list[Gebeurtenis]:
        status = await self._lees.status(bericht.resource_url)
        if status.zaak != bericht.hoofd_object:
            raise Genegeerd("hoort_niet_bij_zaak")
        zaak = await self.open(bericht.hoofd_object)
        if zaak.status != status.url:
            raise Genegeerd("achterhaald")  # deliveries are unordered; the one that holds now has its own
        if zaak.is_afgerond:
            return [await self._afsluiting(zaak)]
        statustype = await self._bron.catalogus.statustype(status.statustype, zaak.zaaktype)
        code = self._burgerstatussen.code(statustype) or ""
        doen = bool(code) and bool(GENERIEK[code].doen)
        uiterlijk = reactiedatum(status.statustoelichting) if doen else None
        if code in ("B", "V") and not zaak.is_opgeschort:
            uiterlijk = zaak.uiterlijke_einddatum_afdoening
        kenmerk = f"status:{uuid_of(status.url)}"
        mailen = doen or self._informeert(code, statustype)
        return [Gebeurtenis(zaak, "status", kenmerk, code, doen, uiterlijk, mailen)]

    def _informeert(self, code: str, statustype: Statustype) -> bool:
        """Source: backoffice-apis §12, rule for an e-mail to the citizen."""
        return (statustype.informeren or self._elke_status) and code not in ZONDER_MAIL

    async def _resultaat(self, bericht: Bericht) -> list[Gebeurtenis]:
        resultaat = await self._lees.resultaat(bericht.resource_url)
        if resultaat.zaak != bericht.hoofd_object:
            raise Genegeerd("hoort_niet_bij_zaak")
        zaak = await self.open(bericht.hoofd_object)
        if not zaak.is_afgerond:
            raise Genegeerd("nog_niet_afgesloten")  # not final, so not shown either
        return [await self._afsluiting(zaak)]

    async def _zaak(self, bericht: Bericht) -> list[Gebeurtenis]:
        zaak = await self.open(bericht.hoofd_object)
        if not zaak.is_afgerond:
            raise Genegeerd("geen_nieuws")
        return [await self._afsluiting(zaak)]

    async def _afsluiting(self, zaak: Zaak) -> Gebeurtenis:
        if zaak.einddatum is None or zaak.einddatum < vandaag() - NET_AFGESLOTEN:
            raise Genegeerd("al_langer_afgesloten")
        code, mailen = "K", True
        if zaak.status:
            status = await self._lees.status(zaak.status)
            statustype = await self._bron.catalogus.statustype(status.statustype, zaak.zaaktype)
            code = self._burgerstatussen.code(statustype) or "K"
            mailen = self._informeert(code, statustype)
        return Gebeurtenis(zaak, "afgesloten", f"afgesloten:{zaak.einddatum}", code, mailen=mailen)

    # ---- documents -------------------------------------------------------------------------------------

    async def _koppeling(self, bericht: Bericht) -> list[Gebeurtenis]:
        koppeling = await self._lees.koppeling(bericht.resource_url)
        if koppeling.zaak != bericht.hoofd_object:
            raise Genegeerd("hoort_niet_bij_zaak")
        return [await self._nieuw_document(koppeling)]

    async def _document(self, bericht: Bericht) -> list[Gebeurtenis]:
        """A document that was linked before it was final: it is news when it can be seen."""
        grens = vandaag() - VERS
        gevonden, reden = [], "document_zonder_zaak"
        for koppeling in await self._lees.koppelingen_van(bericht.resource_url):
            if koppeling.registratiedatum is None or dag_in_nederland(koppeling.registratiedatum) < grens:
                reden = "te_oud"
                continue
            try:
                gevonden.append(await self._nieuw_document(koppeling))
            except Genegeerd as exc:
                reden = exc.reden
        if not gevonden:
            raise Genegeerd(reden)
        return gevonden

    async def _nieuw_document(self, koppeling: ZaakInformatieObject) -> Gebeurtenis:
        zaak = await self.open(koppeling.zaak)
        document = await self._lees.document(koppeling.informatieobject)
        richtingen = await self._bron.catalogus.richtingen(zaak.zaaktype)
        if not await is_visible(self._bron, document, richtingen):
            raise Genegeerd("document_niet_zichtbaar")
        if is_ingestuurd(document, richtingen):
            raise Genegeerd("zelf_ingestuurd")
        return Gebeurtenis(zaak, "document", f"document:{uuid_of(koppeling.informatieobject)}")

    # ---- besluiten -------------------------------------------------------------------------------------

    async def _besluit(self, bericht: Bericht) -> list[Gebeurtenis]:
        besluit = await self._lees.besluit(bericht.resource_url)
        if not besluit.is_bekendgemaakt:
            raise Genegeerd("niet_bekendgemaakt")
        bekend = besluit.verzenddatum or besluit.publicatiedatum or besluit.datum
        if bekend < vandaag() - VERS:
            raise Genegeerd("te_oud")
        if not besluit.zaak:
            raise Genegeerd("besluit_zonder_zaak")
        zaak = await self.open(besluit.zaak)
        uiterlijk = besluit.uiterlijke_reactiedatum
        return [Gebeurtenis(zaak, "besluit", f"besluit:{uuid_of(besluit.url)}", "S", uiterlijk=uiterlijk)]
