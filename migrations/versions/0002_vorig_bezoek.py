"""vorig bezoek"""

import sqlalchemy as sa
from alembic import op

from pip_portal.tables import Tijdstip

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("zaakbezoeken", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vorig_bezoek_op", Tijdstip(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("zaakbezoeken", schema=None) as batch_op:
        batch_op.drop_column("vorig_bezoek_op")
