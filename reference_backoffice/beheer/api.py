"""The switches over JSON: faults, latency, and the record of calls."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ..faults import Oproep, Storing
from ..latency import Profiel
from ..web import Context


def check_origin(request: Request) -> None:
    """Refuse what another site sends through the browser of a tester."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise HTTPException(403)


router = APIRouter(prefix="/beheer/api", dependencies=[Depends(check_origin)])


class Latentie(BaseModel):
    """ms: time per call under profile `vast`."""

    model_config = ConfigDict(extra="forbid")

    profiel: Profiel
    ms: Annotated[float, Field(ge=0, le=60_000)] = 20.0


class Oproepen(BaseModel):
    """rondes: the longest chain of calls that each began after the one before had ended."""

    rondes: int
    oproepen: list[Oproep]


@router.get("/storing")
async def list_storingen(backoffice: Context) -> list[Storing]:
    return backoffice.beheer.storingen


@router.post("/storing", status_code=201)
async def add_storing(storing: Storing, backoffice: Context) -> Storing:
    return backoffice.beheer.storing(**storing.model_dump())


@router.delete("/storing", status_code=204)
async def remove_storingen(backoffice: Context) -> Response:
    backoffice.beheer.herstel()
    return Response(status_code=204)


@router.post("/latentie")
async def set_latentie(latentie: Latentie, backoffice: Context) -> Latentie:
    backoffice.beheer.latentie(latentie.profiel, latentie.ms)
    return latentie


@router.get("/oproepen")
async def list_oproepen(backoffice: Context) -> Oproepen:
    return Oproepen(rondes=backoffice.beheer.rondes(), oproepen=backoffice.beheer.oproepen)


@router.delete("/oproepen", status_code=204)
async def remove_oproepen(backoffice: Context) -> Response:
    backoffice.beheer.wis_oproepen()
    return Response(status_code=204)
