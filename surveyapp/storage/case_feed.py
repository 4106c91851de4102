"""What one reader saw of the cases of a wave, and what changed since (`storage.changes` says how that can be known).

The keys and marks of a wave are two arrays; nothing is held per case. Respondents' requests write changes and never
read them, so only who makes figures pays for numpy.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import RowMapping, String, cast, func, select, type_coerce
from sqlmodel import Session

from surveyapp.storage.changes import CASES, READ, SHARDS, TURNS
from surveyapp.storage.published_tables import PublishedCaseRow
from surveyapp.storage.statements import AT_ONCE, batches, in_wave
from surveyapp.storage.tables import PageSaveRow

Keys = NDArray[np.bytes_]
"""Keys of cases, shape (n,), sixteen bytes each: their order is that of the keys."""
KEY = np.dtype("S16")
SAVES: Any = PageSaveRow.__table__  # type: ignore[attr-defined]
PUBLISHED: Any = PublishedCaseRow.__table__  # type: ignore[attr-defined]


def keys_of(cases: Sequence[uuid.UUID]) -> Keys:
    """Keys as an array, in the order in which they are given."""
    return np.frombuffer(b"".join(case.bytes for case in cases), dtype=KEY)


def case_ids(keys: Keys) -> list[uuid.UUID]:
    """The keys of an array."""
    return [uuid.UUID(bytes=key) for key in each(keys)]


def each(keys: Keys) -> Iterator[bytes]:
    """The sixteen bytes of each key."""
    raw = keys.tobytes()  # an entry by itself would lose the noughts at its end
    return (raw[at : at + 16] for at in range(0, len(raw), 16))


def places_of(keys: Keys, among: Keys) -> NDArray[np.intp]:
    """Where each key stands in a sorted array; -1 where it does not."""
    places = np.searchsorted(among, keys)
    found: NDArray[np.intp] = np.full(len(keys), -1, dtype=np.intp)
    here = np.flatnonzero(places < len(among))
    here = here[among[places[here]] == keys[here]]
    found[here] = places[here]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a look found: the keys of cases that changed or are new (``fresh``), their marks, and of those that are
    ``gone``; and the counters seen. :meth:`blocks` reads the cases themselves, in the session of the look."""

    session: Session
    study: str
    fresh: Keys
    marks: NDArray[np.int32]
    gone: Keys
    turns: Mapping[int, int]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(len(self.fresh) or len(self.gone))

    def blocks(self) -> Iterator[Sequence[RowMapping]]:
        """The cases that changed, some hundreds at a time, by the names in `changes.FIELDS`."""
        for some in batches(case_ids(self.fresh)):
            statement = READ.where(CASES.c.study_id == self.study, CASES.c.case_id.in_(some))
            yield self.session.execute(statement).mappings().all()


