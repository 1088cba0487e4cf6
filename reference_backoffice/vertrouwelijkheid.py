"""The order of vertrouwelijkheidaanduiding."""

VOLGORDE = (
    "openbaar",
    "beperkt_openbaar",
    "intern",
    "zaakvertrouwelijk",
    "vertrouwelijk",
    "confidentieel",
    "geheim",
    "zeer_geheim",
)


def niveau(aanduiding: str) -> int:
    """Rank of an aanduiding, 0 for openbaar; an unknown value counts as the highest."""
    return VOLGORDE.index(aanduiding) if aanduiding in VOLGORDE else len(VOLGORDE) - 1
