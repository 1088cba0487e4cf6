"""What a zaak is about besides its documents: zaakobjecten, of which only addresses are filled in here."""

from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from sqlalchemy import and_
from starlette.responses import Response

from ..checks import Body
from ..notificaties.publiceren import publish_zaak
from ..problems import invalid_field
from ..refs import APIS, Json, ref
from ..store import onderdeel
from ..web import Context, body_of, created, query_of, require
from . import filters, rules
from .reads import detail_of_table, page_of_table, visible_zaken
from .writes import require_zaak, writer

router = APIRouter(prefix="/zaken/api/v1")

SOORT: Final = "zaakobject"
ZAKEN: Final = f"{APIS['zaken']}/zaken"
OBJECTTYPEN: Final = (
    "adres",
    "besluit",
    "buurt",
    "enkelvoudig_document",
    "gemeente",
    "gemeentelijke_openbare_ruimte",
    "huishouden",
    "inrichtingselement",
    "kadastrale_onroerende_zaak",
    "kunstwerkdeel",
    "maatschappelijke_activiteit",
    "medewerker",
    "natuurlijk_persoon",
    "niet_natuurlijk_persoon",
    "openbare_ruimte",
    "organisatorische_eenheid",
    "pand",
    "spoorbaandeel",
    "status",
    "terreindeel",
    "terrein_gebouwd_object",
    "vestiging",
    "waterdeel",
    "wegdeel",
    "wijk",
    "woonplaats",
    "woz_deelobject",
    "woz_object",
    "woz_waarde",
    "zakelijk_recht",
    "overige",
)
# field of an address: longest text; the first two are required
ADRES: Final = {
    "wplWoonplaatsNaam": 80,
    "gorOpenbareRuimteNaam": 80,
    "identificatie": 100,
    "huisletter": 1,
    "huisnummertoevoeging": 4,
    "postcode": 7,
}
VERPLICHT: Final = ("wplWoonplaatsNaam", "gorOpenbareRuimteNaam")


@router.post("/zaakobjecten")
async def create_zaakobject(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.aanmaken", "zaken.bijwerken", "zaken.geforceerd-bijwerken")
    query_of(request, frozenset())
    body = Body(await body_of(request), backoffice.config.public_url)
    zaak_uuid = body.reference("zaak", "zaken", "zaken")
    soort = body.choice("objectType", OBJECTTYPEN, required=True)
    body.text("relatieomschrijving", 80)
    body.url("object")
    _check_object(body, soort)
    body.done()
    async with backoffice.store.write() as db:
        zaak = await rules.zaak_at(db, str(zaak_uuid))
        require_zaak(toegang, zaak)
        rules.check_open(zaak, writer(request))
        data = _zaakobject(zaak["url"], body.body)
        await rules.insert_onderdeel(db, SOORT, data, zaak["url"])
        zaak["zaakobjecten"] = [*zaak["zaakobjecten"], data["url"]]
        await rules.save_zaak(db, zaak)
        await publish_zaak(db, zaak, "create", SOORT, data["url"])
    return created(request, data)


def _check_object(body: Body, soort: str | None) -> None:
    overige = body.text("objectTypeOverige", 100)
    if soort == "overige" and not overige:
        reason = "Als `objectType` de waarde `overige` heeft, moet `objectTypeOverige` ingevuld zijn."
        body.fault("nonFieldErrors", "missing-object-type-overige", reason)
    group: Any = body.body.get("objectIdentificatie")
    if body.body.get("object"):
        if group:
            body.fault("nonFieldErrors", "invalid-zaakobject", "Geef een object of objectIdentificatie, niet allebei.")
        return
    if not isinstance(group, dict) or not group:
        body.fault("nonFieldErrors", "invalid-zaakobject", "Geef een object of objectIdentificatie.")
    elif soort == "adres":
        _check_adres(body, group)


def _check_adres(body: Body, group: Json) -> None:
    for name, longest in ADRES.items():
        value = group.get(name, "")
        path = f"objectIdentificatie.{name}"
        if not isinstance(value, str):
            body.fault(path, "invalid", "Geen geldige tekst.")
        elif len(value) > longest:
            body.fault(path, "max_length", f"Zorg ervoor dat dit veld niet meer dan {longest} karakters bevat.")
        elif not value and name in VERPLICHT:
            body.fault(path, "required" if name not in group else "blank", "Dit veld is vereist.")
    huisnummer = group.get("huisnummer")
    if not isinstance(huisnummer, int) or isinstance(huisnummer, bool) or not 0 <= huisnummer <= 99_999:
        body.fault("objectIdentificatie.huisnummer", "invalid", "Een geldig getal is vereist.")


def _zaakobject(zaak_url: str, given: Json) -> Json:
    uuid = str(uuid4())
    group: Json = given.get("objectIdentificatie") or {}
    if given["objectType"] == "adres" and group:
        group = {name: group.get(name, "") for name in ADRES} | {"huisnummer": group["huisnummer"]}
    return {
        "url": ref("zaken", "zaakobjecten", uuid),
        "uuid": uuid,
        "zaak": zaak_url,
        "object": given.get("object", ""),
        "zaakobjecttype": given.get("zaakobjecttype", ""),
        "objectType": given["objectType"],
        "objectTypeOverige": given.get("objectTypeOverige", ""),
        "objectTypeOverigeDefinitie": given.get("objectTypeOverigeDefinitie"),
        "relatieomschrijving": given.get("relatieomschrijving", ""),
        "objectIdentificatie": group or None,
    }


@router.get("/zaakobjecten")
async def list_zaakobjecten(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.lezen")
    params = query_of(request, frozenset({"zaak", "object", "objectType", "page"}), frozenset({"pageSize"}))
    conditions = [onderdeel.c.soort == SOORT, onderdeel.c.ouder.in_(visible_zaken(toegang))]
    if (zaak_url := params.get("zaak")) is not None:
        conditions.append(onderdeel.c.ouder == filters.uuid_or_nothing("zaak", zaak_url, backoffice, ZAKEN))
    if (soort := params.get("objectType")) is not None:
        filters.check_choice("objectType", soort, OBJECTTYPEN)
        conditions.append(onderdeel.c.data.contains(f'"objectType":"{soort}"', autoescape=True))
    if (url := params.get("object")) is not None:
        if not url.startswith(("http://", "https://")):
            raise invalid_field("object", "invalid", "Voer een geldige URL in.")
        conditions.append(onderdeel.c.data.contains(f'"object":"{url}"', autoescape=True))
    return await page_of_table(request, backoffice, onderdeel, and_(*conditions), params)


@router.api_route("/zaakobjecten/{uuid}", methods=["GET", "HEAD"])
async def get_zaakobject(request: Request, uuid: str, backoffice: Context) -> Response:
    return await detail_of_table(request, backoffice, onderdeel, uuid, SOORT)
