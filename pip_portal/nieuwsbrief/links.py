"""The links in our mail. They hold the id of a request or of a subscriber, never an address."""

from datetime import timedelta
from typing import Final

from pip_portal.sleutels import Sleutels
from pip_portal.tokens import LinkTokens

GELDIG: Final = timedelta(hours=48)  # to confirm; domain §4.4
PAD: Final = "/nieuwsbrieven"


class Links:
    """A link to confirm ends by itself; those to change and to stop work until the subscriber has them revoked."""

    def __init__(self, sleutels: Sleutels) -> None:
        self.bevestigen = LinkTokens(sleutels, "nieuwsbrief-bevestigen")
        self.voorkeuren = LinkTokens(sleutels, "nieuwsbrief-voorkeuren")
        self.afmelden = LinkTokens(sleutels, "nieuwsbrief-afmelden")

    def bevestig_pad(self, verzoek: str) -> str:
        return f"{PAD}/bevestigen/{self.bevestigen.maak(verzoek, geldig=GELDIG)}"

    def voorkeuren_pad(self, abonnee: str, versie: int) -> str:
        return f"{PAD}/voorkeuren/{self.voorkeuren.maak(abonnee, versie=versie)}"

    def afmeld_pad(self, abonnee: str, versie: int) -> str:
        return f"{PAD}/afmelden/{self.afmelden.maak(abonnee, versie=versie)}"
