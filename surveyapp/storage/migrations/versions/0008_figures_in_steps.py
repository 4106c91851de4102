"""The figures of an open wave move in steps"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_step",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("stand", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("has_lost", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "year", "step", name=op.f("pk_published_step")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_published_step_wave")
        ),
        sa.CheckConstraint("step > 0", name="ck_published_step"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "published_case",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("study_id", "case_id", name=op.f("pk_published_case")),
        sa.ForeignKeyConstraint(
            ["study_id", "case_id"],
            ["cases.study_id", "cases.case_id"],
            name=op.f("fk_published_case_cases"),
            ondelete="CASCADE",
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_published_case_wave", "published_case", ["study_id", "year"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
