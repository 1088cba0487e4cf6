"""Migrations run through the engine of the application, so they see the same database in the same way."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from pip_portal.db import make_engine
from pip_portal.tables import Base


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    engine = make_engine(context.config.attributes["database_url"])
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(main())
