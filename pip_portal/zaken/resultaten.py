"""What the resultaat of a zaak means, in one plain sentence."""

from collections.abc import Mapping

from pip_portal.backoffice.regels import Zaakregel
from pip_portal.taal import N_, _

# By the name or the generic name of the resultaattype, in small letters. Source: domain §2.2.
ZINNEN: Mapping[str, str] = {
    "toegekend": N_("Wij hebben ja gezegd op uw aanvraag."),
    "toegewezen": N_("Wij hebben ja gezegd op uw aanvraag."),
    "verleend": N_("Wij hebben ja gezegd op uw aanvraag."),
    "ingewilligd": N_("U krijgt wat u hebt gevraagd."),
    "gedeeltelijk ingewilligd": N_("U krijgt een deel van wat u hebt gevraagd. In de brief leest u waarom."),
    "verstrekt": N_("U krijgt wat u hebt gevraagd."),
    "geleverd": N_("U hebt gekregen wat u hebt aangevraagd."),
    "niet geleverd": N_("U hebt niet gekregen wat u hebt aangevraagd. In de brief leest u waarom."),
    "akkoord": N_("Wij vinden het goed."),
    "verboden": N_("Het mag niet. In de brief leest u waarom."),
    "geweigerd": N_("U krijgt niet wat u hebt gevraagd. In de brief leest u waarom."),
    "afgewezen": N_("U krijgt niet wat u hebt gevraagd. In de brief leest u waarom."),
    "buiten behandeling": N_("Wij hebben uw aanvraag niet bekeken, omdat er informatie ontbrak."),
    "niet-ontvankelijk": N_("Uw bezwaar voldoet niet aan de regels. Daarom hebben wij het niet inhoudelijk bekeken."),
    "niet ontvankelijk": N_("Uw bezwaar voldoet niet aan de regels. Daarom hebben wij het niet inhoudelijk bekeken."),
    "gegrond": N_("U hebt gelijk gekregen."),
    "gedeeltelijk gegrond": N_("U hebt voor een deel gelijk gekregen. In de brief leest u waarom."),
    "ongegrond": N_("U hebt geen gelijk gekregen. In de brief leest u waarom."),
    "ingetrokken": N_("Deze zaak is ingetrokken."),
    "afgebroken": N_("Deze zaak is gestopt."),
    "verwerkt": N_("Wij hebben het verwerkt."),
    "uitgevoerd": N_("Het is gedaan."),
    "opgelost": N_("Het is opgelost."),
    "betaald": N_("Het is betaald."),
    "afgehandeld": N_("Wij zijn klaar met uw zaak."),
}
VERGUNNING: Mapping[str, str] = {
    "verleend": N_("U krijgt de vergunning."),
    "geweigerd": N_("U krijgt de vergunning niet. In de brief leest u waarom."),
    "ingetrokken": N_("De vergunning of de aanvraag is ingetrokken."),
}


def resultaatzin(regel: Zaakregel) -> str:
    """The outcome in one sentence, else the words of the resultaattype; empty while the zaak is open.

    A resultaat can be recorded before the end: it counts only when the zaak is closed.
    """
    soort = regel.resultaattype
    if soort is None or not regel.is_afgerond:
        return ""
    namen = [naam.strip().casefold() for naam in (soort.omschrijving, soort.omschrijving_generiek)]
    tabel = {**ZINNEN, **VERGUNNING} if "vergunning" in regel.naam.casefold() else ZINNEN
    gevonden = next((tabel[naam] for naam in namen if naam in tabel), None)
    return _(gevonden) if gevonden else soort.omschrijving
