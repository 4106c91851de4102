from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import correlation, mean

import pytest
from engine_builders import DK, NA, categories, page, question, questionnaire, statements

from surveyapp.engine.coverage import coverage
from surveyapp.engine.profile import FLAT, Profile, ProfileFile, load_profile
from surveyapp.engine.robots import Crew
from surveyapp.engine.route import path
from surveyapp.engine.typed import typed_from
from surveyapp.engine.validate import check_page
from surveyapp.errors import DefinitionError
from surveyapp.instrument.model import NumberRange

OTHER = {"categories": categories(1, 2, 3, other=97, exclusive=90)}
EVERY_TYPE = questionnaire(
    page("start", question("a", is_required=True), question("b", show_if="a == 1"), end_if="a == 3"),
    page(
        "marks",
        question("mark", "mark", missing=(DK,)),
        question("mark2", "mark"),
        question("number", "number", missing=(DK, NA), of={"number": NumberRange(10, 500, decimals=2)}),
        question("year", "year", of={"number": NumberRange(1935, 2010)}),
        question("month", "month", of={"number": NumberRange(2000, 2026)}),
    ),
    page(
        "choices",
        question("many", "multiple", missing=(DK,), of={**OTHER, "maximum_choices": 2}),
        question("least", "multiple", of={"minimum_choices": 2}),
        question("rank", "ranking", missing=(NA,)),
        question("parts", "allocation", of={"number": NumberRange()}),
        question("region", "region"),
    ),
    page(
        "texts",
        question("short", "short_text", of={"maximum_characters": 10}),
        question("long", "long_text"),
        statements("set", question("s1", of=OTHER), question("s2", show_if="s1 == 97")),
    ),
)


def profile(**parts: object) -> Profile:
    return Profile(ProfileFile.model_validate(parts))


def test_a_robot_answers_every_type_and_finishes_through_the_same_door() -> None:
    for made in (Profile(), FLAT):
        crew = Crew(EVERY_TYPE, made)
        outcomes = Counter(crew.walk(seed, "nl" if seed % 2 else "en").outcome for seed in range(200))
        assert outcomes["complete"] > 40
        assert outcomes["screened_out"] > 0
        assert outcomes["stuck"] == 0


def test_what_a_robot_left_is_what_a_person_could_have_posted() -> None:
    crew = Crew(EVERY_TYPE)
    for seed in range(50):
        walk = crew.walk(seed, "nl")
        for seen in path(EVERY_TYPE, walk.answers, "nl").pages:
            if seen.page.id in walk.pages:
                checked = check_page(EVERY_TYPE, seen.page.id, walk.answers, typed_from(seen, walk.answers, "nl"), "nl")
                assert checked.problems == ()
                assert checked.values.items() <= walk.answers.items()


def test_the_same_seed_gives_the_same_interview_and_another_seed_another() -> None:
    assert Crew(EVERY_TYPE).walk(7, "nl") == Crew(EVERY_TYPE).walk(7, "nl")
    assert len({tuple(map(str, Crew(EVERY_TYPE).walk(seed, "nl").answers.items())) for seed in range(30)}) > 25


def test_the_interview_of_a_seed_is_fixed_for_ever() -> None:
    # Simulated waves are compared between versions of the product; a change here is a change of every one of them.
    walk = Crew(EVERY_TYPE).walk(3, "nl")
    assert (walk.outcome, walk.seconds, walk.answers["mark"]) == ("complete", 75, 6)


def test_shares_are_followed() -> None:
    made = questionnaire(page("p", question("x", has_prompt=False)))
    crew = Crew(made, profile(skip=0, break_off=0, variables={"x": {"shares": {"1": 70, "2": 25, "3": 5}}}))
    counts = Counter(crew.walk(seed, "nl").answers["x"] for seed in range(2000))
    # 2,000 draws: standard deviations of 20, 19 and 10; four of those.
    assert abs(counts[1] - 1400) < 82
    assert abs(counts[2] - 500) < 78
    assert abs(counts[3] - 100) < 39


