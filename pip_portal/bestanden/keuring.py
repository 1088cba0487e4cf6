"""What kind of file it really is, and whether it is one that cannot do harm. Runs in a thread."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import puremagic

from pip_portal.bestanden.beelden import Beeldeisen, schoon_beeld
from pip_portal.bestanden.geweigerd import BestandGeweigerd, opsomming
from pip_portal.bestanden.kluis import Werkbestand
from pip_portal.taal import _

KOP = 8_192  # bytes by which a kind is known


@dataclass(frozen=True)
class Soort:
    """extensies: as people write them; the first is what we write. begin: what it must start with, at `vanaf`."""

    mime: str
    extensies: tuple[str, ...]
    begin: tuple[bytes, ...]
    vanaf: int = 0


SOORTEN = {
    "pdf": Soort("application/pdf", ("pdf",), (b"%PDF-",)),
    "jpg": Soort("image/jpeg", ("jpg", "jpeg"), (b"\xff\xd8\xff",)),
    "png": Soort("image/png", ("png",), (b"\x89PNG\r\n\x1a\n",)),
    "heic": Soort(
        "image/heic", ("heic", "heif"), tuple(b"ftyp" + merk for merk in (b"heic", b"heix", b"mif1", b"msf1")), 4
    ),
    "docx": Soort(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",), (b"PK\x03\x04",)
    ),
    "odt": Soort("application/vnd.oasis.opendocument.text", ("odt",), (b"PK\x03\x04",)),
}
MAGISCH = {"jpg": {".jpg", ".jpeg", ".jfif"}, "heic": {".heic", ".heif"}}  # as the second opinion names them
BEELDEN = ("jpg", "png", "heic")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how an office file with a password looks, and an old .doc

MAX_OBJECTEN = 300_000  # of a pdf; the largest honest ones have tens of thousands
MAX_DIEPTE = 50
# Actions and parts that make a pdf do something, or carry another file (ISO 32000-2 §12.6.4, §7.11.4, §12.7.8).
ACTIES = frozenset(
    ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/RichMediaExecute", "/GoToE", "/Movie")
)
DELEN = frozenset(("/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/Encrypt"))

MAX_ONDERDELEN = 2_000  # of a docx or odt
MAX_UITGEPAKT = 200_000_000  # bytes
MAX_XML = 2_000_000  # bytes of the parts that we read ourselves


@dataclass(frozen=True)
class Gekeurd:
    """What goes to the store: the file as it came in, or the photo that was made of it."""

    bestand: Werkbestand
    mime: str
    extensie: str


def soort_van_extensie(extensie: str, soorten: tuple[str, ...]) -> str:
    """The kind that this extension promises; a phone's heic may go where a jpg may, as it becomes one.

    Raises: BestandGeweigerd when that kind may not be sent here.
    """
    mag = {*soorten, "heic"} if "jpg" in soorten else set(soorten)
    for naam, soort in SOORTEN.items():
        if extensie in soort.extensies and naam in mag:
            return naam
    raise BestandGeweigerd(
        _("Dit soort bestand kunnen wij niet lezen. Stuur een {soorten}.").format(soorten=opsomming(soorten))
    )


def keur(
    bestand: Werkbestand, soort: str, soorten: tuple[str, ...], eisen: Beeldeisen, werkmap: Path | None
) -> Gekeurd:
    """Whether the content is what the name promises, and cannot do harm; a photo is made anew.

    Raises: BestandGeweigerd.
    """
    kop = bestand.kop(KOP)
    if not _is(soort, kop):
        raise BestandGeweigerd(_niet_wat_de_naam_zegt(kop, soorten))
    if soort in BEELDEN:
        nieuw = Werkbestand(bestand.bestand_id, werkmap)
        try:
            schoon_beeld(soort, bestand, nieuw, eisen)  # type: ignore[arg-type]  # a RawIOBase is what Pillow needs
        except BaseException:
            nieuw.close()
            raise
        extensie = "png" if soort == "png" else "jpg"
        return Gekeurd(nieuw.klaar(), SOORTEN[extensie].mime, extensie)
    if soort == "pdf":
        keur_pdf(bestand)
    else:
        keur_tekstbestand(bestand, soort)
    return Gekeurd(bestand, SOORTEN[soort].mime, SOORTEN[soort].extensies[0])


def _is(soort: str, kop: bytes) -> bool:
    """By the first bytes, judged by ourselves and by a second opinion."""
    wat = SOORTEN[soort]
    if not kop[wat.vanaf :].startswith(wat.begin):
        return False
    try:
        gevonden = {treffer.extension for treffer in puremagic.magic_string(kop)}
    except (puremagic.PureError, ValueError):
        return False
    return bool(gevonden & MAGISCH.get(soort, {f".{soort}"}))


def _niet_wat_de_naam_zegt(kop: bytes, soorten: tuple[str, ...]) -> str:
    if kop.startswith(OLE):
        return _beveiligd()
    return _("Dit bestand is iets anders dan de naam zegt. Sla het opnieuw op als {soorten}.").format(
        soorten=opsomming(soorten)
    )


def _beveiligd() -> str:
    return _("Dit bestand is beveiligd met een wachtwoord. Haal de beveiliging eraf en stuur het opnieuw.")


def _actief() -> str:
    return _("In dit bestand zitten scripts of andere bestanden. Print het naar een nieuwe pdf en stuur die.")


def _onleesbaar() -> str:
    return _("Wij kunnen dit bestand niet openen. Sla het opnieuw op en probeer het nog een keer.")


# ---- pdf -----------------------------------------------------------------------------------------------


def keur_pdf(bestand: Werkbestand) -> None:
    """Raises: BestandGeweigerd when it is locked, broken, or holds something that acts or another file."""
    bestand.seek(0)
    try:
        with pikepdf.open(bestand) as pdf:  # type: ignore[arg-type]  # a RawIOBase is enough
            if pdf.is_encrypted:
                raise BestandGeweigerd(_beveiligd())
            if len(pdf.pages) == 0:
                raise BestandGeweigerd(_onleesbaar())
            if _is_actief(pdf):
                raise BestandGeweigerd(_actief())
    except pikepdf.PasswordError:
        raise BestandGeweigerd(_beveiligd()) from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, OSError, RecursionError):
        raise BestandGeweigerd(_onleesbaar()) from None


def _is_actief(pdf: pikepdf.Pdf) -> bool:
    for nummer, gevonden in enumerate(_woordenboeken(pdf)):
        if nummer > MAX_OBJECTEN:
            raise ValueError("te veel objecten")
        if not DELEN.isdisjoint(gevonden.keys()):
            return True
        actie = gevonden.get("/S")
        if isinstance(actie, pikepdf.Name) and str(actie) in ACTIES:
            return True
    return False


def _woordenboeken(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the document, wherever it lies."""
    gezien = 0
    for begin in pdf.objects:
        wachtend: list[tuple[object, int]] = [(begin, 0)]
        while wachtend:
            gezien += 1
            ding, diepte = wachtend.pop()
            if gezien > 10 * MAX_OBJECTEN or diepte > MAX_DIEPTE:
                raise ValueError("te diep of te veel")
            if not isinstance(ding, pikepdf.Object) or (diepte and ding.is_indirect):
                continue
            if isinstance(ding, pikepdf.Array):
                wachtend += [(deel, diepte + 1) for deel in ding.as_list()]
            elif isinstance(ding, pikepdf.Dictionary | pikepdf.Stream):
                yield ding
                wachtend += [(deel, diepte + 1) for deel in dict(ding.items()).values()]


