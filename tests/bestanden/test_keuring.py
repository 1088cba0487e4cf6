"""What a file really is decides, and what could do harm is refused with what to do."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import ExifTags, Image

from pip_portal.bestanden import keurder, keuring
from pip_portal.bestanden.afgekeurd import Afgekeurd
from pip_portal.bestanden.geweigerd import BestandGeweigerd, opsomming
from pip_portal.bestanden.keurder import Gekeurd, Keurder
from pip_portal.bestanden.kluis import Werkbestand
from pip_portal.bestanden.soorten import BEELDEN, KOP, controleer_kop, soort_van_extensie
from tests.bestanden import voorbeelden

ALLES = ("pdf", "jpg", "png", "docx", "odt")


GEMAAKT: list[Werkbestand] = []


@pytest.fixture(autouse=True)
def everything_is_closed() -> Iterator[None]:
    yield
    while GEMAAKT:
        GEMAAKT.pop().close()


def leeg() -> Werkbestand:
    GEMAAKT.append(Werkbestand.nieuw("proef", None))
    return GEMAAKT[-1]


def werkbestand(inhoud: bytes) -> Werkbestand:
    bestand = leeg()
    bestand.write(inhoud)
    return bestand.klaar()


def keur(inhoud: bytes, extensie: str, **eisen: object) -> Werkbestand | None:
    """What the process does, in this one; the photo that it makes."""
    soort = soort_van_extensie(extensie, ALLES)
    controleer_kop(soort, inhoud[:KOP], ALLES)
    doel = leeg() if soort in BEELDEN else None
    opdracht = {"soort": soort, "locatie_bewaren": False, "verhouding": None, **eisen}
    keuring.keur(opdracht, werkbestand(inhoud), doel)
    return doel


def geweigerd(inhoud: bytes, extensie: str, **eisen: object) -> str:
    """Why it is refused: the word, or before anything looks into it the sentence."""
    with pytest.raises((BestandGeweigerd, Afgekeurd)) as fout:
        keur(inhoud, extensie, **eisen)
    return fout.value.code if isinstance(fout.value, Afgekeurd) else fout.value.zin


async def keur_apart(inhoud: bytes, soort: str, **eisen: object) -> Gekeurd:
    """As the portal does: in a process of its own."""
    velden: dict[str, Any] = {"locatie_bewaren": False, "verhouding": None, **eisen}
    gekeurd = await Keurder(None).keur(werkbestand(inhoud), soort, ALLES, **velden)
    GEMAAKT.append(gekeurd.bestand)
    return gekeurd


@pytest.mark.parametrize(
    ("inhoud", "extensie", "mime"),
    [
        (voorbeelden.pdf(), "pdf", "application/pdf"),
        (voorbeelden.docx(), "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (voorbeelden.odt(), "odt", "application/vnd.oasis.opendocument.text"),
    ],
)
async def test_an_honest_document_is_kept_byte_for_byte(inhoud: bytes, extensie: str, mime: str) -> None:
    gekeurd = await keur_apart(inhoud, extensie)
    assert (gekeurd.mime, gekeurd.extensie) == (mime, extensie)
    gekeurd.bestand.seek(0)
    assert gekeurd.bestand.read() == inhoud


@pytest.mark.parametrize(
    ("inhoud", "extensie"),
    [
        (b"<html><script>alert(1)</script></html>", "pdf"),
        (voorbeelden.foto(), "pdf"),
        (voorbeelden.pdf(), "jpg"),
        (voorbeelden.foto("PNG"), "jpg"),
        (b"MZ" + bytes(100), "png"),
        (b" " + voorbeelden.pdf(), "pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "png"),
    ],
)
def test_a_name_that_says_something_else_is_refused(inhoud: bytes, extensie: str) -> None:
    assert "iets anders dan de naam zegt" in geweigerd(inhoud, extensie)


@pytest.mark.parametrize("extensie", ["exe", "svg", "html", "zip", "docm", "", "pdf.exe", "jpg "])
def test_other_kinds_are_refused_by_name(extensie: str) -> None:
    with pytest.raises(BestandGeweigerd) as fout:
        soort_van_extensie(extensie, ("pdf", "jpg", "png"))
    assert fout.value.zin == "Dit soort bestand kunnen wij niet lezen. Stuur een pdf, jpg of png."


def test_a_list_reads_as_dutch() -> None:
    assert opsomming(("pdf",)) == "pdf"
    assert opsomming(("pdf", "png")) == "pdf of png"


# ---- pdf -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "aanvulling",
    [
        {"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))},
        {"/Names": pikepdf.Dictionary(JavaScript=pikepdf.Dictionary())},
        {"/Names": pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary())},
        {"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.Launch)},
        {"/AcroForm": pikepdf.Dictionary(XFA=pikepdf.Array())},
        {"/AA": pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name("/GoTo"), Next=pikepdf.Array([
            pikepdf.Dictionary(S=pikepdf.Name.SubmitForm)])))},
    ],
)  # fmt: skip
def test_a_pdf_that_does_something_is_refused(aanvulling: dict[str, object]) -> None:
    assert geweigerd(voorbeelden.pdf(aanvulling), "pdf") == "actief"


def test_a_pdf_with_a_link_is_fine() -> None:
    keur(voorbeelden.pdf({"/A": pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://x"))}), "pdf")


def test_a_locked_pdf_is_refused() -> None:
    assert geweigerd(voorbeelden.pdf(wachtwoord="geheim"), "pdf") == "beveiligd"


@pytest.mark.parametrize(
    "inhoud", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\0" * 200_000, b"%PDF-1.4\ntrailer<</Root 1 0 R>>"]
)
def test_a_broken_pdf_is_refused(inhoud: bytes) -> None:
    assert geweigerd(inhoud, "pdf") == "onleesbaar"


def test_a_deep_pdf_is_refused() -> None:
    diep = b"[" * 400 + b"]" * 400
    inhoud = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X " + diep + b">>\nendobj\n"
    inhoud += b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n"
    assert geweigerd(inhoud + b"trailer\n<</Root 1 0 R/Size 4>>\n%%EOF", "pdf") == "onleesbaar"


# ---- docx, odt -----------------------------------------------------------------------------------------


def relaties(soort: str) -> bytes:
    """A part of a docx that points outside it."""
    relatie = f'<Relationship Id="a" Type="http://x/{soort}" Target="http://elders" TargetMode="External"/>'
    return f"<Relationships>{relatie}</Relationships>".encode()


@pytest.mark.parametrize(
    "inhoud",
    [
        voorbeelden.docx({"word/vbaProject.bin": b"x"}),
        voorbeelden.docx({"word/embeddings/oleObject1.bin": b"x"}),
        voorbeelden.docx({"word/_rels/settings.xml.rels": relaties("attachedTemplate")}),
        voorbeelden.docx(soorten=voorbeelden.DOCX_SOORTEN.replace(b"document.main", b"document.macroEnabled.main")),
    ],
)
def test_a_docx_with_macros_or_foreign_parts_is_refused(inhoud: bytes) -> None:
    assert geweigerd(inhoud, "docx") == "actief"


SJABLOON = b'Type="http://x/attachedTemplate" Target="http://elders" TargetMode="External"/></Relationships>'


@pytest.mark.parametrize(
    "relaties_",
    [
        b"<Relationships><Relationship\n" + SJABLOON,
        b'<r:Relationships xmlns:r="x"><r:Relationship ' + SJABLOON.replace(b"</", b"</r:"),
        b"<Relationships><Relationship " + SJABLOON.replace(b"External", b"&#69;xternal"),
        b"<Relationships><Relationship a='/hyperlink' " + SJABLOON,
        (b"<Relationships><Relationship " + SJABLOON).decode().encode("utf-16"),
    ],
)
def test_a_template_from_elsewhere_is_found_however_it_is_written(relaties_: bytes) -> None:
    assert geweigerd(voorbeelden.docx({"word/_rels/settings.xml.rels": relaties_}), "docx") == "actief"


def test_macros_under_another_name_are_found() -> None:
    soort = b'<Override PartName="/word/x.xml" ContentType="application/vnd.ms-office.vba&#80;roject"/></Types>'
    anders = voorbeelden.DOCX_SOORTEN.replace(b"</Types>", soort)
    assert geweigerd(voorbeelden.docx({"word/x.xml": b"x"}, soorten=anders), "docx") == "actief"
    verstopt = b"<Types><!-- wordprocessingml.document.main+xml --></Types>"
    assert geweigerd(voorbeelden.docx(soorten=verstopt), "docx") == "onleesbaar"


def test_a_docx_whose_parts_cannot_be_read_in_one_way_is_refused() -> None:
    """What one program reads is not what another does: two parts of one name, or a document type of its own."""
    with pytest.warns(UserWarning, match="Duplicate"):
        dubbel = voorbeelden.docx_van(("word/a.xml", b"<a/>"), ("word/a.xml", b"<b/>"))
    assert geweigerd(dubbel, "docx") == "onleesbaar"
    bom = b'<!DOCTYPE x [<!ENTITY a "b">]><Relationships>&a;</Relationships>'
    assert geweigerd(voorbeelden.docx({"word/_rels/settings.xml.rels": bom}), "docx") == "onleesbaar"


def test_a_docx_with_a_link_is_fine() -> None:
    keur(voorbeelden.docx({"word/_rels/document.xml.rels": relaties("hyperlink")}), "docx")


def test_an_odt_with_macros_or_a_lock_is_refused() -> None:
    assert geweigerd(voorbeelden.odt({"Basic/Standard/Module1.xml": b"x"}), "odt") == "actief"
    assert geweigerd(voorbeelden.odt(manifest=b"<m:manifest><m:encryption-data/></m:manifest>"), "odt") == "beveiligd"


def test_another_zip_or_an_office_file_with_a_password_is_refused() -> None:
    assert geweigerd(voorbeelden.odt(), "docx")
    assert "wachtwoord" in geweigerd(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "docx")


def test_a_zip_that_grows_without_end_is_refused() -> None:
    assert geweigerd(voorbeelden.docx({f"word/{n}.xml": b"" for n in range(2_100)}), "docx") == "onleesbaar"


# ---- photos --------------------------------------------------------------------------------------------


def beeld_van(doel: Werkbestand | None) -> Image.Image:
    assert doel is not None
    doel.seek(0)
    return Image.open(io.BytesIO(doel.read() or b""))


@pytest.mark.parametrize("formaat", ["JPEG", "PNG"])
def test_a_photo_keeps_nothing_but_the_picture(formaat: str) -> None:
    extensie = "jpg" if formaat == "JPEG" else "png"
    beeld = beeld_van(keur(voorbeelden.foto(formaat, gps=True), extensie))
    assert not beeld.getexif()
    assert beeld.size == (40, 30)


def test_the_place_stays_where_a_report_asks_for_it_and_nothing_else() -> None:
    beeld = beeld_van(keur(voorbeelden.foto(gps=True), "jpg", locatie_bewaren=True))
    exif = beeld.getexif()
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[2] == (52.0, 15.0, 6.0)
    assert ExifTags.Base.Model not in exif


def test_a_photo_that_lies_on_its_side_is_put_upright() -> None:
    assert beeld_van(keur(voorbeelden.foto(orientatie=6), "jpg")).size == (30, 40)


async def test_a_heic_of_a_phone_becomes_a_jpg() -> None:
    gekeurd = await keur_apart(voorbeelden.foto("HEIF", (64, 64), gps=True), "heic")
    assert (gekeurd.extensie, gekeurd.mime) == ("jpg", "image/jpeg")
    assert beeld_van(gekeurd.bestand).format == "JPEG"
    inhoud = gekeurd.bestand.kop(gekeurd.bestand.grootte)
    assert gekeurd.bestand.sha256 == hashlib.sha256(inhoud).hexdigest()


@pytest.mark.parametrize("modus", ["L", "P", "RGBA", "1", "LA"])
def test_every_way_to_store_a_png_is_read(modus: str) -> None:
    buffer = io.BytesIO()
    Image.new(modus, (10, 10)).save(buffer, "PNG")
    assert beeld_van(keur(buffer.getvalue(), "png")).size == (10, 10)


def test_a_picture_that_unpacks_to_too_much_is_refused_unread() -> None:
    buffer = io.BytesIO()
    Image.new("1", (8_000, 7_000)).save(buffer, "PNG")
    assert geweigerd(buffer.getvalue(), "png") == "foto_te_groot"
    buffer = io.BytesIO()
    Image.new("1", (11_000, 11_000)).save(buffer, "PNG")
    assert geweigerd(buffer.getvalue(), "png") == "foto_te_groot"


def test_a_broken_photo_is_refused() -> None:
    assert geweigerd(voorbeelden.foto()[:200], "jpg") == "foto_onleesbaar"


@pytest.mark.parametrize(("maat", "goed"), [((350, 450), True), ((360, 450), True), ((450, 350), False)])
def test_a_passport_photo_must_have_the_right_ratio(maat: tuple[int, int], goed: bool) -> None:
    if goed:
        keur(voorbeelden.foto(maat=maat), "jpg", verhouding=(35, 45))
    else:
        assert geweigerd(voorbeelden.foto(maat=maat), "jpg", verhouding=(35, 45)) == "verhouding"


# ---- the process ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inhoud", "soort", "zin"),
    [
        (voorbeelden.foto(), "jpg", "De foto heeft niet de goede verhouding. Maak een foto van 35 bij 45 millimeter."),
        (voorbeelden.pdf_met_script(), "pdf", "In dit bestand zitten scripts of andere bestanden."),
        (b"%PDF-1.7\n" + bytes(200_000), "pdf", "Wij kunnen dit bestand niet openen."),
    ],
)
async def test_the_verdict_comes_back_in_words(inhoud: bytes, soort: str, zin: str) -> None:
    with pytest.raises(BestandGeweigerd) as fout:
        await keur_apart(inhoud, soort, verhouding=(35, 45))
    assert fout.value.zin.startswith(zin)


async def test_what_eats_time_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keurder, "WACHT", 0.01)
    with pytest.raises(BestandGeweigerd):
        await keur_apart(voorbeelden.pdf(), "pdf")


async def test_a_process_that_breaks_means_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keurder, "PROGRAMMA", "pip_portal.bestaat_niet")
    with pytest.raises(BestandGeweigerd) as fout:
        await keur_apart(voorbeelden.pdf(), "pdf")
    assert "niet openen" in fout.value.zin


async def test_a_large_photo_goes_through_whole_and_is_never_plain() -> None:
    """More than one block, and noise, so that nothing can be skipped."""
    ruis = Image.frombytes("RGB", (600, 400), voorbeelden.ruis(720_000))
    buffer = io.BytesIO()
    ruis.save(buffer, "PNG")
    gekeurd = await keur_apart(buffer.getvalue(), "png")
    assert beeld_van(gekeurd.bestand).tobytes() == ruis.tobytes()
    assert b"IDAT" not in gekeurd.bestand.versleuteld.read()


# ---- the working file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("grootte", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_working_file_reads_back_anywhere(grootte: int, tmp_path: Path) -> None:
    inhoud = bytes(n % 251 for n in range(grootte))
    with Werkbestand.nieuw("a", tmp_path) as bestand:
        bestand.write(inhoud[:70_000])
        bestand.write(inhoud[70_000:])
        bestand.klaar()
        assert bestand.read() == inhoud
        bestand.seek(max(0, grootte // 2 - 70_000))
        assert bestand.read(140_000) == inhoud[max(0, grootte // 2 - 70_000) :][:140_000]
        bestand.seek(-min(10, grootte), io.SEEK_END)
        assert bestand.read() == inhoud[-10:] if grootte else True
        # A few bytes may well stand in the cipher text by chance; fifty in a row never do.
        assert grootte < 50 or inhoud[:50] not in bestand.versleuteld.read()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.seed("N10")
@pytest.mark.parametrize(
    ("stderr", "reden"),
    [
        (b"Traceback\n  File x\nMemoryError\n", "MemoryError"),
        (b"pikepdf._core.PdfError: object 3: Jansen\n", "pikepdf._core.PdfError"),
        (b"ValueError: eerste regel\nA. Jansen, Brink 45\n", "onbekend"),
        (b"ValueError: eerste regel\nJansen\n", "onbekend"),
        (b"", "onbekend"),
    ],
)
def test_the_log_gets_the_kind_of_a_fault_and_nothing_of_the_file(stderr: bytes, reden: str) -> None:
    assert keurder.soort_fout(stderr) == reden
