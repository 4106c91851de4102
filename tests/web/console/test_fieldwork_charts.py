"""What is drawn of a role: its own curve, the wave before, and when messages went."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from surveyapp.fieldwork.earlier_progress import EarlierWave
from surveyapp.fieldwork.figures import Counts, DayCounts, GroupCounts
from surveyapp.web.console.fieldwork_charts import Mark, SoFar, so_far

FIRST = date(2026, 11, 2)
DAYS = tuple(DayCounts(FIRST + timedelta(days=at), 5, 5, {"manager": 5 * (at + 1)}) for at in range(4))


def drawn(marks: tuple[Mark, ...] = (), earlier: EarlierWave | None = None) -> SoFar:
    found = so_far(GroupCounts("manager", Counts(complete=20), 40), "Managers", DAYS, marks, earlier)
    assert found is not None
    return found


def test_a_message_stands_on_its_day_and_one_that_went_before_anybody_began_at_the_first(app: Flask) -> None:
    with app.test_request_context():
        found = drawn(tuple(Mark(str(n), FIRST + timedelta(days=at), "", "") for n, at in ((1, -3), (2, 2), (3, 9))))
        # Four days from 2 to 272, 90 apart; what went after the last day that is drawn has no place yet.
        assert found.marks == ((2.0, "1"), (182.0, "2"))
        assert found.height > drawn().height, "the numbers have a row of their own"


def test_the_wave_before_is_drawn_for_as_many_days_and_said(app: Flask) -> None:
    with app.test_request_context():
        longer = drawn(earlier=EarlierWave(2025, tuple({"manager": 10 * at} for at in range(9))))
        # 40 is the height of 84 from 104 up: 0, 10, 20 and 30 of them.
        assert longer.earlier == "M2.0 104.0 L92.0 83.0 L182.0 62.0 L272.0 41.0"
        assert longer.sentence.endswith("; 2025 had 30 after as many days")
        shorter = drawn(earlier=EarlierWave(2025, ({"manager": 0}, {"manager": 10})))
        assert shorter.earlier == "M2.0 104.0 L92.0 83.0 L182.0 83.0 L272.0 83.0"


def test_a_wave_before_without_days_or_without_this_role_draws_nothing(app: Flask) -> None:
    with app.test_request_context():
        for earlier in (None, EarlierWave(2025, ()), EarlierWave(2025, ({"contractor": 5},))):
            assert drawn(earlier=earlier).earlier == ""
            assert "2025" not in drawn(earlier=earlier).sentence
