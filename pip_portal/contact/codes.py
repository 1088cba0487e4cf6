"""Proving an address: a code of six digits, sent to it, typed here. Only a hash of it is stored, for 15 minutes."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, Literal
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.contact import adressen, sms
from pip_portal.db import Sessionmaker
from pip_portal.errors import TeVaak
from pip_portal.opdrachten import plaats
from pip_portal.post.mail import plaats_mail
from pip_portal.sleutels import Sleutels
from pip_portal.taal import taal
from pip_portal.tellers import Grens, tel_wie
from pip_portal.tijd import now
from pip_portal.weergave import datum, tijdstip

GELDIG: Final = timedelta(minutes=15)
POGINGEN: Final = Grens(5, GELDIG)  # of one code
# Codes to one person, and to one address whoever asks: nobody's mailbox or phone can be flooded, and who guesses day
# and night has one chance in twenty thousand a day.
STUREN: Final = (Grens(10, timedelta(hours=1)), Grens(20, timedelta(days=1)))
STUREN_NAAR: Final = (Grens(5, timedelta(hours=1)), Grens(10, timedelta(days=1)))

Uitkomst = Literal["goed", "fout", "verlopen", "te_vaak"]


async def stuur(db: Sessionmaker, sleutels: Sleutels, eigenaar: str, id_: str) -> None:
    """A new code to this address, by mail or text message; an earlier code is void.

    Raises: NotFound when it is of another eigenaar; TeVaak.
    """
    adres = await adressen.lees(db, sleutels, eigenaar, id_)
    naar = adressen.adres_hash(sleutels, adres.soort, adres.adres)
    for handeling, wie, grenzen in (("contactcode", eigenaar, STUREN), ("contactcode_naar", naar, STUREN_NAAR)):
        for grens in grenzen:
            await tel_wie(db, sleutels, f"{handeling}:{grens.venster}", wie, grens)
    code = f"{secrets.randbelow(10**6):06}"
    tot = now() + GELDIG
    async with db.begin() as session:
        rij = await adressen.rij_van(session, eigenaar, id_)
        rij.code_hash, rij.code_tot = _hash(sleutels, id_, code), tot
        if adres.soort == "email":
            await plaats_mail(
                session,
                sleutels,
                sjabloon="M12",
                aan=adres.adres,
                taal=taal(),
                gegevens={"code": code, "datum": datum(tot), "tijd": tijdstip(tot)},
                sleutel=f"M12:{uuid4()}",
            )
        else:
            inhoud = {"nummer": adres.adres, "code": code, "tot": tot.isoformat()}
            await plaats(session, sleutels, sms.SOORT, f"{sms.SOORT}:{uuid4()}", inhoud)


async def controleer(
    db: Sessionmaker,
    sleutels: Sleutels,
    eigenaar: str,
    id_: str,
    getypt: str,
    *,
    gebruik: bool,
    daarna: Callable[[AsyncSession], Awaitable[None]],
) -> Uitkomst:
    """Is this the code? Then the address is verified. gebruik: it becomes the one we use. daarna: in the same
    transaction.

    Raises: NotFound when it is of another eigenaar.
    """
    adres = await adressen.lees(db, sleutels, eigenaar, id_)
    code = "".join(teken for teken in getypt if teken.isascii() and teken.isdigit())
    async with db() as session:
        verwacht = (await adressen.rij_van(session, eigenaar, id_)).code_hash
    if verwacht is None:
        return "goed" if adres.is_bevestigd else "verlopen"
    try:
        await tel_wie(db, sleutels, "contactpoging", f"{id_}:{verwacht}", POGINGEN)
    except TeVaak:
        return "te_vaak"
    async with db.begin() as session:
        rij = await adressen.rij_van(session, eigenaar, id_)
        if rij.code_hash != verwacht or rij.code_tot is None or rij.code_tot <= now():
            return "goed" if rij.code_hash is None and rij.geverifieerd_op else "verlopen"
        if not hmac.compare_digest(_hash(sleutels, id_, code), verwacht):
            return "fout"
        await adressen.bevestigd(session, sleutels, rij, gebruik=gebruik)
        await daarna(session)
    return "goed"


def _hash(sleutels: Sleutels, id_: str, code: str) -> str:
    return sleutels.keyed_hash("contactcode", f"{id_}:{code}")
