"""Looks into a file that a stranger made: can it do harm? Runs in a process of its own, with little time and memory.

What it parses is hostile until proven otherwise; a parser that hangs, eats memory or breaks takes only this process
along. It gets open files and their keys, never a name, and imports as little as it can.
"""

import json
import os
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

import pikepdf

from pip_portal.bestanden.afgekeurd import Afgekeurd
from pip_portal.bestanden.kluis import Werkbestand

CPU = 20  # seconds; a photo of 50 megapixel takes two on a quiet machine
GEHEUGEN = 2_000_000_000  # bytes of address space; a photo of 50 megapixel takes a third of it
GROOTSTE = 300_000_000  # bytes of a photo that is written anew

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
ODT = b"application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SOORTEN = "[Content_Types].xml"
# Parts and relations of a docx that make it more than a document: macros, controls, and files inside it.
ACTIEVE_SOORTEN = ("macroenabled", "vbaproject", "activex", "oleobject")
ACTIEVE_RELATIES = frozenset(("vbaproject", "control", "oleobject", "package", "afchunk"))


# ---- pdf -----------------------------------------------------------------------------------------------


def keur_pdf(bestand: Werkbestand) -> None:
    """Raises: Afgekeurd when it is locked, broken, or holds something that acts or another file."""
    bestand.seek(0)
    try:
        with pikepdf.open(bestand) as pdf:  # type: ignore[arg-type]  # a RawIOBase is enough
            if pdf.is_encrypted:
                raise Afgekeurd("beveiligd")
            if len(pdf.pages) == 0:
                raise Afgekeurd("onleesbaar")
            if _is_actief(pdf):
                raise Afgekeurd("actief")
    except pikepdf.PasswordError:
        raise Afgekeurd("beveiligd") from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, OSError, RecursionError):
        raise Afgekeurd("onleesbaar") from None


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
    """Raises: Afgekeurd when it is another kind of zip, locked, or holds macros or foreign objects."""
    bestand.seek(0)
    try:
        with zipfile.ZipFile(bestand) as pakket:
            delen = pakket.infolist()
            if len(delen) > MAX_ONDERDELEN or sum(deel.file_size for deel in delen) > MAX_UITGEPAKT:
                raise Afgekeurd("onleesbaar")
            if any(deel.flag_bits & 1 for deel in delen):
                raise Afgekeurd("beveiligd")
            if len({deel.filename.lower() for deel in delen}) != len(delen):  # another program may read the other one
                raise Afgekeurd("onleesbaar")
            keur_delen = _keur_docx if soort == "docx" else _keur_odt
            keur_delen(pakket, [deel.filename for deel in delen])
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, EOFError):
        raise Afgekeurd("onleesbaar") from None


def _lees_deel(pakket: zipfile.ZipFile, naam: str) -> bytes:
    with pakket.open(naam) as deel:
        inhoud = deel.read(MAX_XML + 1)
    if len(inhoud) > MAX_XML:
        raise ValueError("te groot")
    return inhoud


