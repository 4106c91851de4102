"""All cases of a wave as the research team may see them: arrays, an entry per case, never what was answered.

Every figure of the fieldwork page is a count over these arrays, and the list behind a figure are the same entries,
chosen by the same :class:`CaseChoice`: a count and its list cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar, cast
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from surveyapp.fieldwork.case_lines import ALPHABET, REVIEW, STATES, CaseChoice, CaseLine, DayCount, Standing

T = TypeVar("T")
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
STANDINGS = tuple(Standing)
MOST_KEPT = 200
"""Figures of so many choices are kept with the cases they were counted on."""


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """One way in which cases are split: their positions in ``names``."""

    positions: NDArray[np.int16]
    names: tuple[str, ...]

    def holds(self, name: str) -> Bools:
        """Which cases have this name."""
        here: Bools = self.positions == (self.names.index(name) if name in self.names else -1)
        return here


@dataclass(frozen=True, eq=False)
class WaveCases:
    """The cases of one wave that figures count, as they stood on one day; in no order that tells anything.

    Test cases count in a test wave and nowhere else; erased cases never. Every array has shape (n,).

    Parameters
    ----------
    keys :    the random keys
    names :   a number per case whose order is that of the cases' short ids
    factors : role, language, source, device
    state :   positions in `case_lines.STATES`
    started, sent : days as ordinals of the calendar; 0: the case keeps none
    seconds : over all pages
    stopped : positions in ``pages`` of the page that was shown and not saved; -1: none
    saved :   by page, one more than the seconds spent on it; 0: it was not saved
    pages :   ids of pages
    days :    the counts of cases that keep no day themselves
    """

    keys: NDArray[np.bytes_]
    names: NDArray[np.int64]
    factors: Mapping[str, Factor]
    state: NDArray[np.int8]
    started: NDArray[np.int32]
    sent: NDArray[np.int32]
    seconds: NDArray[np.int32]
    stopped: NDArray[np.int16]
    saved: Mapping[str, NDArray[np.uint16]]
    pages: tuple[str, ...]
    today: date
    takes_answers: bool
    days: tuple[DayCount, ...] = ()
    kept: dict[object, object] = field(default_factory=dict, repr=False)  # worked out of these cases; goes with them

    def __len__(self) -> int:
        return len(self.keys)

    def once(self, name: object, count: Callable[[], T]) -> T:
        """What was counted on these cases before, or is now."""
        if name not in self.kept:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            self.kept[name] = count()
        return cast("T", self.kept[name])

    @cached_property
    def keeps_days(self) -> bool:
        """Whether the cases themselves keep the day they began and were sent."""
        return bool(self.started.any())

    @cached_property
    def last_sent(self) -> date | None:
        """The last day on which answers were sent; None while there are none."""
        counted = [count.day for count in self.days if count.event == "complete" and count.times > 0]
        own = int(self.sent[self.is_complete].max(initial=0))
        return max((*counted, *([date.fromordinal(own)] if own else [])), default=None)

    @cached_property
    def is_complete(self) -> Bools:
        """Which cases were sent."""
        here: Bools = self.state == STATES.index("complete")
        return here

    @cached_property
    def standing(self) -> NDArray[np.int8]:
        """Where each case stands: positions in the members of `Standing`.

        Of a case that keeps no day it cannot be told who is at it now and who left it weeks ago: it has left.
        """
        of_state = [STANDINGS.index(Standing.LEFT), *(STANDINGS.index(Standing(state)) for state in STATES[1:])]
        found = np.array(of_state, dtype=np.int8)[self.state]
        if self.takes_answers:
            is_busy = (self.state == STATES.index("started")) & (self.started >= self.today.toordinal())
            found[is_busy] = STANDINGS.index(Standing.IN_PROGRESS)
        return found

    def standing_of(self, at: int) -> Standing:
        """Where one case stands."""
        return STANDINGS[int(self.standing[at])]

    def has(self, standing: Standing) -> Bools:
        """Which cases stand there."""
        here: Bools = self.standing == STANDINGS.index(standing)
        return here

    def has_stopped(self, page: str) -> Bools:
        """Which cases were shown this page last, and did not save it."""
        here: Bools = self.stopped == (self.pages.index(page) if page in self.pages else len(self.pages))
        return here

    def has_reached(self, page: str) -> Bools:
        """Which cases were shown this page: saved it, or were shown it and left."""
        here = self.has_stopped(page)
        if page == REVIEW:
            return here | self.is_complete  # who sent it did so there
        return here | (self.saved[page] > 0) if page in self.saved else here

    def holds(self, choice: CaseChoice) -> Bools:
        """Which cases answer to a choice."""
        found: Bools = np.ones(len(self), dtype=np.bool_)
        for part, factor in self.factors.items():
            if (name := getattr(choice, part)) is not None:
                found &= factor.holds(name)
        if choice.started is not None:
            found &= self.started == choice.started.toordinal()
        if choice.sent is not None:
            found &= self.sent == choice.sent.toordinal()
        if choice.since is not None:
            found &= self.started >= choice.since.toordinal()
        if choice.until is not None:
            found &= (self.started > 0) & (self.started <= choice.until.toordinal())
        if choice.page is not None:
            found &= self.has_stopped(choice.page)
        if choice.reached is not None:
            found &= self.has_reached(choice.reached)
        if choice.state is not None:
            found &= self.has(Standing(choice.state))
        return found

    def chosen(self, choice: CaseChoice) -> Ints:
        """Where the cases that answer to a choice stand, in the order of their keys.

        Their order in the arrays can be that in which a process came to know them, which is that in which they came.
        """
        found = np.flatnonzero(self.holds(choice))
        return found[np.argsort(self.keys[found], kind="stable")]

    def count(self, choice: CaseChoice) -> int:
        """How many cases answer to a choice."""
        return int(self.holds(choice).sum())

    def values(self, part: str) -> tuple[str, ...]:
        """The values that occur in one part (role, language, source, device), the most frequent first."""
        factor = self.factors[part]
        times = np.bincount(factor.positions, minlength=len(factor.names)).tolist()
        there = [name for name, many in zip(factor.names, times, strict=True) if many]
        return tuple(sorted(there, key=lambda name: (-times[factor.names.index(name)], name)))

    def line(self, at: int) -> CaseLine:
        """One case as it is shown."""
        stopped = int(self.stopped[at])
        parts: dict[str, Any] = {part: one.names[one.positions[at]] for part, one in self.factors.items()}
        return CaseLine(
            case_id=UUID(bytes=self.keys[at : at + 1].tobytes()),
            **parts,
            state=STATES[self.state[at]],
            started_on=_day(self.started[at]),
            sent_on=_day(self.sent[at]),
            seconds=int(self.seconds[at]),
            stopped_at=self.pages[stopped] if stopped >= 0 else None,
            page_seconds={page: int(spent[at]) - 1 for page, spent in self.saved.items() if spent[at]},
        )


def short_numbers(keys: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """A number per key whose order is that of `short_id`."""
    raw = keys.tobytes()
    begins = b"".join(sha256(raw[at : at + 16]).digest()[:8] for at in range(0, len(raw), 16))
    rest = np.frombuffer(begins, dtype=">u8").astype(np.uint64)
    found: NDArray[np.int64] = np.zeros(len(keys), dtype=np.int64)
    for _ in range(8):
        rest, place = np.divmod(rest, np.uint64(len(ALPHABET)))
        found = found * len(ALPHABET) + place.astype(np.int64)
    return found


def _day(ordinal: np.int32) -> date | None:
    return date.fromordinal(int(ordinal)) if ordinal else None
