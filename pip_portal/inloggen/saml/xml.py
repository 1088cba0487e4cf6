"""Hardened reading of XML, and the few look-ups that the checks are made of."""

from collections.abc import Mapping

from lxml import etree

from pip_portal.inloggen.saml.refusal import Refused

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"

MAX_MESSAGE = 256 * 1024


def parser() -> etree.XMLParser:
    """A new parser that fetches nothing, expands nothing and keeps libxml2's limits on depth and size."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        collect_ids=False,
    )


def parse(data: bytes, limit: int = MAX_MESSAGE) -> etree._Element:
    """The root element of a message from outside.

    limit: bytes.
    Raises: Refused for anything but plain UTF-8 XML without DOCTYPE, entities or processing instructions.
    Source: login-saml §3, check 5.
    """
    if len(data) > limit:
        raise Refused("XML: te groot")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("XML: geen UTF-8") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Refused("XML: DOCTYPE of ENTITY")
    try:
        root = etree.fromstring(data, parser())
    except (etree.LxmlError, ValueError):
        raise Refused("XML: niet te lezen") from None
    info: etree.DocInfo = root.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None:
        raise Refused("XML: DOCTYPE of ENTITY")
    if (info.encoding or "UTF-8").upper() != "UTF-8":
        raise Refused("XML: geen UTF-8")
    if any(True for _ in root.iter(etree.ProcessingInstruction, etree.Entity)) or _beside(root):
        raise Refused("XML: verwerkingsinstructie")
    return root


def _beside(root: etree._Element) -> bool:
    """Whether a processing instruction stands before or after the root element."""
    beside = [*root.itersiblings(preceding=True), *root.itersiblings()]
    return any(isinstance(node, etree._ProcessingInstruction) for node in beside)


def check_unique_ids(root: etree._Element) -> None:
    """Every ID value occurs once, whatever the case or namespace of the attribute's name."""
    seen: set[str] = set()
    for element in root.iter(etree.Element):
        for name, content in element.attrib.items():
            if etree.QName(name).localname.lower() != "id":
                continue
            if content in seen:
                raise Refused("vorm: dubbele ID")
            seen.add(str(content))


def element(
    name: str,
    *content: "etree._Element | str",
    nsmap: Mapping[str, str],
    attributes: Mapping[str, str] | None = None,
) -> etree._Element:
    """A new element with text or children; name as `tag` gives it."""
    made = etree.Element(name, dict(attributes or {}), nsmap=dict(nsmap))
    for part in content:
        if isinstance(part, str):
            made.text = part
        else:
            made.append(part)
    return made


def tag(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"


def only(parent: etree._Element, name: str) -> etree._Element:
    """The single direct child with this tag."""
    found = parent.findall(name)
    if len(found) != 1:
        raise Refused(f"vorm: {etree.QName(name).localname} staat er niet precies een keer")
    return found[0]


def maybe(parent: etree._Element, name: str) -> etree._Element | None:
    """The direct child with this tag, or None; twice is a refusal."""
    return only(parent, name) if parent.find(name) is not None else None


def value(element: etree._Element) -> str:
    """The full text of an element that holds nothing but text: no comment can cut it short."""
    if len(element):
        raise Refused("waarde: tekst met iets anders ertussen")
    return element.text or ""
