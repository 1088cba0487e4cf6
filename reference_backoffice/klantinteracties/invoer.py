"""The bodies that may be sent. Unknown fields are ignored, as the real server does; every fault gets its own name."""

import re
from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from ..problems import Fout, invalid
from ..resources import now, utc

TELEFOON: Final = re.compile(r"(0[1-9][0-9]{8}|\+[0-9]{9,15}|00[0-9]{7,13})")
EMAIL: Final = re.compile(
    r"[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+(\.[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?!-)[A-Za-z0-9-]{2,63}(?<!-)"
)
LEEG: Final = {"null": "Dit veld mag niet leeg zijn.", "blank": "Dit veld mag niet leeg zijn."}


def _digits(value: str | None) -> str | None:
    if value and not (value.isascii() and value.isdigit()):
        raise PydanticCustomError("invalid", "Alleen cijfers zijn toegestaan.")
    return value or None


T10 = Annotated[str, StringConstraints(max_length=10)]
T20 = Annotated[str, StringConstraints(max_length=20)]
T40 = Annotated[str, StringConstraints(max_length=40)]
T80 = Annotated[str, StringConstraints(max_length=80)]
T200 = Annotated[str, StringConstraints(max_length=200)]
T255 = Annotated[str, StringConstraints(max_length=255)]
T1000 = Annotated[str, StringConstraints(max_length=1000)]
Verplicht200 = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Taal = Annotated[str, StringConstraints(min_length=1, max_length=3)]
Nummer = Annotated[T10 | None, AfterValidator(_digits)]
Moment = Annotated[AwareDatetime, PlainSerializer(utc)]
Telefoon = Annotated[str, StringConstraints(max_length=20, pattern=f"^({TELEFOON.pattern})?$")]


class Invoer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, str_strip_whitespace=True, hide_input_in_errors=True)


class Verwijzing(Invoer):
    uuid: UUID


class Identificator(Invoer):
    """What something is called in another register."""

    object_id: T200 = ""
    code_objecttype: T200 = ""
    code_register: T200 = ""
    code_soort_object_id: T200 = ""


class IdentificatorOud(Invoer):
    object_id: Verplicht200
    code_objecttype: Verplicht200
    code_register: Verplicht200
    code_soort_object_id: Verplicht200


class IdentificatorVanPartij(IdentificatorOud):
    code_objecttype: Literal["natuurlijk_persoon", "niet_natuurlijk_persoon", "vestiging"]
    code_register: Literal["brp", "hr"]
    code_soort_object_id: Literal["bsn", "vestigingsnummer", "kvk_nummer", "rsin"]


class Contactnaam(Invoer):
    voorletters: T10 = ""
    voornaam: T200 = ""
    voorvoegsel_achternaam: T10 = ""
    achternaam: T200 = ""


class Adres(Invoer):
    nummeraanduiding_id: Annotated[str, StringConstraints(pattern="^([0-9]{16})?$")] = ""
    straatnaam: T255 = ""
    huisnummer: Annotated[int, Field(ge=1, le=99999)] | None = None
    huisnummertoevoeging: T20 = ""
    postcode: Annotated[str, StringConstraints(pattern="^([1-9][0-9]{3} [A-Z]{2})?$")] = ""
    stad: T255 = ""
    adresregel1: T80 = ""
    adresregel2: T80 = ""
    adresregel3: T80 = ""
    land: Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")] = ""


class PartijIdentificator(Invoer):
    identificeerde_partij: Verwijzing | None = None
    andere_partij_identificator: T200 = ""
    partij_identificator: IdentificatorVanPartij
    sub_identificator_van: Verwijzing | None = None


class PartijIdentificatorOud(PartijIdentificator):
    partij_identificator: IdentificatorOud  # type: ignore[assignment] # the codes were free text once


class InlineIdentificator(PartijIdentificator):
    uuid: UUID | None = None


class Persoon(Invoer):
    contactnaam: Contactnaam | None = None


class Organisatie(Invoer):
    naam: T200 = ""


class Contactpersoon(Persoon):
    werkte_voor_partij: Verwijzing | None = None


class Partij(Invoer):
    """partijIdentificatoren and digitaleAdressen are not of the partij itself: they say what else is to be changed."""

    nummer: Nummer = None
    interne_notitie: T1000 = ""
    digitale_adressen: list[Verwijzing] | None = None
    voorkeurs_digitaal_adres: Verwijzing | None = None
    rekeningnummers: list[Verwijzing] | None = None
    voorkeurs_rekeningnummer: Verwijzing | None = None
    partij_identificatoren: list[InlineIdentificator] | None = None
    soort_partij: Literal["persoon", "organisatie", "contactpersoon"]
    partij_identificatie: dict[str, Any] = Field(default_factory=dict)
    indicatie_geheimhouding: bool | None = None
    voorkeurstaal: Annotated[str, StringConstraints(max_length=3)] = ""
    indicatie_actief: bool
    bezoekadres: Adres | None = None
    correspondentieadres: Adres | None = None


