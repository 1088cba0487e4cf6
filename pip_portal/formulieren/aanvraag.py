"""The application that a request is about: its concept, its form, what the sources say, and where it stands.

Default closed: who asks for one is its eigenaar, is logged in highly enough, and is not too late; every route of an
application takes it from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from pip_portal import late_invoer
from pip_portal.backoffice.bronnen import BronnenDep
from pip_portal.balie.sessies import heeft_cookie
from pip_portal.bestanden.multipart import lees_multipart
from pip_portal.bestanden.opslag import BestandenDep, BestandInfo
from pip_portal.db import Db
from pip_portal.eigenaar import Eigenaar, eigenaren
from pip_portal.errors import BalieVerlopen, NotFound, NotLoggedIn
from pip_portal.formulieren import bronwaarden
from pip_portal.formulieren.aanvrager import BALIE, Geweigerd, burger_van, inlog_van, mag_aan_balie, toets
from pip_portal.formulieren.concepten import Concept, Concepten, Verstuurd
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.laden import FormulierenDep
from pip_portal.formulieren.namen import Brondefinitie
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.veldtypen.basis import Ruw
from pip_portal.formulieren.verloop import Verloop, verloop
from pip_portal.late_invoer import TeLaat
from pip_portal.security import MAX_BODY
from pip_portal.sleutels import SleutelsDep
from pip_portal.tijd import now, vandaag

RUW = "ruw"  # key of an answer that was kept as it was typed


def get_concepten(db: Db, sleutels: SleutelsDep) -> Concepten:
    return Concepten(db, sleutels)


ConceptenDep = Annotated[Concepten, Depends(get_concepten)]


@dataclass(frozen=True)
class Aanvraag:
    """antwoorden: what the engine is given: stored values, Ruw for texts that are not valid, ids for files."""

    concept: Concept
    formulier: Formulier
    eigenaar: Eigenaar
    omgeving: Omgeving
    bronnen: Mapping[str, Brondefinitie]
    bestanden: tuple[BestandInfo, ...]
    antwoorden: Mapping[str, Any] = field(repr=False)

    @cached_property
    def verloop(self) -> Verloop:
        return verloop(self.formulier, self.antwoorden, self.omgeving)

    @property
    def id(self) -> str:
        return self.concept.id

    def met(self, antwoorden: Mapping[str, Any]) -> "Aanvraag":
        """The same application as it would be with these answers."""
        return replace(self, antwoorden={**self.antwoorden, **antwoorden})

    def met_concept(self, concept: Concept) -> "Aanvraag":
        return replace(self, concept=concept, antwoorden=antwoorden_van(concept, self.bestanden))

    def met_bestanden(self, bestanden: tuple[BestandInfo, ...]) -> "Aanvraag":
        return replace(self, bestanden=bestanden, antwoorden=antwoorden_van(self.concept, bestanden))

    def bewaard(self, stap: str, inhoud: Mapping[str, Any], revisie: int) -> "Aanvraag":
        """The same application with what was just stored of one page."""
        return self.met_concept(
            replace(
                self.concept,
                per_stap={**self.concept.per_stap, stap: inhoud},
                revisies={**self.concept.revisies, stap: revisie},
            )
        )


async def require_aanvraag(
    request: Request,
    id: UUID,
    concepten: ConceptenDep,
    db: Db,
    sleutels: SleutelsDep,
    formulieren: FormulierenDep,
    bestanden: BestandenDep,
    bronnen: BronnenDep,
) -> Aanvraag:
    """The application of this address, for its eigenaar only.

    Raises: NotFound for somebody else's; NotLoggedIn; TeLaat; Geweigerd when the level is too low; Verstuurd.
    """
    wie = eigenaren(request)
    if not wie:
        raise await _niet_ingelogd(request, str(id), concepten, db, sleutels)
    try:
        concept, eigenaar = await concepten.lees(wie, str(id))
    except NotFound:
        if request.state.sessie is None:  # a visitor of another form; it may be theirs after a login
            raise await _niet_ingelogd(request, str(id), concepten, db, sleutels) from None
        if geheim := late_invoer.geheim_van(request):
            await late_invoer.gooi_weg(db, geheim)  # somebody else logged in in this browser
        raise
    if concept.verzonden_op is not None:
        raise Verstuurd(concept.id)
    if (betrokkene := concept.gegevens.betrokkene) is not None:
        eigenaar = replace(eigenaar, gebruiker=burger_van(betrokkene, sleutels))
    concept, formulier = await _in_versie(concept, eigenaar, concepten, formulieren)
    if eigenaar.medewerker is not None:
        if not mag_aan_balie(formulier):
            raise NotFound
    elif eigenaar.gebruiker is not None:
        try:
            toets(request, formulier, nieuw=False)
        except Geweigerd as exc:
            exc.geheim = await _bewaar_laat(request, concept.id, db, sleutels) if request.method == "POST" else ""
            raise
    concept = await _met_bronnen(request, concept, eigenaar, formulier, concepten, bronnen, sleutels, db)
    eigen = await bestanden.lijst(concept.id)
    return Aanvraag(
        concept=concept,
        formulier=formulier,
        eigenaar=eigenaar,
        omgeving=Omgeving(
            vandaag=vandaag(),
            inlog=BALIE if eigenaar.medewerker else inlog_van(eigenaar.gebruiker, kind=concept.gegevens.voor.is_kind),
            bronnen=bronwaarden.waarden_van(concept.gegevens),
            tarieven=formulieren.tarieven,
            ontbreekt=frozenset(concept.gegevens.ontbreekt),
            gemeente=request.app.state.settings.gemeente,
        ),
        bronnen=formulieren.bronnen,
        bestanden=eigen,
        antwoorden=antwoorden_van(concept, eigen),
    )


AanvraagDep = Annotated[Aanvraag, Depends(require_aanvraag)]


async def require_te_wissen(
    request: Request,
    id: UUID,
    concepten: ConceptenDep,
    db: Db,
    sleutels: SleutelsDep,
    formulieren: FormulierenDep,
    bestanden: BestandenDep,
    bronnen: BronnenDep,
) -> Aanvraag | None:
    """The application to throw away; None when it is gone already: the second click of two.

    Raises: as require_aanvraag.
    """
    if eigenaren(request) and not await concepten.bestaat(str(id)):
        return None
    return await require_aanvraag(request, id, concepten, db, sleutels, formulieren, bestanden, bronnen)


TeWissenDep = Annotated[Aanvraag | None, Depends(require_te_wissen)]


async def opnieuw(aanvraag: Aanvraag, concepten: Concepten) -> Aanvraag:
    """The application as it is stored now."""
    concept, _eigenaar = await concepten.lees((aanvraag.eigenaar,), aanvraag.id)
    return aanvraag.met_concept(concept)


async def _in_versie(
    concept: Concept, eigenaar: Eigenaar, concepten: Concepten, formulieren: FormulierenDep
) -> tuple[Concept, Formulier]:
    """The concept with the version it began with, or with the newest when the law leaves no choice.

    Raises: NotFound when that version, and the form, are gone.
    """
    formulier = formulieren.versie(concept.formulier, concept.versie)
    if concept.formulier not in formulieren.slugs:
        return concept, formulier
    nieuwste = formulieren.get(concept.formulier)
    wijziging = nieuwste.wijziging
    voorbij = wijziging.uiterlijk is not None and wijziging.uiterlijk < vandaag()
    if nieuwste.versie == concept.versie or not (wijziging.concepten == "overzetten" or voorbij):
        return concept, formulier
    return await concepten.zet_over(concept, eigenaar, nieuwste.versie), nieuwste


async def _met_bronnen(
    request: Request,
    concept: Concept,
    eigenaar: Eigenaar,
    formulier: Formulier,
    concepten: Concepten,
    bronnen: BronnenDep,
    sleutels: SleutelsDep,
    db: Db,
) -> Concept:
    """The concept with the prefill of this session; asked once, kept encrypted beside the answers."""
    if eigenaar.gebruiker is None:
        return concept
    sessie_id = eigenaar.medewerker.sessie if eigenaar.medewerker else request.state.sessie.id_hash
    sessie = sleutels.keyed_hash("bronwaarden", sessie_id)
    gegevens = await bronwaarden.ververs(
        formulier, concept.gegevens, eigenaar.gebruiker, sessie, bronnen, sleutels, db, eigen=not eigenaar.medewerker
    )
    if gegevens is concept.gegevens:
        return concept
    await concepten.bewaar_gegevens(concept, eigenaar, gegevens)
    return replace(concept, gegevens=gegevens)


def antwoorden_van(concept: Concept, bestanden: tuple[BestandInfo, ...]) -> dict[str, Any]:
    """The answers of a concept as the engine takes them; the files are the answer to their question."""
    antwoorden = {naam: als_antwoord(waarde) for naam, waarde in concept.antwoorden.items()}
    per_veld: dict[str, list[str]] = {}
    for bestand in bestanden:
        per_veld.setdefault(bestand.veld, []).append(bestand.id)
    for veld, ids in per_veld.items():
        item, _punt, naam = veld.rpartition(".")
        if not item:
            antwoorden[naam] = ids
    for waarde in antwoorden.values():
        for item in waarde if isinstance(waarde, list) else ():
            if isinstance(item, dict):
                eigen = {veld.partition(".")[2]: ids for veld, ids in per_veld.items() if veld.startswith(item["id"])}
                item.update(eigen)
    return antwoorden


def als_antwoord(waarde: Any) -> Any:
    """A stored answer as the engine takes it."""
    if isinstance(waarde, dict) and set(waarde) == {RUW}:
        return Ruw(waarde[RUW])
    if isinstance(waarde, list) and all(isinstance(item, dict) and "id" in item for item in waarde):
        return [{naam: als_antwoord(deel) for naam, deel in item.items()} for item in waarde]
    return waarde


def als_opslag(waarde: Any) -> Any:
    """An answer as it is stored: what is not valid stays as it was typed."""
    return {RUW: waarde.invoer} if isinstance(waarde, Ruw) else waarde


# ---- sent too late ---------------------------------------------------------------------------------------------


async def _niet_ingelogd(
    request: Request, concept_id: str, concepten: Concepten, db: Db, sleutels: SleutelsDep
) -> NotLoggedIn:
    """What to raise when nobody is logged in; what was typed is kept when somebody was busy here until just now."""
    if heeft_cookie(request):
        return BalieVerlopen(verlopen=True)
    verlopen = request.state.sessie_verlopen
    if request.method != "POST":
        return NotLoggedIn(verlopen=verlopen, terug=request.url.path)
    if not verlopen or not await concepten.in_gebruik_sinds(concept_id, now() - late_invoer.ONLANGS):
        return NotLoggedIn(verlopen=verlopen, terug=request.url.path)
    geheim = await _bewaar_laat(request, concept_id, db, sleutels)
    return TeLaat(verlopen=True, terug=request.url.path, geheim=geheim)


async def _bewaar_laat(request: Request, concept_id: str, db: Db, sleutels: SleutelsDep) -> str:
    """Keep the text of this form; files never, and no more than a form without files can hold."""
    lengte = request.headers.get("content-length", "")
    if not lengte.isdigit() or int(lengte) > MAX_BODY:
        return ""
    velden = await lees_multipart(request)
    stap = request.url.path.partition(f"/{concept_id}/")[2]
    return await late_invoer.bewaar(db, sleutels, concept_id, stap, velden)
