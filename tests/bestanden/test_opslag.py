"""Files of a concept: taken in, counted, scanned, kept encrypted, opened for who may, and removed."""

import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from pip_portal import tables
from pip_portal.bestanden.geweigerd import BestandGeweigerd, BestandNietSchoon
from pip_portal.bestanden.namen import schone_naam, unieke_naam
from pip_portal.bestanden.opslag import Bestanden, BestandInfo, Eisen
from pip_portal.bestanden.scanner import EICAR, ScannerStil
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.settings import Settings
from pip_portal.tijd import now
from tests import factories
from tests.bestanden import voorbeelden

EISEN = Eisen(("pdf", "jpg"), max_aantal=3)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return factories.settings(database_url, bestanden={"map": tmp_path / "opslag"})


@pytest.fixture
def bestanden(portal: FastAPI) -> Bestanden:
    opslag: Bestanden = portal.state.bestanden
    return opslag


@pytest.fixture
async def concept(portal: FastAPI) -> tuple[str, str]:
    return await voorbeelden.concept(portal, factories.burger())


async def stuur(
    bestanden: Bestanden, concept: tuple[str, str | None], inhoud: bytes, naam: str = "brief.pdf", eisen: Eisen = EISEN
) -> BestandInfo:
    return await bestanden.voeg_toe(*concept, "bewijs", naam, voorbeelden.stroom(inhoud), eisen)


async def zin_bij(
    bestanden: Bestanden, concept: tuple[str, str], inhoud: bytes, naam: str = "brief.pdf", eisen: Eisen = EISEN
) -> str:
    with pytest.raises(BestandGeweigerd) as fout:
        await stuur(bestanden, concept, inhoud, naam, eisen)
    return fout.value.zin


async def inhoud_van(stroom: AsyncIterator[bytes]) -> bytes:
    return b"".join([stuk async for stuk in stroom])


async def inzending(portal: FastAPI) -> str:
    rij = tables.Inzending(
        id="i" * 36,
        concept_id="c" * 36,
        soort="aanvraag",
        nummer="P26-1",
        formulier="proef",
        versie=1,
        eigenaar="e",
        bron="zaken",
        toestand="ontvangen",
        inhoud=b"",
        hash="",
        ontvangen_op=now(),
    )
    async with portal.state.db.begin() as session:
        session.add(rij)
    return rij.id


class Stil:
    """A scanner that is down."""

    async def is_besmet(self, _stroom: object) -> bool:
        raise ScannerStil("test")

    async def werkt(self) -> bool:
        return False


async def test_what_was_sent_comes_back_and_lies_encrypted(
    bestanden: Bestanden, concept: tuple[str, str], tmp_path: Path
) -> None:
    inhoud = voorbeelden.pdf(tekst=b"leesbare tekst " * 20_000)
    info = await stuur(bestanden, concept, inhoud)
    assert (info.naam, info.soort, info.grootte, info.staat) == ("brief.pdf", "application/pdf", len(inhoud), "schoon")
    assert await bestanden.lijst(concept[1]) == (info,)
    weer, stroom = await bestanden.open(info.id, concept_id=concept[1])
    assert weer == info
    assert await inhoud_van(stroom) == inhoud
    liggend = [bestand for bestand in (tmp_path / "opslag").rglob("*") if bestand.is_file()]
    assert [bestand.name for bestand in liggend] == [info.id]
    assert inhoud[:50] not in liggend[0].read_bytes()  # three letters stand in 1 in 60 ciphertexts of this size


async def test_another_person_finds_nothing(portal: FastAPI, bestanden: Bestanden, concept: tuple[str, str]) -> None:
    info = await stuur(bestanden, concept, voorbeelden.pdf())
    ander = await voorbeelden.concept(portal, factories.burger(factories.MEHMET))
    with pytest.raises(NotFound):
        await bestanden.open(info.id, concept_id=ander[1])
    with pytest.raises(NotFound):
        await bestanden.open(info.id)
    with pytest.raises(NotFound):
        await stuur(bestanden, (ander[0], concept[1]), voorbeelden.pdf())
    await bestanden.verwijder(ander[1], info.id)
    assert len(await bestanden.lijst(concept[1])) == 1


async def test_a_sent_concept_takes_no_more_files(
    portal: FastAPI, bestanden: Bestanden, concept: tuple[str, str]
) -> None:
    async with portal.state.db.begin() as session:
        await session.execute(update(tables.Concept).values(verzonden_op=now()))
    with pytest.raises(NotFound):
        await stuur(bestanden, concept, voorbeelden.pdf())


