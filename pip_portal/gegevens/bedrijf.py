"""What the Handelsregister knows of a company, in groups as the page shows them."""

from datetime import date

from pip_portal.backoffice.kvk import Basisprofiel, Vestiging
from pip_portal.gebruiker import Bedrijf
from pip_portal.gegevens.persoon import Groep, Regel
from pip_portal.taal import _
from pip_portal.weergave import datum


def bedrijf_groep(profiel: Basisprofiel) -> Groep:
    regels: list[Regel] = [
        (_("Naam"), profiel.naam or profiel.statutaire_naam or None),
        (_("KVK-nummer"), profiel.kvk_nummer),
        (_("Rechtsvorm"), profiel.rechtsvorm or None),
    ]
    if profiel.statutaire_naam and profiel.statutaire_naam != profiel.naam:
        regels.append((_("Naam in de statuten"), profiel.statutaire_naam))
    if profiel.rsin:
        regels.append((_("RSIN"), profiel.rsin))
    if profiel.formele_registratiedatum:
        regels.append((_("Ingeschreven sinds"), kvk_datum(profiel.formele_registratiedatum)))
    namen = [h.naam for h in profiel.handelsnamen if h.naam and h.naam != profiel.naam]
    if namen:
        regels.append((_("Andere namen"), ", ".join(namen)))
    return Groep("bedrijf", _("Uw bedrijf"), tuple(regels))


def activiteiten_groep(profiel: Basisprofiel) -> Groep:
    """What the company does, the main activity first."""
    activiteiten = sorted(profiel.sbi_activiteiten, key=lambda a: not a.is_hoofdactiviteit)
    regels = tuple(
        (_("Hoofdactiviteit") if a.is_hoofdactiviteit else _("Nevenactiviteit"), f"{a.sbi_omschrijving} ({a.sbi_code})")
        for a in activiteiten
    )
    return Groep("activiteiten", _("Wat uw bedrijf doet"), regels)


def eigen_vestigingen(bedrijf: Bedrijf, vestigingen: tuple[Vestiging, ...]) -> tuple[Vestiging, ...]:
    """The vestigingen that this login may see: all, or the one to which it is restricted."""
    if not bedrijf.beperkt:
        return vestigingen
    return tuple(v for v in vestigingen if v.vestigingsnummer == bedrijf.vestiging)


def kvk_datum(tekst: str) -> str | None:
    """A date of the register (YYYYMMDD); with zeros where the day or month is unknown: only the year."""
    if len(tekst) != 8 or not tekst.isdigit() or tekst.startswith("0000"):
        return None
    try:
        return datum(date(int(tekst[:4]), int(tekst[4:6]), int(tekst[6:])))
    except ValueError:
        return tekst[:4]
