"""Single logout both ways: §1.12 of login-saml."""

import base64
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from pip_portal.errors import LoginRefused
from pip_portal.inloggen.saml.provider import Dienstverlener, Poging, Start
from tests.inloggen.saml.foreign_idp import BSN, LOGOUT, STATUS, Edit, ForeignIdp, from_now, new_id, nothing
from tests.inloggen.saml.foreign_xml import (
    DS,
    RSA_SHA256,
    SAML,
    SAMLP,
    SOAP,
    Signing,
    check_signature,
    make,
    pair,
    sign,
)

SLO = "https://pip.test/uitloggen/digid/slo"
NAME_ID = f"s00000000:{BSN}"
Outcome = Callable[..., Awaitable[bool]]


def response(idp: ForeignIdp, request_id: str, *status: str) -> etree._Element:
    codes = make(SAMLP, "Status")
    parent = codes
    for code in status or ("Success",):
        parent = etree.SubElement(parent, f"{{{SAMLP}}}StatusCode", Value=f"{STATUS}{code}")
    return make(
        SAMLP,
        "LogoutResponse",
        make(SAML, "Issuer", idp.entity_id),
        codes,
        ID=new_id(),
        Version="2.0",
        IssueInstant=from_now(),
        Destination=SLO,
        InResponseTo=request_id,
    )


def redirected(
    idp: ForeignIdp, message: etree._Element, relay_state: str, algorithm: str = RSA_SHA256, signer: str = ""
) -> str:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(etree.tostring(message)) + packer.flush()
    text = f"SAMLResponse={quote(base64.b64encode(packed), safe='')}&RelayState={quote(relay_state)}"
    text += f"&SigAlg={quote(algorithm, safe='')}"
    key = (pair(signer) if signer else idp.signer).key
    raw = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}&Signature={quote(base64.b64encode(raw), safe='')}"


async def started(connect, profile: str) -> tuple[ForeignIdp, Dienstverlener, Start]:
    idp = ForeignIdp(profile)
    provider = await connect(idp, sso=True)
    return idp, provider, await provider.logout_request(name_id=NAME_ID, session_index="sessie-1")


def poging(start: Start) -> Poging:
    return Poging(start.request_id, start.relay_state)


@pytest.mark.parametrize("profile", ["digid-3", "eid-4"])
async def test_we_ask_the_idp_to_log_out(connect, profile: str) -> None:
    idp, _, start = await started(connect, profile)
    request = etree.fromstring(base64.b64decode(start.saml_request_b64))
    idp._check_message(request, "LogoutRequest", LOGOUT)
    assert start.form_action == LOGOUT
    assert request.findtext(f"{{{SAML}}}NameID") == NAME_ID
    assert request.findtext(f"{{{SAMLP}}}SessionIndex") == "sessie-1"


async def test_without_sso_nothing_goes_out(connect) -> None:
    provider = await connect(ForeignIdp("digid-3"))
    with pytest.raises(LoginRefused, match="niet ingesteld"):
        await provider.logout_request(name_id=NAME_ID, session_index=None)


@pytest.mark.parametrize(
    ("status", "complete"), [((), True), (("Responder", "PartialLogout"), False), (("Success", "PartialLogout"), False)]
)
async def test_digid_answers_by_redirect(connect, status: tuple[str, ...], complete: bool) -> None:
    idp, provider, start = await started(connect, "digid-3")
    query = redirected(idp, response(idp, start.request_id, *status), start.relay_state)
    assert await provider.logout_response(poging(start), datetime.now(UTC), raw_query=query) is complete


BAD_QUERIES: dict[str, Callable[[ForeignIdp, Start], str]] = {
    "other request": lambda idp, s: redirected(idp, response(idp, "_ander"), s.relay_state),
    "other RelayState": lambda idp, s: redirected(idp, response(idp, s.request_id), "ander"),
    "other key": lambda idp, s: redirected(idp, response(idp, s.request_id), s.relay_state, signer="vreemde"),
    "SHA-1": lambda idp, s: redirected(idp, response(idp, s.request_id), s.relay_state, f"{DS}rsa-sha1"),
    "changed": lambda idp, s: redirected(idp, response(idp, s.request_id), s.relay_state) + "x",
    "unsigned": lambda idp, s: redirected(idp, response(idp, s.request_id), s.relay_state).split("&SigAlg")[0],
    "twice": lambda idp, s: redirected(idp, response(idp, s.request_id), s.relay_state) + "&RelayState=x",
    "failed": lambda idp, s: redirected(idp, response(idp, s.request_id, "Requester"), s.relay_state),
    "another message": lambda idp, s: redirected(idp, make(SAMLP, "Response"), s.relay_state),
    "bomb": lambda idp, s: redirected(idp, make(SAMLP, "LogoutResponse", " " * 5_000_000), s.relay_state),
    "nothing": lambda idp, s: "",
}


