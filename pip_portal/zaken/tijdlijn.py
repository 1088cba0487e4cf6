"""The steps of a zaak as the citizen follows them: what happened, where it is now, what may follow."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pip_portal.backoffice.regels import Statusregel, Zaakdossier
from pip_portal.burgerstatus import Burgerstatus, Burgerstatussen
from pip_portal.taal import _
from pip_portal.weergave import datum


@dataclass(frozen=True)
class Stap:
    """One step. wie: who acts; tot: until when; nieuw: set since the last visit."""

    toestand: Literal["klaar", "nu", "straks"]
    titel: str
    datum: date | None = None
    tekst: str = ""
    wie: str = ""
    tot: str = ""
    nieuw: bool = False


def tijdlijn(
    dossier: Zaakdossier, burgerstatus: Burgerstatussen, vorig_bezoek: datetime | None = None
) -> tuple[Stap, ...]:
    """Past steps in the order in which they were really set, the current one, and the steps that may follow.

    A step that was skipped is left out: it neither happened nor will. One that came twice stands there twice.
    Source: domain §3.5; backoffice-apis §3 (statuses can go back, be skipped and be repeated).
    """
    geschiedenis = _geschiedenis(dossier)
    if dossier.is_afgerond:
        return _afgesloten(dossier, geschiedenis, burgerstatus, vorig_bezoek)
    verleden = tuple(_klaar(regel, burgerstatus, vorig_bezoek) for regel in geschiedenis[:-1])
    nu = _nu(dossier, burgerstatus, geschiedenis, vorig_bezoek)
    return (*verleden, nu, *_straks(dossier, geschiedenis, burgerstatus))


def _geschiedenis(dossier: Zaakdossier) -> tuple[Statusregel, ...]:
    """All statuses in order of time, the current one last, also when the history misses it."""
    regels = sorted(dossier.statussen, key=lambda regel: regel.status.datum_status_gezet)
    huidige = dossier.status
    if huidige is not None:
        regels = [r for r in regels if r.status.url != huidige.url]
        regels.append(Statusregel(huidige, dossier.statustype))
    return tuple(regels)


def _klaar(regel: Statusregel, burgerstatus: Burgerstatussen, vorig_bezoek: datetime | None) -> Stap:
    return Stap(
        "klaar",
        burgerstatus.label(regel.statustype),
        regel.datum,
        regel.status.statustoelichting,
        nieuw=_is_nieuw(regel, vorig_bezoek),
    )


def _nu(
    dossier: Zaakdossier,
    burgerstatus: Burgerstatussen,
    geschiedenis: tuple[Statusregel, ...],
    vorig_bezoek: datetime | None,
) -> Stap:
    status = burgerstatus(dossier.regel)
    if not geschiedenis:
        return Stap("nu", status.label, dossier.regel.startdatum, status.tekst, _wie(status))
    huidige = geschiedenis[-1]
    titel = status.label if status.code else burgerstatus.label(huidige.statustype)
    tekst = "" if titel == status.tekst.rstrip(".") else status.tekst
    return Stap(
        "nu",
        titel,
        huidige.datum,
        " ".join(deel for deel in (tekst, status.toelichting) if deel),
        _wie(status),
        _tot(dossier, status),
        _is_nieuw(huidige, vorig_bezoek),
    )


def _wie(status: Burgerstatus) -> str:
    return {"u": _("U moet nu iets doen."), "wij": _("Wij zijn nu aan zet.")}.get(status.wie, "")


def _tot(dossier: Zaakdossier, status: Burgerstatus) -> str:
    if status.uiterlijk is not None:
        return _("Doe dit uiterlijk op {datum}.").format(datum=datum(status.uiterlijk))
    if dossier.zaak.is_opgeschort or status.wie == "u" or dossier.regel.uiterste_datum is None:
        return ""
    if datum(dossier.regel.uiterste_datum) in status.tekst:
        return ""
    return _("Wij zijn uiterlijk klaar op {datum}.").format(datum=datum(dossier.regel.uiterste_datum))


def _straks(
    dossier: Zaakdossier, geschiedenis: tuple[Statusregel, ...], burgerstatus: Burgerstatussen
) -> tuple[Stap, ...]:
    """Steps after the current one; the ways in which a zaak can end are one neutral step."""
    huidige = dossier.statustype if dossier.status else None
    if dossier.status is not None and huidige is None:
        return ()
    volgnummer = huidige.volgnummer if huidige else min((s.volgnummer for s in dossier.statustypen), default=0)
    komende = [s for s in dossier.statustypen if s.volgnummer > volgnummer]
    stappen = [
        Stap("straks", burgerstatus.label(statustype))
        for statustype in komende
        if not burgerstatus.is_uitzondering(statustype) and not burgerstatus.is_einde(statustype)
    ]
    if any(burgerstatus.is_einde(statustype) for statustype in komende):
        stappen.append(Stap("straks", _("Klaar")))
    return tuple(stappen)


def _afgesloten(
    dossier: Zaakdossier,
    geschiedenis: tuple[Statusregel, ...],
    burgerstatus: Burgerstatussen,
    vorig_bezoek: datetime | None,
) -> tuple[Stap, ...]:
    """Everything is past; the last step is the end, also when its status was never recorded."""
    stappen = [_klaar(regel, burgerstatus, vorig_bezoek) for regel in geschiedenis]
    laatste = geschiedenis[-1].statustype if geschiedenis else None
    if laatste is None or not burgerstatus.is_einde(laatste):
        stappen.append(Stap("klaar", _("Klaar"), dossier.regel.einddatum))
    return tuple(stappen)


def _is_nieuw(regel: Statusregel, vorig_bezoek: datetime | None) -> bool:
    return vorig_bezoek is not None and regel.status.datum_status_gezet > vorig_bezoek
