"""Changing zaken over the API: bodies to checked values, rights, then the rules."""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from ..checks import Body, is_nine_digits, passes_elfproef
from ..config import NEDERLAND
from ..problems import invalid_field
from ..refs import SCHEME, Json, dumps, zaak_ref
from ..resources import BETALINGSINDICATIES
from ..rights import Toegang
from ..vertrouwelijkheid import VOLGORDE
from ..web import Backoffice, Context, answer, body_of, check_crs, created, may, query_of, require
from . import rules
from .filters import ARCHIEFNOMINATIES, ARCHIEFSTATUSSEN, BETROKKENETYPEN
from .rules import Schrijver

router = APIRouter(prefix="/zaken/api/v1")

CATALOGI: Final = "catalogi"
# Fields that are copied when they were sent and passed their check.
COPIED: Final = (
    "bronorganisatie",
    "verantwoordelijkeOrganisatie",
    "omschrijving",
    "toelichting",
    "startdatum",
    "registratiedatum",
    "einddatumGepland",
    "uiterlijkeEinddatumAfdoening",
    "publicatiedatum",
    "communicatiekanaal",
    "communicatiekanaalNaam",
    "vertrouwelijkheidaanduiding",
    "betalingsindicatie",
    "laatsteBetaaldatum",
    "zaakgeometrie",
    "verlenging",
    "productenOfDiensten",
    "selectielijstklasse",
    "relevanteAndereZaken",
    "kenmerken",
    "archiefnominatie",
    "archiefstatus",
    "archiefactiedatum",
    "opdrachtgevendeOrganisatie",
    "processobjectaard",
)


def writer(request: Request) -> Schrijver:
    return Schrijver(
        geforceerd=may(request, "zrc", "zaken.geforceerd-bijwerken"), heropenen=may(request, "zrc", "zaken.heropenen")
    )


def require_zaak(toegang: Toegang, zaak: Json) -> None:
    toegang.require(zaak["zaaktype"].rsplit("/", 1)[-1], zaak["vertrouwelijkheidaanduiding"])


def _check_zaak(body: Body) -> None:
    body.rsin("bronorganisatie")
    body.rsin("verantwoordelijkeOrganisatie")
    if body.body.get("opdrachtgevendeOrganisatie"):
        body.rsin("opdrachtgevendeOrganisatie")
    for name, longest in (
        ("identificatie", 40),
        ("omschrijving", 80),
        ("toelichting", 1000),
        ("communicatiekanaalNaam", 250),
        ("processobjectaard", 200),
    ):
        body.text(name, longest)
    for name in ("communicatiekanaal", "selectielijstklasse"):
        body.url(name)
    body.date("startdatum", required=True)
    for name in ("registratiedatum", "einddatumGepland", "uiterlijkeEinddatumAfdoening", "publicatiedatum"):
        body.date(name)
    body.date("archiefactiedatum")
    body.moment("laatsteBetaaldatum")
    body.choice("vertrouwelijkheidaanduiding", VOLGORDE)
    body.choice("betalingsindicatie", tuple(BETALINGSINDICATIES))
    body.choice("archiefnominatie", ARCHIEFNOMINATIES)
    body.choice("archiefstatus", ARCHIEFSTATUSSEN)
    body.duration(body.group("verlenging", {"reden": 200, "duur": 40}), "duur", "verlenging.duur")
    opschorting = body.group("opschorting", {"reden": 200})
    if opschorting is not None and not isinstance(opschorting.get("indicatie"), bool):
        body.fault("opschorting.indicatie", "required", "Dit veld is vereist.")
    _check_lists(body)


def _check_lists(body: Body) -> None:
    for name in ("kenmerken", "productenOfDiensten", "relevanteAndereZaken"):
        value = body.body.get(name)
        if value is not None and not isinstance(value, list):
            body.fault(name, "not_a_list", "Verwachtte een lijst met items.")
    kenmerken = body.body.get("kenmerken")
    for nummer, kenmerk in enumerate(kenmerken if isinstance(kenmerken, list) else []):
        for field in ("kenmerk", "bron"):
            value = kenmerk.get(field) if isinstance(kenmerk, dict) else None
            if not isinstance(value, str) or not value:
                body.fault(f"kenmerken.{nummer}.{field}", "required", "Dit veld is vereist.")
            elif len(value) > 40:
                body.fault(f"kenmerken.{nummer}.{field}", "max_length", "Deze tekst is te lang.")
    geometrie = body.body.get("zaakgeometrie")
    if geometrie is not None and not (isinstance(geometrie, dict) and {"type", "coordinates"} <= geometrie.keys()):
        body.fault("zaakgeometrie", "invalid", "Geen geldige GeoJSON.")


def _given(body: Json, eerder: bool = False) -> Json:
    given: Json = {name: body[name] for name in COPIED if name in body}
    if "opschorting" in body:
        group = body["opschorting"] or {"indicatie": False, "reden": ""}
        given["opschorting"] = {
            "indicatie": group["indicatie"],
            "eerdereOpschorting": eerder,
            "reden": group["reden"],
        }
    return given


