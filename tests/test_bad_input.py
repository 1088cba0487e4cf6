"""Whatever someone types in the address bar, there is a page that answers, and never a 500."""

from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pip_portal import app as app_module
from tests import factories
from tests.conftest import Browser

ROUTES = sorted(
    {
        route.path
        for group in (app_module.PUBLIC, app_module.PRIVATE, app_module.MACHINE)
        for router in group
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods
    }
)
PARAMETERS = (
    "zoek",
    "jaar",
    "pagina",
    "volgorde",
    "toestand",
    "terug",
    "verlopen",
    "geduld",
    "deel",
    "SAMLart",
    "RelayState",
    "x",
)
text = st.text(max_size=60)
segment = text.filter(lambda s: s not in ("", ".", "..")).map(lambda s: quote(s, safe=""))


@pytest.mark.parametrize("path", ROUTES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    segments=st.lists(segment, min_size=3, max_size=3),
    query=st.dictionaries(st.sampled_from(PARAMETERS), text, max_size=4),
    logged_in=st.booleans(),
)
async def test_no_address_gives_an_error_page_of_ours(
    browser: Browser, path: str, segments: list[str], query: dict[str, str], logged_in: bool
) -> None:
    browser.client.cookies.clear()
    if logged_in:
        await browser.log_in(factories.burger(factories.YOUSSEF))
    url = path
    for name, value in zip(("bron", "uuid", "document"), segments, strict=True):
        url = url.replace("{" + name + "}", value)
    url = url.replace("{middel}", segments[0])
    response = await browser.get(url, params=query)
    assert response.status_code < 500, (url, query)
