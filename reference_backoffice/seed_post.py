"""Berichten and taken of the example data as data of objects, with what an employee sends from the tester's page."""

from datetime import date, datetime, time, timedelta

from .config import NEDERLAND
from .fixtures.post import Bericht, Taak
from .refs import Json, seed_uuid

EIGENAAR = "zaaksysteem-deventer"


def identificatie(nummer: str) -> Json:
    """A BSN has nine digits, a KVK number eight."""
    return {"type": "bsn" if len(nummer) == 9 else "kvk", "value": nummer}


def bericht(verhaal: Bericht, vandaag: date, zaaknummer: str = "", bijlages: tuple[str, ...] = ()) -> Json:
    """zaaknummer: identificatie of the zaak that it is about; bijlages: URLs of documents."""
    termijn = None if verhaal.termijn is None else (vandaag + timedelta(days=verhaal.termijn)).isoformat()
    return {
        "onderwerp": verhaal.onderwerp,
        "berichtTekst": verhaal.tekst,
        "berichtType": verhaal.soort,
        "handelingsperspectief": verhaal.perspectief,
        "einddatumHandelingstermijn": termijn,
        "publicatiedatum": (vandaag - timedelta(days=verhaal.dagen)).isoformat(),
        "referentie": zaaknummer or None,
        "identificatie": identificatie(verhaal.van),
        "bijlages": list(bijlages),
        "geopend": verhaal.geopend,
    }


def taak(verhaal: Taak, vandaag: date, zaak_uuid: str = "") -> Json:
    data: Json = {
        "titel": verhaal.titel,
        "status": verhaal.status,
        "soort": verhaal.soort,
        "identificatie": identificatie(verhaal.van),
        "eigenaar": EIGENAAR,
        "verwerker_taak_id": seed_uuid("verwerker", verhaal.sleutel),
        verhaal.soort: verhaal.inhoud,
    }
    if verhaal.over is not None:
        einde = datetime.combine(vandaag + timedelta(days=verhaal.over), time(23, 59), NEDERLAND)
        data["verloopdatum"] = einde.isoformat()
    if zaak_uuid:
        data["koppeling"] = {"registratie": "zaak", "uuid": zaak_uuid}
    return data
