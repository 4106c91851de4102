"""The marks of a shard are read from its index: a look at what changed reads no case"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_cases_shard", table_name="cases")
    op.create_index("ix_cases_shard", "cases", ["study_id", "year", "shard", "mark", "case_id"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
