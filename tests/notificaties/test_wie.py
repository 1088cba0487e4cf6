"""What a change in a zaak means, and for whom: whoever would see that zaak in the portal, and nobody else."""

import pytest
from fastapi import FastAPI

from tests import factories
from tests.notificaties.conftest import DOCUMENTEN, ZAKEN, Json, Wereld, bericht, burgerrol
from tests.reference_backoffice import conftest as loket

SOORT = "objectvergunning"
KVK, RSIN = factories.BAKKERIJ, factories.RSIN[factories.BAKKERIJ]
V1, V2 = "000090000111", "000090000112"


def bedrijfsrol(**wie: str) -> Json:
    return {"betrokkeneType": "niet_natuurlijk_persoon", "betrokkeneIdentificatie": wie}


def vestigingsrol(**wie: str) -> Json:
    return {"betrokkeneType": "vestiging", "betrokkeneIdentificatie": wie}


# ---- who ---------------------------------------------------------------------------------------------------


@pytest.mark.seed("P5")
async def test_who_asked_hears_that_the_zaak_moved(wereld: Wereld) -> None:
    eigenaar = await wereld.ken(factories.burger(), "anna@voorbeeld.nl")
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    await wereld.meld_status(zaak, "Ontvangen")
    await wereld.meld_status(zaak, "In behandeling")
    ontvangen, behandeld = await wereld.rijen()
    assert (ontvangen.eigenaar, ontvangen.code, ontvangen.gemaild_op) == (eigenaar, "O", None)
    assert (behandeld.code, behandeld.nummer) == ("B", zaak["identificatie"])
    assert behandeld.pad == f"/zaken/zaken/{zaak['uuid']}"
    (mail,) = await wereld.mails()
    assert (mail["sjabloon"], mail["aan"], mail["eigenaar"]) == ("M3", "anna@voorbeeld.nl", eigenaar)


async def test_who_asked_together_hears_it_each_and_who_only_has_an_interest_does_not(wereld: Wereld) -> None:
    eigenaren = {await wereld.ken(factories.burger(bsn)) for bsn in (factories.ANNA, factories.MEHMET)}
    await wereld.ken(factories.burger(factories.SANNE))
    rollen = (
        burgerrol(factories.ANNA),
        burgerrol(factories.MEHMET, "mede_initiator"),
        burgerrol(factories.SANNE, "belanghebbende"),
        burgerrol(factories.LUCIA, "mede_initiator"),  # never logged in
    )
    zaak = await wereld.zaak(*rollen, soort=SOORT)
    await wereld.meld_status(zaak, "In behandeling")
    assert {rij.eigenaar for rij in await wereld.rijen()} == eigenaren


async def test_nobody_whom_we_know_is_counted_and_forgotten(wereld: Wereld, caplog: pytest.LogCaptureFixture) -> None:
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    with caplog.at_level("INFO"):
        await wereld.meld_status(zaak, "In behandeling")
    assert await wereld.rijen() == []
    assert (await wereld.tellingen())["niemand_bekend"] == 1
    assert "niemand_bekend" in [getattr(record, "uitkomst", "") for record in caplog.records]


@pytest.mark.parametrize(
    ("rol", "wie"),
    [
        (bedrijfsrol(innNnpId=RSIN), {"heel"}),
        (bedrijfsrol(innNnpId=KVK), {"heel"}),
        (bedrijfsrol(kvkNummer=KVK), {"heel"}),
        (bedrijfsrol(kvkNummer=KVK, vestigingsNummer=V1), {"heel", "v1"}),
        (vestigingsrol(vestigingsNummer=V1), {"heel", "v1"}),
        (vestigingsrol(vestigingsNummer=V1, kvkNummer=KVK), {"heel", "v1"}),
        (vestigingsrol(vestigingsNummer=V1, kvkNummer=factories.HANZEHUIS), {"ander"}),
        (vestigingsrol(vestigingsNummer="000099999999"), set()),
        (bedrijfsrol(innNnpId="123456782"), set()),
    ],
)
async def test_a_company_is_found_by_each_way_a_zaak_can_be_filed_and_a_vestiging_only_hears_its_own(
    wereld: Wereld, rol: Json, wie: set[str]
) -> None:
    bron = wereld.portal.state.bronnen.zaaksysteem.bronnen[0]
    alles = ("rsin", "kvk-in-innNnpId", "kvkNummer", "vestiging")
    object.__setattr__(bron, "backoffice", bron.backoffice.model_copy(update={"bedrijf_identificaties": alles}))
    bedrijven = {
        "heel": factories.bedrijf(vestigingen=(V1, V2)),
        "v1": factories.bedrijf(vestiging=V1, vestigingen=(V1, V2)),
        "v2": factories.bedrijf(vestiging=V2, vestigingen=(V1, V2)),
        "ander": factories.bedrijf(factories.HANZEHUIS),
    }
    bekend = {await wereld.ken(bedrijf): naam for naam, bedrijf in bedrijven.items()}
    zaak = await wereld.zaak(rol, soort=SOORT)
    await wereld.meld_status(zaak, "In behandeling")
    assert {bekend[rij.eigenaar] for rij in await wereld.rijen()} == wie


