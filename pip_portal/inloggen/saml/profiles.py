"""The three connections as data: what differs between DigiD 3.x, eID 4.4 and eHerkenning 1.13."""

from collections.abc import Mapping
from dataclasses import dataclass

AC = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
EIDAS = "http://eidas.europa.eu/LoA/"
ASSURANCE = "urn:etoegang:core:assurance-class:"
GDI = "urn:nl-eid-gdi:1.0:"
CORE = "urn:etoegang:core:"

BSN, KVK, RSIN, PSEUDONIEM = "bsn", "kvk", "rsin", "pseudoniem"


@dataclass(frozen=True)
class Attributes:
    """Names of the attributes, and what each NameQualifier of a decrypted identity stands for."""

    acting: str
    legal: str
    service_uuid: str
    service_id: str | None
    acting_types: Mapping[str, str]
    legal_types: Mapping[str, str]
    representation: str | None = None
    vestiging: str | None = None
    tussenpersoon: str | None = None


@dataclass(frozen=True)
class Profile:
    """levels: the AuthnContextClassRefs we know and their rank. requested: the ones we may ask for, by rank.

    attributes: None when the NameID itself is the identity (`sector:number`).
    needs_destination: Response/@Destination may not be missing.
    always_force: every login is a fresh one. key_use: KeyDescriptor names its use.
    cache_duration: of our metadata, or None when it must not appear.
    """

    name: str
    levels: Mapping[str, int]
    requested: Mapping[int, str]
    attributes: Attributes | None
    needs_destination: bool
    always_force: bool
    key_use: bool
    cache_duration: str | None
    can_sso: bool


DIGID_3 = Profile(
    name="digid-3",
    levels={
        f"{AC}PasswordProtectedTransport": 10,
        f"{AC}MobileTwoFactorContract": 20,
        f"{AC}Smartcard": 25,
        f"{AC}SmartcardPKI": 30,
    },
    requested={
        10: f"{AC}PasswordProtectedTransport",
        20: f"{AC}MobileTwoFactorContract",
        25: f"{AC}Smartcard",
        30: f"{AC}SmartcardPKI",
    },
    attributes=None,
    needs_destination=False,
    always_force=False,
    key_use=True,
    cache_duration=None,
    can_sso=True,
)

EID_4 = Profile(
    name="eid-4",
    levels={
        "http://eID.logius.nl/LoA/basic": 10,
        f"{EIDAS}low": 20,
        f"{EIDAS}substantial": 25,
        f"{EIDAS}high": 30,
    },
    requested={},
    attributes=Attributes(
        acting=f"{GDI}ActingSubjectID",
        legal=f"{GDI}LegalSubjectID",
        service_uuid=f"{GDI}ServiceUUID",
        service_id=None,
        acting_types={f"{GDI}id:legacy-BSN": BSN},
        legal_types={f"{GDI}id:legacy-BSN": BSN},
        representation="urn:nl-eid-gdi:1.1:RepresentationType",
    ),
    needs_destination=True,
    always_force=False,
    key_use=True,
    cache_duration="P1D",
    can_sso=True,
)

EHERKENNING = Profile(
    name="eherkenning",
    levels={
        f"{ASSURANCE}loa1": 10,  # ended in 2021: known, so that it is "too low" and not "unknown"
        f"{ASSURANCE}loa2": 20,
        f"{ASSURANCE}loa2plus": 22,
        f"{ASSURANCE}loa3": 25,
        f"{ASSURANCE}loa4": 30,
        f"{EIDAS}low": 20,
        f"{EIDAS}substantial": 25,
        f"{EIDAS}high": 30,
    },
    requested={},
    attributes=Attributes(
        acting=f"{CORE}ActingSubjectID",
        legal=f"{CORE}LegalSubjectID",
        service_uuid=f"{CORE}ServiceUUID",
        service_id=f"{CORE}ServiceID",
        acting_types={
            "urn:etoegang:1.9:EntityConcernedID:Pseudo": PSEUDONIEM,
            "urn:etoegang:1.13:EntityConcernedID:Pseudo": PSEUDONIEM,
        },
        legal_types={
            "urn:etoegang:1.9:EntityConcernedID:KvKnr": KVK,
            "urn:etoegang:1.9:EntityConcernedID:RSIN": RSIN,
        },
        vestiging="urn:etoegang:1.9:ServiceRestriction:Vestigingsnr",
        tussenpersoon="urn:etoegang:1.9:IntermediateEntityID:KvKnr",
    ),
    needs_destination=True,
    always_force=True,
    key_use=False,
    cache_duration=None,
    can_sso=False,
)

PROFILES = {profile.name: profile for profile in (DIGID_3, EID_4, EHERKENNING)}
