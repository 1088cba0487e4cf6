"""Portal, workers, backoffice and database as real processes, which can be killed and come back."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from pip_portal import migraties
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
GEDULD = 60.0  # seconds for a process to come up on a busy machine


def vrije_poort() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Proces:
    """A command that is started, killed without warning, and started again. gezond: URL that answers when it is up."""

    naam: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    gezond: str = ""
    keren_dood: int = 0
    popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def dood(self) -> None:
        """kill -9, its children too."""
        if self.popen is not None and self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()
            self.keren_dood += 1

    async def is_op(self) -> None:
        for _ in range(int(GEDULD / 0.1)):
            if self.popen is not None and self.popen.poll() is not None:
                raise AssertionError(f"{self.naam} stopt vanzelf:\n{self.log.read_text()[-3000:]}")
            if not self.gezond:
                return
            try:
                async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
                    if (await client.get(self.gezond)).status_code == 200:
                        return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.naam} komt niet op:\n{self.log.read_text()[-3000:]}")


class Cluster:
    """A PostgreSQL of our own, so that nobody else notices when it crashes."""

    def __init__(self, folder: Path) -> None:
        self._bin = Path(sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])
        self._data = folder / "db"
        self._as_root = os.geteuid() == 0
        self._port = vrije_poort()
        self.keren_dood = 0
        if self._as_root:
            for parent in (folder, *folder.parents):
                if parent.stat().st_uid == 0 and parent.stat().st_mode & 0o777 == 0o700:
                    parent.chmod(0o711)  # pytest's folders are closed to the user that runs the server
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(self._data), "-U", "pip", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._start()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://pip@127.0.0.1:{self._port}/postgres"

    async def herstart(self) -> None:
        """Crash: no goodbye to any connection, recovery from the log at the start."""
        self.keren_dood += 1
        await asyncio.to_thread(self._crash)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")

    def _crash(self) -> None:
        self.stop()
        for _ in range(50):
            try:
                self._start()
            except subprocess.CalledProcessError:  # what it left behind is not gone yet
                time.sleep(0.2)
            else:
                return
        raise AssertionError("PostgreSQL komt niet op")

    def _start(self) -> None:
        opties = (
            f"-p {self._port} -k {self._data} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
            " -c shared_buffers=32MB"
        )
        log = str(self._data / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", opties, "start")

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._bin / name), *arguments]
        if self._as_root:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kan_postgres() -> bool:
    """Only where the suite runs on PostgreSQL anyway, and its programs are here."""
    return bool(os.environ.get("PIP_TEST_POSTGRES")) and bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


@dataclass
class Wereld:
    """Everything of one test, in one folder."""

    folder: Path
    database_url: str
    cluster: Cluster | None
    backoffice_db: Path
    portaal_url: str
    backoffice_url: str
    env: Mapping[str, str]
    processen: dict[str, Proces] = field(default_factory=dict)

    async def start(self) -> None:
        for proces in self.processen.values():
            proces.start()
        await asyncio.gather(*(proces.is_op() for proces in self.processen.values()))

    async def zorg_dat_alles_draait(self) -> None:
        for proces in self.processen.values():
            if proces.popen is None or proces.popen.poll() is not None:
                proces.start()
        await asyncio.gather(*(proces.is_op() for proces in self.processen.values()))

    def stop(self) -> None:
        for proces in self.processen.values():
            proces.dood()
        if self.cluster is not None:
            self.cluster.stop()

    def logboek(self) -> str:
        return "".join(proces.log.read_text() for proces in self.processen.values())


def maak_wereld(folder: Path, seeded_backoffice: Path, empty_sqlite: Path, *, postgres: bool) -> Wereld:
    poort, backoffice_poort = vrije_poort(), vrije_poort()
    portaal_url, backoffice_url = f"http://localhost:{poort}", f"http://127.0.0.1:{backoffice_poort}"
    backoffice_db = folder / "backoffice.sqlite"
    shutil.copy(seeded_backoffice, backoffice_db)
    cluster = None
    if postgres:
        (folder / "postgres").mkdir()
        cluster = Cluster(folder / "postgres")
        database_url = cluster.url
        migraties.upgrade(database_url)
    else:
        shutil.copy(empty_sqlite, folder / "pip.sqlite")
        database_url = f"sqlite+aiosqlite:///{folder}/pip.sqlite"
    base = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "REFERENCE_BACKOFFICE_", "PYTEST_"))}
    env = base | portaal_omgeving(folder, portaal_url, backoffice_url, database_url)
    backoffice_env = base | {
        "REFERENCE_BACKOFFICE_DATABASE": str(backoffice_db),
        "REFERENCE_BACKOFFICE_PUBLIC_URL": backoffice_url,
        "REFERENCE_BACKOFFICE_PORT": str(backoffice_poort),
    }
    python = sys.executable
    uvicorn = [python, "-m", "uvicorn", "--factory", "tests.chaos.loket:maak", "--log-level", "warning"]
    wereld = Wereld(folder, database_url, cluster, backoffice_db, portaal_url, backoffice_url, env)
    for naam, command, omgeving, gezond in (
        ("backoffice", [python, "-m", "reference_backoffice", "serve"], backoffice_env, f"{backoffice_url}/gezond"),
        ("portaal", [*uvicorn, "--host", "127.0.0.1", "--port", str(poort)], env, f"http://127.0.0.1:{poort}/klaar"),
        ("werker 1", [python, "-m", "tests.chaos.werker"], env, ""),
        ("werker 2", [python, "-m", "tests.chaos.werker"], env, ""),
    ):
        log = folder / f"{naam.replace(' ', '-')}.log"
        wereld.processen[naam] = Proces(naam, command, omgeving, log, gezond)
    return wereld


def portaal_omgeving(folder: Path, portaal_url: str, backoffice_url: str, database_url: str) -> dict[str, str]:
    """Settings as in production, but with short waits: an hour of back-off must fit in a minute."""
    backoffice = factories.backoffice(root=backoffice_url).model_dump(mode="json")
    for api in ("zaken", "catalogi", "documenten", "besluiten", "autorisaties"):
        backoffice[api]["secret"] = factories.SECRET
    return {
        "PIP_OMGEVING": "test",
        "PIP_PUBLIC_URL": portaal_url,
        "PIP_DATABASE_URL": database_url,
        "PIP_SLEUTELS": json.dumps([factories.FERNET]),
        "PIP_PSEUDONIEM_SLEUTEL": factories.PSEUDONIEM,
        "PIP_BACKOFFICES": json.dumps([backoffice]),
        "PIP_BESTANDEN": json.dumps({"map": str(folder / "bestanden")}),
        "PIP_CATALOGUS_VOORAF": "false",
    }
