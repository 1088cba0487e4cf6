"""A newsletter: a Markdown file of a redacteur, looked at first and then released, once.

brief.md begins with front matter (onderwerp, voorbeeldtekst, onderwerpen, taal); brief.en.md beside it is the same in
English, for who reads English.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import distinct, func, select, update

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.nieuwsbrief.onderwerpen import FREQUENTIES, onderwerpen
from pip_portal.nieuwsbrief.opmaak import Opgemaakt, OpmaakFout, maak_op
from pip_portal.taal import Taal
from pip_portal.tables import Inschrijving, Uitgave, Zending
from pip_portal.tijd import now

Soort = TypeVar("Soort", bound=BaseModel)
MAX_TEKST: Final = 60_000  # characters; longer mails are cut off by mail programs


class _Deel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Kop(_Deel):
    onderwerp: str = Field(min_length=3, max_length=120, pattern=r"^[^\r\n]+$")
    voorbeeldtekst: str = Field(min_length=3, max_length=200)


class _Hoofdkop(_Kop):
    onderwerpen: tuple[str, ...] = Field(min_length=1)
    taal: Literal["nl", "en"] = "nl"


class Versie(_Kop):
    """One language. voorbeeldtekst: what a mail program shows beside the subject."""

    markdown: str = Field(max_length=MAX_TEKST)


class Brief(_Deel):
    """taal: of who has no version in their own language."""

    onderwerpen: tuple[str, ...]
    taal: Literal["nl", "en"]
    versies: dict[Literal["nl", "en"], Versie]

    def in_taal(self, taal: Taal) -> tuple[Taal, Versie]:
        kies: Taal = taal if taal in self.versies else self.taal
        return kies, self.versies[kies]


@dataclass(frozen=True, slots=True)
class Uitgegeven:
    """An uitgave as a mail holds it, in one language."""

    taal: Taal
    onderwerp: str
    voorbeeldtekst: str
    opgemaakt: Opgemaakt


# ---- the file ----------------------------------------------------------------------------------------------


def lees_bestand(pad: Path) -> tuple[Brief, str]:
    """The newsletter in this file and the one beside it in English, and the hash of both.

    Raises: OpmaakFout with a line for each thing that is wrong; OSError.
    """
    bron = pad.read_text()
    kop, tekst = _splits(bron, pad.name)
    fouten: list[str] = []
    hoofd = _controleer(_Hoofdkop, kop, pad.name, fouten)
    versies = {}
    if hoofd is not None:
        fouten += [f"{pad.name}: onderwerp {c} bestaat niet" for c in hoofd.onderwerpen if c not in onderwerpen()]
        versies[hoofd.taal] = _versie(kop | {"markdown": tekst}, pad.name, fouten)
    engels = pad.with_suffix(f".en{pad.suffix}")
    if engels.exists() and hoofd is not None and hoofd.taal == "nl":
        ander = engels.read_text()
        bron += f"\0{ander}"
        kop, tekst = _splits(ander, engels.name)
        versies["en"] = _versie(kop | {"markdown": tekst}, engels.name, fouten)
    if fouten or hoofd is None:
        raise OpmaakFout(fouten)
    inhoud = {"onderwerpen": hoofd.onderwerpen, "taal": hoofd.taal, "versies": versies}
    return Brief.model_validate(inhoud), hashlib.sha256(bron.encode()).hexdigest()


def _splits(bron: str, naam: str) -> tuple[dict[str, Any], str]:
    delen = bron.split("---\n", 2)
    if len(delen) != 3 or delen[0].strip():
        raise OpmaakFout([f"{naam}: begin met drie streepjes, dan onderwerp, voorbeeldtekst en onderwerpen, en --- "])
    try:
        kop = yaml.safe_load(delen[1])
    except yaml.YAMLError:
        raise OpmaakFout([f"{naam}: wat tussen de streepjes staat, is niet te lezen als YAML"]) from None
    if not isinstance(kop, dict):
        raise OpmaakFout([f"{naam}: tussen de streepjes staat niets"])
    return kop, delen[2]


def _versie(velden: dict[str, Any], naam: str, fouten: list[str]) -> Versie | None:
    kies = {k: v for k, v in velden.items() if k in Versie.model_fields}
    versie = _controleer(Versie, kies, naam, fouten)
    if versie is not None:
        try:
            maak_op(versie.markdown)
        except OpmaakFout as exc:
            fouten += [f"{naam}: {regel}" for regel in exc.regels]
    return versie


def _controleer(model: type[Soort], velden: dict[str, Any], naam: str, fouten: list[str]) -> Soort | None:
    try:
        return model.model_validate(velden)
    except ValidationError as exc:
        fouten += [f"{naam}: {e['loc'][0] if e['loc'] else ''}: {_zin(e['type'])}" for e in exc.errors()]
        return None


def _zin(soort: str) -> str:
    return {"missing": "ontbreekt", "extra_forbidden": "bestaat niet"}.get(soort, "klopt niet (te kort, te lang?)")


# ---- looked at, and released -------------------------------------------------------------------------------


async def bewaar_voorbeeld(db: Sessionmaker, brief: Brief, hash_: str) -> None:
    """Somebody looked at this; exactly this may now be sent."""
    async with db.begin() as session:
        rij = insert_van(session)(Uitgave).values(
            id=str(uuid.uuid4()), hash=hash_, inhoud=brief.model_dump_json(), voorbeeld_op=now()
        )
        await session.execute(
            rij.on_conflict_do_update(index_elements=["hash"], set_={"voorbeeld_op": rij.excluded.voorbeeld_op})
        )


async def met_hash(db: Sessionmaker, hash_: str) -> Uitgave | None:
    """The uitgave that somebody looked at, when it is still the same."""
    async with db() as session:
        rij: Uitgave | None = await session.scalar(select(Uitgave).where(Uitgave.hash == hash_))
    return rij


async def geef_vrij(db: Sessionmaker, uitgave_id: str) -> str:
    """Release it: id of the zending to who wants it at once. For the others it waits for their week or month.

    Doing it again changes nothing, so that a sending that stopped goes on.
    """
    zending = f"direct:{uitgave_id}"
    moment = now()
    async with db.begin() as session:
        await session.execute(
            update(Uitgave)
            .where(Uitgave.id == uitgave_id, Uitgave.vrijgegeven_op.is_(None))
            .values(vrijgegeven_op=moment)
        )
        rij = insert_van(session)(Zending).values(id=zending, soort="direct", uitgave_id=uitgave_id, tot=moment)
        await session.execute(rij.on_conflict_do_nothing(index_elements=["id"]))
    return zending


async def aantallen(db: Sessionmaker, codes: Iterable[str]) -> dict[str, int]:
    """How many readers get this, per frequency."""
    vraag = (
        select(Inschrijving.frequentie, func.count(distinct(Inschrijving.abonnee_id)))
        .where(Inschrijving.onderwerp.in_(list(codes)))
        .group_by(Inschrijving.frequentie)
    )
    async with db() as session:
        geteld = dict((await session.execute(vraag)).all())
    return {f: geteld.get(f, 0) for f in FREQUENTIES}


async def uitgekomen(db: Sessionmaker, na: datetime, tot: datetime) -> list[Uitgave]:
    """What was released in this time, oldest first."""
    async with db() as session:
        return list(
            await session.scalars(
                select(Uitgave)
                .where(Uitgave.vrijgegeven_op >= na, Uitgave.vrijgegeven_op < tot)
                .order_by(Uitgave.vrijgegeven_op)
            )
        )


def in_taal(inhoud: str, taal: Taal) -> Uitgegeven:
    """inhoud: as kept in `uitgaven`."""
    kies, versie = Brief.model_validate(json.loads(inhoud)).in_taal(taal)
    return Uitgegeven(kies, versie.onderwerp, versie.voorbeeldtekst, maak_op(versie.markdown))
