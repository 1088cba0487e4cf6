"""What one piece of work (a request, a job) received from other systems about whom. Filled by backoffice/http.py."""

from contextvars import ContextVar
from dataclasses import dataclass, field

from pip_portal.gebruiker import Gebruiker


@dataclass(slots=True)
class Gelezen:
    """van: the sources that gave something, by whom it is about."""

    van: dict[Gebruiker, set[str]] = field(default_factory=dict)

    def noteer(self, gebruiker: Gebruiker, bron: str) -> None:
        """bron: as the citizen knows it; what stands in brackets behind it is ours."""
        self.van.setdefault(gebruiker, set()).add(bron.partition(" (")[0])


gelezen: ContextVar[Gelezen | None] = ContextVar("gelezen", default=None)


def noteer(gebruiker: Gebruiker | None, bron: str) -> None:
    """Data about this gebruiker came in from this source; outside a request or job that keeps a log: nothing."""
    boek = gelezen.get()
    if gebruiker is not None and boek is not None:
        boek.noteer(gebruiker, bron)
