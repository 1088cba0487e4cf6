"""What somebody gets, how often and how; changing it, and stopping. Stopping asks no login and leaves no address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.contact.adressen import email_van
from pip_portal.db import Sessionmaker, insert_van
from pip_portal.nieuwsbrief import toestemming
from pip_portal.nieuwsbrief.doorgeven import geef_door
from pip_portal.nieuwsbrief.links import Links
from pip_portal.nieuwsbrief.onderwerpen import Frequentie, naam_van, onderwerpen
from pip_portal.nieuwsbrief.toestemming import Bron
from pip_portal.post.onbestelbaar import adres_hash
from pip_portal.sleutels import Sleutels
from pip_portal.taal import Taal
from pip_portal.tables import Abonnee, Inschrijving, Mailblokkade
from pip_portal.tijd import now


@dataclass(frozen=True, slots=True)
class Inschrijvingsregel:
    """One newsletter that somebody gets. abonnee: id of the address that it goes to."""

    abonnee: str
    onderwerp: str
    frequentie: Frequentie
    bevestigd_op: datetime
    adres: str  # masked

    @property
    def naam(self) -> str:
        """In the language of the page."""
        return naam_van(self.onderwerp)


@dataclass(frozen=True, slots=True)
class Voorkeuren:
    """All that one address gets. adres: masked, as the link may be forwarded."""

    abonnee: str
    adres: str
    taal: Taal
    html: bool
    regels: tuple[Inschrijvingsregel, ...]


def gemaskeerd(adres: str) -> str:
    """a•••@voorbeeld.nl: enough to recognise, not enough to write to."""
    naam, _, domein = adres.rpartition("@")
    return f"{naam[:1]}•••@{domein}"


# ---- with the link from a mail -----------------------------------------------------------------------------


async def abonnee_van(
    db: Sessionmaker, sleutels: Sleutels, token: str, doel: Literal["voorkeuren", "afmelden"]
) -> str | None:
    """Id of the subscriber that this link is of; None when it is not ours, was revoked, or nobody is left."""
    links = Links(sleutels)
    gelezen = (links.voorkeuren if doel == "voorkeuren" else links.afmelden).lees(token)
    if gelezen is None:
        return None
    async with db() as session:
        id_: str | None = await session.scalar(
            select(Abonnee.id).where(Abonnee.id == gelezen[0], Abonnee.link_versie == gelezen[1])
        )
    return id_


async def is_afmeldlink(db: Sessionmaker, sleutels: Sleutels, token: str) -> bool:
    """Whether we made this link, also when nobody is left who can use it; not when its subscriber revoked it."""
    gelezen = Links(sleutels).afmelden.lees(token)
    if gelezen is None:
        return False
    async with db() as session:
        versie = await session.scalar(select(Abonnee.link_versie).where(Abonnee.id == gelezen[0]))
    return versie in (None, gelezen[1])


async def lees(db: Sessionmaker, sleutels: Sleutels, abonnee: str) -> Voorkeuren | None:
    async with db() as session:
        rij = await session.get(Abonnee, abonnee)
        if rij is None:
            return None
        inschrijvingen = list(await session.scalars(select(Inschrijving).where(Inschrijving.abonnee_id == abonnee)))
    adres = gemaskeerd(sleutels.decrypt(rij.adres).decode())
    return Voorkeuren(rij.id, adres, cast(Taal, rij.taal), rij.html, _regels(inschrijvingen, {rij.id: adres}))


async def bewaar(
    db: Sessionmaker,
    sleutels: Sleutels,
    abonnee: str,
    *,
    frequenties: Mapping[str, str],
    taal: Taal | None = None,
    html: bool | None = None,
    bron: Bron = "link",
) -> None:
    """Change what this subscriber has; an empty frequency ends that newsletter. Nothing is added: that asks a mail.

    taal, html: None leaves it as it is.
    """
    async with db.begin() as session:
        rij = await _met_slot(session, abonnee)
        if rij is None:
            return
        stoppen = []
        for inschrijving in await session.scalars(select(Inschrijving).where(Inschrijving.abonnee_id == abonnee)):
            onderwerp = onderwerpen().get(inschrijving.onderwerp)
            wens = frequenties.get(inschrijving.onderwerp, inschrijving.frequentie)
            if not wens:
                stoppen.append(inschrijving.onderwerp)
            elif onderwerp and wens in onderwerp.frequenties and wens != inschrijving.frequentie:
                if "direct" in (wens, inschrijving.frequentie):  # from now on; what came out before is not sent again
                    inschrijving.gebundeld_tot = now()
                inschrijving.frequentie = wens
        rij.taal = taal or rij.taal
        rij.html = rij.html if html is None else html
        await _stop(session, sleutels, rij, stoppen, bron)


async def meld_af(
    db: Sessionmaker,
    sleutels: Sleutels,
    abonnee: str,
    *,
    bron: Bron,
    codes: Iterable[str] | None = None,
    reden: str = "afgemeld",
) -> None:
    """End these newsletters, or all of them; harmless when that was done before.

    When nothing is left the address itself is removed, and its keyed hash put on the suppression list.
    """
    async with db.begin() as session:
        rij = await _met_slot(session, abonnee)
        if rij is None:
            return
        heeft = await session.scalars(select(Inschrijving.onderwerp).where(Inschrijving.abonnee_id == abonnee))
        wil = None if codes is None else set(codes)
        await _stop(session, sleutels, rij, [c for c in heeft if wil is None or c in wil], bron, reden)


async def meld_adres_af(db: Sessionmaker, sleutels: Sleutels, adres: str, *, bron: Bron, reden: str) -> bool:
    """The same for an address: who asked by phone, or whose mail came back. False when it got nothing."""
    async with db() as session:
        id_ = await session.scalar(select(Abonnee.id).where(Abonnee.adres_hash == adres_hash(sleutels, adres)))
    if id_ is None:
        return False
    await meld_af(db, sleutels, id_, bron=bron, reden=reden)
    return True


async def trek_links_in(db: Sessionmaker, abonnee: str) -> None:
    """Every link in mails until now stops working."""
    async with db.begin() as session:
        await session.execute(update(Abonnee).where(Abonnee.id == abonnee).values(link_versie=Abonnee.link_versie + 1))


async def _met_slot(session: AsyncSession, abonnee: str) -> Abonnee | None:
    """The subscriber, locked: two changes at once come after each other."""
    rij: Abonnee | None = await session.scalar(select(Abonnee).where(Abonnee.id == abonnee).with_for_update())
    return rij


async def _stop(
    session: AsyncSession, sleutels: Sleutels, rij: Abonnee, codes: list[str], bron: Bron, reden: str = "afgemeld"
) -> None:
    await geef_door(session, sleutels, rij.id)
    await session.flush()
    weg = (
        await session.execute(
            delete(Inschrijving)
            .where(Inschrijving.abonnee_id == rij.id, Inschrijving.onderwerp.in_(codes))
            .returning(Inschrijving.onderwerp, Inschrijving.eigenaar)
            .execution_options(synchronize_session=False)
        )
    ).all()
    for code, eigenaar in sorted(weg):
        toestemming.trek_in(session, hash_=rij.adres_hash, eigenaar=eigenaar, codes=[code], bron=bron)
    over = await session.scalar(select(Inschrijving.onderwerp).where(Inschrijving.abonnee_id == rij.id).limit(1))
    if over is not None:
        return
    blokkade = insert_van(session)(Mailblokkade).values(adres_hash=rij.adres_hash, reden=reden, op=now())
    await session.execute(
        blokkade.on_conflict_do_update(index_elements=["adres_hash"], set_={"reden": reden, "op": now()})
    )
    await session.execute(delete(Abonnee).where(Abonnee.id == rij.id).execution_options(synchronize_session=False))


# ---- for who is logged in ----------------------------------------------------------------------------------


async def van_eigenaar(db: Sessionmaker, sleutels: Sleutels, eigenaar: str) -> list[Inschrijvingsregel]:
    """The newsletters of this eigenaar (keyed hash): what they asked for while logged in, and all that their proved
    address gets. Never what somebody else has at an address that was only typed.
    """
    async with db() as session:
        adres = await email_van(session, sleutels, eigenaar)
        wie = Inschrijving.eigenaar == eigenaar
        if adres is not None:
            wie |= Abonnee.adres_hash == adres_hash(sleutels, adres)
        rijen = (
            await session.execute(
                select(Inschrijving, Abonnee.adres).join(Abonnee, Abonnee.id == Inschrijving.abonnee_id).where(wie)
            )
        ).all()
    adressen = {i.abonnee_id: gemaskeerd(sleutels.decrypt(a).decode()) for i, a in rijen}
    return list(_regels([i for i, _ in rijen], adressen))


async def bewaar_van_eigenaar(
    db: Sessionmaker, sleutels: Sleutels, eigenaar: str, frequenties: Mapping[tuple[str, str], str]
) -> None:
    """Change frequencies, by (abonnee, onderwerp); what is not of this eigenaar is passed over."""
    mijn = {(r.abonnee, r.onderwerp) for r in await van_eigenaar(db, sleutels, eigenaar)}
    for abonnee in {abonnee for abonnee, _ in mijn}:
        wensen = {code: f for (a, code), f in frequenties.items() if a == abonnee and (a, code) in mijn}
        await bewaar(db, sleutels, abonnee, frequenties=wensen, bron="account")


def _regels(rijen: Iterable[Inschrijving], adressen: Mapping[str, str]) -> tuple[Inschrijvingsregel, ...]:
    """In the order of the page; a newsletter that was ended comes last."""
    volgorde = {code: plaats for plaats, code in enumerate(onderwerpen())}
    regels = [
        Inschrijvingsregel(
            r.abonnee_id, r.onderwerp, cast(Frequentie, r.frequentie), r.bevestigd_op, adressen[r.abonnee_id]
        )
        for r in rijen
    ]
    return tuple(sorted(regels, key=lambda r: (r.adres, volgorde.get(r.onderwerp, len(volgorde)))))
