"""Errors as the APIs send them: problem+json with invalidParams (RFC 7807 with the additions of the VNG)."""

from dataclasses import dataclass
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

TITELS = {
    400: ("ValidationError", "Ongeldige invoer."),
    401: ("NotAuthenticated", "Authenticatiegegevens zijn niet opgegeven."),
    403: ("PermissionDenied", "Je hebt geen toestemming om deze actie uit te voeren."),
    404: ("NotFound", "Niet gevonden."),
    405: ("MethodNotAllowed", "Methode is niet toegestaan."),
    406: ("NotAcceptable", "Kan niet voldoen aan de opgegeven Accept header."),
    412: ("PreconditionFailed", "Voorwaarde is niet vervuld"),
    415: ("UnsupportedMediaType", "Ongeldig media type in verzoek."),
    429: ("Throttled", "Te veel verzoeken."),
    500: ("APIException", "Er is een serverfout opgetreden."),
}


@dataclass(frozen=True)
class Fout:
    """One entry of invalidParams. name: camelCase path of the field, or nonFieldErrors."""

    name: str
    code: str
    reason: str


class Problem(Exception):
    """An answer that is an error. detail defaults to the title of the status."""

    def __init__(self, status: int, code: str, detail: str = "", fouten: tuple[Fout, ...] = ()) -> None:
        super().__init__(code)
        self.status, self.code, self.fouten = status, code, fouten
        self.soort, self.title = TITELS[status]
        self.detail = detail or self.title


def invalid(*fouten: Fout) -> Problem:
    return Problem(400, "invalid", fouten=fouten)


def invalid_field(name: str, code: str, reason: str) -> Problem:
    return invalid(Fout(name, code, reason))


def not_found(detail: str = "") -> Problem:
    return Problem(404, "not_found", detail)


def forbidden(code: str = "permission_denied", detail: str = "") -> Problem:
    return Problem(403, code, detail)


def problem_response(request: Request, problem: Problem) -> Response:
    public_url = request.app.state.backoffice.config.public_url
    body: dict[str, object] = {
        "type": f"{public_url}/ref/fouten/{problem.soort}/",
        "code": problem.code,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": f"urn:uuid:{uuid4()}",
    }
    if problem.status == 400:
        body["invalidParams"] = [
            {"name": fout.name, "code": fout.code, "reason": fout.reason} for fout in problem.fouten
        ]
    return JSONResponse(body, problem.status, media_type="application/problem+json")
