"""Signature wrapping, algorithms, keys and shape: checks 6, 7, 8 and 11 of login-saml §3."""

import copy

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from tests.inloggen.saml.foreign_idp import BSN, Edit, ForeignIdp, new_id
from tests.inloggen.saml.foreign_xml import (
    DS,
    ENVELOPED,
    EXC,
    SAML,
    SAMLP,
    SOAP,
    Signing,
    make,
    pair,
    public_pem,
    sign,
)

VICTIM = "900029365"
SIGNATURE, ASSERTION = f"{{{DS}}}Signature", f"{{{SAML}}}Assertion"
OUTER = f"{{{SAMLP}}}ArtifactResponse"


def evil_twin(original: etree._Element) -> etree._Element:
    """A copy without signature, with its own ID, that names the victim."""
    twin = copy.deepcopy(original)
    signature = twin.find(SIGNATURE)
    if signature is not None:
        twin.remove(signature)
    twin.set("ID", new_id())
    for name_id in twin.iter(f"{{{SAML}}}NameID"):
        name_id.text = f"s00000000:{VICTIM}"
    return twin


def outer_of(envelope: etree._Element) -> tuple[etree._Element, etree._Element]:
    body = envelope.find(f"{{{SOAP}}}Body")
    return body, body.find(OUTER)


def xsw1(envelope: etree._Element) -> None:
    """The original message hides inside its own signature; the evil one carries that signature."""
    body, original = outer_of(envelope)
    evil = evil_twin(original)
    signature = copy.deepcopy(original.find(SIGNATURE))
    body.remove(original)
    evil.insert(1, signature)
    signature.append(original)
    body.append(evil)


def xsw2(envelope: etree._Element) -> None:
    """The original message stands beside the signature, inside the evil one."""
    body, original = outer_of(envelope)
    evil = evil_twin(original)
    signature = original.find(SIGNATURE)
    body.remove(original)
    original.remove(signature)
    evil.insert(1, signature)
    evil.insert(2, original)
    body.append(evil)


def xsw3(response: etree._Element) -> None:
    """The evil assertion stands before the original."""
    original = response.find(ASSERTION)
    original.addprevious(evil_twin(original))


def xsw4(response: etree._Element) -> None:
    """The evil assertion wraps the original."""
    original = response.find(ASSERTION)
    evil = evil_twin(original)
    response.replace(original, evil)
    evil.append(original)


def xsw5(response: etree._Element) -> None:
    """The evil assertion takes the signature; the original follows without."""
    original = response.find(ASSERTION)
    evil = evil_twin(original)
    evil.insert(1, original.find(SIGNATURE))
    original.addprevious(evil)


def xsw6(response: etree._Element) -> None:
    """The evil assertion takes the signature, and the original goes into that signature."""
    original = response.find(ASSERTION)
    evil = evil_twin(original)
    signature = original.find(SIGNATURE)
    response.replace(original, evil)
    evil.insert(1, signature)
    signature.append(original)


def xsw7(response: etree._Element) -> None:
    """The evil assertion goes into Extensions."""
    original = response.find(ASSERTION)
    response.insert(1, make(SAMLP, "Extensions", evil_twin(original)))


def xsw8(response: etree._Element) -> None:
    """The evil assertion takes the signature; the original goes into a ds:Object."""
    original = response.find(ASSERTION)
    evil = evil_twin(original)
    signature = original.find(SIGNATURE)
    response.replace(original, evil)
    evil.insert(1, signature)
    signature.append(make(DS, "Object", original))


def signature_only(response: etree._Element) -> None:
    """The evil assertion simply takes over ID and signature of the original, which is gone."""
    original = response.find(ASSERTION)
    evil = evil_twin(original)
    evil.set("ID", original.get("ID"))
    evil.insert(1, original.find(SIGNATURE))
    response.replace(original, evil)


@pytest.mark.parametrize("wrap", [xsw1, xsw2])
async def test_wrapped_artifact_response_is_refused(connect, refused, wrap: Edit) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.envelope = wrap
    assert (await refused(provider, idp)).soort == "fout"


