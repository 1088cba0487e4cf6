"""What was sent from a question page: read, stored as its button asks, and what is shown next."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from pip_portal import late_invoer
from pip_portal.backoffice.bag import BagDep
from pip_portal.backoffice.bronnen import get_bronnen
from pip_portal.bestanden.geweigerd import BestandGeweigerd
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.bestanden.opslag import MAX_TOTAAL, Bestanden, Eisen
from pip_portal.db import Db
from pip_portal.formulieren import cijfers, opslaan, schermen
from pip_portal.formulieren.aanvraag import Aanvraag, opnieuw
from pip_portal.formulieren.adressen import zoeker
from pip_portal.formulieren.buurt import tel_mij_ook, ververs_buurt
from pip_portal.formulieren.concepten import AnderTabblad, Concepten
from pip_portal.formulieren.invoer import Doel, Gelezen, Opzoekers, Paren, lees
from pip_portal.formulieren.kentekens import kentekenzoeker
from pip_portal.formulieren.paginas import Melding
from pip_portal.formulieren.veldtypen.bestand import BestandVeld
from pip_portal.formulieren.vragen import bestandsveld
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import _
from pip_portal.tellers import tel

CONTROLEREN = "controleren"  # the only page that a question page can lead back to


def terug_van(terug: str) -> str:
    return CONTROLEREN if terug == CONTROLEREN else ""


def geldig(aanvraag: Aanvraag) -> timedelta:
    return timedelta(days=aanvraag.formulier.bewaren.concept_dagen)


async def toon(request: Request, aanvraag: Aanvraag, doel: Doel, db: Db, sleutels: SleutelsDep, terug: str) -> Response:
    """The page, with what was sent too late when this browser left something for it."""
    geheim = late_invoer.geheim_van(request)
    waar = f"{doel.stap.stap}/{doel.item}" if doel.groep is not None else doel.stap.stap
    laat = await late_invoer.lees(db, sleutels, geheim, aanvraag.id, waar) if geheim else None
    if doel.groep is None and not aanvraag.concept.revisie(doel.stap.stap):
        cijfers.tel(request, aanvraag, doel.stap.stap, "begonnen")
    if laat is None:
        return schermen.toon_vragen(request, aanvraag, doel, terug=terug)
    gelezen = (await lees(aanvraag, doel, laat, None)).zonder_fouten()
    zin = _("Controleer uw antwoorden en kies Volgende stap. Ze zijn nog niet opgeslagen.")
    melding = Melding("info", _("U was uitgelogd"), zin)
    terug = terug or terug_van(dict(laat).get("terug", ""))
    return schermen.toon_vragen(request, aanvraag, doel, terug=terug, gelezen=gelezen, melding=melding)


async def verwerk(
    request: Request,
    aanvraag: Aanvraag,
    doel: Doel,
    concepten: Concepten,
    bestanden: Bestanden,
    bag: BagDep,
    db: Db,
) -> Response:
    """Read what was sent, do what its button says, and show or go on."""
    response = await _verwerk(request, aanvraag, doel, concepten, bestanden, bag, db)
    if response.status_code == 422:
        cijfers.tel(request, aanvraag, doel.stap.stap, "fout")
    return response


async def _verwerk(
    request: Request,
    aanvraag: Aanvraag,
    doel: Doel,
    concepten: Concepten,
    bestanden: Bestanden,
    bag: BagDep,
    db: Db,
) -> Response:
    paren, bestandsfouten, toegevoegd = await _ontvang(request, aanvraag, doel, bestanden)
    velden = dict(paren)
    actie, terug = velden.get("actie", "volgende"), terug_van(velden.get("terug", ""))
    if geheim := late_invoer.geheim_van(request):
        await late_invoer.gooi_weg(db, geheim)
    if toegevoegd:
        aanvraag = await _met_bestanden(aanvraag, bestanden)

    async def telt() -> None:
        await tel(request, aanvraag.eigenaar, "opzoeken")

    zoek = Opzoekers(zoeker(bag, telt), kentekenzoeker(get_bronnen(request).rdw, telt))
    opzoeken = actie in ("volgende", "bewaren", "zoek_adres", "nakijken")
    gelezen = await lees(aanvraag, doel, paren, zoek if opzoeken else None)
    if bestandsfouten:
        gelezen = _met_bestandsfouten(gelezen, bestandsfouten)
        return schermen.toon_vragen(request, aanvraag, doel, terug=terug, gelezen=gelezen, status_code=422)
    if actie in ("bijwerken", "nakijken", "zoek_adres", "handmatig"):
        return _tussendoor(request, aanvraag, doel, gelezen, actie, velden.get("nakijken", ""), terug)
    if actie == "toevoegen":
        return await _bewaar_en_blijf(request, aanvraag, doel, gelezen, concepten, velden, terug)
    if actie == "bewaren" and not aanvraag.concept.is_kort:
        inhoud = opslaan.nieuwe_inhoud(aanvraag, doel, gelezen, ruw=True)
        return await _bewaar(request, aanvraag, doel, inhoud, concepten, paren, terug, later=True)
    if not gelezen.is_goed:
        return schermen.toon_vragen(request, aanvraag, doel, terug=terug, gelezen=gelezen, status_code=422)
    if gelezen.nieuw:
        melding = None if schermen.is_htmx(request) else _nieuwe_vraag(len(gelezen.nieuw))
        return schermen.toon_vragen(request, aanvraag, doel, terug=terug, gelezen=gelezen, melding=melding)
    gelet = {zin for naam, waarde in paren if naam == "gelet" for zin in waarde.split()}
    if schermen.waarschuwt(aanvraag, doel, gelezen) - gelet:
        zin = _("Klopt uw antwoord? Dan kunt u gewoon verder.")
        melding = Melding("info", _("Lees de opmerking bij uw antwoord"), zin)
        return schermen.toon_vragen(request, aanvraag, doel, terug=terug, gelezen=gelezen, melding=melding)
    inhoud = opslaan.nieuwe_inhoud(aanvraag, doel, gelezen, ruw=False)
    return await _bewaar(request, aanvraag, doel, inhoud, concepten, paren, terug, later=False)


def _nieuwe_vraag(aantal: int) -> Melding:
    zin = _("Er is een vraag bijgekomen.") if aantal == 1 else _("Er zijn vragen bijgekomen.")
    return Melding("info", zin, _("Beantwoord die ook. Kies daarna opnieuw Volgende stap."))


def _tussendoor(
    request: Request, aanvraag: Aanvraag, doel: Doel, gelezen: Gelezen, actie: str, veld: str, terug: str
) -> Response:
    """Redraw the page in between; nothing is stored."""
    status = 200
    if actie == "nakijken":
        gelezen = gelezen.alleen(veld)
    elif actie == "zoek_adres":
        gelezen = _alleen_adressen(gelezen)
        status = 200 if gelezen.is_goed else 422
    elif actie == "handmatig":
        gelezen = _handmatig(gelezen.zonder_fouten())
    else:
        gelezen = gelezen.zonder_fouten()
    melding = None
    if actie == "bijwerken" and gelezen.nieuw and not schermen.is_htmx(request):
        melding = _nieuwe_vraag(len(gelezen.nieuw))
    return schermen.toon_vragen(
        request, aanvraag, doel, terug=terug, gelezen=gelezen, melding=melding, status_code=status
    )


def _alleen_adressen(gelezen: Gelezen) -> Gelezen:
    lezingen = {
        naam: lezing if naam in gelezen.standen else replace(lezing, fouten={})
        for naam, lezing in gelezen.lezingen.items()
    }
    return replace(gelezen, lezingen=lezingen)


def _handmatig(gelezen: Gelezen) -> Gelezen:
    """The citizen fills in street and place."""
    standen = {v.veld: schermen.HANDMATIG for v in gelezen.velden if v.type in ("adres", "locatie")}
    return replace(gelezen, standen=standen)


async def _ontvang(
    request: Request, aanvraag: Aanvraag, doel: Doel, bestanden: Bestanden
) -> tuple[list[tuple[str, str]], dict[str, str], bool]:
    """The fields; files are taken in while they come. Also what is wrong with a file, and whether one was added."""
    fouten: dict[str, str] = {}
    toegevoegd: list[str] = []
    velden = {veld.veld: veld for veld in doel.velden if isinstance(veld, BestandVeld)}

    async def neem(control: str, naam: str, stroom: AsyncIterator[bytes]) -> None:
        veld = velden.get(control)
        if veld is None:
            return
        await tel(request, aanvraag.eigenaar, "uploaden")
        try:
            info = await bestanden.voeg_toe(
                aanvraag.eigenaar.hash, aanvraag.id, bestandsveld(control, doel.item), naam, stroom, eisen_van(veld)
            )
            toegevoegd.append(info.id)
        except BestandGeweigerd as exc:
            fouten[control] = exc.zin

    return await lees_multipart(request, neem), fouten, bool(toegevoegd)


def eisen_van(veld: BestandVeld) -> Eisen:
    return Eisen(
        soorten=veld.soorten,
        max_bytes=veld.max_mb * 1_000_000,
        max_aantal=veld.max,
        locatie_bewaren=veld.locatie_bewaren,
        verhouding=veld.verhouding,
        max_totaal=MAX_TOTAAL,
    )


def _met_bestandsfouten(gelezen: Gelezen, fouten: dict[str, str]) -> Gelezen:
    schoon = gelezen.zonder_fouten()
    lezingen = {
        naam: replace(lezing, fouten={naam: fouten[naam]}) if naam in fouten else lezing
        for naam, lezing in schoon.lezingen.items()
    }
    return replace(schoon, lezingen=lezingen)


async def _met_bestanden(aanvraag: Aanvraag, bestanden: Bestanden) -> Aanvraag:
    return aanvraag.met_bestanden(await bestanden.lijst(aanvraag.id))


async def _bewaar_en_blijf(
    request: Request,
    aanvraag: Aanvraag,
    doel: Doel,
    gelezen: Gelezen,
    concepten: Concepten,
    velden: dict[str, str],
    terug: str,
) -> Response:
    """A file was added: what else was typed is kept too, and the page comes back."""
    gezien = _revisie(velden)
    await tel(request, aanvraag.eigenaar, "bewaren")
    try:
        inhoud = opslaan.nieuwe_inhoud(aanvraag, doel, gelezen, ruw=True)
        await concepten.bewaar(aanvraag.concept, aanvraag.eigenaar, doel.stap.stap, inhoud, gezien, geldig(aanvraag))
        aanvraag = aanvraag.bewaard(doel.stap.stap, inhoud, gezien + 1)
    except AnderTabblad:  # the files are there; what was typed stays on the page and asks when it is saved
        return schermen.toon_vragen(request, aanvraag, doel, terug=terug, gelezen=gelezen.zonder_fouten())
    if schermen.is_htmx(request):
        return schermen.toon_vragen(request, aanvraag, replace(doel, nieuw=False), terug=terug)
    return RedirectResponse(schermen.doel_url(request, aanvraag.id, doel) + (f"?terug={terug}" if terug else ""), 303)


def _revisie(velden: dict[str, str]) -> int:
    tekst = velden.get("revisie", "0")
    return int(tekst) if tekst.isascii() and tekst.isdigit() and len(tekst) < 9 else 0


async def _bewaar(
    request: Request,
    aanvraag: Aanvraag,
    doel: Doel,
    inhoud: opslaan.Opslag,
    concepten: Concepten,
    paren: Paren,
    terug: str,
    *,
    later: bool,
) -> Response:
    """Store the page and go on; when another tab was faster, the citizen chooses which answer is right."""
    velden = dict(paren)
    stap, gezien = doel.stap.stap, _revisie(velden)
    nieuw_item = doel.nieuw

    async def telt() -> None:
        await tel(request, aanvraag.eigenaar, "opzoeken")

    await tel(request, aanvraag.eigenaar, "bewaren")
    for _poging in range(3):
        try:
            if velden.get("tabbladen") == "ja" and velden.get("tabblad") != "hier":
                if velden.get("tabblad") == "daar":
                    break
                return schermen.toon_tabbladen(request, aanvraag, doel, inhoud, paren, gevraagd=True)
            await concepten.bewaar(aanvraag.concept, aanvraag.eigenaar, stap, inhoud, gezien, geldig(aanvraag))
            aanvraag = aanvraag.bewaard(stap, inhoud, gezien + 1)
            aanvraag = await ververs_buurt(aanvraag, doel, concepten, get_bronnen(request), request.app.state.db, telt)
            await tel_mij_ook(request, aanvraag, doel)
            break
        except AnderTabblad:
            aanvraag = await opnieuw(aanvraag, concepten)
            daar = aanvraag.concept.per_stap.get(stap, {})
            if dict(daar) == inhoud:
                break  # the same was saved twice
            if not nieuw_item:
                return schermen.toon_tabbladen(request, aanvraag, doel, inhoud, paren, gevraagd=False)
            if opslaan.is_vol(aanvraag, doel):
                return schermen.toon_vol(request, aanvraag, doel, terug)
            # A new item disturbs nobody: it goes behind what the other tab saved.
            gezien = aanvraag.concept.revisie(stap)
            inhoud = opslaan.achteraan(aanvraag, doel, inhoud)
    else:  # other tabs were faster each time
        return schermen.toon_tabbladen(request, aanvraag, doel, inhoud, paren, gevraagd=False)
    return _verder(request, aanvraag, doel, terug, later=later)


def _verder(request: Request, aanvraag: Aanvraag, doel: Doel, terug: str, *, later: bool) -> Response:
    if later:
        pad = request.url_for("aanvragen:detail", id=aanvraag.id).path
        return RedirectResponse(f"{pad}?bewaard=ja", 303)
    if doel.groep is not None:
        return RedirectResponse(opslaan.stap_url(request, aanvraag.id, doel.stap.stap, terug), 303)
    groep = doel.stap.groep
    if groep is not None:
        stand = next((z for z in aanvraag.verloop.stappen if z.stap.stap == doel.stap.stap), None)
        if stand is not None and groep.veld in stand.open:
            fout = schermen.groepfout(aanvraag, groep)
            return schermen.toon_vragen(request, aanvraag, doel, terug=terug, groepfout=fout, status_code=422)
    if not terug:
        cijfers.tel(request, aanvraag, doel.stap.stap, "beantwoord")
    return RedirectResponse(opslaan.volgende_url(request, aanvraag, doel.stap.stap, terug), 303)
