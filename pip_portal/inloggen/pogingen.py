"""Logins under way: kept until the browser that started one comes back with the answer, once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from pip_portal import tables
from pip_portal.db import Sessionmaker
from pip_portal.errors import LoginRefused
from pip_portal.inloggen.saml.provider import Start
from pip_portal.tijd import now

GELDIG = timedelta(minutes=15)  # login-saml §1.11: own pending login, single use
MAX_TEGELIJK = 5  # logins that one browser may have under way, in as many tabs


@dataclass(frozen=True)
class Doel:
    """What a login is for: where it goes back to, which level, and (step-up) who alone may finish it.

    dienst: it is for somebody else, with a mandate for this one.
    """

    middel: str
    niveau: int
    terug: str
    pseudoniem: str | None = None
    dienst: str = ""


class Pogingen:
    """Pending logins. The cookie is named after the RelayState, so that two tabs do not disturb each other."""

    def __init__(self, db: Sessionmaker, *, secure: bool) -> None:
        self._db = db
        self._secure = secure
        self._prefix = "__Host-inlog-" if secure else "inlog-"

    async def begin(self, request: Request, response: Response, doel: Doel, start: Start) -> None:
        """Remember this login and give its cookie; the oldest ones of this browser make way."""
        geheim = secrets.token_urlsafe(32)
        eerdere = [name for name in request.cookies if name.startswith(self._prefix)]
        te_veel = eerdere[: max(0, len(eerdere) - MAX_TEGELIJK + 1)]
        async with self._db.begin() as session:
            if te_veel:
                oud = [_hash(request.cookies[name]) for name in te_veel]
                await session.execute(delete(tables.Inlogpoging).where(tables.Inlogpoging.id_hash.in_(oud)))
            session.add(
                tables.Inlogpoging(
                    id_hash=_hash(geheim),
                    middel=doel.middel,
                    request_id=start.request_id,
                    relay_state=start.relay_state,
                    niveau=doel.niveau,
                    terug=doel.terug,
                    pseudoniem=doel.pseudoniem,
                    dienst=doel.dienst or None,
                    verloopt_op=now() + GELDIG,
                )
            )
        for name in te_veel:
            self._delete_cookie(response, name)
        response.set_cookie(
            self._name(start.relay_state),
            geheim,
            max_age=int(GELDIG.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    async def take(self, request: Request, middel: str, relay_state: str) -> tables.Inlogpoging:
        """The pending login that this browser started, which is then gone.

        Raises: LoginRefused when there is none, it was used, it is too old, or another browser started it.
        Source: login-saml §3 check 2.
        """
        geheim = request.cookies.get(self._name(relay_state), "")
        async with self._db.begin() as session:
            rij = (
                await session.scalars(
                    delete(tables.Inlogpoging)
                    .where(
                        tables.Inlogpoging.id_hash == _hash(geheim),
                        tables.Inlogpoging.middel == middel,
                        tables.Inlogpoging.verloopt_op > now(),
                    )
                    .returning(tables.Inlogpoging)
                )
            ).one_or_none()
        if rij is None:
            raise LoginRefused("opnieuw", "geen lopende inlogpoging in deze browser")
        return rij

    def forget(self, response: Response, relay_state: str) -> None:
        self._delete_cookie(response, self._name(relay_state))

    async def seen(self, bericht_hash: str, verloopt_op: datetime) -> bool:
        """Whether this artifact or assertion was used before; it counts as used from now on.

        Source: login-saml §3 checks 3 and 20.
        """
        try:
            async with self._db.begin() as session:
                session.add(tables.GezienBericht(hash=bericht_hash, verloopt_op=verloopt_op))
        except IntegrityError:
            return True
        return False

    def _name(self, relay_state: str) -> str:
        return self._prefix + hashlib.sha256(relay_state.encode()).hexdigest()[:12]

    def _delete_cookie(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


def _hash(geheim: str) -> str:
    return hashlib.sha256(geheim.encode()).hexdigest()
