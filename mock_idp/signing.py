"""XML signatures and query-string signatures.

Signatures are made here with lxml and cryptography, so that the transforms look as DigiD writes them (with an
InclusiveNamespaces list, which signxml leaves out of enveloped signatures); they are verified with signxml.
"""

import base64
import zlib
from collections.abc import Iterable
from urllib.parse import quote_plus, unquote_plus

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from mock_idp.keys import KeyPair
from mock_idp.xml import MAX_BYTES, BadXml, Element, children, decode_base64, make, q, text

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
PREFIX_LIST = ("ds", "saml", "samlp", "xs")
_ALGORITHMS: dict[str, tuple[str, str, hashes.HashAlgorithm]] = {
    "sha256": (RSA_SHA256, "http://www.w3.org/2001/04/xmlenc#sha256", hashes.SHA256()),
    "sha1": (
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#sha1",
        hashes.SHA1(),  # noqa: S303 - only for the scenario that a peer must refuse
    ),
}
_RSA_METHODS = frozenset({SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512})
_ACCEPTED = SignatureConfiguration(
    location="./",
    expect_references=1,
    signature_methods=_RSA_METHODS,
    digest_algorithms=frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
)


class BadSignature(ValueError):
    """A signature that is missing, has a shape we do not accept, or does not verify."""


def sign(element: Element, pair: KeyPair, key_name: str, algorithm: str = "sha256") -> Element:
    """Put an enveloped signature in a free-standing element: after its Issuer, or first when it has none."""
    method, digest_uri, hash_algorithm = _ALGORITHMS[algorithm]
    digest = hashes.Hash(hash_algorithm)
    digest.update(_canonical(element, PREFIX_LIST))
    signed_info = make(
        "ds:SignedInfo",
        None,
        make("ds:CanonicalizationMethod", {"Algorithm": EXCLUSIVE}),
        make("ds:SignatureMethod", {"Algorithm": method}),
        make(
            "ds:Reference",
            {"URI": f"#{element.get('ID')}"},
            _transforms(),
            make("ds:DigestMethod", {"Algorithm": digest_uri}),
            make("ds:DigestValue", None, base64.b64encode(digest.finalize()).decode()),
        ),
    )
    value = pair.key.sign(_canonical(signed_info), padding.PKCS1v15(), hash_algorithm)
    signature = make(
        "ds:Signature",
        None,
        signed_info,
        make("ds:SignatureValue", None, base64.b64encode(value).decode()),
        key_info(pair.certificate, key_name),
    )
    element.insert(1 if element.find(q("saml:Issuer")) is not None else 0, signature)
    return element


def key_info(certificate: Certificate, key_name: str) -> Element:
    encoded = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    return make(
        "ds:KeyInfo",
        None,
        make("ds:KeyName", None, key_name),
        make("ds:X509Data", None, make("ds:X509Certificate", None, encoded)),
    )


def _transforms() -> Element:
    exclusive = make("ds:Transform", {"Algorithm": EXCLUSIVE})
    inclusive = etree.SubElement(exclusive, q("ec:InclusiveNamespaces"), nsmap={"ec": EXCLUSIVE})
    inclusive.set("PrefixList", " ".join(PREFIX_LIST))
    return make("ds:Transforms", None, make("ds:Transform", {"Algorithm": ENVELOPED}), exclusive)


def _canonical(element: Element, prefixes: Iterable[str] = ()) -> bytes:
    """Exclusive canonical XML. lxml forgets inclusive prefixes that no parser has seen yet, hence the parsing."""
    copy = etree.fromstring(etree.tostring(element))
    return etree.tostring(
        copy, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=list(prefixes)
    )


