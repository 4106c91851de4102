from __future__ import annotations

import pytest
from engine_builders import categories, information, page, question, questionnaire, statements

from surveyapp.engine.progress import Progress, progress
from surveyapp.engine.route import (
    next_page,
    off_path,
    on_path,
    path,
    previous_page,
    resume_page,
    visible_page,
)
from surveyapp.errors import NotFound

FORK = questionnaire(
    page("start", question("a"), end_if="a == 3"),
    page("left", question("b"), show_if="a == 1"),
    page("right", question("c"), show_if="a == 2"),
    page("after-left", question("d"), show_if="b == 2"),
    page("last", question("e")),
)


def ids(answers: dict[str, object], made: object = FORK) -> list[str]:
    return [seen.page.id for seen in path(made, answers, "nl").pages]


def test_a_condition_that_is_unknown_hides_its_page() -> None:
    assert ids({}) == ["start", "last"]


def test_a_true_condition_shows_its_page() -> None:
    assert ids({"a": 1}) == ["start", "left", "last"]
    assert ids({"a": 2}) == ["start", "right", "last"]


def test_a_missing_answer_is_unknown_and_hides_too() -> None:
    assert ids({"a": -9}) == ["start", "last"]


def test_an_ending_stops_the_path_after_its_page() -> None:
    ended = path(FORK, {"a": 3, "e": 1}, "nl")
    assert [seen.page.id for seen in ended.pages] == ["start"]
    assert ended.ending is not None
    assert ended.ending.id == "start-end"
    assert next_page(FORK, {"a": 3}, "nl", "start") is None
    assert off_path(FORK, {"a": 3, "e": 1}, "nl") == {"e": 1}


def test_a_stale_answer_steers_nothing() -> None:
    # b was answered on the left branch; after a change of mind it is off the path and so is what it led to.
    answers = {"a": 2, "b": 2, "d": 1, "e": 1}
    assert ids(answers) == ["start", "right", "last"]
    assert on_path(FORK, answers, "nl") == {"a": 2, "e": 1}
    assert off_path(FORK, answers, "nl") == {"b": 2, "d": 1}


def test_an_off_path_answer_counts_again_when_its_question_comes_back() -> None:
    answers = {"a": 1, "b": 2, "d": 1}
    assert ids(answers) == ["start", "left", "after-left", "last"]
    assert on_path(FORK, answers, "nl") == answers


def test_next_and_previous_follow_the_path() -> None:
    answers = {"a": 1, "b": 2}
    assert next_page(FORK, answers, "nl", "start") == "left"
    assert next_page(FORK, answers, "nl", "left") == "after-left"
    assert next_page(FORK, answers, "nl", "last") is None
    assert previous_page(FORK, answers, "nl", "last") == "after-left"
    assert previous_page(FORK, answers, "nl", "start") is None


def test_from_a_page_that_went_off_the_path_one_goes_to_its_neighbours_on_it() -> None:
    assert next_page(FORK, {"a": 2}, "nl", "left") == "right"
    assert previous_page(FORK, {"a": 2}, "nl", "after-left") == "right"


def test_a_page_nobody_has_is_not_found() -> None:
    for ask in (next_page, previous_page, progress):
        with pytest.raises(NotFound):
            ask(FORK, {}, "nl", "nowhere")
    with pytest.raises(NotFound):
        visible_page(FORK, "nowhere", {}, "nl")


def test_resuming_goes_to_the_first_page_not_yet_saved() -> None:
    assert resume_page(FORK, {}, "nl", []) == "start"
    assert resume_page(FORK, {"a": 1}, "nl", ["start"]) == "left"
    assert resume_page(FORK, {"a": 2, "c": 1, "e": 1}, "nl", ["start", "right", "last"]) is None


def test_resuming_goes_back_to_a_saved_page_on_which_a_question_came_up() -> None:
    made = questionnaire(
        page("one", question("a")),
        page("two", question("b"), question("c", show_if="a == 2")),
        page("three", question("d")),
    )
    saved = ["one", "two", "three"]
    assert resume_page(made, {"a": 1, "b": 1, "d": 1}, "nl", saved) is None
    assert resume_page(made, {"a": 2, "b": 1, "d": 1}, "nl", saved) == "two"


def test_what_is_stored_apart_does_not_call_back_to_its_page() -> None:
    made = questionnaire(page("one", question("c", "multiple", of={"is_stored_apart": True})))
    assert resume_page(made, {}, "nl", ["one"]) is None


