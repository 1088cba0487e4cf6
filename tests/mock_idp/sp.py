"""A small, strict service provider, written for these tests alone: it believes nothing that it did not verify."""

import base64
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
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


@dataclass(frozen=True)
class Idp:
    """What a service provider takes from the metadata of the identity provider."""

    entity_id: str
    certificates: list[x509.Certificate]
    sso: str
    resolve: str
    slo: str


def read_idp_metadata(data: bytes, fingerprint: str) -> Idp:
    root = etree.fromstring(data)
    certificates = [
        x509.load_der_x509_certificate(base64.b64decode(item.text))
        for item in root.findall("m:IDPSSODescriptor/m:KeyDescriptor[@use='signing']//d:X509Certificate", N)
    ]
    pinned = [c for c in certificates if c.fingerprint(hashes.SHA256()).hex() == fingerprint]
    root = verify(root, pinned)
    role = one(root, "m:IDPSSODescriptor")
    return Idp(
        entity_id=root.get("entityID"),
        certificates=certificates,
        sso=one(role, f"m:SingleSignOnService[@Binding='{BINDING}HTTP-POST']").get("Location"),
        resolve=one(role, f"m:ArtifactResolutionService[@Binding='{BINDING}SOAP']").get("Location"),
        slo=one(role, f"m:SingleLogoutService[@Binding='{BINDING}HTTP-POST']").get("Location"),
    )


@dataclass(frozen=True)
class Identity:
    """What one login told, all verified."""

    name_id: str
    niveau: str
    session_index: str
    attributes: dict[str, list[str]]
    encrypted: dict[str, dict[str, str]]
    advice: list[str]


