"""Who logged in, as attributes with encrypted identities, and the statements of the parties behind the broker."""

import hashlib

from cryptography.hazmat.primitives.asymmetric import rsa

from mock_idp.diensten import COMPANY_NAME
from mock_idp.encryption import Recipient, encrypted_id
from mock_idp.keys import KeyStore
from mock_idp.outcome import Burger, Onderneming, Outcome
from mock_idp.signing import sign
from mock_idp.xml import Element, instant, make, new_id, now

_EID, _EID11 = "urn:nl-eid-gdi:1.0:", "urn:nl-eid-gdi:1.1:"
_ETD, _ETD_CORE = "urn:etoegang:1.9:", "urn:etoegang:core:"
LEGACY_BSN = f"{_EID}id:legacy-BSN"
KVK = f"{_ETD}EntityConcernedID:KvKnr"
RSIN = f"{_ETD}EntityConcernedID:RSIN"
PSEUDO = "urn:etoegang:1.13:EntityConcernedID:Pseudo"


def attribute_statement(outcome: Outcome, service_uuid: str | None, for_other: bool) -> Element | None:
    """The attributes of eID 4 and eHerkenning; DigiD 3 has none.

    for_other: encrypt with a key that the service provider does not have.
    """
    profile, subject = outcome.request.profile, outcome.subject
    if not profile.encrypts or subject is None:
        return None
    recipients = outcome.request.sp.recipients(profile)
    if for_other:
        recipients = [_somebody_else(recipient) for recipient in recipients]
    if isinstance(subject, Burger):
        attributes = _burger(subject, service_uuid or "", recipients)
    else:
        attributes = _onderneming(subject, outcome, service_uuid or "", recipients)
    return make("saml:AttributeStatement", None, *attributes)


def _somebody_else(recipient: Recipient) -> Recipient:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return Recipient(recipient.entity_id + "-anders", recipient.key_name[::-1], key)


def _attribute(name: str, *values: Element | str) -> Element:
    return make("saml:Attribute", {"Name": name}, *[make("saml:AttributeValue", None, v) for v in values])


def _burger(subject: Burger, service_uuid: str, recipients: list[Recipient]) -> list[Element]:
    def identity(name: str, bsn: str) -> Element:
        return _attribute(_EID + name, encrypted_id(LEGACY_BSN, bsn, recipients))

    attributes = [
        _attribute(f"{_EID}ServiceUUID", service_uuid),
        identity("ActingSubjectID", subject.bsn),
    ]
    if subject.machtiging is not None:
        attributes.append(identity("LegalSubjectID", subject.machtiging.vertegenwoordigde))
        if subject.machtiging.soort:
            attributes.append(_attribute(f"{_EID11}RepresentationType", subject.machtiging.soort))
    return attributes


def _onderneming(
    subject: Onderneming, outcome: Outcome, service_uuid: str, recipients: list[Recipient]
) -> list[Element]:
    dienst = outcome.request.dienst
    legal = [encrypted_id(KVK, subject.kvk, recipients)]
    if subject.rsin:
        legal.append(encrypted_id(RSIN, subject.rsin, recipients))
    attributes = [
        _attribute(f"{_ETD_CORE}ServiceID", dienst.service_id or "" if dienst else ""),
        _attribute(f"{_ETD_CORE}ServiceUUID", service_uuid),
        _attribute(f"{_ETD_CORE}LegalSubjectID", *legal),
        _attribute(
            f"{_ETD_CORE}ActingSubjectID",
            encrypted_id(PSEUDO, pseudonym(subject, outcome.request.sp.entity_id), recipients),
        ),
        _attribute(f"{_ETD_CORE}Representation", "true"),
        _attribute(f"{_ETD_CORE}AuthorizationRegistryID", outcome.request.profile.advice[1][1]),
    ]
    if subject.vestiging:
        attributes.append(_attribute(f"{_ETD}ServiceRestriction:Vestigingsnr", subject.vestiging))
    if subject.keten:
        attributes.append(_attribute(f"{_ETD}IntermediateEntityID:KvKnr", subject.keten))
    if dienst and dienst.wants_company_name:
        attributes.append(_attribute(COMPANY_NAME, subject.naam))
    return attributes


def pseudonym(subject: Onderneming, entity_id: str) -> str:
    """Stable per person, company and service provider, and different for each of those."""
    seed = f"{subject.medewerker}|{subject.kvk}|{entity_id}"
    return hashlib.sha256(seed.encode()).hexdigest().upper()


def advice(keys: KeyStore, outcome: Outcome, niveau_uri: str) -> Element | None:
    """What the authentication service, and when someone acts for another the mandate register, said to the broker."""
    parties = outcome.request.profile.advice
    if isinstance(outcome.subject, Burger) and outcome.subject.machtiging is None:
        parties = parties[:1]
    if not parties:
        return None
    statements = [_authenticated(outcome, niveau_uri), _authorised(outcome)]
    signed = [
        _statement(keys, name, entity_id, outcome.name_id, statement)
        for (name, entity_id), statement in zip(parties, statements, strict=False)
    ]
    return make("saml:Advice", None, *signed)


def _authenticated(outcome: Outcome, niveau_uri: str) -> Element:
    context = make("saml:AuthnContext", None, make("saml:AuthnContextClassRef", None, niveau_uri))
    return make("saml:AuthnStatement", {"AuthnInstant": instant(outcome.moment)}, context)


def _authorised(outcome: Outcome) -> Element:
    dienst = outcome.request.dienst
    prefix = _ETD_CORE if outcome.request.profile.soort == "eherkenning" else _EID
    return make("saml:AttributeStatement", None, _attribute(f"{prefix}ServiceUUID", dienst.uuid if dienst else ""))


def _statement(keys: KeyStore, name: str, entity_id: str, name_id: str, statement: Element) -> Element:
    pair = keys[name]
    transient = {"Format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}
    assertion = make(
        "saml:Assertion",
        {"ID": new_id(), "Version": "2.0", "IssueInstant": instant(now())},
        make("saml:Issuer", None, entity_id),
        make("saml:Subject", None, make("saml:NameID", transient, name_id)),
        statement,
    )
    return sign(assertion, pair, pair.sha256)
