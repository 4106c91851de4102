"""Which cases changed since the last look, never missing one, and without an order in which they did.

A number that rises with every change would do, and would be the order in which people came, for good. So the cases of
a wave are dealt into `SHARDS` by their random keys; each shard has a counter that rises in the transaction of the
change itself, and each case a mark that is another random number after each change. A reader keeps the counters and
marks it saw, reads the marks of the shards that moved, and then the cases whose mark is new
(docs/decisions/0025-no-order.md).

Counters and cases commit together, so one picture of the database holds both: what commits later moves a counter that
the reader has not seen yet. No clock, sequence or transaction number is asked, and both databases work alike.

The counters are raised last of all, in one order (`settle`): whoever holds one asks for nothing any more but higher
ones, so nobody waits in a circle, and two people wait for each other only while one of them commits in the same shard.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, select
from sqlmodel import Session

from surveyapp.storage.count_tables import CaseTurnRow, DayCountRow
from surveyapp.storage.statements import add_times, in_wave, insert_for
from surveyapp.storage.tables import CaseRow

CASES: Any = CaseRow.__table__  # type: ignore[attr-defined]
TURNS: Any = CaseTurnRow.__table__  # type: ignore[attr-defined]
DAYS: Any = DayCountRow.__table__  # type: ignore[attr-defined]
SHARDS = 256
"""At 100,000 cases a change makes a reader look at the marks of some 400."""
PEOPLE = 0
"""In the place of a year: the counter of a study whose contacts, messages or decisions about people changed."""
FIELDS = (
    "case_id", "role", "language", "source", "device", "state", "is_test", "revision", "mark", "answers", "pages",
    "last_page", "seconds", "started_on", "sent_on", "instrument_hash", "flags",
    "quality_decision",
)  # fmt: skip
"""What figures may see of a case: never a hash of a secret, never the receipt number."""
READ = select(*(CASES.c[name] for name in FIELDS))
_TOUCHED, _COUNTED, _TAKEN_BACK = "surveyapp.touched", "surveyapp.counted", "surveyapp.taken_back"


def shard_of(case_id: uuid.UUID) -> int:
    """The shard of a case: its key is random, so the shards are of one size and tell nothing."""
    return case_id.int % SHARDS


def new_mark() -> int:
    """What a case is marked with after a change; random, because a number that rises would be an order."""
    return secrets.randbits(31)


def touch(session: Session, study: str, year: int, case_id: uuid.UUID) -> None:
    """Note that this transaction changes a case; `settle` raises its shard's counter."""
    session.info.setdefault(_TOUCHED, set()).add((study, year, shard_of(case_id)))


def touch_people(session: Session, study: str) -> None:
    """Note that this transaction changes what is known of the contacts of a study or of messages to them.

    One counter for a study, as an opt-out holds in each of its waves; it names nobody. Who begins or sends moves the
    counters of the cases.
    """
    session.info.setdefault(_TOUCHED, set()).add((study, PEOPLE, 0))


def turns(session: Session, study: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """Every counter of a wave and that of the study's people: the same for as long as nothing changed."""
    statement = select(TURNS.c.year, TURNS.c.shard, TURNS.c.turn).where(
        TURNS.c.study_id == study, TURNS.c.year.in_((PEOPLE, year))
    )
    return tuple(sorted((row.year, row.shard, row.turn) for row in session.connection().execute(statement)))


def count_day(
    session: Session, study: str, year: int, day: date, event: str, role: str, *, is_test: bool, times: int = 1
) -> None:
    """Note that this transaction adds to the count of a day; `settle` does it."""
    counted = session.info.setdefault(_COUNTED, {})
    key = (study, year, is_test, day, event, role)
    counted[key] = counted.get(key, 0) + times


def take_back(session: Session, study: str, year: int) -> None:
    """Note that this transaction takes answers of a wave away: what stands of them outside the database goes too."""
    session.info.setdefault(_TAKEN_BACK, set()).add((study, year))


def taken_back(session: Session) -> set[tuple[str, int]]:
    """The waves out of which this transaction takes answers, told once."""
    found: set[tuple[str, int]] = session.info.pop(_TAKEN_BACK, set())
    return found


def settle(session: Session) -> None:
    """Raise the counters of what was changed; the last thing a transaction does (`Database.write`)."""
    touched, counted = session.info.pop(_TOUCHED, None), session.info.pop(_COUNTED, None)
    if touched:
        # A counter begins anywhere: one that is made anew, with its wave, is never taken for the one before.
        rows = [
            {"study_id": study, "year": year, "shard": shard, "turn": secrets.randbits(30)}
            for study, year, shard in sorted(touched)
        ]
        session.connection().execute(_raised(session.get_bind().dialect.name), rows)
    names = ("study_id", "year", "is_test", "day", "event", "role")
    for key, times in sorted((counted or {}).items()):
        add_times(session, DAYS, dict(zip(names, key, strict=True)), times)


@cache
def _raised(dialect: str) -> Any:
    """Raises a shard's counter; made once, and without a row in it, so that it is compiled once."""
    shard = ["study_id", "year", "shard"]
    return insert_for(dialect, TURNS).on_conflict_do_update(index_elements=shard, set_={"turn": TURNS.c.turn + 1})


def forget(session: Session) -> None:
    """Let go of what was noted for `settle`: it was taken back."""
    for noted in (_TOUCHED, _COUNTED, _TAKEN_BACK):
        session.info.pop(noted, None)


def cases_of_wave(session: Session, study: str, year: int) -> Sequence[RowMapping]:
    """Every case of a wave, test and erased ones included, by the names in `FIELDS`; in the order of their keys."""
    statement = READ.where(*in_wave(CASES, study, year)).order_by(CASES.c.case_id)
    return session.execute(statement).mappings().all()


def days_of_wave(session: Session, study: str, year: int, *, is_test: bool) -> list[tuple[date, str, str, int]]:
    """The counts per day of a wave whose cases keep none: day, event, role, times."""
    statement = select(DAYS.c.day, DAYS.c.event, DAYS.c.role, DAYS.c.times).where(
        *in_wave(DAYS, study, year), DAYS.c.is_test.is_(is_test)
    )
    return [tuple(row) for row in session.execute(statement.order_by(DAYS.c.day, DAYS.c.event, DAYS.c.role))]