@dataclass(slots=True)
class CaseFeed:
    """What one reader saw of the cases of a wave; not thread-safe.

    A look changes nothing here: who could not make use of what it found looks again and finds it again. Test, withdrawn
    and erased cases are given like all others: that they are so is a change too.
    """

    study: str
    year: int
    keys: Keys = field(default_factory=lambda: np.zeros(0, dtype=KEY))  # sorted
    marks: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    turns: Mapping[int, int] | None = None  # None: whatever is known came from elsewhere, so everything is looked at

    def look(self, session: Session) -> Look:
        """The cases that changed since the last look that was kept; at the first, every case."""
        # Before the cases: what commits in between moves a counter that was not seen yet, and is found again.
        turns = {row.shard: row.turn for row in session.execute(_turns(self.study, self.year))}
        seen = self.turns or {}
        moved = [shard for shard in {**seen, **turns} if seen.get(shard) != turns.get(shard)]
        if self.turns is None:
            known = np.ones(len(self.keys), dtype=np.bool_)
            found, marks = self._marks(session, None)
        else:
            known = np.isin(_shards(self.keys), moved) if moved else np.zeros(len(self.keys), dtype=np.bool_)
            found, marks = self._marks(session, moved)
        there = places_of(found, self.keys)
        is_fresh = (there < 0) | (self.marks[there] != marks) if len(self.keys) else np.ones(len(found), dtype=np.bool_)
        gone = self.keys[known]
        return Look(session, self.study, found[is_fresh], marks[is_fresh], gone[places_of(gone, found) < 0], turns)

    def keep(self, look: Look) -> None:
        """What this look found is taken in; the next one begins there."""
        if look:
            there = places_of(look.fresh, self.keys)
            marks = self.marks.copy()
            marks[there[there >= 0]] = look.marks[there >= 0]
            gone = places_of(look.gone, self.keys)
            keys, marks = np.delete(self.keys, gone), np.delete(marks, gone)
            new = there < 0
            before = np.searchsorted(keys, look.fresh[new])
            self.keys, self.marks = np.insert(keys, before, look.fresh[new]), np.insert(marks, before, look.marks[new])
        self.turns = dict(look.turns)

    def _marks(self, session: Session, shards: Sequence[int] | None) -> tuple[Keys, NDArray[np.int32]]:
        """Keys, sorted, and marks of the cases in these shards, or of all.

        A shard comes as two texts, which list its cases in one order: a row per case would take ten times as long.
        """
        statement = select(_listed(CASES.c.case_id), _listed(CASES.c.mark))
        statement = statement.where(CASES.c.study_id == self.study, CASES.c.year == self.year)
        if shards is not None:
            statement = statement.where(CASES.c.shard.in_(shards))
        rows = session.execute(statement.group_by(CASES.c.shard)).all()
        if not rows:
            return np.zeros(0, dtype=KEY), np.zeros(0, dtype=np.int32)
        keys = _read(",".join(keys for keys, _ in rows))
        marks = np.fromstring(",".join(marks for _, marks in rows), dtype=np.int64, sep=",").astype(np.int32)
        order = np.argsort(keys, kind="stable")
        return keys[order], marks[order]


def page_seconds(session: Session, study: str, cases: Sequence[uuid.UUID]) -> Iterator[tuple[int, str, int]]:
    """Seconds per case, by its place among the given, and saved page; a page saved twice counts both times."""
    # The key as the database keeps it: on SQLite a text, which need not become an object for each page.
    is_text = session.get_bind().dialect.name == "sqlite"
    key = type_coerce(SAVES.c.case_id, String) if is_text else SAVES.c.case_id
    spent = select(key, SAVES.c.page, func.sum(SAVES.c.seconds)).where(SAVES.c.study_id == study)
    for start in range(0, len(cases), AT_ONCE):
        some = cases[start : start + AT_ONCE]
        rows = session.execute(spent.where(SAVES.c.case_id.in_(some)).group_by(SAVES.c.case_id, SAVES.c.page))
        places = {case.hex: at for at, case in enumerate(some, start)}
        for case, page, seconds in rows:
            yield places[case if isinstance(case, str) else case.hex], page, int(seconds)


def published_keys(session: Session, study: str, year: int) -> Keys:
    """Whom the last step of a wave knows (`storage.publication`), sorted."""
    statement = select(_listed(PUBLISHED.c.case_id)).where(*in_wave(PUBLISHED, study, year))
    return np.sort(_read(session.execute(statement).scalar_one() or ""))


def _listed(column: Any) -> Any:
    """The values of a column as one text."""
    return func.aggregate_strings(cast(column, String), ",")


def _read(listed: str) -> Keys:
    """Keys out of such a text."""
    return np.frombuffer(bytes.fromhex(listed.replace("-", "").replace(",", "")), dtype=KEY)


def _shards(keys: Keys) -> NDArray[np.intp]:
    """The shard of each key, as `changes.shard_of` says it."""
    ends: NDArray[np.intp] = keys.view(np.uint8).reshape(len(keys), 16)[:, 14:].astype(np.intp)
    return (ends[:, 0] * 256 + ends[:, 1]) % SHARDS


def _turns(study: str, year: int) -> Any:
    return select(TURNS.c.shard, TURNS.c.turn).where(*in_wave(TURNS, study, year))
