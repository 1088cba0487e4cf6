"""What may be written, and what a write does to other resources. The names of faults are those of Open Klant."""

import json
from collections.abc import Iterable
from typing import Final
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..config import Config
from ..notificaties.publiceren import KANALEN, publish
from ..problems import Fout, invalid, invalid_field
from ..refs import Json, ref
from ..resources import now, utc
from ..store import interactie
from . import invoer
from .bron import ONBEKEND_OUD, SOORTEN, Row, load, row_of, rows_with
from .identificatoren import faults_of_identificator

# Fields that only say what else must change; they are no part of what is stored.
ACTIES: Final = ("digitaleAdressen", "partijIdentificatoren", "rekeningnummers")
# Set by the server alone.
ALLEEN_LEZEN: Final = ("toegewezenOp",)
VERPLICHT_OUD: Final = {
    "partijen": ("digitaleAdressen", "voorkeursDigitaalAdres", "rekeningnummers", "voorkeursRekeningnummer"),
    "digitaleadressen": ("verstrektDoorBetrokkene",),
}


class Schrijver:
    """Writes in one transaction: what raises leaves nothing behind."""

    def __init__(self, db: AsyncConnection, config: Config) -> None:
        self.db, self.config = db, config

    async def create(self, pad: str, body: object, prefix: str = "") -> str:
        """Gives the uuid. prefix: path of the body, ending in a dot, when it is part of another.

        Raises: Problem 400.
        """
        if self.config.klantinteracties_oud and isinstance(body, dict):
            missing = [veld for veld in VERPLICHT_OUD.get(pad, ()) if veld not in body]
            if missing:
                raise invalid(*(Fout(prefix + veld, "required", "Dit veld is vereist.") for veld in missing))
        return await self._save(pad, None, body, prefix, body)

    async def change(self, pad: str, uuid: str, body: Json, prefix: str = "") -> None:
        """Raises: Problem 404, 400."""
        stored = await load(self.db, pad, uuid)
        await self._save(pad, stored, json.loads(stored["data"]) | self._known(pad, body), prefix, body)

    def _known(self, pad: str, body: Json) -> Json:
        unknown = ONBEKEND_OUD.get(pad, frozenset()) if self.config.klantinteracties_oud else frozenset()
        return {veld: waarde for veld, waarde in body.items() if veld not in unknown and veld not in ALLEEN_LEZEN}

    async def _save(self, pad: str, stored: Row | None, body: object, prefix: str, sent: object) -> str:
        """body: everything; sent: what came in, so only the changes of a change."""
        soort = SOORTEN[pad]
        changed = self._known(pad, sent) if isinstance(sent, dict) else {}
        if stored is None and isinstance(body, dict):
            body = changed
        model = soort.invoer
        if self.config.klantinteracties_oud and model is invoer.PartijIdentificator:
            model = invoer.PartijIdentificatorOud
        data = invoer.read(model, body, prefix).model_dump(mode="json", by_alias=True)
        uuid = str(stored["uuid"]) if stored else str(uuid4())
        faults = [*await self._reference_faults(pad, data), *await self._faults(pad, stored, data, changed)]
        if faults:
            raise invalid(*(Fout(prefix + fout.name, fout.code, fout.reason) for fout in faults))
        acties: Json = {veld: data.pop(veld) for veld in ACTIES if veld in data}
        volgnr = stored["volgnr"] if stored else (await self.db.scalar(select(func.max(interactie.c.volgnr))) or 0) + 1
        if soort.genummerd:
            data["nummer"] = data["nummer"] or await self._free_nummer(pad, volgnr)
            if pad != "partijen":
                data["referentienummer"] = data["nummer"]
        row = row_of(soort, uuid, volgnr, data)
        if stored:
            await self.db.execute(update(interactie).where(interactie.c.uuid == uuid).values(row))
        else:
            await self.db.execute(interactie.insert().values(row))
        await self._after(pad, uuid, data, acties, prefix)
        if pad in KANALEN:
            url, actie = ref("klantinteracties", pad, uuid), "partial_update" if stored else "create"
            await publish(self.db, pad, url, soort.naam.lower(), url, actie, {})
        return uuid

    async def _free_nummer(self, pad: str, start: int) -> str:
        taken = set(await self.db.scalars(select(interactie.c.nummer).where(interactie.c.soort == pad)))
        return next(nummer for n in range(start, start + len(taken) + 1) if (nummer := f"{n:010d}") not in taken)

    async def exists(self, pad: str, uuid: str) -> bool:
        return bool(await rows_with(self.db, pad, "uuid", [uuid]))

    async def _reference_faults(self, pad: str, data: Json) -> list[Fout]:
        faults = []
        for veld, naar in SOORTEN[pad].verwijzingen.items():
            given = data[veld] or []
            pairs = enumerate(given) if isinstance(given, list) else [(None, given)]
            for index, entry in pairs:
                if not await self.exists(naar, entry["uuid"]):
                    name = f"{veld}.uuid" if index is None else f"{veld}.{index}.uuid"
                    faults.append(Fout(name, "invalid", f"{SOORTEN[naar].naam} object bestaat niet."))
        return faults

    async def _faults(self, pad: str, stored: Row | None, data: Json, changed: Json) -> list[Fout]:
        faults = await self._nummer_faults(pad, stored, data, changed) if SOORTEN[pad].genummerd else []
        match pad:
            case "partijen":
                faults += await self._partij_faults(stored, data)
            case "partij-identificatoren":
                if not self.config.klantinteracties_oud:
                    faults += await faults_of_identificator(self.db, stored, data)
            case "digitaleadressen":
                faults += await self._adres_faults(stored, data)
            case "klantcontacten":
                kanalen = self.config.klantinteracties_kanalen
                if kanalen and data["kanaal"] not in kanalen:
                    reason = f"'{data['kanaal']}' is not a valid kanaal. Allowed values: {', '.join(kanalen)}"
                    faults.append(Fout("kanaal", "invalid", reason))
            case "internetaken":
                faults += _taak_faults(stored, data, changed)
            case "actoren":
                given = invoer.read(
                    invoer.PER_SOORT[data["soortActor"]], data["actorIdentificatie"], "actorIdentificatie."
                )
                data["actorIdentificatie"] = given.model_dump(mode="json", by_alias=True)
            case "actorklantcontacten":
                same = await rows_with(self.db, pad, "klantcontact", [data["klantcontact"]["uuid"]])
                if any(row["ouder"] == data["actor"]["uuid"] for row in same):
                    reason = "De velden actor, klantcontact moeten een unieke set zijn."
                    faults.append(Fout("nonFieldErrors", "unique", reason))
        return faults

    async def _nummer_faults(self, pad: str, stored: Row | None, data: Json, changed: Json) -> list[Fout]:
        """nummer is the deprecated name of referentienummer; which was sent decides."""
        veld = "referentienummer" if changed.get("referentienummer") else "nummer"
        if veld in changed:
            data["nummer"] = changed[veld]
        elif stored:
            data["nummer"] = stored["nummer"]
        taken = await rows_with(self.db, pad, "nummer", [data["nummer"]] if data["nummer"] else [])
        if any(stored is None or row["uuid"] != stored["uuid"] for row in taken):
            naam = SOORTEN[pad].naam.lower()
            return [Fout(veld, "unique", f"Er bestaat al een {naam} met eenzelfde {veld}.")]
        return []

    async def _partij_faults(self, stored: Row | None, data: Json) -> list[Fout]:
        given = invoer.read(invoer.PER_SOORT[data["soortPartij"]], data["partijIdentificatie"], "partijIdentificatie.")
        data["partijIdentificatie"] = given.model_dump(mode="json", by_alias=True)
        faults = []
        werkte = data["partijIdentificatie"].get("werkteVoorPartij")
        if werkte and not await self.exists("partijen", werkte["uuid"]):
            faults.append(Fout("partijIdentificatie.werkteVoorPartij.uuid", "invalid", "Partij object bestaat niet."))
        for index, entry in enumerate(data["digitaleAdressen"] or []):
            if not await self.exists("digitaleadressen", entry["uuid"]):
                reason = "DigitaalAdres object bestaat niet."
                faults.append(Fout(f"digitaleAdressen.{index}.uuid", "invalid", reason))
        if data["rekeningnummers"] or data["voorkeursRekeningnummer"]:  # there are no rekeningnummers here
            faults.append(Fout("rekeningnummers.0.uuid", "invalid", "Rekeningnummer object bestaat niet."))
        if voorkeur := data["voorkeursDigitaalAdres"]:
            linked = {entry["uuid"] for entry in data["digitaleAdressen"] or []}
            if data["digitaleAdressen"] is None and stored:
                linked = {
                    row["uuid"] for row in await rows_with(self.db, "digitaleadressen", "partij", [stored["uuid"]])
                }
            if voorkeur["uuid"] not in linked:
                reason = "Het voorkeurs adres moet een gelinkte digitaal adres zijn."
                faults.append(Fout("voorkeursDigitaalAdres", "invalid", reason))
        return faults

    async def _adres_faults(self, stored: Row | None, data: Json) -> list[Fout]:
        if not invoer.is_adres(data["soortDigitaalAdres"], data["adres"]):
            reasons = {
                "email": "Voer een geldig e-mailadres in.",
                "telefoonnummer": "Het opgegeven telefoonnummer is ongeldig.",
            }
            return [Fout("adres", "invalid", reasons[data["soortDigitaalAdres"]])]
        partij = data["verstrektDoorPartij"]
        if data["isStandaardAdres"] and not partij:
            reason = "`is_standaard_adres` kan alleen gezet worden als `verstrekt_door_partij` niet leeg is."
            return [Fout("isStandaardAdres", "invalid", reason)]
        if partij and data["referentie"]:
            beside = await self._addresses_beside(partij["uuid"], data, stored["uuid"] if stored else "")
            if any(other["referentie"] == data["referentie"] for other, _ in beside):
                reason = "De velden verstrekt_door_partij, referentie, soort_digitaal_adres moeten uniek zijn."
                return [Fout("nonFieldErrors", "unique", reason)]
        return []

    async def _addresses_beside(self, partij: str, data: Json, uuid: str) -> list[tuple[Json, Row]]:
        """The other addresses of this soort of this partij."""
        rows = await rows_with(self.db, "digitaleadressen", "partij", [partij])
        others = [(json.loads(row["data"]), row) for row in rows if row["uuid"] != uuid]
        return [(other, row) for other, row in others if other["soortDigitaalAdres"] == data["soortDigitaalAdres"]]

    async def _after(self, pad: str, uuid: str, data: Json, acties: Json, prefix: str) -> None:
        if pad == "digitaleadressen" and data["isStandaardAdres"]:
            for other, row in await self._addresses_beside(data["verstrektDoorPartij"]["uuid"], data, uuid):
                if other["isStandaardAdres"]:
                    await self._overwrite(row, other | {"isStandaardAdres": False})
        if pad == "partijen":
            if acties["digitaleAdressen"] is not None:
                await self._link_addresses(uuid, {entry["uuid"] for entry in acties["digitaleAdressen"]})
            if acties["partijIdentificatoren"] is not None:
                await self._replace_identificatoren(uuid, acties["partijIdentificatoren"], prefix)

    async def _overwrite(self, row: Row, data: Json) -> None:
        values = row_of(SOORTEN[row["soort"]], row["uuid"], row["volgnr"], data)
        await self.db.execute(update(interactie).where(interactie.c.uuid == row["uuid"]).values(values))

    async def _link_addresses(self, partij: str, wanted: set[str]) -> None:
        """The partij gets these addresses and no others."""
        linked = await rows_with(self.db, "digitaleadressen", "partij", [partij])
        for row in linked:
            if row["uuid"] not in wanted:
                loose = {"verstrektDoorPartij": None, "isStandaardAdres": False}
                await self._overwrite(row, json.loads(row["data"]) | loose)
        for row in await rows_with(self.db, "digitaleadressen", "uuid", wanted):
            await self._overwrite(row, json.loads(row["data"]) | {"verstrektDoorPartij": {"uuid": partij}})

    async def _replace_identificatoren(self, partij: str, entries: Iterable[Json], prefix: str) -> None:
        """Those with a uuid are changed, the others made, and what is not in the list goes."""
        entries = list(entries)
        kept = {entry["uuid"] for entry in entries if entry["uuid"]}
        for row in await rows_with(self.db, "partij-identificatoren", "partij", [partij]):
            if row["uuid"] not in kept:
                await self.delete("partij-identificatoren", row["uuid"])
        for index, entry in enumerate(entries):
            uuid, inner = entry.pop("uuid"), f"{prefix}partijIdentificatoren.{index}."
            body = entry | {"identificeerdePartij": {"uuid": partij}}
            if uuid is None:
                await self.create("partij-identificatoren", body, inner)
            elif await self.exists("partij-identificatoren", uuid):
                await self.change("partij-identificatoren", uuid, body, inner)
            else:
                raise invalid_field(f"{inner}uuid", "invalid", "PartijIdentificator object bestaat niet.")

    async def delete(self, pad: str, uuid: str) -> None:
        """Raises: Problem 404; 400 for an identificator that another is under."""
        await load(self.db, pad, uuid)
        if pad == "partij-identificatoren" and await rows_with(self.db, pad, "ouder", [uuid]):
            reason = "Deze identificator heeft onderliggende identificatoren."
            raise invalid_field("nonFieldErrors", "invalid", reason)
        if pad == "digitaleadressen":
            await self._forget_voorkeur(uuid)
        await self.db.execute(delete(interactie).where(interactie.c.uuid == uuid))

    async def _forget_voorkeur(self, adres: str) -> None:
        condition: ColumnElement[bool] = interactie.c.data.contains(f'"voorkeursDigitaalAdres":{{"uuid":"{adres}"}}')
        query = select(interactie).where(interactie.c.soort == "partijen", condition)
        for row in (await self.db.execute(query)).mappings().all():
            await self._overwrite(row, json.loads(row["data"]) | {"voorkeursDigitaalAdres": None})


