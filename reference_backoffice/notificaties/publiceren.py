"""What is published is stored with the write it is about, together with one delivery for each subscription it fits."""

import json
import time
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import resources, store
from ..catalogus import CATALOGUS
from ..refs import Json, dumps

ZAAKTYPE: Final = ("bronorganisatie", "zaaktype", "zaaktype.catalogus", "vertrouwelijkheidaanduiding")
DOCUMENTTYPE: Final = (
    "bronorganisatie",
    "informatieobjecttype",
    "informatieobjecttype.catalogus",
    "vertrouwelijkheidaanduiding",
)
# kanaal: the kenmerken that may be filtered on
KANALEN: Final = {
    "zaken": ZAAKTYPE,
    "documenten": DOCUMENTTYPE,
    "besluiten": ("verantwoordelijkeOrganisatie", "besluittype", "besluittype.catalogus"),
    "zaaktypen": ("catalogus",),
    "besluittypen": ("catalogus",),
    "informatieobjecttypen": ("catalogus",),
    "objecten": ("object_type",),
    "partijen": (),
    "klantcontacten": (),
    "internetaken": (),
}


async def publish(
    db: AsyncConnection,
    kanaal: str,
    hoofd_object: str,
    resource: str,
    resource_url: str,
    actie: str,
    kenmerken: dict[str, str],
) -> None:
    """Publish in the transaction of the write: both are there, or neither.

    actie: create, update, partial_update or destroy; URLs as they are stored.
    """
    await send(
        db,
        {
            "kanaal": kanaal,
            "hoofdObject": hoofd_object,
            "resource": resource,
            "resourceUrl": resource_url,
            "actie": actie,
            "aanmaakdatum": resources.utc(resources.now()),
            "kenmerken": kenmerken,
        },
    )


async def publish_zaak(
    db: AsyncConnection, zaak: Json, actie: str, resource: str = "zaak", url: str | None = None
) -> None:
    """Publish about a zaak, or about what hangs under it."""
    kenmerken = {
        "bronorganisatie": zaak["bronorganisatie"],
        "zaaktype": zaak["zaaktype"],
        "zaaktype.catalogus": CATALOGUS,
        "vertrouwelijkheidaanduiding": zaak["vertrouwelijkheidaanduiding"],
    }
    await publish(db, "zaken", zaak["url"], resource, url or zaak["url"], actie, kenmerken)


async def publish_document(db: AsyncConnection, document: Json, actie: str) -> None:
    kenmerken = {
        "bronorganisatie": document["bronorganisatie"],
        "informatieobjecttype": document["informatieobjecttype"],
        "informatieobjecttype.catalogus": CATALOGUS,
        "vertrouwelijkheidaanduiding": document["vertrouwelijkheidaanduiding"],
    }
    url = document["url"]
    await publish(db, "documenten", url, "enkelvoudiginformatieobject", url, actie, kenmerken)


async def send(db: AsyncConnection, bericht: Json) -> None:
    """Store a message as it will be sent, and a delivery for each subscription that it fits."""
    stored = await db.execute(store.notificatie.insert().values(data=dumps(bericht)))
    nummer = stored.inserted_primary_key
    rows = (await db.execute(select(store.abonnement.c.uuid, store.abonnement.c.data))).all()
    afleveringen = [
        {
            "notificatie": nummer[0] if nummer else 0,
            "abonnement": row.uuid,
            "toestand": "wacht",
            "pogingen": 0,
            "volgende": time.time(),
            "laatste": "",
        }
        for row in rows
        if fits(bericht, json.loads(row.data)["kanalen"])
    ]
    if afleveringen:
        await db.execute(store.aflevering.insert(), afleveringen)


def fits(bericht: Json, kanalen: list[Json]) -> bool:
    """Whether one of the kanalen of a subscription is that of the message, with every filter met; "*" is met by all."""
    kenmerken = bericht["kenmerken"]
    return any(
        groep["naam"] == bericht["kanaal"]
        and all(key in kenmerken and value in ("*", kenmerken[key]) for key, value in groep["filters"].items())
        for groep in kanalen
    )
