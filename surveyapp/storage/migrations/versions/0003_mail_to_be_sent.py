"""Mail that is still to be sent, and addresses of who wants to hear that a wave opens"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_request",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_opening_request_wave")
        ),
        sa.PrimaryKeyConstraint("study_id", "year", "email", name=op.f("pk_opening_request")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("study_id", sa.String(length=64), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("send_key", sa.String(length=300), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("is_handed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('link', 'opened')", name="ck_outbox_kind"),
        sa.CheckConstraint("attempts >= 0", name="ck_outbox_attempts"),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_outbox_wave")),
        sa.PrimaryKeyConstraint("study_id", "mail_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("study_id", "send_key", name="uq_outbox_send_key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
