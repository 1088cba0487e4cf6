"""Which rights our client needs to hand over what forms send in, and which of them it lacks: for `pip-portal check`.

Source: backoffice-apis §1.2: rollen and zaakeigenschappen need zaken.bijwerken, files in parts need documenten.lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pip_portal.backoffice.autorisaties import Applicatie
from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.inboeken import Inboeken
from pip_portal.errors import NotFound

ZAAK: Final = frozenset({"zaken.lezen", "zaken.aanmaken", "zaken.bijwerken"})
STATUS: Final = "zaken.statussen.toevoegen"
DOCUMENT: Final = frozenset({"documenten.lezen", "documenten.aanmaken", "documenten.bijwerken", "documenten.lock"})


@dataclass(frozen=True, slots=True)
class Gebruik:
    """What one form does in the backoffice. zaaktype: identificatie; documenten: informatieobjecttypen by name.

    zet_status: it withdraws by setting a status. verplicht: this backoffice must have the zaaktype, no other may.
    """

    zaaktype: str
    documenten: frozenset[str] = frozenset()
    zet_status: bool = False
    verplicht: bool = True


async def ontbrekend(bron: Bron, applicatie: Applicatie, gebruik: Iterable[Gebruik], dag: date) -> list[str]:
    """A line for each right that lacks, and for each type that the catalogus does not have on this day.

    Raises: BackofficeUnavailable; BackofficeDefect.
    """
    lines = []
    inboeken = Inboeken(bron)
    gezien: set[str] = set()
    for vorm in gebruik:
        try:
            zaaktype = (await inboeken.zaaktype(vorm.zaaktype, dag)).url
        except NotFound:
            if vorm.verplicht:
                lines.append(f"zaaktype {vorm.zaaktype} bestaat niet of is niet geldig")
            continue
        nodig = ZAAK | {STATUS} if vorm.zet_status else ZAAK
        mist = sorted(nodig - applicatie.scopes_voor("zrc", zaaktype))
        lines += [f"{scope} ontbreekt voor zaaktype {vorm.zaaktype}" for scope in mist]
        for omschrijving in sorted(vorm.documenten - gezien):
            gezien.add(omschrijving)
            try:
                soort = (await inboeken.informatieobjecttype(zaaktype, omschrijving)).url
            except NotFound:
                lines.append(f"informatieobjecttype {omschrijving} hoort niet bij zaaktype {vorm.zaaktype}")
                gezien.discard(omschrijving)
                continue
            mist = sorted(DOCUMENT - applicatie.scopes_voor("drc", soort))
            lines += [f"{scope} ontbreekt voor informatieobjecttype {omschrijving}" for scope in mist]
    return lines
