"""The facts of a zaak as pairs of a label and a value."""

import mimetypes
from collections.abc import Mapping
from datetime import date

from pip_portal.backoffice.regels import Zaakbesluit, Zaakdocument, Zaakdossier
from pip_portal.taal import N_, _
from pip_portal.weergave import datum
from pip_portal.zaken.eigenschappen import waarde_in_woorden

Regel = tuple[str, str | None]

# Source: VNG Besluiten API, vervalreden; that a besluit is temporary its last day says already.
VERVALREDENEN: Mapping[str, str] = {
    "ingetrokken_overheid": N_("Wij hebben het besluit ingetrokken"),
    "ingetrokken_belanghebbende": N_("Het besluit is op verzoek ingetrokken"),
}


def kernregels(dossier: Zaakdossier, vandaag: date) -> list[Regel]:
    """What stands on top of a zaak: number, dates and who works on it. A date that passed is no expectation."""
    regel = dossier.regel
    regels: list[Regel] = [
        (_("Zaaknummer"), regel.nummer),
        (_("Gestart op"), datum(regel.startdatum)),
    ]
    if regel.einddatum is not None:
        regels.append((_("Afgesloten op"), datum(regel.einddatum)))
    elif regel.zaak.is_opgeschort:
        regels.append((_("Klaar op"), _("Nog niet bekend: de tijd staat stil")))
    elif regel.streefdatum is not None and regel.streefdatum != regel.uiterste_datum and regel.streefdatum >= vandaag:
        regels.append((_("Waarschijnlijk klaar op"), datum(regel.streefdatum)))
    elif regel.uiterste_datum is not None:
        regels.append((_("Uiterlijk klaar op"), datum(regel.uiterste_datum)))
    if dossier.behandelaar:
        regels.append((_("Wie werkt eraan"), dossier.behandelaar))
    return regels


def besluitregels(besluit: Zaakbesluit) -> list[Regel]:
    """The dates of a besluit that are known."""
    b = besluit.besluit
    regels = (
        (_("Genomen op"), b.datum),
        (_("Verstuurd op"), b.verzenddatum),
        (_("Geldt vanaf"), b.ingangsdatum),
        (_("Geldt tot en met"), b.vervaldatum),
    )
    bekend: list[Regel] = [(label, datum(dag)) for label, dag in regels if dag is not None]
    waarom = VERVALREDENEN.get(b.vervalreden)
    return [*bekend, (_("Waarom tot dan"), _(waarom))] if waarom else bekend


def eigenschapregels(dossier: Zaakdossier) -> list[Regel]:
    return [(e.naam, waarde_in_woorden(e) or None) for e in dossier.eigenschappen]


def soort_bestand(document: Zaakdocument) -> str:
    """PDF, JPG: the kind of file in the letters that people know it by; empty when unknown."""
    extensie = mimetypes.guess_extension(document.formaat) or ""
    naam = document.document.bestandsnaam
    if not extensie and "." in naam:
        extensie = f".{naam.rpartition('.')[2]}"
    return extensie[1:].upper() if len(extensie) <= 5 else ""
