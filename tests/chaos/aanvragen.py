"""Applications that are ready to be sent: most at the short door, one in five filled in as a real form of somebody who
is logged in, to be sent from its own check page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx

from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.formulieren.concepten import Concepten, Voor
from pip_portal.formulieren.laden import Formulieren
from pip_portal.gebruiker import Burger
from pip_portal.inloggen.sessies import Sessies
from pip_portal.paths import PACKAGE
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels

FORMULIER = "woo-verzoek"
ONDERWERP = "Bomen aan de singel"
NUMMER = re.compile(r"P\d\d-[A-Z2-7]{10}")
VERBORGEN = re.compile(r'name="(csrf|vingerafdruk)" value="([^"]*)"')


@dataclass
class Gezeten:
    """A browser that stands at the check page of its own application."""

    cookie: tuple[str, str]
    portaal_url: str

    @property
    def koppen(self) -> dict[str, str]:
        """What this browser sends along."""
        return {"Cookie": "=".join(self.cookie), "Sec-Fetch-Site": "same-origin", "Origin": self.portaal_url}

    async def klik(self, client: httpx.AsyncClient, concept_id: str) -> str:
        """Read the check page, press its button, and read the number on the confirmation; "" when there is none."""
        headers = self.koppen
        pagina = await client.get(f"/aanvragen/{concept_id}/controleren", headers=headers)
        if pagina.status_code == 200 and (velden := dict(VERBORGEN.findall(pagina.text))).keys() >= {"vingerafdruk"}:
            await client.post(f"/aanvragen/{concept_id}/controleren", headers=headers, data=velden)
        bevestiging = await client.get(f"/aanvragen/{concept_id}/ontvangen", headers=headers)
        if bevestiging.status_code != 200:
            return ""
        gevonden = NUMMER.search(bevestiging.text)
        assert gevonden is not None, "een bevestiging zonder nummer"
        return gevonden[0]


def bsns() -> Iterator[str]:
    """Numbers that could be a BSN (11-proef), and are of nobody in the example data."""
    for kop in range(99_700_000, 99_799_999):
        som = sum(int(cijfer) * gewicht for cijfer, gewicht in zip(f"{kop}", range(9, 1, -1), strict=True))
        if som % 11 != 10:
            yield f"{kop}{som % 11}"


async def concept_van(db: Sessionmaker, sleutels: Sleutels, burger: Burger) -> str:
    """The id of an application of this person with every answer in it."""
    return await Concepten(db, sleutels).begin(
        eigenaar_van(burger, sleutels),
        formulier=FORMULIER,
        versie=Formulieren.lees(PACKAGE / "data").get(FORMULIER).versie,
        taal="nl",
        geldig=timedelta(days=30),
        voor=Voor(),
        meer=True,
        antwoorden={
            "vraag": {"onderwerp": ONDERWERP, "zoekt": "Alles over de bomen."},
            "periode": {"periode": None},
            "documenten": {"soorten_documenten": None, "vorm": "digitaal"},
            "antwoord": {"antwoord_naar": "mijn"},
        },
    )


async def ingevuld(db: Sessionmaker, settings: Settings, sleutels: Sleutels, bsn: str) -> tuple[str, Gezeten]:
    """The id of a whole application of this person, and their browser."""
    burger = Burger(bsn=bsn, pseudoniem=sleutels.keyed_hash("bsn", bsn), niveau=20)
    concept_id = await concept_van(db, sleutels, burger)
    sessies = Sessies(db, settings, sleutels)
    sessie_id = await sessies.create(burger, "digid", weergavenaam="Proef", naam_id=None, session_index=None)
    return concept_id, Gezeten((sessies.cookie, sessie_id), settings.public_url)
