"""The figures by which the research team steers: how many, of whom, how far, how long.

Pure: :class:`~surveyapp.fieldwork.case_lines.WaveCases` in, dataclasses out. Shares are 0..1 and unrounded; minutes
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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from surveyapp.fieldwork.case_lines import CaseChoice, CaseLine, DayCount, Standing, WaveCases
from surveyapp.instrument.system_variables import SYSTEM_VARIABLES

PARTS = tuple(SYSTEM_VARIABLES)
"""The ways in which the counts are split."""


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
    lines = cases.chosen(choice)
    shown_roles = tuple(role for role in roles if choice.role in (None, role))
    groups: dict[str, tuple[GroupCounts, ...]] = {}
    for part in PARTS:
        keys = shown_roles if part == "role" else cases.values(part)
        found = tuple(
            GroupCounts(
                key=key,
                counts=count(cases, [line for line in lines if getattr(line, part) == key]),
                target=_target(targets, key) if part == "role" and _is_whole_role(choice) else None,
            )
            for key in keys
        )
        groups[part] = found if part == "role" else tuple(group for group in found if group.counts.begun)
    wanted = [target for role in shown_roles if (target := _target(targets, role)) is not None]
    total = GroupCounts("total", count(cases, lines), sum(wanted) if wanted and _is_whole_role(choice) else None)
    return FieldworkFigures(total, groups, _days(lines, _counted_days(cases, choice), shown_roles), arrivals, choice)


def _is_whole_role(choice: CaseChoice) -> bool:
    """Targets are set for whole roles; beside part of a role they would mislead."""
    return not (set(choice.parts()) - {"role"})


def _target(targets: Mapping[str, int], role: str) -> int | None:
    return targets.get(role) or None


def count(cases: WaveCases, lines: Sequence[CaseLine]) -> Counts:
    """The counts of some cases of a wave."""
    standings = dict.fromkeys(Standing, 0)
    for line in lines:
        standings[cases.standing(line)] += 1
    return Counts(
        begun=len(lines),
        minutes=minutes([line.seconds for line in lines if line.state == "complete"]),
        **{standing.value: times for standing, times in standings.items()},
    )


def minutes(seconds: Sequence[int]) -> Minutes | None:
    """Median and tenth and ninetieth percentile of the times above 0, in minutes; None without any.

    Percentiles by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, numpy's default).
    """
    known = sorted(value for value in seconds if value > 0)
    if not known:
        return None
    return Minutes(_percentile(known, 0.5) / 60, _percentile(known, 0.1) / 60, _percentile(known, 0.9) / 60, len(known))


def median(values: Sequence[int]) -> float | None:
    """The middle value, None of no values."""
    return _percentile(sorted(values), 0.5) if values else None


def _percentile(ordered: Sequence[int], share: float) -> float:
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _counted_days(cases: WaveCases, choice: CaseChoice) -> Sequence[DayCount]:
    """The counts per day of the cases of a choice; none where it speaks of more than roles, which is all they know."""
    if set(choice.parts()) - {"role"}:
        return ()
    return [count for count in cases.days if choice.role in (None, count.role)]


def _days(lines: Sequence[CaseLine], counted: Sequence[DayCount], roles: Sequence[str]) -> tuple[DayCounts, ...]:
    """Every day from the first begin to the last event, the empty ones included."""
    begun: dict[date, int] = {}
    sent: dict[date, dict[str, int]] = {}
    for count in counted:
        if count.event == "begun":
            begun[count.day] = begun.get(count.day, 0) + count.times
        else:
            on_day = sent.setdefault(count.day, {})
            on_day[count.role] = on_day.get(count.role, 0) + count.times
    for line in lines:
        if line.started_on is not None:
            begun[line.started_on] = begun.get(line.started_on, 0) + 1
        if line.state == "complete" and line.sent_on is not None:
            on_day = sent.setdefault(line.sent_on, {})
            on_day[line.role] = on_day.get(line.role, 0) + 1
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
