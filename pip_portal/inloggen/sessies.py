"""Sessions: a random id in a cookie, the hash of it in the database, who it is encrypted beside it."""

import dataclasses
import hashlib
import json
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import TypeAdapter
from sqlalchemy import CursorResult, delete, update
from starlette.responses import Response

from pip_portal import bekenden, tables
from pip_portal.db import Sessionmaker
from pip_portal.eigenaar import eigenaar_van
from pip_portal.gebruiker import Bedrijf, Burger, Gebruiker, wie_inlogde
from pip_portal.notificaties.lezen import aantal_ongelezen
from pip_portal.settings import Settings
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now
from pip_portal.web import wants_fragment

log = logging.getLogger("pip_portal")

_BURGER: TypeAdapter[Burger] = TypeAdapter(Burger)
_BEDRIJF: TypeAdapter[Bedrijf] = TypeAdapter(Bedrijf)
GEZIEN_ELKE = timedelta(seconds=10)  # how often a session that is in use writes that it was seen


@dataclass(frozen=True)
class Sessie:
    """The session of this request.

    weergavenaam: how we greet this person or company, from BRP or KVK at login; None when unknown.
    naam_id, session_index: from the assertion, needed to log out at the identity provider.
    resterend: whole seconds until it ends when nothing happens. csrf: token that each of its forms carries.
    zelf, zelf_naam: the parent who logged in, when gebruiker is the child they act for. gezag_gezien_op: when the BRP
    last said that they may.
    """

    id_hash: str
    middel: str
    gebruiker: Gebruiker
    weergavenaam: str | None
    naam_id: str | None
    session_index: str | None
    resterend: int
    csrf: str
    zelf: Gebruiker | None = None
    zelf_naam: str | None = None
    gezag_gezien_op: datetime | None = None

    @property
    def ingelogd(self) -> Gebruiker:
        """As whom this session began: the same as gebruiker, unless a parent acts for a child."""
        return self.zelf or self.gebruiker

    @property
    def naam_van_zelf(self) -> str | None:
        return self.zelf_naam if self.zelf is not None else self.weergavenaam

    def __repr__(self) -> str:
        return f"Sessie({self.id_hash[:8]})"


