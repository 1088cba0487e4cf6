"""The e-mail addresses and phone numbers of a person or company; one that was never proved is never used."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.sleutels import Sleutels
from pip_portal.tables import Contactadres


async def email_van(session: AsyncSession, sleutels: Sleutels, eigenaar: str) -> str | None:
    """The verified e-mail address that this eigenaar (keyed hash) wants to be used, if there is one."""
    adres = await session.scalar(
        select(Contactadres.adres)
        .where(
            Contactadres.eigenaar == eigenaar,
            Contactadres.soort == "email",
            Contactadres.geverifieerd_op.is_not(None),
        )
        .order_by(Contactadres.standaard.desc(), Contactadres.geverifieerd_op.desc())
        .limit(1)
    )
    return sleutels.decrypt(adres).decode() if adres else None