async def test_a_rol_that_cannot_be_read_yet_is_waited_for_but_not_for_ever(wereld: Wereld) -> None:
    await wereld.ken(factories.burger())
    zaak = await wereld.zaak(soort=SOORT)
    sent = await wereld.meld_status(zaak, "In behandeling")
    assert await wereld.rijen() == []
    await wereld.nu_aan_de_beurt()
    body = await loket.rol_body(wereld.api, zaak)
    await wereld.api.post(f"{ZAKEN}/rollen", json=body)
    await wereld.werk()
    assert len(await wereld.rijen()) == 1
    nog_een = await wereld.zaak(soort=SOORT)
    status = await wereld.status(nog_een, "In behandeling")
    oud = bericht(nog_een["url"], "status", status["url"]) | {"aanmaakdatum": sent["aanmaakdatum"][:11] + "00:00:00Z"}
    assert (await wereld.stuur(oud)).status_code == 204
    await wereld.werk()
    assert (await wereld.tellingen())["geen_aanvrager"] == 1


# ---- what --------------------------------------------------------------------------------------------------


async def test_what_is_not_shown_is_not_told(wereld: Wereld) -> None:
    """The same rules as for the pages: a type that is not extern, the allow list, and the ceiling."""
    await wereld.ken(factories.burger())
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    bron = wereld.portal.state.bronnen.zaaksysteem.bronnen[0]
    gewoon = bron.backoffice
    for anders in ({"zaaktypen": ("horeca",)}, {"zaak_plafond": "openbaar"}, {"rollen_met_toegang": ()}):
        object.__setattr__(bron, "backoffice", gewoon.model_copy(update=anders))
        await wereld.meld_status(zaak, "In behandeling")
    assert await wereld.rijen() == []
    tellingen = await wereld.tellingen()
    assert (tellingen["zaak_niet_zichtbaar"], tellingen["niemand_bekend"]) == (2, 1)


async def test_what_does_not_exist_or_belongs_elsewhere_is_dropped_with_its_reason(wereld: Wereld) -> None:
    await wereld.ken(factories.burger())
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    ander = await wereld.zaak(burgerrol(factories.MEHMET), soort=SOORT)
    status = await wereld.status(ander, "In behandeling")
    nergens = f"{ZAKEN}/statussen/00000000-0000-4000-8000-000000000000"
    await wereld.meld(zaak["url"], "status", nergens)
    await wereld.meld(zaak["url"], "status", status["url"])  # of another zaak than it says
    await wereld.werk()
    assert await wereld.rijen() == []
    tellingen = await wereld.tellingen()
    assert (tellingen["niet_te_lezen"], tellingen["hoort_niet_bij_zaak"]) == (1, 1)


async def test_an_older_status_that_arrives_late_is_no_news(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(), "anna@voorbeeld.nl")
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    eerst = await wereld.status(zaak, "Ontvangen")
    daarna = await wereld.status(zaak, "In behandeling")
    await wereld.meld(zaak["url"], "status", daarna["url"])
    await wereld.meld(zaak["url"], "status", eerst["url"])
    await wereld.werk()
    assert [rij.code for rij in await wereld.rijen()] == ["B"]
    assert (await wereld.tellingen())["achterhaald"] == 1


async def brief(wereld: Wereld) -> str:
    catalogi = f"{factories.BACKOFFICE}/catalogi/api/v1"
    typen = await loket.results(wereld.api, f"{catalogi}/informatieobjecttypen", omschrijving="Brief")
    url: str = typen[0]["url"]
    return url


async def test_a_letter_of_the_gemeente_is_news_and_what_somebody_sent_in_is_not(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(), "anna@voorbeeld.nl")
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    af = {"status": "definitief", "vertrouwelijkheidaanduiding": "openbaar", "formaat": "text/plain"}
    af["informatieobjecttype"] = await brief(wereld)
    soorten = (
        af,
        {"status": "", "ontvangstdatum": loket.now()[:10], "vertrouwelijkheidaanduiding": "openbaar"},
        af | {"vertrouwelijkheidaanduiding": "zaakvertrouwelijk"},
        af | {"status": "in_bewerking"},
    )
    for velden in soorten:
        document = await loket.new_document(wereld.api, **velden)
        koppeling = (await loket.link(wereld.api, zaak, document)).json()
        await wereld.meld(zaak["url"], "zaakinformatieobject", koppeling["url"])
    await wereld.werk()
    assert [rij.soort for rij in await wereld.rijen()] == ["document"]
    tellingen = await wereld.tellingen()
    assert tellingen["zelf_ingestuurd"] == 1
    assert tellingen.get("document_niet_zichtbaar", 0) + tellingen.get("niet_te_lezen", 0) == 2
    assert await wereld.sjablonen() == [("DOCUMENT", "anna@voorbeeld.nl")]


