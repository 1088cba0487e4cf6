"""Newsletters: choose, confirm, change and stop. Everyone may see these pages; none tells who gets what."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from pip_portal import tellers
from pip_portal.contact.adressen import email_van
from pip_portal.db import Db, Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Ingelogd
from pip_portal.nieuwsbrief import inschrijven, toestemming, voorkeuren
from pip_portal.nieuwsbrief.onderwerpen import FREQUENTIES, Frequentie, in_groepen, naam_van, onderwerpen
from pip_portal.nieuwsbrief.voorkeuren import Inschrijvingsregel
from pip_portal.post.opmaken import adres_van
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.taal import TALEN, _, taal
from pip_portal.web import form_fields, page

public = APIRouter(prefix="/nieuwsbrieven")
private = APIRouter(prefix="/nieuwsbrieven")
machine = APIRouter(prefix="/nieuwsbrieven")

PER_NETWERK: Final = tellers.Grens(20, timedelta(hours=1)).anoniem
MAX_ADRES: Final = 254  # characters; RFC 5321
EEN_KLIK: Final = {"List-Unsubscribe": "One-Click"}  # RFC 8058 §3.1


# ---- choosing ----------------------------------------------------------------------------------------------


@public.get("", name="nieuwsbrief:kies")
async def choose(request: Request, db: Db, sleutels: SleutelsDep) -> Response:
    response = page(request, "nieuwsbrief/kies.html", **await _keuzepagina(request, db, sleutels, {}))
    if request.state.sessie is None:
        response.headers["X-Robots-Tag"] = "all"
    return response


@public.post("", name="nieuwsbrief:vraag")
async def ask(request: Request, db: Db, sleutels: SleutelsDep) -> Response:
    """The answer is the same for every address, whether it has newsletters or not."""
    velden = await form_fields(request)
    keuzes = _gekozen(velden)
    adres = _adres(velden.get("email", ""))
    if not keuzes or not adres:
        fouten = {} if keuzes else {"onderwerpen": _("Kies minstens 1 nieuwsbrief.")}
        if not adres:
            fouten["email"] = _("Vul een e-mailadres in zoals naam@voorbeeld.nl.")
        context = await _keuzepagina(request, db, sleutels, velden, fouten)
        return page(request, "nieuwsbrief/kies.html", status_code=422, **context)
    await _tel(request)
    sessie = request.state.sessie
    await inschrijven.vraag_aan(
        db,
        sleutels,
        adres=adres,
        keuzes=keuzes,
        taal=taal(),
        html=velden.get("opmaak") != "tekst",
        eigenaar=eigenaar_van(sessie.gebruiker, sleutels).hash if sessie else None,
    )
    return _naar(request, "nieuwsbrief:kijk")


@public.get("/mail", name="nieuwsbrief:kijk")
async def look_in_your_mail(request: Request) -> Response:
    return page(request, "nieuwsbrief/kijk.html")


@public.post("/link", name="nieuwsbrief:link")
async def mail_the_link(request: Request, db: Db, sleutels: SleutelsDep) -> Response:
    velden = await form_fields(request)
    adres = _adres(velden.get("email", ""))
    if not adres:
        fouten = {"email-link": _("Vul een e-mailadres in zoals naam@voorbeeld.nl.")}
        context = await _keuzepagina(request, db, sleutels, {"email-link": velden.get("email", "")}, fouten)
        return page(request, "nieuwsbrief/kies.html", status_code=422, **context)
    await _tel(request)
    await inschrijven.vraag_link(db, sleutels, adres, taal())
    return _naar(request, "nieuwsbrief:kijk")


# ---- confirming --------------------------------------------------------------------------------------------


@public.get("/bevestigen/{token}", name="nieuwsbrief:bevestigen")
async def show_confirmation(request: Request, token: str, db: Db, sleutels: SleutelsDep) -> Response:
    """Only shows a button: scanners of mail open every link."""
    verzoek = await inschrijven.verzoek_van(db, sleutels, token)
    if verzoek is None:
        return page(request, "nieuwsbrief/ongeldig.html", status_code=404)
    namen = [naam_van(code) for code in verzoek.keuzes]
    adres = voorkeuren.gemaskeerd(verzoek.adres)
    return page(
        request, "nieuwsbrief/bevestigen.html", namen=namen, adres=adres, token=token, zinnen=toestemming.zinnen()
    )


@public.post("/bevestigen/{token}", name="nieuwsbrief:bevestig")
async def confirm(request: Request, token: str, db: Db, sleutels: SleutelsDep) -> Response:
    if await inschrijven.bevestig(db, sleutels, token) is None:
        return page(request, "nieuwsbrief/ongeldig.html", status_code=404)
    return _naar(request, "nieuwsbrief:bevestigd")


@public.get("/bevestigd", name="nieuwsbrief:bevestigd")
async def confirmed(request: Request) -> Response:
    return page(request, "nieuwsbrief/bevestigd.html")


# ---- changing and stopping, with the link ------------------------------------------------------------------


@public.get("/voorkeuren/{token}", name="nieuwsbrief:voorkeuren")
async def show_preferences(request: Request, token: str, db: Db, sleutels: SleutelsDep) -> Response:
    abonnee = await voorkeuren.abonnee_van(db, sleutels, token, "voorkeuren")
    mijn = await voorkeuren.lees(db, sleutels, abonnee) if abonnee else None
    if mijn is None:
        raise NotFound
    return page(
        request,
        "nieuwsbrief/voorkeuren.html",
        mijn=mijn,
        regels=[(f"f-{r.onderwerp}", r, _opties(r)) for r in mijn.regels],
        token=token,
        bewaard=request.query_params.get("bewaard") == "1",
    )


@public.post("/voorkeuren/{token}", name="nieuwsbrief:bewaar")
async def save_preferences(request: Request, token: str, db: Db, sleutels: SleutelsDep) -> Response:
    abonnee = await voorkeuren.abonnee_van(db, sleutels, token, "voorkeuren")
    if abonnee is None:
        raise NotFound
    velden = await form_fields(request)
    if velden.get("actie") == "links":
        await voorkeuren.trek_links_in(db, abonnee)
        return _naar(request, "nieuwsbrief:kies")
    if velden.get("actie") == "stop":
        await voorkeuren.meld_af(db, sleutels, abonnee, bron="link")
        return _naar(request, "nieuwsbrief:afgemeld")
    await voorkeuren.bewaar(
        db,
        sleutels,
        abonnee,
        frequenties={naam.removeprefix("f-"): f for naam, f in velden.items() if naam.startswith("f-")},
        taal=next((t for t in TALEN if t == velden.get("taal")), None),
        html=velden.get("opmaak") != "tekst",
    )
    if await voorkeuren.lees(db, sleutels, abonnee) is None:
        return _naar(request, "nieuwsbrief:afgemeld")
    return RedirectResponse(f"{request.url_for('nieuwsbrief:voorkeuren', token=token).path}?bewaard=1", 303)


@public.get("/afmelden/{token}", name="nieuwsbrief:afmelden")
async def show_unsubscribe(request: Request, token: str, db: Db, sleutels: SleutelsDep) -> Response:
    """Only shows a button; who stopped before reads that it is done."""
    if not await voorkeuren.is_afmeldlink(db, sleutels, token):
        raise NotFound
    abonnee = await voorkeuren.abonnee_van(db, sleutels, token, "afmelden")
    mijn = await voorkeuren.lees(db, sleutels, abonnee) if abonnee else None
    if mijn is None:
        return _naar(request, "nieuwsbrief:afgemeld")
    gestopt = request.query_params.get("gestopt", "")  # a newsletter of the public list, nothing of who stopped it
    klopt = gestopt in onderwerpen() and gestopt not in {regel.onderwerp for regel in mijn.regels}
    return page(
        request, "nieuwsbrief/afmelden.html", mijn=mijn, token=token, gestopt=naam_van(gestopt) if klopt else ""
    )


@public.post("/afmelden/{token}/nu", name="nieuwsbrief:meld_af")
async def unsubscribe(request: Request, token: str, db: Db, sleutels: SleutelsDep) -> Response:
    """One newsletter when the button named it, else all of them."""
    if not await voorkeuren.is_afmeldlink(db, sleutels, token):
        raise NotFound
    if abonnee := await voorkeuren.abonnee_van(db, sleutels, token, "afmelden"):
        code = (await form_fields(request)).get("onderwerp", "")
        await voorkeuren.meld_af(db, sleutels, abonnee, bron="link", codes=[code] if code else None)
        if code and await voorkeuren.lees(db, sleutels, abonnee) is not None:
            pad = request.url_for("nieuwsbrief:afmelden", token=token).path
            return RedirectResponse(f"{pad}?{urlencode({'gestopt': code})}", 303)
    return _naar(request, "nieuwsbrief:afgemeld")


@public.get("/afgemeld", name="nieuwsbrief:afgemeld")
async def unsubscribed(request: Request) -> Response:
    return page(request, "nieuwsbrief/afgemeld.html")


@machine.post("/afmelden/{token}", name="nieuwsbrief:een_klik")
async def one_click(request: Request, token: str, db: Db, sleutels: SleutelsDep) -> Response:
    """The mail program of the reader asks to stop, for them: from elsewhere, without cookies, perhaps twice.

    Stops every newsletter of this reader. Source: RFC 8058 §3.2; the mail asks for exactly this body.
    """
    if await form_fields(request) != EEN_KLIK:
        return PlainTextResponse("List-Unsubscribe=One-Click\n", 400)
    if not await voorkeuren.is_afmeldlink(db, sleutels, token):
        return PlainTextResponse("Deze link werkt niet (meer).\n", 404)
    if abonnee := await voorkeuren.abonnee_van(db, sleutels, token, "afmelden"):
        await voorkeuren.meld_af(db, sleutels, abonnee, bron="mail")
    return PlainTextResponse("OK\n")


# ---- for who is logged in ----------------------------------------------------------------------------------


@private.get("/mijn", name="nieuwsbrief:mijn")
async def show_own(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    regels = await voorkeuren.van_eigenaar(db, sleutels, eigenaar)
    return page(
        request,
        "nieuwsbrief/mijn.html",
        regels=[(f"f-{r.abonnee}-{r.onderwerp}", r, _opties(r)) for r in regels],
        logboek=[(naam_van(r.onderwerp), r) for r in await toestemming.van_eigenaar(db, eigenaar)],
        bewaard=request.query_params.get("bewaard") == "1",
    )


@private.post("/mijn", name="nieuwsbrief:bewaar_mijn")
async def save_own(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    velden = await form_fields(request)
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    regels = await voorkeuren.van_eigenaar(db, sleutels, eigenaar)
    wensen = {
        (r.abonnee, r.onderwerp): velden[naam] for r in regels if (naam := f"f-{r.abonnee}-{r.onderwerp}") in velden
    }
    await voorkeuren.bewaar_van_eigenaar(db, sleutels, eigenaar, wensen)
    return RedirectResponse(f"{request.url_for('nieuwsbrief:mijn').path}?bewaard=1", 303)


# ---- parts -------------------------------------------------------------------------------------------------


async def _keuzepagina(
    request: Request,
    db: Sessionmaker,
    sleutels: Sleutels,
    velden: dict[str, str],
    fouten: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What the page to choose needs; the address that somebody proved is filled in for them."""
    sessie = request.state.sessie
    email, regels = "", []
    if sessie is not None:
        eigenaar = eigenaar_van(sessie.gebruiker, sleutels).hash
        regels = await voorkeuren.van_eigenaar(db, sleutels, eigenaar)
        async with db() as session:
            email = await email_van(session, sleutels, eigenaar) or ""
    return {
        "groepen": in_groepen(bedrijf_eerst=sessie is not None and sessie.gebruiker.is_bedrijf),
        "frequenties": [(code, _(tekst)) for code, tekst in FREQUENTIES.items()],
        "frequentie": velden.get("frequentie", "wekelijks"),
        "gekozen": {naam for naam in velden if naam.startswith("o-")},
        "opmaak": velden.get("opmaak", "html"),
        "email": velden.get("email", email),
        "email_link": velden.get("email-link", email),
        "zinnen": toestemming.zinnen(),
        "aantal": len(regels),
        "fout": {"onderwerpen": "", "email": "", "email-link": ""} | (fouten or {}),
        "fouten": list((fouten or {}).items()),
    }


