"""A worker that sends mail only, to be killed: `python -m tests.post.bezorger DATABASE_URL SMTP_PORT KEY`."""

import asyncio
import sys
from datetime import timedelta

from pip_portal.db import open_db
from pip_portal.opdrachten import Tempo, Werker
from pip_portal.post.mail import SOORT
from pip_portal.post.versturen import Versturen
from pip_portal.settings import Smtp
from pip_portal.sleutels import Sleutels
from tests import factories

TEMPO = Tempo(lease=timedelta(seconds=0.6), pauze=timedelta(seconds=0.05), eerst=(timedelta(seconds=0.1),) * 100)


async def main(database_url: str, poort: int, sleutel: str) -> None:
    sleutels = Sleutels(factories.settings(database_url, sleutels=(sleutel,)))
    smtp = Smtp(host="127.0.0.1", poort=poort, beveiliging="geen", afzender="pip@deventer.example")
    async with open_db(database_url) as db:
        versturen = Versturen(db, sleutels, smtp, factories.PORTAAL)
        await Werker(db, sleutels, {SOORT: versturen}, gelijktijdig={SOORT: 2}, tempo=TEMPO).draai()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
