"""Sending what we miss: text and files with a zaak that asks for them. Stored first, handed over afterwards."""

from dataclasses import dataclass, field
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from pip_portal.backoffice.regels import Zaakdossier
from pip_portal.backoffice.zaaksysteem import ZaaksysteemDep
from pip_portal.bestanden.geweigerd import BestandGeweigerd
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.bestanden.opslag import BestandenDep, BestandInfo, Eisen
from pip_portal.burgerstatus import BurgerstatussenDep
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import Eigenaar, eigenaar_van
from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.gebruiker import Gebruiker, Ingelogd
from pip_portal.inzendingen import lezen
from pip_portal.inzendingen.aanvulling import bij_zaak
from pip_portal.inzendingen.indienen import Veranderd, indienen
from pip_portal.inzendingen.inhoud import Antwoord, Tweetalig
from pip_portal.security import grote_upload
from pip_portal.sleutels import Sleutels
from pip_portal.taal import _, taal
from pip_portal.tellers import tel
from pip_portal.tijd import now
from pip_portal.web import page
from pip_portal.zaken import formbewijs, te_laat
from pip_portal.zaken.formbewijs import Formbewijs
from pip_portal.zaken.ingestuurd import regel_van
from pip_portal.zaken.kan import backoffice_van, kan_aanvullen

router = APIRouter(route_class=te_laat.LateRoute)

Bron = Annotated[str, Path(max_length=20)]

MAX_TEKST: Final = 5000  # characters
EISEN: Final = Eisen(max_aantal=10)
KOP: Final = Tweetalig(nl="Uw aanvulling", en="What you add")
VRAAG: Final = Tweetalig(nl="Wat wilt u ons vertellen?", en="What do you want to tell us?")


@dataclass
class Invoer:
    """One form as it stands: what was typed and added so far, and what is wrong with it.

    veld: name under which its files wait. te_laat: it was sent when the session had ended, so it is not sent yet.
    """

    veld: str = ""
    tekst: str = ""
    versturen: bool = False
    te_laat: bool = False
    bestanden: tuple[BestandInfo, ...] = ()
    fouten: dict[str, str] = field(default_factory=dict)


def _veld(sleutels: Sleutels, eigenaar: Eigenaar, bron: str, uuid: UUID, id: UUID) -> str:
    """Under which its files wait: nobody else can make the same name."""
    return f"aanvulling-{sleutels.keyed_hash('aanvulling', f'{eigenaar.hash}:{bron}:{uuid}:{id}')}"


@router.get("/zaken/{bron}/{uuid}/aanvullen", name="zaken:aanvullen")
async def show_aanvullen(
    request: Request,
    gebruiker: Ingelogd,
    zaaksysteem: ZaaksysteemDep,
    burgerstatus: BurgerstatussenDep,
    bestanden: BestandenDep,
    bron: Bron,
    uuid: UUID,
) -> Response:
    sleutels: Sleutels = request.app.state.sleutels
    eigenaar = eigenaar_van(gebruiker, sleutels)
    laat = await te_laat.lees(request, eigenaar, bron, uuid, "tekst")
    dossier = await zaaksysteem.get(gebruiker, bron, uuid)
    status = burgerstatus(dossier.regel)
    if not kan_aanvullen(request, dossier, status):
        return _kan_niet(request, bron, uuid)
    if laat is None:
        return _toon(request, formbewijs.maak(uuid4(), eigenaar, dossier, status=status), Invoer())
    if await _is_verstuurd(request, eigenaar, laat.id):
        await te_laat.gooi_weg(request, laat.id)
        return _naar_bewijs(request, bron, uuid, laat.id)
    invoer = Invoer(veld=_veld(sleutels, eigenaar, bron, uuid, laat.id), tekst=laat.tekst, te_laat=True)
    await _lees_bestanden(bestanden, invoer)
    return _toon(request, formbewijs.maak(laat.id, eigenaar, dossier, status=status), invoer)


