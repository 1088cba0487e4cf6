"""Collect every text of templates and code into pip_portal/vertalingen/en.po, and keep the translations it has.

--check: change nothing, and fail when a text is missing, has no translation, or is not used any more.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "pip_portal" / "vertalingen" / "en.po"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def collect() -> Catalog:
    catalog = Catalog(project="pip-portal", charset="utf-8")
    sources = [(ROOT / "pip_portal", [("**.py", "python")]), (ROOT / "templates", [("**.html", "jinja2")])]
    for folder, methods in sources:
        options = {"**.html": {"trimmed": "false", "newstyle_gettext": "true", "silent": "false"}}
        for file, _line, message, _comments, context in extract_from_dir(
            folder, method_map=methods, options_map=options, keywords=KEYWORDS
        ):
            catalog.add(message, locations=[(f"{folder.name}/{file}", 0)], context=context)
    return catalog


def problems(found: Catalog, kept: Catalog) -> list[str]:
    missing = [f"niet in en.po: {m.id}" for m in found if m.id and m.id not in kept]
    empty = [
        f"niet vertaald: {m.id}"
        for m in kept
        if m.id and not (m.string and all(m.string if isinstance(m.string, tuple) else (m.string,)))
    ]
    unused = [f"niet meer gebruikt: {m.id}" for m in kept if m.id and m.id not in found]
    wrong = [f"andere invulplaatsen: {m.id}" for m in kept if m.id and list(m.check(kept))]
    return missing + empty + unused + wrong


def main() -> int:
    found = collect()
    kept = Catalog(locale="en")
    if PO.exists():
        with PO.open("rb") as file:
            kept = read_po(file, locale="en")
    if "--check" in sys.argv:
        lines = problems(found, kept)
        print("\n".join(lines))
        return 1 if lines else 0
    kept.update(found, no_fuzzy_matching=True)
    kept.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, kept, sort_output=True, no_location=True, omit_header=False, width=110)
    print(f"{sum(1 for m in kept if m.id and not m.string)} teksten nog te vertalen in {PO.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
