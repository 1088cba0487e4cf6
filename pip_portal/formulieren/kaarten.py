"""The cards of what somebody is busy with, for on Overzicht and Mijn zaken."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from pip_portal.db import Db
from pip_portal.eigenaar import Eigenaar, EigenaarDep
from pip_portal.errors import NotFound
from pip_portal.formulieren.aanvraag import ConceptenDep
from pip_portal.formulieren.concepten import Concept
from pip_portal.formulieren.definitie import AANVRAAG, Formulier
from pip_portal.formulieren.laden import Formulieren, FormulierenDep
from pip_portal.formulieren.paginas import Conceptkaart, Wie
from pip_portal.inzendingen.lezen import Ingezonden, lijst
from pip_portal.sleutels import SleutelsDep
from pip_portal.taal import _, taal


async def get_conceptkaarten(
    request: Request, eigenaar: EigenaarDep, concepten: ConceptenDep, formulieren: FormulierenDep
) -> tuple[Conceptkaart, ...]:
    """The open concepts of who is logged in; one whose form is gone is left out."""
    kaarten = (conceptkaart(request, concept, formulieren, eigenaar) for concept in await concepten.lijst(eigenaar))
    return tuple(kaart for kaart in kaarten if kaart is not None)


async def get_ingezonden(eigenaar: EigenaarDep, db: Db, sleutels: SleutelsDep) -> tuple[Ingezonden, ...]:
    """What was sent and the backoffice does not have yet."""
    return await lijst(db, sleutels, eigenaar.hash)


Conceptkaarten = Annotated[tuple[Conceptkaart, ...], Depends(get_conceptkaarten)]
IngezondenDep = Annotated[tuple[Ingezonden, ...], Depends(get_ingezonden)]


@dataclass(frozen=True)
class Inzendingkaart:
    naam: str
    nummer: str
    ontvangen_op: datetime
    tekst: str
    url: str
    is_gestopt: bool


def inzendingkaarten(
    request: Request, ingezonden: Iterable[Ingezonden], al_getoond: Collection[tuple[str, str]] = ()
) -> tuple[Inzendingkaart, ...]:
    """What was sent and does not stand among the zaken yet. al_getoond: bron and uuid of the zaken on the page."""
    return tuple(
        Inzendingkaart(
            naam=inzending.inhoud.product.in_taal(taal()) if inzending.inhoud else inzending.nummer,
            nummer=inzending.nummer,
            ontvangen_op=inzending.ontvangen_op,
            tekst=f"{_voor(inzending)} {_stand(request, inzending)}".strip(),
            url=request.url_for("aanvragen:ontvangen", id=inzending.id).path,
            is_gestopt=inzending.is_afgebroken,
        )
        for inzending in ingezonden
        if (inzending.bron, inzending.zaak_uuid) not in al_getoond
    )


def _voor(inzending: Ingezonden) -> str:
    """That it is for a child, without its name: that stays in what was sent."""
    return _("Voor uw kind.") if inzending.inhoud and inzending.inhoud.aanvrager.kind_bsn else ""


def soortnaam(formulieren: Formulieren, slug: str) -> str:
    """What this form calls what is sent, in the language of the page; aanvraag when the form is gone."""
    product = formulieren.get(slug).product if slug in formulieren.slugs else None
    return (product.soortnaam if product else AANVRAAG).in_taal(taal())


def _stand(request: Request, inzending: Ingezonden) -> str:
    soort = soortnaam(request.app.state.formulieren, inzending.formulier)
    if inzending.is_afgebroken:
        niet, opnieuw = _("Uw {soort} gaat niet door.").format(soort=soort), _("U kunt het opnieuw doen.")
        reden = waarom_gestopt(inzending)
        return f"{niet} {reden} {opnieuw}" if reden else niet
    if inzending.wacht:
        return _("Wij wachten op het akkoord van iemand anders.")
    if inzending.duurt_lang:
        zin = _("Wij hebben uw {soort} ontvangen. Het verwerken duurt langer. U hoeft niets te doen.")
        return zin.format(soort=soort)
    return _("Wij hebben uw {soort} ontvangen. Het verwerken is bezig.").format(soort=soort)


def waarom_gestopt(inzending: Ingezonden) -> str:
    """What may be told of why it ended: never who, or in which words. "" when there is nothing to tell."""
    if inzending.reden == "geweigerd":
        return _("Iemand die moest ondertekenen, wil dat niet doen.")
    if inzending.reden == "verlopen":
        return _("Iemand die moest ondertekenen, heeft niet op tijd geantwoord.")
    return ""


def conceptkaart(
    request: Request, concept: Concept, formulieren: Formulieren, eigenaar: Eigenaar
) -> Conceptkaart | None:
    try:
        formulier = formulieren.versie(concept.formulier, concept.versie)
    except NotFound:
        return None
    voor = concept.gegevens.voor
    start = request.url_for("formulieren:start", slug=concept.formulier)
    return Conceptkaart(
        product=formulier.product.naam.in_taal(taal()),
        url=request.url_for("aanvragen:detail", id=concept.id).path,
        opnieuw_url=f"{start.path}?voor={voor.waarde}",
        verwijder_url=request.url_for("aanvragen:stoppen", id=concept.id).path,
        stap=stapnaam(formulier, concept.laatste_stap),
        gewijzigd_op=concept.gewijzigd_op,
        verloopt_op=concept.verloopt_op,
        voor=voor.naam if voor.is_kind else "",
        door=wie_laatst(concept, eigenaar, concept.laatste_stap),
    )


def wie_laatst(concept: Concept, eigenaar: Eigenaar, stap: str) -> Wie:
    """Who saved this page last, as seen by who looks at it now; "" when there are no colleagues, or it is not known."""
    door = concept.door.get(stap)
    if not door or eigenaar.handelt is None:
        return ""
    return "u" if door == eigenaar.handelt else "collega"


def stapnaam(formulier: Formulier, stap: str) -> str:
    """Heading of the page where someone was; "" when it is unknown, or needs an answer to be read."""
    try:
        kop = formulier.stap(stap).kop.in_taal(taal())
    except NotFound:
        return ""
    return "" if "{" in kop else kop
