"""Every message a page can give is shown beforehand; every condition is met both ways, or told."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from surveyapp.engine.coverage import coverage
from surveyapp.engine.misuse import misuses
from surveyapp.engine.profile import FLAT
from surveyapp.engine.robots import Crew
from surveyapp.errors import AnswersRefused
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import in_memory

STUDIES = Path(__file__).parents[2] / "instruments"


@pytest.fixture(scope="module")
def real() -> Instrument:
    return load_instrument(STUDIES / "goed-opdrachtgeverschap", 2026)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_kind_of_mistake_the_engine_knows_is_among_the_states_shown(real: Instrument, language: str) -> None:
    shown: set[str] = set()
    for questionnaire in real.questionnaires.values():
        crew = Crew(questionnaire, FLAT)
        answers = max((crew.walk(seed, language) for seed in range(12)), key=lambda walk: len(walk.pages)).answers
        for page in questionnaire.pages:
            with suppress(AnswersRefused):  # a page off this walk's path
                found = misuses(questionnaire, page.id, answers, language)
                shown.update(code for state in found for code in state.codes)
    assert shown >= {
        "required", "skipped", "implausible", "not_a_number", "decimal_sign", "too_many_decimals", "out_of_range",
        "not_a_year", "not_a_region", "too_many", "exclusive", "missing_and_value", "ranking_duplicate", "ranking_gap",
        "too_long",
    }  # fmt: skip


def test_a_page_left_empty_is_the_first_state() -> None:
    tiny = resolved(in_memory(), 2026).questionnaires["contractor"]
    first, *_ = misuses(tiny, "start", {}, "nl")
    assert dict(first.form) == {}
    assert first.codes == ("required",)


def test_a_condition_that_holds_for_everybody_is_told() -> None:
    always = resolved(in_memory(("questionnaire.pages.1.items.2.show_if", "s_elig == 1")), 2026)
    found = coverage(always.questionnaires["contractor"], "nl")
    (told,) = [each for each in found.one_sided if each.place == "question a_months"]
    assert (told.source, told.was_true, told.was_false) == ("s_elig == 1", True, False)


def test_every_condition_of_the_real_study_is_met_both_ways(real: Instrument) -> None:
    for questionnaire in real.questionnaires.values():
        found = coverage(questionnaire, "nl")
        assert found.conditions
        assert found.one_sided == ()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["contractor", "manager", "procurement", "intermediary"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_two_hundred_robots_of_a_role_all_come_to_an_end(real: Instrument, role: str, language: str) -> None:
    crew = Crew(real.questionnaires[role], FLAT)
    outcomes = {crew.walk(seed, language).outcome for seed in range(200)}
    assert outcomes == {"complete", "screened_out"}
