"""Service providers we know: a folder of SAML metadata files, read again when a file changes."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from mock_idp.encryption import Recipient
from mock_idp.profiles import BINDING_ARTIFACT, Profile
from mock_idp.signing import BadSignature, certificates_in, verified
from mock_idp.xml import BadXml, Element, children, now, only, parse, q, read_instant, text

log = logging.getLogger(__name__)
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"


@dataclass(frozen=True, slots=True)
class Endpoint:
    binding: str
    location: str
    response_location: str
    index: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class Dienst:
    """An AttributeConsumingService: the requested attributes by name, with the value when one is given."""

    index: int
    naam: str
    attributes: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Sleutel:
    """use: signing, encryption, or None when the metadata does not say and both hold."""

    use: str | None
    certificate: x509.Certificate
    key_name: str | None


@dataclass(frozen=True, slots=True)
class ServiceProvider:
    entity_id: str
    signs_requests: bool
    wants_assertions_signed: bool
    sleutels: tuple[Sleutel, ...]
    acs: tuple[Endpoint, ...]
    slo: tuple[Endpoint, ...]
    diensten: tuple[Dienst, ...]
    valid_until: datetime | None
    has_cache_duration: bool

    @property
    def signing_certificates(self) -> list[x509.Certificate]:
        return [sleutel.certificate for sleutel in self.sleutels if sleutel.use != "encryption"]

    @property
    def hosts(self) -> set[str]:
        return {"/".join(endpoint.location.split("/")[:3]) for endpoint in (*self.acs, *self.slo)}

    def recipients(self, profile: Profile) -> list[Recipient]:
        """Its encryption keys, under the name it gave them or else the fingerprint of the certificate."""
        algorithm = hashes.SHA1() if profile.key_name_hash == "sha1" else hashes.SHA256()  # noqa: S303
        found = []
        for sleutel in self.sleutels:
            key = sleutel.certificate.public_key()
            if sleutel.use != "signing" and isinstance(key, rsa.RSAPublicKey):
                name = sleutel.key_name or sleutel.certificate.fingerprint(algorithm).hex()
                found.append(Recipient(self.entity_id, name, key))
        return found

    def dienst(self, index: int) -> Dienst | None:
        return next((dienst for dienst in self.diensten if dienst.index == index), None)

    def problem(self, profile: Profile) -> str | None:
        """The first thing in this metadata that the interface does not allow.

        Source: DigiD SAML 3.x, eID SAML 4.4 and ETD 1.13, chapters on service provider metadata.
        """
        if self.valid_until is not None and self.valid_until <= now():
            return "validUntil ligt in het verleden"
        if not (self.signs_requests and self.wants_assertions_signed):
            return "AuthnRequestsSigned en WantAssertionsSigned moeten true zijn"
        if not self.signing_certificates or not self.acs:
            return "een ondertekensleutel of een AssertionConsumerService met HTTP-Artifact ontbreekt"
        if profile.sp_entity_id and not re.fullmatch(profile.sp_entity_id, self.entity_id):
            return "de entityID heeft niet de voorgeschreven vorm"
        if profile.encrypts and not self.recipients(profile):
            return "een versleutelsleutel ontbreekt"
        return _SPECIFIC[profile.soort](self)


def _digid_problem(sp: ServiceProvider) -> str | None:
    if sp.has_cache_duration:
        return "cacheDuration mag er niet in staan"
    if any(sleutel.use == "encryption" for sleutel in sp.sleutels):
        return "DigiD 3 versleutelt niet: KeyDescriptor encryption mag er niet in staan"
    return None


def _eid_problem(sp: ServiceProvider) -> str | None:
    if sp.valid_until is None and not sp.has_cache_duration:
        return "validUntil of cacheDuration is verplicht"
    if any(sleutel.key_name is None for sleutel in sp.sleutels):
        return "elke KeyDescriptor heeft een KeyName nodig"
    if len(sp.acs) > 1 and sum(endpoint.is_default for endpoint in sp.acs) != 1:
        return "precies één AssertionConsumerService moet isDefault zijn"
    return None


def _eherkenning_problem(sp: ServiceProvider) -> str | None:
    if not sp.diensten:
        return "een AttributeConsumingService ontbreekt"
    return None


_SPECIFIC = {"digid-3": _digid_problem, "eid-4": _eid_problem, "eherkenning": _eherkenning_problem}


class ServiceProviders:
    """The service providers of a folder, by entityID."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._known: dict[str, ServiceProvider] = {}

    def get(self, entity_id: str) -> ServiceProvider | None:
        self._refresh()
        return self._known.get(entity_id)

    def all(self) -> list[ServiceProvider]:
        self._refresh()
        return list(self._known.values())

    def _refresh(self) -> None:
        files = sorted(self._folder.glob("*.xml")) if self._folder.is_dir() else []
        stats = [(path, path.stat()) for path in files]
        seen = tuple((path.name, stat.st_mtime_ns, stat.st_size) for path, stat in stats)
        if seen == self._seen:
            return
        known: dict[str, ServiceProvider] = {}
        for path in files:
            try:
                sp = read_metadata(path.read_bytes())
            except (BadXml, BadSignature, ValueError) as exc:
                log.error("metadata geweigerd", extra={"bestand": path.name, "reden": str(exc)})
                continue
            if sp.entity_id in known:
                log.warning("twee bestanden met dezelfde entityID", extra={"bestand": path.name})
            known[sp.entity_id] = sp
        self._known, self._seen = known, seen


