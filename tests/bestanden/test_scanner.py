"""clamd as it speaks: what it says decides, and silence is never "clean"."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pip_portal.bestanden.scanner import EICAR, Clamd, Plaatsvervanger, ScannerStil
from tests.bestanden.clamd import clamd_server
from tests.bestanden.voorbeelden import stroom

pytestmark = pytest.mark.geen_database


@pytest.fixture
async def clamd(tmp_path: Path) -> AsyncIterator[Callable[..., Clamd]]:
    """Given what it says, or None to know only EICAR."""
    async with clamd_server(tmp_path / "clamd.sock") as zegt:

        def maak(antwoord: bytes | None = None) -> Clamd:
            zegt[0] = antwoord
            return Clamd(str(tmp_path / "clamd.sock"))

        yield maak


async def test_clean_and_infected(clamd: Callable[..., Clamd]) -> None:
    assert not await clamd().is_besmet(stroom(b"x" * 200_000, 65_536))
    assert await clamd().is_besmet(stroom(b"x" * 70_000 + EICAR, 65_536))
    assert await clamd().werkt()


@pytest.mark.parametrize("antwoord", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK", b"\0"])
async def test_anything_else_is_no_verdict(clamd: Callable[..., Clamd], antwoord: bytes) -> None:
    with pytest.raises(ScannerStil):
        await clamd(antwoord).is_besmet(stroom(b"x"))
    assert not await clamd(antwoord).werkt()


async def test_a_scanner_that_is_not_there_is_silent(tmp_path: Path) -> None:
    for adres in (str(tmp_path / "geen.sock"), "127.0.0.1:1"):
        with pytest.raises(ScannerStil):
            await Clamd(adres).is_besmet(stroom(b"x"))
        assert not await Clamd(adres).werkt()


async def test_the_stand_in_knows_the_test_file_across_chunks() -> None:
    for stuk in (1, 7, 1_000):
        assert await Plaatsvervanger().is_besmet(stroom(b"abc" + EICAR + b"def", stuk))
    assert not await Plaatsvervanger().is_besmet(stroom(EICAR[:-1]))
