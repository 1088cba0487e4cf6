"""How long the portal keeps what belongs to newsletters. Source: domain §4.4."""

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, delete, exists

from pip_portal.db import Sessionmaker
from pip_portal.tables import (
    Abonnee,
    Inschrijving,
    Mailblokkade,
    Nieuwsbriefverzoek,
    Toestemming,
    Uitgave,
    Zending,
)
from pip_portal.tijd import now

ONTVANGERS: Final = timedelta(days=90)  # who got which mail
VOORBEELDEN: Final = timedelta(days=90)  # looked at, and never sent
BEWIJS: Final = timedelta(days=5 * 365 + 2)  # after consent was withdrawn: as long as somebody may ask for the proof


async def ruim_op(db: Sessionmaker) -> None:
    """Throw away what has ended: first of all the addresses that nobody confirmed."""
    moment = now()
    loopt_nog = exists().where(
        Abonnee.adres_hash == Toestemming.adres_hash,
        Inschrijving.abonnee_id == Abonnee.id,
        Inschrijving.onderwerp == Toestemming.onderwerp,
    )
    for weg in (
        delete(Nieuwsbriefverzoek).where(Nieuwsbriefverzoek.verloopt_op <= moment),
        delete(Zending).where(Zending.klaar_op <= moment - ONTVANGERS),
        delete(Uitgave).where(Uitgave.vrijgegeven_op.is_(None), Uitgave.voorbeeld_op <= moment - VOORBEELDEN),
        delete(Toestemming).where(and_(Toestemming.op <= moment - BEWIJS, ~loopt_nog)),
        delete(Mailblokkade).where(Mailblokkade.op <= moment - BEWIJS),
    ):
        async with db.begin() as session:
            await session.execute(weg.execution_options(synchronize_session=False))
