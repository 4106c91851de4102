"""Why a mailing stopped by itself, and since when it goes on"""

import sqlalchemy as sa
from alembic import op

from surveyapp.storage.column_types import Moment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitation_round", sa.Column("stopped_because", sa.String(80)))
    op.add_column("invitation_round", sa.Column("gone_on_at", Moment))


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