def _taak_faults(stored: Row | None, data: Json, changed: Json) -> list[Fout]:
    """Also fills in what follows: the actoren, and when the task was done."""
    both = {"toegewezenAanActor", "toegewezenAanActoren"} & changed.keys()
    if len(both) == 2:
        reason = "`toegewezen_aan_actor` en `toegewezen_aan_actoren` mag niet beiden gebruikt worden."
        return [Fout("nonFieldErrors", "invalid", reason)]
    if not both and stored is None:
        reason = "`toegewezen_aan_actor` of `toegewezen_aan_actoren` is required (mag niet beiden gebruiken)."
        return [Fout("nonFieldErrors", "invalid", reason)]
    if "toegewezenAanActor" in both:
        data["toegewezenAanActoren"] = [data["toegewezenAanActor"]] if data["toegewezenAanActor"] else []
    data["toegewezenAanActoren"] = data["toegewezenAanActoren"] or []
    data["toegewezenAanActor"] = next(iter(data["toegewezenAanActoren"]), None)
    if changed.get("afgehandeldOp") and data["status"] != "verwerkt":
        reason = "De Internetaak kan geen afgehandeld op datum bevatten als de status niet op 'verwerkt' staat."
        return [Fout("afgehandeldOp", "invalid", reason)]
    data["afgehandeldOp"] = (data["afgehandeldOp"] or utc(now())) if data["status"] == "verwerkt" else None
    return []
