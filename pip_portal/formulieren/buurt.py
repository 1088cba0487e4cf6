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
from fastapi import Request

from pip_portal import mij_ook
from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.signalen import BekendeMelding, Punt
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound, TeVaak
from pip_portal.formulieren.aanvraag import Aanvraag
from pip_portal.formulieren.bronwaarden import als_json, waarden_van
from pip_portal.formulieren.concepten import AnderTabblad, Concepten
from pip_portal.formulieren.invoer import Doel
from pip_portal.formulieren.omgeving import Bronoptie
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.plekken import LocatieVeld
from pip_portal.formulieren.voorwaarden import namen_in
from pip_portal.tellers import Grens, netwerk, tel_wie
from pip_portal.tijd import now

log = logging.getLogger("pip_portal")

PAD = "buurt.meldingen"
GEDULD = 3.0  # seconds
VAAKST = Grens(20, timedelta(days=1))  # people who may be counted from one network


async def ververs_buurt(
    aanvraag: Aanvraag,
    doel: Doel,
    concepten: Concepten,
    bronnen: Bronnen,
    db: Sessionmaker,
    tel: Callable[[], Awaitable[None]],
) -> Aanvraag:
    """The application with the known meldingen near its place, after this page was saved."""
    veld = _locatie(aanvraag, doel)
    if veld is None or not bronnen.signalen.is_ingesteld:
        return aanvraag
    gevonden = await _zoek(aanvraag, veld, bronnen, db, tel)
    gegevens = aanvraag.concept.gegevens
    waren = aanvraag.omgeving.opties(PAD)
    zonder = {pad: waarde for pad, waarde in gegevens.bronnen.items() if pad != PAD}
    bekend = {**zonder, PAD: als_json(gevonden)} if gevonden else zonder
    if bekend == gegevens.bronnen:
        return aanvraag
    gegevens = replace(gegevens, bronnen=bekend)
    await concepten.bewaar_gegevens(aanvraag.concept, aanvraag.eigenaar, gegevens)
    omgeving = replace(aanvraag.omgeving, bronnen=waarden_van(gegevens))
    aanvraag = replace(aanvraag, concept=replace(aanvraag.concept, gegevens=gegevens), omgeving=omgeving)
    zelfde = [optie.waarde for optie in waren] == [optie.waarde for optie in gevonden]
    return aanvraag if zelfde else await _vraag_opnieuw(aanvraag, concepten)


async def tel_mij_ook(request: Request, aanvraag: Aanvraag, doel: Doel) -> None:
    """Count who stopped here because their melding is one of these; who says it is not is not counted any more.

    Too often from one network is not counted, and nobody is told or stopped.
    """
    opties = aanvraag.omgeving.opties(PAD)
    if not opties or PAD not in namen_in(doel.stap.toon_als):
        return
    hier = next((z for z in aanvraag.verloop.stappen if z.stap.stap == doel.stap.stap), None)
    gekozen = ""
    if hier is not None and hier.gestopt is not None:
        keuze = next((v.veld for v in hier.velden if getattr(v, "opties_uit", "") == PAD), "")
        gekozen = str(aanvraag.verloop.waarden.get(keuze, "")) if keuze else opties[0].waarde
    db, sleutels = request.app.state.db, request.app.state.sleutels
    try:
        if gekozen:
            await tel_wie(db, sleutels, "mij ook", f"adres:{netwerk(request)}", VAAKST)
        await mij_ook.tel(db, sleutels, aanvraag.eigenaar.hash, gekozen, (optie.waarde for optie in opties))
    except TeVaak:
        log.warning("mij ook te vaak geteld")


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
    aanvraag: Aanvraag, veld: LocatieVeld, bronnen: Bronnen, db: Sessionmaker, tel: Callable[[], Awaitable[None]]
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
    aantallen = await mij_ook.aantallen(db, (melding.sleutel for melding in meldingen)) if meldingen else {}
    return tuple(_optie(melding, 1 + aantallen.get(melding.sleutel, 0)) for melding in meldingen)


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


def _optie(melding: BekendeMelding, aantal: int) -> Bronoptie:
    """aantal: of people who told this, the first one included."""
    nl, en = (format_date(melding.datum, "d MMMM y", locale=taal) for taal in ("nl", "en"))
    ver_nl = f"op {melding.afstand} meter" if melding.afstand else "op deze plek"
    ver_en = f"{melding.afstand} metres away" if melding.afstand else "at this place"
    vaker_nl, vaker_en = (f". Al {aantal} keer gemeld", f". Reported {aantal} times") if aantal > 1 else ("", "")
    tekst = Tekst(
        nl=f"{melding.categorie}, {ver_nl}, gemeld op {nl}{vaker_nl}",
        en=f"{melding.categorie}, {ver_en}, reported on {en}{vaker_en}",
    )
    return Bronoptie(melding.sleutel, tekst)