@router.post("/zaken")
async def create_zaak(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.aanmaken")
    check_crs(request, content=True)
    query_of(request, frozenset())
    body = Body(await body_of(request), backoffice.config.public_url)
    _check_zaak(body)
    zaaktype = _type(body, backoffice, "zaaktype", "zaaktypen")
    hoofdzaak = body.reference("hoofdzaak", "zaken", "zaken", required=False)
    body.done()
    _check_zaaktype(zaaktype, body.body["startdatum"])
    given = _given(body.body) | {"zaaktype": zaaktype["url"], "identificatie": body.body.get("identificatie", "")}
    given.setdefault("registratiedatum", backoffice.config.today().isoformat())
    given["hoofdzaak"] = zaak_ref(hoofdzaak) if hoofdzaak else None
    aanduiding = given.get("vertrouwelijkheidaanduiding") or zaaktype["vertrouwelijkheidaanduiding"]
    toegang.require(zaaktype["url"].rsplit("/", 1)[-1], aanduiding)
    async with backoffice.store.write() as db:
        data = await rules.create_zaak(db, backoffice.catalogus, zaaktype, given)
    return created(request, data)


def _type(body: Body, backoffice: Backoffice, field: str, soort: str) -> Json:
    """The resource of the catalogus that a field points to; an empty one when the field is at fault."""
    uuid = body.reference(field, CATALOGI, soort)
    if uuid is None:
        return {}
    data = backoffice.catalogus.get(soort, uuid)
    if data is None:
        body.fault(field, "does_not_exist", "Deze URL verwijst niet naar een bestaand object.")
    return data or {}


def _check_zaaktype(zaaktype: Json, startdatum: str) -> None:
    if zaaktype["concept"]:
        raise invalid_field("zaaktype", "not-published", "Het zaaktype is niet gepubliceerd.")
    if (zaaktype["eindeGeldigheid"] or "9999") < startdatum:
        raise invalid_field("zaaktype", "not-valid", "Het zaaktype is niet geldig op de startdatum.")


@router.patch("/zaken/{uuid}")
async def change_zaak(request: Request, uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.bijwerken", "zaken.geforceerd-bijwerken")
    check_crs(request, content=True)
    query_of(request, frozenset())
    body = Body(await body_of(request), backoffice.config.public_url, partial=True)
    schrijver = writer(request)
    async with backoffice.store.write() as db:
        zaak = await rules.load_zaak(db, uuid)
        require_zaak(toegang, zaak)
        rules.check_open(zaak, schrijver)
        _check_zaak(body)
        _check_immutable(body, zaak)
        body.done()
        eerder = zaak["opschorting"]["eerdereOpschorting"] or zaak["opschorting"]["indicatie"]
        zaak |= _given(body.body, eerder=eerder)
        zaak["betalingsindicatieWeergave"] = BETALINGSINDICATIES[zaak["betalingsindicatie"]]
        require_zaak(toegang, zaak)
        await rules.change_zaak(db, zaak)
    return answer(request, dumps(zaak))


def _check_immutable(body: Body, zaak: Json) -> None:
    own = {"identificatie": zaak["identificatie"], "zaaktype": zaak["zaaktype"].replace(SCHEME, body.public_url)}
    for name, value in own.items():
        if body.body.get(name, value) != value:
            body.fault(name, "wijzigen-niet-toegelaten", "Dit veld mag niet gewijzigd worden.")


@router.post("/zaaknummer_reserveren")
async def reserve_zaaknummers(request: Request, backoffice: Context) -> Response:
    require(request, "zrc", "zaken.aanmaken")
    body = Body(await body_of(request), backoffice.config.public_url)
    body.rsin("bronorganisatie")
    aantal = body.body.get("aantal", 1)
    if not isinstance(aantal, int) or isinstance(aantal, bool) or not 1 <= aantal <= 100:
        body.fault("aantal", "invalid", "Geef een getal van 1 tot en met 100.")
    body.done()
    async with backoffice.store.write() as db:
        year = backoffice.config.today().year
        nummers = [{"zaaknummer": await rules.reserve_zaaknummer(db, year)} for _ in range(aantal)]
    single = aantal == 1 and not backoffice.config.zaaknummer_als_array
    return answer(request, dumps(nummers[0] if single else nummers), 201)


@router.post("/rollen")
async def create_rol(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.bijwerken", "zaken.geforceerd-bijwerken")
    body = Body(await body_of(request), backoffice.config.public_url)
    zaak_uuid = body.reference("zaak", "zaken", "zaken")
    roltype = _type(body, backoffice, "roltype", "roltypen")
    betrokkene_type = body.choice("betrokkeneType", BETROKKENETYPEN, required=True)
    body.text("roltoelichting", 1000, required=True)
    body.url("betrokkene")
    _check_betrokkene(body, betrokkene_type)
    body.done()
    schrijver = writer(request)
    async with backoffice.store.write() as db:
        zaak = await rules.zaak_at(db, str(zaak_uuid))
        require_zaak(toegang, zaak)
        data = await rules.add_rol(db, schrijver, zaak, roltype, str(betrokkene_type), body.body)
    return created(request, data)


def _check_betrokkene(body: Body, betrokkene_type: str | None) -> None:
    group: Any = body.body.get("betrokkeneIdentificatie")
    if not group and not body.body.get("betrokkene"):
        reason = "Geef een betrokkene of betrokkeneIdentificatie."
        body.fault("nonFieldErrors", "invalid-betrokkene", reason)
        return
    if group is None:
        return
    if not isinstance(group, dict):
        body.fault("betrokkeneIdentificatie", "invalid", "Ongeldige data.")
        return
    bsn = group.get("inpBsn")
    if bsn and not (is_nine_digits(bsn) and passes_elfproef(bsn)):
        body.fault("betrokkeneIdentificatie.inpBsn", "invalid", "Onjuist BSN nummer.")
    # No 11-proef here: installations really put a KVK number in innNnpId.
    if len(str(group.get("innNnpId", ""))) > 9:
        body.fault("betrokkeneIdentificatie.innNnpId", "max_length", "Onjuist nummer.")
    contact = body.body.get("contactpersoonRol")
    if isinstance(contact, dict) and not contact.get("naam"):
        body.fault("contactpersoonRol.naam", "required", "Dit veld is vereist.")
    if betrokkene_type == "vestiging" and not isinstance(group.get("handelsnaam", []), list):
        body.fault("betrokkeneIdentificatie.handelsnaam", "not_a_list", "Verwachtte een lijst met items.")


@router.post("/statussen")
async def create_status(request: Request, backoffice: Context) -> Response:
    scopes = ("zaken.aanmaken", "zaken.statussen.toevoegen", "zaken.geforceerd-bijwerken", "zaken.heropenen")
    require(request, "zrc", *scopes)
    body = Body(await body_of(request), backoffice.config.public_url)
    zaak_uuid = body.reference("zaak", "zaken", "zaken")
    statustype = _type(body, backoffice, "statustype", "statustypen")
    gezet = body.moment("datumStatusGezet", required=True)
    toelichting = body.text("statustoelichting", 1000) if "statustoelichting" in body.body else ""
    body.done()
    schrijver = writer(request)
    async with backoffice.store.write() as db:
        zaak = await rules.zaak_at(db, str(zaak_uuid))
        # The first status needs only the right to create a zaak.
        needed = scopes if zaak["status"] is None else scopes[1:]
        require_zaak(require(request, "zrc", *needed), zaak)
        data = await rules.add_status(
            db, schrijver, backoffice.catalogus, zaak, statustype, gezet or _now(), toelichting or ""
        )
    return created(request, data)


def _now() -> datetime:
    return datetime.now(NEDERLAND)


@router.post("/resultaten")
async def create_resultaat(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.bijwerken", "zaken.geforceerd-bijwerken")
    body = Body(await body_of(request), backoffice.config.public_url)
    zaak_uuid = body.reference("zaak", "zaken", "zaken")
    resultaattype = _type(body, backoffice, "resultaattype", "resultaattypen")
    toelichting = body.text("toelichting", 1000) if "toelichting" in body.body else ""
    body.done()
    async with backoffice.store.write() as db:
        zaak = await rules.zaak_at(db, str(zaak_uuid))
        require_zaak(toegang, zaak)
        data = await rules.add_resultaat(db, writer(request), zaak, resultaattype, toelichting or "")
    return created(request, data)


@router.post("/zaakinformatieobjecten")
async def create_zaakinformatieobject(request: Request, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.aanmaken", "zaken.bijwerken", "zaken.geforceerd-bijwerken")
    body = Body(await body_of(request), backoffice.config.public_url)
    zaak_uuid = body.reference("zaak", "zaken", "zaken")
    document_uuid = body.reference("informatieobject", "documenten", "enkelvoudiginformatieobjecten")
    if "titel" in body.body:
        body.text("titel", 200)
    body.done()
    async with backoffice.store.write() as db:
        zaak = await rules.zaak_at(db, str(zaak_uuid))
        require_zaak(toegang, zaak)
        data = await rules.add_zaakinformatieobject(
            db, writer(request), backoffice.catalogus, zaak, str(document_uuid), body.body
        )
    return created(request, data)


@router.post("/zaken/{zaak_uuid}/zaakeigenschappen")
async def create_zaakeigenschap(request: Request, zaak_uuid: str, backoffice: Context) -> Response:
    toegang = require(request, "zrc", "zaken.bijwerken", "zaken.geforceerd-bijwerken")
    body = Body(await body_of(request), backoffice.config.public_url)
    named = body.reference("zaak", "zaken", "zaken")
    if named is not None and named != zaak_uuid:
        body.fault("zaak", "invalid", "De zaak is een andere dan die in het pad.")
    eigenschap = _type(body, backoffice, "eigenschap", "eigenschappen")
    waarde = body.text("waarde", 10_000, required=True)
    body.done()
    async with backoffice.store.write() as db:
        zaak = await rules.load_zaak(db, zaak_uuid)
        require_zaak(toegang, zaak)
        data = await rules.add_zaakeigenschap(db, writer(request), zaak, eigenschap, str(waarde))
    return created(request, data)
