"""Dates, periods and times of day."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from babel.dates import format_date
from pydantic import Field, field_validator

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.basis import Afgekeurd, Invoer, Veld
from pip_portal.formulieren.voorwaarden import Soort, dag_van
from pip_portal.taal import _, taal

DELEN = ("dag", "maand", "jaar")
MAANDEN = {
    naam: nummer
    for namen in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "january february march april may june july august september october november december",
    )
    for nummer, naam in enumerate(namen.split(), start=1)
} | {"mar": 3, "oct": 10}
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
CIJFERS = re.compile(r"([0-9]{1,2})[-/. ]{1,2}([0-9]{1,2})[-/. ]{1,2}([0-9]{2,4})")
WOORDEN = re.compile(r"([0-9]{1,2})[-. ]{1,2}([a-z]{3,9})\.?[-. ]{1,2}([0-9]{2,4})")
TIJD = re.compile(r"([0-9]{1,2})(?:[.:u]?([0-9]{2}))?(?: ?u(?:ur)?)?")
JAREN = range(1850, 2201)


def datum_in(dag: date, code: str) -> str:
    return format_date(dag, "d MMMM y", locale=code)


def datum(dag: date) -> Tekst:
    return Tekst(nl=datum_in(dag, "nl"), en=datum_in(dag, "en"))


def _grens(waarde: str) -> str:
    if waarde:
        dag_van(waarde, date(2026, 1, 1))
    return waarde


def lees_datum(veld: Veld, naam: str, invoer: Invoer) -> date:
    """The date in the three controls of `naam`, or in one of them as a text. Raises: Afgekeurd, at the part."""
    delen = [invoer.get(f"{naam}-{deel}").strip().lower() for deel in DELEN]
    heel = invoer.get(naam).strip().lower() or (delen[0] if not any(delen[1:]) else "")
    if gevonden := ISO.fullmatch(heel):
        jaar, maand, dag = gevonden.groups()
        return _maak(veld, naam, dag, maand, jaar)
    if gevonden := CIJFERS.fullmatch(heel) or WOORDEN.fullmatch(heel):
        return _maak(veld, naam, *gevonden.groups())
    for deel, tekst, zin in zip(
        DELEN, delen, (_("Vul ook de dag in."), _("Vul ook de maand in."), _("Vul ook het jaar in.")), strict=True
    ):
        if not tekst:
            raise Afgekeurd(f"{naam}-{deel}", veld.zin("vorm", zin))
    return _maak(veld, naam, *delen)


def _maak(veld: Veld, naam: str, dag: str, maand: str, jaar: str) -> date:
    getal_maand = MAANDEN.get(maand.rstrip("."), int(maand) if re.fullmatch("[0-9]{1,2}", maand) else 0)
    if not re.fullmatch("[0-9]{1,2}", dag) or not 1 <= int(dag) <= 31:
        raise Afgekeurd(f"{naam}-dag", veld.zin("vorm", _("Vul een dag in van 1 tot en met 31.")))
    if not 1 <= getal_maand <= 12:
        raise Afgekeurd(f"{naam}-maand", veld.zin("vorm", _("Vul een maand in van 1 tot en met 12.")))
    if not re.fullmatch("[0-9]{4}", jaar) or int(jaar) not in JAREN:
        raise Afgekeurd(f"{naam}-jaar", veld.zin("vorm", _("Vul het jaar in met 4 cijfers, bijvoorbeeld 2026.")))
    try:
        return date(int(jaar), getal_maand, int(dag))
    except ValueError:
        maandnaam = format_date(date(2026, getal_maand, 1), "MMMM", locale=taal())
        zin = _("%(datum)s bestaat niet. Controleer de dag.") % {"datum": f"{int(dag)} {maandnaam} {jaar}"}
        raise Afgekeurd(f"{naam}-dag", veld.zin("vorm", zin)) from None


def typ_datum(waarde: Any) -> date:
    if isinstance(waarde, date):
        return waarde
    if not isinstance(waarde, str):
        raise ValueError("geen datum")
    return date.fromisoformat(waarde)


def _ruw_datum(naam: str, waarde: Any) -> dict[str, list[str]]:
    dag = typ_datum(waarde)
    return {f"{naam}-dag": [str(dag.day)], f"{naam}-maand": [str(dag.month)], f"{naam}-jaar": [str(dag.year)]}


class _MetGrenzen(Veld):
    min: str = ""
    max: str = ""

    _controleer_grens = field_validator("min", "max")(_grens)

    def _buiten(self, dag: date, vandaag: date) -> str:
        """What to say when the day lies outside the bounds; empty when it does not."""
        laag = dag_van(self.min, vandaag) if self.min else None
        hoog = dag_van(self.max, vandaag) if self.max else None
        if laag is not None and dag < laag:
            soort = "min"
        elif hoog is not None and dag > hoog:
            soort = "max"
        else:
            return ""
        woorden = {
            "min": datum_in(laag, taal()) if laag else "",
            "max": datum_in(hoog, taal()) if hoog else "",
        }
        if laag and hoog:
            zin = _("Kies een datum van %(min)s tot en met %(max)s.") % woorden
        elif soort == "min":
            zin = _("De datum moet vandaag of later zijn.") if laag == vandaag else ""
            zin = zin or _("Kies een datum vanaf %(min)s.") % woorden
        else:
            zin = _("De datum moet vandaag of eerder zijn.") if hoog == vandaag else ""
            zin = zin or _("Kies een datum tot en met %(max)s.") % woorden
        return self.zin(soort, zin, **woorden)


class DatumVeld(_MetGrenzen):
    type: Literal["datum"]

    @property
    def soort(self) -> Soort:
        return "datum"

    def controles(self) -> tuple[str, ...]:
        return tuple(f"{self.veld}-{deel}" for deel in DELEN)

    def is_leeg(self, invoer: Invoer) -> bool:
        return super().is_leeg(invoer) and not invoer.get(self.veld).strip()

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> str:
        return lees_datum(self, self.veld, invoer).isoformat()

    def zin_leeg(self) -> str:
        return _("Vul een datum in bij '%(vraag)s'.") % {"vraag": self.vraag}

    def typ(self, waarde: Any) -> date:
        return typ_datum(waarde)

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        zin = self._buiten(waarde, omgeving.vandaag)
        return {f"{self.veld}-dag": zin} if zin else {}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return (datum(self.typ(waarde)),)

    def als_eigenschap(self, waarde: Any) -> str:
        return f"{self.typ(waarde):%Y%m%d}"

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return _ruw_datum(self.veld, waarde)


class PeriodeVeld(_MetGrenzen):
    """From and until, both days included; without an end when `open_einde`."""

    type: Literal["periode"]
    open_einde: bool = False

    @property
    def soort(self) -> Soort:
        return "samengesteld"

    def onderdelen(self) -> dict[str, Soort]:
        return {"van": "datum", "tot": "datum"}

    def onderdeel(self, naam: str, waarde: Any, omgeving: Omgeving) -> Any | None:
        return waarde.get(naam)

    def controles(self) -> tuple[str, ...]:
        return tuple(f"{self.veld}-{kant}-{deel}" for kant in ("van", "tot") for deel in DELEN)

    def is_leeg(self, invoer: Invoer) -> bool:
        return super().is_leeg(invoer) and not any(invoer.get(f"{self.veld}-{kant}").strip() for kant in ("van", "tot"))

    def _kant_leeg(self, kant: str, invoer: Invoer) -> bool:
        namen = (f"{self.veld}-{kant}", *(f"{self.veld}-{kant}-{deel}" for deel in DELEN))
        return not any(invoer.get(naam).strip() for naam in namen)

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> dict[str, str | None]:
        if self._kant_leeg("van", invoer):
            raise Afgekeurd(f"{self.veld}-van-dag", self.zin("leeg", _("Vul ook de begindatum in.")))
        van = lees_datum(self, f"{self.veld}-van", invoer)
        if self._kant_leeg("tot", invoer):
            if self.open_einde:
                return {"van": van.isoformat(), "tot": None}
            raise Afgekeurd(f"{self.veld}-tot-dag", self.zin("leeg", _("Vul ook de einddatum in.")))
        return {"van": van.isoformat(), "tot": lees_datum(self, f"{self.veld}-tot", invoer).isoformat()}

    def zin_leeg(self) -> str:
        return _("Vul de begindatum en de einddatum in.")

    def typ(self, waarde: Any) -> dict[str, date | None]:
        tot = waarde["tot"]
        if tot is None and not self.open_einde:
            raise ValueError("geen einde")
        return {"van": typ_datum(waarde["van"]), "tot": None if tot is None else typ_datum(tot)}

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        for kant in ("van", "tot"):
            zin = self._buiten(waarde[kant], omgeving.vandaag) if waarde[kant] else ""
            if zin:
                return {f"{self.veld}-{kant}-dag": zin}
        if waarde["tot"] and waarde["tot"] < waarde["van"]:
            zin = _("De einddatum moet op of na de begindatum zijn.")
            return {f"{self.veld}-tot-dag": self.zin("volgorde", zin)}
        return {}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        van, tot = self.typ(waarde).values()
        assert van is not None  # noqa: S101  typ
        if tot is None:
            return (Tekst(nl=f"vanaf {datum_in(van, 'nl')}", en=f"from {datum_in(van, 'en')}"),)
        if van == tot:
            return (datum(van),)
        return (
            Tekst(
                nl=f"{datum_in(van, 'nl')} tot en met {datum_in(tot, 'nl')}",
                en=f"{datum_in(van, 'en')} to {datum_in(tot, 'en')}",
            ),
        )

    def als_eigenschap(self, waarde: Any) -> str:
        return "-".join(f"{dag:%Y%m%d}" for dag in self.typ(waarde).values() if dag)

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        ruw = _ruw_datum(f"{self.veld}-van", waarde["van"])
        return ruw | (_ruw_datum(f"{self.veld}-tot", waarde["tot"]) if waarde.get("tot") else {})


class TijdVeld(Veld):
    """A time of day as HH:MM; also 24:00, the end of a day."""

    type: Literal["tijd"]
    min: str = Field("", pattern=r"^$|^([01]\d|2[0-4]):[0-5]\d$")
    max: str = Field("", pattern=r"^$|^([01]\d|2[0-4]):[0-5]\d$")

    @property
    def soort(self) -> Soort:
        return "tijd"

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> str:
        gevonden = TIJD.fullmatch(invoer.get(self.veld).strip().lower())
        uur, minuut = (int(gevonden.group(1)), int(gevonden.group(2) or 0)) if gevonden else (99, 0)
        if not (uur < 24 and minuut < 60) and (uur, minuut) != (24, 0):
            raise Afgekeurd(self.veld, self.zin("vorm", _("Vul een tijd in, bijvoorbeeld 14.30 uur.")))
        return f"{uur:02}:{minuut:02}"

    def zin_leeg(self) -> str:
        return _("Vul een tijd in bij '%(vraag)s'.") % {"vraag": self.vraag}

    def typ(self, waarde: Any) -> str:
        if not isinstance(waarde, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", waarde):
            raise ValueError("geen tijd")
        return waarde

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        woorden = {"min": self.min.replace(":", "."), "max": self.max.replace(":", ".")}
        if self.min and waarde < self.min:
            zin = self.zin("min", _("Kies een tijd vanaf %(min)s uur.") % woorden, **woorden)
        elif self.max and waarde > self.max:
            zin = self.zin("max", _("Kies een tijd tot en met %(max)s uur.") % woorden, **woorden)
        else:
            return {}
        return {self.veld: zin}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return (Tekst(nl=f"{self.typ(waarde).replace(':', '.')} uur", en=self.typ(waarde)),)

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {self.veld: [str(waarde).replace(":", ".")]}
