"""Who declined by their personal link, and mailings that become files"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("declined_on", sa.Date(), nullable=True))
    op.add_column("invitation_round", sa.Column("as_files", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
