"""Which vehicle a kenteken belongs to: shown to recognise one's own car, and to warn when it does not fit.

It never stops anybody: what the RDW does not know, or cannot say now, is taken as typed and marked for the behandelaar.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from pip_portal.backoffice.rdw import Rdw, Voertuig
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, TeVaak
from pip_portal.formulieren.veldtypen.basis import Lezing
from pip_portal.formulieren.veldtypen.nummers import GEVONDEN, NIET_GECONTROLEERD, ONBEKEND, KentekenVeld

log = logging.getLogger("pip_portal")

GEDULD = 3.0  # seconds
SIDECODE = 6  # characters of a Dutch kenteken; the RDW knows no others

Kentekenzoeker = Callable[[str], Awaitable[Mapping[str, Any] | None]]


def kentekenzoeker(rdw: Rdw, tel: Callable[[], Awaitable[None]]) -> Kentekenzoeker:
    """A look-up that answers what is known of the vehicle; None when there is no RDW to ask."""

    async def zoek(kenteken: str) -> Mapping[str, Any] | None:
        if not rdw.is_ingesteld or len(kenteken) != SIDECODE:
            return None
        try:
            await tel()
            voertuig = await asyncio.wait_for(rdw.voertuig(kenteken), GEDULD)
        except (BackofficeUnavailable, BackofficeDefect, TimeoutError, TeVaak) as exc:
            log.warning("kenteken niet opgezocht", extra={"reden": type(exc).__name__})
            return {"stand": NIET_GECONTROLEERD}
        return _feiten(voertuig) if voertuig is not None else {"stand": ONBEKEND}

    return zoek


async def zoek_kenteken_op(veld: KentekenVeld, lezing: Lezing, eerder: Any, zoek: Kentekenzoeker) -> Lezing:
    """What was read, with its vehicle. eerder: the stored answer, which needs no second look-up."""
    if veld.controle != "rdw" or lezing.waarde is None:
        return lezing
    kenteken = str(veld.typ(lezing.waarde))
    if isinstance(eerder, dict) and eerder.get("kenteken") == kenteken and eerder.get("stand") == GEVONDEN:
        return replace(lezing, waarde=eerder)
    gevonden = await zoek(kenteken)
    return lezing if gevonden is None else replace(lezing, waarde={"kenteken": kenteken, **gevonden})


def _feiten(voertuig: Voertuig) -> dict[str, Any]:
    """What is kept of it: enough to recognise it, and what a permit looks at."""
    feiten = {
        "voertuig": voertuig.naam or None,
        "soort": voertuig.soort or None,
        "categorie": voertuig.categorie or None,
        "massa": voertuig.massa,
        "lengte": voertuig.lengte,
        "verzekerd": voertuig.verzekerd,
        "export": voertuig.export,
        "apk": voertuig.apk.isoformat() if voertuig.apk else None,
    }
    return {"stand": GEVONDEN, **{naam: waarde for naam, waarde in feiten.items() if waarde is not None}}
