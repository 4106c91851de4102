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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import RowMapping, select
from sqlmodel import Session

from surveyapp.storage.count_tables import CaseTurnRow, DayCountRow
from surveyapp.storage.inserts import insert_into
from surveyapp.storage.tables import CaseRow

T = TypeVar("T")
CASES: Any = CaseRow.__table__  # type: ignore[attr-defined]
TURNS: Any = CaseTurnRow.__table__  # type: ignore[attr-defined]
DAYS: Any = DayCountRow.__table__  # type: ignore[attr-defined]
SHARDS = 256
"""At 100,000 cases a change makes a reader look at the marks of some 400."""
AT_ONCE = 500
FIELDS = (
    "case_id", "role", "language", "source", "device", "state", "is_test", "revision", "mark", "answers", "pages",
    "last_page", "seconds", "started_on", "sent_on", "instrument_hash", "flags",
)  # fmt: skip
"""What figures may see of a case: never a hash of a secret, never the receipt number."""
_READ = select(*(CASES.c[name] for name in FIELDS))
_TOUCHED, _COUNTED = "surveyapp.touched", "surveyapp.counted"


def shard_of(case_id: uuid.UUID) -> int:
    """The shard of a case: its key is random, so the shards are of one size and tell nothing."""
    return case_id.int % SHARDS


def new_mark() -> int:
    """What a case is marked with after a change; random, because a number that rises would be an order."""
    return secrets.randbits(31)


def touch(session: Session, study: str, year: int, case_id: uuid.UUID) -> None:
    """Note that this transaction changes a case; `settle` raises its shard's counter."""
    session.info.setdefault(_TOUCHED, set()).add((study, year, shard_of(case_id)))


def count_day(
    session: Session, study: str, year: int, day: date, event: str, role: str, *, is_test: bool, times: int = 1
) -> None:
    """Note that this transaction adds to the count of a day; `settle` does it."""
    counted = session.info.setdefault(_COUNTED, {})
    key = (study, year, is_test, day, event, role)
    counted[key] = counted.get(key, 0) + times


def settle(session: Session) -> None:
    """Raise the counters of what was changed; the last thing a transaction does (`Database.write`)."""
    touched, counted = session.info.pop(_TOUCHED, None), session.info.pop(_COUNTED, None)
    if touched:
        # A counter begins anywhere: one that is made anew, with its wave, is never taken for the one before.
        rows = [
            {"study_id": study, "year": year, "shard": shard, "turn": secrets.randbits(30)}
            for study, year, shard in sorted(touched)
        ]
        statement = insert_into(session, TURNS).values(rows)
        session.connection().execute(
            statement.on_conflict_do_update(
                index_elements=["study_id", "year", "shard"], set_={"turn": TURNS.c.turn + 1}
            )
        )
    names = ("study_id", "year", "is_test", "day", "event", "role")
    for key, times in sorted((counted or {}).items()):
        statement = insert_into(session, DAYS).values(**dict(zip(names, key, strict=True)), times=times)
        session.connection().execute(
            statement.on_conflict_do_update(
                index_elements=list(names), set_={"times": DAYS.c.times + statement.excluded.times}
            )
        )


def forget(session: Session) -> None:
    """Let go of what was noted for `settle`: it was taken back."""
    session.info.pop(_TOUCHED, None)
    session.info.pop(_COUNTED, None)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found: ``rows`` by the names in `FIELDS`, keys of cases that are ``gone``, and the counters seen."""

    rows: Sequence[RowMapping]
    gone: tuple[uuid.UUID, ...]
    turns: Mapping[int, int]


@dataclass(slots=True)
class CaseFeed:
    """What one reader saw of the cases of a wave; not thread-safe.

    A look changes nothing here: who could not make use of what it found looks again and finds it again. Test, withdrawn
    and erased cases are given like all others: that they are so is a change too.
    """

    study: str
    year: int
    _turns: dict[int, int] = field(default_factory=dict)
    _marks: dict[int, dict[uuid.UUID, int]] = field(default_factory=dict)

    def look(self, session: Session) -> Look:
        """The cases that changed since the last look that was kept; at the first, every case."""
        # Before the cases: what commits in between moves a counter that was not seen yet, and is found again.
        turns = {row.shard: row.turn for row in session.execute(_turns(self.study, self.year))}
        moved = [shard for shard in {**self._turns, **turns} if self._turns.get(shard) != turns.get(shard)]
        if not moved:
            return Look((), (), turns)
        of_wave = (CASES.c.study_id == self.study, CASES.c.year == self.year)
        if not self._marks:
            return Look(session.execute(_READ.where(*of_wave)).mappings().all(), (), turns)
        found: dict[uuid.UUID, int] = {}
        for some in _some(moved):
            marks = select(CASES.c.case_id, CASES.c.mark).where(*of_wave, CASES.c.shard.in_(some))
            found.update((row.case_id, row.mark) for row in session.execute(marks))
        known = {case: mark for shard in moved for case, mark in self._marks.get(shard, {}).items()}
        fresh = [case for case, mark in found.items() if known.get(case) != mark]
        rows: list[RowMapping] = []
        for some_cases in _some(fresh):
            rows += session.execute(
                _READ.where(CASES.c.study_id == self.study, CASES.c.case_id.in_(some_cases))
            ).mappings()
        return Look(rows, tuple(case for case in known if case not in found), turns)

    def keep(self, look: Look) -> None:
        """What this look found is taken in; the next one begins there."""
        for case in look.gone:
            self._marks[shard_of(case)].pop(case, None)
        for row in look.rows:
            self._marks.setdefault(shard_of(row["case_id"]), {})[row["case_id"]] = row["mark"]
        self._turns = dict(look.turns)


def cases_of_wave(session: Session, study: str, year: int) -> Sequence[RowMapping]:
    """Every case of a wave, test and erased ones included, by the names in `FIELDS`; in the order of their keys."""
    statement = _READ.where(CASES.c.study_id == study, CASES.c.year == year).order_by(CASES.c.case_id)
    return session.execute(statement).mappings().all()


def days_of_wave(session: Session, study: str, year: int, *, is_test: bool) -> list[tuple[date, str, str, int]]:
    """The counts per day of a wave whose cases keep none: day, event, role, times."""
    statement = select(DAYS.c.day, DAYS.c.event, DAYS.c.role, DAYS.c.times).where(
        DAYS.c.study_id == study, DAYS.c.year == year, DAYS.c.is_test.is_(is_test)
    )
    return [tuple(row) for row in session.execute(statement.order_by(DAYS.c.day, DAYS.c.event, DAYS.c.role))]


def _turns(study: str, year: int) -> Any:
    return select(TURNS.c.shard, TURNS.c.turn).where(TURNS.c.study_id == study, TURNS.c.year == year)


def _some(listed: Sequence[T]) -> Iterator[Sequence[T]]:
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
