"""Certificates of what was removed, and who wants no mail although nothing else is known of them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opt_out",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "address_hash", name=op.f("pk_opt_out")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "certificate",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificate")),
        sa.CheckConstraint("number > 0", name="ck_certificate_number"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
