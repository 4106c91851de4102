"""A researcher makes a wave without a shell, of last year's or a first one of a spreadsheet form, and opens it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from tests.web.console.first_forms import ASKED, SET, form_of
from tests.web.console.people import INSTRUMENTS, PASSWORD
from tests.web.console.test_in_browser import Site

pytestmark = pytest.mark.browser
STUDY = "cursusevaluatie"
NEW = f"/console/{STUDY}/2027"
LANDINGS = (f"/nl/onderzoek/{STUDY}-2027", f"/en/survey/{STUDY}-2027")


@pytest.fixture
def site(filled: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copyfile(filled, tmp_path / "surveyapp.sqlite3")
    settings = Settings(instance=tmp_path, environment="development", instruments=INSTRUMENTS, second_step_roles="none")
    running = Site(create_app(settings))
    database = running.app.extensions["surveyapp"].database
    with database.write() as session:
        waves.create_wave(session, load_instrument(INSTRUMENTS / STUDY, 2026))
        waves.open_wave(session, STUDY, 2026)
    yield running
    running.stop()
    database.close()


def press(button: Locator) -> None:
    """A click that is over when the page it leads to is there; without scripts every button leads to one."""
    with button.page.expect_navigation():
        button.click()


def answered(page: Page, landing: str) -> None:
    """Somebody without scripts takes part and sends, skipping what may be skipped."""
    page.goto(landing)
    if page.locator("#role-first").count():
        page.check("#role-first")
    press(page.locator("main button[value=next]"))
    page.check("#agree")
    press(page.locator("main button[value=next]"))
    for _ in range(12):
        if not page.locator("#send button").count():
            press(page.locator(".actions button[name=action][value=next]"))
    press(page.locator("#send button"))


def signed_in(chromium: Browser, site: Site) -> Page:
    """A researcher without scripts."""
    page = chromium.new_context(base_url=site.address, locale="en", java_script_enabled=False).new_page()
    page.goto("/login")
    page.fill("#email", "researcher@example.org")
    page.fill("#password", PASSWORD)
    press(page.locator("main button.button"))
    return page


def tried(chromium: Browser, site: Site, landings: tuple[str, str]) -> None:
    """Somebody tries it to the end in each language."""
    for landing in landings:
        tester = chromium.new_context(base_url=site.address, java_script_enabled=False).new_page()
        answered(tester, landing)
        tester.context.close()


def test_a_first_study_is_made_of_a_form_tried_and_opened_without_a_shell(chromium: Browser, site: Site) -> None:
    page = signed_in(chromium, site)
    press(page.locator("a[href='/console/new-study']"))
    strange = ("geopoint", "place", "Waar?", "Where?", None)
    sent = form_of(*ASKED[:3], strange, ASKED[3])
    page.set_input_files("#file", files=[{"name": "x.xlsx", "mimeType": "application/zip", "buffer": sent}])
    page.fill("#study", "werk-en-tijd")
    page.fill("#year", "2027")
    press(page.locator("form[enctype] .button"))
    assert "sheet survey, row 5" in page.locator(".lost").inner_text()
    assert page.locator(".findings .error").count() == 0
    for name, typed in SET.items():
        if name not in ("mode", "earlier_answers"):
            page.fill(f"#{name}", typed)
    page.check("#mode-anonymous")
    press(page.locator("#settings .button", has_text="Make the study"))

    there = "/console/werk-en-tijd/2027"
    assert page.url.endswith(f"{there}/settings")
    page.goto(f"{there}/test")
    press(page.locator("main form button.button"))
    tried(chromium, site, ("/nl/onderzoek/werk-en-tijd-2027", "/en/survey/werk-en-tijd-2027"))
    page.goto(f"{there}/open")
    assert page.locator(".checklist .missing").count() == 0
    press(page.locator("main form button.button"))

    assert "The wave of 2027 is now: open." in page.content()
    page.context.close()


def test_a_wave_is_made_changed_tried_and_opened_without_a_shell(chromium: Browser, site: Site) -> None:
    page = signed_in(chromium, site)
    press(page.locator(f"a[href='/console/{STUDY}/new']"))
    press(page.locator("main form button.button"))
    assert page.url.endswith(f"{NEW}/settings")
    assert "Nothing of what is asked differs yet." in page.content()

    book = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{NEW}/instrument/translations/en.xlsx").body()))
    sheet = book["Translations"]
    row = next(n for n in range(2, 200) if sheet.cell(n, 2).value == "questionnaire.pages.meetings.title")
    sheet.cell(row, 6).value = "The meetings"
    sent = io.BytesIO()
    book.save(sent)
    page.goto(f"{NEW}/instrument/exchange")
    page.set_input_files("#file", files=[{"name": "x.xlsx", "mimeType": "application/zip", "buffer": sent.getvalue()}])
    press(page.locator("form[action$='/proposals'] button"))
    (shown,) = page.locator(".text-pairs .new").all_inner_texts()
    assert shown.endswith("The meetings")
    press(page.locator("#confirm button", has_text="Take it in"))

    page.goto(f"{NEW}/open")
    assert page.locator("main form button.button").count() == 0, "nobody tried it yet"
    page.goto(f"{NEW}/test")
    press(page.locator("main form button.button"))
    tried(chromium, site, LANDINGS)
    page.goto(f"{NEW}/open")
    assert page.locator(".checklist .missing").count() == 0
    press(page.locator("main form button.button"))

    assert "The wave of 2027 is now: open." in page.content()
    page.context.close()
