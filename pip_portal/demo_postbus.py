"""The mailbox of the demo: a real mail server that delivers nothing, and a page that shows what it was given.

It stands alone, as a stranger's mail server would: it knows nothing of the portal. Everything is in memory, and gone
when it stops. It listens on this machine only.

Addresses that begin with `bounce` or `hendrik` do not exist: their mail is taken, and comes back a moment later as a
notification (RFC 3464) to the return address. With --maildir that lies in a folder too, where the portal reads it.
"""

import argparse
import asyncio
import email
import html
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel

MAX_MAILS = 500
MAX_GROOTTE = 5_000_000  # bytes
HOST = "127.0.0.1"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# The mail itself runs in a frame that may do nothing: no script, no form, nothing from elsewhere.
PAGINA_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
MAIL_CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox"
STIJL = """
:root { color-scheme: light dark }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif }
table { width: 100%; border-collapse: collapse }
th, td { padding: .5rem .75rem; border-bottom: 1px solid; text-align: start; vertical-align: top }
caption { text-align: start; padding-block: .5rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid }
iframe { width: 100%; height: 40rem; border: 1px solid; background: #fff }
dt { font-weight: bold }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere }
button { font: inherit; padding: .5rem 1rem }
a:focus-visible, button:focus-visible { outline: 3px solid; outline-offset: 2px }
"""


BESTAAT_NIET = ("bounce", "hendrik")
NIET_BEZORGD = """\
From: MAILER-DAEMON@postbus.example\r
To: {afzender}\r
Subject: Uw mail is niet bezorgd\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="=grens="\r
\r
--=grens=\r
Content-Type: text/plain; charset=utf-8\r
\r
Het adres {adres} bestaat niet.\r
--=grens=\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; postbus.example\r
\r
Final-Recipient: rfc822; {adres}\r
Action: failed\r
Status: 5.1.1\r
\r
--=grens=\r
Content-Type: text/rfc822-headers\r
\r
{koppen}\r
--=grens=--\r
"""


@dataclass(frozen=True)
class Ontvangen:
    nummer: int
    aan: tuple[str, ...]
    bericht: EmailMessage
    op: datetime

    @property
    def onderwerp(self) -> str:
        return str(self.bericht["Subject"] or "(geen onderwerp)")

    def deel(self, soort: str) -> str:
        """The text or HTML part; empty when there is none."""
        gevonden = self.bericht.get_body((soort,))
        return str(gevonden.get_content()) if gevonden is not None else ""


class Sms(BaseModel):
    """As NotifyNL takes it."""

    phone_number: str
    template_id: str
    personalisation: dict[str, str] = {}


@dataclass
class Postbus:
    """What came in, newest first; the oldest goes when it is full."""

    maildir: Path | None = None
    mails: deque[Ontvangen] = field(default_factory=lambda: deque(maxlen=MAX_MAILS))
    _teller: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        bericht = email.message_from_bytes(envelope.original_content or b"", policy=default)
        self._leg_neer(tuple(envelope.rcpt_tos), bericht)
        for adres in envelope.rcpt_tos:
            if adres.lower().startswith(BESTAAT_NIET) and envelope.mail_from:
                self._kom_terug(adres, envelope.mail_from, bericht)
        return "250 OK"

    def _leg_neer(self, aan: tuple[str, ...], bericht: EmailMessage) -> None:
        self._teller += 1
        self.mails.appendleft(Ontvangen(self._teller, aan, bericht, datetime.now(AMSTERDAM)))

    def neem_sms(self, sms: Sms) -> None:
        """A text message is shown between the mails."""
        bericht = EmailMessage()
        bericht["Subject"] = "Sms"
        bericht["From"] = "Gemeente Deventer (sms)"
        bericht.set_content(f"Uw code is {sms.personalisation.get('code', '')}. Vul die in op het portaal.")
        self._leg_neer((sms.phone_number,), bericht)

    def _kom_terug(self, adres: str, afzender: str, bericht: EmailMessage) -> None:
        """As the mail server of the receiver would say it."""
        koppen = "".join(f"{naam}: {bericht[naam]}\r\n" for naam in ("From", "To", "Subject", "Message-ID"))
        melding = NIET_BEZORGD.format(adres=adres, afzender=afzender, koppen=koppen).encode()
        self._leg_neer((afzender,), email.message_from_bytes(melding, policy=default))
        if self.maildir is not None:
            naam = f"{time.time_ns()}.{self._teller}.postbus"
            (self.maildir / "tmp" / naam).write_bytes(melding)
            (self.maildir / "tmp" / naam).rename(self.maildir / "new" / naam)

    def vind(self, nummer: int) -> Ontvangen:
        """Raises: HTTPException (404)."""
        for mail in self.mails:
            if mail.nummer == nummer:
                return mail
        raise HTTPException(404)


