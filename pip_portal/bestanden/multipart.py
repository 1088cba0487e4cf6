"""A form with files, read as it comes in: never whole in memory, and no byte of a file before the form is ours."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from pip_portal.security import MAX_BODY, neemt_bestanden, require_token

MAX_DELEN = 1_000  # controls of one form
MAX_KOP = 4_000  # bytes of the headers of one part; a file name has at most 255 characters

# Takes one file: name of the control, name of the file, and its content as it comes in.
NeemBestand = Callable[[str, str, AsyncIterator[bytes]], Awaitable[None]]
Gebeurtenis = tuple[Literal["begin", "kop", "waarde", "koppen", "data", "eind"], bytes]


async def laat_liggen(_veld: str, _naam: str, _stroom: AsyncIterator[bytes]) -> None:
    """For a form that asks for no files."""


async def lees_multipart(request: Request, neem: NeemBestand = laat_liggen) -> list[tuple[str, str]]:
    """The text fields of a form, in order; each file is handed to `neem` while it comes in.

    The token must be the first field. A control without a file is left out; what `neem` does not read is read away.
    A plain form without files gives its fields too.
    Raises: CsrfRefused, or HTTPException (400, 413) when it is not a form that a page of ours can send.
    """
    soort, opties = parse_options_header(request.headers.get("content-type", ""))
    if soort != b"multipart/form-data":
        body = (await request.body()).decode("utf-8", "replace")
        return parse_qsl(body, keep_blank_values=True)
    if not neemt_bestanden(request.scope):  # small, and read already when its token was asked for
        async with request.form() as form:
            return [(naam, waarde) for naam, waarde in form.multi_items() if isinstance(waarde, str)]
    try:
        return await _velden(_Delen(request, opties.get(b"boundary", b"")), request, neem)
    except (FormParserError, ClientDisconnect):
        raise HTTPException(400) from None


async def _velden(delen: "_Delen", request: Request, neem: NeemBestand) -> list[tuple[str, str]]:
    velden: list[tuple[str, str]] = []
    ruimte = MAX_BODY
    for nummer in range(MAX_DELEN + 1):
        deel = await delen.volgende()
        if nummer == 0 and deel != ("csrf", None):  # also when there is nothing in it at all
            require_token(request, "")
        if deel is None:
            return velden
        naam, bestandsnaam = deel
        if bestandsnaam is None:
            waarde = bytearray()
            async for stuk in delen.inhoud():
                waarde += stuk
                if len(waarde) > ruimte:
                    raise HTTPException(413)
            ruimte -= len(waarde)
            velden.append((naam, waarde.decode("utf-8", "replace")))
            if nummer == 0 and naam == "csrf":
                require_token(request, velden[0][1])
        else:
            inhoud = delen.inhoud()
            if bestandsnaam:
                await neem(naam, bestandsnaam, inhoud)
            async for _stuk in inhoud:
                pass
    raise HTTPException(400)


class _Delen:
    """The parts of the body one after the other. The parser pushes; who reads here pulls, one chunk at a time."""

    def __init__(self, request: Request, boundary: bytes) -> None:
        if not 0 < len(boundary) <= 200:
            raise HTTPException(400)
        self._stroom = request.stream()
        self._wachtend: deque[Gebeurtenis] = deque()
        self._klaar = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": lambda: self._wachtend.append(("begin", b"")),
                "on_header_field": lambda data, van, tot: self._wachtend.append(("kop", data[van:tot])),
                "on_header_value": lambda data, van, tot: self._wachtend.append(("waarde", data[van:tot])),
                "on_header_end": lambda: self._wachtend.append(("kop", b"\n")),
                "on_headers_finished": lambda: self._wachtend.append(("koppen", b"")),
                "on_part_data": lambda data, van, tot: self._wachtend.append(("data", data[van:tot])),
                "on_part_end": lambda: self._wachtend.append(("eind", b"")),
                "on_end": self._einde,
            },
        )

    def _einde(self) -> None:
        self._klaar = True

    async def volgende(self) -> tuple[str, str | None] | None:
        """Name of the control, and name of the file (None for a text field) of the next part; None at the end."""
        gebeurtenis = await self._lees()
        if gebeurtenis is None:
            return None
        kop, waarde = b"", b""
        koppen: dict[bytes, bytes] = {}
        gelezen = 0
        while gebeurtenis[0] != "koppen":
            wat, data = gebeurtenis
            gelezen += len(data)
            if gelezen > MAX_KOP:
                raise HTTPException(400)
            if data == b"\n":
                koppen[kop.lower()] = waarde
                kop, waarde = b"", b""
            elif wat == "kop":
                kop += data
            else:
                waarde += data
            volgende = await self._lees()
            if volgende is None:
                raise HTTPException(400)
            gebeurtenis = volgende
        _soort, opties = parse_options_header(koppen.get(b"content-disposition", b""))
        naam, bestandsnaam = opties.get(b"name"), opties.get(b"filename")
        if naam is None:
            raise HTTPException(400)
        return naam.decode("utf-8", "replace"), None if bestandsnaam is None else bestandsnaam.decode(
            "utf-8", "replace"
        )

    async def inhoud(self) -> AsyncIterator[bytes]:
        """The content of the part whose headers were read."""
        while True:
            gebeurtenis = await self._lees()
            if gebeurtenis is None:
                raise HTTPException(400)
            if gebeurtenis[0] == "eind":
                return
            yield gebeurtenis[1]

    async def _lees(self) -> Gebeurtenis | None:
        while not self._wachtend:
            stuk = await anext(self._stroom, None)
            if stuk is None:
                if not self._klaar:
                    raise HTTPException(400)
                return None
            self._parser.write(stuk)
        return self._wachtend.popleft()
