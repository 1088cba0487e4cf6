"""Everything that can be made to go wrong, on purpose.

A scenario either ends the login with a SAML status, or makes the back channel misbehave, or spoils one thing in an
otherwise correct and correctly signed answer, so that a service provider can be seen refusing it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from mock_idp.answer import Facts
from mock_idp.keys import FOREIGN
from mock_idp.profiles import Status

ALL = ("digid-3", "eid-4", "eherkenning")
ENCRYPTED = ("eid-4", "eherkenning")


@dataclass(frozen=True, slots=True)
class Scenario:
    """status ends the login; channel names a misbehaviour of the back channel; spoil changes the answer."""

    label: str
    groep: str
    soorten: tuple[str, ...] = ALL
    status: Status | None = None
    channel: str | None = None
    spoil: Callable[[Facts], Facts] | None = None


_STATUS, _KANAAL, _BERICHT = "Foutcode van de inlogdienst", "Verbinding", "Onjuist antwoord"


def _status(label: str, top: str, sub: str) -> Scenario:
    return Scenario(label, _STATUS, status=Status(top, sub))


def _channel(label: str, channel: str) -> Scenario:
    return Scenario(label, _KANAAL, channel=channel)


def _spoil(label: str, change: Callable[[Facts], Facts], soorten: tuple[str, ...] = ALL) -> Scenario:
    return Scenario(label, _BERICHT, soorten, spoil=change)


def _shift(facts: Facts, minutes: int) -> Facts:
    shift = timedelta(minutes=minutes)
    return replace(facts, not_before=facts.not_before + shift, not_on_or_after=facts.not_on_or_after + shift)


SCENARIOS: dict[str, Scenario] = {
    "geen": Scenario("Niets: het inloggen lukt", ""),
    "geannuleerd": Scenario("Geannuleerd door de gebruiker", _STATUS),
    "authn_failed": _status("AuthnFailed", "Responder", "AuthnFailed"),
    "no_authn_context": _status("NoAuthnContext: niveau niet gehaald", "Responder", "NoAuthnContext"),
    "request_denied": _status("RequestDenied: inloggen mislukt of dienst niet actief", "Responder", "RequestDenied"),
    "request_unsupported": _status("RequestUnsupported", "Responder", "RequestUnsupported"),
    "request_unsupported_requester": _status(
        "RequestUnsupported, schuld van de vrager", "Requester", "RequestUnsupported"
    ),
    "no_supported_idp": _status("NoSupportedIDP: voorkeuze niet ondersteund", "Requester", "NoSupportedIDP"),
    "unknown_principal": _status("UnknownPrincipal", "Responder", "UnknownPrincipal"),
    "artifact_verlopen": _channel("Artifact verlopen", "artifact_verlopen"),
    "artifact_gebruikt": _channel("Artifact al gebruikt", "artifact_gebruikt"),
    "traag": _channel("Traag antwoord (8 seconden)", "traag"),
    "hangt": _channel("Geen antwoord (verbinding hangt)", "hangt"),
    "http_500": _channel("HTTP 500", "http_500"),
    "soap_fault": _channel("SOAP Fault", "soap_fault"),
    "html": _channel("HTML in plaats van XML", "html"),
    "groot": _channel("Veel te groot antwoord (5 MB)", "groot"),
    "verkeerde_audience": _spoil("Verkeerde Audience", lambda f: replace(f, audience=f"{f.audience}-anders")),
    "zonder_audience": _spoil("Zonder AudienceRestriction", lambda f: replace(f, audience=None)),
    "verkeerde_recipient": _spoil("Verkeerde Recipient", lambda f: replace(f, recipient=f.recipient + "/anders")),
    "verkeerde_destination": _spoil("Verkeerde Destination", lambda f: replace(f, destination=f"{f.recipient}/anders")),
    "verkeerde_issuer": _spoil("Verkeerde Issuer", lambda f: replace(f, issuer=f.issuer + "-anders")),
    "verkeerde_inresponseto_artifact": _spoil(
        "Verkeerde InResponseTo in ArtifactResponse", lambda f: replace(f, artifact_in_response_to="_anders")
    ),
    "verkeerde_inresponseto_response": _spoil(
        "Verkeerde InResponseTo in Response", lambda f: replace(f, response_in_response_to="_anders")
    ),
    "verkeerde_inresponseto_assertion": _spoil(
        "Verkeerde InResponseTo in Assertion", lambda f: replace(f, assertion_in_response_to="_anders")
    ),
    "verlopen": _spoil("Verlopen assertion", lambda f: _shift(f, -30)),
    "nog_niet_geldig": _spoil("Nog niet geldige assertion", lambda f: _shift(f, 30)),
    "lager_niveau": _spoil("Lager niveau in de assertion", lambda f: replace(f, niveau_uri=f.profile.niveaus[0].uri)),
    "onbekend_niveau": _spoil("Onbekend niveau", lambda f: replace(f, niveau_uri="urn:example:loa:onbekend")),
    "sofi_sector": _spoil("Sofinummer in plaats van BSN", lambda f: replace(f, sector="s00000001"), ("digid-3",)),
    "verkeerde_dienst": _spoil(
        "Verkeerde ServiceUUID",
        lambda f: replace(f, service_uuid="00000000-0000-4000-8000-000000000000"),
        ENCRYPTED,
    ),
    "assertion_zonder_handtekening": _spoil(
        "Assertion zonder handtekening", lambda f: replace(f, signs_assertion=False)
    ),
    "buitenste_zonder_handtekening": _spoil(
        "ArtifactResponse zonder handtekening", lambda f: replace(f, signs_artifact_response=False)
    ),
    "sha1_handtekening": _spoil("Handtekening met SHA-1", lambda f: replace(f, algorithm="sha1")),
    "vreemde_sleutel": _spoil("Handtekening met vreemde sleutel", lambda f: replace(f, signer=FOREIGN)),
    "andere_ontvanger": _spoil(
        "Versleuteld voor een andere ontvanger", lambda f: replace(f, encrypts_for_other=True), ENCRYPTED
    ),
}


def scenarios_for(soort: str) -> dict[str, Scenario]:
    return {code: scenario for code, scenario in SCENARIOS.items() if soort in scenario.soorten}
