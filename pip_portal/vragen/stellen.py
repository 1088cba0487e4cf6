"""Asking a question: in general, about a zaak or a bericht, after an answer, or to be called back."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from pip_portal import telefoon
from pip_portal.backoffice.bronnen import BronnenDep
from pip_portal.backoffice.zaaksysteem import ZaaksysteemDep
from pip_portal.contact.adressen import email_van, telefoon_van
from pip_portal.db import Db, Sessionmaker
from pip_portal.eigenaar import Eigenaar, eigenaar_van
from pip_portal.errors import NotFound, TeVaak
from pip_portal.gebruiker import Ingelogd
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.taal import _
from pip_portal.tellers import tel
from pip_portal.tijd import vandaag
from pip_portal.voorkeuren import voorkeuren
from pip_portal.vragen import bewijs as bewijzen
from pip_portal.vragen import invoer as invoeren
from pip_portal.vragen import vraag as vragen
from pip_portal.vragen.bewijs import Vraagbewijs
from pip_portal.vragen.invoer import BELLEN, DAGDELEN, Invoer
from pip_portal.vragen.onderwerpen import onderwerpen, te_kiezen
from pip_portal.vragen.vraag import MAX_TEKST, MAX_TITEL
from pip_portal.web import form_fields, page

router = APIRouter(route_class=bewijzen.LateRoute)

Bron = Annotated[str, Path(max_length=20)]
MET_SLEUTEL = ("bericht", "terugbellen")  # of the onderwerpen that the page chooses: those that a link may name


@router.get("/vragen/nieuw", name="vragen:nieuw")
async def show_nieuw(
    request: Request,
    gebruiker: Ingelogd,
    bronnen: BronnenDep,
    db: Db,
    sleutels: SleutelsDep,
    onderwerp: str = "",
    bericht: UUID | None = None,
) -> Response:
    """onderwerp: a key of data/vragen.yaml; with bericht: a question about that bericht of this gebruiker."""
    eigenaar = eigenaar_van(gebruiker, sleutels)
    vast, over = "", ""
    if onderwerp == "bericht":
        vast = onderwerp
        if bericht is not None and bronnen.objecten is not None:
            over = (await bronnen.objecten.bericht(gebruiker, bericht, vandaag())).onderwerp[:120]
    leeg = Invoer(
        onderwerp=onderwerp if onderwerp in onderwerpen() else "", antwoord=BELLEN if onderwerp == "terugbellen" else ""
    )
    nieuw = Vraagbewijs(eigenaar=eigenaar.hash, terug=request.url.path, vast=vast, over=over)
    return await _begin(request, db, sleutels, eigenaar, nieuw, leeg)


@router.get("/zaken/{bron}/{uuid}/vraag", name="vragen:over_zaak")
async def show_over_zaak(
    request: Request,
    gebruiker: Ingelogd,
    zaaksysteem: ZaaksysteemDep,
    db: Db,
    sleutels: SleutelsDep,
    bron: Bron,
    uuid: UUID,
) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels)
    dossier = await zaaksysteem.get(gebruiker, bron, uuid)
    nieuw = Vraagbewijs(
        eigenaar=eigenaar.hash,
        terug=request.url.path,
        vast="zaak",
        over=f"{dossier.naam} ({dossier.nummer})",
        bron=bron,
        zaak_uuid=str(uuid),
        zaaknummer=dossier.nummer,
    )
    return await _begin(request, db, sleutels, eigenaar, nieuw, Invoer())


@router.post("/vragen/nieuw", name="vragen:stel")
async def save(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels)
    velden = await form_fields(request)
    invoer = invoeren.lees(velden)
    bewijs = bewijzen.lees(velden.get("bewijs", ""), sleutels, eigenaar)
    if bewijs is None:  # an old page, or one of another login: nothing is stored, and nothing is lost
        nieuw = Vraagbewijs(eigenaar=eigenaar.hash, terug=request.url_for("vragen:nieuw").path)
        let_op = _("Deze pagina was te lang open. Kijk uw vraag na en verstuur hem opnieuw.")
        return await toon(request, db, sleutels, eigenaar, nieuw, invoer, let_op=let_op, status_code=409)
    await bewijzen.gooi_weg(request, bewijs)
    if await is_gesteld(db, sleutels, eigenaar, bewijs):
        return naar_ontvangen(request, bewijs.id)
    invoeren.kijk_na(invoer, bewijs.vast)
    if invoer.fouten or not neemt_aan(request):
        return await toon(request, db, sleutels, eigenaar, bewijs, invoer, status_code=422)
    try:
        await tel(request, eigenaar, "vragen")
    except TeVaak:
        return await toon(request, db, sleutels, eigenaar, bewijs, invoer, let_op=te_vaak(), status_code=429)
    async with db() as session:
        per_post = (await voorkeuren.lees(session, eigenaar.hash)).kanaal == "post"
        email = None if per_post else await email_van(session, sleutels, eigenaar.hash)
    gesteld = await vragen.bewaar(
        db,
        sleutels,
        id=bewijs.id,
        eigenaar=eigenaar.hash,
        inhoud=invoeren.wordt(invoer, bewijs, vragen.van_wie(gebruiker)),
        antwoord_voor=invoer.norm(bewijs.vast).antwoord_voor(vandaag()),
        mail_aan=email,
        kcc_na=kcc_na(request),
        draagt_over=draagt_over(request),
    )
    await request.app.state.werker.een(gesteld.opdracht)
    return naar_ontvangen(request, bewijs.id)


@router.get("/vragen/{uuid}/ontvangen", name="vragen:ontvangen")
async def show_ontvangen(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep, uuid: UUID) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels)
    gesteld = await vragen.lees(db, sleutels, eigenaar.hash, uuid)
    async with db() as session:
        per_post = (await voorkeuren.lees(session, eigenaar.hash)).kanaal == "post"
        email = None if per_post else await email_van(session, sleutels, eigenaar.hash)
    return page(
        request,
        "vragen/ontvangen.html",
        gesteld=gesteld,
        email=email,
        bekijk_url=request.url_for("vragen:draad", uuid=gesteld.klantcontact or gesteld.id).path,
    )


# ---- parts, also for who did not log in ----------------------------------------------------------------------


async def is_gesteld(db: Sessionmaker, sleutels: Sleutels, eigenaar: Eigenaar, bewijs: Vraagbewijs) -> bool:
    """Was this form sent before?"""
    try:
        await vragen.lees(db, sleutels, eigenaar.hash, bewijs.id)
    except NotFound:
        return False
    return True


def draagt_over(request: Request) -> bool:
    """There is a Klantinteracties that takes questions."""
    klant = request.app.state.settings.klantinteracties
    return klant is not None and bool(klant.actor)


def neemt_aan(request: Request) -> bool:
    """There is somebody who will read a question."""
    return draagt_over(request) or bool(request.app.state.settings.vragen.kcc)


def kcc_na(request: Request) -> timedelta | None:
    """How long the KCC waits before it hears of a question by mail: at once when there is no other way."""
    instelling = request.app.state.settings.vragen
    if not instelling.kcc:
        return None
    na: timedelta = instelling.kcc_na if draagt_over(request) else timedelta()
    return na


def te_vaak() -> str:
    return _("U stelde net al een paar vragen. Wacht even en verstuur deze vraag dan opnieuw.")


def naar_ontvangen(request: Request, id: UUID) -> Response:
    return RedirectResponse(request.url_for("vragen:ontvangen", uuid=id).path, 303)


async def _begin(
    request: Request, db: Sessionmaker, sleutels: Sleutels, eigenaar: Eigenaar, nieuw: Vraagbewijs, leeg: Invoer
) -> Response:
    """The page of a new question, with what was typed when the session had just ended."""
    laat = await bewijzen.lees_laat(request, eigenaar)
    if laat is None:
        return await toon(request, db, sleutels, eigenaar, nieuw, leeg)
    let_op = _("U was uitgelogd. Uw vraag is nog niet verstuurd.")
    return await toon(request, db, sleutels, eigenaar, laat.bewijs, invoeren.lees(laat.velden), let_op=let_op)


async def toon(
    request: Request,
    db: Sessionmaker,
    sleutels: Sleutels,
    eigenaar: Eigenaar,
    bewijs: Vraagbewijs,
    invoer: Invoer,
    *,
    let_op: str = "",
    status_code: int = 200,
) -> Response:
    if not invoer.telefoon and not eigenaar.is_anoniem and not invoer.fouten:
        async with db() as session:
            bekend = await telefoon_van(session, sleutels, eigenaar.hash)
        invoer.telefoon = telefoon.met_tekens(bekend) if bekend else ""
    zaak_url = ""
    if bewijs.bron:
        zaak_url = request.url_for("zaken:detail", bron=bewijs.bron, uuid=bewijs.zaak_uuid).path
    return page(
        request,
        "vragen/nieuw.html",
        status_code=status_code,
        anoniem=eigenaar.is_anoniem,
        neemt_aan=neemt_aan(request),
        bewijs=bewijs,
        zegel=bewijs.verzegel(sleutels),
        invoer=invoer,
        let_op=let_op,
        onderwerpen=te_kiezen(),
        dagdelen=[(waarde, _(tekst)) for waarde, tekst in DAGDELEN.items()],
        bellen_voor=onderwerpen()["terugbellen"].antwoord_voor(vandaag()),
        antwoord_voor=onderwerpen()[bewijs.vast].antwoord_voor(vandaag()) if bewijs.vast else None,
        zaak_url=zaak_url,
        max_tekst=MAX_TEKST,
        max_titel=MAX_TITEL,
    )
