"""What was sent as an accessible PDF: tagged, with a title and a language, and with every answer as text only.

Source: PDF/UA-1 (ISO 14289-1); Archiefwet (PDF/A-2a, ISO 19005-2); forms §4.2.
"""

import asyncio
import json
import re
import unicodedata
from bisect import bisect_right
from datetime import datetime
from functools import lru_cache
from typing import Any

import typst
from babel.numbers import format_currency

from pip_portal.inzendingen.inhoud import Aanvrager, Antwoord, Inhoud
from pip_portal.inzendingen.ondertekening import Verzoek
from pip_portal.paths import PACKAGE
from pip_portal.taal import N_, Taal, _, schrijf_in
from pip_portal.weergave import bestandsgrootte, datum, tijdstip

MAP = PACKAGE / "data" / "pdf"
STANDAARDEN: "list[typst.PDFStandard]" = ["ua-1", "a-2a"]
LANG_WOORD = re.compile(r"\S{41,}")
BREEKBAAR = "\N{ZERO WIDTH SPACE}"
STUREND = ("Cc", "Cf", "Cn", "Co", "Cs")
SHA_BEGIN = 16  # characters of the SHA-256 that are printed; enough to tell two files apart
TITELS = {
    "aanvraag": N_("Aanvraag: {product}"),
    "aanvulling": N_("Aanvulling: {product}"),
    "intrekking": N_("Intrekking: {product}"),
}
MOMENTEN = {
    "vooraf": N_("U betaalt voordat wij uw aanvraag behandelen."),
    "achteraf": N_("U betaalt nadat u de aanvraag hebt verstuurd."),
    "na_besluit": N_("U betaalt nadat wij hebben besloten."),
}


ANTWOORDEN = {
    "getekend": N_("Ja, ik ben het ermee eens en ik onderteken."),
    "geweigerd": N_("Nee, ik onderteken niet."),
    "verlopen": N_("Er is niet op tijd geantwoord."),
}


async def maak_pdf(inhoud: Inhoud, taal: Taal) -> bytes:
    """The submission in one language. The same content gives the same bytes."""
    return await asyncio.to_thread(_maak, inhoud, taal)


async def maak_antwoord_pdf(verzoek: Verzoek) -> bytes:
    """What a co-signer was asked, has read, and answered; in the language of who asked."""
    return await asyncio.to_thread(_maak_antwoord, verzoek)


def _maak(inhoud: Inhoud, taal: Taal) -> bytes:
    with schrijf_in(taal):
        return _zet(_gegevens(inhoud, taal), inhoud.ontvangen_op)


def _maak_antwoord(verzoek: Verzoek) -> bytes:
    taal = verzoek.vraag.taal
    with schrijf_in(taal):
        return _zet(_antwoord_gegevens(verzoek, taal), verzoek.beantwoord_op or verzoek.einde)


def _zet(gegevens: dict[str, Any], moment: datetime) -> bytes:
    pdf = typst.compile(
        MAP / "aanvraag.typ",
        root=MAP,
        font_paths=_letters(),
        ignore_system_fonts=True,
        sys_inputs={"gegevens": json.dumps(schoon(gegevens))},
        pdf_standards=STANDAARDEN,
        timestamp=moment.replace(microsecond=0),  # typst takes whole seconds only
    )
    if not isinstance(pdf, bytes):
        raise TypeError
    return pdf


@lru_cache
def _letters() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[MAP / "fonts"])


# ---- what stands in it ---------------------------------------------------------------------------------


def _gegevens(inhoud: Inhoud, taal: Taal) -> dict[str, Any]:
    betaling = inhoud.betaling
    return {
        "taal": taal,
        "titel": _(TITELS[inhoud.soort]).format(product=inhoud.product.in_taal(taal)),
        "nummer": inhoud.nummer,
        "kenmerken": _kenmerken(inhoud),
        "blokken": [
            {"kop": blok.kop.in_taal(taal), "antwoorden": [_antwoord(antwoord, taal) for antwoord in blok.antwoorden]}
            for blok in inhoud.blokken
        ],
        "bijlagen": [
            [bijlage.naam, bestandsgrootte(bijlage.grootte), bijlage.sha256[:SHA_BEGIN]] for bijlage in inhoud.bijlagen
        ],
        "bedragen": [
            *(
                [regel.tekst.in_taal(taal), _bedrag(regel.cent, taal)]
                for regel in (betaling.regels if betaling else ())
            ),
            *([[_("Totaal"), _bedrag(betaling.cent, taal)]] if betaling else []),
        ],
        "betaalmoment": _(MOMENTEN[betaling.moment]) if betaling else "",
        "verklaring": inhoud.verklaring.in_taal(taal) if inhoud.verklaring else "",
        "woorden": _woorden(),
    }


