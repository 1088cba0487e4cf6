"""What a page about a zaak proves when it comes back: that it was made for this person, about a zaak of theirs.

So what someone sends is kept when the backoffice has gone away in between; before anything is written there, it is
asked again.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from pip_portal.backoffice.regels import Zaakdossier
from pip_portal.burgerstatus import Burgerstatus
from pip_portal.eigenaar import Eigenaar
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now

GELDIG: Final = timedelta(hours=12)


class Formbewijs(BaseModel):
    """Travels encrypted in a hidden field. id: of the inzending that the page makes, so that sending twice is once.

    doen, toelichting: what we asked, to show it again beside what was filled in.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: UUID
    eigenaar: str
    bron: str
    zaak_uuid: UUID
    zaaknummer: str
    zaaktype: str
    naam: str
    wijze: str = ""
    doen: str = ""
    toelichting: str = ""
    gemaakt_op: datetime

    def verzegel(self, sleutels: Sleutels) -> str:
        return sleutels.encrypt(self.model_dump_json().encode()).decode()


def maak(
    id: UUID, eigenaar: Eigenaar, dossier: Zaakdossier, wijze: str = "", status: Burgerstatus | None = None
) -> Formbewijs:
    return Formbewijs(
        id=id,
        eigenaar=eigenaar.hash,
        bron=dossier.bron,
        zaak_uuid=dossier.zaak.uuid,
        zaaknummer=dossier.nummer,
        zaaktype=dossier.zaaktype.identificatie,
        naam=dossier.naam,
        wijze=wijze,
        doen=status.doen if status else "",
        toelichting=status.toelichting if status else "",
        gemaakt_op=now(),
    )


def open_zegel(verzegeld: str, sleutels: Sleutels) -> Formbewijs | None:
    """What we sealed not too long ago, for whomever; None when this is not that."""
    try:
        bewijs = Formbewijs.model_validate_json(sleutels.decrypt(verzegeld.encode()))
    except (ValueError, ValidationError):
        return None
    return bewijs if now() - bewijs.gemaakt_op < GELDIG else None


def lees(verzegeld: str, sleutels: Sleutels, id: UUID, eigenaar: Eigenaar, bron: str, uuid: UUID) -> Formbewijs | None:
    """What the page proves, or None when it proves nothing for this person, this zaak and this inzending."""
    bewijs = open_zegel(verzegeld, sleutels)
    if bewijs is None:
        return None
    klopt = (bewijs.id, bewijs.eigenaar, bewijs.bron, bewijs.zaak_uuid) == (id, eigenaar.hash, bron, uuid)
    return bewijs if klopt else None