def verified(element: Element, certificates: Iterable[Certificate]) -> Element:
    """What was signed in this element, as a tree of its own: the only one to read from.

    Raises: BadSignature when no certificate verifies it, or it is not plainly about this element.
    """
    _check_shape(element)
    for certificate in certificates:
        try:
            result = XMLVerifier().verify(element, x509_cert=certificate, expect_config=_ACCEPTED, id_attribute="ID")
        except (SignXMLException, ValueError, etree.LxmlError):
            continue
        signed = None if isinstance(result, list) else result.signed_xml
        if signed is None or signed.tag != element.tag or signed.get("ID") != element.get("ID"):
            raise BadSignature("de handtekening gaat over iets anders")
        return signed
    raise BadSignature("de handtekening klopt niet")


def _check_shape(element: Element) -> None:
    """One direct signature with one reference to this element and only the two usual transforms."""
    signatures = children(element, "ds:Signature")
    if len(signatures) != 1:
        raise BadSignature("verwacht precies één handtekening")
    signature = signatures[0]
    references = signature.findall(f"{q('ds:SignedInfo')}/{q('ds:Reference')}")
    if len(references) != 1 or references[0].get("URI") != f"#{element.get('ID')}":
        raise BadSignature("de handtekening verwijst niet naar dit bericht")
    transforms = references[0].findall(f"{q('ds:Transforms')}/{q('ds:Transform')}")
    if [item.get("Algorithm") for item in transforms] != [ENVELOPED, EXCLUSIVE]:
        raise BadSignature("de handtekening gebruikt andere transforms")
    method = signature.find(f"{q('ds:SignedInfo')}/{q('ds:CanonicalizationMethod')}")
    if method is None or method.get("Algorithm") != EXCLUSIVE or children(signature, "ds:Object"):
        raise BadSignature("de handtekening heeft een andere vorm")


def sign_query(name: str, message: bytes, relay_state: str | None, pair: KeyPair) -> str:
    """The query string of the Redirect binding: deflated message, RelayState, algorithm and signature."""
    deflater = zlib.compressobj(wbits=-15)
    packed = base64.b64encode(deflater.compress(message) + deflater.flush()).decode()
    fields = [(name, packed), ("RelayState", relay_state), ("SigAlg", RSA_SHA256)]
    query = "&".join(f"{key}={quote_plus(value)}" for key, value in fields if value is not None)
    signature = pair.key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{query}&Signature={quote_plus(base64.b64encode(signature).decode())}"


def read_query(raw_query: str, name: str, certificates: Iterable[Certificate]) -> bytes:
    """The message of a Redirect-binding query string, after its signature was verified over the literal text.

    Raises: BadSignature, BadXml.
    """
    parts = dict(part.split("=", 1) for part in raw_query.split("&") if "=" in part)
    order = [key for key in (name, "RelayState", "SigAlg") if key in parts]
    if unquote_plus(parts.get("SigAlg", "")) != RSA_SHA256 or "Signature" not in parts:
        raise BadSignature("de handtekening in de URL ontbreekt of is geen RSA-SHA256")
    signed = "&".join(f"{key}={parts[key]}" for key in order).encode()
    signature = decode_base64(unquote_plus(parts["Signature"]))
    if not any(_verifies(certificate, signature, signed) for certificate in certificates):
        raise BadSignature("de handtekening in de URL klopt niet")
    return inflate(decode_base64(unquote_plus(parts.get(name, ""))))


def inflate(packed: bytes) -> bytes:
    """Raises: BadXml when this is not deflated data or grows too large."""
    inflater = zlib.decompressobj(wbits=-15)
    try:
        message = inflater.decompress(packed, MAX_BYTES + 1)
    except zlib.error as exc:
        raise BadXml("het bericht is niet goed ingepakt") from exc
    if len(message) > MAX_BYTES or not inflater.eof:
        raise BadXml("het bericht is te groot of niet compleet")
    return message


def _verifies(certificate: Certificate, signature: bytes, signed: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def certificates_in(key_descriptor: Element) -> list[bytes]:
    """The DER certificates of a KeyDescriptor."""
    return [decode_base64(text(item)) for item in key_descriptor.iter(q("ds:X509Certificate"))]
