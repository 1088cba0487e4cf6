"""References between resources: full URLs outside, the same without host inside.

Stored JSON holds `backoffice:/zaken/api/v1/zaken/<uuid>`; answering replaces `backoffice:` by the public URL. So a
database made under one URL can be served under another.
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

Json = dict[str, Any]

SCHEME = "backoffice:"
APIS = {
    "zaken": "/zaken/api/v1",
    "catalogi": "/catalogi/api/v1",
    "documenten": "/documenten/api/v1",
    "besluiten": "/besluiten/api/v1",
    "autorisaties": "/autorisaties/api/v1",
    "klantinteracties": "/klantinteracties/api/v1",
    "verwerkingen": "/verwerkingen/api/v1",
    "notificaties": "/notificaties/api/v1",
    "objecten": "/objecten/api/v2",
    "objecttypen": "/objecttypen/api/v2",
}


def ref(api: str, resource: str, uuid: str) -> str:
    return f"{SCHEME}{APIS[api]}/{resource}/{uuid}"


def zaak_ref(uuid: str) -> str:
    return ref("zaken", "zaken", uuid)


def document_ref(uuid: str) -> str:
    return ref("documenten", "enkelvoudiginformatieobjecten", uuid)


def uuid_of(reference: str) -> str:
    """The last path segment of a reference, without query string."""
    return reference.rsplit("/", 1)[-1].split("?", 1)[0]


def internal(url: str, public_url: str) -> str | None:
    """The stored form of a URL of this backoffice; None when it is of another host."""
    return SCHEME + url[len(public_url) :] if url.startswith(public_url + "/") else None


def uuid_in(url: str, public_url: str, api: str, resource: str) -> str | None:
    """The uuid in a URL that must name this resource here; None when it names something else."""
    prefix = f"{public_url}{APIS[api]}/{resource}/"
    rest = url[len(prefix) :] if url.startswith(prefix) else ""
    return rest if is_uuid(rest) else None


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def seed_uuid(*parts: object) -> str:
    """The same uuid for the same parts, in every database."""
    return str(uuid5(NAMESPACE_URL, "/".join(["pip-reference-backoffice", *map(str, parts)])))


def dumps(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def render(text: str, public_url: str) -> bytes:
    return text.replace(f'"{SCHEME}/', f'"{public_url}/').encode()
