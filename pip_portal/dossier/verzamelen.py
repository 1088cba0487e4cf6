"""What goes into the dossier of one person: the same as the portal shows on its pages, and nothing more."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final

from pip_portal.backoffice.bronnen import Bronnen
from pip_portal.backoffice.regels import Zaakdossier, Zaakregel, Zakenvraag
from pip_portal.contact import adressen
from pip_portal.db import Sessionmaker
from pip_portal.dossier.inpakken import Zip
from pip_portal.eigenaar import eigenaar_van
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, LevelTooLow, NotFound
from pip_portal.gebruiker import Burger, Gebruiker
from pip_portal.gegevens.bedrijf import activiteiten_groep, bedrijf_groep, eigen_vestigingen
from pip_portal.gegevens.persoon import Groep, Regel, adres_groep, gezin_groepen, persoon_groep
from pip_portal.inzendingen import lezen
from pip_portal.inzendingen.pdf import maak_pdf
from pip_portal.nieuwsbrief.voorkeuren import van_eigenaar
from pip_portal.sleutels import Sleutels
from pip_portal.taal import _, taal
from pip_portal.tijd import now, vandaag
from pip_portal.verwerkingen.lezen import inzage
from pip_portal.voorkeuren import voorkeuren

log = logging.getLogger(__name__)

SCHEMA: Final = "1"  # of dossier.json: raised when a name in it changes
PER_KEER: Final = 100
STORINGEN: Final = (BackofficeUnavailable, BackofficeDefect)

Melder = Callable[[int, int], Awaitable[None]]


class Verzamelaar:
    """One try. gemist: what could not be read now. weg: what another try does not bring either. hoger: documents that
    need a safer login. The index names all of them.
    """

    def __init__(self, db: Sessionmaker, sleutels: Sleutels, bronnen: Bronnen, gebruiker: Gebruiker, zip_: Zip) -> None:
        self._db, self._sleutels, self._bronnen = db, sleutels, bronnen
        self._wie, self._zip = gebruiker, zip_
        self._eigenaar = eigenaar_van(gebruiker, sleutels).hash
        self.gemist: list[str] = []
        self.weg: list[str] = []
        self.hoger: list[str] = []

    async def alles(self, melder: Melder) -> dict[str, Any]:
        """The content of dossier.json; files are put in the zip meanwhile. melder: told how far it is."""
        inhoud: dict[str, Any] = {"schema": SCHEMA, "gemaakt_op": now().isoformat(), "taal": taal()}
        inhoud["gegevens"] = await self._gegevens()
        inhoud["zaken"] = await self._zaken(melder)
        inhoud["berichten"] = await self._berichten()
        inhoud["inzendingen"] = await self._inzendingen()
        inhoud["contactgegevens"] = [
            {"soort": a.soort, "adres": a.adres, "standaard": a.standaard, "bevestigd_op": _iso(a.geverifieerd_op)}
            for a in await adressen.lijst(self._db, self._sleutels, self._eigenaar)
        ]
        async with self._db() as session:
            inhoud["voorkeuren"] = (await voorkeuren.lees(session, self._eigenaar)).model_dump(mode="json")
        inhoud["nieuwsbrieven"] = [
            {"onderwerp": r.naam, "frequentie": r.frequentie, "sinds": _iso(r.bevestigd_op)}
            for r in await van_eigenaar(self._db, self._sleutels, self._eigenaar)
        ]
        inhoud["wie_keek"] = [regel async for regel in self._log()]
        inhoud["ontbreekt"] = self.gemist + self.weg
        inhoud["veiliger_inloggen"] = self.hoger
        return inhoud

    def _mis(self, wat: str, exc: Exception) -> None:
        log.warning("onderdeel van een dossier niet gelezen", extra={"soort": type(exc).__name__})
        self.gemist.append(wat)

    async def _gegevens(self) -> list[dict[str, Any]]:
        try:
            groepen = await self._groepen()
        except STORINGEN as exc:
            self._mis(_("Mijn gegevens"), exc)
            return []
        return [{"kop": g.kop, "regels": [{"naam": r[0], "waarde": r[1]} for r in g.regels]} for g in groepen]

    async def _groepen(self) -> tuple[Groep, ...]:
        wie = self._wie
        if isinstance(wie, Burger):
            persoon = await self._bronnen.brp.persoon(wie)
            return (persoon_groep(persoon), adres_groep(persoon), *gezin_groepen(persoon)) if persoon else ()
        profiel = await self._bronnen.kvk.basisprofiel(wie)
        vestigingen = eigen_vestigingen(wie, await self._bronnen.kvk.vestigingen(wie))
        regels = tuple(Regel(v.vestigingsnummer, v.eerste_handelsnaam or None) for v in vestigingen)
        groep = Groep("vestigingen", _("Vestigingen"), regels)
        return (bedrijf_groep(profiel), activiteiten_groep(profiel), groep) if profiel else ()

    async def _zaken(self, melder: Melder) -> list[dict[str, Any]]:
        zaken: list[dict[str, Any]] = []
        pagina = 1
        while True:
            vraag = Zakenvraag(toestand="alle", pagina=pagina, per_pagina=PER_KEER)
            try:
                lijst = await self._bronnen.zaaksysteem.list(self._wie, vraag)
            except STORINGEN as exc:
                self._mis(_("Mijn zaken"), exc)
                return zaken
            self.gemist += [_("Mijn zaken") + f" ({bron})" for bron in lijst.storingen]
            for regel in lijst.regels:
                if (zaak := await self._zaak(regel)) is not None:
                    zaken.append(zaak)
                await melder(len(zaken), lijst.aantal)
            if pagina >= lijst.aantal_paginas:
                return zaken
            pagina += 1

    async def _zaak(self, regel: Zaakregel) -> dict[str, Any] | None:
        try:
            dossier = await self._bronnen.zaaksysteem.get(self._wie, regel.bron, regel.uuid)
        except NotFound:
            return None
        except STORINGEN as exc:
            self._mis(regel.nummer, exc)
            return None
        self.gemist += [f"{regel.nummer}: {_(deel)}" for deel in dossier.storingen]
        return {
            "nummer": dossier.nummer,
            "soort": dossier.naam,
            "omschrijving": dossier.zaak.omschrijving,
            "begonnen_op": _iso(regel.startdatum),
            "afgesloten_op": _iso(regel.einddatum),
            "behandelaar": dossier.behandelaar,
            "stappen": [{"stap": s.tekst, "datum": _iso(s.datum)} for s in dossier.statussen],
            "kenmerken": [{"naam": e.naam, "waarde": e.waarde} for e in dossier.eigenschappen],
            "uitkomst": dossier.resultaattype.omschrijving if dossier.resultaattype else "",
            "besluiten": [
                {"soort": b.naam, "datum": _iso(b.besluit.datum), "documenten": [d.titel for d in b.documenten]}
                for b in dossier.besluiten
            ],
            "documenten": [await self._document(dossier, stuk) for stuk in dossier.documenten],
        }

    async def _document(self, dossier: Zaakdossier, stuk: Any) -> dict[str, Any]:
        """Title and date, and the file itself: with the same rules as a download from the page of the zaak."""
        wat = f"{dossier.nummer}: {stuk.titel}"
        bestand = ""
        try:
            download = await self._bronnen.zaaksysteem.download(self._wie, dossier.bron, dossier.zaak.uuid, stuk.uuid)
            async with aclosing(download.inhoud):  # type: ignore[type-var]  # a generator
                pad = self._zip.naam(f"documenten/{dossier.nummer}", download.bestandsnaam)
                await self._zip.stroom(pad, download.inhoud)
                bestand = pad
        except LevelTooLow:
            self.hoger.append(wat)
        except NotFound:
            self.weg.append(wat)
        except STORINGEN as exc:
            self._mis(wat, exc)
        return {
            "titel": stuk.titel,
            "soort": stuk.soort,
            "datum": _iso(stuk.datum),
            "door_u_gestuurd": stuk.ingestuurd,
            "bestand": bestand,
        }

    async def _berichten(self) -> list[dict[str, Any]]:
        if self._bronnen.objecten is None:
            return []
        try:
            lijst = await self._bronnen.objecten.berichten(self._wie, vandaag())
        except STORINGEN as exc:
            self._mis(_("Berichten"), exc)
            return []
        if lijst.onleesbaar or lijst.er_is_meer:
            self.weg.append(_("Berichten"))
        return [
            {"onderwerp": b.onderwerp, "tekst": b.bericht_tekst, "datum": _iso(b.publicatiedatum)} for b in lijst.rijen
        ]

    async def _inzendingen(self) -> list[dict[str, Any]]:
        """What was sent and is kept here still, each with its PDF."""
        gevonden = []
        for gestuurd in await lezen.van_eigenaar(self._db, self._sleutels, self._eigenaar):
            pad = ""
            if gestuurd.inhoud is not None:
                pad = self._zip.naam("inzendingen", f"{gestuurd.nummer}.pdf")
                await self._zip.zet(pad, await maak_pdf(gestuurd.inhoud, taal()))
            gevonden.append({"nummer": gestuurd.nummer, "verstuurd_op": _iso(gestuurd.ontvangen_op), "bestand": pad})
        return gevonden

    async def _log(self) -> AsyncIterator[dict[str, Any]]:
        pagina = 1
        while True:
            deel = await inzage(self._db, self._eigenaar, pagina=pagina)
            for regel in deel.regels:
                yield {"dag": _iso(regel.dag), "wat": " ".join((regel.zin, regel.wie)).strip(), "keer": regel.aantal}
            if pagina >= deel.paginas:
                return
            pagina += 1


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
