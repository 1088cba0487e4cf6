"""Text messages over an API as that of NotifyNL (GOV.UK Notify): a template there, our words in it.

Source: NotifyNL REST API, `POST /v2/notifications/sms`; a JWT with the service id as issuer.
"""

from typing import Final

from pydantic import TypeAdapter

from pip_portal.backoffice.http import Verbinding
from pip_portal.settings import Sms

NAAM: Final = "sms"
_ANTWOORD: TypeAdapter[object] = TypeAdapter(object)


class SmsApi:
    def __init__(self, verbinding: Verbinding, settings: Sms) -> None:
        self._verbinding = verbinding
        self._settings = settings

    async def stuur_code(self, nummer: str, code: str) -> None:
        """nummer: E.164. Raises: BackofficeUnavailable; BackofficeDefect, Refused when it takes no such number."""
        body = {
            "phone_number": nummer,
            "template_id": self._settings.sjabloon,
            "personalisation": {"code": code},
        }
        await self._verbinding.call("POST", "/v2/notifications/sms", _ANTWOORD, body=body)

    async def close(self) -> None:
        await self._verbinding.close()
