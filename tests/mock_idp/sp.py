"""A small, strict service provider, written for these tests alone: it believes nothing that it did not verify."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from tests.mock_idp.messages import (
    BINDING,
    ENTITY_IDS,
    RSA_SHA256,
    SERVICE_ID,
    SERVICE_UUID,
    STATUS,
    A,
    D,
    M,
    N,
    NotBelieved,
    P,
    Pair,
    S,
    believe,
    cipher_value,
    deflated,
    moment,
    new_id,
    one,
    sign,
    status_of,
    verify,
    zulu,
)


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
    service_uuid: str = SERVICE_UUID
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
            requested = M.RequestedAttribute(A.AttributeValue(self.service_uuid), Name="urn:nl-eid-gdi:1.0:ServiceUUID")
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
        self,
        request: etree._Element,
        relay_state: str | None = "toestand",
        pair: Pair | None = None,
        signs: bool = True,
        tamper: Callable[[bytes], bytes] = bytes,
    ) -> dict[str, str]:
        message = tamper(etree.tostring(sign(request, pair or self.signing) if signs else request))
        fields = {"SAMLRequest": base64.b64encode(message).decode()}
        return fields if relay_state is None else {**fields, "RelayState": relay_state}

    def query(self, name: str, message: etree._Element) -> str:
        """The message in a query string, signed there."""
        fields = {name: deflated(etree.tostring(message)), "RelayState": "toestand", "SigAlg": RSA_SHA256}
        query = "&".join(f"{key}={quote_plus(value)}" for key, value in fields.items())
        value = self.signing.key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{query}&Signature={quote_plus(base64.b64encode(value).decode())}"

    def verify_query(self, query: str, name: str, certificates: list[x509.Certificate]) -> None:
        parts = dict(part.split("=", 1) for part in query.split("&"))
        believe(list(parts) == [name, "RelayState", "SigAlg", "Signature"], "andere volgorde")
        believe(unquote_plus(parts["SigAlg"]) == RSA_SHA256, "ander algoritme")
        signature = base64.b64decode(unquote_plus(parts["Signature"]))
        signed = query.rpartition("&Signature=")[0].encode()
        certificates[0].public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]

    def logout_request(self, idp: Idp, identity: Identity) -> etree._Element:
        attributes = {"ID": new_id(), "Version": "2.0", "IssueInstant": zulu(datetime.now(UTC))}
        name_id = A.NameID(identity.name_id)
        return P.LogoutRequest(A.Issuer(self.entity_id), name_id, {**attributes, "Destination": idp.slo})

    def logout_response(self, in_response_to: str, success: bool) -> etree._Element:
        attributes = {"ID": new_id(), "Version": "2.0", "IssueInstant": zulu(datetime.now(UTC))}
        code = P.StatusCode(Value=STATUS + ("Success" if success else "Responder"))
        issuer, status = A.Issuer(self.entity_id), P.Status(code)
        return P.LogoutResponse(issuer, status, {**attributes, "InResponseTo": in_response_to})

    def artifact_of(self, location: str, idp: Idp, relay_state: str | None = "toestand") -> str:
        believe(location.startswith(self.acs + "?"), "ander adres")
        query = parse_qs(urlsplit(location).query)
        believe(query.get("RelayState") == ([relay_state] if relay_state else None), "andere RelayState")
        (artifact,) = query["SAMLart"]
        raw = base64.b64decode(artifact, validate=True)
        source = hashes.Hash(hashes.SHA1())  # noqa: S303
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
            return attributes.get("urn:nl-eid-gdi:1.0:ServiceUUID") == [self.service_uuid]
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
        oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
        session_key = self.encryption.key.decrypt(cipher_value(keys[0]), oaep)
        octets = cipher_value(data)
        decryptor = Cipher(algorithms.AES256(session_key), modes.CBC(octets[:16])).decryptor()
        plain = decryptor.update(octets[16:]) + decryptor.finalize()
        name_id = etree.fromstring(plain[: -plain[-1]])
        believe(name_id.tag == f"{{{N['a']}}}NameID" and name_id.get("Format").endswith(":persistent"), "geen NameID")
        return name_id.get("NameQualifier"), name_id.text
