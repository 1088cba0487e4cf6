"""Has a file looked into by a process of its own (keuring.py), and turns its verdict into words."""

import asyncio
import json
import logging
import re
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pip_portal.bestanden.geweigerd import BestandGeweigerd
from pip_portal.bestanden.kluis import Werkbestand
from pip_portal.bestanden.soorten import BEELDEN, KOP, SOORTEN, ZINNEN, controleer_kop
from pip_portal.paths import PACKAGE
from pip_portal.taal import _

log = logging.getLogger("pip_portal")

PROGRAMMA = "pip_portal.bestanden.keuring"
WACHT = 60.0  # seconds of the clock; the process itself stops after twenty of work


@dataclass(frozen=True)
class Gekeurd:
    """What goes to the store: the file as it came in, or the photo that was made of it."""

    bestand: Werkbestand
    mime: str
    extensie: str


class Keurder:
    def __init__(self, werkmap: Path | None) -> None:
        self._werkmap = werkmap
        # Decoding a photo takes memory and a core: one at a time. Looking into a document takes a core.
        self._beurten = {True: asyncio.Semaphore(1), False: asyncio.Semaphore(2)}

    async def keur(
        self,
        bestand: Werkbestand,
        soort: str,
        soorten: tuple[str, ...],
        *,
        locatie_bewaren: bool,
        verhouding: tuple[int, int] | None,
    ) -> Gekeurd:
        """Whether the content is what the name promises, and cannot do harm; a photo is made anew.

        Raises: BestandGeweigerd.
        """
        controleer_kop(soort, await asyncio.to_thread(bestand.kop, KOP), soorten)
        is_beeld = soort in BEELDEN
        doel = Werkbestand.nieuw(bestand.bestand_id, self._werkmap) if is_beeld else None
        opdracht = {
            "soort": soort,
            "id": bestand.bestand_id,
            "fd": bestand.fd,
            "sleutel": bestand.sleutel.hex(),
            "grootte": bestand.grootte,
            "doel_fd": doel.fd if doel else None,
            "doel_sleutel": doel.sleutel.hex() if doel else "",
            "locatie_bewaren": locatie_bewaren,
            "verhouding": verhouding,
        }
        try:
            async with self._beurten[is_beeld]:
                antwoord = await _vraag(opdracht, [bestand.fd, *([doel.fd] if doel else [])])
            if antwoord["oordeel"] != "goed":
                breed, hoog = verhouding or (0, 0)
                zin = ZINNEN[antwoord["oordeel"]]
                raise BestandGeweigerd(_(zin).format(breed=breed, hoog=hoog))
        except BaseException:
            if doel:
                doel.close()
            raise
        if doel is None:
            return Gekeurd(bestand, SOORTEN[soort].mime, SOORTEN[soort].extensies[0])
        extensie = "png" if soort == "png" else "jpg"
        return Gekeurd(doel.neem_over(antwoord["grootte"], antwoord["sha256"]), SOORTEN[extensie].mime, extensie)


async def _vraag(opdracht: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """The verdict; a process that hangs, breaks or is stopped by its limits means: unreadable."""
    commando = (sys.executable, "-m", PROGRAMMA)
    omgeving = {"PYTHONPATH": str(PACKAGE.parent), "PATH": ""}  # no secret of the portal goes along
    proces = await asyncio.create_subprocess_exec(
        *commando, stdin=PIPE, stdout=PIPE, stderr=PIPE, pass_fds=fds, env=omgeving, cwd="/"
    )
    try:
        async with asyncio.timeout(WACHT):
            uit, fout = await proces.communicate(json.dumps(opdracht).encode())
    except TimeoutError:
        return _onleesbaar(opdracht, "duurt te lang")
    finally:
        if proces.returncode is None:
            proces.kill()
            await proces.wait()
    if proces.returncode:
        return _onleesbaar(opdracht, "afgebroken door een grens" if proces.returncode < 0 else soort_fout(fout))
    antwoord: dict[str, Any] = json.loads(uit)
    return antwoord


def _onleesbaar(opdracht: dict[str, Any], reden: str) -> dict[str, Any]:
    log.warning("bestand niet te keuren", extra={"bestand": opdracht["id"], "reden": reden})
    return {"oordeel": "foto_onleesbaar" if opdracht["soort"] in BEELDEN else "onleesbaar"}


def soort_fout(stderr: bytes) -> str:
    """The type of the exception only: its text, which can take several lines, may hold something of the file."""
    laatste = stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    gevonden = re.match(r"[A-Za-z_.]{0,50}(?:Error|Exception)(?=:|$)", laatste)
    return gevonden[0] if gevonden else "onbekend"
