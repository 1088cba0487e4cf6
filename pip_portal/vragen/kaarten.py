"""Questions as cards: on their own page, on Overzicht, and at the zaak that they are about."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from fastapi import Request

from pip_portal.backoffice.klantcontact import Draad
from pip_portal.backoffice.klantcontacten import KlantcontactenApi
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Gebruiker
from pip_portal.panelen import Paneel, paneel
from pip_portal.taal import N_, _
from pip_portal.vragen import lezen
from pip_portal.vragen import vraag as vragen
from pip_portal.vragen.lezen import Vraagregel

BRON: Final = N_("het systeem met uw vragen")
KANALEN: Final = {
    "webformulier": N_("Via de website"),
    "internet": N_("Via de website"),
    "telefoon": N_("Aan de telefoon"),
    "balie": N_("Aan de balie"),
    "e-mail": N_("Per e-mail"),
    "email": N_("Per e-mail"),
    "post": N_("Per brief"),
    "brief": N_("Per brief"),
    "chat": N_("In de chat"),
}
STANDEN: Final = {
    "ontvangen": (N_("Ontvangen"), "info"),
    "open": (N_("Wij zijn ermee bezig"), "info"),
    "beantwoord": (N_("Beantwoord"), "ok"),
    "afgerond": (N_("Klaar"), "neutraal"),
}


def kanaal_in_woorden(kanaal: str) -> str:
    tekst = KANALEN.get(kanaal.lower())
    return _(tekst) if tekst else kanaal


def stand_in_woorden(stand: str) -> tuple[str, str]:
    """Text and kind of its badge."""
    tekst, soort = STANDEN[stand]
    return _(tekst), soort


async def mijn_vragen(
    request: Request, gebruiker: Gebruiker, contacten: KlantcontactenApi | None
) -> Paneel[list[Vraagregel]]:
    """For a part of a page: every question of this gebruiker, what has a new answer marked."""
    return await paneel(request, _(BRON), _regels(request, gebruiker, contacten))


async def vragen_bij_zaak(
    request: Request, gebruiker: Gebruiker, contacten: KlantcontactenApi | None, zaak: UUID
) -> Paneel[list[Vraagregel]]:
    """For the page of a zaak: what this gebruiker asked about it; who acts for another sees nothing of that."""
    if gebruiker.machtiging is not None:
        return Paneel([])
    if gebruiker.machtiging is not None:  # what the represented asked is not for who acts for them
        return Paneel()
    return await paneel(request, _(BRON), _regels(request, gebruiker, contacten, zaak))


async def _regels(
    request: Request, gebruiker: Gebruiker, contacten: KlantcontactenApi | None, zaak: UUID | None = None
) -> list[Vraagregel]:
    db, sleutels = request.app.state.db, request.app.state.sleutels
    eigenaar = eigenaar_van(gebruiker, sleutels)
    draden: Sequence[Draad] = ()
    if contacten is not None:
        draden = await (contacten.bij_zaak(gebruiker, zaak) if zaak else contacten.draden(gebruiker))
    gesteld = await vragen.lijst(db, sleutels, eigenaar.hash)
    gelezen = await lezen.gelezen(db, eigenaar)
    return lezen.regels(draden, gesteld, gelezen, zaak_uuid=str(zaak) if zaak else "")
