"""Notificaties API: kanalen, abonnementen with their test call, and publishing."""

import json
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from sqlalchemy import delete, select, update
from starlette.responses import Response

from ..checks import Body
from ..problems import invalid_field, not_found
from ..refs import Json, dumps, internal, ref, seed_uuid
from ..store import abonnement, aflevering
from ..web import Backoffice, Context, answer, body_of, created, listing, query_of, require
from . import publiceren
from .bezorgen import post
from .publiceren import KANALEN

router = APIRouter(prefix="/notificaties/api/v1")

CONSUMEREN: Final = "notificaties.consumeren"
PUBLICEREN: Final = "notificaties.publiceren"
MAX_CALLBACK: Final = 200
TESTBERICHT: Final = dumps(
    {
        "kanaal": "test",
        "hoofdObject": "http://some.hoofdobject.nl/",
        "resource": "some_resource",
        "resourceUrl": "http://some.resource.nl/",
        "actie": "create",
        "aanmaakdatum": "2019-01-01T12:00:00Z",
        "kenmerken": {},
    }
).encode()
VELDEN: Final = {"kanaal": 50, "hoofdObject": 1000, "resource": 100, "resourceUrl": 1000, "actie": 100}


def _kanaal(naam: str) -> Json:
    return {
        "url": ref("notificaties", "kanaal", seed_uuid("kanaal", naam)),
        "naam": naam,
        "documentatieLink": "",
        "filters": list(KANALEN[naam]),
    }


@router.get("/kanaal")
async def list_kanalen(request: Request) -> Response:
    require(request, "nrc", CONSUMEREN, PUBLICEREN)
    wanted = query_of(request, frozenset({"naam"})).get("naam")
    return listing(request, [dumps(_kanaal(naam)) for naam in KANALEN if wanted in (None, naam)])


@router.get("/kanaal/{uuid}")
async def get_kanaal(request: Request, uuid: str) -> Response:
    require(request, "nrc", CONSUMEREN, PUBLICEREN)
    for naam in KANALEN:
        if seed_uuid("kanaal", naam) == uuid:
            return answer(request, dumps(_kanaal(naam)))
    raise not_found()


@router.get("/abonnement")
async def list_abonnementen(request: Request, backoffice: Context) -> Response:
    require(request, "nrc", CONSUMEREN)
    query_of(request, frozenset())
    async with backoffice.store.read() as db:
        return listing(request, list((await db.scalars(select(abonnement.c.data).order_by(abonnement.c.nummer))).all()))


@router.get("/abonnement/{uuid}")
async def get_abonnement(request: Request, uuid: str, backoffice: Context) -> Response:
    require(request, "nrc", CONSUMEREN)
    return answer(request, dumps((await _load(backoffice, uuid))[0]))


async def _load(backoffice: Backoffice, uuid: str) -> tuple[Json, str]:
    """A subscription and its secret.

    Raises: Problem 404.
    """
    query = select(abonnement.c.data, abonnement.c.auth).where(abonnement.c.uuid == uuid)
    async with backoffice.store.read() as db:
        row = (await db.execute(query)).first()
    if row is None:
        raise not_found()
    return json.loads(row.data), row.auth


@router.post("/abonnement")
async def create_abonnement(request: Request, backoffice: Context) -> Response:
    require(request, "nrc", CONSUMEREN)
    uuid = str(uuid4())
    data, auth = await _checked(request, backoffice, {"url": ref("notificaties", "abonnement", uuid)}, "")
    row = {"uuid": uuid, "callback_url": data["callbackUrl"], "auth": auth, "data": dumps(data)}
    async with backoffice.store.write() as db:
        await db.execute(abonnement.insert().values(**row))
    return created(request, data)


@router.api_route("/abonnement/{uuid}", methods=["PUT", "PATCH"])
async def change_abonnement(request: Request, uuid: str, backoffice: Context) -> Response:
    require(request, "nrc", CONSUMEREN)
    data, auth = await _load(backoffice, uuid)
    data, auth = await _checked(request, backoffice, data, auth)
    values = {"callback_url": data["callbackUrl"], "auth": auth, "data": dumps(data)}
    async with backoffice.store.write() as db:
        await db.execute(update(abonnement).where(abonnement.c.uuid == uuid).values(**values))
    return answer(request, dumps(data))


@router.delete("/abonnement/{uuid}")
async def remove_abonnement(request: Request, uuid: str, backoffice: Context) -> Response:
    require(request, "nrc", CONSUMEREN)
    await _load(backoffice, uuid)
    async with backoffice.store.write() as db:
        await db.execute(delete(aflevering).where(aflevering.c.abonnement == uuid))
        await db.execute(delete(abonnement).where(abonnement.c.uuid == uuid))
    return Response(status_code=204)


