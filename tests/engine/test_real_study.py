"""The engine on the real questionnaire: all roles, both languages, both waves."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from statistics import mean

import pytest

from surveyapp.engine.coverage import coverage
from surveyapp.engine.describe import answer_in_words
from surveyapp.engine.profile import ProfileFile, load_profile
from surveyapp.engine.progress import progress
from surveyapp.engine.robots import Crew, RobotWalk
from surveyapp.engine.route import next_page, off_path, on_path, path, previous_page, resume_page
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page, merged
from surveyapp.instrument.files import read_file
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument

FOLDER = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap"
ROLES = ("contractor", "manager", "procurement", "intermediary")


@cache
def instrument(year: int = 2026) -> Instrument:
    return load_instrument(FOLDER, year)


@cache
def walks(role: str) -> tuple[RobotWalk, ...]:
    crew = Crew(instrument().questionnaire(role), load_profile(FOLDER, 2026))
    return tuple(crew.walk(seed, "en" if seed % 6 == 0 else "nl") for seed in range(60))


@pytest.mark.parametrize("role", ROLES)
def test_robots_reach_every_page_question_option_and_ending(role: str) -> None:
    # Last year's; this year's, in both languages, is the test of `surveyapp simulate --coverage`.
    report = coverage(instrument(2025).questionnaire(role), "en")
    assert report.untouched == ()
    assert report.stuck == ()


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_shown_again_as_it_was_in_both_languages(role: str) -> None:
    made = instrument().questionnaire(role)
    for walk in walks(role):
        for language in ("nl", "en"):
            for seen in path(made, walk.answers, language).pages:
                if seen.page.id not in walk.pages:
                    continue
                checked = check_page(
                    made, seen.page.id, walk.answers, typed_from(seen, walk.answers, language), language
                )
                assert checked.problems == ()
                assert merged(walk.answers, checked) == walk.answers


@pytest.mark.parametrize("role", ROLES)
def test_next_and_previous_are_inverses_and_progress_goes_forward(role: str) -> None:
    made = instrument().questionnaire(role)
    for walk in walks(role)[:20]:
        led = [seen.page.id for seen in path(made, walk.answers, "nl").pages]
        assert [next_page(made, walk.answers, "nl", here) for here in led[:-1]] == led[1:]
        assert [previous_page(made, walk.answers, "nl", here) for here in led[1:]] == led[:-1]
        parts = [progress(made, walk.answers, "nl", here).part for here in led]
        assert parts == sorted(parts)
        assert set(parts) == set(range(1, max(parts, default=0) + 1))  # none is skipped
        assert on_path(made, walk.answers, "nl") | off_path(made, walk.answers, "nl") == walk.answers


@pytest.mark.parametrize("role", ROLES)
def test_a_finished_interview_has_nothing_left_to_ask_and_an_unfinished_one_resumes_where_it_stopped(role: str) -> None:
    made = instrument().questionnaire(role)
    outcomes = Counter(walk.outcome for walk in walks(role))
    assert outcomes["stuck"] == 0
    assert outcomes["complete"] > 30
    for walk in walks(role):
        # Contact wishes are stored apart; as in the store, they are not among the answers here.
        answers = {name: value for name, value in walk.answers.items() if name != "c_contact"}
        resumed = resume_page(made, answers, "nl", walk.pages)
        assert resumed == (walk.stopped_at if walk.outcome == "broke_off" else None)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_answer_has_words(role: str, language: str) -> None:
    made = instrument().questionnaire(role)
    for walk in walks(role)[:10]:
        for name, value in walk.answers.items():
            if name in made.questions:
                words = answer_in_words(instrument(), made.questions[name], value, walk.answers, language)
                assert words
                assert "_" not in words


def test_changing_the_answer_that_routes_hides_the_questions_behind_it_and_brings_them_back() -> None:
    made = instrument().questionnaire("contractor")
    walk = next(walk for walk in walks("contractor") if walk.outcome == "complete" and walk.answers["a_status"] == 2)
    changed = {**walk.answers, "a_status": 1}
    hidden = off_path(made, changed, "nl").keys() - off_path(made, walk.answers, "nl").keys()
    assert {"ph_close", "ph_after", "ev_exit"} <= hidden
    assert on_path(made, {**changed, "a_status": 2}, "nl") == on_path(made, walk.answers, "nl")


def test_simulated_satisfaction_fades_from_the_brief_to_the_closing() -> None:
    # As published of the first fieldwork: highest at the start, lower for feedback and closing.
    def average(name: str) -> float:
        return mean(walk.answers[name] for walk in walks("contractor") if walk.answers.get(name, -9) > 0)

    assert average("ph_brief") > average("ph_feedback") > average("ph_close")
    assert 7.4 < average("gr_assign") < 8.4


def test_the_profile_names_only_what_the_study_has() -> None:
    read = read_file(FOLDER / "profile.yaml", ProfileFile)
    assert not isinstance(read, tuple)
    # One profile for both waves: 2025 asked what 2026 left out.
    file, known = read.model, {**instrument(2025).variables, **instrument().variables}
    assert set(file.defaults) <= set(instrument().scales)
    entries = [*file.variables.items(), *((name, each) for wave in file.waves.values() for name, each in wave.items())]
    for name, entry in entries:
        variable = known[name]
        for part in (entry, *getattr(entry, "by_role", {}).values()):
            assert {int(code) for code in part.shares or {}} <= set(variable.codes), name
            assert set(part.missing or {}) <= {missing.key for missing in variable.missing}, name
            assert set(part.texts or {}) <= set(instrument().study.languages), name
        assert set(getattr(entry, "by_role", {})) <= set(ROLES), name
