"""Mijn zaken, one zaak, and its documents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from pip_portal.backoffice.klantcontacten import ContactenDep
from pip_portal.backoffice.samen import side_by_side
from pip_portal.backoffice.zaaksysteem import ZaaksysteemDep
from pip_portal.burgerstatus import BurgerstatussenDep
from pip_portal.db import Db
from pip_portal.download import DownloadResponse
from pip_portal.eigenaar import eigenaar_van
from pip_portal.formulieren.kaarten import Conceptkaarten, IngezondenDep, inzendingkaarten
from pip_portal.gebruiker import Ingelogd
from pip_portal.inzendingen import ondertekening
from pip_portal.notificaties import lezen
from pip_portal.notificaties.taken import te_doen
from pip_portal.panelen import paneel
from pip_portal.sleutels import Sleutels
from pip_portal.taal import _
from pip_portal.tijd import now, vandaag
from pip_portal.voorkeuren.voorkeuren import over_zaak
from pip_portal.vragen.kaarten import kanaal_in_woorden, stand_in_woorden, vragen_bij_zaak
from pip_portal.web import binnen_budget, page, wants_fragment
from pip_portal.zaken import bezoeken, zoekvraag
from pip_portal.zaken.bezwaar import bezwaar
from pip_portal.zaken.feiten import besluitregels, eigenschapregels, kernregels, soort_bestand
from pip_portal.zaken.ingestuurd import ingestuurd
from pip_portal.zaken.kan import backoffice_van, kan_aanvullen, wijze_van_intrekken
from pip_portal.zaken.resultaten import resultaatzin
from pip_portal.zaken.termijn import termijn
from pip_portal.zaken.tijdlijn import tijdlijn

router = APIRouter()

Bron = Annotated[str, Path(max_length=20)]


@router.get("/zaken", name="zaken:list")
async def list_zaken(
    request: Request,
    gebruiker: Ingelogd,
    zaaksysteem: ZaaksysteemDep,
    burgerstatus: BurgerstatussenDep,
    db: Db,
    concepten: Conceptkaarten,
    ingezonden: IngezondenDep,
) -> HTMLResponse:
    vraag = zoekvraag.read_vraag(request.query_params)
    lijst = await binnen_budget(request, zaaksysteem.list(gebruiker, vraag))
    bezocht = await bezoeken.laatste_bezoeken(db, gebruiker, lijst.regels if lijst else ())
    return page(
        request,
        "zaken/list.html",
        fragment="resultaten",
        vraag=vraag,
        lijst=lijst,
        aantal_tekst=zoekvraag.aantal_tekst(lijst, vraag) if lijst else "",
        is_fragment=wants_fragment(request),
        jaren=zoekvraag.jaren(vandaag(), vraag.jaar),
        url=zoekvraag.url_van,
        paginas=zoekvraag.urls_van_paginas,
        burgerstatus=burgerstatus,
        resultaatzin=resultaatzin,
        is_veranderd=lambda regel: bezoeken.is_veranderd(regel, bezocht),
        concepten=concepten,
        ingezonden=inzendingkaarten(
            request, ingezonden, {(regel.bron, str(regel.uuid)) for regel in (lijst.regels if lijst else ())}
        ),
    )


@router.get("/zaken/{bron}/{uuid}", name="zaken:detail")
async def show_zaak(
    request: Request,
    gebruiker: Ingelogd,
    zaaksysteem: ZaaksysteemDep,
    burgerstatus: BurgerstatussenDep,
    contacten: ContactenDep,
    db: Db,
    bron: Bron,
    uuid: UUID,
) -> HTMLResponse:
    sleutels: Sleutels = request.app.state.sleutels
    eigenaar = eigenaar_van(gebruiker, sleutels)
    objecten = request.app.state.bronnen.objecten
    taakbron = _("het systeem met berichten en taken")
    async with side_by_side() as group:
        lezing = group.create_task(binnen_budget(request, zaaksysteem.get(gebruiker, bron, uuid)))
        taaklezing = group.create_task(paneel(request, taakbron, te_doen(db, sleutels, objecten, gebruiker, eigenaar)))
        vraaglezing = group.create_task(vragen_bij_zaak(request, gebruiker, contacten, uuid))
    dossier, taken = lezing.result(), taaklezing.result()
    if dossier is None:
        return page(request, "zaken/laat.html")
    gestuurd = await ingestuurd(db, sleutels, eigenaar, dossier)
    gevraagd = await ondertekening.bij_zaak(db, sleutels, eigenaar.hash, bron, str(uuid))
    vorig_bezoek = await bezoeken.noteer_bezoek(db, gebruiker, bron, uuid, now())
    request.state.ongelezen -= await lezen.lees_pad(db, eigenaar, f"/zaken/{bron}/{uuid}")
    status = burgerstatus(dossier.regel)
    async with db() as session:
        mailen = await over_zaak(session, eigenaar.hash, bron, str(uuid))
    return page(
        request,
        "zaken/detail.html",
        fragment="zaak",
        mailen=mailen,
        dossier=dossier,
        status=status,
        burgerstatus=burgerstatus,
        resultaatzin=resultaatzin(dossier.regel),
        termijn=termijn(dossier, status, vandaag()),
        stappen=tijdlijn(dossier, burgerstatus, vorig_bezoek),
        bezwaar=lambda besluit: bezwaar(besluit, dossier.zaaktype, vandaag()),
        kern=kernregels(dossier, vandaag()),
        besluitregels=besluitregels,
        eigenschapregels=eigenschapregels(dossier),
        soort_bestand=soort_bestand,
        vorig_bezoek=vorig_bezoek,
        gestuurd=gestuurd,
        taken_storing=taken.storing or (taakbron if taken.is_laat else ""),
        zaak_taken=[taak for taak in taken.inhoud.rijen if taak.zaak_uuid == str(uuid)] if taken.inhoud else [],
        vragen=vraaglezing.result(),
        kanaal=kanaal_in_woorden,
        stand=stand_in_woorden,
        wacht_op=[verzoek for verzoek in gevraagd if verzoek.is_open],
        kan_aanvullen=kan_aanvullen(request, dossier, status),
        kan_intrekken=not any(regel.is_intrekking for regel in gestuurd)
        and wijze_van_intrekken(request, backoffice_van(request, bron), dossier) != "nee",
        nieuw=bezoeken.wat_is_nieuw(dossier, vorig_bezoek),
        nieuwe_documenten=bezoeken.nieuwe_documenten(dossier, vorig_bezoek),
    )


@router.get("/zaken/{bron}/{uuid}/documenten/{document}", name="zaken:download")
async def download(
    gebruiker: Ingelogd, zaaksysteem: ZaaksysteemDep, bron: Bron, uuid: UUID, document: UUID
) -> DownloadResponse:
    return DownloadResponse(await zaaksysteem.download(gebruiker, bron, uuid, document))
