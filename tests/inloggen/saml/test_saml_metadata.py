"""Metadata both ways, key roll-over, and what the portal sends: §1.2 to §1.4 of login-saml."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from pip_portal.inloggen.saml.provider import Dienstverlener
from tests.inloggen.saml.foreign_idp import (
    BSN,
    SERVICE_ID,
    SERVICE_UUID,
    SIGN_ON,
    Edit,
    ForeignIdp,
    from_now,
)
from tests.inloggen.saml.foreign_xml import DS, MD, SAML, SAMLP, Signing, make, pair, sign


def put(path: str, data: bytes) -> None:
    Path(path).write_bytes(data)


DESCRIPTOR = f"{{{MD}}}IDPSSODescriptor"


def cut(*names: str) -> Edit:
    def edit(entity: etree._Element) -> None:
        for element in list(entity.iter(*(f"{{{MD}}}{name}" for name in names))):
            element.getparent().remove(element)

    return edit


def moved(name: str, location: str) -> Edit:
    def edit(entity: etree._Element) -> None:
        for element in entity.iter(f"{{{MD}}}{name}"):
            element.set("Location", location)

    return edit


BAD: dict[str, tuple[Edit, str]] = {
    "other entity": (lambda entity: entity.set("entityID", "https://ander.test"), "idp_entity_id"),
    "expired": (lambda entity: entity.set("validUntil", from_now(minutes=-1)), "verlopen"),
    "no role": (cut("IDPSSODescriptor"), "IDPSSODescriptor"),
    "other protocol": (
        lambda entity: entity.find(DESCRIPTOR).set("protocolSupportEnumeration", "urn:oud"),
        "geen SAML 2.0",
    ),
    "no keys": (cut("KeyDescriptor"), "geen certificaat"),
    "no sign on": (cut("SingleSignOnService"), "SingleSignOnService"),
    "no artifact service": (cut("ArtifactResolutionService"), "ArtifactResolutionService"),
    "artifact service over http": (moved("ArtifactResolutionService", "http://localhost/resolve"), "https"),
    "sign on over http": (moved("SingleSignOnService", "http://idp.test/sso"), "https"),
    "sign on by script": (moved("SingleSignOnService", "javascript:alert(1)"), "https"),
}


@pytest.mark.parametrize(("edit", "reden"), BAD.values(), ids=list(BAD))
async def test_metadata_that_cannot_be_used_stop_the_start(
    settings_for, tmp_path: Path, edit: Edit, reden: str
) -> None:
    idp = ForeignIdp("digid-3")
    koppeling = settings_for(idp)
    put(koppeling.idp_metadata, idp.metadata(edit))
    with pytest.raises(ValueError, match=reden):
        await Dienstverlener.open(
            koppeling, public_url="https://pip.test", middel="digid", http_transport=idp.transport
        )


def tampered(idp: ForeignIdp) -> bytes:
    return idp.metadata().replace(b"https://idp.test/sso", b"https://bad.test/sso")


def other_signer(idp: ForeignIdp) -> bytes:
    return idp.metadata(signing=Signing(pair("vreemde")))


def pinned_certificate_only_shown(idp: ForeignIdp) -> bytes:
    """Signed by another, with the pinned certificate put in for show."""

    def edit(entity: etree._Element) -> None:
        shown = make(DS, "X509Data", make(DS, "X509Certificate", idp.metadata_signer.base64))
        entity.find(DESCRIPTOR).append(make(MD, "KeyDescriptor", make(DS, "KeyInfo", shown), use="encryption"))

    return idp.metadata(edit, Signing(pair("vreemde")))


def sha1(idp: ForeignIdp) -> bytes:
    return idp.metadata(signing=Signing(idp.metadata_signer, method=f"{DS}rsa-sha1"))


def unsigned(idp: ForeignIdp) -> bytes:
    root = etree.fromstring(idp.metadata())
    root.remove(root.find(f"{{{DS}}}Signature"))
    return etree.tostring(root)


def wrapped(idp: ForeignIdp) -> bytes:
    """The signed metadata inside metadata of somebody else."""
    signed = etree.fromstring(idp.metadata())
    evil = etree.fromstring(idp.metadata(moved("SingleSignOnService", "https://bad.test/sso")))
    evil.set("ID", "_kwaad")
    evil.replace(evil.find(f"{{{DS}}}Signature"), signed.find(f"{{{DS}}}Signature"))
    evil.append(signed)
    return etree.tostring(evil)


def not_metadata(idp: ForeignIdp) -> bytes:
    return b"<html/>"


@pytest.mark.parametrize(
    "forge",
    [tampered, other_signer, pinned_certificate_only_shown, sha1, unsigned, wrapped, not_metadata],
)
async def test_forged_metadata_stop_the_start(settings_for, forge) -> None:
    idp = ForeignIdp("digid-3")
    koppeling = settings_for(idp)
    put(koppeling.idp_metadata, forge(idp))
    with pytest.raises(ValueError, match=r"handtekening|metadata|Signature"):
        await Dienstverlener.open(
            koppeling, public_url="https://pip.test", middel="digid", http_transport=idp.transport
        )


async def test_the_fingerprint_may_be_written_with_colons_and_capitals(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    digits = idp.metadata_signer.sha256.upper()
    written = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
    assert (await log_in(await connect(idp, idp_metadata_vingerafdruk=written), idp)).bsn == BSN


async def test_metadata_can_come_from_a_url(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp, idp_metadata="https://idp.test/metadata")
    assert (await log_in(provider, idp)).bsn == BSN
    with pytest.raises(ValueError, match="https"):
        await connect(idp, idp_metadata="http://idp.test/metadata")


async def test_metadata_can_be_one_of_several_in_a_signed_collection(connect, settings_for, log_in) -> None:
    idp = ForeignIdp("digid-3")
    other = ForeignIdp("eid-4")
    koppeling = settings_for(idp)

    def inner(one: ForeignIdp, ident: str) -> etree._Element:
        entity = etree.fromstring(one.metadata())
        entity.remove(entity.find(f"{{{DS}}}Signature"))
        entity.set("ID", ident)
        return entity

    root = make(MD, "EntitiesDescriptor", inner(other, "_a"), inner(idp, "_b"), ID="_alle")
    collection = Path(koppeling.idp_metadata).with_name("alle.xml")
    collection.write_bytes(etree.tostring(sign(root, Signing(idp.metadata_signer))))
    # The signer's certificate is found in KeyInfo of the signature around them.
    assert (await log_in(await connect(idp, idp_metadata=str(collection)), idp)).bsn == BSN


async def test_either_key_of_the_idp_is_accepted_during_roll_over(connect, log_in, refused) -> None:
    idp = ForeignIdp("digid-3")
    old, new = idp.signer, pair("idp nieuw")
    idp.announced = [old, new]
    provider = await connect(idp)
    for idp.signer in (old, new):
        assert (await log_in(provider, idp)).bsn == BSN
    idp.signer = pair("vreemde")
    assert "handtekening" in (await refused(provider, idp)).reden


async def test_refreshed_metadata_bring_a_new_key_and_failing_ones_change_nothing(
    connect, settings_for, log_in, refused, caplog: pytest.LogCaptureFixture
) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    path = settings_for(idp).idp_metadata
    idp.signer = pair("idp nieuw")
    assert "handtekening" in (await refused(provider, idp)).reden
    put(path, tampered(idp))
    await provider.refresh_metadata()
    assert "IdP-metadata niet ververst" in caplog.text
    idp.announced = [idp.signer]
    put(path, idp.metadata())
    await provider.refresh_metadata()
    assert (await log_in(provider, idp)).bsn == BSN
    put(path, b"")
    await provider.refresh_metadata()
    assert (await log_in(provider, idp)).bsn == BSN


async def test_expiries_name_every_certificate_of_both_sides(connect, settings_for, tmp_path: Path) -> None:
    idp = ForeignIdp("eid-4")
    idp.announced = [idp.signer, pair("idp nieuw")]
    until = (datetime.now(UTC) + timedelta(days=5)).replace(microsecond=0)
    koppeling = settings_for(idp)
    source = Path(koppeling.idp_metadata).with_name("tijdelijk.xml")
    source.write_bytes(idp.metadata(lambda entity: entity.set("validUntil", from_now(days=5))))
    tls = pair("sp tls").write(tmp_path, "tls")
    named = dict((await connect(idp, idp_metadata=str(source), tls=tls)).expiries())
    assert list(named) == [
        "ondertekening 1",
        "versleuteling 1",
        "achterkanaal (tls)",
        "IdP ondertekening 1",
        "IdP ondertekening 2",
        "IdP metadata",
    ]
    assert abs(named["IdP metadata"] - until) < timedelta(seconds=10)


SETTINGS: dict[str, tuple[str, dict[str, object], str]] = {
    "no signing key": ("digid-3", {"ondertekening": ()}, "ondertekening"),
    "no encryption key": ("eid-4", {"versleuteling": ()}, "versleuteling"),
    "no service uuid": ("eid-4", {"service_uuid": None}, "service_uuid"),
    "no service id": ("eherkenning", {"service_id": None}, "service_id"),
    "no service index": ("eherkenning", {"service_index": None}, "service_index"),
    "sso with eherkenning": ("eherkenning", {"sso": True}, "sso"),
    "missing metadata": ("digid-3", {"idp_metadata": "geen.xml"}, "bestand"),
    "missing key": ("digid-3", {"ondertekening": ((Path("geen.crt"), Path("geen.key")),)}, "geen.crt"),
}


@pytest.mark.parametrize(("profile", "changes", "reden"), SETTINGS.values(), ids=list(SETTINGS))
async def test_settings_that_cannot_work_stop_the_start(
    connect, profile: str, changes: dict[str, object], reden: str
) -> None:
    with pytest.raises(ValueError, match=reden):
        await connect(ForeignIdp(profile), **changes)


async def test_certificate_and_key_that_do_not_belong_together_stop_the_start(connect, tmp_path: Path) -> None:
    certificate, _ = pair("sp signing").write(tmp_path, "a")
    _, key = pair("vreemde").write(tmp_path, "b")
    with pytest.raises(ValueError, match="horen niet bij elkaar"):
        await connect(ForeignIdp("digid-3"), ondertekening=((certificate, key),))


async def test_without_client_certificate_no_real_connection_is_opened(settings_for) -> None:
    koppeling = settings_for(ForeignIdp("digid-3"))
    with pytest.raises(ValueError, match="tls ontbreekt"):
        await Dienstverlener.open(koppeling, public_url="https://pip.test", middel="digid")


def services(root: etree._Element, name: str) -> list[tuple[str, str]]:
    found = root.iter(f"{{{MD}}}{name}")
    return [(e.get("Binding", "").rpartition(":")[2], e.get("Location", "")) for e in found]


async def test_our_digid_metadata(connect, tmp_path: Path) -> None:
    idp = ForeignIdp("digid-3")
    keys = (pair("sp nieuw").write(tmp_path, "n"), pair("sp signing").write(tmp_path, "o"))
    provider = await connect(idp, ondertekening=keys, sso=True)
    root = etree.fromstring(provider.metadata())
    assert [key.get("use") for key in root.iter(f"{{{MD}}}KeyDescriptor")] == ["signing", "signing"]
    assert root.get("cacheDuration") is None
    assert root.get("validUntil") is None
    assert services(root, "AssertionConsumerService") == [("HTTP-Artifact", "https://pip.test/inloggen/digid/acs")]
    slo = "https://pip.test/uitloggen/digid/slo"
    assert services(root, "SingleLogoutService") == [("SOAP", slo), ("HTTP-Redirect", slo)]
    assert list(root.iter(f"{{{MD}}}AttributeConsumingService")) == []


async def test_our_eid_metadata(connect, tmp_path: Path) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp, sso=True, tls=pair("sp tls").write(tmp_path, "tls"))
    root = etree.fromstring(provider.metadata())
    uses = [key.get("use") for key in root.iter(f"{{{MD}}}KeyDescriptor")]
    assert uses == ["signing", "signing", "encryption"]
    assert root.get("cacheDuration") == "P1D"
    assert services(root, "SingleLogoutService") == [("HTTP-POST", "https://pip.test/uitloggen/digid/slo")]
    (wanted,) = root.iter(f"{{{MD}}}RequestedAttribute")
    assert wanted.get("Name") == "urn:nl-eid-gdi:1.0:ServiceUUID"
    assert wanted.findtext(f"{{{SAML}}}AttributeValue") == SERVICE_UUID


async def test_our_eherkenning_metadata(connect) -> None:
    idp = ForeignIdp("eherkenning")
    root = etree.fromstring((await connect(idp)).metadata())
    assert [key.get("use") for key in root.iter(f"{{{MD}}}KeyDescriptor")] == [None, None]
    (wanted,) = root.iter(f"{{{MD}}}RequestedAttribute")
    assert wanted.get("Name") == SERVICE_ID
    assert services(root, "SingleLogoutService") == []


async def test_a_higher_level_is_asked_for_with_a_fresh_login(connect) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    start = await provider.start(niveau=22, force_authn=True)
    idp.accept(start.saml_request_b64, start.relay_state)
    request = idp.requests[start.request_id]
    assert start.form_action == SIGN_ON
    assert request.get("ForceAuthn") == "true"
    (level,) = request.iter(f"{{{SAML}}}AuthnContextClassRef")
    assert (level.text or "").endswith(":Smartcard")
    plain = etree.fromstring(base64.b64decode((await provider.start(niveau=20)).saml_request_b64))
    assert plain.get("ForceAuthn") is None


async def test_eid_names_the_service_in_extensions_or_by_index(connect) -> None:
    idp = ForeignIdp("eid-4")
    start = await (await connect(idp)).start(niveau=20)
    idp.accept(start.saml_request_b64, start.relay_state)
    extensions = idp.requests[start.request_id].find(f"{{{SAMLP}}}Extensions")
    values = {a.get("Name", "").rpartition(":")[2]: a[0].text for a in extensions}
    assert values == {"IntendedAudience": idp.sp, "ServiceUUID": SERVICE_UUID}
    indexed = await connect(idp, service_index=3)
    start = await indexed.start(niveau=20)
    idp.accept(start.saml_request_b64, start.relay_state)
    assert idp.requests[start.request_id].get("AttributeConsumingServiceIndex") == "3"


async def test_two_logins_share_no_ids(connect) -> None:
    provider = await connect(ForeignIdp("digid-3"))
    one, two = await provider.start(niveau=20), await provider.start(niveau=20)
    assert one.request_id != two.request_id
    assert one.relay_state != two.relay_state
    assert len(one.relay_state) <= 80
