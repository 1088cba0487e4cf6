"""EncryptedID: a NameID that only the service provider can read.

Source: XML Encryption 1.1, in the layout of eID SAML 4.4 and ETD 1.13: the keys stand beside the data.
"""

import base64
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from mock_idp.xml import Element, make, new_id

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_XENC = "http://www.w3.org/2001/04/xmlenc#"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One encryption key of a service provider, as its metadata names it."""

    entity_id: str
    key_name: str
    key: rsa.RSAPublicKey


def encrypted_id(qualifier: str, value: str, recipients: list[Recipient]) -> Element:
    """The value as a persistent NameID, readable with any one of the recipients' keys."""
    name_id = make("saml:NameID", {"Format": PERSISTENT, "NameQualifier": qualifier}, value)
    session_key = os.urandom(32)
    data_id, data_key_name = new_id(), new_id()
    key_ids = [new_id() for _ in recipients]
    data = make(
        "xenc:EncryptedData",
        {"Id": data_id, "Type": f"{_XENC}Element"},
        make("xenc:EncryptionMethod", {"Algorithm": f"{_XENC}aes256-cbc"}),
        make("ds:KeyInfo", None, make("ds:KeyName", None, data_key_name)),
        _cipher_data(_aes_cbc(session_key, etree.tostring(name_id))),
    )
    keys = [
        _encrypted_key(key_id, recipient, session_key, data_id, data_key_name)
        for key_id, recipient in zip(key_ids, recipients, strict=True)
    ]
    return make("saml:EncryptedID", None, data, *keys)


def _encrypted_key(key_id: str, recipient: Recipient, session_key: bytes, data_id: str, data_key_name: str) -> Element:
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303
    return make(
        "xenc:EncryptedKey",
        {"Id": key_id, "Recipient": recipient.entity_id},
        make(
            "xenc:EncryptionMethod",
            {"Algorithm": f"{_XENC}rsa-oaep-mgf1p"},
            make("ds:DigestMethod", {"Algorithm": "http://www.w3.org/2000/09/xmldsig#sha1"}),
        ),
        make("ds:KeyInfo", None, make("ds:KeyName", None, recipient.key_name)),
        _cipher_data(recipient.key.encrypt(session_key, oaep)),
        make("xenc:ReferenceList", None, make("xenc:DataReference", {"URI": f"#{data_id}"})),
        make("xenc:CarriedKeyName", None, data_key_name),
    )


def _cipher_data(octets: bytes) -> Element:
    return make("xenc:CipherData", None, make("xenc:CipherValue", None, base64.b64encode(octets).decode()))


def _aes_cbc(key: bytes, plain: bytes) -> bytes:
    """Only the last pad byte has a meaning in XML Encryption; the others are random."""
    size = 16 - len(plain) % 16
    padded = plain + os.urandom(size - 1) + bytes([size])
    iv = os.urandom(16)
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    return iv + encryptor.update(padded) + encryptor.finalize()
