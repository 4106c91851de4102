"""How often each draw of a rotation was given out, so that draws stay even"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "block_draw",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("rotation", sa.String(length=80), nullable=False),
        sa.Column("draw", sa.String(length=600), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times >= 0", name="ck_block_draw_times"),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_block_draw_wave"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "year", "role", "rotation", "draw", name=op.f("pk_block_draw")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
