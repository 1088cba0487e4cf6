"""Somebody else must agree, and what came of it."""

from collections.abc import Mapping
from typing import Final

from pip_portal.post.teksten.zinnen import INLOGGEN, NUMMER, PRODUCT, TER_INFORMATIE, Sjabloon, Zin, namen

UITNODIGING: Final = (
    Zin(
        "Iemand vraagt u om iets mee te ondertekenen bij de gemeente Deventer.",
        "Someone asks you to co-sign something with the municipality of Deventer.",
        zonder="product",
    ),
    Zin(
        "Iemand vraagt u om mee te ondertekenen bij de gemeente Deventer. Het gaat om: {product}.",
        "Someone asks you to co-sign with the municipality of Deventer. This is about: {product}.",
        als="product",
    ),
)
ANTWOORDEN: Final = (
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
LEES_WAT: Final = Zin(
    "Het gaat om: informatie. Log in om te lezen wat dit voor u betekent.",
    "This is about: information. Log in to read what this means for you.",
)
_NODIG, _MAG = namen("datum", "link"), namen("product")
_UITKOMST = namen("product", "nummer")

TEKENEN: Final[Mapping[str, Sjabloon]] = {
    "TEKENEN": Sjabloon(
        Zin("Iemand vraagt u om mee te ondertekenen", "Someone asks you to co-sign"),
        (*UITNODIGING, *ANTWOORDEN),
        nodig=_NODIG,
        mag=_MAG,
        formeel=True,
    ),
    "TEKENEN_HERINNERING": Sjabloon(
        Zin("Herinnering: iemand vraagt u om mee te ondertekenen", "Reminder: someone asks you to co-sign"),
        (*UITNODIGING, Zin("U hebt nog geen antwoord gegeven.", "You have not answered yet."), *ANTWOORDEN),
        nodig=_NODIG,
        mag=_MAG,
    ),
    "GETEKEND": Sjabloon(
        Zin("Er is meegetekend", "It has been co-signed"),
        (
            Zin(
                "U vroeg iemand om mee te ondertekenen. Dat is gedaan. Wij gaan nu verder.",
                "You asked someone to co-sign. This has been done. We go on now.",
            ),
            PRODUCT,
            NUMMER,
            TER_INFORMATIE,
            INLOGGEN,
        ),
        mag=_UITKOMST,
    ),
    "GEWEIGERD": Sjabloon(
        Zin("Er is niet meegetekend", "It has not been co-signed"),
        (
            Zin(
                "U vroeg iemand om mee te ondertekenen. Die persoon wil dat niet.",
                "You asked someone to co-sign. That person does not want to.",
            ),
            PRODUCT,
            NUMMER,
            LEES_WAT,
            INLOGGEN,
        ),
        mag=_UITKOMST,
        formeel=True,
    ),
    "VERLOPEN": Sjabloon(
        Zin("Er is niet op tijd meegetekend", "It was not co-signed in time"),
        (
            Zin(
                "U vroeg iemand om mee te ondertekenen. Die persoon heeft niet op tijd geantwoord.",
                "You asked someone to co-sign. That person did not answer in time.",
            ),
            PRODUCT,
            NUMMER,
            LEES_WAT,
            INLOGGEN,
        ),
        mag=_UITKOMST,
        formeel=True,
    ),
}
