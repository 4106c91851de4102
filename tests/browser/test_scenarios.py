"""The twenty things a respondent may meet in the first hour, each in Chromium with and without JavaScript.

What a lost connection needs is in the script alone, so scenario 10 has no second half.

| # | given, when | held by |
|---|---|---|
| 1 | a phone, the link from a mail | test_a_mailed_link_opens_in_ones_own_language_and_role_and_leaves_the_address |
| 1 | the same link, what later pages hear of it | test_no_later_page_hears_the_link |
| 2 | no role chosen | test_without_a_role_the_focus_goes_to_the_summary_and_its_link_to_the_roles |
| 3 | consent not ticked | test_without_the_tick_the_box_is_named_and_nothing_is_stored |
| 4 | English pressed on a page with answers | test_the_language_switch_keeps_every_tick |
| 5 | a keyboard only | test_someone_with_only_a_keyboard_answers_everything |
| 5 | a keyboard only, the longest role | test_the_longest_role_is_completed_by_keyboard_alone |
| 6 | a mark on the smallest phone | test_a_finger_hits_the_ten_on_the_smallest_phone |
| 7 | a question skipped | test_a_question_that_was_skipped_is_asked_about_once_and_then_passed |
| 8 | "none of these" beside another | test_who_ticks_none_of_these_beside_another_is_asked_which_counts |
| 9 | 85.50 on the Dutch page | test_a_point_on_the_dutch_page_is_asked_back_with_the_comma |
| 10 | a tunnel | test_without_a_connection_the_page_waits_and_is_sent_once_it_is_back |
| 11 | back, back, forward | test_back_twice_and_forward_sends_nothing_again_and_shows_what_was_left |
| 12 | finished later, elsewhere | test_a_code_typed_in_lower_case_goes_on_at_the_same_page_of_another_device |
| 12 | the same, the code by mail | test_a_code_that_was_mailed_goes_on_at_the_same_page_of_another_device |
| 12 | the code by mail | test_a_code_that_was_mailed_goes_on_at_the_same_page_of_another_device |
| 13 | a screen reader on a mistake | test_a_screen_reader_hears_of_a_mistake_first_and_with_its_question |
| 14 | another way after the review | test_another_way_after_the_review_asks_what_is_new_and_tells_what_is_left_out |
| 15 | two presses on Send | test_two_presses_on_send_give_one_receipt |
| 16 | the comparison | test_the_comparison_shows_one_figure_in_picture_table_and_sentence |
| 17 | a group of 49 | test_a_group_of_forty_nine_is_explained_and_no_figure_of_it_is_in_the_source |
| 18 | one's answers on paper | test_ones_answers_come_out_on_paper_without_buttons |
| 19 | the link after sending | test_the_link_after_sending_leads_to_thanks_and_never_to_an_empty_form |
| 20 | a mail scanner, then oneself | test_a_scanner_cannot_opt_out_and_the_person_can |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import func, select

from surveyapp.storage.database import Database
from surveyapp.storage.tables import ArrivalRow, CaseRow
from tests.browser.conftest import PHONE, Person
from tests.browser.mailing import Mailing, begun, completed, mailed

TESTS = Path(__file__).parents[1]
both = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailing]:
    """The mailing, on a server of its own."""
    with mailed(tmp_path_factory.mktemp("mailing")) as made:
        yield made


def test_every_scenario_is_held_by_a_test_that_exists() -> None:
    assert __doc__ is not None
    table = re.findall(r"^\| (\d+) \| .+ \| (test_\w+) \|$", __doc__, flags=re.M)
    assert {int(number) for number, _ in table} == set(range(1, 21))
    files = [*(TESTS / "browser").glob("test_*.py"), *(TESTS / "web/respondent").glob("test_*.py")]
    defined = {name for file in files for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), flags=re.M)}
    assert {name for _, name in table} - defined == set()


@both
def test_a_mailed_link_opens_in_ones_own_language_and_role_and_leaves_the_address(
    javascript: bool, mailing: Mailing, chromium: Browser
) -> None:
    someone = mailing.open(chromium, "an", javascript=javascript)
    page = someone.page
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator("main")).to_contain_text("You are answering as: independent professional.")
    expect(page.locator(".in-short")).to_contain_text("It takes about 1 minute.")
    someone.press()
    page.wait_for_url("**/en/questionnaire/kinds-2026/consent")
    token = mailing.token("an", javascript=javascript)
    assert token not in page.url
    assert token not in page.content()
    assert someone.complaints == []
    someone.context.close()


@both
def test_without_a_role_the_focus_goes_to_the_summary_and_its_link_to_the_roles(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).landing("kinds").press()
    assert someone.page.title().startswith("Fout: ")
    expect(someone.page.locator("#summary")).to_be_focused()
    someone.page.locator("#summary a").first.click()
    expect(someone.page.locator("input[name=role]").first).to_be_focused()
    assert someone.complaints == []


@both
def test_without_the_tick_the_box_is_named_and_nothing_is_stored(
    javascript: bool, person: Callable[..., Person], database_file: Path
) -> None:
    def kept() -> tuple[int, int]:
        database = Database(f"sqlite:///{database_file}")
        with database.read() as session:
            cases = session.exec(select(func.count()).select_from(CaseRow)).one()
            begun = session.exec(select(ArrivalRow).where(ArrivalRow.event != "role_chosen")).all()
        database.close()
        return cases, sum(row.times for row in begun)

    someone = person("nl", javascript=javascript).landing("kinds")
    someone.page.check("input[name=role][value=contractor]")
    someone.press()
    before = kept()
    someone.press()
    assert someone.page.title().startswith("Fout: ")
    expect(someone.page.locator("#summary")).to_be_focused()
    box = someone.page.locator("#agree")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile("Zet een vinkje|Vink het vakje|vakje"))
    expect(box).not_to_be_checked()
    assert kept() == before


@both
def test_the_longest_role_is_completed_by_keyboard_alone(javascript: bool, person: Callable[..., Person]) -> None:
    """Every choice and statement is answered; what is typed is left open and passed after its one prompt."""
    someone = person("nl", javascript=javascript).landing("goed-opdrachtgeverschap")
    page = someone.page
    page.keyboard.press("Tab")
    state = """() => {
      const e = document.activeElement;
      const s = getComputedStyle(e), label = e.id && document.querySelector(`label[for="${e.id}"]`);
      const seen = [s, label && getComputedStyle(label)].filter(Boolean)
        .some(x => x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) >= 3);
      return {kind: e.type || e.tagName, value: e.value || '', main: e.matches('main button[value=next], [data-main]'),
              seen, checked: !!e.name && document.querySelector(`[name="${e.name}"]:checked`) !== null,
              apart: e.closest('.apart') !== null || e.id === 'shared'};  // a computer of one's own
    }"""

    def finish_page(pick: str | None = None) -> None:
        here = page.url
        for _ in range(120):
            page.keyboard.press("Tab")
            now = page.evaluate(state)
            assert now["seen"], (page.url, now)
            if now["main"]:
                break
            if now["kind"] in ("radio", "checkbox") and not now["checked"] and not now["apart"]:
                for _ in range(8):
                    if pick is None or page.evaluate("document.activeElement.value") == pick:
                        break
                    page.keyboard.press("ArrowDown")
                page.keyboard.press("Space")
                # What an answer brings up is fetched; a person reads on meanwhile, this test waits.
                while page.evaluate("document.querySelector('[aria-busy]') !== null"):
                    page.wait_for_timeout(20)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if page.url == here and page.locator("#summary").count():
            while not page.evaluate(state)["main"]:
                page.keyboard.press("Tab")
            with page.expect_navigation():
                page.keyboard.press("Enter")

    finish_page("contractor")
    expect(page.locator("#agree")).to_be_visible()
    visited: list[str] = []
    while page.locator("h1").inner_text() != "Dank u wel":
        assert len(visited) < 60, visited
        visited.append(page.url.rpartition("/")[2])
        finish_page()
    assert len(visited) >= 20, visited
    assert someone.complaints == []


@both
def test_a_code_typed_in_lower_case_goes_on_at_the_same_page_of_another_device(
    javascript: bool, person: Callable[..., Person]
) -> None:
    someone = person("nl", javascript=javascript).begin().go("short")
    someone.page.fill("input[name=q_k_short]", "Halverwege")
    someone.press("save")
    code = re.search(r"\b[A-Z2-9]{4}[ -][A-Z2-9]{4}[ -][A-Z2-9]{4}\b", someone.page.locator("main").inner_text())
    assert code is not None
    elsewhere = person("nl", phone=True, javascript=javascript).questionnaire("verder")
    elsewhere.page.locator("main input[type=text]").fill(f"  {code[0].lower().replace('-', ' ')} ")
    with elsewhere.page.expect_navigation():
        elsewhere.page.locator("main form button").first.click()
    assert elsewhere.at
    elsewhere.go("short")
    expect(elsewhere.page.locator("input[name=q_k_short]")).to_have_value("Halverwege")


@both
def test_the_comparison_shows_one_figure_in_picture_table_and_sentence(
    javascript: bool, mailing: Mailing, chromium: Browser
) -> None:
    someone = mailing.open(chromium, "jan", javascript=javascript)
    page = completed(begun(someone)).page
    page.locator("a[href='/nl/vragenlijst/kinds-2026/vergelijk']").click()
    sentence = "U gaf een 8. Zelfstandig professionals gaven in 2025 gemiddeld een 7,0."
    expect(page.locator(".compared p")).to_have_text(sentence)
    expect(page.get_by_role("img")).to_have_accessible_name(f"Cijfer: {sentence}")
    cells = page.locator(".compared-figures tbody td")
    assert cells.all_inner_texts() == ["8", "7,0", "50"]
    marks = page.evaluate(
        """() => { const s = document.querySelector('svg.strip'), ends = s.querySelectorAll('text');
          const x = e => { const b = e.getBBox(); return b.x + b.width / 2 };
          return {low: x(ends[0]), high: x(ends[1]), own: x(s.querySelector('circle')),
                  average: x(s.querySelectorAll('path')[1])} }"""
    )
    for name, value in (("own", 8), ("average", 7)):
        assert marks[name] == pytest.approx(marks["low"] + (marks["high"] - marks["low"]) * (value - 1) / 9, abs=1.5)
    for size in (PHONE, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert someone.sideways() <= 0
        if javascript:  # axe waits for timers, which a page without scripts has not
            assert someone.check_axe() == []
    page.go_back()
    expect(page.locator("h1")).to_have_text("Dank u wel")
    assert someone.complaints == []
    someone.context.close()


@both
def test_a_scanner_cannot_opt_out_and_the_person_can(javascript: bool, mailing: Mailing, chromium: Browser) -> None:
    token = mailing.token("bo", javascript=javascript)
    name = "bo" if javascript else "bo-plain"
    scanner = chromium.new_context(java_script_enabled=False)
    for path in (f"/i/{token}", f"/i/{token}/afmelden", f"/i/{token}/opt-out"):
        assert scanner.request.get(mailing.site + path).ok
    scanner.close()
    assert name not in mailing.opted_out()
    someone = mailing.open(chromium, "bo", javascript=javascript).open(f"/i/{token}/afmelden")
    someone.press("out")
    expect(someone.page.locator("h1")).to_have_text("U krijgt geen e\u2011mails meer")
    assert name in mailing.opted_out()
    someone.press("undo")
    assert name not in mailing.opted_out()
    assert someone.complaints == []
    someone.context.close()


@both
def test_a_group_of_forty_nine_is_explained_and_no_figure_of_it_is_in_the_source(
    javascript: bool, mailing: Mailing, chromium: Browser
) -> None:
    someone = mailing.open(chromium, "mo", javascript=javascript)
    page = completed(begun(someone)).page
    page.locator("a[href='/nl/vragenlijst/kinds-2026/vergelijk']").click()
    expect(page.locator("main")).to_contain_text("Er zijn nog te weinig antwoorden in uw groep om te vergelijken.")
    # A token is random letters and digits, a figure among them too.
    content = re.sub(r'<input[^>]*type="hidden"[^>]*>', "", page.locator("main").inner_html())
    assert not re.findall(r"<svg|<table|\d[,.]\d|49|\b[678]\b", content)
    assert someone.complaints == []
    someone.context.close()


@both
def test_the_link_after_sending_leads_to_thanks_and_never_to_an_empty_form(
    javascript: bool, mailing: Mailing, chromium: Browser
) -> None:
    someone = mailing.open(chromium, "ina", javascript=javascript)
    completed(begun(someone))
    reference = someone.page.locator(".receipt").inner_text()
    someone.open(f"/i/{mailing.token('ina', javascript=javascript)}")
    expect(someone.page.locator("h1")).to_have_text("Thank you")
    expect(someone.page.locator(".receipt")).to_have_text(reference)
    elsewhere = mailing.open(chromium, "ina", javascript=javascript)
    expect(elsewhere.page.locator("h1")).to_have_text("Thank you")
    assert reference not in elsewhere.page.content()
    expect(elsewhere.page.locator("form#q")).to_have_count(0)
    for one in (someone, elsewhere):
        assert one.complaints == []
        one.context.close()
