"""The twenty things a respondent may meet in the first hour, one test each; most stand elsewhere and are named here.

| # | given, when | held by |
|---|---|---|
| 1 | the same link, what later pages hear of it | test_no_later_page_hears_the_link |
| 1 | a phone, the link from a mail | test_a_mailed_link_opens_in_ones_own_language_and_role_and_leaves_the_address |
| 2 | no role chosen | test_without_a_role_the_focus_goes_to_the_summary_and_its_link_to_the_roles |
| 3 | consent not ticked | test_without_the_tick_the_box_is_named_and_nothing_is_stored |
| 4 | English pressed on a page with answers, no script | test_the_language_switch_keeps_every_tick |
| 5 | a keyboard only | test_someone_with_only_a_keyboard_answers_everything |
| 5 | a keyboard only, the longest role | test_the_longest_role_is_completed_by_keyboard_alone |
| 6 | a mark on the smallest phone | test_a_finger_hits_the_ten_on_the_smallest_phone |
| 7 | a question skipped | test_a_skipped_question_is_asked_about_once |
| 8 | "none of these" beside another | test_none_of_these_beside_another_answer_is_asked_back_with_both_shown |
| 9 | 85.50 on the Dutch page | test_an_english_number_typed_in_dutch_is_asked_back_as_it_was_typed |
| 10 | a tunnel | test_without_a_connection_the_page_waits_and_is_sent_once_it_is_back |
| 11 | back, back, forward | test_back_twice_and_forward_sends_nothing_again_and_shows_what_was_left |
| 12 | finished later, elsewhere | test_a_code_typed_in_lower_case_goes_on_at_the_same_page_of_another_device |
| 13 | a screen reader on a mistake | test_a_screen_reader_hears_of_a_mistake_first_and_with_its_question |
| 14 | another way after the review | test_the_review_leads_to_a_page_and_back_by_way_of_new_questions_only |
| 15 | two presses on Send | test_two_presses_on_send_give_one_receipt |
| 16 | the comparison | test_the_comparison_shows_one_figure_in_picture_table_and_sentence |
| 17 | a group of 49 | test_with_forty_nine_no_figure_is_in_the_source |
| 18 | one's answers on paper | test_print_leaves_out_buttons_and_navigation |
| 19 | the link after sending | test_after_sending_the_link_leads_to_thanks_and_never_to_an_empty_form |
| 20 | a mail scanner, then oneself | test_a_scanner_cannot_opt_out_and_the_person_can |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import func, select

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import contacts, personal_links, waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database
from surveyapp.storage.tables import ArrivalRow, CaseRow, ContactRow
from tests.browser.conftest import PHONE, Person, served
from tests.instrument.definitions import write
from tests.web.conftest import KINDS, put_wave
from tests.web.respondent.comparable import comparable_study, kinds_of, put_cases

TESTS = Path(__file__).parents[1]
PEOPLE = "email;name;role;language;source\n" + "".join(
    f"{name}@example.org;;contractor;{language};mail\n"
    for name, language in (("an", "en"), ("jan", "nl"), ("bo", "nl"))
)
# 25 × 6 and 25 × 8: mean 7.0
FIFTY = [{"k_mark": mark} for mark in (6, 8) * 25]


class Mailing:
    """A confidential wave with three people invited, and a closed wave of fifty before it."""

    def __init__(self, database: Database, site: str, tokens: dict[str, str]) -> None:
        self.database, self.site, self.tokens = database, site, tokens

    def open(self, browser: Browser, name: str, language: str, **options: object) -> Person:
        """Somebody on a phone who follows the link from the mail."""
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="de-DE", **options)  # type: ignore[arg-type]
        context.set_default_timeout(8_000)
        return Person(context, self.site, language).open(f"/i/{self.tokens[name]}")

    def opted_out(self) -> set[str]:
        """Who wants no more mail, by the name before the @."""
        with self.database.read() as session:
            rows = session.exec(select(ContactRow)).all()
        return {row.email.partition("@")[0] for row in rows if row.opted_out_on is not None}


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailing]:
    """The mailing, on a server of its own."""
    folder = tmp_path_factory.mktemp("mailing")
    database = Database(f"sqlite:///{folder / 'survey.sqlite3'}")
    database.upgrade()
    put_wave(database, kinds_of(2025))
    put_cases(database, kinds_of(2025), "contractor", FIFTY)
    with database.write() as session:
        waves.close_wave(session, KINDS, 2025)
    now = load_instrument(write(folder / "study", comparable_study(2026, "confidential")), 2026)
    put_wave(database, now)
    app = create_app(Settings(environment="development", instance=folder, log_level="ERROR"), database=database)
    with database.write() as session:
        contacts.import_contacts(session, now, contacts.read_contacts(PEOPLE.encode(), now))
        links = personal_links.make_links(session, KINDS, 2026, salt=app.config["SECRET_KEY"])
    with served(app) as site:
        yield Mailing(database, site, {link.email.partition("@")[0]: link.token for link in links})
    database.close()


def completed(someone: Person) -> Person:
    """On from a page of questions to the receipt: a mark of 8, everything else skipped."""
    while someone.at:
        before = someone.page.url
        if someone.at == "mark":
            someone.page.locator("#q_k_mark-8").check(force=True)
        someone.press()
        if someone.page.url == before:
            someone.press()
    someone.page.locator("[data-main]").click()
    expect(someone.page.locator("h1")).to_have_text({"nl": "Dank u wel", "en": "Thank you"}[someone.language])
    return someone


def test_every_scenario_is_held_by_a_test_that_exists() -> None:
    assert __doc__ is not None
    table = re.findall(r"^\| (\d+) \| .+ \| (test_\w+) \|$", __doc__, flags=re.M)
    assert {int(number) for number, _ in table} == set(range(1, 21))
    files = [*(TESTS / "browser").glob("test_*.py"), *(TESTS / "web/respondent").glob("test_*.py")]
    defined = {name for file in files for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), flags=re.M)}
    assert {name for _, name in table} - defined == set()


def test_a_mailed_link_opens_in_ones_own_language_and_role_and_leaves_the_address(
    mailing: Mailing, chromium: Browser
) -> None:
    someone = mailing.open(chromium, "an", "en")
    page = someone.page
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.locator("main")).to_contain_text("You are answering as: independent professional.")
    expect(page.locator(".in-short")).to_contain_text("minutes")
    someone.press()
    page.wait_for_url("**/en/questionnaire/consent")
    token = mailing.tokens["an"]
    assert token not in page.url
    assert token not in page.content()
    assert someone.complaints == []
    someone.context.close()


def test_without_a_role_the_focus_goes_to_the_summary_and_its_link_to_the_roles(person: Callable[..., Person]) -> None:
    for javascript in (True, False):
        someone = person("nl", javascript=javascript).landing("kinds").press()
        expect(someone.page.locator("#summary")).to_be_focused()
        someone.page.locator("#summary a").first.click()
        expect(someone.page.locator("input[name=role]").first).to_be_focused()
        assert someone.complaints == []


def test_without_the_tick_the_box_is_named_and_nothing_is_stored(
    person: Callable[..., Person], database_file: Path
) -> None:
    def kept() -> tuple[int, int]:
        database = Database(f"sqlite:///{database_file}")
        with database.read() as session:
            cases = session.exec(select(func.count()).select_from(CaseRow)).one()
            begun = session.exec(select(ArrivalRow).where(ArrivalRow.event != "role_chosen")).all()
        database.close()
        return cases, sum(row.times for row in begun)

    someone = person("nl").landing("kinds")
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


def test_the_longest_role_is_completed_by_keyboard_alone(person: Callable[..., Person]) -> None:
    """Every choice and statement is answered; what is typed is left open and passed after its one prompt."""
    someone = person("nl").landing("goed-opdrachtgeverschap")
    page = someone.page
    page.keyboard.press("Tab")
    state = """() => {
      const e = document.activeElement;
      const s = getComputedStyle(e), label = e.id && document.querySelector(`label[for="${e.id}"]`);
      const seen = [s, label && getComputedStyle(label)].filter(Boolean)
        .some(x => x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) >= 3);
      return {kind: e.type || e.tagName, value: e.value || '', main: e.matches('main button[value=next], [data-main]'),
              seen, checked: !!e.name && document.querySelector(`[name="${e.name}"]:checked`) !== null,
              apart: e.closest('.apart') !== null};
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


