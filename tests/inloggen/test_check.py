"""`pip-portal check`: nothing to say about a good configuration, and one clear line for each thing that is wrong."""

import dataclasses
import re
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
import time_machine
from fastapi import FastAPI

from pip_portal import check
from pip_portal.settings import Api, Klantinteracties, Settings
from reference_backoffice.app import create_backoffice
from reference_backoffice.config import DEMO_CLIENTS, DEMO_TOKENS, Client, Recht
from reference_backoffice.config import Config as BackofficeConfig
from reference_backoffice.refs import dumps, ref
from reference_backoffice.store import abonnement
from tests import factories
from tests.bestanden.clamd import clamd_server
from tests.post.smtp import Postbus, maak_certificaat, smtp_server

SECRET = "een-geheim-van-de-acceptatie-0123456789"
KEY = "sleutel-van-de-acceptatie-0123456789"
Transport = Callable[[str], httpx.AsyncBaseTransport | None]
Changed = Callable[..., Settings]
CALLBACK = "https://mijn.deventer.nl/webhooks/notificaties"
ABONNEMENT = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "callback_url": CALLBACK,
    "auth": "Bearer x",
    "data": dumps(
        {
            "url": ref("notificaties", "abonnement", "00000000-0000-4000-8000-000000000001"),
            "callbackUrl": CALLBACK,
            "kanalen": [{"naam": naam, "filters": {}} for naam in ("zaken", "documenten", "besluiten")],
        }
    ),
}


@pytest.fixture
def client() -> Client:
    """What the zaaksysteem lets the portal do; a test parametrizes this."""
    return DEMO_CLIENTS[0].model_copy(update={"secret": SECRET})


@pytest.fixture
def backoffice(tmp_path: Path, seeded_backoffice: Path, client: Client) -> FastAPI:
    sleutels = dict.fromkeys(
        ("brp_sleutel", "kvk_sleutel", "bag_sleutel", "openstaand_sleutel", "klantinteracties_token"), KEY
    )
    database = shutil.copy(seeded_backoffice, tmp_path / "backoffice.sqlite")
    tokens = [token.model_copy(update={"token": token.token.replace("demo-", KEY)}) for token in DEMO_TOKENS]
    config = BackofficeConfig(database=str(database), clients=(client,), objecten_tokens=tuple(tokens), **sleutels)
    return create_backoffice(config)


@pytest.fixture
async def transport_for(backoffice: FastAPI, transport_for: Transport, tmp_path: Path):  # type: ignore[no-untyped-def]  # a generator
    async with backoffice.router.lifespan_context(backoffice), clamd_server(tmp_path / "clamd"):
        async with backoffice.state.backoffice.store.write() as db:
            await db.execute(abonnement.insert().values(**ABONNEMENT))
        yield transport_for


@pytest.fixture
async def smtp(tmp_path: Path) -> AsyncIterator[dict[str, object]]:
    """A mail server with encryption and a password, and the settings to reach it."""
    certificaat = maak_certificaat(tmp_path)
    async with smtp_server(Postbus(wachtwoord="geheim"), certificaat) as poort:
        yield {
            "host": "localhost",
            "poort": poort,
            "ca": certificaat,
            "gebruiker": "pip",
            "wachtwoord": "geheim",
            "afzender": "mijn@deventer.nl",
            "terug": "bounces@deventer.nl",
        }


def api(name: str, **changes: object) -> Api:
    root = f"{factories.BACKOFFICE}/{name}/api/v1"
    return Api.model_validate({"root": root, "client_id": "pip-portaal", "secret": SECRET, **changes})


