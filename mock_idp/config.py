"""Settings of the stand-in: environment variables MOCK_IDP_…, read once at start."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class NotDevelopment(RuntimeError):
    """The stand-in was started without saying that this is a development environment."""


class Config(BaseSettings):
    """Where the stand-in lives and whom it trusts.

    rollover: "aangekondigd" lists a second signing certificate in the metadata, "actief" also signs with it.
    client_ca: PEM file of the authorities whose client certificates may use the back channel; default our own.
    backchannel_plain_http: puts resolve_artifact on the browser listener too, for tests within one process.
    """

    model_config = SettingsConfigDict(env_prefix="MOCK_IDP_", frozen=True, extra="ignore")

    development: bool = False
    dir: Path = Path("var/mock_idp")
    public_url: str = "http://localhost:8010"
    backchannel_url: str = "https://localhost:8011"
    host: str = "127.0.0.1"
    sp_metadata_dir: Path = Path("var/mock_idp/sp")
    client_ca: Path | None = None
    sp_ca: Path | None = None
    rollover: Literal["uit", "aangekondigd", "actief"] = "uit"
    backchannel_plain_http: bool = False
    traag_seconden: float = 8.0
    hangt_seconden: float = 60.0

    @field_validator("public_url", "backchannel_url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @property
    def resolve_base(self) -> str:
        return self.public_url if self.backchannel_plain_http else self.backchannel_url

    @property
    def port(self) -> int:
        return urlsplit(self.public_url).port or 8010

    @property
    def backchannel_port(self) -> int:
        return urlsplit(self.backchannel_url).port or 8011

    def require_development(self) -> None:
        """Refuse to exist outside development.

        Raises: NotDevelopment without MOCK_IDP_DEVELOPMENT=1.
        """
        if not self.development:
            raise NotDevelopment(
                "Dit is een nagemaakte inlogdienst, alleen voor ontwikkelen en testen. "
                "Zet MOCK_IDP_DEVELOPMENT=1 om hem toch te starten."
            )
