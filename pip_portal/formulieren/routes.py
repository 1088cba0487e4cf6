"""Before an application exists: the check whether it fits, and the start."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.backoffice.bronnen import BronnenDep
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.eigenaar import zet_cookie
from pip_portal.errors import NotFound, NotLoggedIn
from pip_portal.formulieren import meenemen, starten
from pip_portal.formulieren.aanvraag import ConceptenDep
from pip_portal.formulieren.aanvrager import inlog_van, toets
from pip_portal.formulieren.concepten import BestaatAl, Voor
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.definitie import Uitkomst as Uitkomstdefinitie
from pip_portal.formulieren.kaarten import conceptkaart
from pip_portal.formulieren.laden import Formulieren, FormulierenDep
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.paginas import Conceptkaart, Kader, Melding, Uitkomst, kader, product_url, samen
from pip_portal.formulieren.toepassing import vul, vul_tarieven
from pip_portal.formulieren.veldtypen.basis import Invoer, Lezing
from pip_portal.formulieren.verloop import lees_voorcheck, uitkomst, voorcheck_velden, voorcheck_verloop
from pip_portal.formulieren.vragen import Blik, vragen
from pip_portal.gebruiker import Bedrijf
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import _, taal
from pip_portal.tellers import tel
from pip_portal.tijd import vandaag
from pip_portal.web import page, wants_fragment

router = APIRouter(prefix="/formulieren/{slug}")


def get_formulier(formulieren: Formulieren, slug: str) -> Formulier:
    """Raises: NotFound when there is no such form, or somebody else handles it."""
    formulier = formulieren.get(slug)
    if formulier.is_verwijzing:
        raise NotFound
    return formulier


# ---- the check before login ------------------------------------------------------------------------------------


@router.get("/check", name="formulieren:check")
async def show_check(request: Request, formulieren: FormulierenDep, sleutels: SleutelsDep, slug: str) -> Response:
    """The questions of the check; with the answers of the last half hour when one comes back to change them."""
    formulier = get_formulier(formulieren, slug)
    if formulier.voorcheck is None:
        return RedirectResponse(request.url_for("formulieren:start", slug=slug).path, 303)
    eerder = meenemen.open_(sleutels, slug, meenemen.uit_cookie(request))
    return _checkpagina(request, formulieren, formulier, eerder)


@router.post("/check", name="formulieren:uitkomst")
async def check(request: Request, formulieren: FormulierenDep, sleutels: SleutelsDep, slug: str) -> Response:
    """What comes of the answers; nothing of them is stored by us, and none of them is in the address."""
    formulier = get_formulier(formulieren, slug)
    paren = await lees_multipart(request)
    velden = dict(paren)
    omgeving = _omgeving(request, formulieren)
    gelezen = lees_voorcheck(formulier, Invoer(paren), omgeving)
    gezien = velden.get("gezien", "").split() if "gezien" in velden else [v.veld for v in gelezen.velden]
    lezingen = {naam: lezing for naam, lezing in gelezen.lezingen.items() if naam in gezien}
    antwoorden = {naam: lezing.waarde for naam, lezing in lezingen.items() if not lezing.fouten}
    nieuw = [v.veld for v in gelezen.velden if v.heeft_antwoord and v.veld not in gezien]
    if velden.get("actie") in ("bijwerken", "nakijken"):
        lezingen = {naam: Lezing(lezing.waarde, {}, lezing.ruw) for naam, lezing in lezingen.items()}
        return _checkpagina(request, formulieren, formulier, antwoorden, lezingen, nieuw=len(nieuw))
    if any(lezing.fouten for lezing in lezingen.values()):
        return _checkpagina(request, formulieren, formulier, antwoorden, lezingen, status_code=422)
    if nieuw:
        zin = _("Er is een vraag bijgekomen.") if len(nieuw) == 1 else _("Er zijn vragen bijgekomen.")
        melding = Melding("info", zin, _("Beantwoord die ook."))
        return _checkpagina(request, formulieren, formulier, antwoorden, lezingen, nieuw=len(nieuw), melding=melding)
    gevonden = uitkomst(formulier, antwoorden, omgeving)
    if gevonden is None:
        return _checkpagina(request, formulieren, formulier, antwoorden, lezingen, status_code=422)
    return _uitkomstpagina(request, formulieren, formulier, antwoorden, gevonden, sleutels)


def _omgeving(request: Request, formulieren: Formulieren) -> Omgeving:
    sessie = request.state.sessie
    return Omgeving(
        vandaag=vandaag(),
        inlog=inlog_van(sessie.gebruiker if sessie else None),
        bronnen={},
        tarieven=formulieren.tarieven,
        gemeente=request.app.state.settings.gemeente,
    )


def _checkpagina(
    request: Request,
    formulieren: Formulieren,
    formulier: Formulier,
    antwoorden: Mapping[str, Any],
    lezingen: Mapping[str, Lezing] | None = None,
    *,
    nieuw: int = 0,
    melding: Melding | None = None,
    status_code: int = 200,
) -> Response:
    omgeving = _omgeving(request, formulieren)
    verloop = voorcheck_verloop(formulier, antwoorden, omgeving)
    blik = Blik(
        request=request,
        omgeving=omgeving,
        bronnen=formulieren.bronnen,
        verloop=verloop,
        antwoorden=antwoorden,
        lezingen=lezingen or {},
    )
    alle = formulier.voorcheck.velden if formulier.voorcheck else ()
    getoond = vragen(blik, voorcheck_velden(formulier, antwoorden, omgeving).velden, alle, kop_is_vraag=False)
    return page(
        request,
        "formulieren/check.html",
        fragment="vragen",
        status_code=status_code,
        k=_kader(request, formulier),
        vragen=getoond,
        fouten=samen(getoond),
        actie_url=request.url_for("formulieren:check", slug=formulier.formulier).path,
        gezien=" ".join(vraag.naam for vraag in getoond),
        uitkomst=None,
        start_url="",
        antwoorden="",
        melding=None if wants_fragment(request) else melding,
        nieuw=nieuw,
    )


def _uitkomstpagina(
    request: Request,
    formulieren: Formulieren,
    formulier: Formulier,
    antwoorden: Mapping[str, Any],
    gevonden: Uitkomstdefinitie,
    sleutels: SleutelsDep,
) -> Response:
    slug = formulier.formulier
    verloop = voorcheck_verloop(formulier, antwoorden, _omgeving(request, formulieren))
    gesloten = meenemen.sluit(sleutels, slug, antwoorden)
    naar = formulieren.get(gevonden.naar) if gevonden.naar else None
    response = page(
        request,
        "formulieren/check.html",
        k=_kader(request, formulier),
        vragen=(),
        fouten=(),
        actie_url=request.url_for("formulieren:check", slug=slug).path,
        gezien="",
        uitkomst=Uitkomst(
            tekst=vul(gevonden.tekst, verloop).in_taal(taal()),
            doorgaan=gevonden.doorgaan,
            naar_url=product_url(request, gevonden.naar) if naar else "",
            naar_naam=naar.product.naam.in_taal(taal()) if naar else "",
        ),
        start_url=request.url_for("formulieren:start", slug=slug).path,
        antwoorden=gesloten,
        melding=None,
        nieuw=0,
    )
    meenemen.zet_cookie(request, response, gesloten)
    return response


def _kader(request: Request, formulier: Formulier) -> Kader:
    return kader(request, formulier, anoniem=request.state.sessie is None and formulier.toegang.anoniem)


# ---- the start -------------------------------------------------------------------------------------------------


@router.get("/start", name="formulieren:start")
async def show_start(
    request: Request,
    formulieren: FormulierenDep,
    concepten: ConceptenDep,
    sleutels: SleutelsDep,
    bronnen: BronnenDep,
    slug: str,
    voor: Annotated[str, Query(max_length=64)] = "",
    gegeven: Annotated[str, Query(pattern=r"^[a-z0-9-]{0,60}$")] = "",
) -> Response:
    """The page with the button that begins; or with what one is busy with already.

    gegeven: key of the datum that is not right, chosen already on Mijn gegevens.
    """
    formulier = get_formulier(formulieren, slug)
    gebruiker = toets(request, formulier, nieuw=True)
    wie = starten.wie_begint(request, gebruiker, sleutels)
    wie_kan = await starten.personen(formulier, gebruiker, bronnen, sleutels)
    gekozen = starten.kies_persoon(wie_kan.mogelijk, voor)
    meegenomen = {"gegeven": gegeven} if gegeven else {}
    gesloten = meenemen.sluit(sleutels, slug, meegenomen) or meenemen.uit_cookie(request)
    if gekozen is not None and not wie.cookie:
        concept = await starten.open_concept(concepten, wie.eigenaar, formulier, gekozen)
        if concept is not None:
            kaart = conceptkaart(request, concept, formulieren, wie.eigenaar)
            return _kiespagina(request, formulier, kaart, concept.id, gekozen, gesloten, wie_kan.uitleg)
    return _startpagina(request, formulieren, formulier, wie_kan, gesloten)


@router.post("/start", name="formulieren:beginnen")
async def start(
    request: Request,
    formulieren: FormulierenDep,
    concepten: ConceptenDep,
    sleutels: SleutelsDep,
    bronnen: BronnenDep,
    slug: str,
    begin: str = "",
) -> Response:
    """Begin, or come to the choice when there is one already. begin: the start page was read."""
    formulier = get_formulier(formulieren, slug)
    velden = dict(await lees_multipart(request))
    gesloten = velden.get("voorcheck", "")
    start_url = request.url_for("formulieren:start", slug=slug).path
    try:
        gebruiker = toets(request, formulier, nieuw=True)
    except NotLoggedIn as exc:  # the answers of the check wait for the login to end
        response = RedirectResponse(f"{request.url_for('inloggen:kies').path}?terug={start_url}", 303)
        if exc.verlopen:
            response.headers["location"] += "&verlopen=1"
        meenemen.zet_cookie(request, response, gesloten)
        return response
    wie_kan = await starten.personen(formulier, gebruiker, bronnen, sleutels)
    if not begin and (gebruiker is None or len(wie_kan.mogelijk) != 1 or wie_kan.uitleg):
        response = RedirectResponse(start_url, 303)
        meenemen.zet_cookie(request, response, gesloten)
        return response
    voor = starten.kies_persoon(wie_kan.mogelijk, velden.get("voor_wie", ""))
    if voor is None:
        return _startpagina(request, formulieren, formulier, wie_kan, gesloten, fout=bool(wie_kan.mogelijk))
    wie = starten.wie_begint(request, gebruiker, sleutels)
    await tel(request, wie.eigenaar, "starten")
    keuze = velden.get("keuze", "")
    bestaand = await starten.open_concept(concepten, wie.eigenaar, formulier, voor)
    if bestaand is not None and keuze == "opnieuw":
        await starten.wis(concepten, wie.eigenaar, bestaand)
    elif bestaand is not None and not (keuze == "nieuw" and formulier.meer):
        kaart = conceptkaart(request, bestaand, formulieren, wie.eigenaar)
        return _kiespagina(request, formulier, kaart, bestaand.id, voor, gesloten)
    try:
        concept_id = await starten.begin(
            concepten, wie.eigenaar, formulier, voor, meenemen.open_(sleutels, slug, gesloten)
        )
    except BestaatAl as exc:  # a double click
        concept_id = exc.concept_id
    response = RedirectResponse(request.url_for("aanvragen:detail", id=concept_id).path, 303)
    if wie.cookie:
        zet_cookie(request, response, wie.cookie)
    meenemen.wis_cookie(request, response)
    return response


def _startpagina(
    request: Request,
    formulieren: Formulieren,
    formulier: Formulier,
    wie_kan: starten.Personen,
    gesloten: str,
    *,
    fout: bool = False,
) -> Response:
    slug = formulier.formulier
    sessie = request.state.sessie
    bedrijf = sessie.gebruiker if sessie and isinstance(sessie.gebruiker, Bedrijf) else None
    start_url = request.url_for("formulieren:start", slug=slug).path
    kan_inloggen = bool(formulier.toegang.digid or formulier.toegang.eherkenning)
    tekst = formulier.start.tekst
    return page(
        request,
        "formulieren/start.html",
        status_code=422 if fout else 200,
        k=_kader(request, formulier),
        tekst=vul_tarieven(tekst, formulieren.tarieven, vandaag()).in_taal(taal()) if tekst else "",
        nodig=tuple(wat.in_taal(taal()) for wat in formulier.nodig),
        minuten=formulier.start.minuten,
        actie_url=f"{start_url}?begin=ja",
        voor_wie=starten.persoonopties(wie_kan.mogelijk),
        kan_beginnen=bool(wie_kan.mogelijk) or not wie_kan.uitleg,
        kinderen_tekst=wie_kan.uitleg,
        fouten=(("voor_wie", _("Kies voor wie u dit aanvraagt.")),) if fout else (),
        voorcheck=gesloten,
        bedrijf_tekst=_bedrijf_tekst(bedrijf) if bedrijf else "",
        inlog_url=f"{request.url_for('inloggen:kies').path}?terug={start_url}"
        if sessie is None and kan_inloggen
        else "",
    )


def _bedrijf_tekst(bedrijf: Bedrijf) -> str:
    if bedrijf.vestiging:
        return _("U vraagt dit aan voor vestiging {nummer}.").format(nummer=bedrijf.vestiging)
    return _("U vraagt dit aan voor het hele bedrijf.")


def _kiespagina(
    request: Request,
    formulier: Formulier,
    kaart: Conceptkaart | None,
    concept_id: str,
    voor: Voor,
    gesloten: str,
    kinderen_tekst: str = "",
) -> Response:
    start_url = request.url_for("formulieren:start", slug=formulier.formulier).path
    return page(
        request,
        "formulieren/kies.html",
        k=_kader(request, formulier),
        concept=kaart,
        verder_url=request.url_for("aanvragen:detail", id=concept_id).path,
        opnieuw_url=f"{start_url}?begin=ja",
        voor_wie=voor.waarde,
        voorcheck=gesloten,
        nieuw_mag=formulier.meer,
        kinderen_tekst=kinderen_tekst,
    )
