"""Reading and changing zaken: what the standard allows and refuses."""

import httpx
import pytest

from tests.reference_backoffice.conftest import (
    ANNA,
    BSN,
    LUCIA,
    NNP,
    PIET,
    RSIN,
    SUZANNE,
    VESTIGING,
    YOUSSEF,
    ZAKEN,
    codes,
    link,
    new_document,
    new_zaak,
    now,
    of_zaaktype,
    results,
    rol_body,
    seeded_zaak,
    set_resultaat,
    set_status,
    zaak_body,
)


@pytest.mark.veel_zaken
@pytest.mark.parametrize(("bsn", "aantal"), [(YOUSSEF, 0), (LUCIA, 1), (PIET, 60), (SUZANNE, 1200)])
async def test_each_person_has_the_promised_number_of_zaken(api: httpx.AsyncClient, bsn: str, aantal: int) -> None:
    assert (await api.get(f"{ZAKEN}/zaken", params={BSN: bsn})).json()["count"] == aantal


@pytest.mark.veel_zaken
async def test_pages_follow_each_other_without_gap_or_repeat(api: httpx.AsyncClient) -> None:
    url, seen = f"{ZAKEN}/zaken?{BSN}={SUZANNE}&ordering=-startdatum", []
    while url:
        body = (await api.get(url)).json()
        seen += [zaak["uuid"] for zaak in body["results"]]
        url = body["next"]
    assert len(seen) == len(set(seen)) == 1200


async def test_all_rol_filters_must_hold_for_one_and_the_same_rol(api: httpx.AsyncClient) -> None:
    """Anna is belanghebbende in the zaak of another, who is its initiator."""
    mine = await results(api, f"{ZAKEN}/zaken", **{BSN: ANNA})
    started = await results(api, f"{ZAKEN}/zaken", **{BSN: ANNA, "rol__omschrijvingGeneriek": "initiator"})
    extra = {zaak["omschrijving"] for zaak in mine} - {zaak["omschrijving"] for zaak in started}
    assert extra == {"Kappen van een esdoorn en verbouwing"}


async def test_a_zaak_found_by_two_rollen_comes_once(api: httpx.AsyncClient) -> None:
    for person in ({NNP: "859100017"}, {NNP: "90000110"}, {VESTIGING: "000045000011"}, {VESTIGING: "000045000012"}):
        found = [zaak["uuid"] for zaak in await results(api, f"{ZAKEN}/zaken", **person)]
        assert found
        assert len(found) == len(set(found))


async def test_open_and_closed_zaken_are_told_apart(api: httpx.AsyncClient) -> None:
    lopend = await results(api, f"{ZAKEN}/zaken", **{BSN: PIET, "einddatum__isnull": "true"})
    afgerond = await results(api, f"{ZAKEN}/zaken", **{BSN: PIET, "einddatum__isnull": "false"})
    assert all(zaak["einddatum"] is None for zaak in lopend)
    assert all(zaak["einddatum"] for zaak in afgerond)
    assert len(lopend) + len(afgerond) == 60


async def test_what_is_above_the_ceiling_is_missing_in_lists_and_forbidden_on_its_own_url(
    api: httpx.AsyncClient,
) -> None:
    omschrijvingen = {zaak["omschrijving"] for zaak in await results(api, f"{ZAKEN}/zaken", **{BSN: ANNA})}
    assert "Claim met onderzoek" not in omschrijvingen
    own = {zaak["url"] for zaak in await results(api, f"{ZAKEN}/zaken", **{BSN: ANNA})}
    rollen = await results(api, f"{ZAKEN}/rollen", betrokkeneIdentificatie__natuurlijkPersoon__inpBsn=ANNA)
    assert {rol["zaak"] for rol in rollen} == own


