"""Checks on a body that was sent. Every fault is collected, so that one answer names them all."""

import base64
import binascii
from datetime import date, datetime
from typing import Any

from .problems import Fout, invalid
from .refs import Json, uuid_in
from .termijnen import is_duration

MAX_URL = 1000


def passes_elfproef(number: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True)) % 11 == 0


def is_nine_digits(value: object) -> bool:
    return isinstance(value, str) and len(value) == 9 and value.isascii() and value.isdigit()


class Body:
    """A JSON body with its faults so far. required fields are only asked for when it is not a change."""

    def __init__(self, body: Json, public_url: str, *, partial: bool = False) -> None:
        self.body, self.public_url, self.partial = body, public_url, partial
        self.fouten: list[Fout] = []

    def fault(self, name: str, code: str, reason: str) -> None:
        self.fouten.append(Fout(name, code, reason))

    def done(self) -> None:
        """Raises: Problem 400 with every fault found."""
        if self.fouten:
            raise invalid(*self.fouten)

    def _get(self, name: str, *, required: bool) -> Any:
        if name not in self.body and required and not self.partial:
            self.fault(name, "required", "Dit veld is vereist.")
        return self.body.get(name)

    def text(self, name: str, longest: int, *, required: bool = False) -> str | None:
        value = self._get(name, required=required)
        if value is None:
            if name in self.body:
                self.fault(name, "null", "Dit veld mag niet leeg zijn.")
            return None
        if not isinstance(value, str):
            self.fault(name, "invalid", "Geen geldige tekst.")
            return None
        if required and not value:
            self.fault(name, "blank", "Dit veld mag niet leeg zijn.")
        if len(value) > longest:
            self.fault(name, "max_length", f"Zorg ervoor dat dit veld niet meer dan {longest} karakters bevat.")
        return str(value)

    def rsin(self, name: str, *, required: bool = True) -> str | None:
        value = self.text(name, 9, required=required)
        if value and not (is_nine_digits(value) and passes_elfproef(value)):
            self.fault(name, "invalid", "Onjuist RSIN nummer")
        return value

    def date(self, name: str, *, required: bool = False) -> date | None:
        value = self._get(name, required=required)
        if value is None:
            if required and name in self.body:
                self.fault(name, "null", "Dit veld mag niet leeg zijn.")
            return None
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
        except (ValueError, TypeError):
            pass
        reason = "Date heeft het verkeerde formaat, gebruik 1 van deze formaten: YYYY-MM-DD."
        self.fault(name, "invalid", reason)
        return None

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """A datetime with a zone."""
        value = self._get(name, required=required)
        if value is None:
            return None
        try:
            parsed = datetime.fromisoformat(value)
        except (ValueError, TypeError):
            self.fault(name, "invalid", "Datetime heeft het verkeerde formaat.")
            return None
        if parsed.tzinfo is None:
            self.fault(name, "invalid", "Datetime heeft geen tijdzone.")
            return None
        return parsed

    def choice(self, name: str, choices: tuple[str, ...], *, required: bool = False) -> str | None:
        value = self._get(name, required=required)
        if value is not None and value not in choices:
            self.fault(name, "invalid_choice", f'"{value}" is een ongeldige keuze.')
        return value if isinstance(value, str) else None

    def url(self, name: str) -> str | None:
        value = self.text(name, MAX_URL)
        if value and not value.startswith(("http://", "https://")):
            self.fault(name, "bad-url", "De URL is ongeldig.")
        return value

    def reference(self, name: str, api: str, resource: str, *, required: bool = True) -> str | None:
        """The uuid in a URL that must be of this resource here."""
        value = self._get(name, required=required)
        if value is None:
            return None
        uuid = uuid_in(value, self.public_url, api, resource) if isinstance(value, str) else None
        if uuid is None:
            self.fault(name, "bad-url", f"De URL {str(value)[:100]} kon niet opgehaald worden.")
        return uuid

    def group(self, name: str, fields: dict[str, int]) -> Json | None:
        """A gegevensgroep of required texts. fields: longest text by name."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(name, "invalid", "Ongeldige data.")
            return None
        for field, longest in fields.items():
            content = value.get(field)
            if content is None:
                self.fault(f"{name}.{field}", "required", "Dit veld is vereist.")
            elif isinstance(content, str) and len(content) > longest:
                self.fault(f"{name}.{field}", "max_length", "Deze tekst is te lang.")
        return value

    def duration(self, group: Json | None, name: str, path: str) -> None:
        if group and name in group and not is_duration(group[name]):
            self.fault(path, "invalid", "Tijdsduur heeft een ongeldig formaat.")

    def base64(self, name: str) -> bytes | None:
        value = self.body.get(name)
        if value is None:
            return None
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            self.fault(name, "invalid", "Het bestand is geen geldige base64.")
            return None
