"""Acting for a child, in a real browser: the bar is there on every page, can be used without script, and passes axe."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Citizen, Look

pytestmark = [pytest.mark.browser, pytest.mark.seed("N9")]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_parent_switches_to_the_child_and_back(
    new_citizen: Callable[..., Citizen], seen: Look, javascript: bool
) -> None:
    citizen = new_citizen(javascript=javascript)
    citizen.log_in("Sanne de Vries")
    page = citizen.page
    page.get_by_role("link", name="Voor iemand anders").click()
    if javascript:
        seen(citizen, "machtigen-kies")
    page.get_by_label("Noor de Vries").check()
    page.get_by_role("button", name="Ga verder").click()
    assert "U regelt zaken voor: Noor de Vries" in page.locator(".portaal-wie").inner_text()
    assert page.get_by_text("Identiteitskaart Noor").count()
    if javascript:
        seen(citizen, "machtigen-zaken")
    page.get_by_role("link", name="Paspoort of identiteitskaart").click()
    assert page.locator(".portaal-wie--namens").count() == 1
    if javascript:
        seen(citizen, "machtigen-zaak")
    page.get_by_role("button", name="Stop", exact=True).click()
    assert page.locator(".portaal-wie--namens").count() == 0
    assert "U bent ingelogd als" in page.locator(".portaal-wie").inner_text()
