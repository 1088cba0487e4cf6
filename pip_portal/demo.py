"""`make run`: the portal and its worker, the mock identity provider, the reference backoffice and a mailbox.

Each is a process on a port of its own, and this is the only code that knows them all. They meet over real sockets, and
the portal gets its settings as it would in production: from its environment.
"""

import asyncio
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import httpx
from cryptography.fernet import Fernet

from pip_portal import demo_certificaten as certificaten
from pip_portal import demo_nieuws, migraties
from pip_portal.inloggen.saml.provider import Dienstverlener
from pip_portal.paths import STATIC
from pip_portal.settings import Settings

# Clients and keys that the reference backoffice is seeded with.
CLIENT = ("pip-portaal", "demo-secret-van-het-portaal-0123456789")
GEMEENTE_RSIN = "823288444"
BRP_KEY = "demo-brp-sleutel-0123456789"
KVK_KEY = "demo-kvk-sleutel-0123456789"
BAG_KEY = "demo-bag-sleutel-0123456789"
OPENSTAAND_KEY = "demo-openstaand-sleutel-0123456789"
MIJNOVERHEID_KEY = "demo-mijnoverheid-sleutel-0123456789"
KCC = "38e369b5-928a-5476-b6a6-846ddecc265b"  # actor that gets each question
KLANT_TOKEN = "demo-klantinteracties-token-0123456789"  # noqa: S105 - of the stand-in only
OBJECTEN_TOKEN = "demo-objecten-token-0123456789"  # noqa: S105 - of the stand-in only
BERICHTTYPEN = ("08596840-3af4-55f5-b4bc-fff0059fafd1",)
TAAKTYPEN = ("9f6c698f-ceff-56c3-a8e0-ba287b4ad124", "a0219fb1-9948-5de5-b87c-30ed9c19f13c")
# What a citizen may read of each kind of zaak; the score of an internal check is not among it.
VERGUNNING = (
    *("kenteken", "vergunninggebied", "ingangsdatum", "begindatum", "einddatum", "bedrag", "locatie", "aanvang"),
    *("bezoekers", "klasse", "aantal"),
)
EIGENSCHAPPEN = {
    **dict.fromkeys(("parkeervergunning-bewoner", "parkeervergunning-bedrijf", "standplaats"), VERGUNNING),
    **dict.fromkeys(("objectvergunning", "omgevingsvergunning", "horeca", "evenement"), VERGUNNING),
    **dict.fromkeys(("melding-klein-evenement", "melding-openbare-ruimte", "schadeclaim"), VERGUNNING),
    **dict.fromkeys(("uittreksel-brp", "kwijtschelding", "subsidie", "factuur"), ("bedrag",)),
    **dict.fromkeys(("erkenning", "reisdocument"), ("afspraak",)),
    **dict.fromkeys(("klacht", "bezwaar"), ("kenmerk", "datum")),
    "verhuizing": ("verhuisdatum",),
    "geboorteaangifte": ("aangiftetermijn",),
    "gpk": ("bedrag",),
    "woo-verzoek": ("onderwerp",),
}
BUS = "onbestelbare_mail"  # where the mailbox puts what comes back, and the worker reads it
ANDERE_POORTEN = "demo --portaal 9000 --idp 9010 --achterkanaal 9011 --backoffice 9020 --postbus 9030 --smtp 9025"
START_TIMEOUT = 60.0  # seconds until all must answer; the first start fills the backoffice

TESTPERSONEN = (
    ("Anna Jansen", "999991012", "burger met zaken in elke toestand"),
    ("Mehmet Yılmaz", "999991206", "burger; ook eigenaar van een eenmanszaak"),
    ("Piet Klein Overmeen", "999997051", "burger met 60 zaken"),
    ("Hendrik Bosman", "999994232", "burger met aanslagen waarvoor kwijtschelding kan"),
    ("Youssef El Amrani", "999993021", "burger zonder zaken"),
    ("Eva Hoekstra", "999994700", "burger met geheimhouding"),
    ("Bakkerij De Koekstad B.V.", "90000110", "bedrijf met twee vestigingen"),
    ("Yılmaz Klusbedrijf", "90000227", "eenmanszaak"),
)


