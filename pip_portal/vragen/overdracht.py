"""Handing a question over to Klantinteracties, and the net under it: the KCC hears its number when that takes too long.

Both are work of the outbox. The mail to the KCC says that there is a question, and nothing of what it is; when
Klantinteracties is back, it is written there all the same.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select, update

from pip_portal.backoffice.brp import Brp
from pip_portal.backoffice.klantcontact_indienen import Indiener, NieuwContact, NummerBezet
from pip_portal.backoffice.klantcontacten import KlantcontactenApi
from pip_portal.backoffice.klantinteracties import Partij
from pip_portal.backoffice.kvk import Kvk
from pip_portal.contact.doorgeven import partijnaam
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeUnavailable
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.post.mail import plaats_mail
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Vraag
from pip_portal.tijd import now
from pip_portal.vragen.vraag import Inhoud, open_inhoud, overgedragen

log = logging.getLogger(__name__)

TALEN: Final = {"nl": "nld", "en": "eng"}
# For employees, so in Dutch.
DAGDELEN: Final[Mapping[str, str]] = {
    "ochtend": "'s ochtends (9.00 tot 12.00 uur)",
    "middag": "'s middags (13.00 tot 17.00 uur)",
    "altijd": "maakt niet uit wanneer",
}


class Vraagoverdracht:
    """Handler of vraag.SOORT."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, contacten: KlantcontactenApi, brp: Brp, kvk: Kvk) -> None:
        self._db = db
        self._sleutels = sleutels
        self._contacten = contacten
        self._brp = brp
        self._kvk = kvk

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when a source is away for now; Onmogelijk when a person must look."""
        async with self._db() as session:
            rij = await session.get(Vraag, inhoud["vraag"])
        if rij is None or rij.overgedragen_op is not None:
            return
        gesteld = open_inhoud(rij, self._sleutels)
        if gesteld is None:
            raise Onmogelijk("de vraag is niet te lezen met de ingestelde sleutels")
        try:
            uuid = await Indiener(self._contacten).dien_in(await self._partij(gesteld), _contact(rij, gesteld))
        except BackofficeUnavailable:
            raise Uitstel("klantinteracties of een register is niet bereikbaar") from None
        except NummerBezet:
            raise Onmogelijk("het nummer van de vraag is bezet") from None
        await overgedragen(self._db, rij.id, uuid)
        log.info("vraag overgedragen", extra={"vraag": rij.id})

    async def _partij(self, gesteld: Inhoud) -> Partij | None:
        gebruiker = gesteld.gebruiker(self._sleutels)
        if gebruiker is None:
            return None
        klant = self._contacten.klant
        bekend = await klant.partij(gebruiker)
        if bekend is not None:
            return bekend
        return await klant.maak_partij(gebruiker, await partijnaam(gebruiker, self._brp, self._kvk))


class Vangnet:
    """Handler of vraag.VANGNET: tells the KCC about a question that is not handed over yet, once."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, kcc: str) -> None:
        self._db = db
        self._sleutels = sleutels
        self._kcc = kcc

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        async with self._db.begin() as session:
            wacht = (Vraag.id == inhoud["vraag"], Vraag.overgedragen_op.is_(None), Vraag.kcc_op.is_(None))
            nummer = await session.scalar(select(Vraag.nummer).where(*wacht))
            if nummer is None:
                return
            await plaats_mail(
                session,
                self._sleutels,
                sjabloon="VRAAG_KCC",
                aan=self._kcc,
                taal="nl",
                gegevens={"nummer": nummer},
                sleutel=f"VRAAG_KCC:{inhoud['vraag']}",
            )
            await session.execute(update(Vraag).where(*wacht).values(kcc_op=now()))
        log.warning("vraag aan het KCC gemeld", extra={"vraag": inhoud["vraag"]})


def _contact(rij: Vraag, gesteld: Inhoud) -> NieuwContact:
    bellen = f"Bel terug {DAGDELEN[gesteld.dagdeel]}. " if gesteld.dagdeel else ""
    zaak = f"Zaak {gesteld.zaaknummer}. " if gesteld.zaaknummer else ""
    adressen: tuple[tuple[Any, str], ...] = (("telefoonnummer", gesteld.telefoon), ("email", gesteld.email))
    return NieuwContact(
        nummer=rij.nummer,
        onderwerp=gesteld.onderwerp,
        inhoud=gesteld.tekst,
        taal=TALEN[gesteld.taal],
        op=rij.ontvangen_op,
        handeling="Bel de klant terug" if gesteld.dagdeel else "Beantwoord de vraag",
        toelichting=f"{bellen}{zaak}Antwoord beloofd uiterlijk {rij.antwoord_voor:%d-%m-%Y}.",
        naam=gesteld.naam,
        adressen=tuple((soort, adres) for soort, adres in adressen if adres),
        zaak=gesteld.zaak_uuid,
        vervolg_op=gesteld.vervolg_op,
    )
