"""Catalogi API: zaaktypen and what belongs to them, and the one cache of the portal.

Source: VNG Catalogi API 1.3.1. A published zaaktype does not change, which is why this may be cached.
"""

from datetime import date

from pip_portal.backoffice.resource import Datum, Resource, Tekst


class Zaaktype(Resource):
    """One version of a zaaktype; several versions share an identificatie."""

    url: str
    identificatie: Tekst = ""
    omschrijving: str
    omschrijving_generiek: Tekst = ""
    doel: Tekst = ""
    toelichting: Tekst = ""
    indicatie_intern_of_extern: Tekst = ""
    begin_geldigheid: date | None = None
    einde_geldigheid: Datum = None

    @property
    def is_extern(self) -> bool:
        return self.indicatie_intern_of_extern == "extern"

    def is_geldig_op(self, dag: date) -> bool:
        return (self.begin_geldigheid or date.min) <= dag <= (self.einde_geldigheid or date.max)


class Statustype(Resource):
    url: str
    omschrijving: str
    omschrijving_generiek: Tekst = ""
    statustekst: Tekst = ""
    zaaktype: str
    volgnummer: int
    is_eindstatus: bool = False
    informeren: bool = False
    toelichting: Tekst = ""

    @property
    def tekst(self) -> str:
        """What the citizen reads: the text meant for the initiator, else the omschrijving."""
        return self.statustekst or self.omschrijving


class Resultaattype(Resource):
    url: str
    zaaktype: Tekst = ""
    omschrijving: str
    omschrijving_generiek: Tekst = ""
    toelichting: Tekst = ""


class Specificatie(Resource):
    """formaat: tekst, getal, datum (YYYYMMDD) or datum_tijd."""

    formaat: Tekst = "tekst"
    groep: Tekst = ""


class Eigenschap(Resource):
    url: str
    zaaktype: Tekst = ""
    naam: str
    definitie: Tekst = ""
    specificatie: Specificatie = Specificatie()
    toelichting: Tekst = ""


class Informatieobjecttype(Resource):
    url: str
    omschrijving: str
    vertrouwelijkheidaanduiding: Tekst = ""


class ZaaktypeInformatieobjecttype(Resource):
    """richting: inkomend, intern or uitgaand. informatieobjecttype is a URL."""

    url: str
    zaaktype: str
    informatieobjecttype: str
    richting: Tekst = ""


class Besluittype(Resource):
    url: str
    omschrijving: Tekst = ""
    omschrijving_generiek: Tekst = ""
    toelichting: Tekst = ""


class Roltype(Resource):
    url: str
    zaaktype: str
    omschrijving: str
    omschrijving_generiek: str
