"""Texts in both languages, and the base of every part of a form definition."""

from pydantic import BaseModel, ConfigDict

from pip_portal.taal import taal


class Deel(BaseModel):
    """A part of a definition: exactly the keys that are named, exactly their types, never changed."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class Tekst(Deel):
    """The same text in Dutch and English, side by side, so that a missing translation is seen."""

    nl: str
    en: str

    def in_taal(self, taal: str) -> str:
        return self.en if taal == "en" else self.nl

    def __str__(self) -> str:
        """In the language of the page."""
        return self.in_taal(taal())


def vast(tekst: str) -> Tekst:
    """A text that is the same in both languages: a name, a number, what somebody typed."""
    return Tekst(nl=tekst, en=tekst)
