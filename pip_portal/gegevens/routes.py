"""Mijn gegevens: what the registers know of this person or company. Read-only."""

import asyncio
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pip_portal.backoffice.brp import Brp, BrpDep, Persoon
from pip_portal.backoffice.kvk import Basisprofiel, Kvk, KvkDep, Vestiging
from pip_portal.gebruiker import Bedrijf, Burger, Ingelogd
from pip_portal.gegevens.bedrijf import activiteiten_groep, bedrijf_groep, vestiging_groepen
from pip_portal.gegevens.persoon import adres_groep, bsn_regel, gezin_groepen, is_niet_ingezetene, persoon_groep
from pip_portal.panelen import paneel
from pip_portal.taal import _
from pip_portal.web import page

router = APIRouter()

TERUGMELDING: Final = "terugmelding"  # the form


@dataclass(frozen=True)
class Gevonden:
    """What the register answered; None: it does not know them."""

    persoon: Persoon | None = None
    bedrijf: Basisprofiel | None = None
    vestigingen: tuple[Vestiging, ...] = ()


@router.get("/gegevens", name="gegevens:show")
async def show(request: Request, gebruiker: Ingelogd, brp: BrpDep, kvk: KvkDep) -> HTMLResponse:
    if isinstance(gebruiker, Burger):
        register = await paneel(request, _("de Basisregistratie Personen"), _persoon(gebruiker, brp))
        return page(
            request,
            "gegevens/burger.html",
            fragment="register",
            register=register,
            is_niet_ingezetene=is_niet_ingezetene,
            persoon_groep=persoon_groep,
            adres_groep=adres_groep,
            gezin_groepen=gezin_groepen,
            bsn_regel=bsn_regel,
            meld_url=_meld_url(request),
        )
    register = await paneel(request, _("het Handelsregister"), _bedrijf(gebruiker, kvk))
    return page(
        request,
        "gegevens/bedrijf.html",
        fragment="register",
        register=register,
        bedrijf_groep=bedrijf_groep,
        activiteiten_groep=activiteiten_groep,
        vestiging_groepen=vestiging_groepen,
        meld_url=_meld_url(request),
    )


def _meld_url(request: Request) -> str:
    """Where one says that a datum is not right; its key goes behind it. "" when there is no such form."""
    if TERUGMELDING not in request.app.state.formulieren.slugs:
        return ""
    return f"{request.url_for('formulieren:start', slug=TERUGMELDING).path}?gegeven="


async def _persoon(burger: Burger, brp: Brp) -> Gevonden:
    return Gevonden(persoon=await brp.persoon(burger))


async def _bedrijf(bedrijf: Bedrijf, kvk: Kvk) -> Gevonden:
    profiel, vestigingen = await asyncio.gather(kvk.basisprofiel(bedrijf), kvk.vestigingen(bedrijf))
    return Gevonden(bedrijf=profiel, vestigingen=vestigingen)
