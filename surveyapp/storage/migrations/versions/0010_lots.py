"""Who is held back is drawn by lots that are kept; of a wave that is over nobody's step is"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

THIRD = 333_333
"""Of a million: as `surveyapp.storage.publication` draws when nobody knows what was shown before."""
OVER = """
SELECT s.study_id, s.year, MAX(s.step) FROM published_step s
  JOIN wave w ON w.study_id = s.study_id AND w.year = s.year
 WHERE w.state IN ('closed', 'archived') GROUP BY s.study_id, s.year
"""


def upgrade() -> None:
    op.add_column("published_step", sa.Column("is_blind", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("published_step", sa.Column("lot", sa.String(32), nullable=True))
    op.add_column("published_step", sa.Column("held_back", sa.Integer(), server_default="0", nullable=False))
    bind = op.get_bind()
    for study, year, last in bind.execute(sa.text(OVER)).all():
        wave = {"study": study, "year": year, "last": last}
        of_wave = "study_id = :study AND year = :year"
        bind.execute(sa.text(f"DELETE FROM published_case WHERE {of_wave}"), wave)  # noqa: S608
        bind.execute(sa.text(f"DELETE FROM published_step WHERE {of_wave} AND step < :last"), wave)  # noqa: S608
        drawn = "is_whole = :no, has_lost = :yes, is_blind = :yes, lot = :lot, held_back = :third"
        bind.execute(
            sa.text(f"UPDATE published_step SET {drawn} WHERE {of_wave}"),  # noqa: S608
            {**wave, "no": False, "yes": True, "lot": secrets.token_hex(16), "third": THIRD},
        )


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
