"""What was made of an inzending in the backoffice so far: URLs, and nothing of what was sent."""

from pydantic import BaseModel, ConfigDict

GEEN = "-"  # stands for "there is nothing to make here", so that the step counts as done


class Deelvoortgang(BaseModel):
    """What was made of one deelzaak. status: set last, so then it is complete."""

    zaaktype: str = ""
    zaak: str = ""
    initiator: str = ""
    eigenschappen: dict[str, str] = {}
    status: str = ""


class Voortgang(BaseModel):
    """Changed by each step and stored right after it.

    rollen, objecten, deelzaken: by their place in the inzending; eigenschappen: by name; documenten: by their own
    number, the URL of a document that is complete and belongs to the zaak. sloten: lock of a document whose parts are
    under way.
    """

    model_config = ConfigDict(extra="allow")  # moments that toestand.py keeps here

    bron: str = ""
    zaaktype: str = ""
    zaak: str = ""
    zaak_uuid: str = ""
    initiator: str = ""
    rollen: dict[str, str] = {}
    eigenschappen: dict[str, str] = {}
    objecten: dict[str, str] = {}
    documenten: dict[str, str] = {}
    sloten: dict[str, str] = {}
    deelzaken: dict[str, Deelvoortgang] = {}
    status: str = ""
    resultaat: str = ""

    def als_json(self) -> str:
        return self.model_dump_json(exclude_defaults=True)
