"""Everything that can be made to go wrong does what it says, and a strict service provider sees it."""

import pytest
from lxml import etree

from mock_idp.scenarios import SCENARIOS, scenarios_for
from tests.mock_idp.conftest import World
from tests.mock_idp.messages import NotBelieved

STATUSES = {
    "geannuleerd": ("Responder", "AuthnFailed"),
    "authn_failed": ("Responder", "AuthnFailed"),
    "no_authn_context": ("Responder", "NoAuthnContext"),
    "request_denied": ("Responder", "RequestDenied"),
    "request_unsupported": ("Responder", "RequestUnsupported"),
    "request_unsupported_requester": ("Requester", "RequestUnsupported"),
    "no_supported_idp": ("Requester", "NoSupportedIDP"),
    "unknown_principal": ("Responder", "UnknownPrincipal"),
}
SPOILED = {
    "verkeerde_audience": "niet voor ons",
    "zonder_audience": "niet voor ons",
    "verkeerde_recipient": "andere ontvanger",
    "verkeerde_destination": "andere bestemming",
    "verkeerde_issuer": "andere afzender",
    "verkeerde_inresponseto_artifact": "antwoord op een andere vraag",
    "verkeerde_inresponseto_response": "antwoord op een andere aanvraag",
    "verkeerde_inresponseto_assertion": "andere aanvraag",
    "verlopen": "verlopen",
    "nog_niet_geldig": "buiten de tijd",
    "lager_niveau": "ander niveau",
    "onbekend_niveau": "ander niveau",
    "sofi_sector": "geen BSN",
    "verkeerde_dienst": "andere dienst",
    "assertion_zonder_handtekening": "geen of meer dan één handtekening",
    "buitenste_zonder_handtekening": "geen of meer dan één handtekening",
    "sha1_handtekening": "handtekening klopt niet",
    "vreemde_sleutel": "handtekening klopt niet",
    "andere_ontvanger": "niet voor ons versleuteld",
}
LEVEL = {
    "digid": "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
    "eid": "http://eidas.europa.eu/LoA/low",
    "eherkenning": "urn:etoegang:core:assurance-class:loa2plus",
}
SOORT = {"digid": "digid-3", "eid": "eid-4", "eherkenning": "eherkenning"}
PERSON = {"digid": "999991012", "eid": "999991012", "eherkenning": "Z1-B"}


@pytest.mark.parametrize("scenario", STATUSES)
async def test_a_status_comes_over_the_back_channel(world: World, profile: str, scenario: str) -> None:
    sp = world.sp(profile)
    answer = await world.log_in(sp, scenario=scenario)
    assert sp.status(answer, await world.idp(profile))[:2] == STATUSES[scenario]


@pytest.mark.parametrize("scenario", SPOILED)
async def test_a_spoiled_answer_is_wrong_in_that_respect_only(world: World, profile: str, scenario: str) -> None:
    if scenario not in scenarios_for(SOORT[profile]):
        page = await world.start(world.sp(profile))
        assert f'value="{scenario}"' not in page.text
        return
    sp = world.sp(profile)
    idp = await world.idp(profile)
    request = sp.authn_request(idp, level=LEVEL[profile] if profile == "digid" else None)
    answer = await world.log_in(sp, request, scenario=scenario, persoon=PERSON[profile])
    with pytest.raises(NotBelieved, match=SPOILED[scenario]):
        sp.identity(answer, idp, level=LEVEL[profile])


async def channel(world: World, scenario: str) -> tuple[int, str, bytes]:
    sp = world.sp("digid")
    finished = await world.choose(await world.start(sp), scenario=scenario)
    artifact = sp.artifact_of(finished.headers["location"], await world.idp("digid"))
    response = await world.resolve(sp, artifact)
    return response.status_code, response.headers.get("content-type", ""), response.content


async def test_the_back_channel_can_fail_in_every_way(world: World) -> None:
    assert (await channel(world, "http_500"))[0] == 500
    status, _, body = await channel(world, "soap_fault")
    assert status == 500
    assert etree.fromstring(body).find("{*}Body/{*}Fault/faultstring") is not None
    status, kind, _ = await channel(world, "html")
    assert (status, kind.split(";")[0]) == (200, "text/html")
    status, _, body = await channel(world, "groot")
    assert (status, len(body) > 4_000_000) == (200, True)
    assert (await channel(world, "hangt"))[0] == 504
    assert (await channel(world, "traag"))[0] == 200


async def test_an_artifact_can_be_made_to_look_used_or_too_old(world: World) -> None:
    _, _, used = await channel(world, "artifact_gebruikt")
    assert b"RequestDenied" in used
    assert b"samlp:Response " not in used
    _, _, old = await channel(world, "artifact_verlopen")
    assert b"RequestDenied" not in old
    assert b"samlp:Response " not in old


def test_every_scenario_is_tested_here() -> None:
    channels = {code for code, scenario in SCENARIOS.items() if scenario.channel}
    assert set(SCENARIOS) == {"geen"} | set(STATUSES) | set(SPOILED) | channels


# ---- choosing over the test endpoint -----------------------------------------------------------------------


async def test_a_test_chooses_the_next_login_without_the_page(world: World) -> None:
    sp = world.sp("eherkenning")
    preset = {"profile": "eherkenning", "person": "Z1-B", "direct": True}
    assert (await world.browser.post("/admin/scenario", json=preset)).status_code == 204
    back = await world.start(sp)
    idp = await world.idp("eherkenning")
    answer = await world.resolve(sp, sp.artifact_of(back.headers["location"], idp))
    assert sp.identity(answer.content, idp).attributes["urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"] == [
        "000045000012"
    ]
    assert (await world.start(sp)).status_code == 200


async def test_a_test_fills_in_the_page_for_the_next_login(world: World) -> None:
    preset = {"profile": "digid", "person": "B2", "level": 25, "scenario": "verlopen"}
    await world.browser.post("/admin/scenario", json=preset)
    page = await world.start(world.sp("digid"))
    assert 'value="999991206" checked' in page.text
    assert '<option value="25" selected>' in page.text
    assert '<option value="verlopen" selected>' in page.text


async def test_a_preset_is_forgotten_on_request(world: World) -> None:
    await world.browser.post("/admin/scenario", json={"profile": "digid", "scenario": "html", "direct": True})
    assert (await world.browser.delete("/admin/scenario")).status_code == 204
    assert (await world.start(world.sp("digid"))).status_code == 200


@pytest.mark.parametrize(
    "preset",
    [
        {"profile": "onbekend"},
        {"profile": "digid", "scenario": "onbekend"},
        {"profile": "eherkenning", "scenario": "sofi_sector"},
        {"profile": "digid", "level": 22},
        {"profile": "digid", "extra": 1},
    ],
)
async def test_a_preset_that_means_nothing_is_refused(world: World, preset: dict[str, object]) -> None:
    assert (await world.browser.post("/admin/scenario", json=preset)).status_code == 422


async def test_a_direct_preset_that_cannot_be_done_shows_the_page_with_why(world: World) -> None:
    preset = {"profile": "digid", "person": "123", "direct": True}
    await world.browser.post("/admin/scenario", json=preset)
    page = await world.start(world.sp("digid"))
    assert page.status_code == 422
    assert "elfproef" in page.text
