"""The days on which nobody is written to, and the moment a round is suggested for."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from surveyapp import clock
from surveyapp.fieldwork.sending_days import holiday, suggested

# rijksoverheid.nl, "Wat zijn de officiële feestdagen in Nederland?", the lists of 2024 to 2027; in 2025 the 27th of
# April is a Sunday, so King's Day is the day before
DAYS = [
    "2024-01-01", "2024-03-29", "2024-03-31", "2024-04-01", "2024-04-27", "2024-05-05", "2024-05-09", "2024-05-19",
    "2024-05-20", "2024-12-25", "2024-12-26",
    "2025-01-01", "2025-04-18", "2025-04-20", "2025-04-21", "2025-04-26", "2025-05-05", "2025-05-29", "2025-06-08",
    "2025-06-09", "2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-05", "2026-04-06", "2026-04-27",
    "2026-05-05", "2026-05-14", "2026-05-24", "2026-05-25", "2026-12-25", "2026-12-26",
    "2027-01-01", "2027-03-26", "2027-03-28", "2027-03-29", "2027-04-27", "2027-05-05", "2027-05-06", "2027-05-16",
    "2027-05-17", "2027-12-25", "2027-12-26",
]  # fmt: skip


def test_the_public_holidays_of_four_years_are_those_of_the_government() -> None:
    found = [
        day.isoformat()
        for year in (2024, 2025, 2026, 2027)
        for number in range(366)
        if (day := date.fromordinal(date(year, 1, 1).toordinal() + number)).year == year and holiday(day)
    ]
    assert found == DAYS


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-12-01T09:59", "2026-12-01T10:00"),  # a Tuesday
        ("2026-12-01T10:00", "2026-12-02T10:00"),
        ("2026-12-03T12:00", "2026-12-08T10:00"),  # from Thursday to Tuesday
        ("2026-05-04T12:00", "2026-05-06T10:00"),  # not on Liberation Day
        ("2025-12-24T12:00", "2025-12-30T10:00"),  # not at Christmas
        ("2026-03-26T12:00", "2026-03-31T10:00"),  # the clock goes forward in between
    ],
)
def test_a_round_is_suggested_for_ten_o_clock_on_a_tuesday_wednesday_or_thursday(now: str, then: str) -> None:
    asked = datetime.fromisoformat(now).replace(tzinfo=clock.ZONE)
    assert suggested(asked) == datetime.fromisoformat(then).replace(tzinfo=clock.ZONE)
