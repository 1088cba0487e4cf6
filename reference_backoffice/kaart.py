"""A stand-in for a tile server: a drawn town instead of a real map, so that a form can be tried without internet.

Streets lie on a grid of the earth, so that tiles join; zooming in shows the same ones, and others between them.
"""

import functools
import struct
import zlib
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from .problems import not_found

router = APIRouter(prefix="/kaart")

SIZE: Final = 256
MAX_ZOOM: Final = 19
# Colours of the palette: land, water, park, street, main road, block.
PALETTE: Final = bytes.fromhex("f2efe9 aad3df c8facc ffffff fcd6a4 d9d0c9".replace(" ", ""))
LAND, WATER, PARK, STRAAT, WEG, BLOK = range(6)
RIVER: Final = 6.147  # longitude of the river where the town lies
CELL: Final = 64  # pixels between two streets at every zoom


@router.get("/{z:int}/{x:int}/{y:int}.png")
async def tile(z: int, x: int, y: int) -> Response:
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise not_found()
    return Response(draw(z, x, y), media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})


@functools.lru_cache(maxsize=512)
def draw(z: int, x: int, y: int) -> bytes:
    """One tile as PNG with a palette."""
    columns = [_column(z, x * SIZE + px) for px in range(SIZE)]
    rows = [_row(y * SIZE + py) for py in range(SIZE)]
    lines = []
    for py in range(SIZE):
        street = rows[py]
        lines.append(b"\0" + bytes(_pixel(column, street) for column in columns))
    return _png(b"".join(lines))


def _column(z: int, global_x: int) -> int:
    lon = global_x / (SIZE * 2**z) * 360 - 180
    wide = max(0.0012, 6 * 360 / (SIZE * 2**z))
    if abs(lon - RIVER) < wide:
        return WATER
    return _line(global_x)


def _row(global_y: int) -> int:
    return _line(global_y)


def _line(position: int) -> int:
    """What runs at this position across the grid: a main road on each fourth line, a street on the others."""
    cell, offset = divmod(position, CELL)
    if cell % 4 == 0:
        return WEG if offset < 10 else BLOK
    if offset < 6:
        return STRAAT
    return PARK if cell % 7 == 3 else BLOK


def _pixel(column: int, row: int) -> int:
    if column == WATER:
        return WEG if row == WEG else WATER  # a bridge
    for kind in (WEG, STRAAT):
        if kind in (column, row):
            return kind
    if column == row == PARK:
        return PARK
    return BLOK if column == row else LAND


def _png(raw: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 3, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"PLTE", PALETTE) + chunk(b"IDAT", zlib.compress(raw, 6))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")
