"""The tester's pages for berichten and taken, and for the delivery of notifications."""

import httpx
from fastapi import FastAPI

from tests.reference_backoffice.conftest import ANNA, headers, seeded_zaak
from tests.reference_backoffice.test_beheer import send, visible_text
from tests.reference_backoffice.test_notificaties import AUTH, CALLBACK, Webhook, subscribe
from tests.reference_backoffice.test_objecten import find, of, token


async def test_a_tester_sends_a_bericht_with_a_letter_and_sets_a_taak(api: httpx.AsyncClient) -> None:
    zaak = await seeded_zaak(api, "Losse stoeptegel Brink")
    nummer = zaak["identificatie"]
    assert "Uw bezwaar" not in visible_text(await api.get("/beheer/post"))
    bericht = {"van": ANNA, "onderwerp": "Uw bezwaar", "tekst": "Wij lezen het.", "termijn": "7", "over": ""}
    shown = await send(api, "/beheer/post/bericht", **bericht, bijlage="Brief", zaaknummer=nummer)
    assert "Het bericht is verstuurd" in shown
    assert "bericht Uw bezwaar" in shown
    betaling = {"soort": "ogonebetaling", "waarde": "K-1", "bedrag": "12.50", "over": "3"}
    assert "De taak staat klaar" in await send(
        api, "/beheer/post/taak", van="90000110", titel="Betaal", **betaling, zaaknummer=nummer
    )
    assert "Deze zaak bestaat niet" in await send(
        api, "/beheer/post/taak", van=ANNA, titel="Vul in", soort="url", waarde="https://x.nl", zaaknummer="X"
    )
    api.headers.update(token())
    (gekregen,) = await find(api, "bericht", *of(ANNA), "onderwerp__exact__Uw bezwaar")
    data = gekregen["record"]["data"]
    assert (data["referentie"], data["geopend"]) == (nummer, False)
    letter = await api.get(f"{data['bijlages'][0]}/download", headers=headers())
    assert letter.content.startswith(b"%PDF")
    (taak,) = await find(api, "taak", *of("90000110", "kvk"), "titel__exact__Betaal")
    assert taak["record"]["data"]["ogonebetaling"]["bedrag"] == 12.5
    assert taak["record"]["data"]["koppeling"] == {"registratie": "zaak", "uuid": zaak["uuid"]}


async def test_a_tester_sees_what_was_delivered_and_turns_the_switches(app: FastAPI, api: httpx.AsyncClient) -> None:
    webhook = Webhook()
    app.state.bezorger.transport = lambda: httpx.ASGITransport(webhook.app)
    assert "Niemand heeft een abonnement" in visible_text(await api.get("/beheer/notificaties"))
    await subscribe(api, "objecten")
    assert "omgezet" in await send(api, "/beheer/notificaties/schakelaars", stil="ja", dubbel="ja")
    await send(api, "/beheer/post/bericht", van=ANNA, onderwerp="Hallo", tekst="Dag")
    shown = visible_text(await api.get("/beheer/notificaties"))
    assert CALLBACK in shown
    assert "objecten: object create" in shown
    assert "wacht, pogingen: 0" in shown
    assert AUTH not in shown
    await send(api, "/beheer/notificaties/schakelaars", dubbel="ja")
    await send(api, "/beheer/notificaties/nu")
    assert "bezorgd, pogingen: 1" in visible_text(await api.get("/beheer/notificaties"))
    assert webhook.resources == ["object", "object"]
    await send(api, "/beheer/post/samenvoegen", vervangt="ja")
    assert app.state.beheer.patch_vervangt
