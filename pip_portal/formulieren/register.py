"""What the registers know of who fills in, datum by datum, to choose the one that is not right."""

import asyncio
from typing import Any

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.formulieren.omgeving import Bronoptie
from pip_portal.formulieren.teksten import Tekst
from pip_portal.gebruiker import Burger, Gebruiker
from pip_portal.gegevens.bedrijf import activiteiten_groep, bedrijf_groep, vestiging_groepen
from pip_portal.gegevens.persoon import Groep, Regel, adres_groep, bsn_regel, gezin_groepen, persoon_groep
from pip_portal.taal import schrijf_in


async def register(gebruiker: Gebruiker, bronnen: Bronnen) -> dict[str, Any]:
    """Every datum of Mijn gegevens, by the same key. The text of an option names the datum and never what it is.

    Raises: BackofficeUnavailable; BackofficeDefect.
    """
    if isinstance(gebruiker, Burger):
        persoon = await bronnen.brp.persoon(gebruiker)
        if persoon is None:
            return {}

        def groepen() -> tuple[Groep, ...]:
            bsn = Groep("persoon", persoon_groep(persoon).kop, (bsn_regel(gebruiker.bsn),))
            return (persoon_groep(persoon), bsn, adres_groep(persoon), *gezin_groepen(persoon))

        naam = "brp"
    else:
        profiel, vestigingen = await asyncio.gather(
            bronnen.kvk.basisprofiel(gebruiker), bronnen.kvk.vestigingen(gebruiker)
        )
        if profiel is None:
            return {}

        def groepen() -> tuple[Groep, ...]:
            return (bedrijf_groep(profiel), activiteiten_groep(profiel), *vestiging_groepen(gebruiker, vestigingen))

        naam = "kvk"
    with schrijf_in("nl"):
        in_nl = [(groep, regel) for groep in groepen() for regel in groep.regels]
    with schrijf_in("en"):
        in_en = [(groep, regel) for groep in groepen() for regel in groep.regels]
    return {"register.gegevens": tuple(_optie(naam, nl, en) for nl, en in zip(in_nl, in_en, strict=True))}


def _optie(register: str, nl: tuple[Groep, Regel], en: tuple[Groep, Regel]) -> Bronoptie:
    groep, regel = nl
    tekst = Tekst(nl=f"{groep.kop}: {regel.label}", en=f"{en[0].kop}: {en[1].label}")
    kenmerken = {"register": register, "groep": groep.id, "waarde": regel.waarde or "niet bekend"}
    return Bronoptie(f"{groep.id}-{regel.sleutel}", tekst, kenmerken)
