"""Turning a template into a page with the headers that belong to it."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(
    request: Request, template: str, *, status_code: int = 200, posts_to: str = "", **context: Any
) -> HTMLResponse:
    """posts_to: origins outside ours that a form on this page leads to, also after a redirect."""
    html = _TEMPLATES.get_template(template).render(request=request, **context)
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {posts_to}".rstrip()
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(html, status_code=status_code, headers=headers)


def refused(request: Request, reason: str) -> HTMLResponse:
    return page(request, "geweigerd.html", status_code=404, reden=reason)
