"""What the pages get: a row of Mijn zaken, a whole zaak, a document."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from pip_portal.backoffice.besluiten import Besluit
from pip_portal.backoffice.catalogi import (
    Besluittype,
    Eigenschap,
    Informatieobjecttype,
    Resultaattype,
    Statustype,
    Zaaktype,
)
from pip_portal.backoffice.documenten import EnkelvoudigInformatieObject
from pip_portal.backoffice.resource import dag_in_nederland, uuid_of
from pip_portal.backoffice.zaken import Resultaat, Rol, Status, Zaak, Zaakeigenschap, ZaakInformatieObject

Toestand = Literal["lopend", "afgerond", "alle"]
Volgorde = Literal["nieuwste", "oudste"]


@dataclass(frozen=True, slots=True)
class Zakenvraag:
    """What the citizen asks of Mijn zaken; pagina counts from 1."""

    toestand: Toestand = "lopend"
    woorden: str = ""
    jaar: int | None = None
    volgorde: Volgorde = "nieuwste"
    pagina: int = 1
    per_pagina: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.pagina <= 10_000 or not 1 <= self.per_pagina <= 100:
            raise ValueError("pagina of per_pagina valt buiten de grenzen")
        if self.jaar is not None and not 1900 <= self.jaar <= 2999:
            raise ValueError("jaar valt buiten de grenzen")


@dataclass(frozen=True, slots=True)
class Zaakregel:
    """One zaak with the names of its type, status and resultaat.

    is_aanvrager False: only has an interest in it. resultaat: only of a closed zaak. status None: just received,
    nobody has set a status yet.
    """

    bron: str
    zaak: Zaak
    zaaktype: Zaaktype
    status: Status | None = None
    statustype: Statustype | None = None
    resultaat: Resultaat | None = None
    resultaattype: Resultaattype | None = None
    is_aanvrager: bool = True

    @property
    def uuid(self) -> UUID:
        return self.zaak.uuid

    @property
    def naam(self) -> str:
        return self.zaaktype.omschrijving

    @property
    def nummer(self) -> str:
        return self.zaak.identificatie

    @property
    def omschrijving(self) -> str:
        return self.zaak.omschrijving

    @property
    def startdatum(self) -> date:
        return self.zaak.startdatum

    @property
    def einddatum(self) -> date | None:
        return self.zaak.einddatum

    @property
    def is_afgerond(self) -> bool:
        return self.zaak.is_afgerond

    @property
    def streefdatum(self) -> date | None:
        """The date to expect an answer: the planned end, else the ultimate date; none once closed."""
        if self.zaak.is_afgerond:
            return None
        return self.zaak.einddatum_gepland or self.zaak.uiterlijke_einddatum_afdoening

    @property
    def uiterste_datum(self) -> date | None:
        return None if self.zaak.is_afgerond else self.zaak.uiterlijke_einddatum_afdoening

    @property
    def statustekst(self) -> str:
        """Text of the current status as meant for the citizen, empty when no status is set."""
        return self.statustype.tekst if self.statustype else ""


@dataclass(frozen=True, slots=True)
class Zakenlijst:
    """One page of Mijn zaken.

    aantal: number of zaken that match. aantal_exact False: some were left out while filtering, so the true
    number can be a little lower. storingen: names of the sources that failed; their zaken are missing here.
    onvolledig: the search did not read every zaak of somebody with very many of them, only the first ones.
    """

    regels: tuple[Zaakregel, ...]
    aantal: int
    pagina: int
    per_pagina: int
    aantal_exact: bool = True
    storingen: tuple[str, ...] = ()
    onvolledig: bool = False

    @property
    def aantal_paginas(self) -> int:
        return max(1, -(-self.aantal // self.per_pagina))


@dataclass(frozen=True, slots=True)
class Zaakdocument:
    """A document of a zaak that the citizen may see."""

    koppeling: ZaakInformatieObject
    document: EnkelvoudigInformatieObject
    informatieobjecttype: Informatieobjecttype | None = None
    ingestuurd: bool = False  # the citizen sent it in

    @property
    def uuid(self) -> UUID:
        return uuid_of(self.koppeling.informatieobject)

    @property
    def titel(self) -> str:
        return self.document.titel or self.koppeling.titel or self.document.bestandsnaam

    @property
    def soort(self) -> str:
        return self.informatieobjecttype.omschrijving if self.informatieobjecttype else ""

    @property
    def datum(self) -> date:
        """Sent, received, else linked to the zaak, else made."""
        gekoppeld = self.koppeling.registratiedatum
        return (
            self.document.verzenddatum
            or self.document.ontvangstdatum
            or (dag_in_nederland(gekoppeld) if gekoppeld else self.document.creatiedatum)
        )

    @property
    def omvang(self) -> int | None:
        return self.document.bestandsomvang

    @property
    def formaat(self) -> str:
        return self.document.formaat


@dataclass(frozen=True, slots=True)
class Zaakbesluit:
    """A besluit that has been announced; documenten: those of the zaak that belong to it and may be seen."""

    besluit: Besluit
    besluittype: Besluittype | None = None
    documenten: tuple[Zaakdocument, ...] = ()

    @property
    def naam(self) -> str:
        return self.besluittype.omschrijving if self.besluittype else ""


@dataclass(frozen=True, slots=True)
class Eigenschapwaarde:
    """A property of the zaak with its definition, when the catalogus knows it."""

    zaakeigenschap: Zaakeigenschap
    eigenschap: Eigenschap | None = None

    @property
    def naam(self) -> str:
        return (self.eigenschap.definitie if self.eigenschap else "") or self.zaakeigenschap.naam

    @property
    def waarde(self) -> str:
        return self.zaakeigenschap.waarde

    @property
    def formaat(self) -> str:
        """tekst, getal, datum (YYYYMMDD) or datum_tijd."""
        return self.eigenschap.specificatie.formaat if self.eigenschap else "tekst"


@dataclass(frozen=True, slots=True)
class Statusregel:
    """A status that was set, with its statustype when the catalogus knows it."""

    status: Status
    statustype: Statustype | None = None

    @property
    def datum(self) -> date:
        return self.status.datum

    @property
    def tekst(self) -> str:
        return self.statustype.tekst if self.statustype else ""


@dataclass(frozen=True, slots=True)
class Zaakdossier:
    """One zaak with all the citizen may see of it.

    statustypen: ordered by volgnummer. statussen: history, oldest first; a status can occur twice.
    rollen: own rollen and the behandelende organisation; never another person.
    storingen: parts that could not be fetched ("statussen", "eigenschappen", "documenten", "besluiten",
    "deelzaken", "resultaat"): their emptiness means nothing.
    """

    regel: Zaakregel
    statustypen: tuple[Statustype, ...] = ()
    statussen: tuple[Statusregel, ...] = ()
    rollen: tuple[Rol, ...] = ()
    eigenschappen: tuple[Eigenschapwaarde, ...] = ()
    besluiten: tuple[Zaakbesluit, ...] = ()
    documenten: tuple[Zaakdocument, ...] = ()
    deelzaken: tuple[Zaakregel, ...] = ()
    hoofdzaak: Zaakregel | None = None
    storingen: tuple[str, ...] = ()

    @property
    def bron(self) -> str:
        return self.regel.bron

    @property
    def zaak(self) -> Zaak:
        return self.regel.zaak

    @property
    def zaaktype(self) -> Zaaktype:
        return self.regel.zaaktype

    @property
    def status(self) -> Status | None:
        return self.regel.status

    @property
    def statustype(self) -> Statustype | None:
        return self.regel.statustype

    @property
    def resultaat(self) -> Resultaat | None:
        return self.regel.resultaat

    @property
    def resultaattype(self) -> Resultaattype | None:
        return self.regel.resultaattype

    @property
    def naam(self) -> str:
        return self.regel.naam

    @property
    def nummer(self) -> str:
        return self.regel.nummer

    @property
    def is_afgerond(self) -> bool:
        return self.regel.is_afgerond

    @property
    def behandelaar(self) -> str:
        """Name of the department that handles the zaak, empty when unknown; never that of an employee."""
        namen = (rol.naam for rol in self.rollen if rol.is_behandelaar)
        return next((naam for naam in namen if naam), "")