async def test_the_limits_are_told_in_words(bestanden: Bestanden, concept: tuple[str, str]) -> None:
    pdf = voorbeelden.pdf()
    klein = Eisen(("pdf",), max_bytes=len(pdf) - 1)
    assert await zin_bij(bestanden, concept, pdf, eisen=klein) == (
        "Dit bestand is groter dan 0 MB. Maak het kleiner, of stuur het in delen."
    )
    assert "is leeg" in await zin_bij(bestanden, concept, b"")
    assert "Stuur een pdf of jpg." in await zin_bij(bestanden, concept, pdf, "brief.exe")
    een = Eisen(("pdf",), max_aantal=1)
    await stuur(bestanden, concept, pdf, eisen=een)
    assert "één bestand" in await zin_bij(bestanden, concept, pdf, eisen=een)
    samen = Eisen(("pdf",), max_totaal=len(pdf) + 10)
    assert "Al uw bestanden samen" in await zin_bij(bestanden, concept, pdf, eisen=samen)
    assert len(await bestanden.lijst(concept[1])) == 1


async def test_equal_names_get_a_number_and_strange_ones_are_cleaned(
    bestanden: Bestanden, concept: tuple[str, str]
) -> None:
    namen = [
        (await stuur(bestanden, concept, voorbeelden.pdf(), naam)).naam
        for naam in ("brief.pdf", "Brief.PDF", "../../etc/\u202efdp.brief\x00.pdf")
    ]
    assert namen == ["brief.pdf", "Brief (2).pdf", "fdp.brief.pdf"]


@pytest.mark.parametrize(
    ("naam", "schoon"),
    [
        ("C:\\Users\\Jan\\huur.pdf", "huur.pdf"),
        ("e\u0301e\u0301n.pdf", "één.pdf"),
        ("a" * 300 + ".pdf", "a" * 96 + ".pdf"),
        ("...", "bestand.pdf"),
        ("<img src=x>.pdf", "img src x.pdf"),
        ("foto.heic", "foto.pdf"),
        ("rekening; rm -rf.pdf", "rekening rm -rf.pdf"),
    ],
)
def test_names_hold_letters_digits_and_a_few_signs(naam: str, schoon: str) -> None:
    assert schone_naam(naam, "pdf") == schoon


def test_a_long_name_stays_short_with_its_number() -> None:
    naam = "a" * 96 + ".pdf"
    assert len(unieke_naam(naam, [naam])) == 100


async def test_a_virus_is_refused_and_not_kept(bestanden: Bestanden, concept: tuple[str, str], tmp_path: Path) -> None:
    besmet = voorbeelden.pdf() + b"x" * 70_000 + EICAR
    assert await zin_bij(bestanden, concept, besmet) == "In dit bestand zit een virus. Stuur een ander bestand."
    assert await bestanden.lijst(concept[1]) == ()
    assert [bestand for bestand in (tmp_path / "opslag").rglob("*") if bestand.is_file()] == []


async def test_without_a_verdict_a_file_cannot_be_used_until_there_is_one(
    portal: FastAPI, bestanden: Bestanden, concept: tuple[str, str]
) -> None:
    goed, bestanden.scanner = bestanden.scanner, Stil()
    info = await stuur(bestanden, concept, voorbeelden.pdf())
    assert info.staat == "in_quarantaine"
    with pytest.raises(BestandNietSchoon) as fout:
        await bestanden.open(info.id, concept_id=concept[1])
    assert "Wij controleren dit bestand nog" in fout.value.zin
    await bestanden.scan_openstaande(concept[1])
    assert (await bestanden.lijst(concept[1]))[0].staat == "in_quarantaine"
    bestanden.scanner = goed
    await bestanden.scan_openstaande()
    assert (await bestanden.lijst(concept[1]))[0].staat == "schoon"


async def test_a_file_that_waits_too_long_says_so_and_a_late_virus_is_thrown_away(
    portal: FastAPI, bestanden: Bestanden, concept: tuple[str, str], tmp_path: Path
) -> None:
    goed, bestanden.scanner = bestanden.scanner, Stil()
    await stuur(bestanden, concept, voorbeelden.pdf() + EICAR)
    await _ouder(portal, minuten=11)
    assert (await bestanden.lijst(concept[1]))[0].staat == "onbekend"
    bestanden.scanner = goed
    await bestanden.scan_openstaande()
    (info,) = await bestanden.lijst(concept[1])
    assert info.staat == "besmet"
    assert [bestand for bestand in (tmp_path / "opslag").rglob("*") if bestand.is_file()] == []
    await bestanden.verwijder(concept[1], info.id)
    assert await bestanden.lijst(concept[1]) == ()


