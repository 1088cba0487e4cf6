"""Addresses that take no mail: known by a keyed hash, until somebody proves that the address works."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Db, insert_van
from pip_portal.eigenaar import EigenaarDep
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Mail, Onbestelbaar
from pip_portal.tijd import now


def adres_hash(sleutels: Sleutels, adres: str) -> str:
    """The only form in which an address to which we mailed is kept."""
    return sleutels.keyed_hash("email", adres.strip().lower())


async def is_onbestelbaar(session: AsyncSession, sleutels: Sleutels, adres: str) -> bool:
    """Whether mail to this address came back for good, of whomever it was."""
    hash_ = adres_hash(sleutels, adres)
    return await session.scalar(select(Onbestelbaar.sinds).where(Onbestelbaar.adres_hash == hash_).limit(1)) is not None


async def heeft_onbestelbaar(session: AsyncSession, eigenaar: str) -> bool:
    """Whether mail to this eigenaar (hash) came back for good."""
    return (
        await session.scalar(select(Onbestelbaar.sinds).where(Onbestelbaar.eigenaar == eigenaar).limit(1)) is not None
    )


def ligt_aan_adres(code: str) -> bool:
    """Whether the address itself takes no mail. code: as 5.1.1, or 550.

    Source: RFC 3463. 4.x.x is a server that gave up for now; 5.7.x a policy against the sender: one blocking of the
    whole municipality must not mark thousands of addresses.
    """
    return not code.startswith(("4", "5.7."))


async def markeer(session: AsyncSession, mail: Mail, code: str) -> None:
    """The address of this mail takes none, when the code says so."""
    if not ligt_aan_adres(code):
        return
    rij = insert_van(session)(Onbestelbaar).values(
        adres_hash=mail.adres_hash, eigenaar=mail.eigenaar, code=code, sinds=now()
    )
    await session.execute(rij.on_conflict_do_nothing(index_elements=["adres_hash", "eigenaar"]))


async def vergeet(session: AsyncSession, sleutels: Sleutels, adres: str) -> None:
    """This address works: somebody gave the code that was mailed to it."""
    await session.execute(delete(Onbestelbaar).where(Onbestelbaar.adres_hash == adres_hash(sleutels, adres)))


async def vergeet_van(session: AsyncSession, eigenaar: str) -> None:
    """This eigenaar has another address now, so there is nothing to tell them any more."""
    await session.execute(delete(Onbestelbaar).where(Onbestelbaar.eigenaar == eigenaar))


async def get_onbestelbaar(eigenaar: EigenaarDep, db: Db) -> bool:
    async with db() as session:
        return await heeft_onbestelbaar(session, eigenaar.hash)


OnbestelbaarDep = Annotated[bool, Depends(get_onbestelbaar)]
