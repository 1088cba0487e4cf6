"""Somebody else who must agree: asked by mail, answers once, after a login of their own.

Of the code in the mail only a hash is kept; each new mail has a new code, and the one before stops working.
Source: forms §2.2 (ondertekening), §3.7, §3.8; issue 3 §1.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal import opdrachten
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import NotFound, PortalError
from pip_portal.gebruiker import Burger, Gebruiker
from pip_portal.inzendingen.inhoud import Antwoord, Deel, Inhoud, TeTekenen, Tweetalig
from pip_portal.inzendingen.lezen import meld_onleesbaar, open_inhoud
from pip_portal.inzendingen.toestand import aantal, breek_af, geef_vrij
from pip_portal.post.mail import plaats_mail
from pip_portal.sleutels import Sleutels
from pip_portal.taal import N_, Taal, _, schrijf_in, taal
from pip_portal.tables import Bewijs, Inzending, Ondertekening
from pip_portal.tijd import now
from pip_portal.weergave import AMSTERDAM, datum, lokale_dag

SOORT = "ondertekening"  # of the outbox row that takes an answer to the zaak
CODE_BYTES = 24  # 192 bits
LEEG = b"{}"
MAX_REDEN = 500  # characters

# How it stands with a request, by its toestand (forms §3.7).
STANDEN = {
    "gevraagd": N_("Wij wachten op {naam}, tot en met {datum}."),
    "getekend": N_("{naam} heeft ondertekend."),
    "geweigerd": N_("{naam} wil niet ondertekenen."),
    "verlopen": N_("{naam} heeft niet op tijd geantwoord."),
    "vervangen": N_("{naam} hoeft niet meer te antwoorden."),
}

Belet = Literal["", "bedrijf", "aanvrager", "al_getekend", "niveau"]


class NietMeer(PortalError):
    """It was answered already, or the term is over."""


class Vraag(Deel):
    """What is asked, of whom, and (once answered) by whom; stored encrypted.

    wie: name of who asks. bsn, ondertekenaar: of who signed. reden: why not, in the words of that person.
    """

    email: str
    taal: Taal
    nummer: str
    product: Tweetalig
    gevoelig: bool
    wie: str
    rol: Tweetalig
    vraag: Tweetalig
    ziet: tuple[Antwoord, ...]
    roltype: str
    niveau: int
    herinner_na: tuple[int, ...]
    zonder_reactie: Literal["naar_behandelaar", "vervalt"]
    bsn: str = ""
    ondertekenaar: str = ""
    reden: str = ""


@dataclass(frozen=True, slots=True)
class Verzoek:
    """A request to sign. eigenaar, door: keyed hash of who asks and of who answered. einde: the moment it ends."""

    id: str
    inzending_id: str
    eigenaar: str = field(repr=False)
    toestand: str
    einde: datetime
    door: str | None = field(repr=False)
    beantwoord_op: datetime | None
    vraag: Vraag = field(repr=False)

    @property
    def is_open(self) -> bool:
        return self.toestand == "gevraagd" and now() < self.einde

    @property
    def laatste_dag(self) -> date:
        return lokale_dag(self.einde - timedelta(seconds=1))

    @property
    def zin(self) -> str:
        """How it stands, for who asked."""
        stand = "verlopen" if self.toestand == "gevraagd" and not self.is_open else self.toestand
        zin = _(STANDEN[stand])
        return zin.format(naam=self.vraag.rol.in_taal(taal()), datum=datum(self.laatste_dag))


# ---- asking --------------------------------------------------------------------------------------------


async def nieuwe_ondertekeningen(session: AsyncSession, sleutels: Sleutels, inzending_id: str, inhoud: Inhoud) -> None:
    """Ask everybody who must sign, in the transaction that stores the inzending."""
    for teken in inhoud.tekenen:
        vraag = _vraag(teken, inhoud)
        code = _nieuwe_code()
        dag = lokale_dag(inhoud.ontvangen_op) + timedelta(days=teken.dagen)
        rij = Ondertekening(
            id=str(uuid4()),
            inzending_id=inzending_id,
            rol=teken.rol,
            code_hash=_hash(code),
            gegevens=_dicht(sleutels, vraag),
            toestand="gevraagd",
            aangemaakt_op=inhoud.ontvangen_op,
            uiterlijk_op=datetime.combine(dag + timedelta(days=1), time(), AMSTERDAM),
            herinneringen=0,
        )
        session.add(rij)
        await _nodig_uit(session, sleutels, "TEKENEN", vraag, code, dag, f"TEKENEN:{rij.id}")
    await session.flush()


def _vraag(teken: TeTekenen, inhoud: Inhoud) -> Vraag:
    return Vraag(
        email=teken.email,
        taal=inhoud.taal,
        nummer=inhoud.nummer,
        product=inhoud.product,
        gevoelig=inhoud.gevoelig,
        wie=inhoud.aanvrager.naam,
        rol=teken.naam,
        vraag=teken.vraag,
        ziet=teken.ziet,
        roltype=teken.roltype,
        niveau=teken.niveau,
        herinner_na=teken.herinner_na,
        zonder_reactie=teken.zonder_reactie,
    )


async def _nodig_uit(
    session: AsyncSession, sleutels: Sleutels, sjabloon: str, vraag: Vraag, code: str, dag: date, sleutel: str
) -> None:
    with schrijf_in(vraag.taal):
        gegevens = {"datum": datum(dag), "link": f"/ondertekenen/{code}"}
    if not vraag.gevoelig:
        gegevens["product"] = vraag.product.in_taal(vraag.taal)
    await plaats_mail(
        session,
        sleutels,
        sjabloon=sjabloon,
        aan=vraag.email,
        taal=vraag.taal,
        gegevens=gegevens,
        sleutel=sleutel,
        kenmerk=vraag.nummer,
    )


async def vraag_opnieuw(
    db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str, inzending_id: str, verzoek_id: str, email: str = ""
) -> None:
    """Send the request once more, with a new code, to the same address or to another. The term stays.

    Raises: NotFound when it is of somebody else; NietMeer when it was answered or is over.
    """
    async with db.begin() as session:
        verzoek = await _een(session, sleutels, Ondertekening.id == verzoek_id, Inzending.eigenaar == eigenaar_hash)
        if verzoek.inzending_id != inzending_id:
            raise NotFound
        vraag = verzoek.vraag.model_copy(update={"email": email or verzoek.vraag.email})
        code = await _vervang_code(session, sleutels, verzoek, vraag)
        sleutel = f"TEKENEN:{verzoek.id}:{_hash(code)[:12]}"
        await _nodig_uit(session, sleutels, "TEKENEN", vraag, code, verzoek.laatste_dag, sleutel)


async def _vervang_code(
    session: AsyncSession, sleutels: Sleutels, verzoek: Verzoek, vraag: Vraag, **anders: object
) -> str:
    """A new code in place of the old one. Raises: NietMeer."""
    code = _nieuwe_code()
    gewijzigd = await session.execute(
        update(Ondertekening)
        .where(Ondertekening.id == verzoek.id, Ondertekening.toestand == "gevraagd", Ondertekening.uiterlijk_op > now())
        .values(code_hash=_hash(code), gegevens=_dicht(sleutels, vraag), **anders)
    )
    if not aantal(gewijzigd):
        raise NietMeer("er is al antwoord, of de termijn is om")
    return code


# ---- reading -------------------------------------------------------------------------------------------


async def met_code(db: Sessionmaker, sleutels: Sleutels, code: str) -> Verzoek:
    """Raises: NotFound for a code that is not the last one of a request."""
    async with db() as session:
        return await _een(session, sleutels, Ondertekening.code_hash == _hash(code))


async def van_inzending(
    db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str, inzending_id: str
) -> tuple[Verzoek, ...]:
    """Whom this eigenaar asked for this inzending, for the pages of the applicant. Empty when of somebody else."""
    return await _lijst(db, sleutels, eigenaar_hash, Ondertekening.inzending_id == inzending_id)


async def bij_zaak(
    db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str, bron: str, zaak_uuid: str
) -> tuple[Verzoek, ...]:
    """Whom this eigenaar asked for what became this zaak."""
    return await _lijst(db, sleutels, eigenaar_hash, (Inzending.bron == bron) & (Inzending.zaak_uuid == zaak_uuid))


async def _lijst(
    db: Sessionmaker, sleutels: Sleutels, eigenaar_hash: str, welke: ColumnElement[bool]
) -> tuple[Verzoek, ...]:
    async with db() as session:
        rijen = await session.execute(
            _keuze()
            .where(welke, Inzending.eigenaar == eigenaar_hash)
            .order_by(Ondertekening.aangemaakt_op, Ondertekening.id)
        )
        verzoeken = [_leesbaar(sleutels, rij, van) for rij, van in rijen]
    return tuple(verzoek for verzoek in verzoeken if verzoek is not None)


def _leesbaar(sleutels: Sleutels, rij: Ondertekening, eigenaar: str) -> Verzoek | None:
    """None when it was emptied, or when its key is gone."""
    try:
        return _verzoek(sleutels, rij, eigenaar)
    except NotFound:
        return None
    except ValueError:
        meld_onleesbaar("ondertekening", rij.id)
        return None


async def verzoek_van(session: AsyncSession, sleutels: Sleutels, verzoek_id: str) -> Verzoek:
    """For work in the background, that acts for nobody in particular. Raises: NotFound."""
    return await _een(session, sleutels, Ondertekening.id == verzoek_id)


async def belet(db: Sessionmaker, sleutels: Sleutels, verzoek: Verzoek, gebruiker: Gebruiker) -> Belet:
    """Why this person cannot answer; "" when they can. Nobody signs what they ask themselves, or twice."""
    if not isinstance(gebruiker, Burger):
        return "bedrijf"
    wie = eigenaar_van(gebruiker, sleutels).hash
    if wie == verzoek.eigenaar:
        return "aanvrager"
    async with db() as session:
        if await _heeft_geantwoord(session, verzoek, wie):
            return "al_getekend"
    return "niveau" if gebruiker.niveau < verzoek.vraag.niveau else ""


async def _heeft_geantwoord(session: AsyncSession, verzoek: Verzoek, wie: str) -> bool:
    """Whether this person answered another request for the same inzending."""
    andere = await session.scalar(
        select(Ondertekening.id).where(
            Ondertekening.inzending_id == verzoek.inzending_id,
            Ondertekening.door == wie,
            Ondertekening.id != verzoek.id,
        )
    )
    return andere is not None


# ---- answering -----------------------------------------------------------------------------------------


async def beantwoord(
    db: Sessionmaker,
    sleutels: Sleutels,
    verzoek: Verzoek,
    burger: Burger,
    *,
    naam: str,
    tekent: bool,
    reden: str = "",
) -> None:
    """The one answer to this request; what waited for it goes on, or ends. The caller asked `belet` first.

    Raises: NietMeer when somebody answered already, this person answered another one meanwhile, or the term is over.
    """
    wie = eigenaar_van(burger, sleutels).hash
    vraag = verzoek.vraag.model_copy(update={"bsn": burger.bsn, "ondertekenaar": naam, "reden": reden[:MAX_REDEN]})
    toestand = "getekend" if tekent else "geweigerd"
    moment = now()
    async with db.begin() as session:
        gewijzigd = await session.execute(
            update(Ondertekening)
            .where(
                Ondertekening.id == verzoek.id,
                Ondertekening.toestand == "gevraagd",
                Ondertekening.uiterlijk_op > moment,
            )
            .values(toestand=toestand, door=wie, beantwoord_op=moment, gegevens=_dicht(sleutels, vraag))
        )
        if not aantal(gewijzigd):
            raise NietMeer("er is al antwoord, of de termijn is om")
        rij, inhoud = await _op_slot(session, sleutels, verzoek.inzending_id)
        if await _heeft_geantwoord(session, verzoek, wie):  # at the same moment, in another browser
            raise NietMeer("deze persoon heeft hierbij al geantwoord")
        session.add(
            Bewijs(
                gebeurtenis="ondertekend" if tekent else "geweigerd",
                kenmerk=rij.nummer,
                wie=wie,
                hash=rij.hash,
                kanaal="internet",
                versie=f"{rij.formulier}/{rij.versie}",
                op=moment,
            )
        )
        await _ga_verder(session, sleutels, rij, inhoud)


async def _op_slot(session: AsyncSession, sleutels: Sleutels, inzending_id: str) -> tuple[Inzending, Inhoud]:
    """The inzending, locked: of two who answer at once, the second sees the answer of the first."""
    await session.execute(select(Inzending.id).where(Inzending.id == inzending_id).with_for_update())
    return await open_inhoud(session, sleutels, inzending_id)


async def _ga_verder(session: AsyncSession, sleutels: Sleutels, rij: Inzending, inhoud: Inhoud) -> None:
    """What an answer, or a term that ended, means for the inzending. Safe to do again."""
    verzoeken = list(
        await session.scalars(
            select(Ondertekening).where(Ondertekening.inzending_id == rij.id).order_by(Ondertekening.id)
        )
    )
    wacht = rij.toestand == "wacht_op_ondertekening"
    if wacht and (stop := _stopt(sleutels, verzoeken)):
        await breek_af(session, rij.id, stop)
        await session.execute(
            update(Ondertekening)
            .where(Ondertekening.inzending_id == rij.id, Ondertekening.toestand == "gevraagd")
            .values(toestand="vervangen")
        )
    elif wacht and any(verzoek.toestand == "gevraagd" for verzoek in verzoeken):
        pass
    else:
        if wacht:
            await geef_vrij(session, sleutels, rij.id)
        for verzoek in verzoeken:
            if verzoek.toestand != "gevraagd":
                inhoud_ = {"ondertekening": verzoek.id}
                await opdrachten.plaats(session, sleutels, SOORT, f"{SOORT}:{verzoek.id}", inhoud_)
    await _vertel(session, sleutels, rij.eigenaar, inhoud, verzoeken)


def _stopt(sleutels: Sleutels, verzoeken: list[Ondertekening]) -> str:
    """Why an inzending that waits ends here: somebody refused, or said nothing where an answer is compulsory."""
    if any(verzoek.toestand == "geweigerd" for verzoek in verzoeken):
        return "geweigerd"
    verlopen = [_open(sleutels, verzoek.gegevens) for verzoek in verzoeken if verzoek.toestand == "verlopen"]
    return "verlopen" if any(vraag.zonder_reactie == "vervalt" for vraag in verlopen) else ""


async def _vertel(
    session: AsyncSession, sleutels: Sleutels, eigenaar: str, inhoud: Inhoud, verzoeken: list[Ondertekening]
) -> None:
    """Mail to the applicant: each refusal and each silence once, and once that all have signed."""
    if not inhoud.email:
        return
    gegevens = {"nummer": inhoud.nummer} | ({} if inhoud.gevoelig else {"product": inhoud.product.in_taal(inhoud.taal)})
    mails = [
        (verzoek.toestand.upper(), f"{verzoek.toestand}:{verzoek.id}")
        for verzoek in verzoeken
        if verzoek.toestand in ("geweigerd", "verlopen")
    ]
    if all(verzoek.toestand == "getekend" for verzoek in verzoeken):
        mails.append(("GETEKEND", f"getekend:{verzoeken[0].inzending_id}"))
    for sjabloon, sleutel in mails:
        await plaats_mail(
            session,
            sleutels,
            sjabloon=sjabloon,
            aan=inhoud.email,
            taal=inhoud.taal,
            gegevens=gegevens,
            sleutel=sleutel,
            eigenaar=eigenaar,
        )


# ---- what happens by itself ----------------------------------------------------------------------------


async def herinner(db: Sessionmaker, sleutels: Sleutels) -> int:
    """Send every reminder that is due, each once; returns how many. One that cannot be read does not stop the rest."""
    moment = now()
    async with db() as session:
        rijen = list(
            await session.scalars(
                select(Ondertekening).where(Ondertekening.toestand == "gevraagd", Ondertekening.uiterlijk_op > moment)
            )
        )
    verstuurd = 0
    for rij in rijen:
        try:
            na = _open(sleutels, rij.gegevens).herinner_na
        except ValueError:
            meld_onleesbaar("ondertekening", rij.id)
            continue
        if rij.herinneringen >= len(na) or moment < rij.aangemaakt_op + timedelta(days=na[rij.herinneringen]):
            continue
        verstuurd += await _herinner_een(db, sleutels, rij)
    return verstuurd


async def _herinner_een(db: Sessionmaker, sleutels: Sleutels, rij: Ondertekening) -> bool:
    """False when somebody else was first: another process, or an answer."""
    async with db.begin() as session:
        gewijzigd = await session.execute(
            update(Ondertekening)
            .where(Ondertekening.id == rij.id, Ondertekening.herinneringen == rij.herinneringen)
            .values(herinneringen=rij.herinneringen + 1)
        )
        if not aantal(gewijzigd):
            return False
        verzoek = await _een(session, sleutels, Ondertekening.id == rij.id)
        try:
            code = await _vervang_code(session, sleutels, verzoek, verzoek.vraag)
        except NietMeer:
            return False
        sleutel = f"TEKENEN_HERINNERING:{rij.id}:{rij.herinneringen + 1}"
        await _nodig_uit(session, sleutels, "TEKENEN_HERINNERING", verzoek.vraag, code, verzoek.laatste_dag, sleutel)
    return True


async def laat_verlopen(db: Sessionmaker, sleutels: Sleutels) -> int:
    """End what got no answer in time: it goes to the behandelaar without, or it ends; returns how many."""
    async with db() as session:
        ids = list(
            await session.scalars(
                select(Ondertekening.id).where(
                    Ondertekening.toestand == "gevraagd", Ondertekening.uiterlijk_op <= now()
                )
            )
        )
    verlopen = 0
    for verzoek_id in ids:
        try:
            verlopen += await _verloop(db, sleutels, verzoek_id)
        except ValueError:
            meld_onleesbaar("ondertekening", verzoek_id)
    return verlopen


async def _verloop(db: Sessionmaker, sleutels: Sleutels, verzoek_id: str) -> bool:
    async with db.begin() as session:
        inzending_id = await session.scalar(
            update(Ondertekening)
            .where(Ondertekening.id == verzoek_id, Ondertekening.toestand == "gevraagd")
            .values(toestand="verlopen", beantwoord_op=now())
            .returning(Ondertekening.inzending_id)
        )
        if inzending_id is None:
            return False
        rij, inhoud = await _op_slot(session, sleutels, inzending_id)
        await _ga_verder(session, sleutels, rij, inhoud)
    return True


async def wis(session: AsyncSession, sleutels: Sleutels, inzending_id: str) -> None:
    """Empty what is known of who was asked, when the term of the inzending ends. Nothing open is left behind."""
    await session.execute(
        update(Ondertekening)
        .where(Ondertekening.inzending_id == inzending_id, Ondertekening.toestand != "gevraagd")
        .values(gegevens=sleutels.encrypt(LEEG))
    )


# ---- rows ----------------------------------------------------------------------------------------------


def _keuze() -> Select[Ondertekening, str]:
    return select(Ondertekening, Inzending.eigenaar).join(Inzending, Inzending.id == Ondertekening.inzending_id)


async def _een(session: AsyncSession, sleutels: Sleutels, *welke: ColumnElement[bool]) -> Verzoek:
    rij = (await session.execute(_keuze().where(*welke))).one_or_none()
    if rij is None:
        raise NotFound("geen verzoek om te tekenen")
    return _verzoek(sleutels, rij[0], rij[1])


def _verzoek(sleutels: Sleutels, rij: Ondertekening, eigenaar: str) -> Verzoek:
    return Verzoek(
        id=rij.id,
        inzending_id=rij.inzending_id,
        eigenaar=eigenaar,
        toestand=rij.toestand,
        einde=rij.uiterlijk_op,
        door=rij.door,
        beantwoord_op=rij.beantwoord_op,
        vraag=_open(sleutels, rij.gegevens),
    )


def _dicht(sleutels: Sleutels, vraag: Vraag) -> bytes:
    return sleutels.encrypt(vraag.model_dump_json().encode())


def _open(sleutels: Sleutels, gegevens: bytes) -> Vraag:
    """Raises: NotFound when it was emptied."""
    if _is_leeg(sleutels, gegevens):
        raise NotFound("al opgeruimd")
    return Vraag.model_validate_json(sleutels.decrypt(gegevens))


def _is_leeg(sleutels: Sleutels, gegevens: bytes) -> bool:
    return sleutels.decrypt(gegevens) == LEEG


def _nieuwe_code() -> str:
    return secrets.token_urlsafe(CODE_BYTES)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
