"""The hash of the answers that an edition of a closed wave counts"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edition", sa.Column("data_hash", sa.String(64), nullable=True))
    op.add_column("edition", sa.Column("data_salt", sa.String(32), nullable=True))


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
