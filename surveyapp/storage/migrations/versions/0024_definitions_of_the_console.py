"""Definitions that are worked on from the console, and what was sent in for them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "definition",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(254), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", name=op.f("pk_definition")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_definition_wave")
        ),
        sa.CheckConstraint("revision > 0", name="ck_definition_revision"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proposal",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("proposal_id", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("sent_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "proposal_id", name=op.f("pk_proposal")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_proposal_wave")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_proposal_sent_at", "proposal", ["sent_at"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
