"""All settings of the portal, read once at start: environment variables PIP_…, or a TOML file named by PIP_CONFIG."""

import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Vertrouwelijkheid = Literal[
    "openbaar",
    "beperkt_openbaar",
    "intern",
    "zaakvertrouwelijk",
    "vertrouwelijk",
    "confidentieel",
    "geheim",
    "zeer_geheim",
]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Api(Frozen):
    """One remote API: where it is, how we identify ourselves, how long we wait."""

    root: str = Field(description="Root URL without trailing slash, e.g. https://openzaak.example.nl/zaken/api/v1")
    client_id: str = ""
    secret: SecretStr = SecretStr("")
    headers: dict[str, SecretStr] = {}
    client_certificate: Path | None = None
    client_key: Path | None = None
    ca: Path | None = None
    connect_timeout: float = 1.0
    read_timeout: float = 8.0
    max_connections: int = 40

    @field_validator("root")
    @classmethod
    def _no_trailing_slash(cls, root: str) -> str:
        if not root.startswith(("http://", "https://")):
            raise ValueError("begint niet met http:// of https://")
        return root.rstrip("/")


class Backoffice(Frozen):
    """One zaaksysteem with its ZGW APIs. Several can be configured; their zaken are merged.

    bron: short name for URLs (a-z0-9-); naam: what the citizen reads when it is down.
    """

    bron: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    naam: str
    zaken: Api
    catalogi: Api
    documenten: Api
    besluiten: Api | None = None
    autorisaties: Api | None = None
    # What this product offers beyond, or refuses of, the VNG standard; each has a standard fallback.
    zoek: bool = True  # POST /zaken/_zoek with the person in the body (standard since 1.4); else GET with a query
    kvk_nummer_filter: bool = False  # [OZ] rol__…__nietNatuurlijkPersoon__kvkNummer, GET only
    document_filter: bool = False  # [OZ] documents of a zaak in one call
    bedrijf_identificaties: tuple[Literal["rsin", "kvk-in-innNnpId", "kvkNummer", "vestiging"], ...] = (
        "rsin",
        "kvk-in-innNnpId",
        "vestiging",
    )
    # Whose zaak it is; an adviseur, beslisser or behandelaar only works on it and can never be added.
    rollen_met_toegang: tuple[Literal["initiator", "mede_initiator", "belanghebbende"], ...] = (
        "initiator",
        "mede_initiator",
    )
    zaaktypen: tuple[str, ...] = ()  # allow list of zaaktype.identificatie; empty: every extern zaaktype
    # zaaktype.identificatie -> zaakeigenschap.naam that citizens may read; the rest can be internal, so is not shown
    eigenschappen: dict[str, tuple[str, ...]] = {}
    verborgen_documenttypen: tuple[str, ...] = ()  # informatieobjecttype.omschrijving that is never shown
    # What the portal needs to hand over what citizens send in.
    rsin: str = Field(default="", pattern=r"^(\d{9})?$")  # of the gemeente: bronorganisatie of new zaken and documents
    kanaal_naam: bool = False  # [OZ] zaak.communicatiekanaalNaam
    kanalen: dict[str, str] = {}  # our name of a kanaal -> URL in the reference list of this backoffice
    bestandsdelen_vanaf: int = 25_000_000  # bytes; a larger file goes in parts, and not as base64
    # zaaktype.identificatie -> how a citizen withdraws; over what the form says. "nee": not on line
    intrekken: dict[str, Literal["verzoek", "direct", "status", "nee"]] = {}
    intrekken_status: str = "Intrekking verzocht"  # statustype.omschrijving for "status"
    # informatieobjecttype.omschrijving of what a citizen adds to a zaak, and for a zaaktype.identificatie of its own
    aanvulling_documenttype: str = "Bijlage"
    aanvulling_documenttypen: dict[str, str] = {}
    zaak_plafond: Vertrouwelijkheid = "zaakvertrouwelijk"
    document_plafond: Vertrouwelijkheid = "beperkt_openbaar"

    def documenttype_van_aanvulling(self, zaaktype: str) -> str:
        """Informatieobjecttype of what is added to a zaak of this type (identificatie)."""
        return self.aanvulling_documenttypen.get(zaaktype, self.aanvulling_documenttype)


Klantcode = tuple[str, str, str]  # codeObjecttype, codeRegister, codeSoortObjectId


