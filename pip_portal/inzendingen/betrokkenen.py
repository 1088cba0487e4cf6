"""Who a zaak is of, and who else is in it: the rollen that an inzending gets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from pip_portal.backoffice.nieuw import NieuweRol, bedrijf, burger, contact, persoon
from pip_portal.backoffice.zaken import BetrokkeneIdentificatie
from pip_portal.backoffice.zaken import Rol as BestaandeRol
from pip_portal.inzendingen.inhoud import Inhoud, Rol
from pip_portal.settings import Backoffice

KIND: Final = "Ingediend via het portaal, door een ouder met gezag."
OUDER: Final = "Ouder met gezag, heeft de aanvraag ingediend via het portaal."
MEDEWERKER: Final = "Ingevuld door medewerker {medewerker} namens deze persoon, kanaal {kanaal}."
ANDER: Final = "Genoemd in wat is ingediend via het portaal."


@dataclass(frozen=True, slots=True)
class Betrokkene:
    """One rol to make. roltype: its omschrijving, or omschrijvingGeneriek, in the catalogus. maak: with its URL."""

    roltype: str
    maak: Callable[[str], NieuweRol]


def initiator(inhoud: Inhoud, backoffice: Backoffice) -> Betrokkene | None:
    """Whose zaak it is. None for who did not log in: nobody could be found by that rol."""
    aanvrager = inhoud.aanvrager
    if aanvrager.soort == "anoniem":
        return None
    if aanvrager.soort == "bedrijf":
        return Betrokkene(
            "initiator",
            lambda roltype: bedrijf(
                roltype,
                backoffice,
                kvk_nummer=aanvrager.kvk_nummer,
                rsin=aanvrager.rsin,
                vestiging=aanvrager.vestiging,
                naam=aanvrager.naam,
                contact=_contact(inhoud),
            ),
        )
    if aanvrager.kind_bsn:
        return Betrokkene("initiator", lambda roltype: replace(burger(roltype, aanvrager.kind_bsn), toelichting=KIND))
    zelf = Betrokkene(
        "initiator", lambda roltype: burger(roltype, aanvrager.bsn, aanvrager.naam, contact=_contact(inhoud))
    )
    if not aanvrager.medewerker:
        return zelf
    kanaal = inhoud.zaak.kanaal if inhoud.zaak else ""
    door = MEDEWERKER.format(kanaal=kanaal, medewerker=aanvrager.medewerker[:8])
    return Betrokkene("initiator", lambda roltype: replace(zelf.maak(roltype), toelichting=door))


def anderen(inhoud: Inhoud, backoffice: Backoffice) -> tuple[Betrokkene, ...]:
    """Everybody else, each once. The parent of a child takes part as mede-initiator, so that both can see the zaak."""
    aanvrager, ouder = inhoud.aanvrager, []
    if aanvrager.soort == "burger" and aanvrager.kind_bsn:
        ouder = [
            Betrokkene(
                "mede_initiator",
                lambda roltype: replace(
                    burger(roltype, aanvrager.bsn, aanvrager.naam, contact=_contact(inhoud)), toelichting=OUDER
                ),
            )
        ]
    rollen = dict.fromkeys(inhoud.zaak.rollen if inhoud.zaak else ())
    return (*ouder, *(Betrokkene(rol.roltype, _ander(rol, backoffice)) for rol in rollen))


def is_zelfde(rol: BestaandeRol, omschrijving: str, nieuw: NieuweRol) -> bool:
    """Is this rol the one we would make? omschrijving: of the roltype. By number; without any number by name."""
    wie = BetrokkeneIdentificatie.model_validate(dict(nieuw.wie))
    ander = rol.betrokkene_identificatie
    if ander is None or rol.betrokkene_type != nieuw.soort or rol.omschrijving != omschrijving:
        return False
    nummers = [(n, a) for n, a in zip(_nummers(wie), _nummers(ander), strict=True) if n]
    if not nummers:
        return (wie.geslachtsnaam, wie.statutaire_naam) == (ander.geslachtsnaam, ander.statutaire_naam)
    return any(n == a for n, a in nummers) and all(a in ("", n) for n, a in nummers)


def _nummers(wie: BetrokkeneIdentificatie) -> tuple[str, ...]:
    return wie.inp_bsn, wie.inn_nnp_id, wie.kvk_nummer, wie.vestigings_nummer


def _ander(rol: Rol, backoffice: Backoffice) -> Callable[[str], NieuweRol]:
    def maak(roltype: str) -> NieuweRol:
        if rol.kvk_nummer:
            nieuw = bedrijf(roltype, backoffice, kvk_nummer=rol.kvk_nummer, naam=rol.naam)
        elif rol.bsn:
            nieuw = burger(roltype, rol.bsn, rol.naam)
        else:
            nieuw = persoon(roltype, rol.naam)
        return replace(nieuw, toelichting=ANDER)

    return maak


def _contact(inhoud: Inhoud) -> dict[str, str] | None:
    """How to reach who applied, for this zaak alone; the name is that of who logged in."""
    if not inhoud.email and not inhoud.telefoon:
        return None
    return contact(inhoud.aanvrager.naam, inhoud.email, inhoud.telefoon)