def test_a_finger_hits_the_ten_on_the_smallest_phone(chromium: Browser, site: str) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)  # type: ignore[arg-type]
    context.set_default_timeout(8_000)
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


def test_back_twice_and_forward_sends_nothing_again_and_shows_what_was_left(person: Callable[..., Person]) -> None:
    someone = person("nl").begin()
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


def test_a_code_typed_in_lower_case_goes_on_at_the_same_page_of_another_device(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("short")
    someone.page.fill("input[name=q_k_short]", "Halverwege")
    someone.press("save")
    code = re.search(r"\b[A-Z2-9]{4}[ -][A-Z2-9]{4}[ -][A-Z2-9]{4}\b", someone.page.locator("main").inner_text())
    assert code is not None
    elsewhere = person("nl", phone=True).questionnaire("verder")
    elsewhere.page.locator("main input[type=text]").fill(f"  {code[0].lower().replace('-', ' ')} ")
    elsewhere.page.locator("main form button").first.click()
    elsewhere.page.wait_for_load_state()
    assert elsewhere.at
    elsewhere.go("short")
    expect(elsewhere.page.locator("input[name=q_k_short]")).to_have_value("Halverwege")


def test_a_screen_reader_hears_of_a_mistake_first_and_with_its_question(person: Callable[..., Person]) -> None:
    someone = person("nl").begin().go("rate")
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


def test_the_comparison_shows_one_figure_in_picture_table_and_sentence(mailing: Mailing, chromium: Browser) -> None:
    someone = mailing.open(chromium, "jan", "nl")
    someone.press()
    someone.page.check("#agree")
    someone.press()
    someone.page.locator("input[type=radio]").first.check()
    page = completed(someone.press()).page
    page.locator("a[href='/nl/vragenlijst/vergelijk']").click()
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
        assert someone.check_axe() == []
        assert someone.sideways() <= 0
    page.go_back()
    expect(page.locator("h1")).to_have_text("Dank u wel")
    assert someone.complaints == []
    someone.context.close()


def test_a_scanner_cannot_opt_out_and_the_person_can(mailing: Mailing, chromium: Browser) -> None:
    token = mailing.tokens["bo"]
    scanner = chromium.new_context(java_script_enabled=False)
    for path in (f"/i/{token}", f"/i/{token}/afmelden", f"/i/{token}/opt-out"):
        assert scanner.request.get(mailing.site + path).ok
    scanner.close()
    assert "bo" not in mailing.opted_out()
    for javascript in (True, False):
        someone = mailing.open(chromium, "bo", "nl", java_script_enabled=javascript).open(f"/i/{token}/afmelden")
        someone.press("out")
        expect(someone.page.locator("h1")).to_have_text("U krijgt geen e-mails meer")
        assert "bo" in mailing.opted_out()
        someone.press("undo")
        assert "bo" not in mailing.opted_out()
        assert someone.complaints == []
        someone.context.close()