@pytest.mark.veel_zaken
async def test_zoek_ignores_unknown_keys_and_refuses_an_empty_body(api: httpx.AsyncClient) -> None:
    zoek = f"{ZAKEN}/zaken/_zoek"
    assert (await api.post(zoek, json={BSN: LUCIA})).json()["count"] == 1
    assert (await api.post(zoek, json={"rol__bsn": LUCIA})).json()["count"] > 1000
    assert codes(await api.post(zoek, json={})) == {("nonFieldErrors", "empty_search_body")}
    page = (await api.post(zoek, json={BSN: SUZANNE}, params={"page": "2"})).json()
    assert (await api.post(page["next"], json={BSN: SUZANNE})).json()["count"] == 1200


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ({"pageSize": "10"}, ("nonFieldErrors", "unknown-parameters")),
        (
            {"rol__betrokkeneIdentificatie__nietNatuurlijkPersoon__kvkNummer": "9"},
            ("nonFieldErrors", "unknown-parameters"),
        ),
        ({"expand": "zaaktype, status"}, ("expand", "invalid_choice")),
        ({"expand": "besluiten"}, ("expand", "invalid_choice")),
        ({"ordering": "omschrijving"}, ("ordering", "invalid_choice")),
        ({"startdatum__gte": "gisteren"}, ("startdatum__gte", "invalid")),
        (
            {"maximaleVertrouwelijkheidaanduiding": "geheimpje"},
            ("maximaleVertrouwelijkheidaanduiding", "invalid_choice"),
        ),
    ],
)
async def test_a_query_outside_the_standard_is_refused(
    api: httpx.AsyncClient, params: dict[str, str], fault: tuple[str, str]
) -> None:
    assert codes(await api.get(f"{ZAKEN}/zaken", params=params)) == {fault}


async def test_a_level_that_is_not_named_is_not_expanded(api: httpx.AsyncClient) -> None:
    zaak = await seeded_zaak(api, "Losse stoeptegel Brink")
    deep = (await api.get(zaak["url"], params={"expand": "status.statustype"})).json()
    assert deep["_expand"] == {}
    both = (await api.get(zaak["url"], params={"expand": "status,status.statustype"})).json()
    assert both["_expand"]["status"]["_expand"]["statustype"]["omschrijving"] == "In uitvoering"


async def test_an_unchanged_zaak_answers_304(api: httpx.AsyncClient) -> None:
    zaak = await seeded_zaak(api, "Losse stoeptegel Brink")
    first = await api.get(zaak["url"])
    again = {"If-None-Match": first.headers["ETag"]}
    assert (await api.get(zaak["url"], headers=again)).status_code == 304
    assert (await api.head(zaak["url"])).headers["ETag"] == first.headers["ETag"]
    await set_status(api, zaak, 0)
    assert (await api.get(zaak["url"], headers=again)).status_code == 200


async def test_an_identificatie_is_unique_and_stays(api: httpx.AsyncClient) -> None:
    zaak = await new_zaak(api, identificatie="P26-ABC")
    again = await api.post(f"{ZAKEN}/zaken", json=await zaak_body(api, identificatie="P26-ABC"))
    assert codes(again) == {("identificatie", "identificatie-niet-uniek")}
    changed = await api.patch(zaak["url"], json={"identificatie": "P26-XYZ"})
    assert codes(changed) == {("identificatie", "wijzigen-niet-toegelaten")}


async def test_a_new_zaak_gets_its_defaults_from_the_zaaktype(api: httpx.AsyncClient) -> None:
    zaak = await new_zaak(api, "evenement", startdatum="2026-11-24")
    assert zaak["identificatie"].startswith("DEV-")
    assert zaak["vertrouwelijkheidaanduiding"] == "zaakvertrouwelijk"
    assert (zaak["einddatumGepland"], zaak["uiterlijkeEinddatumAfdoening"]) == ("2027-01-05", "2027-01-19")
    assert zaak["status"] is None


