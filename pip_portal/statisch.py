"""Built files: sent compressed as they lie on disk, and kept by browsers for ever, as their name holds their hash."""

import mimetypes
import re

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HASHED = re.compile(r"dist/.+[.-][0-9A-Za-z]{8,10}\.\w+")
CODINGS = (("br", ".br"), ("gzip", ".gz"))


class StaticAssets(StaticFiles):
    """Static files, with the compressed sibling that the build made when the browser takes it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        coding, suffix = self._coding(path, scope)
        response = await super().get_response(path + suffix, scope)
        if coding:
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if HASHED.fullmatch(path) else "public, max-age=3600"
        )
        return response

    def _coding(self, path: str, scope: Scope) -> tuple[str, str]:
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
        for coding, suffix in CODINGS:
            if coding in accepted and self.lookup_path(path + suffix)[1] is not None:
                return coding, suffix
        return "", ""
