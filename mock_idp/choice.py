"""What someone chose on the login page, checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mock_idp.outcome import Burger, LoginRequest, Onderneming, Subject
from mock_idp.personas import BEDRIJVEN, MEDEWERKERS, is_elfproef, machtiging_of
from mock_idp.scenarios import scenarios_for
from mock_idp.xml import now

ANDERS = "anders"
HELE = "hele"


class Faults(Exception):
    """What must be corrected on the page: field name to sentence."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("de keuze is niet compleet")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Choice:
    subject: Subject
    rang: int
    scenario: str


def choose(request: LoginRequest, form: Mapping[str, str]) -> Choice:
    """The choice in the posted fields.

    Raises: Faults.
    """
    is_bedrijf = request.profile.soort == "eherkenning"
    subject, rang = _onderneming(request, form) if is_bedrijf else _burger(request, form)
    if form.get("niveau"):
        rang = _rang(request, form["niveau"])
    scenario = form.get("scenario") or "geen"
    if scenario not in scenarios_for(request.profile.soort):
        raise Faults({"scenario": "Kies een mislukking uit de lijst."})
    return Choice(subject, rang, scenario)


def _rang(request: LoginRequest, value: str) -> int:
    for niveau in request.profile.niveaus:
        if str(niveau.rang) == value:
            return niveau.rang
    raise Faults({"niveau": "Kies een niveau uit de lijst."})


def _burger(request: LoginRequest, form: Mapping[str, str]) -> tuple[Subject, int]:
    bsn = form.get("persoon", "")
    field = "persoon"
    if bsn == ANDERS:
        field, bsn = "bsn", form.get("bsn", "").strip().zfill(9)
    if not is_elfproef(bsn):
        sentence = "Vul een burgerservicenummer in van 9 cijfers dat aan de elfproef voldoet."
        raise Faults({field: sentence if field == "bsn" else "Kies een testpersoon."})
    return _with_machtiging(request, bsn, form.get("namens", "")), request.minimum


def _with_machtiging(request: LoginRequest, bsn: str, namens: str) -> Burger:
    if not namens:
        if request.must_represent:
            raise Faults({"namens": "Kies voor wie u inlogt: deze dienst vraagt om een machtiging."})
        return Burger(bsn)
    machtiging = machtiging_of(bsn, namens)
    if machtiging is None or machtiging.geldig_tot < _today():
        raise Faults({"namens": "De gekozen testpersoon heeft geen machtiging voor deze persoon."})
    if machtiging.diensten and request.dienst and request.dienst.uuid not in machtiging.diensten:
        raise Faults({"namens": "De machtiging geldt niet voor deze dienst."})
    return Burger(bsn, machtiging)


def _today() -> date:
    return now().date()


def _onderneming(request: LoginRequest, form: Mapping[str, str]) -> tuple[Subject, int]:
    keten = form.get("keten") or None
    if keten and keten not in {bedrijf.kvk for bedrijf in BEDRIJVEN}:
        raise Faults({"keten": "Kies een intermediair uit de lijst."})
    if form.get("persoon") == ANDERS:
        return _free(form, keten), request.minimum
    medewerker = next((item for item in MEDEWERKERS if item.code == form.get("persoon")), None)
    if medewerker is None:
        raise Faults({"persoon": "Kies een bedrijf en een medewerker."})
    bedrijf = medewerker.bedrijf
    vestiging = form.get("vestiging") or medewerker.vestiging
    if vestiging == HELE:
        vestiging = None
    if vestiging is not None and vestiging not in bedrijf.vestigingen:
        raise Faults({"vestiging": "Deze vestiging hoort niet bij het gekozen bedrijf."})
    subject = Onderneming(bedrijf.kvk, bedrijf.rsin, bedrijf.naam, medewerker.code, vestiging, keten)
    return subject, medewerker.niveau


def _free(form: Mapping[str, str], keten: str | None) -> Onderneming:
    kvk, rsin = form.get("kvk", "").strip(), form.get("rsin", "").strip()
    vestiging = form.get("vestiging_vrij", "").strip()
    faults = {}
    if not re.fullmatch(r"[0-9]{8}", kvk):
        faults["kvk"] = "Vul een KVK-nummer in van 8 cijfers."
    if rsin and not is_elfproef(rsin):
        faults["rsin"] = "Vul een RSIN in van 9 cijfers dat aan de elfproef voldoet, of laat het leeg."
    if vestiging and not re.fullmatch(r"[0-9]{12}", vestiging):
        faults["vestiging_vrij"] = "Vul een vestigingsnummer in van 12 cijfers, of laat het leeg."
    if faults:
        raise Faults(faults)
    return Onderneming(kvk, rsin or None, "Vrij ingevuld bedrijf", "vrij", vestiging or None, keten)
