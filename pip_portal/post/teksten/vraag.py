"""A question was received, and the KCC must look for one that waits. Nothing of what was asked."""

from collections.abc import Mapping
from typing import Final

from pip_portal.post.teksten.zinnen import INLOGGEN, NIET_U, NUMMER, Sjabloon, Zin, namen

ONTVANGEN: Final = Zin(
    "Wij hebben uw vraag ontvangen op {datum} om {tijd}.",
    "We received your question on {datum} at {tijd}.",
)
VOOR: Final = Zin(
    "Wij geven antwoord vóór {voor}.",
    "We will answer before {voor}.",
)
NIETS_DOEN: Final = Zin(
    "Het gaat om: een bevestiging. U hoeft nu niets te doen.",
    "This is about: a confirmation. You do not need to do anything now.",
)
ONDERWERP: Final = Zin("Wij hebben uw vraag ontvangen", "We have received your question")
_NODIG = namen("datum", "tijd", "nummer", "voor")

VRAAG: Final[Mapping[str, Sjabloon]] = {
    "VRAAG": Sjabloon(
        ONDERWERP,
        (
            ONTVANGEN,
            NUMMER,
            VOOR,
            NIETS_DOEN,
            Zin("Wilt u uw vraag of het antwoord lezen?", "Do you want to read your question or the answer?"),
            INLOGGEN,
        ),
        nodig=_NODIG,
    ),
    "VRAAG_ZONDER_LOGIN": Sjabloon(ONDERWERP, (ONTVANGEN, NUMMER, VOOR, NIETS_DOEN, NIET_U), nodig=_NODIG),
    # To the KCC: the system for questions does not answer.
    "VRAAG_KCC": Sjabloon(
        Zin("Er wacht een vraag op het portaal", "A question is waiting at the portal"),
        (
            Zin(
                "Een inwoner of bedrijf stelde een vraag op het portaal. Het klantsysteem heeft hem nog niet.",
                "A citizen or company asked a question on the portal. The system for questions does not have it yet.",
            ),
            Zin("Het nummer van de vraag is {nummer}.", "The number of the question is {nummer}."),
            Zin(
                "Het gaat om: een vraag. Vraag de beheerder om hem te lezen: pip-portal vragen toon {nummer}",
                "This is about: a question. Ask the administrator to read it: pip-portal vragen toon {nummer}",
            ),
            Zin(
                "Als het klantsysteem weer werkt, komt de vraag daar vanzelf ook in te staan.",
                "When the system for questions works again, the question will be there too.",
            ),
        ),
        nodig=namen("nummer"),
    ),
}