class Klantinteracties(Api):
    """Klantinteracties (Open Klant 2), with the codes by which its partijen are known; older data has others.

    headers: Authorization = "Token …". actor: uuid of who gets each question (the KCC); empty: they go by mail only.
    kanaal: as this server calls what comes from the portal. verborgen_kanalen: contacts that citizens do not see.
    zaak: how a klantcontact refers to a zaak. oud: a server of before maak-klantcontact and reactie. notificeert: it
    sends on the kanalen klantcontacten and internetaken.
    """

    persoon: Klantcode = ("natuurlijk_persoon", "brp", "bsn")
    bedrijf: Klantcode = ("niet_natuurlijk_persoon", "hr", "kvk_nummer")
    vestiging: Klantcode = ("vestiging", "hr", "vestigingsnummer")
    zaak: Klantcode = ("zaak", "open-zaak", "uuid")
    actor: str = Field(default="", pattern=r"^([0-9a-f-]{36})?$")
    kanaal: str = Field(default="webformulier", min_length=1, max_length=50)
    verborgen_kanalen: tuple[str, ...] = ()
    oud: bool = False
    notificeert: bool = False


class Objecten(Api):
    """Objecten API: berichten and taken. headers: Authorization = "Token …".

    berichten, taken: URLs of their objecttypes, as this server writes them. samenvoegen: PATCH merges (Objects API 2.5
    and later); else the whole of an object is sent. filter_lijst: knows data_attrs; else only one filter goes along,
    and the rest is left out here. taak_hosts: where a taak of soort url may send somebody; empty: nowhere.
    notificeert: it tells of changes over the Notificaties API.
    """

    berichten: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    samenvoegen: bool = False
    filter_lijst: bool = True
    taak_hosts: tuple[str, ...] = ()
    notificeert: bool = False


class Vragen(Frozen):
    """kcc: mailbox of the KCC that hears the number of a question which Klantinteracties did not take within kcc_na."""

    kcc: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    kcc_na: timedelta = timedelta(hours=1)


class Sms(Api):
    """An API as that of NotifyNL. client_id, secret: of our service there. sjabloon: id of a template with ((code))."""

    sjabloon: str


class Koppeling(Frozen):
    """One SAML connection (DigiD or eHerkenning)."""

    profiel: Literal["digid-3", "eid-4", "eherkenning"]
    entity_id: str
    idp_entity_id: str
    idp_metadata: str = Field(description="Path or https URL of the signed IdP metadata")
    idp_metadata_vingerafdruk: str = Field(description="SHA-256 fingerprint (hex) of the certificate that signs it")
    idp_metadata_ca: Path | None = None
    acs_index: int = 0
    service_index: int | None = None
    service_uuid: str | None = None
    service_id: str | None = None
    niveau: int = 20  # minimum level for login, see gebruiker.py
    ondertekening: tuple[tuple[Path, Path], ...]  # (certificate, key); first signs, all are in the metadata
    versleuteling: tuple[tuple[Path, Path], ...] = ()  # (certificate, key); all decrypt
    tls: tuple[Path, Path] | None = None  # client certificate for the back channel
    tls_ca: Path | None = None
    sso: bool = False  # single logout both ways
    form_action: tuple[str, ...] = ()  # hosts of the IdP's redirect chain, for the CSP of the hand-over page
    klokafwijking: int = Field(default=30, ge=0, le=60)
    # eid-4: dienst of data/machtigingen.yaml -> ServiceUUID under which DigiD Machtigen knows it; empty: not offered
    machtigingsdiensten: dict[str, str] = {}
    machtigen_entity_id: str | None = None  # eid-4: of the party that demands representation (BVD)


class Medewerkers(Frozen):
    """Where employees log in who fill in forms for citizens (balie, telefoon, post): an OpenID Connect provider.

    rol: value that must be in the claim `rolclaim` of an employee; without it nobody comes in.
    """

    issuer: str = Field(
        description="As in its discovery document, e.g. https://login.microsoftonline.com/<tenant>/v2.0"
    )
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    rol: str = Field(min_length=1)
    rolclaim: str = "roles"

    @field_validator("issuer")
    @classmethod
    def _encrypted(cls, issuer: str) -> str:
        if not issuer.startswith("https://") and not (issuer.startswith("http://") and is_this_machine(issuer)):
            raise ValueError("begint niet met https://")
        return issuer