async def test_a_document_that_is_made_final_later_is_news_then_and_once(wereld: Wereld) -> None:
    await wereld.ken(factories.burger())
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    velden = {"status": "in_bewerking", "vertrouwelijkheidaanduiding": "openbaar"}
    document = await loket.new_document(wereld.api, informatieobjecttype=await brief(wereld), **velden)
    await loket.link(wereld.api, zaak, document)
    melding = (document["url"], "enkelvoudiginformatieobject", document["url"], "partial_update", "documenten")
    await wereld.meld(*melding)
    await wereld.werk()
    assert await wereld.rijen() == []
    url = document["url"]
    slot = (await wereld.api.post(f"{url}/lock", json={})).json()["lock"]
    wijziging = await wereld.api.patch(url, json={"status": "definitief", "lock": slot})
    assert wijziging.status_code == 200, wijziging.text
    await wereld.api.post(f"{url}/unlock", json={"lock": slot})
    for _ in range(2):
        await wereld.meld(*melding)
        await wereld.werk()
    assert [rij.soort for rij in await wereld.rijen()] == ["document"]
    assert url.startswith(DOCUMENTEN)


async def test_a_zaak_that_is_closed_is_told_once_however_it_is_heard(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(), "anna@voorbeeld.nl")
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    resultaat = (await loket.set_resultaat(wereld.api, zaak)).json()
    await wereld.meld(zaak["url"], "resultaat", resultaat["url"])
    await wereld.werk()
    assert (await wereld.tellingen())["nog_niet_afgesloten"] == 1
    await wereld.meld_status(zaak, "Klaar")
    await wereld.meld(zaak["url"], "resultaat", resultaat["url"])
    await wereld.meld(zaak["url"], "zaak", zaak["url"], "partial_update")
    await wereld.werk()
    assert [rij.soort for rij in await wereld.rijen()] == ["afgesloten"]
    assert await wereld.sjablonen() == [("M8", "anna@voorbeeld.nl")]


async def test_a_change_of_an_old_zaak_is_no_news(wereld: Wereld) -> None:
    await wereld.ken(factories.burger())
    lopend = await loket.seeded_zaak(wereld.api, "Losse stoeptegel Brink")
    zaken = await loket.results(wereld.api, f"{ZAKEN}/zaken", **{loket.BSN: factories.ANNA})
    dicht = next(zaak for zaak in zaken if zaak["einddatum"] and zaak["einddatum"] < "2026-11-01")
    for zaak in (dicht, lopend):
        await wereld.meld(zaak["url"], "zaak", zaak["url"], "partial_update")
    await wereld.werk()
    assert await wereld.rijen() == []
    tellingen = await wereld.tellingen()
    assert tellingen["al_langer_afgesloten"] + tellingen["geen_nieuws"] == 2


async def test_a_besluit_counts_once_it_was_sent_to_somebody(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(factories.ANNA), "anna@voorbeeld.nl")
    besluiten = f"{factories.BACKOFFICE}/besluiten/api/v1"
    gevonden = await loket.results(wereld.api, f"{besluiten}/besluiten")
    for besluit in gevonden:
        await wereld.meld(besluit["url"], "besluit", besluit["url"], kanaal="besluiten")
    await wereld.werk()
    tellingen = await wereld.tellingen()
    oud = tellingen.get("te_oud", 0)
    rest = ("niemand_bekend", "niet_bekendgemaakt", "verdeeld", "zaak_niet_zichtbaar", "niet_te_lezen")
    assert oud + sum(tellingen.get(naam, 0) for naam in rest) == len(gevonden)
    assert all(rij.soort == "besluit" for rij in await wereld.rijen())


async def test_a_backoffice_that_is_away_is_asked_again_later(wereld: Wereld, backoffice: FastAPI) -> None:
    await wereld.ken(factories.burger())
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    status = await wereld.status(zaak, "In behandeling")
    backoffice.state.beheer.storing(api="zaken", pad="/statussen", methode="GET", soort="status", status=503)
    await wereld.meld(zaak["url"], "status", status["url"])
    await wereld.werk()
    assert await wereld.rijen() == []
    backoffice.state.beheer.herstel()
    await wereld.nu_aan_de_beurt()
    await wereld.werk()
    assert len(await wereld.rijen()) == 1
