"""What a text of a mail is made of, and the sentences that many mails share."""

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
    """nodig and mag: names of the gegevens that must and may be given; no other may.

    formeel: when it does not arrive, the municipality must reach the person in another way, so it becomes a letter.
    """

    onderwerp: Zin
    zinnen: tuple[Zin, ...]
    nodig: frozenset[str] = frozenset()
    mag: frozenset[str] = frozenset()
    formeel: bool = False


def namen(*namen: str) -> frozenset[str]:
    return frozenset(namen)


def vraagt(nl: str, en: str) -> Zin:
    """The nature of the message, and until when an answer is expected: `voor` is the first day that is too late.

    Source: Awb art. 2:10(2), from 1 January 2027; the words are those of domain §2.3.
    """
    return Zin(
        f"Het gaat om: {nl}. U moet reageren vóór {{voor}}.",
        f"This is about: {en}. You must respond before {{voor}}.",
        als="voor",
    )


def vertelt(nl: str, en: str, zonder: str = "") -> Zin:
    """The nature of the message, and that no answer is expected. Source: as vraagt()."""
    return Zin(
        f"Het gaat om: {nl}. U hoeft niets te doen.",
        f"This is about: {en}. You do not need to do anything.",
        zonder=zonder,
    )


AANVRAAG: Final = Zin("aanvraag", "application")  # what was sent, when it has no name of its own
AANHEF: Final = Zin("Beste lezer,", "Dear reader,")
GROET: Final = Zin("Met vriendelijke groet,", "Kind regards,")
AFZENDER: Final = Zin("gemeente Deventer", "municipality of Deventer")
VOET: Final = Zin(
    "U kunt op deze mail niet antwoorden. Vragen? Bel 14 0570. Om u te beschermen staan er geen persoonlijke gegevens "
    "in deze mail.",
    "You cannot reply to this email. Questions? Call 14 0570. To protect you, this email holds no personal data.",
)
INLOGGEN: Final = Zin(
    "Ga zelf naar {portaal} en log in.",
    "Go to {portaal} yourself and log in.",
)
TER_INFORMATIE: Final = vertelt("informatie", "information")
NUMMER: Final = Zin("Uw nummer is {nummer}.", "Your number is {nummer}.", als="nummer")
PRODUCT: Final = Zin("Het gaat om: {product}.", "This is about: {product}.", als="product")
NIET_U: Final = Zin("Hebt u dit niet zelf gedaan? Bel dan 14 0570.", "Did you not do this yourself? Then call 14 0570.")
