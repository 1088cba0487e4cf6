"""Who does which work of the outbox, and `pip-portal worker`: a process that does nothing else."""

import asyncio
import logging
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final

from pip_portal.backoffice.bronnen import Bronnen, open_backoffices
from pip_portal.backoffice.klantcontacten import KlantcontactenApi
from pip_portal.bestanden.opslag import Bestanden
from pip_portal.burgerstatus import Burgerstatussen
from pip_portal.contact.doorgeven import SOORT as CONTACT
from pip_portal.contact.doorgeven import Contactoverdracht
from pip_portal.contact.sms import SOORT as SMS
from pip_portal.contact.sms import Sms
from pip_portal.db import Sessionmaker, open_db
from pip_portal.dossier.maken import SOORT as DOSSIER
from pip_portal.dossier.maken import Maken
from pip_portal.inzendingen.aanvulling import Aanvulling
from pip_portal.inzendingen.intrekking import Intrekking
from pip_portal.inzendingen.ondertekening_overdracht import Tekenoverdracht
from pip_portal.inzendingen.overdracht import Overdracht
from pip_portal.inzendingen.taak import SOORT as TAAK
from pip_portal.inzendingen.taak import Taakoverdracht
from pip_portal.nieuwsbrief.doorgeven import SOORT as NIEUWSBRIEF
from pip_portal.nieuwsbrief.doorgeven import Doorgeven
from pip_portal.nieuwsbrief.inschrijven import LINK as NIEUWSBRIEFLINK
from pip_portal.nieuwsbrief.inschrijven import Linkmail
from pip_portal.nieuwsbrief.verdelen import SOORT as ZENDING
from pip_portal.nieuwsbrief.zendingen import Zendingen
from pip_portal.notificaties.berichten import SOORT as GEOPEND
from pip_portal.notificaties.berichten import Geopend
from pip_portal.notificaties.berichtenbox import Berichtenbox
from pip_portal.notificaties.lopende_zaken import SOORT as LOPENDE_ZAAK
from pip_portal.notificaties.lopende_zaken import LopendeZaken
from pip_portal.notificaties.melden import BERICHTENBOX, VERZAMELMAIL, Melden, Verzamelmail
from pip_portal.notificaties.melden import SOORT as MELDING
from pip_portal.notificaties.objecten import Objectnieuws
from pip_portal.notificaties.ontvangst import SOORT as NOTIFICATIE
from pip_portal.notificaties.taken import SOORT as HERINNERING
from pip_portal.notificaties.taken import Herinneren
from pip_portal.notificaties.toezicht import RONDE, Ronde
from pip_portal.notificaties.verwerken import Verwerken
from pip_portal.opdrachten import Handler, Tempo, Werker
from pip_portal.post.bouncebus import blijf_legen
from pip_portal.post.mail import SOORT as MAIL
from pip_portal.post.versturen import Versturen
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.vragen.antwoorden import Antwoorden
from pip_portal.vragen.overdracht import Vangnet, Vraagoverdracht
from pip_portal.vragen.vraag import SOORT as VRAAG
from pip_portal.vragen.vraag import VANGNET

log = logging.getLogger(__name__)

# At once, per process: enough to go on while one waits, not so much that a backoffice drowns after an outage.
GELIJKTIJDIG: Final[Mapping[str, int]] = {
    "overdracht": 4,
    "aanvulling": 2,
    "intrekking": 2,
    "ondertekening": 2,
    MAIL: 4,
    NOTIFICATIE: 4,
    MELDING: 4,
}


