"""The three examples of the design, as files."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pip_portal.formulieren.laden import DefinitieFouten, Formulieren

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def voorbeelden() -> Formulieren:
    return Formulieren.lees(DATA)


@pytest.fixture
def eigen_map(tmp_path: Path) -> Path:
    """A copy of the examples to change."""
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def fouten_na(eigen_map: Path) -> Callable[..., list[str]]:
    """The faults that are told after a change in one file."""

    def na(slug: str, oud: str, nieuw: str) -> list[str]:
        pad = eigen_map / "formulieren" / f"{slug}.yaml"
        tekst = pad.read_text()
        assert oud in tekst
        pad.write_text(tekst.replace(oud, nieuw, 1))
        try:
            Formulieren.lees(eigen_map)
        except DefinitieFouten as exc:
            return list(exc.regels)
        return []

    return na
