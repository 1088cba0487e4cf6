"""The portal of these tests may be given another page budget."""

import pytest

from pip_portal.settings import Settings
from tests import factories


@pytest.fixture
def pagina_budget() -> float:
    """Seconds; override by parametrizing it."""
    return 2.0


@pytest.fixture
def settings(database_url: str, pagina_budget: float) -> Settings:
    return factories.settings(database_url, pagina_budget=pagina_budget)
