"""What the stand-in does not answer: the browser gets 404, as with DigiD."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from lxml import etree

from tests.mock_idp.conftest import SOAP, World
from tests.mock_idp.messages import BINDING, A, zulu
from tests.mock_idp.sp import Sp


async def refused(world: World, sp: Sp, reason: str, **changes: str | None) -> None:
    page = await world.start(sp, sp.authn_request(await world.idp(sp.profile), **changes))
    assert page.status_code == 404
    assert reason in page.text


async def test_an_unknown_sender(world: World, profile: str) -> None:
    stranger = Sp(profile, world.pairs[0], world.pairs[1])
    await refused(world, stranger, "de afzender (Issuer) is niet bekend")


async def test_a_signature_with_another_key(world: World, profile: str) -> None:
    sp = world.sp(profile)
    request = sp.authn_request(await world.idp(profile))
    page = await world.start(sp, request, pair=world.pairs[2])
    assert page.status_code == 404
    assert "handtekening" in page.text


async def test_no_signature(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    form = sp.form(sp.authn_request(idp), signs=False)
    assert (await world.browser.post(idp.sso, data=form)).status_code == 404


async def test_a_message_changed_after_signing(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    form = sp.form(sp.authn_request(idp), tamper=lambda xml: xml.replace(b'Index="0"', b'Index="1"'))
    assert (await world.browser.post(idp.sso, data=form)).status_code == 404


@pytest.mark.parametrize("message", ["", "geen base64!", "PGE+", "PCFET0NUWVBFIGEgW10+PGEvPg=="])
async def test_something_that_is_no_message(world: World, message: str) -> None:
    response = await world.browser.post("/digid/request_authentication", data={"SAMLRequest": message})
    assert response.status_code == 404


async def test_another_destination(world: World, profile: str) -> None:
    await refused(world, world.sp(profile), "Destination", Destination="http://localhost:8010/elders")
    await refused(world, world.sp(profile), "Destination", Destination=None)


async def test_an_acs_index_or_url_that_is_not_in_the_metadata(world: World) -> None:
    sp = world.sp("digid")
    await refused(world, sp, "AssertionConsumerService", AssertionConsumerServiceIndex="7")
    await refused(
        world,
        sp,
        "staat niet in de metadata",
        AssertionConsumerServiceIndex=None,
        AssertionConsumerServiceURL=sp.acs + "/anders",
    )


async def test_an_acs_url_that_equals_the_metadata_is_accepted_outside_eid(world: World) -> None:
    for profile, expected in (("digid", 200), ("eherkenning", 200), ("eid", 404)):
        sp = world.sp(profile)
        changes = {
            "AssertionConsumerServiceIndex": None,
            "AssertionConsumerServiceURL": sp.acs,
            "ProtocolBinding": f"{BINDING}HTTP-Artifact",
        }
        page = await world.start(sp, sp.authn_request(await world.idp(profile), **changes))
        assert page.status_code == expected


async def test_index_and_url_together(world: World) -> None:
    sp = world.sp("digid")
    await refused(world, sp, "mogen niet samen", AssertionConsumerServiceURL=sp.acs)


async def test_a_relay_state_longer_than_eighty_bytes(world: World) -> None:
    sp = world.sp("digid")
    assert (await world.start(sp, relay_state="x" * 80)).status_code == 200
    assert (await world.start(sp, relay_state="x" * 81)).status_code == 404
    assert (await world.start(sp, relay_state="é" * 41)).status_code == 404


async def test_a_moment_in_the_future_or_too_long_ago(world: World) -> None:
    sp = world.sp("digid")
    now = datetime.now(UTC)
    await refused(world, sp, "toekomst", IssueInstant=zulu(now + timedelta(seconds=5)))
    await refused(world, sp, "ouder dan vijf minuten", IssueInstant=zulu(now - timedelta(minutes=6)))
    await refused(world, sp, "tijdstip", IssueInstant="2026-11-24 10:00:00")


async def test_a_request_that_is_sent_again(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    form = sp.form(sp.authn_request(idp))
    assert (await world.browser.post(idp.sso, data=form)).status_code == 303
    again = await world.browser.post(idp.sso, data=form)
    assert again.status_code == 404
    assert "al gebruikt" in again.text


async def test_a_weak_id(world: World) -> None:
    await refused(world, world.sp("digid"), "ID", ID="kort")


async def test_passive_or_unknown_attributes(world: World) -> None:
    await refused(world, world.sp("eid"), "IsPassive", IsPassive="true")
    await refused(world, world.sp("digid"), "mag niet", Consent="urn:x")


async def test_elements_that_the_interface_does_not_have(world: World) -> None:
    sp = world.sp("eid")
    request = sp.authn_request(await world.idp("eid"), children=[A.Subject(A.NameID("999991012"))])
    assert (await world.start(sp, request)).status_code == 404
    company = world.sp("eherkenning")
    request = company.authn_request(await world.idp("eherkenning"), level="urn:etoegang:core:assurance-class:loa3")
    assert (await world.start(company, request)).status_code == 404


async def test_an_unknown_level(world: World) -> None:
    sp = world.sp("digid")
    request = sp.authn_request(await world.idp("digid"), level="urn:example:hoog")
    assert (await world.start(sp, request)).status_code == 404


async def test_a_service_that_is_not_in_the_metadata(world: World) -> None:
    await refused(world, world.sp("eid"), "dienst", AttributeConsumingServiceIndex="9")
    await refused(world, world.sp("eherkenning"), "precies één", AttributeConsumingServiceIndex=None)


async def test_a_doctype(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    form = sp.form(sp.authn_request(idp), tamper=lambda xml: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml)
    page = await world.browser.post(idp.sso, data=form)
    assert page.status_code == 404
    assert "DOCTYPE" in page.text


async def test_a_redirect_request_is_accepted_with_a_signed_query_only(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    query = sp.query("SAMLRequest", sp.authn_request(idp))
    assert (await world.browser.get(f"{idp.sso}?{query}")).status_code == 303
    query = sp.query("SAMLRequest", sp.authn_request(idp)).replace("toestand", "anders")
    assert (await world.browser.get(f"{idp.sso}?{query}")).status_code == 404
    eid = world.sp("eid")
    query = eid.query("SAMLRequest", eid.authn_request(await world.idp("eid")))
    assert (await world.browser.get(f"/eid/request_authentication?{query}")).status_code == 404


# ---- metadata of service providers -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "old", "new"),
    [
        ("digid", b"<m:EntityDescriptor", b'<m:EntityDescriptor cacheDuration="P1D"'),
        ("digid", b'AuthnRequestsSigned="true"', b'AuthnRequestsSigned="false"'),
        ("digid", b"HTTP-Artifact", b"HTTP-POST"),
        ("eid", b"validUntil=", b"geldigTot="),
        ("eid", b'use="encryption"', b'use="signing"'),
        ("eherkenning", b"AttributeConsumingService", b"AndereService"),
    ],
)
async def test_metadata_that_the_interface_does_not_allow(world: World, profile: str, old: bytes, new: bytes) -> None:
    sp = Sp(profile, *world.pairs[:2])
    unsigned = sp.metadata(signs=False).replace(b"ns0:", b"m:")
    assert old in unsigned
    world.know(sp, unsigned.replace(old, new))
    assert (await world.start(sp)).status_code == 404


async def test_metadata_with_a_broken_signature_is_not_read(world: World) -> None:
    sp = Sp("digid", *world.pairs[:2])
    world.know(sp, sp.metadata().replace(b"/digid/acs", b"/digid/anders"))
    await refused(world, sp, "niet bekend")


async def test_metadata_without_a_signature_is_accepted_with_a_warning(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    sp = Sp("digid", *world.pairs[:2])
    world.know(sp, sp.metadata(signs=False))
    assert (await world.start(sp)).status_code == 200
    assert "metadata zonder handtekening" in caplog.messages


async def test_metadata_past_its_date(world: World) -> None:
    sp = Sp("digid", *world.pairs[:2])
    world.know(sp, sp.metadata(validUntil="2020-01-01T00:00:00Z"))
    await refused(world, sp, "validUntil")


async def test_a_changed_file_is_read_again(world: World) -> None:
    sp = Sp("digid", *world.pairs[:2])
    await refused(world, sp, "niet bekend")
    world.know(sp)
    assert (await world.start(sp)).status_code == 200


# ---- the back channel --------------------------------------------------------------------------------------


async def finished(world: World, sp: Sp, **fields: str) -> str:
    """An artifact that waits to be fetched."""
    response = await world.choose(await world.start(sp), **fields)
    return sp.artifact_of(response.headers["location"], await world.idp(sp.profile))


async def test_an_artifact_is_good_for_one_answer(world: World, profile: str) -> None:
    sp = world.sp(profile)
    idp = await world.idp(profile)
    artifact = await finished(world, sp)
    sp.identity((await world.resolve(sp, artifact)).content, idp)
    outer = sp.outer((await world.resolve(sp, artifact)).content, idp)
    assert outer.find("{*}Response") is None
    assert b"RequestDenied" in etree.tostring(outer)


async def test_an_artifact_of_another_service_provider_gives_nothing_and_stays_good(world: World) -> None:
    sp = world.sp("digid")
    thief = world.know(Sp("digid", world.pairs[2], world.pairs[1], entity_id="https://dief.example.nl"))
    idp = await world.idp("digid")
    artifact = await finished(world, sp)
    outer = thief.outer((await world.resolve(thief, artifact)).content, idp)
    assert outer.find("{*}Response") is None
    sp.identity((await world.resolve(sp, artifact)).content, idp)


async def test_an_artifact_expires(world: World, profile: str) -> None:
    sp = world.sp(profile)
    idp = await world.idp(profile)
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        artifact = await finished(world, sp)
        clock.shift(timedelta(minutes=16))
        body = (await world.resolve(sp, artifact)).content
    if profile == "digid":
        assert sp.outer(body, idp).find("{*}Response") is None
    else:
        assert sp.status(body, idp) == ("Requester", "RequestDenied", None)


async def test_a_resolve_message_must_be_signed_by_a_known_sender(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    artifact = await finished(world, sp)
    good = sp.artifact_resolve(artifact)
    bad = [
        good.replace(b"ArtifactResolve", b"ArtifactVraag"),
        good.replace(sp.entity_id.encode(), b"https://onbekend.example.nl"),
        good.replace(artifact[:8].encode(), b"AAQAAQAA"),
        b"<a/>",
        b"geen xml",
    ]
    for body in bad:
        assert (await world.browser.post(idp.resolve, content=body, headers=SOAP)).status_code == 404
    answer = await world.browser.post(idp.resolve, content=good, headers=SOAP)
    assert answer.status_code == 200
    assert sp.identity(answer.content, idp)


async def test_a_resolve_message_without_soap_action_and_as_soap_xml_is_accepted(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    body = sp.artifact_resolve(await finished(world, sp), Destination=idp.resolve)
    answer = await world.browser.post(idp.resolve, content=body, headers={"Content-Type": "application/soap+xml"})
    assert sp.identity(answer.content, idp)


async def test_no_message_at_all_is_not_found(world: World) -> None:
    for path in ("/digid/login", "/digid/login?aanvraag=x", "/onbekend/metadata", "/digid/request_logout"):
        assert (await world.browser.get(path)).status_code == 404
