"""The mails that the portal sends: Dutch and English side by side, without personal data and without a link that opens
anything.

Source: domain §2.3. A product that reveals health, income or family is not named: then `product` is left out. A mail
also says its nature, whether an answer is expected and the term (Awb art. 2:10(2), from 1 January 2027).
"""

from collections.abc import Mapping
from typing import Final

from pip_portal.post.teksten.aanvraag import AANVRAAG
from pip_portal.post.teksten.adres import ADRES
from pip_portal.post.teksten.nieuws import NIEUWS
from pip_portal.post.teksten.tekenen import TEKENEN
from pip_portal.post.teksten.vraag import VRAAG
from pip_portal.post.teksten.zaak import ZAAK
from pip_portal.post.teksten.zinnen import Sjabloon, Zin, namen

# To those who keep the portal running: work was given up and a person must look.
VASTGELOPEN: Final = Sjabloon(
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
    nodig=namen("soort"),
)

SJABLONEN: Final[Mapping[str, Sjabloon]] = {
    **AANVRAAG,
    **ZAAK,
    **NIEUWS,
    **ADRES,
    **TEKENEN,
    **VRAAG,
    "VASTGELOPEN": VASTGELOPEN,
}


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
