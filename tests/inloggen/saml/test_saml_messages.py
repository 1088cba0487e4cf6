"""Login answers that are wrong in one respect only and otherwise properly signed: each is refused.

The numbers are those of the table of checks in login-saml §3.
"""

import pytest
from lxml import etree

from tests.inloggen.saml.foreign_idp import (
    IDP,
    SERVICE_ID,
    SP,
    Answer,
    Edit,
    ForeignIdp,
    from_now,
    nothing,
)
from tests.inloggen.saml.foreign_xml import SAML, SAMLP, make

ELSEWHERE = "https://elders.test/inloggen/digid/acs"


def find(root: etree._Element, name: str) -> etree._Element:
    (found,) = root.iter(f"{{{SAML}}}{name}", f"{{{SAMLP}}}{name}")
    return found


def own(name: str, attribute: str | None, content: str | None) -> Edit:
    """Sets (or with None removes) an attribute of the one element with this name; without attribute: its text."""

    def edit(root: etree._Element) -> None:
        element = root if etree.QName(root).localname == name else find(root, name)
        if attribute is None:
            element.text = content
        elif content is None:
            del element.attrib[attribute]
        else:
            element.set(attribute, content)

    return edit


def without(name: str) -> Edit:
    def edit(root: etree._Element) -> None:
        element = find(root, name)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return edit


def add(parent_name: str, *made: str) -> Edit:
    """Appends an empty saml element to the one element with this name."""

    def edit(root: etree._Element) -> None:
        for name in made:
            find(root, parent_name).append(make(SAML, name))

    return edit


def again(name: str) -> Edit:
    """The same element a second time, right behind the first."""

    def edit(root: etree._Element) -> None:
        element = find(root, name)
        element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))

    return edit


def issuer(content: str) -> Edit:
    def edit(root: etree._Element) -> None:
        root[0].text = content

    return edit