@dataclass(frozen=True)
class Ports:
    portaal: int = 8000
    idp: int = 8010
    achterkanaal: int = 8011
    backoffice: int = 8020
    postbus: int = 8030
    smtp: int = 8025

    def named(self) -> dict[str, int]:
        return {
            "het portaal": self.portaal,
            "de mock DigiD/eHerkenning": self.idp,
            "het achterkanaal van de mock": self.achterkanaal,
            "de referentie-backoffice": self.backoffice,
            "de postbus": self.postbus,
            "de mailserver van de postbus": self.smtp,
        }


@dataclass(frozen=True)
class Demo:
    """The commands, the environment of each, and where they answer."""

    ports: Ports
    folder: Path
    idp: Mapping[str, str]
    backoffice: Mapping[str, str]
    portaal: Mapping[str, str]
    postbus: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.ports.portaal}"

    def commands(self) -> list[tuple[str, list[str], Mapping[str, str]]]:
        python = sys.executable
        bus = str(self.folder / BUS)
        poorten = ["--web", str(self.ports.postbus), "--smtp", str(self.ports.smtp), "--maildir", bus]
        return [
            ("mock_idp", [python, "-m", "mock_idp", "serve"], self.idp),
            ("reference_backoffice", [python, "-m", "reference_backoffice", "serve"], self.backoffice),
            (
                "pip_portal",
                [python, "-m", "pip_portal", "serve", "--port", str(self.ports.portaal)],
                self.portaal,
            ),
            ("werker", [python, "-m", "pip_portal", "worker"], self.portaal),
            ("postbus", [python, "-m", "pip_portal.demo_postbus", *poorten], self.postbus),
        ]

    def health(self) -> list[str]:
        return [
            f"http://localhost:{self.ports.idp}/",
            f"http://localhost:{self.ports.backoffice}/gezond",
            f"http://localhost:{self.ports.postbus}/gezond",
            f"{self.url}/klaar",
        ]


def taken(ports: Ports) -> list[str]:
    """A sentence for each port that something else already uses."""
    zinnen = []
    for naam, port in ports.named().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                zinnen.append(f"Poort {port} ({naam}) is al bezet. Stop wat daar draait, of kies een andere poort.")
    return zinnen


