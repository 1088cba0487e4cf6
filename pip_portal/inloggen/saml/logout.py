"""Single logout: the messages that come from the other side."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from pip_portal.inloggen.saml.answers import check_fresh, check_head, read_instant, read_status, soap_body
from pip_portal.inloggen.saml.backchannel import unpack
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.signatures import verified
from pip_portal.inloggen.saml.xml import MAX_MESSAGE, SAML, SAMLP, check_unique_ids, only, parse, tag, value

_RESPONSE = tag(SAMLP, "LogoutResponse")
_ALGORITHMS: dict[str, hashes.HashAlgorithm] = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": hashes.SHA384(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": hashes.SHA512(),
}


@dataclass(frozen=True)
class Peer:
    """Who may send us logout messages, and where they must be addressed to."""

    idp_entity_id: str
    certificates: Sequence[x509.Certificate]
    slo_url: str
    now: datetime
    skew: timedelta


@dataclass(frozen=True)
class IncomingLogout:
    """name_id: whose sessions must end; session_indexes: only these, or all of them when empty."""

    message_id: str
    name_id: str = field(repr=False)
    session_indexes: tuple[str, ...] = field(repr=False)


def read_logout_request(body: bytes, peer: Peer) -> IncomingLogout:
    """Raises: Refused. Source: login-saml §1.12 and §3, checks 5 to 9."""
    request = verified(soap_body(body, tag(SAMLP, "LogoutRequest")), peer.certificates)
    check_head(request, peer.idp_entity_id, "LogoutRequest")
    check_fresh(request, peer.now, peer.skew, "LogoutRequest")
    if request.get("Destination") not in (None, peer.slo_url):
        raise Refused("LogoutRequest: Destination")
    until = request.get("NotOnOrAfter")
    if until is not None and peer.now >= read_instant(until) + peer.skew:
        raise Refused("LogoutRequest: verlopen")
    return IncomingLogout(
        message_id=request.get("ID") or "",
        name_id=value(only(request, tag(SAML, "NameID"))),
        session_indexes=tuple(value(index) for index in request.findall(tag(SAMLP, "SessionIndex"))),
    )


def read_redirected_response(raw_query: str, relay_state: str, request_id: str, peer: Peer) -> bool:
    """Whether the logout at the IdP was complete, from a LogoutResponse in a redirect (digid-3).

    raw_query: as it came in, undecoded: the signature is over that very text.
    Raises: Refused.
    """
    parts = _query_parts(raw_query)
    _check_query_signature(parts, peer)
    if unquote_plus(parts.get("RelayState", "")) != relay_state:
        raise Refused("LogoutResponse: RelayState")
    packed = _base64(unquote_plus(parts["SAMLResponse"]))
    response = parse(unpack(packed, MAX_MESSAGE, wbits=-zlib.MAX_WBITS))
    return _read_response(response, request_id, peer)


def read_posted_response(form: Sequence[tuple[str, str]], relay_state: str, request_id: str, peer: Peer) -> bool:
    """Whether the logout at the IdP was complete, from a LogoutResponse in a form (eid-4).

    Raises: Refused.
    """
    names = sorted(name for name, _ in form)
    if names != ["RelayState", "SAMLResponse"]:
        raise Refused("LogoutResponse: andere velden dan verwacht")
    fields = dict(form)
    if fields["RelayState"] != relay_state:
        raise Refused("LogoutResponse: RelayState")
    response = parse(_base64(fields["SAMLResponse"]))
    check_unique_ids(response)
    if response.tag != _RESPONSE:
        raise Refused("LogoutResponse: ander bericht")
    return _read_response(verified(response, peer.certificates), request_id, peer)


def _read_response(response: etree._Element, request_id: str, peer: Peer) -> bool:
    if response.tag != _RESPONSE:
        raise Refused("LogoutResponse: ander bericht")
    check_head(response, peer.idp_entity_id, "LogoutResponse")
    check_fresh(response, peer.now, peer.skew, "LogoutResponse")
    if response.get("Destination") not in (None, peer.slo_url):
        raise Refused("LogoutResponse: Destination")
    if response.get("InResponseTo") != request_id:
        raise Refused("LogoutResponse: InResponseTo")
    status = read_status(response)
    if status == ["Success"]:
        return True
    if "PartialLogout" in status:
        return False
    raise Refused(f"LogoutResponse: status {'/'.join(status)}")


def _query_parts(raw_query: str) -> dict[str, str]:
    """The parameters as they stand, still encoded; each may occur once and no other may."""
    pairs = [part.partition("=") for part in raw_query.split("&")]
    parts = {name: content for name, _, content in pairs}
    required = {"SAMLResponse", "SigAlg", "Signature"}
    if len(parts) != len(pairs) or not required <= parts.keys() <= required | {"RelayState"}:
        raise Refused("LogoutResponse: andere parameters dan verwacht")
    return parts


def _check_query_signature(parts: dict[str, str], peer: Peer) -> None:
    algorithm = _ALGORITHMS.get(unquote_plus(parts["SigAlg"]))
    if algorithm is None:
        raise Refused("handtekening: algoritme niet toegestaan")
    signature = _base64(unquote_plus(parts["Signature"]))
    order = [name for name in ("SAMLResponse", "RelayState", "SigAlg") if name in parts]
    signed = "&".join(f"{name}={parts[name]}" for name in order).encode()
    moment = datetime.now(UTC)
    for certificate in peer.certificates:
        public = certificate.public_key()
        current = certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
        if current and isinstance(public, rsa.RSAPublicKey):
            try:
                public.verify(signature, signed, padding.PKCS1v15(), algorithm)
            except InvalidSignature:
                continue
            return
    raise Refused("handtekening: klopt niet met de sleutels uit de metadata")


def _base64(text: str) -> bytes:
    if len(text) > MAX_MESSAGE:
        raise Refused("LogoutResponse: te groot")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("LogoutResponse: geen base64") from None
