"""Where templates, static files and migrations lie: beside the package in a checkout, inside it when installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_DATA = PACKAGE / "data"
ROOT = _DATA if (_DATA / "templates").is_dir() else PACKAGE.parent

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
MIGRATIONS = ROOT / "migrations"
ALEMBIC_INI = ROOT / "alembic.ini"
DATA = PACKAGE / "data"  # forms, tariffs, sources, fonts of the PDF
VERTALINGEN = PACKAGE / "vertalingen"