@pytest.mark.parametrize("make_query", BAD_QUERIES.values(), ids=list(BAD_QUERIES))
async def test_bad_answer_by_redirect_is_refused(connect, make_query: Callable[[ForeignIdp, Start], str]) -> None:
    idp, provider, start = await started(connect, "digid-3")
    with pytest.raises(LoginRefused):
        await provider.logout_response(poging(start), datetime.now(UTC), raw_query=make_query(idp, start))


def posted(message: etree._Element, relay_state: str) -> list[tuple[str, str]]:
    return [("SAMLResponse", base64.b64encode(etree.tostring(message)).decode()), ("RelayState", relay_state)]


async def test_eid_answers_by_post(connect) -> None:
    idp, provider, start = await started(connect, "eid-4")
    form = posted(sign(response(idp, start.request_id), Signing(idp.signer)), start.relay_state)
    assert await provider.logout_response(poging(start), datetime.now(UTC), form=form) is True


async def test_bad_answers_by_post_are_refused(connect) -> None:
    idp, provider, start = await started(connect, "eid-4")
    good = sign(response(idp, start.request_id), Signing(idp.signer))
    for form in (
        posted(response(idp, start.request_id), start.relay_state),
        posted(sign(response(idp, start.request_id), Signing(pair("vreemde"))), start.relay_state),
        posted(sign(response(idp, "_ander"), Signing(idp.signer)), start.relay_state),
        posted(good, "ander"),
        [*posted(good, start.relay_state), ("RelayState", "x")],
        [("SAMLResponse", "***"), ("RelayState", start.relay_state)],
    ):
        with pytest.raises(LoginRefused):
            await provider.logout_response(poging(start), datetime.now(UTC), form=form)


def request_of(idp: ForeignIdp, edit: Edit = nothing, signer: str = "") -> bytes:
    message = make(
        SAMLP,
        "LogoutRequest",
        make(SAML, "Issuer", idp.entity_id),
        make(SAML, "NameID", NAME_ID),
        make(SAMLP, "SessionIndex", "sessie-1"),
        ID="_uit1",
        Version="2.0",
        IssueInstant=from_now(),
        Destination=SLO,
    )
    edit(message)
    if signer != "niemand":
        sign(message, Signing(pair(signer) if signer else idp.signer))
    return etree.tostring(make(SOAP, "Envelope", make(SOAP, "Body", message)))


class Ended:
    """Remembers whose sessions were ended."""

    def __init__(self) -> None:
        self.names: list[tuple[str, tuple[str, ...]]] = []

    async def __call__(self, name_id: str, indexes: tuple[str, ...]) -> None:
        self.names.append((name_id, indexes))


async def test_the_idp_ends_our_sessions_over_soap_once(connect, seen) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp, sso=True)
    ended = Ended()
    answer = await provider.answer_logout(request_of(idp), ended, seen, datetime.now(UTC))
    assert ended.names == [(NAME_ID, ("sessie-1",))]
    (message,) = etree.fromstring(answer).iter(f"{{{SAMLP}}}LogoutResponse")
    check_signature(message, idp._certificates(idp.sp_metadata))
    assert message.get("InResponseTo") == "_uit1"
    (code,) = message.iter(f"{{{SAMLP}}}StatusCode")
    assert code.get("Value") == f"{STATUS}Success"
    with pytest.raises(LoginRefused, match="al gebruikt"):
        await provider.answer_logout(request_of(idp), ended, seen, datetime.now(UTC))
    assert len(ended.names) == 1


def of(attribute: str, content: str) -> Edit:
    return lambda message: message.set(attribute, content)


def other_issuer(message: etree._Element) -> None:
    message[0].text = "https://ander.test"


REQUESTS: dict[str, tuple[Edit, str]] = {
    "unsigned": (nothing, "niemand"),
    "other key": (nothing, "vreemde"),
    "stale": (of("IssueInstant", from_now(minutes=-7)), ""),
    "other address": (of("Destination", "https://elders.test/slo"), ""),
    "expired": (of("NotOnOrAfter", from_now(minutes=-1)), ""),
    "other issuer": (other_issuer, ""),
    "no name": (lambda message: message.remove(message[1]), ""),
}


@pytest.mark.parametrize(("edit", "signer"), REQUESTS.values(), ids=list(REQUESTS))
async def test_bad_logout_request_ends_no_session(connect, seen, edit: Edit, signer: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp, sso=True)
    ended = Ended()
    with pytest.raises(LoginRefused):
        await provider.answer_logout(request_of(idp, edit, signer), ended, seen, datetime.now(UTC))
    assert ended.names == []


async def test_logout_over_soap_is_closed_without_sso(connect, seen) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    with pytest.raises(LoginRefused, match="niet ingesteld"):
        await provider.answer_logout(request_of(idp), Ended(), seen, datetime.now(UTC))
