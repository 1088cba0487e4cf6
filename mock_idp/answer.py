"""Building the answer that goes over the back channel: ArtifactResponse, Response and Assertion.

Source: SAML 2.0 core; DigiD SAML 3.x for the plain form, eID SAML 4.4 and ETD 1.13 for the form with attributes.
"""

from dataclasses import dataclass, field
from datetime import datetime

from mock_idp.identities import advice, attribute_statement
from mock_idp.idp_metadata import key_name, signing_pairs
from mock_idp.outcome import Burger, Outcome
from mock_idp.profiles import STATUS, SUCCESS, Profile, Status
from mock_idp.signing import sign, verified
from mock_idp.state import Idp
from mock_idp.xml import Element, instant, make, new_id, now, parse, q, to_bytes

_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an answer states, apart from who logged in; a scenario may change one thing.

    signer: name of the key that signs, None for the profile's own. audience: None leaves the restriction out.
    """

    profile: Profile
    issuer: str
    artifact_in_response_to: str
    response_in_response_to: str
    assertion_in_response_to: str
    destination: str | None
    recipient: str
    audience: str | None
    not_before: datetime
    not_on_or_after: datetime
    niveau_uri: str
    service_uuid: str | None
    sector: str = "s00000000"
    signs_assertion: bool = True
    signs_artifact_response: bool = True
    algorithm: str = "sha256"
    signer: str | None = None
    encrypts_for_other: bool = False
    moment: datetime = field(default_factory=now)


def facts_of(outcome: Outcome, resolve_id: str) -> Facts:
    """The truth, as an answer that is sent now states it."""
    request, profile, moment = outcome.request, outcome.request.profile, now()
    return Facts(
        profile=profile,
        issuer=profile.entity_id,
        artifact_in_response_to=resolve_id,
        response_in_response_to=request.request_id,
        assertion_in_response_to=request.request_id,
        destination=request.acs.location if profile.response_destination else None,
        recipient=request.acs.location,
        audience=request.sp.entity_id,
        not_before=moment - profile.valid_before,
        not_on_or_after=moment + profile.valid_after,
        niveau_uri=profile.niveau(outcome.rang).uri,
        service_uuid=request.dienst.uuid if request.dienst else None,
        moment=moment,
    )


def artifact_response(idp: Idp, facts: Facts, content: Element | None, status: Status = SUCCESS) -> bytes:
    """A SOAP envelope with a signed ArtifactResponse around a Response, or around nothing."""
    message = make(
        "samlp:ArtifactResponse",
        {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": instant(facts.moment),
            "InResponseTo": facts.artifact_in_response_to,
        },
        make("saml:Issuer", None, facts.issuer),
        status_element(status),
        content,
    )
    if facts.signs_artifact_response:
        message = _signed(idp, facts, message)
    envelope = to_bytes(soap(message))
    _check_signatures(idp, facts, envelope)
    return envelope


def response(idp: Idp, facts: Facts, outcome: Outcome) -> Element:
    """The Response: its status, and on success the signed Assertion."""
    assertion = _assertion(idp, facts, outcome) if outcome.status == SUCCESS else None
    return bare_response(facts, outcome.status, assertion)


def bare_response(facts: Facts, status: Status, assertion: Element | None = None) -> Element:
    return make(
        "samlp:Response",
        {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": instant(facts.moment),
            "InResponseTo": facts.response_in_response_to,
            "Destination": facts.destination,
        },
        make("saml:Issuer", None, facts.issuer),
        status_element(status),
        assertion,
    )


def status_element(status: Status) -> Element:
    sub = make("samlp:StatusCode", {"Value": STATUS + status.sub}) if status.sub else None
    message = make("samlp:StatusMessage", None, status.message) if status.message else None
    return make("samlp:Status", None, make("samlp:StatusCode", {"Value": STATUS + status.top}, sub), message)


def soap(content: Element) -> Element:
    return make("soapenv:Envelope", None, make("soapenv:Body", None, content))


def _assertion(idp: Idp, facts: Facts, outcome: Outcome) -> Element:
    assertion = make(
        "saml:Assertion",
        {"ID": new_id(), "Version": "2.0", "IssueInstant": instant(facts.moment)},
        make("saml:Issuer", None, facts.issuer),
        _subject(facts, outcome),
        _conditions(facts),
        advice(idp.keys, outcome, facts.niveau_uri),
        _authn_statement(facts, outcome),
        attribute_statement(outcome, facts.service_uuid, facts.encrypts_for_other),
    )
    return _signed(idp, facts, assertion) if facts.signs_assertion else assertion


def _subject(facts: Facts, outcome: Outcome) -> Element:
    confirmation = make(
        "saml:SubjectConfirmation",
        {"Method": _BEARER},
        make(
            "saml:SubjectConfirmationData",
            {
                "InResponseTo": facts.assertion_in_response_to,
                "NotOnOrAfter": instant(facts.not_on_or_after),
                "Recipient": facts.recipient,
            },
        ),
    )
    return make("saml:Subject", None, _name_id(facts, outcome), confirmation)


def _name_id(facts: Facts, outcome: Outcome) -> Element:
    """DigiD 3 names the person here; the others only give a handle for this login."""
    if not facts.profile.encrypts and isinstance(outcome.subject, Burger):
        return make("saml:NameID", None, f"{facts.sector}:{outcome.subject.bsn}")
    return make("saml:NameID", {"Format": _TRANSIENT}, outcome.name_id)


def _conditions(facts: Facts) -> Element:
    restriction = None
    if facts.audience is not None:
        audience = make("saml:Audience", None, facts.audience)
        restriction = make("saml:AudienceRestriction", None, audience)
    window = {"NotBefore": instant(facts.not_before), "NotOnOrAfter": instant(facts.not_on_or_after)}
    return make("saml:Conditions", window, restriction)


def _authn_statement(facts: Facts, outcome: Outcome) -> Element:
    authorities = [make("saml:AuthenticatingAuthority", None, entity) for _, entity in facts.profile.advice[:1]]
    return make(
        "saml:AuthnStatement",
        {"AuthnInstant": instant(outcome.moment), "SessionIndex": outcome.session_index},
        make("saml:SubjectLocality", {"Address": outcome.address}),
        make(
            "saml:AuthnContext",
            None,
            make("saml:AuthnContextClassRef", None, facts.niveau_uri),
            *authorities,
        ),
    )


def _signed(idp: Idp, facts: Facts, element: Element) -> Element:
    pair = idp.keys[facts.signer] if facts.signer else signing_pairs(idp.config, idp.keys, facts.profile)[0]
    return sign(element, pair, key_name(facts.profile, pair), facts.algorithm)


def _check_signatures(idp: Idp, facts: Facts, envelope: bytes) -> None:
    """Read back what is about to be sent: every signature in it must verify where it stands.

    Raises: BadSignature. (A signature that is wrong on purpose is not looked at.)
    """
    if facts.algorithm != "sha256" or facts.signer:
        return
    pairs = signing_pairs(idp.config, idp.keys, facts.profile)
    advisers = [idp.keys[name] for name, _ in facts.profile.advice]
    certificates = [pair.certificate for pair in (*pairs, *advisers)]
    for signature in parse(envelope).iter(q("ds:Signature")):
        element = signature.getparent()
        if element is not None:
            verified(element, certificates)
