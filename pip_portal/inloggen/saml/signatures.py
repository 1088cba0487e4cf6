"""XML signatures: verify what others signed, sign what we send.

Data is only ever read from the tree that `verified` returns.
"""

import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from pip_portal.inloggen.saml.keys import KeyPair
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.xml import DS, SAML, only, parser, tag

# At DEBUG signxml prints whole messages, BSN and all: never, whatever the level of the portal itself.
logging.getLogger("signxml").setLevel(logging.WARNING)

ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
METHODS = frozenset({SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512})
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_METHOD_URIS = frozenset(method.value for method in METHODS)
_DIGEST_URIS = frozenset(digest.value for digest in DIGESTS)
_CONFIGURATION = SignatureConfiguration(
    location="./", expect_references=1, signature_methods=METHODS, digest_algorithms=DIGESTS
)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,255}")
_SIGNATURE, _OBJECT = tag(DS, "Signature"), tag(DS, "Object")
_INCLUSIVE = tag(EXCLUSIVE, "InclusiveNamespaces")


def _tags(parent: etree._Element) -> list[object]:
    return [child.tag for child in parent]


def _ds(*names: str) -> list[str]:
    return [tag(DS, name) for name in names]


def check_shape(element: etree._Element) -> etree._Element:
    """The one signature of this element, when it has exactly the shape that we accept.

    A direct child; one Reference to this element's own ID; transforms enveloped + exclusive c14n and no
    other; RSA with SHA-256 or better. Needed beside signxml, which skips transforms that it does not know.
    Raises: Refused. Source: login-saml §3, check 7.
    """
    ident = element.get("ID") or ""
    if not _ID.fullmatch(ident):
        raise Refused("handtekening: bericht zonder bruikbare ID")
    signature = only(element, _SIGNATURE)
    if signature.find(f".//{_OBJECT}") is not None:
        raise Refused("handtekening: bevat Object")
    if _tags(signature) not in (
        _ds("SignedInfo", "SignatureValue"),
        _ds("SignedInfo", "SignatureValue", "KeyInfo"),
    ):
        raise Refused("handtekening: afwijkende vorm")
    info = only(signature, tag(DS, "SignedInfo"))
    if _tags(info) != _ds("CanonicalizationMethod", "SignatureMethod", "Reference"):
        raise Refused("handtekening: niet precies een verwijzing")
    if info[0].get("Algorithm") != EXCLUSIVE:
        raise Refused("handtekening: andere canonicalisatie")
    if info[1].get("Algorithm") not in _METHOD_URIS:
        raise Refused("handtekening: algoritme niet toegestaan")
    _check_reference(info[2], ident)
    return signature


def _check_reference(reference: etree._Element, ident: str) -> None:
    if _tags(reference) != _ds("Transforms", "DigestMethod", "DigestValue"):
        raise Refused("handtekening: afwijkende vorm")
    if reference.get("URI") != f"#{ident}":
        raise Refused("handtekening: verwijst niet naar het eigen bericht")
    transforms = list(reference[0])
    if _tags(reference[0]) != _ds("Transform", "Transform"):
        raise Refused("handtekening: bewerking niet toegestaan")
    if [transform.get("Algorithm") for transform in transforms] != [ENVELOPED, EXCLUSIVE]:
        raise Refused("handtekening: bewerking niet toegestaan")
    if len(transforms[0]) or _tags(transforms[1]) not in ([], [_INCLUSIVE]):
        raise Refused("handtekening: bewerking niet toegestaan")
    if reference[1].get("Algorithm") not in _DIGEST_URIS:
        raise Refused("handtekening: algoritme niet toegestaan")


def verified(element: etree._Element, certificates: Sequence[x509.Certificate]) -> etree._Element:
    """What was signed, read again from its canonical bytes: the only tree to take data from.

    certificates: those of the verified metadata; one that fits is enough. KeyInfo never adds one.
    Raises: Refused. Source: login-saml §3, checks 7, 8 and 11.
    """
    check_shape(element)
    for certificate in certificates:
        try:
            result = XMLVerifier().verify(
                element,
                x509_cert=certificate,
                expect_config=_CONFIGURATION,
                id_attribute="ID",
                parser=parser(),
            )
        except (SignXMLException, ValueError, NotImplementedError, etree.LxmlError):
            continue
        signed = None if isinstance(result, list) else result.signed_xml
        if signed is None or signed.tag != element.tag or signed.get("ID") != element.get("ID"):
            raise Refused("handtekening: iets anders is ondertekend")
        return signed
    raise Refused("handtekening: klopt niet met de sleutels uit de metadata")


def sign(element: etree._Element, pair: KeyPair) -> etree._Element:
    """A signed copy; the signature stands after Issuer, or first when there is none.

    The result is checked with our own certificate before it goes out.
    Raises: Refused, e.g. when our own certificate has expired.
    """
    if pair.certificate.not_valid_after_utc <= datetime.now(UTC):
        raise Refused("ondertekening: ons eigen certificaat is verlopen")
    placeholder = etree.Element(_SIGNATURE, {"Id": "placeholder"}, nsmap={"ds": DS})
    issuer = element.find(tag(SAML, "Issuer"))
    element.insert(0 if issuer is None else element.index(issuer) + 1, placeholder)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed: etree._Element = signer.sign(
        element,
        key=pair.key,
        cert=[pair.certificate],
        reference_uri=f"#{element.get('ID')}",
        id_attribute="ID",
        key_name=pair.name,
    )
    verified(etree.fromstring(etree.tostring(signed), parser()), [pair.certificate])
    return signed
