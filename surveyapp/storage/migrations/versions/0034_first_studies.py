"""First studies that were sent in and wait for a yes"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_proposal",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("proposal_id", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("sent_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "proposal_id", name=op.f("pk_study_proposal")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_study_proposal_sent_at", "study_proposal", ["sent_at"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