def maak_werker(
    settings: Settings,
    db: Sessionmaker,
    sleutels: Sleutels,
    bronnen: Bronnen,
    bestanden: Bestanden,
    *,
    tempo: Tempo | None = None,
) -> Werker:
    """A worker with every handler. Without a mail server, mail stays in the queue."""
    waarmee = (db, sleutels, bronnen.zaaksysteem.bronnen, bestanden)
    contacten = None
    if bronnen.klantinteracties is not None and settings.klantinteracties is not None:
        contacten = KlantcontactenApi(bronnen.klantinteracties, settings.klantinteracties)
    handlers: dict[str, Handler] = {
        "overdracht": Overdracht(*waarmee),
        "aanvulling": Aanvulling(*waarmee),
        "intrekking": Intrekking(*waarmee),
        "ondertekening": Tekenoverdracht(*waarmee),
        NOTIFICATIE: Verwerken(
            db,
            sleutels,
            bronnen.zaaksysteem.bronnen,
            Burgerstatussen.read(settings.burgerstatussen),
            elke_status=settings.mail_elke_status,
            lopende_zaken=bronnen.mijnoverheid is not None,
            antwoorden=Antwoorden(db, sleutels, contacten) if contacten is not None else None,
            objecten=Objectnieuws(db, sleutels, bronnen.objecten) if bronnen.objecten is not None else None,
        ),
        MELDING: Melden(db, sleutels),
        VERZAMELMAIL: Verzamelmail(db, sleutels),
        BERICHTENBOX: Berichtenbox(db, sleutels, bronnen.mijnoverheid, settings.public_url),
        DOSSIER: Maken(db, sleutels, bronnen, bestanden),
        NIEUWSBRIEF: Doorgeven(db, sleutels, bronnen.mailingdienst),
        NIEUWSBRIEFLINK: Linkmail(db, sleutels),
        RONDE: Ronde(db, sleutels, bronnen.zaaksysteem.bronnen),
    }
    if bronnen.klantinteracties is not None:
        handlers[CONTACT] = Contactoverdracht(db, sleutels, bronnen.klantinteracties, bronnen.brp, bronnen.kvk)
    if contacten is not None and contacten.settings.actor:
        handlers[VRAAG] = Vraagoverdracht(db, sleutels, contacten, bronnen.brp, bronnen.kvk)
    if settings.vragen.kcc:
        handlers[VANGNET] = Vangnet(db, sleutels, settings.vragen.kcc)
    if bronnen.objecten is not None:
        handlers[TAAK] = Taakoverdracht(db, sleutels, bronnen.objecten, bestanden)
        handlers[GEOPEND] = Geopend(bronnen.objecten)
        handlers[HERINNERING] = Herinneren(db, sleutels, bronnen.objecten)
    if bronnen.mijnoverheid is not None:
        burgerstatussen = Burgerstatussen.read(settings.burgerstatussen)
        zaken = (bronnen.zaaksysteem.bronnen, burgerstatussen, bronnen.mijnoverheid, settings.public_url)
        handlers[LOPENDE_ZAAK] = LopendeZaken(db, sleutels, *zaken)
    if bronnen.sms is not None:
        handlers[SMS] = Sms(bronnen.sms)
    if settings.smtp is not None:
        handlers[MAIL] = Versturen(db, sleutels, settings.smtp, settings.public_url)
        handlers[ZENDING] = Zendingen(db, sleutels, settings, settings.smtp)
    return Werker(db, sleutels, handlers, gelijktijdig=GELIJKTIJDIG, tempo=tempo)


async def draai(settings: Settings, tempo: Tempo | None = None) -> None:
    """Work until SIGTERM or SIGINT; what is under way then is finished, or given back to another worker."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(open_db(settings.database_url))
        sleutels = Sleutels(settings)
        bronnen = await open_backoffices(settings)
        stack.push_async_callback(bronnen.aclose)
        werker = maak_werker(settings, db, sleutels, bronnen, Bestanden(db, settings, sleutels), tempo=tempo)
        if settings.bounces is not None:
            stack.push_async_callback(_stop, asyncio.create_task(blijf_legen(db, settings.bounces)))
        taak = asyncio.create_task(werker.draai())
        for sein in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sein, taak.cancel)
        log.info("werker gestart", extra={"mail": settings.smtp is not None})
        await asyncio.wait({taak})
        log.info("werker gestopt")
        if not taak.cancelled():
            taak.result()


async def _stop(taak: asyncio.Task[None]) -> None:
    taak.cancel()
    await asyncio.gather(taak, return_exceptions=True)
