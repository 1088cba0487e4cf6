"""Dates that follow from durations of the catalogus."""

import calendar
import re
from datetime import date, timedelta

from .refs import Json

DUUR = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def is_duration(text: object) -> bool:
    return isinstance(text, str) and len(text) > 2 and DUUR.fullmatch(text) is not None


def add_duration(start: date, duration: str) -> date:
    """start plus an ISO 8601 duration of years, months, weeks and calendar days; 31 January + P1M is 28 February.

    Raises: ValueError for another notation.
    """
    match = DUUR.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    months_since = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = divmod(months_since, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)) + timedelta(weeks=weeks, days=days)


def closing_fields(einddatum: date, resultaattype: Json) -> Json:
    """What a zaak gets when it closes: its end and its archive dates.

    Source: brondatum is the end of the zaak (afleidingswijze afgehandeld), plus the archiefactietermijn.
    """
    actie = add_duration(einddatum, resultaattype["archiefactietermijn"])
    return {
        "einddatum": einddatum.isoformat(),
        "archiefnominatie": resultaattype["archiefnominatie"],
        "archiefactiedatum": actie.isoformat(),
        "startdatumBewaartermijn": einddatum.isoformat(),
    }


REOPENED: Json = {
    "einddatum": None,
    "archiefnominatie": None,
    "archiefactiedatum": None,
    "startdatumBewaartermijn": None,
}


def planned_dates(zaaktype: Json, start: date) -> Json:
    """The dates that follow from servicenorm and doorlooptijd; None where the zaaktype names no term."""
    servicenorm, doorlooptijd = zaaktype["servicenorm"], zaaktype["doorlooptijd"]
    return {
        "einddatumGepland": add_duration(start, servicenorm).isoformat() if servicenorm else None,
        "uiterlijkeEinddatumAfdoening": add_duration(start, doorlooptijd).isoformat() if doorlooptijd else None,
    }
