"""What a person meets in a browser: keys, switches, lost connections, two presses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from surveyapp.storage.database import Database
from surveyapp.storage.tables import CaseRow, PageSaveRow
from tests.browser.conftest import Person

FIELDS = {
    "single": "#q_k_single-first", "multiple": "#q_k_multiple-2", "mark": "#q_k_mark-8", "score": "#q_k_score-9",
    "statements": "#q_k_fit-3",
}  # fmt: skip


def saves(file: Path, page: str) -> list[dict[str, object]]:
    """Every save of this page, of whoever made it."""
    database = Database(f"sqlite:///{file}")
    with database.read() as session:
        found = [dict(row.answers) for row in session.exec(select(PageSaveRow).where(PageSaveRow.page == page))]
    database.close()
    return found


def test_enter_goes_on_and_never_switches_the_language(person: Callable[..., Person]) -> None:
    for javascript in (True, False):
        someone = person("nl", javascript=javascript).begin()
        someone.page.focus("#q_k_single-first")
        someone.page.keyboard.press("Space")
        someone.page.keyboard.press("Enter")
        someone.page.wait_for_url("**/nl/vragenlijst/kinds-2026/p/multiple")
        someone.go("short")
        someone.page.fill("input[name=q_k_short]", "Adviseur")
        someone.page.keyboard.press("Enter")
        someone.page.wait_for_url("**/nl/vragenlijst/kinds-2026/p/long")


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_someone_with_only_a_keyboard_answers_everything(javascript: bool, person: Callable[..., Person]) -> None:
    someone = person("en", javascript=javascript)
    page = someone.landing("kinds").page

    def tab_to(selector: str) -> None:
        for _ in range(60):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {selector} on {page.url}")

    tab_to("input[name=role]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/consent")
    tab_to("#agree")
    page.keyboard.press("Space")
    tab_to("main button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/start")
    typed = {"rate": "85", "year": "1975", "region": "35", "short": "Adviser", "long": "Words"}
    while someone.at:
        here = page.url
        if someone.at in typed:
            tab_to("main form input[type=text], main form textarea")
            page.keyboard.type(typed[someone.at])
        elif someone.at == "month":
            tab_to("select")
            page.keyboard.press("ArrowDown")
            tab_to("main form input[type=text]")
            page.keyboard.type("2024")
        elif someone.at == "ranking":
            tab_to("select")
            page.keyboard.press("ArrowDown")
        elif someone.at == "parts":
            tab_to("main form input[type=text]")
            page.keyboard.type("100")
        elif someone.at == "depending":
            tab_to("main form input[type=radio]")
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
        else:
            tab_to("main form input[type=radio], main form input[type=checkbox]")
            page.keyboard.press("Space")
            if someone.at == "statements":
                page.keyboard.press("Tab")
                tab_to("main form input[type=radio]")
                page.keyboard.press("Space")
        tab_to("main button[value=next]")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, here=here: url != here)
    tab_to("main button[data-main]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you")
    assert someone.complaints == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_the_language_switch_keeps_every_tick(javascript: bool, person: Callable[..., Person]) -> None:
    someone = person("nl", javascript=javascript).begin().go("multiple")
    someone.page.check("#q_k_multiple-first")
    someone.page.check("#q_k_multiple-3")
    someone.page.click("button.language")
    someone.page.wait_for_url("**/en/questionnaire/kinds-2026/p/multiple")
    expect(someone.page.locator("#q_k_multiple-first")).to_be_checked()
    expect(someone.page.locator("#q_k_multiple-3")).to_be_checked()
    expect(someone.page.locator("#q_k_multiple-2")).not_to_be_checked()


def test_a_mistake_takes_the_focus_to_the_summary_also_without_script(person: Callable[..., Person]) -> None:
    for javascript in (True, False):
        someone = person("nl", javascript=javascript).begin().go("rate")
        someone.page.fill("input[name=q_k_rate]", "85.50")
        someone.press()
        assert someone.page.title().startswith("Fout: ")
        expect(someone.page.locator("#summary")).to_be_focused()
        someone.page.locator("#summary a").first.click()
        expect(someone.page.locator("input[name=q_k_rate]")).to_be_focused()
        expect(someone.page.locator("input[name=q_k_rate]")).to_have_value("85.50")


def test_questions_come_and_go_while_the_focus_and_the_typed_text_stay(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("depending")
    page = someone.page
    expect(page.locator("[name=q_k_who]")).to_have_count(0)
    page.check("#q_k_via-first")
    page.wait_for_selector("[name=q_k_who]")
    expect(page.locator("#q_k_via-first")).to_be_focused()
    page.fill("[name=q_k_who]", "Jan")
    page.check("#q_k_margin-2")
    expect(page.locator("[name=q_k_who]")).to_have_value("Jan")
    page.check("#q_k_via-2")
    expect(page.locator("[name=q_k_who]")).to_have_count(0)
    page.check("#q_k_via-first")
    expect(page.locator("[name=q_k_who]")).to_have_value("Jan")
    expect(page.locator("[role=status]")).to_have_text("Er is door uw antwoord een vraag bijgekomen.")
    assert someone.complaints == []


def test_what_was_typed_is_back_after_the_browser_was_lost(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("long")
    with someone.page.expect_response("**/concept") as kept:
        someone.page.locator("textarea").press_sequentially("Een half verhaal")
    assert kept.value.status == 204
    expect(someone.page.locator(".kept")).to_have_text(re.compile(r"^Wat u hier invulde, is om \d\d:\d\d bewaard\.$"))
    other = someone.context.new_page()  # the same cookies, nothing else of the old tab
    other.goto(someone.page.url)
    expect(other.locator("textarea")).to_have_value("Een half verhaal")


def test_what_was_typed_without_a_connection_is_back_after_the_page_was_opened_anew(
    person: Callable[..., Person],
) -> None:
    someone = person("nl").begin().go("long")
    page = someone.page
    someone.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.locator("textarea").press_sequentially("In de tunnel")
    expect(page.locator(".kept")).to_be_hidden()
    someone.context.set_offline(False)
    page.reload()
    expect(page.locator("textarea")).to_have_value("In de tunnel")
    with page.expect_response("**/concept"):
        page.locator("textarea").press_sequentially(" uit")
    expect(page.locator(".kept")).to_be_visible()
    assert page.evaluate("() => Object.keys(sessionStorage)") == []


def test_without_a_connection_the_page_waits_and_is_sent_once_it_is_back(
    person: Callable[..., Person], database_file: Path
) -> None:
    someone = person("nl").begin().go("short")
    page = someone.page
    page.fill("input[name=q_k_short]", "In de tunnel")
    someone.context.set_offline(True)
    page.locator("[data-main]").click()
    expect(page.locator(".status")).to_contain_text("Geen verbinding.")
    expect(page.locator("input[name=q_k_short]")).to_have_value("In de tunnel")
    someone.context.set_offline(False)
    page.wait_for_url("**/p/long")
    assert saves(database_file, "short").count({"k_short": "In de tunnel"}) == 1
    assert page.evaluate("() => Object.keys(sessionStorage)") == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_two_presses_on_send_give_one_receipt(
    javascript: bool, person: Callable[..., Person], database_file: Path
) -> None:
    someone = person("nl", javascript=javascript).begin()
    while someone.at:
        before = someone.page.url
        someone.press()
        if someone.page.url == before:
            someone.press()
    someone.page.locator("[data-main]").dblclick()
    expect(someone.page.locator("h1")).to_have_text("Dank u wel")
    reference = someone.page.locator(".receipt").inner_text()
    database = Database(f"sqlite:///{database_file}")
    with database.read() as session:
        assert len(session.exec(select(CaseRow).where(CaseRow.reference == reference)).all()) == 1
    database.close()


def test_back_and_forward_in_the_browser_show_the_answers_as_left(person: Callable[..., Person]) -> None:
    someone = person("nl").begin()
    for page, field in FIELDS.items():
        someone.go(page)
        someone.page.locator(field).check(force=True)
        someone.press()
        someone.page.go_back()
        expect(someone.page.locator(field)).to_be_checked()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_back_over_a_page_that_asked_something_never_asks_to_send_the_form_again(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person(javascript=javascript).begin()
    first = someone.page.url
    someone.press()  # nothing answered: the page comes back once
    assert someone.page.locator("#summary").count() == 1
    someone.press()
    second = someone.page.url
    assert second != first

    response = someone.page.go_back()

    assert someone.page.url == first
    assert response is None or (response.ok and response.request.method == "GET")
    assert someone.page.locator("#q").count() == 1


def test_comfort_none_of_these_clear_answer_total_and_counter(person: Callable[..., Person]) -> None:
    someone = person("nl").begin()
    page = someone.go("multiple").page
    page.check("#q_k_multiple-first")
    page.check("#q_k_multiple-90")
    expect(page.locator("#q_k_multiple-first")).not_to_be_checked()
    page.check("#q_k_multiple-2")
    expect(page.locator("#q_k_multiple-90")).not_to_be_checked()
    someone.go("mark")
    expect(page.locator("button.clear")).to_be_hidden()
    page.locator("#q_k_mark-7").check(force=True)
    page.locator("button.clear").click()
    expect(page.locator("#q_k_mark-7")).not_to_be_checked()
    expect(page.locator("button.clear")).to_be_hidden()
    someone.go("parts")
    page.fill("#q_k_parts__1", "50")
    page.fill("#q_k_parts__2", "25,5")
    expect(page.locator("output")).to_have_text("75,5")
    someone.go("long")
    page.locator("textarea").fill("x" * 150)
    expect(page.locator(".counter")).to_have_text("Nog 50 tekens")
    page.locator("textarea").fill("e\u0301" * 120 + " \n")  # as the server counts: composed, no blanks around it
    expect(page.locator(".counter")).to_have_text("Nog 80 tekens")
    page.locator("textarea").fill("x" * 203)
    expect(page.locator(".counter")).to_have_text("3 tekens te veel")
    spoken = page.locator(".status")
    expect(spoken).to_have_text("3 tekens te veel")
    expect(spoken).to_have_class("status visually-hidden")  # the counter shows it already, beside its field
    assert someone.complaints == []


def test_the_text_beside_other_shows_only_when_other_is_chosen(person: Callable[..., Person]) -> None:
    for javascript in (True, False):
        someone = person("nl", javascript=javascript).begin().go("single")
        field = someone.page.locator("[name=q_k_single__other]")
        expect(field).to_be_hidden()
        someone.page.check("#q_k_single-97")
        expect(field).to_be_visible()
