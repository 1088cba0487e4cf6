"""The fictional people and companies that can log in, and who may act for whom."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Persoon:
    code: str
    naam: str
    bsn: str
    gebruik: str


@dataclass(frozen=True, slots=True)
class Bedrijf:
    """rsin is None for an eenmanszaak; the first vestiging is the hoofdvestiging."""

    code: str
    naam: str
    kvk: str
    rsin: str | None
    vestigingen: tuple[str, ...]
    gebruik: str


@dataclass(frozen=True, slots=True)
class Medewerker:
    """Someone who logs in for a company; vestiging limits the login to that one, niveau is a rank in the profile."""

    code: str
    bedrijf: Bedrijf
    naam: str
    niveau: int
    vestiging: str | None


@dataclass(frozen=True, slots=True)
class Machtiging:
    """vertegenwoordiger may act for vertegenwoordigde; soort is a RepresentationType when it follows from the law.

    diensten: ServiceUUIDs; empty means every service.
    """

    vertegenwoordiger: str
    vertegenwoordigde: str
    soort: str | None
    geldig_tot: date
    diensten: tuple[str, ...] = ()


PERSONEN = (
    Persoon("B1", "Anna Maria Jansen", "999991012", "inwoner met een paar zaken"),
    Persoon("B2", "Mehmet Yılmaz", "999991206", "meerdere zaken, eigenaar van Yılmaz Klusbedrijf"),
    Persoon("B3", "Wilhelmina van den Berg-Smit", "999992041", "krijgt liever post, heeft Daan Smit gemachtigd"),
    Persoon("B4", "Sanne de Vries", "999992417", "gaat verhuizen, ouder van Noor de Vries"),
    Persoon("B5", "Youssef El Amrani", "999993021", "student zonder zaken, heeft alleen DigiD Basis"),
    Persoon("B6", "Lucía Fernández Ortega", "999993811", "Spaanse inwoner, Engelse pagina’s, één zaak"),
    Persoon("B7", "Hendrik Bosman", "999994232", "kwijtschelding en betalingsregeling"),
    Persoon("B8", "Piet Klein Overmeen", "999997051", "zonder e-mailadres, zestig zaken"),
    Persoon("K1", "Noor de Vries", "999996101", "kind van 12 jaar"),
    Persoon("TB", "Tim Bakker", "999991711", "vader van Noor de Vries, woont in Apeldoorn"),
    Persoon("G1", "Daan Smit", "999996502", "gemachtigde van Wilhelmina van den Berg-Smit"),
    Persoon("S1", "Eva Hoekstra", "999994700", "geheim adres"),
    Persoon("X1", "Cornelis Prins", "999997609", "overleden in maart 2026"),
    Persoon("X2", "Ingrid Vos", "999998225", "geëmigreerd naar Spanje"),
    Persoon("X3", "Testnummer X3", "900212640", "niet bekend bij de gemeente"),
    Persoon("X4", "Testnummer X4", "900184590", "niet bekend bij de gemeente"),
    Persoon("M1", "Suzanne Moulin", "999993653", "vaste testpersoon van de BRP, 1.200 zaken"),
)

# ServiceUUID of the dienst "parkeren" (also the disabled parking card) of the example gemeente.
DIENST_PARKEREN = "6d3bd5e0-91a6-4b2e-9d55-1f2ad0c0a002"
MACHTIGINGEN = (
    Machtiging("999996502", "999992041", None, date(2027, 3, 31), (DIENST_PARKEREN,)),
    Machtiging("999992417", "999996101", "urn:nl-eid-gdi:1.1:RT:Zorg_Volledig_Gezag_Kind", date(2032, 9, 5)),
    Machtiging("999991711", "999996101", "urn:nl-eid-gdi:1.1:RT:Zorg_Volledig_Gezag_Kind", date(2032, 9, 5)),
)

_Z1 = Bedrijf("Z1", "Bakkerij De Koekstad B.V.", "90000110", "859100017", ("000045000011", "000045000012"), "bakkerij")
_Z2 = Bedrijf("Z2", "Yılmaz Klusbedrijf", "90000227", None, ("000045000022",), "eenmanszaak, geen RSIN")
_Z3 = Bedrijf("Z3", "V.O.F. Café ’t Hanzehuis", "90000344", "862400211", ("000045000033",), "café, twee vennoten")
_Z4 = Bedrijf("Z4", "Stichting Deventer Straatfestijn", "90000461", "823700306", ("000045000044",), "evenementen")
_Z5 = Bedrijf("Z5", "Oud & Weg B.V.", "90000578", "856200402", (), "opgeheven")
BEDRIJVEN = (_Z1, _Z2, _Z3, _Z4, _Z5)

EH2, EH2_PLUS, EH3, EH4 = 20, 22, 25, 30
MEDEWERKERS = (
    Medewerker("Z1-A", _Z1, "medewerker A", EH3, None),
    Medewerker("Z1-B", _Z1, "medewerker B", EH2_PLUS, "000045000012"),
    Medewerker("Z2-A", _Z2, "de eigenaar", EH3, None),
    Medewerker("Z3-A", _Z3, "een vennoot", EH3, None),
    Medewerker("Z4-A", _Z4, "de penningmeester", EH3, None),
    Medewerker("Z5-A", _Z5, "een oud-medewerker", EH3, None),
)

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def is_elfproef(nummer: str) -> bool:
    """Whether this is nine digits that pass the eleven test of BSN and RSIN.

    Source: Wet algemene bepalingen burgerservicenummer; 000000000 is never issued.
    """
    if not re.fullmatch(r"[0-9]{9}", nummer) or nummer == "000000000":
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, nummer, strict=True)) % 11 == 0


def persoon_of(bsn: str) -> Persoon | None:
    return next((persoon for persoon in PERSONEN if persoon.bsn == bsn), None)


def naam_of(bsn: str) -> str:
    persoon = persoon_of(bsn)
    return persoon.naam if persoon else "vrij ingevulde persoon"


def machtiging_of(vertegenwoordiger: str, vertegenwoordigde: str) -> Machtiging | None:
    return next(
        (
            machtiging
            for machtiging in MACHTIGINGEN
            if machtiging.vertegenwoordiger == vertegenwoordiger and machtiging.vertegenwoordigde == vertegenwoordigde
        ),
        None,
    )
