"""`pip-portal vragen`: which questions wait, what one of them asks, and handing it over again.

Only for who may log in on the server: this is how the KCC reads a question while Klantinteracties is away.
"""

from datetime import datetime

from sqlalchemy import select, update

from pip_portal.db import Sessionmaker, open_db
from pip_portal.opdrachten import plaats
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Opdracht, Vraag
from pip_portal.tijd import now
from pip_portal.vragen.overdracht import DAGDELEN
from pip_portal.vragen.vraag import SOORT, open_inhoud
from pip_portal.weergave import AMSTERDAM


async def voer_uit(settings: Settings, wat: str, nummer: str) -> tuple[list[str], bool]:
    """Lines to print, and whether something is wrong. wat: lijst | toon | opnieuw."""
    sleutels = Sleutels(settings)
    async with open_db(settings.database_url) as db:
        if wat == "lijst":
            return await lijst(db) or ["Er wacht geen vraag."], False
        if wat == "toon":
            regels = await toon(db, sleutels, nummer)
            return regels or [f"Er is geen vraag met nummer {nummer}."], not regels
        if await opnieuw(db, sleutels, nummer):
            return [f"Vraag {nummer} gaat opnieuw naar Klantinteracties."], False
        return [f"Er is geen vraag met nummer {nummer} die nog naar Klantinteracties moet."], True


async def lijst(db: Sessionmaker) -> list[str]:
    """A line per question that Klantinteracties does not have, oldest first; nothing of what it asks."""
    wacht = select(Vraag).where(Vraag.overgedragen_op.is_(None)).order_by(Vraag.ontvangen_op)
    async with db() as session:
        return [
            f"{rij.nummer}  ontvangen {_tijd(rij.ontvangen_op)}  antwoord uiterlijk {rij.antwoord_voor:%d-%m-%Y}"
            f"{f'  aan het KCC gemeld {_tijd(rij.kcc_op)}' if rij.kcc_op else ''}"
            for rij in await session.scalars(wacht)
        ]


async def toon(db: Sessionmaker, sleutels: Sleutels, nummer: str) -> list[str]:
    """All of one question; empty when there is none with this number."""
    async with db() as session:
        rij = await session.scalar(select(Vraag).where(Vraag.nummer == nummer))
    if rij is None:
        return []
    kop = [f"Vraag {rij.nummer}, ontvangen {_tijd(rij.ontvangen_op)}, antwoord uiterlijk {rij.antwoord_voor:%d-%m-%Y}"]
    if rij.overgedragen_op is not None:
        return [*kop, f"Deze vraag staat in Klantinteracties sinds {_tijd(rij.overgedragen_op)}."]
    inhoud = open_inhoud(rij, sleutels)
    if inhoud is None:
        return [*kop, "De inhoud is niet te lezen met de ingestelde sleutels."]
    wie = (
        ("Burgerservicenummer", inhoud.bsn),
        ("KVK-nummer", inhoud.kvk_nummer),
        ("Vestiging", inhoud.vestiging),
        ("Naam", inhoud.naam),
        ("E-mail", inhoud.email),
        ("Telefoon", inhoud.telefoon),
        ("Terugbellen", DAGDELEN[inhoud.dagdeel] if inhoud.dagdeel else ""),
        ("Zaak", inhoud.zaaknummer or inhoud.zaak_uuid),
        ("Vervolg op klantcontact", inhoud.vervolg_op),
        ("Taal", inhoud.taal),
        ("Onderwerp", inhoud.onderwerp),
    )
    return [*kop, *(f"{naam}: {waarde}" for naam, waarde in wie if waarde), "", inhoud.tekst]


async def opnieuw(db: Sessionmaker, sleutels: Sleutels, nummer: str) -> bool:
    """Hand this question over again, now; False when there is none that still has to be."""
    async with db.begin() as session:
        wacht = (Vraag.nummer == nummer, Vraag.overgedragen_op.is_(None))
        id = await session.scalar(select(Vraag.id).where(*wacht))
        if id is None:
            return False
        sleutel = f"{SOORT}:{id}"
        await plaats(session, sleutels, SOORT, sleutel, {"vraag": id})
        await session.execute(
            update(Opdracht)
            .where(Opdracht.sleutel == sleutel, Opdracht.toestand != "bezig")
            .values(toestand="nieuw", pogingen=0, beurt_op=now(), klaar_op=None)
        )
    return True


def _tijd(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y %H.%M}"
