"""Running both listeners in one process: the browser's over HTTP, the back channel behind mutual TLS."""

import asyncio
import contextlib
import signal
import socket
import ssl
import types
from collections.abc import Generator
from pathlib import Path

import uvicorn

from mock_idp.app import create_backchannel, create_idp
from mock_idp.config import Config
from mock_idp.idp_metadata import write_metadata
from mock_idp.keys import CA, SERVER, KeyStore


class CannotStart(RuntimeError):
    """Something in the way of starting, in words for the person who starts it."""


class _Server(uvicorn.Server):
    """Two of these run side by side, so the process' signals are handled once, for both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def serve(config: Config) -> None:
    """Run until SIGINT or SIGTERM.

    Raises: NotDevelopment, CannotStart.
    """
    config.require_development()
    keys = KeyStore(config.dir)
    write_metadata(config, keys)
    app = create_idp(config, keys=keys)
    sockets = [_bind(config.host, port) for port in (config.port, config.backchannel_port)]
    browser = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
    behind = uvicorn.Config(
        create_backchannel(app),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        ssl_certfile=str(keys.certificate_path(SERVER)),
        ssl_keyfile=str(keys.key_path(SERVER)),
        ssl_ca_certs=str(_client_ca(config, keys)),
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )
    asyncio.run(_run([_Server(browser), _Server(behind)], sockets))


def _client_ca(config: Config, keys: KeyStore) -> Path:
    path = config.client_ca or keys.certificate_path(CA)
    if not path.is_file():
        raise CannotStart(f"MOCK_IDP_CLIENT_CA wijst naar {path}, maar dat bestand is er niet.")
    return path


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        raise CannotStart(
            f"Poort {port} op {host} is al in gebruik. Stop het andere programma, "
            "of kies een andere poort met MOCK_IDP_PUBLIC_URL of MOCK_IDP_BACKCHANNEL_URL."
        ) from exc
    return listener


async def _run(servers: list[_Server], sockets: list[socket.socket]) -> None:
    def stop(_number: int, _frame: types.FrameType | None = None) -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    async with asyncio.TaskGroup() as group:
        for server, listener in zip(servers, sockets, strict=True):
            group.create_task(server.serve(sockets=[listener]))
