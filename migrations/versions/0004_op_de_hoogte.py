"""contactadressen, voorkeuren, and what keeps people informed"""

import sqlalchemy as sa
from alembic import op

from pip_portal.tables import Tijdstip

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contactadressen",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("soort", sa.String(length=20), nullable=False),
        sa.Column("adres", sa.LargeBinary(), nullable=False),
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("standaard", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_tot", Tijdstip(timezone=True), nullable=True),
        sa.Column("geverifieerd_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("extern", sa.String(length=36), nullable=True),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contactadressen")),
        sa.UniqueConstraint("eigenaar", "adres_hash", name=op.f("uq_contactadressen_eigenaar")),
    )
    op.create_index(op.f("ix_contactadressen_adres_hash"), "contactadressen", ["adres_hash"])
    op.create_table(
        "voorkeuren",
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("keuzes", sa.Text(), nullable=False),
        sa.Column("gewijzigd_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("eigenaar", name=op.f("pk_voorkeuren")),
    )
    op.create_table(
        "zaakvoorkeuren",
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("bron", sa.String(length=20), nullable=False),
        sa.Column("zaak_uuid", sa.String(length=36), nullable=False),
        sa.Column("mailen", sa.Boolean(), nullable=False),
        sa.Column("gewijzigd_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("eigenaar", "bron", "zaak_uuid", name=op.f("pk_zaakvoorkeuren")),
    )
    op.create_table(
        "mails",
        sa.Column("nummer", sa.String(length=32), nullable=False),
        sa.Column("versie", sa.String(length=80), nullable=False),
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("kenmerk", sa.String(length=60), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("begonnen_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("verzonden_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("vertraagd_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("teruggekomen_op", Tijdstip(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("nummer", name=op.f("pk_mails")),
    )
    op.create_index(op.f("ix_mails_aangemaakt_op"), "mails", ["aangemaakt_op"])
    op.create_table(
        "onbestelbaar",
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("sinds", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("adres_hash", "eigenaar", name=op.f("pk_onbestelbaar")),
    )
    op.create_index(op.f("ix_onbestelbaar_eigenaar"), "onbestelbaar", ["eigenaar"])
    op.create_index(op.f("ix_onbestelbaar_sinds"), "onbestelbaar", ["sinds"])
    op.create_table(
        "brieven",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("mail", sa.String(length=32), nullable=False),
        sa.Column("kenmerk", sa.String(length=60), nullable=False),
        sa.Column("versie", sa.String(length=80), nullable=False),
        sa.Column("uiterlijk", sa.Date(), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("gedaan_op", Tijdstip(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brieven")),
        sa.UniqueConstraint("mail", name=op.f("uq_brieven_mail")),
    )
    op.create_index(op.f("ix_brieven_kenmerk"), "brieven", ["kenmerk"])
    op.create_index(op.f("ix_brieven_aangemaakt_op"), "brieven", ["aangemaakt_op"])


def downgrade() -> None:
    op.drop_table("brieven")
    op.drop_table("onbestelbaar")
    op.drop_table("mails")
    op.drop_table("zaakvoorkeuren")
    op.drop_table("voorkeuren")
    op.drop_table("contactadressen")
