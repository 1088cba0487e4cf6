"""Who is filling in a form keeps its questions; changed questions need a higher version."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pip_portal.db import Sessionmaker, open_db
from pip_portal.errors import NotFound
from pip_portal.formulieren.laden import DefinitieFouten, Formulieren
from pip_portal.formulieren.versies import canoniek, structuur


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Sessionmaker]:
    async with open_db(database_url) as maker:
        yield maker


def _wijzig(map: Path, oud: str, nieuw: str) -> Formulieren:
    pad = map / "formulieren" / "uittreksel-brp.yaml"
    tekst = pad.read_text()
    assert oud in tekst
    pad.write_text(tekst.replace(oud, nieuw))
    return Formulieren.lees(map)


async def test_a_running_concept_keeps_its_questions(db: Sessionmaker, eigen_map: Path) -> None:
    await Formulieren.lees(eigen_map).bewaar_versies(db)
    nieuw = _wijzig(eigen_map, "max: 200", "max: 300, min: 2")
    with pytest.raises(DefinitieFouten) as gevangen:
        await nieuw.bewaar_versies(db)
    (regel,) = gevangen.value.regels
    assert regel.startswith("uittreksel-brp.yaml:3:")
    assert "maak daar 5 van" in regel
    hoger = _wijzig(eigen_map, "versie: 4", "versie: 5")
    await hoger.bewaar_versies(db)
    assert hoger.get("uittreksel-brp").veld("doel").max == 300
    assert hoger.versie("uittreksel-brp", 4).veld("doel").max == 200
    assert hoger.versie("uittreksel-brp", 5) is hoger.get("uittreksel-brp")
    with pytest.raises(NotFound):
        hoger.versie("uittreksel-brp", 3)
    await hoger.bewaar_versies(db)  # again: nothing new


async def test_a_better_text_needs_no_new_version(db: Sessionmaker, eigen_map: Path) -> None:
    eerst = Formulieren.lees(eigen_map)
    await eerst.bewaar_versies(db)
    beter = _wijzig(eigen_map, "Welk uittreksel hebt u nodig?", "Wat hebt u nodig?")
    assert structuur(canoniek(beter.get("uittreksel-brp"))) == structuur(canoniek(eerst.get("uittreksel-brp")))
    genoemd = _wijzig(eigen_map, "product: {", 'product: {soortnaam: {nl: "verzoek", en: "request"}, ')
    assert structuur(canoniek(genoemd.get("uittreksel-brp"))) == structuur(canoniek(eerst.get("uittreksel-brp")))
    await genoemd.bewaar_versies(db)
    hoger = _wijzig(eigen_map, "versie: 4", "versie: 5")
    await hoger.bewaar_versies(db)
    assert hoger.versie("uittreksel-brp", 4).veld("soort").vraag.nl == "Wat hebt u nodig?"


async def test_what_was_stored_reads_back_the_same(db: Sessionmaker, eigen_map: Path) -> None:
    formulieren = Formulieren.lees(eigen_map)
    await formulieren.bewaar_versies(db)
    for slug in formulieren.slugs:
        pad = eigen_map / "formulieren" / f"{slug}.yaml"
        versie = formulieren.get(slug).versie
        pad.write_text(pad.read_text().replace(f"versie: {versie}", f"versie: {versie + 1}"))
    hoger = Formulieren.lees(eigen_map)
    await hoger.bewaar_versies(db)
    for slug in formulieren.slugs:
        oud = formulieren.get(slug)
        assert hoger.versie(slug, oud.versie) == oud
