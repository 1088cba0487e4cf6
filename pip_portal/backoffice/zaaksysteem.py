"""The façade the pages use: the zaken of one gebruiker, from all configured backoffices together."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from pip_portal.backoffice.regels import (
    Download,
    Eigenschapwaarde,
    Statusregel,
    Zaakbesluit,
    Zaakdocument,
    Zaakdossier,
    Zaakregel,
    Zakenlijst,
    Zakenvraag,
)
from pip_portal.gebruiker import Gebruiker

__all__ = [
    "Download",
    "Eigenschapwaarde",
    "Statusregel",
    "Zaakbesluit",
    "Zaakdocument",
    "Zaakdossier",
    "Zaakregel",
    "Zaaksysteem",
    "ZaaksysteemDep",
    "Zakenlijst",
    "Zakenvraag",
]


class Zaaksysteem:
    async def list(self, gebruiker: Gebruiker, vraag: Zakenvraag) -> Zakenlijst:
        """The zaken of this gebruiker, and of nobody else.

        Raises: BackofficeUnavailable when every source failed; one that fails is named in `storingen`.
        """
        raise NotImplementedError

    async def get(self, gebruiker: Gebruiker, bron: str, uuid: UUID) -> Zaakdossier:
        """One zaak.

        Raises: NotFound when it does not exist or is not theirs to see; BackofficeUnavailable.
        """
        raise NotImplementedError

    async def documents(self, gebruiker: Gebruiker, bron: str, uuid: UUID) -> tuple[Zaakdocument, ...]:
        """The documents of a zaak that may be seen, newest first.

        Raises: NotFound; BackofficeUnavailable.
        """
        raise NotImplementedError

    async def download(
        self, gebruiker: Gebruiker, bron: str, zaak_uuid: UUID, document_uuid: UUID
    ) -> Download:
        """A document of a zaak, after checking again that zaak, pair and document may be seen.

        Raises: NotFound; BackofficeUnavailable.
        """
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


def get_zaaksysteem(request: Request) -> Zaaksysteem:
    zaaksysteem: Zaaksysteem = request.app.state.bronnen.zaaksysteem
    return zaaksysteem


ZaaksysteemDep = Annotated[Zaaksysteem, Depends(get_zaaksysteem)]
