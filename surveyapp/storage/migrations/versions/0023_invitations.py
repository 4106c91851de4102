"""Rounds of invitations and reminders, and the messages of each"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "invitation_round",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("rule", JSON, nullable=False),
        sa.Column("send_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("confirmed", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(254), nullable=False),
        sa.Column("made_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("figures", JSON, nullable=True),
        sa.PrimaryKeyConstraint("study_id", "year", "number", name=op.f("pk_invitation_round")),
        sa.ForeignKeyConstraint(
            ["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_invitation_round_wave")
        ),
        sa.CheckConstraint("kind IN ('invitation', 'reminder', 'thanks')", name="ck_invitation_round_kind"),
        sa.CheckConstraint("state IN ('draft', 'going', 'stopped', 'done')", name="ck_invitation_round_state"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitation_message",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("hand", sa.String(32), nullable=True),
        sa.Column("handed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("study_id", "message_id", name=op.f("pk_invitation_message")),
        sa.ForeignKeyConstraint(
            ["study_id", "year", "number"],
            ["invitation_round.study_id", "invitation_round.year", "invitation_round.number"],
            name=op.f("fk_invitation_message_invitation_round"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "contact_id"],
            ["contact.study_id", "contact.contact_id"],
            name=op.f("fk_invitation_message_contact"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "study_id", "year", "number", "contact_id", name="uq_invitation_message_contact"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'handed', 'sent', 'unsure', 'failed', 'bounced', 'spared')",
            name="ck_invitation_message_state",
        ),
        sa.CheckConstraint("attempts >= 0", name="ck_invitation_message_attempts"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_invitation_message_due", "invitation_message", ["state", "due_at"])
    op.create_index("ix_invitation_message_handed_at", "invitation_message", ["handed_at"])
    op.create_index("ix_invitation_message_contact", "invitation_message", ["study_id", "contact_id"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
