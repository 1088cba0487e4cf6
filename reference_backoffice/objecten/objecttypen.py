"""Objecttypen API, read-only: the types of the fixtures and their versions."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from ..fixtures.objecttypen import OBJECTTYPEN
from ..problems import not_found
from ..refs import Json, dumps, ref
from ..web import answer, paged_in_memory, query_of
from .tokens import authenticate, type_uuid

router = APIRouter(prefix="/objecttypen/api/v2")

SLEUTELS: Final = {type_uuid(sleutel): sleutel for sleutel in OBJECTTYPEN}
VASTGESTELD: Final = "2024-01-01"


def type_ref(uuid: str) -> str:
    return ref("objecttypen", "objecttypes", uuid)


def schema_of(uuid: str, versie: object) -> Json | None:
    """The JSON schema of a version of a type; None when there is no such version."""
    versies = OBJECTTYPEN[SLEUTELS[uuid]][3]
    if not isinstance(versie, int) or isinstance(versie, bool) or not 1 <= versie <= len(versies):
        return None
    return versies[versie - 1]


def _objecttype(uuid: str) -> Json:
    naam, meervoud, omschrijving, versies = OBJECTTYPEN[SLEUTELS[uuid]]
    return {
        "url": type_ref(uuid),
        "uuid": uuid,
        "name": naam,
        "namePlural": meervoud,
        "description": omschrijving,
        "dataClassification": "confidential",
        "maintainerOrganization": "Gemeente Deventer",
        "maintainerDepartment": "",
        "contactPerson": "",
        "contactEmail": "",
        "source": "",
        "updateFrequency": "unknown",
        "providerOrganization": "",
        "documentationUrl": "",
        "labels": {},
        "linkableToZaken": False,
        "createdAt": VASTGESTELD,
        "modifiedAt": VASTGESTELD,
        "allowGeometry": False,
        "versions": [f"{type_ref(uuid)}/versions/{nummer}" for nummer in range(1, len(versies) + 1)],
    }


def _versie(uuid: str, nummer: int) -> Json:
    return {
        "url": f"{type_ref(uuid)}/versions/{nummer}",
        "version": nummer,
        "objectType": type_ref(uuid),
        "status": "published",
        "jsonSchema": OBJECTTYPEN[SLEUTELS[uuid]][3][nummer - 1],
        "createdAt": VASTGESTELD,
        "modifiedAt": VASTGESTELD,
        "publishedAt": VASTGESTELD,
    }


def _require(request: Request, uuid: str) -> None:
    authenticate(request)
    if uuid not in SLEUTELS:
        raise not_found()


@router.get("/objecttypes")
async def list_objecttypen(request: Request) -> Response:
    authenticate(request)
    params = query_of(request, frozenset({"dataClassification", "page", "pageSize"}))
    wanted = params.get("dataClassification", "confidential") == "confidential"
    return paged_in_memory(request, [_objecttype(uuid) for uuid in SLEUTELS if wanted], params)


@router.get("/objecttypes/{uuid}")
async def get_objecttype(request: Request, uuid: str) -> Response:
    _require(request, uuid)
    return answer(request, dumps(_objecttype(uuid)))


@router.get("/objecttypes/{uuid}/versions")
async def list_versies(request: Request, uuid: str) -> Response:
    _require(request, uuid)
    params = query_of(request, frozenset({"page", "pageSize"}))
    versies = OBJECTTYPEN[SLEUTELS[uuid]][3]
    return paged_in_memory(request, [_versie(uuid, nummer) for nummer in range(1, len(versies) + 1)], params)


@router.get("/objecttypes/{uuid}/versions/{nummer}")
async def get_versie(request: Request, uuid: str, nummer: int) -> Response:
    _require(request, uuid)
    if schema_of(uuid, nummer) is None:
        raise not_found()
    return answer(request, dumps(_versie(uuid, nummer)))
