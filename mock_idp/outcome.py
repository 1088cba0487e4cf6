"""A login that was asked for, who logged in, and how it ended."""

from dataclasses import dataclass, field
from datetime import datetime

from mock_idp.diensten import Gevraagd
from mock_idp.personas import Machtiging
from mock_idp.profiles import Profile, Status
from mock_idp.sp_metadata import Endpoint, ServiceProvider


class Refused(Exception):
    """A message we do not answer; the browser gets 404, as with DigiD. The text says why, without personal data."""


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """An accepted AuthnRequest. minimum is the rank of the level; audience the entityID the answer is for.

    must_represent: a Scoping/RequesterID demands acting for someone else.
    """

    profile: Profile
    sp: ServiceProvider
    request_id: str
    acs: Endpoint
    relay_state: str | None
    minimum: int
    force_authn: bool
    dienst: Gevraagd | None = None
    must_represent: bool = False
    unsupported: Status | None = None


@dataclass(frozen=True, slots=True)
class Burger:
    bsn: str = field(repr=False)
    machtiging: Machtiging | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Onderneming:
    """A company someone logged in for; keten is the KVK number of an intermediary in between."""

    kvk: str
    rsin: str | None
    naam: str
    medewerker: str
    vestiging: str | None = None
    keten: str | None = None


Subject = Burger | Onderneming


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a login ended. name_id is the transient handle of this login; subject is None unless it succeeded."""

    request: LoginRequest
    status: Status
    scenario: str
    subject: Subject | None
    rang: int
    moment: datetime
    name_id: str
    session_index: str
    address: str
