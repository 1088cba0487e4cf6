"""Mail: put in the outbox in the transaction that it is about, sent by a worker.

Sending twice: what was accepted by the mail server is written down at once (bewijzen), and what is written down is not
sent again. Only a crash between those two moments, a few milliseconds apart, sends a mail once more; it then carries
the same Message-ID, so that mail programs can see that it is the same.
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
) -> None:
    """Send this mail after the transaction of the caller; the same sleutel is one mail.

    gegevens: no personal data; without `product` when that reveals health, income or family. Which ones: sjablonen.py.
    Raises: ValueError when the template does not exist or does not know these gegevens.
    """
    sjabloon_van(sjabloon, gegevens)
    inhoud = {
        "sjabloon": sjabloon,
        "aan": aan,
        "taal": taal,
        "gegevens": {naam: waarde for naam, waarde in gegevens.items() if waarde},
        "nummer": mailnummer(sleutels, sleutel),
    }
    await opdrachten.plaats(session, sleutels, SOORT, f"{SOORT}:{sleutel}", inhoud)


def mailnummer(sleutels: Sleutels, sleutel: str) -> str:
    """The number of a mail in the bewijzen and in its Message-ID; from the sleutel, so a repeat has the same."""
    return sleutels.keyed_hash("mail", sleutel)[:32]
