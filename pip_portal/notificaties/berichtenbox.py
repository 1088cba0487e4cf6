"""What the worker does with an opdracht "berichtenbox": the text of the mail to MijnOverheid, for who chose that.

The same id is the same bericht there, so a lost answer is asked for again. What the box does not take goes by mail.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.backoffice.mijnoverheid import Berichtsoort, Boxbericht, MijnOverheid
from pip_portal.bekenden import taal_van
from pip_portal.contact.zaakadres import email_over
from pip_portal.db import Sessionmaker
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable
from pip_portal.notificaties.mailkeuze import mail_over
from pip_portal.notificaties.melden import BERICHTENBOX, mail_nieuws, plan_brief
from pip_portal.opdrachten import Uitstel
from pip_portal.post.mail import mailnummer
from pip_portal.post.opmaken import als_tekst
from pip_portal.post.teksten.zinnen import Zin
from pip_portal.sleutels import Sleutels
from pip_portal.taal import Taal
from pip_portal.tables import Bewijs, Notificatie
from pip_portal.tijd import now
from pip_portal.voorkeuren import voorkeuren

log = logging.getLogger(__name__)

GEDULD: Final = timedelta(hours=24)  # an outage that lasts longer may cost somebody a term
BEZORGD, NIET_AANGESLOTEN = "berichtenbox_bezorgd", "berichtenbox_niet_aangesloten"
VOET: Final = Zin(
    "U kunt op dit bericht niet antwoorden. Vragen? Bel 14 0570.",
    "You cannot reply to this message. Questions? Call 14 0570.",
)


class Berichtenbox:
    """Handler of BERICHTENBOX. mijnoverheid None: not configured any more, so everything goes by mail."""

    def __init__(
        self, db: Sessionmaker, sleutels: Sleutels, mijnoverheid: MijnOverheid | None, public_url: str
    ) -> None:
        self._db = db
        self._sleutels = sleutels
        self._mijnoverheid = mijnoverheid
        self._public_url = public_url

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        """Raises: Uitstel when MijnOverheid is away for now."""
        nummer = mailnummer(self._sleutels, f"{BERICHTENBOX}:{inhoud['notificatie']}")
        async with self._db() as session:
            rij = await session.get(Notificatie, inhoud["notificatie"])
            if rij is None or await _is_af(session, nummer):
                return
            bsn = await voorkeuren.bsn_van(session, self._sleutels, rij.eigenaar)  # as chosen now
            taal = await taal_van(session, rij.eigenaar)
        sjabloon, bericht = self._bericht(rij, taal)
        bezorgd = await self._bezorg(rij, nummer, bsn, bericht)
        async with self._db.begin() as session:
            if bezorgd is not None:
                await voorkeuren.zet_box_dicht(session, rij.eigenaar, None if bezorgd else now())
                session.add(
                    Bewijs(
                        gebeurtenis=BEZORGD if bezorgd else NIET_AANGESLOTEN,
                        kenmerk=nummer,
                        wie=rij.eigenaar,
                        hash=hashlib.sha256(bericht.tekst.encode()).hexdigest(),
                        kanaal=BERICHTENBOX,
                        versie=f"{sjabloon}/{taal}",
                        op=now(),
                    )
                )
            if not bezorgd:
                await self._anders(session, rij)
        log.info("bericht voor de berichtenbox", extra={"mail": nummer, "bezorgd": bool(bezorgd)})

    def _bericht(self, rij: Notificatie, taal: Taal) -> tuple[str, Boxbericht]:
        sjabloon, gegevens = mail_over(rij, taal)
        onderwerp, tekst = als_tekst(self._public_url, sjabloon=sjabloon, taal=taal, gegevens=gegevens, voet=VOET)
        voor = rij.uiterlijk + timedelta(days=1) if rij.uiterlijk and gegevens.get("voor") else None
        soort: Berichtsoort = "besluit" if sjabloon == "M7" else "verzoek" if rij.doen else "informatie"
        return sjabloon, Boxbericht(onderwerp, tekst, taal, soort, self._public_url + rij.pad, voor)

    async def _bezorg(self, rij: Notificatie, nummer: str, bsn: str | None, bericht: Boxbericht) -> bool | None:
        """None when it was not (or could not be) asked of the box."""
        if self._mijnoverheid is None or bsn is None:
            return None
        try:
            return await self._mijnoverheid.bezorg(nummer, bsn, bericht)
        except (BackofficeUnavailable, BackofficeDefect):
            if now() - rij.op < GEDULD:
                raise Uitstel("MijnOverheid neemt nu niets aan") from None
        log.error("berichtenbox te lang weg: het gaat per mail", extra={"mail": nummer})
        return None

    async def _anders(self, session: AsyncSession, rij: Notificatie) -> None:
        """By mail when there is an address, by post when that is chosen by now; else it is read in the portal."""
        if (await voorkeuren.lees(session, rij.eigenaar)).kanaal == "post":
            await plan_brief(session, self._sleutels, rij)
        elif adres := await email_over(session, self._sleutels, rij.eigenaar, rij.bron, rij.zaak_uuid):
            await mail_nieuws(session, self._sleutels, adres, rij)


async def _is_af(session: AsyncSession, nummer: str) -> bool:
    af = select(Bewijs.id).where(Bewijs.kenmerk == nummer, Bewijs.gebeurtenis.in_((BEZORGD, NIET_AANGESLOTEN)))
    return await session.scalar(af.limit(1)) is not None