async def _checked(request: Request, backoffice: Backoffice, was: Json, auth: str) -> tuple[Json, str]:
    """The subscription as it will be, and its secret, after the test call.

    was: what there is already; only a PATCH keeps what it does not name.
    Raises: Problem 400 for a bad body, or a callback that does not answer as it should.
    """
    body = Body(await body_of(request), backoffice.config.public_url, partial=request.method == "PATCH")
    given = (was if body.partial else {"kanalen": []}) | {"auth": auth if body.partial else ""} | body.body
    body.text("callbackUrl", MAX_CALLBACK, required=True)
    body.url("callbackUrl")
    body.text("auth", 1000, required=True)
    kanalen = _kanalen(body, given["kanalen"])
    body.done()
    await _test_callback(backoffice, given["callbackUrl"], given["auth"])
    data = {
        "url": was["url"],
        "callbackUrl": given["callbackUrl"],
        "kanalen": kanalen,
        "sendCloudevents": False,
        "cloudeventFilters": [],
    }
    return data, given["auth"]


def _kanalen(body: Body, kanalen: Any) -> list[Json]:
    if not isinstance(kanalen, list) or not all(isinstance(groep, dict) for groep in kanalen):
        body.fault("kanalen", "not_a_list", "Verwachtte een lijst met items.")
        return []
    groepen = []
    for nummer, groep in enumerate(kanalen):
        filters = groep.get("filters", {})
        if groep.get("naam") not in KANALEN:
            body.fault("naam", "kanaal_naam", "Kanaal met deze naam bestaat niet.")
        elif not isinstance(filters, dict) or not all(isinstance(value, str) for value in filters.values()):
            body.fault(f"kanalen.{nummer}.filters", "invalid", "Verwachtte een object van teksten.")
        elif not filters.keys() <= set(KANALEN[groep["naam"]]):
            body.fault("filters", "inconsistent-abonnement-filters", "De filters horen niet bij het kanaal.")
        else:
            stored = {key: internal(value, body.public_url) or value for key, value in filters.items()}
            groepen.append({"naam": groep["naam"], "filters": stored})
    return groepen


async def _test_callback(backoffice: Backoffice, url: str, auth: str) -> None:
    """Call the webhook without and with its secret, as Open Notificaties does.

    Raises: Problem 400 when it does not refuse the first with 401 or 403, or does not accept the second with 2xx.
    """
    async with backoffice.bezorger.client() as client:
        outcome, _ = await post(client, url, "", TESTBERICHT)
        if outcome not in ("401", "403"):
            reason = "De opgegeven callback URL is niet beveiligd met autorisatie."
            raise invalid_field("callbackUrl", "no-auth-on-callback-url", reason)
        _, accepted = await post(client, url, auth, TESTBERICHT)
    if not accepted:
        raise invalid_field("nonFieldErrors", "invalid-callback-url", "De opgegeven callback URL is ongeldig.")


@router.post("/notificaties")
async def create_notificatie(request: Request, backoffice: Context) -> Response:
    require(request, "nrc", PUBLICEREN)
    body = Body(await body_of(request), backoffice.config.public_url)
    for name, longest in VELDEN.items():
        body.text(name, longest, required=True)
    for name in ("hoofdObject", "resourceUrl"):
        body.url(name)
    body.moment("aanmaakdatum", required=True)
    kenmerken = body.body.get("kenmerken", {})
    if not isinstance(kenmerken, dict) or not all(isinstance(value, str) for value in kenmerken.values()):
        body.fault("kenmerken", "invalid", "Verwachtte een object van teksten.")
    body.done()
    if (kanaal := body.body["kanaal"]) not in KANALEN:
        raise invalid_field("kanaal", "message_kanaal", "Kanaal met deze naam bestaat niet.")
    if not kenmerken.keys() <= set(KANALEN[kanaal]):
        raise invalid_field("kenmerken", "kenmerken_inconsistent", "De kenmerken horen niet bij het kanaal.")
    bericht = {name: body.body[name] for name in (*VELDEN, "aanmaakdatum")}
    for name in ("hoofdObject", "resourceUrl"):
        bericht[name] = internal(bericht[name], body.public_url) or bericht[name]
    bericht["kenmerken"] = {key: internal(value, body.public_url) or value for key, value in kenmerken.items()}
    async with backoffice.store.write() as db:
        await publiceren.send(db, bericht)
    return answer(request, dumps(bericht), 201)
