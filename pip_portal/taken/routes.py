"""Taken: what is asked of somebody, and giving the answers. A taak of somebody else does not exist here."""

from contextlib import suppress
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import Taak
from pip_portal.contact.adressen import email_van
from pip_portal.db import Db
from pip_portal.eigenaar import Eigenaar, EigenaarDep
from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.formulieren.omgeving import Inlog, Omgeving
from pip_portal.formulieren.paginas import samen
from pip_portal.gebruiker import Gebruiker, Ingelogd
from pip_portal.inzendingen import lezen
from pip_portal.inzendingen.indienen import indienen
from pip_portal.inzendingen.inhoud import Tweetalig
from pip_portal.inzendingen.taak import inhoud_van, inzending_id
from pip_portal.notificaties.lezen import lees_pad
from pip_portal.notificaties.taken import plan_herinneringen, te_doen
from pip_portal.panelen import paneel
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import _, taal
from pip_portal.taken import bewijs as bewijzen
from pip_portal.taken.bewijs import Taakbewijs
from pip_portal.taken.formulieren import Ingevuld, Taakformulier, kies, lees_formulieren, lees_in, vragen
from pip_portal.tellers import tel
from pip_portal.tijd import now, vandaag
from pip_portal.web import form_fields, page

router = APIRouter(route_class=bewijzen.LateRoute)

BRON: Final = "het systeem met berichten en taken"


@router.get("/taken", name="taken:list")
async def list_taken(
    request: Request, gebruiker: Ingelogd, eigenaar: EigenaarDep, db: Db, sleutels: SleutelsDep
) -> HTMLResponse:
    werk = te_doen(db, sleutels, request.app.state.bronnen.objecten, gebruiker, eigenaar)
    taken = await paneel(request, _(BRON), werk)
    return page(request, "taken/list.html", fragment="taken", taken=taken)


@router.get("/taken/{uuid}", name="taken:detail")
async def show_taak(
    request: Request, gebruiker: Ingelogd, eigenaar: EigenaarDep, db: Db, sleutels: SleutelsDep, uuid: UUID
) -> Response:
    taak = await _objecten(request).taak(gebruiker, uuid)
    if verstuurd := await _verstuurd(request, eigenaar, uuid, taak.rij.record.index):
        return verstuurd
    request.state.ongelezen -= await lees_pad(db, eigenaar, request.url.path)
    if not taak.is_open(now()):
        return _voorbij(request, taak)
    await plan_herinneringen(db, sleutels, gebruiker, eigenaar.hash, [taak])
    formulier = _formulier(request, taak)
    if formulier is None:
        return _toon(request, taak)
    laat = await bewijzen.lees_laat(request, eigenaar, uuid)
    ingevuld = lees_in(formulier, laat.items(), _omgeving(request, gebruiker)) if laat else None
    return _toon_formulier(request, gebruiker, taak, bewijzen.maak(taak, eigenaar, formulier.formulier), ingevuld)


@router.post("/taken/{uuid}", name="taken:versturen")
async def send_taak(
    request: Request, gebruiker: Ingelogd, eigenaar: EigenaarDep, sleutels: SleutelsDep, uuid: UUID
) -> Response:
    """Checked, stored, and only then given back; with the backoffice away the page itself proves whose it is."""
    velden = await form_fields(request)
    bewijs = bewijzen.open_zegel(velden.get("bewijs", ""), sleutels, uuid)
    if bewijs is not None and bewijs.eigenaar != eigenaar.hash:
        raise NotFound("de taak van een ander")
    taak = await _lees_opnieuw(request, gebruiker, uuid, bewijs)
    if taak is not None:
        formulier = _formulier(request, taak)
        if formulier is None:
            raise NotFound("een taak zonder formulier")
        vers = bewijzen.maak(taak, eigenaar, formulier.formulier)
    elif bewijs is not None:
        vers, formulier = bewijs, kies(_formulieren(request), bewijs.formulier)
    else:
        raise NotFound("geen bewijs dat deze taak van deze gebruiker is")
    if verstuurd := await _verstuurd(request, eigenaar, uuid, vers.index, (bewijs or vers).index):
        return verstuurd
    ingevuld = lees_in(formulier, velden.items(), _omgeving(request, gebruiker))
    if taak is not None and not taak.is_open(now()):
        return _voorbij(request, taak, ingevuld)
    if _is_verlopen(vers, now()):
        return _voorbij(request, None, ingevuld)
    await bewijzen.gooi_weg(request, eigenaar, uuid)
    if not ingevuld.is_goed:
        return _toon_formulier(request, gebruiker, taak, vers, ingevuld)
    await tel(request, eigenaar, "indienen")
    inzending = await _bewaar(request, gebruiker, eigenaar, vers, ingevuld)
    return RedirectResponse(request.url_for("taken:verstuurd", uuid=uuid, inzending=inzending).path, 303)


@router.get("/taken/{uuid}/verstuurd/{inzending}", name="taken:verstuurd")
async def show_verstuurd(
    request: Request,
    _gebruiker: Ingelogd,
    eigenaar: EigenaarDep,
    db: Db,
    sleutels: SleutelsDep,
    uuid: UUID,
    inzending: UUID,
) -> HTMLResponse:
    """The receipt: what was received, and when."""
    gelezen = await lezen.lees(db, sleutels, eigenaar.hash, str(inzending))
    if gelezen.soort != "taak" or (gelezen.inhoud and gelezen.inhoud.waarden["taak"] != str(uuid)):
        raise NotFound("een inzending van iets anders")
    return page(request, "taken/verstuurd.html", fragment="stand", gelezen=gelezen, inhoud=gelezen.inhoud)


