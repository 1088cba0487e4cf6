"""The façade the pages use: the zaken of one gebruiker, from all configured backoffices together."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.dossier import get_dossier
from pip_portal.backoffice.lijst import list_zaken
from pip_portal.backoffice.onderdelen import Onderdelen
from pip_portal.backoffice.regels import Zaakdocument, Zaakdossier, Zaakregel, Zakenlijst, Zakenvraag
from pip_portal.backoffice.resource import AMSTERDAM
from pip_portal.backoffice.samen import together
from pip_portal.backoffice.stukken import Download, documents_of_row, list_documents, open_download
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Gebruiker


class Zaaksysteem:
    """All zaken of a gebruiker; every question names the gebruiker, and answers with theirs only."""

    def __init__(self, bronnen: Sequence[Bron]) -> None:
        self.bronnen = tuple(bronnen)

    async def list(self, gebruiker: Gebruiker, vraag: Zakenvraag) -> Zakenlijst:
        """One page of the zaken of this gebruiker; a source that fails is named in `storingen`.

        Raises: BackofficeUnavailable (or BackofficeDefect) when every source failed.
        """
        return await list_zaken(self.bronnen, gebruiker, vraag, _today())

    async def get(self, gebruiker: Gebruiker, bron: str, uuid: UUID) -> Zaakdossier:
        """One zaak; parts that fail on their own are named in its `storingen`.

        Raises: NotFound when it does not exist or is not theirs to see; BackofficeUnavailable.
        """
        return await get_dossier(self._bron(bron), gebruiker, uuid, _today())

    async def documents(self, gebruiker: Gebruiker, bron: str, uuid: UUID) -> tuple[Zaakdocument, ...]:
        """The documents of a zaak that may be seen, newest first.

        Raises: NotFound; BackofficeUnavailable.
        """
        return await list_documents(self._bron(bron), gebruiker, uuid, _today())

    async def documents_of_rows(
        self, gebruiker: Gebruiker, regels: Sequence[Zaakregel]
    ) -> tuple[tuple[Zaakdocument, ...] | None, ...]:
        """The documents of each of these rows, which `list` gave; None for one whose documents cannot all be read."""
        bronnen = {bron.naam: bron for bron in self.bronnen}
        return tuple(
            await together(
                documents_of_row(bronnen[regel.bron], gebruiker, regel.zaak, Onderdelen(regel.bron)) for regel in regels
            )
        )

    async def download(self, gebruiker: Gebruiker, bron: str, zaak_uuid: UUID, document_uuid: UUID) -> Download:
        """A document of a zaak, after checking again that zaak, pair and document may be seen.

        Raises: NotFound; BackofficeUnavailable.
        """
        return await open_download(self._bron(bron), gebruiker, zaak_uuid, document_uuid, _today())

    async def close(self) -> None:
        await together(verbinding.close() for bron in self.bronnen for verbinding in bron.verbindingen)

    def _bron(self, naam: str) -> Bron:
        for bron in self.bronnen:
            if bron.naam == naam:
                return bron
        raise NotFound("onbekende bron")


def _today() -> date:
    return datetime.now(AMSTERDAM).date()


def get_zaaksysteem(request: Request) -> Zaaksysteem:
    zaaksysteem: Zaaksysteem = request.app.state.bronnen.zaaksysteem
    return zaaksysteem


ZaaksysteemDep = Annotated[Zaaksysteem, Depends(get_zaaksysteem)]
