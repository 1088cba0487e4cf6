"""The submission as PDF: everything that was answered is in it, and everybody can read it.

The expected texts lie beside this file; PIP_GOLDEN=1 writes them anew, and the difference is for the review.
"""

import io
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest

from pip_portal.inzendingen.inhoud import (
    Aanvrager,
    Antwoord,
    Bedragregel,
    Betaling,
    Bijlage,
    Blok,
    Inhoud,
    Tweetalig,
)
from pip_portal.inzendingen.pdf import maak_pdf, schoon
from pip_portal.taal import Taal
from tests import factories
from tests.pdf.lezer import gemerkt, structuur

pytestmark = pytest.mark.geen_database
HIER = Path(__file__).parent


def tekst(nl: str, en: str | None = None) -> Tweetalig:
    return Tweetalig(nl=nl, en=en or nl)


def antwoord(vraag: Tweetalig, *regels: Tweetalig, bron: str = "") -> Antwoord:
    return Antwoord(veld="v", vraag=vraag, tekst=regels, bron=bron)


VERHUIZING = Blok(
    kop=tekst("Uw verhuizing", "Your move"),
    antwoorden=(
        antwoord(
            tekst("Op welke datum verhuist u?", "On what date do you move?"), tekst("5 januari 2027", "5 January 2027")
        ),
        antwoord(tekst("Wie verhuizen er mee?", "Who moves with you?"), tekst("Ünal Jansen"), tekst("Zoë Jansen")),
        antwoord(tekst("Uw adres nu", "Your address now"), tekst("Brink 45\n7411 BX Deventer"), bron="BRP"),
    ),
)


def inhoud(**anders: object) -> Inhoud:
    velden: dict[str, object] = {
        "nummer": "P26-ABCDE12345",
        "formulier": "verhuizing-doorgeven",
        "versie": 1,
        "taal": "nl",
        "product": tekst("Verhuizing doorgeven", "Report a change of address"),
        "aanvrager": Aanvrager(soort="burger", bsn=factories.ANNA, naam="Anna Jansen"),
        "blokken": (VERHUIZING,),
        "bijlagen": (
            Bijlage(
                id="1",
                veld="bewijs",
                naam="huurcontract.pdf",
                soort="application/pdf",
                grootte=1_234_567,
                sha256="0123456789abcdef" * 4,
                informatieobjecttype="Bewijs van bewoning",
            ),
        ),
        "betaling": Betaling(
            cent=85_150,
            moment="achteraf",
            regels=(
                Bedragregel(tekst=tekst("Evenement klasse B", "Event class B"), cent=61_000, vanaf=date(2026, 1, 1)),
                Bedragregel(tekst=tekst("210 m² aan objecten", "210 m² of objects"), cent=24_150),
            ),
        ),
        "verklaring": tekst("Ik heb alles naar waarheid ingevuld.", "I have answered all questions truthfully."),
        "ontvangen_op": datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    }
    return Inhoud.model_validate(velden | anders)


async def pdf_van(inhoud: Inhoud, taal: Taal = "nl") -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(await maak_pdf(inhoud, taal)))


@pytest.mark.seed("P7")
@pytest.mark.parametrize("taal", ["nl", "en"])
async def test_the_pdf_reads_as_it_was_sent(taal: Taal) -> None:
    gelezen = "\n".join(structuur(await pdf_van(inhoud(), taal))) + "\n"
    bestand = HIER / f"verhuizing_{taal}.txt"
    if os.environ.get("PIP_GOLDEN"):
        bestand.write_text(gelezen)
    assert gelezen == bestand.read_text()


