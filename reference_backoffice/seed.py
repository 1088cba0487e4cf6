"""Fills an empty database with the example data: the same uuids each time, dates counted back from one day."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, event, func, select
from sqlalchemy.engine import make_url

from . import pdf, resources, seed_post, store
from .catalogus import GEMEENTE_RSIN, Catalogus, build, catalogus_ref
from .config import NEDERLAND
from .fixtures.contacten import rows_of_contacten
from .fixtures.post import BERICHTEN, TAKEN
from .fixtures.verhaal import Beschikking, Stuk, Verhaal
from .fixtures.zaken_bedrijven import BEDRIJFSZAKEN
from .fixtures.zaken_burgers import BURGERS
from .fixtures.zaken_reeksen import reeksen
from .objecten import records
from .objecten.tokens import type_uuid
from .refs import Json, document_ref, dumps, ref, seed_uuid, uuid_of, zaak_ref
from .termijnen import closing_fields, planned_dates

Rows = dict[Table, list[dict[str, Any]]]

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg"}


def seed_database(url: str, vandaag: date) -> int:
    """Make the tables and, when there are no zaken yet, the example data. Gives the number of zaken made.

    url: as Config.database_url; vandaag: the day that "days ago" is counted from.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite")
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed)
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", store.sqlite_pragmas)
    try:
        with engine.begin() as db:
            store.metadata.create_all(db)
            if not db.scalar(select(func.count()).select_from(store.interactie)):
                moment = datetime.combine(vandaag, time(12), NEDERLAND)
                store.insert_rows(db, {store.interactie: rows_of_contacten(moment)})
            if db.scalar(select(func.count()).select_from(store.zaak)):
                return 0
            rows = Builder(build(), vandaag).build()
            store.insert_rows(db, rows)
            return len(rows[store.zaak])
    finally:
        engine.dispose()


