"""Which cases changed since the last look, never missing one.

Sequence numbers are not commit order: a transaction that took number 7 can commit after one that took 8, and a reader
who saw 8 would never come back for 7. So each change carries a stamp whose *horizon* the database itself knows:

* PostgreSQL: the number of the writing transaction; the horizon is the oldest transaction still under way. Everything
  below it is settled and visible. What lies above is given now and again at the next look: at least once.
* SQLite: one above the highest stamp, taken under the one write lock; stamps commit in order: exactly once.

A case that is erased keeps its row, so a disappearance is a change too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, RowMapping, func, select, text, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session

from surveyapp.storage.tables import CaseRow

CASES: Any = CaseRow.__table__  # type: ignore[attr-defined]
FIELDS = (
    "case_id", "role", "language", "source", "device", "state", "is_test", "revision", "changed", "answers", "pages",
    "last_page", "seconds", "started_on", "sent_on", "instrument_hash", "flags",
)  # fmt: skip
"""What figures may see of a case: never a hash of a secret, never the receipt number."""
_READ = select(*(CASES.c[name] for name in FIELDS))


class stamp(FunctionElement[int]):  # noqa: N801  reads as the function it is in a statement
    """The stamp of a change made now, for the column ``cases.changed``."""

    type = BigInteger()
    inherit_cache = True


@compiles(stamp, "postgresql")
def _stamp_postgresql(element: stamp, compiler: SQLCompiler, **options: Any) -> str:
    return "pg_current_xact_id()::text::bigint"


@compiles(stamp, "sqlite")
def _stamp_sqlite(element: stamp, compiler: SQLCompiler, **options: Any) -> str:
    return "(SELECT coalesce(max(stamped.changed), 0) + 1 FROM cases AS stamped)"


def _horizon(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        # One below: everything up to and including it is settled, as on SQLite.
        oldest = select(text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
        return int(session.execute(oldest).scalar_one()) - 1
    return int(session.execute(select(func.coalesce(func.max(CASES.c.changed), 0))).scalar_one())


def changed_cases(session: Session, study: str, year: int, since: int = 0) -> tuple[Sequence[RowMapping], int]:
    """The cases of a wave that changed after ``since``, test and erased ones included, and the new horizon.

    Parameters
    ----------
    since : the horizon of the last look; 0 gives every case

    Returns
    -------
    rows, horizon     rows by the names in `FIELDS`; the same case may come again at the next look
    """
    horizon = _horizon(session)  # before the rows: what commits in between comes at the next look too
    rows = session.execute(_READ.where(CASES.c.study_id == study, CASES.c.year == year, CASES.c.changed > since))
    return rows.mappings().all(), horizon


def restamp(session: Session) -> int:
    """Bring stamps from before a restore under the horizon; the number of cases that were touched.

    A restored PostgreSQL cluster counts its transactions anew. Older, higher stamps miss nothing but would be given
    again at every look until the counter has passed them.
    """
    if session.get_bind().dialect.name != "postgresql":
        return 0
    ahead = update(CASES).where(CASES.c.changed > text("pg_current_xact_id()::text::bigint"))
    result = session.execute(ahead.values(changed=stamp()).returning(CASES.c.case_id))
    return len(result.all())
