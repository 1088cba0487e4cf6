"""The one shared shape of everything that comes from a remote API."""

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

T = TypeVar("T")


class Resource(BaseModel):
    """Frozen, camelCase on the wire, and silent about its input when an answer does not fit."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
        extra="ignore",
    )


def _empty_for_null(value: object) -> object:
    return "" if value is None else value


def _null_for_empty(value: object) -> object:
    return None if value == "" else value


def _in_netherlands(moment: datetime) -> datetime:
    """A moment without zone is Dutch time, so that all can be compared."""
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


# Products differ in what they send for "nothing": null, an empty string, or no key at all.
Tekst = Annotated[str, BeforeValidator(_empty_for_null)]
Datum = Annotated[date | None, BeforeValidator(_null_for_empty)]
Moment = Annotated[datetime, AfterValidator(_in_netherlands)]


class Pagina(Resource, Generic[T]):
    """One page of a paged list."""

    count: int
    next: str | None = None
    results: tuple[T, ...]


def uuid_of(url: str) -> UUID:
    """The uuid at the end of a reference.

    Raises: ValueError when there is none.
    """
    return UUID(url.rpartition("/")[2])


def dag_in_nederland(moment: datetime) -> date:
    """The calendar day in the Netherlands on which a moment fell."""
    return moment.astimezone(AMSTERDAM).date()
