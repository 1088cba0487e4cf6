"""A newsletter to many: mails per second of one process, and whether its memory grows with the number of readers.

Alone: `python -m bench.nieuwsbrief 5000`. The mail server is a process of its own that takes everything.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import insert

from pip_portal import migraties
from pip_portal.db import Sessionmaker, open_db
from pip_portal.nieuwsbrief.ontvangers import Stand
from pip_portal.nieuwsbrief.verzenden import Verzender
from pip_portal.settings import Nieuwsbrief, Settings, Smtp
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Abonnee, Inschrijving
from pip_portal.tijd import now
from tests.nieuwsbrief.lezers import geef_uit

AANTAL = int(os.environ.get("BENCH_LEZERS", "100000"))
STAPEL = 5000
PAUZE = re.compile(rb"\r\n\.\r\n$")


async def nieuwsbrief(aantal: int = AANTAL) -> str:
    """One line: how fast, and the memory after a tenth and at the end."""
    sink = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.nieuwsbrief", "sink", stdout=subprocess.PIPE
    )
    assert sink.stdout is not None
    try:
        poort = int(await sink.stdout.readline())
        with tempfile.TemporaryDirectory() as map_:
            return await meet(f"sqlite+aiosqlite:///{Path(map_) / 'pip.sqlite'}", poort, aantal)
    finally:
        sink.terminate()
        await sink.wait()


async def meet(url: str, poort: int, aantal: int) -> str:
    await asyncio.to_thread(migraties.upgrade, url)
    settings = Settings(
        database_url=url,
        sleutels=(Fernet.generate_key().decode(),),  # type: ignore[arg-type]  # read as a secret
        pseudoniem_sleutel="bench-sleutel-van-meer-dan-32-tekens",  # type: ignore[arg-type]
        smtp=Smtp(host="127.0.0.1", poort=poort, beveiliging="geen", afzender="bench@deventer.example"),
    )
    assert settings.smtp is not None
    sleutels = Sleutels(settings)
    geheugen: list[tuple[int, int]] = []

    def voortgang(stand: Stand) -> None:
        geheugen.append((stand.totaal - stand.open, rss()))

    async with open_db(url) as db:
        await vul(db, sleutels, aantal)
        zending = await geef_uit(db)
        hoe = Nieuwsbrief(per_seconde=0)
        verzender = Verzender(db, sleutels, settings.smtp, hoe, "https://mijn.deventer.example")
        begin = time.perf_counter()
        stand = await verzender.verzend(zending, asyncio.Event(), voortgang)
        seconden = time.perf_counter() - begin
    assert stand.verzonden == aantal
    vroeg = next((mb for klaar, mb in geheugen if klaar >= aantal / 10), geheugen[-1][1])
    return (
        f"Nieuwsbrief aan {aantal} lezers:  {aantal / seconden:.0f} mails/s,"
        f" geheugen {vroeg} MB na een tiende en {geheugen[-1][1]} MB aan het eind"
    )


def rss() -> int:
    """Memory of this process now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


async def vul(db: Sessionmaker, sleutels: Sleutels, aantal: int) -> None:
    moment = now()
    adres = sleutels.encrypt(b"lezer@voorbeeld.nl")
    for begin in range(0, aantal, STAPEL):
        ids = [str(uuid.uuid4()) for _ in range(begin, min(begin + STAPEL, aantal))]
        async with db.begin() as session:
            await session.execute(
                insert(Abonnee),
                [
                    {
                        "id": id_,
                        "adres_hash": id_,
                        "adres": adres,
                        "taal": "nl",
                        "html": True,
                        "link_versie": 1,
                        "aangemaakt_op": moment,
                    }
                    for id_ in ids
                ],
            )
            await session.execute(
                insert(Inschrijving),
                [
                    {
                        "abonnee_id": id_,
                        "onderwerp": "stad",
                        "frequentie": "direct",
                        "bevestigd_op": moment,
                        "gebundeld_tot": moment,
                    }
                    for id_ in ids
                ],
            )


class Sink(asyncio.Protocol):
    """A mail server that takes everything and keeps nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # of a TCP server
        self.bij_data, self.buffer = False, b""
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            if self.bij_data:
                if not PAUZE.search(self.buffer[-5:]):
                    return
                self.bij_data, self.buffer = False, b""
                self.transport.write(b"250 ok\r\n")
                return
            regel, streep, rest = self.buffer.partition(b"\r\n")
            if not streep:
                return
            self.buffer = rest
            opdracht = regel[:4].upper()
            self.bij_data = opdracht == b"DATA"
            self.transport.write({b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(opdracht, b"250 ok\r\n"))


async def serveer() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["sink"]:
        asyncio.run(serveer())
    else:
        print(asyncio.run(nieuwsbrief(int(sys.argv[1]) if sys.argv[1:] else AANTAL)))
