"""From what the identity provider says to who this is: the person or company, its name, and who may not come in."""

from dataclasses import dataclass

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, LoginRefused, NotFound
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.inloggen.saml.provider import Identiteit
from pip_portal.sleutels import Sleutels


@dataclass(frozen=True)
class Aanmelding:
    """Who logged in, how we greet them, and whether they have to choose a vestiging first."""

    gebruiker: Gebruiker
    weergavenaam: str | None
    kiest_vestiging: bool = False


async def aanmelden(identiteit: Identiteit, sleutels: Sleutels, bronnen: Bronnen) -> Aanmelding:
    """Who this identity is in the portal.

    Raises: LoginRefused for a deceased person, a dissolved company, or a login for somebody else (machtiging),
    which the portal does not offer yet and so must not half honour.
    Source: domain.md §4.4 (deceased: login refused), login-saml §1.14, §2.6.
    """
    if identiteit.vertegenwoordigde_bsn or identiteit.tussenpersoon_kvk:
        raise LoginRefused("machtiging", "inloggen namens een ander wordt niet aangeboden")
    if identiteit.bsn:
        return await _burger(identiteit, identiteit.bsn, sleutels, bronnen)
    if identiteit.kvk_nummer:
        return await _bedrijf(identiteit, identiteit.kvk_nummer, sleutels, bronnen)
    raise LoginRefused("onbekend", "de identiteit heeft geen bsn en geen kvk-nummer")


async def _burger(identiteit: Identiteit, bsn: str, sleutels: Sleutels, bronnen: Bronnen) -> Aanmelding:
    burger = Burger(bsn=bsn, pseudoniem=sleutels.keyed_hash("bsn", bsn), niveau=identiteit.niveau)
    if bronnen.brp is None:
        return Aanmelding(burger, None)
    try:
        persoon = await bronnen.brp.get(burger)
    except (BackofficeUnavailable, BackofficeDefect, NotFound):
        return Aanmelding(
            burger, None
        )  # DigiD itself refuses the dead; a BRP outage must not keep everyone out
    if persoon is not None and persoon.is_geblokkeerd:
        raise LoginRefused("overleden", "de bijhouding van de persoonslijst is opgeschort (O of F)")
    return Aanmelding(burger, persoon.weergavenaam if persoon else None)


async def _bedrijf(
    identiteit: Identiteit, kvk_nummer: str, sleutels: Sleutels, bronnen: Bronnen
) -> Aanmelding:
    bedrijf = Bedrijf(
        kvk_nummer=kvk_nummer,
        pseudoniem=sleutels.keyed_hash("bedrijf", f"{kvk_nummer}/{identiteit.handelende_persoon}"),
        niveau=identiteit.niveau,
        rsin=identiteit.rsin,
        vestiging=identiteit.vestiging,
        beperkt=identiteit.vestiging is not None,
        handelende_persoon=identiteit.handelende_persoon or "",
    )
    if bronnen.kvk is None:
        return Aanmelding(bedrijf, None)
    try:
        profiel = await bronnen.kvk.get(bedrijf)
    except (BackofficeUnavailable, BackofficeDefect, NotFound):
        return Aanmelding(bedrijf, None)
    if profiel is None:
        return Aanmelding(bedrijf, None)
    if profiel.is_ontbonden:
        raise LoginRefused("ontbonden", "het bedrijf is uitgeschreven uit het Handelsregister")
    met_rsin = Bedrijf(
        kvk_nummer=bedrijf.kvk_nummer,
        pseudoniem=bedrijf.pseudoniem,
        niveau=bedrijf.niveau,
        rsin=bedrijf.rsin or profiel.rsin,
        vestiging=bedrijf.vestiging,
        beperkt=bedrijf.beperkt,
        handelende_persoon=bedrijf.handelende_persoon,
    )
    kiest = not bedrijf.beperkt and len(profiel.vestigingen) > 1
    return Aanmelding(met_rsin, profiel.naam, kiest_vestiging=kiest)
