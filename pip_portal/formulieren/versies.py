"""Versions of forms: each that was ever offered is kept, so that who is filling it in keeps the same questions."""

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from pip_portal.db import Sessionmaker
from pip_portal.formulieren.definitie import Formulier
from pip_portal.tables import Formulierversie
from pip_portal.tijd import now

log = logging.getLogger("pip_portal")
# Words about the product, not about the questions.
GEEN_STRUCTUUR = (
    *("zoekwoorden", "eigenaar", "herzien_op", "thema", "samenvatting", "voor_wie", "nodig", "daarna", "soortnaam"),
)


def canoniek(formulier: Formulier) -> str:
    return json.dumps(
        formulier.model_dump(mode="json", by_alias=True, exclude_unset=True),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def structuur(canonieke_tekst: str) -> str:
    """Hash over everything but the texts: it changes when a question, a condition or the mapping changes."""
    data = _zonder_teksten(json.loads(canonieke_tekst))
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _zonder_teksten(data: Any) -> Any:
    if isinstance(data, dict):
        if {"nl", "en"} <= set(data):
            return "tekst"
        return {naam: _zonder_teksten(deel) for naam, deel in data.items() if naam not in (*GEEN_STRUCTUUR, "versie")}
    return [_zonder_teksten(deel) for deel in data] if isinstance(data, list) else data


async def bewaar(
    db: Sessionmaker, huidig: Mapping[str, Formulier]
) -> tuple[list[str], dict[tuple[str, int], Formulier]]:
    """Store the current versions; give back whose questions changed without a higher versie, and all older versions.

    Changed texts replace the stored ones, so that they reach who is filling it in.
    """
    async with db.begin() as session:
        rijen = {(rij.formulier, rij.versie): rij for rij in (await session.scalars(select(Formulierversie))).all()}
        gewijzigd, nieuw = [], []
        for slug, formulier in huidig.items():
            rij = rijen.get((slug, formulier.versie))
            tekst = canoniek(formulier)
            hash_ = structuur(tekst)
            if rij is None:
                nieuw.append(
                    {
                        "formulier": slug,
                        "versie": formulier.versie,
                        "structuur": hash_,
                        "definitie": tekst,
                        "eerst_gezien_op": now(),
                    }
                )
            elif rij.structuur != hash_:
                gewijzigd.append(slug)
            elif rij.definitie != tekst:
                rij.definitie = tekst
        oud = {sleutel: rij.definitie for sleutel, rij in rijen.items()}
    if nieuw and not gewijzigd:
        await _voeg_toe(db, nieuw)
    nu = {(slug, formulier.versie) for slug, formulier in huidig.items()}
    gelezen = {sleutel: _uit_json(sleutel, tekst) for sleutel, tekst in oud.items() if sleutel not in nu}
    return gewijzigd, {sleutel: formulier for sleutel, formulier in gelezen.items() if formulier is not None}


async def _voeg_toe(db: Sessionmaker, nieuw: list[dict[str, Any]]) -> None:
    """All at once; what another worker that starts now stored first, stays."""
    async with db.begin() as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        await session.execute(insert(Formulierversie).values(nieuw).on_conflict_do_nothing())


def _uit_json(sleutel: tuple[str, int], tekst: str) -> Formulier | None:
    try:
        return Formulier.model_validate_json(tekst)
    except ValidationError:  # written by a newer or much older portal: its concepts cannot go on here
        log.error("oude formulierversie is niet te lezen", extra={"formulier": sleutel[0], "versie": sleutel[1]})
        return None
