"""sessies, inlogpogingen en zaakbezoeken"""

import sqlalchemy as sa
from alembic import op

from pip_portal.tables import Tijdstip

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "geziene_berichten",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("verloopt_op", Tijdstip(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_geziene_berichten")),
    )
    with op.batch_alter_table("geziene_berichten", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_geziene_berichten_verloopt_op"), ["verloopt_op"], unique=False)

    op.create_table(
        "inlogpogingen",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("middel", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=80), nullable=False),
        sa.Column("relay_state", sa.String(length=80), nullable=False),
        sa.Column("niveau", sa.Integer(), nullable=False),
        sa.Column("terug", sa.String(length=2000), nullable=False),
        sa.Column("pseudoniem", sa.String(length=64), nullable=True),
        sa.Column("verloopt_op", Tijdstip(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_inlogpogingen")),
    )
    with op.batch_alter_table("inlogpogingen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inlogpogingen_verloopt_op"), ["verloopt_op"], unique=False)

    op.create_table(
        "sessies",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("middel", sa.String(length=20), nullable=False),
        sa.Column("pseudoniem", sa.String(length=64), nullable=False),
        sa.Column("naam_id_hash", sa.String(length=64), nullable=True),
        sa.Column("gegevens", sa.LargeBinary(), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(), nullable=False),
        sa.Column("laatst_gezien_op", Tijdstip(), nullable=False),
        sa.Column("eindigt_op", Tijdstip(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_sessies")),
    )
    with op.batch_alter_table("sessies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessies_eindigt_op"), ["eindigt_op"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessies_naam_id_hash"), ["naam_id_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessies_pseudoniem"), ["pseudoniem"], unique=False)

    op.create_table(
        "zaakbezoeken",
        sa.Column("pseudoniem", sa.String(length=64), nullable=False),
        sa.Column("bron", sa.String(length=20), nullable=False),
        sa.Column("zaak_uuid", sa.String(length=36), nullable=False),
        sa.Column("bezocht_op", Tijdstip(), nullable=False),
        sa.PrimaryKeyConstraint("pseudoniem", "bron", "zaak_uuid", name=op.f("pk_zaakbezoeken")),
    )
    with op.batch_alter_table("zaakbezoeken", schema=None) as batch_op:
        batch_op.create_index("ix_zaakbezoeken_bezocht_op", ["bezocht_op"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("zaakbezoeken", schema=None) as batch_op:
        batch_op.drop_index("ix_zaakbezoeken_bezocht_op")

    op.drop_table("zaakbezoeken")
    with op.batch_alter_table("sessies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessies_pseudoniem"))
        batch_op.drop_index(batch_op.f("ix_sessies_naam_id_hash"))
        batch_op.drop_index(batch_op.f("ix_sessies_eindigt_op"))

    op.drop_table("sessies")
    with op.batch_alter_table("inlogpogingen", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inlogpogingen_verloopt_op"))

    op.drop_table("inlogpogingen")
    with op.batch_alter_table("geziene_berichten", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_geziene_berichten_verloopt_op"))

    op.drop_table("geziene_berichten")
