"""What cannot be asked is refused in the reader's language."""

from __future__ import annotations

import pytest

from surveyapp.catalogues import told
from surveyapp.errors import BadQuery, NotFound
from surveyapp.reports.asked_models import model_grid
from surveyapp.reports.filters import read_filter
from surveyapp.reports.subjects import unknown
from tests.reports.waves import real_instrument, wave


@pytest.mark.parametrize(
    ("expression", "dutch", "english"),
    [
        ("gr_assign >=", "niet te lezen", "cannot be read"),
        ("gr_asign >= 8", "opdrachtgeverschap 2026 heeft geen variabele", "2026 has no variable"),
        ("gr_assign == 77", "past niet bij het codeboek", "does not fit"),
    ],
)
def test_a_filter_that_does_not_fit_is_refused_in_both_languages(expression: str, dutch: str, english: str) -> None:
    with pytest.raises(BadQuery) as refused:
        read_filter(expression, real_instrument())
    assert dutch in told(refused.value, "nl")
    assert english in told(refused.value, "en")


def test_an_unknown_name_comes_with_the_nearest_in_both_languages() -> None:
    error = unknown("gr_asign", real_instrument())
    assert "gr_assign" in told(error, "nl")
    assert "gr_assign" in told(error, "en")
    assert told(error, "nl") != told(error, "en")


@pytest.mark.parametrize("name", ["gr_asign", "qqqqqqqqqq"])
def test_the_study_is_called_by_its_title_never_by_its_id(name: str) -> None:
    instrument = real_instrument()
    with pytest.raises(NotFound) as missing:
        instrument.variable(name)
    for error in (unknown(name, instrument), missing.value):
        for language in ("nl", "en"):
            said = told(error, language)
            assert said.startswith(f"{instrument.study.title[language]} 2026")
            assert instrument.study.id not in said


@pytest.mark.parametrize(
    ("kind", "name", "by", "said"),
    [
        ("gaps", "", ("b_size",), "break down by role alone"),
        ("trend", "", ("role",), "leave out the breakdown"),
        ("profile", "xyz", (), "“xyz” is no construct over the phases of this wave"),
        ("scale", "xyz", (), "“xyz” is no scale of this wave"),
        ("drivers", "", ("role", "role"), "more than once"),
    ],
)
def test_an_analysis_that_cannot_be_asked_so_drops_nothing_in_silence(
    kind: str, name: str, by: tuple[str, ...], said: str
) -> None:
    with pytest.raises(BadQuery) as refused:
        model_grid(kind, wave(real_instrument(), []), name, by)
    assert said in told(refused.value, "en")
    assert told(refused.value, "nl") not in ("", told(refused.value, "en"))
