"""For `pip-portal check`: can a file be stored, read back and removed, and does the virus scanner answer?"""

import io
from uuid import uuid4

from pip_portal.bestanden.objecten import Objecten
from pip_portal.bestanden.scanner import open_scanner
from pip_portal.errors import BackofficeUnavailable, NotFound
from pip_portal.settings import Settings

PROEF = b"proef van pip-portal check"


async def bestanden_problems(settings: Settings) -> list[str]:
    return [*await _opslag(settings), *await _scanner(settings)]


async def _opslag(settings: Settings) -> list[str]:
    nummer = str(uuid4())
    try:
        objecten = Objecten(settings.bestanden)
        await objecten.zet(nummer, io.BytesIO(PROEF))
        terug = b"".join([stuk async for stuk in objecten.lees(nummer)])
        await objecten.verwijder(nummer)
    except (BackofficeUnavailable, NotFound, OSError, ValueError) as exc:
        return [f"bestanden: opslaan, lezen of verwijderen lukt niet ({exc})"]
    return [] if terug == PROEF else ["bestanden: wat terugkomt is niet wat is opgeslagen"]


async def _scanner(settings: Settings) -> list[str]:
    if not settings.clamd:
        return ["virusscanner: niet ingesteld (PIP_CLAMD); nu wordt alleen het testbestand van EICAR herkend"]
    werkt = await open_scanner(settings).werkt()
    return [] if werkt else ["virusscanner: clamd antwoordt niet; bestanden blijven in quarantaine"]
