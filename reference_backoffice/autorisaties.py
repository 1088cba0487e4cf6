"""Autorisaties API, read-only: the rights of each client, as they are enforced here."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from .catalogus import Catalogus
from .config import Client, Recht
from .problems import not_found
from .refs import Json, dumps, ref, seed_uuid
from .web import Context, detail, paged_in_memory, query_of, require

router = APIRouter(prefix="/autorisaties/api/v1")

# component: (name of the type in the answer, kind in the catalogus)
TYPEN: Final = {
    "zrc": ("zaaktype", "zaaktypen"),
    "drc": ("informatieobjecttype", "informatieobjecttypen"),
    "brc": ("besluittype", "besluittypen"),
}


WEERGAVEN: Final = {
    "zrc": "Zaken API",
    "ztc": "Catalogi API",
    "drc": "Documenten API",
    "brc": "Besluiten API",
    "ac": "Autorisaties API",
    "nrc": "Notificaties API",
}


def _autorisaties(recht: Recht, catalogus: Catalogus) -> list[Json]:
    """One entry per type, as the API has it; a component without types has one entry."""
    base: Json = {
        "component": recht.component,
        "componentWeergave": WEERGAVEN[recht.component],
        "scopes": list(recht.scopes),
    }
    if recht.component not in TYPEN:
        return [base]
    name, soort = TYPEN[recht.component]
    if recht.component != "brc":
        base["maxVertrouwelijkheidaanduiding"] = recht.plafond
    allowed = {uuid for typen in recht.typen for uuid in catalogus.uuids_of_types.get(typen, ())}
    return [
        {**base, name: data["url"]}
        for uuid, data in catalogus.soorten[soort].items()
        if not recht.typen or uuid in allowed
    ]


def applicatie(client: Client, catalogus: Catalogus) -> Json:
    return {
        "url": ref("autorisaties", "applicaties", seed_uuid("applicatie", client.client_id)),
        "clientIds": [client.client_id],
        "label": client.label,
        "heeftAlleAutorisaties": False,
        "autorisaties": [entry for recht in client.rechten for entry in _autorisaties(recht, catalogus)],
    }


@router.get("/applicaties")
async def list_applicaties(request: Request, backoffice: Context) -> Response:
    require(request, "ac", "autorisaties.lezen")
    params = query_of(request, frozenset({"clientIds", "page"}), frozenset({"pageSize"}))
    wanted = params.get("clientIds", "").split(",") if "clientIds" in params else None
    rows = [
        applicatie(client, backoffice.catalogus)
        for client in backoffice.config.clients
        if wanted is None or client.client_id in wanted
    ]
    return paged_in_memory(request, rows, params)


@router.get("/applicaties/consumer")
async def get_applicatie_of_consumer(request: Request, backoffice: Context) -> Response:
    require(request, "ac", "autorisaties.lezen")
    client_id = query_of(request, frozenset({"clientId"})).get("clientId", "")
    for client in backoffice.config.clients:
        if client.client_id == client_id:
            return detail(request, dumps(applicatie(client, backoffice.catalogus)))
    raise not_found()


@router.api_route("/applicaties/{uuid}", methods=["GET", "HEAD"])
async def get_applicatie(request: Request, uuid: str, backoffice: Context) -> Response:
    require(request, "ac", "autorisaties.lezen")
    for client in backoffice.config.clients:
        if seed_uuid("applicatie", client.client_id) == uuid:
            return detail(request, dumps(applicatie(client, backoffice.catalogus)))
    raise not_found()
