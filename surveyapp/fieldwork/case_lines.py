"""What the research team may see of one case: where it stands, never what was answered.

A :class:`CaseLine` is what is left of a case when its answers are taken away. It is made for a case that is shown; all
cases of a wave together are arrays (`fieldwork.wave_cases`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""In the order of their letters, so that numbers can stand for short ids in a sort."""


REVIEW = "_review"
"""Where someone stopped who saved every page and did not send."""
STATES = ("started", "complete", "screened_out", "withdrawn")
"""The states of a case that is not erased."""


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
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
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

    def has_reached(self, page: str) -> bool:
        """Whether this page was shown: saved, or shown and left; who sent the questionnaire saw the review."""
        is_past = self.state == "complete" if page == REVIEW else page in self.page_seconds
        return is_past or self.stopped_at == page


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
    since: date | None = None  # begun on this day or later
    until: date | None = None  # begun on this day or before
    page: str | None = None  # stopped here
    reached: str | None = None  # was shown this page

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