def read_metadata(data: bytes) -> ServiceProvider:
    """Read one EntityDescriptor; a signature is checked, a missing one is logged.

    Raises: BadXml, BadSignature, ValueError.
    """
    root = parse(data)
    if root.tag != q("md:EntityDescriptor"):
        raise BadXml("verwacht één EntityDescriptor")
    role = only(root, "md:SPSSODescriptor")
    if _PROTOCOL not in role.get("protocolSupportEnumeration", "").split():
        raise BadXml("protocolSupportEnumeration noemt SAML 2.0 niet")
    sp = _service_provider(root, role)
    if root.find(q("ds:Signature")) is None:
        log.warning("metadata zonder handtekening", extra={"entity_id": sp.entity_id})
        return sp
    signed = verified(root, sp.signing_certificates)
    return _service_provider(signed, only(signed, "md:SPSSODescriptor"))


def _service_provider(root: Element, role: Element) -> ServiceProvider:
    valid_until = root.get("validUntil") or role.get("validUntil")
    return ServiceProvider(
        entity_id=root.get("entityID", ""),
        signs_requests=role.get("AuthnRequestsSigned") in ("true", "1"),
        wants_assertions_signed=role.get("WantAssertionsSigned") in ("true", "1"),
        sleutels=tuple(sleutel for item in children(role, "md:KeyDescriptor") for sleutel in _sleutels(item)),
        acs=tuple(
            endpoint
            for item in children(role, "md:AssertionConsumerService")
            if (endpoint := _endpoint(item)).binding == BINDING_ARTIFACT
        ),
        slo=tuple(_endpoint(item) for item in children(role, "md:SingleLogoutService")),
        diensten=tuple(_dienst(item) for item in children(role, "md:AttributeConsumingService")),
        valid_until=read_instant(valid_until) if valid_until else None,
        has_cache_duration="cacheDuration" in root.attrib or "cacheDuration" in role.attrib,
    )


def _sleutels(descriptor: Element) -> list[Sleutel]:
    use = descriptor.get("use")
    if use not in (None, "signing", "encryption"):
        raise BadXml("onbekend gebruik van een sleutel")
    name = next((text(item) for item in descriptor.iter(q("ds:KeyName"))), None)
    return [Sleutel(use, x509.load_der_x509_certificate(der), name) for der in certificates_in(descriptor)]


def _endpoint(item: Element) -> Endpoint:
    location = item.get("Location", "")
    if not location.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise BadXml("een Location is geen https-adres")
    return Endpoint(
        item.get("Binding", ""),
        location,
        item.get("ResponseLocation", location),
        int(item.get("index", "0")),
        item.get("isDefault") in ("true", "1"),
    )


def _dienst(item: Element) -> Dienst:
    attributes = []
    for requested in children(item, "md:RequestedAttribute"):
        value = requested.find(q("saml:AttributeValue"))
        attributes.append((requested.get("Name", ""), None if value is None else text(value)))
    name = item.find(q("md:ServiceName"))
    label = "" if name is None else "".join(etree.ElementTextIterator(name))
    return Dienst(int(item.get("index", "0")), label, tuple(attributes))
