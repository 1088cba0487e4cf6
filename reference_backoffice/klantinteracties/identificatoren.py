"""The rules of partij-identificatoren: which codes go together, what a number looks like, and that each is unique."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from ..checks import is_nine_digits, passes_elfproef
from ..problems import Fout
from ..refs import Json
from .bron import Row, rows_with

OBJECTTYPEN: Final = {"brp": ["natuurlijk_persoon"], "hr": ["vestiging", "niet_natuurlijk_persoon"]}
SOORTEN_ID: Final = {
    "natuurlijk_persoon": ["bsn"],
    "vestiging": ["vestigingsnummer"],
    "niet_natuurlijk_persoon": ["rsin", "kvk_nummer"],
}
LENGTES: Final = {"bsn": 9, "rsin": 9, "vestigingsnummer": 12, "kvk_nummer": 8}
CODES: Final = ("codeObjecttype", "codeRegister", "codeSoortObjectId", "objectId")


async def faults_of_identificator(db: AsyncConnection, stored: Row | None, data: Json) -> list[Fout]:
    """Source: the validators of Open Klant; fault names as it gives them."""
    codes: dict[str, str] = data["partijIdentificator"]
    return _code_faults(codes) or await _sub_faults(db, codes, data) or await _unique_faults(db, stored, codes, data)


def _code_faults(codes: dict[str, str]) -> list[Fout]:
    register, objecttype = codes["codeRegister"], codes["codeObjecttype"]
    soort, number = codes["codeSoortObjectId"], codes["objectId"]
    if objecttype not in (choices := OBJECTTYPEN[register]):
        reason = f"voor `codeRegister` {register} zijn alleen deze waarden toegestaan: {choices}"
        return [Fout("partijIdentificatorCodeObjecttype", "invalid", reason)]
    if soort not in (choices := SOORTEN_ID[objecttype]):
        reason = f"voor `codeObjecttype` {objecttype} zijn alleen deze waarden toegestaan: {choices}"
        return [Fout("partijIdentificatorCodeSoortObjectId", "invalid", reason)]
    reason = ""
    if not (number.isascii() and number.isdigit()):
        reason = "Voer een numerieke waarde in"
    elif len(number) != LENGTES[soort]:
        reason = f"Waarde moet {LENGTES[soort]} tekens lang zijn"
    elif is_nine_digits(number) and not passes_elfproef(number):
        reason = "Onjuist nummer"
    if reason:
        return [Fout("partijIdentificatorObjectId", "invalid", f"Deze waarde is ongeldig, reden: {reason}")]
    return []


async def _sub_faults(db: AsyncConnection, codes: dict[str, str], data: Json) -> list[Fout]:
    is_vestiging = codes["codeSoortObjectId"] == "vestigingsnummer"
    if sub := data["subIdentificatorVan"]:
        above = await rows_with(db, "partij-identificatoren", "uuid", [sub["uuid"]])
        reason = ""
        if not is_vestiging:
            reason = "Alleen een identifier met code_soort_object_id kan een `sub_identificator_van' hebben."
        elif above and above[0]["codeSoortObjectId"] != "kvk_nummer":
            reason = "Het is alleen mogelijk om sub_identifier_vans met CodeSoortObjectId = `kvk_nummer` te selecteren."
        return [Fout("subIdentificatorVan", "invalid", reason)] if reason else []
    if is_vestiging:
        reason = (
            "Voor een PartijIdentificator met codeSoortObjectId = `vestigingsnummer` is het verplicht om een "
            "`sub_identifier_van` met codeSoortObjectId = `kvk_nummer` te kiezen."
        )
        return [Fout("subIdentificatorVan", "invalid", reason)]
    return []


async def _unique_faults(db: AsyncConnection, stored: Row | None, codes: dict[str, str], data: Json) -> list[Fout]:
    own = stored["uuid"] if stored else ""
    partij = data["identificeerdePartij"]
    beside = await rows_with(db, "partij-identificatoren", "partij", [partij["uuid"]] if partij else [])
    if any(row["uuid"] != own and row["codeSoortObjectId"] == codes["codeSoortObjectId"] for row in beside):
        return [Fout("__all__", "invalid", "`CodeSoortObjectId` moet uniek zijn voor de Partij.")]
    sub = data["subIdentificatorVan"]
    for row in await rows_with(db, "partij-identificatoren", "objectId", [codes["objectId"]]):
        same = row["uuid"] != own and all(row[code] == codes[code] for code in CODES)
        if same and (sub is None or row["ouder"] == sub["uuid"]):
            reason = "`PartijIdentificator` moet uniek zijn, er bestaat er al een met deze gegevenscombinatie."
            return [Fout("__all__", "invalid", reason)]
    return []
