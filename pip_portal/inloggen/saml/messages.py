"""The messages we send. Built as elements with one set of prefixes, never from text templates."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from pip_portal.inloggen.saml.profiles import GDI, Profile
from pip_portal.inloggen.saml.xml import DS, SAML, SAMLP, SOAP, element, tag

NSMAP = {"soapenv": SOAP, "samlp": SAMLP, "saml": SAML, "ds": DS}
MESSAGE_NSMAP = {prefix: uri for prefix, uri in NSMAP.items() if prefix != "soapenv"}
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


def _samlp(name: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    return element(tag(SAMLP, name), *content, nsmap=MESSAGE_NSMAP, attributes=attributes)


def _saml(name: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    return element(tag(SAML, name), *content, nsmap=MESSAGE_NSMAP, attributes=attributes)


def _soap(name: str, *content: etree._Element) -> etree._Element:
    return element(tag(SOAP, name), *content, nsmap=NSMAP)


def new_id() -> str:
    """160 random bits, starting with a letter or underscore as xs:ID asks."""
    return f"_{secrets.token_hex(20)}"


def instant(moment: datetime) -> str:
    """UTC, cut down to whole seconds: DigiD refuses an instant in its own future."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _head(message_id: str, destination: str, now: datetime) -> dict[str, str]:
    return {"ID": message_id, "Version": "2.0", "IssueInstant": instant(now), "Destination": destination}


@dataclass(frozen=True)
class LoginRequest:
    """What goes into an AuthnRequest, whatever the profile. service_index and service_uuid: as configured.

    requester: entityID of who must say for whom this login is (eid-4); None for a login for oneself.
    """

    request_id: str
    entity_id: str
    destination: str
    acs_index: int
    niveau: int
    force_authn: bool
    service_index: int | None
    service_uuid: str | None
    requester: str | None = None


def authn_request(profile: Profile, login: LoginRequest, now: datetime) -> etree._Element:
    """Source: login-saml §1.4 and §2.5."""
    request = _samlp(
        "AuthnRequest",
        _saml("Issuer", login.entity_id),
        **_head(login.request_id, login.destination, now),
        AssertionConsumerServiceIndex=str(login.acs_index),
    )
    if login.force_authn or profile.always_force:
        request.set("ForceAuthn", "true")
    if profile.attributes is not None:
        if login.service_index is not None:
            request.set("AttributeConsumingServiceIndex", str(login.service_index))
        else:
            request.append(_service_extensions(login))
    if profile.requested:
        highest = max(profile.requested)
        rank = min((rank for rank in profile.requested if rank >= login.niveau), default=highest)
        request.append(
            _samlp(
                "RequestedAuthnContext", _saml("AuthnContextClassRef", profile.requested[rank]), Comparison="minimum"
            )
        )
    if login.requester is not None:
        request.append(_samlp("Scoping", _samlp("RequesterID", login.requester)))
    return request


def _service_extensions(login: LoginRequest) -> etree._Element:
    names = {f"{GDI}IntendedAudience": login.entity_id, f"{GDI}ServiceUUID": login.service_uuid or ""}
    return _samlp(
        "Extensions",
        *(_saml("Attribute", _saml("AttributeValue", content), Name=name) for name, content in names.items()),
    )


def artifact_resolve(message_id: str, entity_id: str, destination: str, artifact: str, now: datetime) -> etree._Element:
    """Source: login-saml §1.6."""
    return _samlp(
        "ArtifactResolve",
        _saml("Issuer", entity_id),
        _samlp("Artifact", artifact),
        **_head(message_id, destination, now),
    )


def logout_request(
    message_id: str,
    entity_id: str,
    destination: str,
    name_id: str,
    session_indexes: Sequence[str],
    now: datetime,
) -> etree._Element:
    """Source: login-saml §1.12."""
    return _samlp(
        "LogoutRequest",
        _saml("Issuer", entity_id),
        _saml("NameID", name_id),
        *(_samlp("SessionIndex", index) for index in session_indexes),
        **_head(message_id, destination, now),
    )


def logout_response(
    message_id: str, entity_id: str, in_response_to: str, now: datetime, status: Sequence[str]
) -> etree._Element:
    """status: one or two status codes, top first."""
    code = _samlp("StatusCode", Value=status[0])
    if len(status) > 1:
        code.append(_samlp("StatusCode", Value=status[1]))
    return _samlp(
        "LogoutResponse",
        _saml("Issuer", entity_id),
        _samlp("Status", code),
        ID=message_id,
        Version="2.0",
        IssueInstant=instant(now),
        InResponseTo=in_response_to,
    )


def soap(message: etree._Element) -> bytes:
    envelope = _soap("Envelope", _soap("Body", message))
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def form_value(message: etree._Element) -> str:
    """A message as the hidden field of a POST form."""
    return base64.b64encode(etree.tostring(message, xml_declaration=True, encoding="UTF-8")).decode()
