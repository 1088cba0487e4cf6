"""So that who tries the demo sees it: the backoffice tells the portal what changes, and some people have an address.

Once the portal runs, as the backoffice calls it when the abonnement is made.
"""

from collections.abc import Mapping
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from pip_portal import bekenden
from pip_portal.contact.doorgeven import SOORT, geef_door
from pip_portal.db import Sessionmaker, insert_van, open_db
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Burger
from pip_portal.notificaties.abonnement import voer_uit
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Contactadres
from pip_portal.tijd import now

# BSN of a test person -> a proved address. The others fill one in themselves.
ADRESSEN: Final[Mapping[str, str]] = {"999991012": "anna@postbus.example", "999997051": "piet@postbus.example"}


async def volg(settings: Settings, adressen: Mapping[str, str] = ADRESSEN) -> None:
    """Make our abonnement, and give these people an address unless they have one. As often as one likes.

    Raises: RuntimeError when the backoffice refuses the abonnement.
    """
    uitkomst = await voer_uit(settings, "aanmelden")
    if uitkomst.fout:
        raise RuntimeError("; ".join(uitkomst.regels))
    sleutels = Sleutels(settings)
    async with open_db(settings.database_url) as db:
        await geef_adressen(db, sleutels, adressen, doorgeven=settings.klantinteracties is not None)


async def geef_adressen(db: Sessionmaker, sleutels: Sleutels, adressen: Mapping[str, str], *, doorgeven: bool) -> None:
    """doorgeven: also to Klantinteracties, so that nobody reads that a change of theirs waits."""
    async with db.begin() as session:
        for bsn, adres in adressen.items():
            burger = Burger(bsn=bsn, pseudoniem=sleutels.keyed_hash("bsn", bsn), niveau=20)
            eigenaar = eigenaar_van(burger, sleutels).hash
            await bekenden.onthoud(session, sleutels, burger)
            rij = insert_van(session)(Contactadres).values(
                id=str(uuid5(NAMESPACE_URL, f"{eigenaar}{adres}")),
                eigenaar=eigenaar,
                soort="email",
                adres=sleutels.encrypt(adres.encode()),
                adres_hash=sleutels.keyed_hash("email", adres),
                standaard=True,
                geverifieerd_op=now(),
                aangemaakt_op=now(),
            )
            await session.execute(rij.on_conflict_do_nothing())
            if doorgeven:
                await geef_door(session, sleutels, burger, f"{SOORT}:demo:{eigenaar}")
