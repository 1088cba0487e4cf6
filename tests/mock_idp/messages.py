"""What the service provider of these tests uses to make, sign and verify messages."""

import base64
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from lxml.builder import ElementMaker
from signxml import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConfiguration,
    SignatureMethod,
    XMLSigner,
    XMLVerifier,
    methods,
)
from signxml.exceptions import SignXMLException

N = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "m": "urn:oasis:names:tc:SAML:2.0:metadata",
    "d": "http://www.w3.org/2000/09/xmldsig#",
    "e": "http://www.w3.org/2001/04/xmlenc#",
}
P, A, M, D, S = (ElementMaker(namespace=N[key], nsmap={key: N[key]}) for key in "pamds")
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:"
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
SERVICE_UUID = "4a5b6c7d-0000-4000-8000-00000000beef"
ENTITY_IDS = {
    "digid": "https://sp.example.nl/digid",
    "eid": "urn:nl-eid-gdi:1.0:DV:00000004000000001000:entities:9010",
    "eherkenning": "urn:etoegang:DV:00000004000000001000:entities:9010",
}
SERVICE_ID = "urn:etoegang:DV:00000004000000001000:services:9001"
_SHA2 = SignatureConfiguration(
    location="./",
    expect_references=1,
    signature_methods=frozenset({SignatureMethod.RSA_SHA256}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
)
_TRANSFORMS = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"]


class NotBelieved(Exception):
    """The answer has something that a service provider must not accept."""


def believe(condition: bool, reason: str) -> None:
    if not condition:
        raise NotBelieved(reason)


@dataclass(frozen=True)
class Pair:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def base64(self) -> str:
        return base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
        certificate.write_text(self.pem)
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, key


def make_pair(name: str) -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9000))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return Pair(builder.sign(key, hashes.SHA256()), key)


def zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def new_id() -> str:
    return "_" + secrets.token_hex(16)


def sign(element: etree._Element, pair: Pair) -> etree._Element:
    """Sign with the library, the signature right after the Issuer."""
    placeholder = etree.Element(f"{{{N['d']}}}Signature", {"Id": "placeholder"}, nsmap={"ds": N["d"]})
    element.insert(1 if element.find("a:Issuer", N) is not None else 0, placeholder)
    signer = XMLSigner(
        method=methods.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return signer.sign(
        element, key=pair.key, cert=pair.pem, reference_uri="#" + element.attrib["ID"], id_attribute="ID"
    )


def verify(element: etree._Element, certificates: list[x509.Certificate]) -> etree._Element:
    """The signed tree, when exactly this element is signed by one of these and nothing unusual is in the way."""
    signatures = element.findall("d:Signature", N)
    believe(len(signatures) == 1, "geen of meer dan één handtekening")
    transforms = signatures[0].findall("d:SignedInfo/d:Reference/d:Transforms/d:Transform", N)
    believe([t.get("Algorithm") for t in transforms] == _TRANSFORMS, "vreemde transforms")
    reference = signatures[0].find("d:SignedInfo/d:Reference", N)
    believe(reference is not None and reference.get("URI") == f"#{element.get('ID')}", "andere verwijzing")
    for certificate in certificates:
        try:
            result = XMLVerifier().verify(element, x509_cert=certificate, expect_config=_SHA2, id_attribute="ID")
        except SignXMLException:
            continue
        believe(result.signed_xml.get("ID") == element.get("ID"), "iets anders ondertekend")
        return result.signed_xml
    raise NotBelieved("handtekening klopt niet")


def one(element: etree._Element, path: str) -> etree._Element:
    found = element.findall(path, N)
    believe(len(found) == 1, f"niet precies één {path}")
    return found[0]


def deflated(xml: bytes) -> str:
    deflater = zlib.compressobj(wbits=-15)
    return base64.b64encode(deflater.compress(xml) + deflater.flush()).decode()


def cipher_value(element: etree._Element) -> bytes:
    return base64.b64decode(one(element, "e:CipherData/e:CipherValue").text)


def moment(value: str) -> datetime:
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def status_of(message: etree._Element) -> tuple[str, str | None, str | None]:
    top = one(message, "p:Status/p:StatusCode")
    sub = top.find("p:StatusCode", N)
    text = message.find("p:Status/p:StatusMessage", N)
    return (
        top.get("Value", "").removeprefix(STATUS),
        None if sub is None else sub.get("Value", "").removeprefix(STATUS),
        None if text is None else text.text,
    )