# ---- docx, odt -----------------------------------------------------------------------------------------


def keur_tekstbestand(bestand: Werkbestand, soort: str) -> None:
    """Raises: BestandGeweigerd when it is another kind of zip, locked, or holds macros or foreign objects."""
    bestand.seek(0)
    try:
        with zipfile.ZipFile(bestand) as pakket:
            delen = pakket.infolist()
            if len(delen) > MAX_ONDERDELEN or sum(deel.file_size for deel in delen) > MAX_UITGEPAKT:
                raise BestandGeweigerd(_onleesbaar())
            if any(deel.flag_bits & 1 for deel in delen):
                raise BestandGeweigerd(_beveiligd())
            keur_delen = _keur_docx if soort == "docx" else _keur_odt
            keur_delen(pakket, [deel.filename for deel in delen])
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, EOFError):
        raise BestandGeweigerd(_onleesbaar()) from None


def _lees_deel(pakket: zipfile.ZipFile, naam: str) -> bytes:
    with pakket.open(naam) as deel:
        inhoud = deel.read(MAX_XML + 1)
    if len(inhoud) > MAX_XML:
        raise ValueError("te groot")
    return inhoud


def _keur_docx(pakket: zipfile.ZipFile, namen: list[str]) -> None:
    soorten = _lees_deel(pakket, "[Content_Types].xml")
    if b"wordprocessingml.document.main+xml" not in soorten:
        raise BestandGeweigerd(_onleesbaar())
    klein = [naam.lower() for naam in namen]
    if b"macroEnabled" in soorten or any(
        naam.endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) or "/embeddings/" in naam or "/activex/" in naam
        for naam in klein
    ):
        raise BestandGeweigerd(_actief())
    for naam in namen:  # a template from elsewhere is fetched, with its macros, when someone opens the file
        if naam.lower().endswith(".rels") and _haalt_van_elders(_lees_deel(pakket, naam)):
            raise BestandGeweigerd(_actief())


def _haalt_van_elders(relaties: bytes) -> bool:
    return any(
        b"External" in relatie and b"/hyperlink" not in relatie for relatie in relaties.split(b"<Relationship ")[1:]
    )


def _keur_odt(pakket: zipfile.ZipFile, namen: list[str]) -> None:
    if _lees_deel(pakket, "mimetype").strip() != SOORTEN["odt"].mime.encode():
        raise BestandGeweigerd(_onleesbaar())
    if b"encryption-data" in _lees_deel(pakket, "META-INF/manifest.xml"):
        raise BestandGeweigerd(_beveiligd())
    if any(naam.startswith(("Basic/", "Scripts/", "Object ", "ObjectReplacements/Object")) for naam in namen):
        raise BestandGeweigerd(_actief())
