"""The database: SQLite when nothing is configured, PostgreSQL (psycopg 3) by PIP_DATABASE_URL."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Sessionmaker = async_sessionmaker[AsyncSession]
CONNECT = {"connect_timeout": 5}  # seconds; a server that does not answer must not keep a citizen waiting


def make_engine(url: str) -> AsyncEngine:
    """Engine for this URL; SQLite gets foreign keys, WAL and a busy timeout on each connection."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=CONNECT
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"), connect_args={"timeout": 30})
    event.listen(engine.sync_engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@asynccontextmanager
async def open_db(url: str) -> AsyncIterator[Sessionmaker]:
    engine = make_engine(url)
    try:
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()


def insert_van(session: AsyncSession) -> Callable[[Any], Any]:
    """The INSERT of this database that can say what happens when the row is there already."""
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def get_db(request: Request) -> Sessionmaker:
    db: Sessionmaker = request.app.state.db
    return db


Db = Annotated[Sessionmaker, Depends(get_db)]
