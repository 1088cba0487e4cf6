"""Withdrawing an aanvraag: what it means, a question, and then as the municipality has set it for this kind of zaak."""

from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from pip_portal.backoffice.zaaksysteem import ZaaksysteemDep
from pip_portal.db import Db
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import BackofficeUnavailable
from pip_portal.gebruiker import Ingelogd
from pip_portal.inzendingen.aanvulling import bij_zaak
from pip_portal.inzendingen.indienen import indienen
from pip_portal.inzendingen.inhoud import Antwoord, Tweetalig
from pip_portal.inzendingen.lezen import laatste_contact
from pip_portal.sleutels import Sleutels
from pip_portal.taal import _, taal
from pip_portal.tellers import tel
from pip_portal.tijd import now
from pip_portal.web import form_fields, page
from pip_portal.zaken import formbewijs, te_laat
from pip_portal.zaken.aanvullen import toon_bewijs
from pip_portal.zaken.formbewijs import Formbewijs
from pip_portal.zaken.ingestuurd import ingestuurd
from pip_portal.zaken.kan import backoffice_van, wijze_van_intrekken

router = APIRouter(route_class=te_laat.LateRoute)

Bron = Annotated[str, Path(max_length=20)]

MAX_REDEN: Final = 1000  # characters
KOP: Final = Tweetalig(nl="Aanvraag intrekken", en="Withdraw the application")
VRAAG: Final = Tweetalig(nl="Wat wilt u?", en="What do you want?")
WENS: Final = Tweetalig(nl="Ik trek deze aanvraag in.", en="I withdraw this application.")
REDEN: Final = Tweetalig(nl="Waarom wilt u stoppen?", en="Why do you want to stop?")


@router.get("/zaken/{bron}/{uuid}/intrekken", name="zaken:intrekken")
async def show_intrekken(
    request: Request, gebruiker: Ingelogd, zaaksysteem: ZaaksysteemDep, db: Db, bron: Bron, uuid: UUID
) -> HTMLResponse:
    sleutels: Sleutels = request.app.state.sleutels
    eigenaar = eigenaar_van(gebruiker, sleutels)
    laat = await te_laat.lees(request, eigenaar, bron, uuid, "reden")
    dossier = await zaaksysteem.get(gebruiker, bron, uuid)
    wijze = wijze_van_intrekken(request, backoffice_van(request, bron), dossier)
    eerder = await ingestuurd(db, sleutels, eigenaar, dossier)
    if wijze == "nee" or any(regel.is_intrekking for regel in eerder):
        return _kan_niet(request, bron, uuid)
    bewijs = formbewijs.maak(laat.id if laat else uuid4(), eigenaar, dossier, wijze)
    return _toon(request, bewijs, laat.tekst if laat else "", bron, uuid, is_te_laat=laat is not None)


@router.post("/zaken/{bron}/{uuid}/intrekken/{inzending}", name="zaken:intrekken-versturen")
async def save_intrekken(
    request: Request, gebruiker: Ingelogd, zaaksysteem: ZaaksysteemDep, bron: Bron, uuid: UUID, inzending: UUID, db: Db
) -> Response:
    sleutels: Sleutels = request.app.state.sleutels
    eigenaar = eigenaar_van(gebruiker, sleutels)
    velden = await form_fields(request)
    bewijs = formbewijs.lees(velden.get("bewijs", ""), sleutels, inzending, eigenaar, bron, uuid)
    try:
        dossier = await zaaksysteem.get(gebruiker, bron, uuid)
    except BackofficeUnavailable:
        if bewijs is None:
            raise
    else:
        eerder = await ingestuurd(db, sleutels, eigenaar, dossier)
        if any(regel.id == str(inzending) for regel in eerder):
            return _naar_bewijs(request, bron, uuid, inzending)
        wijze = wijze_van_intrekken(request, backoffice_van(request, bron), dossier)
        if wijze == "nee" or any(regel.is_intrekking for regel in eerder):
            return _kan_niet(request, bron, uuid)
        bewijs = formbewijs.maak(inzending, eigenaar, dossier, wijze)
    await te_laat.gooi_weg(request, inzending)
    reden = velden.get("reden", "").replace("\r\n", "\n").strip()
    if len(reden) > MAX_REDEN:
        zin = _("Uw tekst is te lang. Gebruik hoogstens {aantal} tekens.").format(aantal=MAX_REDEN)
        return _toon(request, bewijs, reden, bron, uuid, zin, 422)
    await tel(request, eigenaar, "indienen")
    wens = Antwoord(veld="wens", vraag=VRAAG, tekst=(WENS,))
    waarom = Antwoord(veld="reden", vraag=REDEN, tekst=(Tweetalig(nl=reden, en=reden),))
    backoffice = backoffice_van(request, bron)
    email, _telefoon = await laatste_contact(db, sleutels, eigenaar.hash)
    inhoud = bij_zaak(
        inzending,
        soort="intrekking",
        gebruiker=gebruiker,
        naam=request.state.sessie.weergavenaam or "",
        taal=taal(),
        bron=bron,
        zaak_uuid=str(uuid),
        zaaknummer=bewijs.zaaknummer,
        zaaktype=bewijs.zaaktype,
        product=Tweetalig(nl=bewijs.naam, en=bewijs.naam),
        kop=KOP,
        antwoorden=(wens, waarom) if reden else (wens,),
        documenttype=backoffice.documenttype_van_aanvulling(bewijs.zaaktype),
        ontvangen_op=now(),
        email=email,
        wijze=bewijs.wijze,
    )
    ingediend = await indienen(db, sleutels, concept_id=str(inzending), eigenaar_hash=eigenaar.hash, inhoud=inhoud)
    await request.app.state.werker.een(ingediend.opdracht)
    return _naar_bewijs(request, bron, uuid, inzending)


@router.get("/zaken/{bron}/{uuid}/intrekken/{inzending}", name="zaken:ingetrokken")
async def show_ingetrokken(request: Request, gebruiker: Ingelogd, bron: Bron, uuid: UUID, inzending: UUID) -> Response:
    return await toon_bewijs(request, gebruiker, bron, uuid, inzending, anders="zaken:intrekken")


def _toon(
    request: Request,
    bewijs: Formbewijs,
    reden: str,
    bron: str,
    uuid: UUID,
    fout: str = "",
    status_code: int = 200,
    *,
    is_te_laat: bool = False,
) -> HTMLResponse:
    return page(
        request,
        "zaken/intrekken.html",
        status_code=status_code,
        naam=bewijs.naam,
        wijze=bewijs.wijze,
        zaaknummer=bewijs.zaaknummer,
        bewijs=bewijs.verzegel(request.app.state.sleutels),
        reden=reden,
        is_te_laat=is_te_laat,
        fouten=[("reden", fout)] if fout else [],
        fout_reden=fout,
        max_reden=MAX_REDEN,
        actie_url=request.url_for("zaken:intrekken-versturen", bron=bron, uuid=uuid, inzending=bewijs.id).path,
        zaak_url=request.url_for("zaken:detail", bron=bron, uuid=uuid).path,
    )


def _kan_niet(request: Request, bron: str, uuid: UUID) -> HTMLResponse:
    zaak_url = request.url_for("zaken:detail", bron=bron, uuid=uuid).path
    return page(request, "zaken/kan_niet.html", status_code=409, intrekken=True, zaak_url=zaak_url)


def _naar_bewijs(request: Request, bron: str, uuid: UUID, inzending: UUID) -> Response:
    url = request.url_for("zaken:ingetrokken", bron=bron, uuid=uuid, inzending=inzending).path
    return RedirectResponse(url, 303)
