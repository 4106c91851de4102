"""What is decided of finished cases that the quality rules flagged, the flags themselves, and when they were made"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("published_step", sa.Column("whole", sa.String(32), nullable=True))
    op.add_column("cases", sa.Column("quality_decision", sa.String(8), nullable=True))
    op.create_table(
        "case_flag",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("study_id", "case_id", "rule", name=op.f("pk_case_flag")),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_case_flag_wave")),
        sa.CheckConstraint("strength IN (1, 2)", name="ck_case_flag_strength"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quality_run",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("data_version", sa.String(64), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("not_run", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", name=op.f("pk_quality_run")),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_quality_run_wave")),
        sa.CheckConstraint("checked >= 0", name="ck_quality_run_checked"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