def _antwoord_gegevens(verzoek: Verzoek, taal: Taal) -> dict[str, Any]:
    vraag, op = verzoek.vraag, verzoek.beantwoord_op or verzoek.einde
    feiten = [
        _feit(_("Nummer"), vraag.nummer),
        _feit(_("Gevraagd door"), vraag.wie) if vraag.wie else None,
        _feit(_("Vraag"), vraag.vraag.in_taal(taal)),
        _feit(_("Antwoord"), _(ANTWOORDEN[verzoek.toestand])),
        _feit(_("Reden"), vraag.reden) if vraag.reden else None,
        _feit(_("Door"), vraag.ondertekenaar, vraag.rol.in_taal(taal)) if vraag.bsn else None,
        _feit(_("Op"), _("{datum} om {tijd}").format(datum=datum(op), tijd=tijdstip(op))),
    ]
    return {
        "taal": taal,
        "titel": _("Mee ondertekenen: {product}").format(product=vraag.product.in_taal(taal)),
        "nummer": vraag.nummer,
        "kenmerken": [feit for feit in feiten if feit is not None],
        "blokken": [
            {"kop": _("Wat deze persoon heeft gelezen"), "antwoorden": [_antwoord(a, taal) for a in vraag.ziet]}
        ],
        "bijlagen": [],
        "bedragen": [],
        "betaalmoment": "",
        "verklaring": "",
        "woorden": _woorden(),
    }


def _woorden() -> dict[str, str]:
    """The fixed words of the page."""
    return {
        "gemeente": _("Gemeente Deventer"),
        "bladzijde": _("bladzijde"),
        "van": _("van"),
        "bijlagen": _("Bijlagen"),
        "naam": _("Naam"),
        "grootte": _("Grootte"),
        "kenmerk": _("Begin van SHA-256"),
        "uitleg_kenmerk": _("Met de SHA-256 kunt u nagaan of een bestand hetzelfde is als het bestand dat u stuurde."),
        "bedrag": _("Bedrag"),
        "waarvoor": _("Waarvoor"),
        "verklaring": _("Verklaring"),
    }


def _feit(vraag: str, *regels: str, bron: str = "") -> dict[str, Any]:
    return {"vraag": vraag, "regels": list(regels), "bron": bron}


def _kenmerken(inhoud: Inhoud) -> list[dict[str, Any]]:
    moment = _("{datum} om {tijd}").format(datum=datum(inhoud.ontvangen_op), tijd=tijdstip(inhoud.ontvangen_op))
    wie = inhoud.aanvrager
    feiten = [
        _feit(_("Nummer"), inhoud.nummer),
        _feit(_("Ontvangen op"), moment),
        _feit(_("Verstuurd door"), *_wie(wie)),
    ]
    if wie.medewerker:
        feiten.append(_feit(_("Ingevuld door"), _("Een medewerker van de gemeente, namens deze persoon")))
    if wie.kind_bsn:
        feiten.append(_feit(_("Voor uw kind"), _bsn(wie.kind_bsn)))
    if inhoud.doel_zaak and inhoud.reden:
        feiten.append(_feit(_("Reden"), inhoud.reden))
    return feiten


def _wie(wie: Aanvrager) -> list[str]:
    """Who it is for the one who reads it: the name, and of a BSN no more than is needed to recognise it."""
    if wie.soort == "anoniem":
        return [_("Iemand die niet is ingelogd")]
    if wie.soort == "burger":
        return [regel for regel in (wie.naam, _bsn(wie.bsn)) if regel]
    kvk = _("KVK-nummer {nummer}").format(nummer=wie.kvk_nummer)
    vestiging = _("Vestigingsnummer {nummer}").format(nummer=wie.vestiging) if wie.vestiging else ""
    return [regel for regel in (wie.naam, kvk, vestiging) if regel]


def _bsn(bsn: str) -> str:
    return f"BSN •••••{bsn[-4:]}" if bsn else ""


def _antwoord(antwoord: Antwoord, taal: Taal) -> dict[str, Any]:
    regels = [regel for tekst in antwoord.tekst for regel in tekst.in_taal(taal).splitlines()]
    bron = _("Overgenomen uit {bron}").format(bron=antwoord.bron) if antwoord.bron else ""
    return _feit(antwoord.vraag.in_taal(taal), *regels, bron=bron)


def _bedrag(cent: int, taal: Taal) -> str:
    return format_currency(cent / 100, "EUR", locale=taal)


# ---- text that a page can hold -------------------------------------------------------------------------


def schoon(ding: Any) -> Any:
    """The same data with text that the letters of the page can show, and no word longer than a line."""
    if isinstance(ding, str):
        return LANG_WOORD.sub(_breek, "".join(map(_teken, unicodedata.normalize("NFC", ding))))
    if isinstance(ding, list):
        return [schoon(deel) for deel in ding]
    if isinstance(ding, dict):
        return {naam: schoon(deel) for naam, deel in ding.items()}
    return ding


def _breek(woord: re.Match[str]) -> str:
    tekst = woord[0]
    return BREEKBAAR.join(tekst[begin : begin + 20] for begin in range(0, len(tekst), 20))


def _teken(teken: str) -> str:
    """The character itself; nothing for one that only steers; its name for one that our letters do not have."""
    if teken in "\n\t":
        return " "
    if unicodedata.category(teken) in STUREND or "\ufe00" <= teken <= "\ufe0f":
        return ""
    if is_leesbaar(teken):
        return teken
    return f"[{unicodedata.name(teken, f'U+{ord(teken):04X}').lower()}]"


def is_leesbaar(teken: str) -> bool:
    """Whether the letters that travel with the page have this character."""
    begin, eind = _dekking()
    plek = bisect_right(begin, ord(teken)) - 1
    return plek >= 0 and ord(teken) <= eind[plek]


@lru_cache
def _dekking() -> tuple[list[int], list[int]]:
    paren = [regel.split("-") for regel in (MAP / "fonts" / "dekking.txt").read_text().split()]
    return [int(van, 16) for van, _tot in paren], [int(tot, 16) for _van, tot in paren]
