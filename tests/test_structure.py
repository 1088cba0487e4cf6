"""What must hold for the code as a whole: who may know whom, and that a page is closed unless it is listed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from pip_portal import app as app_module
from pip_portal import migraties
from tests.conftest import Browser

ROOT = Path(__file__).resolve().parent.parent
APPS = ("pip_portal", "mock_idp", "reference_backoffice")
FEATURES = (
    "overzicht",
    "zaken",
    "gegevens",
    "openbaar",
    "inloggen",
    "ondertekenen",
    "formulieren",
    "producten",
    "nieuwsbrief",
    "berichten",
    "taken",
    "vragen",
)
# What is begun and sent stands among the zaken as cards; a product page is made from the definition of its form.
MAG_KENNEN = {
    "formulieren": ("pip_portal.gegevens.bedrijf", "pip_portal.gegevens.persoon"),
    "overzicht": ("pip_portal.formulieren.kaarten", "pip_portal.vragen.kaarten", "pip_portal.vragen.lezen"),
    "zaken": ("pip_portal.formulieren.kaarten", "pip_portal.vragen.kaarten"),
    "taken": tuple(
        f"pip_portal.formulieren.{naam}"
        for naam in (
            *("definitie", "omgeving", "paginas", "teksten", "yaml"),
            *("veldtypen.basis", "veldtypen.groep"),
        )
    ),
    "producten": tuple(f"pip_portal.formulieren.{naam}" for naam in ("definitie", "laden", "tarieven", "toepassing")),
}
SAMPLE = {
    "bron": "zaken",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "document": "00000000-0000-4000-8000-000000000000",
    "inzending": "00000000-0000-4000-8000-000000000000",
    "soort": "bezoeken",
}


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def modules(package: str) -> list[Path]:
    return [f for f in sorted((ROOT / package).rglob("*.py")) if "data" not in f.parts]


@pytest.mark.parametrize("package", APPS)
def test_the_three_apps_never_import_each_other(package: str) -> None:
    for file in modules(package):
        others = {name.split(".")[0] for name in imports_of(file)} & (set(APPS) - {package})
        assert not others, f"{file.relative_to(ROOT)} importeert {others}"


@pytest.mark.parametrize("feature", FEATURES)
def test_features_do_not_import_each_other(feature: str) -> None:
    for file in modules(f"pip_portal/{feature}"):
        for name in imports_of(file):
            parts = name.split(".")
            other = len(parts) > 1 and parts[0] == "pip_portal" and parts[1] in set(FEATURES) - {feature}
            assert not other or name in MAG_KENNEN.get(feature, ()), f"{file.relative_to(ROOT)} importeert {name}"


def test_only_one_module_knows_jose() -> None:
    users = [f.relative_to(ROOT) for f in modules("pip_portal") if any(n.startswith("jose") for n in imports_of(f))]
    assert len(users) == 1, users


def test_the_database_is_what_the_migrations_make(database_url: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; from pip_portal import migraties; sys.exit(migraties.has_changes({database_url!r}))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert migraties.MIGRATIONS.is_dir()


def private_routes() -> list[APIRoute]:
    return [route for router in app_module.PRIVATE for route in flat(router.routes)]


def flat(routes: list[BaseRoute]) -> list[APIRoute]:
    return [route for route in routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("route", private_routes(), ids=lambda route: f"{sorted(route.methods)[0]} {route.path}")
async def test_every_private_page_sends_a_stranger_to_the_login_page(browser: Browser, route: APIRoute) -> None:
    method = sorted(route.methods)[0]
    url = route.path.format(**SAMPLE)
    response = await browser.client.request(method, url)
    assert response.status_code in (303, 400)
    if method == "GET":
        assert response.headers["location"].startswith("/inloggen?terug=/")


def test_no_text_without_english() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/vertalingen.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_nothing_committed_names_a_registry_host() -> None:
    hosts = ("pypi." + "org", "pythonhosted." + "org", "registry.npm" + "js")
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json"):
        text = (ROOT / name).read_text()
        assert not [host for host in hosts if host in text], name
