"""Everything that CI runs, in one command: `make test`. Stops at the first step that fails.

The tests in the browser wait more than they work, so they run beside the others; what they say is told when they end.

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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STRICT = bool(os.environ.get("PIP_CI"))
LONGEST = 840  # seconds for one step
RUNNING: set[subprocess.Popen[str]] = set()
STOPPING = threading.Event()
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # fifty Python processes start; each would compile all it imports


class Hangs(SystemExit):
    """A step was ended because it, or one of its tests, took too long."""


def step(name: str, *command: object, env: dict[str, str] | None = None, at_end: bool = False) -> str:
    """Run this and give what it printed. at_end: print it when it is done, because something else prints meanwhile."""
    if STOPPING.is_set():
        sys.exit(1)
    print(f"── {name}{' (ernaast)' if at_end else ''}", flush=True)
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
    RUNNING.add(process)
    timer = threading.Timer(LONGEST, end, (process,))
    timer.daemon = True
    timer.start()
    lines = []
    try:
        for line in process.stdout or ():
            if not at_end:
                print(line, end="", flush=True)
            lines.append(line)
        failed = process.wait()
        took = f"{time.monotonic() - start:.0f} s"
        if at_end:
            print(f"── {name}: klaar", "".join(lines), sep="\n", end="", flush=True)
        if failed and STOPPING.is_set():
            sys.exit(1)
        if failed == -signal.SIGKILL or (failed and any("+ Timeout +" in line for line in lines)):
            raise Hangs(f"✗ {name} hangt")
        if failed:
            sys.exit(f"✗ {name} is niet goed, na {took}")
    finally:
        timer.cancel()
        end(process)  # Ctrl-C
        RUNNING.discard(process)
    print(f"   {name}: {took}" if at_end else f"   {took}", flush=True)
    return "".join(lines)


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def beside(*lanes: Callable[[], None]) -> None:
    """Do these at the same time; the first that fails ends the others."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        try:
            for lane in as_completed([pool.submit(lane) for lane in lanes]):
                lane.result()
        except BaseException:
            STOPPING.set()
            for process in list(RUNNING):
                end(process)
            raise


def pytest(name: str, *options: str, env: dict[str, str] | None = None, at_end: bool = False) -> None:
    output = step(name, BIN / "python", "-m", "pytest", "-p", "no:randomly", *options, env=env, at_end=at_end)
    skipped = re.search(r"(\d+) skipped", output.splitlines()[-1]) if output.splitlines() else None
    if skipped and STRICT:
        sys.exit(f"✗ {name}: {skipped[1]} tests overgeslagen")


def browser(name: str) -> None:
    """A browser that hangs says nothing about the portal: such a run is told, with every stack, and done once more."""
    options = ("-v", "-n", "2", "-m", "browser", "--timeout-method=thread")
    try:
        pytest(name, *options, at_end=True)
    except Hangs:
        print("! de browser hing; één keer opnieuw", flush=True)
        pytest(name, *options, at_end=True)


def on_both_databases() -> None:
    pytest("tests op SQLite", "-q", "-n", "2", "-m", "not browser and not chaos", env={"PIP_TEST_POSTGRES": ""})
    if os.environ.get("PIP_TEST_POSTGRES"):
        pytest("tests op PostgreSQL", "-q", "-n", "2", "-m", "not browser and not chaos and not geen_database")
    else:
        print("── tests op PostgreSQL: overgeslagen; zet PIP_TEST_POSTGRES=postgresql://… om ze te draaien", flush=True)
        if STRICT:
            sys.exit("✗ PIP_TEST_POSTGRES ontbreekt")


def types_and_browser() -> None:
    step("types", BIN / "mypy", at_end=True)
    if shutil.which("chromium") or os.environ.get("PIP_CHROMIUM"):
        browser("tests in de browser")
    else:
        print("── tests in de browser: overgeslagen; installeer chromium (apt install chromium)", flush=True)
        if STRICT:
            sys.exit("✗ chromium ontbreekt")


def main() -> None:
    step("opmaak", BIN / "ruff", "format", "--check", "-q", ".")
    step("regels", BIN / "ruff", "check", "-q", ".")
    step("sjablonen", BIN / "djlint", "templates", "mock_idp", "reference_backoffice", "--lint", "--quiet")
    beside(on_both_databases, types_and_browser)
    pytest("portaal, werkers, backoffice en database worden omvergetrokken", "-q", "-m", "chaos")
    print("Alles is goed.")


if __name__ == "__main__":
    main()
