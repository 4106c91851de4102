"""Where the fieldwork ends at its pace, in words: of each role and of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from surveyapp.analysis.pace import WEEK, forecast, full_days
from surveyapp.fieldwork.figures import DayCounts, FieldworkFigures
from surveyapp.web.console.frame import WaveFrame
from surveyapp.web.languages import translate
from surveyapp.web.rendering import whole


@dataclass(frozen=True, slots=True)
class Outlook:
    """Completes at the closing: the range, or why there is none."""

    low: int | None = None
    high: int | None = None
    is_early: bool = False  # there are no seven full days yet

    def __str__(self) -> str:
        """In words."""
        if self.low is None or self.high is None:
            return (
                translate("a forecast follows after seven full days")
                if self.is_early
                else translate("nobody finished in the last seven days: no forecast")
            )
        if self.low == self.high:
            return translate("at this pace %(n)s at the closing", n=whole(self.low))
        return translate("at this pace %(low)s to %(high)s at the closing", low=whole(self.low), high=whole(self.high))


def outlook(wave: WaveFrame, figures: FieldworkFigures, today: date, role: str | None = None) -> Outlook | None:
    """The outlook of a role, or of all; None where no answers come in, no closing day is ahead, or a part is shown."""
    closes = wave.instrument.wave.closes
    is_part = bool(set(figures.choice.parts()) - {"role"})
    if wave.state != "open" or not closes or is_part or not figures.days:
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
    return Outlook(max(now, so_far[-1] + found.low), max(now, so_far[-1] + found.high))


def until_yesterday(days: Sequence[DayCounts], today: date, role: str | None) -> list[int]:
    """Completes so far at the end of each full day since the first; days on which nothing happened included."""
    known = {one.day: one.so_far.get(role, 0) if role else sum(one.so_far.values()) for one in days}
    found: list[int] = []
    for offset in range((today - days[0].day).days):
        found.append(known.get(days[0].day + timedelta(days=offset), found[-1] if found else 0))
    return found
