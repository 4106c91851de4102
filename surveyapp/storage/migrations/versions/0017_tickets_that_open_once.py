"""What opens once and was used stands apart from attempts that are counted"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = ("signed_out", "totp", "mail-once", "mail-sent")


def upgrade() -> None:
    ticket = op.create_table(
        "ticket",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "ticket_hash", name=op.f("pk_ticket")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    throttle = sa.table(
        "throttle",
        sa.column("door", sa.String()),
        sa.column("source_hash", sa.String()),
        sa.column("window_started_at", sqlmodel.UTCDateTime()),
    )
    used = throttle.c.door.in_(KINDS)
    # A session that was signed out stays so.
    op.execute(
        ticket.insert().from_select(
            ["kind", "ticket_hash", "used_at"],
            sa.select(throttle.c.door, throttle.c.source_hash, throttle.c.window_started_at).where(used),
        )
    )
    op.execute(throttle.delete().where(used))


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
