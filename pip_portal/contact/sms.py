"""What the worker does with an opdracht "sms": one text message with a code, while that is still valid."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pip_portal.backoffice.http import Refused
from pip_portal.backoffice.sms import SmsApi
from pip_portal.errors import BackofficeUnavailable
from pip_portal.opdrachten import Onmogelijk, Uitstel
from pip_portal.tijd import now

SOORT: Final = "sms"


class Sms:
    """Handler of SOORT. Twice the same code is harmless, so it needs no memory of its own."""

    def __init__(self, api: SmsApi) -> None:
        self._api = api

    async def __call__(self, inhoud: Mapping[str, Any]) -> None:
        if datetime.fromisoformat(inhoud["tot"]) <= now():
            raise Onmogelijk("de code is verlopen", wissen=True)
        try:
            await self._api.stuur_code(inhoud["nummer"], inhoud["code"])
        except BackofficeUnavailable:
            raise Uitstel("de sms-dienst is niet bereikbaar") from None
        except Refused as exc:
            raise Onmogelijk(f"geweigerd door de sms-dienst ({exc.status})", wissen=True) from None
