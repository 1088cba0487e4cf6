"""Beginning a form: for whom, going on with what is there, and taking along the answers of the check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.eigenaar import Eigenaar, anonieme_eigenaar, eigenaar_van, eigenaar_van_cookie, nieuwe_cookie
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.formulieren.bronwaarden import kinderen
from pip_portal.formulieren.concepten import Concept, Concepten, Voor
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.paginas import Optie
from pip_portal.gebruiker import Burger, Gebruiker
from pip_portal.sleutels import Sleutels
from pip_portal.taal import _, taal

VOORCHECK = "_voorcheck"  # page of a concept for answers of the check that no page of the form asks again


@dataclass(frozen=True)
class Wie:
    """Who begins. cookie: to give to a visitor who had none yet."""

    eigenaar: Eigenaar
    cookie: str = ""


def wie_begint(request: Request, gebruiker: Gebruiker | None, sleutels: Sleutels) -> Wie:
    if gebruiker is not None:
        return Wie(eigenaar_van(gebruiker, sleutels))
    bekend = anonieme_eigenaar(request)
    if bekend is not None:
        return Wie(bekend)
    cookie = nieuwe_cookie()
    return Wie(eigenaar_van_cookie(cookie, sleutels), cookie)


@dataclass(frozen=True)
class Personen:
    """For whom this person may fill it in. uitleg: why the children are not among them now, and what to do."""

    mogelijk: tuple[Voor, ...]
    uitleg: str = ""


async def personen(formulier: Formulier, gebruiker: Gebruiker | None, bronnen: Bronnen, sleutels: Sleutels) -> Personen:
    """Self first, then the own children under 16.

    With the BRP down only oneself: for whom one has the gezag cannot be taken on trust. Then that is told.
    """
    zelf = (Voor(),) if "zelf" in formulier.toegang.wie or not isinstance(gebruiker, Burger) else ()
    if "ouder" not in formulier.toegang.wie or not isinstance(gebruiker, Burger):
        return Personen(zelf)
    try:
        eigen = await kinderen(gebruiker, bronnen, sleutels)
    except (BackofficeUnavailable, BackofficeDefect):
        return Personen(zelf, _zonder_kinderen(bool(zelf)))
    return Personen((*zelf, *(Voor(kind.waarde, kind.naam, kind.bsn) for kind in eigen)))


def _zonder_kinderen(voor_zelf: bool) -> str:
    if voor_zelf:
        return _(
            "Wij kunnen nu niet zien voor welke kinderen u dit mag aanvragen. Voor uzelf kan het wel. "
            "Is het voor uw kind? Probeer het later opnieuw, of bel 14 0570."
        )
    return _(
        "Wij kunnen nu niet zien voor welke kinderen u dit mag aanvragen. Probeer het later opnieuw, of bel 14 0570."
    )


def kies_persoon(mogelijk: tuple[Voor, ...], gekozen: str) -> Voor | None:
    """Who was chosen; without a question the only one. None: nobody, or somebody who is not on offer."""
    if len(mogelijk) == 1 and not gekozen:
        return mogelijk[0]
    return next((voor for voor in mogelijk if voor.waarde == gekozen), None)


def persoonopties(mogelijk: tuple[Voor, ...]) -> tuple[Optie, ...]:
    return tuple(
        Optie(
            voor.waarde,
            voor.naam if voor.is_kind else _("Voor mijzelf"),
            "",
            "voor_wie" if nummer == 1 else f"voor_wie-{nummer}",
        )
        for nummer, voor in enumerate(mogelijk, start=1)
    )


async def open_concept(concepten: Concepten, eigenaar: Eigenaar, formulier: Formulier, voor: Voor) -> Concept | None:
    """What this person is busy with for this form and this person: the one that was changed last."""
    for concept in await concepten.lijst(eigenaar):
        if concept.formulier == formulier.formulier and concept.gegevens.voor.waarde == voor.waarde:
            return concept
    return None


async def begin(
    concepten: Concepten, eigenaar: Eigenaar, formulier: Formulier, voor: Voor, meegenomen: Mapping[str, Any]
) -> str:
    """A new concept; returns its id. Raises: BestaatAl when another tab began one just now."""
    return await concepten.begin(
        eigenaar,
        formulier=formulier.formulier,
        versie=formulier.versie,
        taal=taal(),
        geldig=timedelta(days=formulier.bewaren.concept_dagen),
        voor=voor,
        meer=formulier.meer,
        antwoorden=_per_stap(formulier, meegenomen),
    )


async def wis(concepten: Concepten, eigenaar: Eigenaar, concept: Concept) -> None:
    """Throw a concept away to begin again; gone already is fine too."""
    try:
        await concepten.verwijder(eigenaar, concept.id)
    except NotFound:
        return


def _per_stap(formulier: Formulier, meegenomen: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers of the check on the pages that ask the same."""
    per_stap: dict[str, dict[str, Any]] = {}
    over = dict(meegenomen)
    for stap in formulier.stappen:
        hier = {veld.veld: over.pop(veld.veld) for veld in stap.velden if veld.veld in over}
        if hier:
            per_stap[stap.stap] = hier
    return per_stap | ({VOORCHECK: over} if over else {})
