"""What a file really is decides, and what could do harm is refused with what to do."""

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import ExifTags, Image

from pip_portal.bestanden.beelden import Beeldeisen
from pip_portal.bestanden.geweigerd import BestandGeweigerd, opsomming
from pip_portal.bestanden.keuring import Gekeurd, keur, soort_van_extensie
from pip_portal.bestanden.kluis import Werkbestand
from tests.bestanden import voorbeelden

ALLES = ("pdf", "jpg", "png", "docx", "odt")


def keur_bytes(inhoud: bytes, extensie: str, eisen: Beeldeisen | None = None) -> Gekeurd:
    bestand = Werkbestand("proef", None)
    bestand.write(inhoud)
    soort = soort_van_extensie(extensie, ALLES)
    return keur(bestand.klaar(), soort, ALLES, eisen or Beeldeisen(), None)


def geweigerd(inhoud: bytes, extensie: str, eisen: Beeldeisen | None = None) -> str:
    with pytest.raises(BestandGeweigerd) as fout:
        keur_bytes(inhoud, extensie, eisen)
    return fout.value.zin


@pytest.mark.parametrize(
    ("inhoud", "extensie", "mime"),
    [
        (voorbeelden.pdf(), "pdf", "application/pdf"),
        (voorbeelden.docx(), "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (voorbeelden.odt(), "odt", "application/vnd.oasis.opendocument.text"),
    ],
)
def test_an_honest_document_is_kept_byte_for_byte(inhoud: bytes, extensie: str, mime: str) -> None:
    gekeurd = keur_bytes(inhoud, extensie)
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
    assert "scripts of andere bestanden" in geweigerd(voorbeelden.pdf(aanvulling), "pdf")


def test_a_pdf_with_a_link_is_fine() -> None:
    keur_bytes(voorbeelden.pdf({"/A": pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://x"))}), "pdf")


def test_a_locked_pdf_is_refused() -> None:
    assert "beveiligd met een wachtwoord" in geweigerd(voorbeelden.pdf(wachtwoord="geheim"), "pdf")


@pytest.mark.parametrize(
    "inhoud", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\0" * 200_000, b"%PDF-1.4\ntrailer<</Root 1 0 R>>"]
)
def test_a_broken_pdf_is_refused(inhoud: bytes) -> None:
    assert "niet openen" in geweigerd(inhoud, "pdf")


def test_a_deep_pdf_is_refused() -> None:
    diep = b"[" * 400 + b"]" * 400
    inhoud = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X " + diep + b">>\nendobj\n"
    inhoud += b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n"
    assert "niet openen" in geweigerd(inhoud + b"trailer\n<</Root 1 0 R/Size 4>>\n%%EOF", "pdf")


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
        voorbeelden.docx(soorten=voorbeelden.DOCX_SOORTEN + b"macroEnabled"),
    ],
)
def test_a_docx_with_macros_or_foreign_parts_is_refused(inhoud: bytes) -> None:
    assert "scripts of andere bestanden" in geweigerd(inhoud, "docx")


def test_a_docx_with_a_link_is_fine() -> None:
    keur_bytes(voorbeelden.docx({"word/_rels/document.xml.rels": relaties("hyperlink")}), "docx")


def test_an_odt_with_macros_or_a_lock_is_refused() -> None:
    assert "scripts" in geweigerd(voorbeelden.odt({"Basic/Standard/Module1.xml": b"x"}), "odt")
    assert "wachtwoord" in geweigerd(voorbeelden.odt(manifest=b"<m:encryption-data/>"), "odt")


def test_another_zip_or_an_office_file_with_a_password_is_refused() -> None:
    assert geweigerd(voorbeelden.odt(), "docx")
    assert "wachtwoord" in geweigerd(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "docx")


def test_a_zip_that_grows_without_end_is_refused() -> None:
    assert "niet openen" in geweigerd(voorbeelden.docx({f"word/{n}.xml": b"" for n in range(2_100)}), "docx")


# ---- photos --------------------------------------------------------------------------------------------


def beeld_van(gekeurd: Gekeurd) -> Image.Image:
    gekeurd.bestand.seek(0)
    return Image.open(io.BytesIO(gekeurd.bestand.read() or b""))


@pytest.mark.parametrize("formaat", ["JPEG", "PNG"])
def test_a_photo_keeps_nothing_but_the_picture(formaat: str) -> None:
    extensie = "jpg" if formaat == "JPEG" else "png"
    beeld = beeld_van(keur_bytes(voorbeelden.foto(formaat, gps=True), extensie))
    assert not beeld.getexif()
    assert beeld.size == (40, 30)


def test_the_place_stays_where_a_report_asks_for_it_and_nothing_else() -> None:
    beeld = beeld_van(keur_bytes(voorbeelden.foto(gps=True), "jpg", Beeldeisen(locatie_bewaren=True)))
    exif = beeld.getexif()
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[2] == (52.0, 15.0, 6.0)
    assert ExifTags.Base.Model not in exif


def test_a_photo_that_lies_on_its_side_is_put_upright() -> None:
    assert beeld_van(keur_bytes(voorbeelden.foto(orientatie=6), "jpg")).size == (30, 40)


def test_a_heic_of_a_phone_becomes_a_jpg() -> None:
    gekeurd = keur_bytes(voorbeelden.foto("HEIF", (64, 64), gps=True), "heic")
    assert (gekeurd.extensie, gekeurd.mime) == ("jpg", "image/jpeg")
    assert beeld_van(gekeurd).format == "JPEG"


@pytest.mark.parametrize("modus", ["L", "P", "RGBA", "1", "LA"])
def test_every_way_to_store_a_png_is_read(modus: str) -> None:
    buffer = io.BytesIO()
    Image.new(modus, (10, 10)).save(buffer, "PNG")
    assert beeld_van(keur_bytes(buffer.getvalue(), "png")).size == (10, 10)


def test_a_picture_that_unpacks_to_too_much_is_refused_unread() -> None:
    buffer = io.BytesIO()
    Image.new("1", (8_000, 7_000)).save(buffer, "PNG")
    assert "50 megapixel" in geweigerd(buffer.getvalue(), "png")
    buffer = io.BytesIO()
    Image.new("1", (11_000, 11_000)).save(buffer, "PNG")
    assert "50 megapixel" in geweigerd(buffer.getvalue(), "png")


def test_a_broken_photo_is_refused() -> None:
    assert "niet openen" in geweigerd(voorbeelden.foto()[:200], "jpg")


@pytest.mark.parametrize(("maat", "goed"), [((350, 450), True), ((360, 450), True), ((450, 350), False)])
def test_a_passport_photo_must_have_the_right_ratio(maat: tuple[int, int], goed: bool) -> None:
    eisen = Beeldeisen(verhouding=(35, 45))
    if goed:
        keur_bytes(voorbeelden.foto(maat=maat), "jpg", eisen)
    else:
        assert geweigerd(voorbeelden.foto(maat=maat), "jpg", eisen) == (
            "De foto heeft niet de goede verhouding. Maak een foto van 35 bij 45 millimeter."
        )


# ---- the working file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("grootte", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_working_file_reads_back_anywhere(grootte: int, tmp_path: Path) -> None:
    inhoud = bytes(n % 251 for n in range(grootte))
    with Werkbestand("a", tmp_path) as bestand:
        bestand.write(inhoud[:70_000])
        bestand.write(inhoud[70_000:])
        bestand.klaar()
        assert bestand.read() == inhoud
        bestand.seek(-min(10, grootte), io.SEEK_END)
        assert bestand.read() == inhoud[-10:] if grootte else True
        assert inhoud == b"" or inhoud[:50] not in bestand.versleuteld.read()
        assert list(tmp_path.iterdir()) == []
