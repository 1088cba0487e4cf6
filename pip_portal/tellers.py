"""How often somebody may do something: per person, or per network address for who did not log in.

Keys are keyed hashes, so that the table tells nothing about who did what.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from fastapi import Request
from sqlalchemy import case
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.eigenaar import Eigenaar
from pip_portal.errors import TeVaak
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Teller
from pip_portal.tijd import now

Handeling = Literal["starten", "bewaren", "uploaden", "indienen", "opzoeken", "ondertekencode", "balie", "vragen"]


@dataclass(frozen=True, slots=True)
class Grens:
    """So many times in so long a window."""

    aantal: int
    venster: timedelta

    @property
    def anoniem(self) -> "Grens":
        return Grens(self.aantal * SAMEN, self.venster)


SAMEN: Final = 3  # people who share an address: a family, a library, a phone network

# Source: forms §3.8, row Rates.
GRENZEN: Final[Mapping[Handeling, Grens]] = {
    "starten": Grens(10, timedelta(hours=1)),
    "bewaren": Grens(60, timedelta(minutes=1)),
    "uploaden": Grens(30, timedelta(minutes=10)),
    "indienen": Grens(5, timedelta(minutes=1)),
    "opzoeken": Grens(20, timedelta(minutes=1)),
    "ondertekencode": Grens(5, timedelta(minutes=15)),
    "vragen": Grens(5, timedelta(minutes=10)),
    "balie": Grens(20, timedelta(minutes=15)),  # a person that an employee looks for: no more than one can help
}


async def tel(request: Request, eigenaar: Eigenaar | None, handeling: Handeling) -> None:
    """Count this act of this owner; without a login of this network address, which may stand for several people.

    Raises: TeVaak when it is too often.
    """
    grens = GRENZEN[handeling]
    if eigenaar is not None and not eigenaar.is_anoniem:
        wie = eigenaar.hash
    else:
        wie, grens = f"adres:{netwerk(request)}", grens.anoniem
    await tel_wie(request.app.state.db, request.app.state.sleutels, handeling, wie, grens)


async def tel_wie(db: Sessionmaker, sleutels: Sleutels, handeling: str, wie: str, grens: Grens) -> None:
    """Count one act of `wie`, in one statement, so that no two at once are counted as one. Its own transaction.

    Raises: TeVaak when this is more than the limit in the current window.
    """
    async with db.begin() as session:
        aantal, tot_op = await tel_in(session, sleutels, handeling, wie, grens.venster)
    if aantal > grens.aantal:
        raise TeVaak(tot_op)


async def tel_in(
    session: AsyncSession, sleutels: Sleutels, handeling: str, wie: str, venster: timedelta
) -> tuple[int, datetime]:
    """Count one act of `wie` in the transaction of the caller: which number it is in this window, and when it ends.

    Until that transaction ends, another one that counts the same waits.
    """
    moment = now()
    verlopen = Teller.tot_op <= moment
    eerste = insert_van(session)(Teller).values(
        sleutel=sleutels.keyed_hash("teller", f"{handeling}:{wie}"), aantal=1, tot_op=moment + venster
    )
    geteld = eerste.on_conflict_do_update(
        index_elements=["sleutel"],
        set_={
            "aantal": case((verlopen, 1), else_=Teller.aantal + 1),
            "tot_op": case((verlopen, eerste.excluded.tot_op), else_=Teller.tot_op),
        },
    ).returning(Teller.aantal, Teller.tot_op)
    aantal, tot_op = (await session.execute(geteld)).one()
    return aantal, tot_op


def netwerk(request: Request) -> str:
    """The network that the request came from: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    host = request.client.host if request.client else ""
    try:
        adres = ipaddress.ip_address(host)
    except ValueError:
        return host
    if adres.version == 6:
        return str(ipaddress.ip_network(f"{adres}/64", strict=False))
    return str(adres)
