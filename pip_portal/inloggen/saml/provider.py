"""The service provider for one Koppeling: start a login, finish it, log out again.

Knows nothing of FastAPI or the database. What must be remembered between two requests (the pending login,
seen artifacts) is the caller's to keep. A refusal says why, with the ids of the messages and nothing personal, and
is the caller's to log.
"""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import httpx
from anyio import to_thread
from lxml import etree

from pip_portal.errors import LoginRefused
from pip_portal.inloggen.saml import artifact, backchannel, logout, messages, sp_metadata
from pip_portal.inloggen.saml.answers import Expected, verified_response
from pip_portal.inloggen.saml.assertion import Checked, verified_assertion
from pip_portal.inloggen.saml.configuration import Own, load_own
from pip_portal.inloggen.saml.identity import Identiteit, read_identity
from pip_portal.inloggen.saml.metadata import IdpMetadata
from pip_portal.inloggen.saml.metadata_source import load_idp
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.signatures import sign
from pip_portal.settings import Koppeling

__all__ = ["Dienstverlener", "EndSessions", "Identiteit", "Poging", "Seen", "Start"]

log = logging.getLogger(__name__)

PENDING = timedelta(minutes=15)
Seen = Callable[[str, datetime], Awaitable[bool]]
"""Replay store: True when this key was seen before, else it is kept until the given time (UTC)."""
EndSessions = Callable[[str, tuple[str, ...]], Awaitable[None]]
"""Ends all sessions of a NameID; only those with these SessionIndexes when there are any."""


@dataclass(frozen=True)
class Start:
    """A form for the citizen: it posts saml_request_b64 as SAMLRequest and relay_state as RelayState."""

    request_id: str
    relay_state: str
    form_action: str
    saml_request_b64: str = field(repr=False)


@dataclass(frozen=True)
class Poging:
    """A pending login (or logout) as it was started; niveau: the lowest rank that will do.

    dienst: it is for somebody else, with a mandate for this one; "" for oneself.
    """

    request_id: str
    relay_state: str
    niveau: int = 0
    dienst: str = ""


