"""Encrypted identities, mandates, vestiging and keys: checks 17, 18 and 19 of login-saml §3."""

import pytest

from pip_portal.errors import LoginRefused
from tests.inloggen.saml.foreign_idp import BSN, CONCERNED, GDI, KVK, REPRESENTED, RSIN, SP, TRANSIENT, ForeignIdp
from tests.inloggen.saml.foreign_xml import DS, SAML, XENC, XENC11, make, pair

LEGACY = f"{GDI}id:legacy-BSN"
REPRESENTATION = "urn:nl-eid-gdi:1.1:RepresentationType"
INTERMEDIARY = "urn:etoegang:1.9:IntermediateEntityID:KvKnr"
PARKEREN = "6d3bd5e0-91a6-4b2e-9d55-1f2ad0c0a002"
NAME_ID = f'<NameID xmlns="{SAML}" Format="x">999993653</NameID>'


@pytest.mark.parametrize("profile", ["eid-4", "eherkenning"])
@pytest.mark.parametrize(
    "encrypting",
    [
        {"data": f"{XENC11}aes256-gcm"},
        {"digest": None},
        {"digest": f"{XENC}sha256"},
        {"wrap": f"{XENC11}rsa-oaep", "digest": f"{XENC}sha256", "mgf": f"{XENC11}mgf1sha256"},
        {"wrap": f"{XENC11}rsa-oaep", "digest": None},
    ],
)
async def test_allowed_ways_of_encrypting_are_read(
    connect, log_in, profile: str, encrypting: dict[str, object]
) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp)
    idp.answer.encrypting = encrypting
    identiteit = await log_in(provider, idp)
    assert (identiteit.bsn or identiteit.kvk_nummer) in (BSN, KVK)


@pytest.mark.parametrize("name", ["sha1", "sha256"])
async def test_our_key_is_found_among_those_of_others(connect, log_in, name: str) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)
    other = pair("vreemde")
    ours = (idp.sp, idp.encryption, getattr(idp.encryption, name).upper())
    idp.answer.encrypting = {"keys": (("urn:ander", other, other.sha1), (idp.sp, other, other.sha1), ours)}
    assert (await log_in(provider, idp)).bsn == BSN


BAD_ENCRYPTION: dict[str, dict[str, object]] = {
    "RSA 1.5": {"wrap": f"{XENC}rsa-1_5"},
    "other data algorithm": {"data": f"{XENC}tripledes-cbc"},
    "AES-128": {"data": f"{XENC}aes128-cbc"},
    "OAEP with another digest": {"digest": f"{XENC}sha512"},
    "OAEP with another mask": {"wrap": f"{XENC11}rsa-oaep", "mgf": f"{XENC11}mgf1sha512"},
    "bad padding": {"spoil": True},
    "key of another under our name": {"keys": ((SP["eid-4"], pair("vreemde"), pair("sp encryption").sha256),)},
    "two NameIDs inside": {"inside": NAME_ID + NAME_ID},
    "DOCTYPE inside": {"inside": "<!DOCTYPE a>" + NAME_ID},
    "something else inside": {"inside": f'<Assertion xmlns="{SAML}"/>'},
    "comment inside the number": {"inside": NAME_ID.replace("9999", "99<!---->99")},
    "no XML inside": {"inside": "999993653"},
}
NOT_FOR_US: dict[str, tuple[tuple[str, object, str], ...]] = {
    "no key": (),
    "other recipient": (("urn:ander", pair("sp encryption"), pair("sp encryption").sha256),),
    "our prefix as recipient": ((SP["eid-4"] + "1", pair("sp encryption"), pair("sp encryption").sha256),),
    "other key name": ((SP["eid-4"], pair("sp encryption"), pair("vreemde").sha256),),
}


@pytest.mark.parametrize("encrypting", BAD_ENCRYPTION.values(), ids=list(BAD_ENCRYPTION))
async def test_bad_encryption_is_refused_with_one_and_the_same_reason(
    connect, refused, encrypting: dict[str, object]
) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)
    idp.answer.encrypting = encrypting
    assert (await refused(provider, idp)).reden.startswith("versleuteling: ontcijferen mislukt (")


@pytest.mark.parametrize("keys", NOT_FOR_US.values(), ids=list(NOT_FOR_US))
async def test_identity_encrypted_for_another_is_refused(connect, refused, keys: tuple[object, ...]) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)
    idp.answer.encrypting = {"keys": keys}
    assert "geen van de sleutels is voor ons" in (await refused(provider, idp)).reden


