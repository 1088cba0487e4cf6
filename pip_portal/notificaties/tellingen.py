"""How notifications ended, counted in the database: the worker that decides has no metrics address of its own."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import insert_van
from pip_portal.tables import Notificatietelling
from pip_portal.tijd import now

ONTVANGEN = "ontvangen"


async def tel(session: AsyncSession, aantallen: Mapping[str, int]) -> None:
    """Add to each of these counts, in the transaction of the caller and as its last step: the rows are shared."""
    for uitkomst, aantal in sorted(aantallen.items()):
        rij = insert_van(session)(Notificatietelling).values(uitkomst=uitkomst, aantal=aantal, laatst_op=now())
        meer = {"aantal": Notificatietelling.aantal + aantal, "laatst_op": rij.excluded.laatst_op}
        await session.execute(rij.on_conflict_do_update(index_elements=["uitkomst"], set_=meer))
