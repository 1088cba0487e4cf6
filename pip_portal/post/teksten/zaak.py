"""What happens to a zaak, a message about it, or a vergunning that ends. Source: domain §2.3.

`voor` is the first day that is too late, written out ("8 december 2026"); `datum` a last day.
"""

from collections.abc import Mapping
from typing import Final

from pip_portal.post.teksten.zinnen import (
    INLOGGEN,
    NUMMER,
    PRODUCT,
    TER_INFORMATIE,
    Sjabloon,
    Zin,
    namen,
    vertelt,
    vraagt,
)

OM_INFORMATIE: Final = vraagt("een verzoek om informatie", "a request for information")
LEES_WAT: Final = Zin(
    "Wilt u weten wat wij missen? Lees het op ons portaal. Daar kunt u het ook meteen sturen.",
    "Do you want to know what is missing? Read it on our portal. There you can also send it at once.",
)
LEES_BESLUIT: Final = Zin(
    "Ons besluit over uw aanvraag staat voor u klaar. Daarin staat ook wat u kunt doen als u het er niet mee "
    "eens bent.",
    "Our decision on your application is ready for you. It also says what you can do if you do not agree.",
)

ZAAK: Final[Mapping[str, Sjabloon]] = {
    "M2": Sjabloon(
        Zin("Wij missen nog informatie van u", "We still miss information from you"),
        (
            Zin(
                "Wij kunnen nog niet verder met uw aanvraag. Wij missen nog informatie van u.",
                "We cannot go on with your application yet. We still miss information from you.",
            ),
            PRODUCT,
            NUMMER,
            OM_INFORMATIE,
            LEES_WAT,
            INLOGGEN,
        ),
        nodig=namen("voor", "nummer"),
        mag=namen("product"),
        formeel=True,
    ),
    "M2H": Sjabloon(
        Zin("Herinnering: wij missen nog informatie van u", "Reminder: we still miss information from you"),
        (
            Zin(
                "Wij vroegen u om informatie voor uw aanvraag. Wij hebben die nog niet gekregen.",
                "We asked you for information for your application. We have not received it yet.",
            ),
            PRODUCT,
            NUMMER,
            OM_INFORMATIE,
            Zin(
                "Krijgen wij niets? Dan kan het zijn dat wij uw aanvraag niet behandelen.",
                "Do we get nothing? Then we may not deal with your application.",
            ),
            LEES_WAT,
            INLOGGEN,
        ),
        nodig=namen("voor", "nummer"),
        mag=namen("product"),
    ),
    "M3": Sjabloon(
        Zin("Wij zijn begonnen met uw aanvraag", "We have started on your application"),
        (
            Zin("Wij zijn begonnen met uw aanvraag.", "We have started on your application."),
            PRODUCT,
            NUMMER,
            TER_INFORMATIE,
            Zin("U hoort uiterlijk op {datum} van ons.", "You hear from us no later than {datum}.", als="datum"),
            INLOGGEN,
        ),
        nodig=namen("nummer"),
        mag=namen("product", "datum"),
    ),
    "M4": Sjabloon(
        Zin("Wij hebben meer tijd nodig", "We need more time"),
        (
            Zin(
                "Wij hebben meer tijd nodig voor uw aanvraag. U hoort uiterlijk op {datum} van ons.",
                "We need more time for your application. You hear from us no later than {datum}.",
            ),
            PRODUCT,
            NUMMER,
            vertelt("uitstel", "a delay"),
            Zin("Wilt u weten waarom? Lees het op ons portaal.", "Do you want to know why? Read it on our portal."),
            INLOGGEN,
        ),
        nodig=namen("datum", "nummer"),
        mag=namen("product"),
        formeel=True,
    ),
    "M5": Sjabloon(
        Zin("Wij vragen uw mening voordat wij beslissen", "We ask your view before we decide"),
        (
            Zin(
                "Wij willen een besluit nemen. Eerst vragen wij wat u ervan vindt. Dat heet een zienswijze.",
                "We want to take a decision. First we ask what you think of it. This is called a zienswijze.",
            ),
            PRODUCT,
            NUMMER,
            vraagt("een vraag om uw zienswijze", "a request for your view"),
            Zin(
                "Wilt u weten wat wij van plan zijn? Lees het op ons portaal. Daar kunt u ook reageren.",
                "Do you want to know what we plan? Read it on our portal. There you can also respond.",
            ),
            INLOGGEN,
        ),
        nodig=namen("voor", "nummer"),
        mag=namen("product"),
        formeel=True,
    ),
    "M6": Sjabloon(
        Zin("U moet nog betalen", "You still have to pay"),
        (
            Zin("Voor uw aanvraag moet u nog betalen.", "You still have to pay for your application."),
            PRODUCT,
            NUMMER,
            vraagt("een verzoek om te betalen", "a request to pay"),
            Zin(
                "Het bedrag staat op ons portaal. In deze mail staat nooit een link om te betalen.",
                "The amount is on our portal. This email never holds a link to pay.",
            ),
            INLOGGEN,
        ),
        nodig=namen("voor", "nummer"),
        mag=namen("product"),
        formeel=True,
    ),
    "M7": Sjabloon(
        Zin("Ons besluit staat voor u klaar", "Our decision is ready for you"),
        (
            LEES_BESLUIT,
            PRODUCT,
            NUMMER,
            Zin(
                "Het gaat om: een besluit. U hoeft niet te reageren. Bent u het er niet mee eens? Laat ons dat dan "
                "weten vóór {voor}.",
                "This is about: a decision. You do not need to respond. Do you not agree? Then tell us before {voor}.",
                als="voor",
            ),
            Zin(
                "Het gaat om: een besluit. U hoeft niet te reageren. Bent u het er niet mee eens? In het besluit staat "
                "tot wanneer u dat kunt laten weten.",
                "This is about: a decision. You do not need to respond. Do you not agree? The decision says until when "
                "you can tell us.",
                zonder="voor",
            ),
            INLOGGEN,
        ),
        nodig=namen("nummer"),
        mag=namen("product", "voor"),
        formeel=True,
    ),
    # link: where somebody can say how it went, without a login and without the number of the zaak.
    "M8": Sjabloon(
        Zin("Wij zijn klaar met uw zaak", "We have finished your case"),
        (
            Zin(
                "Wij zijn klaar met uw zaak. Op ons portaal leest u wat de uitkomst is.",
                "We have finished your case. On our portal you can read the outcome.",
            ),
            PRODUCT,
            NUMMER,
            TER_INFORMATIE,
            INLOGGEN,
            Zin("Vertel ons hoe u het vond", "Tell us what you thought of it", als="link", link="link"),
        ),
        nodig=namen("nummer"),
        mag=namen("product", "link"),
    ),
    "M10": Sjabloon(
        Zin("Er staat een bericht voor u klaar", "There is a message for you"),
        (
            Zin(
                "De gemeente Deventer heeft een bericht voor u klaargezet.",
                "The municipality of Deventer has a message for you.",
            ),
            PRODUCT,
            NUMMER,
            vraagt("een bericht met een vraag", "a message with a question"),
            vertelt("een bericht ter informatie", "a message for your information", zonder="voor"),
            INLOGGEN,
        ),
        mag=namen("product", "nummer", "voor"),
    ),
    "M11": Sjabloon(
        Zin("Uw vergunning loopt bijna af", "Your permit ends soon"),
        (
            Zin("Uw vergunning geldt tot en met {datum}.", "Your permit is valid until {datum}."),
            PRODUCT,
            NUMMER,
            Zin(
                "Het gaat om: een herinnering. Wilt u een nieuwe vergunning? Vraag die dan op tijd aan. Wilt u dat "
                "niet? Dan hoeft u niets te doen.",
                "This is about: a reminder. Do you want a new permit? Then apply in time. If you do not, you do not "
                "need to do anything.",
            ),
            INLOGGEN,
        ),
        nodig=namen("datum"),
        mag=namen("product", "nummer"),
    ),
}
