"""Sends a zending to all its ontvangers: in stacks, by any number of processes, and on from where another stopped.

A stack is taken with a lease, so that what a process leaves when it dies is taken again. Each mail is written down
right after the mail server took it. Only a mail whose sender died in the milliseconds between those two goes out once
more, with the same Message-ID, by which mail programs see that it is the same: nobody is ever passed over.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import aiosmtplib

from pip_portal.db import Sessionmaker
from pip_portal.nieuwsbrief.bericht import maak_nieuwsbrief, stel_samen
from pip_portal.nieuwsbrief.ontvangers import Bezorging, Ontvangers, Stand, Stapel
from pip_portal.nieuwsbrief.verdelen import kandidaten_van, vul
from pip_portal.post.versturen import reden, terugmelding, verbinding, voorgoed
from pip_portal.settings import Nieuwsbrief, Smtp
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Zending
from pip_portal.tijd import now

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=2)
STORINGEN: Final = 4  # lines to the mail server that broke one after another, before we stop trying


class MailserverWeg(Exception):
    """The mail server cannot be reached: nothing is lost, go on later. The text names no address."""


class Verzender:
    """lease: how long a process may be silent before another takes over what it had."""

    def __init__(
        self,
        db: Sessionmaker,
        sleutels: Sleutels,
        smtp: Smtp,
        hoe: Nieuwsbrief,
        public_url: str,
        *,
        lease: timedelta = LEASE,
    ) -> None:
        self._db = db
        self._sleutels = sleutels
        self._smtp = smtp
        self._hoe = hoe
        self._public_url = public_url
        self._lease = lease
        self._volgende = 0.0  # moment of the event loop on which the next mail may go

    async def verzend(
        self, zending_id: str, stop: asyncio.Event, voortgang: Callable[[Stand], None] | None = None
    ) -> Stand:
        """Send until nobody waits any more, until only those are left for whom the mail server asked to wait, or until
        `stop`: what is under way is then finished and the rest given back. voortgang: is told about once a second.

        Raises: MailserverWeg.
        """
        async with self._db() as session:
            zending = await session.get_one(Zending, zending_id)
        kandidaten = await kandidaten_van(self._db, zending)
        await vul(self._db, zending, kandidaten)
        ontvangers = Ontvangers(self._db, self._sleutels, self._public_url, zending, kandidaten, self._lease)
        vertellen = asyncio.create_task(_vertel(ontvangers, voortgang)) if voortgang else None
        try:
            stand = await self._alles(ontvangers, stop)
        finally:
            if vertellen is not None:
                vertellen.cancel()
                await asyncio.gather(vertellen, return_exceptions=True)
        if voortgang is not None:
            voortgang(stand)
        if not stand.open:
            await ontvangers.sluit()
            log.info("nieuwsbrief verzonden", extra={"zending": zending_id})
        return stand

    async def _alles(self, ontvangers: Ontvangers, stop: asyncio.Event) -> Stand:
        while True:
            werk = [self._werk(ontvangers, stop) for _ in range(self._hoe.gelijktijdig)]
            for uitkomst in await asyncio.gather(*werk, return_exceptions=True):
                if isinstance(uitkomst, BaseException):
                    raise uitkomst
            stand = await ontvangers.stand()
            wachten = stand.weer_op - now() if stand.weer_op else timedelta()
            if not stand.open or stop.is_set() or wachten > self._lease:
                return stand
            await _wacht(stop, min(1.0, max(0.05, wachten.total_seconds())))  # another process has them, or died

    async def _werk(self, ontvangers: Ontvangers, stop: asyncio.Event) -> None:
        """Take stacks and send them over one connection until there is nothing left to take."""
        client = aiosmtplib.SMTP(**verbinding(self._smtp, self._public_url))
        storingen = 0
        try:
            while not stop.is_set() and (stapel := await ontvangers.pak()):
                try:
                    await self._verstuur(client, ontvangers, stapel, stop)
                    storingen = 0
                except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
                    client.close()
                    storingen += 1
                    log.warning("mailserver niet bereikt", extra={"reden": reden(exc)})
                    if storingen >= STORINGEN:
                        raise MailserverWeg(reden(exc)) from None
                    await _wacht(stop, 2.0**storingen / 8)
        finally:
            client.close()

    async def _verstuur(
        self, client: aiosmtplib.SMTP, ontvangers: Ontvangers, stapel: Stapel, stop: asyncio.Event
    ) -> None:
        """Each mail of the stack; what is not sent, for whatever reason, is given back at once.

        Raises: what the SMTP client raises when the line is broken or the server does not want us.
        """
        klaar = 0
        try:
            for bezorging in stapel.bezorgingen:
                await self._rem(stop)
                if stop.is_set() or now() > stapel.tot - self._lease / 2:
                    break
                await self._een(client, ontvangers, bezorging)
                klaar += 1
        finally:
            if over := [bezorging.abonnee for bezorging in stapel.bezorgingen[klaar:]]:
                await ontvangers.geef_terug(over, stapel.tot)

    async def _een(self, client: aiosmtplib.SMTP, ontvangers: Ontvangers, bezorging: Bezorging) -> None:
        lezer = bezorging.lezer
        bericht = maak_nieuwsbrief(
            self._smtp,
            stel_samen(bezorging.delen, lezer.taal),
            lezer,
            nummer=bezorging.nummer,
            moment=now(),
            afmeldadres=self._hoe.afmeldadres,
        )
        if not client.is_connected:
            await client.connect()
        try:
            await client.send_message(
                bericht,
                sender=self._smtp.terug or self._smtp.afzender,
                recipients=[lezer.adres],
                **terugmelding(client, bezorging.nummer),
            )
        except aiosmtplib.SMTPException as exc:
            if code := voorgoed(exc, lezer.adres):
                await ontvangers.geweigerd(bezorging, code)
            elif isinstance(exc, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError):
                await ontvangers.later(bezorging)
            else:
                raise
        else:
            await ontvangers.verzonden(bezorging)

    async def _rem(self, stop: asyncio.Event) -> None:
        """Wait for the turn of the next mail; all connections of this process share the pace."""
        if not self._hoe.per_seconde:
            return
        moment = asyncio.get_running_loop().time()
        beurt = max(moment, self._volgende)
        self._volgende = beurt + 1 / self._hoe.per_seconde
        if beurt > moment:
            await _wacht(stop, beurt - moment)


async def _vertel(ontvangers: Ontvangers, voortgang: Callable[[Stand], None]) -> None:
    while True:
        voortgang(await ontvangers.stand())
        await asyncio.sleep(1)


async def _wacht(stop: asyncio.Event, seconden: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconden)
