"""Segments and organisations of contacts, targets per role and segment, lists that wait for a yes"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("segment", sa.String(64), nullable=True))
    op.add_column("contact", sa.Column("organisation", sa.String(200), nullable=True))
    op.create_table(
        "wave_target",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("segment", sa.String(64), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", "role", "segment", name=op.f("pk_wave_target")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_wave_target_wave")
        ),
        sa.CheckConstraint("wanted >= 0", name="ck_wave_target_wanted"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staged_list",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("list_id", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("staged_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "list_id", name=op.f("pk_staged_list")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_staged_list_wave")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_staged_list_staged_at", "staged_list", ["staged_at"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
