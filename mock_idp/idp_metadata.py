"""The signed metadata of the stand-in, per profile.

Source: SAML 2.0 Metadata; DigiD SAML 3.x, eID SAML 4.4 and ETD 1.13 on what an identity provider publishes.
"""

from mock_idp.config import Config
from mock_idp.keys import KeyPair, KeyStore
from mock_idp.profiles import (
    BINDING_POST,
    BINDING_REDIRECT,
    BINDING_SOAP,
    PROFILES,
    Profile,
)
from mock_idp.signing import key_info, sign, verified
from mock_idp.xml import Element, make, new_id, to_bytes

ARTIFACT_INDEX = 0


def key_name(profile: Profile, pair: KeyPair) -> str:
    return pair.sha1 if profile.key_name_hash == "sha1" else pair.sha256


def signing_pairs(config: Config, keys: KeyStore, profile: Profile) -> tuple[KeyPair, ...]:
    """The keys in the metadata, the one that signs messages first."""
    old, new = keys[profile.code], keys[f"{profile.code}-2"]
    return {"uit": (old,), "aangekondigd": (old, new), "actief": (new, old)}[config.rollover]


def metadata(config: Config, keys: KeyStore, profile: Profile) -> bytes:
    """Signed metadata; always signed with the first key, so that a pinned fingerprint outlives a roll-over."""
    pair = keys[profile.code]
    document = make(
        "md:EntityDescriptor",
        {"ID": new_id(), "entityID": profile.entity_id},
        make(
            "md:IDPSSODescriptor",
            {
                "protocolSupportEnumeration": "urn:oasis:names:tc:SAML:2.0:protocol",
                "WantAuthnRequestsSigned": "true",
            },
            *_key_descriptors(config, keys, profile),
            *_endpoints(config, profile),
        ),
    )
    signed = sign(document, pair, key_name(profile, pair))
    verified(signed, [pair.certificate])
    return to_bytes(signed)


def _key_descriptors(config: Config, keys: KeyStore, profile: Profile) -> list[Element]:
    return [
        make("md:KeyDescriptor", {"use": "signing"}, key_info(pair.certificate, key_name(profile, pair)))
        for pair in signing_pairs(config, keys, profile)
    ]


def _endpoints(config: Config, profile: Profile) -> list[Element]:
    sso, slo = sso_url(config, profile), slo_url(config, profile)
    sso_bindings = (BINDING_POST, BINDING_REDIRECT) if profile.redirect_in else (BINDING_POST,)
    return [
        make(
            "md:ArtifactResolutionService",
            {
                "Binding": BINDING_SOAP,
                "Location": resolve_url(config, profile),
                "index": str(ARTIFACT_INDEX),
                "isDefault": "true",
            },
        ),
        *[make("md:SingleLogoutService", {"Binding": b, "Location": slo}) for b in profile.slo_bindings],
        *[make("md:SingleSignOnService", {"Binding": b, "Location": sso}) for b in sso_bindings],
    ]


def sso_url(config: Config, profile: Profile) -> str:
    return f"{config.public_url}/{profile.code}/request_authentication"


def slo_url(config: Config, profile: Profile) -> str:
    return f"{config.public_url}/{profile.code}/request_logout"


def resolve_url(config: Config, profile: Profile) -> str:
    return f"{config.resolve_base}/{profile.code}/resolve_artifact"


def write_metadata(config: Config, keys: KeyStore) -> dict[str, dict[str, str]]:
    """Write each profile's metadata to the folder and tell where, with the fingerprint of the signing certificate."""
    folder = config.dir / "metadata"
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for profile in PROFILES.values():
        path = folder / f"{profile.code}.xml"
        temporary = path.with_suffix(".tmp")
        temporary.write_bytes(metadata(config, keys, profile))
        temporary.replace(path)
        written[profile.code] = {
            "entity_id": profile.entity_id,
            "metadata": str(path),
            "fingerprint": keys[profile.code].sha256,
        }
    return written
