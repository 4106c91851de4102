"""What became of mail to a contact, and the reports that were read, so that none counts twice"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("bounced_on", sa.Date(), nullable=True))
    op.add_column("contact", sa.Column("bounce_code", sa.String(16), nullable=True))
    op.add_column("contact", sa.Column("soft_bounces", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("contact", sa.Column("complained_on", sa.Date(), nullable=True))
    op.create_table(
        "mail_report",
        sa.Column("report_hash", sa.String(64), nullable=False),
        sa.Column("study_id", sa.String(64), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("code", sa.String(16), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("report_hash", name=op.f("pk_mail_report")),
        sa.CheckConstraint(
            "kind IN ('hard', 'soft', 'complaint', 'unmatched', 'not_understood')", name="ck_mail_report_kind"
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mail_report_wave", "mail_report", ["study_id", "year", "kind"])


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
