"""The e-mail addresses and phone numbers of a person or company; one that was never proved is never used."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal import telefoon
from pip_portal.db import Sessionmaker, insert_van
from pip_portal.errors import NotFound
from pip_portal.post import onbestelbaar
from pip_portal.post.mail import plaats_mail
from pip_portal.post.opmaken import adres_van
from pip_portal.sleutels import Sleutels
from pip_portal.taal import taal
from pip_portal.tables import Contactadres
from pip_portal.tijd import now
from pip_portal.weergave import datum, tijdstip

Soort = Literal["email", "telefoonnummer"]
SOORTEN: Final[tuple[Soort, ...]] = ("email", "telefoonnummer")
MAX: Final = 80  # characters of an address: what Klantinteracties takes
HOOGSTENS: Final = 5  # of one soort
BEWAREN: Final = timedelta(days=30)  # what was typed and never proved


@dataclass(frozen=True, slots=True)
class Adres:
    """One address of an eigenaar. onbestelbaar: mail to it came back. doorgegeven: Klantinteracties has it."""

    id: str
    soort: Soort
    adres: str = field(repr=False)
    standaard: bool
    geverifieerd_op: datetime | None
    onbestelbaar: bool
    doorgegeven: bool

    @property
    def is_bevestigd(self) -> bool:
        return self.geverifieerd_op is not None

    @property
    def tekst(self) -> str:
        return telefoon.met_tekens(self.adres) if self.soort == "telefoonnummer" else self.adres


async def email_van(session: AsyncSession, sleutels: Sleutels, eigenaar: str) -> str | None:
    """The verified e-mail address that this eigenaar (keyed hash) wants to be used, if there is one."""
    return await _gekozen(session, sleutels, eigenaar, "email", Contactadres.geverifieerd_op.is_not(None))


async def telefoon_van(session: AsyncSession, sleutels: Sleutels, eigenaar: str) -> str | None:
    """The phone number (E.164) that this eigenaar wants to be called at, proved or not: only to fill in and to call."""
    return await _gekozen(session, sleutels, eigenaar, "telefoonnummer")


async def is_bevestigd(db: Sessionmaker, sleutels: Sleutels, eigenaar: str, email: str) -> bool:
    """Whether this eigenaar proved that this e-mail address is theirs."""
    async with db() as session:
        gevonden = await session.scalar(
            select(Contactadres.id).where(
                Contactadres.eigenaar == eigenaar,
                Contactadres.adres_hash == adres_hash(sleutels, "email", email),
                Contactadres.geverifieerd_op.is_not(None),
            )
        )
    return gevonden is not None


def nooit_bevestigd() -> ColumnElement[bool]:
    """Rows that are not used, and were not proved in time."""
    grens = now() - BEWAREN
    return and_(
        Contactadres.geverifieerd_op.is_(None), Contactadres.standaard.is_(False), Contactadres.aangemaakt_op < grens
    )


async def lijst(db: Sessionmaker, sleutels: Sleutels, eigenaar: str) -> tuple[Adres, ...]:
    """All addresses of this eigenaar, what is used first."""
    async with db() as session:
        rijen = await session.scalars(
            select(Contactadres)
            .where(Contactadres.eigenaar == eigenaar)
            .order_by(Contactadres.standaard.desc(), Contactadres.aangemaakt_op)
        )
        return tuple([await _adres(session, sleutels, rij) for rij in rijen])


async def lees(db: Sessionmaker, sleutels: Sleutels, eigenaar: str, id_: str) -> Adres:
    """Raises: NotFound when it does not exist, or is of another eigenaar."""
    async with db() as session:
        return await _adres(session, sleutels, await rij_van(session, eigenaar, id_))


async def rij_van(session: AsyncSession, eigenaar: str, id_: str) -> Contactadres:
    """Raises: NotFound, as `lees`."""
    rij = await session.scalar(
        select(Contactadres).where(Contactadres.id == id_, Contactadres.eigenaar == eigenaar).with_for_update()
    )
    if rij is None:
        raise NotFound("geen contactadres van deze eigenaar")
    return rij


def normaliseer(soort: Soort, getypt: str) -> str | None:
    """The address as it is stored; None when it is none, or too long."""
    if soort == "telefoonnummer":
        return telefoon.normaliseer(getypt)
    try:
        naam, _, domein = adres_van(getypt).rpartition("@")
    except ValueError:
        return None
    adres = f"{naam}@{domein.lower()}"
    return adres if len(adres) <= MAX and adres.isprintable() and " " not in adres else None


async def voeg_toe(
    session: AsyncSession, sleutels: Sleutels, eigenaar: str, soort: Soort, adres: str, *, standaard: bool = False
) -> str | None:
    """Id of this address, not yet verified; of the same when it was there. None when there are too many.

    standaard: use it at once, when no other of its soort is: only for what is not going to be verified.
    """
    hash_ = adres_hash(sleutels, soort, adres)
    mijn = list(await session.scalars(select(Contactadres).where(Contactadres.eigenaar == eigenaar)))
    if bekend := next((rij.id for rij in mijn if rij.adres_hash == hash_), None):
        return bekend
    van_soort = [rij for rij in mijn if rij.soort == soort]
    if len(van_soort) >= HOOGSTENS:
        return None
    rij = insert_van(session)(Contactadres).values(
        id=str(uuid4()),
        eigenaar=eigenaar,
        soort=soort,
        adres=sleutels.encrypt(adres.encode()),
        adres_hash=hash_,
        standaard=standaard and not any(ander.standaard for ander in van_soort),
        aangemaakt_op=now(),
    )
    await session.execute(rij.on_conflict_do_nothing(index_elements=["eigenaar", "adres_hash"]))
    return await session.scalar(
        select(Contactadres.id).where(Contactadres.eigenaar == eigenaar, Contactadres.adres_hash == hash_)
    )


async def bevestigd(session: AsyncSession, sleutels: Sleutels, rij: Contactadres, *, gebruik: bool) -> None:
    """This address is theirs: it is used when they want that, or when there is no other."""
    rij.geverifieerd_op, rij.code_hash, rij.code_tot, rij.extern = now(), None, None, None
    await session.flush()
    if rij.soort == "email":
        await onbestelbaar.vergeet(session, sleutels, sleutels.decrypt(rij.adres).decode())
        await onbestelbaar.vergeet_van(session, rij.eigenaar)
    if gebruik or await _standaard(session, rij) is None:
        await maak_standaard(session, sleutels, rij)


async def maak_standaard(session: AsyncSession, sleutels: Sleutels, rij: Contactadres) -> None:
    """From now on we use this one of its soort; whoever was reached before hears that at both addresses."""
    vorig = await _standaard(session, rij)
    if vorig is not None and vorig.id == rij.id:
        return
    email = await email_van(session, sleutels, rij.eigenaar)
    await session.execute(
        update(Contactadres)
        .where(Contactadres.eigenaar == rij.eigenaar, Contactadres.soort == rij.soort)
        .values(standaard=Contactadres.id == rij.id, extern=None)
    )
    if vorig is None:
        return
    nieuw = sleutels.decrypt(rij.adres).decode() if rij.soort == "email" else None
    await _meld_wijziging(session, sleutels, rij.eigenaar, {a for a in (email, nieuw) if a})


async def verwijder(session: AsyncSession, sleutels: Sleutels, rij: Contactadres) -> None:
    """It is gone; when it was the one we used, another verified one takes its place and its reader hears of it."""
    gebruikt = rij.standaard
    email = await email_van(session, sleutels, rij.eigenaar)
    await session.execute(delete(Contactadres).where(Contactadres.id == rij.id))
    if not gebruikt:
        return
    ander = await session.scalar(
        select(Contactadres)
        .where(
            Contactadres.eigenaar == rij.eigenaar,
            Contactadres.soort == rij.soort,
            Contactadres.geverifieerd_op.is_not(None),
        )
        .order_by(Contactadres.geverifieerd_op.desc())
        .limit(1)
    )
    aan = {email} if email else set()
    if ander is not None:
        ander.standaard, ander.extern = True, None
        aan |= {sleutels.decrypt(ander.adres).decode()} if ander.soort == "email" else set()
    await _meld_wijziging(session, sleutels, rij.eigenaar, aan)


def adres_hash(sleutels: Sleutels, soort: Soort, adres: str) -> str:
    if soort == "email":
        return onbestelbaar.adres_hash(sleutels, adres)
    return sleutels.keyed_hash("telefoonnummer", adres)


async def _standaard(session: AsyncSession, rij: Contactadres) -> Contactadres | None:
    return await session.scalar(
        select(Contactadres).where(
            Contactadres.eigenaar == rij.eigenaar, Contactadres.soort == rij.soort, Contactadres.standaard
        )
    )


async def _meld_wijziging(session: AsyncSession, sleutels: Sleutels, eigenaar: str, aan: set[str]) -> None:
    """M14 (domain §2.3): to the old and to the new address, so that nobody takes over a mailbox unseen."""
    moment, wijziging = now(), str(uuid4())
    for nummer, adres in enumerate(sorted(aan)):
        await plaats_mail(
            session,
            sleutels,
            sjabloon="M14",
            aan=adres,
            taal=taal(),
            gegevens={"datum": datum(moment), "tijd": tijdstip(moment)},
            eigenaar=eigenaar,
            sleutel=f"M14:{wijziging}:{nummer}",
        )


async def _gekozen(
    session: AsyncSession, sleutels: Sleutels, eigenaar: str, soort: Soort, *verder: ColumnElement[bool]
) -> str | None:
    adres = await session.scalar(
        select(Contactadres.adres)
        .where(Contactadres.eigenaar == eigenaar, Contactadres.soort == soort, *verder)
        .order_by(Contactadres.standaard.desc(), Contactadres.geverifieerd_op.desc())
        .limit(1)
    )
    return sleutels.decrypt(adres).decode() if adres else None


async def _adres(session: AsyncSession, sleutels: Sleutels, rij: Contactadres) -> Adres:
    soort: Soort = "email" if rij.soort == "email" else "telefoonnummer"
    adres = sleutels.decrypt(rij.adres).decode()
    return Adres(
        id=rij.id,
        soort=soort,
        adres=adres,
        standaard=rij.standaard,
        geverifieerd_op=rij.geverifieerd_op,
        onbestelbaar=soort == "email" and await onbestelbaar.is_onbestelbaar(session, sleutels, adres),
        doorgegeven=rij.extern is not None,
    )
