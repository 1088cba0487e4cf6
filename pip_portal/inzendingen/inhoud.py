"""What was sent: everything that is needed to hand it over, to show it again and to prove it, without the definition.

Made once, when someone sends; stored encrypted; emptied when its term ends.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Deel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Tweetalig(Deel):
    nl: str
    en: str

    def in_taal(self, taal: str) -> str:
        return self.en if taal == "en" else self.nl


class Aanvrager(Deel):
    """Who sent it, as logged in at that moment. anoniem: nobody logged in.

    kind_bsn: the child under 16 it is for; the parent then is the one who acts. niveau: as in gebruiker.py.
    handelend: pseudonym of the employee who acted for a company. medewerker: pseudonym of the employee of the
    municipality who filled it in for this person, who then did not log in.
    """

    soort: Literal["burger", "bedrijf", "anoniem"]
    pseudoniem: str = ""
    niveau: int = 0
    bsn: str = ""
    kind_bsn: str = ""
    naam: str = ""
    kvk_nummer: str = ""
    rsin: str = ""
    vestiging: str = ""
    handelend: str = ""
    medewerker: str = ""


class Antwoord(Deel):
    """One question as it was asked, and the answer as it was given, in both languages.

    tekst: the answer as a citizen reads it; several lines for a list. bron: where a locked fact came from ("BRP").
    """

    veld: str
    vraag: Tweetalig
    tekst: tuple[Tweetalig, ...]
    bron: str = ""


class Blok(Deel):
    """The answers of one page, under its heading."""

    kop: Tweetalig
    antwoorden: tuple[Antwoord, ...]


class Bijlage(Deel):
    """A file that goes with it; id: of tables.Bestand. gevoelig: only for who may see medical papers."""

    id: str
    veld: str
    naam: str
    soort: str
    grootte: int
    sha256: str
    informatieobjecttype: str
    vertrouwelijkheid: str = ""


class Rol(Deel):
    """A betrokkene besides the initiator. roltype: omschrijving in the catalogus; one of bsn and kvk_nummer or naam."""

    roltype: str
    bsn: str = ""
    kvk_nummer: str = ""
    naam: str = ""


class Zaakobject(Deel):
    """An address the zaak is about. identificatie: BAG number, may be absent."""

    objecttype: Literal["adres"] = "adres"
    identificatie: str = ""
    straat: str = ""
    huisnummer: int = 0
    huisletter: str = ""
    toevoeging: str = ""
    postcode: str = ""
    plaats: str = ""


class Deelzaak(Deel):
    """A zaak under the zaak: its own zaaktype and decision, the same applicant."""

    zaaktype: str
    omschrijving: str
    eigenschappen: dict[str, str] = {}


class Zaakopdracht(Deel):
    """The zaak to make. Everything is a name in the catalogus, never a URL.

    eigenschappen: name and value in the notation of the catalogus. samenvatting: informatieobjecttype of the PDF.
    geometrie: GeoJSON in EPSG:4326. betalingsindicatie: nvt | nog_niet | geheel.
    """

    zaaktype: str
    omschrijving: str
    toelichting: str = ""
    eigenschappen: dict[str, str] = {}
    rollen: tuple[Rol, ...] = ()
    objecten: tuple[Zaakobject, ...] = ()
    deelzaken: tuple[Deelzaak, ...] = ()
    geometrie: dict[str, Any] | None = None
    vertrouwelijkheid: str = ""
    kanaal: str = "internet"
    betalingsindicatie: Literal["nvt", "nog_niet", "geheel"] = "nvt"
    samenvatting: str = "Aanvraagformulier"


class Bedragregel(Deel):
    """A line of the price. cent: whole cents. tarief and vanaf: which tariff of which date, when it is one."""

    tekst: Tweetalig
    cent: int
    tarief: str = ""
    vanaf: date | None = None


class Betaling(Deel):
    cent: int
    moment: Literal["vooraf", "achteraf", "na_besluit"]
    regels: tuple[Bedragregel, ...] = ()


class TeTekenen(Deel):
    """Who else must agree. ziet: what this person reads before answering; nooit_bsn: may not be this person.

    dagen: term to answer; herinner_na: days after which a reminder goes out. verplicht: without an answer the
    inzending stops (vervalt); else it goes on to the behandelaar.
    """

    rol: str
    naam: Tweetalig
    email: str
    niveau: int
    vraag: Tweetalig
    ziet: tuple[Antwoord, ...]
    roltype: str
    dagen: int
    herinner_na: tuple[int, ...] = ()
    zonder_reactie: Literal["naar_behandelaar", "vervalt"] = "naar_behandelaar"


class Inhoud(Deel):
    """All of an inzending. doel_bron and doel_zaak: the zaak that an aanvulling or intrekking belongs to."""

    soort: Literal["aanvraag", "aanvulling", "intrekking", "taak"] = "aanvraag"
    nummer: str
    formulier: str
    versie: int
    taal: Literal["nl", "en"]
    product: Tweetalig
    gevoelig: bool = False
    aanvrager: Aanvrager
    blokken: tuple[Blok, ...]
    waarden: dict[str, Any] = {}
    bijlagen: tuple[Bijlage, ...] = ()
    zaak: Zaakopdracht | None = None
    eerst_tekenen: bool = False
    tekenen: tuple[TeTekenen, ...] = ()
    betaling: Betaling | None = None
    email: str = ""
    telefoon: str = ""
    verklaring: Tweetalig | None = None
    bevestiging: Tweetalig | None = None
    beslissen_voor: date | None = None
    bewaren_dagen: int = 14
    ontvangen_op: datetime
    doel_bron: str = ""
    doel_zaak: str = ""
    reden: str = ""
