""" "Zoek adres": postcode and house number become street, place and BAG number; there is always a way out.

A BAG that is down never stops anybody: the address is taken as it is and marked, so that the behandelaar sees it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pip_portal.backoffice.bag import Bag, BagAdres
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, TeVaak
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.paginas import Adresstand, Optie
from pip_portal.formulieren.veldtypen.basis import Invoer, Lezing
from pip_portal.formulieren.veldtypen.plekken import (
    BAG,
    HANDMATIG,
    NIET_GECONTROLEERD,
    AdresVeld,
    LocatieVeld,
    adres_in_woorden,
)
from pip_portal.taal import _

log = logging.getLogger("pip_portal")

GEDULD = 3.0  # seconds
ADRESDELEN = ("postcode", "huisnummer", "letter", "toevoeging")
MAX_OPTIES = 50

Adres = dict[str, Any]
Zoeker = Callable[[str, int], Awaitable[Sequence[BagAdres] | None]]


def zoeker(bag: Bag, tel: Callable[[], Awaitable[None]]) -> Zoeker:
    """A look-up that answers None when the BAG cannot be asked: it is down, not there, or asked too often."""

    async def zoek(postcode: str, huisnummer: int) -> Sequence[BagAdres] | None:
        if not bag.is_ingesteld:
            return None
        try:
            await tel()
            return await asyncio.wait_for(bag.adressen(postcode, huisnummer), GEDULD)
        except (BackofficeUnavailable, BackofficeDefect, TimeoutError, TeVaak) as exc:
            log.warning("adres niet opgezocht", extra={"reden": type(exc).__name__})
            return None

    return zoek


async def zoek_op(
    veld: AdresVeld | LocatieVeld, lezing: Lezing, eerder: Any, invoer: Invoer, zoek: Zoeker, omgeving: Omgeving
) -> tuple[Lezing, Adresstand]:
    """What was read, with its address looked up. eerder: the stored answer, which needs no second look-up."""
    adres = adres_van(veld, lezing.waarde)
    if adres is None:
        return lezing, stand_van(veld, None, invoer)
    gevonden, fouten, stand = await _zoek(veld.veld, adres, adres_van(veld, eerder), invoer, zoek, veld)
    if fouten:
        return replace(lezing, waarde=None, fouten={**lezing.fouten, **fouten}), stand
    waarde: Any = gevonden if isinstance(veld, AdresVeld) else {**(lezing.waarde or {}), "adres": gevonden}
    buiten = veld.keur(veld.typ(waarde), omgeving, {})
    if buiten:
        return replace(lezing, waarde=None, fouten=buiten), stand
    return replace(lezing, waarde=waarde), stand


def adres_van(veld: AdresVeld | LocatieVeld, waarde: Any) -> Adres | None:
    """The address in the stored answer; a place on the map or in words has none."""
    if not isinstance(waarde, dict):
        return None
    adres = waarde if isinstance(veld, AdresVeld) else waarde.get("adres")
    return adres if isinstance(adres, dict) and "postcode" in adres else None


def stand_van(veld: AdresVeld | LocatieVeld, waarde: Any, invoer: Invoer | None = None) -> Adresstand:
    """How the address stands when nothing is looked up: what was stored, or what was typed."""
    adres = adres_van(veld, waarde)
    if adres is None:
        return Adresstand("handmatig" if invoer and invoer.get(f"{veld.veld}-handmatig") == "ja" else "leeg")
    if adres["bron"] == BAG:
        return Adresstand("gevonden", adres_in_woorden(adres))
    return Adresstand("storing" if adres["bron"] == NIET_GECONTROLEERD else "handmatig")


async def _zoek(
    naam: str, adres: Adres, eerder: Adres | None, invoer: Invoer, zoek: Zoeker, veld: AdresVeld | LocatieVeld
) -> tuple[Adres, Mapping[str, str], Adresstand]:
    keuze = invoer.get(f"{naam}-keuze")
    if eerder and not keuze and eerder["bron"] == BAG and all(eerder[deel] == adres[deel] for deel in ADRESDELEN):
        return eerder, {}, Adresstand("gevonden", adres_in_woorden(eerder))
    kandidaten = await zoek(adres["postcode"], adres["huisnummer"])
    if kandidaten is None:
        return {**adres, "bron": NIET_GECONTROLEERD}, {}, Adresstand("storing")
    gekozen = next((k for k in kandidaten if keuze and k.nummeraanduiding_id == keuze), None)
    past = gekozen or next((k for k in kandidaten if _past(k, adres)), None)
    if past is not None:
        gevonden = _van_bag(past)
        return gevonden, {}, Adresstand("gevonden", adres_in_woorden(gevonden))
    if adres["straat"] and adres["plaats"]:
        return {**adres, "bron": HANDMATIG}, {}, Adresstand("handmatig")
    if kandidaten:
        stand = Adresstand("kies", opties=_opties(naam, kandidaten))
        return adres, {f"{naam}-keuze": _("Kies welk adres u bedoelt.")}, stand
    if invoer.get(f"{naam}-handmatig") == "ja":
        return adres, _straat_en_plaats(naam, adres), Adresstand("niet_gevonden")
    zin = veld.zin("onbekend", _("Wij vinden dit adres niet. Controleer de postcode en het huisnummer."))
    return adres, {f"{naam}-postcode": zin}, Adresstand("niet_gevonden")


def _straat_en_plaats(naam: str, adres: Adres) -> dict[str, str]:
    zinnen = {"straat": _("Vul de straat in."), "plaats": _("Vul de plaats in.")}
    return {f"{naam}-{deel}": zin for deel, zin in zinnen.items() if not adres[deel]}


def _past(kandidaat: BagAdres, adres: Adres) -> bool:
    gezocht = (str(adres["letter"]).upper(), str(adres["toevoeging"]).upper())
    return (kandidaat.letter.upper(), kandidaat.toevoeging.upper()) == gezocht


def _van_bag(gevonden: BagAdres) -> Adres:
    return {
        "postcode": gevonden.postcode,
        "huisnummer": gevonden.huisnummer,
        "letter": gevonden.letter,
        "toevoeging": gevonden.toevoeging,
        "straat": gevonden.straat,
        "plaats": gevonden.plaats,
        "gemeente": gevonden.gemeente,
        "bag_id": gevonden.nummeraanduiding_id,
        "bron": BAG,
    }


def _opties(naam: str, kandidaten: Sequence[BagAdres]) -> tuple[Optie, ...]:
    return tuple(
        Optie(
            kandidaat.nummeraanduiding_id,
            adres_in_woorden(_van_bag(kandidaat)),
            "",
            f"{naam}-keuze" if nummer == 1 else f"{naam}-keuze-{nummer}",
        )
        for nummer, kandidaat in enumerate(kandidaten[:MAX_OPTIES], start=1)
    )