async def test_old_and_new_decryption_key_both_work_during_roll_over(connect, log_in, tmp_path) -> None:
    idp = ForeignIdp("eid-4")
    new = pair("sp encryption nieuw")
    files = (new.write(tmp_path, "nieuw"), pair("sp encryption").write(tmp_path, "oud"))
    provider = await connect(idp, versleuteling=files)
    assert (await log_in(provider, idp)).bsn == BSN
    idp.encryption = new
    assert (await log_in(provider, idp)).bsn == BSN


async def test_a_machtiging_gives_both_persons(connect, log_in) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)
    idp.answer.legal = [idp.identity(LEGACY, REPRESENTED)]
    idp.answer.extra = {"urn:nl-eid-gdi:1.1:RepresentationType": "urn:nl-eid-gdi:1.1:RT:WV_Curator"}
    identiteit = await log_in(provider, idp)
    assert (identiteit.bsn, identiteit.vertegenwoordigde_bsn) == (BSN, REPRESENTED)
    assert identiteit.vertegenwoordiging == "urn:nl-eid-gdi:1.1:RT:WV_Curator"
    for number in (BSN, REPRESENTED):
        assert number not in repr(identiteit)


INCONSISTENT = {
    "represents himself": ("eid-4", (BSN,), {}, "vertegenwoordigt zichzelf"),
    "two people at once": ("eid-4", (BSN, REPRESENTED), {}, "twee verschillende nummers"),
    "kind of representation, of nobody": ("eid-4", (), {REPRESENTATION: "x"}, "zonder vertegenwoordigde"),
    "intermediary of itself": ("eherkenning", (KVK,), {INTERMEDIARY: KVK}, "hetzelfde bedrijf"),
    "intermediary of 7 digits": ("eherkenning", (KVK,), {INTERMEDIARY: "6875011"}, "andere vorm"),
    "intermediary without a number": ("eherkenning", (KVK,), {INTERMEDIARY: ""}, "attributen"),
    "intermediary for nobody": ("eherkenning", (), {INTERMEDIARY: "90004760"}, "geen organisatie"),
}


@pytest.mark.seed("N9")
@pytest.mark.parametrize(("profile", "legal", "extra", "reden"), INCONSISTENT.values(), ids=list(INCONSISTENT))
async def test_an_inconsistent_machtiging_is_refused(
    connect, refused, profile: str, legal: tuple[str, ...], extra: dict[str, str], reden: str
) -> None:
    idp = ForeignIdp(profile)
    provider = await connect(idp)
    soort = LEGACY if profile == "eid-4" else f"{CONCERNED}KvKnr"
    idp.answer.legal = [idp.identity(soort, number) for number in legal]
    idp.answer.extra = extra
    assert reden in (await refused(provider, idp)).reden


@pytest.mark.seed("N9")
async def test_a_login_with_a_mandate_wants_one_for_the_dienst_that_was_asked(connect, log_in) -> None:
    diensten = {"machtigingsdiensten": {"parkeren": PARKEREN}, "machtigen_entity_id": "urn:bvd"}
    for extra, reden in (({}, "andere dienst"), ({f"{GDI}ServiceUUID": PARKEREN}, "geen vertegenwoordigde")):
        idp = ForeignIdp("eid-4")
        provider = await connect(idp, **diensten)
        idp.answer.extra = extra
        with pytest.raises(LoginRefused, match=reden):
            await log_in(provider, idp, dienst="parkeren")
    idp.answer.legal = [idp.identity(LEGACY, REPRESENTED)]
    assert (await log_in(provider, idp, dienst="parkeren")).vertegenwoordigde_bsn == REPRESENTED
    with pytest.raises(LoginRefused, match="onbekende dienst"):
        await log_in(provider, idp, dienst="belastingen")


@pytest.mark.parametrize(
    "changes",
    [
        {"machtigingsdiensten": {"parkeren": PARKEREN}},
        {"machtigingsdiensten": {"parkeren": "x"}, "service_uuid": "x", "machtigen_entity_id": "urn:bvd"},
    ],
)
async def test_diensten_without_who_says_so_or_that_are_the_own_service_do_not_start(
    connect, changes: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="machtiging"):
        await connect(ForeignIdp("eid-4"), **changes)


EID_IDENTITIES = {
    "polymorphic identity": ({"qualifier": f"{GDI}id:BSN"}, "niet ondersteund"),
    "pseudonym": ({"qualifier": f"{GDI}id:Pseudonym"}, "niet ondersteund"),
    "no qualifier": ({"qualifier": ""}, "niet ondersteund"),
    "transient": ({"qualifier": LEGACY, "name_format": TRANSIENT}, "niet ondersteund"),
    "fails the eleven test": ({"qualifier": LEGACY, "content": "999993654"}, "elfproef"),
    "8 digits": ({"qualifier": LEGACY, "content": "99999365"}, "elfproef"),
    "space": ({"qualifier": LEGACY, "content": " 999993653"}, "elfproef"),
    "line end": ({"qualifier": LEGACY, "content": "999993653\n"}, "elfproef"),
}


