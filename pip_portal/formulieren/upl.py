"""The Uniforme Productnamenlijst: which names there are, and whom a product is for."""

import csv
from dataclasses import dataclass
from pathlib import Path

GEEN_NAAM = "UPL-naam nog niet beschikbaar"


@dataclass(frozen=True)
class UplProduct:
    naam: str
    uri: str
    burger: bool
    bedrijf: bool


def lees_upl(pad: Path) -> dict[str, UplProduct]:
    """The products of the list by name. Source: the CSV that standaarden.overheid.nl publishes."""
    with pad.open(encoding="utf-8-sig", newline="") as bestand:
        rijen = list(csv.DictReader(bestand))
    return {
        rij["UniformeProductnaam"]: UplProduct(
            rij["UniformeProductnaam"], rij["URI"], bool(rij.get("Burger")), bool(rij.get("Bedrijf"))
        )
        for rij in rijen
    }
