"""What a redacteur writes and types: Markdown in, mail out, and words for what is wrong."""

import asyncio
import io
import json
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from lxml import html
from sqlalchemy import func, select

from pip_portal import cli
from pip_portal.db import open_db
from pip_portal.nieuwsbrief.opmaak import OpmaakFout, maak_op
from pip_portal.nieuwsbrief.uitgave import lees_bestand
from pip_portal.tables import Abonnee, Uitgave
from tests import factories
from tests.nieuwsbrief.conftest import smtp, tekst
from tests.nieuwsbrief.lezers import maak_lezers
from tests.post.smtp import Postbus

VOORBEELD = Path(__file__).resolve().parents[2] / "docs" / "voorbeelden" / "nieuwsbrief.md"


def fouten(markdown: str) -> str:
    with pytest.raises(OpmaakFout) as gevangen:
        maak_op(markdown)
    return str(gevangen.value)


@pytest.mark.parametrize(
    ("markdown", "zin"),
    [
        ("tekst\n\n<script>alert(1)</script>", "regel 3: HTML kan niet"),
        ("een <b>vet</b> woord", "HTML kan niet"),
        ("# Kop", "het onderwerp is al de grote kop"),
        ("### Kop", "gebruik ## voor een kop"),
        ("![](https://deventer.nl/a.png)", "geen beschrijving"),
        ("![brug](http://deventer.nl/a.png)", "begint met https://"),
        ("[brug](http://deventer.nl)", "een link begint met https://"),
        ("[brug](javascript:alert(1))", ""),
        ("[brug](data:text/html,x)", ""),
        ("[klik hier](https://deventer.nl)", "zegt waar hij heen gaat"),
        ("[](https://deventer.nl)", "zegt waar hij heen gaat"),
        ("```\ncode\n```", "code kan niet"),
        ("", "heeft geen tekst"),
    ],
)
def test_what_not_every_reader_can_use_is_refused_with_its_line(markdown: str, zin: str) -> None:
    if zin:
        assert zin in fouten(markdown)
    else:  # the reader of Markdown makes no link of it at all
        assert "<a" not in maak_op(markdown).html


def test_both_forms_say_the_same() -> None:
    op = maak_op(
        "## Kop\n\nEen *mooie* [brug](https://deventer.nl) & zo.\n\n1. een\n2. twee\n   - binnen\n\n> Gezegd\n\n---"
    )
    assert op.tekst == (
        "Kop\n\nEen mooie brug (https://deventer.nl) & zo.\n\n1. een\n\n2. twee\n\n  - binnen\n\n> Gezegd\n\n* * *"
    )
    pagina = html.fragment_fromstring(op.html, create_parent="div")
    assert "Een mooie brug & zo." in pagina.text_content()
    assert [e.get("href") for e in pagina.iter("a")] == ["https://deventer.nl"]
    assert "&amp; zo" in op.html


def test_plain_text_shows_no_marks_and_says_a_number_once() -> None:
    op = maak_op("Eerst dit.\n\n## Waarom\n\nBel [14 0570](tel:140570).\n\n### Wanneer\n\n[Bel ons](tel:+31570).")
    assert op.tekst == "Eerst dit.\n\n\nWaarom\n\nBel 14 0570.\n\n\nWanneer\n\nBel ons (+31570)."


def test_what_is_written_stays_words_and_every_tag_is_a_good_one() -> None:
    gemaakt = str(maak_op('Een "woord" {onderwerp} {{ 7*7 }}\n\n[Lees het hier na](https://x.nl/"onmouseover=1)').html)
    assert re.findall(r"</\w+ [^>]*>", gemaakt) == []
    assert "{onderwerp} {{ 7*7 }}" in gemaakt
    assert '"onmouseover' not in gemaakt


def test_the_example_in_the_documentation_is_a_good_one() -> None:
    brief, _ = lees_bestand(VOORBEELD)
    assert set(brief.versies) == {"nl", "en"}
    assert brief.onderwerpen == ("stad", "werkzaamheden")


@pytest.mark.parametrize(
    ("bron", "zin"),
    [
        ("Hallo", "begin met drie streepjes"),
        ("---\nonderwerp: Brug dicht\nonderwerpen: [stad]\n---\nTekst", "voorbeeldtekst: ontbreekt"),
        ("---\nonderwerp: Brug\nvoorbeeldtekst: Kort\nonderwerpen: [maan]\n---\nTekst", "onderwerp maan bestaat niet"),
        ("---\nonderwerp: Brug\nvoorbeeldtekst: Kort\nonderwerpen: [stad]\nkleur: rood\n---\nTekst", "kleur: bestaat"),
        ("---\nonderwerp: [\n---\nTekst", "niet te lezen als YAML"),
        ("---\n- a\n---\nTekst", "staat niets"),
        ("---\nonderwerp: Brug\nvoorbeeldtekst: Kort\nonderwerpen: [stad]\n---\n# Kop", "brief.md: regel 1"),
    ],
)
def test_a_file_that_is_wrong_says_what(tmp_path: Path, bron: str, zin: str) -> None:
    bestand = tmp_path / "brief.md"
    bestand.write_text(bron)
    with pytest.raises(OpmaakFout, match=zin):
        lees_bestand(bestand)


