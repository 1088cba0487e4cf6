"""What somebody answered in an earlier application, proposed again: `bron: eerder`.

`eerder` is the same question of the same form, `eerder.<formulier>.<vraag>` a question of another one. Only of the same
eigenaar and for the same person, and only as long as what was sent is kept. Whether one form may use the answer of
another is judged once, when the forms are read: see `bezwaar`. Source: requirements B5; WCAG 3.3.7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from pip_portal.db import Sessionmaker
from pip_portal.errors import NotFound
from pip_portal.formulieren.definitie import Formulier
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.lezen import meld_onleesbaar
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Inzending
from pip_portal.weergave import lokale_dag

EERDER: Final = "eerder"
BEKEKEN: Final = 20  # inzendingen of one eigenaar that are looked through, the newest first
# What is agreed to, sent along or about somebody else is asked each time.
NOOIT: Final = ("akkoord", "bestand", "groep", "gegevens", "uitleg", "bsn")


@dataclass(frozen=True)
class Eerder:
    """An answer as it was given then. op: the day it was received."""

    waarde: Any = field(repr=False)
    op: date


def is_eerder(bron: str) -> bool:
    return bron == EERDER or bron.startswith(f"{EERDER}.")


def pad_van(formulier: Formulier, veld: Any) -> str:
    """The path under which the answer for this question is kept."""
    return f"{EERDER}.{formulier.formulier}.{veld.veld}" if veld.bron == EERDER else str(veld.bron)


def paden(formulier: Formulier) -> frozenset[str]:
    """Every earlier answer that this form proposes."""
    return frozenset(pad_van(formulier, veld) for veld in formulier.alle_velden() if is_eerder(veld.bron))


def bezwaar(formulier: Formulier, veld: Any, formulieren: Mapping[str, Formulier]) -> str:
    """Why this question may not propose that answer; "" when it may.

    Never an answer of a sensitive product in another one, and never in a form that is easier to get into.
    """
    _eerder, slug, naam = (*pad_van(formulier, veld).split("."), "", "")[:3]
    bron = formulieren.get(slug)
    if bron is None:
        return f"'{veld.bron}': er is geen formulier '{slug}'"
    try:
        vraag = bron.veld(naam)
    except NotFound:
        return f"'{veld.bron}': '{slug}' heeft geen vraag '{naam}'"
    groepen = [g for f in (formulier, bron) for g in f.alle_velden() if isinstance(g, GroepVeld)]
    if any(eigen is vraag or eigen is veld for groep in groepen for eigen in groep.velden):
        return "een vraag in een groep kan geen eerder antwoord voorstellen"
    if vraag.type != veld.type or veld.type in NOOIT or getattr(vraag, "opties_uit", ""):
        return f"'{veld.bron}': een eerder antwoord op '{vraag.type}' kan hier niet worden voorgesteld"
    if bron.formulier != formulier.formulier:
        if bron.gevoelig or vraag.gevoelig:
            return f"'{veld.bron}' is gevoelig en mag niet in een ander product"
        open_ = formulier.toegang.anoniem
        if any(d > h and (h or open_) for d, h in zip(_niveaus(bron), _niveaus(formulier), strict=True)):
            return f"'{veld.bron}': '{slug}' vraagt een hoger inlogniveau dan dit formulier"
    return ""


def _niveaus(formulier: Formulier) -> tuple[int, int]:
    """What it takes to get in with DigiD and with eHerkenning; 0 when that is no way in, or anybody may."""
    toegang = formulier.toegang
    return (0, 0) if toegang.anoniem else (toegang.niveau_digid, toegang.niveau_eherkenning)


async def zoek(
    nodig: Iterable[str], voor: Formulier, eigenaar_hash: str, kind_bsn: str, db: Sessionmaker, sleutels: Sleutels
) -> dict[str, Eerder]:
    """Per path the newest answer that is still kept; of this eigenaar, for the same person.

    kind_bsn: the child that `voor` is filled in for, "" for oneself.
    """
    gevraagd = {pad: pad.split(".")[1:] for pad in nodig}
    slugs = {slug for slug, _naam in gevraagd.values()}
    async with db() as session:
        rijen = await session.scalars(
            select(Inzending)
            .where(
                Inzending.eigenaar == eigenaar_hash,
                Inzending.soort == "aanvraag",
                Inzending.formulier.in_(slugs),
                Inzending.inhoud != b"",
            )
            .order_by(Inzending.ontvangen_op.desc())
            .limit(BEKEKEN)
        )
        gevonden: dict[str, Eerder] = {}
        for rij in rijen:
            try:
                inhoud = Inhoud.model_validate_json(sleutels.decrypt(rij.inhoud))
            except ValueError:
                meld_onleesbaar("inzending", rij.id)
                continue
            if inhoud.aanvrager.kind_bsn != kind_bsn or (inhoud.gevoelig and inhoud.formulier != voor.formulier):
                continue
            for pad, (slug, naam) in gevraagd.items():
                if slug == rij.formulier and pad not in gevonden and naam in inhoud.waarden:
                    gevonden[pad] = Eerder(inhoud.waarden[naam], lokale_dag(rij.ontvangen_op))
    return gevonden
