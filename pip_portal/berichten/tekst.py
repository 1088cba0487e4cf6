"""The text of a bericht, that is plain or HTML depending on who sent it: always shown as text, never as HTML."""

import re
from html.parser import HTMLParser
from typing import Final

HTML: Final = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|strong|em|ul|ol|li|h[1-6]|table|tr|td|html|body|script)\b[^>]*>", re.I
)
BLOK: Final = frozenset({"p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
WEG: Final = frozenset({"script", "style", "head", "title", "template"})


class _Lezer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.delen: list[str] = []
        self._weg = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in WEG:
            self._weg += 1
        elif tag in BLOK:
            self.delen.append("\n- " if tag == "li" else "\n")
        elif tag == "a":
            href = (dict(attrs).get("href") or "").strip()
            self._link = href if href.startswith("https://") else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in WEG:
            self._weg = max(0, self._weg - 1)
        elif tag in BLOK:
            self.delen.append("\n")
        elif tag == "a" and self._link:
            self.delen.append(f" ({self._link})")
            self._link = ""

    def handle_data(self, data: str) -> None:
        if not self._weg:
            self.delen.append(" ".join(data.split("\n")))


def alineas(tekst: str) -> list[str]:
    """The lines to show, without empty ones; where a link goes stands behind its words."""
    if HTML.search(tekst):
        lezer = _Lezer()
        lezer.feed(tekst)
        lezer.close()
        tekst = "".join(lezer.delen)
    schoon = ("".join(t for t in regel if t.isprintable()) for regel in tekst.splitlines())
    return [regel for regel in (" ".join(r.split()) for r in schoon) if regel]
