"""Nothing moves under a finger, and what is chosen can be read on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person

LINES = """button => {
  const range = document.createRange();
  range.selectNodeContents(button);
  return [...range.getClientRects()].map(line => line.width);
}"""
"""How wide each line of a button is."""


@pytest.mark.parametrize("page", ["single", "mark", "score", "statements"])
def test_nothing_moves_while_somebody_taps(person: Callable[..., Person], page: str) -> None:
    someone = person("nl").begin()
    someone.page.set_viewport_size({"width": 390, "height": 844})
    someone.go(page)
    before = someone.page.evaluate("document.documentElement.scrollHeight")
    for field in someone.page.locator("fieldset.question").all():
        field.locator("input[type=radio]").nth(1).check(force=True)
        after = someone.page.evaluate("document.documentElement.scrollHeight")
        assert after == before, page


def test_zero_to_ten_falls_into_equal_rows_on_a_phone(person: Callable[..., Person]) -> None:
    someone = person("nl").begin()
    someone.page.set_viewport_size({"width": 390, "height": 844})
    someone.go("score")
    tops = [point.bounding_box()["y"] for point in someone.page.locator(".scale-11 > .point").all()]
    rows = [tops.count(top) for top in sorted(set(tops))]
    assert rows == [1, 5, 5]


def test_once_all_is_answered_no_button_speaks_of_passing_over(person: Callable[..., Person]) -> None:
    someone = person("nl").begin()
    someone.go("single")
    someone.page.click("[data-main]")
    someone.page.wait_for_selector("#summary")
    assert someone.page.locator("text=Verder zonder antwoord").count() == 2
    someone.page.locator("#q_k_single-first").check(force=True)
    assert someone.page.locator("text=Verder zonder antwoord").count() == 0
    assert someone.page.locator("[data-passes]").all_inner_texts() == ["Opslaan en verder"] * 2


def test_what_is_chosen_in_a_ranking_can_be_read_whole_on_a_phone(person: Callable[..., Person]) -> None:
    someone = person("nl").begin()
    someone.page.set_viewport_size({"width": 390, "height": 844})
    someone.go("ranking")
    select = someone.page.locator("ol.ranking select").first
    select.select_option(index=1)
    long = "Een antwoord dat zo lang is dat het op een telefoon niet op één regel van de lijst past"
    one = select.bounding_box()["height"]
    select.evaluate("(field, text) => { field.selectedOptions[0].textContent = text }", long)
    assert select.bounding_box()["height"] > one


def test_what_stands_beside_a_button_does_not_run_into_it_on_a_phone(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().landing("kinds")
    someone.page.set_viewport_size({"width": 390, "height": 844})
    again, kept = someone.page.locator("main form button[value=fresh]"), someone.page.locator("main form .small.muted")
    above, below = again.bounding_box(), kept.bounding_box()
    assert above
    assert below
    assert below["y"] >= above["y"] + above["height"]


def test_a_button_of_two_lines_leaves_no_word_alone(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().landing("kinds")
    someone.page.set_viewport_size({"width": 390, "height": 844})
    lines = someone.page.locator(".notice .button").evaluate(LINES)
    assert len(lines) == 2
    assert min(lines) > max(lines) / 2


def test_two_boxes_to_tick_stand_apart(person: Callable[..., Person]) -> None:
    someone = person("nl", phone=True).landing("kinds")
    someone.page.check("input[name=role][value=contractor]")
    someone.press()
    first, second = (option.bounding_box() for option in someone.page.locator("#q .option").all())
    assert first
    assert second
    assert second["y"] - first["y"] - first["height"] >= 8


def test_a_circle_stays_a_circle_for_who_uses_the_keyboard(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("single")
    someone.page.locator("#q_k_single-first").focus()
    someone.page.keyboard.press("ArrowDown")
    chosen = someone.page.locator("input[type=radio]:checked:focus-visible")
    assert chosen.evaluate("field => getComputedStyle(field).borderRadius") == "50%"
