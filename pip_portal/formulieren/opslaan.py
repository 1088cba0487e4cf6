"""What is stored of a page, and where someone goes next."""

from typing import Any

from fastapi import Request

from pip_portal.formulieren.aanvraag import Aanvraag, als_opslag
from pip_portal.formulieren.invoer import Doel, Gelezen
from pip_portal.formulieren.veldtypen.bestand import LATER, BestandVeld
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.verloop import Zichtbaar

Opslag = dict[str, Any]


def nieuwe_inhoud(aanvraag: Aanvraag, doel: Doel, gelezen: Gelezen, *, ruw: bool) -> Opslag:
    """The answers of the step of this page as they will be stored. ruw: also keep what is not good yet.

    Answers to questions that are hidden now stay: going back restores them (forms §3.2).
    """
    inhoud = dict(aanvraag.concept.per_stap.get(doel.stap.stap, {}))
    if doel.groep is None:
        inhoud |= _antwoorden(doel, gelezen, ruw=ruw)
        for naam in gelezen.leeg if ruw else ():
            inhoud.pop(naam, None)
        for veld in doel.velden:
            if isinstance(veld, GroepVeld):
                inhoud.setdefault(veld.veld, [])
        return inhoud
    items = list(inhoud.get(doel.groep.veld, []))
    oud = next((item for item in items if item["id"] == doel.item), {"id": doel.item})
    nieuw = {**oud, **_antwoorden(doel, gelezen, ruw=ruw)}
    for naam in gelezen.leeg if ruw else ():
        nieuw.pop(naam, None)
    if oud in items:
        items[items.index(oud)] = nieuw
    elif len(items) < doel.groep.max:
        items.append(nieuw)
    return {**inhoud, doel.groep.veld: items}


def _antwoorden(doel: Doel, gelezen: Gelezen, *, ruw: bool) -> Opslag:
    bestandsvelden = {veld.veld for veld in doel.velden if isinstance(veld, BestandVeld)}
    antwoorden = gelezen.met_ruw if ruw else gelezen.antwoorden
    return {
        naam: _alleen_later(waarde) if naam in bestandsvelden else als_opslag(waarde)
        for naam, waarde in antwoorden.items()
    }


def _alleen_later(waarde: Any) -> list[str]:
    """Which files there are is known by who keeps them; here only that they come later, or that there are none."""
    return [LATER] if isinstance(waarde, list) and LATER in waarde else []


def zonder_item(aanvraag: Aanvraag, doel: Doel) -> Opslag:
    """The step without this item."""
    inhoud = dict(aanvraag.concept.per_stap.get(doel.stap.stap, {}))
    if doel.groep is None:
        return inhoud
    over = [item for item in inhoud.get(doel.groep.veld, []) if item["id"] != doel.item]
    return {**inhoud, doel.groep.veld: over}


def is_vol(aanvraag: Aanvraag, doel: Doel) -> bool:
    """Whether another tab filled the group meanwhile, so that this new item does not fit any more."""
    assert doel.groep is not None  # noqa: S101  only items are added
    items = aanvraag.concept.per_stap.get(doel.stap.stap, {}).get(doel.groep.veld, [])
    return len(items) >= doel.groep.max and all(item["id"] != doel.item for item in items)


def achteraan(aanvraag: Aanvraag, doel: Doel, inhoud: Opslag) -> Opslag:
    """The new item behind what another tab saved meanwhile."""
    assert doel.groep is not None  # noqa: S101  only items are added
    daar = dict(aanvraag.concept.per_stap.get(doel.stap.stap, {}))
    nieuw = [item for item in inhoud[doel.groep.veld] if item["id"] == doel.item]
    items = [item for item in daar.get(doel.groep.veld, []) if item["id"] != doel.item]
    return {**daar, doel.groep.veld: [*items, *nieuw][: doel.groep.max]}


# ---- the way on ------------------------------------------------------------------------------------------------


def stap_url(request: Request, aanvraag_id: str, stap: str, terug: str = "") -> str:
    pad = request.url_for("aanvragen:stap", id=aanvraag_id, stap=stap).path
    return f"{pad}?terug={terug}" if terug else pad


def controleren_url(request: Request, aanvraag_id: str) -> str:
    return request.url_for("aanvragen:controleren", id=aanvraag_id).path


def open_url(request: Request, aanvraag: Aanvraag, terug: str = "") -> str:
    """Where someone must go on: the first open page, the task list, or the check page.

    Before anything was answered that is the very first page, also when it only tells what is known already.
    """
    stappen, eerste = aanvraag.verloop.stappen, aanvraag.verloop.eerste_open
    if eerste is None:
        return controleren_url(request, aanvraag.id)
    if aanvraag.formulier.vorm == "takenlijst":
        return request.url_for("aanvragen:detail", id=aanvraag.id).path
    if not any(zichtbaar.is_begonnen for zichtbaar in stappen):
        eerste = stappen[0].stap.stap
    return stap_url(request, aanvraag.id, eerste, terug)


def volgende_url(request: Request, aanvraag: Aanvraag, stap: str, terug: str) -> str:
    """The page after this one was saved. aanvraag: with the new answers.

    From the check page first what was newly opened, then the check page again.
    """
    verloop = aanvraag.verloop
    zichtbaar = next((z for z in verloop.stappen if z.stap.stap == stap), None)
    if zichtbaar is None:
        return open_url(request, aanvraag, terug)
    if zichtbaar.gestopt is not None:
        return f"{stap_url(request, aanvraag.id, stap)}?stop=ja"
    volgende = verloop.volgende(stap)
    if terug:
        if volgende is not None and verloop.mag(volgende) and _alleen_lezen(verloop.zichtbaar(volgende)):
            return stap_url(request, aanvraag.id, volgende, terug)
        return open_url(request, aanvraag, terug)
    if aanvraag.formulier.vorm == "takenlijst":
        return _volgende_taak(request, aanvraag, stap, volgende)
    if volgende is None or not verloop.mag(volgende):
        return open_url(request, aanvraag)
    return stap_url(request, aanvraag.id, volgende)


def _alleen_lezen(zichtbaar: Zichtbaar) -> bool:
    """A page that asks nothing is never open; it is read because the page before it leads there."""
    return not any(veld.heeft_antwoord for veld in zichtbaar.velden)


def _volgende_taak(request: Request, aanvraag: Aanvraag, stap: str, volgende: str | None) -> str:
    """On in the same section while it has open pages, else back to the list."""
    verloop = aanvraag.verloop
    if volgende is not None:
        hier, daar = verloop.zichtbaar(stap), verloop.zichtbaar(volgende)
        if hier.stap.onderdeel == daar.stap.onderdeel and not daar.is_klaar and verloop.mag(volgende):
            return stap_url(request, aanvraag.id, volgende)
    return request.url_for("aanvragen:detail", id=aanvraag.id).path
