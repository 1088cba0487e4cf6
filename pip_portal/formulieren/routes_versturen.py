"""How an application ends: checked and sent, with a confirmation that keeps working; or thrown away."""

import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from pip_portal.bestanden.opslag import BestandenDep
from pip_portal.contact.adressen import is_bevestigd
from pip_portal.db import Db
from pip_portal.eigenaar import ANONIEM_GELDIG, Eigenaar, eigenaar_van, eigenaren
from pip_portal.errors import NotFound, NotLoggedIn
from pip_portal.formulieren import opslaan, schermen, versturen
from pip_portal.formulieren.aanvraag import Aanvraag, AanvraagDep, ConceptenDep, TeWissenDep, opnieuw
from pip_portal.formulieren.aanvrager import toets
from pip_portal.formulieren.kaarten import soortnaam, waarom_gestopt
from pip_portal.formulieren.laden import FormulierenDep
from pip_portal.formulieren.paginas import Fouten, Kader, Melding, StandTekst, product_url
from pip_portal.formulieren.routes_aanvragen import bijlage
from pip_portal.inzendingen import ondertekening
from pip_portal.inzendingen.indienen import Veranderd, indienen
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.lezen import Ingezonden
from pip_portal.inzendingen.lezen import lees as lees_inzending
from pip_portal.inzendingen.pdf import maak_pdf
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import _, taal
from pip_portal.tellers import tel
from pip_portal.tijd import now
from pip_portal.web import form_fields, page

log = logging.getLogger("pip_portal")

router = APIRouter(prefix="/aanvragen/{id}")
MAX_PEILEN = 24  # times five seconds: two minutes (forms §3.4)


# ---- check and send --------------------------------------------------------------------------------------------


@router.get("/controleren", name="aanvragen:controleren")
async def check(request: Request, aanvraag: AanvraagDep, bestanden: BestandenDep) -> Response:
    if not aanvraag.verloop.is_compleet:
        return RedirectResponse(opslaan.open_url(request, aanvraag), 303)
    if any(not bestand.is_bruikbaar for bestand in aanvraag.bestanden):
        await bestanden.scan_openstaande(aanvraag.id)
        aanvraag = aanvraag.met_bestanden(await bestanden.lijst(aanvraag.id))
    return _controlepagina(request, aanvraag)


@router.post("/controleren", name="aanvragen:versturen")
async def send(
    request: Request,
    aanvraag: AanvraagDep,
    concepten: ConceptenDep,
    db: Db,
    sleutels: SleutelsDep,
    bestanden: BestandenDep,
) -> Response:
    """Send it: what is sent is recomputed, and must be what the citizen read.

    A double click, a second tab and trying again all end at the one confirmation.
    """
    velden = await form_fields(request)
    if not aanvraag.verloop.is_compleet or velden.get("vingerafdruk") != versturen.vingerafdruk(aanvraag):
        if not aanvraag.verloop.is_compleet:
            return RedirectResponse(opslaan.open_url(request, aanvraag, versturen.TERUG), 303)
        return _controlepagina(request, aanvraag, meldingen=(versturen.is_veranderd(aanvraag),), status_code=409)
    if fouten := versturen.fouten_verklaring(aanvraag, velden):
        return _controlepagina(request, aanvraag, fouten=fouten, status_code=422)
    if not versturen.beletsel(request, aanvraag).mag:
        return _controlepagina(request, aanvraag, status_code=409)
    await tel(request, aanvraag.eigenaar, "indienen")
    try:
        sessie = request.state.sessie
        inhoud = versturen.inhoud_van(aanvraag, sessie.weergavenaam if sessie else None)
        ingediend = await indienen(
            db,
            sleutels,
            concept_id=aanvraag.id,
            eigenaar_hash=_van_wie(request, aanvraag).hash,
            concept_eigenaar=aanvraag.eigenaar.hash,
            inhoud=inhoud,
            gewijzigd_op=aanvraag.concept.gewijzigd_op,
            soortnaam=aanvraag.formulier.product.soortnaam.in_taal(inhoud.taal),
        )
    except Veranderd:  # another tab took a file away, or saved an answer just now
        aanvraag = (await opnieuw(aanvraag, concepten)).met_bestanden(await bestanden.lijst(aanvraag.id))
        if not aanvraag.verloop.is_compleet:
            return RedirectResponse(opslaan.open_url(request, aanvraag, versturen.TERUG), 303)
        return _controlepagina(request, aanvraag, meldingen=(versturen.is_veranderd(aanvraag),), status_code=409)
    log.info("aanvraag ingediend", extra={"inzending": ingediend.id, "formulier": aanvraag.formulier.formulier})
    await request.app.state.werker.een(ingediend.opdracht)  # the normal case is done when the page shows
    naar = "balie:verzonden" if aanvraag.eigenaar.medewerker else "aanvragen:ontvangen"
    return RedirectResponse(request.url_for(naar, id=ingediend.id).path, 303)


