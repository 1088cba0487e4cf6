"""One configured backoffice with its open connections."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from pip_portal.backoffice.besluiten import BesluitenApi
from pip_portal.backoffice.catalogi import Zaaktype
from pip_portal.backoffice.catalogus import Catalogus
from pip_portal.backoffice.documenten import DocumentenApi
from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.regels import Zaakregel
from pip_portal.backoffice.samen import side_by_side
from pip_portal.backoffice.toegang import betreft, geeft_toegang, is_aanvrager
from pip_portal.backoffice.zaken import Rol, Zaak, ZakenApi
from pip_portal.errors import BackofficeDefect, LevelTooLow, NotFound
from pip_portal.gebruiker import Gebruiker
from pip_portal.settings import Backoffice

# Level of login that a kind of zaak asks: (is it a company, zaaktype.identificatie) -> level as in gebruiker.py.
Niveaus = Mapping[tuple[bool, str], int]


class ForeignZaak(BackofficeDefect):
    """A list held a zaak in which this gebruiker has no rol at all: the server did not apply our filter."""


@dataclass(frozen=True, slots=True)
class Bron:
    backoffice: Backoffice
    zaken: ZakenApi
    catalogus: Catalogus
    documenten: DocumentenApi
    besluiten: BesluitenApi | None
    verbindingen: tuple[Verbinding, ...]
    niveaus: Niveaus = field(default_factory=dict)

    @property
    def naam(self) -> str:
        return self.backoffice.bron

    async def regel(self, gebruiker: Gebruiker, zaak: Zaak, zaaktype: Zaaktype, vandaag: date) -> Zaakregel | None:
        """The row of a zaak, after checking its rollen; None when no rol of the gebruiker gives access (any more).

        Raises: ForeignZaak; BackofficeUnavailable; BackofficeDefect.
        """
        async with side_by_side() as group:
            rollen = group.create_task(self.zaken.rollen(gebruiker, zaak))
            status = group.create_task(self.zaken.status(gebruiker, zaak)) if zaak.status else None
            resultaat = group.create_task(self.zaken.resultaat(gebruiker, zaak)) if zaak.is_afgerond else None
            if not self.catalogus.knows_typen(zaak.zaaktype):
                group.create_task(self.catalogus.statustypen(zaak.zaaktype))
                group.create_task(self.catalogus.resultaattypen(zaak.zaaktype))
        if not self.is_van(gebruiker, rollen.result(), vandaag):
            if not any(betreft(gebruiker, rol, self.backoffice) for rol in rollen.result()):
                raise ForeignZaak(f"{self.naam}: een zaak van een ander in de lijst")
            return None
        return await self.named(
            Zaakregel(
                self.naam,
                zaak,
                zaaktype,
                is_aanvrager=is_aanvrager(gebruiker, rollen.result(), self.backoffice),
                status=status.result() if status else None,
                resultaat=resultaat.result() if resultaat else None,
            )
        )

    def is_van(self, gebruiker: Gebruiker, rollen: tuple[Rol, ...], vandaag: date) -> bool:
        return any(geeft_toegang(gebruiker, rol, self.backoffice, vandaag) for rol in rollen)

    def require_level(self, gebruiker: Gebruiker, zaaktype: Zaaktype) -> None:
        """What was asked after a safer login is only given back after one.

        Raises: LevelTooLow. Source: Wdo (the level is set per dienst), requirements B7.
        """
        niveau = self.niveaus.get((gebruiker.is_bedrijf, zaaktype.identificatie), 0)
        if gebruiker.niveau < niveau:
            raise LevelTooLow(niveau)

    async def named(self, regel: Zaakregel) -> Zaakregel:
        """The row with its names from the catalogus; a type that no longer exists leaves its name out."""
        statustype = resultaattype = None
        zaaktype = regel.zaak.zaaktype
        if regel.status is not None:
            with suppress(NotFound):
                statustype = await self.catalogus.statustype(regel.status.statustype, zaaktype)
        if regel.resultaat is not None:
            with suppress(NotFound):
                resultaattype = await self.catalogus.resultaattype(regel.resultaat.resultaattype, zaaktype)
        return replace(regel, statustype=statustype, resultaattype=resultaattype)
