"""The figures by which the research team steers: how many, of whom, how far, how long.

Pure: :class:`~surveyapp.fieldwork.wave_cases.WaveCases` in, dataclasses out. Shares are 0..1 and unrounded; minutes
are medians, because one tab left open over lunch moves a mean.

Definitions (after AAPOR's *Standard Definitions*, with the words of this house)

complete                answers sent
left                    consent given, answers not sent, and not busy today: a break-off after consent. An anonymous
                        wave keeps no day beside a case, so there it is everybody who did not send (yet)
break-off after consent left ÷ (left + complete)
introduction break-off  1 − consents ÷ role choices: people who looked and did not begin; counted, never kept
response rate           needs an invited sample; with an open link nobody knows how many people were asked
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveyapp.fieldwork.case_lines import CaseChoice, DayCount
from surveyapp.fieldwork.wave_cases import STANDINGS, Bools, Factor, WaveCases
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES

PARTS = tuple(SYSTEM_VARIABLES)
"""The ways in which the counts are split."""
LONGEST = 1 << 17
"""Seconds below which times are counted one by one: a day and a half."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long sent questionnaires took, in minutes; ``n`` cases have a measured time."""

    median: float
    p10: float
    p90: float
    n: int


@dataclass(frozen=True, slots=True)
class Counts:
    """One group of cases; the five standings add up to ``begun``."""

    begun: int = 0
    in_progress: int = 0
    left: int = 0
    complete: int = 0
    screened_out: int = 0
    withdrawn: int = 0
    minutes: Minutes | None = None

    @property
    def break_off(self) -> float | None:
        """Share of those who ended (sent or left) that left; None when nobody ended."""
        ended = self.left + self.complete
        return self.left / ended if ended else None


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """The counts of one role, language, source or device, with the target where one was set."""

    key: str
    counts: Counts
    target: int | None = None

    @property
    def gap(self) -> int | None:
        """Completes still wanted; 0 when the target is reached."""
        return None if self.target is None else max(0, self.target - self.counts.complete)

    @property
    def progress(self) -> float | None:
        """Completes as a share of the target; above 1 when it is passed."""
        return self.counts.complete / self.target if self.target else None


@dataclass(frozen=True, slots=True)
class DayCounts:
    """One day: how many began, how many sent, and the completes so far per role."""

    day: date
    begun: int
    complete: int
    so_far: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """People who reached the steps before a case exists; only ever counted."""

    role_chosen: int = 0
    consent_given: int = 0
    declined: int = 0

    @property
    def break_off(self) -> float | None:
        """Share of those who chose a role that did not go on to begin; None when nobody arrived."""
        if not self.role_chosen:
            return None
        return max(0.0, 1 - self.consent_given / self.role_chosen)


@dataclass(frozen=True, slots=True)
class FieldworkFigures:
    """Everything the fieldwork page shows, but for the drop-off per page."""

    total: GroupCounts
    groups: Mapping[str, tuple[GroupCounts, ...]]  # by part
    days: tuple[DayCounts, ...]
    arrivals: Arrivals | None  # None: the choice speaks of what is only known of cases
    choice: CaseChoice = field(default_factory=CaseChoice)


def fieldwork_figures(
    cases: WaveCases,
    arrivals: Arrivals | None,
    targets: Mapping[str, int],
    roles: Sequence[str],
    choice: CaseChoice | None = None,
) -> FieldworkFigures:
    """Count the cases of a wave.

    Parameters
    ----------
    cases :    every case of the wave
    arrivals : people before consent, already limited to the same choice
    targets :  completes wanted per role
    roles :    the study's roles in order; each has a row, also when nobody of it began
    choice :   limits everything to these cases
    """
    choice = choice or CaseChoice()
    chosen = cases.once(("counted", choice), lambda: _Counted(cases, choice))
    shown_roles = tuple(role for role in roles if choice.role in (None, role))
    groups = {
        part: tuple(
            GroupCounts(
                key=key,
                counts=counts,
                target=_target(targets, key) if part == "role" and _is_whole_role(choice) else None,
            )
            for key in (shown_roles if part == "role" else cases.values(part))
            if (counts := chosen.groups[part].get(key, Counts())).begun or part == "role"
        )
        for part in PARTS
    }
    wanted = [target for role in shown_roles if (target := _target(targets, role)) is not None]
    total = GroupCounts("total", chosen.total, sum(wanted) if wanted and _is_whole_role(choice) else None)
    days = counted_by_day((*_counted_days(cases, choice), *chosen.days), shown_roles)
    return FieldworkFigures(total, groups, days, arrivals, choice)


class _Counted:
    """What is counted on the cases of a choice: all of them, each group, and the days they keep themselves."""

    def __init__(self, cases: WaveCases, choice: CaseChoice) -> None:
        here = cases.holds(choice)
        timed = here & cases.is_complete & (cases.seconds > 0)
        self.total = _counts(cases.standing[here], cases.seconds[timed])
        self.groups = {part: _split(cases, factor, here, timed) for part, factor in cases.factors.items()}
        self.days = tuple(_own_days(cases, here))


