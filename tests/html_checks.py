"""What every HTML page of the portal must have; `Browser` asks it of each page it gets."""

from lxml import html

TEXT_FIELDS = "//input[not(@type='hidden' or @type='submit' or @type='button')] | //select | //textarea"


def check_page(text: str, *, expected_lang: str = "nl") -> None:
    """Fail unless this is a well-built page: one h1, a title, its language, labels, unique ids, no inline code."""
    document = html.document_fromstring(text)
    assert document.get("lang") == expected_lang, f"lang is {document.get('lang')}"
    assert document.findtext(".//title", "").strip(), "de pagina heeft geen titel"
    assert len(document.findall(".//h1")) == 1, f"{len(document.findall('.//h1'))} h1's in plaats van 1"
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids)), f"dubbele id's: {sorted({i for i in ids if ids.count(i) > 1})}"
    _check_labels(document)
    check_no_inline_code(document)
    _check_references(document, set(ids))


def check_no_inline_code(document: html.HtmlElement) -> None:
    assert not document.xpath("//script[not(@src)]"), "script in de pagina zelf"
    assert not document.xpath("//style | //*[@style]"), "stijl in de pagina zelf"
    handlers = document.xpath("//@*[starts-with(name(), 'on')]")
    assert not handlers, f"gebeurtenis in de pagina zelf: {handlers}"


def _check_labels(document: html.HtmlElement) -> None:
    for field in document.xpath(TEXT_FIELDS):
        named = field.get("aria-label") or field.get("aria-labelledby")
        labelled = field.xpath("ancestor::label") or document.xpath("//label[@for=$id]", id=field.get("id", ""))
        assert named or labelled, f"geen label bij {field.get('name')}"


def _check_references(document: html.HtmlElement, ids: set[str]) -> None:
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for value in document.xpath(f"//@{attribute}"):
            missing = set(value.split()) - ids
            assert not missing, f"{attribute} wijst naar {missing}, dat er niet is"