def _van_wie(request: Request, aanvraag: Aanvraag) -> Eigenaar:
    """Whose inzending it becomes: what an employee filled in is the citizen's, and no longer theirs."""
    gebruiker = aanvraag.eigenaar.gebruiker
    if gebruiker is None or aanvraag.eigenaar.medewerker is None:
        return aanvraag.eigenaar
    return eigenaar_van(gebruiker, request.app.state.sleutels)


def _controlepagina(
    request: Request,
    aanvraag: Aanvraag,
    *,
    meldingen: tuple[Melding, ...] = (),
    fouten: Fouten = (),
    status_code: int = 200,
) -> Response:
    beletsel = versturen.beletsel(request, aanvraag)
    verklaring = aanvraag.formulier.controle.verklaring
    laatste = aanvraag.verloop.stappen[-1].stap.stap
    takenlijst = aanvraag.formulier.vorm == "takenlijst"
    sessie = request.state.sessie
    inhoud = versturen.inhoud_van(aanvraag, sessie.weergavenaam if sessie else None)
    return page(
        request,
        "formulieren/controleren.html",
        status_code=status_code,
        k=schermen.aanvraagkader(request, aanvraag),
        blokken=versturen.blokken(request, aanvraag),
        bedrag=versturen.bedragblok(aanvraag),
        verklaring=verklaring.in_taal(taal()) if verklaring else "",
        tekenen=versturen.tekenaars(inhoud),
        knop=versturen.knop(aanvraag),
        kan_versturen=beletsel.mag,
        meldingen=(*meldingen, *beletsel.meldingen, *versturen.veranderde_feiten(aanvraag), *_voor(aanvraag)),
        fouten=fouten,
        vingerafdruk=versturen.vingerafdruk(aanvraag),
        actie_url=opslaan.controleren_url(request, aanvraag.id),
        terug_url=request.url_for("aanvragen:detail", id=aanvraag.id).path
        if takenlijst
        else opslaan.stap_url(request, aanvraag.id, laatste),
    )


def _voor(aanvraag: Aanvraag) -> tuple[Melding, ...]:
    zin = schermen.voor_wie(aanvraag)
    return (Melding("info", None, zin),) if zin else ()


# ---- throwing it away ------------------------------------------------------------------------------------------


@router.get("/stoppen", name="aanvragen:stoppen")
async def ask_stop(request: Request, aanvraag: AanvraagDep) -> Response:
    return page(
        request,
        "formulieren/stoppen.html",
        k=schermen.aanvraagkader(request, aanvraag),
        actie_url=request.url_for("aanvragen:stoppen", id=aanvraag.id).path,
        terug_url=request.url_for("aanvragen:detail", id=aanvraag.id).path,
    )


@router.post("/stoppen", name="aanvragen:stop")
async def stop(request: Request, aanvraag: TeWissenDep, concepten: ConceptenDep, bestanden: BestandenDep) -> Response:
    """Everything is thrown away: answers, files and keys. A double click ends where the first one did."""
    if aanvraag is not None:
        for bestand in aanvraag.bestanden:
            await bestanden.verwijder(aanvraag.id, bestand.id)
        with suppress(NotFound):  # the other click of two was first
            await concepten.verwijder(aanvraag.eigenaar, aanvraag.id)
    naam = "overzicht:show" if request.state.sessie else "openbaar:start"
    naam = "balie:start" if request.state.medewerker else naam
    return RedirectResponse(request.url_for(naam).path, 303)


