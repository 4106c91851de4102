"""Who is asked which blocks: only what was drawn, whatever is answered, and robots walk every draw."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.engine.answers import Value
from surveyapp.engine.coverage import coverage
from surveyapp.engine.profile import FLAT
from surveyapp.engine.progress import progress
from surveyapp.engine.robots import Crew
from surveyapp.engine.route import next_page, off_path, on_path, path, previous_page, visible_page
from surveyapp.engine.validate import check_page
from surveyapp.errors import AnswersRefused
from surveyapp.instrument.model import Questionnaire
from surveyapp.instrument.resolve import resolved
from tests.instrument.definitions import in_memory

INSTRUMENT = resolved(in_memory(name="rotation"), 2026)
ROLES = st.sampled_from(["contractor", "manager"])
PAY, GUIDANCE, GOODBYE = 1, 2, 3


def made(role: str = "contractor") -> Questionnaire:
    return INSTRUMENT.questionnaires[role]


def drawn_pages(questionnaire: Questionnaire, answers: dict[str, Value]) -> set[str]:
    """Pages of everybody and of the blocks that were drawn."""

    def holds(value: Value, code: int) -> bool:
        return code in value if isinstance(value, list) else code == value

    return {
        page.id
        for page in questionnaire.pages
        if page.block is None or holds(answers[page.block.rotation.name], page.block.code)
    }


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), role=ROLES)
def test_nobody_is_ever_asked_a_page_of_a_block_that_was_not_drawn(seed: int, role: str) -> None:
    questionnaire, random = made(role), Random(seed)
    crew = Crew(questionnaire, FLAT)
    draw = crew.drawn(random.randrange(10**6))
    walk = crew.walk(seed, "nl", drawn=draw)
    allowed = drawn_pages(questionnaire, draw)
    assert set(walk.pages) <= allowed
    assert {name: walk.answers[name] for name in draw} == draw
    # Whatever was answered before, for another draw too: off the path it counts for nothing.
    other = Crew(questionnaire, FLAT).walk(seed + 1, "nl").answers
    mixed = {**other, **walk.answers, **draw}
    assert {seen.page.id for seen in path(questionnaire, mixed, "nl").pages} <= allowed
    counted = on_path(questionnaire, mixed, "nl")
    for page in questionnaire.pages:
        if page.id not in allowed:
            assert visible_page(questionnaire, page.id, mixed, "nl").items == ()
            assert not {question.name for question in page.questions()} & counted.keys()
    assert {**counted, **off_path(questionnaire, mixed, "nl")} == mixed


def test_a_form_for_a_page_that_was_not_drawn_is_refused() -> None:
    answers: dict[str, Value] = {"m_theme": [GUIDANCE, GOODBYE], "m_annex": 1, "r_first": 1}
    with pytest.raises(AnswersRefused):
        check_page(made(), "pay", answers, {"q_r_paid": ("1",)}, "nl")


def test_without_a_draw_no_block_is_asked() -> None:
    assert [seen.page.id for seen in path(made(), {"r_first": 1}, "nl").pages] == ["first", "last"]


def test_forward_and_back_pass_over_what_was_not_drawn() -> None:
    answers: dict[str, Value] = {"m_theme": [PAY, GOODBYE], "m_annex": 2, "r_first": 1, "r_paid": 1}
    led = ["first", "pay", "goodbye", "travel", "last"]
    at: str | None = "first"
    walked = []
    while at is not None:
        walked.append(at)
        at = next_page(made(), answers, "nl", at)
    assert walked == led
    assert [previous_page(made(), answers, "nl", page) for page in led] == [None, *led[:-1]]


def test_an_answer_that_routes_leaves_the_draw_as_it_is() -> None:
    answers: dict[str, Value] = {"m_theme": [PAY, GUIDANCE], "m_annex": 1, "r_first": 1}
    assert "guidance" in [seen.page.id for seen in path(made(), answers, "nl").pages]
    changed = {**answers, "r_first": 2}
    assert [seen.page.id for seen in path(made(), changed, "nl").pages] == ["first", "pay", "tools", "last"]
    assert on_path(made(), changed, "nl")["m_theme"] == [PAY, GUIDANCE]


def test_seeds_one_after_the_other_meet_every_draw_of_every_rotation_together() -> None:
    crew = Crew(made(), FLAT)
    found = {(tuple(draw["m_theme"]), draw["m_annex"]) for draw in map(crew.drawn, range(6))}  # type: ignore[arg-type]
    assert found == {(themes, annex) for themes in ((1, 2), (1, 3), (2, 3)) for annex in (1, 2)}


@pytest.mark.parametrize("role", ["contractor", "manager"])
def test_robots_walk_every_draw_and_reach_every_page_and_condition_both_ways(role: str) -> None:
    report = coverage(made(role), "nl")
    assert report.draws == ((5, 5) if role == "contractor" else (3, 3))
    assert report.is_complete
    assert report.pages[0] == report.pages[1] == len(made(role).pages)
    assert report.one_sided == ()
    assert {met.place for met in report.conditions} >= {"block pay", "page guidance"}


def test_the_parts_are_those_of_the_draw_and_pages_are_counted_inside_a_part() -> None:
    answers: dict[str, Value] = {"m_theme": [PAY, GUIDANCE], "m_annex": 1, "r_first": 1}

    def told(page: str, **more: Value) -> tuple[int, int, int, int]:
        found = progress(made(), {**answers, **more}, "nl", page)
        return found.part, found.parts, found.page, found.pages

    assert told("first") == (1, 3, 1, 1)
    assert told("pay") == (2, 3, 1, 3)  # "too late" can still come
    assert told("guidance", r_paid=1) == (2, 3, 2, 2)
    assert told("pay-late", r_paid=2) == (2, 3, 2, 3)
    assert told("guidance", r_paid=2, r_late=3) == (2, 3, 3, 3)
    assert told("tools", r_paid=1) == (3, 3, 1, 2)
