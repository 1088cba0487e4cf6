"""For those who keep the portal running: is it alive, can it serve, and how does it do."""

import hmac
import logging

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pip_portal.errors import NotFound

router = APIRouter()
log = logging.getLogger("pip_portal")


@router.get("/gezond", name="beheer:gezond")
async def gezond() -> Response:
    """Liveness: the process answers."""
    return PlainTextResponse("gezond\n")


@router.get("/klaar", name="beheer:klaar")
async def klaar(request: Request) -> Response:
    """Readiness: the database answers. A backoffice that is down does not take the portal out of service."""
    try:
        async with request.app.state.db() as session:
            await session.execute(text("SELECT 1 FROM sessies WHERE 1 = 0"))
    except SQLAlchemyError as exc:
        log.error("database niet klaar", exc_info=exc)
        return PlainTextResponse("niet klaar: database\n", status_code=503)
    return PlainTextResponse("klaar\n")


@router.get("/metrics", name="beheer:metrics")
async def metrics(request: Request) -> Response:
    """Prometheus metrics, for who has the token; without a configured token this address does not exist.

    Raises: NotFound for everybody else.
    """
    token = request.app.state.settings.metrics_token.get_secret_value()
    gegeven = request.headers.get("authorization", "")
    if not token or not hmac.compare_digest(gegeven.encode(), f"Bearer {token}".encode()):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
