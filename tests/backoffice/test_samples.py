"""Every recorded answer of a running Open Zaak is understood."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from pip_portal.backoffice.autorisaties import Applicatie
from pip_portal.backoffice.catalogi import (
    Eigenschap,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Zaaktype,
    ZaaktypeInformatieobjecttype,
)
from pip_portal.backoffice.documenten import EnkelvoudigInformatieObject
from pip_portal.backoffice.resource import Pagina
from pip_portal.backoffice.zaken import Resultaat, Rol, Status, Zaak, Zaakeigenschap, ZaakInformatieObject

SAMPLES = Path(__file__).parents[3] / "shared/specs/openzaak-samples"
NO_SAMPLES = "../shared/specs/openzaak-samples is er niet: de opgenomen antwoorden kunnen niet worden gelezen"
UNUSED = {"catalogussen-list", "objectinformatieobjecten-list", "index"}

ITEMS: dict[str, Any] = {
    "zaken-": Zaak,
    "zaak-": Zaak,
    "rollen-": Rol,
    "status-": Status,
    "statussen-": Status,
    "statustype-": Statustype,
    "statustypen-": Statustype,
    "resultaat-": Resultaat,
    "resultaattype-": Resultaattype,
    "resultaattypen-": Resultaattype,
    "roltypen-": Roltype,
    "eigenschappen-": Eigenschap,
    "informatieobjecttypen-": Informatieobjecttype,
    "zaaktype-informatieobjecttypen-": ZaaktypeInformatieobjecttype,
    "zaaktype-": Zaaktype,
    "zaaktypen-": Zaaktype,
    "zaakeigenschappen-": Zaakeigenschap,
    "zaakinformatieobjecten-": ZaakInformatieObject,
    "enkelvoudiginformatieobject-": EnkelvoudigInformatieObject,
    "enkelvoudiginformatieobjecten-": EnkelvoudigInformatieObject,
    "applicaties-": Applicatie,
}
FILES = sorted(p for p in SAMPLES.glob("*.json") if not p.stem.startswith("error-") and p.stem not in UNUSED)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
def test_there_are_samples() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_answer_is_understood(path: Path) -> None:
    item = TypeAdapter(next(model for prefix, model in ITEMS.items() if path.stem.startswith(prefix)))
    raw = json.loads(path.read_bytes())
    if isinstance(raw, dict) and "results" in raw:
        raw = TypeAdapter(Pagina[Any]).validate_json(path.read_bytes()).results
    for row in raw if isinstance(raw, list | tuple) else [raw]:
        understood = item.validate_json(json.dumps(row))
        assert getattr(understood, "url", row["url"]) == row["url"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
def test_a_closed_zaak_of_open_zaak_says_so() -> None:
    zaak = TypeAdapter(Zaak).validate_json((SAMPLES / "zaak-detail-afgehandeld.json").read_bytes())
    assert zaak.is_afgerond
    assert not zaak.is_opgeschort
    assert not zaak.is_verlengd