@router.post("/zaken/{bron}/{uuid}/aanvullen/{inzending}", name="zaken:aanvullen-versturen")
@grote_upload
async def save_aanvullen(
    request: Request,
    gebruiker: Ingelogd,
    zaaksysteem: ZaaksysteemDep,
    burgerstatus: BurgerstatussenDep,
    bestanden: BestandenDep,
    bron: Bron,
    uuid: UUID,
    inzending: UUID,
) -> Response:
    """A button adds or removes files, another one sends; without scripts each comes back as the whole page."""
    sleutels: Sleutels = request.app.state.sleutels
    eigenaar = eigenaar_van(gebruiker, sleutels)
    invoer = Invoer(veld=_veld(sleutels, eigenaar, bron, uuid, inzending))
    velden = await _lees(request, bestanden, eigenaar, invoer)
    if await _is_verstuurd(request, eigenaar, inzending):
        return _naar_bewijs(request, bron, uuid, inzending)
    bewijs = formbewijs.lees(velden.get("bewijs", ""), sleutels, inzending, eigenaar, bron, uuid)
    if bewijs is None or invoer.versturen:
        dossier = await _kijk_opnieuw(zaaksysteem, gebruiker, bron, uuid, bewijs)
        if dossier is not None:
            status = burgerstatus(dossier.regel)
            if not kan_aanvullen(request, dossier, status):
                return _kan_niet(request, bron, uuid)
            bewijs = formbewijs.maak(inzending, eigenaar, dossier, status=status)
    if bewijs is None:
        raise NotFound("geen bewijs dat deze zaak van deze gebruiker is")
    await te_laat.gooi_weg(request, inzending)
    await _lees_bestanden(bestanden, invoer, velden.get("verwijder", ""))
    if invoer.versturen and not _controleer(invoer):
        await tel(request, eigenaar, "indienen")
        if await _verstuur(request, gebruiker, eigenaar, bewijs, invoer):
            return _naar_bewijs(request, bron, uuid, inzending)
        await _lees_bestanden(bestanden, invoer)
    return _toon(request, bewijs, invoer)


@router.get("/zaken/{bron}/{uuid}/aanvullen/{inzending}", name="zaken:aangevuld")
async def show_aangevuld(request: Request, gebruiker: Ingelogd, bron: Bron, uuid: UUID, inzending: UUID) -> Response:
    """The receipt: what was received, and when. A page that was never sent begins again."""
    return await toon_bewijs(request, gebruiker, bron, uuid, inzending, anders="zaken:aanvullen")


async def toon_bewijs(
    request: Request, gebruiker: Gebruiker, bron: str, uuid: UUID, inzending: UUID, *, anders: str
) -> Response:
    sleutels: Sleutels = request.app.state.sleutels
    eigenaar = eigenaar_van(gebruiker, sleutels)
    try:
        gelezen = await lezen.lees(request.app.state.db, sleutels, eigenaar.hash, str(inzending))
    except NotFound:
        return RedirectResponse(request.url_for(anders, bron=bron, uuid=uuid).path, 303)
    if (gelezen.bron, gelezen.zaak_uuid) != (bron, str(uuid)):
        raise NotFound("een inzending bij een andere zaak")
    inhoud = gelezen.inhoud
    return page(
        request,
        "zaken/ingestuurd.html",
        fragment="stand",
        regel=regel_van(gelezen),
        nummer=gelezen.nummer,
        naam=inhoud.product.in_taal(taal()) if inhoud else "",
        antwoorden=[antwoord for blok in inhoud.blokken for antwoord in blok.antwoorden] if inhoud else [],
        bijlagen=inhoud.bijlagen if inhoud else (),
        wordt_verwerkt=not (gelezen.is_verwerkt or gelezen.is_afgebroken or gelezen.duurt_lang),
        zaak_url=request.url_for("zaken:detail", bron=bron, uuid=uuid).path,
    )


# ---- the form ----------------------------------------------------------------------------------------------


async def _lees(request: Request, bestanden: BestandenDep, eigenaar: Eigenaar, invoer: Invoer) -> dict[str, str]:
    """The fields; files come in meanwhile. A file that is refused does not stop the others."""

    async def bewaar(naam_veld: str, naam: str, stroom: object) -> None:
        if naam_veld != "bestanden":
            return
        if len(await bestanden.los(invoer.veld)) >= EISEN.max_aantal:
            zin = _("U kunt hier hoogstens {aantal} bestanden sturen. Verwijder er eerst één.")
            invoer.fouten["bestanden"] = zin.format(aantal=EISEN.max_aantal)
            return
        await tel(request, eigenaar, "uploaden")
        try:
            await bestanden.voeg_toe(eigenaar.hash, None, invoer.veld, naam, stroom, EISEN)  # type: ignore[arg-type]  # a stream of bytes
        except BestandGeweigerd as exc:
            invoer.fouten["bestanden"] = exc.zin

    velden = dict(await lees_multipart(request, bewaar))
    invoer.tekst = velden.get("tekst", "").replace("\r\n", "\n").strip()
    invoer.versturen = velden.get("actie") == "versturen" and "verwijder" not in velden
    return velden


async def _lees_bestanden(bestanden: BestandenDep, invoer: Invoer, verwijder: str = "") -> None:
    if verwijder:
        await bestanden.verwijder_los(invoer.veld, verwijder)
    await bestanden.scan_openstaande(los=invoer.veld)
    invoer.bestanden = await bestanden.los(invoer.veld)


