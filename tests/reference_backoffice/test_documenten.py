"""Documents: creating, uploading in parts, locking, downloading."""

import httpx

from tests.reference_backoffice.conftest import (
    DOCUMENTEN,
    MEHMET,
    ZAKEN,
    codes,
    document_body,
    headers,
    link,
    new_document,
    new_zaak,
    seeded_zaak,
)

URL = f"{DOCUMENTEN}/enkelvoudiginformatieobjecten"


async def test_what_was_sent_comes_back(api: httpx.AsyncClient) -> None:
    document = await new_document(api, identificatie="P26-DOC-1")
    assert document["vertrouwelijkheidaanduiding"] == "beperkt_openbaar"
    download = await api.get(document["inhoud"])
    assert download.content == b"hallo"
    assert download.headers["content-type"] == "application/octet-stream"
    found = (await api.get(URL, params={"identificatie": "P26-DOC-1"})).json()
    assert found["count"] == 1
    again = await api.post(URL, json=await document_body(api, identificatie="P26-DOC-1"))
    assert codes(again) == {("identificatie", "identificatie-niet-uniek")}


async def test_a_bad_document_names_its_faults(api: httpx.AsyncClient) -> None:
    body = await document_body(
        api,
        bestandsomvang=6,
        taal="nl",
        status="in_bewerking",
        ontvangstdatum="2026-11-24",
        indicatieGebruiksrecht=True,
    )
    assert codes(await api.post(URL, json=body)) == {
        ("inhoud", "file-size"),
        ("taal", "min_length"),
        ("status", "invalid_for_received"),
        ("indicatieGebruiksrecht", "missing-gebruiksrechten"),
    }


async def test_a_large_file_comes_in_parts_and_is_whole_after_unlock(api: httpx.AsyncClient) -> None:
    content = b"0123456789abcdefghijXYZ"
    document = await new_document(api, inhoud=None, bestandsomvang=len(content))
    lock, delen = document["lock"], document["bestandsdelen"]
    assert [deel["omvang"] for deel in delen] == [10, 10, 3]
    assert (await api.get(document["url"])).json()["locked"] is True
    assert codes(await api.post(f"{document['url']}/unlock", json={"lock": lock})) == {
        ("nonFieldErrors", "incomplete-upload")
    }
    wrong = await api.put(delen[0]["url"], data={"lock": lock}, files={"inhoud": b"kort"})
    assert codes(wrong) == {("nonFieldErrors", "file-size")}
    for nummer, deel in enumerate(delen):
        part = content[nummer * 10 : nummer * 10 + 10]
        sent = await api.put(deel["url"], data={"lock": lock}, files={"inhoud": part})
        assert sent.json()["voltooid"] is True
    assert (await api.post(f"{document['url']}/unlock", json={"lock": lock})).status_code == 204
    assert (await api.get(f"{document['url']}/download")).content == content


async def test_a_change_takes_a_lock_and_makes_a_new_version(api: httpx.AsyncClient) -> None:
    document = await new_document(api, status="in_bewerking")
    change = {"titel": "Nieuwe titel"}
    assert codes(await api.patch(document["url"], json=change)) == {("nonFieldErrors", "unlocked")}
    lock = (await api.post(f"{document['url']}/lock", json={})).json()["lock"]
    assert codes(await api.post(f"{document['url']}/lock", json={})) == {("nonFieldErrors", "existing-lock")}
    assert codes(await api.patch(document["url"], json=change)) == {("lock", "missing-lock-id")}
    wrong = change | {"lock": "x"}
    assert codes(await api.patch(document["url"], json=wrong)) == {("nonFieldErrors", "incorrect-lock-id")}
    changed = (await api.patch(document["url"], json=change | {"lock": lock, "status": "definitief"})).json()
    assert (changed["versie"], changed["titel"]) == (2, "Nieuwe titel")
    assert (await api.get(changed["inhoud"])).content == b"hallo"
    assert (await api.get(document["url"], params={"versie": "1"})).json()["titel"] == "Foto"
    assert (await api.patch(document["url"], json=change | {"lock": lock})).status_code == 403


async def test_a_document_is_linked_once(api: httpx.AsyncClient) -> None:
    zaak, document = await new_zaak(api), await new_document(api)
    assert (await link(api, zaak, document)).status_code == 201
    assert codes(await link(api, zaak, document)) == {("nonFieldErrors", "unique")}
    pair = {"zaak": zaak["url"], "informatieobject": document["url"]}
    assert len((await api.get(f"{ZAKEN}/zaakinformatieobjecten", params=pair)).json()) == 1


async def test_a_document_above_the_ceiling_does_not_exist(api: httpx.AsyncClient) -> None:
    document = await new_document(api)
    for path in (document["url"], f"{document['url']}/download"):
        assert (await api.get(path, headers=headers("pip-streng"))).status_code == 404


async def test_a_download_is_not_json(api: httpx.AsyncClient) -> None:
    document = await new_document(api)
    refused = await api.get(document["inhoud"], headers={"Accept": "application/json"})
    assert refused.status_code == 406


async def test_the_very_large_file_is_made_while_it_is_sent(api: httpx.AsyncClient) -> None:
    zaak = await seeded_zaak(api, "Kappen van een esdoorn en verbouwing", MEHMET)
    pairs = (await api.get(f"{ZAKEN}/zaakinformatieobjecten", params={"zaak": zaak["url"]})).json()
    url = next(pair["informatieobject"] for pair in pairs if pair["titel"] == "Tekeningen verbouwing")
    size = 0
    async with api.stream("GET", f"{url}/download") as response:
        assert response.headers["content-length"] == str(200 * 1024 * 1024)
        async for chunk in response.aiter_raw():
            size += len(chunk)
    assert size == 200 * 1024 * 1024
