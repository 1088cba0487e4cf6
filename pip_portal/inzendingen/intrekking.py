"""Withdrawing a zaak: a request to the behandelaar, a status that asks for it, or at once with a resultaat.

In each way the request itself goes along as a document: it is the proof in the file of the zaak.
Source: backoffice-apis §8 (three patterns, chosen per zaaktype).
"""

import json
from typing import Final

from sqlalchemy import update

from pip_portal.backoffice.inboeken import Inboeken, Ingeboekt
from pip_portal.backoffice.weigeringen import BestaatAl
from pip_portal.errors import NotFound
from pip_portal.inzendingen.aanvulling import Aanvulling, gebruiker_van
from pip_portal.inzendingen.gang import EVEN_EERDER, Gang, Vastgelopen
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.voortgang import Voortgang
from pip_portal.tables import Inzending

RESULTAAT: Final = "Ingetrokken"
TOELICHTING: Final = "Ingetrokken door de aanvrager, via het portaal."


class Intrekking(Aanvulling):
    """What the worker does with an outbox row "intrekking". waarden["wijze"]: verzoek, status or direct."""

    async def _draag_over(self, rij: Inzending, inhoud: Inhoud) -> None:
        gang = await self._begin(rij, inhoud)
        zaak = await self._lees(gang, inhoud)
        voortgang = gang.voortgang
        if zaak.is_afgerond and not voortgang.resultaat:
            await self._breek_af(rij, voortgang)  # there is nothing to withdraw any more, and the citizen reads so
            return
        wijze = inhoud.waarden.get("wijze", "verzoek")
        if not zaak.is_afgerond:
            if wijze != "verzoek" and await self._heeft_besluit(gang, inhoud, zaak):
                raise Vastgelopen("er is al een besluit; een medewerker beslist over het intrekken")
            await gang.onderdelen()
            if wijze == "status":
                await self._zet_status(gang, inhoud)
            elif wijze == "direct":
                await self._sluit(gang, zaak)
        await self._af(rij)

    async def _heeft_besluit(self, gang: Gang, inhoud: Inhoud, zaak: Ingeboekt) -> bool:
        api = gang.boek.bron.besluiten
        return api is not None and bool(await api.besluiten(gebruiker_van(inhoud), zaak.url))

    async def _zet_status(self, gang: Gang, inhoud: Inhoud) -> None:
        boek, voortgang = gang.boek, gang.voortgang
        if voortgang.status:
            return
        try:
            statustype = await boek.statustype(voortgang.zaaktype, boek.backoffice.intrekken_status)
        except NotFound:
            raise Vastgelopen(f"statustype {boek.backoffice.intrekken_status} hoort niet bij het zaaktype") from None
        if all(status.statustype != statustype.url for status in await boek.statussen(voortgang.zaak)):
            await boek.zet_status(voortgang.zaak, statustype.url, inhoud.ontvangen_op - EVEN_EERDER, TOELICHTING)
        voortgang.status = statustype.url
        await gang.bewaar()

    async def _sluit(self, gang: Gang, zaak: Ingeboekt) -> None:
        """A resultaat, then the end status. When the second fails a next try finds the first, and goes on."""
        boek, voortgang = gang.boek, gang.voortgang
        try:
            soort = await boek.resultaattype(zaak.zaaktype, RESULTAAT)
        except NotFound:
            raise Vastgelopen(f"resultaattype {RESULTAAT} hoort niet bij het zaaktype") from None
        await self._zet_resultaat(boek, zaak.url, soort.url)
        voortgang.resultaat = soort.url
        await gang.bewaar()
        einde = await boek.eindstatustype(zaak.zaaktype)
        try:
            await boek.zet_status(zaak.url, einde.url, gang.inhoud.ontvangen_op - EVEN_EERDER, TOELICHTING)
        except BestaatAl:
            if not (await boek.lees_zaak(zaak.url)).is_afgerond:
                raise

    async def _zet_resultaat(self, boek: Inboeken, zaak: str, soort: str) -> None:
        bestaand = await boek.lees_resultaat(zaak)
        if bestaand is None:
            try:
                bestaand = await boek.zet_resultaat(zaak, soort, TOELICHTING)
            except BestaatAl:
                bestaand = await boek.lees_resultaat(zaak)
        if bestaand is None or bestaand.resultaattype != soort:
            raise Vastgelopen("de zaak heeft al een ander resultaat")

    async def _breek_af(self, rij: Inzending, voortgang: Voortgang) -> None:
        waarden = {**json.loads(voortgang.als_json()), "reden": "gesloten"}
        async with self._db.begin() as session:
            await session.execute(
                update(Inzending)
                .where(Inzending.id == rij.id)
                .values(toestand="afgebroken", voortgang=json.dumps(waarden))
            )