def _controleer(invoer: Invoer) -> dict[str, str]:
    """What is wrong, by control; nothing when it can be sent."""
    if len(invoer.tekst) > MAX_TEKST:
        invoer.fouten["tekst"] = _("Uw tekst is te lang. Gebruik hoogstens {aantal} tekens.").format(aantal=MAX_TEKST)
    elif not invoer.tekst and not invoer.bestanden:
        invoer.fouten.setdefault("tekst", _("Vul in wat u ons wilt vertellen, of voeg een bestand toe."))
    if any(not bestand.is_bruikbaar for bestand in invoer.bestanden):
        zin = _("Wij controleren uw bestand nog. Wacht even en verstuur dan opnieuw, of verwijder het bestand.")
        invoer.fouten.setdefault("bestanden", zin)
    return invoer.fouten


async def _kijk_opnieuw(
    zaaksysteem: ZaaksysteemDep, gebruiker: Gebruiker, bron: str, uuid: UUID, bewijs: Formbewijs | None
) -> Zaakdossier | None:
    """The zaak as it is now; None when the backoffice is away and this page proves that it was theirs.

    Raises: NotFound; BackofficeUnavailable.
    """
    try:
        return await zaaksysteem.get(gebruiker, bron, uuid)
    except BackofficeUnavailable:
        if bewijs is None:
            raise
        return None


async def _is_verstuurd(request: Request, eigenaar: Eigenaar, inzending: UUID) -> bool:
    try:
        await lezen.lees(request.app.state.db, request.app.state.sleutels, eigenaar.hash, str(inzending))
    except NotFound:
        return False
    return True


async def _verstuur(
    request: Request, gebruiker: Gebruiker, eigenaar: Eigenaar, bewijs: Formbewijs, invoer: Invoer
) -> bool:
    """Store it, and hand it over when that goes at once. False when a file changed meanwhile."""
    backoffice = backoffice_van(request, bewijs.bron)
    email, _telefoon = await lezen.laatste_contact(request.app.state.db, request.app.state.sleutels, eigenaar.hash)
    tekst = (Antwoord(veld="tekst", vraag=VRAAG, tekst=(Tweetalig(nl=invoer.tekst, en=invoer.tekst),)),)
    inhoud = bij_zaak(
        bewijs.id,
        soort="aanvulling",
        gebruiker=gebruiker,
        naam=request.state.sessie.weergavenaam or "",
        taal=taal(),
        bron=bewijs.bron,
        zaak_uuid=str(bewijs.zaak_uuid),
        zaaknummer=bewijs.zaaknummer,
        zaaktype=bewijs.zaaktype,
        product=Tweetalig(nl=bewijs.naam, en=bewijs.naam),
        kop=KOP,
        antwoorden=tekst if invoer.tekst else (),
        bestanden=invoer.bestanden,
        documenttype=backoffice.documenttype_van_aanvulling(bewijs.zaaktype),
        ontvangen_op=now(),
        email=email,
    )
    db: Sessionmaker = request.app.state.db
    try:
        ingediend = await indienen(
            db, request.app.state.sleutels, concept_id=str(bewijs.id), eigenaar_hash=eigenaar.hash, inhoud=inhoud
        )
    except Veranderd:
        invoer.fouten["bestanden"] = _("Een bestand is weg, of nog niet gecontroleerd. Kijk na wat u wilt sturen.")
        return False
    await request.app.state.werker.een(ingediend.opdracht)
    return True


def _toon(request: Request, bewijs: Formbewijs, invoer: Invoer) -> HTMLResponse:
    waar = {"bron": bewijs.bron, "uuid": bewijs.zaak_uuid}
    return page(
        request,
        "zaken/aanvullen.html",
        fragment="vragen",
        status_code=422 if invoer.fouten else 200,
        naam=bewijs.naam,
        vraag=bewijs.doen,
        toelichting=bewijs.toelichting,
        bewijs=bewijs.verzegel(request.app.state.sleutels),
        invoer=invoer,
        fouten=[(veld, invoer.fouten[veld]) for veld in ("tekst", "bestanden") if veld in invoer.fouten],
        fout_tekst=invoer.fouten.get("tekst", ""),
        fout_bestanden=invoer.fouten.get("bestanden", ""),
        max_tekst=MAX_TEKST,
        eisen=EISEN,
        mag_toevoegen=len(invoer.bestanden) < EISEN.max_aantal,
        actie_url=request.url_for("zaken:aanvullen-versturen", **waar, inzending=bewijs.id).path,
        zaak_url=request.url_for("zaken:detail", **waar).path,
    )


def _kan_niet(request: Request, bron: str, uuid: UUID) -> HTMLResponse:
    zaak_url = request.url_for("zaken:detail", bron=bron, uuid=uuid).path
    return page(request, "zaken/kan_niet.html", status_code=409, intrekken=False, zaak_url=zaak_url)


def _naar_bewijs(request: Request, bron: str, uuid: UUID, inzending: UUID) -> Response:
    url = request.url_for("zaken:aangevuld", bron=bron, uuid=uuid, inzending=inzending).path
    return RedirectResponse(url, 303)
