"""Letters: the documents of the besluiten in the zaken of somebody.

No API lists besluiten by person, so the newest zaken are looked through: a fixed number of them, or of those that began
in the year that is asked. Calls do not grow with the number of zaken.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.onderdelen import Onderdelen
from pip_portal.backoffice.regels import Zaakdocument, Zaakregel, Zakenvraag
from pip_portal.backoffice.samen import together
from pip_portal.backoffice.stukken import visible_documents
from pip_portal.backoffice.zaaksysteem import Zaaksysteem
from pip_portal.gebruiker import Gebruiker

BEKEKEN: Final = 10  # zaken of each toestand


@dataclass(frozen=True, slots=True)
class Brief:
    """A document of an announced besluit. datum: when it was sent, else decided."""

    bron: str
    zaak_uuid: UUID
    zaaknummer: str
    zaaknaam: str
    document: Zaakdocument
    datum: date


@dataclass(frozen=True, slots=True)
class Brieven:
    """Newest first. storingen: names of what could not be read. onvolledig: there are zaken that were not looked at."""

    brieven: tuple[Brief, ...]
    storingen: tuple[str, ...] = ()
    onvolledig: bool = False


async def list_brieven(zaaksysteem: Zaaksysteem, gebruiker: Gebruiker, jaar: int | None = None) -> Brieven:
    """Raises: BackofficeUnavailable; BackofficeDefect, when the zaken cannot be read at all."""
    lijsten = await together(
        zaaksysteem.list(gebruiker, Zakenvraag(toestand, jaar=jaar, per_pagina=BEKEKEN))
        for toestand in ("lopend", "afgerond")
    )
    bronnen = {bron.naam: bron for bron in zaaksysteem.bronnen}
    delen = {naam: Onderdelen(naam) for naam in bronnen}
    leeg: tuple[Brief, ...] = ()
    gevonden = await together(
        delen[regel.bron].part("besluiten", _van_zaak(bronnen[regel.bron], gebruiker, regel, delen[regel.bron]), leeg)
        for lijst in lijsten
        for regel in lijst.regels
    )
    brieven = sorted((brief for van_een in gevonden for brief in van_een), key=lambda b: b.datum, reverse=True)
    storingen = [naam for lijst in lijsten for naam in lijst.storingen]
    storingen += [bron.backoffice.naam for naam, bron in bronnen.items() if delen[naam].storingen]
    onvolledig = any(lijst.aantal > len(lijst.regels) for lijst in lijsten)
    return Brieven(tuple(brieven), tuple(dict.fromkeys(storingen)), onvolledig)


async def _van_zaak(bron: Bron, gebruiker: Gebruiker, regel: Zaakregel, delen: Onderdelen) -> tuple[Brief, ...]:
    """Only documents that are of the zaak too, and may be seen there: where the letter is opened from."""
    api = bron.besluiten
    if api is None:
        return ()
    besluiten = [b for b in await api.besluiten(gebruiker, regel.zaak.url) if b.is_bekendgemaakt]
    if not besluiten:
        return ()
    van_besluit = await together(api.koppelingen(gebruiker, besluit) for besluit in besluiten)
    datums = {
        koppeling.informatieobject: besluit.verzenddatum or besluit.publicatiedatum or besluit.datum
        for besluit, koppelingen in zip(besluiten, van_besluit, strict=True)
        for koppeling in koppelingen
    }
    if not datums:
        return ()
    van_zaak = await bron.zaken.koppelingen(gebruiker, regel.zaak)
    koppelingen = [k for k in van_zaak if k.informatieobject in datums]
    documenten = await visible_documents(bron, gebruiker, regel.zaak, koppelingen, delen)
    return tuple(
        Brief(
            bron.naam,
            regel.uuid,
            regel.nummer,
            regel.naam,
            document,
            datums[document.koppeling.informatieobject],
        )
        for document in documenten
    )
