"""From the answers of a form to what is sent: the summary that the check page shows, and the zaak it becomes.

What the citizen saw is what is sent: both come from `samenvatting`. Hidden questions are in neither.
Source: forms §2.7, §3.6.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from pip_portal.bestanden.opslag import BestandInfo
from pip_portal.formulieren.definitie import DIGID, Formulier, Ondertekening, dagen_van
from pip_portal.formulieren.namen import Brondefinitie
from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Tekst, vast
from pip_portal.formulieren.toepassing import in_woorden, los, vul, vul_een_taal
from pip_portal.formulieren.veldtypen.bestand import LATER, BestandVeld
from pip_portal.formulieren.veldtypen.groep import GroepVeld
from pip_portal.formulieren.veldtypen.tijden import datum
from pip_portal.formulieren.veldtypen.tonen import GegevensVeld
from pip_portal.formulieren.verloop import Itemstand, Verloop, Zichtbaar
from pip_portal.formulieren.voorwaarden import waar
from pip_portal.inzendingen.indienen import Veranderd
from pip_portal.inzendingen.inhoud import (
    Aanvrager,
    Antwoord,
    Bedragregel,
    Betaling,
    Bijlage,
    Blok,
    Deelzaak,
    Inhoud,
    Rol,
    TeTekenen,
    Tweetalig,
    Zaakobject,
    Zaakopdracht,
)
from pip_portal.inzendingen.nummer import maak_nummer
from pip_portal.termijnen import einde_termijn
from pip_portal.weergave import lokale_dag

ANTWOORDEN: Final = Tekst(nl="Uw antwoorden", en="Your answers")
NIETS: Final = Tekst(nl="Geen", en="None")
BIJLAGE: Final = "Bijlage"  # informatieobjecttype of a file whose question does not name one

Bestanden = Sequence[BestandInfo]
Bronnen = Mapping[str, Brondefinitie]


# ---- the summary -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Regel:
    """One answer, and where it was given. item: id of the item of a group. vast: a fact that is not asked here."""

    stap: str
    antwoord: Antwoord = field(repr=False)
    item: str = ""
    bestanden: tuple[BestandInfo, ...] = field(default=(), repr=False)
    vast: bool = False


@dataclass(frozen=True)
class Samenvattingsblok:
    kop: Tweetalig
    regels: tuple[Regel, ...]


def samenvatting(verloop: Verloop, bestanden: Bestanden, bronnen: Bronnen, taal: str) -> tuple[Samenvattingsblok, ...]:
    """Every answer that is shown, once, under the headings of the form.

    Pages of one question have no heading of their own, so they share one. An item of a group has its own block. taal:
    of the names of sources. An answer without text was left empty.
    """
    blokken: list[Samenvattingsblok] = []
    for zichtbaar in verloop.stappen:
        kop = tweetalig(zichtbaar.stap.onderdeel or zichtbaar.stap.titel or ANTWOORDEN, verloop)
        regels: list[Regel] = []
        for veld in zichtbaar.velden:
            if isinstance(veld, GroepVeld) and verloop.items.get(veld.veld):
                _voeg_toe(blokken, kop, regels)
                regels = []
                blokken += _items(verloop, zichtbaar, veld, bestanden)
            else:
                regels += _regels(verloop, zichtbaar, veld, bestanden, bronnen, taal)
        _voeg_toe(blokken, kop, regels)
    return tuple(blokken)


def _voeg_toe(blokken: list[Samenvattingsblok], kop: Tweetalig, regels: Sequence[Regel]) -> None:
    """Under the heading before it when that is the same one."""
    if not regels:
        return
    if blokken and blokken[-1].kop == kop:
        blokken[-1] = replace(blokken[-1], regels=(*blokken[-1].regels, *regels))
    else:
        blokken.append(Samenvattingsblok(kop, tuple(regels)))


def _items(
    verloop: Verloop, zichtbaar: Zichtbaar, groep: GroepVeld, bestanden: Bestanden
) -> Iterator[Samenvattingsblok]:
    for nummer, item in enumerate(verloop.items[groep.veld], start=1):
        kop = Tweetalig(nl=f"{groep.item.nl} {nummer}", en=f"{groep.item.en} {nummer}")
        regels = tuple(
            _regel(verloop, zichtbaar.stap.stap, veld, item.waarden.get(veld.veld), bestanden, item)
            for veld in item.velden
            if veld.heeft_antwoord
        )
        yield Samenvattingsblok(kop, regels)


def _regels(
    verloop: Verloop, zichtbaar: Zichtbaar, veld: Any, bestanden: Bestanden, bronnen: Bronnen, taal: str
) -> list[Regel]:
    stap = zichtbaar.stap.stap
    if isinstance(veld, GegevensVeld):
        return [Regel(stap, feit, vast=True) for feit in _feiten(veld, verloop.omgeving, bronnen, taal)]
    if isinstance(veld, GroepVeld):
        vraag = tweetalig(veld.vraag, verloop)
        return [Regel(stap, Antwoord(veld=veld.veld, vraag=vraag, tekst=(tweetalig(NIETS),)))]
    if not veld.heeft_antwoord:
        return []
    return [_regel(verloop, stap, veld, verloop.waarden.get(veld.veld), bestanden)]


def _regel(
    verloop: Verloop, stap: str, veld: Any, waarde: Any, bestanden: Bestanden, item: Itemstand | None = None
) -> Regel:
    vraag = tweetalig(veld.vraag, verloop)
    eigen = _van_antwoord(waarde, bestanden) if isinstance(veld, BestandVeld) else ()
    tekst = [tweetalig(vast(bestand.naam)) for bestand in eigen]
    if waarde is not None:
        tekst += [tweetalig(deel) for deel in in_woorden(veld, waarde, verloop)]
    antwoord = Antwoord(veld=veld.veld, vraag=vraag, tekst=tuple(tekst))
    return Regel(stap, antwoord, item.id if item else "", eigen)


def _van_antwoord(waarde: Any, bestanden: Bestanden) -> tuple[BestandInfo, ...]:
    ids = [deel for deel in waarde or () if deel != LATER]
    return tuple(bestand for bestand in bestanden if bestand.id in ids)


def _feiten(veld: GegevensVeld, omgeving: Omgeving, bronnen: Bronnen, taal: str) -> Iterator[Antwoord]:
    for pad in veld.paden_voor(omgeving):
        bron = bronnen[pad]
        tekst = los(omgeving.waarde(pad))
        yield Antwoord(
            veld=pad,
            vraag=tweetalig(bron.label),
            tekst=(tweetalig(tekst),) if tekst else (),
            bron=bron.bron.in_taal(taal),
        )


def tweetalig(tekst: Tekst, verloop: Verloop | None = None) -> Tweetalig:
    """The text with its names filled in, in both languages."""
    gevuld = vul(tekst, verloop) if verloop is not None else tekst
    return Tweetalig(nl=gevuld.nl, en=gevuld.en)


def vingerafdruk(verloop: Verloop, bestanden: Bestanden, bronnen: Bronnen) -> str:
    """Stands in the check page: when it is another one at sending, what would be sent is not what was read."""
    blokken = samenvatting(verloop, bestanden, bronnen, "nl")
    gezien = [
        verloop.formulier.formulier,
        verloop.formulier.versie,
        [[r.antwoord.model_dump() for r in blok.regels] for blok in blokken],
        [[b.id, b.sha256] for blok in blokken for r in blok.regels for b in r.bestanden],
        verloop.bedrag.cent if verloop.bedrag else None,
    ]
    return hashlib.sha256(json.dumps(gezien, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


# ---- what is sent ----------------------------------------------------------------------------------------------


def maak_inhoud(
    verloop: Verloop,
    *,
    concept_id: str,
    aanvrager: Aanvrager,
    bestanden: Bestanden,
    bronnen: Bronnen,
    taal: Literal["nl", "en"],
    ontvangen_op: datetime,
    kanaal: str = "",
) -> Inhoud:
    """All that is sent of a form that is filled in completely.

    Raises: Veranderd when it is not complete (any more).
    """
    if not verloop.is_compleet:
        raise Veranderd("het formulier is niet compleet")
    formulier, nummer = verloop.formulier, maak_nummer(UUID(concept_id))
    blokken = samenvatting(verloop, bestanden, bronnen, taal)
    tekenen = tuple(_tekenaars(verloop))
    beslissen_voor = None
    if formulier.termijn.wettelijk and not verloop.wacht_op_plek:
        beslissen_voor = einde_termijn(lokale_dag(ontvangen_op), formulier.termijn.wettelijk)
    return Inhoud(
        nummer=nummer,
        formulier=formulier.formulier,
        versie=formulier.versie,
        taal=taal,
        product=tweetalig(formulier.product.naam),
        gevoelig=formulier.gevoelig,
        aanvrager=aanvrager,
        blokken=tuple(Blok(kop=blok.kop, antwoorden=tuple(r.antwoord for r in blok.regels)) for blok in blokken),
        waarden=_als_json(verloop.waarden),
        bijlagen=tuple(_bijlagen(formulier, blokken)),
        zaak=_zaak(verloop, kanaal),
        doel_bron=formulier.zaak.bron,
        eerst_tekenen=bool(tekenen) and formulier.zaak.aanmaken == "na_ondertekening",
        tekenen=tekenen,
        betaling=_betaling(verloop),
        email=_contact(verloop, "email"),
        telefoon=_contact(verloop, "telefoon"),
        verklaring=tweetalig(formulier.controle.verklaring, verloop) if formulier.controle.verklaring else None,
        bevestiging=_bevestiging(verloop, nummer, tekenen, ontvangen_op),
        beslissen_voor=beslissen_voor,
        bewaren_dagen=formulier.bewaren.inzending_dagen,
        ontvangen_op=ontvangen_op,
    )


def _als_json(waarden: Any) -> Any:
    """Typed answers as they can be stored; dates and decimals as text."""
    ruw: Any = json.loads(json.dumps(waarden, default=str))
    return ruw


def _bijlagen(formulier: Formulier, blokken: Sequence[Samenvattingsblok]) -> Iterator[Bijlage]:
    gehad: set[str] = set()
    for regel in (regel for blok in blokken for regel in blok.regels):
        veld = formulier.veld(regel.antwoord.veld) if regel.bestanden else None
        for bestand in regel.bestanden:
            if bestand.id in gehad:
                continue
            gehad.add(bestand.id)
            yield Bijlage(
                id=bestand.id,
                veld=regel.antwoord.veld,
                naam=bestand.naam,
                soort=bestand.soort,
                grootte=bestand.grootte,
                sha256=bestand.sha256,
                informatieobjecttype=(veld.informatieobjecttype if veld else "") or BIJLAGE,
                vertrouwelijkheid=(veld.vertrouwelijkheid if veld else None) or "",
            )


def _contact(verloop: Verloop, soort: str) -> str:
    """The e-mail address or phone number of who applies: of the shared page, else the first question of that type."""
    velden: list[Any] = [v for z in verloop.stappen for v in z.velden if verloop.waarden.get(v.veld)]
    van_anderen = {o.email for o in verloop.formulier.ondertekening}
    eigen = [veld for veld in velden if veld.type == soort and veld.veld not in van_anderen]
    eigen.sort(key=lambda veld: (not veld.bron.startswith("profiel."), veld.veld != soort))
    return str(verloop.waarden[eigen[0].veld]) if eigen else ""


# ---- the zaak --------------------------------------------------------------------------------------------------


def _zaak(verloop: Verloop, kanaal: str) -> Zaakopdracht:
    mapping = verloop.formulier.zaak
    naam = mapping.omschrijving or verloop.formulier.product.naam.nl
    return Zaakopdracht(
        zaaktype=mapping.zaaktype,
        omschrijving=vul_een_taal(naam, verloop),
        toelichting=vul_een_taal(mapping.toelichting, verloop, lengte=1000),
        eigenschappen={n: w for n, pad in mapping.eigenschappen.items() if (w := _eigenschap(verloop, pad))},
        rollen=tuple(rol for m in mapping.rollen for rol in _rollen(verloop, m.roltype, m.uit, m.naam)),
        objecten=tuple(obj for m in mapping.objecten if (obj := _object(verloop.waarden.get(m.uit)))),
        deelzaken=tuple(
            Deelzaak(
                zaaktype=m.zaaktype,
                omschrijving=vul_een_taal(m.omschrijving or naam, verloop),
                eigenschappen={n: w for n, pad in m.eigenschappen.items() if (w := _eigenschap(verloop, pad))},
            )
            for m in mapping.deelzaken
            if m.als is None or waar(m.als, verloop.kennis)
        ),
        geometrie=(verloop.waarden.get(mapping.geometrie) or {}).get("geometrie") if mapping.geometrie else None,
        vertrouwelijkheid=mapping.vertrouwelijkheid or "",
        kanaal=kanaal or mapping.kanaal,
        betalingsindicatie="nog_niet" if verloop.bedrag and verloop.bedrag.cent else "nvt",
        samenvatting=mapping.samenvatting,
    )


def _eigenschap(verloop: Verloop, pad: str) -> str:
    """The value in the notation of the catalogus; "" when it was not asked or left empty, so nothing is written."""
    hoofd, _, deel = pad.partition(".")
    waarde = verloop.kennis.waarde(pad)
    if waarde is None:
        return ""
    if hoofd == "berekend" and verloop.formulier.berekend[deel].type == "bedrag":
        return f"{waarde // 100}.{waarde % 100:02d}"
    if hoofd in verloop.waarden and not deel:
        return str(verloop.formulier.veld(hoofd).als_eigenschap(waarde))
    if isinstance(waarde, bool):
        return "ja" if waarde else "nee"
    if isinstance(waarde, tuple):  # a fact of each chosen option
        return ", ".join(map(str, waarde))
    return waarde.strftime("%Y%m%d") if hasattr(waarde, "strftime") else str(waarde)


def _rollen(verloop: Verloop, roltype: str, pad: str, naamveld: str) -> Iterator[Rol]:
    """Who was named at this question: chosen from a source (their BSN never left it), or typed.

    pad: a question; when it is one of a group, also as "groep.vraag", each item names somebody.
    """
    naam = pad.rpartition(".")[2]
    veld, groep = verloop.formulier.veld(naam), _groep_van(verloop.formulier, naam)
    bronnen: Sequence[Mapping[str, Any]] = verloop.waarden.get(groep, ()) if groep else (verloop.waarden,)
    for waarden in bronnen:
        gegeven = waarden.get(veld.veld)
        genoemd = str(waarden.get(naamveld, "")) if naamveld else ""
        for waarde in gegeven if isinstance(gegeven, (tuple, list)) else (gegeven,):
            if waarde is not None and (rol := _rol(verloop, roltype, veld, waarde, genoemd)):
                yield rol


def _groep_van(formulier: Formulier, naam: str) -> str:
    """The group that this question is in, "" when it is in none."""
    groepen = (veld for veld in formulier.alle_velden() if isinstance(veld, GroepVeld))
    return next((groep.veld for groep in groepen if any(veld.veld == naam for veld in groep.velden)), "")


def _rol(verloop: Verloop, roltype: str, veld: Any, waarde: Any, naam: str) -> Rol | None:
    if getattr(veld, "opties_uit", ""):
        optie = veld.bronoptie(waarde, verloop.omgeving)
        if optie is None:
            return None
        return Rol(roltype=roltype, bsn=str(optie.kenmerken.get("bsn", "")), naam=optie.tekst.nl)
    if veld.type == "bsn":
        return Rol(roltype=roltype, bsn=str(waarde), naam=naam)
    if veld.type == "kvk":
        return Rol(roltype=roltype, kvk_nummer=str(waarde), naam=naam)
    return Rol(roltype=roltype, naam=naam or str(waarde))


def _object(waarde: Any) -> Zaakobject | None:
    """The address of an answer: of a question for an address, or of a place that was given as one."""
    adres = waarde.get("adres", waarde) if isinstance(waarde, Mapping) else {}
    if not adres.get("huisnummer"):
        return None
    return Zaakobject(
        identificatie=adres["bag_id"],
        straat=adres["straat"],
        huisnummer=adres["huisnummer"],
        huisletter=adres["letter"],
        toevoeging=adres["toevoeging"],
        postcode=adres["postcode"],
        plaats=adres["plaats"],
    )


def _betaling(verloop: Verloop) -> Betaling | None:
    """The price as it is now, fixed: of each line the tariff and its date. None on a waiting list."""
    if verloop.bedrag is None or verloop.formulier.betaling is None or verloop.wacht_op_plek:
        return None
    regels = tuple(
        Bedragregel(tekst=tweetalig(r.tekst, verloop), cent=r.cent, tarief=r.tarief, vanaf=r.vanaf)
        for r in verloop.bedrag.regels
    )
    return Betaling(cent=verloop.bedrag.cent, moment=verloop.formulier.betaling.moment, regels=regels)


# ---- who must agree, and what happens now ----------------------------------------------------------------------


def _tekenaars(verloop: Verloop) -> Iterator[TeTekenen]:
    for ondertekening in verloop.formulier.ondertekening:
        if ondertekening.per:
            items: Sequence[Mapping[str, Any]] = verloop.waarden.get(ondertekening.per, ())
            for item in items:
                yield from _tekenaar(replace(verloop, waarden={**verloop.waarden, **item}), ondertekening)
        else:
            yield from _tekenaar(verloop, ondertekening)


def _tekenaar(verloop: Verloop, ondertekening: Ondertekening) -> Iterator[TeTekenen]:
    """Nobody when the condition does not hold, or when there is no address to ask them at."""
    email = str(verloop.waarden.get(ondertekening.email, ""))
    if not email or (ondertekening.als is not None and not waar(ondertekening.als, verloop.kennis)):
        return
    naam = verloop.waarden.get(ondertekening.naam or ondertekening.rol)
    middel = ondertekening.middel
    yield TeTekenen(
        rol=ondertekening.rol,
        naam=tweetalig(vast(str(naam)) if naam else vast(ondertekening.rol)),
        email=email,
        niveau=DIGID.get(middel.digid or "", 20),
        vraag=tweetalig(ondertekening.vraag, verloop),
        ziet=tuple(_ziet(verloop, ondertekening.ziet)),
        roltype=ondertekening.roltype,
        dagen=dagen_van(ondertekening.termijn),
        herinner_na=tuple(dagen_van(duur) for duur in ondertekening.herinnering),
        zonder_reactie=ondertekening.zonder_reactie,
    )


def _ziet(verloop: Verloop, namen: Sequence[str]) -> Iterator[Antwoord]:
    """What a co-signer reads; no address of someone whose address is secret, as the mail may come to anybody."""
    for naam in namen:
        veld = verloop.formulier.veld(naam)
        if veld.type in ("adres", "locatie") and verloop.omgeving.adres_is_geheim:
            continue
        if (waarde := verloop.waarden.get(naam)) is not None:
            tekst = tuple(tweetalig(deel) for deel in in_woorden(veld, waarde, verloop))
            yield Antwoord(veld=naam, vraag=tweetalig(veld.vraag, verloop), tekst=tekst)


def _bevestiging(
    verloop: Verloop, nummer: str, tekenen: Sequence[TeTekenen], ontvangen_op: datetime
) -> Tweetalig | None:
    """What happens now: the first text whose condition holds."""
    extra = {"nummer": vast(nummer)}
    if tekenen:
        uiterlijk = lokale_dag(ontvangen_op) + timedelta(days=max(teken.dagen for teken in tekenen))
        extra["ondertekening.uiterlijk"] = datum(uiterlijk)
    for rij in verloop.formulier.bevestiging:
        if rij.anders or (rij.als is not None and waar(rij.als, verloop.kennis)):
            return tweetalig(vul(rij.tekst, verloop, extra))
    return None