# ---- parts -------------------------------------------------------------------------------------------------


def _objecten(request: Request) -> ObjectenApi:
    objecten: ObjectenApi | None = request.app.state.bronnen.objecten
    if objecten is None:
        raise NotFound("er zijn geen taken ingesteld")
    return objecten


def _formulieren(request: Request) -> dict[str, Taakformulier]:
    return lees_formulieren(request.app.state.settings.formulieren)


def _formulier(request: Request, taak: Taak) -> Taakformulier | None:
    """The form that this taak asks for; None when it asks none, or one that we do not have."""
    if taak.soort != "portaalformulier" or taak.portaalformulier is None:
        return None
    return _formulieren(request).get(taak.portaalformulier.formulier.value)


def _omgeving(request: Request, gebruiker: Gebruiker) -> Omgeving:
    inlog = Inlog("eherkenning" if gebruiker.is_bedrijf else "digid", gebruiker.niveau)
    return Omgeving(vandaag(), inlog, {}, request.app.state.formulieren.tarieven)


def _is_verlopen(bewijs: Taakbewijs, moment: datetime) -> bool:
    return bewijs.verloopdatum is not None and bewijs.verloopdatum < moment


async def _lees_opnieuw(request: Request, gebruiker: Gebruiker, uuid: UUID, bewijs: Taakbewijs | None) -> Taak | None:
    """The taak as it is now; None when the backoffice is away and this page proves that it was theirs.

    Raises: NotFound; BackofficeUnavailable.
    """
    try:
        return await _objecten(request).taak(gebruiker, uuid)
    except BackofficeUnavailable:
        if bewijs is None:
            raise
        return None


async def _verstuurd(request: Request, eigenaar: Eigenaar, taak: UUID, *indexen: int) -> Response | None:
    """To the receipt when answers were given here before: another tab, a second click, the way back.

    indexen: of the record as it is, and as the page showed it; giving the answers back made one more.
    """
    db, sleutels = request.app.state.db, request.app.state.sleutels
    for index in {*indexen, indexen[0] - 1}:
        inzending = inzending_id(taak, index, eigenaar.hash)
        with suppress(NotFound):
            await lezen.lees(db, sleutels, eigenaar.hash, str(inzending))
            return RedirectResponse(request.url_for("taken:verstuurd", uuid=taak, inzending=inzending).path, 303)
    return None


async def _bewaar(
    request: Request, gebruiker: Gebruiker, eigenaar: Eigenaar, bewijs: Taakbewijs, ingevuld: Ingevuld
) -> UUID:
    db, sleutels = request.app.state.db, request.app.state.sleutels
    inzending = inzending_id(bewijs.taak, bewijs.index, eigenaar.hash)
    async with db() as session:
        email = await email_van(session, sleutels, eigenaar.hash)
    formulier = ingevuld.formulier
    inhoud = inhoud_van(
        bewijs.taak,
        inzending,
        gebruiker=gebruiker,
        naam=request.state.sessie.weergavenaam or "",
        taal=taal(),
        titel=bewijs.titel,
        formulier=(formulier.formulier, formulier.versie),
        kop=Tweetalig(nl=formulier.titel.nl, en=formulier.titel.en),
        antwoorden=ingevuld.antwoorden,
        verzonden=ingevuld.waarden,
        email=email or "",
        ontvangen_op=now(),
    )
    ingediend = await indienen(db, sleutels, concept_id=str(inzending), eigenaar_hash=eigenaar.hash, inhoud=inhoud)
    await request.app.state.werker.een(ingediend.opdracht)
    return inzending


def _toon(request: Request, taak: Taak) -> HTMLResponse:
    """A taak that is done elsewhere: on another site that we know, or by paying."""
    uri = taak.url.uri if taak.soort == "url" and taak.url else ""
    delen = urlsplit(uri)
    bekend = (
        delen.scheme == "https" and delen.hostname in _objecten(request).settings.taak_hosts and "@" not in delen.netloc
    )
    return page(
        request,
        "taken/detail.html",
        taak=taak,
        link=uri if bekend else "",
        host=delen.hostname if bekend else "",
        betaling=taak.ogonebetaling if taak.soort == "ogonebetaling" else None,
    )


def _toon_formulier(
    request: Request, gebruiker: Gebruiker, taak: Taak | None, bewijs: Taakbewijs, ingevuld: Ingevuld | None
) -> HTMLResponse:
    formulier = kies(_formulieren(request), bewijs.formulier)
    gegeven = (taak.portaalformulier.data or {}) if taak and taak.portaalformulier else {}
    getoond = vragen(formulier, _omgeving(request, gebruiker), gegeven, ingevuld)
    fouten = samen(getoond)
    return page(
        request,
        "taken/formulier.html",
        status_code=422 if fouten else 200,
        titel=bewijs.titel,
        uiterlijk=bewijs.uiterlijk,
        inleiding=str(formulier.inleiding) if formulier.inleiding else "",
        vragen=getoond,
        fouten=fouten,
        is_laat=ingevuld is not None and not fouten,
        bewijs=bewijs.verzegel(request.app.state.sleutels),
    )


def _voorbij(request: Request, taak: Taak | None, ingevuld: Ingevuld | None = None) -> HTMLResponse:
    """It can not be done any more; what was typed stays on the screen, so that it can be sent in another way."""
    return page(
        request,
        "taken/voorbij.html",
        status_code=409 if ingevuld else 200,
        titel=taak.titel if taak else "",
        is_gedaan=taak is not None and taak.status != "open",
        getypt=ingevuld.getypt if ingevuld else [],
    )
