"""Why people stopped, in their own words"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stop_reason",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "case_id", name=op.f("pk_stop_reason")),
        sa.ForeignKeyConstraint(
            ["study_id", "case_id"],
            ["cases.study_id", "cases.case_id"],
            name=op.f("fk_stop_reason_cases"),
            ondelete="CASCADE",
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stop_reason_wave", "stop_reason", ["study_id", "year"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