class Builder:
    """Turns the stories into rows."""

    def __init__(self, catalogus: Catalogus, vandaag: date) -> None:
        self.catalogus = catalogus
        self.vandaag = vandaag
        self.rows: Rows = defaultdict(list)
        self.deelzaken: dict[str, list[str]] = defaultdict(list)

    def build(self) -> Rows:
        verhalen = sorted([*BURGERS, *BEDRIJFSZAKEN, *reeksen()], key=lambda verhaal: -verhaal.start)
        for verhaal in verhalen:
            if verhaal.hoofdzaak:
                self.deelzaken[verhaal.hoofdzaak].append(zaak_ref(seed_uuid("zaak", verhaal.sleutel)))
        for volgnr, verhaal in enumerate(verhalen, start=1):
            self._zaak(verhaal, volgnr)
        self._post()
        self.rows[store.zaaknummer].append({"nummer": len(verhalen), "identificatie": "example data"})
        return self.rows

    def _post(self) -> None:
        nummers = {row["uuid"]: row["identificatie"] for row in self.rows[store.zaak]}
        for verhaal in BERICHTEN:
            bijlages = []
            if verhaal.bijlage is not None:
                bijlages.append(document_ref(uuid := seed_uuid("document", verhaal.sleutel)))
                self._document(uuid, verhaal.bijlage)
            zaaknummer = nummers[seed_uuid("zaak", verhaal.zaak)] if verhaal.zaak else ""
            data = seed_post.bericht(verhaal, self.vandaag, zaaknummer, tuple(bijlages))
            self._object("bericht", verhaal.sleutel, data, max(verhaal.dagen, 0))
        for taak in TAKEN:
            zaak_uuid = seed_uuid("zaak", taak.zaak) if taak.zaak else ""
            self._object("taak", taak.sleutel, seed_post.taak(taak, self.vandaag, zaak_uuid), taak.dagen)

    def _object(self, objecttype: str, sleutel: str, data: Json, dagen: int) -> None:
        uuid = seed_uuid("object", sleutel)
        given = {"typeVersion": 1, "startAt": self.day(dagen).isoformat(), "data": data}
        record = records.new_record(1, given, self.day(dagen))
        records.check_data(type_uuid(objecttype), record)
        volgnr = len(self.rows[store.object_]) + 1
        self.rows[store.object_].append(records.object_row(uuid, volgnr, type_uuid(objecttype)))
        self.rows[store.objectrecord].append(records.record_row(uuid, record))

    def day(self, dagen: int) -> date:
        return self.vandaag - timedelta(days=dagen)

    def moment(self, dagen: int, uur: int = 9, minuut: int = 0) -> str:
        return resources.utc(datetime.combine(self.day(dagen), time(uur, minuut), NEDERLAND))

    def _zaaktype(self, verhaal: Verhaal) -> Json:
        versies = [z for z in self.catalogus.soorten["zaaktypen"].values() if z["identificatie"] == verhaal.zaaktype]
        wanted = verhaal.versie or self.day(verhaal.start).isoformat()
        valid = [z for z in versies if z["beginGeldigheid"] <= wanted]
        return max(valid or versies, key=lambda z: str(z["beginGeldigheid"]))

    def _zaak(self, verhaal: Verhaal, volgnr: int) -> None:
        uuid = seed_uuid("zaak", verhaal.sleutel)
        zaaktype = self._zaaktype(verhaal)
        data = resources.zaak(uuid, self._fields(verhaal, zaaktype, volgnr), self.moment(verhaal.start))
        data |= planned_dates(zaaktype, self.day(verhaal.start - verhaal.datums_mee))
        data["einddatumGepland"] = planned_dates(zaaktype, self.day(verhaal.start))["einddatumGepland"]
        data["rollen"] = [self._rol(verhaal, nummer, zaaktype) for nummer in range(len(verhaal.betrokkenen))]
        data["eigenschappen"] = self._eigenschappen(verhaal, zaaktype)
        data["zaakinformatieobjecten"] = [self._stuk(verhaal, stuk, nr) for nr, stuk in enumerate(verhaal.stukken)]
        data["deelzaken"] = self.deelzaken[verhaal.sleutel]
        resultaat = self._resultaat(verhaal, zaaktype)
        data["resultaat"] = ref("zaken", "resultaten", uuid_of(resultaat["url"])) if resultaat else None
        closed = self._statussen(verhaal, zaaktype, data)
        if closed is not None and resultaat:
            data |= closing_fields(closed, self.catalogus.at(resultaat["resultaattype"]))
        for nummer, beschikking in enumerate(verhaal.besluiten):
            self._besluit(verhaal, beschikking, nummer)
        self.rows[store.zaak].append(resources.zaak_row(data) | {"volgnr": volgnr})

    def _fields(self, verhaal: Verhaal, zaaktype: Json, volgnr: int) -> Json:
        start = self.day(verhaal.start).isoformat()
        opschorting = resources.opschorting(verhaal.opgeschort or None, eerder=verhaal.eerder_opgeschort)
        return {
            "identificatie": f"DEV-{start[:4]}-{volgnr:07d}",
            "bronorganisatie": GEMEENTE_RSIN,
            "verantwoordelijkeOrganisatie": GEMEENTE_RSIN,
            "omschrijving": verhaal.omschrijving,
            "toelichting": verhaal.toelichting,
            "zaaktype": zaaktype["url"],
            "registratiedatum": start,
            "startdatum": start,
            "vertrouwelijkheidaanduiding": verhaal.aanduiding or zaaktype["vertrouwelijkheidaanduiding"],
            "communicatiekanaalNaam": "Portaal",
            "opschorting": opschorting,
            "verlenging": {"duur": verhaal.verlengd[0], "reden": verhaal.verlengd[1]} if verhaal.verlengd else None,
            "hoofdzaak": zaak_ref(seed_uuid("zaak", verhaal.hoofdzaak)) if verhaal.hoofdzaak else None,
            "kenmerken": [{"kenmerk": verhaal.kenmerk, "bron": "portaal"}] if verhaal.kenmerk else [],
            "betalingsindicatie": verhaal.betaling,
        }

    def _rol(self, verhaal: Verhaal, nummer: int, zaaktype: Json) -> str:
        betrokkene = verhaal.betrokkenen[nummer]
        roltype = next(
            data
            for data in self.catalogus.of_zaaktype("roltypen", zaaktype["url"])
            if data["omschrijvingGeneriek"] == betrokkene.generiek
        )
        zaak_url = zaak_ref(seed_uuid("zaak", verhaal.sleutel))
        given = {"betrokkeneIdentificatie": betrokkene.identificatie, "contactpersoonRol": betrokkene.contact}
        uuid = seed_uuid("rol", verhaal.sleutel, nummer)
        data = resources.rol(uuid, zaak_url, roltype, betrokkene.soort, given, self.moment(verhaal.start))
        self.rows[store.rol].append(resources.rol_row(data, nummer))
        return str(data["url"])

    def _eigenschappen(self, verhaal: Verhaal, zaaktype: Json) -> list[str]:
        zaak_url = zaak_ref(seed_uuid("zaak", verhaal.sleutel))
        known = {data["naam"]: data for data in self.catalogus.of_zaaktype("eigenschappen", zaaktype["url"])}
        urls = []
        for naam, waarde in verhaal.eigenschappen:
            if naam not in known:
                continue
            uuid = seed_uuid("zaakeigenschap", verhaal.sleutel, naam)
            data = resources.zaakeigenschap(uuid, zaak_url, known[naam], waarde)
            self._add("zaakeigenschap", data, zaak_url, known[naam]["url"], naam)
            urls.append(data["url"])
        return urls

    def _add(self, soort: str, data: Json, ouder: str, ander: str = "", sleutel: str = "") -> None:
        volgnr = len(self.rows[store.onderdeel])
        self.rows[store.onderdeel].append(resources.onderdeel_row(soort, data, ouder, ander, sleutel, volgnr))

    def _statussen(self, verhaal: Verhaal, zaaktype: Json, data: Json) -> date | None:
        """Adds the statussen, notes the last one in data, gives the day the zaak closed."""
        codes = self.catalogus.stappen
        stappen = [stap for stap in verhaal.stappen if (uuid_of(zaaktype["url"]), stap.code) in codes]
        closed = None if verhaal.gesloten_op is None else self.day(verhaal.gesloten_op)
        for nummer, stap in enumerate(stappen):
            uuid = seed_uuid("status", verhaal.sleutel, nummer)
            statustype = codes[uuid_of(zaaktype["url"]), stap.code]
            moment = self.moment(stap.dagen, stap.uur, nummer)
            is_last = nummer == len(stappen) - 1
            status = resources.status(uuid, data["url"], statustype, moment, stap.toelichting, laatst=is_last)
            self._add("status", status, data["url"], statustype, moment)
            if is_last:
                data["status"] = status["url"]
                data["laatstGemuteerd"] = moment
            if self.catalogus.at(statustype)["isEindstatus"]:
                closed = self.day(stap.dagen)
        return closed

    def _resultaat(self, verhaal: Verhaal, zaaktype: Json) -> Json | None:
        if not verhaal.resultaat:
            return None
        types = self.catalogus.of_zaaktype("resultaattypen", zaaktype["url"])
        resultaattype = next(data["url"] for data in types if data["omschrijving"] == verhaal.resultaat)
        zaak_url = zaak_ref(seed_uuid("zaak", verhaal.sleutel))
        uuid = seed_uuid("resultaat", verhaal.sleutel)
        data = resources.resultaat(uuid, zaak_url, resultaattype, verhaal.toelichting_resultaat)
        self._add("resultaat", data, zaak_url, resultaattype)
        return data

    def _stuk(self, verhaal: Verhaal, stuk: Stuk, nummer: int) -> str:
        uuid = seed_uuid("document", verhaal.sleutel, nummer)
        zaak_url = zaak_ref(seed_uuid("zaak", verhaal.sleutel))
        self._document(uuid, stuk)
        given = {"titel": stuk.titel}
        zio_uuid = seed_uuid("zaakinformatieobject", verhaal.sleutel, nummer)
        moment = self.moment(stuk.dagen, 12)
        zio = resources.zaakinformatieobject(zio_uuid, zaak_url, document_ref(uuid), given, moment)
        self._add("zaakinformatieobject", zio, zaak_url, uuid)
        if stuk.gebruiksrecht:
            self._gebruiksrecht(uuid, stuk)
        return str(zio["url"])

    def _document(self, uuid: str, stuk: Stuk) -> None:
        content = b"" if stuk.omvang else pdf.letter(stuk.titel, list(stuk.tekst))
        volgnr = len(self.rows[store.document]) + 1
        lock = seed_uuid("lock", uuid).replace("-", "") if stuk.half_geupload else ""
        naam = stuk.bestandsnaam or f"{stuk.titel.lower().replace(' ', '-')}.{EXTENSIONS[stuk.formaat]}"
        dag = self.day(stuk.dagen).isoformat()
        given: Json = {
            "identificatie": f"DOC-{volgnr:07d}",
            "bronorganisatie": GEMEENTE_RSIN,
            "creatiedatum": dag,
            "titel": stuk.titel,
            "vertrouwelijkheidaanduiding": stuk.aanduiding,
            "auteur": "Aanvrager" if stuk.ingevoerd_door_burger else "Gemeente Deventer",
            "status": stuk.status,
            "formaat": stuk.formaat,
            "bestandsnaam": naam,
            "inhoud": None if stuk.half_geupload else resources.download_ref(uuid, 1),
            "bestandsomvang": stuk.omvang or len(content),
            "ontvangstdatum": dag if stuk.ingevoerd_door_burger else None,
            "indicatieGebruiksrecht": bool(stuk.gebruiksrecht),
            "informatieobjecttype": catalogus_ref("informatieobjecttypen", stuk.soort),
        }
        data = resources.document(uuid, 1, given, self.moment(stuk.dagen, 11))
        self.rows[store.document].append(resources.document_row(data, volgnr, lock))
        bron = "" if stuk.half_geupload else ("generator" if stuk.omvang else "inhoud")
        versie = {"document": uuid, "versie": 1, "bron": bron, "inhoud": uuid, "data": dumps(data)}
        self.rows[store.documentversie].append(versie)
        if content:
            self.rows[store.inhoud].append({"id": uuid, "bytes": content})
        if stuk.half_geupload:
            deel = {"uuid": seed_uuid("deel", uuid), "document": uuid, "volgnummer": 1, "omvang": stuk.omvang}
            self.rows[store.bestandsdeel].append(deel | {"bytes": None})

    def _gebruiksrecht(self, document: str, stuk: Stuk) -> None:
        data = {
            "url": ref("documenten", "gebruiksrechten", seed_uuid("gebruiksrecht", document)),
            "informatieobject": document_ref(document),
            "startdatum": self.moment(stuk.dagen),
            "einddatum": None,
            "omschrijvingVoorwaarden": stuk.gebruiksrecht,
        }
        self._add("gebruiksrecht", data, document)

    def _besluit(self, verhaal: Verhaal, beschikking: Beschikking, nummer: int) -> None:
        zaak_url = zaak_ref(seed_uuid("zaak", verhaal.sleutel))
        uuid = seed_uuid("besluit", verhaal.sleutel, nummer)
        dag = self.day(beschikking.dagen)
        vervalt = self.vandaag + timedelta(days=beschikking.vervalt_over) if beschikking.vervalt_over else None
        given = {
            "identificatie": f"BESLUIT-{uuid[:8]}",
            "verantwoordelijkeOrganisatie": GEMEENTE_RSIN,
            "datum": dag.isoformat(),
            "toelichting": beschikking.toelichting,
            "bestuursorgaan": "College van burgemeester en wethouders",
            "ingangsdatum": (dag + timedelta(days=1)).isoformat(),
            "vervaldatum": resources.iso_or_none(vervalt),
            "vervalreden": "tijdelijk" if vervalt else "",
            "verzenddatum": dag.isoformat() if beschikking.verzonden else None,
            "uiterlijkeReactiedatum": (dag + timedelta(days=42)).isoformat() if beschikking.verzonden else None,
        }
        besluittype = catalogus_ref("besluittypen", beschikking.soort)
        data = resources.besluit(uuid, zaak_url, besluittype, given)
        self._add("besluit", data, zaak_url, besluittype, given["identificatie"] or "")
        zaakbesluit_uuid = seed_uuid("zaakbesluit", uuid)
        url = f"{zaak_url}/besluiten/{zaakbesluit_uuid}"
        self._add("zaakbesluit", {"url": url, "uuid": zaakbesluit_uuid, "besluit": data["url"]}, zaak_url, uuid)
        titels = [stuk.titel for stuk in verhaal.stukken]
        if beschikking.stuk in titels:
            document = seed_uuid("document", verhaal.sleutel, titels.index(beschikking.stuk))
            bio_url = ref("besluiten", "besluitinformatieobjecten", seed_uuid("bio", uuid))
            bio = {"url": bio_url, "informatieobject": document_ref(document), "besluit": data["url"]}
            self._add("besluitinformatieobject", bio, uuid, document)