def test_a_condition_on_the_same_page_sees_the_answers_of_that_page() -> None:
    made = questionnaire(page("one", question("a"), question("b", show_if="a == 2"), question("c", show_if="b == 1")))

    def seen(answers: dict[str, object]) -> list[str]:
        return [each.name for each in visible_page(made, "one", answers, "nl").questions]

    assert seen({}) == ["a"]
    assert seen({"a": 2}) == ["a", "b"]
    assert seen({"a": 2, "b": 1}) == ["a", "b", "c"]
    # b is stale here, so c is gone with it.
    assert seen({"a": 1, "b": 1}) == ["a"]


def test_a_set_shows_its_visible_statements_and_goes_when_none_is_left() -> None:
    rows = (question("s1", show_if="a == 1"), question("s2", show_if="a in [1, 2]"))
    made = questionnaire(page("one", question("a")), page("two", statements("set", *rows), question("z")))
    assert [len(item.questions) for item in visible_page(made, "two", {"a": 1}, "nl").items] == [2, 1]
    assert [len(item.questions) for item in visible_page(made, "two", {"a": 2}, "nl").items] == [1, 1]
    assert [item.questions[0].name for item in visible_page(made, "two", {"a": 3}, "nl").items] == ["z"]


def test_a_hidden_set_hides_its_statements() -> None:
    made = questionnaire(
        page("one", question("a")), page("two", statements("set", question("s1"), show_if="a == 1"), question("z"))
    )
    assert on_path(made, {"a": 2, "s1": 1, "z": 1}, "nl") == {"a": 2, "z": 1}


def test_information_alone_makes_a_page_only_where_there_is_nothing_to_ask() -> None:
    made = questionnaire(
        page("words", information("note")),
        page("one", question("a")),
        page("two", information("about-b"), question("b", show_if="a == 1")),
        page("maybe", information("hint", show_if="a == 2")),
    )
    assert ids({"a": 2}, made) == ["words", "one", "maybe"]
    assert ids({"a": 1}, made) == ["words", "one", "two"]


def test_a_page_off_the_path_has_nothing_visible() -> None:
    assert visible_page(FORK, "left", {"a": 2}, "nl").items == ()
    assert visible_page(FORK, "last", {"a": 3}, "nl").items == ()


def test_consent_set_by_the_platform_counts_though_no_page_asks_it() -> None:
    assert on_path(FORK, {"s_consent": 1, "a": 1}, "nl") == {"s_consent": 1, "a": 1}
    made = questionnaire(page("one", question("a"), show_if="s_consent == 1"))
    assert ids({"s_consent": 1}, made) == ["one"]
    assert ids({}, made) == []


def test_conditions_know_role_and_language() -> None:
    made = questionnaire(
        page("both", question("a", show_if="role == 'contractor'"), question("b", show_if="language == 'en'"))
    )
    assert [each.name for each in visible_page(made, "both", {}, "nl").questions] == ["a"]
    assert [each.name for each in visible_page(made, "both", {}, "en").questions] == ["a", "b"]


def test_the_text_beside_other_counts_only_while_other_is_chosen() -> None:
    of = {"categories": categories(1, 2, other=97)}
    made = questionnaire(page("one", question("a", of=of), question("m", "multiple", of=of)))
    chosen = {"a": 97, "a_other": "text", "m": [1, 97], "m_other": "more"}
    assert on_path(made, chosen, "nl") == chosen
    left = {"a": 1, "a_other": "text", "m": [1], "m_other": "more"}
    assert on_path(made, left, "nl") == {"a": 1, "m": [1]}
    assert off_path(made, left, "nl") == {"a_other": "text", "m_other": "more"}


def test_progress_counts_the_parts_of_ones_own_route() -> None:
    made = questionnaire(
        page("p1", question("a"), part="start"),
        page("p2", question("b"), part="middle", show_if="a == 1"),
        page("p3", question("c"), part="finish"),
        parts=("start", "empty", "middle", "finish"),
    )
    # "empty" has no page for this role and does not count; "middle" counts as long as it can still come.
    assert progress(made, {}, "nl", "p1") == Progress(1, 3, "Part start")
    assert progress(made, {"a": 2}, "nl", "p3") == Progress(2, 2, "Part finish")
    assert progress(made, {"a": 1}, "nl", "p3") == Progress(3, 3, "Part finish")


def test_a_text_taken_back_stands_on_neither_side() -> None:
    of = {"categories": categories(1, 2, other=97)}
    made = questionnaire(page("one", question("a", of=of)))
    stored = {"a": 1, "a_other": -8}
    assert on_path(made, stored, "nl") == {"a": 1}
    assert off_path(made, stored, "nl") == {}
