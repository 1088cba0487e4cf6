"""Everything that CI runs, in one command: `make test`. Stops at the first step that fails.

A skipped test counts as a failure when PIP_CI is set, as .ci/run does. A step that takes too long is ended with all it
started, so that what hangs is told and never waited for.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STRICT = bool(os.environ.get("PIP_CI"))
LONGEST = 480  # seconds for one step


class Hangs(SystemExit):
    """A step was ended because it, or one of its tests, took too long."""


def step(name: str, *command: object, env: dict[str, str] | None = None) -> str:
    print(f"── {name}", flush=True)
    start = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    timer = threading.Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
    timer.daemon = True
    timer.start()
    lines = []
    try:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
        if process.wait():
            if process.returncode == -signal.SIGKILL or any("+ Timeout +" in line for line in lines):
                raise Hangs(f"✗ {name} hangt")
            sys.exit(f"✗ {name} is niet goed, na {time.monotonic() - start:.0f} s")
    finally:
        timer.cancel()
        if process.poll() is None:  # Ctrl-C
            os.killpg(process.pid, signal.SIGKILL)
    print(f"   {time.monotonic() - start:.0f} s", flush=True)
    return "".join(lines)


def pytest(name: str, *options: str, env: dict[str, str] | None = None) -> None:
    output = step(name, BIN / "python", "-m", "pytest", "-p", "no:randomly", *options, env=env)
    skipped = re.search(r"(\d+) skipped", output.splitlines()[-1]) if output.splitlines() else None
    if skipped and STRICT:
        sys.exit(f"✗ {name}: {skipped[1]} tests overgeslagen")


def browser(name: str) -> None:
    """A browser that hangs says nothing about the portal: such a run is told, with every stack, and done once more."""
    options = ("-v", "-n", "2", "-m", "browser", "--timeout-method=thread")
    try:
        pytest(name, *options)
    except Hangs:
        print("! de browser hing; één keer opnieuw", flush=True)
        pytest(name, *options)


def main() -> None:
    step("opmaak", BIN / "ruff", "format", "--check", "-q", ".")
    step("regels", BIN / "ruff", "check", "-q", ".")
    step("sjablonen", BIN / "djlint", "templates", "mock_idp", "reference_backoffice", "--lint", "--quiet")
    step("types", BIN / "mypy")
    pytest("tests op SQLite", "-q", "-n", "2", "-m", "not browser and not chaos", env={"PIP_TEST_POSTGRES": ""})
    if os.environ.get("PIP_TEST_POSTGRES"):
        pytest("tests op PostgreSQL", "-q", "-n", "2", "-m", "not browser and not chaos and not geen_database")
    else:
        print("── tests op PostgreSQL: overgeslagen; zet PIP_TEST_POSTGRES=postgresql://… om ze te draaien", flush=True)
        if STRICT:
            sys.exit("✗ PIP_TEST_POSTGRES ontbreekt")
    pytest("portaal, werkers, backoffice en database worden omvergetrokken", "-q", "-m", "chaos")
    if shutil.which("chromium") or os.environ.get("PIP_CHROMIUM"):
        browser("tests in de browser")
    else:
        print("── tests in de browser: overgeslagen; installeer chromium (apt install chromium)", flush=True)
        if STRICT:
            sys.exit("✗ chromium ontbreekt")
    print("Alles is goed.")


if __name__ == "__main__":
    main()
