"""A portal with a few forms of its own, and a citizen who fills them in over HTTP."""

from pathlib import Path

import pytest

from pip_portal.settings import Settings
from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.invuller import Invuller

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return factories.settings(database_url, formulieren=DATA, bestanden={"map": tmp_path / "bestanden"})


@pytest.fixture
async def invuller(browser: Browser) -> Invuller:
    return Invuller(browser)