# ---- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[Postbus, int]]:
    """A mail server in a thread of its own: the command has its own event loop."""
    postbus = Postbus()
    controller = Controller(postbus, hostname="127.0.0.1", port=0)
    controller.port = vrije_poort()
    controller.start()
    yield postbus, controller.port
    controller.stop()


def vrije_poort() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        poort: int = s.getsockname()[1]
        return poort


@pytest.fixture
def opdracht(
    database_url: str, server: tuple[Postbus, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """`pip-portal nieuwsbrief …`: its exit code, output and errors."""
    waarden = {
        "OMGEVING": "test",
        "DATABASE_URL": database_url,
        "SLEUTELS": json.dumps([factories.FERNET]),
        "PSEUDONIEM_SLEUTEL": factories.PSEUDONIEM,
        "SMTP": json.dumps(smtp(server[1])),
        "NIEUWSBRIEF": json.dumps({"per_seconde": 0}),
    }
    for naam, waarde in waarden.items():
        monkeypatch.setenv(f"PIP_{naam}", waarde)

    def draai(*args: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = cli.main(["nieuwsbrief", *args])
        gezegd = capsys.readouterr()
        return code, gezegd.out, gezegd.err

    return draai


def test_a_newsletter_is_looked_at_before_it_is_sent(
    opdracht: Callable[..., tuple[int, str, str]], server: tuple[Postbus, int], database_url: str, tmp_path: Path
) -> None:
    async def vul() -> None:
        async with open_db(database_url) as db:
            await maak_lezers(db, factories.sleutels(), 3)

    postbus, _ = server
    asyncio.run(vul())
    bestand = tmp_path / "nieuwsbrief.md"
    shutil.copy(VOORBEELD, bestand)
    code, _, fout = opdracht("verstuur", str(bestand), "--ja")
    assert (code, "Bekijk eerst precies deze nieuwsbrief" in fout) == (1, True)
    code, uit, _ = opdracht("voorbeeld", str(bestand), "--mail", stdin="redacteur@deventer.example\n")
    assert code == 0
    assert "direct: 3" in uit
    assert "Wilhelminabrug" in (tmp_path / "nieuwsbrief.nl.html").read_text()
    assert "De haltes" not in (tmp_path / "nieuwsbrief.nl.txt").read_text()
    [mail] = postbus.mails
    assert (mail["To"], mail["Subject"]) == (
        "redacteur@deventer.example",
        "[Voorbeeld] De Wilhelminabrug gaat een week dicht",
    )
    assert "Van 7 tot en met 13 december" in tekst(mail)
    postbus.mails.clear()
    code, _, fout = opdracht("verstuur", str(bestand), stdin="nee\n")
    assert (code, fout) == (1, "Er is niets verstuurd.\n")
    code, uit, fout = opdracht("verstuur", str(bestand), stdin="ja\n")
    assert (code, "Verstuurd: 3." in uit, "3 van 3" in fout) == (0, True, True)
    opdracht("verstuur", str(bestand), "--ja")
    assert len(postbus.mails) == 3
    bestand.write_text(bestand.read_text().replace("een week", "twee weken"))
    assert opdracht("verstuur", str(bestand), "--ja")[0] == 1, "wat veranderd is, moet opnieuw worden bekeken"
    assert opdracht("bundel")[0] == 0
    assert len(postbus.mails) == 3


def test_the_command_answers_who_asks_and_stops_mail_for_who_calls(
    opdracht: Callable[..., tuple[int, str, str]], database_url: str
) -> None:
    async def vul() -> None:
        async with open_db(database_url) as db:
            await maak_lezers(db, factories.sleutels(), 1)

    async def tel() -> int:
        async with open_db(database_url) as db, db() as session:
            assert await session.scalar(select(func.count()).select_from(Uitgave)) == 0
            return await session.scalar(select(func.count()).select_from(Abonnee)) or 0

    asyncio.run(vul())
    assert json.loads(opdracht("export", "--adres", "-", stdin="niemand@voorbeeld.nl\n")[1]) == []
    assert opdracht("afmelden", "--adres", "-", stdin="lezer0@voorbeeld.nl\n")[:2] == (0, "Afgemeld.\n")
    assert asyncio.run(tel()) == 0
    [regel] = json.loads(opdracht("export", "--adres", "-", stdin="lezer0@voorbeeld.nl\n")[1])
    assert (regel["onderwerp"], regel["handeling"], regel["bron"]) == ("stad", "ingetrokken", "beheer")
    with pytest.raises(SystemExit):
        opdracht("export", "--adres", "lezer0@voorbeeld.nl")
