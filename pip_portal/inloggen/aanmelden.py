"""From what the identity provider says to who this is: the person or company, its name, and who may not come in."""

import asyncio
import dataclasses
from dataclasses import dataclass

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.brp import VELDEN_INLOGGEN
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, LoginRefused, NotFound
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker, Machtiging
from pip_portal.inloggen.saml.provider import Identiteit
from pip_portal.machtigen.diensten import machtigingen
from pip_portal.machtigen.gezag import pseudoniem_van
from pip_portal.sleutels import Sleutels

ZELF_VANAF = 16  # years; until then a parent acts (domain.md §4.4, AVG art. 8)


@dataclass(frozen=True)
class Aanmelding:
    """Who logged in, how we greet them, and whether they have to choose a vestiging first."""

    gebruiker: Gebruiker
    weergavenaam: str | None
    kiest_vestiging: bool = False


async def aanmelden(identiteit: Identiteit, sleutels: Sleutels, bronnen: Bronnen, *, dienst: str = "") -> Aanmelding:
    """Who this identity is in the portal. dienst: for which a mandate was asked, "" for a login for oneself.

    Raises: LoginRefused for a deceased person, a child under 16, a dissolved company, or a login for somebody else
    that was not asked for, or is of a kind that the portal does not know (curator, bewindvoerder).
    Source: domain.md §4.4 (deceased: login refused), login-saml §1.14, §2.6.
    """
    if dienst or identiteit.vertegenwoordigde_bsn or identiteit.vertegenwoordiging:
        return await _gemachtigde(identiteit, sleutels, bronnen, dienst)
    if identiteit.tussenpersoon_kvk:
        return await _keten(identiteit, identiteit.tussenpersoon_kvk, sleutels, bronnen)
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


async def _gemachtigde(identiteit: Identiteit, sleutels: Sleutels, bronnen: Bronnen, dienst: str) -> Aanmelding:
    """The person represented, as far as the mandate reaches. Both must be alive, and the BRP must say so.

    Raises: LoginRefused.
    """
    bereik, bsn, voor = machtigingen().dienst(dienst), identiteit.bsn, identiteit.vertegenwoordigde_bsn
    if bereik is None or bsn is None or voor is None or voor == bsn or identiteit.vertegenwoordiging:
        raise LoginRefused("machtiging", "geen machtiging die het portaal kent")
    door = await _burger(identiteit, bsn, sleutels, bronnen)
    machtiging = Machtiging(
        soort="digid_machtigen",
        door=bsn,
        door_pseudoniem=door.gebruiker.pseudoniem,
        door_naam=door.weergavenaam or "",
        dienst=dienst,
        zaaktypen=bereik.zaaktypen,
    )
    pseudoniem = pseudoniem_van(machtiging, sleutels.keyed_hash("bsn", voor), sleutels)
    burger = Burger(voor, pseudoniem, identiteit.niveau, machtiging)
    try:
        persoon = await bronnen.brp.persoon(burger, VELDEN_INLOGGEN)
    except (BackofficeUnavailable, BackofficeDefect, NotFound):
        raise LoginRefused("machtiging_storing", "de BRP antwoordt niet") from None
    jong = persoon is not None and persoon.leeftijd is not None and persoon.leeftijd < ZELF_VANAF
    if persoon is None or not persoon.mag_inloggen or persoon.heeft_geheimhouding or jong:
        raise LoginRefused("machtiging", "de vertegenwoordigde is niet bekend, overleden, een kind, of geheim")
    return Aanmelding(burger, persoon.naam.volledig if persoon.naam else None)


async def _keten(identiteit: Identiteit, tussenpersoon: str, sleutels: Sleutels, bronnen: Bronnen) -> Aanmelding:
    """The company represented, as far as the portal lets an intermediary act. Raises: LoginRefused."""
    if not identiteit.kvk_nummer or identiteit.kvk_nummer == tussenpersoon or identiteit.bsn:
        raise LoginRefused("machtiging", "geen ketenmachtiging die het portaal kent")
    door = sleutels.keyed_hash("bedrijf", f"{tussenpersoon}/{identiteit.handelende_persoon}")
    try:
        profiel = await bronnen.kvk.basisprofiel(Bedrijf(tussenpersoon, door, identiteit.niveau))
    except (BackofficeUnavailable, BackofficeDefect, NotFound):
        raise LoginRefused("machtiging_storing", "het Handelsregister antwoordt niet") from None
    if profiel is None or profiel.is_opgeheven:
        raise LoginRefused("machtiging", "de intermediair is niet bekend of is uitgeschreven")
    machtiging = Machtiging("keten", tussenpersoon, door, profiel.naam, zaaktypen=machtigingen().keten.zaaktypen)
    aanmelding = await _bedrijf(identiteit, identiteit.kvk_nummer, sleutels, bronnen, machtiging)
    if aanmelding.weergavenaam is None:
        raise LoginRefused("machtiging_storing", "het Handelsregister antwoordt niet, of kent het bedrijf niet")
    return aanmelding


async def _bedrijf(
    identiteit: Identiteit,
    kvk_nummer: str,
    sleutels: Sleutels,
    bronnen: Bronnen,
    machtiging: Machtiging | None = None,
) -> Aanmelding:
    """RSIN and vestigingen come from the Handelsregister, to find zaken that were filed under them."""
    eigen = sleutels.keyed_hash("bedrijf", f"{kvk_nummer}/{identiteit.handelende_persoon}")
    bedrijf = Bedrijf(
        kvk_nummer=kvk_nummer,
        pseudoniem=pseudoniem_van(machtiging, eigen, sleutels) if machtiging else eigen,
        niveau=identiteit.niveau,
        rsin=identiteit.rsin,
        vestiging=identiteit.vestiging,
        beperkt=identiteit.vestiging is not None,
        handelende_persoon=identiteit.handelende_persoon or "",
        machtiging=machtiging,
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
