"""XML signatures and encryption of the foreign identity provider, written from the standards with cryptography only.

It shares no code with the portal and does not use signxml, so that both cannot be wrong in the same way. Every
rule can be broken on purpose.
"""

import base64
import copy
import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
XS = "http://www.w3.org/2001/XMLSchema"
NSMAP = {
    "soapenv": SOAP,
    "samlp": SAMLP,
    "saml": SAML,
    "ds": DS,
    "xs": XS,
    "md": MD,
    "xenc": XENC,
    "xenc11": XENC11,
}

ENVELOPED = f"{DS}enveloped-signature"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = f"{XENC}sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA1 = hashes.SHA1()  # noqa: S303 (what the portal must refuse, and the default inside OAEP)
HASHES = {
    f"{DS}sha1": SHA1,
    f"{DS}rsa-sha1": SHA1,
    SHA256: hashes.SHA256(),
    f"{XENC}sha512": hashes.SHA512(),
    RSA_SHA256: hashes.SHA256(),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": hashes.SHA512(),
}


@dataclass(frozen=True)
class Pair:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def sha1(self) -> str:
        return self.certificate.fingerprint(SHA1).hex()

    @property
    def sha256(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def base64(self) -> str:
        return base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
        certificate.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        key.write_bytes(
            self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )
        return certificate, key


@lru_cache
def pair(name: str, *, expired: bool = False) -> Pair:
    """A key with a self-signed certificate, made once per test run for each name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now - timedelta(days=1) if expired else now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate, key)


def make(namespace: str, name: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{namespace}}}{name}", attributes, nsmap=NSMAP)
    for part in content:
        if isinstance(part, str):
            element.text = part
        else:
            element.append(part)
    return element


@dataclass(frozen=True)
class Signing:
    """How a message is signed; each field can be set to something that the portal must refuse."""

    pair: Pair
    method: str = RSA_SHA256
    digest: str = SHA256
    transforms: tuple[str, ...] = (ENVELOPED, EXC)
    c14n: str = EXC
    prefixes: str = "ds saml samlp xs"
    uri: str | None = None
    certificate: bool = True
    secret: bytes = b""
    times: int = 1


def canonical(element: etree._Element, prefixes: str = "", *, comments: bool = False) -> bytes:
    return etree.tostring(
        etree.fromstring(etree.tostring(element, with_tail=False)),
        method="c14n",
        exclusive=True,
        with_comments=comments,
        inclusive_ns_prefixes=prefixes.split() or None,
    )


def _reference(element: etree._Element, signing: Signing) -> etree._Element:
    transforms = make(DS, "Transforms")
    for algorithm in signing.transforms:
        transform = make(DS, "Transform", Algorithm=algorithm)
        if algorithm == EXC and signing.prefixes:
            inclusive = etree.SubElement(transform, f"{{{EXC}}}InclusiveNamespaces", nsmap={"ec": EXC})
            inclusive.set("PrefixList", signing.prefixes)
        transforms.append(transform)
    digest = hashes.Hash(HASHES[signing.digest])
    payload = canonical(element, signing.prefixes)
    if EXC not in signing.transforms:
        payload = etree.tostring(element, method="c14n")
    digest.update(payload)
    return make(
        DS,
        "Reference",
        transforms,
        make(DS, "DigestMethod", Algorithm=signing.digest),
        make(DS, "DigestValue", base64.b64encode(digest.finalize()).decode()),
        URI=f"#{element.get('ID')}" if signing.uri is None else signing.uri,
    )


def sign(element: etree._Element, signing: Signing) -> etree._Element:
    """Puts a signature after Issuer (or first) of this very element."""
    info = make(
        DS,
        "SignedInfo",
        make(DS, "CanonicalizationMethod", Algorithm=signing.c14n),
        make(DS, "SignatureMethod", Algorithm=signing.method),
        *(_reference(element, signing) for _ in range(signing.times)),
    )
    data = canonical(info, comments="WithComments" in signing.c14n)
    if signing.secret:
        raw = hmac.new(signing.secret, data, hashlib.sha256).digest()
    else:
        raw = signing.pair.key.sign(data, padding.PKCS1v15(), HASHES[signing.method])
    key_info = make(DS, "KeyInfo", make(DS, "KeyName", signing.pair.sha1))
    if signing.certificate:
        key_info.append(make(DS, "X509Data", make(DS, "X509Certificate", signing.pair.base64)))
    signature = make(DS, "Signature", info, make(DS, "SignatureValue", base64.b64encode(raw).decode()), key_info)
    issuer = element.find(f"{{{SAML}}}Issuer")
    element.insert(0 if issuer is None else element.index(issuer) + 1, signature)
    return element


def public_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def check_signature(element: etree._Element, certificates: list[x509.Certificate]) -> None:
    """Asserts that this element carries one good signature over itself by one of these certificates."""
    (signature,) = element.findall(f"{{{DS}}}Signature")
    info = signature.find(f"{{{DS}}}SignedInfo")
    reference = info.find(f"{{{DS}}}Reference")
    assert reference.get("URI") == f"#{element.get('ID')}"
    assert [t.get("Algorithm") for t in reference.iter(f"{{{DS}}}Transform")] == [ENVELOPED, EXC]
    assert info.find(f"{{{DS}}}SignatureMethod").get("Algorithm") == RSA_SHA256
    bare = copy.deepcopy(element)
    bare.remove(bare.find(f"{{{DS}}}Signature"))
    digest = base64.b64encode(hashlib.sha256(canonical(bare)).digest()).decode()
    assert reference.findtext(f"{{{DS}}}DigestValue") == digest
    raw = base64.b64decode(signature.findtext(f"{{{DS}}}SignatureValue"))
    for certificate in certificates:
        try:
            certificate.public_key().verify(raw, canonical(info), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            continue
        return
    raise AssertionError("signed with a key that is not in the metadata")


@dataclass(frozen=True)
class Encrypting:
    """How an identity is encrypted; keys: (recipient, certificate, name) for each EncryptedKey."""

    keys: tuple[tuple[str, Pair, str], ...]
    data: str = f"{XENC}aes256-cbc"
    wrap: str = f"{XENC}rsa-oaep-mgf1p"
    digest: str | None = f"{DS}sha1"
    mgf: str | None = None
    spoil: bool = False
    inside: str = ""


def _wrapped(secret: bytes, encrypting: Encrypting, recipient: str, to: Pair, name: str) -> etree._Element:
    method = make(XENC, "EncryptionMethod", Algorithm=encrypting.wrap)
    if encrypting.digest:
        method.append(make(DS, "DigestMethod", Algorithm=encrypting.digest))
    if encrypting.mgf:
        method.append(make(XENC11, "MGF", Algorithm=encrypting.mgf))
    digest = HASHES[encrypting.digest or f"{DS}sha1"]
    mask = hashes.SHA256() if encrypting.mgf == f"{XENC11}mgf1sha256" else SHA1
    scheme: padding.AsymmetricPadding = padding.OAEP(padding.MGF1(mask), digest, None)
    if encrypting.wrap.endswith("rsa-1_5"):
        scheme = padding.PKCS1v15()
    cipher = base64.b64encode(to.certificate.public_key().encrypt(secret, scheme)).decode()
    return make(
        XENC,
        "EncryptedKey",
        method,
        make(DS, "KeyInfo", make(DS, "KeyName", name)),
        make(XENC, "CipherData", make(XENC, "CipherValue", cipher)),
        make(XENC, "CarriedKeyName", "sleutel"),
        Recipient=recipient,
    )


def encrypted_id(name_id: etree._Element, encrypting: Encrypting) -> etree._Element:
    secret = os.urandom(32)
    plain = encrypting.inside.encode() or etree.tostring(name_id)
    if "gcm" in encrypting.data:
        nonce = os.urandom(12)
        cipher = nonce + AESGCM(secret).encrypt(nonce, plain, None)
    else:
        fill = 16 - len(plain) % 16
        iv, padded = os.urandom(16), plain + os.urandom(fill - 1) + bytes([0 if encrypting.spoil else fill])
        encryptor = Cipher(algorithms.AES(secret), modes.CBC(iv)).encryptor()
        cipher = iv + encryptor.update(padded) + encryptor.finalize()
    data = make(
        XENC,
        "EncryptedData",
        make(XENC, "EncryptionMethod", Algorithm=encrypting.data),
        make(DS, "KeyInfo", make(DS, "KeyName", "sleutel")),
        make(XENC, "CipherData", make(XENC, "CipherValue", base64.b64encode(cipher).decode())),
        Type=f"{XENC}Element",
    )
    keys = [_wrapped(secret, encrypting, *key) for key in encrypting.keys]
    return make(SAML, "EncryptedID", data, *keys)
