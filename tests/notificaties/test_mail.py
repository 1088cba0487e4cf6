"""Which mail goes, to whom, and how often: never twice, never a flood, and what must be done always."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from pip_portal.notificaties import melden, verwerken
from pip_portal.notificaties.mailkeuze import mail_over
from pip_portal.notificaties.melden import Melden, meld
from pip_portal.post.sjablonen import sjabloon_van
from pip_portal.taal import Taal
from pip_portal.tables import Notificatie, Opdracht, Zaakvoorkeur
from pip_portal.tijd import now
from tests import factories
from tests.notificaties.conftest import Json, Wereld, burgerrol

SOORT = "objectvergunning"
ANNA, MEHMET = "anna@voorbeeld.nl", "mehmet@voorbeeld.nl"


async def test_the_first_mail_goes_at_once_and_what_follows_within_a_quarter_is_one_mail(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(), ANNA)
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort="omgevingsvergunning")
    begin = now()
    with time_machine.travel(begin, tick=False) as klok:
        await nieuws(wereld, zaak, "status", "a", code="B")
        assert await wereld.sjablonen() == [("M3", ANNA)]
        for minuten, soort, wat in ((1, "document", "b"), (5, "status", "c"), (14, "besluit", "d")):
            klok.move_to(begin + timedelta(minutes=minuten))
            await nieuws(wereld, zaak, soort, wat)
        assert len(await wereld.mails()) == 1
        klok.move_to(begin + timedelta(minutes=15, seconds=1))
        await wereld.werk()
        assert await wereld.sjablonen() == [("M3", ANNA), ("M7", ANNA)]  # the besluit matters most of the three
        assert all(rij.gemaild_op and not rij.wacht_op_mail for rij in await wereld.rijen())
        klok.move_to(begin + timedelta(minutes=20))
        await nieuws(wereld, zaak, "document", "e")
        assert len(await wereld.mails()) == 2  # that mail began a new quarter
        klok.move_to(begin + timedelta(minutes=31))
        await wereld.werk()
        klok.move_to(begin + timedelta(minutes=60))
        await wereld.werk()
        assert await wereld.sjablonen() == [("M3", ANNA), ("M7", ANNA), ("DOCUMENT", ANNA)]


async def nieuws(wereld: Wereld, zaak: Json, soort: Any, kenmerk: str, **meer: Any) -> str:
    burger = factories.burger()
    eigenaar = await wereld.ken(burger)
    async with wereld.portal.state.db.begin() as session:
        uitkomst = await meld(
            session,
            wereld.portal.state.sleutels,
            eigenaar,
            soort,
            kenmerk=kenmerk,
            pad=f"/zaken/zaken/{zaak['uuid']}",
            bron="zaken",
            zaak_uuid=zaak["uuid"],
            nummer=zaak["identificatie"],
            **meer,
        )
    await wereld.werk()
    return uitkomst


async def test_two_zaken_have_each_their_own_first_mail(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(), ANNA)
    for _ in range(2):
        zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
        await wereld.meld_status(zaak, "In behandeling")
    assert len(await wereld.mails()) == 2


async def test_what_must_be_done_goes_at_once_whatever_was_chosen(wereld: Wereld) -> None:
    eigenaar = await wereld.ken(factories.burger(), ANNA, statuswijziging=False)
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    async with wereld.portal.state.db.begin() as session:
        geen = {"mailen": False, "gewijzigd_op": now()}
        session.add(Zaakvoorkeur(eigenaar=eigenaar, bron="zaken", zaak_uuid=zaak["uuid"], **geen))
    await wereld.meld_status(zaak, "In behandeling")
    assert await wereld.mails() == []
    await wereld.meld_status(zaak, "Wij missen nog iets", "Stuur ons de tekening vóór 8 december 2026.")
    (mail,) = await wereld.mails()
    assert mail["sjabloon"] == "M2"
    assert mail["gegevens"] == {"voor": "8 december 2026", "nummer": zaak["identificatie"]}
    rij = (await wereld.rijen())[-1]
    assert (rij.doen, rij.uiterlijk) == (True, date(2026, 12, 7))
    await wereld.meld_status(zaak, "In behandeling")
    await wereld.meld_status(zaak, "Wij missen nog iets")  # without a day, and within the quarter
    assert [sjabloon for sjabloon, _aan in await wereld.sjablonen()] == ["M2", "DOEN"]


async def test_who_wants_no_mail_does_not_stop_the_next(wereld: Wereld) -> None:
    """Trap 6 of the peers: there the first who opted out ended the loop."""
    await wereld.ken(factories.burger(factories.ANNA), ANNA, statuswijziging=False)
    await wereld.ken(factories.burger(factories.MEHMET), MEHMET)
    await wereld.ken(factories.burger(factories.SANNE), "sanne@voorbeeld.nl", kanaal="post")
    rollen = (
        burgerrol(factories.ANNA),
        burgerrol(factories.SANNE, "mede_initiator"),
        burgerrol(factories.MEHMET, "mede_initiator"),
    )
    zaak = await wereld.zaak(*rollen, soort=SOORT)
    await wereld.meld_status(zaak, "In behandeling")
    assert await wereld.sjablonen() == [("M3", MEHMET)]
    assert len(await wereld.rijen()) == 3  # all three can read it in the portal
    tellingen = await wereld.tellingen()
    assert (tellingen["voorkeur_uit"], tellingen["kanaal_post"], tellingen["gemaild"]) == (1, 1, 1)


async def test_a_fault_with_one_never_stops_the_next(wereld: Wereld, monkeypatch: pytest.MonkeyPatch) -> None:
    fout = await wereld.ken(factories.burger(factories.ANNA), ANNA)
    await wereld.ken(factories.burger(factories.MEHMET), MEHMET)
    zaak = await wereld.zaak(burgerrol(factories.ANNA), burgerrol(factories.MEHMET, "mede_initiator"), soort=SOORT)
    email_over = melden.email_over

    async def kapot(session: Any, sleutels: Any, eigenaar: str, *waar: str) -> str | None:
        if eigenaar == fout:
            raise RuntimeError
        return await email_over(session, sleutels, eigenaar, *waar)

    monkeypatch.setattr(melden, "email_over", kapot)
    await wereld.meld_status(zaak, "In behandeling")
    assert await wereld.sjablonen() == [("M3", MEHMET)]
    assert len(await wereld.rijen()) == 1  # of the other nothing is half done
    monkeypatch.setattr(melden, "email_over", email_over)
    await wereld.nu_aan_de_beurt()
    await wereld.werk()
    assert await wereld.sjablonen() == [("M3", MEHMET), ("M3", ANNA)]


async def test_a_choice_for_one_zaak_goes_before_the_rest(wereld: Wereld) -> None:
    eigenaar = await wereld.ken(factories.burger(), ANNA, statuswijziging=False)
    stil, luid = [await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT) for _ in range(2)]
    async with wereld.portal.state.db.begin() as session:
        session.add(
            Zaakvoorkeur(eigenaar=eigenaar, bron="zaken", zaak_uuid=luid["uuid"], mailen=True, gewijzigd_op=now())
        )
    await wereld.meld_status(stil, "In behandeling")
    await wereld.meld_status(luid, "In behandeling")
    assert [mail["gegevens"]["nummer"] for mail in await wereld.mails()] == [luid["identificatie"]]


async def test_a_status_the_gemeente_does_not_mail_about_is_only_in_the_portal(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(), ANNA)
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort="omgevingsvergunning")
    await wereld.meld_status(zaak, "Wij vragen advies")
    assert await wereld.mails() == []
    assert [rij.code for rij in await wereld.rijen()] == ["A"]
    eigen = await wereld.zaak(burgerrol(factories.ANNA), soort="standplaats")
    await wereld.meld_status(eigen, "Loting")
    assert await wereld.sjablonen() == [("NIEUWS", ANNA)]  # a step of its own, that no other mail is about


async def test_without_an_address_it_is_read_in_the_portal_and_the_language_is_that_of_the_login(
    wereld: Wereld,
) -> None:
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    await wereld.ken(factories.burger())
    await wereld.meld_status(zaak, "In behandeling")
    assert (len(await wereld.rijen()), await wereld.mails()) == (1, [])
    await wereld.ken(factories.burger(), ANNA, taal="en")
    await wereld.meld_status(zaak, "Wij missen nog iets", "Send it. Vóór 8 december 2026.")
    (mail,) = await wereld.mails()
    assert (mail["taal"], mail["gegevens"]["voor"]) == ("en", "8 December 2026")


# ---- exactly once ------------------------------------------------------------------------------------------


class Gedood(BaseException):
    """The worker ended here."""


@pytest.mark.parametrize("plek", ["voor_verdelen", "na_verdelen", "voor_melden", "na_melden"])
async def test_a_worker_that_is_killed_between_two_steps_makes_one_mail(
    wereld: Wereld, monkeypatch: pytest.MonkeyPatch, plek: str
) -> None:
    await wereld.ken(factories.burger(), ANNA)
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    status = await wereld.status(zaak, "In behandeling")
    await wereld.meld(zaak["url"], "status", status["url"])
    dood = {"keren": 1}

    def sterf() -> None:
        if dood["keren"]:
            dood["keren"] = 0
            raise Gedood

    verdeel, doe = verwerken.Verwerken._verdeel, Melden.__call__

    async def _verdeel(self: Any, *args: Any) -> str:
        if plek == "voor_verdelen":
            sterf()
        uitkomst: str = await verdeel(self, *args)
        if plek == "na_verdelen":
            sterf()
        return uitkomst

    async def _doe(self: Any, inhoud: Mapping[str, Any]) -> None:
        if plek == "voor_melden":
            sterf()
        await doe(self, inhoud)
        if plek == "na_melden":
            sterf()

    monkeypatch.setattr(verwerken.Verwerken, "_verdeel", _verdeel)
    monkeypatch.setattr(Melden, "__call__", _doe)
    await wereld.handmatig()
    assert not dood["keren"]
    await wereld.handmatig()
    assert await wereld.sjablonen() == [("M3", ANNA)]
    assert len(await wereld.rijen()) == 1


async def test_the_same_news_from_two_workers_at_once_is_one_mail(wereld: Wereld) -> None:
    await wereld.ken(factories.burger(), ANNA)
    zaak = await wereld.zaak(burgerrol(factories.ANNA), soort=SOORT)
    status = await wereld.status(zaak, "In behandeling")
    for _ in range(3):  # each with a moment of its own, so three notifications about one status
        await wereld.meld(zaak["url"], "status", status["url"])
    await wereld.werk()
    assert len(await wereld.mails()) == 1
    async with wereld.portal.state.db() as session:
        assert await session.scalar(select(func.count()).select_from(Opdracht).where(Opdracht.soort == "melding")) == 1


# ---- what a mail says --------------------------------------------------------------------------------------


@pytest.mark.geen_database
@pytest.mark.parametrize("taal", ["nl", "en"])
@pytest.mark.parametrize("uiterlijk", [None, date(2026, 12, 7)])
@pytest.mark.parametrize("nummer", ["P26-ABC", ""])
def test_each_kind_of_news_has_a_mail_that_can_be_made(taal: Taal, uiterlijk: date | None, nummer: str) -> None:
    for soort in ("status", "besluit", "afgesloten", "document", "bericht", "taak", "vraag"):
        if soort not in ("bericht", "taak", "vraag") and not nummer:
            continue  # these are always about a zaak
        for code in ("", "O", "C", "B", "A", "V", "Z", "P", "S", "K", "I"):
            rij = Notificatie(
                soort=soort, code=code, nummer=nummer, uiterlijk=uiterlijk, doen=False, op=datetime.now(UTC)
            )
            sjabloon, gegevens = mail_over(rij, taal)
            sjabloon_van(sjabloon, gegevens)  # raises when it would not fit
