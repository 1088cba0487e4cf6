"""What the citizen sent in for a zaak after it began, and how far that is."""

from dataclasses import dataclass
from datetime import datetime

from pip_portal.backoffice.regels import Zaakdossier
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import Eigenaar
from pip_portal.inzendingen import lezen
from pip_portal.inzendingen.lezen import Ingezonden
from pip_portal.sleutels import Sleutels
from pip_portal.taal import _


@dataclass(frozen=True, slots=True)
class Ingestuurd:
    """One line on the page of a zaak. soort: as of a badge."""

    id: str
    is_intrekking: bool
    kop: str
    op: datetime
    aantal: int
    stand: str
    soort: str
    tekst: str


async def ingestuurd(
    db: Sessionmaker, sleutels: Sleutels, eigenaar: Eigenaar, dossier: Zaakdossier
) -> tuple[Ingestuurd, ...]:
    """Newest first. Shown from the moment it was stored, whatever the backoffice does."""
    gevonden = await lezen.van_zaak(db, sleutels, eigenaar.hash, dossier.bron, str(dossier.zaak.uuid))
    return tuple(
        regel_van(inzending) for inzending in reversed(gevonden) if inzending.soort in ("aanvulling", "intrekking")
    )


def regel_van(inzending: Ingezonden) -> Ingestuurd:
    is_intrekking = inzending.soort == "intrekking"
    stand, soort, tekst = _stand(inzending, is_intrekking=is_intrekking)
    return Ingestuurd(
        id=inzending.id,
        is_intrekking=is_intrekking,
        kop=_("U wilt stoppen met uw aanvraag") if is_intrekking else _("Uw aanvulling"),
        op=inzending.ontvangen_op,
        aantal=len(inzending.inhoud.bijlagen) if inzending.inhoud else 0,
        stand=stand,
        soort=soort,
        tekst=tekst,
    )


def _stand(inzending: Ingezonden, *, is_intrekking: bool) -> tuple[str, str, str]:
    """Badge, its kind, and a sentence."""
    if inzending.is_afgebroken:
        return _("Niet doorgegaan"), "waarschuwing", _("Uw zaak was al afgesloten. Stoppen kon niet meer.")
    if not inzending.is_verwerkt:
        laat = _("Het verwerken duurt langer dan normaal. U hoeft niets te doen. Wij hebben alles van u ontvangen.")
        return _("Ontvangen, wordt verwerkt"), "info", laat if inzending.duurt_lang else ""
    if not is_intrekking:
        return _("Verwerkt"), "ok", ""
    wijze = inzending.inhoud.waarden.get("wijze", "verzoek") if inzending.inhoud else "verzoek"
    if wijze == "direct":
        return _("Verwerkt"), "ok", _("Uw aanvraag is gestopt.")
    return _("Verzoek ingediend"), "info", _("Een medewerker maakt dit af. U hoort van ons.")
