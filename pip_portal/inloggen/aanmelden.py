"""From what the identity provider says to who this is: the person or company, its name, and who may not come in."""

import asyncio
import dataclasses
from dataclasses import dataclass

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.brp import VELDEN_INLOGGEN
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, LoginRefused, NotFound
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.inloggen.saml.provider import Identiteit
from pip_portal.sleutels import Sleutels

ZELF_VANAF = 16  # years; until then a parent acts (domain.md §4.4, AVG art. 8)


@dataclass(frozen=True)
class Aanmelding:
    """Who logged in, how we greet them, and whether they have to choose a vestiging first."""

    gebruiker: Gebruiker
    weergavenaam: str | None
    kiest_vestiging: bool = False


async def aanmelden(identiteit: Identiteit, sleutels: Sleutels, bronnen: Bronnen) -> Aanmelding:
    """Who this identity is in the portal.

    Raises: LoginRefused for a deceased person, a child under 16, a dissolved company, or a login for somebody else
    (machtiging), which the portal does not offer yet and so must not half honour.
    Source: domain.md §4.4 (deceased: login refused), login-saml §1.14, §2.6.
    """
    if identiteit.vertegenwoordigde_bsn or identiteit.vertegenwoordiging or identiteit.tussenpersoon_kvk:
        raise LoginRefused("machtiging", "inloggen namens een ander wordt niet aangeboden")
    if identiteit.bsn:
        return await _burger(identiteit, identiteit.bsn, sleutels, bronnen)
    if identiteit.kvk_nummer:
        return await _bedrijf(identiteit, identiteit.kvk_nummer, sleutels, bronnen)
    raise LoginRefused("onbekend", "de identiteit heeft geen bsn en geen kvk-nummer")


async def _burger(identiteit: Identiteit, bsn: str, sleutels: Sleutels, bronnen: Bronnen) -> Aanmelding:
    burger = Burger(bsn=bsn, pseudoniem=sleutels.keyed_hash("bsn", bsn), niveau=identiteit.niveau)
    try:
        persoon = await bronnen.brp.persoon(burger, VELDEN_INLOGGEN)
    except (BackofficeUnavailable, BackofficeDefect, NotFound):
        return Aanmelding(burger, None)  # DigiD itself refuses the dead; a BRP outage must not keep everyone out
    if persoon is None:
        return Aanmelding(burger, None)
    if not persoon.mag_inloggen:
        raise LoginRefused("overleden", "de bijhouding van de persoonslijst is opgeschort (O of F)")
    if persoon.leeftijd is not None and persoon.leeftijd < ZELF_VANAF:
        raise LoginRefused("kind", "nog geen 16 jaar")
    return Aanmelding(burger, persoon.naam.volledig if persoon.naam else None)


async def _bedrijf(identiteit: Identiteit, kvk_nummer: str, sleutels: Sleutels, bronnen: Bronnen) -> Aanmelding:
    """RSIN and vestigingen come from the Handelsregister, to find zaken that were filed under them."""
    bedrijf = Bedrijf(
        kvk_nummer=kvk_nummer,
        pseudoniem=sleutels.keyed_hash("bedrijf", f"{kvk_nummer}/{identiteit.handelende_persoon}"),
        niveau=identiteit.niveau,
        rsin=identiteit.rsin,
        vestiging=identiteit.vestiging,
        beperkt=identiteit.vestiging is not None,
        handelende_persoon=identiteit.handelende_persoon or "",
    )
    try:
        profiel, vestigingen = await asyncio.gather(bronnen.kvk.basisprofiel(bedrijf), bronnen.kvk.vestigingen(bedrijf))
    except (BackofficeUnavailable, BackofficeDefect, NotFound):
        return Aanmelding(bedrijf, None)
    if profiel is None:
        return Aanmelding(bedrijf, None)
    if profiel.is_opgeheven:
        raise LoginRefused("ontbonden", "het bedrijf is uitgeschreven uit het Handelsregister")
    bekend = dataclasses.replace(
        bedrijf,
        rsin=bedrijf.rsin or profiel.rsin,
        vestigingen=tuple(v.vestigingsnummer for v in vestigingen),
    )
    return Aanmelding(bekend, profiel.naam, kiest_vestiging=not bedrijf.beperkt and len(vestigingen) > 1)