class DigitaalAdres(Invoer):
    verstrekt_door_betrokkene: Verwijzing | None = None
    verstrekt_door_partij: Verwijzing | None = None
    soort_digitaal_adres: Literal["email", "telefoonnummer", "overig"]
    adres: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    is_standaard_adres: bool = False
    omschrijving: T40 = ""
    referentie: Annotated[str, StringConstraints(max_length=50, pattern="^[-a-zA-Z0-9_]*$")] = ""
    verificatie_datum: date | None = None


class Klantcontact(Invoer):
    nummer: Nummer = None
    referentienummer: Nummer = None
    kanaal: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    onderwerp: Verplicht200
    inhoud: T1000 = ""
    reactie: Annotated[str, StringConstraints(max_length=4000)] = ""
    indicatie_contact_gelukt: bool | None = None
    hoofd_onderwerp_type: Annotated[str, StringConstraints(max_length=200, pattern=r"^(https?://\S+)?$")] = ""
    verdere_actie_ondernomen: bool = False
    taal: Taal
    vertrouwelijk: bool
    plaatsgevonden_op: Moment = Field(default_factory=now)
    metadata: dict[str, T255] = Field(default_factory=dict)


class Betrokkene(Invoer):
    was_partij: Verwijzing | None = None
    had_klantcontact: Verwijzing
    bezoekadres: Adres | None = None
    correspondentieadres: Adres | None = None
    contactnaam: Contactnaam | None = None
    rol: Literal["vertegenwoordiger", "klant"]
    organisatienaam: T200 = ""
    initiator: bool


class Onderwerpobject(Invoer):
    klantcontact: Verwijzing | None = None
    was_klantcontact: Verwijzing | None = None
    onderwerpobjectidentificator: Identificator | None = None


class Bijlage(Invoer):
    was_bijlage_van_klantcontact: Verwijzing | None = None
    bijlageidentificator: Identificator | None = None


class Internetaak(Invoer):
    nummer: Nummer = None
    referentienummer: Nummer = None
    gevraagde_handeling: Verplicht200
    aanleidinggevend_klantcontact: Verwijzing
    toegewezen_aan_actor: Verwijzing | None = None
    toegewezen_aan_actoren: list[Verwijzing] | None = None
    toelichting: T1000 = ""
    status: Literal["te_verwerken", "verwerkt"]
    toegewezen_op: Moment = Field(default_factory=now)
    afgehandeld_op: Moment | None = None


class Actor(Invoer):
    naam: Verplicht200
    soort_actor: Literal["medewerker", "geautomatiseerde_actor", "organisatorische_eenheid"]
    indicatie_actief: bool = True
    actoridentificator: Identificator | None = None
    actor_identificatie: dict[str, Any] = Field(default_factory=dict)


class GeautomatiseerdeActor(Invoer):
    functie: T40
    omschrijving: T200 = ""


class Medewerker(Invoer):
    functie: T40
    emailadres: Annotated[str, StringConstraints(max_length=254)] = ""
    telefoonnummer: Telefoon


class OrganisatorischeEenheid(Invoer):
    omschrijving: T200 = ""
    emailadres: Annotated[str, StringConstraints(max_length=254)] = ""
    faxnummer: T20 = ""
    telefoonnummer: Telefoon = ""


class ActorKlantcontact(Invoer):
    actor: Verwijzing
    klantcontact: Verwijzing


# What a partij or actor is called depends on its soort.
PER_SOORT: Final[dict[str, type[Invoer]]] = {
    "persoon": Persoon,
    "organisatie": Organisatie,
    "contactpersoon": Contactpersoon,
    "medewerker": Medewerker,
    "geautomatiseerde_actor": GeautomatiseerdeActor,
    "organisatorische_eenheid": OrganisatorischeEenheid,
}


def _fout(error: ErrorDetails, prefix: str) -> Fout:
    """The fault as Django REST framework would have named it."""
    name = (prefix + ".".join(str(part) for part in error["loc"])).rstrip(".") or "nonFieldErrors"
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return Fout(name, "required", "Dit veld is vereist.")
    if given is None or (given == "" and kind in ("string_too_short", "literal_error")):
        code = "null" if given is None else "blank"
        return Fout(name, code, LEEG[code])
    if kind == "string_too_short":
        return Fout(name, "blank", LEEG["blank"])
    if kind == "string_too_long":
        longest = error["ctx"]["max_length"]
        return Fout(name, "max_length", f"Zorg ervoor dat dit veld niet meer dan {longest} karakters bevat.")
    if kind == "literal_error":
        return Fout(name, "invalid_choice", "Dit is een ongeldige keuze.")
    return Fout(name, "invalid", error["msg"])


def faults_of(error: ValidationError, prefix: str = "") -> tuple[Fout, ...]:
    return tuple(_fout(detail, prefix) for detail in error.errors(include_url=False))


def read(model: type[Invoer], body: object, prefix: str = "") -> Invoer:
    """The body, checked field by field. prefix: path of the body, ending in a dot, when it is part of another.

    Raises: Problem 400 that names every fault.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise invalid(*faults_of(error, prefix)) from None


def is_adres(soort: str, adres: str) -> bool:
    """Whether an address is one of its soort. Source: field `adres` of DigitaalAdres in the specification."""
    if soort == "email":
        return EMAIL.fullmatch(adres) is not None
    return soort != "telefoonnummer" or TELEFOON.fullmatch(adres) is not None
