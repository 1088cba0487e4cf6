"""All that sits between a route and HTML: pages and fragments, forms, and the time a page may take."""

import asyncio
import gzip
import json
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2_fragments import render_block

from pip_portal import weergave
from pip_portal.paths import STATIC, TEMPLATES
from pip_portal.taal import _, ngettext, taal

T = TypeVar("T")


@lru_cache
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads((STATIC / "dist" / "manifest.json").read_text())
    return manifest


def asset(name: str) -> str:
    """URL of a built file, with its hash in the name so that browsers may keep it for ever."""
    return f"/static/dist/{_manifest()[name]}"


def address(request: Request) -> str:
    """Path and query of this page, for what leads back to it: the language switch, and trying again."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def make_templates() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True, default_for_string=True),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]  # from jinja2.ext.i18n
    for filter_ in (
        weergave.datum,
        weergave.tijdstip,
        weergave.bestandsgrootte,
        weergave.euro,
    ):
        env.filters[filter_.__name__] = filter_
    env.globals.update(asset=asset, address=address, taal=taal)
    env.globals["ui"] = env.get_template("components.html").module
    env.globals["veldtypen"] = env.get_template("veldtypen.html").module
    return env


TEMPLATE_ENV = make_templates()


def wants_fragment(request: Request) -> bool:
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def page(
    request: Request, template: str, *, fragment: str | None = None, status_code: int = 200, **context: Any
) -> HTMLResponse:
    """The whole page, or only its block `fragment` when htmx asks."""
    sessie, medewerker = getattr(request.state, "sessie", None), getattr(request.state, "medewerker", None)
    context |= {
        "request": request,
        "url_for": request.url_for,
        "gebruiker": sessie.gebruiker if sessie else None,
        "weergavenaam": sessie.weergavenaam if sessie else None,
        "machtiging": sessie.gebruiker.machtiging if sessie else None,
        "sessie_resterend": sessie.resterend if sessie else None,
        "csrf": houder.csrf if (houder := sessie or medewerker) else "",
        "medewerker": medewerker,
        "ongelezen": getattr(request.state, "ongelezen", 0),
        "ongelezen_berichten": getattr(request.state, "ongelezen_berichten", 0),
    }
    if fragment and wants_fragment(request):
        html = render_block(TEMPLATE_ENV, template, fragment, **context)
    else:
        html = TEMPLATE_ENV.get_template(template).render(**context)
    response = _html(request, html, status_code)
    if sessie:
        response.headers["Sessie-Resterend"] = str(sessie.resterend)  # keeps the warning right after a fragment
    return response


def _html(request: Request, html: str, status_code: int) -> HTMLResponse:
    """The page, compressed when the citizen came here from us or by themselves.

    Never after another site sent the browser here: who can make a browser ask for pages with words of their choice
    could read a secret in the page from its compressed size (the BREACH attack).
    """
    body = html.encode()
    headers = {"Vary": "Accept-Encoding, Sec-Fetch-Site"}
    own = request.headers.get("sec-fetch-site") in ("same-origin", "none")
    if own and len(body) > 1000 and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, compresslevel=5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status_code, headers)


def local_path(pad: str, default: str) -> str:
    """The path when it is one of our own site, else the default: no redirect ever leaves the portal."""
    veilig = (
        pad.startswith("/")
        and not pad.startswith(("//", "/\\"))
        and "\\" not in pad
        and len(pad) <= 1000
        and pad.isprintable()
    )
    return pad if veilig else default


async def binnen_budget(request: Request, werk: Coroutine[Any, Any, T]) -> T | None:
    """The result, or None when it is not there within the page budget: the page then shows a waiting panel.

    The panel asks again with htmx, and the link "Probeer opnieuw" with ?geduld=1; both wait until it is there.
    """
    if wants_fragment(request) or request.query_params.get("geduld") == "1":
        return await werk
    try:
        return await asyncio.wait_for(werk, request.app.state.settings.pagina_budget)
    except TimeoutError:
        return None


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a plain form post; anything else than text is left out."""
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        body = (await request.body()).decode("utf-8", "replace")
        return dict(parse_qsl(body, keep_blank_values=True))
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}
