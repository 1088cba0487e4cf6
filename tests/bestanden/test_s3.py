"""The same files in a bucket: against an S3 of our own that knows the five calls we make."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from fastapi import FastAPI

from pip_portal.bestanden.controle import bestanden_problems
from pip_portal.bestanden.opslag import Eisen
from pip_portal.settings import Settings
from tests import factories
from tests.bestanden import voorbeelden


class Emmer:
    """Put, get, delete, and an upload in parts."""

    def __init__(self) -> None:
        self.objecten: dict[str, bytes] = {}
        self.delen: dict[int, bytes] = {}
        self.stuk = False
        self.url = ""

    async def antwoord(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=sleutel/")
        pad, vraag, body = request.path, request.query, await request.read()
        if self.stuk:
            return web.Response(status=403)
        if request.method == "POST" and "uploads" in vraag:
            return web.Response(
                text="<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
            )
        if request.method == "PUT" and "partNumber" in vraag:
            self.delen[int(vraag["partNumber"])] = body
            return web.Response(headers={"ETag": f'"{vraag["partNumber"]}"'})
        if request.method == "POST":
            nummers = [int(nummer) for nummer in re.findall(rb"<PartNumber>(\d+)", body)]
            self.objecten[pad] = b"".join(self.delen.pop(nummer) for nummer in nummers)
            return web.Response(text='<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>')
        if request.method == "PUT":
            self.objecten[pad] = body
            return web.Response(headers={"ETag": '"x"'})
        if request.method == "DELETE":
            return web.Response(status=204 if self.objecten.pop(pad, None) is not None else 404)
        if pad not in self.objecten:
            return web.Response(status=404)
        kop = {"ETag": '"x"', "Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT"}
        return web.Response(body=self.objecten[pad], headers=kop)


@pytest.fixture
async def emmer() -> AsyncIterator[Emmer]:
    emmer = Emmer()
    app = web.Application(client_max_size=100_000_000)
    app.router.add_route("*", "/{pad:.*}", emmer.antwoord)
    async with TestServer(app) as server:
        emmer.url = str(server.make_url("")).rstrip("/")
        yield emmer


@pytest.fixture
def settings(database_url: str, emmer: Emmer) -> Settings:
    s3 = {
        "bucket": "pip",
        "endpoint": emmer.url,
        "sleutel_id": "sleutel",
        "geheim": "geheim",
        "voorvoegsel": "portaal",
    }
    return factories.settings(database_url, bestanden={"s3": s3})


async def test_a_file_goes_to_the_bucket_and_back(portal: FastAPI, emmer: Emmer) -> None:
    eigenaar, concept = await voorbeelden.concept(portal, factories.burger())
    bestanden = portal.state.bestanden
    in_delen = voorbeelden.pdf(tekst=voorbeelden.ruis(6_000_000))
    for inhoud in (voorbeelden.pdf(), in_delen):
        info = await bestanden.voeg_toe(
            eigenaar, concept, "bewijs", "a.pdf", voorbeelden.stroom(inhoud, 65_536), Eisen()
        )
        assert list(emmer.objecten) == [f"/pip/portaal/{info.id[:2]}/{info.id}"]
        assert b"%PDF-1" not in next(iter(emmer.objecten.values()))
        _info, stroom = await bestanden.open(info.id, concept_id=concept)
        assert b"".join([stuk async for stuk in stroom]) == inhoud
        await bestanden.verwijder(concept, info.id)
        await bestanden.verwijder(concept, info.id)
        assert emmer.objecten == {}


async def test_the_check_tells_when_the_bucket_is_not_ours(settings: Settings, emmer: Emmer) -> None:
    assert [line for line in await bestanden_problems(settings) if line.startswith("bestanden")] == []
    emmer.stuk = True
    assert "bestanden: opslaan, lezen of verwijderen lukt niet" in (await bestanden_problems(settings))[0]