def create_app(postbus: Postbus, smtp_poort: int) -> FastAPI:
    """The page; its mail server runs as long as the page does. smtp_poort 0: a free one, in app.state.smtp_poort."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def maak() -> SMTP:
            return SMTP(postbus, hostname="localhost", loop=loop, enable_SMTPUTF8=True, data_size_limit=MAX_GROOTTE)

        server = await loop.create_server(maak, HOST, smtp_poort)
        app.state.smtp_poort = server.sockets[0].getsockname()[1]
        yield
        server.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/gezond")
    async def gezond() -> Response:
        return PlainTextResponse("gezond\n")

    @app.post("/v2/notifications/sms", status_code=201)
    async def sms(bericht: Sms) -> dict[str, str]:
        postbus.neem_sms(bericht)
        return {"id": str(uuid4())}

    @app.get("/")
    async def lijst() -> Response:
        return _pagina("Postbus van de demo", _lijst(list(postbus.mails)))

    @app.post("/legen")
    async def legen() -> Response:
        postbus.mails.clear()
        return RedirectResponse("/", 303)

    @app.get("/mail/{nummer}")
    async def mail(nummer: int) -> Response:
        gevonden = postbus.vind(nummer)
        return _pagina(gevonden.onderwerp, _mail(gevonden))

    @app.get("/mail/{nummer}/html")
    async def opgemaakt(nummer: int) -> Response:
        elders = postbus.vind(nummer).deel("html").replace("<head>", '<head><base target="_blank">', 1)
        return HTMLResponse(elders, headers=_koppen(MAIL_CSP))

    return app


def _koppen(csp: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": csp,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _pagina(titel: str, inhoud: str) -> Response:
    e = html.escape(titel)
    return HTMLResponse(
        f'<!DOCTYPE html>\n<html lang="nl"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{e}</title>'
        f"<style>{STIJL}</style></head><body><main><h1>{e}</h1>{inhoud}</main></body></html>",
        headers=_koppen(PAGINA_CSP),
    )


def _lijst(mails: list[Ontvangen]) -> str:
    uitleg = (
        "<p>Alle mail en sms die de demo verstuurt, komt hier. Er gaat niets naar een echt adres. Een adres dat begint "
        "met bounce of hendrik bestaat niet: die mail komt terug.</p>"
    )
    if not mails:
        return f"{uitleg}<p>Er is nog geen mail. Verstuur iets in het portaal en laad deze pagina opnieuw.</p>"
    rijen = "".join(
        f'<tr><td>{mail.op:%H.%M.%S}</td><td><a href="/mail/{mail.nummer}">{html.escape(mail.onderwerp)}</a></td>'
        f"<td>{html.escape(', '.join(mail.aan))}</td></tr>"
        for mail in mails
    )
    return (
        f"{uitleg}<table><caption>{len(mails)} {'mail' if len(mails) == 1 else 'mails'}, de nieuwste eerst</caption>"
        '<thead><tr><th scope="col">Tijd</th><th scope="col">Onderwerp</th><th scope="col">Aan</th></tr></thead>'
        f"<tbody>{rijen}</tbody></table>"
        '<form method="post" action="/legen"><p><button type="submit">Postbus leegmaken</button></p></form>'
    )


def _mail(mail: Ontvangen) -> str:
    koppen = "".join(
        f"<dt>{naam}</dt><dd>{html.escape(waarde)}</dd>"
        for naam, waarde in (
            ("Van", str(mail.bericht["From"] or "")),
            ("Aan", ", ".join(mail.aan)),
            ("Nummer van de mail", str(mail.bericht["Message-ID"] or "")),
            ("Ontvangen", f"{mail.op:%d-%m-%Y %H.%M.%S}"),
        )
    )
    opgemaakt = ""
    if mail.deel("html"):
        opgemaakt = (
            "<h2>Zoals een mailprogramma het toont</h2>"
            f'<iframe src="/mail/{mail.nummer}/html" title="De opgemaakte mail" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        )
    return (
        f'<p><a href="/">Terug naar de postbus</a></p><dl>{koppen}</dl>'
        f"<h2>Als tekst</h2><pre>{_met_links(mail.deel('plain'))}</pre>{opgemaakt}"
    )


def _met_links(tekst: str) -> str:
    """The text, with a link for each line that is a web address and nothing else."""
    regels = []
    for regel in html.escape(tekst).splitlines():
        is_adres = regel.startswith(("http://", "https://")) and " " not in regel
        regels.append(f'<a href="{regel}">{regel}</a>' if is_adres else regel)
    return "\n".join(regels)


def main() -> None:
    parser = argparse.ArgumentParser("pip_portal.demo_postbus", description="mailbox for the demo")
    parser.add_argument("--web", type=int, default=8030)
    parser.add_argument("--smtp", type=int, default=8025)
    parser.add_argument("--maildir", type=Path, help="folder where mail that comes back is put too")
    args = parser.parse_args()
    for naam in ("new", "cur", "tmp") if args.maildir else ():
        (args.maildir / naam).mkdir(parents=True, exist_ok=True)
    uvicorn.run(
        create_app(Postbus(args.maildir), args.smtp), host=HOST, port=args.web, access_log=False, server_header=False
    )


if __name__ == "__main__":
    main()
