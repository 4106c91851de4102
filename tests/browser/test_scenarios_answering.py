"""The scenarios of somebody on the pages of questions, with and without JavaScript; the list is in test_scenarios."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE, PHONE, Person

both = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def passed(someone: Person) -> Person:
    """On from a page of questions to the review, nothing answered but what has to be."""
    while someone.at:
        before = someone.page.url
        someone.press()
        if someone.page.url == before:
            someone.press()
    return someone


@both
def test_a_question_that_was_skipped_is_asked_about_once_and_then_passed(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin()
    here = someone.page.url
    someone.press()
    assert someone.page.url == here
    expect(someone.page.locator("#summary")).to_be_focused()
    expect(someone.page.locator("#summary")).to_contain_text("U heeft 1 vraag overgeslagen.")
    expect(someone.page.locator("[data-main]")).to_have_text("Verder zonder antwoord")
    someone.press()
    assert someone.at == "multiple"
    assert someone.complaints == []


@both
def test_who_ticks_none_of_these_beside_another_is_asked_which_counts(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin().go("multiple")
    page = someone.page
    page.check("#q_k_multiple-first")
    if javascript:  # the script takes the other tick away at once
        page.check("#q_k_multiple-90")
        expect(page.locator("#q_k_multiple-first")).not_to_be_checked()
        someone.press()
        assert someone.at == "mark"
        return
    page.check("#q_k_multiple-90")
    someone.press()
    assert someone.at == "multiple"
    expect(page.locator("#summary")).to_contain_text("U koos “Geen van deze” én een ander antwoord. Welke geldt?")
    expect(page.locator("#q_k_multiple-first")).to_be_checked()
    expect(page.locator("#q_k_multiple-90")).to_be_checked()


def test_typing_an_answer_takes_back_that_one_would_rather_not_say(person: Callable[..., Person]) -> None:
    page = person("nl", javascript=True).begin().go("rate").page
    page.locator("[name=q_k_rate__missing]").first.check()
    page.locator("[name=q_k_rate]").press_sequentially("85")
    expect(page.locator("[name=q_k_rate__missing]").first).not_to_be_checked()


@both
def test_a_point_on_the_dutch_page_is_asked_back_with_the_comma(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin().go("rate")
    someone.page.fill("#q_k_rate", "85.50")
    someone.press()
    assert someone.at == "rate"
    expect(someone.page.locator("#summary")).to_contain_text("85,50")
    expect(someone.page.locator("#q_k_rate")).to_have_value("85.50")
    someone.page.fill("#q_k_rate", "85,50")
    someone.press()
    assert someone.at != "rate"
    expect(someone.go("rate").page.locator("#q_k_rate")).to_have_value("85,50")


@both
def test_another_way_after_the_review_asks_what_is_new_and_tells_what_is_left_out(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = passed(person("nl", javascript=javascript).begin())
    page = someone.page
    change = page.locator("main a[href*='/p/depending']")
    with page.expect_navigation():
        change.click()
    page.check("#q_k_via-first")
    if not javascript:
        someone.press()
    page.locator("[name=q_k_who]").fill("Jan")
    page.check("#q_k_margin-first")
    someone.press()
    assert someone.at == "sequel"
    page.locator("main input[type=radio]").first.check()
    someone.press()
    page.wait_for_url("**/controle#row-sequel")
    with page.expect_navigation():
        change.click()
    page.check("#q_k_via-2")
    someone.press()
    page.wait_for_url("**/controle#row-depending")
    expect(page.locator("main")).to_contain_text("Deze antwoorden worden niet meegestuurd")
    expect(page.locator("main")).to_contain_text("Kent u de marge?")
    assert someone.complaints == []


@both
def test_ones_answers_come_out_on_paper_without_buttons(javascript: bool, person: Callable[..., Person]) -> None:
    someone = person("nl", javascript=javascript).begin()
    someone.page.check("#q_k_single-first")
    passed(someone.press())
    page = someone.page
    with page.expect_navigation():
        page.locator("[data-main]").click()
    reference = page.locator(".receipt").inner_text()
    with page.expect_navigation():
        page.locator("main a[href$='mijn-antwoorden']").click()
    assert page.locator("[data-print]").is_visible() is javascript
    page.emulate_media(media="print")
    expect(page.locator(".site-name")).to_be_visible()
    for hidden in (".language", "[data-print]", ".back", ".footer-links", "main button", "main form"):
        for found in page.locator(hidden).all():
            expect(found).to_be_hidden()
    expect(page.locator("main")).to_contain_text(reference)
    expect(page.locator("dl.answers dd:not(.none)").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert page.evaluate("getComputedStyle(document.querySelector('dl.answers')).color") == "rgb(0, 0, 0)"
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert 1 <= len(sheets) <= 4
    assert someone.complaints == []


@both
def test_a_finger_hits_the_ten_on_the_smallest_phone(javascript: bool, chromium: Browser, site: str) -> None:
    context = chromium.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        java_script_enabled=javascript,
    )
    context.set_default_timeout(PATIENCE)
    someone = Person(context, site, "nl").begin().go("mark")
    label = someone.page.locator("label[for='q_k_mark-10']")
    label.scroll_into_view_if_needed()
    box = label.bounding_box()
    assert box is not None
    assert box["width"] >= 48
    assert box["height"] >= 48
    someone.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(someone.page.locator("#q_k_mark-10")).to_be_checked()
    assert someone.page.evaluate("visualViewport.scale") == 1
    assert someone.sideways() <= 0
    context.close()


@both
def test_back_twice_and_forward_sends_nothing_again_and_shows_what_was_left(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin()
    page = someone.page
    page.check("#q_k_single-first")
    someone.press()
    page.check("#q_k_multiple-2")
    someone.press()
    page.locator("#q_k_mark-8").check(force=True)
    someone.press()
    assert someone.at == "score"
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.go_back()
    page.go_back()
    assert someone.at == "multiple"
    expect(page.locator("#q_k_multiple-2")).to_be_checked()
    page.go_forward()
    assert someone.at == "mark"
    expect(page.locator("#q_k_mark-8")).to_be_checked()
    assert posts == []


@both
def test_a_screen_reader_hears_of_a_mistake_first_and_with_its_question(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin().go("rate")
    page = someone.page
    page.fill("input[name=q_k_rate]", "85.50")
    someone.press()
    assert page.title().startswith("Fout: ")
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    expect(summary).to_have_accessible_name(page.locator("#summary-title").inner_text())
    question = page.locator("#q_k_rate-text")
    expect(summary).to_contain_text(question.inner_text())
    field = page.locator("#q_k_rate")
    expect(field).to_have_accessible_name(question.inner_text())
    expect(field).to_have_accessible_description(re.compile("85,50"))
    expect(field).to_have_attribute("aria-invalid", "true")
