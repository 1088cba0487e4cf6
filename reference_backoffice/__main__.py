"""Commands: serve, seed, reset."""

import argparse
from pathlib import Path

import uvicorn
from sqlalchemy.engine import make_url

from .app import create_backoffice
from .config import Config
from .seed import seed_database


def main() -> None:
    parser = argparse.ArgumentParser(prog="reference_backoffice", description="Stand-in voor zaaksysteem, BRP en KVK")
    parser.add_argument("command", choices=["serve", "seed", "reset"])
    command = parser.parse_args().command
    config = Config()
    if command == "reset":
        _remove(config)
    if command in ("seed", "reset"):
        made = seed_database(config.database_url, config.today())
        print(f"{made} zaken gemaakt" if made else "De database was al gevuld")
        return
    uvicorn.run(create_backoffice(config), host=config.host, port=config.port, access_log=False)


def _remove(config: Config) -> None:
    """Throw the SQLite file away; another database is left to whoever runs it."""
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite":
        raise SystemExit("Alleen een SQLite-bestand kan leeggemaakt worden")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{url.database}{suffix}").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
