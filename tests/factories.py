"""The people and companies of the tests: the personas that the reference backoffice knows."""

import hashlib
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from pip_portal.gebruiker import Bedrijf, Burger
from pip_portal.settings import Api, Backoffice, Klantinteracties, Objecten, Settings
from pip_portal.sleutels import Sleutels

PORTAAL = "http://localhost:8000"
BACKOFFICE = "http://localhost:8020"
IDP = "http://localhost:8010"
SECRET = "demo-secret-van-het-portaal-0123456789"
OPSLAG = Path(tempfile.gettempdir()) / "pip-tests" / "bestanden"  # ids are random, so tests can share it
FERNET = Fernet.generate_key().decode()
PSEUDONIEM = "pseudoniem-sleutel-van-de-tests-0123456789"

ANNA, MEHMET, WILHELMINA, SANNE = "999991012", "999991206", "999992041", "999992417"
YOUSSEF, LUCIA, HENDRIK, PIET = "999993021", "999993811", "999994232", "999997051"
EVA, CORNELIS, INGRID, SUZANNE = "999994700", "999997609", "999998225", "999993653"  # 1,200 zaken: mark `veel_zaken`
BAKKERIJ, KLUSBEDRIJF, HANZEHUIS, STRAATFESTIJN = "90000110", "90000227", "90000344", "90000461"
ONTBONDEN = "90000578"
GEMEENTE_RSIN = "823288444"
RSIN = {BAKKERIJ: "859100017", HANZEHUIS: "862400211", STRAATFESTIJN: "823700306", ONTBONDEN: "856200402"}

# What no log line of the portal may ever hold: numbers, names and addresses of the personas (domain §6).
PERSOONLIJK = (
    *(ANNA, MEHMET, WILHELMINA, SANNE, YOUSSEF, LUCIA, HENDRIK, PIET, EVA, CORNELIS, INGRID, SUZANNE),
    *(BAKKERIJ, KLUSBEDRIJF, HANZEHUIS, STRAATFESTIJN, ONTBONDEN, *RSIN.values()),
    *("Jansen", "Yılmaz", "van den Berg", "de Vries", "El Amrani", "Fernández", "Bosman", "Overmeen", "Hoekstra"),
    *("Moulin", "Koekstad", "Hanzehuis", "Straatfestijn"),
    *("AB123C", "AB-123-C", "XK901B", "XK-901-B", "0012345"),  # a kenteken, a number of an assessment
    *("Brink 45", "Rielerweg", "Dorpsstraat 18", "Zwolseweg 180", "Ceintuurbaan 210", "Butersdijk", "Raamdwarsstraat"),
)


def settings(database_url: str, **overrides: object) -> Settings:
    """A portal that is connected to the reference backoffice; overrides replace fields."""
    fields: dict[str, object] = {
        "omgeving": "test",
        "catalogus_vooraf": False,
        "public_url": PORTAAL,
        "database_url": database_url,
        "bestanden": {"map": OPSLAG},
        "sleutels": (FERNET,),
        "pseudoniem_sleutel": PSEUDONIEM,
        "backoffices": (backoffice(),),
        "brp": Api(root=f"{BACKOFFICE}/haalcentraal/api/brp", headers={"X-API-KEY": "demo-brp-sleutel-0123456789"}),
        "kvk": Api(root=f"{BACKOFFICE}/kvk/api", headers={"apikey": "demo-kvk-sleutel-0123456789"}),
        "bag": Api(
            root=f"{BACKOFFICE}/lvbag/individuelebevragingen/v2", headers={"X-Api-Key": "demo-bag-sleutel-0123456789"}
        ),
        "rdw": Api(root=f"{BACKOFFICE}/rdw/resource"),
        "openstaand": Api(
            root=f"{BACKOFFICE}/openstaand/api/v1",
            headers={"Authorization": "Token demo-openstaand-sleutel-0123456789"},
        ),
        "signalen": Api(root=f"{BACKOFFICE}/signals/v1/public"),
        "klantinteracties": Klantinteracties(
            root=f"{BACKOFFICE}/klantinteracties/api/v1",
            headers={"Authorization": "Token demo-klantinteracties-token-0123456789"},
            actor="38e369b5-928a-5476-b6a6-846ddecc265b",
        ),
        "objecten": objecten(),
    }
    return Settings.model_validate(fields | overrides)


def mijnoverheid(sleutel: str = "demo-mijnoverheid-sleutel-0123456789") -> Api:
    return Api(root=f"{BACKOFFICE}/mijnoverheid/api/v1", headers={"Authorization": f"Token {sleutel}"})


def objecten(token: str = "demo-objecten-token-0123456789", **overrides: object) -> Objecten:  # noqa: S107 - stand-in
    typen = f"{BACKOFFICE}/objecttypen/api/v2/objecttypes"
    fields: dict[str, object] = {
        "root": f"{BACKOFFICE}/objecten/api/v2",
        "headers": {"Authorization": f"Token {token}"},
        "berichten": (f"{typen}/08596840-3af4-55f5-b4bc-fff0059fafd1",),
        "taken": (
            f"{typen}/9f6c698f-ceff-56c3-a8e0-ba287b4ad124",
            f"{typen}/a0219fb1-9948-5de5-b87c-30ed9c19f13c",
        ),
        "samenvoegen": True,
        "taak_hosts": ("vragenlijst.example.nl",),
    }
    return Objecten.model_validate(fields | overrides)


def backoffice(bron: str = "zaken", root: str = BACKOFFICE, **overrides: object) -> Backoffice:
    def api(name: str) -> Api:
        return Api(root=f"{root}/{name}/api/v1", client_id="pip-portaal", secret=SECRET)

    fields: dict[str, object] = {
        "bron": bron,
        "naam": "het zaaksysteem",
        "eigenschappen": {"parkeervergunning-bewoner": ("kenteken", "einddatum")},
        "rsin": GEMEENTE_RSIN,
        **{name: api(name) for name in ("zaken", "catalogi", "documenten", "besluiten", "autorisaties")},
    }
    return Backoffice.model_validate(fields | overrides)


def sleutels() -> Sleutels:
    return Sleutels(settings("sqlite+aiosqlite:///:memory:"))


def burger(bsn: str = ANNA, niveau: int = 20) -> Burger:
    return Burger(bsn=bsn, pseudoniem=sleutels().keyed_hash("bsn", bsn), niveau=niveau)


def bedrijf(kvk_nummer: str = BAKKERIJ, **overrides: object) -> Bedrijf:
    fields: dict[str, object] = {
        "kvk_nummer": kvk_nummer,
        "pseudoniem": sleutels().keyed_hash("bedrijf", f"{kvk_nummer}/medewerker"),
        "niveau": 25,
        "rsin": RSIN.get(kvk_nummer),
        "handelende_persoon": "medewerker",
    }
    return Bedrijf(**(fields | overrides))  # type: ignore[arg-type]  # overrides are fields of Bedrijf


def csrf_of(sessie_id: str) -> str:
    """The token that the pages of this session carry."""
    return sleutels().keyed_hash("csrf", hashlib.sha256(sessie_id.encode()).hexdigest())
