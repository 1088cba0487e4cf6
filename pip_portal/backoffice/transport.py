"""Connections on the wire: aiohttp under the httpx API, a third of the CPU time of httpx's own."""

import ssl

import aiohttp
from httpx_aiohttp import AiohttpTransport

from pip_portal.settings import Api


def aiohttp_transport(api: Api) -> AiohttpTransport:
    """Connections of our own: no cookies, no proxy from the environment, as many as the slots allow."""
    context: ssl.SSLContext | bool = True
    if api.root.startswith("https://"):
        context = ssl.create_default_context(cafile=str(api.ca) if api.ca else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if api.client_certificate is not None:
            context.load_cert_chain(api.client_certificate, api.client_key)
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=context, keepalive_timeout=15),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        trust_env=False,
    )
    return AiohttpTransport(client=session, trust_env=False)
