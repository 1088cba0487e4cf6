"""Keys and certificates of the demo's portal: made at the first start, short-lived, for nothing but the demo."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

GELDIG = timedelta(days=365)
OIN = "00000001002220647000"  # OIN of the demo, in the test range


@dataclass(frozen=True)
class Keys:
    """PEM files: (certificate, key) pairs, and the CA that signed the client certificate."""

    ca: Path
    signing: tuple[Path, Path]
    encryption: tuple[Path, Path]
    tls: tuple[Path, Path]


def ensure(folder: Path) -> Keys:
    """The demo's keys in this folder; made when they are not there or about to expire."""
    keys = Keys(folder / "ca.pem", *(_pair(folder, name) for name in ("signing", "encryption", "tls")))
    if not keys.ca.exists() or _expires_soon(keys.ca):
        _make(keys)
    return keys


def _pair(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.pem", folder / f"{name}.key"


def _expires_soon(file: Path) -> bool:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    return certificate.not_valid_after_utc < datetime.now(UTC) + timedelta(days=14)


def _make(keys: Keys) -> None:
    ca_key = rsa.generate_private_key(65537, 2048)
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PIP demo CA")])
    ca = (
        _builder(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    keys.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    for (certificate_file, key_file), usage, client in (
        (keys.signing, _usage(digital_signature=True), False),
        (keys.encryption, _usage(key_encipherment=True, data_encipherment=True), False),
        (keys.tls, _usage(digital_signature=True, key_encipherment=True), True),
    ):
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, f"PIP demo {certificate_file.stem}"),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, OIN),
            ]
        )
        builder = (
            _builder(name, ca_name, key.public_key())
            .add_extension(usage, critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        )
        if client:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        certificate = builder.sign(ca_key, hashes.SHA256())
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        key_file.chmod(0o600)


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(minutes=5)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + GELDIG)
    )


def _usage(**on: bool) -> x509.KeyUsage:
    fields = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{field: on.get(field, False) for field in fields})
