"""Checks on the outside of an answer: envelope, ArtifactResponse, Response and their statuses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from lxml import etree

from pip_portal.inloggen.saml.keys import KeyPair
from pip_portal.inloggen.saml.profiles import Profile
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.signatures import verified
from pip_portal.inloggen.saml.xml import (
    DS,
    SAML,
    SAMLP,
    SOAP,
    check_unique_ids,
    maybe,
    only,
    parse,
    tag,
    value,
)

OLDEST = timedelta(minutes=5)
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_KNOWN_STATUSES = (
    "AuthnFailed",
    "NoAuthnContext",
    "NoSupportedIDP",
    "PartialLogout",
    "RequestDenied",
    "RequestUnsupported",
    "Requester",
    "Responder",
    "Success",
    "UnknownPrincipal",
)
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?Z",
)
_ARTIFACT_RESPONSE, _RESPONSE = tag(SAMLP, "ArtifactResponse"), tag(SAMLP, "Response")
_ASSERTION, _ADVICE = tag(SAML, "Assertion"), tag(SAML, "Advice")
_FRAME = {tag(SAML, "Issuer"), tag(DS, "Signature"), tag(SAMLP, "Extensions"), tag(SAMLP, "Status")}


@dataclass(frozen=True)
class Expected:
    """All that an answer has to agree with; times in UTC. niveau: lowest rank that will do.

    namens: a login for somebody else was asked for, so that the answer must say for whom.
    """

    profile: Profile
    entity_id: str
    idp_entity_id: str
    acs_url: str
    resolve_id: str
    request_id: str
    niveau: int
    service_uuid: str | None
    service_id: str | None
    certificates: Sequence[x509.Certificate]
    decryption: Sequence[KeyPair] = field(repr=False)
    now: datetime
    skew: timedelta
    namens: bool = False


def read_instant(text: str | None) -> datetime:
    """Raises: Refused unless it is a UTC time ending in Z."""
    match = _INSTANT.fullmatch(text or "")
    try:
        return datetime.fromisoformat(f"{match[1] if match else ''}+00:00")
    except ValueError:
        raise Refused("tijd: ontbreekt of is niet te lezen") from None


def check_fresh(message: etree._Element, now: datetime, skew: timedelta, name: str) -> None:
    """Issued at most five minutes ago and not in the future; skew is granted both ways."""
    issued = read_instant(message.get("IssueInstant"))
    if not now - OLDEST - skew <= issued <= now + skew:
        raise Refused(f"{name}: IssueInstant te oud of in de toekomst")


def check_head(message: etree._Element, issuer: str, name: str) -> None:
    if message.get("Version") != "2.0":
        raise Refused(f"{name}: versie")
    if value(only(message, tag(SAML, "Issuer"))) != issuer:
        raise Refused(f"{name}: andere afzender")


def soap_body(data: bytes, expected_tag: str) -> etree._Element:
    """The one message in a SOAP body. Raises: Refused for anything else, a fault included."""
    envelope = parse(data)
    if envelope.tag != tag(SOAP, "Envelope"):
        raise Refused("vorm: geen SOAP-envelop")
    if [child.tag for child in envelope] not in (
        [tag(SOAP, "Body")],
        [tag(SOAP, "Header"), tag(SOAP, "Body")],
    ):
        raise Refused("vorm: afwijkende SOAP-envelop")
    body = envelope[-1]
    if body.find(tag(SOAP, "Fault")) is not None:
        raise Refused("vorm: SOAP-fout")
    if [child.tag for child in body] != [expected_tag]:
        raise Refused("vorm: niet precies het verwachte bericht in de SOAP-body")
    if next(envelope.iter(tag(DS, "Object")), None) is not None:
        raise Refused("vorm: bevat Object")
    check_unique_ids(envelope)
    return body[0]


def check_answer_shape(outer: etree._Element) -> None:
    """One ArtifactResponse with at most one Response and one Assertion, each in its own place only.

    Source: login-saml §3, check 6.
    """
    response = maybe(outer, _RESPONSE)
    _check_children(outer, _RESPONSE)
    assertion = None
    if response is not None:
        _check_children(response, _ASSERTION)
        assertion = maybe(response, _ASSERTION)
    root = outer.getroottree().getroot()
    if list(root.iter(_ARTIFACT_RESPONSE)) != [outer]:
        raise Refused("vorm: meer dan een ArtifactResponse")
    if list(root.iter(_RESPONSE)) != ([] if response is None else [response]):
        raise Refused("vorm: Response op een andere plaats")
    for found in root.iter(_ASSERTION):
        if found is not assertion and not _is_advice_of(found, assertion):
            raise Refused("vorm: Assertion op een andere plaats")


def _check_children(element: etree._Element, inner: str) -> None:
    if any(child.tag not in _FRAME and child.tag != inner for child in element.iterchildren(etree.Element)):
        raise Refused("vorm: onverwacht onderdeel")


def _is_advice_of(found: etree._Element, assertion: etree._Element | None) -> bool:
    """Assertions of others (AD, MR, BVD) travel in Advice, where we never look."""
    advice = next(found.iterancestors(_ADVICE), None)
    return advice is not None and assertion is not None and advice.getparent() is assertion


def read_status(message: etree._Element) -> list[str]:
    """Top and second status code without their common prefix; an unknown one reads as "onbekend"."""
    codes: list[str] = []
    element: etree._Element | None = only(message, tag(SAMLP, "Status"))
    while element is not None and len(codes) < 2:
        element = maybe(element, tag(SAMLP, "StatusCode"))
        if element is not None:
            code = (element.get("Value") or "").removeprefix(STATUS)
            codes.append(code if code in _KNOWN_STATUSES else "onbekend")
    if not codes:
        raise Refused("status: ontbreekt")
    return codes


def verified_response(data: bytes, expected: Expected) -> etree._Element:
    """The Response of a successful login, out of the verified ArtifactResponse.

    Raises: Refused; soort "geannuleerd" or "niveau" when the IdP says so.
    Source: login-saml §3, checks 5 to 10.
    """
    received = soap_body(data, _ARTIFACT_RESPONSE)
    check_answer_shape(received)
    outer = verified(received, expected.certificates)
    check_head(outer, expected.idp_entity_id, "ArtifactResponse")
    if outer.get("InResponseTo") != expected.resolve_id:
        raise Refused("ArtifactResponse: InResponseTo")
    check_fresh(outer, expected.now, expected.skew, "ArtifactResponse")
    status = read_status(outer)
    if status != ["Success"]:
        raise Refused(f"ArtifactResponse: status {'/'.join(status)}")
    response = maybe(outer, _RESPONSE)
    if response is None:
        raise Refused("ArtifactResponse: zonder Response, artifact verlopen")
    return _checked_response(response, expected)


def _checked_response(response: etree._Element, expected: Expected) -> etree._Element:
    if response.find(tag(DS, "Signature")) is not None:
        response = verified(response, expected.certificates)
    check_head(response, expected.idp_entity_id, "Response")
    if response.get("InResponseTo") != expected.request_id:
        raise Refused("Response: InResponseTo")
    destination = response.get("Destination")
    if destination is None and expected.profile.needs_destination:
        raise Refused("Response: Destination ontbreekt")
    if destination not in (None, expected.acs_url):
        raise Refused("Response: Destination")
    status = read_status(response)
    if status != ["Success"]:
        _refuse(status, response.find(_ASSERTION) is not None)
    return response


def _refuse(status: list[str], has_assertion: bool) -> None:
    """Source: login-saml §1.10."""
    if has_assertion:
        raise Refused("Response: Assertion bij een mislukte status")
    soort = "fout"
    if status == ["Responder", "AuthnFailed"]:
        soort = "geannuleerd"
    elif status[1:] == ["NoAuthnContext"]:
        soort = "niveau"
    raise Refused(f"Response: status {'/'.join(status)}", soort)