class S3(Frozen):
    """A bucket in S3 or in something that speaks its language."""

    bucket: str
    endpoint: str = Field(default="", description="https URL; empty: AWS itself")
    regio: str = "eu-central-1"
    sleutel_id: SecretStr = SecretStr("")
    geheim: SecretStr = SecretStr("")
    voorvoegsel: str = ""


class Opslag(Frozen):
    """Where the files that people add lie, always encrypted: in a folder, or in S3 when that is set.

    werkmap: where a file is kept, encrypted and without a name, while it comes in; empty: that of the system.
    """

    map: Path = Path("var/bestanden")
    s3: S3 | None = None
    werkmap: Path | None = None


class Smtp(Frozen):
    """The mail server that takes our mail. terug: where bounces go, when that is not the sender.

    beheer: who hears that work was given up. geen: no encryption, only for the demo and tests.
    """

    host: str
    poort: int = 587
    beveiliging: Literal["starttls", "tls", "geen"] = "starttls"
    gebruiker: str = ""
    wachtwoord: SecretStr = SecretStr("")
    ca: Path | None = None
    afzender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    afzender_naam: str = "Gemeente Deventer"
    terug: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    beheer: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    timeout: float = 20.0


class Bounces(Frozen):
    """Where mail that cannot be delivered comes back: a mailbox (IMAP over TLS), or a Maildir on this machine.

    elke: seconds between two looks of the worker.
    """

    host: str = ""
    poort: int = 993
    gebruiker: str = ""
    wachtwoord: SecretStr = SecretStr("")
    map: str = Field(default="INBOX", pattern=r'^[^"\\\r\n]+$')
    ca: Path | None = None
    maildir: Path | None = None
    elke: float = Field(default=60.0, ge=1)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.host) == bool(self.maildir):
            raise ValueError("geef host (IMAP) of maildir, en niet allebei")
        return self


