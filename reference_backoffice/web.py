"""What sits between a route and the wire: who calls, headers, query parameters, paging and JSON answers."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.responses import Response

from .catalogus import Catalogus
from .config import Config
from .faults import Beheer
from .notificaties.bezorgen import Bezorger
from .problems import Problem, invalid_field, not_found
from .refs import Json, dumps, render
from .rights import Toegang, authenticate, toegang
from .store import Store

PER_PAGE = 100
MAX_PER_PAGE = 500
CRS = "EPSG:4326"
VERSIES = {
    "zaken": "1.5.1",
    "catalogi": "1.3.1",
    "documenten": "1.4.2",
    "besluiten": "1.1.0",
    "autorisaties": "1.0.0",
    "notificaties": "1.0.0",
    "objecten": "2.7.0",
    "objecttypen": "2.2.2",
    "klantinteracties": "0.9.0",
    "verwerkingen": "0.9.0",
}


@dataclass(frozen=True)
class Backoffice:
    config: Config
    store: Store
    catalogus: Catalogus
    beheer: Beheer
    bezorger: Bezorger


def get_backoffice(request: Request) -> Backoffice:
    backoffice: Backoffice = request.app.state.backoffice
    return backoffice


Context = Annotated[Backoffice, Depends(get_backoffice)]


def require(request: Request, component: str, *scopes: str) -> Toegang:
    """The rights of the caller for any one of these scopes.

    Raises: Problem 403.
    """
    backoffice = get_backoffice(request)
    config = backoffice.config
    client = authenticate(request.headers.get("authorization"), config.clients, config.jwt_geldig_seconden)
    return toegang(client, component, scopes, backoffice.catalogus.uuids_of_types)


def may(request: Request, component: str, scope: str) -> bool:
    try:
        require(request, component, scope)
    except Problem:
        return False
    return True


def check_crs(request: Request, *, content: bool = False) -> None:
    """Raises: Problem 412 when a CRS header lacks, 406 when it names another system than EPSG:4326."""
    for header in ("Accept-Crs", "Content-Crs") if content else ("Accept-Crs",):
        value = request.headers.get(header)
        if value is None:
            raise Problem(412, "precondition_failed", f"'{header}' header ontbreekt")
        if value != CRS:
            raise Problem(406, "not_acceptable", f"CRS '{value}' is niet ondersteund")


async def body_of(request: Request) -> Json:
    """The JSON object that was sent.

    Raises: Problem 415 for another content type, 400 for what is not a JSON object.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Problem(415, "unsupported_media_type")
    try:
        body = await request.json()
    except ValueError as exc:
        raise Problem(400, "parse_error", "JSON-parseerfout") from exc
    if not isinstance(body, dict):
        raise invalid_field("nonFieldErrors", "invalid", "Ongeldige data. Verwacht een object.")
    return body


def query_of(request: Request, allowed: frozenset[str], oz: frozenset[str] = frozenset()) -> dict[str, str]:
    """The query parameters.

    allowed: those of the standard; oz: those that only Open Zaak knows.
    Raises: Problem 400 `unknown-parameters`.
    """
    known = allowed | oz if get_backoffice(request).config.oz else allowed
    if unknown := sorted(set(request.query_params) - known):
        raise invalid_field("nonFieldErrors", "unknown-parameters", f"Onbekende query parameters: {', '.join(unknown)}")
    return dict(request.query_params)


def page_of(params: dict[str, str]) -> tuple[int, int]:
    """Page number from 1 and page size; a nonsense size gives the default.

    Raises: Problem 404 for a nonsense page.
    """
    page, size = params.get("page", "1"), params.get("pageSize", "")
    if not page.isascii() or not page.isdigit() or int(page) < 1 or len(page) > 9:
        raise not_found("Ongeldige pagina.")
    size_ok = size.isascii() and size.isdigit() and len(size) < 5 and int(size) > 0
    return int(page), min(int(size), MAX_PER_PAGE) if size_ok else PER_PAGE


def check_page(page: int, size: int, count: int) -> None:
    """Raises: Problem 404 past the end."""
    if page > 1 and (page - 1) * size >= count:
        raise not_found("Ongeldige pagina.")


def _headers(request: Request) -> dict[str, str]:
    api = request.url.path.split("/")[1]
    headers = {"API-version": VERSIES[api]} if api in VERSIES else {}
    if request.url.path.startswith(("/zaken/api/v1/zaken", "/objecten/api/v2/objects")):
        headers["Content-Crs"] = CRS
    return headers


def answer(request: Request, text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    content = render(text, get_backoffice(request).config.public_url)
    return Response(content, status, {**_headers(request), **(headers or {})}, "application/json")


def detail(request: Request, text: str, expanded: str | None = None) -> Response:
    """One resource with its ETag; 304 when the caller has it. expanded: what to send instead of the bare text."""
    tag = f'"{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}"'
    known = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers={"ETag": tag})
    return answer(request, expanded or text, headers={"ETag": tag})


def created(request: Request, data: Json) -> Response:
    text = dumps(data)
    location = render(f'"{data["url"]}"', get_backoffice(request).config.public_url).decode().strip('"')
    return answer(request, text, 201, {"Location": location})


def listing(request: Request, texts: list[str]) -> Response:
    """A plain array: the lists that the standard does not page."""
    return answer(request, f"[{','.join(texts)}]")


def paged(request: Request, texts: list[str], count: int, page: int, size: int) -> Response:
    """A page of a list. texts: only the rows of this page."""
    more = page * size < count
    envelope = (
        f'{{"count":{count},"next":{dumps(_page_url(request, page + 1) if more else None)},'
        f'"previous":{dumps(_page_url(request, page - 1) if page > 1 else None)},"results":[{",".join(texts)}]}}'
    )
    return answer(request, envelope)


def paged_in_memory(request: Request, rows: list[Any], params: dict[str, str]) -> Response:
    page, size = page_of(params)
    check_page(page, size, len(rows))
    return paged(request, [dumps(row) for row in rows[(page - 1) * size : page * size]], len(rows), page, size)


def _page_url(request: Request, page: int) -> str:
    params = {**request.query_params, "page": str(page)}
    if page == 1:
        del params["page"]
    query = f"?{urlencode(sorted(params.items()))}" if params else ""
    return f"{get_backoffice(request).config.public_url}{request.url.path}{query}"
