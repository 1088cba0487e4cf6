"""A contact that somebody had with the municipality as Klantinteracties has it, and a thread of such contacts.

Source: Klantinteracties API (openapi.yaml); backoffice-apis §9.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import Field

from pip_portal.backoffice.klantinteracties import Codes, DigitaalAdres, Verwijzing
from pip_portal.backoffice.resource import Moment, Resource, Tekst
from pip_portal.errors import BackofficeDefect

Stand = Literal["open", "beantwoord", "afgerond"]

HEEL_LANG_GELEDEN: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _AdressenErbij(Resource):
    digitale_adressen: tuple[DigitaalAdres, ...] = ()


class Betrokkene(Resource):
    uuid: str
    was_partij: Verwijzing | None = None
    had_klantcontact: Verwijzing | None = None
    initiator: bool = False
    erbij: _AdressenErbij = Field(default=_AdressenErbij(), alias="_expand")


class Onderwerpobject(Resource):
    uuid: str
    klantcontact: Verwijzing | None = None
    was_klantcontact: Verwijzing | None = None
    onderwerpobjectidentificator: Codes | None = None


class Internetaak(Resource):
    """Only what may be shown: its toelichting is not even read."""

    uuid: str
    status: Tekst = ""
    aanleidinggevend_klantcontact: Verwijzing | None = None
    afgehandeld_op: Moment | None = None


class _Erbij(Resource):
    had_betrokkenen: tuple[Betrokkene, ...] = ()
    ging_over_onderwerpobjecten: tuple[Onderwerpobject, ...] = ()
    leidde_tot_interne_taken: tuple[Internetaak, ...] = ()


class Klantcontact(Resource):
    uuid: str
    nummer: Tekst = ""
    referentienummer: Tekst = ""
    kanaal: Tekst = ""
    onderwerp: str = Field(repr=False)
    inhoud: Tekst = Field(default="", repr=False)
    reactie: Tekst = Field(default="", repr=False)
    vertrouwelijk: bool
    plaatsgevonden_op: Moment | None = None
    had_betrokkenen: tuple[Verwijzing, ...] = ()
    erbij: _Erbij = Field(default=_Erbij(), alias="_expand")

    @property
    def op(self) -> datetime:
        return self.plaatsgevonden_op or HEEL_LANG_GELEDEN

    @property
    def vervolg_op(self) -> frozenset[str]:
        """Which contacts this one answers or follows."""
        objecten = self.erbij.ging_over_onderwerpobjecten
        return frozenset(o.was_klantcontact.uuid for o in objecten if o.was_klantcontact and o.was_klantcontact.uuid)

    @property
    def betrokkenen(self) -> tuple[Betrokkene, ...]:
        """Raises: BackofficeDefect when the server left them out: then nobody can say whose this is."""
        if self.had_betrokkenen and not self.erbij.had_betrokkenen:
            raise BackofficeDefect("het klantsysteem: expand ontbreekt")
        return self.erbij.had_betrokkenen

    def is_van(self, partij: str) -> bool:
        return any(b.was_partij and b.was_partij.uuid == partij for b in self.betrokkenen)

    def is_van_een_ander(self, partij: str) -> bool:
        return any(b.was_partij and b.was_partij.uuid != partij for b in self.betrokkenen)

    def begon(self, partij: str) -> bool:
        """Did this partij take the initiative? Then it is a question; else it comes from us."""
        return any(b.initiator for b in self.betrokkenen if b.was_partij and b.was_partij.uuid == partij)

    def zaken(self, code: tuple[str, str, str]) -> tuple[str, ...]:
        """The uuids of the zaken that it is about."""
        objecten = (o.onderwerpobjectidentificator for o in self.erbij.ging_over_onderwerpobjecten)
        return tuple(
            o.object_id
            for o in objecten
            if o and (o.code_objecttype, o.code_register, o.code_soort_object_id) == code and o.object_id
        )


@dataclass(frozen=True, slots=True)
class Uiting:
    """What one side said. op: None when it is not known."""

    tekst: str = field(repr=False)
    van_ons: bool
    op: datetime | None
    kanaal: str = ""


@dataclass(frozen=True, slots=True)
class Draad:
    """A question with all that was said about it. contacten: oldest first; zaken: uuids of what it is about."""

    contacten: tuple[Klantcontact, ...]
    partij: str
    zaken: tuple[str, ...] = ()

    @property
    def uuid(self) -> str:
        return self.contacten[0].uuid

    @property
    def onderwerp(self) -> str:
        return self.contacten[0].onderwerp

    @property
    def kanaal(self) -> str:
        return self.contacten[0].kanaal

    @property
    def op(self) -> datetime:
        return self.contacten[0].op

    @property
    def uitingen(self) -> tuple[Uiting, ...]:
        gezegd: list[Uiting] = []
        for contact in self.contacten:
            if contact.inhoud:
                van_ons = not contact.begon(self.partij)
                gezegd.append(Uiting(contact.inhoud, van_ons, contact.plaatsgevonden_op, contact.kanaal))
            if contact.reactie:
                klaar = [t.afgehandeld_op for t in contact.erbij.leidde_tot_interne_taken if t.afgehandeld_op]
                gezegd.append(Uiting(contact.reactie, van_ons=True, op=max(klaar, default=None)))
        return tuple(gezegd)

    @property
    def antwoord(self) -> Uiting | None:
        """The last thing that we said, when nothing was asked after it."""
        uitingen = self.uitingen
        return uitingen[-1] if uitingen and uitingen[-1].van_ons else None

    @property
    def stand(self) -> Stand:
        if self.antwoord is not None:
            return "beantwoord"
        taken = [taak for contact in self.contacten for taak in contact.erbij.leidde_tot_interne_taken]
        return "open" if any(taak.status != "verwerkt" for taak in taken) else "afgerond"
