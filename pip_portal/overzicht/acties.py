"""Dit moet u nog doen: the zaken that wait for the citizen."""

from collections.abc import Iterable
from datetime import date

from pip_portal.backoffice.regels import Zaakregel
from pip_portal.burgerstatus import Burgerstatus, Burgerstatussen

Actie = tuple[Zaakregel, Burgerstatus]


def acties(regels: Iterable[Zaakregel], burgerstatus: Burgerstatussen) -> list[Actie]:
    """What the citizen must do, the first deadline on top, what has no deadline last."""
    alle = [(regel, burgerstatus(regel)) for regel in regels]
    return sorted((a for a in alle if a[1].doen), key=lambda a: (a[1].uiterlijk or date.max, a[0].startdatum))
