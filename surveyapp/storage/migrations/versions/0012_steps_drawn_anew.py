"""Steps of an open wave are drawn anew: by which step somebody was known and counts is forgotten"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SAME_WAVE = "l.study_id = published_step.study_id AND l.year = published_step.year"
_OPEN = (
    "EXISTS (SELECT 1 FROM wave w WHERE w.study_id = published_step.study_id AND w.year = published_step.year"
    " AND w.state = 'open')"
)
STATEMENTS = (
    # Figures pause until a step is drawn. Steps of one lot leave it: who lies above it was never shown.
    "DELETE FROM published_case",
    "UPDATE published_step SET is_blind = TRUE, is_whole = FALSE, has_lost = FALSE, lot = NULL, held_back = 0"
    f" WHERE {_OPEN} AND EXISTS (SELECT 1 FROM published_step l WHERE {_SAME_WAVE}"  # noqa: S608
    " AND (l.is_whole OR l.is_blind OR l.lot IS NULL OR l.lot <> published_step.lot))",
    f"UPDATE published_step SET has_lost = TRUE WHERE {_OPEN} AND NOT is_blind",  # noqa: S608
    f"DELETE FROM published_step WHERE {_OPEN}"  # noqa: S608
    f" AND step < (SELECT MAX(l.step) FROM published_step l WHERE {_SAME_WAVE})",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
