"""What the server runs: settings in, app out. `uvicorn pip_portal.main:make_app --factory`, or `pip-portal serve`."""

from fastapi import FastAPI

from pip_portal import logs
from pip_portal.app import create_app
from pip_portal.settings import Settings


def make_app() -> FastAPI:
    settings = Settings()
    logs.configure(settings.log_niveau)
    return create_app(settings)
