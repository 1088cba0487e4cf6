"""The desk: an employee fills in a form for a citizen who calls, writes or comes by (requirements C7).

The employee is the actor and the citizen the betrokkene, everywhere; nobody logs in as the citizen. Nothing of a
dossier is shown: only the name and date of birth, to be sure who it is. Each act is in the proofs.
"""

import json
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from stdnum.nl import bsn as elfproef

from pip_portal import koekjes
from pip_portal.backoffice.bronnen import BronnenDep
from pip_portal.backoffice.brp import Persoon
from pip_portal.balie import sessies
from pip_portal.balie.oidc import GELDIG as INLOGGEN_GELDIG
from pip_portal.db import Db, Sessionmaker
from pip_portal.eigenaar import ANONIEM_GELDIG, eigenaar_van, eigenaar_van_medewerker
from pip_portal.errors import BalieVerlopen, LoginRefused, NotFound
from pip_portal.formulieren.aanvraag import ConceptenDep
from pip_portal.formulieren.aanvrager import KIND_TOT, burger_van, is_open, is_van_burger, mag_aan_balie
from pip_portal.formulieren.concepten import Betrokkene, Voor
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.laden import Formulieren, FormulierenDep
from pip_portal.formulieren.routes_aanvragen import bijlage
from pip_portal.gebruiker import Medewerker
from pip_portal.inzendingen.lezen import Ingezonden, van_medewerker
from pip_portal.inzendingen.pdf import maak_pdf
from pip_portal.sleutels import Sleutels, SleutelsDep
from pip_portal.taal import _, taal
from pip_portal.tables import Bewijs
from pip_portal.tellers import GRENZEN, tel_wie
from pip_portal.tijd import now, vandaag
from pip_portal.web import form_fields, page

log = logging.getLogger("pip_portal")


def require_open(request: Request) -> None:
    """Raises: NotFound when this municipality did not open the desk."""
    if request.app.state.settings.medewerkers is None:
        raise NotFound


router = APIRouter(prefix="/balie", dependencies=[Depends(require_open)])

KANALEN: Final = ("balie", "telefoon", "post")
INLOGCOOKIE: Final = "balie-inlog"
GELDIG: Final = timedelta(minutes=10)  # between looking somebody up and beginning
VELDEN: Final = ("naam", "geboorte", "leeftijd")


def require_medewerker(request: Request) -> Medewerker:
    """Raises: BalieVerlopen when no employee is logged in, whoever else is."""
    medewerker: Medewerker | None = request.state.medewerker
    if medewerker is None:
        raise BalieVerlopen
    return medewerker


MedewerkerDep = Annotated[Medewerker, Depends(require_medewerker)]


# ---- in and out ------------------------------------------------------------------------------------------------


@router.get("", name="balie:start")
async def start(
    request: Request, formulieren: FormulierenDep, concepten: ConceptenDep, sleutels: SleutelsDep
) -> Response:
    medewerker: Medewerker | None = request.state.medewerker
    if medewerker is None:
        return page(request, "balie/inloggen.html", geweigerd=False, inwoner=request.state.sessie is not None)
    eigen = await concepten.lijst(eigenaar_van_medewerker(medewerker, sleutels))
    bezig = [
        (formulieren.get(c.formulier).product.naam.in_taal(taal()), c.gewijzigd_op, c.id)
        for c in eigen
        if c.formulier in formulieren.slugs
    ]
    return _kiespagina(request, formulieren, bezig=bezig)


@router.get("/inloggen", name="balie:inloggen")
async def log_in(request: Request) -> Response:
    naar, bewaar = await request.app.state.inlogdienst.start()
    response = RedirectResponse(naar, 303)
    koekjes.zet(request, response, INLOGCOOKIE, bewaar, INLOGGEN_GELDIG)
    return response


