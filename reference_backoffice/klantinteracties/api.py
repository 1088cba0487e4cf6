"""The routes: for each soort a list, a detail and what may be written; and maak-klantcontact."""

import hmac
import json
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import Response

from ..problems import Problem, invalid_field, not_found
from ..refs import Json, dumps
from ..store import interactie
from ..web import Backoffice, Context, answer, body_of, check_page, created, page_of, paged, query_of
from .bron import SOORTEN, Beeld, Soort, load
from .filters import clauses_of, names_of
from .regels import Schrijver

WIJZIGBAAR: Final = frozenset(SOORTEN) - {"actoren", "actorklantcontacten"}
VERWIJDERBAAR: Final = frozenset(
    {"digitaleadressen", "partij-identificatoren", "onderwerpobjecten", "bijlagen", "actorklantcontacten"}
)


def check_token(request: Request, backoffice: Context) -> None:
    """Raises: Problem 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Token" or not token:
        raise Problem(401, "not_authenticated")
    if not hmac.compare_digest(token.encode(), backoffice.config.klantinteracties_token.encode()):
        raise Problem(401, "authentication_failed", "Ongeldige token.")


router = APIRouter(prefix="/klantinteracties/api/v1", dependencies=[Depends(check_token)])


def _expand_of(soort: Soort, params: dict[str, str]) -> frozenset[str]:
    wanted = frozenset(path for path in params.get("expand", "").split(",") if path)
    for path in sorted(wanted - soort.expand):
        reason = f"Selecteer een geldige keuze. {path} is geen beschikbare keuze."
        raise invalid_field("expand", "invalid_choice", reason)
    return wanted


async def _list(request: Request, backoffice: Backoffice, soort: Soort) -> Response:
    names = names_of(soort.pad, oud=backoffice.config.klantinteracties_oud) | {"page", "pageSize"}
    params = query_of(request, names | {"expand"} if soort.expand else names)
    expand = _expand_of(soort, params)
    page, size = page_of(params)
    conditions, tests = clauses_of(soort.pad, params, oud=backoffice.config.klantinteracties_oud)
    query = select(interactie).where(*conditions).order_by(interactie.c.volgnr.desc())
    async with backoffice.store.read() as db:
        rows = (await db.execute(query)).mappings().all()
        if tests:
            rows = [row for row in rows if all(test(json.loads(row["data"])) for test in tests)]
        check_page(page, size, len(rows))
        shown = rows[(page - 1) * size : page * size]
        beeld = Beeld(db, oud=backoffice.config.klantinteracties_oud)
        texts = [dumps(data) for data in await beeld.render(soort.pad, shown, expand)]
    request.state.rijen = len(texts)
    return paged(request, texts, len(rows), page, size)


async def _one(backoffice: Backoffice, pad: str, uuid: str, expand: frozenset[str] = frozenset()) -> Json:
    async with backoffice.store.read() as db:
        beeld = Beeld(db, oud=backoffice.config.klantinteracties_oud)
        return (await beeld.render(pad, [await load(db, pad, uuid)], expand))[0]


async def _get(request: Request, backoffice: Backoffice, soort: Soort, uuid: str) -> Response:
    params = query_of(request, frozenset({"expand"} if soort.expand else ()))
    return answer(request, dumps(await _one(backoffice, soort.pad, uuid, _expand_of(soort, params))))


async def _create(request: Request, backoffice: Backoffice, soort: Soort) -> Response:
    body = await body_of(request)
    async with backoffice.store.write() as db:
        uuid = await Schrijver(db, backoffice.config).create(soort.pad, body)
    return created(request, await _one(backoffice, soort.pad, uuid))


async def _change(request: Request, backoffice: Backoffice, soort: Soort, uuid: str) -> Response:
    body = await body_of(request)
    async with backoffice.store.write() as db:
        await Schrijver(db, backoffice.config).change(soort.pad, uuid, body)
    return answer(request, dumps(await _one(backoffice, soort.pad, uuid)))


async def _delete(_request: Request, backoffice: Backoffice, soort: Soort, uuid: str) -> Response:
    async with backoffice.store.write() as db:
        await Schrijver(db, backoffice.config).delete(soort.pad, uuid)
    return Response(status_code=204)


def _add_routes(soort: Soort) -> None:
    """The same few routes for each soort."""

    async def collection(request: Request, backoffice: Context) -> Response:
        handler = _list if request.method == "GET" else _create
        return await handler(request, backoffice, soort)

    async def resource(request: Request, uuid: str, backoffice: Context) -> Response:
        handler: Any = {"GET": _get, "PATCH": _change, "DELETE": _delete}[request.method]
        response: Response = await handler(request, backoffice, soort, uuid)
        return response

    methods = ["GET"]
    if soort.pad in WIJZIGBAAR:
        methods.append("PATCH")
    if soort.pad in VERWIJDERBAAR:
        methods.append("DELETE")
    router.add_api_route(f"/{soort.pad}", collection, methods=["GET", "POST"], name=f"klantinteracties:{soort.pad}")
    router.add_api_route(f"/{soort.pad}/{{uuid}}", resource, methods=methods, name=f"klantinteracties:{soort.naam}")


for _soort in SOORTEN.values():
    _add_routes(_soort)


@router.post("/maak-klantcontact")
async def maak_klantcontact(request: Request, backoffice: Context) -> Response:
    """A klantcontact with its betrokkene and onderwerpobject: all of them, or nothing."""
    if backoffice.config.klantinteracties_oud:
        raise not_found()
    body = await body_of(request)
    if "klantcontact" not in body:
        raise invalid_field("klantcontact", "required", "Dit veld is vereist.")
    made = {}
    async with backoffice.store.write() as db:
        schrijver = Schrijver(db, backoffice.config)
        made["klantcontact"] = await schrijver.create("klantcontacten", body["klantcontact"], "klantcontact.")
        for veld, pad, naar in (
            ("betrokkene", "betrokkenen", "hadKlantcontact"),
            ("onderwerpobject", "onderwerpobjecten", "klantcontact"),
        ):
            if veld in body:
                inner = body[veld]
                if isinstance(inner, dict):
                    inner = inner | {naar: {"uuid": made["klantcontact"]}}
                made[veld] = await schrijver.create(pad, inner, f"{veld}.")
    pads = {"klantcontact": "klantcontacten", "betrokkene": "betrokkenen", "onderwerpobject": "onderwerpobjecten"}
    result = {veld: await _one(backoffice, pads[veld], uuid) for veld, uuid in made.items()}
    return answer(request, dumps(result), 201)
