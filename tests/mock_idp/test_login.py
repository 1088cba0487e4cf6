"""A strict service provider logs people in, at each of the three interfaces."""

from tests.mock_idp.conftest import World
from tests.mock_idp.messages import P

KVK = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
RSIN = "urn:etoegang:1.9:EntityConcernedID:RSIN"
PSEUDO = "urn:etoegang:1.13:EntityConcernedID:Pseudo"
LEGAL, ACTING = "urn:etoegang:core:LegalSubjectID", "urn:etoegang:core:ActingSubjectID"
BSN = "urn:nl-eid-gdi:1.0:id:legacy-BSN"
MIDDEN = "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract"
PARKEREN = "6d3bd5e0-91a6-4b2e-9d55-1f2ad0c0a002"  # the only dienst for which Daan has a mandate


async def test_a_citizen_logs_in_with_digid_at_the_level_that_was_asked(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    answer = await world.log_in(sp, sp.authn_request(idp, level=MIDDEN), persoon="999991012")
    identity = sp.identity(answer, idp, level=MIDDEN)
    assert identity.name_id == "s00000000:999991012"
    assert identity.advice == []


async def test_a_citizen_logs_in_with_eid_and_only_we_can_read_who(world: World) -> None:
    sp = world.sp("eid")
    answer = await world.log_in(sp, persoon="999991012")
    identity = sp.identity(answer, await world.idp("eid"), level="http://eidas.europa.eu/LoA/low")
    assert b"999991012" not in answer
    assert identity.encrypted == {"urn:nl-eid-gdi:1.0:ActingSubjectID": {BSN: "999991012"}}
    assert len(identity.advice) == 1


async def test_someone_with_a_mandate_acts_for_another_in_eid(world: World) -> None:
    sp = world.sp("eid", service_uuid=PARKEREN)
    answer = await world.log_in(sp, persoon="999996502", namens="999992041")
    identity = sp.identity(answer, await world.idp("eid"))
    assert identity.encrypted["urn:nl-eid-gdi:1.0:ActingSubjectID"] == {BSN: "999996502"}
    assert identity.encrypted["urn:nl-eid-gdi:1.0:LegalSubjectID"] == {BSN: "999992041"}
    assert len(identity.advice) == 2


async def test_a_mandate_for_one_dienst_is_none_for_another(world: World) -> None:
    again = await world.choose(await world.start(world.sp("eid")), persoon="999996502", namens="999992041")
    assert again.status_code == 422
    assert "De machtiging geldt niet voor deze dienst" in again.text


async def test_a_parent_acts_for_a_child_by_law(world: World) -> None:
    sp = world.sp("eid")
    answer = await world.log_in(sp, persoon="999992417", namens="999996101")
    identity = sp.identity(answer, await world.idp("eid"))
    kind = identity.attributes["urn:nl-eid-gdi:1.1:RepresentationType"]
    assert kind == ["urn:nl-eid-gdi:1.1:RT:Zorg_Volledig_Gezag_Kind"]


async def test_a_mandate_with_digid_3_shows_only_at_the_testers_page(world: World) -> None:
    sp = world.sp("digid")
    answer = await world.log_in(sp, persoon="999996502", namens="999992041")
    assert sp.identity(answer, await world.idp("digid")).name_id == "s00000000:999996502"
    (outcome,) = (await world.browser.get("/admin/uitkomsten")).json()
    assert outcome["namens"] == "Wilhelmina van den Berg-Smit"


async def test_nobody_acts_for_another_without_a_mandate(world: World) -> None:
    page = await world.start(world.sp("eid"))
    again = await world.choose(page, persoon="999991012", namens="999992041")
    assert again.status_code == 422
    assert "heeft geen machtiging" in again.text


async def test_a_demanded_representation_must_be_chosen(world: World) -> None:
    sp = world.sp("eid")
    bvd = "urn:nl-eid-gdi:1.0:BVD:00000009900000000001:entities:9003"
    request = sp.authn_request(await world.idp("eid"), children=[P.Scoping(P.RequesterID(bvd))])
    again = await world.choose(await world.start(sp, request), persoon="999996502")
    assert again.status_code == 422
    assert "Kies voor wie u inlogt" in again.text


async def test_an_unknown_requester_comes_back_as_no_supported_idp(world: World) -> None:
    sp = world.sp("eid")
    idp = await world.idp("eid")
    request = sp.authn_request(idp, children=[P.Scoping(P.RequesterID("urn:example:iemand"))])
    back = await world.start(sp, request)
    answer = await world.resolve(sp, sp.artifact_of(back.headers["location"], idp))
    assert sp.status(answer.content, idp) == ("Requester", "NoSupportedIDP", None)


async def test_a_company_logs_in_with_kvk_and_rsin(world: World) -> None:
    sp = world.sp("eherkenning")
    answer = await world.log_in(sp, persoon="Z1-A")
    identity = sp.identity(answer, await world.idp("eherkenning"), level="urn:etoegang:core:assurance-class:loa3")
    assert identity.encrypted[LEGAL] == {KVK: "90000110", RSIN: "859100017"}
    assert "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr" not in identity.attributes
    assert len(identity.advice) == 2


async def test_an_employee_of_one_vestiging_gets_that_restriction(world: World) -> None:
    sp = world.sp("eherkenning")
    answer = await world.log_in(sp, persoon="Z1-B")
    identity = sp.identity(answer, await world.idp("eherkenning"), level="urn:etoegang:core:assurance-class:loa2plus")
    assert identity.attributes["urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"] == ["000045000012"]


async def test_an_eenmanszaak_has_no_rsin(world: World) -> None:
    sp = world.sp("eherkenning")
    identity = sp.identity(await world.log_in(sp, persoon="Z2-A"), await world.idp("eherkenning"))
    assert identity.encrypted[LEGAL] == {KVK: "90000227"}


async def test_a_chain_mandate_names_the_intermediary(world: World) -> None:
    sp = world.sp("eherkenning")
    answer = await world.log_in(sp, persoon="Z4-A", keten="90000110")
    identity = sp.identity(answer, await world.idp("eherkenning"))
    assert identity.attributes["urn:etoegang:1.9:IntermediateEntityID:KvKnr"] == ["90000110"]
    assert identity.encrypted[LEGAL][KVK] == "90000461"


async def test_the_pseudonym_is_stable_per_employee_and_differs_between_them(world: World) -> None:
    sp = world.sp("eherkenning")
    seen = []
    for employee in ("Z1-A", "Z1-A", "Z1-B"):
        identity = sp.identity(await world.log_in(sp, persoon=employee), await world.idp("eherkenning"))
        seen.append(identity.encrypted[ACTING][PSEUDO])
    assert seen[0] == seen[1] != seen[2]


async def test_free_entry_of_a_company(world: World) -> None:
    sp = world.sp("eherkenning")
    answer = await world.log_in(sp, persoon="anders", kvk="12345678", rsin="857587973", vestiging_vrij="000037178598")
    identity = sp.identity(answer, await world.idp("eherkenning"))
    assert identity.encrypted[LEGAL] == {KVK: "12345678", RSIN: "857587973"}
    assert identity.attributes["urn:etoegang:1.9:ServiceRestriction:Vestigingsnr"] == ["000037178598"]


async def test_free_entry_of_a_bsn_keeps_to_the_eleven_test(world: World) -> None:
    sp = world.sp("digid")
    page = await world.start(sp)
    again = await world.choose(page, persoon="anders", bsn="999991013")
    assert again.status_code == 422
    assert "elfproef" in again.text
    finished = await world.choose(page, persoon="anders", bsn="900026236")
    assert finished.status_code == 302


async def test_cancelling_is_told_over_the_back_channel(world: World, profile: str) -> None:
    sp = world.sp(profile)
    message = None if profile == "digid" else "Authentication cancelled"
    answer = await world.log_in(sp, actie="annuleren")
    assert sp.status(answer, await world.idp(profile)) == ("Responder", "AuthnFailed", message)


async def test_a_level_below_the_one_asked_does_not_log_in(world: World) -> None:
    sp = world.sp("digid")
    idp = await world.idp("digid")
    answer = await world.log_in(sp, sp.authn_request(idp, level=MIDDEN), niveau="10")
    assert sp.status(answer, idp) == ("Responder", "NoAuthnContext", None)


async def test_a_company_below_the_level_of_the_service_does_not_log_in(world: World) -> None:
    sp = world.sp("eherkenning")
    answer = await world.log_in(sp, persoon="Z1-A", niveau="20")
    assert sp.status(answer, await world.idp("eherkenning")) == ("Responder", "AuthnFailed", None)


async def test_a_login_page_is_used_once(world: World) -> None:
    page = await world.start(world.sp("digid"))
    assert (await world.choose(page)).status_code == 302
    assert (await world.choose(page)).status_code == 404
