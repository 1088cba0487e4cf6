"""Where somebody wants mail about one zaak: at the address they gave for it, when they proved that it is theirs."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.contact.adressen import adres_hash, email_van
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Contactadres, Inzending


async def email_over(session: AsyncSession, sleutels: Sleutels, eigenaar: str, bron: str, zaak_uuid: str) -> str | None:
    """The verified address for mail about this zaak; what they use for everything when none was given for it.

    eigenaar: keyed hash. zaak_uuid: "" when it is about no zaak.
    """
    if zaak_uuid and (gegeven := await _bij_aanvraag(session, sleutels, eigenaar, bron, zaak_uuid)):
        bevestigd = await session.scalar(
            select(Contactadres.id).where(
                Contactadres.eigenaar == eigenaar,
                Contactadres.adres_hash == adres_hash(sleutels, "email", gegeven),
                Contactadres.geverifieerd_op.is_not(None),
            )
        )
        if bevestigd is not None:
            return gegeven
    return await email_van(session, sleutels, eigenaar)


async def _bij_aanvraag(session: AsyncSession, sleutels: Sleutels, eigenaar: str, bron: str, zaak_uuid: str) -> str:
    """The address in what this eigenaar sent in; "" when there was none, or it was emptied."""
    inhoud = await session.scalar(
        select(Inzending.inhoud).where(
            Inzending.eigenaar == eigenaar,
            Inzending.bron == bron,
            Inzending.zaak_uuid == zaak_uuid,
            Inzending.soort == "aanvraag",
        )
    )
    try:
        return Inhoud.model_validate_json(sleutels.decrypt(inhoud)).email if inhoud else ""
    except ValueError:  # its key is gone
        return ""
