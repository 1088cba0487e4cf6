"""What the BRP knows of a person, in groups as the page shows them."""

from dataclasses import dataclass
from typing import NamedTuple

from pip_portal.backoffice.brp import BrpDatum, Gerelateerde, Persoon, Waarde
from pip_portal.taal import _


class Regel(NamedTuple):
    """One datum. sleutel: names it inside its group, without telling anything of what it is."""

    label: str
    waarde: str | None
    uitleg: str = ""
    sleutel: str = ""


@dataclass(frozen=True)
class Groep:
    """A heading with its data. in_onderzoek: the gemeente is finding out whether these are right."""

    id: str
    kop: str
    regels: tuple[Regel, ...]
    in_onderzoek: bool = False


def is_niet_ingezetene(persoon: Persoon) -> bool:
    """Lives abroad: registered in the RNI, or gone from the municipality by emigration.

    Source: backoffice-apis §13, opschortingBijhouding.reden.code E and R.
    """
    return persoon.opschorting_code in ("E", "R")


def persoon_groep(persoon: Persoon) -> Groep:
    naam, geboorte = persoon.naam, persoon.geboorte
    achternaam = f"{naam.voorvoegsel} {naam.geslachtsnaam}".strip() if naam else None
    regels = (
        Regel(_("Voornamen"), naam.voornamen if naam else None, sleutel="voornamen"),
        Regel(_("Achternaam"), achternaam, sleutel="achternaam"),
        Regel(
            _("Zo schrijven wij uw naam"),
            _omschrijving(naam.aanduiding_naamgebruik) if naam else None,
            sleutel="naamgebruik",
        ),
        Regel(_("Geboren op"), _dag(geboorte.datum) if geboorte else None, sleutel="geboren-op"),
        Regel(_("Geboren in"), _plaats(persoon), sleutel="geboren-in"),
        Regel(_("Geslacht"), _omschrijving(persoon.geslacht), sleutel="geslacht"),
    )
    in_onderzoek = persoon.is_in_onderzoek or bool(naam and naam.in_onderzoek)
    return Groep("persoon", _("Wie u bent"), regels, in_onderzoek)


def bsn_regel(bsn: str) -> Regel:
    """The number with only its end to be seen."""
    return Regel(_("Burgerservicenummer (BSN)"), f"•••••{bsn[-4:]}", sleutel="bsn")


def adres_groep(persoon: Persoon) -> Groep:
    """Where this person lives, in the Netherlands or abroad."""
    plek = persoon.verblijfplaats
    regels: list[Regel] = [Regel(_("Adres"), ", ".join(plek.regels) if plek else None, sleutel="adres")]
    if plek and plek.functie_adres:
        regels.append(Regel(_("Soort adres"), _omschrijving(plek.functie_adres), sleutel="soort"))
    if plek and plek.datum_van:
        regels.append(Regel(_("Hier woont u sinds"), _dag(plek.datum_van), sleutel="sinds"))
    if persoon.gemeente_van_inschrijving:
        regels.append(
            Regel(
                _("Ingeschreven in de gemeente"), _omschrijving(persoon.gemeente_van_inschrijving), sleutel="gemeente"
            )
        )
    if persoon.datum_inschrijving_in_gemeente:
        regels.append(
            Regel(_("Ingeschreven sinds"), _dag(persoon.datum_inschrijving_in_gemeente), sleutel="ingeschreven")
        )
    return Groep("adres", _("Waar u woont"), tuple(regels), bool(plek and plek.is_in_onderzoek))


def gezin_groepen(persoon: Persoon) -> tuple[Groep, ...]:
    """Nationaliteiten, partner, kinderen and ouders; a group that is empty is left out."""
    groepen = (
        Groep(
            "nationaliteit",
            _("Nationaliteit"),
            tuple(
                Regel(_("Nationaliteit"), _(n.omschrijving), sleutel=str(nummer))
                for nummer, n in enumerate(persoon.nationaliteiten, 1)
            ),
        ),
        *(_partner(nummer, partner) for nummer, partner in enumerate(persoon.partners, 1)),
        _familie("kinderen", _("Kinderen"), persoon.kinderen),
        _familie("ouders", _("Ouders"), persoon.ouders),
    )
    return tuple(groep for groep in groepen if groep.regels)


def _partner(nummer: int, partner: Gerelateerde) -> Groep:
    begin, einde = partner.aangaan_huwelijk_partnerschap, partner.ontbinding_huwelijk_partnerschap
    regels: list[Regel] = [
        Regel(_("Naam"), partner.naam.volledig if partner.naam else None, sleutel="naam"),
        Regel(_("Soort verbintenis"), _omschrijving(partner.soort_verbintenis), sleutel="soort"),
    ]
    if begin:
        regels.append(Regel(_("Begonnen op"), _dag(begin.datum), sleutel="begonnen"))
    if einde:
        regels.append(Regel(_("Geëindigd op"), _dag(einde.datum), sleutel="geeindigd"))
    kop = _("Vroegere partner") if einde else _("Partner")
    id_ = "partner" if nummer == 1 else f"partner-{nummer}"
    return Groep(id_, kop, tuple(regels), partner.is_in_onderzoek)


def _familie(id_: str, kop: str, mensen: tuple[Gerelateerde, ...]) -> Groep:
    regels = tuple(
        Regel(
            mens.naam.volledig if mens.naam else _("Naam niet bekend"),
            _("geboren op {datum}").format(datum=mens.geboorte.datum)
            if mens.geboorte and mens.geboorte.datum
            else None,
            sleutel=str(nummer),
        )
        for nummer, mens in enumerate(mensen, 1)
    )
    return Groep(id_, kop, regels, any(mens.is_in_onderzoek for mens in mensen))


def _omschrijving(waarde: Waarde | None) -> str | None:
    return (waarde.omschrijving or None) if waarde else None


def _dag(dag: BrpDatum | None) -> str | None:
    """As the BRP writes it: a date can be partly unknown."""
    return (str(dag) or None) if dag else None


def _plaats(persoon: Persoon) -> str | None:
    if persoon.geboorte is None:
        return None
    delen = (_omschrijving(persoon.geboorte.plaats), _omschrijving(persoon.geboorte.land))
    return ", ".join(deel for deel in delen if deel) or None
