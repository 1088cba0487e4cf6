"""Phone numbers as people type them, as they are stored (E.164), and as they are shown."""

import re


def normaliseer(tekst: str) -> str | None:
    """06 12345678 or +31 (0)6-1234 5678 as +31612345678; None when it is no number."""
    kaal = re.sub(r"[\s().\-/–]", "", tekst.replace("(0)", ""))
    if kaal.startswith("00"):
        kaal = "+" + kaal[2:]
    if re.fullmatch(r"0[1-9][0-9]{8}", kaal):
        return "+31" + kaal[1:]
    if kaal.startswith("+310"):
        kaal = "+31" + kaal[4:]
    vorm = r"\+31[1-9][0-9]{8}" if kaal.startswith("+31") else r"\+[1-9][0-9]{7,14}"
    return kaal if re.fullmatch(vorm, kaal) else None


def met_tekens(nummer: str) -> str:
    """As people write it."""
    if nummer.startswith("+316"):
        return f"06 {nummer[4:]}"
    return f"0{nummer[3:]}" if nummer.startswith("+31") else nummer
