"""The term to object to a besluit."""

from datetime import date

from pip_portal.backoffice.regels import Zaakbesluit
from pip_portal.termijnen import einde_termijn

BEZWAAR = "P6W"


def bezwaar_tot_en_met(besluit: Zaakbesluit) -> date | None:
    """Last day to object to this besluit; None when it has not been announced yet.

    The date that the besluit itself names goes before the one of the law.
    Source: Awb art. 6:7 (six weeks) and 6:8 (from the day after bekendmaking); Algemene termijnenwet art. 1.
    """
    if besluit.besluit.uiterlijke_reactiedatum:
        return besluit.besluit.uiterlijke_reactiedatum
    bekendgemaakt = besluit.besluit.verzenddatum or besluit.besluit.publicatiedatum
    return einde_termijn(bekendgemaakt, BEZWAAR) if bekendgemaakt else None
