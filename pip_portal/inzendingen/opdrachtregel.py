"""`pip-portal inzendingen`: which inzendingen need a person, what is known of one, and trying again."""

from dataclasses import dataclass

from pip_portal.db import open_db
from pip_portal.inzendingen import toezicht
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels


@dataclass(frozen=True, slots=True)
class Uitkomst:
    """Lines to print, or what went wrong in a sentence."""

    regels: tuple[str, ...] = ()
    fout: str = ""


async def voer_uit(settings: Settings, wat: str, nummer: str) -> Uitkomst:
    """wat: lijst | toon | opnieuw. nummer: of an inzending; with opnieuw also "alle"."""
    sleutels = Sleutels(settings)
    async with open_db(settings.database_url) as db:
        if wat == "lijst":
            await toezicht.toezicht(db)
            return Uitkomst(tuple(await toezicht.lijst(db)))
        if wat == "toon":
            regels = await toezicht.toon(db, nummer)
            return Uitkomst(tuple(regels), "" if regels else f"Er is geen inzending met nummer {nummer}.")
        if nummer == "alle":
            await toezicht.toezicht(db)
            aantal = await toezicht.alle_opnieuw(db, sleutels)
            zin = "1 inzending gaat" if aantal == 1 else f"{aantal} inzendingen gaan"
            return Uitkomst((f"{zin} opnieuw naar de backoffice.",))
        if await toezicht.opnieuw(db, sleutels, nummer):
            return Uitkomst((f"Inzending {nummer} gaat opnieuw naar de backoffice.",))
        return Uitkomst(fout=f"Er is geen inzending met nummer {nummer} die nog naar de backoffice moet.")