async def test_a_bad_zaak_names_every_fault(api: httpx.AsyncClient) -> None:
    body = {"bronorganisatie": "123456789", "startdatum": "morgen", "omschrijving": "x" * 81}
    assert codes(await api.post(f"{ZAKEN}/zaken", json=body)) == {
        ("bronorganisatie", "invalid"),
        ("verantwoordelijkeOrganisatie", "required"),
        ("startdatum", "invalid"),
        ("omschrijving", "max_length"),
        ("zaaktype", "required"),
    }


async def test_a_concept_zaaktype_cannot_be_used(api: httpx.AsyncClient) -> None:
    concept = (await results(api, "/catalogi/api/v1/zaaktypen", status="concept"))[0]
    body = await zaak_body(api) | {"zaaktype": concept["url"]}
    assert codes(await api.post(f"{ZAKEN}/zaken", json=body)) == {("zaaktype", "not-published")}


async def test_there_is_one_initiator(api: httpx.AsyncClient) -> None:
    zaak = await new_zaak(api)
    assert (await api.post(f"{ZAKEN}/rollen", json=await rol_body(api, zaak))).status_code == 201
    second = await api.post(f"{ZAKEN}/rollen", json=await rol_body(api, zaak, bsn=LUCIA))
    assert codes(second) == {("nonFieldErrors", "max-occurences")}
    other = await rol_body(api, zaak, "belanghebbende", LUCIA)
    assert (await api.post(f"{ZAKEN}/rollen", json=other)).status_code == 201
    wrong = await rol_body(api, zaak, "belanghebbende", "123456789")
    assert codes(await api.post(f"{ZAKEN}/rollen", json=wrong)) == {("betrokkeneIdentificatie.inpBsn", "invalid")}


async def test_a_type_of_another_zaaktype_is_refused(api: httpx.AsyncClient) -> None:
    zaak, other = await new_zaak(api), await new_zaak(api, "klacht")
    roltype = (await of_zaaktype(api, "roltypen", other))[0]
    body = await rol_body(api, zaak) | {"roltype": roltype["url"]}
    assert codes(await api.post(f"{ZAKEN}/rollen", json=body)) == {("roltype", "zaaktype-mismatch")}
    statustype = (await of_zaaktype(api, "statustypen", other))[0]
    body = {"zaak": zaak["url"], "statustype": statustype["url"], "datumStatusGezet": now()}
    assert codes(await api.post(f"{ZAKEN}/statussen", json=body)) == {("statustype", "zaaktype-mismatch")}


async def test_a_status_is_unique_on_its_moment_and_never_in_the_future(api: httpx.AsyncClient) -> None:
    zaak, gezet = await new_zaak(api), now(minutes=5)
    assert (await set_status(api, zaak, 0, gezet)).status_code == 201
    assert codes(await set_status(api, zaak, 0, gezet)) == {("nonFieldErrors", "unique")}
    assert codes(await set_status(api, zaak, 1, now(hours=-1))) == {("datumStatusGezet", "date-in-future")}
    earlier = (await set_status(api, zaak, 1, now(days=1))).json()
    assert earlier["indicatieLaatstGezetteStatus"] is False


async def test_closing_takes_a_resultaat_and_finished_documents(api: httpx.AsyncClient) -> None:
    zaak = await new_zaak(api)
    assert codes(await set_status(api, zaak, -1)) == {("nonFieldErrors", "resultaat-does-not-exist")}
    assert (await set_resultaat(api, zaak)).status_code == 201
    assert codes(await set_resultaat(api, zaak)) == {("zaak", "unique")}
    await link(api, zaak, await new_document(api, indicatieGebruiksrecht=None))
    assert codes(await set_status(api, zaak, -1)) == {("nonFieldErrors", "indicatiegebruiksrecht-unset")}
    locked = await new_zaak(api)
    await set_resultaat(api, locked)
    await link(api, locked, await new_document(api, inhoud=None, bestandsomvang=5))
    assert codes(await set_status(api, locked, -1)) == {("nonFieldErrors", "informatieobject-locked")}


