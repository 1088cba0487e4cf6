"""Every recorded answer of a running Open Zaak is understood."""

import json
from pathlib import Path
from typing import Any

import httpx
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
from pip_portal.backoffice.http import Refused, Verbinding
from pip_portal.backoffice.resource import Pagina
from pip_portal.backoffice.weigeringen import vertaald
from pip_portal.backoffice.zaken import Resultaat, Rol, Status, Zaak, Zaakeigenschap, ZaakInformatieObject
from pip_portal.errors import NotFound
from pip_portal.settings import Api

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


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=NO_SAMPLES)
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("error-*.json")), ids=lambda path: path.stem)
async def test_a_recorded_refusal_is_understood_by_its_codes(path: Path) -> None:
    """Of real refusals only the codes are kept: their sentences repeat what was sent."""
    status = int(path.stem.split("-")[1])
    content = path.read_bytes()  # noqa: ASYNC240 - a test
    problem = json.loads(content)

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=content, headers={"Content-Type": "application/json"})

    verbinding = Verbinding(Api(root="https://openzaak.local"), "Zaken", transport=httpx.MockTransport(answer))
    with pytest.raises((Refused, NotFound)) as caught:
        await verbinding.call("POST", "/zaken", TypeAdapter(Any), body={})
    await verbinding.close()
    if status == 404:
        assert isinstance(caught.value, NotFound)
        return
    refused = vertaald(caught.value)  # type: ignore[arg-type]  # a Refused, as it is no 404
    assert (refused.status, refused.code) == (status, problem["code"])
    codes = [(fout["name"], fout["code"]) for fout in problem.get("invalidParams", ())]
    assert list(refused.fouten) == codes
    assert not [fout for fout in problem.get("invalidParams", ()) if fout["reason"] in str(refused)]
