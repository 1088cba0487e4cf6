"""Load of a known size: so many requests, so many at a time; a fixed number, then it stops."""

import asyncio
import gzip
import re
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp

ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@dataclass(frozen=True)
class Load:
    per_second: float
    p50: float
    p99: float


async def load(url: str, cookies: dict[str, str], requests: int, concurrency: int) -> Load:
    """Times in milliseconds. Raises: RuntimeError when any answer is not 200."""
    todo = iter(range(requests))
    times: list[float] = []

    async def visitor(session: aiohttp.ClientSession) -> None:
        for _ in todo:
            start = time.perf_counter()
            async with session.get(url, allow_redirects=False) as response:
                await response.read()
                if response.status != 200:
                    raise RuntimeError(f"{url}: {response.status}")
            times.append((time.perf_counter() - start) * 1000)

    jar = aiohttp.DummyCookieJar()
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:
        start = time.perf_counter()
        await asyncio.gather(*(visitor(session) for _ in range(concurrency)))
        seconds = time.perf_counter() - start
    times.sort()
    return Load(requests / seconds, statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))])


async def first_visit(url: str, cookies: dict[str, str]) -> tuple[int, int, int]:
    """(bytes on a first visit, number of requests, bytes on the next): as they go over the line, compressed."""
    headers = {
        "Accept-Encoding": "br, gzip",
        "Sec-Fetch-Site": "none",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), headers=headers, auto_decompress=False
    ) as session:
        async with session.get(url) as response:
            page = await response.read()
        text = gzip.decompress(page) if response.headers.get("Content-Encoding") == "gzip" else page
        assets = sorted(set(ASSET.findall(text.decode())))
        total = len(page)
        for asset in assets:
            async with session.get(urljoin(url, asset)) as response:
                total += len(await response.read())
    return total, 1 + len(assets), len(page)
