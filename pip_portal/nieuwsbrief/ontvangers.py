"""The readers of one zending: taken in stacks with a lease, each written down with what came of their mail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.nieuwsbrief.bericht import Lezer
from pip_portal.nieuwsbrief.links import Links
from pip_portal.nieuwsbrief.uitgave import Uitgegeven, in_taal
from pip_portal.nieuwsbrief.verdelen import Kandidaat, kies
from pip_portal.post import onbestelbaar
from pip_portal.post.mail import mailnummer
from pip_portal.sleutels import Sleutels
from pip_portal.taal import Taal
from pip_portal.tables import Abonnee, Inschrijving, Mail, Onbestelbaar, Ontvanger, Zending
from pip_portal.tijd import now

STAPEL: Final = 50
MAX_POGINGEN: Final = 8
WACHT: Final = timedelta(minutes=5)  # after a "not now" of the mail server; doubled each time


@dataclass(frozen=True, slots=True)
class Stand:
    """How far it is: numbers of ontvangers. niet: refused, passed over, or tried in vain."""

    open: int
    verzonden: int
    niet: int
    weer_op: datetime | None  # the first of those that are open may be tried then

    @property
    def totaal(self) -> int:
        return self.open + self.verzonden + self.niet


@dataclass(frozen=True, slots=True)
class Bezorging:
    """One mail to one reader. nummer: of its Message-ID, the same at each try."""

    abonnee: str
    nummer: str
    lezer: Lezer
    delen: list[Uitgegeven]
    pogingen: int


@dataclass(frozen=True, slots=True)
class Stapel:
    """What a sender has until `tot`."""

    tot: datetime
    bezorgingen: list[Bezorging]


class Ontvangers:
    """lease: how long a sender may be silent before another takes over what it had."""

    def __init__(
        self,
        db: Sessionmaker,
        sleutels: Sleutels,
        public_url: str,
        zending: Zending,
        kandidaten: Sequence[Kandidaat],
        lease: timedelta,
    ) -> None:
        self._db = db
        self._sleutels = sleutels
        self._public_url = public_url
        self._zending = zending
        self._kandidaten = kandidaten
        self._lease = lease
        self._links = Links(sleutels)
        self._opgemaakt: dict[tuple[str, Taal], Uitgegeven] = {}

    async def stand(self) -> Stand:
        """How far it is, with what other processes did."""
        vraag = (
            select(Ontvanger.toestand, func.count(), func.min(Ontvanger.vrij_op))
            .where(Ontvanger.zending_id == self._zending.id)
            .group_by(Ontvanger.toestand)
        )
        async with self._db() as session:
            rijen = {toestand: (n, weer) for toestand, n, weer in await session.execute(vraag)}
        open_, weer_op = rijen.pop("open", (0, None))
        verzonden, _ = rijen.pop("verzonden", (0, None))
        return Stand(open_, verzonden, sum(n for n, _ in rijen.values()), weer_op)

    async def sluit(self) -> None:
        async with self._db.begin() as session:
            await session.execute(
                update(Zending).where(Zending.id == self._zending.id, Zending.klaar_op.is_(None)).values(klaar_op=now())
            )

    # ---- taking ----------------------------------------------------------------------------------------

    async def pak(self) -> Stapel | None:
        """Take a stack, and all that is needed to send it; None when there is nothing to take now.

        The update repeats the question, because SQLite has no row locks: there the first writer wins.
        """
        moment = now()
        vrij = (Ontvanger.zending_id == self._zending.id, Ontvanger.toestand == "open", Ontvanger.vrij_op <= moment)
        vraag = select(Ontvanger.abonnee_id).where(*vrij).order_by(Ontvanger.abonnee_id).limit(STAPEL)
        async with self._db.begin() as session:
            if not (ids := list(await session.scalars(vraag.with_for_update(skip_locked=True)))):
                return None
            gepakt = await session.execute(
                update(Ontvanger)
                .where(*vrij, Ontvanger.abonnee_id.in_(ids))
                .values(vrij_op=moment + self._lease)
                .returning(Ontvanger.abonnee_id, Ontvanger.pogingen)
                .execution_options(synchronize_session=False)
            )
            pogingen = dict(gepakt.all())
            bezorgingen = await self._bezorgingen(session, pogingen)
            if overgeslagen := set(pogingen) - {bezorging.abonnee for bezorging in bezorgingen}:
                await session.execute(self._zet(overgeslagen, toestand="overgeslagen"))
                await self._onthoud(session, overgeslagen)
        return Stapel(moment + self._lease, bezorgingen)

    async def _bezorgingen(self, session: AsyncSession, pogingen: Mapping[str, int]) -> list[Bezorging]:
        """The mails to these readers, without those who stopped, who take no mail, or for whom there is nothing."""
        ids = list(pogingen)
        slecht = select(Onbestelbaar.adres_hash)
        vraag = select(Abonnee).where(Abonnee.id.in_(ids), Abonnee.adres_hash.not_in(slecht)).order_by(Abonnee.id)
        abonnees = list(await session.scalars(vraag))
        mijn: dict[str, list[Inschrijving]] = {id_: [] for id_ in ids}
        for inschrijving in await session.scalars(select(Inschrijving).where(Inschrijving.abonnee_id.in_(ids))):
            mijn[inschrijving.abonnee_id].append(inschrijving)
        bezorgingen, mails = [], []
        for abonnee in abonnees:
            if delen := kies(self._zending.soort, mijn[abonnee.id], self._kandidaten):
                taal = cast(Taal, abonnee.taal)
                nummer = mailnummer(self._sleutels, f"nieuwsbrief:{self._zending.id}:{abonnee.id}")
                opgemaakt = [self._maak_op(deel, taal) for deel in delen]
                bezorgingen.append(
                    Bezorging(abonnee.id, nummer, self._lezer(abonnee, taal), opgemaakt, pogingen[abonnee.id])
                )
                mails.append(_mail(nummer, abonnee))
        if mails:  # from here on the mail server may have them, so that what comes back finds whose mail it was
            rij = insert_van(session)(Mail)
            await session.execute(rij.values(mails).on_conflict_do_nothing(index_elements=["nummer"]))
        return bezorgingen

    def _lezer(self, abonnee: Abonnee, taal: Taal) -> Lezer:
        return Lezer(
            adres=self._sleutels.decrypt(abonnee.adres).decode(),
            taal=taal,
            html=abonnee.html,
            voorkeuren_url=self._public_url + self._links.voorkeuren_pad(abonnee.id, abonnee.link_versie),
            afmeld_url=self._public_url + self._links.afmeld_pad(abonnee.id, abonnee.link_versie),
        )

    def _maak_op(self, kandidaat: Kandidaat, taal: Taal) -> Uitgegeven:
        sleutel = (kandidaat.id, taal)
        if sleutel not in self._opgemaakt:
            self._opgemaakt[sleutel] = in_taal(kandidaat.inhoud, taal)
        return self._opgemaakt[sleutel]

    async def geef_terug(self, abonnees: Sequence[str], tot: datetime) -> None:
        """Another may take these at once; what another took since then is left alone."""
        async with self._db.begin() as session:
            await session.execute(self._zet(abonnees, vrij_op=now()).where(Ontvanger.vrij_op == tot))

    # ---- what came of it -------------------------------------------------------------------------------

    async def verzonden(self, bezorging: Bezorging) -> None:
        async with self._db.begin() as session:
            await session.execute(self._zet([bezorging.abonnee], toestand="verzonden"))
            await session.execute(
                update(Mail)
                .where(Mail.nummer == bezorging.nummer)
                .values(verzonden_op=now())
                .execution_options(synchronize_session=False)
            )
            await self._onthoud(session, [bezorging.abonnee])

    async def _onthoud(self, session: AsyncSession, abonnees: Collection[str]) -> None:
        """These had the bundel until its moment; the next one begins there."""
        if self._zending.soort == "direct":
            return
        await session.execute(
            update(Inschrijving)
            .where(
                Inschrijving.abonnee_id.in_(abonnees),
                Inschrijving.frequentie == self._zending.soort,
                Inschrijving.gebundeld_tot < self._zending.tot,
            )
            .values(gebundeld_tot=self._zending.tot)
            .execution_options(synchronize_session=False)
        )

    async def geweigerd(self, bezorging: Bezorging, code: str) -> None:
        """For good; an address that does not exist gets no newsletter any more."""
        async with self._db.begin() as session:
            await session.execute(self._zet([bezorging.abonnee], toestand="geweigerd"))
            await onbestelbaar.markeer(session, await session.get_one(Mail, bezorging.nummer), code)

    async def later(self, bezorging: Bezorging) -> None:
        """The mail server does not take this one now; after many times we stop asking."""
        pogingen = bezorging.pogingen + 1
        toestand = "mislukt" if pogingen >= MAX_POGINGEN else "open"
        weer_op = now() + WACHT * 2**bezorging.pogingen
        async with self._db.begin() as session:
            await session.execute(self._zet([bezorging.abonnee], toestand=toestand, vrij_op=weer_op, pogingen=pogingen))

    def _zet(self, abonnees: Collection[str], **waarden: object) -> Update:
        """Change those of these that still wait."""
        return (
            update(Ontvanger)
            .where(
                Ontvanger.zending_id == self._zending.id,
                Ontvanger.abonnee_id.in_(abonnees),
                Ontvanger.toestand == "open",
            )
            .values(**waarden)
            .execution_options(synchronize_session=False)
        )


def _mail(nummer: str, abonnee: Abonnee) -> dict[str, object]:
    moment = now()
    return {
        "nummer": nummer,
        "versie": f"nieuwsbrief/{abonnee.taal}",
        "adres_hash": abonnee.adres_hash,
        "eigenaar": "",
        "kenmerk": "",
        "aangemaakt_op": moment,
        "begonnen_op": moment,
    }
