"""The back channel: a service provider fetches the answer that an artifact stands for."""

import json
import logging
from datetime import timedelta

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request, Response

from mock_idp.answer import Facts, artifact_response, bare_response, facts_of, response, soap
from mock_idp.authn_request import check_freshness, known_issuer
from mock_idp.idp_metadata import resolve_url
from mock_idp.outcome import Outcome, Refused
from mock_idp.profiles import PROFILES, Profile, Status
from mock_idp.scenarios import SCENARIOS
from mock_idp.signing import BadSignature, verified
from mock_idp.sp_metadata import ServiceProvider
from mock_idp.state import Idp
from mock_idp.xml import MAX_BYTES, BadXml, Element, make, now, only, parse, q, text, to_bytes

log = logging.getLogger(__name__)
router = APIRouter()
ARTIFACT_LIFE = timedelta(minutes=15)
_XML_TYPES = ("text/xml", "application/soap+xml")
_DENIED = Status("Requester", "RequestDenied")


@router.post("/{code}/resolve_artifact", name="resolve_artifact")
async def resolve_artifact(request: Request, code: str) -> Response:
    idp: Idp = request.app.state.idp
    if code not in PROFILES or not request.headers.get("content-type", "").startswith(_XML_TYPES):
        return Response(status_code=404)
    body = await request.body()
    try:
        profile = PROFILES[code]
        sp, message = await anyio.to_thread.run_sync(_read, idp, profile, body)
    except (Refused, BadXml, BadSignature) as exc:
        log.warning("ArtifactResolve geweigerd", extra={"profiel": code, "reden": str(exc)})
        return Response(status_code=404)
    return await _answer(idp, profile, sp, message)


def _read(idp: Idp, profile: Profile, body: bytes) -> tuple[ServiceProvider, Element]:
    """The sender and the verified ArtifactResolve.

    Raises: Refused, BadXml, BadSignature.
    """
    envelope = parse(body[: MAX_BYTES + 1])
    if envelope.tag != q("soapenv:Envelope"):
        raise Refused("dit is geen SOAP-bericht")
    received = only(only(envelope, "soapenv:Body"), "samlp:ArtifactResolve")
    sp = known_issuer(idp, profile, received)
    message = verified(received, sp.signing_certificates)
    destination = message.get("Destination")
    if message.get("Version") != "2.0" or destination not in (None, resolve_url(idp.config, profile)):
        raise Refused("Version of Destination klopt niet")
    check_freshness(message)
    return sp, message


async def _answer(idp: Idp, profile: Profile, sp: ServiceProvider, message: Element) -> Response:
    outcome = _take(idp, text(only(message, "samlp:Artifact")), profile, sp)
    resolve_id = message.get("ID", "")
    if outcome is None:
        return _xml(artifact_response(idp, _refusal(profile, resolve_id), None, _DENIED))
    scenario = SCENARIOS[outcome.scenario]
    facts = facts_of(outcome, resolve_id)
    if outcome.moment + ARTIFACT_LIFE <= now() or scenario.channel == "artifact_verlopen":
        content = bare_response(facts, _DENIED) if profile.response_destination else None
        return _xml(artifact_response(idp, facts, content))
    if scenario.channel == "artifact_gebruikt":
        return _xml(artifact_response(idp, facts, None, _DENIED))
    if scenario.channel and (broken := await _misbehave(idp, scenario.channel)):
        return broken
    if scenario.spoil:
        facts = scenario.spoil(facts)
    return _xml(await anyio.to_thread.run_sync(_build, idp, facts, outcome))


def _take(idp: Idp, artifact: str, profile: Profile, sp: ServiceProvider) -> Outcome | None:
    """The outcome behind an artifact, once, and only for the service provider and interface it was made for."""
    outcome = idp.artifacts.get(artifact)
    if outcome is None or outcome.request.sp.entity_id != sp.entity_id or outcome.request.profile != profile:
        log.warning("artifact onbekend, al gebruikt of van een ander", extra={"profiel": profile.code})
        return None
    return idp.artifacts.take(artifact)


def _refusal(profile: Profile, resolve_id: str) -> Facts:
    moment = now()
    return Facts(
        profile=profile,
        issuer=profile.entity_id,
        artifact_in_response_to=resolve_id,
        response_in_response_to="",
        assertion_in_response_to="",
        destination=None,
        recipient="",
        audience=None,
        not_before=moment,
        not_on_or_after=moment,
        niveau_uri="",
        service_uuid=None,
    )


def _build(idp: Idp, facts: Facts, outcome: Outcome) -> bytes:
    return artifact_response(idp, facts, response(idp, facts, outcome))


async def _misbehave(idp: Idp, channel: str) -> Response | None:
    """Do what the scenario says; None when the right answer follows after all."""
    if channel == "traag":
        await anyio.sleep(idp.config.traag_seconden)
        return None
    if channel == "hangt":
        await anyio.sleep(idp.config.hangt_seconden)
        return Response(status_code=504)
    if channel == "soap_fault":
        return _xml(to_bytes(soap(_fault())), status_code=500)
    if channel == "html":
        return Response("<!doctype html><title>Storing</title><h1>Storing</h1>", media_type="text/html")
    if channel == "groot":
        return _xml(b"<?xml version='1.0'?><a>" + b"x" * 5_000_000 + b"</a>")
    return Response(json.dumps({"fout": "met opzet"}), status_code=500, media_type="application/json")


def _fault() -> Element:
    fault = make("soapenv:Fault")
    for name, value in (("faultcode", "soapenv:Server"), ("faultstring", "met opzet")):
        part = fault.makeelement(name)
        part.text = value
        fault.append(part)
    return fault


def _xml(content: bytes, status_code: int = 200) -> Response:
    return Response(content, status_code=status_code, headers={"content-type": "text/xml; charset=utf-8"})
