"""The three interfaces as data: names, levels, and what each puts in its messages."""

from dataclasses import dataclass
from datetime import timedelta

from mock_idp.keys import OIN

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
BINDING_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BINDING_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
BINDING_ARTIFACT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
BINDING_SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
SERVICE_UUID_EID = "urn:nl-eid-gdi:1.0:ServiceUUID"
INTENDED_AUDIENCE_EID = "urn:nl-eid-gdi:1.0:IntendedAudience"


@dataclass(frozen=True, slots=True)
class Niveau:
    rang: int
    naam: str
    uri: str


@dataclass(frozen=True, slots=True)
class Status:
    """A SAML outcome: top and second level code, and the message some interfaces add."""

    top: str
    sub: str | None = None
    message: str | None = None


SUCCESS = Status("Success")


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs between the interfaces.

    redirect_in: an AuthnRequest may also come by HTTP-Redirect. index_only: the ACS is named by index alone.
    encrypts: identities travel as EncryptedID. response_destination: the Response names the ACS.
    valid_before and valid_after: the window of Conditions around the moment of sending.
    annuleren and te_laag: the outcome when someone cancels, or has less than the level asked.
    sp_entity_id: the form of an entityID, or None when any URI will do.
    slo_bindings: how a LogoutRequest of a service provider may come in.
    """

    code: str
    titel: str
    soort: str
    entity_id: str
    niveaus: tuple[Niveau, ...]
    minimum: int
    redirect_in: bool
    index_only: bool
    encrypts: bool
    response_destination: bool
    valid_before: timedelta
    valid_after: timedelta
    annuleren: Status
    te_laag: Status
    sp_entity_id: str | None
    slo_bindings: tuple[str, ...]
    key_name_hash: str
    advice: tuple[tuple[str, str], ...] = ()

    def niveau(self, rang: int) -> Niveau:
        return next(niveau for niveau in self.niveaus if niveau.rang == rang)

    def niveau_of_uri(self, uri: str) -> Niveau | None:
        return next((niveau for niveau in self.niveaus if niveau.uri == uri), None)


_AC = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
_LOA = "http://eidas.europa.eu/LoA/"
_EH = "urn:etoegang:core:assurance-class:"

DIGID = Profile(
    code="digid",
    titel="DigiD",
    soort="digid-3",
    entity_id="https://mock-idp.localhost/saml/idp/metadata",
    niveaus=(
        Niveau(10, "Basis", f"{_AC}PasswordProtectedTransport"),
        Niveau(20, "Midden", f"{_AC}MobileTwoFactorContract"),
        Niveau(25, "Substantieel", f"{_AC}Smartcard"),
        Niveau(30, "Hoog", f"{_AC}SmartcardPKI"),
    ),
    minimum=10,
    redirect_in=True,
    index_only=False,
    encrypts=False,
    response_destination=False,
    valid_before=timedelta(minutes=2),
    valid_after=timedelta(minutes=2),
    annuleren=Status("Responder", "AuthnFailed"),
    te_laag=Status("Responder", "NoAuthnContext"),
    sp_entity_id=None,
    slo_bindings=(BINDING_REDIRECT, BINDING_POST),
    key_name_hash="sha256",
)

EID = Profile(
    code="eid",
    titel="DigiD (eID)",
    soort="eid-4",
    entity_id=f"urn:nl-eid-gdi:1.0:RD:{OIN}:entities:9001",
    niveaus=(
        Niveau(10, "Basis", "http://eID.logius.nl/LoA/basic"),
        Niveau(20, "Midden", f"{_LOA}low"),
        Niveau(25, "Substantieel", f"{_LOA}substantial"),
        Niveau(30, "Hoog", f"{_LOA}high"),
    ),
    minimum=20,
    redirect_in=False,
    index_only=True,
    encrypts=True,
    response_destination=True,
    valid_before=timedelta(minutes=2),
    valid_after=timedelta(minutes=2),
    annuleren=Status("Responder", "AuthnFailed", "Authentication cancelled"),
    te_laag=Status("Responder", "NoAuthnContext"),
    sp_entity_id=r"urn:nl-eid-gdi:1\.0:DV:[0-9]{20}:entities:[0-9]{4}",
    slo_bindings=(BINDING_POST,),
    key_name_hash="sha256",
    advice=(
        ("eid-ad", f"urn:nl-eid-gdi:1.0:AD:{OIN}:entities:9002"),
        ("eid-bvd", f"urn:nl-eid-gdi:1.0:BVD:{OIN}:entities:9003"),
    ),
)

EHERKENNING = Profile(
    code="eherkenning",
    titel="eHerkenning",
    soort="eherkenning",
    entity_id=f"urn:etoegang:HM:{OIN}:entities:9001",
    niveaus=(
        Niveau(20, "EH2", f"{_EH}loa2"),
        Niveau(22, "EH2+", f"{_EH}loa2plus"),
        Niveau(25, "EH3", f"{_EH}loa3"),
        Niveau(30, "EH4", f"{_EH}loa4"),
    ),
    minimum=22,
    redirect_in=True,
    index_only=False,
    encrypts=True,
    response_destination=True,
    valid_before=timedelta(minutes=2),
    valid_after=timedelta(minutes=4),
    annuleren=Status("Responder", "AuthnFailed", "Authentication cancelled"),
    te_laag=Status("Responder", "AuthnFailed"),
    sp_entity_id=r"urn:etoegang:DV:[0-9]{20}:entities:[0-9]{4}",
    slo_bindings=(BINDING_POST,),
    key_name_hash="sha1",
    advice=(
        ("eherkenning-ad", f"urn:etoegang:AD:{OIN}:entities:9002"),
        ("eherkenning-mr", f"urn:etoegang:MR:{OIN}:entities:9003"),
    ),
)

PROFILES = {profile.code: profile for profile in (DIGID, EID, EHERKENNING)}
