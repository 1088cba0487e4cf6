"""Reading an AuthnRequest and refusing everything the interface does not allow.

Source: SAML 2.0 core 3.4; DigiD SAML 3.x, eID SAML 4.4 and ETD 1.13, chapters on AuthnRequest.
"""

import re
from datetime import timedelta

from lxml import etree

from mock_idp.config import Config
from mock_idp.diensten import Gevraagd, by_uuid, gevraagd
from mock_idp.idp_metadata import sso_url
from mock_idp.outcome import LoginRequest, Refused
from mock_idp.profiles import (
    BINDING_ARTIFACT,
    INTENDED_AUDIENCE_EID,
    SERVICE_UUID_EID,
    Profile,
    Status,
)
from mock_idp.signing import BadSignature, inflate, read_query, verified
from mock_idp.sp_metadata import Endpoint, ServiceProvider
from mock_idp.state import Idp
from mock_idp.xml import BadXml, Element, children, decode_base64, now, only, parse, q, read_instant, text

MAX_RELAY_STATE = 80
MAX_AGE = timedelta(minutes=5)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{15,}")
_ENTITY_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
_ATTRIBUTES = {
    "ID",
    "Version",
    "IssueInstant",
    "Destination",
    "ForceAuthn",
    "IsPassive",
    "ProviderName",
    "AssertionConsumerServiceIndex",
    "AssertionConsumerServiceURL",
    "AttributeConsumingServiceIndex",
    "ProtocolBinding",
}
_CHILDREN = {
    "digid-3": {"saml:Issuer", "ds:Signature", "samlp:NameIDPolicy", "samlp:RequestedAuthnContext"},
    "eid-4": {
        "saml:Issuer",
        "ds:Signature",
        "samlp:Extensions",
        "samlp:RequestedAuthnContext",
        "samlp:Scoping",
    },
    "eherkenning": {"saml:Issuer", "ds:Signature"},
}


def receive_post(idp: Idp, profile: Profile, message: str, relay_state: str | None) -> LoginRequest:
    """An AuthnRequest that came by HTTP-POST.

    Raises: Refused.
    """
    try:
        root = parse(decode_base64(message))
        sp = _service_provider(idp, profile, root)
        return _accept(idp, profile, sp, verified(root, sp.signing_certificates), relay_state)
    except (BadXml, BadSignature) as exc:
        raise Refused(str(exc)) from exc


def receive_redirect(idp: Idp, profile: Profile, raw_query: str, message: str, relay_state: str | None) -> LoginRequest:
    """An AuthnRequest that came by HTTP-Redirect, signed in the query string.

    Raises: Refused.
    """
    if not profile.redirect_in:
        raise Refused("deze koppeling kent alleen HTTP-POST")
    try:
        root = parse(inflate(decode_base64(message)))
        if root.find(q("ds:Signature")) is not None:
            raise Refused("bij HTTP-Redirect staat de handtekening in de URL")
        sp = _service_provider(idp, profile, root)
        signed = parse(read_query(raw_query, "SAMLRequest", sp.signing_certificates))
        return _accept(idp, profile, sp, signed, relay_state)
    except (BadXml, BadSignature) as exc:
        raise Refused(str(exc)) from exc


def _service_provider(idp: Idp, profile: Profile, root: Element) -> ServiceProvider:
    if root.tag != q("samlp:AuthnRequest"):
        raise Refused("dit is geen AuthnRequest")
    return known_issuer(idp, profile, root)


def known_issuer(idp: Idp, profile: Profile, root: Element) -> ServiceProvider:
    """The service provider that a message says it is from, if its metadata is here and in order.

    Raises: Refused, BadXml.
    """
    issuer = only(root, "saml:Issuer")
    extra = {key: value for key, value in issuer.attrib.items() if (key, value) != ("Format", _ENTITY_FORMAT)}
    if extra or (issuer.attrib and profile.index_only):
        raise Refused("Issuer heeft attributen die niet mogen")
    sp = idp.service_providers.get(text(issuer))
    if sp is None:
        raise Refused("de afzender (Issuer) is niet bekend")
    if problem := sp.problem(profile):
        raise Refused(f"de metadata van de afzender deugt niet: {problem}")
    return sp


def _accept(idp: Idp, profile: Profile, sp: ServiceProvider, root: Element, relay_state: str | None) -> LoginRequest:
    _check_shape(profile, root)
    request_id = root.get("ID", "")
    if not _ID.fullmatch(request_id):
        raise Refused("het ID is te kort of begint niet met een letter")
    check_freshness(root)
    if root.get("Destination") != sso_url(idp.config, profile):
        raise Refused("Destination is niet dit adres")
    if relay_state is not None and len(relay_state.encode()) > MAX_RELAY_STATE:
        raise Refused("RelayState is langer dan 80 tekens")
    dienst = _dienst(idp.config, profile, sp, root)
    acs = _acs(profile, sp, root)
    minimum = max(_requested_level(profile, root), dienst.minimum if dienst else 0)
    must_represent, unsupported = _scoping(profile, root)
    seen = f"{sp.entity_id} {request_id}"
    if idp.seen_requests.get(seen):
        raise Refused("dit ID is al gebruikt")
    idp.seen_requests.put(seen, True)
    return LoginRequest(
        profile=profile,
        sp=sp,
        request_id=request_id,
        acs=acs,
        relay_state=relay_state,
        minimum=minimum,
        force_authn=root.get("ForceAuthn") in ("true", "1"),
        dienst=dienst,
        must_represent=must_represent,
        unsupported=unsupported,
    )


