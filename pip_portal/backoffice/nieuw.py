"""What the portal adds to a backoffice: a zaak, a rol, a document, an object; each as the body of its call.

Source: VNG Zaken API 1.5.1 and Documenten API 1.4.2; lengths from backoffice-apis §20.9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pip_portal.settings import Backoffice

BRON: Final = "portaal"  # bron of the kenmerk that says an inzending is ours
TOELICHTING: Final = "Ingediend via het portaal."


@dataclass(frozen=True, slots=True)
class NieuweZaak:
    """zaaktype: URL of a version. kenmerk: of the inzending, at most 40 long; by it a zaak is known as ours."""

    identificatie: str
    zaaktype: str
    ontvangen: date
    kenmerk: str
    omschrijving: str = field(repr=False)
    toelichting: str = field(default="", repr=False)
    vertrouwelijkheid: str = ""
    kanaal: str = ""
    betalingsindicatie: str = ""
    geometrie: Mapping[str, Any] | None = field(default=None, repr=False)
    hoofdzaak: str = ""

    def body(self, backoffice: Backoffice) -> dict[str, object]:
        body: dict[str, object] = {
            "identificatie": self.identificatie,
            "bronorganisatie": backoffice.rsin,
            "verantwoordelijkeOrganisatie": backoffice.rsin,
            "zaaktype": self.zaaktype,
            "startdatum": self.ontvangen.isoformat(),
            "registratiedatum": self.ontvangen.isoformat(),
            "omschrijving": kort(self.omschrijving, 80),
            "toelichting": kort(self.toelichting, 1000),
            "kenmerken": [{"kenmerk": self.kenmerk, "bron": BRON}],
        }
        if self.vertrouwelijkheid:
            body["vertrouwelijkheidaanduiding"] = self.vertrouwelijkheid
        if self.betalingsindicatie:
            body["betalingsindicatie"] = self.betalingsindicatie
        if self.geometrie:
            body["zaakgeometrie"] = dict(self.geometrie)
        if self.hoofdzaak:
            body["hoofdzaak"] = self.hoofdzaak
        if url := backoffice.kanalen.get(self.kanaal):
            body["communicatiekanaal"] = url
        elif self.kanaal and backoffice.kanaal_naam:
            body["communicatiekanaalNaam"] = kort(self.kanaal, 250)
        return body


@dataclass(frozen=True, slots=True)
class NieuweRol:
    """A betrokkene. roltype: URL. wie: betrokkeneIdentificatie, as its betrokkeneType wants it; see `burger`,
    `bedrijf` and `persoon`."""

    roltype: str
    soort: str
    wie: Mapping[str, object] = field(repr=False)
    toelichting: str = TOELICHTING
    contact: Mapping[str, str] | None = field(default=None, repr=False)

    def body(self, zaak: str) -> dict[str, object]:
        body: dict[str, object] = {
            "zaak": zaak,
            "betrokkeneType": self.soort,
            "roltype": self.roltype,
            "roltoelichting": kort(self.toelichting, 1000),
            "betrokkeneIdentificatie": dict(self.wie),
        }
        if self.contact:
            body["contactpersoonRol"] = dict(self.contact)
        return body


def contact(naam: str, email: str = "", telefoon: str = "") -> dict[str, str] | None:
    """The contactpersoonRol of a rol; None when there is nothing to say. Its naam is required."""
    if not (email or telefoon or naam):
        return None
    return {"naam": kort(naam or "Aanvrager", 200), "emailadres": email, "telefoonnummer": telefoon[:20]}


def burger(roltype: str, bsn: str, naam: str = "", contact: Mapping[str, str] | None = None) -> NieuweRol:
    """naam: as the person is called; the parts of a name are not known here, so all of it is the geslachtsnaam."""
    return NieuweRol(roltype, "natuurlijk_persoon", {"inpBsn": bsn, "geslachtsnaam": kort(naam, 200)}, contact=contact)


def persoon(roltype: str, naam: str, contact: Mapping[str, str] | None = None) -> NieuweRol:
    """Somebody of whom only a name is known, as who was invited to sign."""
    return NieuweRol(roltype, "natuurlijk_persoon", {"geslachtsnaam": kort(naam, 200)}, contact=contact)


def bedrijf(
    roltype: str,
    backoffice: Backoffice,
    *,
    kvk_nummer: str,
    rsin: str = "",
    vestiging: str = "",
    naam: str = "",
    contact: Mapping[str, str] | None = None,
) -> NieuweRol:
    """A company, filed in the way in which this backoffice finds it again (bedrijf_identificaties)."""
    soorten = backoffice.bedrijf_identificaties
    naam = kort(naam, 500)
    if vestiging and "vestiging" in soorten:
        wie: dict[str, object] = {
            "vestigingsNummer": vestiging,
            "kvkNummer": kvk_nummer,
            "handelsnaam": [naam] if naam else [],
        }
        return NieuweRol(roltype, "vestiging", wie, contact=contact)
    wie = {"statutaireNaam": naam}
    if "kvkNummer" in soorten:
        wie["kvkNummer"] = kvk_nummer
        if vestiging:
            wie["vestigingsNummer"] = vestiging
    if rsin and "rsin" in soorten:
        wie["innNnpId"] = rsin
    elif "kvk-in-innNnpId" in soorten:
        wie["innNnpId"] = kvk_nummer
    return NieuweRol(roltype, "niet_natuurlijk_persoon", wie, contact=contact)


@dataclass(frozen=True, slots=True)
class NieuwDocument:
    """The metadata of a file that somebody sent in. informatieobjecttype: URL; formaat: media type.

    vertrouwelijkheid: empty leaves it to the informatieobjecttype. grootte: bytes. sha256: hexadecimal.
    """

    identificatie: str
    informatieobjecttype: str
    titel: str = field(repr=False)
    bestandsnaam: str = field(repr=False)
    formaat: str
    grootte: int
    ontvangen: date
    auteur: str = field(repr=False)
    sha256: str = ""
    vertrouwelijkheid: str = ""
    beschrijving: str = field(default="", repr=False)
    taal: str = "nld"

    def body(self, backoffice: Backoffice) -> dict[str, object]:
        """Without the content. indicatieGebruiksrecht must be known, or the zaak can never be closed."""
        body: dict[str, object] = {
            "identificatie": self.identificatie,
            "bronorganisatie": backoffice.rsin,
            "creatiedatum": self.ontvangen.isoformat(),
            "ontvangstdatum": self.ontvangen.isoformat(),
            "titel": kort(self.titel, 200) or "Document",
            "auteur": kort(self.auteur, 200) or "Aanvrager",
            "status": "definitief",
            "formaat": self.formaat,
            "taal": self.taal,
            "bestandsnaam": _korte_bestandsnaam(self.bestandsnaam),
            "bestandsomvang": self.grootte,
            "beschrijving": kort(self.beschrijving, 1000),
            "indicatieGebruiksrecht": False,
            "informatieobjecttype": self.informatieobjecttype,
        }
        if self.sha256:
            body["integriteit"] = {
                "algoritme": "sha_256",
                "waarde": self.sha256,
                "datum": self.ontvangen.isoformat(),
            }
        if self.vertrouwelijkheid:
            body["vertrouwelijkheidaanduiding"] = self.vertrouwelijkheid
        return body


@dataclass(frozen=True, slots=True)
class NieuwAdres:
    """An address that a zaak is about. identificatie: of the nummeraanduiding in the BAG, may be empty."""

    straat: str = field(repr=False)
    huisnummer: int = field(repr=False)
    plaats: str = field(repr=False)
    postcode: str = field(default="", repr=False)
    huisletter: str = field(default="", repr=False)
    toevoeging: str = field(default="", repr=False)
    identificatie: str = field(default="", repr=False)
    omschrijving: str = "Adres van de aanvraag"

    def body(self, zaak: str) -> dict[str, object]:
        return {
            "zaak": zaak,
            "objectType": "adres",
            "relatieomschrijving": kort(self.omschrijving, 80),
            "objectIdentificatie": {
                "identificatie": self.identificatie,
                "wplWoonplaatsNaam": kort(self.plaats, 80),
                "gorOpenbareRuimteNaam": kort(self.straat, 80),
                "huisnummer": self.huisnummer,
                "huisletter": self.huisletter[:1],
                "huisnummertoevoeging": self.toevoeging[:4],
                "postcode": self.postcode.replace(" ", "")[:7],
            },
        }


def kort(tekst: str, langst: int) -> str:
    """A text that fits its field; what had to be cut off ends in an ellipsis."""
    return tekst if len(tekst) <= langst else f"{tekst[: langst - 1].rstrip()}…"


def _korte_bestandsnaam(naam: str) -> str:
    """At most 255 characters, with its extension."""
    kop, punt, staart = naam.rpartition(".")
    return naam if len(naam) <= 255 else f"{kop[: 250 - len(staart)]}{punt}{staart}"[-255:]
