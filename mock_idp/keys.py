"""Keys of the stand-in, made at first start and kept in its folder: an authority of its own and what it signed."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mock_idp.xml import now

OIN = "00000009900000000001"
VALIDITY = timedelta(days=730)
CA = "ca"
SERVER = "tls-server"
CLIENT = "tls-client"
FOREIGN = "vreemd"  # signs the scenario with an unknown signer; stands in no metadata
_SIGNERS = (
    "digid",
    "digid-2",
    "eid",
    "eid-2",
    "eid-ad",
    "eid-bvd",
    "eherkenning",
    "eherkenning-2",
    "eherkenning-ad",
    "eherkenning-mr",
    FOREIGN,
)


@dataclass(frozen=True, slots=True)
class KeyPair:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def sha1(self) -> str:
        return self.certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303 - a name for the key, not a safeguard

    @property
    def sha256(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


class KeyStore:
    """All key pairs of one folder; the missing ones are made, so the first start takes a moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._pairs: dict[str, KeyPair] = {}
        self._pairs[CA] = self._load_or_make(CA)
        for name in (SERVER, CLIENT, *_SIGNERS):
            self._pairs[name] = self._load_or_make(name)

    def __getitem__(self, name: str) -> KeyPair:
        return self._pairs[name]

    def certificate_path(self, name: str) -> Path:
        return self.folder / f"{name}.crt"

    def key_path(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def _load_or_make(self, name: str) -> KeyPair:
        certificate_path, key_path = self.certificate_path(name), self.key_path(name)
        if certificate_path.exists() and key_path.exists():
            pair = _load(certificate_path, key_path)
            if pair.certificate.not_valid_after_utc > now() + timedelta(days=1):
                return pair
        pair = _make(name, None if name == CA else self._pairs[CA])
        key_path.touch(mode=0o600)
        key_path.write_bytes(
            pair.key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        certificate_path.write_bytes(pair.certificate.public_bytes(Encoding.PEM))
        return pair


def _load(certificate_path: Path, key_path: Path) -> KeyPair:
    key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{key_path} is geen RSA-sleutel")
    return KeyPair(x509.load_pem_x509_certificate(certificate_path.read_bytes()), key)


def _make(name: str, authority: KeyPair | None) -> KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TESTOMGEVING nagemaakte inlogdienst"),
            x509.NameAttribute(NameOID.COMMON_NAME, "localhost" if name == SERVER else f"mock-idp {name}"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, OIN),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.certificate.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(minutes=5))
        .not_valid_after(now() + VALIDITY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    signer = authority.key if authority else key
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
    )
    for extension, critical in _extensions(name):
        builder = builder.add_extension(extension, critical=critical)
    return KeyPair(builder.sign(signer, hashes.SHA256()), key)


def _extensions(name: str) -> Iterable[tuple[x509.ExtensionType, bool]]:
    is_ca = name == CA
    yield x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), True
    yield (
        x509.KeyUsage(
            digital_signature=not is_ca,
            content_commitment=False,
            key_encipherment=name == SERVER,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=is_ca,
            crl_sign=is_ca,
            encipher_only=False,
            decipher_only=False,
        ),
        True,
    )
    if name == SERVER:
        yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False
        addresses = [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ("127.0.0.1", "::1")]
        yield x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), False
    if name == CLIENT:
        yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False
