"""Settings that would be unsafe stop the start, with a sentence that says what is wrong."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from pip_portal.cli import main, settings_problems
from pip_portal.settings import Api, Settings, Sms
from tests import factories

pytestmark = pytest.mark.geen_database

GOOD = "een-lang-geheim-van-de-productie-0123456789"
KOPPELING: dict[str, object] = {
    "profiel": "digid-3",
    "entity_id": "https://mijn.deventer.nl/inloggen/digid/metadata",
    "idp_entity_id": "https://was.digid.nl/saml/idp/metadata",
    "idp_metadata": "/etc/pip/digid.xml",
    "idp_metadata_vingerafdruk": "00" * 32,
    "ondertekening": (("/run/saml.pem", "/run/saml.key"),),
}


def api(secret: str = GOOD) -> Api:
    return Api(root="https://openzaak.intern/api/v1", client_id="pip", secret=secret)  # type: ignore[arg-type]  # pydantic makes it a SecretStr


SMTP = {"host": "mail.intern", "afzender": "mijn@deventer.nl"}
MEDEWERKERS = {"issuer": "https://inloggen.deventer.nl", "client_id": "pip", "rol": "balie"}


def production(**changes: object) -> Settings:
    fields: dict[str, object] = {
        "omgeving": "productie",
        "public_url": "https://mijn.deventer.nl",
        "sleutels": (Fernet.generate_key().decode(),),
        "pseudoniem_sleutel": GOOD,
        "backoffices": (
            factories.backoffice(zaken=api(), catalogi=api(), documenten=api(), besluiten=None, autorisaties=api()),
        ),
        "digid": KOPPELING,
        "clamd": "clamav.intern:3310",
        "smtp": SMTP,
    }
    return Settings.model_validate(fields | changes)


def problems(**changes: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        production(**changes)
    return settings_problems(caught.value)


def test_a_good_production_configuration_starts() -> None:
    settings = production()
    assert settings.is_https
    assert GOOD not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sessie_inactief": timedelta(minutes=16)}, "sessie_inactief mag niet langer zijn dan 15 minuten"),
        ({"sessie_inactief": timedelta(minutes=4)}, "sessie_inactief moet minstens 5 minuten zijn"),
        ({"pseudoniem_sleutel": "kort"}, "PIP_PSEUDONIEM_SLEUTEL ontbreekt of is korter dan 32 tekens"),
        ({"sleutels": ()}, "PIP_SLEUTELS ontbreekt"),
        ({"sleutels": ("geen-sleutel",)}, "PIP_SLEUTELS: is geen Fernet-sleutel"),
        ({"public_url": "http://mijn.deventer.nl"}, "PIP_PUBLIC_URL moet https zijn"),
        ({"public_url": "http://localhost.kwaad.example"}, "PIP_PUBLIC_URL moet https zijn"),
        ({"public_url": "http://localhost:8000"}, "PIP_PUBLIC_URL moet https zijn buiten de demo"),
        ({"public_url": "https://mijn.deventer.nl/pip"}, "PIP_PUBLIC_URL: is niet alleen https:// en een hostnaam"),
        ({"public_url": "mijn.deventer.nl"}, "PIP_PUBLIC_URL: is niet alleen https:// en een hostnaam"),
        ({"demo_idp_url": "http://localhost:8010"}, "PIP_DEMO_IDP_URL hoort alleen bij de demo"),
        ({"backoffices": ()}, "PIP_BACKOFFICES ontbreekt"),
        ({"clamd": ""}, "PIP_CLAMD ontbreekt"),
        ({"smtp": None}, "PIP_SMTP ontbreekt"),
        ({"smtp": SMTP | {"beveiliging": "geen"}}, "PIP_SMTP__BEVEILIGING moet starttls of tls zijn buiten de demo"),
        ({"smtp": SMTP | {"afzender": "deventer"}}, "PIP_SMTP__AFZENDER: "),
        ({"clamd": "clamav"}, "PIP_CLAMD: is geen host:poort en geen pad van een socket"),
        ({"digid": None}, "PIP_DIGID en PIP_EHERKENNING ontbreken allebei"),
        (
            {"backoffices": (factories.backoffice(),)},
            "een secret van een backoffice of PIP_VERWERKINGENLOGGING is een demowaarde",
        ),
        (
            {"backoffices": (factories.backoffice(zaken=api(), catalogi=api(), documenten=api(), autorisaties=None),)},
            "een secret van een backoffice of PIP_VERWERKINGENLOGGING is een demowaarde",
        ),
        (
            {"backoffices": (factories.backoffice(zaken=api("kort"), catalogi=api(), documenten=api()),)},
            "een secret van een backoffice of PIP_VERWERKINGENLOGGING is een demowaarde of korter dan 32 tekens",
        ),
        (
            {"backoffices": (factories.backoffice("een"), factories.backoffice("een"))},
            "twee backoffices hebben dezelfde bron",
        ),
        ({"brp": Api(root="https://brp.intern", headers={"k": "demo-sleutel"})}, "een demowaarde"),  # type: ignore[dict-item]  # as above
        ({"sms": Sms(root="https://sms.intern", sjabloon="x", secret="demo")}, "PIP_SMS__SECRET is een demowaarde"),  # type: ignore[arg-type]  # as above
        ({"metrics_token": "kort"}, "PIP_METRICS_TOKEN is korter dan 32 tekens"),
        (
            {"medewerkers": MEDEWERKERS | {"client_secret": "demo-geheim-van-de-balie"}},
            "PIP_MEDEWERKERS__CLIENT_SECRET is een demowaarde",
        ),
        ({"notificaties": Api(root="https://nrc.intern")}, "PIP_NOTIFICATIES_GEHEIM is een demowaarde of korter"),
        (
            {"notificaties_geheim": "demo-geheim-van-de-notificaties-012345"},
            "PIP_NOTIFICATIES_GEHEIM is een demowaarde",
        ),
        ({"digid": KOPPELING | {"klokafwijking": 61}}, "PIP_DIGID__KLOKAFWIJKING"),
        ({"digid": KOPPELING | {"onbekend": 1}}, "PIP_DIGID__ONBEKEND"),
    ],
)
def test_what_is_unsafe_stops_the_start_and_says_why(changes: dict[str, object], sentence: str) -> None:
    lines = problems(**changes)
    assert len(lines) == 1, lines
    assert sentence in lines[0]


def test_acceptatie_is_as_strict_as_productie() -> None:
    assert "demowaarde" in problems(omgeving="acceptatie", backoffices=(factories.backoffice(),))[0]


def test_the_public_address_is_written_as_browsers_write_an_origin() -> None:
    assert production(public_url="https://Mijn.Deventer.NL/").public_url == "https://mijn.deventer.nl"


def test_a_problem_never_shows_the_secret_that_is_wrong() -> None:
    assert "geheim-geheim" not in " ".join(problems(sleutels=("geheim-geheim",), metrics_token="geheim-geheim"))


def test_the_command_says_what_is_wrong_in_lines_and_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pip.toml"
    file.write_text('omgeving = "productie"\npublic_url = "http://mijn.deventer.nl"\nsleutels = ["x"]\n')
    monkeypatch.setenv("PIP_CONFIG", str(file))
    assert main(["check"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "De instellingen kloppen niet:"
    assert said[1].strip().startswith("PIP_SLEUTELS: is geen Fernet-sleutel")
