"""The map is an extra that a municipality may name; only its own host is let in, and only where it is needed."""

import pytest
from pydantic import ValidationError

from pip_portal import security
from tests import factories

TEGELS = "https://tegels.example:8443/kaart/{z}/{x}/{y}.png"


def test_only_the_host_of_the_tiles_is_added_and_only_for_pictures() -> None:
    csp = security.csp_with_images(TEGELS)
    assert "img-src 'self' https://tegels.example:8443;" in csp
    assert csp.replace(" https://tegels.example:8443", "") == security.CSP


@pytest.mark.parametrize(
    "adres",
    [
        "javascript:alert(1)",
        "https://tegels.example/kaart.png",
        "https://{s}.tegels.example/{z}/{x}/{y}.png",
        "https://tegels.example; script-src *;/{z}/{x}/{y}.png",
    ],
)
def test_an_address_that_is_no_tile_server_stops_the_start(adres: str, database_url: str) -> None:
    with pytest.raises(ValidationError, match="is geen adres als"):
        factories.settings(database_url, kaart_tegels=adres)


def test_without_tiles_there_is_no_map(database_url: str) -> None:
    assert factories.settings(database_url).kaart_tegels == ""
