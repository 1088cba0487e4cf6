"""What others at the gemeente did with the data of a person, from their log, in words and per day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from pip_portal.backoffice.verwerkingenlog import Verwerkingenlog, VerwerktObject
from pip_portal.gebruiker import Burger
from pip_portal.taal import _, ngettext
from pip_portal.weergave import lokale_dag

PERIODE: Final = timedelta(days=365)
HOOGSTENS: Final = 100  # lines on the page


@dataclass(frozen=True, slots=True)
class Gebruik:
    """The same processing, so many times on one day. waarvoor: from the whole to the detail, as the log names it."""

    dag: date
    waarvoor: tuple[str, ...]
    gegevens: tuple[str, ...]
    gegeven_aan_ander: bool
    momenten: tuple[datetime, ...]

    @property
    def zinnen(self) -> str:
        """What was done, in plain words."""
        zinnen = [_("Het doel is niet opgeschreven.")]
        if self.waarvoor:
            zinnen = [_("Gebruikt voor: {waarvoor}.").format(waarvoor=", ".join(self.waarvoor))]
        if self.gegevens:
            zinnen.append(_("Welke gegevens: {gegevens}.").format(gegevens=", ".join(self.gegevens)))
        if self.gegeven_aan_ander:
            zinnen.append(_("Ze zijn aan een andere organisatie of persoon gegeven."))
        return " ".join(zinnen)

    @property
    def keer(self) -> str:
        return ngettext("%(num)d keer", "%(num)d keer", len(self.momenten)) % {"num": len(self.momenten)}


@dataclass(frozen=True, slots=True)
class Gebruikt:
    """regels: newest first, no more than HOOGSTENS. is_meer: there were more."""

    regels: tuple[Gebruik, ...]
    is_meer: bool


async def gebruikt(log: Verwerkingenlog, burger: Burger, vandaag: date) -> Gebruikt:
    """What was done in the last year. Raises: BackofficeUnavailable; BackofficeDefect."""
    return _samen(await log.list(burger, vandaag - PERIODE, vandaag + timedelta(days=1)))


def _samen(objecten: tuple[VerwerktObject, ...]) -> Gebruikt:
    """The same on one day is one line; what a log repeats in more than one page counts once."""
    per_regel: dict[tuple[date, tuple[str, ...], tuple[str, ...], bool], dict[object, datetime]] = {}
    for verwerkt in objecten:
        actie = verwerkt.verwerkingsactie
        namen = (actie.verwerking_naam, actie.handeling_naam, actie.actie_naam)
        waarvoor = tuple(dict.fromkeys(naam for naam in namen if naam))
        gegevens = tuple(sorted({g.soort_gegeven for g in verwerkt.verwerkte_soorten_gegevens}))
        regel = (lokale_dag(actie.tijdstip), waarvoor, gegevens, bool(actie.afnemer_id))
        per_regel.setdefault(regel, {})[actie.actie_id] = actie.tijdstip
    regels = tuple(Gebruik(*regel, tuple(sorted(momenten.values()))) for regel, momenten in per_regel.items())
    return Gebruikt(regels[:HOOGSTENS], len(regels) > HOOGSTENS)
