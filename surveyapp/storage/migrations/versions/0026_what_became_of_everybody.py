"""What a researcher decided about single people, and the counts of a sample that outlive its links"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decided_disposition",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "subject", name=op.f("pk_decided_disposition")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_decided_disposition_wave")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcome_count",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("disposition", sa.String(16), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "study_id", "year", "part", "value", "disposition", name=op.f("pk_outcome_count")
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_outcome_count_wave")
        ),
        sa.CheckConstraint("part IN ('role', 'segment', 'source')", name="ck_outcome_count_part"),
        sa.CheckConstraint("times > 0", name="ck_outcome_count_times"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
