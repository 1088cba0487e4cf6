"""A question as it was asked: stored first, encrypted, and from then on it counts as received.

Its number is ours, so that it exists before Klantinteracties answers and is found back there. What was asked is
forgotten here as soon as it lies there.
"""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.opdrachten import plaats
from pip_portal.post.mail import plaats_mail
from pip_portal.sleutels import Sleutels
from pip_portal.taal import Taal, schrijf_in
from pip_portal.tables import Vraag
from pip_portal.tijd import now
from pip_portal.weergave import datum, tijdstip

SOORT: Final = "vraag"
VANGNET: Final = "vraag_kcc"
MAX_TEKST: Final = 1000  # characters; what Klantinteracties takes
MAX_TITEL: Final = 150
MAX_ONDERWERP: Final = 200
BEWAREN: Final = timedelta(days=90)  # after it was handed over: its number, and when we promised an answer
BEWAREN_KCC: Final = timedelta(days=365)  # what only the KCC was told of

Dagdeel = Literal["", "ochtend", "middag", "altijd"]


class Inhoud(BaseModel):
    """What was asked, by whom. bsn or kvk_nummer: who logged in; neither: somebody who gave only a name and address.

    dagdeel: of a request to be called. vervolg_op: klantcontact that it follows.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    bsn: str = ""
    kvk_nummer: str = ""
    vestiging: str = ""
    naam: str = ""
    email: str = ""
    telefoon: str = ""
    onderwerp: str
    tekst: str
    taal: Taal
    dagdeel: Dagdeel = ""
    zaak_uuid: str = ""
    zaaknummer: str = ""
    vervolg_op: str = ""

    def gebruiker(self, sleutels: Sleutels) -> Gebruiker | None:
        if self.bsn:
            return Burger(bsn=self.bsn, pseudoniem=sleutels.keyed_hash("bsn", self.bsn), niveau=0)
        if self.kvk_nummer:
            return Bedrijf(self.kvk_nummer, pseudoniem="", niveau=0, vestiging=self.vestiging or None)
        return None


def van_wie(gebruiker: Gebruiker) -> dict[str, str]:
    """The fields of an Inhoud that say who asks."""
    if isinstance(gebruiker, Burger):
        return {"bsn": gebruiker.bsn}
    return {"kvk_nummer": gebruiker.kvk_nummer, "vestiging": gebruiker.vestiging or ""}


@dataclass(frozen=True, slots=True)
class Gesteld:
    """A question that the portal knows of. inhoud: None once Klantinteracties has it, or when no key opens it."""

    id: str
    nummer: str
    ontvangen_op: datetime
    antwoord_voor: date
    klantcontact: str
    overgedragen: bool
    inhoud: Inhoud | None = field(repr=False)

    @property
    def opdracht(self) -> str:
        return f"{SOORT}:{self.id}"


async def bewaar(
    db: Sessionmaker,
    sleutels: Sleutels,
    *,
    id: UUID,
    eigenaar: str,
    inhoud: Inhoud,
    antwoord_voor: date,
    mail_aan: str | None,
    kcc_na: timedelta | None,
    draagt_over: bool,
) -> Gesteld:
    """Store it with all that must follow, in one transaction. The same id is the same question, once.

    eigenaar: keyed hash. mail_aan: who gets a confirmation, without anything of the question in it. kcc_na: the KCC is
    told when it is not handed over by then; None: nobody is. draagt_over: there is a Klantinteracties that takes it.
    Raises: NotFound when the id is a question of another eigenaar.
    """
    gesteld = None
    while gesteld is None:  # again only when the number happens to be taken
        async with db.begin() as session:
            rij = insert_van(session)(Vraag).values(
                id=str(id),
                eigenaar=eigenaar,
                nummer=_nummer(),
                inhoud=sleutels.encrypt(inhoud.model_dump_json().encode()),
                antwoord_voor=antwoord_voor,
                ontvangen_op=now(),
            )
            nieuw = await session.scalar(rij.on_conflict_do_nothing().returning(Vraag))
            if nieuw is not None:
                gesteld = _gesteld(nieuw, sleutels)
                await _zet_in_gang(session, sleutels, gesteld, eigenaar, inhoud, mail_aan, kcc_na, draagt_over)
            elif await session.get(Vraag, str(id)) is not None:
                gesteld = _gesteld(await _rij(session, eigenaar, Vraag.id == str(id)), sleutels)
    return gesteld


async def _zet_in_gang(
    session: AsyncSession,
    sleutels: Sleutels,
    gesteld: Gesteld,
    eigenaar: str,
    inhoud: Inhoud,
    mail_aan: str | None,
    kcc_na: timedelta | None,
    draagt_over: bool,
) -> None:
    if draagt_over:
        await plaats(session, sleutels, SOORT, gesteld.opdracht, {"vraag": gesteld.id})
    if kcc_na is not None:
        na = gesteld.ontvangen_op + kcc_na
        await plaats(session, sleutels, VANGNET, f"{VANGNET}:{gesteld.id}", {"vraag": gesteld.id}, beurt_op=na)
    if mail_aan:
        with schrijf_in(inhoud.taal):
            gegevens = {
                "nummer": gesteld.nummer,
                "datum": datum(gesteld.ontvangen_op),
                "tijd": tijdstip(gesteld.ontvangen_op),
                "voor": datum(gesteld.antwoord_voor + timedelta(days=1)),
            }
        await plaats_mail(
            session,
            sleutels,
            sjabloon="VRAAG" if inhoud.bsn or inhoud.kvk_nummer else "VRAAG_ZONDER_LOGIN",
            aan=mail_aan,
            taal=inhoud.taal,
            gegevens=gegevens,
            sleutel=f"VRAAG:{gesteld.id}",
            eigenaar=eigenaar if inhoud.bsn or inhoud.kvk_nummer else "",
        )


async def lees(db: Sessionmaker, sleutels: Sleutels, eigenaar: str, id: UUID) -> Gesteld:
    """By its own id, or that of its klantcontact. Raises: NotFound when it is not of this eigenaar."""
    async with db() as session:
        welke = or_(Vraag.id == str(id), Vraag.klantcontact == str(id))
        return _gesteld(await _rij(session, eigenaar, welke), sleutels)


async def lijst(db: Sessionmaker, sleutels: Sleutels, eigenaar: str) -> list[Gesteld]:
    """Of this eigenaar, newest first, also what was handed over already."""
    vraag = select(Vraag).where(Vraag.eigenaar == eigenaar).order_by(Vraag.ontvangen_op.desc(), Vraag.id)
    async with db() as session:
        return [_gesteld(rij, sleutels) for rij in await session.scalars(vraag)]


async def overgedragen(db: Sessionmaker, id: str, klantcontact: str) -> None:
    """Klantinteracties has it: what was asked is not kept here any more."""
    async with db.begin() as session:
        await session.execute(
            update(Vraag)
            .where(Vraag.id == id)
            .values(klantcontact=klantcontact, overgedragen_op=now(), inhoud=b"")
            .execution_options(synchronize_session=False)
        )


def verlopen() -> ColumnElement[bool]:
    """Rows that nobody needs any more; never what was neither handed over nor told to the KCC."""
    moment = now()
    return or_(Vraag.overgedragen_op < moment - BEWAREN, Vraag.kcc_op < moment - BEWAREN_KCC)


def open_inhoud(rij: Vraag, sleutels: Sleutels) -> Inhoud | None:
    try:
        return Inhoud.model_validate_json(sleutels.decrypt(rij.inhoud)) if rij.inhoud else None
    except (ValueError, ValidationError):
        return None


async def _rij(session: AsyncSession, eigenaar: str, welke: ColumnElement[bool]) -> Vraag:
    rij = await session.scalar(select(Vraag).where(welke, Vraag.eigenaar == eigenaar))
    if rij is None:
        raise NotFound("geen vraag van deze eigenaar")
    return rij


def _gesteld(rij: Vraag, sleutels: Sleutels) -> Gesteld:
    return Gesteld(
        rij.id,
        rij.nummer,
        rij.ontvangen_op,
        rij.antwoord_voor,
        rij.klantcontact or "",
        rij.overgedragen_op is not None,
        open_inhoud(rij, sleutels),
    )


def _nummer() -> str:
    """Ten digits that tell nothing; servers number their own contacts from low to high, so ours begin with a nine."""
    return str(9 * 10**9 + secrets.randbelow(10**9))
