"""A few lines about the citizen or the company, for on Overzicht."""

from pip_portal.backoffice.brp import Persoon
from pip_portal.backoffice.kvk import Basisprofiel, Vestiging
from pip_portal.gebruiker import Bedrijf
from pip_portal.taal import _

Regel = tuple[str, str | None]


def samenvatting_persoon(persoon: Persoon) -> list[Regel]:
    """Name and address; a secret address is not put on a page that opens by itself.

    Source: domain §4.4 (BRP 2.59): hidden even in one's own header until clicked.
    """
    adres = ", ".join(persoon.verblijfplaats.regels) if persoon.verblijfplaats else None
    if persoon.heeft_geheimhouding:
        adres = _("Geheim. U ziet het bij Mijn gegevens.")
    return [(_("Naam"), persoon.naam.volledig if persoon.naam else None), (_("Adres"), adres)]


def samenvatting_bedrijf(profiel: Basisprofiel, bedrijf: Bedrijf, vestigingen: tuple[Vestiging, ...]) -> list[Regel]:
    """Name and numbers, and the vestiging for which this login stands."""
    regels: list[Regel] = [
        (_("Naam"), profiel.naam or profiel.statutaire_naam or None),
        (_("KVK-nummer"), profiel.kvk_nummer),
    ]
    if bedrijf.vestiging is None:
        regels.append((_("U ziet zaken van"), _("het hele bedrijf")))
        return regels
    gekozen = next((v for v in vestigingen if v.vestigingsnummer == bedrijf.vestiging), None)
    plek = ", ".join(deel for deel in (gekozen.naam, gekozen.adres) if deel) if gekozen else ""
    regels.append((_("U ziet zaken van"), _("vestiging {nummer}").format(nummer=bedrijf.vestiging)))
    regels.append((_("Vestiging"), plek or None))
    return regels
