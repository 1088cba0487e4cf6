"""The name of a file, as someone gave it: what may be shown, stored and sent on."""

import unicodedata
from collections.abc import Collection

MAX_NAAM = 100
GOED = frozenset(" -_().")
ZONDER_NAAM = "bestand"


def schone_naam(naam: str, extensie: str) -> str:
    """The name without path, control and direction characters, with the extension of what it really is.

    Source: forms §3.8 (letters, digits, space and -_(). only, NFC, at most 100 characters).
    """
    laatste = naam.replace("\\", "/").rpartition("/")[2]
    stam = laatste.rpartition(".")[0] or laatste.lstrip(".")
    stam = "".join(teken if _mag(teken) else " " for teken in unicodedata.normalize("NFC", stam))
    stam = " ".join(stam.split()).strip(" .")[: MAX_NAAM - len(extensie) - 1].strip(" .")
    return f"{stam or ZONDER_NAAM}.{extensie}"


def _mag(teken: str) -> bool:
    return teken in GOED or unicodedata.category(teken)[0] in "LMN"


def extensie_van(naam: str) -> str:
    return naam.rpartition(".")[2].lower().strip() if "." in naam else ""


def unieke_naam(naam: str, bestaande: Collection[str]) -> str:
    """The name itself, or with (2), (3), … when there is one already."""
    anders = {bestaand.casefold() for bestaand in bestaande}
    stam, _, extensie = naam.rpartition(".")
    nieuw, nummer = naam, 1
    while nieuw.casefold() in anders:
        nummer += 1
        achter = f" ({nummer}).{extensie}"
        nieuw = stam[: MAX_NAAM - len(achter)] + achter
    return nieuw
