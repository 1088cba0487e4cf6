"""A document on its way through: piece by piece, and closed whatever happens."""

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from pip_portal.backoffice.stukken import Download


class DownloadResponse(StreamingResponse):
    """Streams a document; when the citizen leaves halfway the connection to the source is closed at once."""

    def __init__(self, download: Download) -> None:
        super().__init__(download.inhoud, headers=download.headers)
        self._inhoud: AsyncIterator[bytes] = download.inhoud

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            close = getattr(self._inhoud, "aclose", None)
            if close is not None:
                await close()