def test_means_and_correlations_are_followed() -> None:
    marks = questionnaire(page("p", question("x", "mark"), question("y", "mark")))
    entry = {"mean": 7.5, "sd": 1.2, "load": 0.8}
    crew = Crew(marks, profile(skip=0, break_off=0, variables={"x": entry, "y": entry}))
    answers = [crew.walk(seed, "nl").answers for seed in range(2000)]
    xs, ys = [each["x"] for each in answers], [each["y"] for each in answers]
    # The upper end cuts the normal at 10 (2.1 sd), which takes some .01 off; standard error .027.
    assert abs(mean(xs) - 7.5) < 0.12
    # Two loads of .8 correlate .64; rounding to whole marks takes a few points off.
    assert 0.54 < correlation(xs, ys) < 0.68


def test_missing_codes_and_skips_come_as_often_as_the_profile_says() -> None:
    made = questionnaire(page("p", question("x", missing=(DK,), has_prompt=False)))
    crew = Crew(made, profile(skip=0.1, break_off=0, variables={"x": {"missing": {"dk": 0.2}}}))
    counts = Counter(crew.walk(seed, "nl").answers["x"] for seed in range(2000))
    assert abs(counts[-2] - 400) < 72
    assert abs(counts[-9] - 200) < 54


def test_break_off_leaves_the_page_unsaved_and_comes_about_as_often_as_told() -> None:
    crew = Crew(EVERY_TYPE, profile(break_off=0.3))
    walks = [crew.walk(seed, "nl") for seed in range(1000)]
    left = [walk for walk in walks if walk.outcome == "broke_off"]
    # Somewhat fewer than 30 %: who is screened out early cannot leave later.
    assert 200 < len(left) < 340
    assert all(walk.stopped_at not in walk.pages for walk in left)


def test_phones_take_longer() -> None:
    crew = Crew(EVERY_TYPE, profile(break_off=0))
    desktop = mean(crew.walk(seed, "nl", "desktop").seconds for seed in range(150))
    phone = mean(crew.walk(seed, "nl", "phone").seconds for seed in range(150))
    assert 1.2 < phone / desktop < 1.6
    assert all(2 <= step.seconds <= 3600 for seed in range(50) for step in crew.walk(seed, "nl").steps)


def test_without_a_profile_few_people_end_their_own_questionnaire() -> None:
    outcomes = Counter(Crew(EVERY_TYPE).walk(seed, "nl").outcome for seed in range(300))
    assert outcomes["screened_out"] < 30


def test_coverage_reaches_everything_that_can_be_reached() -> None:
    report = coverage(EVERY_TYPE, "nl")
    assert report.is_complete
    assert report.pages == (4, 4)
    assert report.questions == (16, 16)
    assert report.endings == (1, 1)
    assert report.paths == 2


def test_coverage_names_what_no_robot_reached_and_what_stands_before_it() -> None:
    made = questionnaire(
        page("start", question("a")),
        page("never", question("b"), show_if="a == 1 and a == 2"),
        page("last", question("c", show_if="a == 1 and a == 3"), question("d")),
    )
    report = coverage(made, "nl")
    untouched = {(each.kind, each.name): each.conditions for each in report.untouched}
    assert untouched[("page", "never")] == ("a == 1 and a == 2",)
    assert untouched[("question", "c")] == ("a == 1 and a == 3",)
    assert ("option", "c = 1") in untouched
    assert ("question", "d") not in untouched


def test_coverage_names_a_page_that_nobody_can_answer() -> None:
    # More ticks asked than there are options.
    made = questionnaire(page("p", question("m", "multiple", of={"minimum_choices": 4}, is_required=True)))
    assert coverage(made, "nl").stuck == ("p",)


def test_a_broken_profile_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "profile.yaml").write_text("break_off: 0.2\nvariables:\n  x: {meen: 3}\n", "utf-8")
    with pytest.raises(DefinitionError, match=r"profile\.yaml:3:"):
        load_profile(tmp_path, 2026)


def test_a_study_without_a_profile_gets_the_plausible_one(tmp_path: Path) -> None:
    assert load_profile(tmp_path, 2026).file == ProfileFile()


def test_a_wave_can_differ_from_the_rest() -> None:
    file = ProfileFile.model_validate({"variables": {"x": {"mean": 7.5}}, "waves": {"2025": {"x": {"shift": -0.5}}}})
    asked = question("x", "mark")
    assert Profile(file, 2026).of(asked, "contractor").mean == 7.5
    assert Profile(file, 2025).of(asked, "contractor").mean == 7.0