@dataclass
class Sp:
    profile: str
    signing: Pair
    encryption: Pair
    host: str = "https://sp.example.nl"
    entity_id: str = ""
    sso: bool = False
    service_index: int = 1
    pending: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entity_id = self.entity_id or ENTITY_IDS[self.profile]

    @property
    def acs(self) -> str:
        return f"{self.host}/{self.profile}/acs"

    # ---- metadata ------------------------------------------------------------------------------------------

    def metadata(self, signs: bool = True, **changes: str) -> bytes:
        role = M.SPSSODescriptor(
            AuthnRequestsSigned="true", WantAssertionsSigned="true", protocolSupportEnumeration=N["p"]
        )
        role.append(self._key("signing", self.signing, "sp-signing"))
        if self.profile != "digid":
            role.append(self._key("encryption", self.encryption, "sp-encryption"))
        if self.sso:
            for binding in ("SOAP", "HTTP-Redirect", "HTTP-POST"):
                location = f"{self.host}/{self.profile}/slo"
                role.append(M.SingleLogoutService(Binding=BINDING + binding, Location=location))
        acs = {"Binding": f"{BINDING}HTTP-Artifact", "Location": self.acs, "index": "0"}
        role.append(M.AssertionConsumerService(acs))
        if self.profile != "digid":
            role.append(self._service())
        root = M.EntityDescriptor(role, {"ID": new_id(), "entityID": self.entity_id, **changes})
        if self.profile == "eid":
            root.set("validUntil", zulu(datetime.now(UTC) + timedelta(days=30)))
        return etree.tostring(sign(root, self.signing) if signs else root)

    def _key(self, use: str, pair: Pair, name: str) -> etree._Element:
        info = D.KeyInfo(D.KeyName(name), D.X509Data(D.X509Certificate(pair.base64)))
        return M.KeyDescriptor(info, use=use)

    def _service(self) -> etree._Element:
        name = M.ServiceName("Mijn Deventer", {"{http://www.w3.org/XML/1998/namespace}lang": "nl"})
        if self.profile == "eid":
            requested = M.RequestedAttribute(A.AttributeValue(SERVICE_UUID), Name="urn:nl-eid-gdi:1.0:ServiceUUID")
        else:
            requested = M.RequestedAttribute(Name=SERVICE_ID)
        return M.AttributeConsumingService(name, requested, index=str(self.service_index))

    # ---- out -----------------------------------------------------------------------------------------------

    def authn_request(
        self, idp: Idp, level: str | None = None, children: list[etree._Element] | None = None, **changes: str | None
    ) -> etree._Element:
        attributes: dict[str, str | None] = {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": zulu(datetime.now(UTC)),
            "Destination": idp.sso,
            "AssertionConsumerServiceIndex": "0",
            "ForceAuthn": "true" if self.profile == "eherkenning" else None,
            "AttributeConsumingServiceIndex": None if self.profile == "digid" else str(self.service_index),
        }
        attributes |= changes
        request = P.AuthnRequest({key: value for key, value in attributes.items() if value is not None})
        request.append(A.Issuer(self.entity_id))
        request.extend(children or [])
        if level:
            request.append(P.RequestedAuthnContext(A.AuthnContextClassRef(level), Comparison="minimum"))
        self.pending["request"] = attributes["ID"] or ""
        return request

    def form(
        self, request: etree._Element, relay_state: str | None = "toestand", pair: Pair | None = None
    ) -> dict[str, str]:
        fields = {"SAMLRequest": base64.b64encode(etree.tostring(sign(request, pair or self.signing))).decode()}
        return fields if relay_state is None else {**fields, "RelayState": relay_state}

    def artifact_of(self, location: str, idp: Idp, relay_state: str | None = "toestand") -> str:
        believe(location.startswith(self.acs + "?"), "ander adres")
        query = parse_qs(urlsplit(location).query)
        believe(query.get("RelayState") == ([relay_state] if relay_state else None), "andere RelayState")
        (artifact,) = query["SAMLart"]
        raw = base64.b64decode(artifact, validate=True)
        source = hashes.Hash(hashes.SHA1())
        source.update(idp.entity_id.encode())
        believe(len(raw) == 44 and raw[:4] == b"\x00\x04\x00\x00", "geen artifact van type 4")
        believe(raw[4:24] == source.finalize(), "artifact van een ander")
        return artifact

    def artifact_resolve(self, artifact: str, **changes: str) -> bytes:
        attributes = {"ID": new_id(), "Version": "2.0", "IssueInstant": zulu(datetime.now(UTC)), **changes}
        message = P.ArtifactResolve(A.Issuer(self.entity_id), P.Artifact(artifact), attributes)
        self.pending["resolve"] = attributes["ID"]
        return etree.tostring(S.Envelope(S.Body(sign(message, self.signing))))

    # ---- back ----------------------------------------------------------------------------------------------

    def outer(self, body: bytes, idp: Idp) -> etree._Element:
        """The verified ArtifactResponse, an answer to our last ArtifactResolve."""
        believe(b"<!DOCTYPE" not in body, "doctype")
        try:
            envelope = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as exc:
            raise NotBelieved("geen XML") from exc
        believe(envelope.tag == f"{{{N['s']}}}Envelope", "geen SOAP")
        outer = verify(one(envelope, "s:Body/p:ArtifactResponse"), idp.certificates)
        believe(outer.get("InResponseTo") == self.pending["resolve"], "antwoord op een andere vraag")
        believe(one(outer, "a:Issuer").text == idp.entity_id, "andere afzender")
        return outer

    def status(self, body: bytes, idp: Idp) -> tuple[str, str | None, str | None]:
        """Top and second code and the message of the Response; it must be without Assertion unless it is Success."""
        response = one(self.outer(body, idp), "p:Response")
        found = status_of(response)
        believe(found[0] == "Success" or response.find("a:Assertion", N) is None, "assertion bij een fout")
        return found

    def identity(self, body: bytes, idp: Idp, level: str | None = None) -> Identity:
        outer = self.outer(body, idp)
        believe(status_of(outer) == ("Success", None, None), "artifact niet ingewisseld")
        response = one(outer, "p:Response")
        believe(response.get("InResponseTo") == self.pending["request"], "antwoord op een andere aanvraag")
        believe(one(response, "a:Issuer").text == idp.entity_id, "andere afzender")
        destination = response.get("Destination")
        believe(destination == (None if self.profile == "digid" else self.acs), "andere bestemming")
        believe(status_of(response) == ("Success", None, None), "niet gelukt")
        assertion = verify(one(response, "a:Assertion"), idp.certificates)
        self._check_assertion(assertion, idp, level)
        return self._read(assertion)

    def _check_assertion(self, assertion: etree._Element, idp: Idp, level: str | None) -> None:
        now = datetime.now(UTC)
        believe(one(assertion, "a:Issuer").text == idp.entity_id, "andere afzender")
        confirmation = one(assertion, "a:Subject/a:SubjectConfirmation")
        believe(confirmation.get("Method") == "urn:oasis:names:tc:SAML:2.0:cm:bearer", "geen bearer")
        data = one(confirmation, "a:SubjectConfirmationData")
        believe(data.get("Recipient") == self.acs, "andere ontvanger")
        believe(data.get("InResponseTo") == self.pending["request"], "andere aanvraag")
        believe(data.get("NotBefore") is None and now < moment(data.get("NotOnOrAfter")), "verlopen")
        conditions = one(assertion, "a:Conditions")
        believe(moment(conditions.get("NotBefore")) <= now < moment(conditions.get("NotOnOrAfter")), "buiten de tijd")
        audiences = [item.text for item in conditions.findall("a:AudienceRestriction/a:Audience", N)]
        believe(self.entity_id in audiences, "niet voor ons")
        niveau = one(assertion, "a:AuthnStatement/a:AuthnContext/a:AuthnContextClassRef").text
        believe(level is None or niveau == level, f"ander niveau: {niveau}")
        for adviser in assertion.findall("a:Advice/a:Assertion", N):
            (der,) = adviser.findall("d:Signature//d:X509Certificate", N)
            verify(adviser, [x509.load_der_x509_certificate(base64.b64decode(der.text))])

    def _read(self, assertion: etree._Element) -> Identity:
        attributes: dict[str, list[str]] = {}
        encrypted: dict[str, dict[str, str]] = {}
        for item in assertion.findall("a:AttributeStatement/a:Attribute", N):
            for value in item.findall("a:AttributeValue", N):
                if len(value):
                    qualifier, plain = self._decrypt(one(value, "a:EncryptedID"))
                    encrypted.setdefault(item.get("Name"), {})[qualifier] = plain
                else:
                    attributes.setdefault(item.get("Name"), []).append(value.text)
        name_id = one(assertion, "a:Subject/a:NameID")
        if self.profile == "digid":
            believe(not name_id.attrib and not attributes, "NameID hoort kaal te zijn, zonder attributen")
            believe(re.fullmatch(r"s00000000:[0-9]{9}", name_id.text) is not None, "geen BSN")
        else:
            believe(name_id.get("Format").endswith(":transient"), "NameID niet vluchtig")
            believe(self._service_of(attributes), "andere dienst")
        statement = one(assertion, "a:AuthnStatement")
        return Identity(
            name_id=name_id.text,
            niveau=one(statement, "a:AuthnContext/a:AuthnContextClassRef").text,
            session_index=statement.get("SessionIndex"),
            attributes=attributes,
            encrypted=encrypted,
            advice=[item.text for item in assertion.findall("a:Advice/a:Assertion/a:Issuer", N)],
        )

    def _service_of(self, attributes: dict[str, list[str]]) -> bool:
        if self.profile == "eid":
            return attributes.get("urn:nl-eid-gdi:1.0:ServiceUUID") == [SERVICE_UUID]
        return attributes.get("urn:etoegang:core:ServiceID") == [SERVICE_ID] and attributes[
            "urn:etoegang:core:ServiceUUID"
        ] != ["00000000-0000-4000-8000-000000000000"]

    def _decrypt(self, encrypted_id: etree._Element) -> tuple[str, str]:
        keys = [
            item
            for item in encrypted_id.findall("e:EncryptedKey", N)
            if item.get("Recipient") == self.entity_id and one(item, "d:KeyInfo/d:KeyName").text == "sp-encryption"
        ]
        believe(len(keys) == 1, "niet voor ons versleuteld")
        believe(one(keys[0], "e:EncryptionMethod").get("Algorithm") == N["e"] + "rsa-oaep-mgf1p", "ander algoritme")
        data = one(encrypted_id, "e:EncryptedData")
        believe(one(data, "e:EncryptionMethod").get("Algorithm") == N["e"] + "aes256-cbc", "ander algoritme")
        oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
        session_key = self.encryption.key.decrypt(cipher_value(keys[0]), oaep)
        octets = cipher_value(data)
        decryptor = Cipher(algorithms.AES256(session_key), modes.CBC(octets[:16])).decryptor()
        plain = decryptor.update(octets[16:]) + decryptor.finalize()
        name_id = etree.fromstring(plain[: -plain[-1]])
        believe(name_id.tag == f"{{{N['a']}}}NameID" and name_id.get("Format").endswith(":persistent"), "geen NameID")
        return name_id.get("NameQualifier"), name_id.text


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