class Nieuwsbrief(Frozen):
    """How newsletters go out. per_seconde: mails per second of one process; 0: as fast as the mail server takes them.

    gelijktijdig: connections to the mail server. afmeldadres: a mailbox whose mail somebody reads, to stop by mail too.
    """

    per_seconde: float = Field(default=20.0, ge=0)
    gelijktijdig: int = Field(default=4, ge=1, le=50)
    afmeldadres: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    dienst: Api | None = None  # a mailing service that wants to know who gets what


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="PIP_", env_nested_delimiter="__", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    omgeving: Literal["demo", "test", "acceptatie", "productie"] = "demo"
    public_url: str = "http://localhost:8000"
    database_url: str = "sqlite+aiosqlite:///var/pip.sqlite"
    sleutels: tuple[SecretStr, ...] = Field(
        default=(), description="Fernet keys for data at rest; the first encrypts, all decrypt"
    )
    pseudoniem_sleutel: SecretStr = SecretStr("")
    backoffices: tuple[Backoffice, ...] = ()
    brp: Api | None = None
    kvk: Api | None = None
    bag: Api | None = None
    rdw: Api | None = None  # which vehicle a kenteken belongs to
    openstaand: Api | None = None  # assessments and invoices that are still to be paid
    mijnoverheid: Api | None = None  # Berichtenbox and Lopende Zaken, behind an integration layer; only for burgers
    verwerkingenlogging: Api | None = None  # log of processing of the gemeente, read only; client_id and secret
    signalen: Api | None = None  # meldingen openbare ruimte that are known already
    klantinteracties: Klantinteracties | None = None  # where contact details and questions are kept
    objecten: Objecten | None = None  # where berichten and taken are kept
    vragen: Vragen = Vragen()
    sms: Sms | None = None  # empty: phone numbers are not verified, so never used for messages
    gemeente: str = "Deventer"
    gemeentecodes: tuple[str, ...] = ("0150",)  # of addresses that lie here: theirs, and of what was merged into it
    digid: Koppeling | None = None
    eherkenning: Koppeling | None = None
    medewerkers: Medewerkers | None = None  # empty: no employee fills in a form for anybody, and /balie is not there
    sessie_inactief: timedelta = timedelta(minutes=15)
    sessie_maximaal: timedelta = timedelta(hours=2)
    pagina_budget: float = 2.0
    catalogus_cache: timedelta = timedelta(hours=4)
    catalogus_vooraf: bool = True  # read the catalogus at start, so that no citizen waits for it
    burgerstatussen: Path | None = None
    formulieren: Path | None = None  # folder with formulieren/ and tariffs; empty: those of the package
    kaart_tegels: str = ""  # where the tiles of the map are, with {z}, {x} and {y}; empty: no map beside the words
    kaart_bron: str = "Kaart: Kadaster (CC BY 4.0)"  # whom the maker of the tiles wants to see named
    kaart_midden: str = Field(default="52.2551,6.1639", pattern=r"^\d{1,2}\.\d{1,6},\d{1,2}\.\d{1,6}$")
    bestanden: Opslag = Opslag()
    clamd: str = Field(default="", description="Virus scanner: host:port, or the path of its socket")
    smtp: Smtp | None = None
    nieuwsbrief: Nieuwsbrief = Nieuwsbrief()
    bounces: Bounces | None = None  # empty: the mail server may pipe them to `pip-portal post bounces`
    werker_in_portaal: bool = False  # the portal itself does what waits in the outbox, without `pip-portal worker`
    notificaties: Api | None = None  # Notificaties API of the backoffices; empty: the portal hears of no change
    notificaties_geheim: SecretStr = SecretStr("")  # what a notification must carry: Authorization: Bearer <this>
    mail_elke_status: bool = False  # also mail about statustypen whose `informeren` is not on in the catalogue
    metrics_token: SecretStr = SecretStr("")
    demo_idp_url: str = ""  # where the mock identity provider lives; only for the demo's list of test persons
    log_niveau: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        config = os.environ.get("PIP_CONFIG")
        return (init_settings, env_settings, *([_toml(settings_cls, Path(config))] if config else []))

    @field_validator("public_url")
    @classmethod
    def _only_scheme_and_host(cls, url: str) -> str:
        """As browsers write an origin: small letters and no slash, so that it can be compared with one."""
        parts = urlsplit(url.rstrip("/"))
        if not parts.hostname or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("is niet alleen https:// en een hostnaam")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///", "sqlite+aiosqlite:///")):
            raise ValueError("begint niet met postgresql:// of sqlite:///")
        try:
            make_url(url)
        except (ArgumentError, ValueError):  # never with the URL itself, which may hold a password
            raise ValueError("is niet te lezen; codeer bijzondere tekens in het wachtwoord (%40 voor @)") from None
        return url

    @field_validator("sleutels")
    @classmethod
    def _fernet_keys(cls, sleutels: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for sleutel in sleutels:
            try:
                Fernet(sleutel.get_secret_value())
            except ValueError:
                raise ValueError("is geen Fernet-sleutel (32 bytes in url-veilige base64)") from None
        return sleutels

    @field_validator("kaart_tegels")
    @classmethod
    def _address_of_a_tile(cls, tegels: str) -> str:
        """One host, that can stand in a CSP as it is written here."""
        parts = urlsplit(tegels)
        named = all(part in parts.path for part in ("{z}", "{x}", "{y}"))
        host = re.fullmatch(r"[a-z0-9.-]+(:\d+)?", parts.netloc)
        if tegels and not (parts.scheme in ("http", "https") and host and named):
            raise ValueError("is geen adres als https://tegels.example/{z}/{x}/{y}.png")
        return tegels

    @field_validator("clamd")
    @classmethod
    def _socket_or_port(cls, clamd: str) -> str:
        host, _, poort = clamd.rpartition(":")
        if clamd and not clamd.startswith("/") and not (host and poort.isdigit()):
            raise ValueError("is geen host:poort en geen pad van een socket")
        return clamd

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        """Unsafe combinations stop the start, not the first citizen."""
        if self.sessie_inactief > timedelta(minutes=15):
            raise ValueError("sessie_inactief mag niet langer zijn dan 15 minuten (DigiD)")
        if self.sessie_inactief < timedelta(minutes=5):
            raise ValueError(
                "sessie_inactief moet minstens 5 minuten zijn; 2 minuten ervoor komt de vraag (WCAG 2.2.1)"
            )
        if len(self.pseudoniem_sleutel.get_secret_value()) < 32:
            raise ValueError("PIP_PSEUDONIEM_SLEUTEL ontbreekt of is korter dan 32 tekens")
        if not self.sleutels:
            raise ValueError("PIP_SLEUTELS ontbreekt: minstens één Fernet-sleutel")
        if len({b.bron for b in self.backoffices}) != len(self.backoffices):
            raise ValueError("twee backoffices hebben dezelfde bron")
        is_local = self.public_url.startswith("http://") and is_this_machine(self.public_url)
        if not self.is_https and not is_local:
            raise ValueError("PIP_PUBLIC_URL moet https zijn; alleen localhost mag http")
        if self.omgeving in ("acceptatie", "productie"):
            self._refuse_demo_values()
        return self

    def _refuse_demo_values(self) -> None:
        if not self.is_https:
            raise ValueError("PIP_PUBLIC_URL moet https zijn buiten de demo")
        if self.demo_idp_url:
            raise ValueError("PIP_DEMO_IDP_URL hoort alleen bij de demo")
        if not self.backoffices:
            raise ValueError("PIP_BACKOFFICES ontbreekt")
        if not self.clamd:
            raise ValueError("PIP_CLAMD ontbreekt: zonder virusscanner mag niemand een bestand sturen")
        if self.smtp is None:
            raise ValueError("PIP_SMTP ontbreekt: wie iets verstuurt, moet een ontvangstbevestiging krijgen")
        if self.smtp.beveiliging == "geen":
            raise ValueError("PIP_SMTP__BEVEILIGING moet starttls of tls zijn buiten de demo")
        if self.medewerkers and not self.medewerkers.issuer.startswith("https://"):
            raise ValueError("PIP_MEDEWERKERS__ISSUER moet https zijn buiten de demo")
        if self.medewerkers and "demo" in self.medewerkers.client_secret.get_secret_value():
            raise ValueError("PIP_MEDEWERKERS__CLIENT_SECRET is een demowaarde")
        if self.kaart_tegels.startswith("http://"):
            raise ValueError("PIP_KAART_TEGELS moet https zijn buiten de demo")
        if self.bestanden.s3 and self.bestanden.s3.endpoint.startswith("http://"):
            raise ValueError("PIP_BESTANDEN__S3__ENDPOINT moet https zijn buiten de demo")
        if self.digid is None and self.eherkenning is None:
            raise ValueError("PIP_DIGID en PIP_EHERKENNING ontbreken allebei")
        apis = [a for b in self.backoffices for a in (b.zaken, b.catalogi, b.documenten, b.besluiten, b.autorisaties)]
        secrets = [api.secret.get_secret_value() for api in (*apis, self.verwerkingenlogging) if api is not None]
        if any(len(secret) < 32 or "demo" in secret for secret in secrets):
            raise ValueError(
                "een secret van een backoffice of PIP_VERWERKINGENLOGGING is een demowaarde of korter dan 32 tekens"
            )
        dienst = self.nieuwsbrief.dienst
        optioneel = (
            self.brp,
            self.kvk,
            self.bag,
            self.rdw,
            self.openstaand,
            self.mijnoverheid,
            self.klantinteracties,
            self.objecten,
            dienst,
        )
        registers = [api for api in optioneel if api]
        headers = [value.get_secret_value() for api in registers for value in api.headers.values()]
        if any("demo" in value for value in headers):
            raise ValueError(
                "een sleutel van PIP_BRP, PIP_KVK, PIP_BAG, PIP_RDW, PIP_OPENSTAAND, PIP_MIJNOVERHEID, "
                "PIP_KLANTINTERACTIES, PIP_OBJECTEN of PIP_NIEUWSBRIEF is een demowaarde"
            )
        sms = self.sms.secret.get_secret_value() if self.sms else ""
        if self.sms and (len(sms) < 32 or "demo" in sms):
            raise ValueError("PIP_SMS__SECRET is een demowaarde of korter dan 32 tekens")
        geheim = self.notificaties_geheim.get_secret_value()
        if (geheim or self.notificaties) and (len(geheim) < 32 or "demo" in geheim):
            raise ValueError("PIP_NOTIFICATIES_GEHEIM is een demowaarde of korter dan 32 tekens")
        if 0 < len(self.metrics_token.get_secret_value()) < 32:
            raise ValueError("PIP_METRICS_TOKEN is korter dan 32 tekens")


def _toml(settings_cls: type[BaseSettings], file: Path) -> TomlConfigSettingsSource:
    """Raises: SettingsError when the file is not there (which would mean: no settings) or is no TOML."""
    if not file.is_file():
        raise SettingsError(f"PIP_CONFIG: {file} is niet te lezen")
    try:
        return TomlConfigSettingsSource(settings_cls, file)
    except tomllib.TOMLDecodeError as exc:
        raise SettingsError(f"PIP_CONFIG: {file} is geen TOML: {exc}") from None


def is_this_machine(url: str) -> bool:
    """Whether the traffic to this URL never leaves the machine, so that it needs no TLS."""
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
