"""The built files: small enough for a first visit, the same on every build, nothing borrowed unnamed."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "static" / "dist"
MANIFEST: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
NODE = shutil.which("node")
FONTS = ("source-sans-3-latin-400-normal.woff2", "source-sans-3-latin-700-normal.woff2")


def wire_size(naam: str) -> int:
    """Bytes that go over the line: the brotli copy where there is one."""
    bestand = DIST / MANIFEST[naam]
    brotli = bestand.with_name(bestand.name + ".br")
    return (brotli if brotli.exists() else bestand).stat().st_size


def test_styles_stay_below_thirty_kilobyte() -> None:
    assert wire_size("app.css") < 30_000


@pytest.mark.parametrize("script", ["publiek.js", "portaal.js"])
def test_a_first_visit_leaves_room_for_the_page_itself_within_sixty_kilobyte(script: str) -> None:
    assets = ("app.css", script, "icons.svg", *FONTS)
    assert len(assets) + 1 <= 6
    assert sum(map(wire_size, assets)) < 52_000


def test_every_file_lies_beside_its_compressed_copies() -> None:
    for bestand in MANIFEST.values():
        if bestand.endswith((".css", ".js", ".svg")):
            assert (DIST / f"{bestand}.br").exists()
            assert (DIST / f"{bestand}.gz").exists()


def test_every_icon_that_a_template_asks_for_is_in_the_sprite() -> None:
    sprite = (DIST / MANIFEST["icons.svg"]).read_text()
    gevraagd = {
        naam
        for template in (ROOT / "templates").rglob("*.html")
        for naam in re.findall(r"""icoon(?:\(|=)["']([a-z-]+)["']""", template.read_text())
    }
    assert {naam for naam in gevraagd if f'id="{naam}"' not in sprite} == set()


def test_the_own_styles_use_roles_and_never_a_colour_of_one_gemeente() -> None:
    for bron in (ROOT / "assets" / "css").glob("*.css"):
        assert re.findall(r"--kleur-|#[0-9a-f]{3,8}\b", re.sub(r"#[a-z][\w-]*[ :>,.{]", "", bron.read_text())) == []


def test_the_notices_name_every_package_that_ends_up_in_the_browser() -> None:
    notices = (DIST / "THIRD-PARTY-NOTICES.txt").read_text()
    pakketten = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert [naam for naam, versie in pakketten.items() if f"{naam} {versie}" not in notices] == []


def test_packages_are_pinned_exactly_and_the_lock_names_no_registry() -> None:
    project = json.loads((ROOT / "package.json").read_text())
    versies = [*project["dependencies"].values(), *project["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", versie) for versie in versies)
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def copied_for_the_styles() -> set[str]:
    """What the image has at hand when it builds the styles: all that the first stage of the Dockerfile copies."""
    stage = (ROOT / "Dockerfile").read_text().split("\nFROM ")[1]
    return {naam for regel in re.findall(r"^COPY (.+) \S+$", stage, re.MULTILINE) for naam in regel.split()}


def build(doel: Path, **env: str) -> dict[str, str]:
    """Build into `doel` from links to what the image has; returns file name -> hash of its content."""
    (doel / "node_modules").symlink_to(ROOT / "node_modules")
    for naam in copied_for_the_styles() - {"static"}:
        (doel / naam).symlink_to(ROOT / naam)
    (doel / "static").mkdir()
    (doel / "static" / "favicon.svg").symlink_to(ROOT / "static" / "favicon.svg")
    assert NODE
    subprocess.run(
        [NODE, "--preserve-symlinks", "--preserve-symlinks-main", "build.mjs"],
        cwd=doel,
        check=True,
        capture_output=True,
        env=os.environ | env,
        timeout=120,
    )
    dist = doel / "static" / "dist"
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in dist.iterdir()}


@pytest.mark.skipif(NODE is None, reason="Node staat niet op het pad")
def test_two_builds_give_the_same_bytes_and_another_theme_only_other_styles(tmp_path: Path) -> None:
    thema = json.loads((ROOT / "assets" / "tokens" / "deventer.json").read_text())
    thema["kleuren"]["ijssel"]["500"] = "#123456"
    ander = tmp_path / "ander.json"
    ander.write_text(json.dumps(thema))
    mappen = [tmp_path / naam for naam in ("een", "twee", "drie")]
    for map_ in mappen:
        map_.mkdir()
    eerste, tweede = build(mappen[0]), build(mappen[1])
    derde = build(mappen[2], THEMA=str(ander))
    assert eerste == tweede
    assert {naam for naam in derde if naam not in eerste and not naam.startswith("app.")} == set()
    assert derde.keys() != eerste.keys()