def prepare(ports: Ports, folder: Path) -> Demo:
    """Make keys and databases that are not there yet, and introduce the portal and the identity provider."""
    folder = folder.resolve()
    idp_folder, own = folder / "mock_idp", folder / "portaal"
    own.mkdir(parents=True, exist_ok=True)
    geheimen = _secrets(own / "geheimen.json")
    keys = certificaten.ensure(own)
    sp_metadata = idp_folder / "sp"
    sp_metadata.mkdir(parents=True, exist_ok=True)
    base = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "MOCK_IDP_", "REFERENCE_BACKOFFICE_"))}
    idp = base | {
        "MOCK_IDP_DEVELOPMENT": "1",
        "MOCK_IDP_DIR": str(idp_folder),
        "MOCK_IDP_PUBLIC_URL": f"http://localhost:{ports.idp}",
        "MOCK_IDP_BACKCHANNEL_URL": f"https://localhost:{ports.achterkanaal}",
        "MOCK_IDP_SP_METADATA_DIR": str(sp_metadata),
        "MOCK_IDP_CLIENT_CA": str(keys.ca),
    }
    made = subprocess.check_output([sys.executable, "-m", "mock_idp", "keys"], env=idp, text=True)
    koppelingen = {middel: _koppeling(middel, json.loads(made), keys, ports) for middel in ("digid", "eherkenning")}
    backoffice_url = f"http://localhost:{ports.backoffice}"
    portaal = base | {
        "PIP_OMGEVING": "demo",
        "PIP_PUBLIC_URL": f"http://localhost:{ports.portaal}",
        "PIP_DATABASE_URL": os.environ.get("PIP_DATABASE_URL", f"sqlite+aiosqlite:///{folder}/pip.sqlite"),
        "PIP_SLEUTELS": json.dumps([geheimen["fernet"]]),
        "PIP_PSEUDONIEM_SLEUTEL": geheimen["pseudoniem"],
        "PIP_BACKOFFICES": json.dumps([_backoffice(backoffice_url)]),
        "PIP_BRP": json.dumps({"root": f"{backoffice_url}/haalcentraal/api/brp", "headers": {"X-API-KEY": BRP_KEY}}),
        "PIP_KVK": json.dumps({"root": f"{backoffice_url}/kvk/api", "headers": {"apikey": KVK_KEY}}),
        "PIP_BAG": json.dumps(
            {"root": f"{backoffice_url}/lvbag/individuelebevragingen/v2", "headers": {"X-Api-Key": BAG_KEY}}
        ),
        "PIP_RDW": json.dumps({"root": f"{backoffice_url}/rdw/resource"}),
        "PIP_OPENSTAAND": json.dumps(
            {"root": f"{backoffice_url}/openstaand/api/v1", "headers": {"Authorization": f"Token {OPENSTAAND_KEY}"}}
        ),
        "PIP_MIJNOVERHEID": json.dumps(
            {"root": f"{backoffice_url}/mijnoverheid/api/v1", "headers": {"Authorization": f"Token {MIJNOVERHEID_KEY}"}}
        ),
        "PIP_KLANTINTERACTIES": json.dumps(
            {
                "root": f"{backoffice_url}/klantinteracties/api/v1",
                "headers": {"Authorization": f"Token {KLANT_TOKEN}"},
                "actor": KCC,
                "notificeert": True,
            }
        ),
        "PIP_VRAGEN": json.dumps({"kcc": "kcc@postbus.example"}),
        "PIP_OBJECTEN": json.dumps(_objecten(backoffice_url)),
        "PIP_SIGNALEN": json.dumps({"root": f"{backoffice_url}/signals/v1/public"}),
        "PIP_KAART_TEGELS": f"{backoffice_url}/kaart/{{z}}/{{x}}/{{y}}.png",
        "PIP_KAART_BRON": "Kaart: een getekende stad, alleen voor de demo",
        "PIP_SMTP": json.dumps(_smtp(ports)),
        "PIP_NOTIFICATIES": json.dumps(_zgw(backoffice_url, "notificaties")),
        "PIP_VERWERKINGENLOGGING": json.dumps(_zgw(backoffice_url, "verwerkingen")),
        "PIP_NOTIFICATIES_GEHEIM": geheimen["notificaties"],
        "PIP_SMS": json.dumps(
            {
                "root": f"http://localhost:{ports.postbus}",
                "sjabloon": "code",
                "client_id": "demo-dienst",
                "secret": "demo-sms",
            }
        ),
        "PIP_BOUNCES": json.dumps({"maildir": str(folder / BUS), "elke": 5}),
        "PIP_DEMO_IDP_URL": f"http://localhost:{ports.idp}",
        "PIP_MEDEWERKERS": json.dumps(_medewerkers(ports)),
        "PIP_BESTANDEN": json.dumps({"map": str(folder / "bestanden"), "werkmap": str(own)}),
    }
    portaal |= {f"PIP_{middel.upper()}": json.dumps(koppeling) for middel, koppeling in koppelingen.items()}
    settings = settings_of(portaal)
    migraties.upgrade(settings.database_url)
    asyncio.run(_write_sp_metadata(settings, sp_metadata))
    backoffice = base | {
        "REFERENCE_BACKOFFICE_DATABASE": str(folder / "reference_backoffice" / "backoffice.sqlite"),
        "REFERENCE_BACKOFFICE_PUBLIC_URL": backoffice_url,
        "REFERENCE_BACKOFFICE_PORT": str(ports.backoffice),
    }
    return Demo(ports, folder, idp, backoffice, portaal, base)


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings as the portal will read them, without touching the environment of this process."""
    fields = {k.removeprefix("PIP_").lower(): v for k, v in environment.items() if k.startswith("PIP_")}
    parsed = {k: json.loads(v) if v[:1] in "[{" else v for k, v in fields.items()}
    return Settings.model_validate(parsed)


async def _write_sp_metadata(settings: Settings, folder: Path) -> None:
    for middel, koppeling in (("digid", settings.digid), ("eherkenning", settings.eherkenning)):
        if koppeling is None:
            continue
        dienstverlener = await Dienstverlener.open(koppeling, public_url=settings.public_url, middel=middel)
        (folder / f"{middel}.xml").write_bytes(dienstverlener.metadata())
        await dienstverlener.close()


def _secrets(file: Path) -> dict[str, str]:
    made: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    nieuw = {"fernet": Fernet.generate_key().decode()} | {
        naam: secrets.token_urlsafe(48) for naam in ("pseudoniem", "notificaties")
    }
    if nieuw.keys() - made.keys():
        made = nieuw | made
        file.touch(0o600)
        file.write_text(json.dumps(made))
    return made


def _koppeling(
    middel: str, made: dict[str, dict[str, str]], keys: certificaten.Keys, ports: Ports
) -> dict[str, object]:
    idp = made[middel]
    koppeling: dict[str, object] = {
        "profiel": "digid-3" if middel == "digid" else "eherkenning",
        "entity_id": f"http://localhost:{ports.portaal}/inloggen/{middel}/metadata",
        "idp_entity_id": idp["entity_id"],
        "idp_metadata": idp["metadata"],
        "idp_metadata_vingerafdruk": idp["fingerprint"],
        "ondertekening": [[str(p) for p in keys.signing]],
        "tls": [str(p) for p in keys.tls],
        "tls_ca": made["ca"],
        "form_action": [f"http://localhost:{ports.idp}", f"http://localhost:{ports.portaal}"],
    }
    if middel == "digid" and os.environ.get("PIP_DEMO_EID") == "1":  # only there DigiD Machtigen exists
        eid = made["eid"]
        koppeling |= {
            "profiel": "eid-4",
            "entity_id": f"urn:nl-eid-gdi:1.0:DV:{certificaten.OIN}:entities:9001",
            "idp_entity_id": eid["entity_id"],
            "idp_metadata": eid["metadata"],
            "idp_metadata_vingerafdruk": eid["fingerprint"],
            "versleuteling": [[str(p) for p in keys.encryption]],
            "service_uuid": "6d3bd5e0-91a6-4b2e-9d55-1f2ad0c0a001",
            "machtigingsdiensten": {"parkeren": "6d3bd5e0-91a6-4b2e-9d55-1f2ad0c0a002"},  # as mock_idp knows it
            "machtigen_entity_id": eid["entity_id"].replace(":RD:", ":BVD:").replace(":9001", ":9003"),
        }
    if middel == "eherkenning":
        service_id = f"urn:etoegang:DV:{certificaten.OIN}:services:9001"
        koppeling |= {
            "entity_id": f"urn:etoegang:DV:{certificaten.OIN}:entities:9001",
            "versleuteling": [[str(p) for p in keys.encryption]],
            "service_index": 9001,
            "service_id": service_id,
            "service_uuid": str(uuid5(NAMESPACE_URL, service_id)),  # as the mock gives it to an unknown service,
            "niveau": 22,
        }
    return koppeling


def _medewerkers(ports: Ports) -> dict[str, str]:
    """Where the employees of the demo log in (mock_idp/medewerkers.py)."""
    return {
        "issuer": f"http://localhost:{ports.idp}/medewerkers",
        "client_id": "pip-portal",
        "client_secret": "demo-geheim-van-de-balie",
        "rol": "balie",
    }


def _smtp(ports: Ports) -> dict[str, object]:
    """The mail server of the mailbox: on this machine, so without encryption."""
    return {
        "host": "127.0.0.1",
        "poort": ports.smtp,
        "beveiliging": "geen",
        "afzender": "niet-antwoorden@deventer.example",
        "terug": "onbestelbaar@deventer.example",
    }


def _zgw(url: str, name: str) -> dict[str, str]:
    return {"root": f"{url}/{name}/api/v1", "client_id": CLIENT[0], "secret": CLIENT[1]}


def _objecten(url: str) -> dict[str, object]:
    typen = f"{url}/objecttypen/api/v2/objecttypes"
    return {
        "root": f"{url}/objecten/api/v2",
        "headers": {"Authorization": f"Token {OBJECTEN_TOKEN}"},
        "berichten": [f"{typen}/{uuid}" for uuid in BERICHTTYPEN],
        "taken": [f"{typen}/{uuid}" for uuid in TAAKTYPEN],
        "samenvoegen": True,
        "taak_hosts": ["vragenlijst.example.nl"],
        "notificeert": True,
    }


def _backoffice(url: str) -> dict[str, object]:
    def api(path: str) -> dict[str, str]:
        return {"root": f"{url}/{path}/api/v1", "client_id": CLIENT[0], "secret": CLIENT[1]}

    apis = ("zaken", "catalogi", "documenten", "besluiten", "autorisaties")
    return {
        "bron": "zaken",
        "naam": "het zaaksysteem",
        "eigenschappen": EIGENSCHAPPEN,
        "rsin": GEMEENTE_RSIN,
        "aanvulling_documenttypen": dict.fromkeys(("gpk", "wmo-melding"), "Medische gegevens"),
        "intrekken": {"kwijtschelding": "direct", "standplaats": "status"},
        "intrekken_status": "Gestopt",
        **{name: _zgw(url, name) for name in apis},
    }


def run(ports: Ports, map_: str) -> int:
    """Start all, show where to go, and stop all on Ctrl-C or when one of them stops."""
    for zin in (bezet := taken(ports)):
        print(zin, file=sys.stderr)
    if bezet:
        print(f"Andere poorten: .venv/bin/pip-portal {ANDERE_POORTEN}", file=sys.stderr)
        return 1
    if not (STATIC / "dist" / "manifest.json").is_file():
        print("De stijlen zijn niet gebouwd. Gebruik `make run`.", file=sys.stderr)
        return 1
    demo = prepare(ports, Path(map_))
    stop = {"now": False}
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.update(now=True))
    processes = start(demo)
    try:
        if not wait_until_ready(demo, processes, stop):
            return 0 if stop["now"] else 1
        asyncio.run(demo_nieuws.volg(settings_of(demo.portaal)))
        _write_env(demo)
        _show(demo)
        while not stop["now"]:
            if gestopt := [name for name, process in processes.items() if process.poll() is not None]:
                print(f"{gestopt[0]} is gestopt; de andere stoppen nu ook.", file=sys.stderr)
                return 1
            time.sleep(0.3)
    finally:
        stop_all(processes)
    print("\nGestopt. Uw gegevens staan nog in de map van de demo; `make reset` begint opnieuw.")
    return 0


def start(demo: Demo) -> dict[str, subprocess.Popen[bytes]]:
    """Each server in its own process, with its output in a log file in the demo's folder."""
    processes = {}
    for name, command, environment in demo.commands():
        with (demo.folder / f"{name}.log").open("ab") as log:
            processes[name] = subprocess.Popen(
                command, env=dict(environment), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
    return processes


def wait_until_ready(demo: Demo, processes: Mapping[str, subprocess.Popen[bytes]], stop: Mapping[str, bool]) -> bool:
    uiterlijk = time.monotonic() + START_TIMEOUT
    print("De servers starten …", flush=True)
    wachten = demo.health()
    while wachten and not stop["now"]:
        for name, process in processes.items():
            if process.poll() is not None or time.monotonic() > uiterlijk:
                print(f"{name} start niet. Kijk in {demo.folder / name}.log", file=sys.stderr)
                return False
        wachten = [url for url in wachten if not _answers(url)]
        time.sleep(0.2)
    return not stop["now"]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def stop_all(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        try:
            process.wait(timeout=12)
        except subprocess.TimeoutExpired:
            process.kill()


def _write_env(demo: Demo) -> None:
    """The settings of the portal for a shell, so that the other commands of pip-portal work on the demo too."""
    eigen = {name: value for name, value in demo.portaal.items() if name.startswith("PIP_")}
    bestand = demo.folder / "demo.env"
    bestand.touch(mode=0o600)
    bestand.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in eigen.items()))


def _show(demo: Demo) -> None:
    print(f"\n  Open in uw browser:  {demo.url}\n")
    print("  Log in met een van deze testpersonen (er zijn er meer op de inlogpagina):")
    for naam, nummer, waarvoor in TESTPERSONEN:
        print(f"    {naam:<28}{nummer:<12}{waarvoor}")
    print(f"\n  Zaken verder helpen (als medewerker):  http://localhost:{demo.ports.backoffice}/beheer")
    print(f"  Mail die de demo verstuurt:            http://localhost:{demo.ports.postbus}")
    print("  Anna Jansen en Piet Klein Overmeen krijgen mail als een medewerker hun zaak een stap verder helpt.")
    print(f"  Andere opdrachten, in een tweede venster: . {demo.folder}/demo.env && .venv/bin/pip-portal --help")
    print(f"  Logboeken: {demo.folder}/*.log\n  Stoppen: Ctrl-C\n", flush=True)
