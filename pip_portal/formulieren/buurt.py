"""Meldingen that are known already near the place somebody gave: `buurt.meldingen`. An extra, that never stops anybody.

They are public (a category, a distance, a day) and looked up when the place, or what it is about, is saved.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from babel.dates import format_date

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.signalen import BekendeMelding, Punt
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound, TeVaak
from pip_portal.formulieren.aanvraag import Aanvraag
from pip_portal.formulieren.bronwaarden import als_json, waarden_van
from pip_portal.formulieren.concepten import AnderTabblad, Concepten
from pip_portal.formulieren.invoer import Doel
from pip_portal.formulieren.omgeving import Bronoptie
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.plekken import LocatieVeld
from pip_portal.formulieren.voorwaarden import namen_in
from pip_portal.tijd import now

log = logging.getLogger("pip_portal")

PAD = "buurt.meldingen"
GEDULD = 3.0  # seconds


async def ververs_buurt(
    aanvraag: Aanvraag, doel: Doel, concepten: Concepten, bronnen: Bronnen, tel: Callable[[], Awaitable[None]]
) -> Aanvraag:
    """The application with the known meldingen near its place, after this page was saved."""
    veld = _locatie(aanvraag, doel)
    if veld is None or not bronnen.signalen.is_ingesteld:
        return aanvraag
    gevonden = await _zoek(aanvraag, veld, bronnen, tel)
    gegevens = aanvraag.concept.gegevens
    zonder = {pad: waarde for pad, waarde in gegevens.bronnen.items() if pad != PAD}
    bekend = {**zonder, PAD: als_json(gevonden)} if gevonden else zonder
    if bekend == gegevens.bronnen:
        return aanvraag
    gegevens = replace(gegevens, bronnen=bekend)
    await concepten.bewaar_gegevens(aanvraag.concept, aanvraag.eigenaar, gegevens)
    omgeving = replace(aanvraag.omgeving, bronnen=waarden_van(gegevens))
    aanvraag = replace(aanvraag, concept=replace(aanvraag.concept, gegevens=gegevens), omgeving=omgeving)
    return await _vraag_opnieuw(aanvraag, concepten)


async def _vraag_opnieuw(aanvraag: Aanvraag, concepten: Concepten) -> Aanvraag:
    """Other meldingen than those that were answered about: the answer does not count any more."""
    geldig = timedelta(days=aanvraag.formulier.bewaren.concept_dagen)
    for stap in (stap.stap for stap in aanvraag.formulier.stappen if PAD in namen_in(stap.toon_als)):
        gezien = aanvraag.concept.revisie(stap)
        if aanvraag.concept.per_stap.get(stap):
            with suppress(AnderTabblad):  # that one answers about what it saw
                await concepten.bewaar(aanvraag.concept, aanvraag.eigenaar, stap, {}, gezien, geldig)
                aanvraag = aanvraag.bewaard(stap, {}, gezien + 1)
    return aanvraag


def _locatie(aanvraag: Aanvraag, doel: Doel) -> LocatieVeld | None:
    """The place to look around, when this page asked for it or for what it is about."""
    hier = {veld.veld for veld in doel.velden} if doel.groep is None else set()
    velden = (v for v in aanvraag.formulier.alle_velden() if isinstance(v, LocatieVeld) and v.bekend is not None)
    return next((v for v in velden if v.bekend and {v.veld, v.bekend.categorie} & hier), None)


async def _zoek(
    aanvraag: Aanvraag, veld: LocatieVeld, bronnen: Bronnen, tel: Callable[[], Awaitable[None]]
) -> tuple[Bronoptie, ...]:
    """What is known there; nothing when that cannot be asked now."""
    waarden = aanvraag.verloop.waarden
    plek = waarden.get(veld.veld)
    hoofdcategorie = veld.bekend.hoofdcategorieen.get(waarden.get(veld.bekend.categorie, "")) if veld.bekend else None
    if not isinstance(plek, dict) or hoofdcategorie is None:
        return ()
    try:
        async with asyncio.timeout(GEDULD):
            punt = await _punt(plek, bronnen, tel)
            meldingen = await bronnen.signalen.in_de_buurt(punt, hoofdcategorie, now()) if punt else ()
    except (BackofficeUnavailable, BackofficeDefect, NotFound, TimeoutError, TeVaak) as exc:
        log.warning("bekende meldingen niet opgezocht", extra={"reden": type(exc).__name__})
        return ()
    return tuple(_optie(nummer, melding) for nummer, melding in enumerate(meldingen, start=1))


async def _punt(plek: Mapping[str, Any], bronnen: Bronnen, tel: Callable[[], Awaitable[None]]) -> Punt | None:
    """The point on the map, else that of the address; words alone have none."""
    geometrie, bag_id = plek.get("geometrie"), plek.get("adres", {}).get("bag_id")
    if geometrie is None and not bag_id:
        return None
    await tel()
    if geometrie is None:
        return await bronnen.bag.punt(bag_id)
    lengte, breedte = geometrie["coordinates"]
    return (lengte, breedte) if geometrie["type"] == "Point" else None


def _optie(nummer: int, melding: BekendeMelding) -> Bronoptie:
    nl, en = (format_date(melding.datum, "d MMMM y", locale=taal) for taal in ("nl", "en"))
    ver_nl = f"op {melding.afstand} meter" if melding.afstand else "op deze plek"
    ver_en = f"{melding.afstand} metres away" if melding.afstand else "at this place"
    tekst = Tekst(
        nl=f"{melding.categorie}, {ver_nl}, gemeld op {nl}", en=f"{melding.categorie}, {ver_en}, reported on {en}"
    )
    return Bronoptie(str(nummer), tekst)
