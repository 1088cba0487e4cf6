"""Who logged in here before, so that a rol in a zaak can be found back as somebody the portal knows.

Only keyed hashes of the numbers are stored. What a company is, is kept encrypted beside them: the same rules then
decide whether it may see a zaak as when it looks for itself.
"""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.backoffice.zaken import Rol
from pip_portal.db import insert_van
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.sleutels import Sleutels
from pip_portal.taal import Taal, taal
from pip_portal.tables import Bekende, Contactadres
from pip_portal.tijd import now

BEWAREN: Final = timedelta(days=2 * 365)  # after the last login, unless there is an address to write to


@dataclass(frozen=True, slots=True)
class Betrokkene:
    """Somebody of the portal whom a rol may be about. eigenaar: keyed hash."""

    eigenaar: str
    gebruiker: Gebruiker


async def onthoud(session: AsyncSession, sleutels: Sleutels, gebruiker: Gebruiker) -> None:
    """Remember this login, in the transaction of the caller; the same person again only moves the date.

    Not who acts for another: news of a zaak goes to whose zaak it is.
    """
    if gebruiker.machtiging is not None:
        return
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    gegevens = None
    if isinstance(gebruiker, Bedrijf):
        namen = ("kvk_nummer", "rsin", "vestiging", "vestigingen")
        velden = {naam: getattr(gebruiker, naam) for naam in namen}
        gegevens = sleutels.encrypt(json.dumps(velden).encode())
    rijen = [
        {
            "identificatie": _hash(sleutels, nummer),
            "eigenaar": eigenaar,
            "gegevens": gegevens,
            "taal": taal(),
            "gezien_op": now(),
        }
        for nummer in _nummers(gebruiker)
    ]
    rij = insert_van(session)(Bekende).values(rijen)
    nieuw = {naam: rij.excluded[naam] for naam in ("gegevens", "taal", "gezien_op")}
    await session.execute(rij.on_conflict_do_update(index_elements=["identificatie", "eigenaar"], set_=nieuw))


async def zoek(session: AsyncSession, sleutels: Sleutels, rollen: Iterable[Rol]) -> list[Betrokkene]:
    """Everybody whom one of these rollen may be about; whether it is, is for the rules of toegang.py to say."""
    gevraagd = {_hash(sleutels, nummer): nummer for rol in rollen for nummer in _nummers_van_rol(rol)}
    if not gevraagd:
        return []
    rijen = await session.scalars(select(Bekende).where(Bekende.identificatie.in_(gevraagd)))
    gevonden: dict[str, Betrokkene] = {}
    for rij in rijen:
        if rij.eigenaar not in gevonden:
            gebruiker = _gebruiker(rij, gevraagd[rij.identificatie], sleutels)
            if gebruiker is not None:
                gevonden[rij.eigenaar] = Betrokkene(rij.eigenaar, gebruiker)
    return [gevonden[eigenaar] for eigenaar in sorted(gevonden)]


async def zoek_nummer(session: AsyncSession, sleutels: Sleutels, soort: str, nummer: str) -> list[Betrokkene]:
    """Everybody who logged in as this person (soort bsn) or company (kvk) as a whole, not as one of its vestigingen."""
    if soort not in ("bsn", "kvk"):
        return []
    wie = f"{soort}:{nummer}"
    rijen = await session.scalars(
        select(Bekende).where(Bekende.identificatie == _hash(sleutels, wie)).order_by(Bekende.eigenaar)
    )
    gevonden = [(rij.eigenaar, _gebruiker(rij, wie, sleutels)) for rij in rijen]
    return [
        Betrokkene(eigenaar, gebruiker)
        for eigenaar, gebruiker in gevonden
        if gebruiker is not None and not (isinstance(gebruiker, Bedrijf) and gebruiker.vestiging)
    ]


def vergeten() -> ColumnElement[bool]:
    """Rows of who did not come back for so long, and left no address to write to."""
    heeft_adres = exists().where(Contactadres.eigenaar == Bekende.eigenaar)
    return and_(Bekende.gezien_op < now() - BEWAREN, ~heeft_adres)


async def taal_van(session: AsyncSession, eigenaar: str) -> Taal:
    """The language of the last login of this eigenaar (keyed hash)."""
    laatste = select(Bekende.taal).where(Bekende.eigenaar == eigenaar).order_by(Bekende.gezien_op.desc()).limit(1)
    return "en" if await session.scalar(laatste) == "en" else "nl"


def _gebruiker(rij: Bekende, nummer: str, sleutels: Sleutels) -> Gebruiker | None:
    """None when no key that is still configured opens what was kept of a company."""
    if rij.gegevens is None:
        bsn = nummer.removeprefix("bsn:")
        return Burger(bsn=bsn, pseudoniem=sleutels.keyed_hash("bsn", bsn), niveau=0)
    try:
        velden = json.loads(sleutels.decrypt(rij.gegevens))
    except ValueError:
        return None
    bedrijf = Bedrijf(kvk_nummer=velden["kvk_nummer"], pseudoniem="", niveau=0)
    return dataclasses.replace(
        bedrijf, rsin=velden["rsin"], vestiging=velden["vestiging"], vestigingen=tuple(velden["vestigingen"])
    )


def _hash(sleutels: Sleutels, nummer: str) -> str:
    return sleutels.keyed_hash("bekende", nummer)


def _nummers(gebruiker: Gebruiker) -> list[str]:
    """Every number under which a zaak of this gebruiker can have been filed."""
    if isinstance(gebruiker, Burger):
        return [f"bsn:{gebruiker.bsn}"]
    vestigingen = [gebruiker.vestiging] if gebruiker.vestiging else gebruiker.vestigingen
    rsin = [f"rsin:{gebruiker.rsin}"] if gebruiker.rsin else []
    return [f"kvk:{gebruiker.kvk_nummer}", *rsin, *dict.fromkeys(f"vestiging:{v}" for v in vestigingen)]


def _nummers_van_rol(rol: Rol) -> list[str]:
    wie = rol.betrokkene_identificatie
    if wie is None:
        return []
    if rol.betrokkene_type == "natuurlijk_persoon":
        return [f"bsn:{wie.inp_bsn}"] if wie.inp_bsn else []
    if rol.betrokkene_type not in ("niet_natuurlijk_persoon", "vestiging"):
        return []
    nummers = (
        ("rsin", wie.inn_nnp_id),
        ("kvk", wie.inn_nnp_id),  # installations really file a KVK-nummer there
        ("kvk", wie.kvk_nummer),
        ("vestiging", wie.vestigings_nummer),
    )
    return [f"{soort}:{nummer}" for soort, nummer in nummers if nummer]
