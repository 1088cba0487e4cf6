"""What somebody adds to an open zaak: handed over as documents of that zaak, after looking again whether it may.

Source: backoffice-apis §5.1 (only an open zaak; received documents carry their ontvangstdatum).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from pip_portal.backoffice.inboeken import Inboeken, Ingeboekt
from pip_portal.backoffice.toegang import is_aanvrager
from pip_portal.bestanden.opslag import BestandInfo
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.inzendingen.gang import Gang, Vastgelopen
from pip_portal.inzendingen.inhoud import Aanvrager, Antwoord, Bijlage, Blok, Inhoud, Tweetalig, Zaakopdracht
from pip_portal.inzendingen.nummer import maak_nummer
from pip_portal.inzendingen.overdracht import Overdracht
from pip_portal.inzendingen.voortgang import Voortgang
from pip_portal.tables import Inzending

VERSIE: Final = 1  # of the one page that makes these


def aanvrager_van(gebruiker: Gebruiker, naam: str) -> Aanvrager:
    """Who is logged in, as an inzending remembers it."""
    if isinstance(gebruiker, Burger):
        return Aanvrager(
            soort="burger", pseudoniem=gebruiker.pseudoniem, niveau=gebruiker.niveau, bsn=gebruiker.bsn, naam=naam
        )
    return Aanvrager(
        soort="bedrijf",
        pseudoniem=gebruiker.pseudoniem,
        niveau=gebruiker.niveau,
        naam=naam,
        kvk_nummer=gebruiker.kvk_nummer,
        rsin=gebruiker.rsin or "",
        vestiging=gebruiker.vestiging or "",
        handelend=gebruiker.handelende_persoon,
    )


def bij_zaak(
    inzending_id: UUID,
    *,
    soort: str,
    gebruiker: Gebruiker,
    naam: str,
    taal: str,
    bron: str,
    zaak_uuid: str,
    zaaknummer: str,
    zaaktype: str,
    product: Tweetalig,
    kop: Tweetalig,
    antwoorden: Sequence[Antwoord],
    bestanden: Sequence[BestandInfo] = (),
    documenttype: str,
    ontvangen_op: datetime,
    email: str = "",
    **waarden: Any,
) -> Inhoud:
    """An inzending that belongs to a zaak that is there already.

    It is always kept neutral in mails: of a zaak nobody here knows whether its product reveals something.
    """
    eerste = Antwoord(
        veld="zaak",
        vraag=Tweetalig(nl="Zaaknummer", en="Case number"),
        tekst=(Tweetalig(nl=zaaknummer, en=zaaknummer),),
    )
    bijlagen = tuple(
        Bijlage(
            id=bestand.id,
            veld=bestand.veld,
            naam=bestand.naam,
            soort=bestand.soort,
            grootte=bestand.grootte,
            sha256=bestand.sha256,
            informatieobjecttype=documenttype,
        )
        for bestand in bestanden
    )
    vestigingen = list(gebruiker.vestigingen) if isinstance(gebruiker, Bedrijf) else []
    return Inhoud.model_validate(
        {
            "soort": soort,
            "nummer": maak_nummer(inzending_id),
            "formulier": soort,
            "versie": VERSIE,
            "taal": "en" if taal == "en" else "nl",
            "product": product,
            "gevoelig": True,
            "aanvrager": aanvrager_van(gebruiker, naam),
            "blokken": (Blok(kop=kop, antwoorden=(eerste, *antwoorden)),),
            "waarden": {**waarden, "vestigingen": vestigingen},
            "bijlagen": bijlagen,
            "zaak": Zaakopdracht(zaaktype=zaaktype, omschrijving=product.nl, samenvatting=documenttype),
            "email": email,
            "ontvangen_op": ontvangen_op,
            "doel_bron": bron,
            "doel_zaak": zaak_uuid,
        }
    )


class Aanvulling(Overdracht):
    """What the worker does with an outbox row "aanvulling"."""

    async def _draag_over(self, rij: Inzending, inhoud: Inhoud) -> None:
        gang = await self._begin(rij, inhoud)
        zaak = await self._lees(gang, inhoud)
        if zaak.is_afgerond:
            raise Vastgelopen("de zaak was al gesloten toen de aanvulling kwam")
        await gang.onderdelen()
        await self._af(rij)

    async def _begin(self, rij: Inzending, inhoud: Inhoud) -> Gang:
        """The steps of this inzending, on the zaak that it names."""
        voortgang = Voortgang.model_validate_json(rij.voortgang)
        bewaren = asyncio.Lock()

        async def bewaar() -> None:
            async with bewaren, self._db.begin() as session:
                values = {"voortgang": voortgang.als_json()}
                await session.execute(update(Inzending).where(Inzending.id == rij.id).values(values))

        gang = Gang(rij.id, inhoud, voortgang, bewaar, self._bestanden)
        await gang.kies_bron(self._bronnen, inhoud.doel_bron)
        voortgang.zaak = gang.boek.zaak_url(UUID(inhoud.doel_zaak))
        voortgang.zaak_uuid = inhoud.doel_zaak
        return gang

    async def _lees(self, gang: Gang, inhoud: Inhoud) -> Ingeboekt:
        """The zaak as it is now, when who sent this may still add to it.

        Raises: Vastgelopen when not.
        """
        try:
            zaak = await gang.boek.lees_zaak(gang.voortgang.zaak)
            rollen = await gang.boek.rollen(gang.voortgang.zaak)
        except NotFound:
            raise Vastgelopen("de zaak is er niet meer") from None
        if not is_aanvrager(gebruiker_van(inhoud), rollen, gang.boek.backoffice):
            raise Vastgelopen("wie dit stuurde, is geen aanvrager van de zaak meer")
        gang.voortgang.zaaktype = zaak.zaaktype
        await self._kies_documenttype(gang)
        return zaak

    async def _kies_documenttype(self, gang: Gang) -> None:
        """The one that was meant, else the first that may come in for this zaaktype."""
        gewenst = gang.opdracht.samenvatting
        try:
            await gang.boek.informatieobjecttype(gang.voortgang.zaaktype, gewenst)
        except NotFound:
            anders = await _eerste_inkomend(gang.boek, gang.voortgang.zaaktype)
            gang.opdracht = gang.opdracht.model_copy(update={"samenvatting": anders})
            bijlagen = [b.model_copy(update={"informatieobjecttype": anders}) for b in gang.inhoud.bijlagen]
            gang.inhoud = gang.inhoud.model_copy(update={"bijlagen": tuple(bijlagen)})


async def _eerste_inkomend(boek: Inboeken, zaaktype: str) -> str:
    inkomend = [r for r in await boek.bron.catalogus.richtingen(zaaktype) if r.richting == "inkomend"]
    if not inkomend:
        raise Vastgelopen("het zaaktype kent geen documenten die binnenkomen")
    return (await boek.bron.catalogus.informatieobjecttype(inkomend[0].informatieobjecttype)).omschrijving


def gebruiker_van(inhoud: Inhoud) -> Gebruiker:
    wie = inhoud.aanvrager
    if wie.soort == "burger":
        return Burger(bsn=wie.bsn, pseudoniem=wie.pseudoniem, niveau=wie.niveau)
    return Bedrijf(
        kvk_nummer=wie.kvk_nummer,
        pseudoniem=wie.pseudoniem,
        niveau=wie.niveau,
        rsin=wie.rsin or None,
        vestiging=wie.vestiging or None,
        vestigingen=tuple(inhoud.waarden.get("vestigingen", ())),
        handelende_persoon=wie.handelend,
    )
