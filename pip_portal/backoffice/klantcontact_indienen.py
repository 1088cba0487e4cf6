"""Klantinteracties: a question becomes a klantcontact with all that belongs to it, exactly once.

Each write is preceded by a look: what an earlier try made is found back by our own number and used. A newer server
takes the heart of it in one call, an older one in three.
Source: Klantinteracties API (openapi.yaml); backoffice-apis §9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter

from pip_portal.backoffice.klantcontact import Betrokkene, Internetaak, Klantcontact
from pip_portal.backoffice.klantcontact import Onderwerpobject as Object
from pip_portal.backoffice.klantcontacten import EXPAND, KlantcontactenApi
from pip_portal.backoffice.klantinteracties import DigitaalAdres, Partij, Soort
from pip_portal.backoffice.resource import Pagina, Resource
from pip_portal.errors import BackofficeDefect, NotFound

T = TypeVar("T")

ALLES: Final = f"{EXPAND},hadBetrokkenen.digitaleAdressen"
MAX_ONDERWERP: Final = 200
MAX_INHOUD: Final = 1000
MAX_HANDELING: Final = 200
MAX_TOELICHTING: Final = 1000


class NummerBezet(BackofficeDefect):
    """Our number belongs to a contact that is not ours."""


@dataclass(frozen=True, slots=True)
class NieuwContact:
    """nummer: ours, digits only, at most ten. taal: three letters. naam: of who did not log in.

    adressen: where to answer this one question. vervolg_op: the contact that it follows.
    """

    nummer: str
    onderwerp: str = field(repr=False)
    inhoud: str = field(repr=False)
    taal: str
    op: datetime
    handeling: str
    toelichting: str = field(default="", repr=False)
    naam: str = field(default="", repr=False)
    adressen: tuple[tuple[Soort, str], ...] = field(default=(), repr=False)
    zaak: str = ""
    vervolg_op: str = ""


class _Gemaakt(Resource):
    klantcontact: Klantcontact


_CONTACT: Final[TypeAdapter[Klantcontact]] = TypeAdapter(Klantcontact)
_CONTACTEN: Final[TypeAdapter[Pagina[Klantcontact]]] = TypeAdapter(Pagina[Klantcontact])
_GEMAAKT: Final[TypeAdapter[_Gemaakt]] = TypeAdapter(_Gemaakt)
_BETROKKENE: Final[TypeAdapter[Betrokkene]] = TypeAdapter(Betrokkene)
_OBJECT: Final[TypeAdapter[Object]] = TypeAdapter(Object)
_ADRES: Final[TypeAdapter[DigitaalAdres]] = TypeAdapter(DigitaalAdres)
_TAAK: Final[TypeAdapter[Internetaak]] = TypeAdapter(Internetaak)


class Indiener:
    def __init__(self, contacten: KlantcontactenApi) -> None:
        self._verbinding = contacten.verbinding
        self._settings = contacten.settings

    async def dien_in(self, partij: Partij | None, nieuw: NieuwContact) -> str:
        """Its uuid once everything is there, the internetaak too. Doing it once more changes nothing.

        partij: of who asks; None: somebody who did not log in.
        Raises: BackofficeUnavailable; BackofficeDefect; NummerBezet.
        """
        contact = await self._zoek(nieuw)
        if contact is None:
            await self._maak(partij, nieuw)
            contact = await self._zoek(nieuw)
        if contact is None:
            raise BackofficeDefect("het klantsysteem: een nieuw klantcontact is niet terug te vinden")
        betrokkene = await self._betrokkene(contact, partij, nieuw)
        await self._adressen(betrokkene, nieuw)
        await self._onderwerpen(contact, nieuw)
        if not contact.erbij.leidde_tot_interne_taken:
            await self._schrijf("/internetaken", _TAAK, self._taak(contact, nieuw))
        return contact.uuid

    async def _zoek(self, nieuw: NieuwContact) -> Klantcontact | None:
        veld = "nummer" if self._settings.oud else "referentienummer"
        params = {veld: nieuw.nummer, "expand": ALLES}
        try:
            pagina = await self._verbinding.call("GET", "/klantcontacten", _CONTACTEN, params=params)
        except NotFound:
            raise BackofficeDefect("het klantsysteem: bestaat niet op de ingestelde root") from None
        for contact in pagina.results:
            if nieuw.nummer in (contact.nummer, contact.referentienummer):
                if (contact.onderwerp.strip(), contact.inhoud.strip()) != (nieuw.onderwerp, nieuw.inhoud):
                    raise NummerBezet("het klantsysteem: ons nummer is van een ander klantcontact")
                return contact
        return None

    async def _maak(self, partij: Partij | None, nieuw: NieuwContact) -> None:
        contact: dict[str, Any] = {
            "nummer" if self._settings.oud else "referentienummer": nieuw.nummer,
            "kanaal": self._settings.kanaal,
            "onderwerp": nieuw.onderwerp[:MAX_ONDERWERP],
            "inhoud": nieuw.inhoud[:MAX_INHOUD],
            "taal": nieuw.taal,
            "vertrouwelijk": False,
            "indicatieContactGelukt": True,
            "plaatsgevondenOp": nieuw.op.isoformat(),
        }
        if self._settings.oud:
            await self._schrijf("/klantcontacten", _CONTACT, contact)
            return
        body: dict[str, Any] = {"klantcontact": contact, "betrokkene": _betrokkene(partij, nieuw)}
        if objecten := self._objecten(nieuw):
            body["onderwerpobject"] = objecten[0]
        await self._schrijf("/maak-klantcontact", _GEMAAKT, body)

    async def _betrokkene(self, contact: Klantcontact, partij: Partij | None, nieuw: NieuwContact) -> Betrokkene:
        if er_is := contact.betrokkenen:
            return er_is[0]
        body = _betrokkene(partij, nieuw) | {"hadKlantcontact": {"uuid": contact.uuid}}
        return await self._schrijf("/betrokkenen", _BETROKKENE, body)

    async def _adressen(self, betrokkene: Betrokkene, nieuw: NieuwContact) -> None:
        bekend = {adres.adres for adres in betrokkene.erbij.digitale_adressen}
        for soort, adres in nieuw.adressen:
            if adres not in bekend:
                body: dict[str, object] = {
                    "adres": adres,
                    "soortDigitaalAdres": soort,
                    "omschrijving": "Voor deze vraag",
                    "isStandaardAdres": False,
                    "verstrektDoorBetrokkene": {"uuid": betrokkene.uuid},
                    "verstrektDoorPartij": None,
                }
                await self._schrijf("/digitaleadressen", _ADRES, body)

    async def _onderwerpen(self, contact: Klantcontact, nieuw: NieuwContact) -> None:
        if nieuw.vervolg_op and nieuw.vervolg_op not in contact.vervolg_op:
            await self._schrijf("/onderwerpobjecten", _OBJECT, _vervolg(nieuw) | _van(contact))
        if nieuw.zaak and nieuw.zaak not in contact.zaken(self._settings.zaak):
            await self._schrijf("/onderwerpobjecten", _OBJECT, self._zaak(nieuw) | _van(contact))

    def _objecten(self, nieuw: NieuwContact) -> list[dict[str, Any]]:
        return [*([_vervolg(nieuw)] if nieuw.vervolg_op else []), *([self._zaak(nieuw)] if nieuw.zaak else [])]

    def _zaak(self, nieuw: NieuwContact) -> dict[str, Any]:
        objecttype, register, soort = self._settings.zaak
        codes = {"codeObjecttype": objecttype, "codeRegister": register, "codeSoortObjectId": soort}
        return {"wasKlantcontact": None, "onderwerpobjectidentificator": {"objectId": nieuw.zaak, **codes}}

    def _taak(self, contact: Klantcontact, nieuw: NieuwContact) -> dict[str, object]:
        return {
            "aanleidinggevendKlantcontact": {"uuid": contact.uuid},
            "gevraagdeHandeling": nieuw.handeling[:MAX_HANDELING],
            "toelichting": nieuw.toelichting[:MAX_TOELICHTING],
            "status": "te_verwerken",
            "toegewezenAanActoren": [{"uuid": self._settings.actor}],
        }

    async def _schrijf(self, pad: str, antwoord: TypeAdapter[T], body: Mapping[str, object]) -> T:
        try:
            return await self._verbinding.call("POST", pad, antwoord, body=body)
        except NotFound:
            raise BackofficeDefect(f"het klantsysteem: {pad} bestaat niet; is het een oude server?") from None


def _betrokkene(partij: Partij | None, nieuw: NieuwContact) -> dict[str, Any]:
    naam = {"voorletters": "", "voornaam": "", "voorvoegselAchternaam": "", "achternaam": nieuw.naam[:200]}
    return {
        "wasPartij": {"uuid": partij.uuid} if partij else None,
        "rol": "klant",
        "initiator": True,
        "contactnaam": naam if nieuw.naam else None,
        "bezoekadres": None,
        "correspondentieadres": None,
        "organisatienaam": "",
    }


def _vervolg(nieuw: NieuwContact) -> dict[str, Any]:
    return {"wasKlantcontact": {"uuid": nieuw.vervolg_op}, "onderwerpobjectidentificator": None}


def _van(contact: Klantcontact) -> dict[str, Any]:
    return {"klantcontact": {"uuid": contact.uuid}}
