"""What the figures of a closed wave rest on is written down; waves filled to look around in are marked"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Every wave that is over gets its first edition, compared with the wave its books are compared with today.
FIRST_EDITIONS = """
INSERT INTO edition
    (study_id, year, number, at, actor, act, reason, instrument_hash, compared_with, cases)
SELECT w.study_id, w.year, 1, COALESCE(w.closed_at, w.created_at), 'system',
       CASE WHEN EXISTS (SELECT 1 FROM import_run r WHERE r.study_id = w.study_id AND r.year = w.year)
            THEN 'wave.import' ELSE 'wave.close' END,
       '', w.instrument_hash,
       (SELECT MAX(c.year) FROM cases c JOIN wave e ON e.study_id = c.study_id AND e.year = c.year
         WHERE c.study_id = w.study_id AND c.year < w.year AND c.state = 'complete' AND NOT c.is_test
           AND e.state IN ('closed', 'archived')),
       (SELECT COUNT(*) FROM cases c
         WHERE c.study_id = w.study_id AND c.year = w.year AND c.state = 'complete' AND NOT c.is_test)
  FROM wave w WHERE w.state IN ('closed', 'archived')
"""

# Waves that a demonstration opened before this version, by what the audit log holds of it.
DEMONSTRATIONS = """
UPDATE wave SET is_demonstration = TRUE WHERE EXISTS (SELECT 1 FROM audit a WHERE a.actor = 'demonstration'
   AND a.action = 'wave.open' AND a.subject = wave.study_id || ' ' || CAST(wave.year AS TEXT))
"""


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("study_id", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instrument_hash", sa.String(64), nullable=False),
        sa.Column("compared_with", sa.Integer(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("study_id", "year", "number", name=op.f("pk_edition")),
        sa.ForeignKeyConstraint(["study_id", "year"], ["wave.study_id", "wave.year"], name=op.f("fk_edition_wave")),
        sa.CheckConstraint("number > 0", name="ck_edition_number"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute(sa.text(FIRST_EDITIONS))
    op.add_column("wave", sa.Column("is_demonstration", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text(DEMONSTRATIONS))


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