def _split(cases: WaveCases, factor: Factor, here: Bools, timed: Bools) -> Mapping[str, Counts]:
    """The counts of each group of which there is somebody."""
    width = len(STANDINGS)
    cells = factor.positions[here].astype(np.intp) * width + cases.standing[here]
    times = np.bincount(cells, minlength=len(factor.names) * width).reshape(-1, width)
    order = np.argsort(factor.positions[timed], kind="stable")
    ends = np.cumsum(np.bincount(factor.positions[timed], minlength=len(factor.names)))
    seconds = np.split(cases.seconds[timed][order], ends[:-1])
    return {name: _of(times[at], seconds[at]) for at, name in enumerate(factor.names) if times[at].any()}


def _counts(standing: NDArray[np.int8], seconds: NDArray[Any]) -> Counts:
    return _of(np.bincount(standing, minlength=len(STANDINGS)), seconds)


def _of(times: NDArray[Any], seconds: NDArray[Any]) -> Counts:
    counted = {standing.value: int(many) for standing, many in zip(STANDINGS, times, strict=True)}
    return Counts(begun=int(times.sum()), minutes=minutes(seconds), **counted)


def _is_whole_role(choice: CaseChoice) -> bool:
    """Targets are set for whole roles; beside part of a role they would mislead."""
    return not (set(choice.parts()) - {"role"})


def _target(targets: Mapping[str, int], role: str) -> int | None:
    return targets.get(role) or None


def minutes(seconds: NDArray[Any] | Sequence[int]) -> Minutes | None:
    """Median and tenth and ninetieth percentile of the times above 0, in minutes; None without any.

    Percentiles by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, numpy's default).
    """
    given = np.asarray(seconds)
    known = given[given > 0]
    if not len(known):
        return None
    half, low, high = percentiles(known, (0.5, 0.1, 0.9))
    return Minutes(half / 60, low / 60, high / 60, len(known))


def median(values: NDArray[Any]) -> float | None:
    """The middle value, None of no values."""
    return percentiles(values, (0.5,))[0] if len(values) else None


def percentiles(values: NDArray[Any], shares: Sequence[float]) -> list[float]:
    """Percentiles of whole numbers of at least 0, of which there is one at least.

    Seconds are few numbers that occur often: counting them is a tenth of the work of putting them in order.
    """
    places = [(len(values) - 1) * share for share in shares]
    ends = [min(int(place) + further, len(values) - 1) for place in places for further in (0, 1)]
    if int(values.max()) < LONGEST:
        ordered = np.searchsorted(np.cumsum(np.bincount(values)), ends, side="right").tolist()
    else:
        ordered = np.sort(values)[ends].tolist()
    return [
        at + (after - at) * (place - int(place))
        for place, at, after in zip(places, ordered[::2], ordered[1::2], strict=True)
    ]


def _counted_days(cases: WaveCases, choice: CaseChoice) -> Sequence[DayCount]:
    """The counts per day of the cases of a choice; none where it speaks of more than roles, which is all they know."""
    if set(choice.parts()) - {"role"}:
        return ()
    return [count for count in cases.days if choice.role in (None, count.role)]


def _own_days(cases: WaveCases, here: Bools) -> Iterator[DayCount]:
    """The days that the cases keep themselves, counted."""
    roles = cases.factors["role"]
    sent = here & cases.is_complete
    for event, days, which in (("begun", cases.started, here), ("complete", cases.sent, sent)):
        which = which & (days > 0)
        cells = days[which].astype(np.int64) * len(roles.names) + roles.positions[which]
        for cell, times in zip(*map(np.ndarray.tolist, np.unique(cells, return_counts=True)), strict=True):
            day, role = divmod(cell, len(roles.names))
            yield DayCount(date.fromordinal(day), event, roles.names[role], times)


def counted_by_day(counts: Sequence[DayCount], roles: Sequence[str]) -> tuple[DayCounts, ...]:
    """Every day from the first begin to the last event, the empty ones included."""
    begun: dict[date, int] = {}
    sent: dict[date, dict[str, int]] = {}
    for count in counts:
        if count.event == "begun":
            begun[count.day] = begun.get(count.day, 0) + count.times
        else:
            on_day = sent.setdefault(count.day, {})
            on_day[count.role] = on_day.get(count.role, 0) + count.times
    known = (*begun, *sent)
    if not known:
        return ()
    first, last = min(known), max(known)
    so_far = dict.fromkeys(roles, 0)
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        today = sent.get(day, {})
        for role, times in today.items():
            so_far[role] = so_far.get(role, 0) + times
        # What was taken back on a later day lowers the sum; a day by itself never counts below nobody.
        days.append(DayCounts(day, max(0, begun.get(day, 0)), max(0, sum(today.values())), dict(so_far)))
    return tuple(days)
