"""Telling somebody: a notification in the portal, once, and a mail when they want it, not more than one in a while.

The first mail about a zaak goes at once. What comes within a quarter of an hour after it goes together in one mail when
that time is over; what asks something of the reader never waits, and goes whatever was chosen (domain §2.3).
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.bekenden import taal_van
from pip_portal.contact.zaakadres import email_over
from pip_portal.db import Sessionmaker, insert_van
from pip_portal.notificaties.mailkeuze import belangrijkste, mail_over
from pip_portal.notificaties.tellingen import tel
from pip_portal.opdrachten import plaats
from pip_portal.post.brieven import POST, plan_zonder_mail
from pip_portal.post.mail import mailnummer, plaats_mail
from pip_portal.post.sjablonen import SJABLONEN
from pip_portal.sleutels import Sleutels
from pip_portal.tables import Notificatie
from pip_portal.tellers import tel_in
from pip_portal.tijd import now, vandaag
from pip_portal.voorkeuren import voorkeuren

log = logging.getLogger(__name__)

SOORT: Final = "melding"
VERZAMELMAIL: Final = "verzamelmail"
BERICHTENBOX: Final = "berichtenbox"  # soort of the opdracht that berichtenbox.py does
UITSTEL: Final = "V"  # burgerstatus: the gemeente needs more time
GEMIST: Final = "gemist"  # found by the nightly round: no notification told us
VENSTER: Final = timedelta(minutes=15)  # at most one mail about the same zaak, unless something is asked

Soort = Literal["status", "besluit", "afgesloten", "document", "bericht", "taak", "herinnering", "vraag"]
# The choice of `Voorkeuren` that says whether a mail about this is wanted.
KEUZE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("status", "besluit", "afgesloten"), "statuswijziging"),
    **dict.fromkeys(("bericht", "taak", "vraag"), "nieuw_bericht"),
    "document": "nieuw_document",
    "herinnering": "herinnering",
}


async def meld(
    session: AsyncSession,
    sleutels: Sleutels,
    eigenaar: str,
    soort: Soort,
    *,
    kenmerk: str,
    pad: str,
    bron: str = "",
    zaak_uuid: str = "",
    nummer: str = "",
    code: str = "",
    doen: bool = False,
    uiterlijk: date | None = None,
    mailen: bool = True,
) -> str:
    """Tell this eigenaar (keyed hash) once, in the transaction of the caller; best as the first thing in it.

    kenmerk: what it is about ("bericht:<uuid>"); the same again is nothing. pad: of the page to read it on. bron,
    zaak_uuid, nummer: of the zaak, when there is one. doen: something is asked of the reader, uiterlijk on that day; it
    is mailed whatever was chosen. mailen False: only in the portal.
    Returns what became of the mail, in one word for the log and the counts.
    """
    rij = insert_van(session)(Notificatie).values(
        id=str(uuid4()),
        eigenaar=eigenaar,
        bron=bron,
        zaak_uuid=zaak_uuid,
        kenmerk=hashlib.sha256(kenmerk.encode()).hexdigest(),
        soort=soort,
        code=code,
        nummer=nummer,
        pad=pad,
        doen=doen,
        uiterlijk=uiterlijk,
        op=now(),
        wacht_op_mail=False,
    )
    nieuw = rij.on_conflict_do_nothing(index_elements=["eigenaar", "bron", "zaak_uuid", "kenmerk"])
    notificatie = await session.scalar(nieuw.returning(Notificatie))
    if notificatie is None:
        return "al_gemeld"
    if not mailen:
        return "alleen_portaal"
    return await _mail(session, sleutels, notificatie)


async def _mail(session: AsyncSession, sleutels: Sleutels, nieuw: Notificatie) -> str:
    if reden := await _waarom_geen_mail(session, nieuw):
        if reden == "kanaal_post":
            await plan_brief(session, sleutels, nieuw)
        return reden
    adres = await _waarheen(session, sleutels, nieuw)
    if adres is None:
        return "geen_adres"
    aantal, tot_op = await _venster(session, sleutels, nieuw)
    if nieuw.doen or aantal == 1:
        wachtend = [] if nieuw.doen else await _wachtend(session, nieuw)
        await _verstuur(session, sleutels, adres, [nieuw, *wachtend])
        return BERICHTENBOX if adres == BERICHTENBOX else "gemaild"
    nieuw.wacht_op_mail = True
    await _plaats_verzamelmail(session, sleutels, nieuw, tot_op)
    return "mail_volgt"


async def _waarheen(session: AsyncSession, sleutels: Sleutels, rij: Notificatie) -> str | None:
    """BERICHTENBOX for who chose that, else the address to mail to; None when there is none."""
    if await voorkeuren.heeft_box(session, rij.eigenaar):
        return BERICHTENBOX
    return await email_over(session, sleutels, rij.eigenaar, rij.bron, rij.zaak_uuid)


async def plan_brief(session: AsyncSession, sleutels: Sleutels, rij: Notificatie) -> None:
    """Who chose post gets in a letter what asks something or starts a term; of a kind one a day for each zaak, as a
    status and a besluit often tell the same (requirements B1).
    """
    taal = await taal_van(session, rij.eigenaar)
    sjabloon, _gegevens = mail_over(rij, taal)
    if rij.nummer and (rij.doen or SJABLONEN[sjabloon].formeel or rij.code == UITSTEL):
        wat = f"{SOORT}:{rij.eigenaar}:{rij.bron}:{rij.zaak_uuid}:{sjabloon}:{vandaag()}"
        await plan_zonder_mail(session, mailnummer(sleutels, wat), f"{POST}{sjabloon}/{taal}", rij.nummer)


async def _waarom_geen_mail(session: AsyncSession, rij: Notificatie) -> str:
    gekozen = await voorkeuren.lees(session, rij.eigenaar)
    if gekozen.kanaal == "post":
        return "kanaal_post"
    if rij.doen or rij.soort == "besluit":  # cannot be switched off: a term begins
        return ""
    wil = await voorkeuren.zaak_mailen(session, rij.eigenaar, rij.bron, rij.zaak_uuid) if rij.zaak_uuid else None
    if wil is None:
        wil = getattr(gekozen, KEUZE[rij.soort])
    return "" if wil else "voorkeur_uit"


async def _venster(session: AsyncSession, sleutels: Sleutels, rij: Notificatie) -> tuple[int, datetime]:
    """Which mail this would be in the current quarter, and when that ends; whoever asks at the same moment waits."""
    return await tel_in(session, sleutels, "notificatiemail", f"{rij.eigenaar}:{rij.bron}:{rij.zaak_uuid}", VENSTER)


async def _wachtend(session: AsyncSession, rij: Notificatie) -> list[Notificatie]:
    """What waits for a mail about the same zaak, as far as it is still wanted."""
    rijen = await session.scalars(
        select(Notificatie)
        .where(
            Notificatie.eigenaar == rij.eigenaar,
            Notificatie.bron == rij.bron,
            Notificatie.zaak_uuid == rij.zaak_uuid,
            Notificatie.wacht_op_mail,
            Notificatie.id != rij.id,
        )
        .order_by(Notificatie.op)
    )
    return list(rijen)


async def _plaats_verzamelmail(session: AsyncSession, sleutels: Sleutels, rij: Notificatie, tot_op: datetime) -> None:
    waar = {"eigenaar": rij.eigenaar, "bron": rij.bron, "zaak_uuid": rij.zaak_uuid}
    wat = "\n".join((*waar.values(), tot_op.isoformat()))
    sleutel = f"{VERZAMELMAIL}:{hashlib.sha256(wat.encode()).hexdigest()}"
    await plaats(session, sleutels, VERZAMELMAIL, sleutel, waar, beurt_op=tot_op)


async def _verstuur(session: AsyncSession, sleutels: Sleutels, adres: str, rijen: list[Notificatie]) -> None:
    """One mail (or bericht in the Berichtenbox) for all of these; the same rijen again are no second one."""
    over = belangrijkste(rijen)
    if adres == BERICHTENBOX:
        await plaats(session, sleutels, BERICHTENBOX, f"{BERICHTENBOX}:{over.id}", {"notificatie": over.id})
    else:
        await mail_nieuws(session, sleutels, adres, over)
    await session.execute(
        update(Notificatie)
        .where(Notificatie.id.in_([rij.id for rij in rijen]))
        .values(gemaild_op=now(), wacht_op_mail=False)
    )


async def mail_nieuws(session: AsyncSession, sleutels: Sleutels, adres: str, over: Notificatie) -> None:
    """The mail about this one, once."""
    taal = await taal_van(session, over.eigenaar)
    sjabloon, gegevens = mail_over(over, taal)
    await plaats_mail(
        session,
        sleutels,
        sjabloon=sjabloon,
        aan=adres,
        taal=taal,
        gegevens=gegevens,
        eigenaar=over.eigenaar,
        kenmerk=over.nummer,
        sleutel=f"{SOORT}:{over.id}",
    )


class Melden:
    """Handler of SOORT: what one notification means for one person."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels) -> None:
        self._db = db
        self._sleutels = sleutels

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        async with self._db.begin() as session:
            uitkomst = await meld(
                session,
                self._sleutels,
                inhoud["eigenaar"],
                inhoud["soort"],
                kenmerk=inhoud["kenmerk"],
                pad=f"/zaken/{inhoud['bron']}/{inhoud['zaak_uuid']}",
                bron=inhoud["bron"],
                zaak_uuid=inhoud["zaak_uuid"],
                nummer=inhoud["nummer"],
                code=inhoud["code"],
                doen=inhoud["doen"],
                uiterlijk=date.fromisoformat(inhoud["uiterlijk"]) if inhoud["uiterlijk"] else None,
                mailen=inhoud["mailen"],
            )
            gemist = inhoud["gemist"] and uitkomst != "al_gemeld"
            await tel(session, {uitkomst: 1, GEMIST: 1} if gemist else {uitkomst: 1})
        if gemist:
            log.warning("gemiste notificatie ingehaald", extra={"soort": inhoud["soort"]})
        log.info("melding gedaan", extra={"soort": inhoud["soort"], "uitkomst": uitkomst})


class Verzamelmail:
    """Handler of VERZAMELMAIL: at the end of the quarter, one mail for all that came in it."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels) -> None:
        self._db = db
        self._sleutels = sleutels

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        waar = Notificatie(id="", **{naam: inhoud[naam] for naam in ("eigenaar", "bron", "zaak_uuid")})
        async with self._db.begin() as session:
            aantal, tot_op = await _venster(session, self._sleutels, waar)
            rijen = [r for r in await _wachtend(session, waar) if not await _waarom_geen_mail(session, r)]
            adres = await _waarheen(session, self._sleutels, waar)
            if not rijen or adres is None:
                await self._laat(session, waar)
            elif aantal == 1:
                await _verstuur(session, self._sleutels, adres, rijen)
                await self._laat(session, waar)
            else:
                await _plaats_verzamelmail(session, self._sleutels, waar, tot_op)

    async def _laat(self, session: AsyncSession, waar: Notificatie) -> None:
        """Nothing waits any more: what was not mailed is not wanted now, or has nowhere to go."""
        ids = [rij.id for rij in await _wachtend(session, waar)]
        await session.execute(update(Notificatie).where(Notificatie.id.in_(ids)).values(wacht_op_mail=False))
