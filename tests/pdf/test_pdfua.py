"""Every form as the PDF that a citizen keeps, judged by a validator of PDF/UA-1 that others wrote.

What it judges as an error is one; what it only suspects ("warning") is guessing at drawings, so it counts no further
than the rules it is calibrated on. In no language may a form have a PDF that a screen reader cannot read.
"""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import outloud
import pikepdf
import pytest

from pip_portal.formulieren.registratie import maak_inhoud
from pip_portal.inzendingen.inhoud import Aanvrager, Inhoud
from pip_portal.inzendingen.pdf import maak_pdf
from tests import factories
from tests.formulieren import voorbeelden

pytestmark = pytest.mark.geen_database
FORMULIEREN = voorbeelden.alle_formulieren()
ECHT = [f.formulier for f in FORMULIEREN.alle() if not f.is_verwijzing]
# Of the 91 rules, so many must have looked at a PDF of ours before "no error" says anything.
MINSTENS_GESLAAGD = 10


def inhoud(slug: str) -> Inhoud:
    formulier = FORMULIEREN.get(slug)
    om = voorbeelden.voor(formulier, FORMULIEREN)
    return maak_inhoud(
        voorbeelden.compleet(formulier, om),
        concept_id=str(UUID(int=1)),
        aanvrager=Aanvrager(soort="burger", bsn=factories.ANNA, naam="Anna Jansen"),
        bestanden=(),
        bronnen=FORMULIEREN.bronnen,
        taal="nl",
        ontvangen_op=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    )


def oordeel(pdf: bytes, folder: Path) -> Any:
    bestand = folder / "aanvraag.pdf"
    bestand.write_bytes(pdf)
    gevonden = outloud.check(str(bestand))
    assert gevonden.error is None
    return gevonden


def fouten(gevonden: Any) -> list[str]:
    return [f"{f.rule}: {f.message}" for f in gevonden.sorted_findings() if str(f.severity) == "error"]


@pytest.mark.seed("P7")
@pytest.mark.parametrize("slug", ECHT)
async def test_a_screen_reader_can_read_the_pdf_of_every_form(slug: str, tmp_path: Path) -> None:
    gegeven = inhoud(slug)
    for taal in ("nl", "en"):
        gevonden = oordeel(await maak_pdf(gegeven, taal), tmp_path)
        assert fouten(gevonden) == []
        standen = [regel["status"] for regel in gevonden.criteria["pdfua1"]]
        assert standen.count("pass") >= MINSTENS_GESLAAGD
        assert "fail" not in standen


@pytest.mark.parametrize(
    ("kapot", "regel"),
    [
        (("/StructTreeRoot",), "DOC-002"),
        (("/MarkInfo",), "DOC-001"),
        (("/Lang",), "DOC-013"),
        (("/ViewerPreferences",), "DOC-011"),
        (("/Metadata",), "DOC-012"),
    ],
)
async def test_a_pdf_without_what_a_screen_reader_needs_is_refused(
    kapot: tuple[str, ...], regel: str, tmp_path: Path
) -> None:
    pdf = pikepdf.open(io.BytesIO(await maak_pdf(inhoud("verhuizing-doorgeven"), "nl")))
    for sleutel in kapot:
        del pdf.Root[sleutel]
    uit = io.BytesIO()
    pdf.save(uit)
    assert regel in {zin.partition(":")[0] for zin in fouten(oordeel(uit.getvalue(), tmp_path))}
