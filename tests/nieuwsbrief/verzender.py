"""A process that sends a zending, to be killed: `python -m tests.nieuwsbrief.verzender <zending>`."""

import asyncio
import sys
from datetime import timedelta

from pip_portal.db import open_db
from pip_portal.nieuwsbrief.verzenden import Verzender
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels


async def main(zending: str) -> None:
    settings = Settings()
    assert settings.smtp is not None
    async with open_db(settings.database_url) as db:
        verzender = Verzender(
            db,
            Sleutels(settings),
            settings.smtp,
            settings.nieuwsbrief,
            settings.public_url,
            lease=timedelta(seconds=1),
        )
        await verzender.verzend(zending, asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
