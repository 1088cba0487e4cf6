"""What somebody began or sent: it ends soon, or it has been received."""

from collections.abc import Mapping
from typing import Final

from pip_portal.post.teksten.zinnen import INLOGGEN, NIET_U, NUMMER, Sjabloon, Zin, namen

NIETS_DOEN: Final = Zin(
    "Het gaat om: een bevestiging. U hoeft nu niets te doen.",
    "This is about: a confirmation. You do not need to do anything now.",
)
BEWAREN: Final = Zin(
    "Bewaar deze mail. Het is uw bewijs dat wij het hebben ontvangen.",
    "Keep this email. It is your proof that we received it.",
)


def _ontvangen(onderwerp: Zin, wat: tuple[Zin, ...], *verder: Zin, nummer: bool) -> Sjabloon:
    """A confirmation of receipt: what and when, that nothing is asked, and that it is proof."""
    altijd = namen("datum", "tijd")
    return Sjabloon(
        onderwerp,
        (*wat, NUMMER, NIETS_DOEN, *verder, BEWAREN),
        nodig=altijd | namen("nummer") if nummer else altijd,
        mag=namen("product", "soortnaam") if nummer else namen("product", "nummer"),
        formeel=True,
    )


def _eerste(*verder: Zin) -> Sjabloon:
    """What was sent first; soortnaam: what it is called, aanvraag when that is not given."""
    return _ontvangen(
        Zin("Wij hebben uw {soortnaam} ontvangen", "We have received your {soortnaam}"),
        (
            Zin(
                "Wij hebben uw {soortnaam} ontvangen op {datum} om {tijd}.",
                "We received your {soortnaam} on {datum} at {tijd}.",
                zonder="product",
            ),
            Zin(
                "Wij hebben uw {soortnaam} ontvangen op {datum} om {tijd}. Het gaat om: {product}.",
                "We received your {soortnaam} on {datum} at {tijd}. It is about: {product}.",
                als="product",
            ),
        ),
        *verder,
        nummer=True,
    )


AANVRAAG: Final[Mapping[str, Sjabloon]] = {
    "M1": _eerste(
        Zin(
            "Wilt u zien wat u hebt verstuurd, of hoe het met uw {soortnaam} gaat?",
            "Do you want to see what you sent, or how your {soortnaam} is going?",
        ),
        INLOGGEN,
    ),
    "M1_ZONDER_LOGIN": _eerste(
        Zin(
            "Wilt u weten hoe het met uw {soortnaam} gaat? Bel 14 0570 en noem uw nummer.",
            "Do you want to know how your {soortnaam} is going? Call 14 0570 and give your number.",
        ),
    ),
    "M1A": _ontvangen(
        Zin("Wij hebben uw aanvulling ontvangen", "We have received what you added"),
        (
            Zin(
                "Wij hebben uw aanvulling ontvangen op {datum} om {tijd}.",
                "We received what you added on {datum} at {tijd}.",
            ),
        ),
        Zin("Wilt u zien wat u hebt verstuurd?", "Do you want to see what you sent?"),
        INLOGGEN,
        nummer=False,
    ),
    "M1T": _ontvangen(
        Zin("Wij hebben uw antwoord ontvangen", "We have received your answer"),
        (
            Zin(
                "U hebt een taak gedaan. Wij hebben dat ontvangen op {datum} om {tijd}.",
                "You did a task. We received this on {datum} at {tijd}.",
            ),
        ),
        Zin("Wilt u zien wat u hebt verstuurd?", "Do you want to see what you sent?"),
        INLOGGEN,
        nummer=False,
    ),
    "M1I": _ontvangen(
        Zin("Wij hebben uw intrekking ontvangen", "We have received your withdrawal"),
        (
            Zin(
                "U wilt uw aanvraag intrekken. Wij hebben dat ontvangen op {datum} om {tijd}.",
                "You want to withdraw your application. We received this on {datum} at {tijd}.",
            ),
        ),
        NIET_U,
        INLOGGEN,
        nummer=False,
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
        nodig=namen("datum"),
    ),
}
