"""Terms of law: on which day they end, and how a duration is said in words."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from pip_portal.taal import ngettext

DUUR = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")
DAG = timedelta(days=1)


def lees_duur(duur: str) -> tuple[int, int, int, int]:
    """Years, months, weeks and days of an ISO 8601 duration.

    Raises: ValueError for anything else than whole years to days.
    """
    gevonden = DUUR.fullmatch(duur)
    if gevonden is None or not any(gevonden.groups()):
        raise ValueError("geen duur van hele jaren, maanden, weken of dagen")
    jaren, maanden, weken, dagen = (int(deel or 0) for deel in gevonden.groups())
    return jaren, maanden, weken, dagen


def duur_in_woorden(duur: str) -> str:
    """42 dagen, 6 weken: the duration as the behandelaar gave it, or the text itself when it is none."""
    try:
        jaren, maanden, weken, dagen = lees_duur(duur)
    except ValueError:
        return duur
    delen = (
        ngettext("%(num)d jaar", "%(num)d jaar", jaren) % {"num": jaren} if jaren else "",
        ngettext("%(num)d maand", "%(num)d maanden", maanden) % {"num": maanden} if maanden else "",
        ngettext("%(num)d week", "%(num)d weken", weken) % {"num": weken} if weken else "",
        ngettext("%(num)d dag", "%(num)d dagen", dagen) % {"num": dagen} if dagen else "",
    )
    return " ".join(deel for deel in delen if deel)


def eerste_paasdag(jaar: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the method of Gauss as corrected by Lichtenberg."""
    eeuw = jaar // 100
    maanstand = 15 + (3 * eeuw + 3) // 4 - (8 * eeuw + 13) // 25
    zonstand = 2 - (3 * eeuw + 3) // 4
    goud = jaar % 19
    volle_maan = (19 * goud + maanstand) % 30
    correctie = (volle_maan + goud // 11) // 29
    paasgrens = 21 + volle_maan - correctie
    zondag = 7 - (jaar + jaar // 4 + zonstand) % 7
    maartdag = paasgrens + 7 - (paasgrens - zondag) % 7  # 32 March is 1 April
    return date(jaar, 3, 1) + timedelta(days=maartdag - 1)


@lru_cache(maxsize=64)
def feestdagen(jaar: int) -> frozenset[date]:
    """The recognised holidays of a year.

    Source: Algemene termijnenwet art. 3 (Koningsdag is 26 April when the 27th is a Sunday).
    """
    pasen = eerste_paasdag(jaar)
    koningsdag = date(jaar, 4, 27)
    return frozenset(
        {
            date(jaar, 1, 1),
            pasen - 2 * DAG,  # Goede Vrijdag
            pasen + DAG,  # tweede Paasdag
            koningsdag - DAG if koningsdag.weekday() == 6 else koningsdag,
            date(jaar, 5, 5),
            pasen + 39 * DAG,  # Hemelvaartsdag
            pasen + 50 * DAG,  # tweede Pinksterdag
            date(jaar, 12, 25),
            date(jaar, 12, 26),
        }
    )


def is_gewone_dag(dag: date) -> bool:
    """No Saturday, Sunday or recognised holiday."""
    return dag.weekday() < 5 and dag not in feestdagen(dag.year)


def einde_termijn(gebeurtenis: date, duur: str) -> date:
    """Last day of a term of law that starts the day after this event.

    duur: ISO 8601, e.g. P6W or P56D. A term that ends in a weekend or on a holiday moves on to the next ordinary
    day; one of three days or more holds at least two ordinary days. Longer terms are not moved.
    Raises: ValueError when duur is no duration.
    Source: Algemene termijnenwet art. 1, 2 and 4.
    """
    jaren, maanden, weken, dagen = lees_duur(duur)
    einde = tel_maanden(gebeurtenis, 12 * jaren + maanden) + timedelta(weeks=weken, days=dagen)
    if jaren or maanden > 3 or weken > 12 or dagen > 90:
        return einde
    if einde - gebeurtenis >= 3 * DAG:
        while _gewone_dagen(gebeurtenis, einde) < 2:
            einde += DAG
    while not is_gewone_dag(einde):
        einde += DAG
    return einde


def tel_maanden(dag: date, maanden: int) -> date:
    """The same day so many months on, or the last day of that month when it has no such day."""
    jaar, maand = divmod(dag.year * 12 + dag.month - 1 + maanden, 12)
    return date(jaar, maand + 1, min(dag.day, monthrange(jaar, maand + 1)[1]))


def tel_werkdagen(dag: date, aantal: int) -> date:
    """So many ordinary days after this day: what is promised in working days ends on that one."""
    while aantal > 0:
        dag += DAG
        aantal -= is_gewone_dag(dag)
    return dag


def _gewone_dagen(na: date, tot_en_met: date) -> int:
    """Ordinary days in the term, counted to two: more is not asked."""
    dag, aantal = na, 0
    while dag < tot_en_met and aantal < 2:
        dag += DAG
        aantal += is_gewone_dag(dag)
    return aantal