def _gekozen(velden: Mapping[str, str]) -> dict[str, Frequentie]:
    wens = velden.get("frequentie", "wekelijks")
    return {code: o.passend(wens) for code, o in onderwerpen().items() if f"o-{code}" in velden}


def _adres(getypt: str) -> str:
    """The address as a mail server takes it; empty when it is none."""
    try:
        return adres_van(getypt) if len(getypt) <= MAX_ADRES else ""
    except ValueError:
        return ""


def _opties(regel: Inschrijvingsregel) -> list[tuple[str, str]]:
    """How often this newsletter can come, and not any more."""
    onderwerp = onderwerpen().get(regel.onderwerp)
    frequenties = onderwerp.frequenties if onderwerp else (regel.frequentie,)
    return [*((f, _(FREQUENTIES[f])) for f in frequenties), ("", _("Niet meer"))]


async def _tel(request: Request) -> None:
    """Raises: TeVaak, by network address: the address that was typed must not show in the answer."""
    state = request.app.state
    await tellers.tel_wie(state.db, state.sleutels, "nieuwsbrief", f"adres:{tellers.netwerk(request)}", PER_NETWERK)


def _naar(request: Request, naam: str, **delen: str) -> Response:
    return RedirectResponse(request.url_for(naam, **delen).path, 303)
