"""Our own metadata, signed: what we hand to Logius or the broker."""

import hashlib
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from pip_portal.inloggen.saml.keys import KeyPair, fingerprint
from pip_portal.inloggen.saml.metadata import ARTIFACT, POST, REDIRECT, SOAP_BINDING
from pip_portal.inloggen.saml.profiles import Profile
from pip_portal.inloggen.saml.signatures import sign
from pip_portal.inloggen.saml.xml import DS, MD, SAML, SAMLP, element, tag
from pip_portal.settings import Koppeling

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NSMAP = {"md": MD, "ds": DS, "saml": SAML}


def build(
    koppeling: Koppeling,
    profile: Profile,
    *,
    acs_url: str,
    slo_url: str,
    signing: Sequence[KeyPair],
    encryption: Sequence[KeyPair],
    tls: x509.Certificate | None,
) -> bytes:
    """Source: login-saml §1.2 and §2.3."""
    extra = [tls] if tls is not None and profile.name == "eid-4" else []
    descriptor = _make(
        MD,
        "SPSSODescriptor",
        *_key_descriptors([*(pair.certificate for pair in signing), *extra], "signing", profile),
        *(_key_descriptors([pair.certificate for pair in encryption], "encryption", profile)),
        *(_logout_services(profile, slo_url) if koppeling.sso else ()),
        _make(
            MD,
            "AssertionConsumerService",
            Binding=ARTIFACT,
            Location=acs_url,
            index=str(koppeling.acs_index),
            isDefault="true",
        ),
        *([_consuming_service(koppeling, profile)] if profile.attributes is not None else []),
        AuthnRequestsSigned="true",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=SAMLP,
    )
    ident = hashlib.sha256(f"{koppeling.entity_id} {acs_url}".encode()).hexdigest()
    entity = _make(MD, "EntityDescriptor", descriptor, ID=f"_{ident}", entityID=koppeling.entity_id)
    if profile.cache_duration is not None:
        entity.set("cacheDuration", profile.cache_duration)
    return etree.tostring(sign(entity, signing[0]), xml_declaration=True, encoding="UTF-8")


def _make(namespace: str, name: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    return element(tag(namespace, name), *content, nsmap=_NSMAP, attributes=attributes)


def _key_descriptors(certificates: Iterable[x509.Certificate], use: str, profile: Profile) -> list[etree._Element]:
    return [_key_descriptor(certificate, use, profile) for certificate in dict.fromkeys(certificates)]


def _key_descriptor(certificate: x509.Certificate, use: str, profile: Profile) -> etree._Element:
    pem = certificate.public_bytes(Encoding.PEM).decode().splitlines()
    descriptor = _make(
        MD,
        "KeyDescriptor",
        _make(
            DS,
            "KeyInfo",
            _make(DS, "KeyName", fingerprint(certificate)),
            _make(DS, "X509Data", _make(DS, "X509Certificate", "".join(pem[1:-1]))),
        ),
    )
    if profile.key_use:
        descriptor.set("use", use)
    return descriptor


def _logout_services(profile: Profile, slo_url: str) -> list[etree._Element]:
    """digid-3 calls us over SOAP and answers us by redirect; eid-4 only answers, by POST."""
    bindings = (SOAP_BINDING, REDIRECT) if profile.name == "digid-3" else (POST,)
    return [_make(MD, "SingleLogoutService", Binding=binding, Location=slo_url) for binding in bindings]


def _consuming_service(koppeling: Koppeling, profile: Profile) -> etree._Element:
    """eid-4 names the attribute ServiceUUID and its value; eHerkenning names the ServiceID itself."""
    name = "Mijn gemeente"
    service = _make(
        MD,
        "AttributeConsumingService",
        _make(MD, "ServiceName", name, **{_LANG: "nl"}),
        index=str(koppeling.service_index or 0),
        isDefault="true",
    )
    if profile.name == "eherkenning":
        service.append(_make(MD, "ServiceDescription", name, **{_LANG: "nl"}))
        service.append(_make(MD, "RequestedAttribute", Name=koppeling.service_id or ""))
    elif profile.attributes is not None:
        uuid = _make(SAML, "AttributeValue", koppeling.service_uuid or "")
        service.append(_make(MD, "RequestedAttribute", uuid, Name=profile.attributes.service_uuid))
    return service
