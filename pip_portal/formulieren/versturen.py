"""The check page and sending: what was read is what is sent, once."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from pip_portal.bestanden.opslag import BestandInfo
from pip_portal.formulieren import registratie
from pip_portal.formulieren.aanvraag import Aanvraag
from pip_portal.formulieren.bronwaarden import GEZAG
from pip_portal.formulieren.concepten import VRAGEN
from pip_portal.formulieren.opslaan import stap_url
from pip_portal.formulieren.paginas import Bedragblok, Controleblok, Controleregel, Fouten, Melding
from pip_portal.formulieren.toepassing import vul
from pip_portal.formulieren.verloop import bronnen_in_regels
from pip_portal.formulieren.vragen import bestandregel
from pip_portal.gebruiker import Burger
from pip_portal.inzendingen.inhoud import Aanvrager, Betaling, Inhoud
from pip_portal.taal import _, taal
from pip_portal.tijd import now
from pip_portal.weergave import euro

TERUG = "controleren"


def vingerafdruk(aanvraag: Aanvraag) -> str:
    return registratie.vingerafdruk(aanvraag.verloop, aanvraag.bestanden, aanvraag.bronnen)


def inhoud_van(aanvraag: Aanvraag, weergavenaam: str | None) -> Inhoud:
    """What is sent now. Raises: Veranderd when it is not complete any more."""
    return registratie.maak_inhoud(
        aanvraag.verloop,
        concept_id=aanvraag.id,
        aanvrager=aanvrager_van(aanvraag, weergavenaam),
        bestanden=aanvraag.bestanden,
        bronnen=aanvraag.bronnen,
        taal=taal(),
        ontvangen_op=now(),
        kanaal=aanvraag.concept.kanaal if aanvraag.eigenaar.medewerker else "",
    )


def aanvrager_van(aanvraag: Aanvraag, weergavenaam: str | None) -> Aanvrager:
    """Who sends it, as logged in at this moment, and for which child."""
    gebruiker, voor = aanvraag.eigenaar.gebruiker, aanvraag.concept.gegevens.voor
    betrokkene, medewerker = aanvraag.concept.gegevens.betrokkene, aanvraag.eigenaar.medewerker
    if gebruiker is None:
        return Aanvrager(soort="anoniem")
    if betrokkene is not None and medewerker is not None:
        return Aanvrager(
            soort="burger",
            pseudoniem=gebruiker.pseudoniem,
            bsn=betrokkene.bsn,
            naam=betrokkene.naam,
            medewerker=medewerker.pseudoniem,
        )
    if isinstance(gebruiker, Burger):
        return Aanvrager(
            soort="burger",
            pseudoniem=gebruiker.pseudoniem,
            niveau=gebruiker.niveau,
            bsn=gebruiker.bsn,
            kind_bsn=voor.bsn,
            naam=weergavenaam or "",
        )
    return Aanvrager(
        soort="bedrijf",
        pseudoniem=gebruiker.pseudoniem,
        niveau=gebruiker.niveau,
        kvk_nummer=gebruiker.kvk_nummer,
        rsin=gebruiker.rsin or "",
        vestiging=gebruiker.vestiging or "",
        handelend=gebruiker.handelende_persoon,
        naam=weergavenaam or "",
    )


# ---- the check page --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beletsel:
    """Why it cannot be sent now. meldingen: what the citizen reads; none: it can."""

    meldingen: tuple[Melding, ...]

    @property
    def mag(self) -> bool:
        return not self.meldingen


def beletsel(request: Request, aanvraag: Aanvraag) -> Beletsel:
    """A source that a condition or amount needs and that is down, or a file that is not known to be clean."""
    meldingen = []
    nodig = bronnen_in_regels(aanvraag.formulier) | {GEZAG if aanvraag.concept.gegevens.voor.is_kind else ""}
    weg = nodig & aanvraag.omgeving.ontbreekt
    if any(pad not in aanvraag.bronnen or not aanvraag.bronnen[pad].mag_ontbreken for pad in weg):
        zin = _("Uw antwoorden zijn bewaard. Probeer het later opnieuw, of bel 14 0570.")
        meldingen.append(Melding("waarschuwing", _("Wij kunnen uw gegevens nu niet ophalen"), zin))
    wacht = [(regel, bestand) for regel, bestand in _gebruikt(aanvraag) if not bestand.is_bruikbaar]
    lang = [(regel, bestand) for regel, bestand in wacht if bestand.staat == "onbekend"]
    if any(bestand.staat == "besmet" for _regel, bestand in wacht):
        zin = _("Een van uw bestanden is niet veilig. Verwijder dat bestand en stuur een ander.")
        meldingen.append(Melding("waarschuwing", _("U kunt nog niet versturen"), zin))
    elif lang:
        meldingen.append(_andere_weg(request, aanvraag, lang))
    elif wacht:
        zin = _("Wij controleren uw bestanden nog op virussen. Open deze pagina over een paar minuten opnieuw.")
        meldingen.append(Melding("info", _("U kunt nog niet versturen"), zin))
    return Beletsel(tuple(meldingen))


def _andere_weg(request: Request, aanvraag: Aanvraag, lang: Sequence[tuple[registratie.Regel, BestandInfo]]) -> Melding:
    """What to do when the scanner is silent for long: send the file later where that may, else call (forms §3.8)."""
    kop = _("Wij kunnen uw bestanden nu niet controleren op virussen")
    if not all(aanvraag.formulier.veld(bestand.veld.rpartition(".")[2]).later for _regel, bestand in lang):
        zin = _("Uw antwoorden zijn bewaard. Probeer het later opnieuw, of bel 14 0570.")
        return Melding("waarschuwing", kop, zin)
    zin = _("U kunt uw bestand later sturen. Verwijder het bestand hier. Kies daarna: Ik stuur dit later.")
    return Melding("waarschuwing", kop, zin, _("Naar uw bestand"), _wijzig_url(request, aanvraag, lang[0][0]))


def _gebruikt(aanvraag: Aanvraag) -> Sequence[tuple[registratie.Regel, BestandInfo]]:
    """The files of questions that are shown, each with its answer."""
    blokken = registratie.samenvatting(aanvraag.verloop, aanvraag.bestanden, aanvraag.bronnen, taal())
    return [(regel, bestand) for blok in blokken for regel in blok.regels for bestand in regel.bestanden]


def veranderde_feiten(aanvraag: Aanvraag) -> tuple[Melding, ...]:
    """A fact of a source that is another one than when this application began."""
    namen = [
        aanvraag.bronnen[pad].label.in_taal(taal())
        for pad in aanvraag.concept.gegevens.veranderd
        if pad in aanvraag.bronnen
    ]
    if VRAGEN in aanvraag.concept.gegevens.veranderd:
        zin = _("Wij hebben de vragen van dit formulier veranderd. Uw antwoorden zijn bewaard. Kijk ze nog eens na.")
        return (Melding("info", _("De vragen zijn veranderd"), zin),)
    if not namen:
        return ()
    zin = _("Sinds u begon is dit veranderd: {wat}. Kijk of uw antwoorden nog kloppen.")
    return (Melding("info", _("Uw gegevens zijn veranderd"), zin.format(wat=", ".join(namen))),)


def blokken(request: Request, aanvraag: Aanvraag) -> tuple[Controleblok, ...]:
    """All visible answers, once, each with its link to change it."""
    return tuple(
        Controleblok(
            blok.kop.in_taal(taal()),
            tuple(_regel(request, aanvraag, regel) for regel in blok.regels),
        )
        for blok in registratie.samenvatting(aanvraag.verloop, aanvraag.bestanden, aanvraag.bronnen, taal())
    )


def _regel(request: Request, aanvraag: Aanvraag, regel: registratie.Regel) -> Controleregel:
    namen = {bestand.naam for bestand in regel.bestanden}
    return Controleregel(
        vraag=regel.antwoord.vraag.in_taal(taal()),
        teksten=tuple(t for deel in regel.antwoord.tekst if (t := deel.in_taal(taal())) not in namen),
        wijzig_url=_wijzig_url(request, aanvraag, regel),
        bron=regel.antwoord.bron,
        bestanden=tuple(bestandregel(request, aanvraag.id, bestand) for bestand in regel.bestanden),
    )


def _wijzig_url(request: Request, aanvraag: Aanvraag, regel: registratie.Regel) -> str:
    if regel.vast:
        return ""
    if regel.item:
        pad = request.url_for("aanvragen:item", id=aanvraag.id, stap=regel.stap, item=regel.item).path
        return f"{pad}?terug={TERUG}"
    return stap_url(request, aanvraag.id, regel.stap, TERUG)


def bedragblok(aanvraag: Aanvraag) -> Bedragblok | None:
    bedrag, betaling = aanvraag.verloop.bedrag, aanvraag.formulier.betaling
    if bedrag is None or betaling is None or bedrag.cent == 0 or aanvraag.verloop.wacht_op_plek:
        return None
    return Bedragblok(
        bedrag.cent,
        tuple((vul(regel.tekst, aanvraag.verloop).in_taal(taal()), regel.cent) for regel in bedrag.regels),
        betaalmoment(betaling.moment),
    )


def betaalmoment(moment: str) -> str:
    """Until paying on line exists (a later issue), the gemeente sends a bill."""
    if moment == "na_besluit":
        return _("U betaalt pas als wij hebben besloten. U krijgt dan een rekening.")
    return _("U betaalt nu nog niet. U krijgt een rekening van ons.")


def te_betalen(betaling: Betaling) -> tuple[str, str]:
    """Heading and text of what the confirmation says of the price; empty when it is free.

    Source: domain.md §2.2, status P.
    """
    if not betaling.cent:
        return "", ""
    bedrag = euro(betaling.cent)
    if betaling.moment == "na_besluit":
        prijs = _("Het kost {bedrag}.").format(bedrag=bedrag)
        return _("Betalen"), f"{prijs} {betaalmoment(betaling.moment)}"
    zin = _("Betaal {bedrag}. Daarna gaan wij verder met uw aanvraag. U krijgt hiervoor een rekening van ons.")
    return _("U moet nog betalen"), zin.format(bedrag=bedrag)


def tekenaars(inhoud: Inhoud) -> tuple[str, ...]:
    """Who else must agree, in sentences."""
    zin = _("Wij vragen {naam} om akkoord. Daarvoor is {dagen} dagen tijd.")
    return tuple(zin.format(naam=t.naam.in_taal(taal()), dagen=t.dagen) for t in inhoud.tekenen)


def knop(aanvraag: Aanvraag) -> str:
    """The act on the button (domain §3.1)."""
    eigen = aanvraag.formulier.controle.knop
    if eigen:
        return vul(eigen, aanvraag.verloop).in_taal(taal())
    return _("Verstuur uw {soort}").format(soort=aanvraag.formulier.product.soortnaam.in_taal(taal()))


def fouten_verklaring(aanvraag: Aanvraag, velden: dict[str, str]) -> Fouten:
    if aanvraag.formulier.controle.verklaring is None or velden.get("verklaring") == "ja":
        return ()
    return (("verklaring", _("Vink aan dat u alles naar waarheid hebt ingevuld.")),)


def is_veranderd(aanvraag: Aanvraag) -> Melding:
    """What to say when it is not the same any more as what was read."""
    bedrag = aanvraag.verloop.bedrag
    zin = _("Een antwoord of een bedrag is anders dan op de pagina die u las. Controleer alles en verstuur opnieuw.")
    if bedrag is not None and bedrag.cent:
        zin += " " + _("Het kost nu {bedrag}.").format(bedrag=euro(bedrag.cent))
    return Melding("waarschuwing", _("Er is iets veranderd"), zin)
