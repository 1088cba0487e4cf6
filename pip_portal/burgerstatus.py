"""What a status means to the citizen: a few plain words, and who has to act.

The statuses of a zaaktype are those of the organisation; each is shown as one of ten generic burgerstatussen.
Lives beside the features because both Overzicht and Mijn zaken speak of it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from fastapi import Depends, Request

from pip_portal.backoffice.catalogi import Statustype
from pip_portal.backoffice.regels import Zaakregel
from pip_portal.taal import N_, _
from pip_portal.weergave import datum

Soort = Literal["neutraal", "info", "ok", "waarschuwing", "doen"]


@dataclass(frozen=True)
class Generiek:
    """One generic burgerstatus. zinnen: a sentence with a {word} is left out when that word is unknown.

    uitzondering: only happens when something is needed, so never announced as a coming step.
    """

    label: str
    zinnen: tuple[str, ...]
    wie: Literal["wij", "u", ""] = "wij"
    soort: Soort = "info"
    doen: str = ""
    uitzondering: bool = False
    einde: bool = False


# Source: domain §2.2. The words are used literally; what the ZGW standard has no field for (who advises, which
# amount) is left out of the sentence.
GENERIEK: Mapping[str, Generiek] = {
    "O": Generiek(
        N_("Ontvangen"),
        (N_("Wij hebben uw aanvraag op {start} ontvangen."), N_("Wij kijken nu of alles compleet is.")),
    ),
    "C": Generiek(
        N_("Wij missen nog iets"),
        (
            N_("Wij kunnen pas verder als wij meer informatie van u hebben."),
            N_("De tijd die wij hebben om te beslissen staat zo lang stil."),
        ),
        wie="u",
        soort="doen",
        doen=N_("Stuur ons de informatie die wij missen."),
        uitzondering=True,
    ),
    "B": Generiek(
        N_("In behandeling"),
        (N_("Wij beoordelen uw aanvraag."), N_("U krijgt uiterlijk {uiterlijk} ons besluit.")),
    ),
    "A": Generiek(N_("Wij vragen advies"), (N_("Wij hebben advies nodig."), N_("Daarna nemen wij een besluit."))),
    "V": Generiek(
        N_("Wij hebben meer tijd nodig"),
        (
            N_("Het lukt niet om op tijd te beslissen."),
            N_("De nieuwe datum is {uiterlijk}."),
            N_("De reden: {reden}."),
        ),
        soort="waarschuwing",
        uitzondering=True,
    ),
    "Z": Generiek(
        N_("Ons voornemen"),
        (N_("Wij denken dat wij uw aanvraag niet kunnen goedkeuren."), N_("U mag hierop reageren.")),
        wie="u",
        soort="doen",
        doen=N_("Laat ons weten wat u van ons voornemen vindt."),
        uitzondering=True,
    ),
    "P": Generiek(
        N_("U moet nog betalen"),
        (N_("Betaal de kosten."), N_("Daarna gaan wij verder met uw aanvraag.")),
        wie="u",
        soort="doen",
        doen=N_("Betaal de kosten van uw aanvraag."),
    ),
    "S": Generiek(
        N_("Besluit genomen"), (N_("Wij hebben een besluit genomen."), N_("Lees de brief.")), wie="", soort="ok"
    ),
    "K": Generiek(N_("Klaar"), (N_("Uw zaak is afgesloten."),), wie="", soort="ok", einde=True),
    "I": Generiek(
        N_("Gestopt"),
        (N_("U hebt uw aanvraag ingetrokken op {einde}."),),
        wie="",
        soort="neutraal",
        uitzondering=True,
        einde=True,
    ),
}

MAANDEN = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
TERMIJN = re.compile(
    rf"\b(vóór|voor|uiterlijk(?: op)?|tot en met) (?:\w+dag )?(\d{{1,2}}) ({'|'.join(MAANDEN)}) (\d{{4}})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Burgerstatus:
    """The status of one zaak in the citizen's words.

    code: of the generic status, None when the statustype is unknown here: then nobody is said to act.
    doen: what the citizen must do, empty when nothing. uiterlijk: last day to do it, when the behandelaar gave one.
    toelichting: what the behandelaar wrote with the status.
    """

    code: str | None
    label: str
    tekst: str
    wie: str
    soort: Soort
    doen: str = ""
    uiterlijk: date | None = None
    toelichting: str = ""


def reactiedatum(toelichting: str) -> date | None:
    """Last day to react that a behandelaar wrote in the statustoelichting: "vóór 8 december 2026" is the 7th.

    ZGW has no field for it. Only these phrases count, so that another date in the text is never taken for it.
    """
    gevonden = TERMIJN.search(toelichting)
    if gevonden is None:
        return None
    woord, dag, maand, jaar = gevonden.groups()
    try:
        laatste = date(int(jaar), MAANDEN.index(maand.lower()) + 1, int(dag))
        return laatste - timedelta(days=1) if woord.lower() in ("vóór", "voor") else laatste
    except (ValueError, OverflowError):
        return None


class Burgerstatussen:
    """Finds the burgerstatus that belongs to a status.

    eigen: omschrijving of a statustype → code, for the municipality's own names. Without it a statustype is
    recognised by the label of the generic status.
    """

    def __init__(self, eigen: Mapping[str, str] | None = None) -> None:
        eigen = {naam.casefold(): code for naam, code in (eigen or {}).items()}
        if onbekend := set(eigen.values()) - GENERIEK.keys():
            raise ValueError(f"onbekende burgerstatus: {', '.join(sorted(onbekend))}")
        self._labels = {generiek.label.casefold(): code for code, generiek in GENERIEK.items()}
        self._codes = self._labels | eigen

    @classmethod
    def read(cls, bestand: Path | None) -> "Burgerstatussen":
        """From a TOML file with a table [statustypen].

        Raises: ValueError when it is no TOML, has no such table, or names a burgerstatus that does not exist.
        """
        if bestand is None:
            return cls()
        gelezen = tomllib.loads(bestand.read_text("utf-8"))
        if gelezen.keys() != {"statustypen"}:
            raise ValueError(f"{bestand}: alleen de tabel [statustypen] hoort hier")
        return cls(gelezen["statustypen"])

    def code(self, statustype: Statustype | None) -> str | None:
        return self._codes.get(statustype.omschrijving.strip().casefold()) if statustype else None

    def label(self, statustype: Statustype | None) -> str:
        """Name of a step for the citizen: of the generic status, else the text that the statustype has for them."""
        code = self.code(statustype)
        if code is not None:
            return _(GENERIEK[code].label)
        return statustype.tekst.rstrip(".") if statustype else _("In behandeling")

    def is_einde(self, statustype: Statustype) -> bool:
        """Reaching it ends the zaak; ZGW itself only knows the last one as such."""
        code = self.code(statustype)
        return statustype.is_eindstatus or (code is not None and GENERIEK[code].einde)

    def is_uitzondering(self, statustype: Statustype) -> bool:
        """Only happens when something is needed, so it is no step to announce."""
        code = self.code(statustype)
        return code is not None and GENERIEK[code].uitzondering

    def __call__(self, regel: Zaakregel) -> Burgerstatus:
        """The burgerstatus of this zaak now.

        A zaak without status has just arrived. A closed one asks nothing of anybody any more, and nothing is ever asked
        of who only has an interest in the zaak.
        """
        toelichting = regel.status.statustoelichting if regel.status else ""
        code = "O" if regel.status is None else self.code(regel.statustype)
        if regel.is_afgerond and code not in ("S", "K", "I", None):
            code = "K"
        if code is None:
            return self._onbekend(regel, toelichting)
        generiek = GENERIEK[code]
        doet_iets = bool(generiek.doen) and regel.is_aanvrager
        return Burgerstatus(
            code=code,
            label=_(generiek.label),
            tekst=self._tekst(generiek, regel),
            wie="" if generiek.wie == "u" and not doet_iets else generiek.wie,
            soort=generiek.soort,
            doen=_(generiek.doen) if doet_iets else "",
            uiterlijk=reactiedatum(toelichting) if doet_iets else None,
            toelichting=toelichting,
        )

    def _onbekend(self, regel: Zaakregel, toelichting: str) -> Burgerstatus:
        """Its own words say more than we can; the name that the organisation gave it is not for the citizen."""
        tekst = regel.statustype.statustekst if regel.statustype else ""
        label = _("Klaar") if regel.is_afgerond else _("Loopt")
        if regel.statustype and not tekst:
            label = regel.statustype.omschrijving
        return Burgerstatus(None, label, tekst, "", "ok" if regel.is_afgerond else "info", toelichting=toelichting)

    def _tekst(self, generiek: Generiek, regel: Zaakregel) -> str:
        if self._is_eigen(regel.statustype) and regel.statustype and regel.statustype.statustekst:
            return regel.statustype.statustekst
        woorden = {
            "start": datum(regel.startdatum),
            "einde": datum(regel.einddatum) if regel.einddatum else "",
            "uiterlijk": _uiterlijk(regel),
            "reden": regel.zaak.verlenging.reden.rstrip(".") if regel.zaak.verlenging else "",
        }
        zinnen = [_(zin) for zin in generiek.zinnen if all(woorden[w] for w in re.findall(r"{(\w+)}", zin))]
        if regel.status is None and not regel.is_afgerond:
            zinnen[-1] = _("Wij zijn begonnen.")
        return " ".join(zin.format(**woorden) for zin in zinnen)

    def _is_eigen(self, statustype: Statustype | None) -> bool:
        """The municipality gave this name a code: its own text is more precise than the generic one."""
        return statustype is not None and statustype.omschrijving.strip().casefold() not in self._labels


def _uiterlijk(regel: Zaakregel) -> str:
    """The last day to decide, unless the clock stands still: then no date can be promised."""
    if regel.uiterste_datum is None or regel.zaak.is_opgeschort:
        return ""
    return datum(regel.uiterste_datum)


def get_burgerstatussen(request: Request) -> Burgerstatussen:
    burgerstatussen: Burgerstatussen = request.app.state.burgerstatussen
    return burgerstatussen


BurgerstatussenDep = Annotated[Burgerstatussen, Depends(get_burgerstatussen)]