# ---- the confirmation ------------------------------------------------------------------------------------------


async def require_ingezonden(
    request: Request, id: UUID, db: Db, sleutels: SleutelsDep, formulieren: FormulierenDep
) -> Ingezonden:
    """What was sent, for its eigenaar only: with the level that the form asks, and for a visitor for two hours.

    Raises: NotFound; NotLoggedIn; Geweigerd.
    """
    wie: tuple[Eigenaar, ...] = eigenaren(request)
    if not wie:
        raise NotLoggedIn(verlopen=request.state.sessie_verlopen, terug=request.url.path)
    for eigenaar in wie:
        try:
            ingezonden = await lees_inzending(db, sleutels, eigenaar.hash, str(id))
        except NotFound:
            continue
        if eigenaar.gebruiker is None:
            if ingezonden.ontvangen_op + ANONIEM_GELDIG <= now():
                raise NotFound
        else:
            _toets_niveau(request, formulieren, ingezonden)
        return ingezonden
    if request.state.sessie is None:
        raise NotLoggedIn(verlopen=request.state.sessie_verlopen, terug=request.url.path)
    raise NotFound


def _toets_niveau(request: Request, formulieren: FormulierenDep, ingezonden: Ingezonden) -> None:
    """Raises: Geweigerd when this login is too low; a form that is gone asks nothing any more."""
    try:
        formulier = formulieren.versie(ingezonden.formulier, ingezonden.versie)
    except NotFound:
        return
    toets(request, formulier, nieuw=False)


IngezondenDep = Annotated[Ingezonden, Depends(require_ingezonden)]


def ingezonden_kader(request: Request, formulieren: FormulierenDep, ingezonden: Ingezonden) -> Kader:
    slug = ingezonden.formulier
    bekend = slug in formulieren.slugs
    if ingezonden.inhoud:
        naam = ingezonden.inhoud.product.in_taal(taal())
    else:
        naam = formulieren.get(slug).product.naam.in_taal(taal()) if bekend else ingezonden.nummer
    return Kader(
        product=naam,
        soortnaam=soortnaam(formulieren, slug),
        slug=slug,
        anoniem=request.state.sessie is None,
        product_url=product_url(request, slug) if bekend else "",
    )


@router.get("/ontvangen", name="aanvragen:ontvangen")
async def received(
    request: Request,
    ingezonden: IngezondenDep,
    formulieren: FormulierenDep,
    db: Db,
    sleutels: SleutelsDep,
    poging: Annotated[int, Query(ge=0, le=99)] = 0,
) -> Response:
    """The confirmation: number, moment, what happens now. It keeps working, also before the backoffice has it."""
    gevraagd = [
        verzoek
        for eigenaar in eigenaren(request)
        for verzoek in await ondertekening.van_inzending(db, sleutels, eigenaar.hash, ingezonden.id)
    ]
    inhoud = ingezonden.inhoud
    hier = request.url_for("aanvragen:ontvangen", id=ingezonden.id).path
    wordt_verwerkt = not ingezonden.zaak_uuid and not ingezonden.wacht and not ingezonden.is_afgebroken
    gestopt = ingezonden.is_afgebroken
    betaling = inhoud.betaling if inhoud and not gestopt else None
    kop, te_betalen = versturen.te_betalen(betaling) if betaling else ("", "")
    ingelogd = request.state.sessie is not None
    zaak_url = ""
    if ingezonden.zaak_uuid and ingelogd:
        zaak_url = request.url_for("zaken:detail", bron=ingezonden.bron, uuid=ingezonden.zaak_uuid).path
    kader = ingezonden_kader(request, formulieren, ingezonden)
    return page(
        request,
        "formulieren/ontvangen.html",
        fragment="stand",
        k=kader,
        nummer=ingezonden.nummer,
        ontvangen_op=ingezonden.ontvangen_op,
        voor_kind=bool(inhoud and inhoud.aanvrager.kind_bsn),
        tekst=_("Wij doen hier niets meer mee.") if gestopt else _bevestiging(inhoud, kader.soortnaam),
        opnieuw_url=kader.product_url if gestopt and waarom_gestopt(ingezonden) else "",
        stand=_stand(ingezonden, kader.soortnaam, ingelogd=ingelogd),
        wordt_verwerkt=wordt_verwerkt and poging < MAX_PEILEN,
        stand_url=f"{hier}?poging={poging + 1}",
        beslissen_voor=inhoud.beslissen_voor if inhoud and not gestopt else None,
        kopie_url=request.url_for("aanvragen:kopie", id=ingezonden.id).path if inhoud else "",
        zaak_url=zaak_url,
        zaken_url=request.url_for("zaken:list").path if ingelogd else "",
        mail=bool(inhoud and inhoud.email),
        bevestig_url=await _bevestig_url(request, ingezonden),
        tekenen=[verzoek.zin for verzoek in gevraagd],
        tekenen_url=request.url_for("ondertekenen:verzoek", inzending=ingezonden.id).path
        if ingelogd and any(verzoek.is_open for verzoek in gevraagd)
        else "",
        betaling_kop=kop,
        betaling_tekst=te_betalen,
    )


