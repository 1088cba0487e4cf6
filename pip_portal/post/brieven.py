"""Letters: what was mailed and did not arrive, and must reach somebody in another way. A person writes and sends them.

Source: domain §4.1 (not delivered for good: reach the person otherwise; a letter within two working days), M15.
"""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Final

from prometheus_client import Gauge
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.post.sjablonen import SJABLONEN
from pip_portal.post.teksten.zinnen import AANHEF, AFZENDER, GROET
from pip_portal.tables import Brief, Mail
from pip_portal.termijnen import DAG, is_gewone_dag
from pip_portal.tijd import now, vandaag

log = logging.getLogger(__name__)

WERKDAGEN: Final = 2
POST: Final = "POST-"  # before the versie of a letter to who chose post
AANTAL = Gauge("pip_brieven", "Letters to write because a mail did not arrive", ["toestand"])


def uiterlijk_op(dag: date) -> date:
    """The second working day after this day."""
    for _ in range(WERKDAGEN):
        dag += DAG
        while not is_gewone_dag(dag):
            dag += DAG
    return dag


async def plan(session: AsyncSession, mail: Mail) -> None:
    """A letter instead of this mail, once, when it was a formal one."""
    sjabloon = SJABLONEN.get(mail.versie.partition("/")[0])
    if sjabloon is None or not sjabloon.formeel:
        return
    await plan_zonder_mail(session, mail.nummer, mail.versie, mail.kenmerk)
    log.error("mail niet bezorgd: er moet een brief uit", extra={"mail": mail.nummer, "sjabloon": mail.versie})


async def plan_zonder_mail(session: AsyncSession, nummer: str, versie: str, kenmerk: str) -> None:
    """A letter in the place of the mail with this number, once; also for who chose post, to whom no mail went."""
    rij = insert_van(session)(Brief).values(
        mail=nummer,
        kenmerk=kenmerk,
        versie=versie,
        uiterlijk=uiterlijk_op(vandaag()),
        aangemaakt_op=now(),
    )
    await session.execute(rij.on_conflict_do_nothing(index_elements=["mail"]))


async def brieven(db: Sessionmaker, *, alle: bool = False) -> Sequence[Brief]:
    """The letters that are still to be written, the most urgent first; with `alle` also what is done."""
    vraag = select(Brief).order_by(Brief.uiterlijk, Brief.id)
    async with db() as session:
        return (await session.scalars(vraag if alle else vraag.where(Brief.gedaan_op.is_(None)))).all()


async def klaar(db: Sessionmaker, id_: int) -> bool:
    """This letter was sent. False when there is none that is still to be written."""
    async with db.begin() as session:
        gezet = await session.scalar(
            update(Brief).where(Brief.id == id_, Brief.gedaan_op.is_(None)).values(gedaan_op=now()).returning(Brief.id)
        )
    return gezet is not None


def tekst(brief: Brief, portaal: str) -> str:
    """What the letter may say, in the language of the mail that did not go or arrive. portaal: URL of the portal."""
    taal, m15 = brief.versie.rpartition("/")[2], SJABLONEN["M15P" if brief.versie.startswith(POST) else "M15"]
    waarden = {"portaal": portaal, "nummer": brief.kenmerk}
    zinnen = [zin.in_taal(taal).format(**waarden) for zin in (AANHEF, *m15.zinnen, GROET, AFZENDER)]
    return "\n\n".join([m15.onderwerp.in_taal(taal), *zinnen])


async def toezicht(db: Sessionmaker) -> None:
    """Count the letters for the monitor, and raise the alarm when one should have been sent."""
    grens = vandaag()
    open_ = select(func.count()).where(Brief.gedaan_op.is_(None))
    async with db() as session:
        aantal = await session.scalar(open_) or 0
        te_laat = await session.scalar(open_.where(Brief.uiterlijk < grens)) or 0
    AANTAL.labels("open").set(aantal)
    AANTAL.labels("te_laat").set(te_laat)
    if te_laat:
        log.error("brieven te laat", extra={"aantal": te_laat})
