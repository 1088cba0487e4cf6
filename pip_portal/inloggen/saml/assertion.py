"""Checks on the Assertion: signature, who it is for, when it holds, how sure the IdP is."""

from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from pip_portal.inloggen.saml.answers import Expected, check_fresh, check_head, read_instant
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.signatures import verified
from pip_portal.inloggen.saml.xml import SAML, maybe, only, tag, value

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_KNOWN_CONDITIONS = {tag(SAML, name) for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}


@dataclass(frozen=True)
class Checked:
    """An Assertion that passed; element is the verified tree. valid_until: when it can no longer be used."""

    element: etree._Element = field(repr=False)
    assertion_id: str
    valid_until: datetime
    name_id: str = field(repr=False)
    niveau: int
    session_index: str | None
    session_until: datetime | None


def verified_assertion(response: etree._Element, expected: Expected) -> Checked:
    """Raises: Refused. Source: login-saml §3, checks 11 to 15."""
    assertion = verified(only(response, tag(SAML, "Assertion")), expected.certificates)
    check_head(assertion, expected.idp_entity_id, "Assertion")
    check_fresh(assertion, expected.now, expected.skew, "Assertion")
    subject = only(assertion, tag(SAML, "Subject"))
    confirmed_until = _check_confirmation(subject, expected)
    conditions_until = _check_conditions(only(assertion, tag(SAML, "Conditions")), expected)
    statement = _authn_statement(assertion)
    until = statement.get("SessionNotOnOrAfter")
    session_until = read_instant(until) if until is not None else None
    if session_until is not None and expected.now >= session_until + expected.skew:
        raise Refused("Assertion: sessie is al voorbij")
    return Checked(
        element=assertion,
        assertion_id=assertion.get("ID") or "",
        valid_until=max(confirmed_until, conditions_until),
        name_id=value(only(subject, tag(SAML, "NameID"))),
        niveau=_niveau(statement, expected),
        session_index=statement.get("SessionIndex"),
        session_until=session_until,
    )


def _check_confirmation(subject: etree._Element, expected: Expected) -> datetime:
    confirmation = only(subject, tag(SAML, "SubjectConfirmation"))
    if confirmation.get("Method") != BEARER:
        raise Refused("Assertion: SubjectConfirmation is niet bearer")
    data = only(confirmation, tag(SAML, "SubjectConfirmationData"))
    if data.get("Recipient") != expected.acs_url:
        raise Refused("Assertion: Recipient")
    if data.get("InResponseTo") != expected.request_id:
        raise Refused("Assertion: InResponseTo")
    if data.get("NotBefore") is not None:
        raise Refused("Assertion: SubjectConfirmation met NotBefore")
    until = read_instant(data.get("NotOnOrAfter"))
    if expected.now >= until + expected.skew:
        raise Refused("Assertion: SubjectConfirmation verlopen")
    return until


def _check_conditions(conditions: etree._Element, expected: Expected) -> datetime:
    start, end = read_instant(conditions.get("NotBefore")), read_instant(conditions.get("NotOnOrAfter"))
    if expected.now < start - expected.skew:
        raise Refused("Assertion: nog niet geldig")
    if expected.now >= end + expected.skew:
        raise Refused("Assertion: verlopen")
    if any(child.tag not in _KNOWN_CONDITIONS for child in conditions):
        raise Refused("Assertion: onbekende voorwaarde")
    restrictions = conditions.findall(tag(SAML, "AudienceRestriction"))
    audiences = [[value(a) for a in restriction.findall(tag(SAML, "Audience"))] for restriction in restrictions]
    if not audiences or not all(expected.entity_id in named for named in audiences):
        raise Refused("Assertion: Audience")
    return end


def _authn_statement(assertion: etree._Element) -> etree._Element:
    found = assertion.findall(tag(SAML, "AuthnStatement"))
    if len(found) != 1:
        raise Refused("Assertion: niet precies een AuthnStatement")
    return found[0]


def _niveau(statement: etree._Element, expected: Expected) -> int:
    reference = maybe(only(statement, tag(SAML, "AuthnContext")), tag(SAML, "AuthnContextClassRef"))
    if reference is None:
        raise Refused("Assertion: niveau ontbreekt")
    niveau = expected.profile.levels.get(value(reference))
    if niveau is None:
        raise Refused("Assertion: niveau onbekend")
    if niveau < expected.niveau:
        raise Refused("Assertion: niveau te laag", "niveau")
    return niveau