@pytest.mark.parametrize("profile", ["digid-3", "eherkenning"])
@pytest.mark.parametrize("wrap", [xsw3, xsw4, xsw5, xsw6, xsw7, xsw8, signature_only])
async def test_wrapped_assertion_is_refused(connect, refused, wrap: Edit, profile: str) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp)
    idp.answer.wrap = wrap
    assert (await refused(provider, idp)).soort == "fout"


async def test_a_victim_in_advice_is_never_read(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)

    def advise(assertion: etree._Element) -> None:
        other = evil_twin(assertion)
        sign(other, Signing(idp.signer))
        conditions = assertion.find(f"{{{SAML}}}Conditions")
        conditions.addnext(make(SAML, "Advice", other))

    idp.answer.assertion = advise
    assert (await log_in(provider, idp)).bsn == BSN


async def test_a_comment_cannot_cut_a_number_short(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.raw = lambda body: body.replace(BSN.encode(), b"9999936<!-- -->53")
    assert (await log_in(provider, idp)).bsn == BSN


XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
BAD_SIGNATURES: dict[str, dict[str, object]] = {
    "SHA-1 signature": {"method": f"{DS}rsa-sha1"},
    "SHA-1 digest": {"digest": f"{DS}sha1"},
    "XSLT transform": {"transforms": (ENVELOPED, XSLT, EXC)},
    "XPath transform": {"transforms": (ENVELOPED, XPATH, EXC)},
    "base64 transform": {"transforms": (ENVELOPED, f"{DS}base64", EXC)},
    "no c14n transform": {"transforms": (ENVELOPED,)},
    "no enveloped transform": {"transforms": (EXC,)},
    "transforms in another order": {"transforms": (EXC, ENVELOPED)},
    "c14n with comments": {"transforms": (ENVELOPED, f"{EXC}WithComments")},
    "SignedInfo c14n with comments": {"c14n": f"{EXC}WithComments"},
    "inclusive c14n": {"c14n": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"},
    "empty reference": {"uri": ""},
    "external reference": {"uri": "https://elders.test/bericht.xml"},
    "reference to something else": {"uri": "#_ander"},
    "xpointer reference": {"uri": "#xpointer(/)"},
    "two references": {"times": 2},
    "foreign key with its certificate in KeyInfo": {"pair": pair("vreemde")},
    "foreign key": {"pair": pair("vreemde"), "certificate": False},
}


@pytest.mark.parametrize("options", BAD_SIGNATURES.values(), ids=list(BAD_SIGNATURES))
@pytest.mark.parametrize("where", ["outer", "assertion"])
async def test_signature_of_another_kind_is_refused(connect, refused, options: dict[str, object], where: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    if where == "outer":
        idp.answer.outer_signing = options
    else:
        idp.answer.assertion_signing = options
    assert "handtekening" in (await refused(provider, idp)).reden


@pytest.mark.parametrize("secret", ["pem", "der", "public"])
async def test_hmac_with_the_public_key_as_secret_is_refused(connect, refused, secret: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    certificate = idp.signer.certificate
    secrets = {
        "pem": certificate.public_bytes(Encoding.PEM),
        "der": certificate.public_bytes(Encoding.DER),
        "public": public_pem(certificate),
    }
    idp.answer.outer_signing = {
        "secret": secrets[secret],
        "method": "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    }
    assert "algoritme" in (await refused(provider, idp)).reden


@pytest.mark.parametrize("profile", ["digid-3", "eid-4", "eherkenning"])
async def test_missing_assertion_signature_is_refused(connect, refused, profile: str) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp)
    idp.answer.assertion_signing = None
    assert "Signature" in (await refused(provider, idp)).reden


async def test_missing_artifact_response_signature_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.outer_signing = None
    assert "Signature" in (await refused(provider, idp)).reden


@pytest.mark.parametrize("name", [b"rsa-sha384", b"rsa-sha512"])
async def test_changed_algorithm_name_breaks_the_signature(connect, refused, name: bytes) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.raw = lambda body: body.replace(b"rsa-sha256", name)
    assert "handtekening" in (await refused(provider, idp)).reden


async def test_stronger_hashes_are_accepted(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    strong = {
        "method": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        "digest": "http://www.w3.org/2001/04/xmlenc#sha512",
    }
    idp.answer.outer_signing = idp.answer.assertion_signing = strong
    assert (await log_in(provider, idp)).bsn == BSN


async def test_changed_text_breaks_the_signature(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.raw = lambda body: body.replace(BSN.encode(), VICTIM.encode())
    assert "handtekening" in (await refused(provider, idp)).reden


async def test_expired_signing_certificate_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    idp.signer = pair("verlopen", expired=True)
    idp.announced = [idp.signer]
    provider = await connect(idp)
    assert "handtekening" in (await refused(provider, idp)).reden


def two_messages(envelope: etree._Element) -> None:
    body, outer = outer_of(envelope)
    twin = copy.deepcopy(outer)
    twin.set("ID", new_id())
    body.append(twin)


def fault(envelope: etree._Element) -> None:
    body, outer = outer_of(envelope)
    body.replace(outer, make(SOAP, "Fault", make(SOAP, "faultcode", "x")))


def without_envelope(body: bytes) -> bytes:
    return etree.tostring(next(etree.fromstring(body).iter(OUTER)))


def same_id_twice(envelope: etree._Element) -> None:
    """An element without meaning that borrows the ID of the assertion, in another case."""
    ident = next(envelope.iter(ASSERTION)).get("ID")
    envelope.insert(0, make(SOAP, "Header", etree.Element("los", {"Id": ident})))


def in_header(envelope: etree._Element) -> None:
    original = next(envelope.iter(ASSERTION))
    envelope.insert(0, make(SOAP, "Header", evil_twin(original)))


def ds_object(envelope: etree._Element) -> None:
    _, outer = outer_of(envelope)
    outer.find(SIGNATURE).append(make(DS, "Object", "x"))


SHAPES = {
    "two messages in the body": (two_messages, "vorm"),
    "SOAP fault": (fault, "vorm: SOAP-fout"),
    "duplicate ID": (same_id_twice, "dubbele ID"),
    "assertion in the header": (in_header, "Assertion op een andere plaats"),
    "ds:Object": (ds_object, "Object"),
    "something in the envelope": (lambda envelope: envelope.append(make(SOAP, "Body")), "vorm"),
    "empty body": (lambda envelope: envelope[0].clear(), "vorm"),
}


@pytest.mark.parametrize(("edit", "reden"), SHAPES.values(), ids=list(SHAPES))
async def test_another_shape_is_refused(connect, refused, edit: Edit, reden: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.envelope = edit
    assert reden in (await refused(provider, idp)).reden


async def test_message_without_envelope_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.raw = without_envelope
    assert "vorm: geen SOAP-envelop" in (await refused(provider, idp)).reden


INSIDE = {
    "unknown part of the Response": lambda response: response.append(make(SAML, "EncryptedAssertion")),
    "two assertions": lambda response: response.append(evil_twin(response.find(ASSERTION))),
    "no assertion": lambda response: response.remove(response.find(ASSERTION)),
}


@pytest.mark.parametrize("edit", INSIDE.values(), ids=list(INSIDE))
async def test_response_of_another_shape_is_refused(connect, refused, edit: Edit) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.wrap = edit
    assert "vorm" in (await refused(provider, idp)).reden


async def test_two_responses_are_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)

    def twice(outer: etree._Element) -> None:
        outer.append(evil_twin(outer.find(f"{{{SAMLP}}}Response")))

    idp.answer.outer = twice
    assert "vorm" in (await refused(provider, idp)).reden


async def test_response_with_a_bad_signature_of_its_own_is_refused(connect, refused) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.wrap = lambda response: sign(response, Signing(pair("vreemde")))
    assert "handtekening" in (await refused(provider, idp)).reden
