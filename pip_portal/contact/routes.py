"""Contactgegevens: how somebody can be reached. Adding, proving, choosing and removing; no address is in a URL."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.backoffice.bronnen import BronnenDep
from pip_portal.contact import adressen, codes
from pip_portal.contact.adressen import Soort
from pip_portal.contact.doorgeven import geef_door, neem_over, nieuwe_sleutel, sleutel_van_vandaag
from pip_portal.db import Db, Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker, Ingelogd
from pip_portal.inzendingen.lezen import lees as lees_inzending
from pip_portal.panelen import Paneel, paneel
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.taal import N_, _
from pip_portal.web import form_fields, page

router = APIRouter(prefix="/contact-gegevens")

GEDAAN: Final = {
    "bevestigd": N_("Uw adres is bevestigd"),
    "standaard": N_("Uw keuze is bewaard"),
    "toegevoegd": N_("Uw telefoonnummer is bewaard"),
    "bekend": N_("Dit adres staat er al"),
    "verwijderd": N_("Wij hebben het verwijderd"),
}
FOUT: Final = {
    "fout": N_("Deze code klopt niet. Kijk naar de nieuwste code en probeer het nog een keer."),
    "verlopen": N_("Deze code werkt niet meer. Vraag een nieuwe code."),
    "te_vaak": N_("U vulde te vaak een verkeerde code in. Vraag een nieuwe code."),
}


@router.get("", name="contact:show")
async def show(request: Request, gebruiker: Ingelogd, bronnen: BronnenDep, db: Db, sleutels: SleutelsDep) -> Response:
    return await _toon(request, gebruiker, db, sleutels)


@router.post("", name="contact:voeg_toe")
async def add(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    velden = await form_fields(request)
    soort: Soort = "telefoonnummer" if velden.get("soort") == "telefoonnummer" else "email"
    getypt = velden.get("adres", "")[:200]
    adres = adressen.normaliseer(soort, getypt.strip())
    if adres is None:
        zin = _("Vul een e-mailadres in zoals naam@voorbeeld.nl.")
        if soort == "telefoonnummer":
            zin = _("Vul een telefoonnummer in, bijvoorbeeld 06 12345678.")
        return await _toon(request, gebruiker, db, sleutels, fout=(soort, zin), getypt=getypt)
    return await _voeg_toe(request, gebruiker, db, sleutels, soort, adres)


@router.post("/aanvraag/{inzending}", name="contact:van_aanvraag")
async def add_of_application(
    request: Request, inzending: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep
) -> Response:
    """The address that was given for one application becomes known, after its code."""
    ingezonden = await lees_inzending(db, sleutels, eigenaar_van(gebruiker, sleutels).hash, str(inzending))
    gegeven = ingezonden.inhoud.email if ingezonden.inhoud else ""
    adres = adressen.normaliseer("email", gegeven) if gegeven else None
    if adres is None:
        return _naar(request, "contact:show")
    return await _voeg_toe(request, gebruiker, db, sleutels, "email", adres)


@router.get("/{uuid}/bevestigen", name="contact:bevestigen")
async def show_code(request: Request, uuid: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    return await _toon_code(request, gebruiker, db, sleutels, str(uuid))


@router.post("/{uuid}/bevestigen", name="contact:bevestig")
async def verify(request: Request, uuid: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    velden = await form_fields(request)
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    gebruik = velden.get("gebruik") == "ja"
    door = _Doorgifte(request, gebruiker)
    uitkomst = await codes.controleer(
        db, sleutels, eigenaar, str(uuid), velden.get("code", "")[:40], gebruik=gebruik, daarna=door.plaats
    )
    if uitkomst != "goed":
        return await _toon_code(request, gebruiker, db, sleutels, str(uuid), fout=_(FOUT[uitkomst]))
    return await door.klaar("bevestigd")


@router.post("/{uuid}/code", name="contact:code")
async def send_again(request: Request, uuid: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    await codes.stuur(db, sleutels, eigenaar_van(gebruiker, sleutels).hash, str(uuid))
    return _naar(request, "contact:bevestigen", "?gestuurd=1", uuid=str(uuid))


@router.post("/{uuid}/standaard", name="contact:standaard")
async def make_default(request: Request, uuid: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    door = _Doorgifte(request, gebruiker)
    async with db.begin() as session:
        rij = await adressen.rij_van(session, eigenaar_van(gebruiker, sleutels).hash, str(uuid))
        kan = rij.geverifieerd_op is not None or not _moet_bevestigd(request, rij.soort)
        if kan:
            await adressen.maak_standaard(session, sleutels, rij)
            await door.plaats(session)
    if not kan:
        return _naar(request, "contact:bevestigen", uuid=str(uuid))
    return await door.klaar("standaard")


@router.get("/{uuid}/verwijderen", name="contact:verwijderen")
async def ask_remove(request: Request, uuid: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    adres = await adressen.lees(db, sleutels, eigenaar, str(uuid))
    anderen = [a for a in await adressen.lijst(db, sleutels, eigenaar) if a.soort == adres.soort and a.id != str(uuid)]
    return page(
        request, "contact/verwijderen.html", adres=adres, ander=next((a for a in anderen if a.is_bevestigd), None)
    )


@router.post("/{uuid}/verwijderen", name="contact:verwijder")
async def remove(request: Request, uuid: UUID, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    door = _Doorgifte(request, gebruiker)
    async with db.begin() as session:
        rij = await adressen.rij_van(session, eigenaar_van(gebruiker, sleutels).hash, str(uuid))
        await adressen.verwijder(session, sleutels, rij)
        await door.plaats(session)
    return await door.klaar("verwijderd")


# ---- parts -------------------------------------------------------------------------------------------------


class _Doorgifte:
    """Passes one change on to Klantinteracties: queued with the change, done at once when that can be, else later."""

    def __init__(self, request: Request, gebruiker: Gebruiker) -> None:
        self._request = request
        self._gebruiker = gebruiker
        self._sleutel = ""

    async def plaats(self, session: AsyncSession) -> None:
        if self._request.app.state.bronnen.klantinteracties is not None:
            self._sleutel = nieuwe_sleutel()
            await geef_door(session, self._request.app.state.sleutels, self._gebruiker, self._sleutel)

    async def klaar(self, gedaan: str) -> Response:
        later = bool(self._sleutel) and not await self._request.app.state.werker.een(self._sleutel)
        return _naar(self._request, "contact:show", f"?gedaan={gedaan}" + ("&later=1" if later else ""))


async def _voeg_toe(
    request: Request, gebruiker: Gebruiker, db: Sessionmaker, sleutels: Sleutels, soort: Soort, adres: str
) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    te_bevestigen, door = _moet_bevestigd(request, soort), _Doorgifte(request, gebruiker)
    async with db.begin() as session:
        id_ = await adressen.voeg_toe(session, sleutels, eigenaar, soort, adres, standaard=not te_bevestigen)
        if not te_bevestigen:
            await door.plaats(session)
    if id_ is None:
        zin = _("U hebt er al 5. Verwijder er eerst een.")
        return await _toon(request, gebruiker, db, sleutels, fout=(soort, zin))
    if (await adressen.lees(db, sleutels, eigenaar, id_)).is_bevestigd:
        return _naar(request, "contact:show", "?gedaan=bekend")
    if not te_bevestigen:
        return await door.klaar("toegevoegd")
    await codes.stuur(db, sleutels, eigenaar, id_)
    return _naar(request, "contact:bevestigen", uuid=id_)


def _moet_bevestigd(request: Request, soort: str) -> bool:
    """A phone number only where text messages can be sent; elsewhere it is used to call, and nothing else."""
    return soort == "email" or request.app.state.settings.sms is not None


async def _toon(
    request: Request,
    gebruiker: Gebruiker,
    db: Sessionmaker,
    sleutels: Sleutels,
    *,
    fout: tuple[str, str] = ("", ""),
    getypt: str = "",
) -> Response:
    """fout: the soort whose form was filled in wrongly, and what is wrong."""
    klant = request.app.state.bronnen.klantinteracties
    bekend: Paneel[bool] = Paneel(True)
    if klant is not None:
        naam = _("onze klantenadministratie")
        bekend = await paneel(request, naam, neem_over(db, sleutels, klant, gebruiker))
    alle = await adressen.lijst(db, sleutels, eigenaar_van(gebruiker, sleutels).hash)
    wacht = klant is not None and any(adres.standaard and not adres.doorgegeven for adres in alle)
    if wacht and bekend.inhoud:  # once a day: also what was given up in a long outage
        async with db.begin() as session:
            await geef_door(session, sleutels, gebruiker, sleutel_van_vandaag(gebruiker, sleutels))
    vraag: Any = request.query_params
    gedaan = GEDAAN.get(vraag.get("gedaan", ""))
    return page(
        request,
        "contact/show.html",
        status_code=422 if fout[1] else 200,
        emails=[a for a in alle if a.soort == "email"],
        telefoons=[a for a in alle if a.soort == "telefoonnummer"],
        mist=not bekend.inhoud,
        later=wacht or vraag.get("later") == "1",
        kan_mailen=request.app.state.settings.smtp is not None,
        kan_sms=request.app.state.settings.sms is not None,
        gedaan=_(gedaan) if gedaan and not fout[1] else "",
        fout_bij=fout[0],
        fout=fout[1],
        getypt=getypt,
    )


async def _toon_code(
    request: Request, gebruiker: Gebruiker, db: Sessionmaker, sleutels: Sleutels, id_: str, *, fout: str = ""
) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    adres = await adressen.lees(db, sleutels, eigenaar, id_)
    if adres.is_bevestigd and not adres.onbestelbaar:
        return _naar(request, "contact:show")
    alle = await adressen.lijst(db, sleutels, eigenaar)
    return page(
        request,
        "contact/bevestigen.html",
        status_code=422 if fout else 200,
        adres=adres,
        nu=next((a for a in alle if a.soort == adres.soort and a.standaard), None),
        gestuurd=request.query_params.get("gestuurd") == "1" and not fout,
        fout=fout,
    )


def _naar(request: Request, naam: str, vraag: str = "", **delen: str) -> Response:
    return RedirectResponse(request.url_for(naam, **delen).path + vraag, 303)
