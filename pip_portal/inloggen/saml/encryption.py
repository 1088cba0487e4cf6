"""EncryptedID: choose the key that is ours, unwrap, decrypt, read the NameID inside."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from pip_portal.inloggen.saml.keys import KeyPair, key_names
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.xml import DS, SAML, XENC, XENC11, maybe, only, parse, tag, value

AES_CBC, AES_GCM = f"{XENC}aes256-cbc", f"{XENC11}aes256-gcm"
OAEP_MGF1P, OAEP = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep"
# SHA-1 inside OAEP is the interoperable default of XML-Enc and no weakness of a signature.
SHA1 = hashes.SHA1()  # noqa: S303
DIGESTS: dict[str, hashes.HashAlgorithm] = {f"{DS}sha1": SHA1, f"{XENC}sha256": hashes.SHA256()}
MASKS: dict[str, hashes.HashAlgorithm] = {f"{XENC11}mgf1sha1": SHA1, f"{XENC11}mgf1sha256": hashes.SHA256()}
_ENCRYPTED_KEY = tag(XENC, "EncryptedKey")
_BLOCK, _AES_KEY, _GCM_NONCE = 16, 32, 12


@dataclass(frozen=True)
class NameId:
    format: str
    qualifier: str
    text: str = field(repr=False)


def decrypt_name_id(encrypted_id: etree._Element, pairs: Sequence[KeyPair], entity_id: str) -> NameId:
    """The one NameID inside an EncryptedID, which must come out of a verified assertion.

    pairs: our keys, old ones too. entity_id: ours; an EncryptedKey for another Recipient is passed over.
    Raises: Refused, with one and the same reason whatever goes wrong after a key was chosen.
    Source: login-saml §1.9 and §3, check 19.
    """
    data = only(encrypted_id, tag(XENC, "EncryptedData"))
    beside = encrypted_id.findall(_ENCRYPTED_KEY)
    within = data.findall(f"{tag(DS, 'KeyInfo')}/{_ENCRYPTED_KEY}")
    for wrapped in [*beside, *within]:
        pair = _pair_for(wrapped, pairs, entity_id)
        if pair is not None:
            break
    else:
        raise Refused("versleuteling: geen van de sleutels is voor ons")
    try:
        return _name_id(parse(_plaintext(data, _unwrap(wrapped, pair.key))))
    except (Refused, ValueError, InvalidTag):
        raise Refused("versleuteling: ontcijferen mislukt") from None


def _pair_for(wrapped: etree._Element, pairs: Sequence[KeyPair], entity_id: str) -> KeyPair | None:
    if wrapped.get("Recipient") != entity_id:
        return None
    name = wrapped.findtext(f"{tag(DS, 'KeyInfo')}/{tag(DS, 'KeyName')}") or ""
    return next((pair for pair in pairs if name.lower() in key_names(pair.certificate)), None)


def _cipher_value(encrypted: etree._Element) -> bytes:
    text = value(only(only(encrypted, tag(XENC, "CipherData")), tag(XENC, "CipherValue")))
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise Refused("versleuteling: geen base64") from None


def _unwrap(wrapped: etree._Element, key: rsa.RSAPrivateKey) -> bytes:
    method = only(wrapped, tag(XENC, "EncryptionMethod"))
    algorithm = method.get("Algorithm")
    if algorithm not in (OAEP_MGF1P, OAEP) or method.find(tag(XENC, "OAEPparams")) is not None:
        raise Refused("versleuteling: algoritme")
    digest = _parameter(method, tag(DS, "DigestMethod"), DIGESTS)
    mask = SHA1 if algorithm == OAEP_MGF1P else _parameter(method, tag(XENC11, "MGF"), MASKS)
    oaep = padding.OAEP(mgf=padding.MGF1(algorithm=mask), algorithm=digest, label=None)
    secret = key.decrypt(_cipher_value(wrapped), oaep)
    if len(secret) != _AES_KEY:
        raise Refused("versleuteling: sleutellengte")
    return secret


def _parameter(method: etree._Element, name: str, allowed: dict[str, hashes.HashAlgorithm]) -> hashes.HashAlgorithm:
    element = maybe(method, name)
    if element is None:
        return SHA1
    algorithm = allowed.get(element.get("Algorithm") or "")
    if algorithm is None:
        raise Refused("versleuteling: algoritme")
    return algorithm


def _plaintext(data: etree._Element, secret: bytes) -> bytes:
    algorithm = only(data, tag(XENC, "EncryptionMethod")).get("Algorithm")
    cipher = _cipher_value(data)
    if algorithm == AES_GCM:
        return AESGCM(secret).decrypt(cipher[:_GCM_NONCE], cipher[_GCM_NONCE:], None)
    if algorithm != AES_CBC or len(cipher) < 2 * _BLOCK:
        raise Refused("versleuteling: algoritme")
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(cipher[:_BLOCK])).decryptor()
    padded = decryptor.update(cipher[_BLOCK:]) + decryptor.finalize()
    if not 1 <= padded[-1] <= _BLOCK:  # XML-Enc fixes the last byte only
        raise Refused("versleuteling: opvulling")
    return padded[: -padded[-1]]


def _name_id(root: etree._Element) -> NameId:
    if root.tag != tag(SAML, "NameID"):
        raise Refused("versleuteling: geen NameID")
    return NameId(root.get("Format") or "", root.get("NameQualifier") or "", value(root))