@pytest.mark.parametrize(("options", "reden"), EID_IDENTITIES.values(), ids=list(EID_IDENTITIES))
async def test_another_kind_of_number_is_refused(connect, refused, options: dict[str, str], reden: str) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)
    idp.answer.acting = [idp.identity(**{"content": BSN, **options})]
    assert reden in (await refused(provider, idp)).reden


async def test_eid_without_acting_person_is_refused(connect, refused) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)
    idp.answer.acting = []
    assert "geen BSN van wie inlogt" in (await refused(provider, idp)).reden


async def test_an_unencrypted_identity_is_refused(connect, refused) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)
    idp.answer.acting = [make(SAML, "NameID", BSN)]
    assert "niet versleuteld" in (await refused(provider, idp)).reden


async def test_two_different_numbers_of_one_kind_are_refused(connect, refused) -> None:
    idp = ForeignIdp("eherkenning")
    provider = await connect(idp)
    idp.answer.legal = [idp.identity(f"{CONCERNED}KvKnr", number) for number in (KVK, "69599084")]
    assert "twee verschillende nummers" in (await refused(provider, idp)).reden


async def test_an_eenmanszaak_without_rsin_logs_in(connect, log_in) -> None:
    idp = ForeignIdp("eherkenning")
    provider = await connect(idp)
    idp.answer.legal = [idp.identity(f"{CONCERNED}KvKnr", "69599084")]
    identiteit = await log_in(provider, idp)
    assert (identiteit.kvk_nummer, identiteit.rsin) == ("69599084", None)


async def test_vestiging_and_intermediary_are_passed_on(connect, log_in) -> None:
    idp = ForeignIdp("eherkenning")
    provider = await connect(idp)
    idp.answer.extra = {
        "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": "000037178598",
        "urn:etoegang:1.9:IntermediateEntityID:KvKnr": "90004760",
    }
    identiteit = await log_in(provider, idp)
    assert (identiteit.vestiging, identiteit.tussenpersoon_kvk) == ("000037178598", "90004760")
    assert identiteit.kvk_nummer == KVK


@pytest.mark.parametrize("number", ["37178598", "00003717859x", "000037178598\n", "٠٠٠٠٣٧١٧٨٥٩٨", ""])
async def test_a_vestiging_of_another_shape_is_refused_not_ignored(connect, refused, number: str) -> None:
    idp = ForeignIdp("eherkenning")
    provider = await connect(idp)
    idp.answer.extra = {"urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": number}
    assert "attributen" in (await refused(provider, idp)).reden


EH_LEGAL = {
    "nobody": ([], "geen organisatie"),
    "BSN as organisation": ([("urn:etoegang:1.12:EntityConcernedID:BSN", BSN)], "niet ondersteund"),
    "KVK of 7 digits": ([(f"{CONCERNED}KvKnr", "6875011")], "KVK-nummer"),
    "RSIN fails the eleven test": ([(f"{CONCERNED}RSIN", "857587974")], "elfproef"),
}


@pytest.mark.parametrize(("identities", "reden"), EH_LEGAL.values(), ids=list(EH_LEGAL))
async def test_organisation_that_cannot_be_used_is_refused(
    connect, refused, identities: list[tuple[str, str]], reden: str
) -> None:
    idp = ForeignIdp("eherkenning")
    provider = await connect(idp)
    idp.answer.legal = [idp.identity(*identity) for identity in identities]
    assert reden in (await refused(provider, idp)).reden


async def test_eherkenning_without_acting_person_is_refused(connect, refused) -> None:
    idp = ForeignIdp("eherkenning")
    provider = await connect(idp)
    idp.answer.acting = []
    assert "geen handelende persoon" in (await refused(provider, idp)).reden


async def test_an_attribute_that_comes_twice_is_refused(connect, refused) -> None:
    idp = ForeignIdp("eid-4")
    provider = await connect(idp)

    def twice(assertion) -> None:
        statement = assertion.find(f"{{{SAML}}}AttributeStatement")
        statement.append(make(SAML, "Attribute", Name=f"{GDI}ServiceUUID"))

    idp.answer.assertion = twice
    assert "naam dubbel" in (await refused(provider, idp)).reden


async def test_nothing_about_the_person_is_in_the_repr(connect, log_in) -> None:
    for profile in ("digid-3", "eherkenning"):
        idp = ForeignIdp(profile)
        shown = repr(await log_in(await connect(idp), idp))
        for secret in (BSN, RSIN, "A1B2C3D4", "_handvat", "sessie-1", DS):
            assert secret not in shown
