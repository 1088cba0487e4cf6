"""Numbers and amounts of money."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from babel.numbers import format_decimal
from pydantic import BeforeValidator, Field

from pip_portal.formulieren.omgeving import Omgeving
from pip_portal.formulieren.tarieven import lees_cent
from pip_portal.formulieren.teksten import Tekst
from pip_portal.formulieren.veldtypen.basis import Afgekeurd, Invoer, Veld
from pip_portal.formulieren.voorwaarden import Soort
from pip_portal.taal import _, taal

GETAL = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:\.[0-9]{3}){1,4}")
GEHEEL = r"[0-9]{1,13}|[0-9]{1,3}(?:\.[0-9]{3}){1,4}|[0-9]{1,3}(?:,[0-9]{3}){1,4}"  # 1250, 1.250 or 1,250
DECIMAAL = re.compile(rf"({GEHEEL})(?:[.,]([0-9]{{1,6}}|-))?")
Cent = Annotated[int, BeforeValidator(lees_cent)]


def lees_getal(waarde: object) -> object:
    return Decimal(waarde) if isinstance(waarde, (int, str)) and not isinstance(waarde, bool) else waarde


Getal = Annotated[Decimal, BeforeValidator(lees_getal)]


def getal_in(waarde: Decimal | int, code: str) -> str:
    return format_decimal(waarde, locale=code, decimal_quantization=False)


def euro_in(cent: int, code: str) -> str:
    """€ 1.234,50 in Dutch, €1,234.50 in English; a no-break space, so that the sign stays with its amount."""
    bedrag = format_decimal(Decimal(abs(cent)) / 100, "#,##0.00", locale=code)
    return f"{'-' if cent < 0 else ''}€{chr(0xA0) if code == 'nl' else ''}{bedrag}"


def euro(cent: int) -> Tekst:
    return Tekst(nl=euro_in(cent, "nl"), en=euro_in(cent, "en"))


class GetalVeld(Veld):
    type: Literal["getal"]
    min: Getal | None = None
    max: Getal | None = None
    decimalen: int = Field(0, ge=0, le=4)
    eenheid: Tekst | None = None

    @property
    def soort(self) -> Soort:
        return "getal"

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> int | str:
        tekst = "".join(invoer.get(self.veld).split())
        negatief = tekst.startswith(("-", "−"))
        cijfers = tekst.lstrip("-−")
        if self.decimalen == 0 and GETAL.fullmatch(cijfers):
            getal = int(cijfers.replace(".", ""))
            return -getal if negatief else getal
        gevonden = DECIMAAL.fullmatch(cijfers)
        if gevonden is None or len(gevonden.group(2) or "") > self.decimalen:
            raise Afgekeurd(self.veld, self.zin("vorm", self._vorm()))
        kommagetal = Decimal(f"{re.sub('[.,]', '', gevonden.group(1))}.{(gevonden.group(2) or '0').replace('-', '0')}")
        return str(-kommagetal if negatief else kommagetal)

    def _vorm(self) -> str:
        if self.decimalen:
            return _("Vul een getal in, bijvoorbeeld 6,5.")
        return _("Vul een heel getal in, bijvoorbeeld 12.")

    def zin_leeg(self) -> str:
        return _("Vul een getal in bij '%(vraag)s'.") % {"vraag": self.vraag}

    def typ(self, waarde: Any) -> int | Decimal:
        if isinstance(waarde, bool) or not isinstance(waarde, (int, str, Decimal)):
            raise ValueError("geen getal")
        getal = Decimal(waarde)
        if not getal.is_finite():
            raise ValueError("geen getal")
        if self.decimalen == 0:
            if getal != getal.to_integral_value():
                raise ValueError("geen heel getal")
            return int(getal)
        return getal

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        laag, hoog = self.min, self.max
        onder, boven = laag is not None and waarde < laag, hoog is not None and waarde > hoog
        if not onder and not boven:
            return {}
        woorden = {"min": getal_in(laag or 0, taal()), "max": getal_in(hoog or 0, taal())}
        if laag is not None and hoog is not None:
            zin = _("Vul een getal in van %(min)s tot en met %(max)s.") % woorden
        elif onder:
            zin = _("Vul een getal in van %(min)s of hoger.") % woorden
        else:
            zin = _("Vul een getal in van %(max)s of lager.") % woorden
        return {self.veld: self.zin("min" if onder else "max", zin, **woorden)}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        getal = self.typ(waarde)
        nl, en = (f" {self.eenheid.nl}", f" {self.eenheid.en}") if self.eenheid else ("", "")
        return (Tekst(nl=getal_in(getal, "nl") + nl, en=getal_in(getal, "en") + en),)

    def als_eigenschap(self, waarde: Any) -> str:
        return str(self.typ(waarde)).replace(".", ",")

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {self.veld: [str(waarde).replace(".", ",")]}


class BedragVeld(Veld):
    """An amount in whole cents."""

    type: Literal["bedrag"]
    min: Cent | None = None
    max: Cent | None = None
    negatief: bool = False

    @property
    def soort(self) -> Soort:
        return "bedrag"

    def ontleed(self, invoer: Invoer, omgeving: Omgeving) -> int:
        tekst = "".join(invoer.get(self.veld).split()).removeprefix("€").removeprefix("EUR")
        negatief = tekst.startswith(("-", "−"))
        tekst = tekst.lstrip("-−").removeprefix("€")
        gevonden = DECIMAAL.fullmatch(tekst)
        cijfers = gevonden.group(2) or "" if gevonden else "xxx"
        if gevonden is None or len(cijfers) > 2 or (negatief and not self.negatief):
            raise Afgekeurd(self.veld, self.zin("vorm", _("Vul een bedrag in, bijvoorbeeld 1.250,00.")))
        heel = int(re.sub("[.,]", "", gevonden.group(1)))
        cent = heel * 100 + int(cijfers.replace("-", "").ljust(2, "0"))
        return -cent if negatief else cent

    def zin_leeg(self) -> str:
        return _("Vul een bedrag in bij '%(vraag)s'.") % {"vraag": self.vraag}

    def typ(self, waarde: Any) -> int:
        if isinstance(waarde, bool) or not isinstance(waarde, int) or abs(waarde) > 10**15:
            raise ValueError("geen bedrag in centen")
        return waarde

    def keur(self, waarde: Any, omgeving: Omgeving, waarden: Mapping[str, Any]) -> dict[str, str]:
        laag = self.min if self.min is not None else (None if self.negatief else 0)
        onder, boven = laag is not None and waarde < laag, self.max is not None and waarde > self.max
        if not onder and not boven:
            return {}
        woorden = {"min": euro_in(laag or 0, taal()), "max": euro_in(self.max or 0, taal())}
        if self.min is not None and self.max is not None:
            zin = _("Vul een bedrag in van %(min)s tot en met %(max)s.") % woorden
        elif onder:
            zin = _("Vul een bedrag in van %(min)s of hoger.") % woorden
        else:
            zin = _("Vul een bedrag in van %(max)s of lager.") % woorden
        return {self.veld: self.zin("min" if onder else "max", zin, **woorden)}

    def toon(self, waarde: Any, omgeving: Omgeving) -> tuple[Tekst, ...]:
        return (euro(self.typ(waarde)),)

    def als_eigenschap(self, waarde: Any) -> str:
        return f"{Decimal(self.typ(waarde)) / 100:.2f}".replace(".", ",")

    def ruw_van(self, waarde: Any) -> dict[str, list[str]]:
        return {self.veld: [f"{Decimal(int(waarde)) / 100:.2f}".replace(".", ",")]}
