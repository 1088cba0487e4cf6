"""Mijn zaken: one page of rows out of one or more sources, in at most three rounds of calls.

Server lists are bare (never expanded): a row costs the server 16 ms to expand, and only the rows of one page
are shown. Round one fetches the list pages, round two what the shown rows need; the catalogus is cached.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date

from pip_portal.backoffice.bron import Bron, ForeignZaak
from pip_portal.backoffice.oogst import Oogst, Rij, harvest
from pip_portal.backoffice.regels import Zaakregel, Zakenlijst, Zakenvraag
from pip_portal.backoffice.samen import together
from pip_portal.backoffice.toegang import zoekvragen
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound, PortalError
from pip_portal.gebruiker import Gebruiker

log = logging.getLogger(__name__)


async def list_zaken(bronnen: Sequence[Bron], gebruiker: Gebruiker, vraag: Zakenvraag, vandaag: date) -> Zakenlijst:
    """One page of the zaken of this gebruiker out of all sources, merged in the order asked for.

    Every row is checked on its own rollen: a server may ignore the filter on the person.
    Raises: BackofficeUnavailable (or BackofficeDefect) when every source failed.
    """
    is_enige = sum(len(zoekvragen(gebruiker, bron.backoffice)) for bron in bronnen) == 1
    antwoorden = await together(_harvest_or_error(bron, gebruiker, vraag, is_enige) for bron in bronnen)
    oogsten = [antwoord for antwoord in antwoorden if isinstance(antwoord, Oogst)]
    paren = _window(oogsten, vraag)
    regels = await together(_row_or_error(bron, gebruiker, rij, vandaag) for bron, rij in paren)
    goed = tuple(regel for regel in regels if isinstance(regel, Zaakregel))
    fouten = _failures(bronnen, antwoorden) | {
        bron.naam: regel for (bron, _), regel in zip(paren, regels, strict=True) if isinstance(regel, PortalError)
    }
    if fouten and len(fouten) == len(bronnen) and not goed:
        raise _worst(fouten.values())
    niet_te_tellen = {naam for naam, fout in fouten.items() if isinstance(fout, ForeignZaak)}
    geteld = sum(oogst.aantal for oogst in oogsten if oogst.bron.naam not in niet_te_tellen)
    return Zakenlijst(
        regels=goed,
        aantal=max(len(goed), geteld - sum(regel is None for regel in regels)),
        pagina=vraag.pagina,
        per_pagina=vraag.per_pagina,
        aantal_exact=all(oogst.is_exact for oogst in oogsten) and len(goed) == len(regels),
        storingen=tuple(bron.backoffice.naam for bron in bronnen if bron.naam in fouten),
        onvolledig=any(oogst.onvolledig for oogst in oogsten),
    )


def _failures(bronnen: Sequence[Bron], antwoorden: Sequence[Oogst | PortalError]) -> dict[str, PortalError]:
    fouten: dict[str, PortalError] = {}
    for bron, antwoord in zip(bronnen, antwoorden, strict=True):
        fout = antwoord.gebrek if isinstance(antwoord, Oogst) else antwoord
        if fout is not None:
            fouten[bron.naam] = fout
    return fouten


def _worst(fouten: Iterable[PortalError]) -> PortalError:
    """The error to show when nothing could be shown: an outage before a defect, as it passes by itself."""
    alle = list(fouten)
    storing = next((fout for fout in alle if isinstance(fout, BackofficeUnavailable)), None)
    if storing is not None:
        return storing
    defect = next((fout for fout in alle if isinstance(fout, BackofficeDefect)), None)
    return defect or BackofficeDefect("bron bestaat niet op de ingestelde root")


def _window(oogsten: Sequence[Oogst], vraag: Zakenvraag) -> list[tuple[Bron, Rij]]:
    """The rows of the wanted page."""
    rijen = [(oogst.bron, rij) for oogst in oogsten for rij in oogst.rijen]
    if any(oogst.is_venster for oogst in oogsten):
        return rijen
    rijen.sort(
        key=lambda paar: (paar[1][0].startdatum, paar[1][0].identificatie),
        reverse=vraag.volgorde == "nieuwste",
    )
    start = (vraag.pagina - 1) * vraag.per_pagina
    return rijen[start : start + vraag.per_pagina]


async def _harvest_or_error(bron: Bron, gebruiker: Gebruiker, vraag: Zakenvraag, is_enige: bool) -> Oogst | PortalError:
    try:
        return await harvest(bron, gebruiker, vraag, is_enige=is_enige)
    except (BackofficeUnavailable, BackofficeDefect, NotFound) as exc:
        log.warning("bron uitgevallen", extra={"bron": bron.naam, "soort": type(exc).__name__})
        return exc


async def _row_or_error(bron: Bron, gebruiker: Gebruiker, rij: Rij, vandaag: date) -> Zaakregel | PortalError | None:
    try:
        return await bron.regel(gebruiker, *rij, vandaag)
    except ForeignZaak as exc:
        log.critical("lijst bevat een zaak van een ander", extra={"bron": bron.naam})
        return exc
    except (BackofficeUnavailable, BackofficeDefect, NotFound) as exc:
        log.warning("rij niet te lezen", extra={"bron": bron.naam, "soort": type(exc).__name__})
        return exc
