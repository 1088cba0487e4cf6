"""Metadata of the identity provider: verified against a pinned certificate before it is believed."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from lxml import etree

from pip_portal.inloggen.saml.answers import read_instant
from pip_portal.inloggen.saml.keys import check_rsa, fingerprint
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.signatures import verified
from pip_portal.inloggen.saml.xml import DS, MD, SAMLP, check_unique_ids, only, parse, tag

MAX_METADATA = 2 * 1024 * 1024
BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:"
POST, SOAP_BINDING, REDIRECT = f"{BINDING}HTTP-POST", f"{BINDING}SOAP", f"{BINDING}HTTP-Redirect"
ARTIFACT = f"{BINDING}HTTP-Artifact"
_CERTIFICATE = f"{tag(DS, 'KeyInfo')}/{tag(DS, 'X509Data')}/{tag(DS, 'X509Certificate')}"
_ENTITY = tag(MD, "EntityDescriptor")


@dataclass(frozen=True)
class IdpMetadata:
    """signing: every certificate that may sign, several during roll-over.

    artifact: back channel URL by index. logout: where a LogoutRequest is posted, when the IdP offers that.
    """

    entity_id: str
    signing: tuple[x509.Certificate, ...]
    sign_on: str
    artifact: Mapping[int, str]
    logout: str | None
    valid_until: datetime | None


def read_idp_metadata(data: bytes, entity_id: str, pinned: str, now: datetime) -> IdpMetadata:
    """The metadata of one IdP, from a signed EntityDescriptor or a signed EntitiesDescriptor around it.

    pinned: SHA-256 fingerprint of the certificate that must have signed; colons and capitals do not matter.
    Raises: Refused. Source: login-saml §1.3.
    """
    root = parse(data, MAX_METADATA)
    check_unique_ids(root)
    if root.tag not in (_ENTITY, tag(MD, "EntitiesDescriptor")):
        raise Refused("metadata: geen EntityDescriptor")
    signed = verified(root, [_pinned_certificate(root, pinned)])
    entities = [signed] if signed.tag == _ENTITY else signed.findall(_ENTITY)
    ours = [entity for entity in entities if entity.get("entityID") == entity_id]
    if len(ours) != 1:
        raise Refused("metadata: de ingestelde idp_entity_id staat er niet in")
    until = _valid_until(signed, ours[0], now)
    return _read_entity(ours[0], entity_id, until)


def _pinned_certificate(root: etree._Element, pinned: str) -> x509.Certificate:
    """The certificate with the pinned fingerprint, wherever it stands: only the fingerprint earns trust."""
    wanted = pinned.replace(":", "").replace(" ", "").lower()
    for element in root.iter(tag(DS, "X509Certificate")):
        certificate = _certificate(element)
        if fingerprint(certificate) == wanted:
            return certificate
    raise Refused("metadata: niet ondertekend met het certificaat van idp_metadata_vingerafdruk")


def _certificate(element: etree._Element) -> x509.Certificate:
    try:
        der = base64.b64decode("".join((element.text or "").split()), validate=True)
        return x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError):
        raise Refused("metadata: certificaat is niet te lezen") from None


def _valid_until(signed: etree._Element, entity: etree._Element, now: datetime) -> datetime | None:
    named = {element.get("validUntil") for element in (signed, entity)} - {None}
    until = min((read_instant(text) for text in named), default=None)
    if until is not None and until <= now:
        raise Refused("metadata: verlopen (validUntil)")
    return until


def _read_entity(entity: etree._Element, entity_id: str, valid_until: datetime | None) -> IdpMetadata:
    descriptor = only(entity, tag(MD, "IDPSSODescriptor"))
    if SAMLP not in (descriptor.get("protocolSupportEnumeration") or "").split():
        raise Refused("metadata: geen SAML 2.0")
    sign_on = _location(descriptor, "SingleSignOnService", POST)
    if sign_on is None:
        raise Refused("metadata: geen SingleSignOnService met HTTP-POST")
    check_url(sign_on, local_http=True)
    return IdpMetadata(
        entity_id=entity_id,
        signing=_signing_certificates(descriptor),
        sign_on=sign_on,
        artifact=_artifact_services(descriptor),
        logout=_location(descriptor, "SingleLogoutService", POST),
        valid_until=valid_until,
    )


def _signing_certificates(descriptor: etree._Element) -> tuple[x509.Certificate, ...]:
    found: list[x509.Certificate] = []
    for key in descriptor.findall(tag(MD, "KeyDescriptor")):
        if key.get("use") in (None, "signing"):
            found.extend(_certificate(element) for element in key.findall(_CERTIFICATE))
    if not found:
        raise Refused("metadata: geen certificaat voor ondertekening")
    for certificate in found:
        check_rsa(certificate)
    return tuple(dict.fromkeys(found))


def _artifact_services(descriptor: etree._Element) -> dict[int, str]:
    services: dict[int, str] = {}
    for service in descriptor.findall(tag(MD, "ArtifactResolutionService")):
        if service.get("Binding") == SOAP_BINDING:
            index, location = service.get("index") or "", service.get("Location") or ""
            check_url(location)
            if not (index.isascii() and index.isdigit()):
                raise Refused("metadata: ArtifactResolutionService zonder index")
            services[int(index)] = location
    if not services:
        raise Refused("metadata: geen ArtifactResolutionService")
    return services


def _location(descriptor: etree._Element, name: str, binding: str) -> str | None:
    for service in descriptor.findall(tag(MD, name)):
        if service.get("Binding") == binding:
            return service.get("Location")
    return None


def check_url(url: str, *, local_http: bool = False) -> None:
    """Raises: Refused unless it is https; local_http: plain http is fine for this machine itself."""
    parts = urlsplit(url)
    local = local_http and parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise Refused("metadata: adres is geen https")
