"""Ending a login: the outcome is stored behind a new artifact and the browser goes back with that."""

import logging
import secrets
from urllib.parse import quote, urlsplit

from fastapi.responses import RedirectResponse

from mock_idp.artifacts import new_artifact
from mock_idp.choice import Choice
from mock_idp.outcome import Burger, LoginRequest, Onderneming, Outcome
from mock_idp.personas import naam_of, persoon_of
from mock_idp.profiles import SUCCESS, Status
from mock_idp.scenarios import SCENARIOS
from mock_idp.state import Idp
from mock_idp.xml import new_id, now

log = logging.getLogger(__name__)
_REMEMBERED = 50


def status_of(request: LoginRequest, choice: Choice) -> Status:
    """Success, unless the scenario ends the login or the level is lower than asked."""
    if choice.scenario == "geannuleerd":
        return request.profile.annuleren
    if status := SCENARIOS[choice.scenario].status:
        return status
    return SUCCESS if choice.rang >= request.minimum else request.profile.te_laag


def conclude(idp: Idp, request: LoginRequest, status: Status, choice: Choice | None, address: str) -> RedirectResponse:
    """Redirect to the ACS of the metadata with an artifact, whatever the outcome is."""
    outcome = Outcome(
        request=request,
        status=status,
        scenario=choice.scenario if choice else "geen",
        subject=choice.subject if choice and status == SUCCESS else None,
        rang=choice.rang if choice else request.minimum,
        moment=now(),
        name_id=secrets.token_hex(20),
        session_index=new_id(),
        address=address,
    )
    artifact = new_artifact(request.profile)
    idp.artifacts.put(artifact, outcome)
    idp.handles.put(outcome.name_id, request.sp.entity_id)
    _remember(idp, outcome, choice)
    return RedirectResponse(_back(request, artifact), status_code=302)


def _back(request: LoginRequest, artifact: str) -> str:
    location = request.acs.location
    url = f"{location}{'&' if urlsplit(location).query else '?'}SAMLart={quote(artifact, safe='')}"
    if request.relay_state is not None:
        url += f"&RelayState={quote(request.relay_state, safe='')}"
    return url


def _remember(idp: Idp, outcome: Outcome, choice: Choice | None) -> None:
    """Keep what happened for the tester's page and the log; a mandate shows nowhere else with DigiD 3."""
    event: dict[str, str | None] = {
        "profiel": outcome.request.profile.code,
        "dienstverlener": outcome.request.sp.entity_id,
        "status": outcome.status.sub or outcome.status.top,
        "scenario": outcome.scenario,
        "niveau": outcome.request.profile.niveau(outcome.rang).naam,
    }
    subject = choice.subject if choice else None
    if isinstance(subject, Burger):
        persoon = persoon_of(subject.bsn)
        event["persoon"] = persoon.code if persoon else "vrij"
        event["namens"] = naam_of(subject.machtiging.vertegenwoordigde) if subject.machtiging else None
    elif isinstance(subject, Onderneming):
        event |= {"persoon": subject.medewerker, "vestiging": subject.vestiging, "keten": subject.keten}
    log.info("inloggen afgerond", extra={key: value for key, value in event.items() if key != "namens"})
    idp.outcomes.append(event | {"moment": outcome.moment.isoformat()})
    del idp.outcomes[:-_REMEMBERED]
