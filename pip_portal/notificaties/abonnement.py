"""Our abonnement at the Notificaties API: one, never two, and `pip-portal notificaties` that looks after it.

It is not filtered on zaaktype: a filter names one version of it, so that nothing would be heard of a zaak of the next
version. What citizens may not see is left alone by the portal itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pip_portal.backoffice.bronnen import TransportFor, open_notificaties
from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.notificaties import Abonnement, NotificatiesApi
from pip_portal.errors import BackofficeDefect, BackofficeUnavailable, NotFound
from pip_portal.notificaties.webhook import PAD
from pip_portal.settings import Settings

NAAM = "notificaties"
AANMELDEN = "draai `pip-portal notificaties aanmelden` terwijl het portaal draait"


@dataclass(frozen=True, slots=True)
class Uitkomst:
    """Lines to print, and whether something is wrong."""

    regels: tuple[str, ...] = ()
    fout: bool = False


def adres(settings: Settings) -> str:
    """Where the backoffice must send its notifications."""
    return settings.public_url + PAD


def kanalen(settings: Settings) -> list[str]:
    besluiten = ["besluiten"] if any(backoffice.besluiten for backoffice in settings.backoffices) else []
    klant = settings.klantinteracties
    vragen = ["klantcontacten", "internetaken"] if klant is not None and klant.notificeert else []
    objecten = ["objecten"] if settings.objecten is not None and settings.objecten.notificeert else []
    return ["zaken", "documenten", *besluiten, *vragen, *objecten]


async def voer_uit(settings: Settings, wat: str, transport_for: TransportFor | None = None) -> Uitkomst:
    """wat: toon | aanmelden | afmelden | controleer."""
    if settings.notificaties is None:
        return Uitkomst(("PIP_NOTIFICATIES is niet ingesteld.",), fout=True)
    api = open_notificaties(settings.notificaties, transport_for)
    doe = {"toon": _toon, "aanmelden": _aanmelden, "afmelden": _afmelden, "controleer": _controleer}[wat]
    try:
        return await doe(settings, api)
    except Refused as exc:
        return Uitkomst((f"Geweigerd: {exc}", *_uitleg(exc, settings)), fout=True)
    except (BackofficeUnavailable, BackofficeDefect, NotFound) as exc:
        return Uitkomst((f"Niet gelukt: {exc}",), fout=True)
    finally:
        await api.verbinding.close()


async def problemen(settings: Settings, transport_for: TransportFor | None = None) -> list[str]:
    """For `pip-portal check`: a line per thing that is wrong."""
    if settings.notificaties is None:
        return [f"{NAAM}: niet ingesteld; niemand hoort dat er iets in een zaak verandert"]
    uitkomst = await voer_uit(settings, "controleer", transport_for)
    return [f"{NAAM}: {regel}" for regel in uitkomst.regels] if uitkomst.fout else []


def _uitleg(exc: Refused, settings: Settings) -> tuple[str, ...]:
    if exc.has("no-auth-on-callback-url") or exc.has("invalid-callback-url"):
        return (f"De backoffice kan {adres(settings)} niet goed bereiken. Draait het portaal daar, met deze sleutel?",)
    return ()


async def _toon(settings: Settings, api: NotificatiesApi) -> Uitkomst:
    regels = [
        f"{een.callback_url}  {', '.join(sorted({groep.naam for groep in een.kanalen})) or 'geen kanalen'}"
        f"{'  (dit portaal)' if een.callback_url == adres(settings) else ''}"
        for een in await api.lijst()
    ]
    return Uitkomst(tuple(regels) or ("Er zijn geen abonnementen.",))


async def _onze(settings: Settings, api: NotificatiesApi) -> Sequence[Abonnement]:
    return [een for een in await api.lijst() if een.callback_url == adres(settings)]


async def _aanmelden(settings: Settings, api: NotificatiesApi) -> Uitkomst:
    """Look first: making one is not idempotent, and with two everything arrives twice."""
    body: dict[str, object] = {
        "callbackUrl": adres(settings),
        "auth": f"Bearer {settings.notificaties_geheim.get_secret_value()}",
        "kanalen": [{"naam": naam, "filters": {}} for naam in kanalen(settings)],
    }
    onze = await _onze(settings, api)
    if not onze:
        await api.maak(body)
        return Uitkomst(("Aangemeld.",))
    eerste, *dubbel = onze
    await api.vervang(eerste, body)
    for een in dubbel:
        await api.verwijder(een)
    opgeruimd = (f"{len(dubbel)} dubbele verwijderd.",) if dubbel else ()
    return Uitkomst(("Het abonnement was er al; het is bijgewerkt.", *opgeruimd))


async def _afmelden(settings: Settings, api: NotificatiesApi) -> Uitkomst:
    onze = await _onze(settings, api)
    for een in onze:
        await api.verwijder(een)
    return Uitkomst(("Afgemeld." if onze else "Er was geen abonnement van dit portaal.",))


async def _controleer(settings: Settings, api: NotificatiesApi) -> Uitkomst:
    onze = await _onze(settings, api)
    if not onze:
        return Uitkomst((f"er is geen abonnement voor {adres(settings)}; {AANMELDEN}",), fout=True)
    if len(onze) > 1:
        return Uitkomst((f"{len(onze)} abonnementen, dus alles komt {len(onze)} keer; {AANMELDEN}",), fout=True)
    if mist := [naam for naam in kanalen(settings) if naam not in onze[0].namen]:
        return Uitkomst((f"het abonnement mist {', '.join(mist)}; {AANMELDEN}",), fout=True)
    return Uitkomst(("Het abonnement is in orde.",))
