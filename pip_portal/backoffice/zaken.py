"""Zaken API: the resources of a zaak as the portal reads them.

Source: VNG Zaken API 1.5.1; fields that are [OZ] only are optional.
"""

from datetime import date, datetime
from uuid import UUID

from pip_portal.backoffice.resource import Datum, Resource, Tekst, dag_in_nederland


class Verlenging(Resource):
    """reden, and duur as an ISO 8601 duration; show it as given, never add it up."""

    reden: Tekst = ""
    duur: Tekst = ""


class Opschorting(Resource):
    indicatie: bool = False
    reden: Tekst = ""


class Zaak(Resource):
    url: str
    uuid: UUID
    identificatie: str
    omschrijving: Tekst = ""
    toelichting: Tekst = ""
    zaaktype: str
    registratiedatum: Datum = None
    startdatum: date
    einddatum: Datum = None
    einddatum_gepland: Datum = None
    uiterlijke_einddatum_afdoening: Datum = None
    publicatiedatum: Datum = None
    vertrouwelijkheidaanduiding: Tekst = ""
    betalingsindicatie: Tekst = ""
    laatste_betaaldatum: datetime | None = None
    verlenging: Verlenging | None = None
    opschorting: Opschorting | None = None
    hoofdzaak: Tekst = ""
    deelzaken: tuple[str, ...] = ()
    status: Tekst = ""
    resultaat: Tekst = ""
    archiefstatus: Tekst = "nog_te_archiveren"

    @property
    def is_afgerond(self) -> bool:
        """A zaak is closed when it has an einddatum; a resultaat can exist before that."""
        return self.einddatum is not None

    @property
    def is_opgeschort(self) -> bool:
        return not self.is_afgerond and self.opschorting is not None and self.opschorting.indicatie

    @property
    def is_verlengd(self) -> bool:
        return self.verlenging is not None and bool(self.verlenging.duur or self.verlenging.reden)

    @property
    def is_deelzaak(self) -> bool:
        return bool(self.hoofdzaak)

    @property
    def is_gearchiveerd(self) -> bool:
        return self.archiefstatus not in ("", "nog_te_archiveren")


class Status(Resource):
    url: str
    uuid: UUID
    zaak: Tekst = ""
    statustype: str
    datum_status_gezet: datetime
    statustoelichting: Tekst = ""
    indicatie_laatst_gezette_status: bool | None = None

    @property
    def datum(self) -> date:
        return dag_in_nederland(self.datum_status_gezet)


class Resultaat(Resource):
    url: str
    uuid: UUID
    zaak: Tekst = ""
    resultaattype: str
    toelichting: Tekst = ""


class BetrokkeneIdentificatie(Resource):
    """Who a rol is about; which fields are filled depends on betrokkeneType."""

    inp_bsn: Tekst = ""
    inn_nnp_id: Tekst = ""
    kvk_nummer: Tekst = ""
    vestigings_nummer: Tekst = ""
    geslachtsnaam: Tekst = ""
    voorvoegsel_geslachtsnaam: Tekst = ""
    voorletters: Tekst = ""
    statutaire_naam: Tekst = ""
    handelsnaam: tuple[str, ...] | None = None
    naam: Tekst = ""
    identificatie: Tekst = ""
    achternaam: Tekst = ""
    voorvoegsel_achternaam: Tekst = ""


class Rol(Resource):
    url: str
    uuid: UUID
    zaak: Tekst = ""
    betrokkene_type: str
    omschrijving: Tekst = ""
    omschrijving_generiek: Tekst = ""
    roltoelichting: Tekst = ""
    indicatie_machtiging: Tekst = ""
    begin_geldigheid: Datum = None
    einde_geldigheid: Datum = None
    betrokkene_identificatie: BetrokkeneIdentificatie | None = None

    @property
    def is_behandelaar(self) -> bool:
        return self.omschrijving_generiek == "behandelaar"

    @property
    def is_initiator(self) -> bool:
        return self.omschrijving_generiek == "initiator"

    @property
    def naam(self) -> str:
        """Name to show for this rol, empty when the source gives none."""
        wie = self.betrokkene_identificatie
        if wie is None:
            return ""
        persoon = " ".join(
            d for d in (wie.voorletters, wie.voorvoegsel_geslachtsnaam, wie.geslachtsnaam) if d
        )
        medewerker = " ".join(d for d in (wie.voorletters, wie.voorvoegsel_achternaam, wie.achternaam) if d)
        handelsnaam = wie.handelsnaam[0] if wie.handelsnaam else ""
        if self.betrokkene_type == "medewerker":
            return medewerker
        if self.betrokkene_type == "natuurlijk_persoon":
            return persoon
        return wie.naam or wie.statutaire_naam or handelsnaam


class Zaakeigenschap(Resource):
    url: str
    eigenschap: str
    naam: Tekst = ""
    waarde: Tekst = ""


class ZaakInformatieObject(Resource):
    """The link between a zaak and a document; it is leading for who may read the document."""

    url: str
    informatieobject: str
    zaak: Tekst = ""
    titel: Tekst = ""
    beschrijving: Tekst = ""
    registratiedatum: datetime | None = None
