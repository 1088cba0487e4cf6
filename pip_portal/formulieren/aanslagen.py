"""The tax assessments of who is logged in, to choose from: `belasting.*`."""

from typing import Any

from pip_portal.backoffice.openstaand import Openstaand, Post
from pip_portal.formulieren.omgeving import Bronoptie
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.getallen import euro
from pip_portal.gebruiker import Gebruiker
from pip_portal.sleutels import Sleutels


async def belasting(gebruiker: Gebruiker, openstaand: Openstaand, sleutels: Sleutels) -> dict[str, Any]:
    """belasting.aanslagen: what is open; belasting.kwijtscheldbaar: of those, what remission can be asked for.

    Without a register there is nothing to choose, and belasting.beschikbaar says so.
    Raises: BackofficeUnavailable; BackofficeDefect.
    """
    if not openstaand.is_ingesteld:
        return {"belasting.beschikbaar": False, "belasting.aanslagen": (), "belasting.kwijtscheldbaar": ()}
    posten = [p for p in await openstaand.list(gebruiker) if p.soort == "aanslag" and p.is_open]
    return {
        "belasting.beschikbaar": True,
        "belasting.aanslagen": tuple(_optie(p, sleutels) for p in posten),
        "belasting.kwijtscheldbaar": tuple(_optie(p, sleutels) for p in posten if p.kwijtschelding_mogelijk),
    }


def _optie(post: Post, sleutels: Sleutels) -> Bronoptie:
    bedrag = euro(int(post.bedrag * 100))
    tekst = Tekst(
        nl=f"{post.omschrijving}, {bedrag.nl} (aanslagnummer {post.nummer})",
        en=f"{post.omschrijving}, {bedrag.en} (assessment number {post.nummer})",
    )
    kenmerken = {"nummer": post.nummer, "vervaldatum": post.vervaldatum}
    return Bronoptie(sleutels.keyed_hash("bronoptie", f"aanslag/{post.nummer}")[:16], tekst, kenmerken)