@router.get("/terug", name="balie:terug")
async def back(
    request: Request,
    db: Db,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The employee comes back from the login. A citizen who is logged in in this browser stays who they are."""
    if request.state.sessie is not None:
        return RedirectResponse(request.url_for("balie:start").path, 303)
    try:
        bewaard = koekjes.lees(request, INLOGCOOKIE)
        medewerker = await request.app.state.inlogdienst.finish(code, state, bewaard)
    except LoginRefused as exc:
        log.warning("inloggen geweigerd", extra={"middel": "medewerker", "soort": exc.soort, "reden": exc.reden})
        return page(request, "balie/inloggen.html", status_code=403, geweigerd=True, inwoner=False)
    response = RedirectResponse(request.url_for("balie:start").path, 303, headers={"Referrer-Policy": "no-referrer"})
    await sessies.begin(request, response, medewerker)
    koekjes.wis(request, response, INLOGCOOKIE)
    await _leg_vast(db, "balie_ingelogd", medewerker)
    return response


@router.post("/uitloggen", name="balie:uitloggen")
async def log_out(request: Request, medewerker: MedewerkerDep, db: Db) -> Response:
    response = RedirectResponse(request.url_for("balie:start").path, 303)
    await sessies.end(request, response, medewerker)
    await _leg_vast(db, "balie_uitgelogd", medewerker)
    return response


# ---- for whom --------------------------------------------------------------------------------------------------


@router.post("/persoon", name="balie:persoon")
async def look_up(
    request: Request,
    medewerker: MedewerkerDep,
    formulieren: FormulierenDep,
    bronnen: BronnenDep,
    db: Db,
    sleutels: SleutelsDep,
) -> Response:
    """The name and date of birth of this number, to ask whether that is who is here. The number is in no address."""
    velden = await form_fields(request)
    formulier = _formulier(formulieren, velden.get("product", ""))
    kanaal, getypt = velden.get("kanaal", ""), velden.get("bsn", "")
    bsn = elfproef.compact(getypt) if elfproef.is_valid(getypt) else ""  # one number is one person, however it is typed
    fouten = {}
    if formulier is None:
        fouten["product"] = _("Kies een product.")
    if kanaal not in KANALEN:
        fouten["kanaal"] = _("Kies hoe de inwoner contact heeft.")
    if not bsn:
        fouten["bsn"] = _("Vul een burgerservicenummer in van 9 cijfers.")
    if fouten or formulier is None:
        return _kiespagina(request, formulieren, velden, fouten)
    await tel_wie(db, sleutels, "balie", medewerker.pseudoniem, GRENZEN["balie"])
    burger = burger_van(Betrokkene(bsn, ""), sleutels)
    await _leg_vast(
        db,
        "balie_gezocht",
        medewerker,
        wie=eigenaar_van(burger, sleutels).hash,
        kanaal=kanaal,
        versie=_versie(formulier),
    )
    persoon = await bronnen.brp.persoon(burger, VELDEN)
    if (reden := _waarom_niet(persoon)) or persoon is None or persoon.naam is None:
        return _kiespagina(request, formulieren, velden, {"bsn": reden or _("Wij vinden dit nummer niet.")})
    naam = persoon.naam.volledig
    geboren = persoon.geboorte.datum.datum if persoon.geboorte and persoon.geboorte.datum else None
    return page(
        request,
        "balie/persoon.html",
        naam=naam,
        geboren=geboren,
        product=formulier.product.naam.in_taal(taal()),
        gekozen=_sluit(sleutels, medewerker, formulier, kanaal, bsn, naam),
    )


def _waarom_niet(persoon: Persoon | None) -> str:
    if persoon is None:
        return _("Wij vinden dit nummer niet.")
    if not persoon.mag_inloggen:
        return _("Voor deze persoon kan dit niet.")
    if persoon.leeftijd is not None and persoon.leeftijd < KIND_TOT:
        return _("Deze persoon is jonger dan 16 jaar. Een ouder regelt dit zelf.")
    return ""


@router.post("/beginnen", name="balie:beginnen")
async def begin(
    request: Request,
    medewerker: MedewerkerDep,
    formulieren: FormulierenDep,
    concepten: ConceptenDep,
    db: Db,
    sleutels: SleutelsDep,
) -> Response:
    gekozen = _open(sleutels, medewerker, (await form_fields(request)).get("gekozen", ""))
    formulier = _formulier(formulieren, gekozen["product"]) if gekozen else None
    if gekozen is None or formulier is None:
        return RedirectResponse(request.url_for("balie:start").path, 303)
    betrokkene = Betrokkene(gekozen["bsn"], gekozen["naam"])
    concept_id = await concepten.begin(
        eigenaar_van_medewerker(medewerker, sleutels),
        formulier=formulier.formulier,
        versie=formulier.versie,
        taal=taal(),
        geldig=ANONIEM_GELDIG,
        voor=Voor(),
        meer=True,
        kanaal=gekozen["kanaal"],
        betrokkene=betrokkene,
    )
    wie = eigenaar_van(burger_van(betrokkene, sleutels), sleutels).hash
    await _leg_vast(
        db,
        "balie_begonnen",
        medewerker,
        wie=wie,
        kenmerk=concept_id,
        kanaal=gekozen["kanaal"],
        versie=_versie(formulier),
    )
    return RedirectResponse(request.url_for("aanvragen:detail", id=concept_id).path, 303)


# ---- sent ------------------------------------------------------------------------------------------------------


async def require_verzonden(medewerker: MedewerkerDep, db: Db, sleutels: SleutelsDep, id: UUID) -> Ingezonden:
    """What this employee sent just now. Raises: NotFound for what anybody else sent, and after half an hour."""
    return await van_medewerker(db, sleutels, medewerker.pseudoniem, str(id))


VerzondenDep = Annotated[Ingezonden, Depends(require_verzonden)]


@router.get("/verzonden/{id}", name="balie:verzonden")
async def sent(request: Request, ingezonden: VerzondenDep) -> Response:
    """The confirmation, to print for the citizen or to read out."""
    inhoud = ingezonden.inhoud
    if inhoud is None:
        raise NotFound
    return page(
        request,
        "balie/verzonden.html",
        nummer=ingezonden.nummer,
        ontvangen_op=ingezonden.ontvangen_op,
        product=inhoud.product.in_taal(taal()),
        naam=inhoud.aanvrager.naam,
        tekst=inhoud.bevestiging.in_taal(taal()) if inhoud.bevestiging else "",
        beslissen_voor=inhoud.beslissen_voor,
        mail=bool(inhoud.email),
        kopie_url=request.url_for("balie:kopie", id=ingezonden.id).path,
    )


@router.get("/verzonden/{id}/kopie.pdf", name="balie:kopie")
async def copy(ingezonden: VerzondenDep) -> Response:
    if ingezonden.inhoud is None:
        raise NotFound
    pdf = await maak_pdf(ingezonden.inhoud, taal())

    async def stroom() -> AsyncIterator[bytes]:
        yield pdf

    return bijlage(f"{ingezonden.nummer}.pdf", "application/pdf", stroom())


# ---- parts -----------------------------------------------------------------------------------------------------


def _kiespagina(
    request: Request,
    formulieren: Formulieren,
    velden: dict[str, str] | None = None,
    fouten: dict[str, str] | None = None,
    bezig: list[tuple[str, datetime, str]] | None = None,
) -> Response:
    """The choice of product, channel and person. The number that was typed does not come back into the page."""
    return page(
        request,
        "balie/kies.html",
        status_code=422 if fouten else 200,
        producten=sorted(
            (f.product.naam.in_taal(taal()), f.formulier)
            for f in formulieren.alle()
            if _formulier(formulieren, f.formulier)
        ),
        niet_hier=sorted(
            f.product.naam.in_taal(taal()) for f in formulieren.alle() if is_van_burger(f) and not mag_aan_balie(f)
        ),
        kanalen=(("balie", _("Aan de balie")), ("telefoon", _("Aan de telefoon")), ("post", _("Per brief"))),
        velden={"product": "", "kanaal": "", **(velden or {})},
        fouten=tuple((fouten or {}).items()),
        zinnen=fouten or {},
        bezig=bezig or [],
    )


def _formulier(formulieren: Formulieren, slug: str) -> Formulier | None:
    """The form when an employee may begin it now."""
    if slug not in formulieren.slugs:
        return None
    formulier = formulieren.get(slug)
    return formulier if mag_aan_balie(formulier) and is_open(formulier, vandaag()) else None


def _versie(formulier: Formulier) -> str:
    return f"{formulier.formulier}/{formulier.versie}"


def _sluit(sleutels: Sleutels, medewerker: Medewerker, formulier: Formulier, kanaal: str, bsn: str, naam: str) -> str:
    """What was chosen, sealed, so that the person that was looked up is the one that it is begun for."""
    tot = (now() + GELDIG).isoformat()
    keuze = {"product": formulier.formulier, "kanaal": kanaal, "bsn": bsn, "naam": naam}
    return sleutels.encrypt(json.dumps([medewerker.sessie, tot, keuze]).encode()).decode()


def _open(sleutels: Sleutels, medewerker: Medewerker, gesloten: str) -> dict[str, str] | None:
    try:
        sessie, tot, keuze = json.loads(sleutels.decrypt(gesloten.encode()))
    except ValueError:
        return None
    if sessie != medewerker.sessie or datetime.fromisoformat(tot) < now():
        return None
    gelezen: dict[str, str] = keuze
    return gelezen


async def _leg_vast(db: Sessionmaker, gebeurtenis: str, medewerker: Medewerker, **anders: Any) -> None:
    """The proof of what an employee did: they are the actor, the citizen (when there is one) is `wie`."""
    waarden = {"kenmerk": "", "wie": "", "hash": "", "kanaal": "balie", "versie": ""} | anders
    async with db.begin() as session:
        session.add(Bewijs(gebeurtenis=gebeurtenis, actor=medewerker.pseudoniem, op=now(), **waarden))
