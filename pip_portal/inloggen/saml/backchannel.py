"""The back channel: SOAP over mutual TLS, one attempt, small answers only."""

import ssl
import zlib
from pathlib import Path

import anyio
import httpx

from pip_portal.inloggen.saml.metadata import MAX_METADATA, check_url
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.xml import MAX_MESSAGE

SECONDS = 10.0
SOAP_ACTION = '"http://www.oasis-open.org/committees/security"'
_XML_TYPES = ("text/xml", "application/xml", "application/soap+xml", "application/samlmetadata+xml")


def tls_context(ca: Path | None, client: tuple[Path, Path] | None) -> ssl.SSLContext:
    """TLS 1.2 or newer.

    ca: the only roots trusted, or None for those of the system. client: certificate and key.
    Raises: Refused when a file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if client is not None:
            context.load_cert_chain(*client)
    except (OSError, ssl.SSLError):
        raise Refused("sleutels: certificaat voor het achterkanaal is niet te lezen") from None
    return context


def open_client(context: ssl.SSLContext | None, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """One client per IdP: no redirects, nothing from the environment.

    transport: used instead of a real connection.
    """
    return httpx.AsyncClient(
        verify=context if context is not None else True,
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(SECONDS),
        headers={"Accept-Encoding": "identity"},
    )


async def call(client: httpx.AsyncClient, url: str, message: bytes) -> bytes:
    """The body of the answer to one SOAP message.

    Raises: Refused. Source: login-saml §1.6 and §3, check 4.
    """
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": SOAP_ACTION}
    return await _answer(client, client.build_request("POST", url, content=message, headers=headers), MAX_MESSAGE)


async def fetch_metadata(client: httpx.AsyncClient, url: str) -> bytes:
    """Raises: Refused."""
    check_url(url, local_http=True)
    return await _answer(client, client.build_request("GET", url), MAX_METADATA)


async def _answer(client: httpx.AsyncClient, request: httpx.Request, limit: int) -> bytes:
    try:
        with anyio.fail_after(SECONDS):
            response = await client.send(request, stream=True)
            try:
                _check_head(response)
                return await _body(response, limit)
            finally:
                await response.aclose()
    except TimeoutError:
        raise Refused("achterkanaal: geen antwoord binnen 10 seconden") from None
    except httpx.HTTPError as error:
        # Under TLS 1.3 a refused client certificate shows as ReadError.
        raise Refused(f"achterkanaal: {type(error).__name__}") from None


def _check_head(response: httpx.Response) -> None:
    if response.status_code != httpx.codes.OK:
        raise Refused(f"achterkanaal: HTTP {response.status_code}")
    kind, _, parameters = response.headers.get("Content-Type", "").lower().partition(";")
    if kind.strip() not in _XML_TYPES:
        raise Refused("achterkanaal: antwoord is geen XML")
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in ("", "utf-8"):
        raise Refused("achterkanaal: antwoord is geen UTF-8")


async def _body(response: httpx.Response, limit: int) -> bytes:
    """limit: bytes, as they come over the line and after unpacking alike."""
    raw = b""
    async for chunk in response.aiter_raw():
        raw += chunk
        if len(raw) > limit:
            raise Refused("achterkanaal: antwoord te groot")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return raw
    if encoding != "gzip":
        raise Refused("achterkanaal: onbekende codering")
    return unpack(raw, limit, wbits=zlib.MAX_WBITS | 16)


def unpack(raw: bytes, limit: int, *, wbits: int) -> bytes:
    """Decompress at most limit bytes. Raises: Refused when there is more, or it is packed differently."""
    unpacker = zlib.decompressobj(wbits)
    try:
        data = unpacker.decompress(raw, limit + 1)
    except zlib.error:
        raise Refused("inpakking: niet te lezen") from None
    if len(data) > limit or unpacker.unconsumed_tail:
        raise Refused("inpakking: uitgepakt te groot")
    return data