OUTER = {
    "9 version": (own("ArtifactResponse", "Version", "1.1"), "ArtifactResponse: versie"),
    "9 issuer": (issuer(IDP["digid-3"] + "x"), "ArtifactResponse: andere afzender"),
    "9 InResponseTo": (own("ArtifactResponse", "InResponseTo", "_ander"), "ArtifactResponse: InResponseTo"),
    "9 no InResponseTo": (own("ArtifactResponse", "InResponseTo", None), "ArtifactResponse: InResponseTo"),
    "9 stale": (own("ArtifactResponse", "IssueInstant", from_now(minutes=-7)), "IssueInstant"),
    "9 from the future": (own("ArtifactResponse", "IssueInstant", from_now(minutes=30)), "IssueInstant"),
    "9 no instant": (own("ArtifactResponse", "IssueInstant", None), "tijd: ontbreekt"),
    "9 local time": (own("ArtifactResponse", "IssueInstant", "2026-11-24T12:00:00+01:00"), "tijd"),
    "9 no such day": (own("ArtifactResponse", "IssueInstant", "2026-02-30T12:00:00Z"), "tijd"),
}
RESPONSE = {
    "10 version": (own("Response", "Version", "2.1"), "Response: versie"),
    "10 issuer": (issuer("https://ander.test"), "Response: andere afzender"),
    "10 InResponseTo": (own("Response", "InResponseTo", "_ander"), "Response: InResponseTo"),
    "10 Destination": (own("Response", "Destination", ELSEWHERE), "Response: Destination"),
    "10 no status": (without("Status"), "Status"),
}
ASSERTION = {
    "12 version": (own("Assertion", "Version", "1.0"), "Assertion: versie"),
    "12 issuer": (issuer("https://ander.test"), "Assertion: andere afzender"),
    "12 stale": (own("Assertion", "IssueInstant", from_now(minutes=-7)), "Assertion: IssueInstant"),
    "13 no subject": (without("Subject"), "Subject"),
    "13 none": (without("SubjectConfirmation"), "SubjectConfirmation"),
    "13 two": (again("SubjectConfirmation"), "SubjectConfirmation"),
    "13 holder of key": (
        own("SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        "bearer",
    ),
    "13 no data": (without("SubjectConfirmationData"), "SubjectConfirmationData"),
    "13 other recipient": (own("SubjectConfirmationData", "Recipient", ELSEWHERE), "Recipient"),
    "13 longer recipient": (
        own("SubjectConfirmationData", "Recipient", "https://pip.test/inloggen/digid/acs/"),
        "Recipient",
    ),
    "13 no recipient": (own("SubjectConfirmationData", "Recipient", None), "Recipient"),
    "13 InResponseTo": (own("SubjectConfirmationData", "InResponseTo", "_ander"), "Assertion: InResponseTo"),
    "13 unsolicited": (own("SubjectConfirmationData", "InResponseTo", None), "Assertion: InResponseTo"),
    "13 expired": (
        own("SubjectConfirmationData", "NotOnOrAfter", from_now(seconds=-31)),
        "SubjectConfirmation verlopen",
    ),
    "13 no end": (own("SubjectConfirmationData", "NotOnOrAfter", None), "tijd"),
    "13 NotBefore": (own("SubjectConfirmationData", "NotBefore", from_now(minutes=-1)), "NotBefore"),
    "14 none": (without("Conditions"), "Conditions"),
    "14 expired": (own("Conditions", "NotOnOrAfter", from_now(seconds=-31)), "Assertion: verlopen"),
    "14 not yet valid": (own("Conditions", "NotBefore", from_now(minutes=30)), "nog niet geldig"),
    "14 no end": (own("Conditions", "NotOnOrAfter", None), "tijd"),
    "14 no begin": (own("Conditions", "NotBefore", None), "tijd"),
    "14 unknown condition": (add("Conditions", "Condition"), "onbekende voorwaarde"),
    "14 no restriction": (without("AudienceRestriction"), "Audience"),
    "14 no audience": (without("Audience"), "Audience"),
    "14 other audience": (own("Audience", None, "https://ander.test"), "Audience"),
    "14 audience with our prefix": (own("Audience", None, SP["digid-3"] + ".kwaad.test"), "Audience"),
    "14 prefix of our audience": (own("Audience", None, SP["digid-3"][:-1]), "Audience"),
    "14 audience with a space": (own("Audience", None, SP["digid-3"] + " "), "Audience"),
    "14 audience in capitals": (own("Audience", None, SP["digid-3"].upper()), "Audience"),
    "14 a second restriction without us": (
        lambda root: find(root, "Conditions").append(
            make(SAML, "AudienceRestriction", make(SAML, "Audience", "https://ander.test"))
        ),
        "Audience",
    ),
    "15 none": (without("AuthnStatement"), "AuthnStatement"),
    "15 two": (again("AuthnStatement"), "AuthnStatement"),
    "15 no level": (without("AuthnContextClassRef"), "niveau ontbreekt"),
    "15 two levels": (again("AuthnContextClassRef"), "AuthnContextClassRef"),
    "15 unknown level": (own("AuthnContextClassRef", None, "urn:hoger-dan-hoog"), "niveau onbekend"),
    "15 level of another profile": (
        own("AuthnContextClassRef", None, "http://eidas.europa.eu/LoA/high"),
        "niveau onbekend",
    ),
    "15 session is over": (
        own("AuthnStatement", "SessionNotOnOrAfter", from_now(minutes=-1)),
        "sessie is al voorbij",
    ),
    "17 element in the NameID": (add("NameID", "x"), "waarde"),
    "17 space in the NameID": (own("NameID", None, "s00000000: 999993653"), "identiteit"),
    "17 line end after the NameID": (own("NameID", None, "s00000000:999993653\n"), "identiteit"),
    "17 digits of another script": (own("NameID", None, "s00000000:٩٩٩٩٩٣٦٥٣"), "identiteit"),
    "17 no NameID": (without("NameID"), "NameID"),
    "18 SOFI sector": (own("NameID", None, "s00000001:999993653"), "andere sector"),
    "18 no sector": (own("NameID", None, "999993653"), "geen sector"),
    "18 fails the eleven test": (own("NameID", None, "s00000000:999993654"), "elfproef"),
    "18 nine times zero": (own("NameID", None, "s00000000:000000000"), "elfproef"),
    "18 seven digits": (own("NameID", None, "s00000000:9999936"), "geen sector"),
}


@pytest.mark.parametrize(("edit", "reden"), OUTER.values(), ids=list(OUTER))
async def test_artifact_response_with_one_flaw_is_refused(connect, refused, edit: Edit, reden: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.outer = edit
    error = await refused(provider, idp)
    assert error.soort == "fout"
    assert reden in error.reden


@pytest.mark.parametrize(("edit", "reden"), RESPONSE.values(), ids=list(RESPONSE))
async def test_response_with_one_flaw_is_refused(connect, refused, edit: Edit, reden: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.response = edit
    error = await refused(provider, idp)
    assert error.soort == "fout"
    assert reden in error.reden


@pytest.mark.parametrize(("edit", "reden"), ASSERTION.values(), ids=list(ASSERTION))
async def test_assertion_with_one_flaw_is_refused(connect, refused, edit: Edit, reden: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.assertion = edit
    error = await refused(provider, idp)
    assert error.soort == "fout"
    assert reden in error.reden


@pytest.mark.parametrize("profile", ["eid-4", "eherkenning"])
async def test_missing_destination_is_refused_where_the_profile_demands_it(connect, refused, profile: str) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp)
    idp.answer.response = own("Response", "Destination", None)
    assert "Destination ontbreekt" in (await refused(provider, idp)).reden


@pytest.mark.parametrize("profile", ["eid-4", "eherkenning"])
async def test_answer_for_another_service_uuid_is_refused(connect, refused, profile: str) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp)
    idp.answer.service_uuid = "00000000-0000-0000-0000-000000000000"
    assert "andere dienst" in (await refused(provider, idp)).reden


async def test_answer_for_another_service_id_is_refused(connect, refused) -> None:
    idp = ForeignIdp("eherkenning")
    provider = await connect(idp)
    idp.answer.service_id = SERVICE_ID + "0"
    assert "andere dienst" in (await refused(provider, idp)).reden


async def test_an_assertion_that_is_just_over_time_passes_within_the_clock_skew(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.assertion = own("Conditions", "NotOnOrAfter", from_now(seconds=-20))
    assert (await log_in(provider, idp)).niveau == 20


async def test_an_8_digit_number_gets_its_leading_zero(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.name_id = "S00000000:10000008"
    assert (await log_in(provider, idp)).bsn == "010000008"


async def test_the_end_of_the_session_at_the_idp_is_passed_on(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.assertion = own("AuthnStatement", "SessionNotOnOrAfter", "2030-01-01T00:00:00.5Z")
    until = (await log_in(provider, idp)).geldig_tot
    assert until is not None
    assert until.isoformat() == "2030-01-01T00:00:00+00:00"


LEVELS = {
    "digid-3": [
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", 10),
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract", 20),
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard", 25),
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", 30),
    ],
    "eid-4": [
        ("http://eID.logius.nl/LoA/basic", 10),
        ("http://eidas.europa.eu/LoA/low", 20),
        ("http://eidas.europa.eu/LoA/substantial", 25),
        ("http://eidas.europa.eu/LoA/high", 30),
    ],
    "eherkenning": [
        ("urn:etoegang:core:assurance-class:loa1", 10),
        ("urn:etoegang:core:assurance-class:loa2", 20),
        ("urn:etoegang:core:assurance-class:loa2plus", 22),
        ("urn:etoegang:core:assurance-class:loa3", 25),
        ("urn:etoegang:core:assurance-class:loa4", 30),
        ("http://eidas.europa.eu/LoA/substantial", 25),
    ],
}


@pytest.mark.parametrize("profile", LEVELS)
async def test_each_level_is_ranked_and_a_lower_one_is_refused(connect, log_in, refused, profile: str) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp, niveau=10)
    for uri, rank in LEVELS[profile]:
        idp.answer.assertion = own("AuthnContextClassRef", None, uri)
        assert (await log_in(provider, idp, niveau=rank)).niveau == rank
        error = await refused(provider, idp, niveau=rank + 1)
        assert error.soort == "niveau"
        assert "niveau te laag" in error.reden


async def test_the_minimum_of_the_connection_holds_whatever_is_asked(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp, niveau=25)
    assert (await refused(provider, idp, niveau=10)).soort == "niveau"


STATUSES = [
    (("Responder", "AuthnFailed"), "geannuleerd"),
    (("Responder", "NoAuthnContext"), "niveau"),
    (("Responder", "RequestDenied"), "fout"),
    (("Requester", "NoSupportedIDP"), "fout"),
    (("Requester", "AuthnFailed"), "fout"),
    (("Responder", "RequestUnsupported"), "fout"),
    (("Responder",), "fout"),
    (("Zomaar", "Iets"), "fout"),
    (("Success", "AuthnFailed"), "fout"),
]


@pytest.mark.parametrize(("status", "soort"), STATUSES)
async def test_a_refusal_by_the_idp_is_told_by_its_kind(connect, refused, status: tuple[str, ...], soort: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.status = status
    error = await refused(provider, idp)
    assert error.soort == soort
    assert "Response: status" in error.reden
    assert "Zomaar" not in error.reden


async def test_a_failed_status_with_an_assertion_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.status = ("Responder", "AuthnFailed")
    idp.answer.wrap = lambda response: response.append(idp.signed_assertion(response.get("InResponseTo")))
    error = await refused(provider, idp)
    assert error.soort == "fout"
    assert "Assertion bij een mislukte status" in error.reden


async def test_unknown_artifact_at_the_idp_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer = Answer(outer_status=("Requester", "RequestDenied"), without_response=True)
    error = await refused(provider, idp)
    assert error.soort == "fout"
    assert "ArtifactResponse: status Requester/RequestDenied" in error.reden


async def test_expired_artifact_at_the_idp_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer = Answer(without_response=True)
    assert "zonder Response" in (await refused(provider, idp)).reden


async def test_a_good_assertion_under_a_failed_artifact_status_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer = Answer(outer=nothing, outer_status=("Responder",))
    assert "ArtifactResponse: status" in (await refused(provider, idp)).reden
