"""What one source contributes to Mijn zaken: its server lists, filtered once more by the portal."""

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.catalogi import Zaaktype
from pip_portal.backoffice.http import ForeignReference, Refused
from pip_portal.backoffice.reeks import Reeks
from pip_portal.backoffice.regels import Zakenvraag
from pip_portal.backoffice.samen import together
from pip_portal.backoffice.toegang import mag_zaak_tonen, zoekvragen
from pip_portal.backoffice.zaken import Zaak
from pip_portal.errors import NotFound, PortalError
from pip_portal.gebruiker import Gebruiker
from pip_portal.settings import Backoffice

log = logging.getLogger(__name__)

Rij = tuple[Zaak, Zaaktype]


@dataclass(frozen=True, slots=True)
class Oogst:
    """Rows of one source that pass every filter but the rollen.

    rijen: from the start of the list, or exactly the wanted page when is_venster.
    aantal, is_exact, onvolledig: as in Zakenlijst. gebrek: why some rows could not be judged, and are missing.
    """

    bron: Bron
    rijen: tuple[Rij, ...]
    aantal: int
    is_exact: bool
    is_venster: bool
    onvolledig: bool
    gebrek: PortalError | None


async def harvest(bron: Bron, gebruiker: Gebruiker, vraag: Zakenvraag, *, is_enige: bool) -> Oogst:
    """The rows of one source that may be on the wanted page.

    is_enige: this source has one list and there is no other, so that only the server page of the wanted rows is
    needed; else lists are merged, and each is needed from its start.
    Raises: BackofficeUnavailable; BackofficeDefect.
    """
    filters = server_filters(bron.backoffice, vraag)
    reeksen = [
        Reeks(bron.zaken, gebruiker, {**zoekvraag.filters, **filters}, zoek=zoekvraag.zoek)
        for zoekvraag in zoekvragen(gebruiker, bron.backoffice)
    ]
    eind = vraag.pagina * vraag.per_pagina
    venster: tuple[Zaak, ...] | None = None
    if vraag.woorden.strip():
        reeksen = await _search(bron, gebruiker, vraag, reeksen)
    elif gebruiker.machtiging is not None:  # most may be closed to them: pages and counts are of what is left
        await together(reeks.everything() for reeks in reeksen)
    elif is_enige and reeksen:
        venster = await reeksen[0].window(eind - vraag.per_pagina, eind)
    else:
        await together(reeks.first(eind) for reeks in reeksen)
    is_heel = all(reeks.is_whole for reeks in reeksen)
    if venster is None or is_heel:
        zaken = {zaak.uuid: zaak for reeks in reeksen for zaak in reeks.rows}
        gezien = sum(len(reeks.rows) for reeks in reeksen)
    else:
        zaken = {zaak.uuid: zaak for zaak in venster}
        gezien = len(venster)
    rijen, gebrek = await _filtered(bron, gebruiker, vraag, zaken.values())
    weg = gezien - len(rijen)
    return Oogst(
        bron=bron,
        rijen=rijen,
        aantal=sum(reeks.count for reeks in reeksen) - weg,
        is_exact=is_heel or weg == 0,
        is_venster=venster is not None and not is_heel,
        onvolledig=bool(vraag.woorden.strip()) and any(reeks.is_cut for reeks in reeksen),
        gebrek=gebrek,
    )


def server_filters(backoffice: Backoffice, vraag: Zakenvraag) -> dict[str, str | bool]:
    """The filters a server of the standard knows [S]; the portal applies each of them again."""
    filters: dict[str, str | bool] = {
        "maximaleVertrouwelijkheidaanduiding": backoffice.zaak_plafond,
        "ordering": "-startdatum" if vraag.volgorde == "nieuwste" else "startdatum",
    }
    if vraag.toestand != "alle":
        filters["einddatum__isnull"] = vraag.toestand == "lopend"
    if vraag.jaar is not None:
        filters["startdatum__gte"] = f"{vraag.jaar}-01-01"
        filters["startdatum__lte"] = f"{vraag.jaar}-12-31"
    return filters


async def _search(bron: Bron, gebruiker: Gebruiker, vraag: Zakenvraag, reeksen: Sequence[Reeks]) -> list[Reeks]:
    """The lists to search in: the one zaak that has this number, or else everything."""
    exact: list[Reeks] = []
    woord = vraag.woorden.strip()
    if " " not in woord and any(teken.isdigit() for teken in woord):
        exact = [reeks.narrowed(identificatie=woord) for reeks in reeksen]
    await together([reeks.first(1) for reeks in (*exact, *reeksen)])
    if any(reeks.rows for reeks in exact):
        return exact
    await together(reeks.everything() for reeks in reeksen)
    return list(reeksen)


async def _filtered(
    bron: Bron, gebruiker: Gebruiker, vraag: Zakenvraag, zaken: Iterable[Zaak]
) -> tuple[tuple[Rij, ...], PortalError | None]:
    zaken = tuple(zaken)
    urls = {zaak.zaaktype for zaak in zaken}
    gevonden = dict(zip(urls, await together(_zaaktype_or_error(bron, url) for url in urls), strict=True))
    woorden = _plain(vraag.woorden).split()
    rijen: list[Rij] = []
    gebrek: PortalError | None = None
    for zaak in zaken:
        zaaktype = gevonden[zaak.zaaktype]
        if isinstance(zaaktype, PortalError):
            gebrek = zaaktype
        elif (
            mag_zaak_tonen(bron.backoffice, zaak, zaaktype, gebruiker)
            and vraag.toestand in ("alle", "afgerond" if zaak.is_afgerond else "lopend")
            and vraag.jaar in (None, zaak.startdatum.year)
            and _has_words(woorden, zaak, zaaktype)
        ):
            rijen.append((zaak, zaaktype))
    return tuple(rijen), gebrek


async def _zaaktype_or_error(bron: Bron, url: str) -> Zaaktype | PortalError:
    """An unreadable zaaktype hides its zaken, and is reported: a short list must not look like a whole one."""
    try:
        return await bron.catalogus.zaaktype(url)
    except (NotFound, Refused, ForeignReference) as exc:
        log.error("zaaktype niet te lezen", extra={"bron": bron.naam, "soort": type(exc).__name__})
        return exc


def _has_words(woorden: Sequence[str], zaak: Zaak, zaaktype: Zaaktype) -> bool:
    if not woorden:
        return True
    tekst = _plain(f"{zaak.identificatie} {zaak.omschrijving} {zaaktype.omschrijving}")
    return all(woord in tekst for woord in woorden)


def _plain(tekst: str) -> str:
    """Without case and diacritics, to compare by."""
    ontleed = unicodedata.normalize("NFKD", tekst)
    return "".join(teken for teken in ontleed if not unicodedata.combining(teken)).casefold()
