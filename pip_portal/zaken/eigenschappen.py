"""Properties of a zaak, written as a citizen writes them."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from babel.numbers import format_decimal

from pip_portal.backoffice.regels import Eigenschapwaarde
from pip_portal.taal import taal
from pip_portal.weergave import AMSTERDAM, datum, tijdstip


def waarde_in_woorden(eigenschap: Eigenschapwaarde) -> str:
    """The value in the notation of its format; a value that does not fit its format is shown as it came.

    Source: Catalogi API, eigenschap.specificatie.formaat: datum is YYYYMMDD, datum_tijd is YYYYMMDDHHMMSS.
    """
    waarde = eigenschap.waarde.strip()
    try:
        match eigenschap.formaat:
            case "datum":
                return datum(datetime.strptime(waarde, "%Y%m%d").date())  # noqa: DTZ007  # a day has no zone
            case "datum_tijd":
                moment = datetime.strptime(waarde, "%Y%m%d%H%M%S").replace(tzinfo=AMSTERDAM)
                return f"{datum(moment)}, {tijdstip(moment)}"
            case "getal":
                getal = Decimal(waarde.replace(",", "."))
                decimalen = "0" * len(waarde.replace(",", ".").partition(".")[2])
                return format_decimal(getal, f"#,##0.{decimalen}" if decimalen else "#,##0", locale=taal())
    except (ValueError, InvalidOperation):
        return waarde
    return waarde
