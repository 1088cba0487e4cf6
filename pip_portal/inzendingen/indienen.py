"""Sending: one transaction, and from then on it counts as received.

Everything or nothing: the inzending with its number, its files, the outbox row, the proof and the mail. Nothing is
asked of another system in it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from pip_portal.db import Sessionmaker, insert_van
from pip_portal.errors import NotFound, PortalError
from pip_portal.inzendingen.inhoud import Inhoud
from pip_portal.inzendingen.ondertekening import nieuwe_ondertekeningen
from pip_portal.inzendingen.toestand import Toestand, aantal, opdracht_sleutel, plaats_overdracht
from pip_portal.post.mail import plaats_mail
from pip_portal.sleutels import Sleutels
from pip_portal.taal import schrijf_in
from pip_portal.tables import Bestand, Bewijs, Concept, ConceptStap, Inzending, LateInvoer
from pip_portal.weergave import datum, tijdstip

# Mail that says so, by soort.
ONTVANGEN: Final = {"aanvraag": "M1", "aanvulling": "M1A", "intrekking": "M1I", "taak": "M1T"}


class Veranderd(PortalError):
    """What would be sent is no longer what is stored: another tab changed an answer or took a file away, or a file is
    not clean. Show the page again."""


@dataclass(frozen=True, slots=True)
class Ingediend:
    """nieuw: False when it had been sent before; then this is that one. opdracht: of its hand-over, to try at once."""

    id: str
    nummer: str
    nieuw: bool
    opdracht: str


async def indienen(
    db: Sessionmaker,
    sleutels: Sleutels,
    *,
    concept_id: str,
    eigenaar_hash: str,
    inhoud: Inhoud,
    gewijzigd_op: datetime | None = None,
    concept_eigenaar: str = "",
    soortnaam: str = "",
) -> Ingediend:
    """Store what was sent, once and for all. Sending the same concept again gives the same inzending.

    The id of the inzending is that of the concept. An aanvulling or intrekking has no concept; its concept_id is a new
    uuid that its page carried, so that it too is sent once. gewijzigd_op: of the concept that `inhoud` was made of.
    concept_eigenaar: of the concept, when an employee filled it in for `eigenaar_hash`. soortnaam: what the mail calls
    an aanvraag, in the language of `inhoud`.
    Raises: NotFound when the concept is not of this eigenaar; Veranderd when its answers or files are not those of
    `inhoud`.
    """
    async with db.begin() as session:
        if not await _insert(session, sleutels, concept_id, eigenaar_hash, inhoud):
            return await _eerder(session, concept_id, eigenaar_hash)
        if inhoud.soort == "aanvraag":
            van = concept_eigenaar or eigenaar_hash
            await _sluit_concept(session, sleutels, concept_id, van, inhoud, gewijzigd_op)
        await _neem_bestanden(session, concept_id, inhoud)
        session.add(_bewijs(eigenaar_hash, inhoud))
        if inhoud.tekenen:
            await nieuwe_ondertekeningen(session, sleutels, concept_id, inhoud)
        if _begintoestand(inhoud) == "ontvangen":
            await plaats_overdracht(session, sleutels, inhoud.soort, concept_id)
        if inhoud.email:
            await _ontvangstbevestiging(session, sleutels, concept_id, eigenaar_hash, inhoud, soortnaam)
    return Ingediend(concept_id, inhoud.nummer, True, opdracht_sleutel(inhoud.soort, concept_id))


def hash_van(inhoud: Inhoud) -> str:
    """SHA-256 of what was received: its canonical JSON, in which the hash of each file stands.

    The same content always gives the same hash, whatever stored it in between; one letter more gives another.
    """
    return hashlib.sha256(canoniek(inhoud)).hexdigest()


def canoniek(inhoud: Inhoud) -> bytes:
    data: dict[str, Any] = inhoud.model_dump(mode="json")
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _begintoestand(inhoud: Inhoud) -> Toestand:
    """Paying before sending is a later issue: until then nothing waits for a payment."""
    return "wacht_op_ondertekening" if inhoud.eerst_tekenen and inhoud.tekenen else "ontvangen"


async def _insert(
    session: AsyncSession, sleutels: Sleutels, concept_id: str, eigenaar_hash: str, inhoud: Inhoud
) -> bool:
    """The row, unless there is one. It is the first statement: who comes second waits here for the first to end."""
    rij = insert_van(session)(Inzending).values(
        id=str(UUID(concept_id)),
        concept_id=concept_id,
        soort=inhoud.soort,
        nummer=inhoud.nummer,
        formulier=inhoud.formulier,
        versie=inhoud.versie,
        eigenaar=eigenaar_hash,
        bron=inhoud.doel_bron,
        zaak_uuid=inhoud.doel_zaak or None,
        toestand=_begintoestand(inhoud),
        inhoud=sleutels.encrypt(canoniek(inhoud)),
        hash=hash_van(inhoud),
        voortgang="{}",
        ontvangen_op=inhoud.ontvangen_op,
    )
    nieuw = rij.on_conflict_do_nothing(index_elements=["concept_id"]).returning(Inzending.id)
    return await session.scalar(nieuw) is not None


async def _eerder(session: AsyncSession, concept_id: str, eigenaar_hash: str) -> Ingediend:
    rij = await session.scalar(
        select(Inzending).where(Inzending.concept_id == concept_id, Inzending.eigenaar == eigenaar_hash)
    )
    if rij is None:
        raise NotFound("de inzending van een ander")
    return Ingediend(rij.id, rij.nummer, False, opdracht_sleutel(rij.soort, rij.id))


async def _sluit_concept(
    session: AsyncSession,
    sleutels: Sleutels,
    concept_id: str,
    eigenaar_hash: str,
    inhoud: Inhoud,
    gewijzigd_op: datetime | None,
) -> None:
    """The concept is sent: another can be started, and its answers are gone (they are in the inzending)."""
    eigen = (Concept.id == concept_id, Concept.eigenaar == eigenaar_hash, Concept.verzonden_op.is_(None))
    sinds = () if gewijzigd_op is None else (Concept.gewijzigd_op == gewijzigd_op,)
    gesloten = await session.execute(
        update(Concept)
        .where(*eigen, *sinds)
        .values(verzonden_op=inhoud.ontvangen_op, uniek=None, gegevens=sleutels.encrypt(b"{}"))
    )
    if not aantal(gesloten):
        if await session.scalar(select(Concept.id).where(*eigen)) is None:
            raise NotFound("het concept van een ander, of weg")
        raise Veranderd("een ander tabblad heeft net iets bewaard")
    await session.execute(delete(ConceptStap).where(ConceptStap.concept_id == concept_id))
    await session.execute(delete(LateInvoer).where(LateInvoer.concept_id == concept_id))


async def _neem_bestanden(session: AsyncSession, concept_id: str, inhoud: Inhoud) -> None:
    """The files that go along move to the inzending; those of hidden questions get no owner, so they are removed."""
    van = Bestand.concept_id == concept_id
    if inhoud.soort != "aanvraag":
        van = Bestand.concept_id.is_(None) & Bestand.inzending_id.is_(None)
    mee = await session.execute(
        update(Bestand)
        .where(van, Bestand.id.in_([bijlage.id for bijlage in inhoud.bijlagen]), Bestand.staat == "schoon")
        .values(concept_id=None, inzending_id=concept_id)
    )
    if aantal(mee) != len(inhoud.bijlagen):
        raise Veranderd("een bestand is weg of niet schoon")
    if inhoud.soort == "aanvraag":
        await session.execute(update(Bestand).where(Bestand.concept_id == concept_id).values(concept_id=None))


def _bewijs(eigenaar_hash: str, inhoud: Inhoud) -> Bewijs:
    """Source: Awb art. 2:13 (proof of receipt), requirements B7 and X1."""
    return Bewijs(
        gebeurtenis="ontvangen",
        kenmerk=inhoud.nummer,
        wie=eigenaar_hash,
        actor=inhoud.aanvrager.medewerker or None,
        hash=hash_van(inhoud),
        kanaal=inhoud.zaak.kanaal if inhoud.zaak else "internet",
        versie=f"{inhoud.formulier}/{inhoud.versie}",
        op=inhoud.ontvangen_op,
    )


async def _ontvangstbevestiging(
    session: AsyncSession, sleutels: Sleutels, inzending_id: str, eigenaar_hash: str, inhoud: Inhoud, soortnaam: str
) -> None:
    with schrijf_in(inhoud.taal):
        gegevens = {
            "nummer": inhoud.nummer,
            "datum": datum(inhoud.ontvangen_op),
            "tijd": tijdstip(inhoud.ontvangen_op),
        }
    sjabloon = ONTVANGEN[inhoud.soort]
    if sjabloon == "M1":
        gegevens |= {"soortnaam": soortnaam} if soortnaam else {}
        sjabloon = "M1_ZONDER_LOGIN" if inhoud.aanvrager.soort == "anoniem" else sjabloon
    if not inhoud.gevoelig:
        gegevens["product"] = inhoud.product.in_taal(inhoud.taal)
    await plaats_mail(
        session,
        sleutels,
        sjabloon=sjabloon,
        aan=inhoud.email,
        taal=inhoud.taal,
        gegevens=gegevens,
        sleutel=f"M1:{inzending_id}",
        eigenaar=eigenaar_hash,
    )
