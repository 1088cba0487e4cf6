"""For testers: choose how the next login goes, and see how the last ones went.

POST /admin/scenario with JSON sets it for the next login of one profile:
    {"profile": "digid" | "eid" | "eherkenning",
     "scenario": "geen" | one of GET /admin/scenario,
     "person": "B1", a BSN, "Z1-B", a KVK number, ...   (optional)
     "level": 10 | 20 | 22 | 25 | 30                    (optional; default: what was asked for)
     "namens": BSN of the represented person            (optional)
     "vestiging": number | "hele", "keten": KVK number  (optional, eherkenning)
     "direct": true}                                    (optional: skip the login page)
The login page then opens with these choices; with "direct" the browser goes straight back with an artifact.
DELETE /admin/scenario forgets what was set. GET /admin/uitkomsten lists the last logins.
"""

from typing import Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict

from mock_idp.profiles import PROFILES
from mock_idp.scenarios import SCENARIOS, scenarios_for
from mock_idp.state import Idp, Preset

router = APIRouter(prefix="/admin")


class PresetIn(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    profile: Literal["digid", "eid", "eherkenning"]
    scenario: str = "geen"
    person: str | None = None
    level: int | None = None
    namens: str | None = None
    vestiging: str | None = None
    keten: str | None = None
    direct: bool = False


@router.get("/scenario")
async def list_scenarios() -> dict[str, str]:
    return {code: scenario.label for code, scenario in SCENARIOS.items()}


@router.post("/scenario", status_code=204)
async def set_scenario(request: Request, preset: PresetIn) -> Response:
    idp: Idp = request.app.state.idp
    profile = PROFILES[preset.profile]
    if preset.scenario not in scenarios_for(profile.soort):
        raise HTTPException(422, f"onbekend scenario voor {profile.code}")
    if preset.level is not None and preset.level not in {niveau.rang for niveau in profile.niveaus}:
        raise HTTPException(422, f"onbekend niveau voor {profile.code}")
    idp.presets[preset.profile] = Preset(**preset.model_dump(exclude={"profile"}))
    return Response(status_code=204)


@router.delete("/scenario", status_code=204)
async def forget_scenarios(request: Request) -> Response:
    request.app.state.idp.presets.clear()
    return Response(status_code=204)


@router.get("/uitkomsten")
async def list_outcomes(request: Request) -> list[dict[str, str | None]]:
    outcomes: list[dict[str, str | None]] = request.app.state.idp.outcomes
    return outcomes
