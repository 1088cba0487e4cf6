"""Readers and newsletters, straight into the database."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from pip_portal.db import Sessionmaker
from pip_portal.nieuwsbrief import uitgave
from pip_portal.nieuwsbrief.uitgave import Brief, Versie
from pip_portal.post.onbestelbaar import adres_hash
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Abonnee, Inschrijving
from pip_portal.tijd import now


async def maak_lezers(
    db: Sessionmaker, sleutels: Sleutels, aantal: int, *, onderwerp: str = "stad", frequentie: str = "direct"
) -> list[str]:
    """This many addresses with one confirmed subscription each; their addresses."""
    adressen = [f"lezer{n}@voorbeeld.nl" for n in range(aantal)]
    for adres in adressen:
        await maak_lezer(db, sleutels, adres, [(onderwerp, frequentie)])
    return adressen


async def maak_lezer(
    db: Sessionmaker,
    sleutels: Sleutels,
    adres: str,
    wat: Sequence[tuple[str, str]],
    *,
    taal: str = "nl",
    html: bool = True,
    op: datetime | None = None,
) -> str:
    abonnee = str(uuid.uuid4())
    moment = op or now()
    async with db.begin() as session:
        session.add(
            Abonnee(
                id=abonnee,
                adres_hash=adres_hash(sleutels, adres),
                adres=sleutels.encrypt(adres.encode()),
                taal=taal,
                html=html,
                link_versie=1,
                aangemaakt_op=moment,
            )
        )
        await session.flush()
        for onderwerp, frequentie in wat:
            session.add(
                Inschrijving(
                    abonnee_id=abonnee,
                    onderwerp=onderwerp,
                    frequentie=frequentie,
                    eigenaar=None,
                    bevestigd_op=moment,
                    gebundeld_tot=moment,
                )
            )
    return abonnee


def brief(onderwerp: str = "De brug gaat dicht", *codes: str) -> Brief:
    def versie(kop: str, tekst: str) -> Versie:
        return Versie(onderwerp=kop, voorbeeldtekst="Kort gezegd", markdown=tekst)

    return Brief(
        onderwerpen=codes or ("stad",),
        taal="nl",
        versies={
            "nl": versie(onderwerp, "De *brug* gaat dicht.\n\n## Waarom\n\n- [de website](https://deventer.nl)"),
            "en": versie("The bridge closes", "The bridge *closes*."),
        },
    )


async def geef_uit(db: Sessionmaker, wat: Brief | None = None) -> str:
    """Look at it and release it; id of the zending."""
    wat = wat or brief()
    hash_ = uuid.uuid4().hex
    await uitgave.bewaar_voorbeeld(db, wat, hash_)
    rij = await uitgave.met_hash(db, hash_)
    assert rij is not None
    return await uitgave.geef_vrij(db, rij.id)
