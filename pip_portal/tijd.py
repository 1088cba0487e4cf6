"""The clock: one place where the portal asks what time it is."""

from datetime import UTC, date, datetime

from pip_portal.weergave import AMSTERDAM


def now() -> datetime:
    return datetime.now(UTC)


def vandaag() -> date:
    """Today in Deventer."""
    return datetime.now(AMSTERDAM).date()
