"""The pages of an application, put together for their templates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse

from pip_portal.formulieren import toepassing
from pip_portal.formulieren.aanvraag import Aanvraag, als_antwoord
from pip_portal.formulieren.invoer import Doel, Gelezen, eerdere
from pip_portal.formulieren.kaarten import wie_laatst
from pip_portal.formulieren.opslaan import Opslag, controleren_url, stap_url
from pip_portal.formulieren.paginas import (
    Adresstand,
    Context,
    Groepregel,
    Kader,
    Melding,
    Onderdeel,
    Taak,
    TabKeuze,
    Vraag,
    gelet,
    kader,
    samen,
)
from pip_portal.formulieren.toepassing import vul
from pip_portal.formulieren.veldtypen.basis import Ruw
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.veldtypen.plekken import LocatieVeld
from pip_portal.formulieren.verloop import Itemstand, Verloop, Zichtbaar
from pip_portal.formulieren.voorwaarden import namen_in, waar
from pip_portal.formulieren.vragen import Blik, met_groep, vragen
from pip_portal.security import csp_with_images
from pip_portal.taal import _, taal
from pip_portal.web import page, wants_fragment
from pip_portal.weergave import datum, tijdstip

HANDMATIG = Adresstand("handmatig")


def aanvraagkader(request: Request, aanvraag: Aanvraag, onderdeel: str = "") -> Kader:
    takenlijst = aanvraag.formulier.vorm == "takenlijst"
    return replace(
        kader(request, aanvraag.formulier, anoniem=aanvraag.concept.anoniem),
        stoppen_url=request.url_for("aanvragen:stoppen", id=aanvraag.id).path,
        taken_url=request.url_for("aanvragen:detail", id=aanvraag.id).path if takenlijst else "",
        verloopt_op=aanvraag.concept.verloopt_op,
        onderdeel=onderdeel,
    )


def door_collega(aanvraag: Aanvraag, stap: str) -> str:
    """That a colleague saved this page last, and when; "" for anybody else. No name: we do not keep one."""
    if wie_laatst(aanvraag.concept, aanvraag.eigenaar, stap) != "collega":
        return ""
    op = aanvraag.concept.gewijzigd[stap]
    zin = _("Laatst gewijzigd door een collega op {datum} om {tijd}.")
    return zin.format(datum=datum(op), tijd=tijdstip(op))


def voor_wie(aanvraag: Aanvraag) -> str:
    """For which child or citizen this is, on every page of it; "" for oneself. Never in the title, which a browser
    remembers."""
    if (betrokkene := aanvraag.concept.gegevens.betrokkene) is not None:
        zin = _("U vult dit in voor {naam}. Lees de vragen en antwoorden voor. Een akkoord geeft de inwoner mondeling.")
        return zin.format(naam=betrokkene.naam)
    voor = aanvraag.concept.gegevens.voor
    return _("U vraagt dit aan voor {naam}.").format(naam=voor.naam) if voor.is_kind else ""


# ---- question pages --------------------------------------------------------------------------------------------


def toon_vragen(
    request: Request,
    aanvraag: Aanvraag,
    doel: Doel,
    *,
    terug: str = "",
    gelezen: Gelezen | None = None,
    met_fouten: bool = True,
    melding: Melding | None = None,
    groepfout: str = "",
    status_code: int = 200,
) -> HTMLResponse:
    """The question page, with what was typed when it was just read, else with what is stored."""
    # Warnings and follow-up questions look at what was just answered.
    met = aanvraag.met(gelezen.antwoorden) if gelezen is not None and doel.groep is None else aanvraag
    zichtbaar = _zichtbaar(met, doel, gelezen)
    blik = Blik(
        request=request,
        omgeving=aanvraag.omgeving,
        bronnen=aanvraag.bronnen,
        verloop=_met_item(met.verloop, doel, gelezen),
        antwoorden=eerdere(aanvraag, doel),
        lezingen=gelezen.lezingen if gelezen else {},
        standen=gelezen.standen if gelezen else {},
        bestanden=aanvraag.bestanden,
        concept_id=aanvraag.id,
        item=doel.item,
        met_fouten=met_fouten,
    )
    zonder_titel = doel.groep is None and doel.stap.titel is None and bool(zichtbaar)
    kop_is_vraag = zonder_titel and bool(zichtbaar[0].vraag.nl)
    getoond = vragen(blik, zichtbaar, doel.velden, kop_is_vraag=kop_is_vraag)
    getoond = tuple(_met_items(request, met, doel, vraag, terug, groepfout) for vraag in getoond)
    kop = _kop(met.verloop, doel)
    nummer = _stapnummer(aanvraag, doel)
    met_kaart = bool(request.app.state.settings.kaart_tegels) and any(isinstance(v, LocatieVeld) for v in doel.velden)
    context: Context = {
        "k": aanvraagkader(request, aanvraag, doel.stap.onderdeel.in_taal(taal()) if doel.stap.onderdeel else ""),
        "kop": getoond[0].vraag if kop_is_vraag else kop,
        "kop_is_vraag": kop_is_vraag,
        "stap_tekst": _("Stap {nummer} van {totaal}").format(nummer=nummer[0], totaal=nummer[1]) if nummer else "",
        "voortgang": nummer,
        "vragen": getoond,
        "fouten": samen(getoond),
        "melding": melding,
        "nieuw": len(gelezen.nieuw) if gelezen else 0,
        "actie_url": doel_url(request, aanvraag.id, doel),
        "terug_url": _terug_url(request, aanvraag, doel, terug),
        "terug": terug,
        "revisie": aanvraag.concept.revisie(doel.stap.stap),
        "gezien": " ".join(veld.veld for veld in zichtbaar),
        "knop": _("Opslaan") if doel.groep is not None else _("Volgende stap"),
        "mag_bewaren": not aanvraag.concept.is_kort,
        "is_multipart": doel.is_multipart,
        "inleiding": voor_wie(aanvraag),
        "laatst": door_collega(aanvraag, doel.stap.stap),
        "met_kaart": met_kaart,
    }
    response = page(request, "formulieren/vraag.html", fragment="vragen", status_code=status_code, **context)
    if met_kaart:
        response.headers["Content-Security-Policy"] = csp_with_images(request.app.state.settings.kaart_tegels)
    return response


def _met_item(verloop: Verloop, doel: Doel, gelezen: Gelezen | None) -> Verloop:
    """On the page of an item its own answers count too."""
    if doel.groep is None:
        return verloop
    stand = _itemstand(verloop, doel)
    waarden = dict(stand.waarden) if stand else {}
    for naam, lezing in gelezen.lezingen.items() if gelezen else ():
        if lezing.waarde is not None:
            waarden[naam] = verloop.formulier.veld(naam).typ(lezing.waarde)
    return replace(verloop, waarden={**verloop.waarden, **waarden})


def waarschuwt(aanvraag: Aanvraag, doel: Doel, gelezen: Gelezen) -> frozenset[str]:
    """What there is to read about what was just answered; each sentence as in the hidden fields `gelet`."""
    met = aanvraag.met(gelezen.antwoorden) if doel.groep is None else aanvraag
    verloop = _met_item(met.verloop, doel, gelezen)
    return frozenset(
        gelet(veld.veld, vul(let_op.tekst, verloop).in_taal(taal()))
        for veld in gelezen.velden
        for let_op in veld.let_op
        if waar(let_op.als, verloop.kennis)
    )


def doel_url(request: Request, aanvraag_id: str, doel: Doel) -> str:
    if doel.groep is None:
        return stap_url(request, aanvraag_id, doel.stap.stap)
    return request.url_for("aanvragen:item", id=aanvraag_id, stap=doel.stap.stap, item=doel.item).path


def _zichtbaar(aanvraag: Aanvraag, doel: Doel, gelezen: Gelezen | None) -> tuple[Any, ...]:
    if gelezen is not None:
        return gelezen.velden
    if doel.groep is None:
        return aanvraag.verloop.zichtbaar(doel.stap.stap).velden
    stand = _itemstand(aanvraag.verloop, doel)
    if stand is not None:
        return stand.velden
    hier = {veld.veld for veld in doel.groep.velden}  # a new item: what no answer of the item itself decides on
    return tuple(v for v in doel.groep.velden if not any(n.partition(".")[0] in hier for n in namen_in(v.toon_als)))


def _itemstand(verloop: Verloop, doel: Doel) -> Itemstand | None:
    items = verloop.items.get(doel.groep.veld, ()) if doel.groep else ()
    return next((item for item in items if item.id == doel.item), None)


def _kop(verloop: Verloop, doel: Doel) -> str:
    if doel.groep is None:
        return vul(doel.stap.kop, verloop).in_taal(taal())
    items = verloop.items.get(doel.groep.veld, ())
    nummer = next((n for n, item in enumerate(items, start=1) if item.id == doel.item), len(items) + 1)
    return f"{doel.groep.item.in_taal(taal())} {nummer}"


def _stapnummer(aanvraag: Aanvraag, doel: Doel) -> tuple[int, int] | None:
    """Which page this is of how many; None while an answer can still change how many there are (domain §3.1)."""
    if aanvraag.formulier.vorm == "takenlijst" or doel.groep is not None:
        return None
    verloop, formulier = aanvraag.verloop, aanvraag.formulier
    plaats = {veld.veld: nummer for nummer, stap in enumerate(formulier.stappen) for veld in stap.velden}
    hier = formulier.stappen.index(doel.stap)
    for nummer, stap in enumerate(formulier.stappen[hier:], start=hier):
        namen = namen_in(stap.toon_als)
        if any(naam.startswith("berekend.") for naam in namen):
            return None
        if any(plaats.get(naam.partition(".")[0], -1) >= hier for naam in namen) and nummer > hier:
            return None
    return verloop.nummer_van(doel.stap.stap), len(verloop.stappen)


def _terug_url(request: Request, aanvraag: Aanvraag, doel: Doel, terug: str) -> str:
    """The page before this one: the list of the group, the check page, the task list, or the question before."""
    if doel.groep is not None:
        return stap_url(request, aanvraag.id, doel.stap.stap, terug)
    if terug:
        return controleren_url(request, aanvraag.id)
    if aanvraag.formulier.vorm == "takenlijst":
        return request.url_for("aanvragen:detail", id=aanvraag.id).path
    vorige = aanvraag.verloop.vorige(doel.stap.stap)
    return stap_url(request, aanvraag.id, vorige) if vorige else ""


# ---- groups ----------------------------------------------------------------------------------------------------


def _met_items(request: Request, aanvraag: Aanvraag, doel: Doel, vraag: Vraag, terug: str, fout: str) -> Vraag:
    veld = vraag.veld
    if not isinstance(veld, GroepVeld):
        return vraag
    items = aanvraag.verloop.items.get(veld.veld, ())
    regels = tuple(
        groepregel(request, aanvraag, doel, veld, item, nummer, terug) for nummer, item in enumerate(items, 1)
    )
    vol = len(items) >= veld.max
    nieuw = request.url_for("aanvragen:item", id=aanvraag.id, stap=doel.stap.stap, item="nieuw").path
    gevuld = met_groep(vraag, veld, regels, "" if vol else f"{nieuw}{_met_terug(terug)}")
    return replace(gevuld, fouten={veld.veld: fout}) if fout else gevuld


def groepregel(
    request: Request, aanvraag: Aanvraag, doel: Doel, veld: GroepVeld, item: Itemstand, nummer: int, terug: str
) -> Groepregel:
    waar = {"id": aanvraag.id, "stap": doel.stap.stap, "item": item.id}
    return Groepregel(
        kop=f"{veld.item.in_taal(taal())} {nummer}",
        regels=itemregels(aanvraag, item),
        wijzig_url=request.url_for("aanvragen:item", **waar).path + _met_terug(terug),
        verwijder_url=request.url_for("aanvragen:item_verwijderen", **waar).path + _met_terug(terug),
        fout="" if item.is_klaar else _("Hier ontbreekt nog een antwoord. Kies 'Wijzigen'."),
    )


def itemregels(aanvraag: Aanvraag, item: Itemstand) -> tuple[tuple[str, str], ...]:
    """Question and answer of an item, as far as it is answered."""
    return tuple(
        (
            vul(veld.vraag, aanvraag.verloop).in_taal(taal()),
            ", ".join(
                regel.in_taal(taal())
                for regel in toepassing.in_woorden(veld, item.waarden[veld.veld], aanvraag.verloop)
            ),
        )
        for veld in item.velden
        if veld.heeft_antwoord and veld.veld in item.waarden
    )


def itemnaam(aanvraag: Aanvraag, doel: Doel) -> str:
    return _kop(aanvraag.verloop, doel)


def groepfout(aanvraag: Aanvraag, groep: GroepVeld) -> str:
    """What the group still needs, in a sentence."""
    items = aanvraag.verloop.items.get(groep.veld, ())
    if any(not item.is_klaar for item in items):
        return _("Bij een van deze ontbreekt nog een antwoord. Kies 'Wijzigen' en vul het aan.")
    goed = tuple({"id": item.id, **item.waarden} for item in items)
    return next(iter(groep.keur(goed, aanvraag.omgeving, aanvraag.verloop.waarden).values()), "")


def _met_terug(terug: str) -> str:
    return f"?terug={terug}" if terug else ""


def toon_vol(request: Request, aanvraag: Aanvraag, doel: Doel, terug: str = "") -> HTMLResponse:
    """The list of a group that another tab filled up, with what can be done about it."""
    groep = doel.stap.groep
    assert groep is not None  # noqa: S101  only items are added
    zin = _("U kunt er hoogstens {aantal} toevoegen. Verwijder er eerst één.").format(aantal=groep.max)
    return toon_vragen(request, aanvraag, Doel(doel.stap), terug=terug, groepfout=zin, status_code=422)


# ---- stop, tabs, tasks -----------------------------------------------------------------------------------------


def toon_stop(request: Request, aanvraag: Aanvraag, zichtbaar: Zichtbaar) -> HTMLResponse:
    stop = zichtbaar.gestopt
    assert stop is not None  # noqa: S101  the caller looked
    return page(
        request,
        "formulieren/stop.html",
        k=aanvraagkader(request, aanvraag),
        kop=vul(stop.titel, aanvraag.verloop).in_taal(taal()),
        tekst=vul(stop.tekst, aanvraag.verloop).in_taal(taal()),
        terug_url=stap_url(request, aanvraag.id, zichtbaar.stap.stap),
    )


def toon_tabbladen(
    request: Request,
    aanvraag: Aanvraag,
    doel: Doel,
    hier: Opslag,
    paren: Sequence[tuple[str, str]],
    *,
    gevraagd: bool,
) -> HTMLResponse:
    """Both answers, for the citizen to choose from. aanvraag: as it is stored now. hier: what was sent just now."""
    daar = aanvraag.concept.per_stap.get(doel.stap.stap, {})
    vast = ("csrf", "actie", "revisie", "tabblad", "tabbladen")
    velden = [paar for paar in paren if paar[0] not in vast]
    velden += [("revisie", str(aanvraag.concept.revisie(doel.stap.stap))), ("tabbladen", "ja")]
    fout = (("tabblad", _("Kies welk antwoord goed is.")),) if gevraagd else ()
    return page(
        request,
        "formulieren/tabbladen.html",
        status_code=422 if fout else 200,
        k=aanvraagkader(request, aanvraag),
        kop=_kop(aanvraag.verloop, doel),
        keuzes=(
            TabKeuze("hier", _("Wat u nu hebt ingevuld"), _tabregels(aanvraag, doel, hier)),
            TabKeuze("daar", _("Wat in het andere tabblad staat"), _tabregels(aanvraag, doel, daar)),
        ),
        actie_url=doel_url(request, aanvraag.id, doel),
        velden=tuple(velden),
        fouten=fout,
    )


def _tabregels(aanvraag: Aanvraag, doel: Doel, inhoud: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if doel.groep is not None:
        items = inhoud.get(doel.groep.veld, [])
        inhoud = next((item for item in items if item["id"] == doel.item), {})
    regels = []
    for veld in doel.velden:
        if veld.heeft_antwoord and veld.veld in inhoud and not isinstance(veld, GroepVeld):
            vraag = vul(veld.vraag, aanvraag.verloop).in_taal(taal())
            regels.append((vraag, in_woorden(aanvraag, veld, als_antwoord(inhoud[veld.veld]))))
    return tuple(regels)


def in_woorden(aanvraag: Aanvraag, veld: Any, antwoord: Any) -> tuple[str, ...]:
    """A stored answer as a citizen reads it, also when it is not valid."""
    if antwoord is None or antwoord == []:
        return ()
    if isinstance(antwoord, Ruw):
        return tuple(tekst for teksten in antwoord.invoer.values() for tekst in teksten if tekst.strip())
    try:
        return tuple(regel.in_taal(taal()) for regel in toepassing.in_woorden(veld, antwoord, aanvraag.verloop))
    except (ValueError, TypeError, KeyError):
        return ()


def toon_takenlijst(request: Request, aanvraag: Aanvraag, melding: Melding | None = None) -> HTMLResponse:
    """Each page under its section, with where it stands; sending only when all are done."""
    delen: dict[str, list[Taak]] = {}
    for zichtbaar in aanvraag.verloop.stappen:
        kop = (zichtbaar.stap.onderdeel or aanvraag.formulier.product.naam).in_taal(taal())
        delen.setdefault(kop, []).append(_taak(request, aanvraag, zichtbaar))
    taken = [taak for lijst in delen.values() for taak in lijst]
    compleet = aanvraag.verloop.is_compleet
    return page(
        request,
        "formulieren/takenlijst.html",
        k=aanvraagkader(request, aanvraag),
        delen=tuple(Onderdeel(kop, tuple(lijst)) for kop, lijst in delen.items()),
        klaar=sum(taak.stand == "klaar" for taak in taken),
        totaal=len(taken),
        controleren_url=controleren_url(request, aanvraag.id) if compleet else "",
        melding=melding,
        laatst=door_collega(aanvraag, aanvraag.concept.laatste_stap),
    )


def _taak(request: Request, aanvraag: Aanvraag, zichtbaar: Zichtbaar) -> Taak:
    stand: Literal["nog_niet", "bezig", "klaar", "kan_nog_niet"] = "nog_niet"
    if zichtbaar.kan_nog_niet:
        stand = "kan_nog_niet"
    elif zichtbaar.is_klaar:
        stand = "klaar"
    elif zichtbaar.is_begonnen:
        stand = "bezig"
    dicht = stand == "kan_nog_niet"
    return Taak(
        titel=vul(zichtbaar.stap.kop, aanvraag.verloop).in_taal(taal()),
        url="" if dicht else stap_url(request, aanvraag.id, zichtbaar.stap.stap),
        stand=stand,
        uitleg=_("Beantwoord eerst de vragen hierboven.") if dicht else "",
    )


def is_htmx(request: Request) -> bool:
    return wants_fragment(request)
