"""What the fieldwork page says of where a role ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest

from surveyapp.fieldwork.case_lines import CaseChoice
from surveyapp.fieldwork.figures import Counts, DayCounts, FieldworkFigures, GroupCounts
from surveyapp.reports.alerts import pace_alerts
from surveyapp.reports.outlook import outlook, until_yesterday

FIRST = date(2026, 11, 2)


class Wave(NamedTuple):
    state: str = "open"
    closes: str | None = "2026-11-19"


def figures(counts: tuple[int, ...], choice: CaseChoice | None = None) -> FieldworkFigures:
    """A wave of managers alone, of whom so many were sent on each day."""
    days = tuple(
        DayCounts(FIRST + timedelta(days=at), n, n, {"manager": sum(counts[: at + 1])}) for at, n in enumerate(counts)
    )
    everybody = GroupCounts("manager", Counts(begun=sum(counts), complete=sum(counts)), 150)
    return FieldworkFigures(everybody, {"role": (everybody,)}, days, None, choice or CaseChoice())


def test_the_range_counts_on_from_yesterday_and_never_falls_below_what_is_there() -> None:
    # Fourteen days of four; 16 to 19 November are four days with today: mean 56 + 16.
    found = outlook(*Wave(), figures((4,) * 14), FIRST + timedelta(days=14), "manager")
    assert found is not None
    assert (found.low, found.high) == (65, 79)
    assert found.words() == {
        "nl": "in dit tempo 65 tot 79 bij sluiting",
        "en": "at this pace 65 to 79 at the closing",
    }
    busy = outlook(*Wave(), figures((*(4,) * 14, 40)), FIRST + timedelta(days=14))
    assert busy is not None
    assert (busy.low, busy.high) == (96, 96)


def test_no_more_are_foretold_than_were_invited() -> None:
    ends = [outlook(*Wave(), figures((4,) * 14), FIRST + timedelta(days=14), "manager", most) for most in (70, 60, 50)]
    assert [(one.low, one.high) for one in ends if one is not None] == [(65, 70), (60, 60), (56, 56)]  # 56 are there


@pytest.mark.parametrize(
    ("held", "choice"),
    [
        (Wave(closes=None), CaseChoice()),
        (Wave(closes="2026-11-15"), CaseChoice()),
        (Wave(state="closed"), CaseChoice()),
        (Wave(state="test"), CaseChoice()),
        (Wave(), CaseChoice(language="nl")),
    ],
)
def test_nothing_is_foretold_where_nothing_is_to_come_or_a_part_is_looked_at(held: Wave, choice: CaseChoice) -> None:
    assert outlook(*held, figures((4,) * 14, choice), FIRST + timedelta(days=14)) is None


def test_too_few_days_and_a_week_of_nobody_are_told_apart() -> None:
    early = outlook(*Wave(), figures((4,) * 3), FIRST + timedelta(days=3))
    quiet = outlook(*Wave(), figures((4,)), FIRST + timedelta(days=9))
    assert early is not None
    assert quiet is not None
    assert early.words()["en"] == "a forecast follows after seven full days"
    assert quiet.words()["en"] == "nobody finished in the last seven days: no forecast"


def test_days_after_the_last_event_count_as_days_of_nobody() -> None:
    assert until_yesterday(figures((2, 0, 3)).days, FIRST + timedelta(days=5), "manager") == [2, 2, 5, 5, 5]


def warned(counts: tuple[int, ...], today: int, closes: str = "2026-11-30") -> list[str]:
    found, on = figures(counts), FIRST + timedelta(days=today)
    ends = {"manager": outlook("open", closes, found, on, "manager")}
    made = pace_alerts(found, ends, {"manager": {"nl": "Manager", "en": "Manager"}}, on)
    return [one.text["en"] for one in made]


def test_a_role_of_which_even_the_upper_end_lies_below_its_target_is_named() -> None:
    # 13 days are to come: M = 52, V = 4 × (6 × 6 + 2) = 152; 56 + 52 ± 1.28 × 12.3.
    behind = "Manager: at this pace 93 to 124 at the closing, with a target of 150 (pace of the last seven full days)."
    assert warned((4,) * 14, 14, "2026-11-28") == [behind]
    assert warned((9,) * 14, 14) == [], "the target is within its range"
    assert warned((4,) * 3, 3) == [], "after three days nothing can be said"
    assert warned((4,) * 14, 14, "2026-11-10") == [], "the fieldwork is over"


def test_a_weekday_without_anybody_is_told_and_a_weekend_is_not() -> None:
    """The twelfth day is Friday 13 November; on Monday a weekend lies between, on Tuesday a weekday."""
    assert warned((20,) * 12, 14) == []
    assert warned((20,) * 12, 15) == ["Nobody has finished since Friday 13 November."]
