# ruff: noqa: E501  (names of tests are sentences)
"""The twenty things a research team may want in the first hour, each in Chromium.

| # | the researcher | held by |
|---|---|---|
| 1 | signs in on a demonstration study | test_who_signs_in_sees_the_studies_and_the_next_step |
| 2 | makes a wave of last year's | test_a_confidential_wave_from_last_years_questionnaire_to_the_certificate_of_its_contacts |
| 3 | opens a wave whose English text is missing | test_a_wave_with_a_text_missing_in_english_does_not_open_and_the_place_is_named |
| 4 | uploads four thousand contacts | test_a_list_of_four_thousand_is_looked_at_before_anything_is_written |
| 5 | forgets the link in the English invitation | test_an_invitation_without_a_link_in_english_is_refused_by_name |
| 6 | leaves the dashboard open | test_figures_move_while_focus_and_opened_details_stay_and_a_dead_server_is_told |
| 7 | has another tab in front | test_behind_another_tab_the_dashboard_asks_for_nothing |
| 8 | loses the server | test_figures_move_while_focus_and_opened_details_stay_and_a_dead_server_is_told |
| 9 | follows a count to its list | test_a_count_of_who_broke_off_leads_to_exactly_those_cases |
| 10 | looks for a rate by open link | test_by_open_link_there_is_no_rate_and_the_reason_stands_there |
| 11 | asks what a reminder brought | test_a_confidential_wave_from_last_years_questionnaire_to_the_certificate_of_its_contacts |
| 12 | plans a third reminder | test_who_finished_is_not_reminded_the_third_time_warns_and_the_closed_wave_says_so |
| 13 | sends while somebody finishes | test_who_finished_is_not_reminded_the_third_time_warns_and_the_closed_wave_says_so |
| 14 | looks for the page that loses most | test_the_funnel_names_page_role_and_device_and_leads_to_the_preview |
| 15 | excludes, compares, undoes | test_a_confidential_wave_from_last_years_questionnaire_to_the_certificate_of_its_contacts |
| 16 | sends a colleague a view | test_a_colleague_with_the_same_address_sees_the_same_numbers |
| 17 | filters down to a few | test_a_filter_that_leaves_a_few_people_shows_no_figure_anywhere |
| 18 | is on the sofa with a phone | test_the_dashboard_fits_a_phone_with_what_is_wanted_per_role |
| 19 | has the meeting on Monday | test_the_fieldwork_report_is_one_workbook_with_every_block_and_its_day |
| 20 | closes the wave | test_who_finished_is_not_reminded_the_third_time_warns_and_the_closed_wave_says_so |
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from surveyapp import clock
from tests.browser.conftest import PATIENCE
from tests.browser.everywhere import PASSWORD, TEAM, Everywhere
from tests.browser.fieldwork_stage import press
from tests.browser.staff_screens import BASE

TESTS = Path(__file__).parents[1]
FIELDWORK = f"{BASE}/fieldwork"


def signed_in(browser: Browser, world: Everywhere, who: str = "researcher", **options: object) -> Page:
    """The first page of the console, in English."""
    context = browser.new_context(base_url=world.address, locale="en", **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/login")
    page.fill("#email", f"{who}-en@example.org")
    page.fill("#password", PASSWORD)
    press(page, "main button.button")
    return page


@pytest.fixture(scope="module")
def desk(chromium: Browser, world: Everywhere) -> Iterator[Page]:
    """A researcher who is signed in, in a browser without scripts."""
    page = signed_in(chromium, world, java_script_enabled=False)
    yield page
    page.context.close()


def test_every_scenario_is_held_by_a_test_that_exists() -> None:
    assert __doc__ is not None
    table = re.findall(r"^\| (\d+) \| .+ \| (test_\w+) \|$", __doc__, flags=re.M)
    assert [int(number) for number, _ in table] == list(range(1, 21))
    files = [*(TESTS / "browser").glob("test_*.py"), TESTS / "web/console/test_in_browser.py"]
    defined = {name for file in files for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), flags=re.M)}
    assert {name for _, name in table} - defined == set()


def test_who_signs_in_sees_the_studies_and_the_next_step(desk: Page) -> None:
    desk.goto("/console/")
    assert "Studies and waves" in desk.locator("h1").inner_text()
    press(desk, f"main a[href='{FIELDWORK}']")
    assert desk.locator("#card-complete .figure").inner_text()


def test_behind_another_tab_the_dashboard_asks_for_nothing(chromium: Browser, world: Everywhere) -> None:
    page = signed_in(chromium, world)
    page.add_init_script("Object.defineProperty(document, 'hidden', {get: () => window.isBehind === true})")
    page.clock.install()
    page.goto(FIELDWORK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "_part" in request.url else None)
    page.evaluate("window.isBehind = true")
    for _ in range(4):
        page.clock.fast_forward(31_000)
    page.wait_for_timeout(200)
    assert asked == []
    page.evaluate("window.isBehind = false")
    with page.expect_response(lambda answer: "_part" in answer.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.context.close()


def test_a_count_of_who_broke_off_leads_to_exactly_those_cases(desk: Page) -> None:
    desk.goto(FIELDWORK)
    link = desk.locator("#region-role tbody a[href*='state=left']").first
    count, address = int(link.inner_text()), link.get_attribute("href") or ""
    assert count
    press(desk, "#region-role tbody a[href*='state=left']")
    assert desk.url.endswith(address)
    assert desk.locator("h1").inner_text() == f"{count} case{'' if count == 1 else 's'}"
    states = desk.locator("table.case-table tbody td[data-name=Status]").all_inner_texts()
    assert states == ["broke off"] * min(count, 50)


def test_by_open_link_there_is_no_rate_and_the_reason_stands_there(desk: Page) -> None:
    desk.goto(FIELDWORK)
    card = desk.locator("#card-response-rate").inner_text()
    assert "n.a." in card
    assert "we don’t know how many people were asked" in card
    press(desk, "main a[href$='/fieldwork/rates']")
    assert "RR1" not in desk.inner_text("main")


def test_the_funnel_names_page_role_and_device_and_leads_to_the_preview(desk: Page) -> None:
    desk.goto(FIELDWORK)
    block = desk.locator("details.funnel").first
    heads = block.locator("thead th").all_text_contents()
    assert re.search(r"\d", block.locator("summary").inner_text())
    assert {"Page", "Reached", "Broke off here", "Share", "Median seconds"} <= {head.strip() for head in heads}
    assert any("On a" in head for head in heads)
    address = block.locator("tbody th a").first.get_attribute("href") or ""
    assert "/instrument/preview" in address
    desk.goto(address)
    assert desk.locator("iframe").count() == 2


def test_a_colleague_with_the_same_address_sees_the_same_numbers(
    desk: Page, chromium: Browser, world: Everywhere
) -> None:
    address = f"{BASE}/results/gr_assign?by=language&filter=role+in+['contractor']"
    desk.goto(address)
    table = desk.locator("main table").first.inner_text()
    assert re.search(r"\d", table)
    link = desk.locator("a", has_text="Link to this view").get_attribute("href") or ""
    colleague = signed_in(chromium, world, "admin", java_script_enabled=False)
    colleague.goto(link)
    assert colleague.locator("main table").first.inner_text() == table
    colleague.context.close()


def test_a_filter_that_leaves_a_few_people_shows_no_figure_anywhere(chromium: Browser, world: Everywhere) -> None:
    """To who does not see cases."""
    page = signed_in(chromium, world, "viewer", java_script_enabled=False)
    here = f"{BASE}/results/gr_assign"
    few = "?filter=b_sector+==+1+and+b_size+==+1+and+role+==+'procurement'"
    page.goto(f"{here}{few}")
    assert page.locator("main table td.number", has_text=re.compile(r"\d")).count() == 0
    assert not re.search(r"\d+\s?%", page.locator("main").inner_html())
    for form in ("tsv", "json"):
        answer = page.request.get(f"{here}.{form}{few}")
        assert not re.search(r"0\.\d{3}|\d+\s?%", answer.text()), form
    page.context.close()


def test_the_dashboard_fits_a_phone_with_what_is_wanted_per_role(chromium: Browser, world: Everywhere) -> None:
    page = signed_in(chromium, world, viewport={"width": 390, "height": 844})
    page.goto(FIELDWORK)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    cards = page.locator(".role-card")
    assert cards.count() == 4
    for card in cards.all():
        expect(card).to_contain_text(re.compile(r"of the target of \d+"))
        expect(card).to_contain_text(re.compile("to go|target reached"))
    page.context.close()


def test_the_fieldwork_report_is_one_workbook_with_every_block_and_its_day(desk: Page) -> None:
    desk.goto(FIELDWORK)
    with desk.expect_download() as loaded:
        desk.get_by_role("button", name="Fieldwork report (Excel)").click()
    assert loaded.value.suggested_filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(loaded.value.path().read_bytes()), read_only=True)
    said = [str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert len(book.worksheets) >= 4
    assert str(TEAM) in said
    assert any(f"{clock.today().year}" in cell for cell in said)
    book.close()
