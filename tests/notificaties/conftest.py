"""A portal and a backoffice that tells it what changes, with people whom the portal knows."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal import bekenden
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker
from pip_portal.notificaties.webhook import PAD
from pip_portal.settings import Settings
from pip_portal.taal import Taal, schrijf_in
from pip_portal.tables import Contactadres, Notificatie, Notificatietelling, Opdracht
from pip_portal.tijd import now
from pip_portal.voorkeuren import voorkeuren
from reference_backoffice.app import create_backoffice
from reference_backoffice.config import Config
from tests import factories
from tests.reference_backoffice import conftest as loket

GEHEIM = "geheim-van-de-notificaties-0123456789"
ZAKEN, DOCUMENTEN = f"{factories.BACKOFFICE}/zaken/api/v1", f"{factories.BACKOFFICE}/documenten/api/v1"
Json = dict[str, Any]


@dataclass
class Lijn:
    """Between backoffice and portal: what is published arrives when a test asks for it."""

    portal: FastAPI | None = None

    def transport(self) -> httpx.AsyncBaseTransport:
        assert self.portal is not None
        return httpx.ASGITransport(self.portal)


@pytest.fixture
def lijn() -> Lijn:
    return Lijn()


@pytest.fixture
async def backoffice(tmp_path: Path, seeded_backoffice: Path, lijn: Lijn) -> AsyncIterator[FastAPI]:
    file = tmp_path / "backoffice.sqlite"
    shutil.copy(seeded_backoffice, file)
    app = create_backoffice(Config(database=str(file)), lijn.transport)
    async with app.router.lifespan_context(app):
        app.state.bezorger.zet(stil=True)
        yield app


@pytest.fixture
def settings(database_url: str) -> Settings:
    api = {
        "root": f"{factories.BACKOFFICE}/notificaties/api/v1",
        "client_id": "pip-portaal",
        "secret": factories.SECRET,
    }
    return factories.settings(database_url, notificaties=api, notificaties_geheim=GEHEIM)


@dataclass
class Wereld:
    portal: FastAPI
    api: httpx.AsyncClient
    web: httpx.AsyncClient
    koppen: dict[str, str] = field(default_factory=lambda: {"Authorization": f"Bearer {GEHEIM}"})

    # ---- people ------------------------------------------------------------------------------------

    async def ken(self, gebruiker: Gebruiker, adres: str = "", taal: Taal = "nl", **keuzes: object) -> str:
        """Somebody who logged in before, perhaps with an address and choices; their eigenaar."""
        eigenaar = eigenaar_van(gebruiker, self.portal.state.sleutels).hash
        sleutels = self.portal.state.sleutels
        async with self.portal.state.db.begin() as session:
            with schrijf_in(taal):
                await bekenden.onthoud(session, sleutels, gebruiker)
            if adres:
                session.add(
                    Contactadres(
                        id=str(uuid4()),
                        eigenaar=eigenaar,
                        soort="email",
                        adres=sleutels.encrypt(adres.encode()),
                        adres_hash=sleutels.keyed_hash("email", adres),
                        standaard=True,
                        geverifieerd_op=now(),
                        aangemaakt_op=now(),
                    )
                )
            if keuzes:
                await voorkeuren.bewaar(session, eigenaar, voorkeuren.Voorkeuren.model_validate(keuzes))
        return eigenaar

    # ---- the backoffice ----------------------------------------------------------------------------

    async def zaak(self, *wie: Json, soort: str = "kapvergunning") -> Json:
        """A zaak with these rollen (betrokkeneType, betrokkeneIdentificatie, omschrijvingGeneriek)."""
        zaak = await loket.new_zaak(self.api, soort)
        for rol in wie:
            body = await loket.rol_body(self.api, zaak, rol.get("generiek", "initiator"))
            body |= {naam: waarde for naam, waarde in rol.items() if naam != "generiek"}
            response = await self.api.post(f"{ZAKEN}/rollen", json=body)
            assert response.status_code == 201, response.text
        return zaak

    async def status(self, zaak: Json, label: str, toelichting: str = "") -> Json:
        """Set this status; returns it."""
        typen = await loket.of_zaaktype(self.api, "statustypen", zaak)
        statustype = next(t for t in typen if t["omschrijving"] == label)
        body = {"zaak": zaak["url"], "statustype": statustype["url"], "datumStatusGezet": loket.now()}
        response = await self.api.post(f"{ZAKEN}/statussen", json=body | {"statustoelichting": toelichting})
        assert response.status_code == 201, response.text
        status: Json = response.json()
        return status

    # ---- notifications -----------------------------------------------------------------------------

    async def stuur(self, bericht: object, **koppen: str) -> httpx.Response:
        inhoud = bericht if isinstance(bericht, bytes) else json.dumps(bericht).encode()
        headers = {"Content-Type": "application/json", **self.koppen, **koppen}
        return await self.web.post(PAD, content=inhoud, headers=headers)

    async def meld(self, hoofd: str, resource: str, url: str, actie: str = "create", kanaal: str = "zaken") -> Json:
        """Tell it to the portal, which must take it; returns what was sent."""
        sent = bericht(hoofd, resource, url, actie, kanaal)
        response = await self.stuur(sent)
        assert response.status_code == 204, response.status_code
        return sent

    async def meld_status(self, zaak: Json, label: str, toelichting: str = "") -> Json:
        """Set a status and tell it; then the worker does its work."""
        status = await self.status(zaak, label, toelichting)
        sent = await self.meld(zaak["url"], "status", status["url"])
        await self.werk()
        return sent

    async def werk(self) -> None:
        await self.portal.state.werker.alles()

    async def handmatig(self) -> None:
        """As a worker that may be killed: what it had in hand is given back by its lease, which ends at once here."""
        werker = self.portal.state.werker
        for soort in ("notificatie", "melding"):
            for opdracht in await werker._pak([soort], 10):
                with suppress(BaseException):
                    inhoud = json.loads(self.portal.state.sleutels.decrypt(opdracht.inhoud))
                    await werker._handlers[soort](inhoud)
                    await werker._zet(opdracht, {"toestand": "klaar", "lease_tot": None})
        async with self.portal.state.db.begin() as session:
            open_ = Opdracht.toestand == "bezig"
            await session.execute(update(Opdracht).where(open_).values(toestand="nieuw", lease_tot=None))

    async def nu_aan_de_beurt(self) -> None:
        """What waits for another try does not wait any longer."""
        async with self.portal.state.db.begin() as session:
            await session.execute(update(Opdracht).where(Opdracht.toestand == "nieuw").values(beurt_op=now()))

    # ---- what came of it ---------------------------------------------------------------------------

    async def mails(self) -> list[Json]:
        async with self.portal.state.db() as session:
            rijen = await session.scalars(select(Opdracht).where(Opdracht.soort == "mail").order_by(Opdracht.id))
            return [json.loads(self.portal.state.sleutels.decrypt(rij.inhoud)) for rij in rijen]

    async def sjablonen(self) -> list[tuple[str, str]]:
        """Template and address of each mail, in order."""
        return [(mail["sjabloon"], mail["aan"]) for mail in await self.mails()]

    async def rijen(self) -> list[Notificatie]:
        async with self.portal.state.db() as session:
            return list(await session.scalars(select(Notificatie).order_by(Notificatie.op)))

    async def tellingen(self) -> dict[str, int]:
        async with self.portal.state.db() as session:
            rijen = await session.scalars(select(Notificatietelling))
            return {rij.uitkomst: rij.aantal for rij in rijen}


def bericht(hoofd: str, resource: str, url: str, actie: str = "create", kanaal: str = "zaken") -> Json:
    return {
        "kanaal": kanaal,
        "hoofdObject": hoofd,
        "resource": resource,
        "resourceUrl": url,
        "actie": actie,
        "aanmaakdatum": datetime.now(UTC).isoformat(),
        "kenmerken": {"bronorganisatie": factories.GEMEENTE_RSIN, "vertrouwelijkheidaanduiding": "openbaar"},
    }


def burgerrol(bsn: str, generiek: str = "initiator") -> Json:
    return {
        "generiek": generiek,
        "betrokkeneType": "natuurlijk_persoon",
        "betrokkeneIdentificatie": {"inpBsn": bsn},
    }


@pytest.fixture
async def wereld(portal: FastAPI, backoffice: FastAPI, lijn: Lijn) -> AsyncIterator[Wereld]:
    lijn.portal = portal
    async with (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(backoffice), base_url=factories.BACKOFFICE, headers=loket.headers()
        ) as api,
        httpx.AsyncClient(transport=httpx.ASGITransport(portal), base_url=factories.PORTAAL) as web,
    ):
        yield Wereld(portal, api, web)
