"""Jobs, the workers that do them, and made files live in the database, where every server sees them"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("worker_id", sa.String(32), nullable=False),
        sa.Column("seen_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_worker")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("due_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job")),
        sa.CheckConstraint("attempts >= 0", name="ck_job_attempts"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "made_file",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("file_id", sa.String(32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("asked_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "file_id", name=op.f("pk_made_file")),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_made_file_wave")),
        sa.CheckConstraint("state IN ('queued', 'running', 'ready', 'failed')", name="ck_made_file_state"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="ck_made_file_percent"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "file_part",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("file_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", "file_id", "number", name=op.f("pk_file_part")),
        sa.ForeignKeyConstraint(
            ["study_id", "file_id"], ["made_file.study_id", "made_file.file_id"], name=op.f("fk_file_part_made_file")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
