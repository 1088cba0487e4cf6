"""The tables: JSON documents with the columns that are searched on beside them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

metadata = MetaData()

zaak = Table(
    "zaak",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("volgnr", Integer, nullable=False),
    Column("identificatie", String(40), nullable=False),
    Column("bronorganisatie", String(9), nullable=False),
    Column("zaaktype", String(36), nullable=False),
    Column("niveau", Integer, nullable=False),
    Column("hoofdzaak", String(36), index=True),
    *(
        Column(naam, String(10))
        for naam in (
            "registratiedatum",
            "startdatum",
            "einddatum",
            "einddatumGepland",
            "uiterlijkeEinddatumAfdoening",
            "publicatiedatum",
            "archiefactiedatum",
        )
    ),
    Column("archiefnominatie", String(20)),
    Column("archiefstatus", String(30)),
    Column("omschrijving", String(80), nullable=False),
    Column("data", Text, nullable=False),
    UniqueConstraint("identificatie", "bronorganisatie"),
    Index("ix_zaak_volgnr", "volgnr"),
)

ROL_NUMMERS = (
    "inpBsn",
    "anpIdentificatie",
    "inpA_nummer",
    "innNnpId",
    "annIdentificatie",
    "kvkNummer",
    "vestigingsNummer",
    "identificatie",
)

rol = Table(
    "rol",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("volgnr", Integer, nullable=False),
    Column("zaak", String(36), nullable=False, index=True),
    Column("betrokkeneType", String(30), nullable=False),
    Column("betrokkene", String(1000), nullable=False),
    Column("roltype", String(36), nullable=False),
    Column("omschrijving", String(100), nullable=False),
    Column("omschrijvingGeneriek", String(80), nullable=False),
    *(Column(nummer, String(255), index=nummer != "identificatie") for nummer in ROL_NUMMERS),
    Column("data", Text, nullable=False),
)

# Everything that hangs under something else. ouder: uuid of what it hangs under (zaak, besluit or document);
# ander: uuid of the second thing it points to (statustype, document, …); sleutel: what it is ordered by.
onderdeel = Table(
    "onderdeel",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("soort", String(30), nullable=False),
    Column("volgnr", Integer, nullable=False),
    Column("ouder", String(36), nullable=False),
    Column("ander", String(36), nullable=False),
    Column("sleutel", String(60), nullable=False),
    Column("data", Text, nullable=False),
    Index("ix_onderdeel_ouder", "soort", "ouder"),
    Index("ix_onderdeel_ander", "soort", "ander"),
)

document = Table(
    "document",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("volgnr", Integer, nullable=False),
    Column("identificatie", String(40), nullable=False),
    Column("bronorganisatie", String(9), nullable=False),
    Column("informatieobjecttype", String(36), nullable=False),
    Column("niveau", Integer, nullable=False),
    Column("lock", String(40), nullable=False),
    Column("versie", Integer, nullable=False),
    UniqueConstraint("identificatie", "bronorganisatie"),
)

# bron: "inhoud" (stored in the table of that name), "generator" (made while it is sent) or "" (nothing yet).
documentversie = Table(
    "documentversie",
    metadata,
    Column("document", String(36), primary_key=True),
    Column("versie", Integer, primary_key=True, autoincrement=False),
    Column("bron", String(20), nullable=False),
    Column("inhoud", String(36), nullable=False),
    Column("data", Text, nullable=False),
)

inhoud = Table(
    "inhoud",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

bestandsdeel = Table(
    "bestandsdeel",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("document", String(36), nullable=False, index=True),
    Column("volgnummer", Integer, nullable=False),
    Column("omvang", Integer, nullable=False),
    Column("bytes", LargeBinary),
)

# A zaaknummer that was handed out is never handed out again.
zaaknummer = Table(
    "zaaknummer",
    metadata,
    Column("nummer", Integer, primary_key=True),
    Column("identificatie", String(40), nullable=False),
)

abonnement = Table(
    "abonnement",
    metadata,
    Column("nummer", Integer, primary_key=True),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("callback_url", String(200), nullable=False),
    Column("auth", String(1000), nullable=False),
    Column("data", Text, nullable=False),
)

notificatie = Table(
    "notificatie",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("data", Text, nullable=False),
)

# toestand: "wacht", "bezorgd", "opgegeven" or, by a switch, "verloren"; volgende: Unix time of the next try;
# laatste: what came of the last one.
aflevering = Table(
    "aflevering",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notificatie", Integer, nullable=False),
    Column("abonnement", String(36), nullable=False),
    Column("toestand", String(12), nullable=False, index=True),
    Column("pogingen", Integer, nullable=False),
    Column("volgende", Float, nullable=False),
    Column("laatste", String(60), nullable=False),
)


# Klantinteracties: one row for each resource. soort: path of its collection. nummer: of a partij, klantcontact or
# internetaak. partij, betrokkene, klantcontact, wasKlantcontact: what it points to; ouder: the partij-identificator or
# (first) actor that it points to. objectId and the codes: what it is called in another register; objectId is also the
# digitaal adres itself.
interactie = Table(
    "interactie",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("volgnr", Integer, nullable=False),
    Column("soort", String(30), nullable=False),
    *(
        Column(naam, String(36), index=True)
        for naam in ("partij", "betrokkene", "klantcontact", "wasKlantcontact", "ouder")
    ),
    Column("nummer", String(10)),
    Column("objectId", String(200), index=True),
    *(Column(naam, String(200)) for naam in ("codeObjecttype", "codeRegister", "codeSoortObjectId")),
    Column("data", Text, nullable=False),
    Index("ix_interactie_soort", "soort", "volgnr"),
    UniqueConstraint("soort", "nummer"),
)

verwerkingsactie = Table(
    "verwerkingsactie",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("volgnr", Integer, nullable=False),
    Column("verwerkingId", String(36), index=True),
    Column("verwerkingsactiviteitId", String(36)),
    Column("vertrouwelijkheid", String(20), nullable=False),
    Column("tijdstip", String(40), nullable=False),
    Column("data", Text, nullable=False),
)

verwerktobject = Table(
    "verwerktobject",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("actie", String(36), nullable=False, index=True),
    Column("volgnr", Integer, nullable=False),
    *(Column(naam, String(242), nullable=False) for naam in ("objecttype", "soortObjectId", "objectId")),
    Column("data", Text, nullable=False),
    Index("ix_verwerktobject_object", "objectId", "soortObjectId"),
)

# What MijnOverheid was given. soort: bericht or zaak; id: of the bericht, or the zaaknummer. soort uit: this BSN (id)
# has no active Berichtenbox.
mijnoverheid = Table(
    "mijnoverheid",
    metadata,
    Column("soort", String(10), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("op", Float, nullable=False),
    Column("data", Text, nullable=False),
)

object_ = Table(
    "object",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("volgnr", Integer, nullable=False),
    Column("objecttype", String(36), nullable=False, index=True),
)

# identificatie: the BSN or KVK number in the data, if there is one; data: the record as it is answered.
objectrecord = Table(
    "objectrecord",
    metadata,
    Column("object", String(36), primary_key=True),
    Column("nummer", Integer, primary_key=True, autoincrement=False),
    Column("startAt", String(10), nullable=False),
    Column("endAt", String(10)),
    Column("registrationAt", String(10), nullable=False),
    Column("identificatie", String(60), nullable=False, index=True),
    Column("data", Text, nullable=False),
)


def sqlite_pragmas(connection: Any, _record: object) -> None:
    """Durability may go (it is a stand-in), waiting for a lock may not fail."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=5000", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Store:
    """One database. Reads run side by side; writes one after another, so that rules are checked on what is there."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        self.engine = create_async_engine(url)
        if parsed.get_backend_name() == "sqlite":
            event.listen(self.engine.sync_engine, "connect", sqlite_pragmas)
        self._lock = asyncio.Lock()
        self.written = asyncio.Event()  # set after each commit, for who waits for work

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as db:
            yield db

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction; committed when the block ends, undone when it raises."""
        async with self._lock, self.engine.begin() as db:
            yield db
        self.written.set()

    async def close(self) -> None:
        await self.engine.dispose()


def insert_rows(db: Connection, rows: Mapping[Table, Sequence[dict[str, Any]]]) -> None:
    for table, values in rows.items():
        if values:
            db.execute(table.insert(), values)
