"""What a product page says, in the language of the page and in a fixed order (requirements B3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pip_portal.formulieren.definitie import THEMAS, Formulier, Tekst
from pip_portal.formulieren.laden import Formulieren
from pip_portal.formulieren.tarieven import Tarieven
from pip_portal.formulieren.toepassing import vul_tarieven
from pip_portal.taal import N_, _

THEMANAMEN = {
    "burgerzaken": (N_("Verhuizen, geboorte en documenten"), "persoon"),
    "parkeren": (N_("Parkeren en verkeer"), "plek"),
    "woonomgeving": (N_("Wonen en de buurt"), "overzicht"),
    "ondernemen": (N_("Ondernemen en evenementen"), "bedrijf"),
    "werk_en_zorg": (N_("Werk, inkomen en zorg"), "hand"),
    "belastingen": (N_("Belastingen"), "bestand"),
    "rechten": (N_("Bezwaar, klachten en informatie"), "besluit"),
}
KANALEN = ("telefoon", "balie", "post", "mail")


@dataclass(frozen=True)
class Regel:
    """A product in the list."""

    slug: str
    naam: str
    tekst: str
    voor: str
    extern: bool


@dataclass(frozen=True)
class Thema:
    naam: str
    titel: str
    icoon: str
    producten: tuple[Regel, ...]


@dataclass(frozen=True)
class Productpagina:
    """inloggen: what login the form asks for, in a sentence. gesloten: why it cannot be started now, else empty."""

    slug: str
    naam: str
    samenvatting: str
    voor_wie: tuple[str, ...]
    kosten: str
    duur: str
    minuten: int
    nodig: tuple[str, ...]
    aanvragen: str
    daarna: tuple[str, ...]
    bezwaar: str
    grondslag: str
    herzien_op: date
    inloggen: str
    heeft_check: bool
    gesloten: str
    verwijzing: tuple[str, str, str] | None


def themas(formulieren: Formulieren, vandaag: date) -> tuple[Thema, ...]:
    """Every theme that has products, with them in alphabetical order."""
    alle = formulieren.alle()
    gevonden = []
    for thema in THEMAS:
        titel, icoon = THEMANAMEN[thema]
        regels = [_regel(f, formulieren.tarieven, vandaag) for f in alle if f.product.thema == thema]
        if regels:
            gevonden.append(Thema(thema, _(titel), icoon, tuple(sorted(regels, key=lambda r: r.naam.casefold()))))
    return tuple(gevonden)


def _regel(formulier: Formulier, tarieven: Tarieven, vandaag: date) -> Regel:
    product = formulier.product
    voor = _("Voor bedrijven") if product.doelgroep == ("bedrijf",) else ""
    eerste_zin = str(vul_tarieven(product.samenvatting, tarieven, vandaag))
    return Regel(formulier.formulier, str(product.naam), eerste_zin, voor, formulier.is_verwijzing)


def pagina(formulier: Formulier, tarieven: Tarieven, vandaag: date) -> Productpagina:
    def zin(tekst: Tekst) -> str:
        return str(vul_tarieven(tekst, tarieven, vandaag))

    def zinnen(teksten: Iterable[Tekst]) -> tuple[str, ...]:
        return tuple(zin(tekst) for tekst in teksten)

    product, verwijzing = formulier.product, formulier.verwijzing
    return Productpagina(
        slug=formulier.formulier,
        naam=zin(product.naam),
        samenvatting=zin(product.samenvatting),
        voor_wie=zinnen(product.voor_wie),
        kosten=zin(product.kosten),
        duur=zin(product.duur),
        minuten=0 if verwijzing else formulier.start.minuten,
        nodig=zinnen(formulier.nodig),
        aanvragen=zin(product.aanvragen),
        daarna=zinnen(product.stappen_daarna),
        bezwaar=zin(product.bezwaar),
        grondslag=product.grondslag,
        herzien_op=product.herzien_op,
        inloggen="" if verwijzing else inloggen(formulier),
        heeft_check=formulier.voorcheck is not None,
        gesloten=gesloten(formulier, vandaag),
        verwijzing=(zin(verwijzing.naam), verwijzing.url, zin(verwijzing.tekst)) if verwijzing else None,
    )


def inloggen(formulier: Formulier) -> str:
    """Which login the form asks for."""
    toegang = formulier.toegang
    digid = {
        "midden": _("DigiD"),
        "substantieel": _("de DigiD-app met ID-check"),
        "hoog": _("DigiD Hoog"),
    }.get(toegang.digid or "", "")
    middelen = [middel for middel in (digid, _("eHerkenning") if toegang.eherkenning else "") if middel]
    if toegang.anoniem and middelen:
        return _("U kunt inloggen met %(middel)s. Het hoeft niet.") % {"middel": _(" of ").join(middelen)}
    if toegang.anoniem:
        return _("U hoeft niet in te loggen.")
    return _("U logt in met %(middel)s.") % {"middel": _(" of ").join(middelen)}


def gesloten(formulier: Formulier, vandaag: date) -> str:
    """Why it cannot be started today; empty when it can."""
    periode = formulier.open
    if periode is None:
        return ""
    buiten = (periode.van and vandaag < periode.van) or (periode.tot and vandaag > periode.tot)
    return str(periode.tekst) if buiten else ""