async def _bevestig_url(request: Request, ingezonden: Ingezonden) -> str:
    """Where who logged in can prove the address they gave, so that other news comes there too; "" when they did."""
    state, sessie = request.app.state, request.state.sessie
    email = ingezonden.inhoud.email if ingezonden.inhoud else ""
    if sessie is None or not email or state.settings.smtp is None:
        return ""
    eigenaar = eigenaar_van(sessie.gebruiker, state.sleutels).hash
    if await is_bevestigd(state.db, state.sleutels, eigenaar, email):
        return ""
    return request.url_for("contact:van_aanvraag", inzending=ingezonden.id).path


def _bevestiging(inhoud: Inhoud | None, soort: str) -> str:
    if inhoud and inhoud.bevestiging:
        return inhoud.bevestiging.in_taal(taal())
    return _("Wij kijken naar uw {soort}. U hoort van ons.").format(soort=soort)


def _stand(ingezonden: Ingezonden, soort: str, *, ingelogd: bool) -> StandTekst:
    """Where it stands, in the words of forms §3.7."""
    if ingezonden.is_afgebroken:
        zin = _("Uw {soort} gaat niet door. Hebt u daar een vraag over? Bel 14 0570.")
        if reden := waarom_gestopt(ingezonden):
            zin = f"{reden} " + _("Daarom gaat uw {soort} niet door. U kunt het opnieuw doen.")
        return StandTekst("waarschuwing", _("Uw {soort} is gestopt").format(soort=soort), zin.format(soort=soort))
    if ingezonden.wacht:
        zin = _("Daarna gaan wij verder met uw {soort}.").format(soort=soort)
        return StandTekst("info", _("Wij wachten op een akkoord"), zin)
    if ingezonden.duurt_lang:
        zin = _("Het verwerken duurt langer. U hoeft niets te doen. De datum van ontvangst blijft gelden.")
        return StandTekst("info", _("Ontvangen, wordt verwerkt"), zin)
    if ingezonden.is_verwerkt:
        zin = _("U volgt uw {soort} bij Mijn zaken.") if ingelogd else _("U hoeft nu niets meer te doen.")
        return StandTekst("ok", _("Uw {soort} staat bij ons klaar").format(soort=soort), zin.format(soort=soort))
    if ingezonden.zaak_uuid:
        return StandTekst("info", _("Uw zaak is gemaakt"), _("Uw bijlagen worden nog toegevoegd."))
    zin = _("U hoeft niets te doen.")
    if ingelogd:
        zin = _("Uw {soort} staat over een paar minuten bij Mijn zaken. U hoeft niets te doen.").format(soort=soort)
    return StandTekst("info", _("Ontvangen, wordt verwerkt"), zin)


@router.get("/kopie.pdf", name="aanvragen:kopie")
async def copy(ingezonden: IngezondenDep) -> Response:
    """A copy of what was sent. Raises: NotFound when its term ended and it was removed."""
    if ingezonden.inhoud is None:
        raise NotFound
    pdf = await maak_pdf(ingezonden.inhoud, taal())

    async def stroom() -> AsyncIterator[bytes]:
        yield pdf

    return bijlage(f"{ingezonden.nummer}.pdf", "application/pdf", stroom())
