"""What of a running fieldwork needs attention now: what, since when, whom it concerns, and where to look.

An alert has a key that names what it is about: whoever has seen it, or put it aside, did so with that, and something
else that comes later is another alert.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from surveyapp.catalogues import LANGUAGES
from surveyapp.fieldwork.figures import DayCounts, FieldworkFigures
from surveyapp.fieldwork.noted_alerts import Noted
from surveyapp.reports.formatting import weekday
from surveyapp.reports.outlook import Outlook, counted
from surveyapp.reports.sentences import Words, both

SATURDAY = 5
NOBODY = Noted()


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing.

    ``place`` says where to look: a part of the fieldwork page, or ``round:`` and the number of a round.
    """

    key: str
    text: Words
    place: str
    since: date | None = None
    noted: Noted = NOBODY

    @property
    def is_aside(self) -> bool:
        """Whether somebody put it aside."""
        return self.noted.aside is not None

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "key": self.key,
            "text": dict(self.text),
            "since": self.since.isoformat() if self.since else None,
            "seen_by": [{"who": who, "at": at.isoformat()} for who, at in self.noted.seen],
            "put_aside_by": self.noted.aside[0] if self.noted.aside else None,
        }


def pace_alerts(
    figures: FieldworkFigures, outlooks: Mapping[str, Outlook | None], names: Mapping[str, Words], today: date
) -> tuple[Alert, ...]:
    """Days without anybody and roles that lag; nothing where no role has an outlook: no answers come in, or a part of
    the wave is looked at."""
    if not any(outlooks.values()):
        return ()
    return (*_silence(figures.days, today), *_behind(figures, outlooks, names))


def _silence(days: tuple[DayCounts, ...], today: date) -> Iterator[Alert]:
    last = max((one.day for one in days if one.complete), default=None)
    if last is None:
        return
    between = (last + timedelta(days=at) for at in range(1, (today - last).days))
    if any(one.weekday() < SATURDAY for one in between):
        said = {language: weekday(last, language) for language in LANGUAGES}
        yield Alert(f"silence:{last}", both("Nobody has finished since %(day)s.", day=said), "heading-days", last)


def _behind(
    figures: FieldworkFigures, outlooks: Mapping[str, Outlook | None], names: Mapping[str, Words]
) -> Iterator[Alert]:
    """A role is behind when even the upper end of its range lies below the target."""
    for group in figures.groups["role"]:
        ends = outlooks.get(group.key)
        if ends is None or ends.is_early or not group.gap or not group.target:
            continue
        if ends.high is not None and ends.high >= group.target:
            continue
        text = both(
            "%(role)s: %(outlook)s, with a target of %(target)s (pace of the last seven full days).",
            role=names[group.key],
            outlook=ends.words(),
            target=counted(group.target),
        )
        yield Alert(f"behind:{group.key}", text, f"role-{group.key}")
