"""SAML 2.0 artifact, type 4: base64 of 44 bytes."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from pip_portal.inloggen.saml.refusal import Refused

LONGEST, LENGTH, TYPE = 128, 44, b"\x00\x04"


@dataclass(frozen=True)
class Artifact:
    """endpoint_index: which ArtifactResolutionService of the IdP holds the answer."""

    text: str = field(repr=False)
    endpoint_index: int

    @property
    def key_hash(self) -> str:
        """Under which the replay store knows it; the artifact itself is never stored."""
        return hashlib.sha256(b"artifact:" + self.text.encode()).hexdigest()


def source_id(entity_id: str) -> bytes:
    """The look-up tag of an IdP; SHA-1 by the standard, no security rests on it."""
    return hashlib.sha1(entity_id.encode(), usedforsecurity=False).digest()


def decode(text: str, idp_entity_id: str) -> Artifact:
    """Raises: Refused unless it is strictly an artifact of this IdP. Source: login-saml §3, check 1."""
    if not text or len(text) > LONGEST:
        raise Refused("artifact: lengte")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("artifact: geen base64") from None
    if len(raw) != LENGTH or base64.b64encode(raw).decode() != text:
        raise Refused("artifact: lengte")
    if raw[:2] != TYPE:
        raise Refused("artifact: ander type")
    if raw[4:24] != source_id(idp_entity_id):
        raise Refused("artifact: van een andere inlogdienst")
    return Artifact(text, int.from_bytes(raw[2:4]))
