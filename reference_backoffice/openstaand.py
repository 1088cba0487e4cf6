"""What people and companies still have to pay. Not a standard: our own API, described in docs/openstaand-api.yaml."""

import hmac
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from .problems import Problem, invalid_field, not_found
from .refs import Json, dumps
from .web import Context, answer, body_of

ROOT: Final = "/openstaand/api/v1"
ANNA, HENDRIK = "999991012", "999994232"
BAKKERIJ = "90000110"


def check_token(request: Request, backoffice: Context) -> None:
    gegeven = request.headers.get("authorization", "")
    if not hmac.compare_digest(gegeven.encode(), f"Token {backoffice.config.openstaand_sleutel}".encode()):
        raise Problem(403, "not_authenticated", "Authenticatiegegevens zijn niet opgegeven of niet juist.")


router = APIRouter(prefix=ROOT, dependencies=[Depends(check_token)])


# ---- the example data ------------------------------------------------------------------------------------------


def _aanslag(
    nummer: str, vandaag: date, bedrag: str, status: str, regels: list[tuple[str, str]], **anders: object
) -> Json:
    """An assessment of this year, to be paid before the end of it. regels: what it is made of."""
    jaar = vandaag.year
    return {
        "nummer": f"{jaar}-{nummer}",
        "soort": "aanslag",
        "omschrijving": f"Gemeentelijke belastingen {jaar}",
        "bedrag": bedrag,
        "openstaand": bedrag,
        "dagtekening": f"{jaar}-02-28",
        "vervaldatum": f"{jaar}-12-31",
        "status": status,
        "kwijtscheldingMogelijk": False,
        "betalingskenmerk": f"80{nummer}{jaar}",
        "termijnen": [],
        "regels": [{"omschrijving": wat, "bedrag": hoeveel} for wat, hoeveel in regels],
        **anders,
    }


def _factuur(nummer: str, vandaag: date, wat: str, bedrag: str, dagen: int, status: str = "open") -> Json:
    """An invoice that must be paid in `dagen` days from now (or had to, when that is negative)."""
    verval = vandaag + timedelta(days=dagen)
    return {
        "nummer": f"F{vandaag.year}-{nummer}",
        "soort": "factuur",
        "omschrijving": wat,
        "bedrag": bedrag,
        "openstaand": "0.00" if status == "betaald" else bedrag,
        "dagtekening": str(verval - timedelta(days=30)),
        "vervaldatum": str(verval),
        "status": status,
        "kwijtscheldingMogelijk": False,
        "betalingskenmerk": f"90{nummer}{vandaag.year}",
        "termijnen": [],
        "regels": [{"omschrijving": wat, "bedrag": bedrag}],
    }


def _termijnen(vandaag: date) -> list[Json]:
    """Ten instalments of € 38.94 on the last days of March to December."""
    termijnen = []
    for nummer in range(1, 11):
        maand = nummer + 2
        laatste = date(vandaag.year + maand // 12, maand % 12 + 1, 1) - timedelta(days=1)
        status = "betaald" if laatste < vandaag else "open"
        termijnen.append({"nummer": nummer, "bedrag": "38.94", "vervaldatum": str(laatste), "status": status})
    return termijnen


def _hendrik(vandaag: date) -> list[Json]:
    heffingen = [("Afvalstoffenheffing", "312.40"), ("Rioolheffing voor gebruikers", "158.16")]
    return [
        _aanslag("0012345", vandaag, "470.56", "open", heffingen, kwijtscheldingMogelijk=True,
                 omschrijving=f"Afvalstoffenheffing en rioolheffing {vandaag.year}"),
        _aanslag("0012346", vandaag, "96.00", "open", [("Hondenbelasting", "96.00")],
                 omschrijving=f"Hondenbelasting {vandaag.year}"),
        _factuur("1044", vandaag, "Leges uittreksel", "17.20", -12, "te_laat"),
    ]  # fmt: skip


def _anna(vandaag: date) -> list[Json]:
    termijnen = _termijnen(vandaag)
    open_ = sum(termijn["status"] == "open" for termijn in termijnen)
    heffingen = [("Afvalstoffenheffing", "231.24"), ("Rioolheffing voor gebruikers", "158.16")]
    return [
        _aanslag("0023456", vandaag, "389.40", "in_termijnen", heffingen, kwijtscheldingMogelijk=True,
                 openstaand=f"{open_ * 3894 // 100}.{open_ * 3894 % 100:02d}", termijnen=termijnen),
        _factuur("2071", vandaag, "Parkeervergunning binnenstad", "64.80", -290, "betaald"),
    ]  # fmt: skip


def _bakkerij(vandaag: date) -> list[Json]:
    return [
        _aanslag("0034567", vandaag, "1840.25", "open", [("Onroerendezaakbelasting, gebruiker", "1840.25")]),
        _factuur("3310", vandaag, "Precariobelasting terras", "412.00", 21),
    ]


PER_PERSOON: Final[dict[str, Callable[[date], list[Json]]]] = {ANNA: _anna, HENDRIK: _hendrik}
PER_BEDRIJF: Final[dict[str, Callable[[date], list[Json]]]] = {BAKKERIJ: _bakkerij}


# ---- the API ---------------------------------------------------------------------------------------------------


async def van_wie(request: Request, backoffice: Context) -> tuple[list[Json], Json]:
    """The items of the person or company in the body, and the body. Raises: Problem 400."""
    body = await body_of(request)
    bekend = {"bsn": PER_PERSOON, "kvkNummer": PER_BEDRIJF}
    wie = [naam for naam in bekend if naam in body]
    if len(wie) != 1 or not isinstance(body[wie[0]], str):
        raise invalid_field("nonFieldErrors", "required", "Geef precies één van bsn en kvkNummer.")
    maak = bekend[wie[0]].get(body[wie[0]])
    return (maak(backoffice.config.today()) if maak else []), body


VanWie = Annotated[tuple[list[Json], Json], Depends(van_wie)]


@router.post("/posten/_zoek")
async def zoek(request: Request, gevonden: VanWie) -> Response:
    posten, _body = gevonden
    kort = [{naam: waarde for naam, waarde in post.items() if naam != "regels"} for post in posten]
    return answer(request, dumps({"resultaten": kort}))


@router.post("/posten/_raadpleeg")
async def raadpleeg(request: Request, gevonden: VanWie) -> Response:
    """One item with its lines; of somebody else it does not exist."""
    posten, body = gevonden
    post = next((post for post in posten if post["nummer"] == body.get("nummer")), None)
    if post is None:
        raise not_found()
    return answer(request, dumps(post))
