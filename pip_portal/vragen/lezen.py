"""What somebody sees of their questions: what waits here and what Klantinteracties has, and which answers are new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select

from pip_portal.backoffice.klantcontact import Draad
from pip_portal.db import Sessionmaker, insert_van
from pip_portal.eigenaar import Eigenaar
from pip_portal.tables import Vraaglezing
from pip_portal.tijd import now
from pip_portal.vragen.vraag import Gesteld

NIEUW: Final = timedelta(days=7)  # so long an answer is new, unless it is opened before
NIEUW_ZONDER_DATUM: Final = timedelta(days=60)  # since the question, when nobody noted when it was answered
BEWAREN: Final = timedelta(days=90)

Stand = Literal["ontvangen", "open", "beantwoord", "afgerond"]


@dataclass(frozen=True, slots=True)
class Vraagregel:
    """A question in a list. id: in the URL of its page. antwoord_voor: what we promised, when we still know."""

    id: str
    onderwerp: str = field(repr=False)
    op: datetime
    stand: Stand
    kanaal: str = ""
    antwoord_voor: date | None = None
    nummer: str = ""
    is_nieuw: bool = False


async def gelezen(db: Sessionmaker, eigenaar: Eigenaar) -> Mapping[str, datetime]:
    """When each thread was opened last."""
    vraag = select(Vraaglezing).where(Vraaglezing.eigenaar == eigenaar.hash)
    async with db() as session:
        return {rij.klantcontact: rij.gelezen_op for rij in await session.scalars(vraag)}


async def lees(db: Sessionmaker, eigenaar: Eigenaar, draad: Draad) -> None:
    """This thread is on the screen; written only when there is an answer to be read."""
    if not is_nieuw(draad, await gelezen(db, eigenaar)):
        return
    async with db.begin() as session:
        rij = insert_van(session)(Vraaglezing).values(eigenaar=eigenaar.hash, klantcontact=draad.uuid, gelezen_op=now())
        await session.execute(
            rij.on_conflict_do_update(index_elements=["eigenaar", "klantcontact"], set_={"gelezen_op": now()})
        )


def is_nieuw(draad: Draad, gelezen: Mapping[str, datetime]) -> bool:
    """An answer of the last week that was not opened since it came."""
    antwoord = draad.antwoord
    if antwoord is None:
        return False
    geopend = gelezen.get(draad.uuid)
    if antwoord.op is None:
        return geopend is None and draad.op > now() - NIEUW_ZONDER_DATUM
    return antwoord.op > now() - NIEUW and (geopend is None or geopend < antwoord.op)


def regels(
    draden: Sequence[Draad], gesteld: Sequence[Gesteld], gelezen: Mapping[str, datetime], *, zaak_uuid: str = ""
) -> list[Vraagregel]:
    """What waits here first, then what Klantinteracties has; each question once. zaak_uuid: only about this zaak."""
    bekend = {contact.uuid for draad in draden for contact in draad.contacten}
    wacht = [v for v in gesteld if not v.overgedragen and v.inhoud is not None and v.klantcontact not in bekend]
    beloofd = {vraag.klantcontact: vraag for vraag in gesteld if vraag.klantcontact}
    eigen = [
        Vraagregel(v.id, v.inhoud.onderwerp, v.ontvangen_op, "ontvangen", "", v.antwoord_voor, v.nummer)
        for v in wacht
        if v.inhoud is not None and zaak_uuid in ("", v.inhoud.zaak_uuid)
    ]
    return eigen + [_regel(draad, beloofd, gelezen) for draad in draden]


def _regel(draad: Draad, beloofd: Mapping[str, Gesteld], gelezen: Mapping[str, datetime]) -> Vraagregel:
    laatst = next((beloofd[c.uuid] for c in reversed(draad.contacten) if c.uuid in beloofd), None)
    return Vraagregel(
        draad.uuid,
        draad.onderwerp,
        draad.op,
        draad.stand,
        draad.kanaal,
        laatst.antwoord_voor if laatst and draad.stand == "open" else None,
        laatst.nummer if laatst else "",
        is_nieuw(draad, gelezen),
    )
