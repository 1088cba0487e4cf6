"""Keys for data at rest: personal numbers are stored encrypted and looked up by a keyed hash, never by themselves."""

import hashlib
import hmac
from typing import Annotated

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from fastapi import Depends, Request

from pip_portal.settings import Settings


class Sleutels:
    """Encrypts with the first configured key, decrypts with all, so that a key can be replaced without downtime.

    Source: BIO2 / U/WA.05 (crypto techniques); requirements N10 (a dump of the database holds no plain BSN).
    """

    def __init__(self, settings: Settings) -> None:
        self._fernet = MultiFernet([Fernet(key.get_secret_value()) for key in settings.sleutels])
        self._hash_key = settings.pseudoniem_sleutel.get_secret_value().encode()

    def encrypt(self, data: bytes) -> bytes:
        return self._fernet.encrypt(data)

    def decrypt(self, data: bytes) -> bytes:
        """Raises: ValueError when no key that is still configured has encrypted this."""
        try:
            return self._fernet.decrypt(data)
        except InvalidToken:
            raise ValueError("niet te ontsleutelen met de ingestelde sleutels") from None

    def keyed_hash(self, doel: str, waarde: str) -> str:
        """Hash of a value for one purpose; the same value gives another hash for another purpose."""
        return hmac.new(self._hash_key, f"{doel}\0{waarde}".encode(), hashlib.sha256).hexdigest()


def get_sleutels(request: Request) -> Sleutels:
    sleutels: Sleutels = request.app.state.sleutels
    return sleutels


SleutelsDep = Annotated[Sleutels, Depends(get_sleutels)]
