"""Leaving a page in the middle of it: at once, by a dead line, by Stop, by way of the review. Nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Person


def go_back(page: Page) -> None:
    page.go_back()


def reload(page: Page) -> None:
    page.reload()


def read_about_privacy(page: Page) -> None:
    page.locator(".footer-links a").first.click()
    page.wait_for_url("**/privacy**")


@pytest.mark.parametrize("way", [go_back, reload, read_about_privacy])
def test_a_page_left_in_the_very_moment_of_typing_comes_back_as_it_was(
    way: Callable[[Page], None], person: Callable[..., Person]
) -> None:
    someone = person("nl").begin().go("short").press().go("long")
    page = someone.page
    page.locator("textarea").press_sequentially("Nog maar net getypt", delay=0)
    way(page)
    someone.go("long")
    expect(page.locator("textarea")).to_have_value("Nog maar net getypt")
    assert someone.complaints == []


def test_a_choice_made_a_moment_ago_is_there_after_a_look_at_another_page(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("mark")
    someone.page.check("#q_k_mark-9", force=True)
    read_about_privacy(someone.page)
    someone.go("mark")
    expect(someone.page.locator("#q_k_mark-9")).to_be_checked()


def test_who_types_on_and_on_is_kept_every_few_seconds(person: Callable[..., Person]) -> None:
    someone = person("nl")
    someone.page.clock.install()
    someone.begin().go("long")
    page = someone.page
    drafts: list[str] = []
    page.on("request", lambda request: drafts.append(request.url) if request.url.endswith("/concept") else None)
    for letter in "vijftien seconden":
        page.locator("textarea").press_sequentially(letter)
        page.clock.fast_forward(900)  # never two seconds of quiet
    page.wait_for_timeout(200)
    assert 3 <= len(drafts) <= 6
    held = page.evaluate("() => Object.values(sessionStorage).join('')")
    assert "vijftien" in held  # and on the device at every letter


def test_a_line_that_dies_unnoticed_takes_nothing_with_it(person: Callable[..., Person]) -> None:
    """The browser believes it is online: it shows a page of its own, and Back leads to the page before."""
    someone = person("nl").begin().go("short").press()
    assert someone.at == "long"
    page = someone.page

    def drop(route: Route) -> None:
        route.abort("connectionfailed")

    page.route("**/vragenlijst/kinds-2026/p/long**", drop)
    page.locator("textarea").press_sequentially("In een dode lijn")
    page.locator("[data-main]").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/vragenlijst/kinds-2026/p/long**", drop)
    with page.expect_response(lambda answer: answer.url.endswith("/p/long/concept")) as brought:
        someone.go("short")  # where Back leads
    assert brought.value.status == 204
    someone.press()
    assert someone.at == "long"
    expect(page.locator("textarea")).to_have_value("In een dode lijn")
    someone.press()
    assert someone.at == "statements"
    assert page.evaluate("() => Object.keys(sessionStorage)") == []


def test_after_stop_every_button_works_again(person: Callable[..., Person]) -> None:
    someone = person("nl")
    someone.page.clock.install()
    someone.begin().go("short")
    page = someone.page
    browser = someone.context.new_cdp_session(page)
    line = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    # An answer that never comes. The line itself is slow: a request held back by the driver is for the driver a
    # navigation that still goes on, whatever the browser stopped.
    browser.send("Network.emulateNetworkConditions", {**line, "latency": 3_600_000})
    page.locator("#q_k_short").fill("Adviseur")
    # What the button went through is written down in the page: on a busy machine it is over before one can look.
    page.evaluate(
        """() => {
            const button = document.querySelector("[data-main]");
            window.went = [];
            new MutationObserver(() => window.went.push(button.getAttribute("aria-disabled")))
                .observe(button, { attributeFilter: ["aria-disabled"] });
        }"""
    )
    with page.expect_request("**/p/short"):  # there is something to stop
        page.locator("[data-main]").click(no_wait_after=True)
    browser.send("Page.stopLoading")
    browser.send("Network.emulateNetworkConditions", {**line, "latency": 0})
    page.clock.fast_forward(10_500)  # a button that leads nowhere comes back after ten seconds
    for _ in range(300):
        if page.evaluate("() => window.went") == ["true", None]:
            break
        page.wait_for_timeout(200)
    assert page.evaluate("() => window.went") == ["true", None]
    expect(page.locator("[data-main]")).to_have_text("Opslaan en verder", timeout=20_000)
    with page.expect_navigation(timeout=20_000):
        page.locator("main button[value=next]:visible").click()
    assert someone.at == "long"


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_change_that_was_not_saved_is_named_before_anything_is_sent(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin()
    while someone.at:
        someone.press()
    page = someone.page
    page.locator("a[href*='/p/short']").click()
    page.locator("#q_k_short").fill("Gewijzigd en niet opgeslagen")
    if javascript:
        with page.expect_response("**/concept"):
            page.go_back()
    else:
        page.locator("button.language").click()  # keeps it as a draft
        page.wait_for_url("**/en/**")
        page.go_back()
    someone.questionnaire("controle")
    expect(page.locator("#unsaved h2")).to_have_text("U wijzigde 1 pagina zonder die op te slaan")
    assert someone.check_axe() == [] if javascript else True
    page.locator("#unsaved a").click()
    expect(page.locator("#q_k_short")).to_have_value("Gewijzigd en niet opgeslagen")
    someone.press()
    expect(page.locator("#unsaved")).to_have_count(0)
    expect(page.get_by_text("Gewijzigd en niet opgeslagen")).to_be_visible()


def test_an_amount_gives_way_to_dont_know_and_is_back_without_it(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("rate")
    page = someone.page
    page.locator("#q_k_rate").fill("85,50")
    apart = page.locator("[name=q_k_rate__missing]").first
    apart.check()
    expect(page.locator("#q_k_rate")).to_have_value("")
    someone.press()
    assert someone.at != "rate"


@pytest.mark.parametrize("is_dead", [False, True], ids=["alive", "dead line"])
def test_what_was_typed_after_a_switch_of_language_is_there_after_back(
    is_dead: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl").begin().go("long")
    page = someone.page
    page.locator("textarea").fill("In het Nederlands")
    with page.expect_navigation():
        page.locator("button.language").click()
    page.wait_for_url("**/en/**")
    if is_dead:
        page.route("**/draft", lambda route: route.abort("connectionfailed"))
    page.locator("textarea").fill("In het Nederlands, and then in English")
    page.go_back()
    page.wait_for_url("**/nl/**")
    expect(page.locator("textarea")).to_have_value("In het Nederlands, and then in English")


def test_an_amount_is_written_in_the_other_language_and_stays_so(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("rate")
    page = someone.page
    page.locator("#q_k_rate").fill("85,5")
    with page.expect_navigation():
        page.locator("button.language").click()
    page.wait_for_url("**/en/**")
    expect(page.locator("#q_k_rate")).to_have_value("85.50")
    page.reload()
    expect(page.locator("#q_k_rate")).to_have_value("85.50")


def test_a_text_that_gave_way_is_back_after_a_reload_too(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("rate")
    page = someone.page
    amount, unknown = page.locator("#q_k_rate"), page.locator("[name=q_k_rate__missing]")
    amount.fill("85,50")
    with page.expect_response("**/concept"):
        unknown.check(force=True)
    expect(amount).to_have_value("")
    page.reload()
    expect(unknown).to_be_checked()
    expect(amount).to_have_value("")
    unknown.uncheck(force=True)
    expect(amount).to_have_value("85,50")
    assert someone.complaints == []


def test_two_tabs_that_only_type_keep_a_text_each(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("long")
    one, other = someone.page, someone.context.new_page()
    other.goto(one.url)
    for tab, text in ((other, "uit het andere"), (one, "uit het ene")):
        tab.bring_to_front()
        with tab.expect_response("**/concept") as answer:
            tab.locator("textarea").fill(text)
        assert answer.value.status == (204 if tab is other else 412)
    expect(one.locator(".kept")).to_be_hidden()
    for tab, text in ((other, "uit het andere"), (one, "uit het ene")):
        tab.bring_to_front()
        tab.reload()
        expect(tab.locator("textarea")).to_have_value(text)
    one.locator("main button[value=next]").click()
    one.wait_for_url(lambda url: not url.endswith("/long"))
    other.bring_to_front()
    other.reload()
    expect(other.locator("textarea")).to_have_value("uit het andere")
    expect(other.locator("main")).to_contain_text("uit het ene")
