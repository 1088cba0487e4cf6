"""`pip-portal notificaties`: one abonnement, never two, whatever it was before."""

from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

from pip_portal.notificaties.abonnement import problemen, voer_uit
from pip_portal.settings import Settings
from tests import factories
from tests.notificaties.conftest import GEHEIM, Wereld

CALLBACK = f"{factories.PORTAAL}/webhooks/notificaties"
LIJST = f"{factories.BACKOFFICE}/notificaties/api/v1/abonnement"


async def onze(wereld: Wereld) -> list[dict[str, Any]]:
    return [een for een in (await wereld.api.get(LIJST)).json() if een["callbackUrl"] == CALLBACK]


async def test_subscribing_twice_is_one_and_repairs_what_lacks(
    wereld: Wereld, settings: Settings, transport_for: Any
) -> None:
    assert "er is geen abonnement" in (await problemen(settings, transport_for))[0]
    assert (await voer_uit(settings, "aanmelden", transport_for)).regels == ("Aangemeld.",)
    (een,) = await onze(wereld)
    assert [groep["naam"] for groep in een["kanalen"]] == ["zaken", "documenten", "besluiten"]
    assert await problemen(settings, transport_for) == []
    body = {"callbackUrl": CALLBACK, "auth": f"Bearer {GEHEIM}", "kanalen": [{"naam": "zaken", "filters": {}}]}
    await wereld.api.put(een["url"], json=body)
    assert "mist documenten, besluiten" in (await problemen(settings, transport_for))[0]
    await wereld.api.post(LIJST, json=body)
    assert "2 abonnementen, dus alles komt 2 keer" in (await problemen(settings, transport_for))[0]
    uitkomst = await voer_uit(settings, "aanmelden", transport_for)
    assert uitkomst.regels == ("Het abonnement was er al; het is bijgewerkt.", "1 dubbele verwijderd.")
    assert len(await onze(wereld)) == 1
    assert await problemen(settings, transport_for) == []
    assert (await voer_uit(settings, "toon", transport_for)).regels[-1].endswith("(dit portaal)")
    assert (await voer_uit(settings, "afmelden", transport_for)).regels == ("Afgemeld.",)
    assert await onze(wereld) == []


async def test_the_abonnement_of_another_is_left_alone(wereld: Wereld, settings: Settings, transport_for: Any) -> None:
    ander = settings.model_copy(update={"public_url": "http://localhost:9999"})
    body = {"callbackUrl": f"{factories.PORTAAL}/webhooks/notificaties?ander", "auth": f"Bearer {GEHEIM}"}
    assert (await wereld.api.post(LIJST, json=body | {"kanalen": []})).status_code == 201
    await voer_uit(settings, "aanmelden", transport_for)
    await voer_uit(ander, "afmelden", transport_for)
    await voer_uit(settings, "afmelden", transport_for)
    assert len((await wereld.api.get(LIJST)).json()) == 1


async def test_what_goes_wrong_is_told_in_words(
    wereld: Wereld, settings: Settings, transport_for: Any, backoffice: FastAPI
) -> None:
    fout = settings.model_copy(update={"notificaties_geheim": SecretStr("een-ander-geheim")})
    uitkomst = await voer_uit(fout, "aanmelden", transport_for)
    assert uitkomst.fout
    assert "kan http://localhost:8000/webhooks/notificaties niet goed bereiken" in uitkomst.regels[1]
    assert await onze(wereld) == []
    geen = settings.model_copy(update={"notificaties": None})
    assert (await voer_uit(geen, "toon", transport_for)).regels == ("PIP_NOTIFICATIES is niet ingesteld.",)
    backoffice.state.beheer.storing(api="notificaties", soort="status", status=503)
    assert (await voer_uit(settings, "toon", transport_for)).fout
