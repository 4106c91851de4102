"""Of answers that were taken back only role and state stay

Language, source, version of the text, day and number of saves stood there until this version. Marks and counters move,
so that every process reads these cases anew; files of columns go in `Database.upgrade`.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GONE = "state IN ('withdrawn', 'erased')"
STATEMENT = (
    "UPDATE cases SET language = 'unknown', source = 'unknown', device = 'unknown', consent_version = '',"  # noqa: S608
    " revision = 0, seconds = 0, seed = 0, last_page = NULL, started_on = NULL, sent_on = NULL, instrument_hash ="
    " (SELECT w.instrument_hash FROM wave w WHERE w.study_id = cases.study_id AND w.year = cases.year)"
    f" WHERE {GONE}"
)


def upgrade() -> None:
    op.execute(STATEMENT)
    cases = sa.table("cases", *(sa.column(name) for name in ("study_id", "year", "shard", "mark", "state")),
                     sa.column("case_id", sa.Uuid))  # fmt: skip
    turns = sa.table("case_turn", *(sa.column(name) for name in ("study_id", "year", "shard", "turn")))
    connection = op.get_bind()
    found = connection.execute(
        sa.select(cases.c.study_id, cases.c.case_id, cases.c.year, cases.c.shard).where(sa.text(GONE))
    ).all()
    for study, case, _, _ in found:
        here = (cases.c.study_id == study, cases.c.case_id == case)
        connection.execute(sa.update(cases).where(*here).values(mark=secrets.randbits(31)))
    for study, year, shard in sorted({(study, year, shard) for study, _, year, shard in found}):
        there = (turns.c.study_id == study, turns.c.year == year, turns.c.shard == shard)
        connection.execute(sa.update(turns).where(*there).values(turn=turns.c.turn + 1))


def downgrade() -> None:
    raise RuntimeError("There is no way back: restore the back-up that was made before the upgrade.")