async def test_a_hoofdzaak_waits_for_its_deelzaken(api: httpx.AsyncClient) -> None:
    hoofd = await new_zaak(api, "horeca")
    deel = await new_zaak(api, "alcoholvergunning", hoofdzaak=hoofd["url"])
    assert (await api.get(hoofd["url"])).json()["deelzaken"] == [deel["url"]]
    await set_resultaat(api, hoofd)
    assert codes(await set_status(api, hoofd, -1)) == {("nonFieldErrors", "deelzaken-open")}
    deeper = await zaak_body(api, "alcoholvergunning", hoofdzaak=deel["url"])
    assert codes(await api.post(f"{ZAKEN}/zaken", json=deeper)) == {("hoofdzaak", "deelzaak-als-hoofdzaak")}
    other = await zaak_body(api, "verhuizing", hoofdzaak=hoofd["url"])
    assert codes(await api.post(f"{ZAKEN}/zaken", json=other)) == {("hoofdzaak", "invalid-deelzaaktype")}


async def test_a_closed_zaak_cannot_be_changed(api: httpx.AsyncClient) -> None:
    zaak = await new_zaak(api)
    await set_resultaat(api, zaak)
    assert (await set_status(api, zaak, -1)).status_code == 201
    closed = (await api.get(zaak["url"])).json()
    assert closed["einddatum"] == now()[:10]
    assert closed["archiefactiedatum"] > closed["einddatum"]
    document = await new_document(api)
    eigenschap = (await of_zaaktype(api, "eigenschappen", zaak))[0]
    body = {"zaak": zaak["url"], "eigenschap": eigenschap["url"], "waarde": "x"}
    for response in (
        await api.patch(zaak["url"], json={"toelichting": "x"}),
        await link(api, zaak, document),
        await set_status(api, zaak, 0),
        await api.post(f"{ZAKEN}/rollen", json=await rol_body(api, zaak)),
        await api.post(f"{zaak['url']}/zaakeigenschappen", json=body),
    ):
        assert response.status_code == 403
        assert "gesloten zaak" in response.json()["detail"]


async def test_suspension_is_replaced_as_a_whole_and_cleared_by_null(api: httpx.AsyncClient) -> None:
    zaak = await new_zaak(api)
    stop = {"opschorting": {"indicatie": True, "reden": "Wij wachten op u"}}
    assert (await api.patch(zaak["url"], json=stop)).json()["opschorting"]["indicatie"] is True
    cleared = (await api.patch(zaak["url"], json={"opschorting": None})).json()["opschorting"]
    assert cleared == {"indicatie": False, "eerdereOpschorting": True, "reden": ""}


async def test_a_reserved_number_is_never_handed_out_again(api: httpx.AsyncClient) -> None:
    reserve = {"bronorganisatie": RSIN}
    first = (await api.post(f"{ZAKEN}/zaaknummer_reserveren", json=reserve)).json()["zaaknummer"]
    more = (await api.post(f"{ZAKEN}/zaaknummer_reserveren", json=reserve | {"aantal": 2})).json()
    numbers = {first, *(item["zaaknummer"] for item in more)}
    assert len(numbers) == 3
    assert (await new_zaak(api))["identificatie"] not in numbers
    assert (await new_zaak(api, identificatie=first))["identificatie"] == first


@pytest.mark.parametrize(
    ("header", "value", "status"), [("Content-Crs", None, 412), ("Content-Crs", "EPSG:28992", 406)]
)
async def test_writing_a_zaak_takes_the_crs_headers(
    api: httpx.AsyncClient, header: str, value: str | None, status: int
) -> None:
    body = await zaak_body(api)
    if value is None:
        del api.headers[header]
    else:
        api.headers[header] = value
    assert (await api.post(f"{ZAKEN}/zaken", json=body)).status_code == status


async def test_another_content_type_is_refused(api: httpx.AsyncClient) -> None:
    response = await api.post(f"{ZAKEN}/rollen", content="{}", headers={"Content-Type": "text/plain"})
    assert response.status_code == 415