def _elementen(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element with its attributes, read as a word processor reads it: whatever its encoding and spelling.

    Raises: ValueError when it is not XML, or brings a document type of its own.
    """
    gevonden: list[tuple[str, dict[str, str]]] = []
    lezer = ParserCreate()
    lezer.StartElementHandler = lambda naam, kenmerken: gevonden.append((naam.rpartition(":")[2], kenmerken))
    lezer.StartDoctypeDeclHandler = _geen_doctype
    try:
        lezer.Parse(xml, True)
    except ExpatError:
        raise ValueError("geen XML") from None
    return gevonden


def _geen_doctype(*_delen: object) -> None:
    raise ValueError("een eigen documenttype")


def _keur_docx(pakket: zipfile.ZipFile, namen: list[str]) -> None:
    soorten = [kenmerken.get("ContentType", "").lower() for _naam, kenmerken in _elementen(_lees_deel(pakket, SOORTEN))]
    klein = [naam.lower() for naam in namen]
    if any(woord in soort for soort in soorten for woord in ACTIEVE_SOORTEN) or any(
        naam.endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) or "/embeddings/" in naam or "/activex/" in naam
        for naam in klein
    ):
        raise Afgekeurd("actief")
    if DOCX not in soorten:
        raise Afgekeurd("onleesbaar")
    for naam in namen:  # a template from elsewhere is fetched, with its macros, when someone opens the file
        if naam.lower().endswith(".rels") and _is_actieve_relatie(_elementen(_lees_deel(pakket, naam))):
            raise Afgekeurd("actief")


def _is_actieve_relatie(elementen: list[tuple[str, dict[str, str]]]) -> bool:
    """Whether something is fetched from elsewhere (but for a link that one chooses), or is more than a document."""
    for _naam, kenmerken in elementen:
        soort = kenmerken.get("Type", "").rpartition("/")[2].lower()
        elders = kenmerken.get("TargetMode", "").strip().lower() == "external"
        if soort in ACTIEVE_RELATIES or (elders and soort != "hyperlink"):
            return True
    return False


def _keur_odt(pakket: zipfile.ZipFile, namen: list[str]) -> None:
    if _lees_deel(pakket, "mimetype").strip() != ODT:
        raise Afgekeurd("onleesbaar")
    if any(naam == "encryption-data" for naam, _kenmerken in _elementen(_lees_deel(pakket, "META-INF/manifest.xml"))):
        raise Afgekeurd("beveiligd")
    if any(naam.startswith(("Basic/", "Scripts/", "Object ", "ObjectReplacements/Object")) for naam in namen):
        raise Afgekeurd("actief")


# ---- the process ---------------------------------------------------------------------------------------


def keur(opdracht: dict[str, Any], bron: Werkbestand, doel: Werkbestand | None) -> None:
    """doel: where a photo is written anew. Raises: Afgekeurd."""
    soort = opdracht["soort"]
    if doel is not None:
        from pip_portal.bestanden.beelden import Beeldeisen, schoon_beeld

        verhouding = tuple(opdracht["verhouding"]) if opdracht["verhouding"] else None
        schoon_beeld(soort, bron, doel, Beeldeisen(opdracht["locatie_bewaren"], verhouding))  # type: ignore[arg-type]  # a RawIOBase is what Pillow needs
        doel.klaar()
    elif soort == "pdf":
        keur_pdf(bron)
    else:
        keur_tekstbestand(bron, soort)


def begrens() -> None:
    os.nice(5)  # people who wait for a page go first
    for wat, hoeveel in (
        (resource.RLIMIT_CPU, CPU),
        (resource.RLIMIT_AS, GEHEUGEN),
        (resource.RLIMIT_FSIZE, GROOTSTE),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a system that does not know this limit
            resource.setrlimit(wat, (hoeveel, hoeveel))


def main() -> None:
    """Asked on stdin, answered on stdout; any other end than an answer counts as unreadable."""
    begrens()
    opdracht = json.load(sys.stdin)
    bron = Werkbestand.van(os.fdopen(opdracht["fd"], "rb+"), opdracht["id"], opdracht["sleutel"])
    bron.neem_over(opdracht["grootte"], "")
    doel = None
    if opdracht["doel_fd"] is not None:
        doel = Werkbestand.van(os.fdopen(opdracht["doel_fd"], "rb+"), opdracht["id"], opdracht["doel_sleutel"])
    antwoord: dict[str, object] = {"oordeel": "goed"}
    try:
        keur(opdracht, bron, doel)
    except Afgekeurd as exc:
        antwoord = {"oordeel": exc.code}
    if doel is not None:
        antwoord |= {"grootte": doel.grootte, "sha256": doel.sha256}
    json.dump(antwoord, sys.stdout)


if __name__ == "__main__":
    main()
