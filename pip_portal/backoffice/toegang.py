"""Who may see what: the rules for a zaak, a rol and a document, and how a gebruiker is looked up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from pip_portal.backoffice.catalogi import Zaaktype, ZaaktypeInformatieobjecttype
from pip_portal.backoffice.documenten import EnkelvoudigInformatieObject
from pip_portal.backoffice.zaken import BetrokkeneIdentificatie, Rol, Zaak
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.settings import Backoffice, Vertrouwelijkheid

_RANG: Final = {aanduiding: rang for rang, aanduiding in enumerate(get_args(Vertrouwelijkheid))}
_HOOGSTE: Final = len(_RANG) - 1

_PREFIX: Final = "rol__betrokkeneIdentificatie__"
_ROL: Final = "rol__omschrijvingGeneriek"
_ROLLEN: Final = ("initiator", "mede_initiator", "belanghebbende")
_BSN: Final = f"{_PREFIX}natuurlijkPersoon__inpBsn"
_NNP: Final = f"{_PREFIX}nietNatuurlijkPersoon__innNnpId"
_KVK: Final = f"{_PREFIX}nietNatuurlijkPersoon__kvkNummer"
_KVK_VESTIGING: Final = f"{_PREFIX}nietNatuurlijkPersoon__vestigingsNummer"
_VESTIGING: Final = f"{_PREFIX}vestiging__vestigingsNummer"


def is_binnen(aanduiding: str, plafond: Vertrouwelijkheid) -> bool:
    """Is this vertrouwelijkheidaanduiding no higher than the ceiling? An unknown one counts as the highest.

    Source: ZGW, order of vertrouwelijkheidaanduiding; by position, not by alphabet.
    """
    return _RANG.get(aanduiding, _HOOGSTE) <= _RANG[plafond]


def mag_zaak_tonen(backoffice: Backoffice, zaak: Zaak, zaaktype: Zaaktype, gebruiker: Gebruiker | None) -> bool:
    """Extern zaaktype, on the allow list if there is one, under the ceiling, and not archived.

    gebruiker: who looks, with a machtiging only at the zaaktypen that it names; None when nobody looks.
    """
    machtiging = gebruiker.machtiging if gebruiker is not None else None
    return (
        zaaktype.is_extern
        and (machtiging is None or zaaktype.identificatie in machtiging.zaaktypen)
        and (not backoffice.zaaktypen or zaaktype.identificatie in backoffice.zaaktypen)
        and is_binnen(zaak.vertrouwelijkheidaanduiding, backoffice.zaak_plafond)
        and not zaak.is_gearchiveerd
    )


def betreft(gebruiker: Gebruiker, rol: Rol, backoffice: Backoffice) -> bool:
    """Is this rol about this gebruiker? Says nothing about what the rol allows."""
    wie = rol.betrokkene_identificatie
    if wie is None:
        return False
    if isinstance(gebruiker, Burger):
        return rol.betrokkene_type == "natuurlijk_persoon" and wie.inp_bsn == gebruiker.bsn != ""
    if rol.betrokkene_type == "vestiging":
        return "vestiging" in backoffice.bedrijf_identificaties and _is_vestiging_van(gebruiker, wie)
    if rol.betrokkene_type == "niet_natuurlijk_persoon":
        return gebruiker.vestiging in (None, wie.vestigings_nummer) and _is_bedrijf(gebruiker, wie, backoffice)
    return False


def geeft_toegang(gebruiker: Gebruiker, rol: Rol, backoffice: Backoffice, vandaag: date) -> bool:
    """May this gebruiker see the zaak because of this rol? A machtiging counts through its last day.

    Which rollen give access is configuration, closed by default: a belanghebbende (a neighbour who was told of an
    aanvraag) does not get to read the file of who asked, unless the gemeente decides so.
    """
    return (
        betreft(gebruiker, rol, backoffice)
        and rol.omschrijving_generiek in rollen_met_toegang(gebruiker, backoffice)
        and (rol.begin_geldigheid is None or rol.begin_geldigheid <= vandaag)
        and (rol.einde_geldigheid is None or rol.einde_geldigheid >= vandaag)
    )


def rollen_met_toegang(gebruiker: Gebruiker, backoffice: Backoffice) -> tuple[str, ...]:
    """Kinds of rol that give access. A zaak about a child was asked for by a parent: there the child is belanghebbende.

    Source: domain.md §4.4: parents with gezag both see the zaken about their child.
    """
    if gebruiker.machtiging is not None and gebruiker.machtiging.soort == "gezag":
        return tuple(dict.fromkeys((*backoffice.rollen_met_toegang, "belanghebbende")))
    return backoffice.rollen_met_toegang


def is_aanvrager(gebruiker: Gebruiker, rollen: Iterable[Rol], backoffice: Backoffice) -> bool:
    """Asked for it, alone or with others: who only has an interest in the zaak is not told to act."""
    return any(
        rol.omschrijving_generiek in ("initiator", "mede_initiator") and betreft(gebruiker, rol, backoffice)
        for rol in rollen
    )


def _is_vestiging_van(bedrijf: Bedrijf, wie: BetrokkeneIdentificatie) -> bool:
    """A vestigingsnummer alone is not unique over time: a KVK-nummer that is there must agree."""
    if wie.kvk_nummer not in ("", bedrijf.kvk_nummer) or not wie.vestigings_nummer:
        return False
    if bedrijf.vestiging is not None:
        return wie.vestigings_nummer == bedrijf.vestiging
    return wie.kvk_nummer == bedrijf.kvk_nummer or wie.vestigings_nummer in bedrijf.vestigingen


def _is_bedrijf(bedrijf: Bedrijf, wie: BetrokkeneIdentificatie, backoffice: Backoffice) -> bool:
    soorten = backoffice.bedrijf_identificaties
    return (
        ("rsin" in soorten and bool(bedrijf.rsin) and wie.inn_nnp_id == bedrijf.rsin)
        or ("kvk-in-innNnpId" in soorten and wie.inn_nnp_id == bedrijf.kvk_nummer)
        or ("kvkNummer" in soorten and wie.kvk_nummer == bedrijf.kvk_nummer)
    )


@dataclass(frozen=True, slots=True)
class Zoekvraag:
    """One way in which a gebruiker can be found. zoek False: only possible as a GET with a query [OZ]."""

    filters: dict[str, str]
    zoek: bool


def zoekvragen(gebruiker: Gebruiker, backoffice: Backoffice) -> tuple[Zoekvraag, ...]:
    """All ways in which zaken of this gebruiker can have been filed here; together they find every one.

    One per kind of rol that gives access, so that the source leaves out the rest and its counts are right; the
    standard has no OR, and when every kind counts no filter is needed.
    """
    if isinstance(gebruiker, Burger):
        wie = [Zoekvraag({_BSN: gebruiker.bsn}, backoffice.zoek)]
    else:
        wie = list(_zoekvragen_van_bedrijf(gebruiker, backoffice))
    rollen = rollen_met_toegang(gebruiker, backoffice)
    if len(rollen) == len(_ROLLEN):
        return tuple(wie)
    return tuple(Zoekvraag({**vraag.filters, _ROL: rol}, vraag.zoek) for rol in rollen for vraag in wie)


def _zoekvragen_van_bedrijf(bedrijf: Bedrijf, backoffice: Backoffice) -> Iterator[Zoekvraag]:
    soorten = backoffice.bedrijf_identificaties
    met_kvk = "kvkNummer" in soorten and backoffice.kvk_nummer_filter
    if bedrijf.vestiging is not None:
        if "vestiging" in soorten:
            yield Zoekvraag({_VESTIGING: bedrijf.vestiging}, backoffice.zoek)
        if met_kvk:
            yield Zoekvraag({_KVK: bedrijf.kvk_nummer, _KVK_VESTIGING: bedrijf.vestiging}, zoek=False)
        return
    if "rsin" in soorten and bedrijf.rsin:
        yield Zoekvraag({_NNP: bedrijf.rsin}, backoffice.zoek)
    if "kvk-in-innNnpId" in soorten:
        yield Zoekvraag({_NNP: bedrijf.kvk_nummer}, backoffice.zoek)
    if met_kvk:
        yield Zoekvraag({_KVK: bedrijf.kvk_nummer}, zoek=False)
    if "vestiging" in soorten:
        for vestiging in bedrijf.vestigingen:
            yield Zoekvraag({_VESTIGING: vestiging}, backoffice.zoek)


def is_ingestuurd(document: EnkelvoudigInformatieObject, richtingen: tuple[ZaaktypeInformatieobjecttype, ...]) -> bool:
    """Did the citizen send this document in?"""
    return document.ontvangstdatum is not None or _richtingen(document, richtingen) == {"inkomend"}


def mag_document_tonen(
    backoffice: Backoffice,
    document: EnkelvoudigInformatieObject,
    richtingen: tuple[ZaaktypeInformatieobjecttype, ...],
) -> bool:
    """May it be seen, as far as the document and the zaaktype say?

    Under the ceiling for documents; final, or sent in by the citizen when its status is empty (a draft never);
    of a type that is not internal to this zaaktype; and completely uploaded.
    Source: backoffice-apis §4.3.
    """
    is_af = document.is_definitief or (document.status == "" and is_ingestuurd(document, richtingen))
    return (
        is_binnen(document.vertrouwelijkheidaanduiding, backoffice.document_plafond)
        and is_af
        and _richtingen(document, richtingen) != {"intern"}
        and document.is_volledig
    )


def _richtingen(
    document: EnkelvoudigInformatieObject, richtingen: tuple[ZaaktypeInformatieobjecttype, ...]
) -> set[str]:
    return {r.richting for r in richtingen if r.informatieobjecttype == document.informatieobjecttype}