@pytest.fixture
def changed(
    database_url: str, koppelingen: dict[str, dict[str, object]], tmp_path: Path, smtp: dict[str, object]
) -> Changed:
    """A configuration that is ready for citizens, with these changes."""

    def changed(**changes: object) -> Settings:
        apis = {name: api(name) for name in ("zaken", "catalogi", "documenten", "besluiten", "autorisaties")}
        apis |= changes.pop("apis", {})  # type: ignore[arg-type]  # Apis by name
        fields: dict[str, object] = {
            "omgeving": "acceptatie",
            "public_url": "https://mijn.deventer.nl",
            "backoffices": (factories.backoffice(**apis, rsin=changes.pop("rsin", factories.GEMEENTE_RSIN)),),
            "brp": Api(root=f"{factories.BACKOFFICE}/haalcentraal/api/brp", headers={"X-API-KEY": KEY}),
            "kvk": Api(root=f"{factories.BACKOFFICE}/kvk/api", headers={"apikey": KEY}),
            "bag": Api(root=f"{factories.BACKOFFICE}/lvbag/individuelebevragingen/v2", headers={"X-Api-Key": KEY}),
            "openstaand": Api(
                root=f"{factories.BACKOFFICE}/openstaand/api/v1", headers={"Authorization": f"Token {KEY}"}
            ),
            "klantinteracties": Klantinteracties(
                root=f"{factories.BACKOFFICE}/klantinteracties/api/v1",
                headers={"Authorization": f"Token {KEY}"},
                actor="38e369b5-928a-5476-b6a6-846ddecc265b",
            ),
            "objecten": factories.objecten(f"{KEY}objecten-token-0123456789"),
            "clamd": str(tmp_path / "clamd"),
            "smtp": smtp | changes.pop("smtp", {}),  # type: ignore[operator]  # settings by name
            "notificaties": api("notificaties"),
            "notificaties_geheim": SECRET,
            **koppelingen,
        }
        url = str(changes.pop("database_url", database_url))
        return factories.settings(url, **(fields | changes))

    return changed


async def test_a_good_configuration_has_no_problems(changed: Changed, transport_for: Transport) -> None:
    assert await check.problems(changed(), transport_for) == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"omgeving": "test"}, "omgeving: staat op test"),
        ({"notificaties": None}, "notificaties: niet ingesteld"),
        ({"public_url": "https://elders.deventer.nl"}, "notificaties: er is geen abonnement voor https://elders"),
        ({"clamd": "127.0.0.1:1"}, "virusscanner: clamd antwoordt niet"),
        ({"smtp": {"terug": ""}}, "mail: smtp.terug is leeg"),
        ({"bounces": {"host": "127.0.0.1", "poort": 1}}, "de postbus van PIP_BOUNCES is niet te lezen"),
        ({"smtp": {"poort": 1}}, "mail: de mailserver neemt ons niet aan (SMTPConnectError)"),
        ({"smtp": {"wachtwoord": "fout"}}, "mail: de mailserver neemt ons niet aan (SMTPAuthenticationError (535))"),
        ({"bestanden": {"s3": {"bucket": "b", "endpoint": "https://127.0.0.1:1"}}}, "bestanden: opslaan, lezen"),
        ({"brp": None}, "BRP: niet ingesteld"),
        ({"kvk": None}, "KVK: niet ingesteld"),
        ({"database_url": "postgresql://pip@127.0.0.1:1/pip"}, "database: niet bereikbaar"),
        ({"apis": {"zaken": api("zaken", secret="x" * 40)}}, "zaken, zaken: wij mogen hier niet bij"),
        ({"apis": {"besluiten": api("besluiten", secret="x" * 40)}}, "zaken, besluiten: wij mogen hier niet bij"),
        (
            {"apis": {"catalogi": api("catalogi", root=f"{factories.BACKOFFICE}/x")}},
            "catalogi: onverwacht antwoord 404",
        ),
        ({"apis": {"documenten": api("x", root="http://drc.intern/api/v1")}}, "documenten: het adres is geen https"),
        ({"apis": {"documenten": api("documenten", ca="/bestaat/niet")}}, "documenten: niet bereikbaar"),
        ({"apis": {"autorisaties": None}}, "zaken: geen autorisaties ingesteld"),
        ({"brp": Api(root=f"{factories.BACKOFFICE}/haalcentraal/api/brp")}, "BRP: wij mogen hier niet bij (401)"),
        ({"kvk": Api(root=f"{factories.BACKOFFICE}/kvk/api")}, "KVK: wij mogen hier niet bij (401)"),
        ({"bag": Api(root=f"{factories.BACKOFFICE}/lvbag/individuelebevragingen/v2")}, "BAG: wij mogen hier niet bij"),
        ({"rdw": Api(root=f"{factories.BACKOFFICE}/rdw/x")}, "RDW: onverwacht antwoord 404"),
        ({"openstaand": Api(root=f"{factories.BACKOFFICE}/openstaand/api/v1")}, "openstaand: wij mogen hier niet bij"),
        ({"mijnoverheid": factories.mijnoverheid("verkeerd")}, "mijnoverheid: wij mogen hier niet bij (403)"),
        ({"signalen": Api(root=f"{factories.BACKOFFICE}/signals/x")}, "signalen: onverwacht antwoord 404"),
        (
            {
                "klantinteracties": Klantinteracties(root=f"{factories.BACKOFFICE}/klantinteracties/api/v1"),
                "vragen": {"kcc": "kcc@deventer.nl"},
            },
            "klantinteracties: wij mogen hier niet bij (401)",
        ),
        ({"objecten": factories.objecten("x")}, "objecten: wij mogen hier niet bij (401)"),
        ({"objecten": factories.objecten("x", taken=(), berichten=())}, "objecten: berichten en taken zijn leeg"),
        (
            {"objecten": factories.objecten(f"{KEY}objecten-token-0123456789", taken=("a/b",))},
            "objecttype b niet lezen",
        ),
        ({"rsin": ""}, "zaken: rsin ontbreekt"),
    ],
)
async def test_each_thing_that_is_wrong_is_one_line(
    changed: Changed, transport_for: Transport, changes: dict[str, object], line: str
) -> None:
    lines = await check.problems(changed(**changes), transport_for)
    assert len(lines) == 1, lines
    assert line in lines[0]
    assert SECRET not in lines[0]


