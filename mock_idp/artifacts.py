"""The artifact: 44 bytes that stand for an answer waiting to be fetched.

Source: SAML 2.0 Bindings 3.6.4 (type 0x0004).
"""

import base64
import hashlib
import secrets

from mock_idp.idp_metadata import ARTIFACT_INDEX
from mock_idp.profiles import Profile


def new_artifact(profile: Profile) -> str:
    source = hashlib.sha1(profile.entity_id.encode(), usedforsecurity=False).digest()
    raw = b"\x00\x04" + ARTIFACT_INDEX.to_bytes(2, "big") + source + secrets.token_bytes(20)
    return base64.b64encode(raw).decode()
