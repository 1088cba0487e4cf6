"""A notification as a backoffice sends it, and what can be said of it before anything is asked or stored.

Source: VNG Notificaties API 1.0, consumer part; backoffice-apis §12.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, StringConstraints

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.http import ForeignReference, Verbinding
from pip_portal.backoffice.resource import Resource

TEST: Final = "test"
OUDSTE: Final = timedelta(days=10)  # longer than any retry of the sender, shorter than we remember what we had

Woord = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.\-:]+$")]
Url = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^https?://")]

# kanaal -> resource -> collection of its URL, and the acties that can be news. The rest never is.
ZAAK: Final = "zaak"
RELEVANT: Final[Mapping[str, Mapping[str, tuple[str, frozenset[str]]]]] = {
    "zaken": {
        "status": ("statussen", frozenset({"create"})),
        "zaakinformatieobject": ("zaakinformatieobjecten", frozenset({"create"})),
        "resultaat": ("resultaten", frozenset({"create", "update", "partial_update"})),
        ZAAK: ("zaken", frozenset({"update", "partial_update"})),
    },
    "besluiten": {"besluit": ("besluiten", frozenset({"create", "update", "partial_update"}))},
    "documenten": {
        "enkelvoudiginformatieobject": ("enkelvoudiginformatieobjecten", frozenset({"update", "partial_update"}))
    },
    "klantcontacten": {"klantcontact": ("klantcontacten", frozenset({"create", "update", "partial_update"}))},
    "objecten": {"object": ("objects", frozenset({"create", "update", "partial_update"}))},
    "internetaken": {"internetaak": ("internetaken", frozenset({"update", "partial_update"}))},
}

OBJECTEN: Final = "objecten"  # kanaal
KLANTINTERACTIES: Final = frozenset({"klantcontacten", "internetaken"})  # kanalen


class Bericht(Resource):
    """kenmerken are not read: what they say can be old, and is fetched anyway."""

    kanaal: Woord
    hoofd_object: Url
    resource: Woord
    resource_url: Url
    actie: Woord
    aanmaakdatum: AwareDatetime

    @property
    def sleutel(self) -> str:
        """The same for each delivery of this notification. Source: backoffice-apis §12 (at least once)."""
        wat = f"{self.resource_url}\n{self.actie}\n{self.aanmaakdatum.timestamp()}"
        return hashlib.sha256(wat.encode()).hexdigest()

    def als_inhoud(self) -> dict[str, Any]:
        """For the outbox; model_validate reads it back."""
        return self.model_dump(mode="json", by_alias=True)

    def voor_log(self) -> dict[str, str]:
        return {"kanaal": self.kanaal, "resource": self.resource, "actie": self.actie, "notificatie": self.sleutel[:12]}


def verbinding_van(bron: Bron, kanaal: str) -> Verbinding | None:
    """The API of this bron that sends on this kanaal."""
    if kanaal == "zaken":
        return bron.zaken.verbinding
    if kanaal == "documenten":
        return bron.documenten.verbinding
    return bron.besluiten.verbinding if bron.besluiten else None


def bron_van(bronnen: Sequence[Bron], bericht: Bericht) -> Bron | None:
    """The configured bron that both URLs belong to; None when there is none, and then no URL is followed."""
    if bericht.kanaal in KLANTINTERACTIES or bericht.kanaal == OBJECTEN:
        return None
    collectie, _acties = RELEVANT[bericht.kanaal][bericht.resource]
    hoofd = {"zaken": "zaken", "besluiten": "besluiten", "documenten": collectie}[bericht.kanaal]
    for bron in bronnen:
        verbinding = verbinding_van(bron, bericht.kanaal)
        if verbinding is None:
            continue
        try:
            verbinding.path_of(bericht.hoofd_object, hoofd)
            verbinding.path_of(bericht.resource_url, collectie)
        except ForeignReference:
            continue
        return bron
    return None


def is_van(verbinding: Verbinding | None, bericht: Bericht) -> bool:
    """Whether both URLs belong to this API."""
    collectie, _acties = RELEVANT[bericht.kanaal][bericht.resource]
    try:
        return verbinding is not None and all(
            verbinding.path_of(url, collectie) for url in (bericht.hoofd_object, bericht.resource_url)
        )
    except ForeignReference:
        return False


def waarom_niet(
    bronnen: Sequence[Bron],
    bericht: Bericht,
    moment: datetime,
    klantinteracties: Verbinding | None = None,
    objecten: Verbinding | None = None,
) -> str:
    """Why this notification can be left alone without looking further; empty when it may be news."""
    if bericht.kanaal not in RELEVANT:
        return "kanaal"
    soort = RELEVANT[bericht.kanaal].get(bericht.resource)
    if soort is None:
        return "resource"
    if bericht.actie not in soort[1]:
        return "actie"
    if bericht.aanmaakdatum < moment - OUDSTE:
        return "te_oud"
    if bericht.kanaal in KLANTINTERACTIES:
        return "" if is_van(klantinteracties, bericht) else "onbekende_bron"
    if bericht.kanaal == OBJECTEN:
        return "" if is_van(objecten, bericht) else "onbekende_bron"
    return "" if bron_van(bronnen, bericht) else "onbekende_bron"
