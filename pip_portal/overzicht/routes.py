"""Overzicht: what needs attention first, then what is running. Each part may be late or down on its own."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import State

from pip_portal.backoffice.brp import Brp, BrpDep
from pip_portal.backoffice.klantcontacten import ContactenDep, KlantcontactenApi
from pip_portal.backoffice.kvk import Kvk, KvkDep, Vestiging
from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import Bericht, Lijst, Taak
from pip_portal.backoffice.regels import Zakenlijst, Zakenvraag
from pip_portal.backoffice.zaaksysteem import Zaaksysteem, ZaaksysteemDep
from pip_portal.burgerstatus import BurgerstatussenDep
from pip_portal.db import Db
from pip_portal.eigenaar import Eigenaar, EigenaarDep
from pip_portal.formulieren.kaarten import Conceptkaarten, IngezondenDep, inzendingkaarten
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker, Ingelogd
from pip_portal.notificaties import lezen
from pip_portal.notificaties.berichten import ongelezen
from pip_portal.notificaties.taken import te_doen
from pip_portal.overzicht.acties import acties
from pip_portal.overzicht.samenvatting import Regel, samenvatting_bedrijf, samenvatting_persoon
from pip_portal.panelen import Paneel, paneel
from pip_portal.post.onbestelbaar import OnbestelbaarDep
from pip_portal.taal import _
from pip_portal.tijd import vandaag
from pip_portal.vragen.kaarten import kanaal_in_woorden, mijn_vragen, stand_in_woorden
from pip_portal.vragen.lezen import Vraagregel
from pip_portal.web import page, wants_fragment

router = APIRouter()

BEKEKEN = 20  # lopende zaken that are looked through for something to do
GETOOND = 5
NIEUWSTE = 3
VELDEN = ("burgerservicenummer", "naam", "verblijfplaats")  # no more of the BRP than the panel shows
DELEN = ("zaken", "berichten", "gegevens")


@router.get("/overzicht", name="overzicht:show")
async def show(
    request: Request,
    gebruiker: Ingelogd,
    zaaksysteem: ZaaksysteemDep,
    brp: BrpDep,
    kvk: KvkDep,
    burgerstatus: BurgerstatussenDep,
    concepten: Conceptkaarten,
    ingezonden: IngezondenDep,
    onbestelbaar: OnbestelbaarDep,
    contacten: ContactenDep,
    eigenaar: EigenaarDep,
    db: Db,
) -> HTMLResponse:
    """The whole page, or with htmx only the late part that ?deel= names."""
    deel = request.query_params.get("deel", "")
    if deel == "vragen" and wants_fragment(request):
        return page(
            request, "overzicht/show.html", fragment=deel, **_kaarten(await mijn_vragen(request, gebruiker, contacten))
        )
    alleen = deel if deel in DELEN and wants_fragment(request) else None
    zaken, taken, berichten, gegevens, vragen = await asyncio.gather(
        _zaken(request, gebruiker, zaaksysteem, alleen),
        _taken(request, gebruiker, eigenaar, alleen),
        _berichten(request, gebruiker, eigenaar, alleen),
        _gegevens(request, gebruiker, brp, kvk, alleen),
        _vragen(request, gebruiker, contacten, alleen),
    )
    request.state.ongelezen_berichten = len(berichten.inhoud or ())
    regels = zaken.inhoud.regels if zaken.inhoud else ()
    return page(
        request,
        "overzicht/show.html",
        fragment=alleen,
        zaken=zaken,
        taken=taken,
        berichten=berichten,
        nieuwste=(berichten.inhoud or ())[:NIEUWSTE],
        taakrijen=taken.inhoud.rijen if taken.inhoud else (),
        gegevens=gegevens,
        **_kaarten(vragen),
        acties=acties(regels, burgerstatus),
        lopend=regels[:GETOOND],
        bekeken=BEKEKEN,
        burgerstatus=burgerstatus,
        concepten=concepten,
        onbestelbaar=onbestelbaar,
        ingezonden=inzendingkaarten(request, ingezonden, {(regel.bron, str(regel.uuid)) for regel in regels}),
        nieuws=() if alleen not in (None, "zaken") else await lezen.ongelezen(db, eigenaar),
        in_woorden=lezen.in_woorden,
        zaaknamen={f"/zaken/{regel.bron}/{regel.uuid}": regel.naam for regel in regels},
    )


async def _zaken(
    request: Request, gebruiker: Gebruiker, zaaksysteem: Zaaksysteem, alleen: str | None
) -> Paneel[Zakenlijst]:
    if alleen in ("gegevens", "berichten"):
        return Paneel()
    vraag = Zakenvraag("lopend", per_pagina=BEKEKEN)
    return await paneel(request, _("het zaaksysteem"), zaaksysteem.list(gebruiker, vraag))


async def _taken(request: Request, gebruiker: Gebruiker, eigenaar: Eigenaar, alleen: str | None) -> Paneel[Lijst[Taak]]:
    if alleen in ("gegevens", "berichten"):
        return Paneel()
    state = request.app.state
    werk = te_doen(state.db, state.sleutels, state.bronnen.objecten, gebruiker, eigenaar)
    return await paneel(request, _("het systeem met berichten en taken"), werk)


async def _berichten(
    request: Request, gebruiker: Gebruiker, eigenaar: Eigenaar, alleen: str | None
) -> Paneel[tuple[Bericht, ...]]:
    if alleen in ("zaken", "gegevens"):
        return Paneel()
    werk = _ongelezen(request.app.state, gebruiker, eigenaar)
    return await paneel(request, _("het systeem met berichten en taken"), werk)


async def _ongelezen(state: State, gebruiker: Gebruiker, eigenaar: Eigenaar) -> tuple[Bericht, ...]:
    objecten: ObjectenApi | None = state.bronnen.objecten
    if objecten is None:
        return ()
    lijst = await objecten.berichten(gebruiker, vandaag(), ongelezen=True)
    return await ongelezen(state.db, eigenaar, lijst.rijen)


async def _vragen(
    request: Request, gebruiker: Gebruiker, contacten: KlantcontactenApi | None, alleen: str | None
) -> Paneel[list[Vraagregel]]:
    return Paneel() if alleen else await mijn_vragen(request, gebruiker, contacten)


def _kaarten(vragen: Paneel[list[Vraagregel]]) -> dict[str, Any]:
    """What the part with questions shows: those with a new answer."""
    nieuw = [vraag for vraag in vragen.inhoud or () if vraag.is_nieuw]
    return {"vragen": vragen, "antwoorden": nieuw[:GETOOND], "kanaal": kanaal_in_woorden, "stand": stand_in_woorden}


async def _gegevens(
    request: Request, gebruiker: Gebruiker, brp: Brp, kvk: Kvk, alleen: str | None
) -> Paneel[list[Regel]]:
    if alleen in ("zaken", "berichten"):
        return Paneel()
    if isinstance(gebruiker, Burger):
        return await paneel(request, _("de Basisregistratie Personen"), _persoon(gebruiker, brp))
    return await paneel(request, _("het Handelsregister"), _bedrijf(gebruiker, kvk))


async def _persoon(burger: Burger, brp: Brp) -> list[Regel]:
    persoon = await brp.persoon(burger, VELDEN)
    return samenvatting_persoon(persoon) if persoon else []


async def _bedrijf(bedrijf: Bedrijf, kvk: Kvk) -> list[Regel]:
    profiel, vestigingen = await asyncio.gather(
        kvk.basisprofiel(bedrijf), kvk.vestigingen(bedrijf) if bedrijf.vestiging else _geen()
    )
    return samenvatting_bedrijf(profiel, bedrijf, vestigingen) if profiel else []


async def _geen() -> tuple[Vestiging, ...]:
    return ()
