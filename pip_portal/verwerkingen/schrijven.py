"""Writes the log of processing before anything is shown: what a citizen reads on a page is in the log already.

One row per request and person, in one transaction, when the answer begins: data that came in but was not shown
because the process was killed may be missing, data that was shown never is. When it cannot be written, the page is an
error and shows nothing.
"""

import logging
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.logs import traceparent
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now
from pip_portal.verwerkingen.activiteiten import activiteit_van, overig
from pip_portal.verwerkingen.gelezen import Gelezen, gelezen
from pip_portal.verwerkingen.keten import Regel, schrijf

log = logging.getLogger(__name__)


class VerwerkingMiddleware:
    """Around every request: keeps what is read about whom, and writes it down before the answer goes out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        boek = Gelezen()
        gelezen.set(boek)

        async def send_logged(message: Message) -> None:
            if message["type"] == "http.response.start" and boek.van:
                await _noteer_verzoek(scope, boek)
            await send(message)

        await self.app(scope, receive, send_logged)
        return None


async def _noteer_verzoek(scope: Scope, boek: Gelezen) -> None:
    state = scope["app"].state
    activiteit = activiteit_van(getattr(scope.get("route"), "name", ""))
    verzoek = scope.get("state", {})
    await noteer(
        state.db,
        state.sleutels,
        boek,
        activiteit or overig(),
        zaak_uuid=_zaak(scope.get("path_params", {})),
        sessie=getattr(verzoek.get("sessie"), "gebruiker", None),
        medewerker=getattr(verzoek.get("medewerker"), "pseudoniem", ""),
    )


async def noteer(
    db: Sessionmaker,
    sleutels: Sleutels,
    boek: Gelezen,
    activiteit: str,
    *,
    zaak_uuid: str | None = None,
    sessie: Gebruiker | None = None,
    medewerker: str = "",
) -> None:
    """Write down what was read, a row for each person it is about, in a transaction of its own.

    sessie: who is logged in; None: nobody, or the work is done for the person self. medewerker: their pseudoniem.
    """
    trace_id = traceparent.get()[3:35]
    moment = now()
    regels = []
    for gebruiker, bronnen in boek.van.items():
        eigenaar = betrokkene(gebruiker, sleutels)
        rol, door = _wie(gebruiker, eigenaar, sleutels, sessie, medewerker)
        regels.append(Regel(eigenaar, activiteit, tuple(sorted(bronnen)), rol, door, zaak_uuid, trace_id, moment))
    async with db.begin() as session:
        await schrijf(session, sleutels, regels)


def betrokkene(gebruiker: Gebruiker, sleutels: Sleutels) -> str:
    """Keyed hash of whom the data is about, whoever asked for it: that under which they log in themselves."""
    if isinstance(gebruiker, Burger):
        zelf: Gebruiker = Burger(gebruiker.bsn, sleutels.keyed_hash("bsn", gebruiker.bsn), 0)
    else:
        zelf = Bedrijf(gebruiker.kvk_nummer, gebruiker.pseudoniem, 0, vestiging=gebruiker.vestiging)
    return eigenaar_van(zelf, sleutels).hash


def _wie(
    gebruiker: Gebruiker, eigenaar: str, sleutels: Sleutels, sessie: Gebruiker | None, medewerker: str
) -> tuple[str, str]:
    """In which rol, and who when it is another one than the person self."""
    if medewerker:
        return "medewerker", medewerker
    machtiging = gebruiker.machtiging or (sessie.machtiging if sessie is not None else None)
    if machtiging is not None:
        eigen = isinstance(gebruiker, Burger) and gebruiker.bsn == machtiging.door  # the parent, to look at the gezag
        return ("zelf", "") if eigen else ("gemachtigde", machtiging.door_pseudoniem)
    if sessie is not None and betrokkene(sessie, sleutels) != eigenaar:
        return "gemachtigde", sessie.pseudoniem
    if isinstance(gebruiker, Bedrijf) and gebruiker.handelende_persoon:
        return "zelf", gebruiker.pseudoniem  # which colleague
    return "zelf", ""


def _zaak(path_params: Mapping[str, Any]) -> str | None:
    return str(path_params["uuid"]) if {"bron", "uuid"} <= set(path_params) else None
