"""The command pip-portal tells in a line what stops it; nobody who installs it has to read a traceback."""

import socket
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from pip_portal import cli

pytestmark = pytest.mark.geen_database

GOOD = f"""
sleutels = ["{Fernet.generate_key().decode()}"]
pseudoniem_sleutel = "een-lang-geheim-van-de-proef-0123456789"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "pip.toml"
    monkeypatch.setenv("PIP_CONFIG", str(file))
    return file


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> str:
    assert cli.main(arguments) == code
    return capsys.readouterr().err


def test_a_settings_file_that_is_not_there_is_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"PIP_CONFIG: {config} is niet te lezen" in said(capsys, "serve", code=2)


def test_a_settings_file_that_is_no_toml_is_named_with_the_line(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(f"{GOOD}omgeving = test\n")
    words = said(capsys, "check", code=2)
    assert f"PIP_CONFIG: {config} is geen TOML" in words
    assert "at line 4" in words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[eherkening]\nniveau = 22", "PIP_EHERKENING: bestaat niet; staat de naam goed?"),
        ("[kvk]\nheaders = {}", "PIP_KVK__ROOT: ontbreekt"),
        ('log_niveau = "LUID"', "PIP_LOG_NIVEAU: "),
        ('database_url = "mysql://db.intern/pip"', "PIP_DATABASE_URL: begint niet met postgresql:// of sqlite:///"),
        ('database_url = "postgresql://pip@db.intern:/pip"', "PIP_DATABASE_URL: is niet te lezen"),
        ('database_url = "pip.sqlite"', "PIP_DATABASE_URL: begint niet met postgresql:// of sqlite:///"),
    ],
)
def test_a_setting_that_does_not_exist_or_cannot_be_is_named(
    line: str, words: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(f"{GOOD}{line}\n")
    assert words in said(capsys, "check", code=2)


def test_json_in_the_environment_that_is_none_is_named(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(GOOD)
    monkeypatch.setenv("PIP_BACKOFFICES", "[{")
    assert "backoffices" in said(capsys, "check", code=2)


def test_migrate_says_that_the_database_does_not_answer(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(f'{GOOD}database_url = "postgresql://pip:geheim@127.0.0.1:1/pip"\n')
    words = said(capsys, "migrate", code=1)
    assert words.startswith("De database is niet bereikbaar: ")
    assert "geheim" not in words


def test_serve_says_which_saml_key_it_cannot_read(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(f"""{GOOD}
[digid]
profiel = "digid-3"
entity_id = "http://localhost:8000/inloggen/digid/metadata"
idp_entity_id = "http://localhost:8010/digid"
idp_metadata = "{config.parent}/metadata.xml"
idp_metadata_vingerafdruk = "00"
ondertekening = [["{config.parent}/weg.pem", "{config.parent}/weg.key"]]
""")
    words = said(capsys, "serve", code=1)
    assert words.startswith("PIP_DIGID: ")
    assert "weg" in words
    assert "Traceback" not in words


def test_serve_says_that_the_styles_were_never_built(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(GOOD)
    monkeypatch.setattr(cli, "STATIC", tmp_path)
    assert "De stijlen zijn niet gebouwd" in said(capsys, "serve", code=1)


def test_the_demo_says_which_port_is_taken_and_how_to_choose_another(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = str(other.getsockname()[1])
        words = said(capsys, "demo", "--portaal", port, code=1)
    assert f"Poort {port} (het portaal) is al bezet." in words
    assert "pip-portal demo --portaal 9000" in words