async def _ouder(portal: FastAPI, *, minuten: int) -> None:
    async with portal.state.db.begin() as session:
        await session.execute(update(tables.Bestand).values(aangemaakt_op=now() - timedelta(minutes=minuten)))


async def _verstuurd(portal: FastAPI, nummer: str, bestand_id: str) -> None:
    """As sending does it, in its one transaction (tests/inzendingen)."""
    async with portal.state.db.begin() as session:
        hoort_bij = update(tables.Bestand).where(tables.Bestand.id == bestand_id)
        await session.execute(hoort_bij.values(concept_id=None, inzending_id=nummer))


async def test_a_sent_file_belongs_to_the_inzending_and_goes_when_that_is_cleared(
    portal: FastAPI, bestanden: Bestanden, concept: tuple[str, str]
) -> None:
    info, rest = await stuur(bestanden, concept, voorbeelden.pdf()), await stuur(bestanden, concept, voorbeelden.pdf())
    nummer = await inzending(portal)
    await _verstuurd(portal, nummer, info.id)
    await bestanden.verwijder(concept[1], info.id)
    _info, stroom = await bestanden.open(info.id, inzending_id=nummer)
    assert len(await inhoud_van(stroom)) == info.grootte
    async with portal.state.db.begin() as session:
        await session.delete(await session.get(tables.Concept, concept[1]))
    await _ouder(portal, minuten=181)
    assert await bestanden.verwijder_wezen() == 1  # what was not sent went with its concept
    async with portal.state.db() as session:
        assert await session.get(tables.Bestand, rest.id) is None
    async with portal.state.db.begin() as session:
        await session.execute(update(tables.Inzending).values(opgeruimd_op=now()))
    assert await bestanden.verwijder_wezen() == 1
    with pytest.raises(NotFound):
        await bestanden.open(info.id, inzending_id=nummer)


async def test_a_file_of_nobody_is_claimed_or_goes(portal: FastAPI, bestanden: Bestanden) -> None:
    info = await stuur(bestanden, ("iemand", None), voorbeelden.pdf())
    assert await bestanden.verwijder_wezen() == 0
    nummer = await inzending(portal)
    await _verstuurd(portal, nummer, info.id)
    await stuur(bestanden, ("iemand", None), voorbeelden.pdf())
    await _ouder(portal, minuten=181)
    assert await bestanden.verwijder_wezen() == 1


async def test_what_was_changed_in_the_store_is_noticed(
    portal: FastAPI, bestanden: Bestanden, concept: tuple[str, str], tmp_path: Path
) -> None:
    info = await stuur(bestanden, concept, voorbeelden.pdf(tekst=voorbeelden.ruis(200_000)))
    (bestand,) = [pad for pad in (tmp_path / "opslag").rglob("*") if pad.is_file()]
    goed = bestand.read_bytes()
    for slecht in (goed[:-1], goed[:65_552], bytes([goed[0] ^ 1]) + goed[1:], goed[65_552:] + goed[:65_552]):
        bestand.write_bytes(slecht)
        with pytest.raises(BackofficeDefect):
            await inhoud_van((await bestanden.open(info.id, concept_id=concept[1]))[1])
    bestand.unlink()
    with pytest.raises(NotFound):
        await inhoud_van((await bestanden.open(info.id, concept_id=concept[1]))[1])


async def test_a_store_that_fails_leaves_no_file_and_says_when_to_try_again(
    portal: FastAPI, bestanden: Bestanden, concept: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def vol(*_args: object) -> None:
        raise BackofficeUnavailable("opslag")

    monkeypatch.setattr(bestanden.objecten, "zet", vol)
    assert "over een paar minuten opnieuw" in await zin_bij(bestanden, concept, voorbeelden.pdf())
    assert await bestanden.lijst(concept[1]) == ()
    async with portal.state.db() as session:
        assert [rij.concept_id for rij in await session.scalars(select(tables.Bestand))] == [None]


async def test_a_large_file_is_never_whole_in_memory(bestanden: Bestanden, concept: tuple[str, str]) -> None:
    groot = voorbeelden.pdf(tekst=voorbeelden.ruis(30_000_000))
    tracemalloc.start()
    try:
        info = await bestanden.voeg_toe(
            *concept, "bewijs", "a.pdf", voorbeelden.stroom(groot, 65_536), Eisen(("pdf",), max_bytes=50_000_000)
        )
        _info, stroom = await bestanden.open(info.id, concept_id=concept[1])
        grootte = 0
        async for stuk in stroom:
            grootte += len(stuk)
        _nu, piek = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grootte == len(groot)
    assert piek < 3_000_000, f"{piek / 1e6:.1f} MB"
