"""The number of an inzending, made by us: it exists before the backoffice answers, and a retry has the same one."""

from base64 import b32encode
from hashlib import sha256
from uuid import UUID

from pip_portal.tijd import vandaag


def maak_nummer(id: UUID) -> str:
    """Identificatie of the zaak of this inzending: "P26-" and ten letters and digits; 0, 1, 8 and 9 are not used.

    Follows from the id alone (in one year), and does not tell it.
    Source: backoffice-apis §7.2, way A.
    """
    return f"P{vandaag():%y}-{b32encode(sha256(id.bytes).digest()).decode()[:10]}"


def document_nummer(id: UUID, volgnummer: int) -> str:
    """Identificatie of a document of this inzending, unique within the municipality; 0 is the summary (PDF)."""
    return f"{id.hex}-{volgnummer}"
