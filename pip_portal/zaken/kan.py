"""What can be done with a zaak from here: add to it, withdraw it. Read anew each time, never remembered."""

from typing import Any, Final, Literal

from fastapi import Request

from pip_portal.backoffice.regels import Zaakdossier
from pip_portal.burgerstatus import Burgerstatus
from pip_portal.settings import Backoffice

Wijze = Literal["verzoek", "status", "direct", "nee"]

VRAAGT: Final = frozenset({"C", "Z"})  # burgerstatussen in which we ask for something, or for what someone thinks


def _zaak_van_formulier(request: Request, zaaktype: str) -> Any:
    """What the form that makes this kind of zaak says about it; None when no form does."""
    formulieren: Any = getattr(request.app.state, "formulieren", None)
    for slug in formulieren.slugs if formulieren is not None else ():
        zaak = formulieren.get(slug).zaak
        if zaak is not None and zaak.zaaktype == zaaktype:
            return zaak
    return None


def kan_aanvullen(request: Request, dossier: Zaakdossier, status: Burgerstatus) -> bool:
    """We ask something of this person, the zaak is open, and its form does not say that it goes another way."""
    if dossier.is_afgerond or not dossier.regel.is_aanvrager or not status.doen or status.code not in VRAAGT:
        return False
    zaak = _zaak_van_formulier(request, dossier.zaaktype.identificatie)
    return zaak is None or zaak.aanvullen is not False


def wijze_van_intrekken(request: Request, backoffice: Backoffice, dossier: Zaakdossier) -> Wijze:
    """How this zaak is withdrawn now; "nee" when that cannot be done here.

    The applicant, an open zaak, and no besluit yet. A kind of zaak without a form, of which the settings say nothing,
    was not always asked for by the citizen (adresonderzoek), so it is not offered.
    Source: backoffice-apis §8.
    """
    if dossier.is_afgerond or not dossier.regel.is_aanvrager or dossier.besluiten or "besluiten" in dossier.storingen:
        return "nee"
    identificatie = dossier.zaaktype.identificatie
    if ingesteld := backoffice.intrekken.get(identificatie):
        return ingesteld
    zaak = _zaak_van_formulier(request, identificatie)
    wijze: Wijze = zaak.intrekken if zaak is not None else "nee"
    return wijze


def backoffice_van(request: Request, bron: str) -> Backoffice:
    gevonden: Backoffice = next(b for b in request.app.state.settings.backoffices if b.bron == bron)
    return gevonden
