"""An answer of a co-signer goes to the zaak: a document that says it, and a rol for who signed."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.nieuw import NieuweRol, burger
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeUnavailable, NotFound, PortalError
from pip_portal.inzendingen.betrokkenen import Betrokkene
from pip_portal.inzendingen.gang import Gang
from pip_portal.inzendingen.lezen import open_inhoud
from pip_portal.inzendingen.nummer import document_nummer
from pip_portal.inzendingen.ondertekening import Verzoek, verzoek_van
from pip_portal.inzendingen.overdracht import RECHTEN
from pip_portal.inzendingen.pdf import maak_antwoord_pdf
from pip_portal.inzendingen.voortgang import Voortgang
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.sleutels import Sleutels

log = logging.getLogger(__name__)

GETEKEND: Final = "Heeft mee ondertekend via het portaal, ingelogd met DigiD."
EVEN_WACHTEN: Final = timedelta(minutes=1)  # until the zaak is there


class Tekenoverdracht:
    """What the worker does with an outbox row "ondertekening": wait for the zaak, then look and add what lacks."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, bronnen: Sequence[Bron], bestanden: Bestanden) -> None:
        self._db = db
        self._sleutels = sleutels
        self._bronnen = bronnen
        self._bestanden = bestanden

    async def __call__(self, opdracht: Mapping[str, Any]) -> None:
        """Raises: Uitstel while there is no zaak or no backoffice; Onmogelijk when a person must look."""
        try:
            async with self._db() as session:
                verzoek = await verzoek_van(session, self._sleutels, str(opdracht["ondertekening"]))
                rij, inhoud = await open_inhoud(session, self._sleutels, verzoek.inzending_id)
        except NotFound:
            raise Onmogelijk("de inzending is er niet meer") from None
        if rij.toestand == "afgebroken":
            return
        voortgang = Voortgang.model_validate_json(rij.voortgang)
        if not voortgang.zaak or not voortgang.initiator:
            raise Uitstel("de zaak is er nog niet", EVEN_WACHTEN)
        gang = _Tekengang(rij.id, inhoud, voortgang, _niets_bewaren, self._bestanden)
        try:
            await gang.kies_bron(self._bronnen, rij.bron)
            await gang.schrijf(verzoek)
        except BackofficeUnavailable as exc:
            raise Uitstel(f"backoffice niet bereikbaar: {exc.reden}") from None
        except Refused as exc:
            if exc.status in RECHTEN:
                raise Uitstel(str(exc)) from None
            raise Onmogelijk(str(exc)) from None
        except PortalError as exc:
            raise Onmogelijk(str(exc) or type(exc).__name__) from None
        log.info("ondertekening bij de zaak gezet", extra={"ondertekening": verzoek.id})


class _Tekengang(Gang):
    """The steps of a hand-over, for one answer. Its progress is not stored: each step finds what was made before."""

    async def schrijf(self, verzoek: Verzoek) -> None:
        vraag = verzoek.vraag
        if verzoek.toestand == "getekend" and vraag.bsn:

            def maak(roltype: str) -> NieuweRol:
                return replace(burger(roltype, vraag.bsn, vraag.ondertekenaar), toelichting=GETEKEND)

            if roltype := await self._roltype(vraag.roltype):
                await self._rol(self.voortgang, Betrokkene(roltype, maak))
        pdf = await maak_antwoord_pdf(verzoek)
        nummer = document_nummer(UUID(verzoek.id), 0)

        async def openen() -> AsyncIterator[bytes]:
            return _stukken(pdf)

        soort = await self.boek.informatieobjecttype(self.voortgang.zaaktype, self.opdracht.samenvatting)
        titel = f"Mee ondertekenen: {verzoek.toestand}"
        meta = self._meta(nummer, soort.url, titel, f"{nummer}.pdf", "application/pdf", len(pdf))
        await self._document(meta, openen)

    async def _roltype(self, gevraagd: str) -> str | None:
        """The roltype of the form, but never one that opens the zaak: who signs was found by an e-mail address alone.

        A mail may come to somebody else; so a behandelaar finds out who this is, before they may read the zaak.
        """
        toegang = self.boek.backoffice.rollen_met_toegang
        roltype = await self.boek.roltype(self.voortgang.zaaktype, gevraagd)
        if roltype.omschrijving_generiek in toegang and "belanghebbende" not in toegang:
            with suppress(NotFound):
                roltype = await self.boek.roltype(self.voortgang.zaaktype, "belanghebbende")
        if roltype.omschrijving_generiek in toegang:
            log.warning("geen rol voor wie ondertekende: die rol geeft toegang", extra={"roltype": gevraagd})
            return None
        return roltype.omschrijving


async def _niets_bewaren() -> None:
    return None


async def _stukken(inhoud: bytes) -> AsyncIterator[bytes]:
    yield inhoud