async def test_an_empty_database_asks_for_the_migrations(
    changed: Changed, transport_for: Transport, tmp_path: Path
) -> None:
    settings = changed(database_url=f"sqlite+aiosqlite:///{tmp_path}/leeg.sqlite")
    assert await check.problems(settings, transport_for) == [
        "database: niet op de versie van deze code; draai `pip-portal migrate`"
    ]


def rights(component: str, *scopes: str) -> Client:
    """The good client, with other rights for one API."""
    kept = [recht for recht in DEMO_CLIENTS[0].rechten if recht.component != component]
    recht = Recht.model_validate({"component": component, "scopes": scopes})
    return DEMO_CLIENTS[0].model_copy(update={"secret": SECRET, "rechten": (*kept, recht)})


@pytest.mark.parametrize("client", [rights("zrc", "zaken.lezen", "zaken.verwijderen")])
async def test_a_right_too_many_is_named(changed: Changed, transport_for: Transport) -> None:
    lines = await check.problems(changed(), transport_for)
    assert lines[0] == "zaken, rechten: zaken.verwijderen is te veel"


@pytest.mark.parametrize("client", [rights("zrc", "zaken.lezen", "zaken.aanmaken")])
async def test_a_right_to_write_that_lacks_is_named_for_the_zaaktypen_of_the_forms(
    changed: Changed, transport_for: Transport
) -> None:
    lines = await check.problems(changed(), transport_for)
    assert "zaken, rechten: zaken.bijwerken ontbreekt voor zaaktype verhuizing" in lines
    assert not [line for line in lines if "zaken.aanmaken" in line or "factuur" in line]


@pytest.mark.parametrize("client", [rights("drc", "documenten.lezen", "documenten.aanmaken")])
async def test_a_right_on_documents_that_lacks_is_named_once_for_each_kind(
    changed: Changed, transport_for: Transport
) -> None:
    lines = await check.problems(changed(), transport_for)
    zin = "zaken, rechten: documenten.lock ontbreekt voor informatieobjecttype Aanvraagformulier"
    assert lines.count(zin) == 1


async def test_definitions_that_cannot_be_read_are_named(
    changed: Changed, transport_for: Transport, tmp_path: Path
) -> None:
    (tmp_path / "formulieren").mkdir()
    (tmp_path / "formulieren" / "kapot.yaml").write_text("formulier: [")
    lines = await check.problems(changed(formulieren=tmp_path), transport_for)
    assert lines
    assert all(line.startswith("formulieren: ") for line in lines)