def _check_shape(profile: Profile, root: Element) -> None:
    strange = set(root.attrib) - _ATTRIBUTES
    if strange:
        raise Refused(f"attribuut {sorted(map(str, strange))[0]} mag niet in deze AuthnRequest")
    allowed = {q(name) for name in _CHILDREN[profile.soort]}
    tags = [str(child.tag) for child in root.iterchildren(etree.Element)]
    for tag in tags:
        if tag not in allowed or tags.count(tag) > 1:
            raise Refused(f"{etree.QName(tag).localname} mag niet (of niet twee keer) in deze AuthnRequest")
    if root.get("Version") != "2.0":
        raise Refused("Version moet 2.0 zijn")
    if root.get("IsPassive") in ("true", "1"):
        raise Refused("IsPassive wordt niet ondersteund")
    if profile.soort == "eherkenning" and root.get("ForceAuthn") not in ("true", "1"):
        raise Refused("ForceAuthn moet true zijn")


def check_freshness(root: Element) -> None:
    """Raises: Refused when IssueInstant lies in our future or more than five minutes back; BadXml when unreadable."""
    issued = read_instant(root.get("IssueInstant"))
    if issued > now():
        raise Refused("IssueInstant ligt in de toekomst")
    if issued < now() - MAX_AGE:
        raise Refused("IssueInstant is ouder dan vijf minuten")


def _acs(profile: Profile, sp: ServiceProvider, root: Element) -> Endpoint:
    """The ACS by index; outside eID also by a URL that equals one in the metadata. Never both."""
    index, url = root.get("AssertionConsumerServiceIndex"), root.get("AssertionConsumerServiceURL")
    binding = root.get("ProtocolBinding")
    if url is not None and index is not None:
        raise Refused("AssertionConsumerServiceIndex en -URL mogen niet samen")
    if binding is not None and (index is not None or binding != BINDING_ARTIFACT):
        raise Refused("ProtocolBinding mag niet, of is niet HTTP-Artifact")
    if profile.index_only and index is None:
        raise Refused("AssertionConsumerServiceIndex is verplicht")
    for endpoint in sp.acs:
        if (index is not None and index == str(endpoint.index)) or (url is not None and url == endpoint.location):
            return endpoint
    raise Refused("de AssertionConsumerService staat niet in de metadata")


def _requested_level(profile: Profile, root: Element) -> int:
    """The rank asked for; none asked means the lowest."""
    context = root.find(q("samlp:RequestedAuthnContext"))
    if context is None:
        return profile.niveaus[0].rang
    niveau = profile.niveau_of_uri(text(only(context, "saml:AuthnContextClassRef")))
    if niveau is None or context.get("Comparison") != "minimum":
        raise Refused("RequestedAuthnContext moet minimum zijn met een bekend niveau")
    return niveau.rang


def _dienst(config: Config, profile: Profile, sp: ServiceProvider, root: Element) -> Gevraagd | None:
    """The service by index, or in eID by Extensions; DigiD 3 knows no services."""
    index, extensions = root.get("AttributeConsumingServiceIndex"), root.find(q("samlp:Extensions"))
    if profile.soort == "digid-3":
        return None
    if (index is None) == (extensions is None):
        raise Refused("precies één van AttributeConsumingServiceIndex en Extensions is nodig")
    if extensions is not None:
        return _from_extensions(config, profile, sp, extensions)
    dienst = sp.dienst(int(index)) if index and index.isascii() and index.isdigit() else None
    found = gevraagd(config.sp_metadata_dir, profile, dienst) if dienst else None
    if found is None:
        raise Refused("AttributeConsumingServiceIndex hoort bij geen dienst in de metadata")
    return found


def _from_extensions(config: Config, profile: Profile, sp: ServiceProvider, extensions: Element) -> Gevraagd:
    values = {
        attribute.get("Name"): text(only(attribute, "saml:AttributeValue"))
        for attribute in children(extensions, "saml:Attribute")
    }
    if values.get(INTENDED_AUDIENCE_EID) != sp.entity_id or not values.get(SERVICE_UUID_EID):
        raise Refused("Extensions noemt niet deze dienstverlener en een ServiceUUID")
    return by_uuid(config.sp_metadata_dir, profile, values[SERVICE_UUID_EID])


def _scoping(profile: Profile, root: Element) -> tuple[bool, Status | None]:
    """Whether representation is demanded, and the answer when an unknown party is asked for."""
    scoping = root.find(q("samlp:Scoping"))
    if scoping is None:
        return False, None
    requesters = [text(item) for item in children(scoping, "samlp:RequesterID")]
    preselected = [item.get("ProviderID", "") for item in scoping.iter(q("samlp:IDPEntry"))]
    known = {entity_id for _, entity_id in profile.advice}
    bvd = dict(profile.advice).get("eid-bvd")
    if set(preselected) - known or any(requester != bvd for requester in requesters):
        return False, Status("Requester", "NoSupportedIDP")
    return bool(requesters), None
