"""Reads a tagged PDF as a screen reader does: the structure, and the text that belongs to each part of it.

Written for the tests, on pikepdf alone, so that it does not share a mistake with what makes the PDF.
"""

import re
from collections.abc import Iterator
from typing import Any

import pikepdf

TOON = {"Tj", "TJ", "'", '"'}
TEKEN = {
    *TOON,
    "S",
    "s",
    "f",
    "F",
    "f*",
    "B",
    "B*",
    "b",
    "b*",
    "sh",
    "Do",
    "BI",
}  # whatever leaves something on the page


def structuur(pdf: pikepdf.Pdf) -> list[str]:
    """A line per part: its role, indented by its place in the tree, with its text."""
    teksten = {}
    for nummer, bladzijde in enumerate(pdf.pages):
        teksten |= {(nummer, mcid): tekst for mcid, tekst in gemerkt(bladzijde).items()}
    plaats = {bladzijde.objgen: nummer for nummer, bladzijde in enumerate(pdf.pages)}
    return list(_deel(pdf.Root.StructTreeRoot.K, 0, None, plaats, teksten))


def _deel(deel: Any, diepte: int, bladzijde: Any, plaats: dict[Any, int], teksten: dict[Any, str]) -> Iterator[str]:
    if isinstance(deel, pikepdf.Array):
        for kind in deel:
            yield from _deel(kind, diepte, bladzijde, plaats, teksten)
    elif isinstance(deel, pikepdf.Dictionary) and "/S" in deel:
        op = deel.get("/Pg", bladzijde)
        kinderen = deel.get("/K", pikepdf.Array())
        eigen = _tekst(kinderen, op, plaats, teksten)
        yield f"{'  ' * diepte}{str(deel.S)[1:]}{': ' + eigen if eigen else ''}"
        yield from _deel(kinderen, diepte + 1, op, plaats, teksten)


def _tekst(kinderen: Any, bladzijde: Any, plaats: dict[Any, int], teksten: dict[Any, str]) -> str:
    delen = kinderen if isinstance(kinderen, pikepdf.Array) else [kinderen]
    gevonden = []
    for deel in delen:
        if isinstance(deel, int):
            gevonden.append(teksten[(plaats[bladzijde.objgen], deel)])
        elif isinstance(deel, pikepdf.Dictionary) and deel.get("/Type") == "/MCR":
            gevonden.append(teksten[(plaats[deel.get("/Pg", bladzijde).objgen], int(deel.MCID))])
    return " ".join("".join(gevonden).replace("\u200b", "").split())


def gemerkt(bladzijde: pikepdf.Page) -> dict[int, str]:
    """The text of each marked part of a page. Raises: AssertionError for content that is not marked."""
    letters = {naam: _letters(font) for naam, font in bladzijde.Resources.get("/Font", {}).items()}
    teksten: dict[int, str] = {}
    open_: list[int | None] = []
    font = ""
    for operanden, operator in pikepdf.parse_content_stream(bladzijde):
        wat = str(operator)
        if wat in ("BDC", "BMC"):
            eigenschappen = operanden[1] if wat == "BDC" else {}
            mcid = eigenschappen.get("/MCID") if isinstance(eigenschappen, pikepdf.Dictionary) else None
            assert mcid is not None or str(operanden[0]) in ("/Artifact", "/Span", "/ReversedChars")
            open_.append(int(mcid) if mcid is not None else open_[-1] if open_ else None)
            if mcid is not None:
                teksten[int(mcid)] = ""
        elif wat == "EMC":
            open_.pop()
        elif wat == "Tf":
            font = str(operanden[0])
        elif wat in TEKEN:
            assert open_, f"{wat} is niet gemerkt"
        if wat in TOON and open_[-1] is not None:
            teksten[open_[-1]] += "".join(_lees(deel, letters[font]) for deel in _reeks(operanden))
    return teksten


def _reeks(operanden: Any) -> list[bytes]:
    delen = operanden[0] if isinstance(operanden[0], pikepdf.Array) else [operanden[0]]
    return [bytes(deel) for deel in delen if isinstance(deel, pikepdf.String)]


def _lees(codes: bytes, letters: dict[int, str]) -> str:
    return "".join(letters[int.from_bytes(codes[i : i + 2], "big")] for i in range(0, len(codes), 2))


def _letters(font: pikepdf.Object) -> dict[int, str]:
    """Which text each glyph stands for, from the ToUnicode map."""
    tabel = font.ToUnicode.read_bytes().decode("latin-1")
    gevonden = {}
    for blok in re.findall(r"beginbfchar(.*?)endbfchar", tabel, re.S):
        for code, tekst in re.findall(r"<(\w+)>\s*<(\w+)>", blok):
            gevonden[int(code, 16)] = bytes.fromhex(tekst).decode("utf-16-be")
    return gevonden
