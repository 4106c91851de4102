"""What cannot be asked is refused in the reader's language."""

from __future__ import annotations

import pytest

from surveyapp.errors import BadQuery
from surveyapp.reports.filters import read_filter
from surveyapp.reports.subjects import unknown
from tests.reports.waves import real_instrument


@pytest.mark.parametrize(
    ("expression", "dutch", "english"),
    [
        ("gr_assign >=", "niet te lezen", "cannot be read"),
        ("gr_asign >= 8", "kent geen variabele voor de voorwaarde", "no variable for the filter"),
        ("gr_assign == 77", "past niet bij het codeboek", "does not fit"),
    ],
)
def test_a_filter_that_does_not_fit_is_refused_in_both_languages(expression: str, dutch: str, english: str) -> None:
    with pytest.raises(BadQuery) as refused:
        read_filter(expression, real_instrument())
    assert dutch in refused.value.told("nl")
    assert english in refused.value.told("en")


def test_an_unknown_name_comes_with_the_nearest_in_both_languages() -> None:
    error = unknown("gr_asign", real_instrument())
    assert "gr_assign" in error.told("nl")
    assert "gr_assign" in error.told("en")
    assert error.told("nl") != error.told("en")
