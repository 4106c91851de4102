"""Figures that were added to a report beside its plan"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_figure",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("variable", sa.String(64), nullable=False),
        sa.Column("banners", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("weight", sa.String(64), nullable=False),
        sa.Column("chart", sa.String(16), nullable=False),
        sa.Column("removed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("study_id", "year", "number", name=op.f("pk_report_figure")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_report_figure_wave")
        ),
        sa.CheckConstraint("number > 0", name="ck_report_figure"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
