"""What a Koppeling must hold to be usable, and our own keys and addresses that follow from it."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from pip_portal.inloggen.saml.keys import KeyPair, load, load_certificate
from pip_portal.inloggen.saml.profiles import PROFILES, Profile
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.settings import Koppeling


@dataclass(frozen=True)
class Own:
    """Our side of the connection; the first of signing signs, all of decryption decrypt."""

    profile: Profile
    acs_url: str
    slo_url: str
    signing: tuple[KeyPair, ...] = field(repr=False)
    decryption: tuple[KeyPair, ...] = field(repr=False)
    tls: x509.Certificate | None

    def expiries(self) -> list[tuple[str, datetime]]:
        named = [
            *((f"ondertekening {nr}", pair.certificate) for nr, pair in enumerate(self.signing, 1)),
            *((f"versleuteling {nr}", pair.certificate) for nr, pair in enumerate(self.decryption, 1)),
            *((("achterkanaal (tls)", self.tls),) if self.tls is not None else ()),
        ]
        return [(name, certificate.not_valid_after_utc) for name, certificate in named]


def load_own(koppeling: Koppeling, public_url: str, middel: str) -> Own:
    """public_url: without trailing slash. Raises: Refused, with the setting that is wrong."""
    profile = PROFILES[koppeling.profiel]
    _check(koppeling, profile)
    try:
        tls = load_certificate(koppeling.tls[0]) if koppeling.tls is not None else None
    except (OSError, ValueError):
        raise Refused("sleutels: certificaat voor het achterkanaal is niet te lezen") from None
    return Own(
        profile=profile,
        acs_url=f"{public_url}/inloggen/{middel}/acs",
        slo_url=f"{public_url}/uitloggen/{middel}/slo",
        signing=tuple(load(paths) for paths in koppeling.ondertekening),
        decryption=tuple(load(paths) for paths in koppeling.versleuteling),
        tls=tls,
    )


def _check(koppeling: Koppeling, profile: Profile) -> None:
    if not koppeling.ondertekening:
        raise Refused("instelling: ondertekening is leeg")
    if koppeling.sso and not profile.can_sso:
        raise Refused("instelling: sso kan niet bij dit profiel")
    if koppeling.machtigingsdiensten and (profile.name != "eid-4" or koppeling.machtigen_entity_id is None):
        raise Refused("instelling: machtigingsdiensten vraagt profiel eid-4 en machtigen_entity_id")
    if profile.attributes is None:
        return
    if not koppeling.versleuteling:
        raise Refused("instelling: versleuteling is leeg, dit profiel versleutelt de identiteit")
    if profile.name == "eid-4" and koppeling.service_uuid is None:
        raise Refused("instelling: service_uuid ontbreekt")
    if koppeling.service_uuid in koppeling.machtigingsdiensten.values():
        raise Refused("instelling: een machtigingsdienst heeft een eigen ServiceUUID")
    if profile.name == "eherkenning" and None in (koppeling.service_id, koppeling.service_index):
        raise Refused("instelling: service_id of service_index ontbreekt")
