"""What the research team may see of one case: where it stands, never what was answered.

A :class:`CaseLine` is what is left of a case when its answers are taken away. Every figure of the fieldwork page is a
count of lines, and the list behind a figure is those same lines, chosen by the same :class:`CaseChoice`: a count and
its list cannot differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class Standing(StrEnum):
    """Where a case stands today. The first two are still to end; a case is never in two of them."""

    IN_PROGRESS = "in_progress"  # begun today, in a wave that takes answers
    LEFT = "left"  # begun and not sent, on an earlier day or in a wave that is closed
    COMPLETE = "complete"
    SCREENED_OUT = "screened_out"
    WITHDRAWN = "withdrawn"


def short_id(case_id: UUID) -> str:
    """Eight characters that name a case on the console and in the data book; they tell nothing of its key or time."""
    number = int.from_bytes(hashlib.sha256(case_id.bytes).digest()[:8], "big")
    letters = []
    for _ in range(8):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case without its answers.

    ``stopped_at`` is the page that was shown and not saved (None when the case has ended or nothing was left to ask);
    ``page_seconds`` holds the seconds spent per saved page.
    """

    case_id: UUID
    role: str
    language: str
    source: str
    device: str
    state: str
    started_on: date | None  # None in a wave that keeps no day beside a case
    sent_on: date | None = None
    seconds: int = 0
    stopped_at: str | None = None
    page_seconds: Mapping[str, int] = field(default_factory=dict)

    @property
    def short_id(self) -> str:
        """Eight characters that name the case; see :func:`short_id`."""
        return short_id(self.case_id)

    def standing(self, today: date, takes_answers: bool) -> Standing:
        """Where the case stands on this day, in a wave that does or does not take answers."""
        if self.state != "started":
            return Standing(self.state)
        if self.started_on is None:  # who is at it now cannot be told from who left it weeks ago
            return Standing.LEFT
        return Standing.IN_PROGRESS if takes_answers and self.started_on >= today else Standing.LEFT

    def has_reached(self, page: str) -> bool:
        """Whether this page was shown: saved, or shown and left."""
        return page in self.page_seconds or self.stopped_at == page


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """Which cases: each part that is set must hold. The names are those of the address."""

    role: str | None = None
    language: str | None = None
    source: str | None = None
    device: str | None = None
    state: str | None = None  # a Standing
    started: date | None = None
    sent: date | None = None
    page: str | None = None  # stopped here
    reached: str | None = None  # was shown this page

    def holds_for(self, line: CaseLine, today: date, takes_answers: bool) -> bool:
        """Whether this case is one of them."""
        return (
            (self.role is None or line.role == self.role)
            and (self.language is None or line.language == self.language)
            and (self.source is None or line.source == self.source)
            and (self.device is None or line.device == self.device)
            and (self.started is None or line.started_on == self.started)
            and (self.sent is None or line.sent_on == self.sent)
            and (self.page is None or line.stopped_at == self.page)
            and (self.reached is None or line.has_reached(self.reached))
            and (self.state is None or line.standing(today, takes_answers) == self.state)
        )

    def but(self, **parts: object) -> CaseChoice:
        """The same choice with some parts set or, with None, taken away."""
        return replace(self, **parts)  # type: ignore[arg-type]  # checked by the dataclass's own names

    def parts(self) -> Mapping[str, str]:
        """The parts that are set, as they stand in an address."""
        return {part.name: str(value) for part in fields(self) if (value := getattr(self, part.name)) is not None}


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many people of a role did something on a day, in a wave whose cases keep no day; what was taken back is
    below zero on the day it was."""

    day: date
    event: str  # begun, complete
    role: str
    times: int


@dataclass(frozen=True, slots=True)
class WaveCases:
    """All cases of one wave that figures count, as they stood on one day; in the order of their keys.

    Test cases count in a test wave and nowhere else; erased cases never. ``days`` are the counts of cases that keep no
    day themselves.
    """

    lines: tuple[CaseLine, ...]
    today: date
    takes_answers: bool
    days: tuple[DayCount, ...] = ()

    @property
    def keeps_days(self) -> bool:
        """Whether the cases themselves keep the day they began and were sent."""
        return any(line.started_on is not None for line in self.lines)

    def last_sent(self) -> date | None:
        """The last day on which answers were sent; None while there are none."""
        counted = [count.day for count in self.days if count.event == "complete" and count.times > 0]
        own = [line.sent_on for line in self.lines if line.state == "complete" and line.sent_on is not None]
        return max((*counted, *own), default=None)

    def chosen(self, choice: CaseChoice) -> tuple[CaseLine, ...]:
        """The cases that answer to a choice, in no order that tells anything."""
        return tuple(line for line in self.lines if choice.holds_for(line, self.today, self.takes_answers))

    def standing(self, line: CaseLine) -> Standing:
        """Where a case of this wave stands."""
        return line.standing(self.today, self.takes_answers)

    def values(self, part: str) -> tuple[str, ...]:
        """The values that occur in one part (role, language, source, device), the most frequent first."""
        return _by_frequency(getattr(line, part) for line in self.lines)


def _by_frequency(values: Iterable[str]) -> tuple[str, ...]:
    times: dict[str, int] = {}
    for value in values:
        times[value] = times.get(value, 0) + 1
    return tuple(sorted(times, key=lambda value: (-times[value], value)))
