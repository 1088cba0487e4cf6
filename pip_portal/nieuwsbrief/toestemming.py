"""Proof of consent: what somebody read, when they agreed and when they withdrew. Rows are only ever added.

Source: AVG art. 7(1) and 7(3); Tw art. 11.7. The address is there as a keyed hash only.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.nieuwsbrief.onderwerpen import FREQUENTIES, Onderwerp, onderwerpen
from pip_portal.post.onbestelbaar import adres_hash
from pip_portal.sleutels import Sleutels
from pip_portal.taal import N_, Taal, _, schrijf_in
from pip_portal.tables import Toestemming, Toestemmingstekst
from pip_portal.tijd import now

Bron = Literal["web", "account", "link", "mail", "onbestelbaar", "import", "beheer"]

# Changing a letter makes a new version; the old one stays readable in the export.
ZINNEN = (
    N_("Ik wil deze nieuwsbrieven van de gemeente Deventer per e-mail krijgen."),
    N_("De gemeente gebruikt mijn e-mailadres alleen hiervoor, en bewaart het versleuteld tot ik mij afmeld."),
    N_("Ik kan mij altijd afmelden, met de link in elke nieuwsbrief."),
)


@dataclass(frozen=True, slots=True)
class Regel:
    """A line of the log, as the export and the page show it."""

    op: datetime
    gevraagd_op: datetime | None
    onderwerp: str
    handeling: str
    bron: str
    tekst_versie: str
    tekst: str

    @property
    def is_gegeven(self) -> bool:
        return self.handeling == "gegeven"

    @property
    def zinnen(self) -> list[str]:
        return self.tekst.splitlines()


def zinnen() -> list[str]:
    """What somebody agrees to, in the language of the page."""
    return [_(zin) for zin in ZINNEN]


def tekst_van(onderwerp: Onderwerp, taal: Taal) -> str:
    """All words that somebody sees who agrees to this newsletter."""
    with schrijf_in(taal):
        hoe_vaak = " / ".join(_(FREQUENTIES[f]) for f in onderwerp.frequenties)
        return "\n".join([*zinnen(), f"{onderwerp.naam}: {onderwerp.tekst} ({hoe_vaak})"])


def versie_van(tekst: str) -> str:
    return hashlib.sha256(tekst.encode()).hexdigest()[:16]


async def geef(
    session: AsyncSession,
    *,
    hash_: str,
    eigenaar: str | None,
    codes: Iterable[str],
    bron: Bron,
    taal: Taal,
    gevraagd_op: datetime,
) -> None:
    """Write down that this address agreed, in the transaction of the caller, with the text that it read."""
    moment = now()
    for code in codes:
        tekst = tekst_van(onderwerpen()[code], taal)
        versie = versie_van(tekst)
        rij = insert_van(session)(Toestemmingstekst).values(versie=versie, tekst=tekst, vanaf=moment)
        await session.execute(rij.on_conflict_do_nothing(index_elements=["versie"]))
        session.add(_rij(hash_, eigenaar, code, "gegeven", bron, versie, gevraagd_op, moment))


def trek_in(session: AsyncSession, *, hash_: str, eigenaar: str | None, codes: Iterable[str], bron: Bron) -> None:
    """Write down that this address withdrew, in the transaction of the caller."""
    moment = now()
    for code in codes:
        session.add(_rij(hash_, eigenaar, code, "ingetrokken", bron, "", None, moment))


def _rij(
    hash_: str,
    eigenaar: str | None,
    code: str,
    handeling: str,
    bron: Bron,
    versie: str,
    gevraagd_op: datetime | None,
    moment: datetime,
) -> Toestemming:
    return Toestemming(
        adres_hash=hash_,
        eigenaar=eigenaar,
        onderwerp=code,
        handeling=handeling,
        bron=bron,
        tekst_versie=versie,
        gevraagd_op=gevraagd_op,
        op=moment,
    )


async def van_adres(db: Sessionmaker, sleutels: Sleutels, adres: str) -> list[Regel]:
    """Everything that was ever agreed to or withdrawn at this address, oldest first (AVG art. 15)."""
    return await _regels(db, Toestemming.adres_hash == adres_hash(sleutels, adres))


async def van_eigenaar(db: Sessionmaker, eigenaar: str) -> list[Regel]:
    """The same for what this eigenaar (keyed hash) asked for while logged in."""
    return await _regels(db, Toestemming.eigenaar == eigenaar)


async def _regels(db: Sessionmaker, wie: ColumnElement[bool]) -> list[Regel]:
    vraag = (
        select(Toestemming, Toestemmingstekst.tekst)
        .outerjoin(Toestemmingstekst, Toestemmingstekst.versie == Toestemming.tekst_versie)
        .where(wie)
        .order_by(Toestemming.id)
    )
    async with db() as session:
        rijen = (await session.execute(vraag)).all()
    return [
        Regel(r.op, r.gevraagd_op, r.onderwerp, r.handeling, r.bron, r.tekst_versie, tekst or "") for r, tekst in rijen
    ]
