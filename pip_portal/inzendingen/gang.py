"""The steps of one hand-over. Each looks before it writes, and has what it made stored before the next begins."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.inboeken import Inboeken, Ingeboekt
from pip_portal.backoffice.nieuw import NieuwAdres, NieuwDocument, NieuweZaak
from pip_portal.backoffice.uploaden import Stuk
from pip_portal.backoffice.weigeringen import BestaatAl, NummerBezet
from pip_portal.bestanden.geweigerd import BestandNietSchoon
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.errors import BackofficeUnavailable, NotFound, PortalError
from pip_portal.inzendingen.betrokkenen import Betrokkene, anderen, initiator, is_zelfde
from pip_portal.inzendingen.inhoud import Bijlage, Deelzaak, Inhoud, Zaakobject, Zaakopdracht
from pip_portal.inzendingen.nummer import document_nummer
from pip_portal.inzendingen.pdf import maak_pdf
from pip_portal.inzendingen.voortgang import GEEN, Deelvoortgang, Voortgang
from pip_portal.weergave import lokale_dag

log = logging.getLogger(__name__)

TEGELIJK: Final = 4  # writes of one inzending under way at once
TALEN: Final = {"nl": "nld", "en": "eng"}
TITELS: Final = {"aanvulling": "Aanvulling", "intrekking": "Verzoek tot intrekken"}  # of what comes after the aanvraag
# A status may not lie in the future, and a repeat must have the same moment to be refused.
EVEN_EERDER: Final = timedelta(seconds=1)

Openen = Callable[[], Awaitable[AsyncIterator[bytes]]]


class Vastgelopen(PortalError):
    """A person must look. Its text is fixed, with names out of the catalogus at most."""


class Gang:
    """One try at handing over one inzending.

    bewaar: stores `voortgang`; called after each step, also by steps side by side.
    """

    def __init__(
        self,
        inzending_id: str,
        inhoud: Inhoud,
        voortgang: Voortgang,
        bewaar: Callable[[], Awaitable[None]],
        bestanden: Bestanden,
    ) -> None:
        if inhoud.zaak is None:
            raise Vastgelopen("de inzending zegt niet welke zaak zij wordt")
        self.id = UUID(inzending_id)
        self.inhoud = inhoud
        self.opdracht: Zaakopdracht = inhoud.zaak
        self.voortgang = voortgang
        self.bewaar = bewaar
        self._bestanden = bestanden
        self._plaatsen = asyncio.Semaphore(TEGELIJK)
        self.boek: Inboeken

    # ---- where, and the zaak itself ----------------------------------------------------------------------------

    async def kies_bron(self, bronnen: Sequence[Bron], naam: str) -> None:
        """The backoffice that was chosen, else the first one that has this zaaktype today; from now on always that."""
        naam = self.voortgang.bron or naam
        if naam:
            gekozen = next((bron for bron in bronnen if bron.naam == naam), None)
            if gekozen is None:
                raise Vastgelopen(f"backoffice {naam} staat niet in de instellingen")
        else:
            gekozen = await self._met_zaaktype(bronnen)
        self.boek = Inboeken(gekozen)
        self.voortgang.bron = gekozen.naam

    async def _met_zaaktype(self, bronnen: Sequence[Bron]) -> Bron:
        for bron in bronnen:
            try:
                await bron.catalogus.zaaktype_op(self.opdracht.zaaktype, lokale_dag(self.inhoud.ontvangen_op))
            except NotFound:
                continue
            return bron
        raise Vastgelopen(f"geen backoffice heeft zaaktype {self.opdracht.zaaktype}")

    async def zaak(self) -> None:
        """The zaak under our own number. A zaak of another with that number needs a person: the citizen has it."""
        if self.voortgang.zaak:
            return
        gevonden = await self._vind_of_maak(self.inhoud.nummer, self._nieuwe_zaak)
        self.voortgang.zaak, self.voortgang.zaak_uuid = gevonden.url, str(gevonden.uuid)
        self.voortgang.zaaktype = gevonden.zaaktype
        await self.bewaar()

    async def _vind_of_maak(self, nummer: str, nieuw: Callable[[], Awaitable[NieuweZaak]]) -> Ingeboekt:
        gevonden = await self.boek.vind_zaak(nummer)
        if gevonden is None:
            try:
                gevonden = await self.boek.maak_zaak(await nieuw())
            except NummerBezet:
                gevonden = await self.boek.vind_zaak(nummer)
        if gevonden is None or not gevonden.is_van(self._kenmerk):
            log.critical("zaaknummer is al van een ander", extra={"inzending": str(self.id)})
            raise Vastgelopen("het nummer is van een andere zaak, of van een zaak die wij niet mogen zien")
        return gevonden

    @property
    def _kenmerk(self) -> str:
        return str(self.id)

    async def _nieuwe_zaak(self) -> NieuweZaak:
        ontvangen = lokale_dag(self.inhoud.ontvangen_op)
        opdracht = self.opdracht
        return NieuweZaak(
            identificatie=self.inhoud.nummer,
            zaaktype=(await self.boek.zaaktype(opdracht.zaaktype, ontvangen)).url,
            ontvangen=ontvangen,
            kenmerk=self._kenmerk,
            omschrijving=opdracht.omschrijving,
            toelichting=opdracht.toelichting,
            vertrouwelijkheid=opdracht.vertrouwelijkheid,
            kanaal=opdracht.kanaal,
            betalingsindicatie=opdracht.betalingsindicatie,
            geometrie=opdracht.geometrie,
        )

    async def initiator(self) -> None:
        """Whose zaak it is, before all else: from here on the citizen could find it."""
        if not self.voortgang.initiator:
            wie = initiator(self.inhoud, self.boek.backoffice)
            self.voortgang.initiator = await self._rol(self.voortgang, wie) if wie else GEEN
            await self.bewaar()

    # ---- all that hangs under it -------------------------------------------------------------------------------

    async def onderdelen(self) -> None:
        """Everything else, side by side. What fails does not break off the rest: that would leave writes behind of
        which nobody knows whether they landed. An outage is told before a refusal, so that all else gets done first.
        """
        stappen: list[Coroutine[Any, Any, None]] = [
            self._rollen(),
            self._eigenschappen(self.voortgang, self.opdracht.eigenschappen),
            self._objecten(),
            self._samenvatting(),
            *(self._deelzaak(plaats, deel) for plaats, deel in enumerate(self.opdracht.deelzaken, start=1)),
        ]
        stappen += [self._bijlage(nummer, bijlage) for nummer, bijlage in enumerate(self.inhoud.bijlagen, start=1)]
        uitkomsten = await asyncio.gather(*(self._begrensd(stap) for stap in stappen), return_exceptions=True)
        fouten = [uitkomst for uitkomst in uitkomsten if uitkomst is not None]
        for fout in sorted(fouten, key=lambda fout: not isinstance(fout, BackofficeUnavailable)):
            raise fout

    async def _begrensd(self, stap: Coroutine[Any, Any, None]) -> None:
        async with self._plaatsen:
            await stap

    async def _rollen(self) -> None:
        for plaats, wie in enumerate(anderen(self.inhoud, self.boek.backoffice)):
            if str(plaats) not in self.voortgang.rollen:
                self.voortgang.rollen[str(plaats)] = await self._rol(self.voortgang, wie)
                await self.bewaar()

    async def _rol(self, bij: Voortgang | Deelvoortgang, wie: Betrokkene) -> str:
        zaak = bij.zaak
        roltype = await self.boek.roltype(bij.zaaktype, wie.roltype)
        nieuw = wie.maak(roltype.url)

        async def kijk() -> str:
            rollen = await self.boek.rollen(zaak)
            return next((rol.url for rol in rollen if is_zelfde(rol, roltype.omschrijving, nieuw)), "")

        if al := await kijk():
            return al
        try:
            return (await self.boek.maak_rol(zaak, nieuw)).url
        except BestaatAl:
            if al := await kijk():
                return al
            raise

    async def _eigenschappen(self, bij: Voortgang | Deelvoortgang, waarden: Mapping[str, str]) -> None:
        nodig = {n: w for n, w in waarden.items() if n not in bij.eigenschappen}
        if not nodig:
            return
        er_al = {e.eigenschap: e.url for e in await self.boek.eigenschappen(bij.zaak)}
        for naam, waarde in nodig.items():
            eigenschap = await self.boek.eigenschap(bij.zaaktype, naam)
            url = er_al.get(eigenschap.url)
            if url is None:
                url = (await self.boek.zet_eigenschap(bij.zaak, eigenschap.url, waarde)).url
            bij.eigenschappen[naam] = url
            await self.bewaar()

    async def _objecten(self) -> None:
        nodig = [(str(n), o) for n, o in enumerate(self.opdracht.objecten) if str(n) not in self.voortgang.objecten]
        if not nodig:
            return
        er_al = list(await self.boek.zaakobjecten(self.voortgang.zaak))
        for plaats, zaakobject in nodig:
            adres = _adres(zaakobject)
            gevonden = next((o for o in er_al if o.is_adres(adres)), None)
            if gevonden is None:
                gevonden = await self.boek.maak_zaakobject(self.voortgang.zaak, adres)
                er_al.append(gevonden)
            self.voortgang.objecten[plaats] = gevonden.url
            await self.bewaar()

    # ---- deelzaken ---------------------------------------------------------------------------------------------

    async def _deelzaak(self, plaats: int, deel: Deelzaak) -> None:
        """A zaak under ours, in the same steps. Its number is ours with its place behind it, so that it is found."""
        stand = self.voortgang.deelzaken.setdefault(str(plaats), Deelvoortgang())
        nummer = f"{self.inhoud.nummer}-{plaats}"
        if not stand.zaak:

            async def nieuw() -> NieuweZaak:
                ontvangen = lokale_dag(self.inhoud.ontvangen_op)
                return replace(
                    await self._nieuwe_zaak(),
                    identificatie=nummer,
                    zaaktype=(await self.boek.zaaktype(deel.zaaktype, ontvangen)).url,
                    omschrijving=deel.omschrijving,
                    toelichting="",
                    geometrie=None,
                    betalingsindicatie="",
                    hoofdzaak=self.voortgang.zaak,
                )

            gevonden = await self._vind_of_maak(nummer, nieuw)
            stand.zaak, stand.zaaktype = gevonden.url, gevonden.zaaktype
            await self.bewaar()
        if not stand.initiator:
            wie = initiator(self.inhoud, self.boek.backoffice)
            stand.initiator = await self._rol(stand, wie) if wie else GEEN
            await self.bewaar()
        await self._eigenschappen(stand, deel.eigenschappen)
        await self._eerste_status(stand)

    # ---- documents ---------------------------------------------------------------------------------------------

    async def _samenvatting(self) -> None:
        """What was sent, as a PDF for the behandelaar and for the citizen."""
        nummer = document_nummer(self.id, 0)
        if nummer in self.voortgang.documenten:
            return
        pdf = await maak_pdf(self.inhoud, self.inhoud.taal)
        titel = TITELS.get(self.inhoud.soort, self.inhoud.product.nl)

        async def openen() -> AsyncIterator[bytes]:
            return _stukken(pdf)

        soort = await self.boek.informatieobjecttype(self.voortgang.zaaktype, self.opdracht.samenvatting)
        meta = self._meta(nummer, soort.url, titel, f"{self.inhoud.nummer}.pdf", "application/pdf", len(pdf))
        await self._document(meta, openen)

    async def _bijlage(self, volgnummer: int, bijlage: Bijlage) -> None:
        nummer = document_nummer(self.id, volgnummer)
        if nummer in self.voortgang.documenten:
            return

        async def openen() -> AsyncIterator[bytes]:
            try:
                _info, stroom = await self._bestanden.open(bijlage.id, inzending_id=str(self.id))
            except (NotFound, BestandNietSchoon):
                raise Vastgelopen("een bestand van de inzending is weg of niet schoon") from None
            return stroom

        soort = await self.boek.informatieobjecttype(self.voortgang.zaaktype, bijlage.informatieobjecttype)
        meta = self._meta(
            nummer,
            soort.url,
            bijlage.naam,
            bijlage.naam,
            bijlage.soort,
            bijlage.grootte,
            bijlage.sha256,
            bijlage.vertrouwelijkheid,
        )
        await self._document(meta, openen)

    def _meta(
        self,
        nummer: str,
        informatieobjecttype: str,
        titel: str,
        bestandsnaam: str,
        formaat: str,
        grootte: int,
        sha256: str = "",
        vertrouwelijkheid: str = "",
    ) -> NieuwDocument:
        return NieuwDocument(
            identificatie=nummer,
            informatieobjecttype=informatieobjecttype,
            titel=titel,
            bestandsnaam=bestandsnaam,
            formaat=formaat,
            grootte=grootte,
            ontvangen=lokale_dag(self.inhoud.ontvangen_op),
            auteur=self.inhoud.aanvrager.naam,
            sha256=sha256,
            vertrouwelijkheid=vertrouwelijkheid,
            taal=TALEN[self.inhoud.taal],
        )

    async def _document(self, meta: NieuwDocument, openen: Openen) -> None:
        """The whole document, and its pair with the zaak; only then it counts as done."""
        nummer, zaak = meta.identificatie, self.voortgang.zaak
        stuk, nieuw = await self.boek.vind_document(nummer), False
        if stuk is None:
            stuk, nieuw = await self._maak_document(meta, openen), True
        if not stuk.is_volledig:
            slot = self.voortgang.sloten.get(nummer, "")
            stuk = await self.boek.voltooi_document(stuk, await openen(), slot)
        if nieuw or not await self.boek.vind_koppeling(zaak, stuk.url):
            await self.boek.koppel_document(zaak, stuk.url, meta.titel)
        self.voortgang.documenten[nummer] = stuk.url
        self.voortgang.sloten.pop(nummer, None)
        await self.bewaar()

    async def _maak_document(self, meta: NieuwDocument, openen: Openen) -> Stuk:
        async def bewaar_slot(_url: str, slot: str) -> None:
            self.voortgang.sloten[meta.identificatie] = slot
            await self.bewaar()

        try:
            return await self.boek.maak_document(meta, await openen(), bewaar_slot)
        except NummerBezet:
            stuk = await self.boek.vind_document(meta.identificatie)
        if stuk is None:
            raise Vastgelopen("een document is er al, maar wij mogen het niet zien")
        return stuk

    # ---- the end -----------------------------------------------------------------------------------------------

    async def eerste_status(self) -> None:
        """Says that the zaak is complete, so it comes last. When somebody set one already, that will do."""
        await self._eerste_status(self.voortgang)

    async def _eerste_status(self, bij: Voortgang | Deelvoortgang) -> None:
        if bij.status:
            return
        statussen = await self.boek.statussen(bij.zaak)
        if not statussen:
            statustype = await self.boek.eerste_statustype(bij.zaaktype)
            moment = self.inhoud.ontvangen_op - EVEN_EERDER
            try:
                statussen = (await self.boek.zet_status(bij.zaak, statustype.url, moment),)
            except BestaatAl:
                statussen = await self.boek.statussen(bij.zaak)
        bij.status = statussen[0].url
        await self.bewaar()


def _adres(zaakobject: Zaakobject) -> NieuwAdres:
    return NieuwAdres(
        straat=zaakobject.straat,
        huisnummer=zaakobject.huisnummer,
        plaats=zaakobject.plaats,
        postcode=zaakobject.postcode,
        huisletter=zaakobject.huisletter,
        toevoeging=zaakobject.toevoeging,
        identificatie=zaakobject.identificatie,
    )


async def _stukken(inhoud: bytes) -> AsyncIterator[bytes]:
    yield inhoud