@pytest.mark.parametrize("taal", ["nl", "en"])
async def test_it_is_what_pdf_ua_asks(taal: Taal) -> None:
    """The marks of ISO 14289-1 §5, §7.1, §7.2, §7.3, §7.18.3, §7.21.4 and ISO 19005-2, by another library."""
    pdf = await pdf_van(inhoud(blokken=(VERHUIZING,) * 12), taal)
    wortel = pdf.Root
    assert len(pdf.pages) > 1
    with pdf.open_metadata() as gegevens:
        assert gegevens["pdfuaid:part"] == "1"
        assert (gegevens["pdfaid:part"], gegevens["pdfaid:conformance"]) == ("2", "A")
        assert inhoud().product.in_taal(taal) in gegevens["dc:title"]
        assert "P26-ABCDE12345" in gegevens["pdf:Keywords"]
    assert str(wortel.Lang) == {"nl": "nl-NL", "en": "en-GB"}[taal]
    assert bool(wortel.ViewerPreferences.DisplayDocTitle)
    assert bool(wortel.MarkInfo.Marked)
    assert not wortel.MarkInfo.get("/Suspects", False)
    regels = structuur(pdf)
    rollen = [regel.strip().split(":")[0] for regel in regels]
    assert rollen[0] == "Document"
    assert rollen.count("H1") == 1
    assert rollen.count("H2") == 12 + 3
    assert "Figure" not in rollen
    assert rollen.count("TH") == 3 + 2
    for bladzijde in pdf.pages:
        assert bladzijde.Tabs == "/S"
        assert gemerkt(bladzijde)
        for font in bladzijde.Resources.Font.values():
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor
            assert "/ToUnicode" in font


async def test_the_number_of_a_person_is_never_whole() -> None:
    gelezen = "\n".join(structuur(await pdf_van(inhoud())))
    assert "BSN •••••1012" in gelezen
    assert factories.ANNA not in gelezen
    bedrijf = Aanvrager(soort="bedrijf", kvk_nummer=factories.BAKKERIJ, naam="Bakkerij", vestiging="000012345678")
    gelezen = "\n".join(structuur(await pdf_van(inhoud(aanvrager=bedrijf))))
    assert "KVK-nummer 90000110" in gelezen
    gelezen = "\n".join(structuur(await pdf_van(inhoud(aanvrager=Aanvrager(soort="anoniem")))))
    assert "Iemand die niet is ingelogd" in gelezen


VIJANDIG = (
    '#import "x": y',
    "= kop *vet* _schuin_ $x^2$ `code` <label> @verwijzing // commentaar /* */ \\ #{panic()}",
    "<script>alert(1)</script> {{ 7 * 7 }} %s",
    "שלום עולם",
    "\u202egnp.exe\u202c a\u0000b\ufeff",
    "👩‍💻 中文 e\u0301",
    "x" * 4_000,
)


@pytest.mark.parametrize("kwaad", VIJANDIG)
async def test_an_answer_is_text_whatever_it_holds(kwaad: str) -> None:
    blok = Blok(kop=tekst(kwaad), antwoorden=(antwoord(tekst("Vraag"), tekst(kwaad)),))
    pdf = await pdf_van(inhoud(product=tekst(kwaad[:80]), blokken=(blok,)))
    verwacht = "".join(schoon(kwaad).replace("\u200b", "").split())
    gelezen = ["".join(regel.split()) for regel in structuur(pdf)]
    letters = sorted(verwacht)  # a line from right to left is stored mirrored
    for begin in ("H2:", "P:"):
        assert letters in [sorted(regel.removeprefix(begin)) for regel in gelezen if regel.startswith(begin)]


def test_what_no_letter_shows_is_told_by_its_name() -> None:
    assert schoon("a👩‍💻b") == "a[woman][personal computer]b"
    assert schoon("\u202eab\u0000c\n") == "abc "
    assert schoon(["e\u0301", {"x": 1, "y": "中"}]) == ["é", {"x": 1, "y": "[cjk unified ideograph-4e2d]"}]


async def test_the_same_submission_gives_the_same_bytes() -> None:
    assert await maak_pdf(inhoud(), "nl") == await maak_pdf(inhoud(), "nl")


async def test_without_files_or_a_price_there_is_no_empty_heading() -> None:
    gelezen = structuur(await pdf_van(inhoud(bijlagen=(), betaling=None, verklaring=None)))
    assert [regel.strip() for regel in gelezen if "H2" in regel] == ["H2: Uw verhuizing"]
