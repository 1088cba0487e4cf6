"""Co-signing: from the link in the mail, past a login of one's own, to one answer. And for who asked: ask again."""

from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal import tellers
from pip_portal.db import Db
from pip_portal.eigenaar import EigenaarDep, eigenaar_van
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Burger, Ingelogd
from pip_portal.inzendingen import ondertekening
from pip_portal.inzendingen.ondertekening import NietMeer, Verzoek
from pip_portal.ondertekenen import verzoekpagina
from pip_portal.ondertekenen.cookie import Koekje
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.taal import _, taal
from pip_portal.web import form_fields, page

CONTROLES = ("antwoord", "akkoord", "reden")

public = APIRouter()
private = APIRouter()


@public.get("/ondertekenen/{code}", name="ondertekenen:start")
async def start(request: Request, code: str, db: Db, sleutels: SleutelsDep) -> Response:
    """Who asks for what, in neutral words, and how to log in. From here on a cookie holds the code, no address does."""
    verzoek = await _zoek(request, db, sleutels, code)
    if verzoek is None:
        return page(request, "ondertekenen/ongeldig.html", status_code=404)
    if not verzoek.is_open:
        return page(request, "ondertekenen/voorbij.html", toestand=verzoek.toestand)
    wie = await _wie(request, db, sleutels, verzoek)
    response = page(request, "ondertekenen/start.html", **_neutraal(verzoek), **wie)
    Koekje(request).zet(response, code)
    return response


