"""LogoutRequest and LogoutResponse: reading them, making them, and sending a LogoutRequest to a service provider.

Source: SAML 2.0 core 3.7 and bindings 3.2, 3.4, 3.5; DigiD SAML 3.x (SSO) and eID SAML 4.4 on logging out.
"""

import ssl
from collections.abc import Mapping

import anyio.to_thread
import httpx

from mock_idp.answer import soap, status_element
from mock_idp.authn_request import check_freshness, known_issuer
from mock_idp.idp_metadata import key_name, signing_pairs, slo_url
from mock_idp.keys import CLIENT
from mock_idp.outcome import Refused
from mock_idp.profiles import BINDING_SOAP, DIGID, STATUS, Profile, Status
from mock_idp.signing import BadSignature, inflate, read_query, sign, verified
from mock_idp.sp_metadata import Endpoint, ServiceProvider
from mock_idp.state import Idp
from mock_idp.xml import (
    MAX_BYTES,
    BadXml,
    Element,
    decode_base64,
    instant,
    make,
    new_id,
    now,
    only,
    parse,
    q,
    text,
    to_bytes,
)


def read_request(
    idp: Idp, profile: Profile, fields: Mapping[str, str], raw_query: str | None
) -> tuple[ServiceProvider, Element]:
    """Who asks for logging out, and the verified message. raw_query: set when it came by HTTP-Redirect.

    Raises: Refused.
    """
    try:
        packed = decode_base64(fields.get("SAMLRequest", ""))
        root = parse(packed if raw_query is None else inflate(packed))
        if root.tag != q("samlp:LogoutRequest"):
            raise Refused("dit is geen LogoutRequest")
        sp = known_issuer(idp, profile, root)
        if raw_query is None:
            message = verified(root, sp.signing_certificates)
        else:
            message = parse(read_query(raw_query, "SAMLRequest", sp.signing_certificates))
        check_freshness(message)
    except (BadXml, BadSignature) as exc:
        raise Refused(str(exc)) from exc
    if message.get("Version") != "2.0" or message.get("Destination") != slo_url(idp.config, profile):
        raise Refused("Version of Destination klopt niet")
    if len(fields.get("RelayState", "").encode()) > 80:
        raise Refused("RelayState is langer dan 80 tekens")
    return sp, message


def name_id(message: Element) -> str:
    """Raises: Refused when the message does not name one person."""
    try:
        return text(only(message, "saml:NameID"))
    except BadXml as exc:
        raise Refused(str(exc)) from exc


def logout_response(
    idp: Idp, profile: Profile, endpoint: Endpoint, in_response_to: str, status: Status, signs: bool
) -> bytes:
    """signs: put the signature in the XML; with HTTP-Redirect it goes in the query string instead."""
    message = make(
        "samlp:LogoutResponse",
        {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": instant(now()),
            "Destination": endpoint.response_location,
            "InResponseTo": in_response_to,
        },
        make("saml:Issuer", None, profile.entity_id),
        status_element(status),
    )
    return to_bytes(_signed(idp, profile, message) if signs else message)


def _signed(idp: Idp, profile: Profile, message: Element) -> Element:
    pair = signing_pairs(idp.config, idp.keys, profile)[0]
    return sign(message, pair, key_name(profile, pair))


async def log_out_at(idp: Idp, entity_id: str, bsn: str) -> bool:
    """Ask one service provider, over SOAP, to end every session of this person; whether it says it did."""
    sp = idp.service_providers.get(entity_id)
    endpoint = next((slo for slo in sp.slo if slo.binding == BINDING_SOAP), None) if sp else None
    if sp is None or endpoint is None:
        return False
    message = make(
        "samlp:LogoutRequest",
        {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": instant(now()),
            "Destination": endpoint.location,
        },
        make("saml:Issuer", None, DIGID.entity_id),
        make("saml:NameID", None, f"s00000000:{bsn}"),
    )
    request = await anyio.to_thread.run_sync(_signed, idp, DIGID, message)
    try:
        answer = await _post(idp, endpoint.location, to_bytes(soap(request)))
        return await anyio.to_thread.run_sync(_is_success, answer, sp, request.get("ID"))
    except (httpx.HTTPError, BadXml, BadSignature):
        return False


async def _post(idp: Idp, url: str, body: bytes) -> bytes:
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": '"http://www.oasis-open.org/committees/security"',
    }
    transport, verify = idp.sp_transport, _tls(idp)
    async with (
        httpx.AsyncClient(transport=transport, verify=verify, trust_env=False, timeout=10.0) as client,
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        response.raise_for_status()
        received = b""
        async for chunk in response.aiter_bytes():
            received += chunk
            if len(received) > MAX_BYTES:
                raise BadXml("het antwoord is te groot")
    return received


def _tls(idp: Idp) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(idp.config.sp_ca) if idp.config.sp_ca else None)
    context.load_cert_chain(idp.keys.certificate_path(CLIENT), idp.keys.key_path(CLIENT))
    return context


def _is_success(answer: bytes, sp: ServiceProvider, request_id: str | None) -> bool:
    """Raises: BadXml, BadSignature."""
    received = only(only(parse(answer), "soapenv:Body"), "samlp:LogoutResponse")
    message = verified(received, sp.signing_certificates)
    code = only(only(message, "samlp:Status"), "samlp:StatusCode").get("Value")
    return code == STATUS + "Success" and message.get("InResponseTo") == request_id
