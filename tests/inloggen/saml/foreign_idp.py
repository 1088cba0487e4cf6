"""A strict foreign identity provider for three profiles: checks all that the portal sends, and can misbehave.

Written from login-saml; imports nothing of the portal and nothing of the mock identity provider.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from cryptography import x509
from lxml import etree

from tests.inloggen.saml.foreign_xml import (
    DS,
    MD,
    SAML,
    SAMLP,
    SOAP,
    Encrypting,
    Pair,
    Signing,
    check_signature,
    encrypted_id,
    make,
    pair,
    sign,
)

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:"
GDI = "urn:nl-eid-gdi:1.0:"
CORE = "urn:etoegang:core:"
CONCERNED = "urn:etoegang:1.9:EntityConcernedID:"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
SERVICE_UUID = "8d6c7d4e-6c5b-4b0e-9a57-0c5d2f6f9b11"
SERVICE_ID = "urn:etoegang:DV:00000001001234567000:services:0001"
RESOLVE, SIGN_ON, LOGOUT = "https://idp.test/resolve", "https://idp.test/sso", "https://idp.test/slo"
SP = {
    "digid-3": "https://pip.test/saml",
    "eid-4": "urn:nl-eid-gdi:1.0:DV:00000001001234567000:entities:9001",
    "eherkenning": "urn:etoegang:DV:00000001001234567000:entities:9001",
}
IDP = {
    "digid-3": "https://idp.test/saml/idp/metadata",
    "eid-4": "urn:nl-eid-gdi:1.0:RD:00000004000000149000:entities:9001",
    "eherkenning": "urn:etoegang:HM:00000003520354760000:entities:9001",
}
LEVEL = {
    "digid-3": "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
    "eid-4": "http://eidas.europa.eu/LoA/low",
    "eherkenning": "urn:etoegang:core:assurance-class:loa3",
}
BSN, REPRESENTED, KVK, RSIN = "999993653", "999990019", "68750110", "857587973"
Edit = Callable[[etree._Element], None]


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_now(**delta: float) -> str:
    return text(datetime.now(UTC) + timedelta(**delta))


def http_answer(
    body: bytes, status: int = 200, content_type: str = "text/xml; charset=utf-8", **headers: str
) -> httpx.Response:
    """An answer that still has to be read, as over a real connection."""
    named = {"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return httpx.Response(status, stream=httpx.ByteStream(body), headers=named)


def nothing(_: etree._Element) -> None:
    return None


@dataclass
class Answer:
    """What happens to the answer: edits before signing, who signs, edits after signing, and over HTTP."""

    assertion: Edit = nothing
    response: Edit = nothing
    wrap: Edit = nothing  # the Response, with its signed Assertion, before the ArtifactResponse is signed
    outer: Edit = nothing
    envelope: Edit = nothing  # everything, after signing
    assertion_signing: dict[str, object] | None = field(default_factory=dict)
    response_signing: bool = False
    outer_signing: dict[str, object] | None = field(default_factory=dict)
    status: tuple[str, ...] = ("Success",)
    outer_status: tuple[str, ...] = ("Success",)
    without_response: bool = False
    name_id: str | None = None
    legal: list[etree._Element] | None = None
    acting: list[etree._Element] | None = None
    extra: dict[str, str] = field(default_factory=dict)
    service_uuid: str = SERVICE_UUID
    service_id: str = SERVICE_ID
    encrypting: dict[str, object] = field(default_factory=dict)
    raw: Callable[[bytes], bytes] = bytes
    http: Callable[[bytes], httpx.Response] | None = None
    same_assertion_id: str | None = None


class ForeignIdp:
    """One identity provider; sp_metadata is read when the portal hands it over."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.entity_id, self.sp = IDP[profile], SP[profile]
        self.signer = pair(f"idp {profile}")
        self.announced: list[Pair] = [self.signer]
        self.metadata_signer = pair("metadata")
        self.answer = Answer()
        self.requests: dict[str, etree._Element] = {}
        self.artifacts: dict[str, str] = {}
        self.resolved: list[str] = []
        self.sp_metadata: etree._Element
        self.encryption = pair("sp encryption")
        self.transport = httpx.MockTransport(self._serve)

    # metadata

    def metadata(self, edit: Edit = nothing, signing: Signing | None = None) -> bytes:
        keys = [
            make(
                MD,
                "KeyDescriptor",
                make(
                    DS,
                    "KeyInfo",
                    make(DS, "KeyName", key.sha1),
                    make(DS, "X509Data", make(DS, "X509Certificate", key.base64)),
                ),
                use="signing",
            )
            for key in self.announced
        ]
        descriptor = make(
            MD,
            "IDPSSODescriptor",
            *keys,
            make(MD, "ArtifactResolutionService", Binding=f"{BINDING}SOAP", Location=RESOLVE, index="0"),
            make(MD, "SingleLogoutService", Binding=f"{BINDING}HTTP-POST", Location=LOGOUT),
            make(MD, "SingleSignOnService", Binding=f"{BINDING}HTTP-Redirect", Location=SIGN_ON),
            make(MD, "SingleSignOnService", Binding=f"{BINDING}HTTP-POST", Location=SIGN_ON),
            protocolSupportEnumeration=SAMLP,
            WantAuthnRequestsSigned="true",
        )
        entity = make(MD, "EntityDescriptor", descriptor, ID="_idp", entityID=self.entity_id)
        edit(entity)
        return etree.tostring(sign(entity, signing or Signing(self.metadata_signer)))

    def read_sp_metadata(self, data: bytes) -> None:
        root = etree.fromstring(data)
        certificates = self._certificates(root)
        check_signature(root, certificates)
        assert root.get("entityID") == self.sp
        self.sp_metadata = root

    @staticmethod
    def _certificates(root: etree._Element) -> list[x509.Certificate]:
        found = []
        for descriptor in root.iter(f"{{{MD}}}KeyDescriptor"):
            if descriptor.get("use") in (None, "signing"):
                for element in descriptor.iter(f"{{{DS}}}X509Certificate"):
                    found.append(x509.load_der_x509_certificate(base64.b64decode(element.text or "")))
        return found

    def sp_service(self, name: str) -> etree._Element:
        (service,) = self.sp_metadata.iter(f"{{{MD}}}{name}")
        return service

    # the browser brings an AuthnRequest

    def accept(self, saml_request: str, relay_state: str) -> list[tuple[str, str]]:
        """Checks the AuthnRequest as a strict IdP does; gives the query with which the browser returns."""
        request = etree.fromstring(base64.b64decode(saml_request, validate=True))
        self._check_message(request, "AuthnRequest", SIGN_ON)
        assert len(relay_state.encode()) <= 80
        service = self.sp_service("AssertionConsumerService")
        assert request.get("AssertionConsumerServiceIndex") == service.get("index")
        assert request.get("AssertionConsumerServiceURL") is None
        assert request.get("ProtocolBinding") is None
        level = request.find(f"{{{SAMLP}}}RequestedAuthnContext")
        index = request.get("AttributeConsumingServiceIndex")
        extensions = request.find(f"{{{SAMLP}}}Extensions")
        if self.profile == "digid-3":
            assert level is not None
            assert level.get("Comparison") == "minimum"
            assert index is None
            assert extensions is None
        else:
            assert level is None
            assert (index is None) != (extensions is None)
        if self.profile == "eherkenning":
            assert request.get("ForceAuthn") == "true"
            assert index == self.sp_service("AttributeConsumingService").get("index")
        ident = request.get("ID") or ""
        assert ident not in self.requests
        self.requests[ident] = request
        artifact = self.new_artifact()
        self.artifacts[artifact] = ident
        return [("SAMLart", artifact), ("RelayState", relay_state)]

    def _check_message(self, message: etree._Element, name: str, destination: str) -> None:
        assert message.tag == f"{{{SAMLP}}}{name}"
        assert message.get("Version") == "2.0"
        assert message.get("Destination") == destination
        issued = datetime.fromisoformat(message.get("IssueInstant") or "")
        assert (message.get("IssueInstant") or "").endswith("Z")
        assert issued <= datetime.now(UTC) <= issued + timedelta(minutes=5)
        assert message[0].tag == f"{{{SAML}}}Issuer"
        assert dict(message[0].attrib) == {}
        assert message[0].text == self.sp
        assert message[1].tag == f"{{{DS}}}Signature"
        check_signature(message, self._certificates(self.sp_metadata))

    def new_artifact(self, entity_id: str | None = None, index: int = 0) -> str:
        source = hashlib.sha1((entity_id or self.entity_id).encode()).digest()  # noqa: S324
        return base64.b64encode(b"\0\4" + index.to_bytes(2, "big") + source + secrets.token_bytes(20)).decode()

    # the portal resolves the artifact

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return http_answer(self.metadata(), content_type="application/samlmetadata+xml")
        assert str(request.url) == RESOLVE
        assert request.headers["Content-Type"].startswith("text/xml")
        assert request.headers["SOAPAction"] == '"http://www.oasis-open.org/committees/security"'
        envelope = etree.fromstring(await request.aread())
        (resolve,) = envelope.find(f"{{{SOAP}}}Body")
        self._check_message(resolve, "ArtifactResolve", RESOLVE)
        artifact = resolve.findtext(f"{{{SAMLP}}}Artifact") or ""
        self.resolved.append(artifact)
        body = self.build(resolve.get("ID") or "", self.artifacts.pop(artifact))
        if self.answer.http is not None:
            return self.answer.http(body)
        return http_answer(body)

    def _signing(self, options: dict[str, object]) -> Signing:
        return Signing(**{"pair": self.signer, **options})  # type: ignore[arg-type]

    def build(self, resolve_id: str, request_id: str) -> bytes:
        answer = self.answer
        response = make(
            SAMLP,
            "Response",
            make(SAML, "Issuer", self.entity_id),
            self._status(answer.status),
            ID=new_id(),
            Version="2.0",
            IssueInstant=from_now(),
            InResponseTo=request_id,
        )
        if self.profile != "digid-3":
            response.set("Destination", self.acs)
        answer.response(response)
        if answer.status == ("Success",):
            response.append(self.signed_assertion(request_id))
        answer.wrap(response)
        if answer.response_signing:
            sign(response, self._signing({}))
        outer = make(
            SAMLP,
            "ArtifactResponse",
            make(SAML, "Issuer", self.entity_id),
            self._status(answer.outer_status),
            ID=new_id(),
            Version="2.0",
            IssueInstant=from_now(),
            InResponseTo=resolve_id,
        )
        if not answer.without_response:
            outer.append(response)
        answer.outer(outer)
        if answer.outer_signing is not None:
            sign(outer, self._signing(answer.outer_signing))
        envelope = make(SOAP, "Envelope", make(SOAP, "Body", outer))
        answer.envelope(envelope)
        return answer.raw(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))

    @staticmethod
    def _status(codes: tuple[str, ...]) -> etree._Element:
        status = make(SAMLP, "Status")
        parent = status
        for code in codes:
            parent = etree.SubElement(parent, f"{{{SAMLP}}}StatusCode", Value=f"{STATUS}{code}")
        return status

    @property
    def acs(self) -> str:
        return self.sp_service("AssertionConsumerService").get("Location") or ""

    def signed_assertion(self, request_id: str) -> etree._Element:
        answer = self.answer
        assertion = self._assertion(request_id)
        answer.assertion(assertion)
        if answer.assertion_signing is not None:
            sign(assertion, self._signing(answer.assertion_signing))
        return assertion

    def _assertion(self, request_id: str) -> etree._Element:
        answer = self.answer
        digid = self.profile == "digid-3"
        name_id = make(SAML, "NameID", answer.name_id or (f"s00000000:{BSN}" if digid else "_handvat-123"))
        if not digid:
            name_id.set("Format", TRANSIENT)
        data = make(
            SAML,
            "SubjectConfirmationData",
            InResponseTo=request_id,
            NotOnOrAfter=from_now(minutes=2),
            Recipient=self.acs,
        )
        bearer = make(SAML, "SubjectConfirmation", data, Method="urn:oasis:names:tc:SAML:2.0:cm:bearer")
        restriction = make(SAML, "AudienceRestriction", make(SAML, "Audience", self.sp))
        context = make(SAML, "AuthnContext", make(SAML, "AuthnContextClassRef", LEVEL[self.profile]))
        locality = make(SAML, "SubjectLocality", Address="192.0.2.1")
        assertion = make(
            SAML,
            "Assertion",
            make(SAML, "Issuer", self.entity_id),
            make(SAML, "Subject", name_id, bearer),
            make(
                SAML,
                "Conditions",
                restriction,
                NotBefore=from_now(minutes=-2),
                NotOnOrAfter=from_now(minutes=2),
            ),
            make(SAML, "AuthnStatement", locality, context, AuthnInstant=from_now(), SessionIndex="sessie-1"),
            ID=answer.same_assertion_id or new_id(),
            Version="2.0",
            IssueInstant=from_now(),
        )
        if not digid:
            self._add_advice(assertion)
            assertion.append(self._attributes())
        return assertion

    def _add_advice(self, assertion: etree._Element) -> None:
        """An Assertion of the authentication service, signed by that one: nobody may read from it."""
        other = make(
            SAML,
            "Assertion",
            make(SAML, "Issuer", "urn:etoegang:AD:00000003000000000000:entities:9001"),
            make(SAML, "Subject", make(SAML, "NameID", "s00000000:900029365")),
            ID=new_id(),
            Version="2.0",
            IssueInstant=from_now(),
        )
        sign(other, Signing(pair("ad")))
        conditions = assertion.find(f"{{{SAML}}}Conditions")
        assertion.insert(assertion.index(conditions) + 1, make(SAML, "Advice", other))

    def _attributes(self) -> etree._Element:
        answer = self.answer
        statement = make(SAML, "AttributeStatement")
        if self.profile == "eid-4":
            plain = {f"{GDI}ServiceUUID": answer.service_uuid}
            acting = [self.identity(f"{GDI}id:legacy-BSN", BSN)]
            legal: list[etree._Element] = []
            names = (f"{GDI}ActingSubjectID", f"{GDI}LegalSubjectID")
        else:
            plain = {f"{CORE}ServiceUUID": answer.service_uuid, f"{CORE}ServiceID": answer.service_id}
            acting = [self.identity(f"{CONCERNED}Pseudo", "A1B2C3D4@69599084")]
            legal = [self.identity(f"{CONCERNED}KvKnr", KVK), self.identity(f"{CONCERNED}RSIN", RSIN)]
            names = (f"{CORE}ActingSubjectID", f"{CORE}LegalSubjectID")
        for name, content in {**plain, **answer.extra}.items():
            statement.append(make(SAML, "Attribute", make(SAML, "AttributeValue", content), Name=name))
        chosen = (
            acting if answer.acting is None else answer.acting,
            legal if answer.legal is None else answer.legal,
        )
        for name, identities in zip(names, chosen, strict=True):
            if identities:
                values = [make(SAML, "AttributeValue", identity) for identity in identities]
                statement.append(make(SAML, "Attribute", *values, Name=name))
        return statement

    def identity(
        self, qualifier: str, content: str, *, name_format: str = PERSISTENT, **options: object
    ) -> etree._Element:
        name_id = make(SAML, "NameID", content, Format=name_format, NameQualifier=qualifier)
        keys = ((self.sp, self.encryption, self.encryption.sha256),)
        return encrypted_id(name_id, Encrypting(**{"keys": keys, **self.answer.encrypting, **options}))  # type: ignore[arg-type]


def new_id() -> str:
    return f"_{secrets.token_hex(16)}"
