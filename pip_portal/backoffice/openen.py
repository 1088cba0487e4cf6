"""Opening a zaak for a gebruiker: the decision that comes before anything of it is shown."""

from datetime import date
from uuid import UUID

from pip_portal.backoffice.bron import Bron
from pip_portal.backoffice.catalogi import Zaaktype
from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.samen import side_by_side
from pip_portal.backoffice.toegang import is_binnen, mag_zaak_tonen
from pip_portal.backoffice.zaken import Rol, Zaak
from pip_portal.errors import NotFound
from pip_portal.gebruiker import Gebruiker


async def open_zaak(bron: Bron, gebruiker: Gebruiker, uuid: UUID) -> Zaak:
    """The bare zaak; nothing is decided yet but what it says itself, `check_access` must follow.

    Raises: NotFound when it does not exist, when our client may not read it, or when it is above the ceiling.
    """
    try:
        zaak = await bron.zaken.zaak(gebruiker, uuid)
    except Refused as exc:
        if exc.is_hidden:
            raise NotFound("niet leesbaar voor onze client") from None
        raise
    if zaak.is_gearchiveerd or not is_binnen(zaak.vertrouwelijkheidaanduiding, bron.backoffice.zaak_plafond):
        raise NotFound("boven het plafond, of gearchiveerd")
    return zaak


async def check_access(bron: Bron, gebruiker: Gebruiker, zaak: Zaak, vandaag: date) -> tuple[Zaaktype, tuple[Rol, ...]]:
    """Zaaktype and rollen of a zaak, when this gebruiker may see it.

    Raises: NotFound when it is not theirs, intern, or not on the allow list; BackofficeUnavailable.
    """
    async with side_by_side() as group:
        rollen = group.create_task(bron.zaken.rollen(gebruiker, zaak))
        zaaktype = group.create_task(bron.catalogus.zaaktype(zaak.zaaktype))
    if not bron.is_van(gebruiker, rollen.result(), vandaag):
        raise NotFound("geen rol die toegang geeft")
    if not mag_zaak_tonen(bron.backoffice, zaak, zaaktype.result(), gebruiker):
        raise NotFound("zaaktype wordt niet getoond")
    return zaaktype.result(), rollen.result()
