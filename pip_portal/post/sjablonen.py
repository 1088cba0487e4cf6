"""The mails that the portal sends: Dutch and English side by side, without personal data and without a link that opens
anything.

Source: domain §2.3. A product that reveals health, income or family is not named: then `product` is left out. From
1 January 2027 a mail also says its nature, whether an answer is expected and the term (Awb art. 2:10(2)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Zin:
    """als: only when this one of the gegevens is known; zonder: only when it is not. link: one of the gegevens."""

    nl: str
    en: str
    als: str = ""
    zonder: str = ""
    link: str = ""

    def in_taal(self, taal: str) -> str:
        return self.en if taal == "en" else self.nl

    def geldt(self, gegevens: Mapping[str, str]) -> bool:
        return (not self.als or bool(gegevens.get(self.als))) and not (self.zonder and gegevens.get(self.zonder))


@dataclass(frozen=True, slots=True)
class Sjabloon:
    """nodig and mag: names of the gegevens that must and may be given; no other may."""

    onderwerp: Zin
    zinnen: tuple[Zin, ...]
    nodig: frozenset[str] = frozenset()
    mag: frozenset[str] = frozenset()


def _namen(*namen: str) -> frozenset[str]:
    return frozenset(namen)


INLOGGEN: Final = Zin(
    "Ga zelf naar {portaal} en log in.",
    "Go to {portaal} yourself and log in.",
)
BEWAREN: Final = Zin(
    "Bewaar deze mail. Het is uw bewijs dat wij het hebben ontvangen.",
    "Keep this email. It is your proof that we received it.",
)
NIETS_DOEN: Final = Zin(
    "Het gaat om: een bevestiging. U hoeft nu niets te doen.",
    "This is about: a confirmation. You do not need to do anything now.",
)
TER_INFORMATIE: Final = Zin(
    "Het gaat om: informatie. U hoeft niets te doen.",
    "This is about: information. You do not need to do anything.",
)
NUMMER: Final = Zin("Uw nummer is {nummer}.", "Your number is {nummer}.", als="nummer")
UITNODIGING: Final = Zin(
    "Iemand vraagt u om iets mee te ondertekenen bij de gemeente Deventer.",
    "Someone asks you to co-sign something with the municipality of Deventer.",
    zonder="product",
)
UITNODIGING_PRODUCT: Final = Zin(
    "Iemand vraagt u om mee te ondertekenen bij de gemeente Deventer. Het gaat om: {product}.",
    "Someone asks you to co-sign with the municipality of Deventer. This is about: {product}.",
    als="product",
)
TEKENEN: Final = (
    Zin(
        "Het gaat om: een vraag. U kunt antwoorden tot en met {datum}. U logt eerst in. Daarna leest u wat wij vragen, "
        "en kiest u of u ondertekent.",
        "This is about: a question. You can answer until {datum}. You log in first. Then you read what we ask, and "
        "choose whether you sign.",
    ),
    Zin("Lezen en antwoord geven", "Read and answer", link="link"),
    Zin(
        "Krijgt u deze mail zonder dat u iemand kent die dit vraagt? Doe dan niets en gooi de mail weg.",
        "Do you get this email and do you not know who could ask this? Then do nothing and delete this email.",
    ),
)
_TEKENEN_NODIG, _TEKENEN_MAG = _namen("datum", "link"), _namen("product")
UITKOMST: Final = Zin("Het gaat om: {product}.", "This is about: {product}.", als="product")

SJABLONEN: Final[Mapping[str, Sjabloon]] = {
    # What somebody sent has been received: an aanvraag, an aanvulling, an intrekking.
    "M1": Sjabloon(
        Zin("Wij hebben uw aanvraag ontvangen", "We have received your application"),
        (
            Zin(
                "Wij hebben uw aanvraag ontvangen op {datum} om {tijd}.",
                "We received your application on {datum} at {tijd}.",
                zonder="product",
            ),
            Zin(
                "Wij hebben uw aanvraag ontvangen op {datum} om {tijd}. Het gaat om: {product}.",
                "We received your application on {datum} at {tijd}. It is about: {product}.",
                als="product",
            ),
            NUMMER,
            NIETS_DOEN,
            Zin(
                "Wilt u zien wat u hebt verstuurd, of hoe het met uw aanvraag gaat?",
                "Do you want to see what you sent, or how your application is going?",
            ),
            INLOGGEN,
            BEWAREN,
        ),
        nodig=_namen("datum", "tijd", "nummer"),
        mag=_namen("product"),
    ),
    "M1A": Sjabloon(
        Zin("Wij hebben uw aanvulling ontvangen", "We have received what you added"),
        (
            Zin(
                "Wij hebben uw aanvulling ontvangen op {datum} om {tijd}.",
                "We received what you added on {datum} at {tijd}.",
            ),
            NUMMER,
            NIETS_DOEN,
            Zin("Wilt u zien wat u hebt verstuurd?", "Do you want to see what you sent?"),
            INLOGGEN,
            BEWAREN,
        ),
        nodig=_namen("datum", "tijd"),
        mag=_namen("product", "nummer"),
    ),
    "M1I": Sjabloon(
        Zin("Wij hebben uw intrekking ontvangen", "We have received your withdrawal"),
        (
            Zin(
                "U wilt uw aanvraag intrekken. Wij hebben dat ontvangen op {datum} om {tijd}.",
                "You want to withdraw your application. We received this on {datum} at {tijd}.",
            ),
            NUMMER,
            NIETS_DOEN,
            Zin("Hebt u dit niet zelf gedaan? Bel dan 14 0570.", "Did you not do this yourself? Then call 14 0570."),
            INLOGGEN,
            BEWAREN,
        ),
        nodig=_namen("datum", "tijd"),
        mag=_namen("product", "nummer"),
    ),
    # Something that was begun ends soon. It may say nothing about what.
    "CONCEPT": Sjabloon(
        Zin("U bent met iets begonnen op ons portaal", "You started something on our portal"),
        (
            Zin(
                "U bent op ons portaal begonnen met invullen. U hebt het nog niet verstuurd.",
                "You started to fill in a form on our portal. You have not sent it yet.",
            ),
            Zin(
                "Het gaat om: een herinnering. Wilt u het nog versturen? Doe dat dan vóór {datum}. Daarna gooien wij "
                "weg wat u hebt ingevuld.",
                "This is about: a reminder. Do you still want to send it? Then do that before {datum}. After that we "
                "delete what you filled in.",
            ),
            INLOGGEN,
            Zin("Wilt u het niet meer versturen? Dan hoeft u niets te doen.", "Changed your mind? Then do nothing."),
        ),
        nodig=_namen("datum"),
    ),
    # Somebody else must agree.
    "TEKENEN": Sjabloon(
        Zin("Iemand vraagt u om mee te ondertekenen", "Someone asks you to co-sign"),
        (UITNODIGING, UITNODIGING_PRODUCT, *TEKENEN),
        nodig=_TEKENEN_NODIG,
        mag=_TEKENEN_MAG,
    ),
    "TEKENEN_HERINNERING": Sjabloon(
        Zin("Herinnering: iemand vraagt u om mee te ondertekenen", "Reminder: someone asks you to co-sign"),
        (
            UITNODIGING,
            UITNODIGING_PRODUCT,
            Zin("U hebt nog geen antwoord gegeven.", "You have not answered yet."),
            *TEKENEN,
        ),
        nodig=_TEKENEN_NODIG,
        mag=_TEKENEN_MAG,
    ),
    "GETEKEND": Sjabloon(
        Zin("Er is meegetekend", "It has been co-signed"),
        (
            Zin(
                "U vroeg iemand om mee te ondertekenen. Dat is gedaan. Wij gaan nu verder.",
                "You asked someone to co-sign. This has been done. We go on now.",
            ),
            UITKOMST,
            NUMMER,
            TER_INFORMATIE,
            INLOGGEN,
        ),
        mag=_namen("product", "nummer"),
    ),
    "GEWEIGERD": Sjabloon(
        Zin("Er is niet meegetekend", "It has not been co-signed"),
        (
            Zin(
                "U vroeg iemand om mee te ondertekenen. Die persoon wil dat niet.",
                "You asked someone to co-sign. That person does not want to.",
            ),
            UITKOMST,
            NUMMER,
            Zin(
                "Het gaat om: informatie. Log in om te lezen wat dit voor u betekent.",
                "This is about: information. Log in to read what this means for you.",
            ),
            INLOGGEN,
        ),
        mag=_namen("product", "nummer"),
    ),
    "VERLOPEN": Sjabloon(
        Zin("Er is niet op tijd meegetekend", "It was not co-signed in time"),
        (
            Zin(
                "U vroeg iemand om mee te ondertekenen. Die persoon heeft niet op tijd geantwoord.",
                "You asked someone to co-sign. That person did not answer in time.",
            ),
            UITKOMST,
            NUMMER,
            Zin(
                "Het gaat om: informatie. Log in om te lezen wat dit voor u betekent.",
                "This is about: information. Log in to read what this means for you.",
            ),
            INLOGGEN,
        ),
        mag=_namen("product", "nummer"),
    ),
    # To those who keep the portal running: work was given up and a person must look.
    "VASTGELOPEN": Sjabloon(
        Zin("Portaal: werk is opgegeven", "Portal: work was given up"),
        (
            Zin(
                "Het portaal heeft werk opgegeven. Soort: {soort}. Iemand moet kijken.",
                "The portal has given up work. Kind: {soort}. A person must look.",
            ),
            Zin(
                "Gebruik op de server: pip-portal inzendingen. In het logboek staat waarom.",
                "Use on the server: pip-portal inzendingen. The log says why.",
            ),
        ),
        nodig=_namen("soort"),
    ),
}

AANHEF: Final = Zin("Beste lezer,", "Dear reader,")
GROET: Final = Zin("Met vriendelijke groet,", "Kind regards,")
AFZENDER: Final = Zin("gemeente Deventer", "municipality of Deventer")
VOET: Final = Zin(
    "U kunt op deze mail niet antwoorden. Vragen? Bel 14 0570. Om u te beschermen staan er geen persoonlijke gegevens "
    "in deze mail.",
    "You cannot reply to this email. Questions? Call 14 0570. To protect you, this email holds no personal data.",
)


def sjabloon_van(naam: str, gegevens: Mapping[str, str]) -> Sjabloon:
    """The template, checked against what it gets. Raises: ValueError when it does not exist or gets other gegevens."""
    sjabloon = SJABLONEN.get(naam)
    if sjabloon is None:
        raise ValueError(f"sjabloon {naam} bestaat niet")
    gegeven = {sleutel for sleutel, waarde in gegevens.items() if waarde}
    if ontbreekt := sjabloon.nodig - gegeven:
        raise ValueError(f"sjabloon {naam} mist {sorted(ontbreekt)}")
    if te_veel := gegeven - sjabloon.nodig - sjabloon.mag:
        raise ValueError(f"sjabloon {naam} kent {sorted(te_veel)} niet")
    return sjabloon
