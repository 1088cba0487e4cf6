"""Voorkeuren: everything somebody chose about what they hear from us, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.backoffice.mijnoverheid import MijnOverheid
from pip_portal.backoffice.samen import together
from pip_portal.backoffice.zaaksysteem import Zaaksysteem, ZaaksysteemDep
from pip_portal.contact.adressen import email_van
from pip_portal.contact.doorgeven import geef_door, nieuwe_sleutel
from pip_portal.db import Db
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Burger, Gebruiker, Ingelogd
from pip_portal.nieuwsbrief.voorkeuren import van_eigenaar
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import N_, _
from pip_portal.tables import Zaakvoorkeur
from pip_portal.voorkeuren import voorkeuren
from pip_portal.web import form_fields, page

router = APIRouter(prefix="/voorkeuren")

Bron = Annotated[str, Path(max_length=20)]
MAILS: Final = {
    "statuswijziging": N_("Uw zaak is een stap verder"),
    "nieuw_document": N_("Er is een nieuw document"),
    "nieuw_bericht": N_("Er is een nieuw bericht"),
    "herinnering": N_("Wij wissen binnenkort iets wat u niet verstuurde"),
}
GENOEMD: Final = 10  # zaken whose name is looked up


@dataclass(frozen=True, slots=True)
class Zaakkeuze:
    """naam: None when the zaak cannot be shown now, or not any more."""

    bron: str
    uuid: str
    mailen: bool
    naam: str | None
    nummer: str = ""


@router.get("", name="voorkeuren:show")
async def show(
    request: Request, gebruiker: Ingelogd, zaaksysteem: ZaaksysteemDep, db: Db, sleutels: SleutelsDep
) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    async with db() as session:
        keuzes = await voorkeuren.lees(session, eigenaar)
        email = await email_van(session, sleutels, eigenaar)
        rijen = await voorkeuren.zaakvoorkeuren(session, eigenaar)
        heeft_box = await voorkeuren.heeft_box(session, eigenaar)
        box_dicht_op = await voorkeuren.box_dicht_op(session, eigenaar)
    mijnoverheid = _mijnoverheid(request, gebruiker)
    return page(
        request,
        "voorkeuren/show.html",
        keuzes=keuzes,
        email=email,
        mails=[(naam, _(tekst), getattr(keuzes, naam)) for naam, tekst in MAILS.items()],
        zaken=await _zaakkeuzes(gebruiker, zaaksysteem, rijen),
        nieuwsbrieven=await van_eigenaar(db, sleutels, eigenaar),
        bewaard=request.query_params.get("bewaard") == "1",
        later=request.query_params.get("later") == "1",
        kanaal="berichtenbox" if heeft_box and mijnoverheid else "post" if keuzes.kanaal == "post" else "email",
        heeft_mijnoverheid=mijnoverheid is not None,
        box=request.query_params.get("box", ""),
        box_dicht_op=box_dicht_op,
    )


@router.post("", name="voorkeuren:bewaar")
async def save(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    velden = await form_fields(request)
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    sleutel = ""
    bsn, box = await _vraag_box(request, gebruiker, velden.get("kanaal", ""))
    async with db.begin() as session:
        oud = await voorkeuren.lees(session, eigenaar)
        nieuw: dict[str, object] = {"kanaal": "post" if velden.get("kanaal") == "post" else "email"}
        if bsn:
            nieuw["kanaal"] = "berichtenbox"
        elif box:
            nieuw["kanaal"] = oud.kanaal
        nieuw |= {naam: velden.get(naam) == "ja" for naam in MAILS}
        await voorkeuren.bewaar(
            session, eigenaar, oud.model_copy(update=nieuw), bsn=sleutels.encrypt(bsn.encode()) if bsn else None
        )
        if nieuw["kanaal"] != oud.kanaal and request.app.state.bronnen.klantinteracties is not None:
            sleutel = nieuwe_sleutel()
            await geef_door(session, sleutels, gebruiker, sleutel)
    klaar = not sleutel or await request.app.state.werker.een(sleutel)
    vraag = "?bewaard=1" + ("" if klaar else "&later=1") + (f"&box={box}" if box else "")
    return _naar(request, "voorkeuren:show", vraag)


@router.post("/zaken/{bron}/{uuid}", name="voorkeuren:zaak")
async def choose_for_zaak(
    request: Request,
    bron: Bron,
    uuid: UUID,
    gebruiker: Ingelogd,
    zaaksysteem: ZaaksysteemDep,
    db: Db,
    sleutels: SleutelsDep,
) -> Response:
    """From the page of the zaak: mail about this one, or not."""
    await zaaksysteem.get(gebruiker, bron, uuid)  # NotFound when it is not theirs
    velden = await form_fields(request)
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    async with db.begin() as session:
        await voorkeuren.zet_zaak(session, eigenaar, bron, str(uuid), mailen=velden.get("mailen") == "ja")
    return RedirectResponse(request.url_for("zaken:detail", bron=bron, uuid=str(uuid)).path + "#mail", 303)


@router.post("/zaken/{bron}/{uuid}/wissen", name="voorkeuren:wis_zaak")
async def forget_for_zaak(
    request: Request, bron: Bron, uuid: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep
) -> Response:
    async with db.begin() as session:
        await voorkeuren.wis_zaak(session, eigenaar_van(gebruiker, sleutels).hash, bron, str(uuid))
    return _naar(request, "voorkeuren:show", "?bewaard=1")


def _mijnoverheid(request: Request, gebruiker: Gebruiker) -> MijnOverheid | None:
    """None when the Berichtenbox cannot be chosen: only a burger has one."""
    mijnoverheid: MijnOverheid | None = request.app.state.bronnen.mijnoverheid
    return mijnoverheid if isinstance(gebruiker, Burger) else None


async def _vraag_box(request: Request, gebruiker: Gebruiker, kanaal: str) -> tuple[str, str]:
    """The BSN of who chooses the Berichtenbox and has one; else why it is not chosen: "" | "dicht" | "storing"."""
    mijnoverheid = _mijnoverheid(request, gebruiker)
    if kanaal != "berichtenbox" or mijnoverheid is None or not isinstance(gebruiker, Burger):
        return "", ""
    try:
        return (gebruiker.bsn, "") if await mijnoverheid.heeft_box(gebruiker) else ("", "dicht")
    except (BackofficeUnavailable, BackofficeDefect):
        return "", "storing"


async def _zaakkeuzes(
    gebruiker: Gebruiker, zaaksysteem: Zaaksysteem, rijen: Sequence[Zaakvoorkeur]
) -> Sequence[Zaakkeuze]:
    genoemd = await together(_zaakkeuze(gebruiker, zaaksysteem, rij) for rij in rijen[:GENOEMD])
    return [*genoemd, *(Zaakkeuze(r.bron, r.zaak_uuid, r.mailen, None) for r in rijen[GENOEMD:])]


async def _zaakkeuze(gebruiker: Gebruiker, zaaksysteem: Zaaksysteem, rij: Zaakvoorkeur) -> Zaakkeuze:
    try:
        dossier = await zaaksysteem.get(gebruiker, rij.bron, UUID(rij.zaak_uuid))
    except (NotFound, BackofficeUnavailable, BackofficeDefect):
        return Zaakkeuze(rij.bron, rij.zaak_uuid, rij.mailen, None)
    return Zaakkeuze(rij.bron, rij.zaak_uuid, rij.mailen, dossier.naam, dossier.nummer)


def _naar(request: Request, naam: str, vraag: str) -> Response:
    return RedirectResponse(request.url_for(naam).path + vraag, 303)
