"""The example data: every state that the portal must be able to show, and letters that open."""

import re

import httpx
import pytest

from reference_backoffice import pdf
from tests.reference_backoffice.conftest import ANNA, BSN, CATALOGI, MEHMET, ZAKEN, Json, results, seeded_zaak


def check_pdf(content: bytes) -> None:
    """The table at the end leads to every object, which is what a reader starts from."""
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert content[start : start + 4] == b"xref"
    offsets = [int(line) for line in re.findall(rb"(\d{10}) 00000 n", content[start:])]
    assert offsets
    for nummer, offset in enumerate(offsets, start=1):
        assert content[offset:].startswith(b"%d 0 obj" % nummer)


def test_a_letter_is_a_pdf_with_its_text() -> None:
    letter = pdf.letter("Besluit (op uw aanvraag)", ["U krijgt de vergunning voor € 64,80."])
    check_pdf(letter)
    assert rb"Besluit \(op uw aanvraag\)" in letter


@pytest.mark.parametrize("omvang", [10_000, 999_999, 1_234_567])
def test_a_large_file_has_its_exact_size(omvang: int) -> None:
    content = b"".join(pdf.large("Tekening", omvang))
    assert len(content) == omvang
    check_pdf(content)


async def labels(api: httpx.AsyncClient, zaak: Json) -> list[str]:
    """The steps that were set, oldest first."""
    typen = {data["url"]: data for data in await results(api, f"{CATALOGI}/statustypen", zaaktype=zaak["zaaktype"])}
    gezet = await results(api, f"{ZAKEN}/statussen", zaak=zaak["url"])
    gezet.sort(key=lambda status: str(status["datumStatusGezet"]))
    assert [status["indicatieLaatstGezetteStatus"] for status in gezet] == [False] * (len(gezet) - 1) + [True]
    return [typen[status["statustype"]]["omschrijving"] for status in gezet]


async def test_every_state_occurs(api: httpx.AsyncClient) -> None:
    waiting = await seeded_zaak(api, "Tweede parkeervergunning zone B")
    assert waiting["opschorting"]["indicatie"]
    assert (await labels(api, waiting))[-1] == "Wij missen nog iets"
    assert (await seeded_zaak(api, "Bezwaar tegen WOZ-waarde"))["verlenging"]["duur"] == "P42D"
    assert (await seeded_zaak(api, "Straatfeest Brink"))["status"] is None
    assert await labels(api, await seeded_zaak(api, "Paspoort aanvragen")) == ["Afspraak gepland", "Gestopt", "Klaar"]
    assert await labels(api, await seeded_zaak(api, "Verhuizing naar Brink 45-B")) == ["Klaar"]
    back = await seeded_zaak(api, "Container tijdens de verbouwing", MEHMET)
    assert await labels(api, back) == ["Ontvangen", "In behandeling", "Ontvangen", "In behandeling"]
    assert back["hoofdzaak"]
    skipped = await seeded_zaak(api, "Kapotte lantaarnpaal Rielerweg", MEHMET)
    assert await labels(api, skipped) == ["Ontvangen", "Klaar"]


async def test_an_intern_zaaktype_is_there_to_be_left_out(api: httpx.AsyncClient) -> None:
    zaken = await results(api, f"{ZAKEN}/zaken", **{BSN: ANNA, "expand": "zaaktype"})
    assert "intern" in {zaak["_expand"]["zaaktype"]["indicatieInternOfExtern"] for zaak in zaken}


async def test_a_closed_zaak_has_a_resultaat_and_nothing_is_dated_in_the_future(api: httpx.AsyncClient) -> None:
    zaken = await results(api, f"{ZAKEN}/zaken", **{"einddatum__isnull": "false"})
    assert all(zaak["resultaat"] and zaak["archiefactiedatum"] for zaak in zaken)
    future = await api.get(f"{ZAKEN}/zaken", params={"startdatum__gt": "2099-01-01"})
    assert future.json()["count"] == 0
