"""A browser that dies, and a train that stays in the tunnel: at most the last seconds are lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Page, Response, expect

from tests.browser.conftest import Person

TYPED: dict[str, tuple[Callable[[Page], object], str]] = {
    "long": (
        lambda page: page.locator("textarea").press_sequentially("Een half verhaal,\n'met' <tekens> & 🙂"),
        "%F0%9F%99%82",
    ),
    "multiple": (
        lambda page: (page.check("#q_k_multiple-first"), page.check("#q_k_multiple-3")),
        "q_k_multiple=3",
    ),
    "month": (
        lambda page: (
            page.select_option("[name=q_k_month__month]", "3"),
            page.fill("[name=q_k_month__year]", "20"),
        ),
        "q_k_month__year=20",
    ),
    "rate": (lambda page: page.fill("[name=q_k_rate]", "85 of zo"), "q_k_rate=85+of+zo"),
}
"""What is typed on a page, and the last of it as a form sends it."""


def brings(last: str) -> Callable[[Response], bool]:
    """A draft that brought this: on a slow machine the one before it held half of what was typed."""
    return lambda answer: answer.url.endswith("/concept") and last in (answer.request.post_data or "")


def values(page: Page) -> dict[str, list[str]]:
    """What the page's own fields would send."""
    found: dict[str, list[str]] = page.evaluate(
        "() => { const found = {}; for (const [name, value] of new FormData(document.getElementById('q')))"
        " if (name.startsWith('q_')) (found[name] ||= []).push(value); return found; }"
    )
    return found


@pytest.mark.parametrize("at", TYPED)
def test_a_browser_that_dies_takes_nothing_with_it_that_was_typed_seconds_ago(
    at: str, person: Callable[..., Person], chromium: Browser, site: str
) -> None:
    someone = person("nl").begin().go(at)
    fill, last = TYPED[at]
    with someone.page.expect_response(brings(last)) as kept:
        fill(someone.page)
    assert kept.value.status == 204
    before, cookies = values(someone.page), someone.context.storage_state()
    assert any(any(each) for each in before.values())
    someone.context.close()  # without a word to the page

    context = chromium.new_context(storage_state=cookies)
    try:
        again = Person(context, site, "nl").go(at)
        assert values(again.page) == before
        assert again.complaints == []
    finally:
        context.close()


def test_what_was_typed_in_the_very_last_moment_costs_nothing_of_what_stood_before(
    person: Callable[..., Person], chromium: Browser, site: str
) -> None:
    someone = person("nl").begin().go("long")
    with someone.page.expect_response(brings("er+al.+")):
        someone.page.locator("textarea").press_sequentially("Dit stond er al. ")
    cookies = someone.context.storage_state()
    someone.page.locator("textarea").press_sequentially("Dit nog niet.")
    someone.context.close()

    context = chromium.new_context(storage_state=cookies)
    try:
        again = Person(context, site, "nl").go("long")
        assert again.page.locator("textarea").input_value().startswith("Dit stond er al. ")
    finally:
        context.close()


def test_a_reload_in_the_tunnel_loses_nothing(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("long")
    page, address = someone.page, someone.page.url
    someone.context.set_offline(True)
    with page.expect_event("requestfailed"):  # the draft that could not be sent stays on this device
        page.locator("textarea").press_sequentially("In de tunnel")
    (place,) = page.evaluate("() => Object.keys(sessionStorage)")
    assert re.fullmatch(r"page:[0-9a-f]{16}:long", place)  # of this person's page alone
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    someone.context.set_offline(False)
    page.goto(address)
    expect(page.locator("textarea")).to_have_value("In de tunnel")
    someone.press()
    assert someone.at == "statements"
    someone.go("long")
    expect(page.locator("textarea")).to_have_value("In de tunnel")


@pytest.mark.parametrize("is_reloaded", [False, True], ids=["sent", "reloaded"])
def test_what_was_kept_on_the_device_stands_beside_what_another_tab_saved(
    is_reloaded: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl").begin().go("long")
    page = someone.page
    someone.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.locator("textarea").press_sequentially("Uit de tunnel")
    someone.context.set_offline(False)
    other = someone.context.new_page()
    other.goto(page.url)
    other.locator("textarea").fill("Uit het andere tabblad")
    other.locator("[data-main]").click()
    other.wait_for_url("**/p/statements")
    if is_reloaded:
        page.reload()
    else:
        someone.press()
    assert someone.at == "long"
    expect(page.locator("#notice")).to_contain_text("Uit het andere tabblad")
    expect(page.locator("#notice")).to_contain_text("Uit de tunnel")
    expect(page.locator("textarea")).to_have_value("Uit de tunnel")
    with page.expect_navigation(url="**/p/statements"):
        page.locator("[data-main]").evaluate("button => button.click()")  # one press, however slow the page
    someone.go("long")
    expect(page.locator("#notice")).to_have_count(0)
    expect(page.locator("textarea")).to_have_value("Uit de tunnel")


def test_an_answer_that_was_lost_on_the_way_leaves_nothing_to_ask_about(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("long")
    page = someone.page
    page.locator("textarea").fill("Net op tijd")
    page.route("**/p/long", lambda route: (route.fetch(max_redirects=0), route.abort()))  # saved, and never heard of
    page.locator("[data-main]").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/p/long")
    someone.go("long")
    expect(page.locator("textarea")).to_have_value("Net op tijd")
    expect(page.locator("#notice")).to_have_count(0)
    assert someone.press().at == "statements"


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_who_takes_the_other_answers_has_them_also_after_a_reload(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin().go("long")
    page = someone.page
    other = someone.context.new_page()
    other.goto(page.url)
    other.locator("textarea").fill("Uit het andere tabblad")
    with other.expect_navigation():
        other.locator("[data-main]").click()
    page.locator("textarea").fill("Van hier")
    someone.press()
    expect(page.locator("#notice")).to_contain_text("Uit het andere tabblad")
    someone.press("elsewhere")
    for _ in range(2):
        expect(page.locator("#notice")).to_have_count(0)
        expect(page.locator("textarea")).to_have_value("Uit het andere tabblad")
        page.reload()
    assert someone.press().at == "statements"


def test_what_was_typed_in_a_question_that_came_up_is_back_with_its_question(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("depending")
    page = someone.page
    page.check("#q_k_via-first")
    page.wait_for_selector("[name=q_k_who]")
    someone.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.locator("[name=q_k_who]").fill("Jan")
    someone.context.set_offline(False)
    page.reload()
    expect(page.locator("#q_k_via-first")).to_be_checked()
    expect(page.locator("[name=q_k_who]")).to_have_value("Jan")
