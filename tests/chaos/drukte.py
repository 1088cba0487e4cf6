"""Citizens who send, press again when nothing happens, and sometimes walk away; and what goes wrong around them."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from tests.chaos.aanvragen import Gezeten
from tests.chaos.wereld import Wereld

SCHRIJFPADEN = (
    ("zaken", "/zaken"),
    ("zaken", "/rollen"),
    ("zaken", "/statussen"),
    ("zaken", "/zaakinformatieobjecten"),
    ("documenten", "/enkelvoudiginformatieobjecten"),
)

LEZEN = 0.5  # seconds at most before the button


@dataclass
class Burgers:
    """concepten: sent in this order, `tegelijk` at a time; those of `gezeten` from their own page.

    bevestigd: number that was told, by concept. opgegeven: whose sender walked away.
    """

    wereld: Wereld
    toeval: random.Random
    concepten: Sequence[str]
    gezeten: Mapping[str, Gezeten] = field(default_factory=dict)
    bevestigd: dict[str, str] = field(default_factory=dict)
    opgegeven: set[str] = field(default_factory=set)

    async def versturen(self, tegelijk: int) -> None:
        wachtrij = list(reversed(self.concepten))

        async def burger(client: httpx.AsyncClient) -> None:
            while wachtrij:
                concept_id = wachtrij.pop()
                await asyncio.sleep(self.toeval.uniform(0, LEZEN))
                await self._verstuur(client, concept_id)

        async with httpx.AsyncClient(base_url=self.wereld.portaal_url, timeout=15, trust_env=False) as client:
            await asyncio.gather(*(burger(client) for _ in range(tegelijk)))

    async def _verstuur(self, client: httpx.AsyncClient, concept_id: str) -> None:
        """Press until there is a confirmation; one in six presses twice, one in three walks away on an error."""
        klikken = 2 if self.toeval.random() < 0.17 else 1
        loopt_weg = self.toeval.random() < 0.3
        while concept_id not in self.bevestigd:
            nummers = await asyncio.gather(*(self._klik(client, concept_id) for _ in range(klikken)))
            gezien = {nummer for nummer in nummers if nummer}
            assert len(gezien) <= 1, "twee klikken gaven twee nummers"
            if gezien:
                self.bevestigd[concept_id] = gezien.pop()
            elif loopt_weg:
                self.opgegeven.add(concept_id)
                return
            else:
                await asyncio.sleep(0.2)

    async def _klik(self, client: httpx.AsyncClient, concept_id: str) -> str:
        try:
            if concept_id in self.gezeten:
                return await self.gezeten[concept_id].klik(client, concept_id)
            response = await client.post(f"/chaos/{concept_id}")
        except httpx.TransportError:
            return ""
        if response.status_code >= 500:
            return ""
        assert response.status_code == 200, response.text[:500]
        return str(response.json()["nummer"])


@dataclass
class Onheil:
    """Something breaks every now and then, in an order that the seed decides."""

    wereld: Wereld
    toeval: random.Random
    wat: list[str] = field(default_factory=list)
    genoeg: bool = False

    async def regeert(self) -> None:
        """Until it is `genoeg` and everything broke once; what was down comes up before the next thing breaks."""
        rampen = ["portaal", "werker 1", "werker 2", "backoffice", "storing", "storing", "storing", "storing"]
        rampen += ["database"] if self.wereld.cluster else []
        while not self.genoeg or not set(rampen) <= set(self.wat):
            beurten = rampen.copy()
            self.toeval.shuffle(beurten)
            for ramp in beurten:
                await asyncio.sleep(self.toeval.uniform(0.2, 0.9))
                if self.genoeg and set(rampen) <= set(self.wat):
                    return
                self.wat.append(ramp)
                if ramp == "storing":
                    await self._storing()
                elif ramp == "database" and self.wereld.cluster:
                    await self.wereld.cluster.herstart()
                else:
                    await self._dood(ramp)

    async def _dood(self, naam: str) -> None:
        proces = self.wereld.processen[naam]
        proces.dood()
        await asyncio.sleep(self.toeval.uniform(0, 0.5))
        proces.start()
        if proces.gezond:
            await proces.is_op()

    async def _storing(self) -> None:
        api, pad = self.toeval.choice(SCHRIJFPADEN)
        soort = self.toeval.choice(("antwoord_kwijt", "fout_na_vastleggen", "vertraging", "status", "te_druk"))
        storing = {
            "api": api,
            "pad": pad,
            "methode": "POST",
            "soort": soort,
            "seconden": 0.4,
            "status": 500,
            "aantal": self.toeval.randint(1, 4),
        }
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            try:
                response = await client.post(f"{self.wereld.backoffice_url}/beheer/api/storing", json=storing)
                assert response.status_code == 201, response.text
            except httpx.TransportError:
                pass  # it is down already

    async def is_voorbij(self) -> None:
        await self.wereld.zorg_dat_alles_draait()
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            await client.delete(f"{self.wereld.backoffice_url}/beheer/api/storing")
