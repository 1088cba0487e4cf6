"""When somebody last looked at a zaak, so that the page can say what came since."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pip_portal.backoffice.regels import Zaakdossier, Zaakregel
from pip_portal.db import Sessionmaker
from pip_portal.gebruiker import Gebruiker
from pip_portal.taal import _, ngettext
from pip_portal.tables import Zaakbezoek
from pip_portal.weergave import lokale_dag

ZELFDE_BEZOEK = timedelta(minutes=30)

Bezoeken = dict[tuple[str, UUID], datetime]


async def noteer_bezoek(
    db: Sessionmaker, gebruiker: Gebruiker, bron: str, uuid: UUID, moment: datetime
) -> datetime | None:
    """Remember this visit; returns the end of the one before, None at the first.

    Pages opened shortly after each other are one visit: what is new stays marked on a reload or on the way back from
    a letter.
    """
    sleutel = {"pseudoniem": gebruiker.pseudoniem, "bron": bron, "zaak_uuid": str(uuid)}
    try:
        async with db.begin() as session:
            rij = await session.get(Zaakbezoek, sleutel)
            if rij is None:
                session.add(Zaakbezoek(**sleutel, bezocht_op=moment))
                return None
            laatst, rij.bezocht_op = rij.bezocht_op, moment
            if moment - laatst > ZELFDE_BEZOEK:
                rij.vorig_bezoek_op = laatst
            return rij.vorig_bezoek_op or laatst
    except IntegrityError:  # two tabs opened the same zaak for the first time
        return None


async def laatste_bezoeken(db: Sessionmaker, gebruiker: Gebruiker, regels: Iterable[Zaakregel]) -> Bezoeken:
    """The last visit to each of these zaken that this gebruiker has looked at before."""
    uuids = [str(regel.uuid) for regel in regels]
    if not uuids:
        return {}
    async with db() as session:
        rijen = await session.scalars(
            select(Zaakbezoek).where(Zaakbezoek.pseudoniem == gebruiker.pseudoniem, Zaakbezoek.zaak_uuid.in_(uuids))
        )
        return {(rij.bron, UUID(rij.zaak_uuid)): rij.bezocht_op for rij in rijen}


def is_veranderd(regel: Zaakregel, bezoeken: Bezoeken) -> bool:
    """A new status was set since the last visit. A zaak that was never opened is not called new."""
    bezocht = bezoeken.get((regel.bron, regel.uuid))
    return bezocht is not None and regel.status is not None and regel.status.datum_status_gezet > bezocht


def nieuwe_documenten(dossier: Zaakdossier, vorig_bezoek: datetime | None) -> frozenset[UUID]:
    """Documents that were added since the last visit by somebody else than the citizen."""
    if vorig_bezoek is None:
        return frozenset()
    return frozenset(
        document.uuid
        for document in dossier.documenten
        if not document.ingestuurd
        and document.koppeling.registratiedatum is not None
        and document.koppeling.registratiedatum > vorig_bezoek
    )


def wat_is_nieuw(dossier: Zaakdossier, vorig_bezoek: datetime | None) -> tuple[str, ...]:
    """What came since the last visit, in a few words each; nothing at the first visit."""
    if vorig_bezoek is None:
        return ()
    stappen = sum(regel.status.datum_status_gezet > vorig_bezoek for regel in dossier.statussen)
    documenten = len(nieuwe_documenten(dossier, vorig_bezoek))
    dag = lokale_dag(vorig_bezoek)
    besluiten = sum((b.besluit.verzenddatum or b.besluit.datum) > dag for b in dossier.besluiten)
    delen = (
        _("een nieuwe stap") if stappen else "",
        ngettext("een document", "%(num)d documenten", documenten) % {"num": documenten} if documenten else "",
        ngettext("een besluit", "%(num)d besluiten", besluiten) % {"num": besluiten} if besluiten else "",
    )
    return tuple(deel for deel in delen if deel)
