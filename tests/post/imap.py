"""A mailbox over IMAP with TLS, as far as the portal speaks it: what is read can be marked as seen."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

FETCH = re.compile(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", re.IGNORECASE)
STORE = re.compile(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)", re.IGNORECASE)


@dataclass
class Mailbox:
    """berichten: by uid. valt_om: breaks the line at the first FETCH. klaar: all were seen, and somebody left."""

    wachtwoord: str = "geheim"
    berichten: dict[int, bytes] = field(default_factory=dict)
    gezien: set[int] = field(default_factory=set)
    valt_om: bool = False
    klaar: asyncio.Event = field(default_factory=asyncio.Event)

    async def bedien(self, lezer: asyncio.StreamReader, schrijver: asyncio.StreamWriter) -> None:
        schrijver.write(b"* OK klaar\r\n")
        while regel := await lezer.readline():
            tag, _, opdracht = regel.decode().strip().partition(" ")
            if self.valt_om and FETCH.fullmatch(opdracht):
                break
            for antwoord in self._antwoorden(opdracht):
                schrijver.write(antwoord + b"\r\n")
            goed = not opdracht.upper().startswith("LOGIN") or self.wachtwoord in opdracht
            schrijver.write(f"{tag} {'OK' if goed else 'NO'} klaar\r\n".encode())
            await schrijver.drain()
            if opdracht.upper() == "LOGOUT":
                if self.gezien == self.berichten.keys():
                    self.klaar.set()
                break
        schrijver.close()

    def _antwoorden(self, opdracht: str) -> list[bytes]:
        if opdracht.upper().startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1"]
        if opdracht.upper().startswith("SELECT"):
            return [f"* {len(self.berichten)} EXISTS".encode()]
        if opdracht.upper().startswith("UID SEARCH"):
            return [b"* SEARCH " + " ".join(str(uid) for uid in self.berichten if uid not in self.gezien).encode()]
        if gevonden := FETCH.fullmatch(opdracht):
            uid, aantal = map(int, gevonden.groups())
            inhoud = self.berichten[uid][:aantal]
            return [f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(inhoud)}}}".encode(), inhoud + b")"]
        if gevonden := STORE.fullmatch(opdracht):
            self.gezien.add(int(gevonden.group(1)))
        return []


@asynccontextmanager
async def imap_server(mailbox: Mailbox, certificaat: Path) -> AsyncIterator[int]:
    """The port of a running server."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificaat)
    server = await asyncio.start_server(mailbox.bedien, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
