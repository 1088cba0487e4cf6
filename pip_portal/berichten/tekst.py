"""The text of a bericht, that is plain or HTML depending on who sent it: always shown as text, never as HTML."""

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import html

HTML: Final = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|strong|em|ul|ol|li|h[1-6]|table|tr|td|html|body|script)\b[^<>]*>", re.I
)
BLOK: Final = frozenset({"p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
WEG: Final = frozenset({"script", "style", "head", "title", "template"})


def alineas(tekst: str) -> list[str]:
    """The lines to show, without empty ones; where a link goes stands behind its words."""
    tekst = "".join(t for t in tekst if t.isprintable() or t in "\r\n\t")
    if HTML.search(tekst):  # lxml, as the parser of the standard library takes minutes for tags that never close
        tekst = "".join(_woorden(html.fragment_fromstring(tekst, create_parent="div")))
    return [regel for regel in (" ".join(r.split()) for r in tekst.splitlines()) if regel]


def _woorden(element: Any) -> Iterator[str]:
    """The words of this element, on a line of their own when it is a block."""
    tag = element.tag
    if tag in WEG or not isinstance(tag, str):  # a comment
        return
    if tag in BLOK:
        yield "\n- " if tag == "li" else "\n"
    yield _op_een_regel(element.text)
    for kind in element:
        yield from _woorden(kind)
        yield _op_een_regel(kind.tail)
    href = (element.get("href") or "").strip()
    if tag == "a" and href.startswith("https://"):
        yield f" ({href})"
    if tag in BLOK:
        yield "\n"


def _op_een_regel(tekst: str | None) -> str:
    return " ".join((tekst or "").splitlines())
