"""How dates and sizes are written, in the language of the page."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from pip_portal.taal import taal

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def lokale_dag(moment: date | datetime) -> date:
    """The day in Deventer on which this moment falls."""
    return moment.astimezone(AMSTERDAM).date() if isinstance(moment, datetime) else moment


def datum(moment: date | datetime) -> str:
    """24 november 2026."""
    return format_date(lokale_dag(moment), "d MMMM y", locale=taal())


def tijdstip(moment: datetime) -> str:
    """14.30 uur."""
    lokaal = moment.astimezone(AMSTERDAM)
    return f"{lokaal:%H.%M} uur" if taal() == "nl" else f"{lokaal:%H:%M}"


def euro(cent: int) -> str:
    """€ 11,30; in English € 11.30."""
    heel = format_decimal(Decimal(cent) / 100, "#,##0.00", locale=taal())
    return f"€\N{NO-BREAK SPACE}{heel}"


def bestandsgrootte(aantal_bytes: int) -> str:
    """812 bytes, 34 kB, 1,2 MB (decimal units)."""
    if aantal_bytes < 1000:
        return f"{aantal_bytes} bytes"
    eenheid, deler = ("kB", 1000) if aantal_bytes < 1_000_000 else ("MB", 1_000_000)
    getal = aantal_bytes / deler
    return f"{format_decimal(round(getal, 1 if getal < 10 else 0), locale=taal())} {eenheid}"
