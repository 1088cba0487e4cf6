"""Objecten API: the berichten and taken of a person or company.

The number goes in the body of a search, never in a URL. An unknown key in that body filters nothing there, so whose an
object is, is looked at again in every row. Source: Objects API 2 (openapi.yaml); backoffice-apis §10 and §11.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.objecttypen import NAAM, Bericht, Data, Identificatie, Lijst, Objectrij, T, Taak, lees_als
from pip_portal.backoffice.resource import Pagina
from pip_portal.backoffice.samen import together
from pip_portal.errors import BackofficeDefect, NotFound
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker
from pip_portal.settings import Objecten

log = logging.getLogger(__name__)

CRS: Final = {"Accept-Crs": "EPSG:4326", "Content-Crs": "EPSG:4326"}
PER_PAGINA: Final = 100
MAX_PAGINAS: Final = 5  # of one objecttype; who has more finds them by year

_RIJ: TypeAdapter[Objectrij] = TypeAdapter(Objectrij)
_RIJEN: TypeAdapter[Pagina[Objectrij]] = TypeAdapter(Pagina[Objectrij])


class ObjectenApi:
    """Every method raises BackofficeUnavailable and BackofficeDefect as `Verbinding.call` does."""

    def __init__(self, verbinding: Verbinding, settings: Objecten) -> None:
        self.verbinding = verbinding
        self.settings = settings

    # ---- berichten -------------------------------------------------------------------------------------------

    async def berichten(
        self, gebruiker: Gebruiker, vandaag: date, *, jaar: int | None = None, ongelezen: bool = False
    ) -> Lijst[Bericht]:
        """What was published for this person or company, newest first; only of that year, or not opened, if asked."""
        filters = [f"publicatiedatum__lte__{vandaag}"]
        if jaar is not None:
            filters += [f"publicatiedatum__gte__{jaar}-01-01", f"publicatiedatum__lte__{jaar}-12-31"]
        if ongelezen:
            filters.append("geopend__exact__false")
        lijst = await self._zoek(gebruiker, self.settings.berichten, filters, "-record__data__publicatiedatum", Bericht)
        rijen = [
            bericht
            for bericht in lijst.rijen
            if bericht.publicatiedatum <= vandaag
            and jaar in (None, bericht.publicatiedatum.year)
            and not (ongelezen and bericht.geopend)
        ]
        rijen.sort(key=lambda bericht: bericht.publicatiedatum, reverse=True)
        return Lijst(tuple(rijen), lijst.onleesbaar, lijst.er_is_meer)

    async def bericht(self, gebruiker: Gebruiker, uuid: UUID, vandaag: date) -> Bericht:
        """Raises: NotFound, also when it is somebody else's or not published yet."""
        bericht = lees_als(await self._get(gebruiker, uuid, self.settings.berichten), Bericht)
        if bericht.publicatiedatum > vandaag:
            raise NotFound(NAAM)
        return bericht

    async def open_bericht(self, gebruiker: Gebruiker, uuid: UUID, vandaag: date) -> None:
        """Say that this bericht was opened; doing it once more changes nothing. Raises: NotFound."""
        bericht = await self.bericht(gebruiker, uuid, vandaag)
        if not bericht.geopend:
            await self._wijzig(gebruiker, bericht.rij, {"geopend": True}, vandaag)

    # ---- taken -----------------------------------------------------------------------------------------------

    async def taken(self, gebruiker: Gebruiker, moment: datetime) -> Lijst[Taak]:
        """What this person or company still has to do, the first deadline on top."""
        lijst = await self._zoek(gebruiker, self.settings.taken, ["status__exact__open"], "-record__startAt", Taak)
        rijen = [taak for taak in lijst.rijen if taak.is_open(moment)]
        rijen.sort(key=lambda taak: (taak.verloopdatum is None, taak.verloopdatum or moment))
        return Lijst(tuple(rijen), lijst.onleesbaar, lijst.er_is_meer)

    async def taak(self, gebruiker: Gebruiker, uuid: UUID) -> Taak:
        """In whatever status it is. Raises: NotFound, also when it is somebody else's."""
        return lees_als(await self._get(gebruiker, uuid, self.settings.taken), Taak)

    async def rond_af(self, gebruiker: Gebruiker, uuid: UUID, verzonden: Data, vandaag: date) -> bool:
        """Give these answers back; doing it once more changes nothing.

        Returns False when it was closed meanwhile, or answered in another way: then nothing is changed.
        Raises: NotFound.
        """
        taak = await self.taak(gebruiker, uuid)
        if taak.heeft(verzonden):
            return True
        if taak.status != "open":
            return False
        await self._wijzig(gebruiker, taak.rij, taak.afgerond(verzonden), vandaag)
        return True

    # ---- for the worker --------------------------------------------------------------------------------------

    async def lees(self, uuid: UUID) -> Bericht | Taak:
        """What was told to have changed, whoever it is of; never to show it. Raises: NotFound."""
        rij = await self.verbinding.call("GET", f"/objects/{uuid}", _RIJ, headers=CRS)
        if rij.type in self.settings.berichten:
            return lees_als(rij, Bericht)
        if rij.type in self.settings.taken:
            return lees_als(rij, Taak)
        raise NotFound(NAAM)

    async def close(self) -> None:
        await self.verbinding.close()

    # ---- parts -----------------------------------------------------------------------------------------------

    async def _get(self, gebruiker: Gebruiker, uuid: UUID, typen: tuple[str, ...]) -> Objectrij:
        wie = identificatie_van(gebruiker)
        rij = await self.verbinding.call("GET", f"/objects/{uuid}", _RIJ, gebruiker=gebruiker, headers=CRS)
        if wie is None or rij.type not in typen or rij.identificatie != wie:
            raise NotFound(NAAM)
        return rij

    async def _zoek(
        self, gebruiker: Gebruiker, typen: tuple[str, ...], filters: list[str], volgorde: str, soort: type[T]
    ) -> Lijst[T]:
        wie = identificatie_van(gebruiker)
        if wie is None:
            return Lijst(())
        delen = [f"identificatie__type__exact__{wie[0]}", f"identificatie__value__exact__{wie[1]}", *filters]
        welke = {"data_attrs": ",".join(delen)} if self.settings.filter_lijst else {"data_attr": delen[1]}
        rijen: list[T] = []
        onleesbaar, er_is_meer = 0, False
        lijsten = await together(
            self._alle(gebruiker, {"type": objecttype, "ordering": volgorde, **welke}) for objecttype in typen
        )
        for objecttype, (gevonden, meer) in zip(typen, lijsten, strict=True):
            er_is_meer = er_is_meer or meer
            for rij in gevonden:
                if rij.type != objecttype or rij.identificatie != wie:
                    log.error("een object van een ander in de lijst", extra={"api": NAAM})
                    continue
                try:
                    rijen.append(lees_als(rij, soort))
                except BackofficeDefect as exc:
                    onleesbaar += 1
                    log.error("een object is niet te lezen", extra={"object": str(rij.uuid), "fout": str(exc)})
        return Lijst(tuple(rijen), onleesbaar, er_is_meer)

    async def _alle(self, gebruiker: Gebruiker, body: Mapping[str, object]) -> tuple[list[Objectrij], bool]:
        rijen: list[Objectrij] = []
        for nummer in range(1, MAX_PAGINAS + 1):
            params = {"page": str(nummer), "pageSize": str(PER_PAGINA)}
            try:
                pagina = await self.verbinding.call(
                    "POST",
                    "/objects/search",
                    _RIJEN,
                    gebruiker=gebruiker,
                    params=params,
                    body=body,
                    leest=True,
                    headers=CRS,
                )
            except NotFound:  # a page past the end: the list became shorter, or the root is wrong
                if nummer == 1:
                    raise BackofficeDefect(f"{NAAM}: bestaat niet op de ingestelde root") from None
                return rijen, False
            rijen += pagina.results
            if not pagina.next:
                return rijen, False
        return rijen, True

    async def _wijzig(self, gebruiker: Gebruiker, rij: Objectrij, nieuw: Data, vandaag: date) -> None:
        """An ordinary change makes a new record, valid from today; the old one stays as history."""
        data = dict(nieuw) if self.settings.samenvoegen else _samen(rij.record.data, nieuw)
        record = {
            "typeVersion": rij.record.type_version,
            "startAt": vandaag.isoformat(),
            "correctionFor": None,
            "data": data,
        }
        await self.verbinding.call(
            "PATCH", f"/objects/{rij.uuid}", _RIJ, gebruiker=gebruiker, body={"record": record}, headers=CRS
        )


def identificatie_van(gebruiker: Gebruiker) -> Identificatie | None:
    """How objects name this person or company.

    None for a login that may only see one vestiging: the schema knows none, so these objects are of the whole company.
    None, too, for who acts for another: they do not say for which dienst they are.
    """
    if gebruiker.machtiging is not None:
        return None
    if isinstance(gebruiker, Burger):
        return "bsn", gebruiker.bsn
    return None if gebruiker.beperkt else ("kvk", gebruiker.kvk_nummer)


def gebruiker_van(wie: Identificatie) -> Gebruiker:
    """To look again, for the worker; it stands for nobody who is logged in."""
    soort, nummer = wie
    if soort == "bsn":
        return Burger(bsn=nummer, pseudoniem="", niveau=0)
    return Bedrijf(kvk_nummer=nummer, pseudoniem="", niveau=0)


def _samen(oud: Data, nieuw: Data) -> dict[str, Any]:
    """The whole, with what changed in it (JSON Merge Patch without removing)."""
    samen = dict(oud)
    for naam, waarde in nieuw.items():
        vorig = samen.get(naam)
        samen[naam] = _samen(vorig, waarde) if isinstance(vorig, dict) and isinstance(waarde, dict) else waarde
    return samen
