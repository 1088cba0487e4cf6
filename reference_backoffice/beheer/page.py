"""The tester's page: find a zaak, move it along, switch faults and latency. Plain HTML forms."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from .. import pdf, resources
from ..catalogus import GEMEENTE_RSIN, catalogus_ref
from ..config import NEDERLAND
from ..documenten_schrijven import store_document
from ..faults import ROOTS, Soort
from ..latency import Profiel
from ..problems import Problem
from ..refs import uuid_of
from ..termijnen import add_duration, is_duration
from ..vertrouwelijkheid import VOLGORDE
from ..web import Context
from ..zaken import rules
from ..zaken.rules import Schrijver
from . import zaakbeeld
from .api import check_origin

router = APIRouter(prefix="/beheer", dependencies=[Depends(check_origin)])

HERE: Final = Path(__file__).parent
TESTER: Final = Schrijver(geforceerd=True, heropenen=True)
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Veld = Annotated[str, Form()]
templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def _html(template: str, status: int = 200, **values: object) -> Response:
    return HTMLResponse(templates.get_template(template).render(**values), status, headers=HEADERS)


def _back(path: str, **message: str) -> Response:
    return RedirectResponse(f"{path}?{urlencode(message)}", 303)


@router.get("")
async def show_home(
    backoffice: Context, partij: str = "", zaaknummer: str = "", melding: str = "", fout: str = ""
) -> Response:
    async with backoffice.store.read() as db:
        zaken = await zaakbeeld.list_regels(db, partij, zaaknummer.strip())
    return _html(
        "home.html",
        partijen=zaakbeeld.PARTIJEN,
        partij=partij,
        zaaknummer=zaaknummer,
        zaken=zaken,
        beheer=backoffice.beheer,
        apis=list(ROOTS),
        soorten=get_args(Soort),
        profielen=get_args(Profiel),
        melding=melding,
        fout=fout,
    )


@router.get("/beheer.css")
async def get_css() -> Response:
    return Response((HERE / "beheer.css").read_text(), media_type="text/css", headers={"Cache-Control": "max-age=60"})


@router.get("/zaken/{uuid}")
async def show_zaak(uuid: str, backoffice: Context, melding: str = "", fout: str = "") -> Response:
    try:
        async with backoffice.store.read() as db:
            beeld = await zaakbeeld.load_beeld(db, backoffice.catalogus, uuid)
    except Problem:
        return _html("niet_gevonden.html", 404)
    return _html("zaak.html", beeld=beeld, melding=melding, fout=fout, aanduidingen=VOLGORDE[:4], uuid_of=uuid_of)


def _reasons(problem: Problem) -> str:
    return "; ".join(fout.reason for fout in problem.fouten) or problem.detail


@router.post("/zaken/{uuid}/status")
async def set_status(uuid: str, backoffice: Context, statustype: Veld, toelichting: Veld = "") -> Response:
    gekozen = backoffice.catalogus.get("statustypen", uuid_of(statustype))
    gezet = datetime.now(NEDERLAND) - timedelta(milliseconds=5)
    try:
        async with backoffice.store.write() as db:
            zaak = await rules.load_zaak(db, uuid)
            await rules.add_status(
                db, TESTER, backoffice.catalogus, zaak, gekozen or {"zaaktype": ""}, gezet, toelichting
            )
    except Problem as problem:
        return _back(f"/beheer/zaken/{uuid}", fout=_reasons(problem))
    return _back(f"/beheer/zaken/{uuid}", melding="De status is gezet.")


@router.post("/zaken/{uuid}/resultaat")
async def set_resultaat(uuid: str, backoffice: Context, resultaattype: Veld, toelichting: Veld = "") -> Response:
    gekozen = backoffice.catalogus.get("resultaattypen", uuid_of(resultaattype))
    try:
        async with backoffice.store.write() as db:
            zaak = await rules.load_zaak(db, uuid)
            await rules.add_resultaat(db, TESTER, zaak, gekozen or {"zaaktype": ""}, toelichting)
    except Problem as problem:
        return _back(f"/beheer/zaken/{uuid}", fout=_reasons(problem))
    return _back(f"/beheer/zaken/{uuid}", melding="Het resultaat is gegeven.")


@router.post("/zaken/{uuid}/brief")
async def add_brief(
    uuid: str, backoffice: Context, titel: Veld, tekst: Veld, aanduiding: Veld = "beperkt_openbaar"
) -> Response:
    titel = titel.strip()[:200]
    if not titel:
        return _back(f"/beheer/zaken/{uuid}", fout="Vul een titel in.")
    content = pdf.letter(titel, tekst.splitlines())
    vandaag = backoffice.config.today().isoformat()
    given = {
        "bronorganisatie": GEMEENTE_RSIN,
        "creatiedatum": vandaag,
        "titel": titel,
        "vertrouwelijkheidaanduiding": aanduiding if aanduiding in VOLGORDE else "beperkt_openbaar",
        "auteur": "Gemeente Deventer",
        "status": "definitief",
        "formaat": "application/pdf",
        "bestandsnaam": f"{titel.lower().replace(' ', '-')[:200]}.pdf",
        "indicatieGebruiksrecht": False,
        "informatieobjecttype": catalogus_ref("informatieobjecttypen", "Brief"),
    }
    try:
        async with backoffice.store.write() as db:
            zaak = await rules.load_zaak(db, uuid)
            data = await store_document(db, backoffice, given, content, len(content))
            document_uuid = uuid_of(data["url"])
            await rules.add_zaakinformatieobject(
                db, TESTER, backoffice.catalogus, zaak, document_uuid, {"titel": titel}
            )
    except Problem as problem:
        return _back(f"/beheer/zaken/{uuid}", fout=_reasons(problem))
    return _back(f"/beheer/zaken/{uuid}", melding="De brief is toegevoegd.")


@router.post("/zaken/{uuid}/opschorting")
async def set_opschorting(uuid: str, backoffice: Context, reden: Veld = "") -> Response:
    """Suspend for a reason; without one the zaak goes on."""
    try:
        async with backoffice.store.write() as db:
            zaak = await rules.load_zaak(db, uuid)
            was = zaak["opschorting"]["indicatie"] or zaak["opschorting"]["eerdereOpschorting"]
            zaak["opschorting"] = resources.opschorting(reden.strip()[:200] or None, eerder=was)
            await rules.change_zaak(db, zaak)
    except Problem as problem:
        return _back(f"/beheer/zaken/{uuid}", fout=_reasons(problem))
    return _back(f"/beheer/zaken/{uuid}", melding="De opschorting is gewijzigd.")


@router.post("/zaken/{uuid}/verlenging")
async def set_verlenging(uuid: str, backoffice: Context, duur: Veld, reden: Veld) -> Response:
    """Extend, and move the last date along as a handler would."""
    if not is_duration(duur) or not reden.strip():
        return _back(f"/beheer/zaken/{uuid}", fout="Vul een duur als P42D in, en een reden.")
    try:
        async with backoffice.store.write() as db:
            zaak = await rules.load_zaak(db, uuid)
            zaak["verlenging"] = {"reden": reden.strip()[:200], "duur": duur}
            if zaak["uiterlijkeEinddatumAfdoening"]:
                last = datetime.fromisoformat(zaak["uiterlijkeEinddatumAfdoening"]).date()
                zaak["uiterlijkeEinddatumAfdoening"] = add_duration(last, duur).isoformat()
            await rules.change_zaak(db, zaak)
    except Problem as problem:
        return _back(f"/beheer/zaken/{uuid}", fout=_reasons(problem))
    return _back(f"/beheer/zaken/{uuid}", melding="De termijn is verlengd.")


@router.post("/storing")
async def add_storing(request: Request, backoffice: Context) -> Response:
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if value}
    try:
        backoffice.beheer.storing(**fields)
    except ValidationError:
        return _back("/beheer", fout="De storing is niet goed ingevuld.")
    return _back("/beheer", melding="De storing staat aan.")


@router.post("/herstel")
async def remove_storingen(backoffice: Context) -> Response:
    backoffice.beheer.herstel()
    return _back("/beheer", melding="Alle storingen staan uit.")


@router.post("/latentie")
async def set_latentie(backoffice: Context, profiel: Annotated[Profiel, Form()]) -> Response:
    backoffice.beheer.latentie(profiel)
    return _back("/beheer", melding="De vertraging is ingesteld.")