class Dienstverlener:
    def __init__(self, koppeling: Koppeling, middel: str, own: Own, transport: httpx.AsyncBaseTransport | None) -> None:
        self.koppeling = koppeling
        self._middel = middel
        self._own = own
        self._transport = transport
        self._skew = timedelta(seconds=koppeling.klokafwijking)
        self._client: httpx.AsyncClient
        self._idp: IdpMetadata
        self._metadata: bytes

    @classmethod
    async def open(
        cls,
        koppeling: Koppeling,
        *,
        public_url: str,
        middel: str,
        http_transport: httpx.AsyncBaseTransport | None = None,
    ) -> "Dienstverlener":
        """Loads our keys and the IdP's metadata.

        http_transport: instead of real connections, for tests.
        Raises: ValueError with the reason when settings, keys or metadata will not do.
        """
        own = await to_thread.run_sync(load_own, koppeling, public_url.rstrip("/"), middel)
        provider = cls(koppeling, middel, own, http_transport)
        provider._idp = await load_idp(koppeling, http_transport)
        provider._metadata = await to_thread.run_sync(provider._build_metadata)
        context = None
        if http_transport is None:
            if koppeling.tls is None:
                raise Refused("instelling: tls ontbreekt, het achterkanaal vraagt een clientcertificaat")
            context = await to_thread.run_sync(backchannel.tls_context, koppeling.tls_ca, koppeling.tls)
        provider._client = backchannel.open_client(context, http_transport)
        return provider

    async def close(self) -> None:
        await self._client.aclose()

    async def refresh_metadata(self) -> None:
        """Reads the IdP's metadata again; when that fails the old ones stay in use and the log says why."""
        try:
            self._idp = await load_idp(self.koppeling, self._transport)
        except Exception as error:  # whatever goes wrong, logging in goes on with what is known
            reden = error.reden if isinstance(error, Refused) else f"onverwacht: {type(error).__name__}"
            log.error("IdP-metadata niet ververst", extra={"middel": self._middel, "reden": reden})

    def metadata(self) -> bytes:
        """Our own signed metadata."""
        return self._metadata

    def expiries(self) -> list[tuple[str, datetime]]:
        """Every certificate of ours and of the IdP by name, with its last moment (UTC)."""
        theirs = [
            (f"IdP ondertekening {nr}", certificate.not_valid_after_utc)
            for nr, certificate in enumerate(self._idp.signing, 1)
        ]
        if self._idp.valid_until is not None:
            theirs.append(("IdP metadata", self._idp.valid_until))
        return [*self._own.expiries(), *theirs]

    async def start(self, *, niveau: int, force_authn: bool = False, dienst: str = "") -> Start:
        """An AuthnRequest for at least this rank. dienst: for somebody else, with a mandate for this one.

        Raises: LoginRefused when we cannot sign, or the dienst is not configured.
        """
        if dienst and dienst not in self.koppeling.machtigingsdiensten:
            _refuse("machtiging", "AuthnRequest: onbekende dienst")
        login = messages.LoginRequest(
            request_id=messages.new_id(),
            entity_id=self.koppeling.entity_id,
            destination=self._idp.sign_on,
            acs_index=self.koppeling.acs_index,
            niveau=max(niveau, self.koppeling.niveau),
            force_authn=force_authn,
            service_index=None if dienst else self.koppeling.service_index,
            service_uuid=self._service_uuid(dienst),
            requester=self.koppeling.machtigen_entity_id if dienst else None,
        )
        request = messages.authn_request(self._own.profile, login, datetime.now(UTC))
        return await self._form(login.request_id, self._idp.sign_on, request)

    async def finish(self, query: Sequence[tuple[str, str]], poging: Poging, seen: Seen, now: datetime) -> Identiteit:
        """Who logged in, after every check of login-saml §3.

        query: all parameters of the request to the ACS. poging: taken from the store by the caller,
        atomically, for the browser that started it. now: UTC, the only clock that the checks read.
        Raises: LoginRefused.
        """
        resolve_id = messages.new_id()
        try:
            return await self._finish(query, poging, seen, now, resolve_id)
        except Refused as refused:
            _refuse(refused.soort, refused.reden, poging.request_id, resolve_id)
        except Exception as error:  # fail closed: whatever goes wrong, nobody is logged in
            _refuse("fout", f"onverwacht: {type(error).__name__}", poging.request_id, resolve_id)

    async def _finish(
        self, query: Sequence[tuple[str, str]], poging: Poging, seen: Seen, now: datetime, resolve_id: str
    ) -> Identiteit:
        idp = self._idp
        found = _artifact_of(query, poging.relay_state, idp.entity_id)
        url = idp.artifact.get(found.endpoint_index)
        if url is None:
            raise Refused("artifact: onbekend adres")
        if await seen(found.key_hash, now + PENDING + self._skew):
            raise Refused("artifact: al gebruikt")
        resolve = messages.artifact_resolve(resolve_id, self.koppeling.entity_id, url, found.text, now)
        signed = await to_thread.run_sync(sign, resolve, self._own.signing[0])
        body = await backchannel.call(self._client, url, messages.soap(signed))
        expected = self._expected(idp, poging, resolve_id, now)
        checked, identiteit = await to_thread.run_sync(_read, body, expected)
        until = max(checked.valid_until, now + PENDING) + self._skew
        if await seen(_hash("assertion", checked.assertion_id), until):
            raise Refused("Assertion: al gebruikt")
        return identiteit

    def _expected(self, idp: IdpMetadata, poging: Poging, resolve_id: str, now: datetime) -> Expected:
        return Expected(
            profile=self._own.profile,
            entity_id=self.koppeling.entity_id,
            idp_entity_id=idp.entity_id,
            acs_url=self._own.acs_url,
            resolve_id=resolve_id,
            request_id=poging.request_id,
            niveau=max(poging.niveau, self.koppeling.niveau),
            service_uuid=self._service_uuid(poging.dienst),
            namens=bool(poging.dienst),
            service_id=self.koppeling.service_id,
            certificates=idp.signing,
            decryption=self._own.decryption,
            now=now,
            skew=self._skew,
        )

    def _service_uuid(self, dienst: str) -> str | None:
        """Of the dienst that a mandate is for; one that is not configured (any more) has none, and none is accepted."""
        return self.koppeling.machtigingsdiensten.get(dienst, "") if dienst else self.koppeling.service_uuid

    async def logout_request(self, *, name_id: str, session_index: str | None) -> Start:
        """A LogoutRequest to post, for a session that has already ended here; only when koppeling.sso.

        With digid-3 the name_id, so the BSN, passes the browser: that is how DigiD wants it.
        Raises: LoginRefused when we cannot sign or the IdP offers no logout.
        """
        request_id, destination = messages.new_id(), self._idp.logout
        if not self.koppeling.sso or destination is None:
            _refuse("fout", "LogoutRequest: niet ingesteld", request_id)
        indexes = [] if session_index is None else [session_index]
        request = messages.logout_request(
            request_id, self.koppeling.entity_id, destination, name_id, indexes, datetime.now(UTC)
        )
        return await self._form(request_id, destination, request)

    async def logout_response(
        self, poging: Poging, now: datetime, *, raw_query: str = "", form: Sequence[tuple[str, str]] = ()
    ) -> bool:
        """Whether the IdP ended all of its sessions (False: some of them). The session here ended before.

        raw_query: of a GET, undecoded (digid-3). form: fields of a POST (eid-4).
        Raises: LoginRefused when the answer cannot be trusted.
        """
        peer = self._peer(now)
        try:
            if form:
                return await to_thread.run_sync(
                    logout.read_posted_response, form, poging.relay_state, poging.request_id, peer
                )
            return await to_thread.run_sync(
                logout.read_redirected_response, raw_query, poging.relay_state, poging.request_id, peer
            )
        except Refused as refused:
            _refuse("fout", refused.reden, poging.request_id)
        except Exception as error:  # fail closed
            _refuse("fout", f"onverwacht: {type(error).__name__}", poging.request_id)

    async def answer_logout(self, body: bytes, end_sessions: EndSessions, seen: Seen, now: datetime) -> bytes:
        """Ends the sessions that a LogoutRequest over SOAP names, and gives the SOAP answer (digid-3, sso).

        body: at most 256 KiB is read. Raises: LoginRefused when the message cannot be trusted: answer 404.
        """
        message_id = messages.new_id()
        try:
            if not self.koppeling.sso:
                raise Refused("LogoutRequest: niet ingesteld")
            request = await to_thread.run_sync(logout.read_logout_request, body, self._peer(now))
            if await seen(_hash("logout", request.message_id), now + PENDING + self._skew):
                raise Refused("LogoutRequest: al gebruikt")
            await end_sessions(request.name_id, request.session_indexes)
            answer = messages.logout_response(
                message_id, self.koppeling.entity_id, request.message_id, now, [messages.SUCCESS]
            )
            return messages.soap(await to_thread.run_sync(sign, answer, self._own.signing[0]))
        except Refused as refused:
            _refuse("fout", refused.reden, message_id)
        except Exception as error:  # fail closed
            _refuse("fout", f"onverwacht: {type(error).__name__}", message_id)

    def _peer(self, now: datetime) -> logout.Peer:
        return logout.Peer(self._idp.entity_id, self._idp.signing, self._own.slo_url, now, self._skew)

    async def _form(self, request_id: str, destination: str, request: etree._Element) -> Start:
        try:
            signed = await to_thread.run_sync(sign, request, self._own.signing[0])
        except Refused as refused:
            _refuse("fout", refused.reden, request_id)
        return Start(request_id, secrets.token_urlsafe(24), destination, messages.form_value(signed))

    def _build_metadata(self) -> bytes:
        return sp_metadata.build(
            self.koppeling,
            self._own.profile,
            acs_url=self._own.acs_url,
            slo_url=self._own.slo_url,
            signing=self._own.signing,
            encryption=self._own.decryption,
            tls=self._own.tls,
        )


def _refuse(soort: str, reden: str, *message_ids: str) -> NoReturn:
    raise LoginRefused(soort, f"{reden} ({' '.join(message_ids)})") from None


def _read(body: bytes, expected: Expected) -> tuple[Checked, Identiteit]:
    checked = verified_assertion(verified_response(body, expected), expected)
    return checked, read_identity(checked, expected)


def _hash(kind: str, ident: str) -> str:
    return hashlib.sha256(f"{kind}:{ident}".encode()).hexdigest()


def _artifact_of(query: Sequence[tuple[str, str]], relay_state: str, idp_entity_id: str) -> artifact.Artifact:
    """Raises: Refused unless the query is one SAMLart and our own RelayState.

    Source: login-saml §3, checks 1 and 21.
    """
    if sorted(name for name, _ in query) != ["RelayState", "SAMLart"]:
        raise Refused("ACS: andere parameters dan een SAMLart en een RelayState")
    fields = dict(query)
    found = artifact.decode(fields["SAMLart"], idp_entity_id)
    if not hmac.compare_digest(fields["RelayState"].encode(), relay_state.encode()):
        raise Refused("ACS: RelayState")
    return found
