"""What the running stand-in remembers, all in memory: logins under way, artifacts, SSO sessions, presets."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import httpx

from mock_idp.config import Config
from mock_idp.keys import KeyStore
from mock_idp.outcome import LoginRequest, Outcome
from mock_idp.sp_metadata import ServiceProviders
from mock_idp.xml import now

T = TypeVar("T")


class Kept(Generic[T]):
    """Things kept for a while under a key."""

    def __init__(self, life: timedelta) -> None:
        self._life = life
        self._items: dict[str, tuple[datetime, T]] = {}

    def put(self, key: str, item: T) -> None:
        self._items = {key: kept for key, kept in self._items.items() if kept[0] > now()}
        self._items[key] = (now() + self._life, item)

    def get(self, key: str) -> T | None:
        kept = self._items.get(key)
        return kept[1] if kept and kept[0] > now() else None

    def items(self) -> list[tuple[str, T]]:
        return [(key, item) for key, (ends, item) in self._items.items() if ends > now()]

    def take(self, key: str) -> T | None:
        item = self.get(key)
        self._items.pop(key, None)
        return item


@dataclass(slots=True)
class SsoSession:
    """One browser logged in at DigiD: who, at which level, at which service providers."""

    bsn: str = field(repr=False)
    rang: int = 0
    service_providers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Preset:
    """What a test chose for the next login of a profile."""

    scenario: str = "geen"
    person: str | None = None
    level: int | None = None
    namens: str | None = None
    vestiging: str | None = None
    keten: str | None = None
    direct: bool = False


@dataclass(slots=True)
class Idp:
    """The one object the routes share; it lives on app.state.

    seen_requests: ids of AuthnRequests that were accepted; older ones are refused for their age.
    artifacts: kept longer than they are valid, so that "too old" and "unknown" get their own answers.
    handles: the transient NameIDs that were given out, with the service provider they were for.
    sp_transport: replaces the network when we call a service provider, in tests within one process.
    """

    config: Config
    keys: KeyStore
    service_providers: ServiceProviders
    sp_transport: httpx.AsyncBaseTransport | None = None
    seen_requests: Kept[bool] = field(default_factory=lambda: Kept(timedelta(minutes=15)))
    logins: Kept[LoginRequest] = field(default_factory=lambda: Kept(timedelta(minutes=15)))
    artifacts: Kept[Outcome] = field(default_factory=lambda: Kept(timedelta(hours=1)))
    handles: Kept[str] = field(default_factory=lambda: Kept(timedelta(hours=3)))
    sso: Kept[SsoSession] = field(default_factory=lambda: Kept(timedelta(hours=3)))
    presets: dict[str, Preset] = field(default_factory=dict)
    outcomes: list[dict[str, str | None]] = field(default_factory=list)

    def start_login(self, request: LoginRequest) -> str:
        login_id = secrets.token_urlsafe(24)
        self.logins.put(login_id, request)
        return login_id
