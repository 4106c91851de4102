"""What was done to something, and when something was done last, is found without reading the whole trail"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_deed", "audit", ["subject", "action", "entry"], if_not_exists=True)
    op.create_index("ix_audit_at", "audit", ["at"], if_not_exists=True)


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
