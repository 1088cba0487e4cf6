"""News of a zaak for which no other template fits: a step of its own, a document, or a question without a last day."""

from collections.abc import Mapping
from typing import Final

from pip_portal.post.teksten.zinnen import INLOGGEN, NUMMER, TER_INFORMATIE, Sjabloon, Zin, namen

NIEUWS: Final[Mapping[str, Sjabloon]] = {
    "NIEUWS": Sjabloon(
        Zin("Er is nieuws over uw zaak", "There is news about your case"),
        (
            Zin(
                "Er is iets veranderd in uw zaak. Op ons portaal leest u wat.",
                "Something has changed in your case. On our portal you can read what.",
            ),
            NUMMER,
            TER_INFORMATIE,
            INLOGGEN,
        ),
        nodig=namen("nummer"),
    ),
    "DOCUMENT": Sjabloon(
        Zin("Er staat een document voor u klaar", "There is a document for you"),
        (
            Zin("Bij uw zaak staat een nieuw document.", "There is a new document with your case."),
            NUMMER,
            TER_INFORMATIE,
            INLOGGEN,
        ),
        nodig=namen("nummer"),
    ),
    # What must be done is known, until when is only written in the zaak itself.
    "DOEN": Sjabloon(
        Zin("Wij hebben iets van u nodig", "We need something from you"),
        (
            Zin(
                "Wij kunnen pas verder met uw zaak als u iets doet. Op ons portaal leest u wat.",
                "We can only go on with your case when you do something. On our portal you can read what.",
            ),
            NUMMER,
            Zin(
                "Het gaat om: een vraag over uw zaak. U moet reageren. Op ons portaal leest u vóór wanneer.",
                "This is about: a question about your case. You must respond. On our portal you can read before when.",
            ),
            INLOGGEN,
        ),
        nodig=namen("nummer"),
        formeel=True,
    ),
    "TAAK": Sjabloon(
        Zin("Er staat een taak voor u klaar", "There is a task for you"),
        (
            Zin(
                "De gemeente Deventer vraagt u om iets te doen. Op ons portaal leest u wat.",
                "The municipality of Deventer asks you to do something. On our portal you can read what.",
            ),
            NUMMER,
            Zin(
                "Het gaat om: een taak. U moet reageren vóór {voor}.",
                "This is about: a task. You must respond before {voor}.",
                als="voor",
            ),
            Zin(
                "Het gaat om: een taak. U moet reageren. Op ons portaal leest u vóór wanneer.",
                "This is about: a task. You must respond. On our portal you can read before when.",
                zonder="voor",
            ),
            INLOGGEN,
        ),
        mag=namen("nummer", "voor"),
    ),
    "TAAKH": Sjabloon(
        Zin("Herinnering: er staat een taak voor u klaar", "Reminder: there is a task for you"),
        (
            Zin(
                "De gemeente Deventer vroeg u om iets te doen. U hebt dat nog niet gedaan.",
                "The municipality of Deventer asked you to do something. You have not done it yet.",
            ),
            NUMMER,
            Zin(
                "Het gaat om: een taak. U moet reageren vóór {voor}.",
                "This is about: a task. You must respond before {voor}.",
            ),
            INLOGGEN,
        ),
        nodig=namen("voor"),
        mag=namen("nummer"),
    ),
    "ANTWOORD": Sjabloon(
        Zin("Er staat een antwoord voor u klaar", "There is an answer for you"),
        (
            Zin("U stelde ons een vraag. Wij hebben geantwoord.", "You asked us a question. We have answered."),
            TER_INFORMATIE,
            INLOGGEN,
        ),
    ),
}
