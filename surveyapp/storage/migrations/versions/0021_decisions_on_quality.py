"""What is decided of finished cases that the quality rules flagged, the flags themselves, and when they were made"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("quality_decision", sa.String(8), nullable=True))
