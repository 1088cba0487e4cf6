"""Zaken as the backoffice gives them, made by hand for the rules that need no backoffice."""

from datetime import UTC, date, datetime
from uuid import UUID as Uuid
from uuid import uuid5

from pip_portal.backoffice.catalogi import Resultaattype, Statustype, Zaaktype
from pip_portal.backoffice.regels import Zaakregel
from pip_portal.backoffice.zaken import Resultaat, Status, Zaak

ROOT = "https://backoffice.example.nl/zaken/api/v1"
UUID = Uuid("00000000-0000-4000-8000-000000000001")
ZAAKTYPE = Zaaktype(url=f"{ROOT}/zaaktypen/1", omschrijving="Kapvergunning")


def statustype(volgnummer: int, omschrijving: str, **velden: object) -> Statustype:
    url = f"{ROOT}/statustypen/{uuid5(UUID, omschrijving)}"
    standaard = {"url": url, "omschrijving": omschrijving, "zaaktype": ZAAKTYPE.url, "volgnummer": volgnummer}
    return Statustype.model_validate(standaard | velden)


def status(soort: Statustype, dag: int, toelichting: str = "") -> Status:
    """Set on this day of November 2026."""
    uuid = uuid5(UUID, f"{soort.url}{dag}")
    return Status.model_validate(
        {
            "url": f"{ROOT}/statussen/{uuid}",
            "uuid": uuid,
            "statustype": soort.url,
            "datum_status_gezet": datetime(2026, 11, dag, 9, tzinfo=UTC),
            "statustoelichting": toelichting,
        }
    )


def zaak(**velden: object) -> Zaak:
    standaard = {
        "url": f"{ROOT}/zaken/{UUID}",
        "uuid": UUID,
        "identificatie": "DEV-2026-0000001",
        "zaaktype": ZAAKTYPE.url,
        "startdatum": date(2026, 11, 1),
    }
    return Zaak.model_validate(standaard | velden)


def regel(soort: Statustype | None = None, toelichting: str = "", naam: str = "", **velden: object) -> Zaakregel:
    """A zaak of which this status was set on 5 November."""
    zaaktype = ZAAKTYPE.model_copy(update={"omschrijving": naam}) if naam else ZAAKTYPE
    return Zaakregel("zaken", zaak(**velden), zaaktype, status(soort, 5, toelichting) if soort else None, soort)


def afgesloten(resultaat: str, naam: str = "Kapvergunning", generiek: str = "") -> Zaakregel:
    """A closed zaak with this resultaat."""
    soort = Resultaattype(url=f"{ROOT}/resultaattypen/1", omschrijving=resultaat, omschrijving_generiek=generiek)
    gegeven = Resultaat.model_validate({"url": f"{ROOT}/resultaten/{UUID}", "uuid": UUID, "resultaattype": soort.url})
    zaaktype = ZAAKTYPE.model_copy(update={"omschrijving": naam})
    return Zaakregel("zaken", zaak(einddatum=date(2026, 11, 20)), zaaktype, resultaat=gegeven, resultaattype=soort)
