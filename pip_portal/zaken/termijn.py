"""Until when we may take, and why that changed: the term clock of one zaak in plain sentences."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pip_portal.backoffice.regels import Zaakdossier
from pip_portal.burgerstatus import Burgerstatus
from pip_portal.taal import _
from pip_portal.termijnen import duur_in_woorden
from pip_portal.weergave import datum


@dataclass(frozen=True)
class Termijn:
    """soort: how it stands; zinnen: what the citizen should know, most important first."""

    soort: Literal["loopt", "stil", "verlengd", "te laat"]
    zinnen: tuple[str, ...]


def termijn(dossier: Zaakdossier, status: Burgerstatus, vandaag: date) -> Termijn | None:
    """The term of an open zaak; None when it is closed or has no term.

    An extension is shown as given: whether the last date includes it is for the behandelaar, never added up here.
    Source: Awb art. 4:13-4:15; backoffice-apis §3 and §20.4.
    """
    if dossier.is_afgerond:
        return None
    verlenging = _verlenging(dossier)
    if dossier.zaak.is_opgeschort:
        return Termijn("stil", (_stil(dossier, status), *_schuift_op(dossier), *verlenging))
    uiterste = dossier.regel.uiterste_datum
    if uiterste is None and not verlenging:
        return None
    if uiterste is not None and uiterste < vandaag:
        return Termijn("te laat", (*_te_laat(uiterste), *verlenging))
    return Termijn("verlengd" if verlenging else "loopt", (*_loopt(dossier, vandaag), *verlenging))


def _stil(dossier: Zaakdossier, status: Burgerstatus) -> str:
    """Awb 4:15: the clock stops the day after we asked for information."""
    reden = dossier.zaak.opschorting.reden.strip().rstrip(".") if dossier.zaak.opschorting else ""
    if status.code == "C" and dossier.status is not None:
        sinds = datum(dossier.status.datum + timedelta(days=1))
        zin = _("De tijd staat stil sinds {datum}, omdat wij op uw informatie wachten.").format(datum=sinds)
    else:
        zin = _("De tijd staat stil.")
    waarom = _("De reden: {reden}.").format(reden=reden)
    return f"{zin} {waarom}" if reden else zin


def _schuift_op(dossier: Zaakdossier) -> tuple[str, ...]:
    uiterste = dossier.regel.uiterste_datum
    if uiterste is None:
        return (_("Zodra wij verder kunnen, loopt de tijd weer door."),)
    return (
        _(
            "Zonder deze pauze zouden wij uiterlijk op {datum} beslissen. "
            "Die datum schuift op met alle dagen dat de tijd stilstaat."
        ).format(datum=datum(uiterste)),
    )


def _te_laat(uiterste: date) -> tuple[str, ...]:
    return (
        _("Wij zijn te laat. Wij hadden uiterlijk op {datum} klaar moeten zijn. Het spijt ons.").format(
            datum=datum(uiterste)
        ),
        _("Bel 14 0570 als u wilt weten wanneer u antwoord krijgt. U mag ons ook een brief sturen waarin u "
          "vraagt om binnen 2 weken te beslissen. Zo'n brief heet een ingebrekestelling."),
    )  # fmt: skip


def _loopt(dossier: Zaakdossier, vandaag: date) -> tuple[str, ...]:
    uiterste, gepland = dossier.regel.uiterste_datum, dossier.zaak.einddatum_gepland
    zinnen = []
    if gepland is not None and gepland >= vandaag and gepland != uiterste:
        zinnen.append(_("Wij verwachten dat wij klaar zijn op {datum}.").format(datum=datum(gepland)))
    if uiterste is not None:
        zinnen.append(_("Wij moeten uiterlijk klaar zijn op {datum}.").format(datum=datum(uiterste)))
    return tuple(zinnen)


def _verlenging(dossier: Zaakdossier) -> tuple[str, ...]:
    verlenging = dossier.zaak.verlenging
    if verlenging is None or not dossier.zaak.is_verlengd:
        return ()
    zinnen = [_("Wij hebben meer tijd genomen.")]
    if verlenging.duur:
        zinnen = [_("Wij hebben {duur} meer tijd genomen.").format(duur=duur_in_woorden(verlenging.duur))]
    if verlenging.reden:
        zinnen.append(_("De reden: {reden}.").format(reden=verlenging.reden.rstrip(".")))
    return (" ".join(zinnen),)
