"""Every table of the portal. Rows about a person carry a keyed hash (pseudoniem), never a number or a name."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Index, LargeBinary, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Tijdstip(TypeDecorator[datetime]):
    """A moment, stored in UTC and always read back with its zone (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("een tijdstip zonder tijdzone kan niet worden bewaard")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Sessie(Base):
    """A logged-in browser. The cookie holds a random id; here lies only its hash.

    gegevens: encrypted JSON with who this is (see inloggen/sessies.py).
    naam_id_hash: keyed hash of the SAML NameID, to find the session when the identity provider logs out.
    """

    __tablename__ = "sessies"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    middel: Mapped[str] = mapped_column(String(20))
    pseudoniem: Mapped[str] = mapped_column(String(64), index=True)
    naam_id_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    gegevens: Mapped[bytes] = mapped_column(LargeBinary)
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)
    laatst_gezien_op: Mapped[datetime] = mapped_column(Tijdstip)
    eindigt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Inlogpoging(Base):
    """A login on its way to the identity provider and back; taken once, by the browser that started it.

    terug: local path to return to. pseudoniem: set for a step-up, which only the same person may finish.
    """

    __tablename__ = "inlogpogingen"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    middel: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[str] = mapped_column(String(80))
    relay_state: Mapped[str] = mapped_column(String(80))
    niveau: Mapped[int]
    terug: Mapped[str] = mapped_column(String(2000))
    pseudoniem: Mapped[str | None] = mapped_column(String(64))
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class GezienBericht(Base):
    """SAML artifacts and assertions that were used, by hash, until they cannot be used any more."""

    __tablename__ = "geziene_berichten"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Zaakbezoek(Base):
    """When this person last looked at this zaak: the zaak page marks what came since.

    vorig_bezoek_op: end of the visit before this one, so that a reload does not lose the marks.
    """

    __tablename__ = "zaakbezoeken"
    __table_args__ = (Index("ix_zaakbezoeken_bezocht_op", "bezocht_op"),)

    pseudoniem: Mapped[str] = mapped_column(String(64), primary_key=True)
    bron: Mapped[str] = mapped_column(String(20), primary_key=True)
    zaak_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    bezocht_op: Mapped[datetime] = mapped_column(Tijdstip)
    vorig_bezoek_op: Mapped[datetime | None] = mapped_column(Tijdstip)
