"""What the broker knows of each service beyond the metadata: its ServiceUUID and the level registered for it.

Real brokers get this in a signed service catalogue (ETD) or a registration (eID). Here `diensten.json` beside the
service providers' metadata may say so: {"<ServiceID or ServiceUUID>": {"uuid": "…", "niveau": 25}}. A service that
is not in it has the profile's minimum, and as ServiceUUID the version-5 UUID (URL namespace) of its ServiceID.
"""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_idp.profiles import SERVICE_UUID_EID, Profile
from mock_idp.sp_metadata import Dienst

COMPANY_NAME = "urn:etoegang:1.11:attribute-represented:CompanyName"


@dataclass(frozen=True, slots=True)
class Gevraagd:
    """The service a login is for. service_id only exists with eHerkenning."""

    uuid: str
    service_id: str | None
    minimum: int
    wants_company_name: bool = False


def gevraagd(folder: Path, profile: Profile, dienst: Dienst) -> Gevraagd | None:
    """The service behind an AttributeConsumingService, or None when its attributes name no service."""
    if profile.soort == "eid-4":
        value = dict(dienst.attributes).get(SERVICE_UUID_EID)
        return by_uuid(folder, profile, value) if value else None
    names = [name for name, _ in dienst.attributes]
    service_id = next((name for name in names if name.startswith("urn:etoegang:DV:")), None)
    if service_id is None:
        return None
    known = _catalogue(folder).get(service_id, {})
    return Gevraagd(
        uuid=known.get("uuid", str(uuid.uuid5(uuid.NAMESPACE_URL, service_id))),
        service_id=service_id,
        minimum=int(known.get("niveau", profile.minimum)),
        wants_company_name=COMPANY_NAME in names,
    )


def by_uuid(folder: Path, profile: Profile, service_uuid: str) -> Gevraagd:
    known = _catalogue(folder).get(service_uuid, {})
    return Gevraagd(service_uuid, None, int(known.get("niveau", profile.minimum)))


def _catalogue(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "diensten.json"
    if not path.exists():
        return {}
    catalogue: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return catalogue
