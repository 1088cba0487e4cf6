"""Making and reading XML: one set of prefixes for every message, one hardened parser for what comes in."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from lxml import etree

Element = etree._Element

# One prefix per namespace in every message, so that a signed part keeps its bytes when put inside another.
NAMESPACES = {
    "soapenv": "http://schemas.xmlsoap.org/soap/envelope/",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
    "ec": "http://www.w3.org/2001/10/xml-exc-c14n#",
    "xs": "http://www.w3.org/2001/XMLSchema",
}
_MESSAGE_PREFIXES = ("soapenv", "samlp", "saml", "ds", "xenc", "xs")
_METADATA_PREFIXES = ("md", "saml", "ds")
MAX_BYTES = 256 * 1024


class BadXml(ValueError):
    """Received bytes that are not the plain, small XML we accept."""


def q(name: str) -> str:
    """`saml:Issuer` as lxml wants it."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def make(name: str, attributes: Mapping[str, str | None] | None = None, *content: Element | str | None) -> Element:
    """An element with attributes and content; whatever is None is left out."""
    prefixes = _METADATA_PREFIXES if name.startswith("md:") else _MESSAGE_PREFIXES
    element = etree.Element(q(name), nsmap={prefix: NAMESPACES[prefix] for prefix in prefixes})
    for key, value in (attributes or {}).items():
        if value is not None:
            element.set(q(key) if ":" in key else key, value)
    for item in content:
        if isinstance(item, str):
            element.text = item
        elif item is not None:
            element.append(item)
    return element


def parse(data: bytes) -> Element:
    """Parse what a stranger sent.

    Raises: BadXml on a DOCTYPE, processing instruction, too much data or anything not well-formed.
    """
    if len(data) > MAX_BYTES:
        raise BadXml("het bericht is te groot")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadXml("een DOCTYPE is niet toegestaan")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        data.decode("utf-8")
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise BadXml("dit is geen welgevormde XML") from exc
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or next(tree.iter(etree.PI), None) is not None:
        raise BadXml("een DOCTYPE of processing instruction is niet toegestaan")
    ids = [value for item in root.iter(etree.Element) if (value := item.get("ID"))]
    if len(ids) != len(set(ids)):
        raise BadXml("een ID komt twee keer voor")
    return root


def to_bytes(element: Element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True)


def children(element: Element, name: str) -> list[Element]:
    return element.findall(q(name))


def only(element: Element, name: str) -> Element:
    """The one child with this name.

    Raises: BadXml when there is none, or more than one.
    """
    found = children(element, name)
    if len(found) != 1:
        raise BadXml(f"verwacht precies één {name.split(':')[1]}")
    return found[0]


def text(element: Element) -> str:
    """The text of an element that has nothing but text: no comments, no children.

    Raises: BadXml otherwise.
    """
    if len(element):
        raise BadXml(f"{etree.QName(element).localname} mag alleen tekst bevatten")
    return (element.text or "").strip()


def decode_base64(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadXml("dit is geen base64") from exc


def new_id() -> str:
    return "_" + secrets.token_hex(20)


def now() -> datetime:
    return datetime.now(UTC)


def instant(moment: datetime) -> str:
    """Whole seconds in UTC, cut downwards: nobody gets a moment that lies in their future."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_instant(value: str | None) -> datetime:
    """A UTC moment that ends in Z.

    Raises: BadXml when it is missing or written another way.
    """
    if not value or not value.endswith("Z"):
        raise BadXml("een tijdstip ontbreekt of staat niet in UTC met een Z")
    try:
        return datetime.fromisoformat(value[:-1] + "+00:00")
    except ValueError as exc:
        raise BadXml("een tijdstip is niet leesbaar") from exc