@pytest.mark.parametrize("client", [rights("brc", "besluiten.aanmaken")])
async def test_a_right_that_is_missing_is_named(changed: Changed, transport_for: Transport) -> None:
    lines = await check.problems(changed(), transport_for)
    assert len(lines) == 1
    assert "zaken, besluiten: wij mogen hier niet bij (403)" in lines[0]


@dataclasses.dataclass
class Altered(httpx.AsyncBaseTransport):
    """A source as it is, with one thing about its answers changed."""

    inner: httpx.AsyncBaseTransport
    path: str
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes | None = None
    error: Exception | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.path not in request.url.path:
            return await self.inner.handle_async_request(request)
        if self.error is not None:
            raise self.error
        response = await self.inner.handle_async_request(request)
        body = await response.aread() if self.body is None else self.body
        kept = {k: v for k, v in response.headers.items() if k not in ("content-length", "content-encoding")}
        return httpx.Response(response.status_code, headers={**kept, **self.headers}, content=body)


def http_date(**off: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**off), usegmt=True)


@pytest.mark.parametrize(
    ("altered", "line"),
    [
        ({"headers": {"Date": http_date(minutes=-5)}}, "seconden anders dan hier"),
        ({"headers": {"Date": http_date(days=2)}}, "zaken, documenten: de klok loopt 172"),
        ({"headers": {"Date": "gisteren"}}, "zaken, documenten: de kop Date is geen datum"),
        ({"error": httpx.ConnectError("weg")}, "zaken, documenten: niet bereikbaar (ConnectError)"),
        ({"error": httpx.ReadTimeout("traag")}, "zaken, documenten: niet bereikbaar (ReadTimeout)"),
    ],
)
async def test_a_source_that_is_down_or_has_another_clock_is_named(
    changed: Changed, transport_for: Transport, altered: dict[str, object], line: str
) -> None:
    def other(url: str) -> httpx.AsyncBaseTransport | None:
        inner = transport_for(url)
        return Altered(inner, "/documenten/", **altered) if inner else None  # type: ignore[arg-type]  # as parametrized

    lines = await check.problems(changed(), other)
    assert len(lines) == 1, lines
    assert line in lines[0]


async def test_a_zaaksysteem_that_ignores_for_whom_we_ask_is_found_out(
    changed: Changed, transport_for: Transport
) -> None:
    def other(url: str) -> httpx.AsyncBaseTransport | None:
        inner = transport_for(url)
        return Altered(inner, "/zaken/_zoek", body=b'{"count": 7, "results": []}') if inner else None

    assert await check.problems(changed(), other) == [
        "zaken, zaken zoeken: negeert het BSN in de body; zet zoek = false"
    ]


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"idp_metadata": "/bestaat/niet.xml"}, "digid: metadata: bestand is niet te lezen"),
        ({"idp_metadata_vingerafdruk": "00" * 32}, "digid: metadata: niet ondertekend met het certificaat"),
        (
            {"idp_entity_id": "https://een-ander.example"},
            "digid: metadata: de ingestelde idp_entity_id staat er niet in",
        ),
        ({"ondertekening": ((Path("/bestaat/niet.pem"), Path("/bestaat/niet.key")),)}, "digid: sleutels: niet.pem of"),
        ({"ondertekening": ()}, "digid: instelling: ondertekening is leeg"),
        ({"form_action": ()}, "digid: form_action is leeg"),
        ({"profiel": "eid-4"}, "digid: instelling: versleuteling is leeg"),
    ],
)
async def test_a_login_that_cannot_work_is_named(
    changed: Changed,
    transport_for: Transport,
    koppelingen: dict[str, dict[str, object]],
    fields: dict[str, object],
    line: str,
) -> None:
    lines = await check.problems(changed(digid=koppelingen["digid"] | fields), transport_for)
    assert len(lines) == 1, lines
    assert line in lines[0]


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (320, r"digid: ondertekening 1 verloopt over 4\d dagen, op \d\d-\d\d-\d{4}"),
        (370, r"digid: ondertekening: ons eigen certificaat is verlopen"),
    ],
)
async def test_a_certificate_that_ends_soon_is_named(
    changed: Changed, transport_for: Transport, days: int, line: str
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
        lines = await check.problems(changed(eherkenning=None), transport_for)
    assert len(lines) == 1, lines
    assert re.search(line, lines[0]), lines
