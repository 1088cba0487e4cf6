"""From the Markdown of a redacteur to HTML and plain text: only what every reader can use, and nothing that runs.

Headings, paragraphs, lists, quotes, bold, italics, links and pictures with a description; all else is refused with the
line it stands on, so that nothing disappears in silence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# Mail programs read no style sheet. Contrast of text and links on white: 17:1 and 7:1 (WCAG 1.4.3).
STIJL: Final[Mapping[str, str]] = {
    "h2": "margin:28px 0 12px;font-size:20px;line-height:1.3",
    "h3": "margin:24px 0 8px;font-size:17px;line-height:1.3",
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding-left:24px",
    "ol": "margin:0 0 16px;padding-left:24px",
    "blockquote": "margin:0 0 16px;padding-left:16px;border-left:4px solid #8a8a8a",
    "hr": "margin:24px 0;border:0;border-top:1px solid #8a8a8a",
    "a": "color:#0b5394;text-decoration:underline",
    "img": "max-width:100%;height:auto;border:0",
}
PAREN: Final = (
    "heading",
    "paragraph",
    "bullet_list",
    "ordered_list",
    "list_item",
    "blockquote",
    "strong",
    "em",
    "link",
)
MAG: Final = frozenset(
    [f"{soort}_{kant}" for soort in PAREN for kant in ("open", "close")]
    + ["inline", "text", "softbreak", "hardbreak", "hr", "image"]
)
NIETSZEGGEND: Final = frozenset(("hier", "klik hier", "lees meer", "link", "here", "click here", "read more"))


class OpmaakFout(ValueError):
    """regels: a sentence for each thing that is wrong, with its line."""

    def __init__(self, regels: list[str]) -> None:
        super().__init__("\n".join(regels))
        self.regels = regels


@dataclass(frozen=True, slots=True)
class Opgemaakt:
    html: Markup
    tekst: str


def maak_op(markdown: str) -> Opgemaakt:
    """Both forms of this text. Raises: OpmaakFout when it holds what a newsletter must not hold."""
    lezer = MarkdownIt("commonmark")
    tokens = lezer.parse(markdown)
    if fouten := list(_fouten(tokens)):
        raise OpmaakFout(fouten)
    for token in _alle(tokens):
        if token.nesting >= 0 and (stijl := STIJL.get(token.tag)):  # not the tag that closes it
            token.attrSet("style", stijl)
    html: str = lezer.renderer.render(tokens, lezer.options, {})
    return Opgemaakt(Markup(html), _tekst(tokens))  # noqa: S704  # made of the tokens above only, all text escaped


def _alle(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _alle(token.children or [])


def _fouten(tokens: list[Token]) -> Iterator[str]:
    if not any(token.type == "inline" for token in tokens):
        yield "de nieuwsbrief heeft geen tekst"
    regel, kop = 1, 1
    for token in tokens:
        regel = token.map[0] + 1 if token.map else regel
        for deel in (token, *_alle(token.children or [])):
            if deel.type not in MAG:
                yield f"regel {regel}: {_naam(deel.type)} kan niet in een nieuwsbrief"
        if token.type == "heading_open":
            niveau = int(token.tag[1])
            if niveau not in (2, 3) or niveau > kop + 1:
                yield f"regel {regel}: gebruik ## voor een kop en ### daaronder; het onderwerp is al de grote kop"
            kop = niveau
        for zin in _fouten_in_regel(token.children or []):
            yield f"regel {regel}: {zin}"


def _fouten_in_regel(delen: list[Token]) -> Iterator[str]:
    for plaats, deel in enumerate(delen):
        if deel.type == "image":
            if not deel.content.strip():
                yield "deze afbeelding heeft geen beschrijving; zet die tussen de blokhaken: ![beschrijving](adres)"
            if not str(deel.attrGet("src")).startswith("https://"):
                yield "het adres van een afbeelding begint met https://"
        elif deel.type == "link_open":
            if not str(deel.attrGet("href")).startswith(("https://", "mailto:", "tel:")):
                yield "een link begint met https://, mailto: of tel:"
            tekst = _in_regel(delen[plaats + 1 : _einde(delen, plaats)]).strip()
            if not tekst or tekst.lower().rstrip(".!") in NIETSZEGGEND:
                yield "de tekst van een link zegt waar hij heen gaat"


def _naam(soort: str) -> str:
    if soort.startswith("html"):
        return "HTML"
    return "code" if soort.startswith(("code", "fence")) else soort


def _einde(delen: list[Token], begin: int) -> int:
    return next(n for n in range(begin, len(delen)) if delen[n].type == "link_close")


# ---- plain text --------------------------------------------------------------------------------------------


def _tekst(tokens: list[Token]) -> str:
    """The same words without markup; a link is followed by its address."""
    blokken: list[str] = []
    lijsten: list[int | None] = []  # of each list we are in: the next number, None for bullets
    streepje, citaat = "", 0
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lijsten.append(None)
            case "ordered_list_open":
                lijsten.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lijsten.pop()
            case "list_item_open":
                nummer = lijsten[-1]
                streepje = "- " if nummer is None else f"{nummer}. "
                lijsten[-1] = None if nummer is None else nummer + 1
            case "blockquote_open":
                citaat += 1
            case "blockquote_close":
                citaat -= 1
            case "hr":
                blokken.append("* * *")
            case "heading_open":
                streepje = "\n"  # a line more above it: no marks, which a reader would hear or see
            case "inline":
                inspringen = "> " * citaat + "  " * max(0, len(lijsten) - 1)
                regel = _in_regel(token.children or [])
                blokken.append(f"{inspringen}{streepje}{regel}")
                streepje = "  " if lijsten else ""
            case "heading_close":
                streepje = ""
            case _:
                pass
        if not lijsten and token.type.endswith("list_close"):
            streepje = ""
    return "\n\n".join(blokken).strip()


def _in_regel(delen: list[Token]) -> str:
    stukken: list[str] = []
    adressen: list[str] = []
    for deel in delen:
        match deel.type:
            case "text":
                stukken.append(deel.content)
            case "softbreak":
                stukken.append(" ")
            case "hardbreak":
                stukken.append("\n")
            case "image":
                stukken.append(f"[{deel.content}]")
            case "link_open":
                adressen.append(str(deel.attrGet("href")))
                stukken.append("\0")
            case "link_close":
                soort, _, rest = (url := adressen.pop()).partition(":")
                begin = len(stukken) - 1 - stukken[::-1].index("\0")
                tekst = "".join(stukken[begin + 1 :])
                adres = rest if soort in ("mailto", "tel") else url
                staat_er = adres == (re.sub(r"[\s-]", "", tekst) if soort == "tel" else tekst)
                stukken[begin:] = [tekst if staat_er else f"{tekst} ({adres})"]
            case _:
                pass
    return "".join(stukken)