class Sessies:
    """All sessions, in the database, so that logging out anywhere ends them for every worker.

    Source: login-saml §1.11: 15 minutes idle for DigiD; the absolute end is ours.
    """

    def __init__(self, db: Sessionmaker, settings: Settings, sleutels: Sleutels) -> None:
        self._db = db
        self._settings = settings
        self._sleutels = sleutels
        self.cookie = "__Host-sessie" if settings.is_https else "sessie"

    async def create(
        self,
        gebruiker: Gebruiker,
        middel: str,
        *,
        weergavenaam: str | None,
        naam_id: str | None,
        session_index: str | None,
        uiterlijk: datetime | None = None,
    ) -> str:
        """A new session; returns the id for the cookie. uiterlijk: SessionNotOnOrAfter of the assertion."""
        moment = now()
        sessie_id = secrets.token_urlsafe(32)
        eindigt_op = moment + self._settings.sessie_maximaal
        rij = tables.Sessie(
            id_hash=_hash(sessie_id),
            middel=middel,
            pseudoniem=wie_inlogde(gebruiker),
            naam_id_hash=self._sleutels.keyed_hash("naam_id", naam_id) if naam_id else None,
            gegevens=self._encrypt(gebruiker, weergavenaam, naam_id, session_index),
            aangemaakt_op=moment,
            laatst_gezien_op=moment,
            eindigt_op=min(eindigt_op, uiterlijk) if uiterlijk else eindigt_op,
        )
        async with self._db.begin() as session:
            session.add(rij)
            await bekenden.onthoud(session, self._sleutels, gebruiker)
        return sessie_id

    async def load(self, request: Request) -> tuple[Sessie | None, bool]:
        """The session of this browser, and whether there was one that ended. Marks it as seen."""
        sessie_id = request.cookies.get(self.cookie)
        if not sessie_id or len(sessie_id) > 100:
            return None, False
        moment = now()
        async with self._db() as session:
            rij = await session.get(tables.Sessie, _hash(sessie_id))
        if rij is None:
            return None, True
        einde = min(rij.eindigt_op, rij.laatst_gezien_op + self._settings.sessie_inactief)
        if moment >= einde:
            await self.end(rij.id_hash)
            return None, True
        if moment - rij.laatst_gezien_op >= GEZIEN_ELKE:
            async with self._db.begin() as session:
                await session.execute(
                    update(tables.Sessie).where(tables.Sessie.id_hash == rij.id_hash).values(laatst_gezien_op=moment)
                )
            einde = min(rij.eindigt_op, moment + self._settings.sessie_inactief)
        try:
            return self._read(rij, int((einde - moment).total_seconds())), False
        except (ValueError, KeyError, TypeError) as exc:  # its key is gone, or another version of the portal wrote it
            log.warning("sessie niet te lezen", exc_info=exc)
            await self.end(rij.id_hash)
            return None, True

    async def choose_vestiging(self, sessie: Sessie, vestiging: str | None) -> None:
        """From now on this session stands for one vestiging, or (None) for the whole company.

        Raises: ValueError when the session is not of a company, or its assertion fixed the vestiging.
        """
        bedrijf = sessie.gebruiker
        if not isinstance(bedrijf, Bedrijf) or bedrijf.beperkt:
            raise ValueError("de vestiging van deze sessie staat vast")
        nieuw = dataclasses.replace(bedrijf, vestiging=vestiging)
        gegevens = self._encrypt(nieuw, sessie.weergavenaam, sessie.naam_id, sessie.session_index)
        async with self._db.begin() as session:
            await session.execute(
                update(tables.Sessie).where(tables.Sessie.id_hash == sessie.id_hash).values(gegevens=gegevens)
            )
            await bekenden.onthoud(session, self._sleutels, nieuw)

    async def handel_voor(self, sessie: Sessie, kind: Burger, naam: str | None) -> Sessie:
        """From now on this session stands for the child, as the BRP allowed it just now."""
        nieuw = dataclasses.replace(
            sessie,
            gebruiker=kind,
            weergavenaam=naam,
            zelf=sessie.ingelogd,
            zelf_naam=sessie.naam_van_zelf,
            gezag_gezien_op=now(),
        )
        return await self._write(nieuw)

    async def handel_voor_zelf(self, sessie: Sessie) -> Sessie:
        """Back to who logged in."""
        nieuw = dataclasses.replace(
            sessie,
            gebruiker=sessie.ingelogd,
            weergavenaam=sessie.naam_van_zelf,
            zelf=None,
            zelf_naam=None,
            gezag_gezien_op=None,
        )
        return await self._write(nieuw)

    async def _write(self, sessie: Sessie) -> Sessie:
        gegevens = self._encrypt(
            sessie.ingelogd, sessie.naam_van_zelf, sessie.naam_id, sessie.session_index, kind=_kind(sessie)
        )
        async with self._db.begin() as session:
            await session.execute(
                update(tables.Sessie).where(tables.Sessie.id_hash == sessie.id_hash).values(gegevens=gegevens)
            )
        return sessie

    async def end(self, id_hash: str) -> None:
        await self._delete(tables.Sessie.id_hash == id_hash)

    async def end_everywhere(self, pseudoniem: str) -> int:
        """Log this person out in every browser; returns how many sessions ended."""
        return await self._delete(tables.Sessie.pseudoniem == pseudoniem)

    async def end_by_naam_id(self, naam_id: str) -> int:
        """End all sessions of this SAML NameID: the identity provider logged the person out."""
        return await self._delete(tables.Sessie.naam_id_hash == self._sleutels.keyed_hash("naam_id", naam_id))

    def set_cookie(self, response: Response, sessie_id: str) -> None:
        response.set_cookie(
            self.cookie, sessie_id, path="/", secure=self._settings.is_https, httponly=True, samesite="lax"
        )

    def delete_cookie(self, response: Response) -> None:
        response.delete_cookie(self.cookie, path="/", secure=self._settings.is_https, httponly=True, samesite="lax")

    async def _delete(self, which: Any) -> int:
        async with self._db.begin() as session:
            result = await session.execute(delete(tables.Sessie).where(which))
        return result.rowcount if isinstance(result, CursorResult) else 0

    def _encrypt(
        self,
        gebruiker: Gebruiker,
        weergavenaam: str | None,
        naam_id: str | None,
        session_index: str | None,
        *,
        kind: dict[str, Any] | None = None,
    ) -> bytes:
        gegevens = {
            "soort": type(gebruiker).__name__,
            "gebruiker": _dump(gebruiker),
            "kind": kind,
            "weergavenaam": weergavenaam,
            "naam_id": naam_id,
            "session_index": session_index,
        }
        return self._sleutels.encrypt(json.dumps(gegevens).encode())

    def _read(self, rij: tables.Sessie, resterend: int) -> Sessie:
        gegevens = json.loads(self._sleutels.decrypt(rij.gegevens))
        lezer: TypeAdapter[Any] = _BURGER if gegevens["soort"] == "Burger" else _BEDRIJF
        zelf: Gebruiker = lezer.validate_python(gegevens["gebruiker"])
        kind = gegevens.get("kind")
        return Sessie(
            id_hash=rij.id_hash,
            middel=rij.middel,
            gebruiker=_BURGER.validate_python(kind["gebruiker"]) if kind else zelf,
            weergavenaam=kind["naam"] if kind else gegevens["weergavenaam"],
            zelf=zelf if kind else None,
            zelf_naam=gegevens["weergavenaam"] if kind else None,
            gezag_gezien_op=datetime.fromisoformat(kind["gezien_op"]) if kind else None,
            naam_id=gegevens["naam_id"],
            session_index=gegevens["session_index"],
            resterend=resterend,
            csrf=self._sleutels.keyed_hash("csrf", rij.id_hash),
        )


def _dump(gebruiker: Gebruiker) -> Any:
    if isinstance(gebruiker, Burger):
        return _BURGER.dump_python(gebruiker, mode="json")
    return _BEDRIJF.dump_python(gebruiker, mode="json")


def _kind(sessie: Sessie) -> dict[str, Any] | None:
    """The child that is acted for, as it is kept in the session."""
    if sessie.zelf is None or sessie.gezag_gezien_op is None:
        return None
    gezien = sessie.gezag_gezien_op.isoformat()
    return {"gebruiker": _dump(sessie.gebruiker), "naam": sessie.weergavenaam, "gezien_op": gezien}


def _hash(sessie_id: str) -> str:
    return hashlib.sha256(sessie_id.encode()).hexdigest()


def get_sessies(request: Request) -> Sessies:
    sessies: Sessies = request.app.state.sessies
    return sessies


SessiesDep = Annotated[Sessies, Depends(get_sessies)]


async def load_sessie(request: Request, sessies: SessiesDep) -> None:
    """Put the session of this browser on the request; every router is included with this."""
    request.state.sessie, request.state.sessie_verlopen = await sessies.load(request)
    request.state.ongelezen = 0
    if request.state.sessie is not None and request.method == "GET" and not wants_fragment(request):
        eigenaar = eigenaar_van(request.state.sessie.gebruiker, request.app.state.sleutels)
        request.state.ongelezen = await aantal_ongelezen(request.app.state.db, eigenaar)  # for the menu
