"""Small real PDF files: one page, a heading, wrapped text in a standard font. And a very large one."""

import textwrap
from collections.abc import Iterator

PADDING = b"% Deze regel vult het bestand. Referentie-backoffice, alleen voor testen.\n"


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252", errors="replace")
    return raw.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _page(title: str, paragraphs: list[str]) -> bytes:
    out = [b"BT /F2 10 Tf 70 790 Td (Gemeente Deventer) Tj ET"]
    out.append(b"BT /F2 16 Tf 70 740 Td (" + _escaped(title) + b") Tj ET")
    y = 710
    for paragraph in paragraphs:
        for line in textwrap.wrap(paragraph, 85) or [""]:
            out.append(f"BT /F1 11 Tf 70 {y} Td (".encode() + _escaped(line) + b") Tj ET")
            y -= 16
        y -= 8
    return b"\n".join(out)


def _objects(title: str, paragraphs: list[str]) -> list[bytes]:
    page = _page(title, paragraphs)
    info = b"<< /Title (" + _escaped(title) + b") /Producer (Referentie-backoffice) >>"
    return [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (nl-NL) /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        info,
    ]


def _head_and_tail(title: str, paragraphs: list[str], padding: int) -> tuple[bytes, bytes]:
    """padding: bytes of comment that go between the two."""
    objects = _objects(title, paragraphs)
    head, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(head))
        head += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    tail += b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\n" % (len(objects) + 1)
    return head, tail + b"startxref\n%d\n%%%%EOF\n" % (len(head) + padding)


def letter(title: str, paragraphs: list[str]) -> bytes:
    """A PDF of one page. Text beyond the page is not shown; characters outside Western European become "?"."""
    head, tail = _head_and_tail(title, paragraphs, 0)
    return head + tail


def large(title: str, omvang: int) -> Iterator[bytes]:
    """A PDF of exactly omvang bytes, in chunks, never whole in memory. omvang: at least 10 kB."""
    text = [f"Dit bestand is {omvang} bytes groot. Het bestaat om grote downloads te testen."]
    padding = omvang - sum(map(len, _head_and_tail(title, text, omvang)))
    for _ in range(3):  # the offset in the tail may change length with the padding
        head, tail = _head_and_tail(title, text, padding)
        padding = omvang - len(head) - len(tail)
    yield head
    block = PADDING * 900
    while padding > len(block):
        yield block
        padding -= len(block)
    yield (block[: padding - 1] + b"\n") if padding else b""
    yield tail
