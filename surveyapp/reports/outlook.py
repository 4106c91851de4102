"""Where the fieldwork ends at its pace: of each role and of all, as figures and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from surveyapp.analysis.pace import WEEK, forecast, full_days
from surveyapp.catalogues import LANGUAGES
from surveyapp.fieldwork.figures import DayCounts, FieldworkFigures
from surveyapp.reports.formatting import count
from surveyapp.reports.sentences import Words, both


@dataclass(frozen=True, slots=True)
class Outlook:
    """Completes at the closing: the range, or why there is none."""

    low: int | None = None
    high: int | None = None
    is_early: bool = False  # there are no seven full days yet

    def words(self) -> Words:
        """In words."""
        if self.low is None or self.high is None:
            if self.is_early:
                return both("a forecast follows after seven full days")
            return both("nobody finished in the last seven days: no forecast")
        if self.low == self.high:
            return both("at this pace %(n)s at the closing", n=counted(self.low))
        return both("at this pace %(low)s to %(high)s at the closing", low=counted(self.low), high=counted(self.high))

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"low": self.low, "high": self.high, "text": dict(self.words())}


def counted(number: int) -> Words:
    """A count as each language writes it."""
    return {language: count(number, language) for language in LANGUAGES}


def outlook(
    state: str,
    closes: str | None,
    figures: FieldworkFigures,
    today: date,
    role: str | None = None,
    most: int | None = None,
) -> Outlook | None:
    """The outlook of a role, or of all; None where no answers come in, no closing day is ahead, or a part is shown.

    Parameters
    ----------
    state :  the wave's
    closes : its planned closing day
    most :   how many can finish at all: the invited, of a wave that nobody else can take part in
    """
    is_part = bool(set(figures.choice.parts()) - {"role"})
    if state != "open" or not closes or is_part or not figures.days:
        return None
    days_left = (date.fromisoformat(closes) - today).days + 1  # the day itself counts, and so does today
    if days_left < 1:
        return None
    so_far = until_yesterday(figures.days, today, role)
    found = forecast(full_days(so_far), days_left)
    if found is None:
        return Outlook(is_early=len(so_far) < WEEK)
    now = figures.total.counts.complete
    if role is not None:
        now = next((one.counts.complete for one in figures.groups["role"] if one.key == role), 0)
    ends = (so_far[-1] + found.low, so_far[-1] + found.high)
    low, high = ends if most is None else (min(end, most) for end in ends)
    return Outlook(max(now, low), max(now, high))


def until_yesterday(days: Sequence[DayCounts], today: date, role: str | None) -> list[int]:
    """Completes so far at the end of each full day since the first; days on which nothing happened included."""
    known = {one.day: one.so_far.get(role, 0) if role else sum(one.so_far.values()) for one in days}
    found: list[int] = []
    for offset in range((today - days[0].day).days):
        found.append(known.get(days[0].day + timedelta(days=offset), found[-1] if found else 0))
    return found
