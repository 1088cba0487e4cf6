"""`pip-portal post`: reading what came back, and the letters that must be written instead."""

import asyncio
import csv
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pip_portal.db import Sessionmaker, open_db
from pip_portal.post import bouncebus, brieven
from pip_portal.post.bounces import MAX_GROOTTE, verwerk
from pip_portal.settings import Bounces, Settings
from pip_portal.tables import Brief

# Said of a message that came back; what a mail server that pipes them reads in its log.
WOORDEN: Final[Mapping[str, str]] = {
    "geen_melding": "geen melding van onbestelbare mail",
    "onbekend": "melding over mail die niet van ons is",
    "al_bekend": "melding die al was verwerkt",
    "vertraagd": "mail is vertraagd",
    "niet_bezorgd": "mail is niet bezorgd; het adres kan goed zijn",
    "onbestelbaar": "adres neemt geen mail aan",
}
KOPPEN = ("brief", "zaaknummer", "sjabloon", "uiterlijk", "klaar")


async def bounces(settings: Settings, bestand: str, maildir: Path | None) -> list[str]:
    """Read one message from this file ("-": standard input), or all that is unseen where the settings say.

    Raises: BusOnbereikbaar; OSError; SQLAlchemyError.
    """
    waar = Bounces(maildir=maildir) if maildir else settings.bounces
    async with open_db(settings.database_url) as db:
        if bestand:
            return [WOORDEN[await verwerk(db, await asyncio.to_thread(_lees, bestand))]]
        if waar is None:
            raise bouncebus.BusOnbereikbaar("PIP_BOUNCES is niet ingesteld; geef een bestand, - of --maildir")
        uitkomsten = await bouncebus.leeg(db, waar)
    return [f"{aantal} × {WOORDEN[wat]}" for wat, aantal in sorted(uitkomsten.items())] or ["Er is niets nieuws."]


async def lijst(settings: Settings, *, alle: bool, als_csv: bool) -> list[str]:
    """A line for each letter that must be written, the most urgent first."""
    async with open_db(settings.database_url) as db:
        rijen = [_rij(brief) for brief in await brieven.brieven(db, alle=alle)]
    if als_csv:
        return _csv([KOPPEN, *rijen])
    if not rijen:
        return ["Er hoeft geen brief te worden geschreven."]
    return [
        "  ".join(f"{cel:<{breedte}}" for cel, breedte in zip(rij, (5, 24, 22, 12, 10), strict=True)).rstrip()
        for rij in (KOPPEN, *rijen)
    ]


async def brief(settings: Settings, nummer: int, *, klaar: bool) -> list[str]:
    """The text of this letter; or with `klaar`, that it was sent. Empty when there is none."""
    async with open_db(settings.database_url) as db:
        return await _brief(db, settings, nummer, klaar=klaar)


async def _brief(db: Sessionmaker, settings: Settings, nummer: int, *, klaar: bool) -> list[str]:
    if klaar:
        return [f"Brief {nummer} is verstuurd."] if await brieven.klaar(db, nummer) else []
    return [brieven.tekst(rij, settings.public_url) for rij in await brieven.brieven(db, alle=True) if rij.id == nummer]


def _lees(bestand: str) -> bytes:
    if bestand == "-":
        bron = sys.stdin.buffer.read(MAX_GROOTTE)
        while sys.stdin.buffer.read(MAX_GROOTTE):  # to the end, or the mail server that writes it sees a broken pipe
            pass
        return bron
    with Path(bestand).open("rb") as inhoud:
        return inhoud.read(MAX_GROOTTE)


def _rij(brief: Brief) -> tuple[str, ...]:
    gedaan = f"{brief.gedaan_op:%Y-%m-%d}" if brief.gedaan_op else ""
    return (str(brief.id), brief.kenmerk, brief.versie.partition("/")[0], brief.uiterlijk.isoformat(), gedaan)


def _csv(rijen: Sequence[Sequence[str]]) -> list[str]:
    uit = io.StringIO()
    csv.writer(uit, delimiter=";", lineterminator="\n").writerows(rijen)
    return uit.getvalue().splitlines()
