"""What the Handelsregister knows of a company, in groups as the page shows them."""

from datetime import date

from pip_portal.backoffice.kvk import Basisprofiel, Vestiging
from pip_portal.gebruiker import Bedrijf
from pip_portal.gegevens.persoon import Groep, Regel
from pip_portal.taal import _
from pip_portal.weergave import datum


def bedrijf_groep(profiel: Basisprofiel) -> Groep:
    regels: list[Regel] = [
        Regel(_("Naam"), profiel.naam or profiel.statutaire_naam or None, sleutel="naam"),
        Regel(_("KVK-nummer"), profiel.kvk_nummer, sleutel="kvk-nummer"),
        Regel(_("Rechtsvorm"), profiel.rechtsvorm or None, sleutel="rechtsvorm"),
    ]
    if profiel.statutaire_naam and profiel.statutaire_naam != profiel.naam:
        regels.append(Regel(_("Naam in de statuten"), profiel.statutaire_naam, sleutel="statutaire-naam"))
    if profiel.rsin:
        regels.append(Regel(_("RSIN"), profiel.rsin, sleutel="rsin"))
    if profiel.formele_registratiedatum:
        regels.append(
            Regel(_("Ingeschreven sinds"), kvk_datum(profiel.formele_registratiedatum), sleutel="ingeschreven")
        )
    namen = [h.naam for h in profiel.handelsnamen if h.naam and h.naam != profiel.naam]
    if namen:
        regels.append(Regel(_("Andere namen"), ", ".join(namen), sleutel="andere-namen"))
    return Groep("bedrijf", _("Uw bedrijf"), tuple(regels))


def activiteiten_groep(profiel: Basisprofiel) -> Groep:
    """What the company does, the main activity first."""
    activiteiten = sorted(profiel.sbi_activiteiten, key=lambda a: not a.is_hoofdactiviteit)
    regels = tuple(
        Regel(
            _("Hoofdactiviteit") if a.is_hoofdactiviteit else _("Nevenactiviteit"),
            f"{a.sbi_omschrijving} ({a.sbi_code})",
            sleutel=str(nummer),
        )
        for nummer, a in enumerate(activiteiten, 1)
    )
    return Groep("activiteiten", _("Wat uw bedrijf doet"), regels)


def eigen_vestigingen(bedrijf: Bedrijf, vestigingen: tuple[Vestiging, ...]) -> tuple[Vestiging, ...]:
    """The vestigingen that this login may see: all, or the one to which it is restricted."""
    if not bedrijf.beperkt:
        return vestigingen
    return tuple(v for v in vestigingen if v.vestigingsnummer == bedrijf.vestiging)


def vestiging_groepen(bedrijf: Bedrijf, vestigingen: tuple[Vestiging, ...]) -> tuple[Groep, ...]:
    """The vestigingen that this login may see, each under its name; the first datum is its number."""
    return tuple(
        Groep(
            f"vestiging-{nummer}",
            vestiging.naam,
            (
                Regel(_("Vestigingsnummer"), vestiging.vestigingsnummer, sleutel="nummer"),
                Regel(_("Soort vestiging"), _soort(vestiging), sleutel="soort"),
                Regel(_("Adres"), _adres(vestiging), sleutel="adres"),
            ),
        )
        for nummer, vestiging in enumerate(eigen_vestigingen(bedrijf, vestigingen), 1)
    )


def _soort(vestiging: Vestiging) -> str:
    return _("Hoofdvestiging") if vestiging.is_hoofdvestiging else _("Nevenvestiging")


def _adres(vestiging: Vestiging) -> str | None:
    if vestiging.is_afgeschermd:
        return _("Afgeschermd: dit adres laat het Handelsregister niet zien")
    return vestiging.adres or None


def kvk_datum(tekst: str) -> str | None:
    """A date of the register (YYYYMMDD); with zeros where the day or month is unknown: only the year."""
    if len(tekst) != 8 or not tekst.isdigit() or tekst.startswith("0000"):
        return None
    try:
        return datum(date(int(tekst[:4]), int(tekst[4:6]), int(tekst[6:])))
    except ValueError:
        return tekst[:4]
