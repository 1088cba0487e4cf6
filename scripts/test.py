"""Everything that CI runs, in one command: `make test`. Stops at the first step that fails.

A skipped test counts as a failure when PIP_CI is set, as .ci/run does.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STRICT = bool(os.environ.get("PIP_CI"))


def step(name: str, *command: object, env: dict[str, str] | None = None) -> str:
    print(f"── {name}", flush=True)
    start = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout or ():
        print(line, end="", flush=True)
        lines.append(line)
    if process.wait():
        sys.exit(f"✗ {name} is niet goed")
    print(f"   {time.monotonic() - start:.0f} s", flush=True)
    return "".join(lines)


def pytest(name: str, *options: str, env: dict[str, str] | None = None) -> None:
    output = step(name, BIN / "python", "-m", "pytest", "-q", "-p", "no:randomly", *options, env=env)
    skipped = re.search(r"(\d+) skipped", output.splitlines()[-1]) if output.splitlines() else None
    if skipped and STRICT:
        sys.exit(f"✗ {name}: {skipped[1]} tests overgeslagen")


def main() -> None:
    step("opmaak", BIN / "ruff", "format", "--check", "-q", ".")
    step("regels", BIN / "ruff", "check", "-q", ".")
    step("sjablonen", BIN / "djlint", "templates", "mock_idp", "reference_backoffice", "--lint", "--quiet")
    step("types", BIN / "mypy")
    pytest("tests op SQLite", "-n", "2", "-m", "not browser")
    if os.environ.get("PIP_TEST_POSTGRES"):
        pytest("tests op PostgreSQL", "-n", "2", "-m", "not browser and not geen_database")
    else:
        print("── tests op PostgreSQL: overgeslagen; zet PIP_TEST_POSTGRES=postgresql://… om ze te draaien", flush=True)
        if STRICT:
            sys.exit("✗ PIP_TEST_POSTGRES ontbreekt")
    if shutil.which("chromium") or os.environ.get("PIP_CHROMIUM"):
        pytest("tests in de browser", "-m", "browser")
    else:
        print("── tests in de browser: overgeslagen; installeer chromium (apt install chromium)", flush=True)
        if STRICT:
            sys.exit("✗ chromium ontbreekt")
    print("Alles is goed.")


if __name__ == "__main__":
    main()
