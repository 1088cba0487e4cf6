"""Subscribing: an address that was typed gets one mail, and nothing else before its link is used (double opt-in).

Nobody can learn who is subscribed: the same thing happens, and the same page is shown, for every address.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import and_, case, delete, literal, or_, select

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.errors import TeVaak
from pip_portal.nieuwsbrief import toestemming
from pip_portal.nieuwsbrief.doorgeven import geef_door
from pip_portal.nieuwsbrief.links import GELDIG, Links
from pip_portal.nieuwsbrief.onderwerpen import onderwerpen
from pip_portal.opdrachten import plaats
from pip_portal.post import onbestelbaar
from pip_portal.post.mail import plaats_mail
from pip_portal.post.onbestelbaar import adres_hash
from pip_portal.sleutels import Sleutels
from pip_portal.taal import Taal, schrijf_in
from pip_portal.tables import Abonnee, Inschrijving, Mailblokkade, Nieuwsbriefverzoek
from pip_portal.tellers import Grens, tel_wie
from pip_portal.tijd import now
from pip_portal.weergave import datum, tijdstip

PER_ADRES: Final = Grens(3, timedelta(days=1))  # mails that a stranger can make us send to one address

LINK: Final = "nieuwsbrieflink"

Keuzes = Mapping[str, str]  # code of the onderwerp -> frequentie


@dataclass(frozen=True, slots=True)
class Verzoek:
    """What waits for a confirmation, as the page with the button shows it."""

    id: str
    keuzes: Keuzes
    taal: Taal
    html: bool
    adres: str
    aangemaakt_op: datetime
    eigenaar: str | None
    bron: Literal["web", "account"]


async def vraag_aan(
    db: Sessionmaker,
    sleutels: Sleutels,
    *,
    adres: str,
    keuzes: Keuzes,
    taal: Taal,
    html: bool = True,
    eigenaar: str | None = None,
) -> None:
    """Keep the request for 48 hours and mail the link that confirms it; too many for one address: do nothing at all.

    adres: as post.opmaken.adres_van made it. eigenaar: keyed hash of who is logged in.
    """
    try:
        await tel_wie(db, sleutels, "nieuwsbrief", adres_hash(sleutels, adres), PER_ADRES)
    except TeVaak:
        return
    moment = now()
    id_ = str(uuid.uuid4())
    tot = moment + GELDIG
    gegevens = {"adres": adres, "keuzes": dict(keuzes), "taal": taal, "html": html}
    with schrijf_in(taal):
        mail = {"link": Links(sleutels).bevestig_pad(id_), "datum": datum(tot), "tijd": tijdstip(tot)}
    async with db.begin() as session:
        session.add(
            Nieuwsbriefverzoek(
                id=id_,
                eigenaar=eigenaar,
                bron="account" if eigenaar else "web",
                gegevens=sleutels.encrypt(json.dumps(gegevens).encode()),
                aangemaakt_op=moment,
                verloopt_op=tot,
            )
        )
        await plaats_mail(
            session, sleutels, sjabloon="M12N", aan=adres, taal=taal, gegevens=mail, sleutel=f"M12N:{id_}"
        )


async def verzoek_van(db: Sessionmaker, sleutels: Sleutels, token: str) -> Verzoek | None:
    """The request that this link may confirm; None when the link is not ours, ended, or was used."""
    gelezen = Links(sleutels).bevestigen.lees(token)
    if gelezen is None:
        return None
    async with db() as session:
        rij = await session.scalar(
            select(Nieuwsbriefverzoek).where(
                Nieuwsbriefverzoek.id == gelezen[0], Nieuwsbriefverzoek.verloopt_op > now()
            )
        )
    return _verzoek(sleutels, rij) if rij else None


async def bevestig(db: Sessionmaker, sleutels: Sleutels, token: str) -> Verzoek | None:
    """Subscribe, once, and write down the consent. None when the link does not work (any more)."""
    gelezen = Links(sleutels).bevestigen.lees(token)
    if gelezen is None:
        return None
    moment = now()
    async with db.begin() as session:
        rij = await session.scalar(
            delete(Nieuwsbriefverzoek)
            .where(Nieuwsbriefverzoek.id == gelezen[0], Nieuwsbriefverzoek.verloopt_op > moment)
            .returning(Nieuwsbriefverzoek)
            .execution_options(synchronize_session=False)
        )
        if rij is None:
            return None
        verzoek = _verzoek(sleutels, rij)
        hash_ = adres_hash(sleutels, verzoek.adres)
        abonnee = insert_van(session)(Abonnee).values(
            id=str(uuid.uuid4()),
            adres_hash=hash_,
            adres=sleutels.encrypt(verzoek.adres.encode()),
            taal=verzoek.taal,
            html=verzoek.html,
            link_versie=1,
            aangemaakt_op=moment,
        )
        # The no-op update locks the row: who withdraws at this moment comes before or after us, never in between.
        abonnee = abonnee.on_conflict_do_update(index_elements=["adres_hash"], set_={"adres_hash": hash_})
        abonnee_id = await session.scalar(abonnee.returning(Abonnee.id))
        had = set(await session.scalars(select(Inschrijving.onderwerp).where(Inschrijving.abonnee_id == abonnee_id)))
        for code, frequentie in verzoek.keuzes.items():
            rij_ = insert_van(session)(Inschrijving).values(
                abonnee_id=abonnee_id,
                onderwerp=code,
                frequentie=frequentie,
                eigenaar=verzoek.eigenaar,
                bevestigd_op=moment,
                gebundeld_tot=moment,
            )
            anders = and_(
                Inschrijving.frequentie != frequentie,
                or_(Inschrijving.frequentie == "direct", literal(frequentie) == "direct"),
            )
            sinds = case((anders, rij_.excluded.gebundeld_tot), else_=Inschrijving.gebundeld_tot)
            rij_ = rij_.on_conflict_do_update(
                index_elements=["abonnee_id", "onderwerp"],
                set_={"frequentie": frequentie, "gebundeld_tot": sinds},  # as voorkeuren.bewaar
            )
            await session.execute(rij_)
        await toestemming.geef(
            session,
            hash_=hash_,
            eigenaar=verzoek.eigenaar,
            codes=[code for code in verzoek.keuzes if code not in had],
            bron=verzoek.bron,
            taal=verzoek.taal,
            gevraagd_op=verzoek.aangemaakt_op,
        )
        await geef_door(session, sleutels, str(abonnee_id))
        await session.execute(delete(Mailblokkade).where(Mailblokkade.adres_hash == hash_))
        await onbestelbaar.vergeet(session, sleutels, verzoek.adres)  # the mail with the link came in
    return verzoek


async def vraag_link(db: Sessionmaker, sleutels: Sleutels, adres: str, taal: Taal) -> None:
    """Have a worker mail the link to change and stop, when this address gets newsletters. Same limit as asking.

    What is done here is the same for every address, so that the time it takes tells nothing either.
    """
    try:
        await tel_wie(db, sleutels, "nieuwsbrief", adres_hash(sleutels, adres), PER_ADRES)
    except TeVaak:
        return
    id_ = str(uuid.uuid4())
    async with db.begin() as session:
        await plaats(session, sleutels, LINK, f"{LINK}:{id_}", {"id": id_, "adres": adres, "taal": taal})


class Linkmail:
    """Handler for LINK: the mail with the link, or nothing for who gets no newsletters."""

    def __init__(self, db: Sessionmaker, sleutels: Sleutels) -> None:
        self._db = db
        self._sleutels = sleutels

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        adres = inhoud["adres"]
        async with self._db.begin() as session:
            abonnee = await session.scalar(
                select(Abonnee).where(Abonnee.adres_hash == adres_hash(self._sleutels, adres))
            )
            if abonnee is None:
                return
            await plaats_mail(
                session,
                self._sleutels,
                sjabloon="M12L",
                aan=adres,
                taal=inhoud["taal"],
                gegevens={"link": Links(self._sleutels).voorkeuren_pad(abonnee.id, abonnee.link_versie)},
                sleutel=f"M12L:{inhoud['id']}",
            )


def _verzoek(sleutels: Sleutels, rij: Nieuwsbriefverzoek) -> Verzoek:
    """What was kept, without newsletters that do not exist any more."""
    gegevens = json.loads(sleutels.decrypt(rij.gegevens))
    bestaat = onderwerpen()
    return Verzoek(
        id=rij.id,
        keuzes={code: bestaat[code].passend(f) for code, f in gegevens["keuzes"].items() if code in bestaat},
        taal=gegevens["taal"],
        html=gegevens["html"],
        adres=gegevens["adres"],
        aangemaakt_op=rij.aangemaakt_op,
        eigenaar=rij.eigenaar,
        bron=cast(Literal["web", "account"], rij.bron),
    )
