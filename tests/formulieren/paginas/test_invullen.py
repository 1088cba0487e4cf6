"""Filling in a form from start to zaak, page by page."""

import pytest

from tests import factories
from tests.conftest import Browser
from tests.formulieren.paginas.invuller import PDF, Invuller, geldig


async def vul_in(invuller: Invuller, slug: str, eigen: dict[str, str] | None = None) -> object:
    """From the start to the check page with valid answers."""
    formulier = invuller.browser.portal.state.formulieren.get(slug)
    pagina = await invuller.begin(slug)
    for _stap in range(40):
        if pagina.stap() in ("controleren", "ontvangen"):
            return pagina
        namen = pagina.namen()
        antwoorden: dict[str, list[str]] = {}
        bestanden = []
        for veld in formulier.stap(pagina.stap()).velden:
            if veld.type == "bestand" and veld.veld in namen and veld.verplicht:
                bestanden.append((veld.veld, "bewijs.pdf", PDF))
            antwoorden |= {n: w for n, w in geldig(veld, namen).items() if n in namen}
        antwoorden |= {n: [w] for n, w in (eigen or {}).items() if n in namen}
        vorige = pagina
        pagina = await invuller.stuur(pagina, antwoorden, bestanden=bestanden)
        assert pagina.status == 200, (vorige.stap(), pagina.status, pagina.fouten(), pagina.tekst[:600])
    raise AssertionError(f"komt niet verder dan {pagina.stap()}")


@pytest.mark.seed("P7")
async def test_every_kind_of_question_to_the_check_page(invuller: Invuller, browser: Browser) -> None:
    await browser.log_in(factories.burger(factories.ANNA))
    pagina = await vul_in(invuller, "proef-alles")
    assert "Controleer uw antwoorden" in pagina.tekst
    print(pagina.tekst)
