"""Our own keys: certificate and private key from PEM files."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from pip_portal.inloggen.saml.refusal import Refused

SHORTEST_KEY = 2048


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, lower case hex; we use it as KeyName too."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def key_names(certificate: x509.Certificate) -> frozenset[str]:
    """The names under which a peer may know this certificate; eHerkenning brokers use its SHA-1."""
    old = hashlib.sha1(certificate.public_bytes(Encoding.DER), usedforsecurity=False).hexdigest()
    return frozenset({fingerprint(certificate), old})


@dataclass(frozen=True)
class KeyPair:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)

    @property
    def name(self) -> str:
        return fingerprint(self.certificate)


def check_rsa(certificate: x509.Certificate) -> None:
    """Raises: Refused for anything but an RSA key of at least 2048 bits."""
    public = certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < SHORTEST_KEY:
        raise Refused("certificaat: geen RSA-sleutel van minstens 2048 bits")


def load(paths: tuple[Path, Path]) -> KeyPair:
    """Raises: Refused when a file is missing or unreadable, or certificate and key do not belong together."""
    try:
        certificate = load_certificate(paths[0])
        key = load_pem_private_key(paths[1].read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise Refused(f"sleutels: {paths[0].name} of {paths[1].name} is niet te lezen") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Refused(f"sleutels: {paths[1].name} is geen RSA-sleutel")
    if key.public_key() != certificate.public_key():
        raise Refused(f"sleutels: {paths[0].name} en {paths[1].name} horen niet bij elkaar")
    check_rsa(certificate)
    return KeyPair(certificate, key)


def load_certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())