@private.get("/ondertekenen", name="ondertekenen:lezen")
async def read(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    verzoek = await _zoek(request, db, sleutels, Koekje(request).code)
    if verzoek is None:
        return page(request, "ondertekenen/ongeldig.html", status_code=404)
    if verzoek.door == eigenaar_van(gebruiker, sleutels).hash:
        return page(request, "ondertekenen/klaar.html", toestand=verzoek.toestand, op=verzoek.beantwoord_op)
    if not verzoek.is_open:
        return page(request, "ondertekenen/voorbij.html", toestand=verzoek.toestand)
    wie = await _wie(request, db, sleutels, verzoek)
    if wie["belet"]:
        return page(request, "ondertekenen/start.html", **_neutraal(verzoek), **wie)
    return _vraag(request, verzoek)


@private.post("/ondertekenen", name="ondertekenen:antwoord")
async def answer(request: Request, gebruiker: Ingelogd, db: Db, sleutels: SleutelsDep) -> Response:
    """Sign or refuse; once."""
    verzoek = await _zoek(request, db, sleutels, Koekje(request).code)
    if verzoek is None:
        return page(request, "ondertekenen/ongeldig.html", status_code=404)
    velden = await form_fields(request)
    kan = verzoek.is_open and not await ondertekening.belet(db, sleutels, verzoek, gebruiker)
    if kan and isinstance(gebruiker, Burger):
        if velden.get("verzoek") != verzoek.id:  # another link was opened since the page was read
            return _vraag(request, verzoek, anders=True, status_code=409)
        tekent, reden = velden.get("antwoord") == "ja", velden.get("reden", "").strip()
        if fouten := _fouten(velden.get("antwoord", ""), velden.get("akkoord", ""), reden):
            return _vraag(request, verzoek, fouten=fouten, velden=velden, status_code=422)
        naam = request.state.sessie.weergavenaam or ""
        with suppress(NietMeer):  # answered in the meantime: the page says so
            await ondertekening.beantwoord(
                db, sleutels, verzoek, gebruiker, naam=naam, tekent=tekent, reden="" if tekent else reden
            )
    return RedirectResponse(request.url_for("ondertekenen:lezen").path, 303)


@private.get("/ondertekenen/verzoek/{inzending}", name="ondertekenen:verzoek")
async def show_request(
    request: Request, inzending: str, eigenaar: EigenaarDep, db: Db, sleutels: SleutelsDep
) -> Response:
    """For who asked: on whom we wait, until when, and asking again."""
    verzoeken = await ondertekening.van_inzending(db, sleutels, eigenaar.hash, inzending)
    if not verzoeken:
        raise NotFound
    return verzoekpagina.toon(request, inzending, verzoeken)


@private.post("/ondertekenen/verzoek/{inzending}", name="ondertekenen:opnieuw")
async def ask_again(request: Request, inzending: str, eigenaar: EigenaarDep, db: Db, sleutels: SleutelsDep) -> Response:
    """Ask once more, at the same address or at another."""
    verzoeken = await ondertekening.van_inzending(db, sleutels, eigenaar.hash, inzending)
    velden = await form_fields(request)
    verzoek = next((verzoek for verzoek in verzoeken if verzoek.id == velden.get("verzoek")), None)
    if verzoek is None:
        raise NotFound
    email = velden.get("email", "").strip()
    if zin := verzoekpagina.fout(email):
        return verzoekpagina.toon(request, inzending, verzoeken, fout=(verzoek.id, zin), getypt=email, status_code=422)
    await tellers.tel_wie(db, sleutels, "tekenverzoek", verzoek.id, verzoekpagina.VAAK)
    with suppress(NietMeer):  # the page says what became of it
        await ondertekening.vraag_opnieuw(db, sleutels, eigenaar.hash, inzending, verzoek.id, email)
    return RedirectResponse(f"{request.url_for('ondertekenen:verzoek', inzending=inzending).path}?gevraagd=1", 303)


async def _zoek(request: Request, db: Db, sleutels: Sleutels, code: str) -> Verzoek | None:
    """The request of this code. Each wrong code counts, so that nobody can guess. Raises: TeVaak.

    Source: forms §3.8 (five tries); per network address, as who guesses has no login.
    """
    if not code:
        return None
    try:
        return await ondertekening.met_code(db, sleutels, code)
    except NotFound:
        wie, grens = f"adres:{tellers.netwerk(request)}", tellers.GRENZEN["ondertekencode"]
        await tellers.tel_wie(db, sleutels, "ondertekencode", wie, grens)
        return None


def _neutraal(verzoek: Verzoek) -> dict[str, Any]:
    """What anybody with the link may read."""
    vraag = verzoek.vraag
    return {
        "product": "" if vraag.gevoelig else vraag.product.in_taal(taal()),
        "laatste_dag": verzoek.laatste_dag,
        "niveau": vraag.niveau,
    }


async def _wie(request: Request, db: Db, sleutels: Sleutels, verzoek: Verzoek) -> dict[str, Any]:
    """Who is logged in here, and why that person cannot answer ("" when they can)."""
    sessie = request.state.sessie
    belet = await ondertekening.belet(db, sleutels, verzoek, sessie.gebruiker) if sessie else ""
    return {"belet": belet}


def _vraag(
    request: Request,
    verzoek: Verzoek,
    *,
    fouten: dict[str, str] | None = None,
    velden: dict[str, str] | None = None,
    anders: bool = False,
    status_code: int = 200,
) -> Response:
    """anders: the answer that was sent belonged to another request than this one."""
    vraag = verzoek.vraag
    return page(
        request,
        "ondertekenen/lezen.html",
        status_code=status_code,
        verzoek=verzoek.id,
        anders=anders,
        wie=vraag.wie,
        product=vraag.product.in_taal(taal()),
        vraag=vraag.vraag.in_taal(taal()),
        rol=vraag.rol.in_taal(taal()),
        regels=[
            {
                "vraag": antwoord.vraag.in_taal(taal()),
                "teksten": [tekst.in_taal(taal()) for tekst in antwoord.tekst],
                "bestanden": (),
                "bron": antwoord.bron,
                "fout": "",
                "wijzig_url": "",
            }
            for antwoord in vraag.ziet
        ],
        laatste_dag=verzoek.laatste_dag,
        max_reden=ondertekening.MAX_REDEN,
        fouten=list((fouten or {}).items()),
        fout=dict.fromkeys(CONTROLES, "") | (fouten or {}),
        getypt={naam: (velden or {}).get(naam, "") for naam in CONTROLES},
    )


def _fouten(antwoord: str, akkoord: str, reden: str) -> dict[str, str]:
    if antwoord not in ("ja", "nee"):
        return {"antwoord": _("Kies of u ondertekent.")}
    if antwoord == "ja" and akkoord != "ja":
        return {"akkoord": _("Zet een vinkje als u het ermee eens bent. Bent u het niet eens? Kies dan Nee.")}
    if antwoord == "nee" and not reden:
        return {"reden": _("Schrijf kort op waarom u niet ondertekent.")}
    if len(reden) > ondertekening.MAX_REDEN:
        zin = _("Maak uw reden korter. U kunt hoogstens {aantal} tekens gebruiken.")
        return {"reden": zin.format(aantal=ondertekening.MAX_REDEN)}
    return {}
