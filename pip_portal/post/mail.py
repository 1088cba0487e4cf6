"""Mail: put in the outbox in the transaction that it is about, sent by a worker.

Sending twice, and not at all: see versturen.py. Coming back: see bounces.py.
"""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal import opdrachten
from pip_portal.post.sjablonen import sjabloon_van
from pip_portal.sleutels import Sleutels

SOORT = "mail"


async def plaats_mail(
    session: AsyncSession,
    sleutels: Sleutels,
    *,
    sjabloon: str,
    aan: str,
    taal: str,
    gegevens: Mapping[str, str],
    sleutel: str,
    eigenaar: str = "",
    kenmerk: str = "",
) -> None:
    """Send this mail after the transaction of the caller; the same sleutel is one mail.

    gegevens: no personal data; without `product` when that reveals health, income or family. Which ones: teksten/.
    eigenaar: hash of who owns the address, to tell them at the next login that it takes no mail; empty when somebody
    else reads it. kenmerk: number of the zaak or inzending, for the letter when it does not arrive; else the `nummer`
    among the gegevens.
    Raises: ValueError when the template does not exist or does not know these gegevens, or is formal and nobody could
    find out whom to write.
    """
    kenmerk = kenmerk or gegevens.get("nummer", "")
    if sjabloon_van(sjabloon, gegevens).formeel and not kenmerk:
        raise ValueError(f"sjabloon {sjabloon} mist een kenmerk")
    inhoud = {
        "sjabloon": sjabloon,
        "aan": aan,
        "taal": taal,
        "gegevens": {naam: waarde for naam, waarde in gegevens.items() if waarde},
        "nummer": mailnummer(sleutels, sleutel),
        "eigenaar": eigenaar,
        "kenmerk": kenmerk,
    }
    await opdrachten.plaats(session, sleutels, SOORT, f"{SOORT}:{sleutel}", inhoud)


def mailnummer(sleutels: Sleutels, sleutel: str) -> str:
    """The number of a mail in the bewijzen and in its Message-ID; from the sleutel, so a repeat has the same."""
    return sleutels.keyed_hash("mail", sleutel)[:32]
