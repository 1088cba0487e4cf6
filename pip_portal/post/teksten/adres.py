"""Where and how somebody hears from us, what another did for them, and what did not arrive. Source: domain §2.3."""

from collections.abc import Mapping
from typing import Final

from pip_portal.post.teksten.zinnen import INLOGGEN, NIET_U, NUMMER, Sjabloon, Zin, namen, vertelt

NIET_AANGEVRAAGD: Final = Zin(
    "Hebt u dit niet gevraagd? Doe dan niets. Dan gebruiken wij dit adres niet.",
    "Did you not ask for this? Then do nothing. We will not use this address.",
)
TOT: Final = Zin("Dit kan tot {datum} om {tijd}.", "You can do this until {datum} at {tijd}.")

ADRES: Final[Mapping[str, Sjabloon]] = {
    # code: to type on the page where it was asked. link: to a page with a button. One of the two.
    "M12": Sjabloon(
        Zin("Bevestig uw e-mailadres", "Confirm your email address"),
        (
            Zin(
                "Dit e-mailadres is ingevuld op het portaal van de gemeente Deventer. Wij willen weten of het "
                "van u is.",
                "This email address was filled in on the portal of the municipality of Deventer. We want to know "
                "whether it is yours.",
            ),
            Zin(
                "Uw code is {code}. Vul die in op het portaal.",
                "Your code is {code}. Type it on the portal.",
                als="code",
            ),
            Zin("Dit is mijn e-mailadres", "This is my email address", als="link", link="link"),
            Zin(
                "Het gaat om: een controle van uw e-mailadres. Alleen als u dit zelf hebt ingevuld, moet u iets doen.",
                "This is about: a check of your email address. You need to act only if you filled this in yourself.",
            ),
            TOT,
            NIET_AANGEVRAAGD,
        ),
        nodig=namen("datum", "tijd"),
        mag=namen("code", "link"),
    ),
    # Source: Telecommunicatiewet art. 11.7 (consent before the first mail, and proof of it); domain §4.4.
    "M12N": Sjabloon(
        Zin("Bevestig dat u onze nieuwsbrief wilt", "Confirm that you want our newsletter"),
        (
            Zin(
                "Met dit e-mailadres is de nieuwsbrief van de gemeente Deventer aangevraagd.",
                "Someone asked for the newsletter of the municipality of Deventer with this email address.",
            ),
            Zin("Ja, ik wil de nieuwsbrief", "Yes, I want the newsletter", link="link"),
            Zin(
                "Het gaat om: een vraag. Alleen als u de nieuwsbrief wilt, moet u iets doen.",
                "This is about: a question. You need to act only if you want the newsletter.",
            ),
            TOT,
            Zin(
                "Hebt u dit niet gevraagd? Doe dan niets. Dan krijgt u geen nieuwsbrief.",
                "Did you not ask for this? Then do nothing. You will not get the newsletter.",
            ),
        ),
        nodig=namen("link", "datum", "tijd"),
    ),
    # Who gets newsletters and asks for the link that is in each of them.
    "M12L": Sjabloon(
        Zin("De link naar uw nieuwsbrieven", "The link to your newsletters"),
        (
            Zin(
                "Met deze link ziet u welke nieuwsbrieven u krijgt. U kunt ze ook veranderen of stoppen.",
                "This link shows which newsletters you get. You can also change or stop them.",
            ),
            Zin("Mijn nieuwsbrieven bekijken", "See my newsletters", link="link"),
            Zin(
                "Het gaat om: informatie. Geef de link niet aan iemand anders.",
                "This is about: information. Do not give the link to anyone else.",
            ),
        ),
        nodig=namen("link"),
    ),
    # To who is represented, whenever somebody uses a machtiging.
    "M13": Sjabloon(
        Zin("Iemand heeft iets voor u geregeld", "Someone arranged something for you"),
        (
            Zin(
                "Iemand die u mag vertegenwoordigen, heeft op {datum} iets voor u geregeld bij de gemeente Deventer.",
                "On {datum} someone who may represent you arranged something for you with the municipality of "
                "Deventer.",
            ),
            NUMMER,
            vertelt("informatie", "information"),
            Zin(
                "Op het portaal leest u wat het is. Klopt het niet? Bel dan 14 0570.",
                "On the portal you can read what it is. Is it not right? Then call 14 0570.",
            ),
            INLOGGEN,
        ),
        nodig=namen("datum"),
        mag=namen("nummer"),
    ),
    # Both to the old and to the new address.
    "M14": Sjabloon(
        Zin("Uw contactgegevens zijn veranderd", "Your contact details have changed"),
        (
            Zin(
                "Het e-mailadres of telefoonnummer waarmee wij u bereiken, is veranderd op {datum} om {tijd}.",
                "The email address or phone number with which we reach you changed on {datum} at {tijd}.",
            ),
            vertelt("een bevestiging", "a confirmation"),
            NIET_U,
            INLOGGEN,
        ),
        nodig=namen("datum", "tijd"),
    ),
    # The text of the letter that goes instead of a mail that did not arrive; also fit to mail to another address.
    "M15": Sjabloon(
        Zin("Wij konden u geen e-mail sturen", "We could not send you an email"),
        (
            Zin(
                "Wij stuurden u een e-mail over uw zaak. Die kwam niet aan.",
                "We sent you an email about your case. It did not arrive.",
            ),
            NUMMER,
            Zin(
                "Het gaat om: bericht over uw zaak. Wat erin stond, leest u op ons portaal. Daar staat ook of u moet "
                "reageren, en vóór wanneer.",
                "This is about: news of your case. What it said, you can read on our portal. It also says whether you "
                "must respond, and before when.",
            ),
            INLOGGEN,
            Zin(
                "Kijk daar ook of uw e-mailadres klopt. Kunt u niet inloggen? Bel dan 14 0570.",
                "Please also check whether your email address is right. Can you not log in? Then call 14 0570.",
            ),
        ),
        nodig=namen("nummer"),
    ),
    # The text of the letter to who chose post, in the place of a mail that is always sent.
    "M15P": Sjabloon(
        Zin("Nieuws over uw zaak", "News of your case"),
        (
            Zin(
                "U koos voor post. Daarom krijgt u deze brief.",
                "You chose post. That is why you are getting this letter.",
            ),
            NUMMER,
            Zin(
                "Het gaat om: bericht over uw zaak. Op ons portaal leest u wat het is. Daar staat ook of u moet "
                "reageren, en vóór wanneer.",
                "This is about: news of your case. On our portal you can read what it is. It also says whether you "
                "must respond, and before when.",
            ),
            INLOGGEN,
            Zin("Kunt u niet inloggen? Bel dan 14 0570.", "Can you not log in? Then call 14 0570."),
        ),
        nodig=namen("nummer"),
    ),
}
