"""Makes the dossier in the background, and keeps it encrypted for a day."""

import dataclasses
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete, select, update

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.berichten.tekst import alineas
from pip_portal.bestanden.kluis import Werkbestand
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.db import Sessionmaker
from pip_portal.dossier.inpakken import Zip
from pip_portal.dossier.verzamelen import Verzamelaar
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import TeVaak
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.logs import traceparent
from pip_portal.opdrachten import Uitstel, plaats
from pip_portal.sleutels import Sleutels
from pip_portal.taal import schrijf_in, taal
from pip_portal.tables import Dossier
from pip_portal.tellers import Grens, tel_in
from pip_portal.tijd import now
from pip_portal.verwerkingen.gelezen import Gelezen, gelezen
from pip_portal.verwerkingen.schrijven import noteer
from pip_portal.voorkeuren.routes import MAILS
from pip_portal.web import TEMPLATE_ENV

log = logging.getLogger(__name__)

SOORT: Final = "dossier"
GELDIG: Final = timedelta(hours=24)
GRENS: Final = Grens(5, timedelta(days=1))
KEER: Final = 3  # tries before it is given with what is missing named


async def vraag(db: Sessionmaker, sleutels: Sleutels, gebruiker: Gebruiker) -> None:
    """Begin a dossier of this person, unless there is one already: one at a time.

    Raises: TeVaak.
    """
    eigenaar = eigenaar_van(gebruiker, sleutels).hash
    id_ = str(uuid4())
    async with db.begin() as session:
        aantal, tot_op = await tel_in(session, sleutels, SOORT, eigenaar, GRENS.venster)  # the next one waits here
        if await session.scalar(select(Dossier.id).where(Dossier.eigenaar == eigenaar, Dossier.verloopt_op > now())):
            return
        if aantal > GRENS.aantal:
            raise TeVaak(tot_op)
        session.add(
            Dossier(
                id=id_,
                eigenaar=eigenaar,
                niveau=gebruiker.niveau,
                toestand="bezig",
                aangemaakt_op=now(),
                verloopt_op=now() + GELDIG,
            )
        )
        wie = {"soort": type(gebruiker).__name__, "velden": dataclasses.asdict(gebruiker)}
        await plaats(session, sleutels, SOORT, f"dossier:{id_}", {"id": id_, "wie": wie, "taal": taal()})


async def van(db: Sessionmaker, eigenaar: str) -> Dossier | None:
    """The dossier that this eigenaar (keyed hash) has or waits for."""
    async with db() as session:
        vraag_ = select(Dossier).where(Dossier.eigenaar == eigenaar, Dossier.verloopt_op > now())
        return await session.scalar(vraag_.order_by(Dossier.aangemaakt_op.desc()).limit(1))


async def verwijder(db: Sessionmaker, bestanden: Bestanden, *welke: Any) -> int:
    """Remove dossiers: first the content, then the row, so that what fails halfway is tried again."""
    async with db() as session:
        ids = list(await session.scalars(select(Dossier.id).where(*welke)))
    for id_ in ids:
        await bestanden.objecten.verwijder(id_)
        async with db.begin() as session:
            await session.execute(delete(Dossier).where(Dossier.id == id_))
    return len(ids)


class Maken:
    """The handler of the outbox. Each try begins anew, under the same id."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, bronnen: Bronnen, bestanden: Bestanden) -> None:
        self._db, self._sleutels, self._bronnen, self._bestanden = db, sleutels, bronnen, bestanden

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        id_, wie = inhoud["id"], _gebruiker(inhoud["wie"])
        keer = await self._begin(id_)
        if keer is None:
            return  # removed, or made already
        boek = Gelezen()
        gelezen.set(boek)
        traceparent.set(f"00-{uuid4().hex}-{uuid4().hex[:16]}-01")
        with Werkbestand.nieuw(id_, None) as bestand:
            with schrijf_in("en" if inhoud["taal"] == "en" else "nl"):
                gemist = await self._pak_in(id_, wie, bestand)
            if boek.van:
                await noteer(self._db, self._sleutels, boek, SOORT)  # before anybody can have it
            if gemist and keer < KEER:
                raise Uitstel("een bron gaf geen antwoord")
            bestand.klaar()
            await self._bestanden.objecten.zet(id_, bestand.versleuteld)
            klaar = {
                "toestand": "klaar",
                "sleutel": self._sleutels.encrypt(bestand.sleutel),
                "grootte": bestand.grootte,
                "verloopt_op": now() + GELDIG,
            }
        async with self._db.begin() as session:
            er_nog = await session.scalar(update(Dossier).where(Dossier.id == id_).values(klaar).returning(Dossier.id))
        if er_nog is None:  # removed meanwhile
            await self._bestanden.objecten.verwijder(id_)

    async def _begin(self, id_: str) -> int | None:
        async with self._db.begin() as session:
            keer: int | None = await session.scalar(
                update(Dossier)
                .where(Dossier.id == id_, Dossier.toestand == "bezig")
                .values(keer=Dossier.keer + 1, gedaan=0)
                .returning(Dossier.keer)
            )
        return keer

    async def _pak_in(self, id_: str, wie: Gebruiker, bestand: Werkbestand) -> bool:
        async def melder(gedaan: int, totaal: int) -> None:
            async with self._db.begin() as session:
                waarden = {"gedaan": gedaan, "totaal": totaal}
                await session.execute(update(Dossier).where(Dossier.id == id_).values(waarden))

        with Zip(bestand) as zip_:
            verzamelaar = Verzamelaar(self._db, self._sleutels, self._bronnen, wie, zip_)
            alles = await verzamelaar.alles(melder)
            await zip_.zet("dossier.json", json.dumps(alles, ensure_ascii=False, indent=2).encode())
            waarmee = {"dossier": alles, "moment": now(), "mails": MAILS, "alineas": alineas}
            index = TEMPLATE_ENV.get_template("dossier/index.html").render(waarmee)
            await zip_.zet("index.html", index.encode())
        return bool(verzamelaar.gemist)


def _gebruiker(wie: Mapping[str, Any]) -> Gebruiker:
    velden: dict[str, Any] = {n: tuple(w) if isinstance(w, list) else w for n, w in wie["velden"].items()}
    velden.pop("machtiging", None)  # who acts for another cannot ask for it
    return Bedrijf(**velden) if wie["soort"] == "Bedrijf" else Burger(**velden)
