"""How long the portal keeps what people gave it, and who is warned before something is thrown away.

Source: forms §3.9. A round may be done by several processes at once, and as often as one likes.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from pip_portal import mij_ook
from pip_portal.bekenden import vergeten
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.contact.adressen import nooit_bevestigd
from pip_portal.db import Sessionmaker
from pip_portal.dossier import maken as dossier
from pip_portal.inzendingen import ondertekening
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.toestand import AF
from pip_portal.nieuwsbrief.opruimen import ruim_op
from pip_portal.nieuwsbrief.verdelen import plan_bundels
from pip_portal.notificaties.lezen import BEWAREN as NOTIFICATIES
from pip_portal.post.mail import SOORT as MAIL
from pip_portal.post.mail import plaats_mail
from pip_portal.settings import Smtp
from pip_portal.sleutels import Sleutels
from pip_portal.taal import schrijf_in
from pip_portal.tables import (
    Base,
    Bekende,
    Bewijs,
    Brief,
    Concept,
    Contactadres,
    Dossier,
    GelezenBericht,
    Inzending,
    LateInvoer,
    Mail,
    MijOok,
    Notificatie,
    Onbestelbaar,
    Ondertekening,
    Opdracht,
    Teller,
    Vraag,
    Vraaglezing,
)
from pip_portal.tijd import now, vandaag
from pip_portal.verwerkingen import keten
from pip_portal.voorkeuren import voorkeuren
from pip_portal.vragen import vraag
from pip_portal.vragen.lezen import BEWAREN as LEZINGEN
from pip_portal.weergave import datum

log = logging.getLogger(__name__)

HERINNEREN: Final = timedelta(days=7)  # before a concept ends; with 30 days that is on day 23
MINSTENS: Final = timedelta(days=14)  # a concept that lives shorter gets no reminder: it was begun just now
KORTST: Final = timedelta(days=1)  # no inzending has a shorter term, so before that none is opened to look
OPDRACHTEN: Final = timedelta(days=14)
DODE_MAIL: Final = timedelta(days=90)
MAILS: Final = timedelta(days=90)  # no mail server comes back on a mail after that
ONBESTELBAAR: Final = timedelta(days=365)
BEWIJZEN: Final = timedelta(days=5 * 365 + 2)
ONLEESBAAR: Final = timedelta(days=90)
STAPEL: Final = 200  # inzendingen opened at once

# The address that someone gave in a concept (by its id), and the language to write in; None when there is none.
VindAdres = Callable[[str], Awaitable[tuple[str, str] | None]]
IsGevoelig = Callable[[str, int], bool]


class Bewaren:
    """is_gevoelig: of a form and its version, whether a mail may not even say that something was begun.

    vind_adres: the address is as it was typed, perhaps with a mistake: the mail says nothing of whom or what.
    """

    def __init__(
        self,
        db: Sessionmaker,
        sleutels: Sleutels,
        bestanden: Bestanden,
        is_gevoelig: IsGevoelig,
        vind_adres: VindAdres,
        smtp: Smtp | None = None,
    ) -> None:
        self._db = db
        self._sleutels = sleutels
        self._bestanden = bestanden
        self._is_gevoelig = is_gevoelig
        self._smtp = smtp
        self._vind_adres = vind_adres

    async def ronde(self, *, alles: bool = True) -> None:
        """Everything that is due now; without `alles` only what is cheap to look at.

        What fails does not keep the rest from being thrown away.
        """
        for deel in (
            self.herinner,
            self._ondertekeningen,
            self.concepten,
            *([self.inzendingen] if alles else []),
            self._bestanden.verwijder_wezen,
            self.opdrachten,
            self.oud,
            self.nieuwsbrieven,
            self.verwerkingen,
            self.dossiers,
            self.meld_dood,
            self._bestanden.scan_openstaande,
        ):
            try:
                await deel()
            except Exception as exc:  # a round later it is tried again
                log.error("bewaartermijn niet uitgevoerd", extra={"deel": deel.__name__}, exc_info=exc)

    # ---- what was not sent -----------------------------------------------------------------------------

    async def herinner(self) -> int:
        """A mail to who has a concept that ends in a week, once; says nothing about what it is."""
        moment = now()
        bijna = and_(
            Concept.verzonden_op.is_(None),
            Concept.herinnerd_op.is_(None),
            Concept.anoniem.is_(False),
            Concept.verloopt_op > moment,
            Concept.verloopt_op <= moment + HERINNEREN,
        )
        async with self._db() as session:
            rijen = list(await session.scalars(select(Concept).where(bijna)))
        herinnerd = 0
        for rij in rijen:
            if rij.verloopt_op - rij.gewijzigd_op < MINSTENS or self._is_gevoelig(rij.formulier, rij.versie):
                continue
            async with self._db() as session:
                keuzes = await voorkeuren.lees(session, rij.eigenaar)
            if not keuzes.herinnering or keuzes.kanaal == "post":
                continue
            if gevonden := await self._vind_adres(rij.id):
                herinnerd += await self._herinner_een(rij, *gevonden)
        return herinnerd

    async def _herinner_een(self, rij: Concept, adres: str, taal: str) -> bool:
        with schrijf_in("en" if taal == "en" else "nl"):
            gegevens = {"datum": datum(rij.verloopt_op)}
        async with self._db.begin() as session:
            nog = await session.scalar(
                update(Concept)
                .where(Concept.id == rij.id, Concept.herinnerd_op.is_(None), Concept.verzonden_op.is_(None))
                .values(herinnerd_op=now())
                .returning(Concept.id)
            )
            if nog is None:
                return False
            await plaats_mail(
                session,
                self._sleutels,
                sjabloon="CONCEPT",
                aan=adres,
                taal=taal,
                gegevens=gegevens,
                sleutel=f"CONCEPT:{rij.id}:{rij.verloopt_op:%Y%m%d}",
                eigenaar=rij.eigenaar,
            )
        return True

    async def concepten(self) -> None:
        """Delete what was not sent in time, and the shell of what was sent once the inzending is emptied."""
        opgeruimd = select(Inzending.concept_id).where(Inzending.opgeruimd_op.is_not(None))
        await self._weg(
            (Concept, and_(Concept.verzonden_op.is_(None), Concept.verloopt_op <= now())),
            (Concept, and_(Concept.verzonden_op.is_not(None), Concept.id.in_(opgeruimd))),
            (LateInvoer, LateInvoer.verloopt_op <= now()),
        )

    # ---- what was sent ---------------------------------------------------------------------------------

    async def inzendingen(self) -> int:
        """Empty what was handed over and whose term ended; never what is stuck or still asks a signature."""
        moment, na, geleegd = now(), "", 0
        open_vraag = exists().where(Ondertekening.inzending_id == Inzending.id, Ondertekening.toestand == "gevraagd")
        while True:
            kandidaten = (
                select(Inzending)
                .where(
                    Inzending.toestand.in_(AF),
                    Inzending.opgeruimd_op.is_(None),
                    or_(Inzending.overgedragen_op <= moment - KORTST, Inzending.toestand == "afgebroken"),
                    ~open_vraag,
                    Inzending.id > na,
                )
                .order_by(Inzending.id)
                .limit(STAPEL)
            )
            async with self._db() as session:
                rijen = list(await session.scalars(kandidaten))
            for rij in rijen:
                if self._einde(rij) <= moment and not await self._wordt_nog_gebruikt(rij):
                    geleegd += await self._leeg(rij)
            if len(rijen) < STAPEL:
                return geleegd
            na = rijen[-1].id

    def _einde(self, rij: Inzending) -> datetime:
        """When the term ends. What no key opens may be a key that somebody forgot, so it stays for a while."""
        try:
            inhoud = Inhoud.model_validate_json(self._sleutels.decrypt(rij.inhoud))
        except ValueError:
            return rij.ontvangen_op + ONLEESBAAR
        begin = rij.overgedragen_op or json.loads(rij.voortgang).get("afgebroken_op") or rij.ontvangen_op
        sinds = datetime.fromisoformat(begin) if isinstance(begin, str) else begin
        return sinds + timedelta(days=inhoud.bewaren_dagen)

    async def _wordt_nog_gebruikt(self, rij: Inzending) -> bool:
        """An answer of a signer that the backoffice does not have yet."""
        vragen = select("ondertekening:" + Ondertekening.id).where(Ondertekening.inzending_id == rij.id)
        async with self._db() as session:
            bezig = select(Opdracht.id).where(Opdracht.sleutel.in_(vragen), Opdracht.toestand != "klaar").limit(1)
            return await session.scalar(bezig) is not None

    async def _leeg(self, rij: Inzending) -> bool:
        async with self._db.begin() as session:
            geleegd = await session.scalar(
                update(Inzending)
                .where(Inzending.id == rij.id, Inzending.opgeruimd_op.is_(None), Inzending.toestand.in_(AF))
                .values(inhoud=b"", opgeruimd_op=now())
                .returning(Inzending.id)
            )
            if geleegd is None:
                return False
            await ondertekening.wis(session, self._sleutels, rij.id)
        log.info("inzending opgeruimd", extra={"inzending": rij.id})
        return True

    async def _ondertekeningen(self) -> None:
        """Remind who was asked to sign, and end what got no answer in time."""
        await ondertekening.herinner(self._db, self._sleutels)
        await ondertekening.laat_verlopen(self._db, self._sleutels)

    # ---- the rest --------------------------------------------------------------------------------------

    async def opdrachten(self) -> None:
        """Forget work that is done. A mail that could not be sent in two weeks is given up and loses its address."""
        moment = now()
        leeg = self._sleutels.encrypt(b"{}")
        dode_mail = and_(Opdracht.soort == MAIL, Opdracht.toestand == "dood")
        oude_mail = and_(
            Opdracht.soort == MAIL,
            or_(
                and_(Opdracht.toestand == "nieuw", Opdracht.aangemaakt_op <= moment - OPDRACHTEN),
                and_(Opdracht.toestand == "dood", Opdracht.klaar_op <= moment - OPDRACHTEN),
            ),
        )
        async with self._db.begin() as session:
            await session.execute(
                update(Opdracht)
                .where(oude_mail)
                .values(toestand="dood", inhoud=leeg, klaar_op=moment)
                .execution_options(synchronize_session=False)
            )
        await self._weg(
            (Opdracht, and_(Opdracht.toestand == "klaar", Opdracht.klaar_op <= moment - OPDRACHTEN)),
            (Opdracht, and_(dode_mail, Opdracht.aangemaakt_op <= moment - DODE_MAIL)),
        )

    async def oud(self) -> None:
        """Proof of more than five years ago, with the empty inzending it was about, and windows that ended."""
        grens = now() - BEWIJZEN
        await self._weg(
            (Bewijs, Bewijs.op < grens),
            (Inzending, and_(Inzending.opgeruimd_op.is_not(None), Inzending.ontvangen_op < grens)),
            (Teller, Teller.tot_op <= now()),
            (Notificatie, Notificatie.op <= now() - NOTIFICATIES),
            (GelezenBericht, GelezenBericht.gelezen_op < grens),
            (Bekende, vergeten()),
            (MijOok, mij_ook.verlopen()),
            (Vraag, vraag.verlopen()),
            (Vraaglezing, Vraaglezing.gelezen_op < now() - LEZINGEN),
            (Mail, Mail.aangemaakt_op < now() - MAILS),
            (Onbestelbaar, Onbestelbaar.sinds < now() - ONBESTELBAAR),
            (Brief, and_(Brief.gedaan_op.is_not(None), Brief.aangemaakt_op < grens)),
            (Contactadres, nooit_bevestigd()),
        )
        async with self._db.begin() as session:
            await voorkeuren.vergeet_bsn(session)

    async def nieuwsbrieven(self) -> None:
        """What has ended; and the mails of a week or a month whose moment has come are put in the queue."""
        await ruim_op(self._db)
        if self._smtp is not None:
            await plan_bundels(self._db, self._sleutels)

    async def verwerkingen(self) -> None:
        """The log of processing of before its term; the chains stay whole."""
        await keten.ruim_op(self._db, self._sleutels)

    async def dossiers(self) -> None:
        """Downloads of everything, a day after they were made."""
        await dossier.verwijder(self._db, self._bestanden, Dossier.verloopt_op <= now())

    async def meld_dood(self) -> None:
        """Tell those who keep the portal running that work was given up: once a day for each kind."""
        if self._smtp is None or not self._smtp.beheer:
            return
        recent = and_(
            Opdracht.toestand == "dood", Opdracht.soort != MAIL, Opdracht.klaar_op > now() - timedelta(days=1)
        )
        async with self._db() as session:
            soorten = list(await session.scalars(select(Opdracht.soort).where(recent).distinct()))
        for soort in soorten:
            async with self._db.begin() as session:
                await plaats_mail(
                    session,
                    self._sleutels,
                    sjabloon="VASTGELOPEN",
                    aan=self._smtp.beheer,
                    taal="nl",
                    gegevens={"soort": soort},
                    sleutel=f"VASTGELOPEN:{soort}:{vandaag()}",
                )

    async def _weg(self, *welke: tuple[type[Base], ColumnElement[bool]]) -> None:
        """Delete the rows of each condition, each in a transaction of its own; children go with their parent."""
        for tabel, conditie in welke:
            async with self._db.begin() as session:
                await session.execute(delete(tabel).where(conditie).execution_options(synchronize_session=False))
