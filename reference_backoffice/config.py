"""Settings of the reference backoffice, read once at start: environment variables REFERENCE_BACKOFFICE_…"""

from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

NEDERLAND = ZoneInfo("Europe/Amsterdam")

Component = Literal["zrc", "ztc", "drc", "brc", "ac", "nrc"]

LEZEN = {
    "zrc": ("zaken.lezen",),
    "drc": ("documenten.lezen",),
    "brc": ("besluiten.lezen",),
    "ztc": ("catalogi.lezen",),
    "ac": ("autorisaties.lezen",),
}


class Recht(BaseModel):
    """Scopes of one component, up to and including a vertrouwelijkheidaanduiding.

    typen: identificatie of zaaktypen or omschrijving of informatieobjecttypen; empty means every type.
    """

    model_config = ConfigDict(frozen=True)

    component: Component
    scopes: tuple[str, ...]
    plafond: str = "zeer_geheim"
    typen: tuple[str, ...] = ()


class Client(BaseModel):
    """An Applicatie: who may call, with which secret, and what it may do.

    verwerkingen: whether it may write and read the log of processing, which has no scopes.
    """

    model_config = ConfigDict(frozen=True)

    client_id: str
    secret: str
    label: str
    rechten: tuple[Recht, ...] = ()
    verwerkingen: bool = False


class Objectrecht(BaseModel):
    """objecttype: key in fixtures/objecttypen.py; velden: per version what may be seen, None for everything."""

    model_config = ConfigDict(frozen=True)

    objecttype: str
    mode: Literal["read_only", "read_and_write"] = "read_and_write"
    velden: dict[str, tuple[str, ...]] | None = None


class Objecttoken(BaseModel):
    """Who may call the Objecten API, and what it may do with each objecttype."""

    model_config = ConfigDict(frozen=True)

    token: str
    label: str
    rechten: tuple[Objectrecht, ...] = ()


DEMO_TOKENS = (
    Objecttoken(
        token="demo-objecten-token-0123456789",  # noqa: S106 - of the stand-in only
        label="PIP Deventer",
        rechten=(
            Objectrecht(objecttype="taak"),
            Objectrecht(objecttype="taak-open-objecten"),
            Objectrecht(objecttype="bericht"),
        ),
    ),
    Objecttoken(
        token="demo-objecten-alleen-lezen-0123456789",  # noqa: S106 - of the stand-in only
        label="Alleen taken lezen",
        rechten=(Objectrecht(objecttype="taak", mode="read_only"),),
    ),
    Objecttoken(
        token="demo-objecten-velden-0123456789",  # noqa: S106 - of the stand-in only
        label="Alleen het onderwerp van berichten",
        rechten=(
            Objectrecht(
                objecttype="bericht",
                mode="read_only",
                velden={"1": ("url", "uuid", "type", "record__typeVersion", "record__data__onderwerp")},
            ),
        ),
    ),
)

DEMO_SECRET = "demo-secret-van-het-portaal-0123456789"  # noqa: S105 - of the stand-in only, printed in its README

DEMO_CLIENTS = (
    Client(
        client_id="pip-portaal",
        secret=DEMO_SECRET,
        label="PIP Deventer",
        verwerkingen=True,
        rechten=(
            Recht(
                component="zrc",
                scopes=("zaken.lezen", "zaken.aanmaken", "zaken.bijwerken", "zaken.statussen.toevoegen"),
                plafond="zaakvertrouwelijk",
            ),
            Recht(
                component="drc",
                scopes=("documenten.lezen", "documenten.aanmaken", "documenten.bijwerken", "documenten.lock"),
                plafond="zaakvertrouwelijk",
            ),
            Recht(
                component="drc",
                scopes=("documenten.lezen", "documenten.aanmaken", "documenten.bijwerken", "documenten.lock"),
                plafond="confidentieel",
                typen=("Medische gegevens", "Geboorteverklaring", "Akte", "Bibob-formulier"),
            ),
            Recht(component="brc", scopes=LEZEN["brc"]),
            Recht(component="ztc", scopes=LEZEN["ztc"]),
            Recht(component="ac", scopes=LEZEN["ac"]),
            Recht(component="nrc", scopes=("notificaties.consumeren",)),
        ),
    ),
    Client(
        client_id="pip-streng",
        secret=DEMO_SECRET,
        label="Alleen lezen, alleen openbaar",
        rechten=tuple(
            Recht(component=component, scopes=LEZEN[component], plafond="openbaar")
            for component in ("zrc", "drc", "brc", "ztc", "ac")
        ),
    ),
    Client(
        client_id="ander-systeem",
        secret=DEMO_SECRET,
        label="Publiceert notificaties",
        rechten=(Recht(component="nrc", scopes=("notificaties.publiceren",)),),
    ),
    Client(client_id="zonder-rechten", secret=DEMO_SECRET, label="Zonder rechten"),
)


class Config(BaseSettings):
    """database: path of a SQLite file, or a URL as sqlite+aiosqlite:///… or postgresql+psycopg://…

    oz: also accept what only Open Zaak offers (pageSize, kvkNummer filter, objectinformatieobjecten filter).
    latentie: "openzaak" imitates the measured costs of a real one.
    zaaknummer_als_array: answer of zaaknummer_reserveren as standard 1.7.0 has it, instead of Open Zaak's.
    bestandsdeel_omvang: bytes per part of a large upload.
    notificatie_factor: seconds before the second try to deliver a notification; each wait is four times the last.
    klantinteracties_oud: behave as an older Open Klant: no maak-klantcontact, no partijIdentificatoren inside a partij,
    no reactie or referentienummer, no filter on the partij of a betrokkene, free codes.
    klantinteracties_kanalen: the reference list of kanalen; without one every kanaal is good.
    vandaag: the date that seed and ages are counted from; the real one when not given.
    """

    model_config = SettingsConfigDict(env_prefix="REFERENCE_BACKOFFICE_", frozen=True)

    database: str = "var/reference_backoffice/backoffice.sqlite"
    public_url: str = "http://localhost:8020"
    host: str = "127.0.0.1"
    port: int = 8020
    oz: bool = False
    latentie: Literal["geen", "openzaak"] = "geen"
    zaaknummer_als_array: bool = False
    bestandsdeel_omvang: int = 4 * 1024**3
    jwt_geldig_seconden: int = 3600
    brp_sleutel: str = "demo-brp-sleutel-0123456789"
    kvk_sleutel: str = "demo-kvk-sleutel-0123456789"
    bag_sleutel: str = "demo-bag-sleutel-0123456789"
    rdw_token: str = "demo-rdw-token-0123456789"  # noqa: S105 - of the stand-in only
    openstaand_sleutel: str = "demo-openstaand-sleutel-0123456789"
    mijnoverheid_sleutel: str = "demo-mijnoverheid-sleutel-0123456789"
    notificatie_factor: float = 5.0
    klantinteracties_token: str = "demo-klantinteracties-token-0123456789"  # noqa: S105 - of the stand-in only
    klantinteracties_oud: bool = False
    klantinteracties_kanalen: tuple[str, ...] = ()
    vandaag: date | None = None
    objecten_tokens: tuple[Objecttoken, ...] = DEMO_TOKENS
    clients: tuple[Client, ...] = DEMO_CLIENTS

    @field_validator("public_url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @property
    def database_url(self) -> str:
        if "://" in self.database:
            return self.database
        return f"sqlite+aiosqlite:///{Path(self.database).absolute()}"

    def today(self) -> date:
        return self.vandaag or datetime.now(NEDERLAND).date()
