"""Which of a wave's people a list shows: each part that is set must hold, and the names are those of the address.

A count and the list behind it are one choice over the same records, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from surveyapp.fieldwork.participation import Participation

INVITED, OTHERS = "invited", "others"
NONE = "none"
"""Of whom it is not known, as an address says it."""
STEPS = ("opened", "begun")
"""How far somebody came at least: followed their link, gave consent."""
OF_PEOPLE = ("sample", "disposition", "segment", "step")
"""Parts that speak of people, with a case or without; an address that has one asks for a list of people."""


@dataclass(frozen=True, slots=True)
class RecordChoice:
    """Which records of a wave."""

    sample: str | None = None  # invited, others
    disposition: str | None = None
    step: str | None = None  # one of STEPS
    role: str | None = None
    segment: str | None = None
    source: str | None = None
    language: str | None = None
    device: str | None = None
    first: date | None = None  # first heard of on this day
    last: date | None = None

    def but(self, **parts: object) -> RecordChoice:
        """The same choice with some parts set or, with None, taken away."""
        return replace(self, **parts)  # type: ignore[arg-type]  # checked by the dataclass's own names

    def parts(self) -> Mapping[str, str]:
        """The parts that are set, as they stand in an address."""
        return {part.name: str(value) for part in fields(self) if (value := getattr(self, part.name)) is not None}

    def holds(self, record: Participation) -> bool:
        """Whether a record answers to this choice."""
        return (
            (self.sample is None or record.is_invited == (self.sample == INVITED))
            and (self.disposition is None or record.disposition == self.disposition)
            and (self.step != "opened" or record.has_opened)
            and (self.step != "begun" or record.has_begun)
            and _is(self.role, record.role)
            and _is(self.segment, record.segment)
            and _is(self.source, record.source)
            and _is(self.language, record.language)
            and _is(self.device, record.device)
            and (self.first is None or record.first_on == self.first)
            and (self.last is None or record.last_on == self.last)
        )


def _is(asked: str | None, held: str | None) -> bool:
    return asked is None or (held or NONE) == asked


def chosen(records: Iterable[Participation], choice: RecordChoice) -> list[Participation]:
    """The records that answer to a choice."""
    return [one for one in records if choice.holds(one)]
