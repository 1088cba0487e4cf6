"""What happens by itself while the portal runs: throwing away what has ended, and re-reading IdP metadata."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from pip_portal import tables
from pip_portal.backoffice.zaaksysteem import Zaaksysteem
from pip_portal.bewaren import Bewaren
from pip_portal.db import Sessionmaker
from pip_portal.errors import PortalError
from pip_portal.inloggen.saml.provider import Dienstverlener
from pip_portal.inzendingen.toezicht import toezicht
from pip_portal.post import brieven
from pip_portal.tijd import now

log = logging.getLogger("pip_portal")

ELKE = 300.0  # seconds between two rounds
METADATA_ELKE = UUR = 12  # rounds: every hour
MAX_POGINGEN = 50_000  # logins under way; far above an honest quarter of an hour, so that a flood cannot fill the disk
BEZOEKEN_BEWAREN = timedelta(days=365)


async def onderhoud(db: Sessionmaker, dienstverleners: Mapping[str, Dienstverlener], bewaren: Bewaren) -> None:
    """Runs until it is cancelled; a round that fails is logged and tried again."""
    ronde = 0
    while True:
        await asyncio.sleep(ELKE)
        ronde += 1
        try:
            await remove_expired(db)
            await toezicht(db)
            await brieven.toezicht(db)
        except SQLAlchemyError as exc:
            log.error("opruimen mislukt", exc_info=exc)
        await bewaren.ronde(alles=ronde % UUR == 0)
        if ronde % METADATA_ELKE == 0:
            for dienstverlener in dienstverleners.values():
                await dienstverlener.refresh_metadata()


async def warm_catalogus(zaaksysteem: Zaaksysteem) -> None:
    """Read the catalogus once at start, so that no citizen waits for it; a source that fails is left for later."""
    for bron in zaaksysteem.bronnen:
        try:
            await bron.catalogus.warm()
        except PortalError as exc:
            log.warning("catalogus niet gelezen bij de start", extra={"backoffice": bron.naam}, exc_info=exc)


async def remove_expired(db: Sessionmaker) -> None:
    """Delete sessions, pending logins and message ids that ended, and visits of more than a year ago.

    Of the logins under way only the newest MAX_POGINGEN stay.
    """
    moment = now()
    poging = tables.Inlogpoging
    te_veel = select(poging.id_hash).order_by(poging.verloopt_op.desc()).offset(MAX_POGINGEN)
    async with db.begin() as session:
        for oud in (
            tables.Sessie.eindigt_op < moment,
            tables.Baliesessie.eindigt_op < moment,
            tables.Inlogpoging.verloopt_op < moment,
            tables.GezienBericht.verloopt_op < moment,
            tables.Zaakbezoek.bezocht_op < moment - BEZOEKEN_BEWAREN,
        ):
            await session.execute(delete(oud.left.table).where(oud))
        await session.execute(delete(poging).where(poging.id_hash.in_(te_veel)))
