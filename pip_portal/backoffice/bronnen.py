"""Opens every remote source the settings name, and closes them again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import httpx
from fastapi import Depends, Request

from pip_portal.backoffice.autorisaties import AutorisatiesApi
from pip_portal.backoffice.bag import NAAM as BAG_NAAM
from pip_portal.backoffice.bag import Bag, open_bag
from pip_portal.backoffice.besluiten import BesluitenApi
from pip_portal.backoffice.bron import Bron, Niveaus
from pip_portal.backoffice.brp import NAAM as BRP_NAAM
from pip_portal.backoffice.brp import Brp
from pip_portal.backoffice.catalogus import Catalogus
from pip_portal.backoffice.documenten import DocumentenApi
from pip_portal.backoffice.http import Verbinding
from pip_portal.backoffice.klantinteracties import NAAM as KLANT_NAAM
from pip_portal.backoffice.klantinteracties import KlantinteractiesApi
from pip_portal.backoffice.kvk import NAAM as KVK_NAAM
from pip_portal.backoffice.kvk import Kvk
from pip_portal.backoffice.mailingdienst import NAAM as MAILING_NAAM
from pip_portal.backoffice.mailingdienst import Mailingdienst
from pip_portal.backoffice.mijnoverheid import NAAM as MIJNOVERHEID_NAAM
from pip_portal.backoffice.mijnoverheid import MijnOverheid
from pip_portal.backoffice.notificaties import NotificatiesApi
from pip_portal.backoffice.objecten import ObjectenApi
from pip_portal.backoffice.objecttypen import NAAM as OBJECTEN_NAAM
from pip_portal.backoffice.openstaand import NAAM as OPENSTAAND_NAAM
from pip_portal.backoffice.openstaand import Openstaand
from pip_portal.backoffice.rdw import NAAM as RDW_NAAM
from pip_portal.backoffice.rdw import Rdw
from pip_portal.backoffice.signalen import NAAM as SIGNALEN_NAAM
from pip_portal.backoffice.signalen import Signalen
from pip_portal.backoffice.sms import NAAM as SMS_NAAM
from pip_portal.backoffice.sms import SmsApi
from pip_portal.backoffice.tokens import ZgwToken
from pip_portal.backoffice.verwerkingenlog import NAAM as LOG_NAAM
from pip_portal.backoffice.verwerkingenlog import Verwerkingenlog
from pip_portal.backoffice.zaaksysteem import Zaaksysteem
from pip_portal.backoffice.zaken import ZakenApi
from pip_portal.settings import Api, Backoffice, Klantinteracties, Objecten, Settings

TransportFor = Callable[[str], httpx.AsyncBaseTransport | None]

# Demanded on /zaken*, harmless on the rest of the Zaken API.
CRS = {"Accept-Crs": "EPSG:4326", "Content-Crs": "EPSG:4326"}
HAL = {"Accept": "application/hal+json"}


@dataclass(frozen=True, slots=True)
class Bronnen:
    """All remote sources of the portal, open."""

    zaaksysteem: Zaaksysteem
    brp: Brp
    kvk: Kvk
    bag: Bag
    rdw: Rdw
    openstaand: Openstaand
    signalen: Signalen
    mailingdienst: Mailingdienst | None = None
    klantinteracties: KlantinteractiesApi | None = None
    sms: SmsApi | None = None
    objecten: ObjectenApi | None = None
    mijnoverheid: MijnOverheid | None = None
    verwerkingenlog: Verwerkingenlog | None = None

    async def aclose(self) -> None:
        await self.zaaksysteem.close()
        await self.brp.close()
        await self.kvk.close()
        await self.bag.close()
        await self.rdw.close()
        await self.openstaand.close()
        await self.signalen.close()
        if self.mailingdienst is not None:
            await self.mailingdienst.close()
        if self.klantinteracties is not None:
            await self.klantinteracties.close()
        if self.sms is not None:
            await self.sms.close()
        if self.objecten is not None:
            await self.objecten.close()
        if self.mijnoverheid is not None:
            await self.mijnoverheid.close()
        if self.verwerkingenlog is not None:
            await self.verwerkingenlog.close()


def get_bronnen(request: Request) -> Bronnen:
    bronnen: Bronnen = request.app.state.bronnen
    return bronnen


BronnenDep = Annotated[Bronnen, Depends(get_bronnen)]


async def open_backoffices(
    settings: Settings, transport_for: TransportFor | None = None, niveaus: Niveaus | None = None
) -> Bronnen:
    """Connections for every configured source; nothing is called yet.

    niveaus: level of login that a kind of zaak asks before its documents are given.
    transport_for: for tests, gives the transport for a root URL, or None for a real connection. Must run in the
    event loop that will use it.
    """
    cache = settings.catalogus_cache
    return Bronnen(
        zaaksysteem=Zaaksysteem([open_bron(b, cache, transport_for, niveaus) for b in settings.backoffices]),
        brp=Brp(_open(settings.brp, BRP_NAAM, transport_for) if settings.brp else None),
        kvk=Kvk(_open(settings.kvk, KVK_NAAM, transport_for) if settings.kvk else None),
        bag=open_bag(settings, _open(settings.bag, BAG_NAAM, transport_for, HAL) if settings.bag else None),
        rdw=Rdw(_open(settings.rdw, RDW_NAAM, transport_for) if settings.rdw else None),
        openstaand=Openstaand(
            _open(settings.openstaand, OPENSTAAND_NAAM, transport_for) if settings.openstaand else None
        ),
        signalen=Signalen(_open(settings.signalen, SIGNALEN_NAAM, transport_for) if settings.signalen else None),
        mailingdienst=_open_mailingdienst(settings.nieuwsbrief.dienst, transport_for),
        klantinteracties=_open_klantinteracties(settings.klantinteracties, transport_for),
        sms=SmsApi(_open_zgw(settings.sms, SMS_NAAM, transport_for), settings.sms) if settings.sms else None,
        objecten=_open_objecten(settings.objecten, transport_for),
        mijnoverheid=_open_mijnoverheid(settings.mijnoverheid, transport_for),
        verwerkingenlog=_open_verwerkingenlog(settings.verwerkingenlogging, transport_for),
    )


def _open_klantinteracties(
    settings: Klantinteracties | None, transport_for: TransportFor | None
) -> KlantinteractiesApi | None:
    return KlantinteractiesApi(_open(settings, KLANT_NAAM, transport_for), settings) if settings else None


def _open_objecten(settings: Objecten | None, transport_for: TransportFor | None) -> ObjectenApi | None:
    return ObjectenApi(_open(settings, OBJECTEN_NAAM, transport_for), settings) if settings else None


def _open_mijnoverheid(api: Api | None, transport_for: TransportFor | None) -> MijnOverheid | None:
    return MijnOverheid(_open(api, MIJNOVERHEID_NAAM, transport_for)) if api else None


def _open_verwerkingenlog(api: Api | None, transport_for: TransportFor | None) -> Verwerkingenlog | None:
    return Verwerkingenlog(_open_zgw(api, LOG_NAAM, transport_for)) if api else None


def _open_mailingdienst(api: Api | None, transport_for: TransportFor | None) -> Mailingdienst | None:
    return Mailingdienst(_open(api, MAILING_NAAM, transport_for)) if api else None


def open_autorisaties(backoffice: Backoffice, transport_for: TransportFor | None = None) -> AutorisatiesApi | None:
    """The Autorisaties API of a backoffice, for `pip-portal check`; close its `verbinding` afterwards."""
    api = backoffice.autorisaties
    return AutorisatiesApi(_open_zgw(api, f"{backoffice.naam} (autorisaties)", transport_for)) if api else None


def open_notificaties(api: Api, transport_for: TransportFor | None = None) -> NotificatiesApi:
    """The Notificaties API, to look after our abonnement; close its `verbinding` afterwards."""
    return NotificatiesApi(_open_zgw(api, "notificaties", transport_for))


def open_bron(
    backoffice: Backoffice, cache: timedelta, transport_for: TransportFor | None, niveaus: Niveaus | None = None
) -> Bron:
    naam = backoffice.naam
    zaken = _open_zgw(backoffice.zaken, naam, transport_for, CRS)
    catalogi = _open_zgw(backoffice.catalogi, f"{naam} (catalogus)", transport_for)
    documenten = _open_zgw(backoffice.documenten, f"{naam} (documenten)", transport_for)
    besluiten = _open_zgw(backoffice.besluiten, f"{naam} (besluiten)", transport_for) if backoffice.besluiten else None
    return Bron(
        backoffice=backoffice,
        zaken=ZakenApi(zaken),
        catalogus=Catalogus(catalogi, cache),
        documenten=DocumentenApi(documenten),
        besluiten=BesluitenApi(besluiten) if besluiten else None,
        verbindingen=tuple(v for v in (zaken, catalogi, documenten, besluiten) if v is not None),
        niveaus=niveaus or {},
    )


def _open_zgw(
    api: Api, naam: str, transport_for: TransportFor | None, headers: dict[str, str] | None = None
) -> Verbinding:
    token = ZgwToken(api.client_id, api.secret)
    return Verbinding(
        api, naam, auth=token, headers=headers, transport=transport_for(api.root) if transport_for else None
    )


def _open(api: Api, naam: str, transport_for: TransportFor | None, headers: dict[str, str] | None = None) -> Verbinding:
    return Verbinding(api, naam, headers=headers, transport=transport_for(api.root) if transport_for else None)
