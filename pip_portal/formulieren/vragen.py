"""From the definition of a field and what was answered to the question that a page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fastapi import Request

from pip_portal.bestanden.opslag import BestandInfo
from pip_portal.formulieren.adressen import stand_van
from pip_portal.formulieren.eerder import Eerder, pad_van
from pip_portal.formulieren.namen import Brondefinitie
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.paginas import (
    Adresstand,
    Bestandregel,
    Gegevensregel,
    Groepregel,
    Kaart,
    Optie,
    Vraag,
)
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.toepassing import vul
from pip_portal.formulieren.veldtypen.basis import Lezing, Ruw
from pip_portal.formulieren.veldtypen.bestand import BestandVeld
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.veldtypen.plekken import AdresVeld, LocatieVeld
from pip_portal.formulieren.veldtypen.tonen import GegevensVeld, UitlegVeld
from pip_portal.formulieren.verloop import Verloop
from pip_portal.formulieren.voorwaarden import namen_in, waar
from pip_portal.taal import _, taal
from pip_portal.weergave import datum

LIJST_VANAF = 12  # options above which a list is easier than radios (forms §2.4)
NA_TE_KIJKEN = ("iban", "kenteken", "kvk")


@dataclass(frozen=True)
class Blik:
    """What a page knows when it shows its questions.

    lezingen: what was just read, per field: its errors and what was typed. standen: how addresses were found.
    """

    request: Request
    omgeving: Omgeving
    bronnen: Mapping[str, Brondefinitie]
    verloop: Verloop = field(repr=False)
    antwoorden: Mapping[str, Any] = field(repr=False)
    lezingen: Mapping[str, Lezing] = field(default_factory=dict, repr=False)
    standen: Mapping[str, Adresstand] = field(default_factory=dict)
    bestanden: Sequence[BestandInfo] = ()
    concept_id: str = ""
    item: str = ""
    met_fouten: bool = True

    def tekst(self, tekst: Tekst | None) -> str:
        """The text in the language of the page, with its placeholders filled in."""
        return vul(tekst, self.verloop).in_taal(taal()) if tekst is not None else ""


def vragen(blik: Blik, velden: Sequence[Any], alle: Sequence[Any], *, kop_is_vraag: bool) -> tuple[Vraag, ...]:
    """The questions of one page, in order. alle: also those that an answer on this page can still open."""
    return tuple(_vraag(blik, veld, alle, is_kop=kop_is_vraag and nummer == 0) for nummer, veld in enumerate(velden))


def _vraag(blik: Blik, veld: Any, velden: Sequence[Any], *, is_kop: bool) -> Vraag:
    lezing = blik.lezingen.get(veld.veld)
    antwoord = blik.antwoorden.get(veld.veld)
    bron = ""
    if lezing is None and antwoord is None and veld.bron:
        pad = pad_van(blik.verloop.formulier, veld)
        antwoord = _voorstel(veld, pad, blik.omgeving)
        bron = bronnaam(blik, pad) if antwoord is not None else ""
    hint = blik.tekst(veld.hint)
    if lezing is None and antwoord is None and (voorstel := blik.verloop.voorstel(veld)) is not None:
        antwoord, hint = voorstel, _("Dit past het best bij uw tekst. Klopt dat niet? Kies iets anders.")
    namen_erna = {naam for ander in velden for naam in namen_in(ander.toon_als)}
    hier = {ander.veld for ander in velden}
    return Vraag(
        veld=veld,
        vraag=blik.tekst(veld.vraag),
        hint=hint,
        is_kop=is_kop,
        ruw=_ruw(veld, lezing, antwoord),
        fouten=lezing.fouten if lezing and blik.met_fouten else {},
        opties=_opties(veld, blik.omgeving),
        als_keuzelijst=veld.type == "keuze" and len(veld.keuzes(blik.omgeving)) > LIJST_VANAF,
        ververst=any(naam.partition(".")[0] == veld.veld for naam in namen_erna),
        volgt=any(naam.partition(".")[0] in hier for naam in namen_in(veld.toon_als)),
        controle=veld.type in NA_TE_KIJKEN or isinstance(veld, AdresVeld),
        let_op=_let_op(blik, veld),
        bron=bron,
        regels=_gegevens(blik, veld) if isinstance(veld, GegevensVeld) else (),
        tekst=blik.tekst(veld.tekst) if isinstance(veld, UitlegVeld) else "",
        **_van_bestand(blik, veld),
        adres=_adres(blik, veld, antwoord),
        kaart=_kaart(blik.request) if isinstance(veld, LocatieVeld) else None,
    )


def _ruw(veld: Any, lezing: Lezing | None, antwoord: Any) -> Mapping[str, Sequence[str]]:
    """What stands in the controls: what was typed just now, what was kept as typed, or the stored answer."""
    if lezing is not None:
        if lezing.waarde is not None and isinstance(veld, AdresVeld | LocatieVeld):
            return {**lezing.ruw, **veld.ruw_van(lezing.waarde)}
        return lezing.ruw
    if isinstance(antwoord, Ruw):
        return antwoord.invoer
    if antwoord is None or not veld.heeft_antwoord:
        return {}
    ruw: Mapping[str, Sequence[str]] = veld.ruw_van(antwoord)
    return ruw


def _voorstel(veld: Any, pad: str, omgeving: Omgeving) -> Any | None:
    """The value that a source proposes, when it is a good answer to this question."""
    waarde = omgeving.waarde(pad)
    if isinstance(waarde, Eerder):
        waarde = waarde.waarde
    if isinstance(waarde, date):
        waarde = waarde.isoformat()
    return waarde if waarde is not None and veld.geldig(waarde, omgeving, {}) is not None else None


def _opties(veld: Any, omgeving: Omgeving) -> tuple[Optie, ...]:
    if veld.type not in ("keuze", "meerkeuze", "janee"):
        return ()
    return tuple(
        Optie(
            waarde,
            optie.in_taal(taal()),
            optie.hint.in_taal(taal()) if optie.hint else "",
            veld.veld if nummer == 1 else f"{veld.veld}-{nummer}",
        )
        for nummer, (waarde, optie) in enumerate(veld.keuzes(omgeving).items(), start=1)
    )


def _let_op(blik: Blik, veld: Any) -> tuple[tuple[str, str], ...]:
    """What does not block, once there is an answer to say it about."""
    kennis = blik.verloop.kennis
    return tuple((let_op.soort, blik.tekst(let_op.tekst)) for let_op in veld.let_op if waar(let_op.als, kennis))


def _gegevens(blik: Blik, veld: GegevensVeld) -> tuple[Gegevensregel, ...]:
    return tuple(
        Gegevensregel(
            label=blik.bronnen[pad].label.in_taal(taal()),
            waarden=in_woorden(blik.omgeving.waarde(pad)),
            bron=bronnaam(blik, pad),
            klopt_niet_url=blik.request.url_for("gegevens:show").path if pad.startswith(("brp.", "kvk.")) else "",
        )
        for pad in veld.paden_voor(blik.omgeving)
    )


def in_woorden(waarde: Any) -> tuple[str, ...]:
    """A fact of a source as a citizen reads it; nothing when the source says nothing."""
    if waarde is None or waarde == ():
        return ()
    if isinstance(waarde, bool):
        return (_("Ja") if waarde else _("Nee"),)
    if isinstance(waarde, date):
        return (datum(waarde),)
    if isinstance(waarde, tuple):
        return tuple(optie.tekst.in_taal(taal()) for optie in waarde)
    return (str(waarde),)


def bronnaam(blik: Blik, pad: str) -> str:
    """Where a fact comes from, as the citizen knows it."""
    if isinstance(eerder := blik.omgeving.waarde(pad), Eerder):
        return _("uw aanvraag van {datum}").format(datum=datum(eerder.op))
    return blik.bronnen[pad].bron.in_taal(taal()) if pad in blik.bronnen else ""


# ---- files, addresses, maps ------------------------------------------------------------------------------------


def _van_bestand(blik: Blik, veld: Any) -> dict[str, Any]:
    if not isinstance(veld, BestandVeld):
        return {}
    eigen = [bestand for bestand in blik.bestanden if bestand.veld == bestandsveld(veld.veld, blik.item)]
    return {
        "bestanden": tuple(bestandregel(blik.request, blik.concept_id, bestand) for bestand in eigen),
        "eisen_tekst": eisen_tekst(veld),
        "mag_toevoegen": len(eigen) < veld.max,
    }


def bestandsveld(veld: str, item: str) -> str:
    """Under which name the files of this question are kept; those of an item of a group are apart."""
    return f"{item}.{veld}" if item else veld


def bestandregel(request: Request, concept_id: str, bestand: BestandInfo) -> Bestandregel:
    waar = {"id": concept_id, "bestand": bestand.id}
    return Bestandregel(
        id=bestand.id,
        naam=bestand.naam,
        grootte=bestand.grootte,
        staat=bestand.staat,
        url=request.url_for("aanvragen:bestand", **waar).path,
        verwijder_url=request.url_for("aanvragen:bestand_verwijderen", **waar).path,
    )


def eisen_tekst(veld: BestandVeld) -> str:
    """U kunt pdf, jpg of png toevoegen. …"""
    *eerste, laatste = veld.soorten
    of = _("of")
    soorten = f"{', '.join(eerste)} {of} {laatste}" if eerste else laatste
    zinnen = [
        _("U kunt {soorten} toevoegen.").format(soorten=soorten),
        _("Een bestand mag {max} MB groot zijn.").format(max=veld.max_mb),
    ]
    if veld.max > 1:
        zinnen.append(_("U mag {aantal} bestanden toevoegen.").format(aantal=veld.max))
    return " ".join(zinnen)


def _adres(blik: Blik, veld: Any, antwoord: Any) -> Adresstand:
    if not isinstance(veld, AdresVeld | LocatieVeld):
        return Adresstand()
    if veld.veld in blik.standen:
        return blik.standen[veld.veld]
    if isinstance(antwoord, Ruw):
        return Adresstand("handmatig" if antwoord.invoer.get(f"{veld.veld}-straat") else "leeg")
    return stand_van(veld, antwoord)


def _kaart(request: Request) -> Kaart | None:
    settings = request.app.state.settings
    if not settings.kaart_tegels:
        return None
    return Kaart(settings.kaart_tegels, settings.kaart_bron, settings.kaart_midden, 13)


def met_groep(vraag: Vraag, veld: GroepVeld, items: tuple[Groepregel, ...], toevoegen_url: str) -> Vraag:
    """The question about a group, with what it has already."""
    return replace(vraag, items=items, toevoegen_url=toevoegen_url, item_naam=veld.item.in_taal(taal()))
