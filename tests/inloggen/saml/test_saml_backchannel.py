"""The back channel and the parser: checks 4 and 5 of login-saml §3."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from pip_portal.inloggen.saml import backchannel
from pip_portal.inloggen.saml.refusal import Refused
from tests.inloggen.saml.foreign_idp import BSN, ForeignIdp, http_answer
from tests.inloggen.saml.foreign_xml import Pair, pair

Http = Callable[[bytes], httpx.Response]
BIG = b"<a>" + b" " * (257 * 1024) + b"</a>"


def cut_off(_: bytes) -> httpx.Response:
    raise httpx.ReadError("connection dropped")


def slow(_: bytes) -> httpx.Response:
    raise httpx.ReadTimeout("slow")


ANSWERS: dict[str, tuple[Http, str]] = {
    "404": (lambda body: http_answer(body, status=404), "HTTP 404"),
    "500": (lambda body: http_answer(body, status=500), "HTTP 500"),
    "redirect": (lambda body: http_answer(body, 302, Location="https://idp.test/anders"), "HTTP 302"),
    "HTML": (lambda body: http_answer(b"<html></html>", content_type="text/html"), "geen XML"),
    "XML called HTML": (lambda body: http_answer(body, content_type="text/html; charset=utf-8"), "geen XML"),
    "HTML called XML": (lambda body: http_answer(b"<!DOCTYPE html><html></html>"), "DOCTYPE"),
    "no type": (lambda body: http_answer(body, content_type=""), "geen XML"),
    "other charset": (lambda body: http_answer(body, content_type="text/xml; charset=iso-8859-1"), "UTF-8"),
    "too big": (lambda body: http_answer(BIG), "te groot"),
    "gzip bomb": (lambda body: http_answer(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"), "te groot"),
    "gzip that is none": (lambda body: http_answer(body, Content_Encoding="gzip"), "inpakking"),
    "other encoding": (lambda body: http_answer(body, Content_Encoding="br"), "onbekende codering"),
    "dropped": (cut_off, "ReadError"),
    "timeout": (slow, "ReadTimeout"),
}


@pytest.mark.parametrize(("http", "reden"), ANSWERS.values(), ids=list(ANSWERS))
async def test_bad_http_answer_is_refused_after_one_attempt(connect, refused, http: Http, reden: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.http = http
    error = await refused(provider, idp)
    assert error.soort == "fout"
    assert reden in error.reden
    assert len(idp.resolved) == 1


async def test_a_small_gzipped_answer_is_read(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.http = lambda body: http_answer(gzip.compress(body), Content_Encoding="gzip")
    assert (await log_in(provider, idp)).bsn == BSN


async def test_an_answer_as_soap_xml_is_read(connect, log_in) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.http = lambda body: http_answer(body, content_type='application/soap+xml; charset="UTF-8"')
    assert (await log_in(provider, idp)).bsn == BSN


async def test_a_server_that_never_finishes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backchannel, "SECONDS", 0.05)

    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return http_answer(b"<a/>")

    async with backchannel.open_client(None, httpx.MockTransport(hang)) as client:
        with pytest.raises(Refused, match="geen antwoord"):
            await backchannel.call(client, "https://idp.test/resolve", b"<a/>")


def after_declaration(extra: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(b"?>", b"?>" + extra, 1)


XML: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "DOCTYPE": (after_declaration(b"<!DOCTYPE soapenv>"), "DOCTYPE"),
    "external entity": (
        after_declaration(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "DOCTYPE",
    ),
    "billion laughs": (after_declaration(b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'), "DOCTYPE"),
    "parameter entity": (
        after_declaration(b'<!DOCTYPE a [<!ENTITY % x SYSTEM "https://elders.test/x">%x;]>'),
        "DOCTYPE",
    ),
    "UTF-16": (lambda body: body.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "UTF-8"),
    "UTF-7 declared": (lambda body: body.replace(b"UTF-8", b"UTF-7"), "XML"),
    "latin-1 declared": (lambda body: body.replace(b"UTF-8", b"ISO-8859-1"), "UTF-8"),
    "instruction in front": (after_declaration(b'<?xml-stylesheet href="x"?>'), "verwerkingsinstructie"),
    "instruction behind": (lambda body: body + b"<?x y?>", "verwerkingsinstructie"),
    "instruction within": (lambda body: body.replace(b"Body>", b"Body><?x y?>", 1), "verwerkingsinstructie"),
    "not well formed": (lambda body: body[:-3], "niet te lezen"),
    "two roots": (lambda body: body + b"<a/>", "niet te lezen"),
    "empty": (lambda body: b"", "niet te lezen"),
    "unknown entity": (lambda body: body.replace(b"Body>", b"Body>&x;", 1), "niet te lezen"),
    "too deep": (lambda body: b"<a>" * 5000 + b"</a>" * 5000, "niet te lezen"),
}


@pytest.mark.parametrize(("raw", "reden"), XML.values(), ids=list(XML))
async def test_dangerous_xml_is_refused(connect, refused, raw: Callable[[bytes], bytes], reden: str) -> None:
    idp = ForeignIdp("digid-3")
    provider = await connect(idp)
    idp.answer.raw = raw
    assert reden in (await refused(provider, idp)).reden


def issued(name: str, by: Pair | None, host: str | None = None) -> Pair:
    """A certificate of a test authority (by), or such an authority itself (by=None)."""
    key = pair(name).key
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    authority = by or Pair(pair(name).certificate, key)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


@asynccontextmanager
async def tls_server(folder: Path, server: Pair, authority: Path) -> AsyncIterator[str]:
    """A server on a real socket that demands a client certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
    context.load_cert_chain(*server.write(folder, "server"))
    context.verify_mode = ssl.CERT_REQUIRED

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
            writer.write(head + b"<a/>")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://localhost:{running.sockets[0].getsockname()[1]}/"
    finally:
        running.close()


CONNECTIONS = {
    "good": ("ca", "localhost", True, None),
    "without client certificate": ("ca", "localhost", False, "achterkanaal: "),
    "other authority": ("vreemde ca", "localhost", True, "achterkanaal: ConnectError"),
    "other host name": ("ca", "elders.test", True, "achterkanaal: ConnectError"),
}


@pytest.mark.parametrize(("trusted", "host", "client", "reden"), CONNECTIONS.values(), ids=list(CONNECTIONS))
async def test_tls_is_mutual_and_the_server_is_checked(
    tmp_path: Path, trusted: str, host: str, client: bool, reden: str | None
) -> None:
    authority = issued("ca", None)
    other = issued("vreemde ca", None)
    files = {"ca": authority.write(tmp_path, "ca")[0], "vreemde ca": other.write(tmp_path, "vreemde")[0]}
    mine = issued("portaal", authority).write(tmp_path, "portaal")
    context = backchannel.tls_context(files[trusted], mine if client else None)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    async with (
        tls_server(tmp_path, issued("server", authority, host), files["ca"]) as url,
        backchannel.open_client(context, None) as connection,
    ):
        if reden is None:
            assert await backchannel.call(connection, url, b"<a/>") == b"<a/>"
        else:
            with pytest.raises(Refused, match=reden):
                await backchannel.call(connection, url, b"<a/>")


def test_missing_files_for_the_back_channel_are_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="achterkanaal"):
        backchannel.tls_context(tmp_path / "geen.pem", None)


async def test_proxies_from_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://kwaad.test:3128")
    async with backchannel.open_client(None, None) as client:
        assert client._mounts == {}
