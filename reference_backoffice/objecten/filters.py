"""data_attr, ordering and the choice of fields, on objects that were read already."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from ..problems import Problem, invalid_field
from ..refs import Json

MISSING: Final = object()
VERGELIJKEN: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "gt": lambda value, limit: bool(value > limit),
    "gte": lambda value, limit: bool(value >= limit),
    "lt": lambda value, limit: bool(value < limit),
    "lte": lambda value, limit: bool(value <= limit),
}
Test = Callable[[Json], bool]


def at(data: Any, path: Iterable[str]) -> Any:
    """What is at a path in nested objects; MISSING when nothing is."""
    for part in path:
        if not isinstance(data, dict) or part not in data:
            return MISSING
        data = data[part]
    return data


def _fault(reason: str) -> Problem:
    return invalid_field("data_attr", "invalid", reason)


def parts_of(expression: str) -> tuple[list[str], str, str]:
    """Path, operator and value.

    Raises: Problem 400 for another shape or an unknown operator.
    """
    parts = expression.rsplit("__", 2)
    if len(parts) != 3 or not parts[0]:
        raise _fault("Een filter heeft de vorm key__operator__value.")
    key, operator, value = parts
    if operator not in (*VERGELIJKEN, "exact", "icontains", "in"):
        raise _fault(f"De operator {operator[:40]} is onbekend.")
    return key.split("__"), operator, value


def test_of(expression: str) -> Test:
    """A test on record.data.

    Raises: Problem 400.
    """
    path, operator, text = parts_of(expression)
    if operator in VERGELIJKEN:
        return _comparison(path, VERGELIJKEN[operator], text)
    if operator == "icontains":
        return lambda data: isinstance(found := at(data, path), str) and text.lower() in found.lower()
    wanted = text.split("|") if operator == "in" else [text]
    return lambda data: any(_equals(at(data, path), one) for one in wanted)


def _comparison(path: list[str], compare: Callable[[Any, Any], bool], text: str) -> Test:
    number, moment = _number(text), _moment(text)
    if number is None and moment is None:
        raise _fault("Deze operator kan alleen met datums en getallen.")

    def test(data: Json) -> bool:
        found = at(data, path)
        if number is not None:
            return isinstance(found, int | float) and not isinstance(found, bool) and compare(found, number)
        value = _moment(found) if isinstance(found, str) else None
        return value is not None and compare(value, moment)

    return test


def _equals(found: Any, text: str) -> bool:
    if isinstance(found, bool):
        return text.lower() == str(found).lower()
    return found == text or (isinstance(found, int | float) and found == _number(text))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """A date or a moment; a date is its first second, a moment without zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def ordered(objects: list[Json], ordering: str) -> list[Json]:
    """ordering: names with commas between, nested with __, with a minus for the other way round.

    Raises: Problem 400 for a name that is not of an object.
    """
    result = list(objects)
    for name in reversed([name.strip() for name in ordering.split(",") if name.strip()]):
        path = name.removeprefix("-").split("__")
        _check_field(path, "ordering")
        result.sort(key=lambda one, path=path: _sortable(at(one, path)), reverse=name.startswith("-"))  # type: ignore[misc]
    return result


def _sortable(value: Any) -> tuple[int, float, str]:
    if value is MISSING or value is None:
        return 2, 0.0, ""
    if isinstance(value, int | float):
        return 0, float(value), ""
    return 1, 0.0, str(value)


def _check_field(path: list[str], parameter: str) -> None:
    if path[0] not in ("url", "uuid", "type", "record"):
        raise invalid_field(parameter, "invalid", f"Onbekend veld: {path[0][:40]}.")


def fields_of(text: str) -> list[str]:
    """Raises: Problem 400 for a name that is not of an object."""
    fields = [name.strip() for name in text.split(",") if name.strip()]
    for name in fields:
        _check_field(name.split("__"), "fields")
    return fields


def pick(data: Json, fields: Iterable[str]) -> Json:
    """Only what is at these paths, nested with __."""
    result: Json = {}
    for field in fields:
        path = field.split("__")
        value = at(data, path)
        if value is MISSING:
            continue
        target = result
        for part in path[:-1]:
            target = target.setdefault(part, {})
        target[path[-1]] = value
    return result


def leaves(data: Json, prefix: str = "") -> list[str]:
    """The path of every value that is not itself an object with something in it."""
    found: list[str] = []
    for name, value in data.items():
        path = f"{prefix}{name}"
        found += leaves(value, f"{path}__") if isinstance(value, dict) and value else [path]
    return found
