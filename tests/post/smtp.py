"""A real mail server on a free port, for tests: keeps what it gets, and refuses what a test tells it to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Postbus:
    """antwoord: to RCPT; na_data: to the message. Both for the next mails, until changed. dsn: knows RFC 3461."""

    antwoord: str = "250 OK"
    na_data: str = "250 OK"
    wachtwoord: str = ""
    dsn: bool = False
    opties: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    brieven: list[bytes] = field(default_factory=list)
    afzenders: list[str] = field(default_factory=list)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]] if self.dsn else responses

    async def handle_RCPT(  # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.antwoord.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.antwoord

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.na_data.startswith("250"):
            inhoud = envelope.original_content or b""
            self.brieven.append(inhoud)
            self.mails.append(message_from_bytes(inhoud, policy=policy.default))
            self.afzenders.append(envelope.mail_from or "")
        return self.na_data

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        goed = isinstance(data, LoginPassword) and data.password.decode() == self.wachtwoord
        return AuthResult(success=goed, handled=goed)


class _Smtp(SMTP):
    """Takes the options of RFC 3461, which the library does not know."""

    def _getparams(self, params: list[str]) -> dict[str, str | bool] | None:
        eigen = [optie for optie in params if optie.startswith(("RET=", "ENVID=", "NOTIFY="))]
        if self.event_handler.dsn:
            self.event_handler.opties += eigen
            params = [optie for optie in params if optie not in eigen]
        gelezen: dict[str, str | bool] | None = super()._getparams(params)
        return gelezen


@asynccontextmanager
async def smtp_server(postbus: Postbus, certificaat: Path | None = None) -> AsyncIterator[int]:
    """The port of a running server; with a certificate it demands STARTTLS, with a password also a login."""
    context = None
    if certificaat is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificaat)
    loop = asyncio.get_running_loop()

    def maak() -> SMTP:
        return _Smtp(
            postbus,
            hostname="localhost",
            loop=loop,
            enable_SMTPUTF8=True,
            tls_context=context,
            require_starttls=context is not None,
            authenticator=postbus.authenticate,
            auth_required=bool(postbus.wachtwoord),
        )

    server = await loop.create_server(maak, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def maak_certificaat(map_: Path) -> Path:
    """A certificate for localhost with its key, in one PEM file; it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    naam = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    moment = datetime.now(UTC)
    certificaat = (
        x509.CertificateBuilder()
        .subject_name(naam)
        .issuer_name(naam)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = map_ / "smtp.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificaat.public_bytes(serialization.Encoding.PEM)
    )
    return file
