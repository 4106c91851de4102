"""``make screenshots``: the pictures of README and docs, from the demonstration study in a folder that goes afterwards.

Needs Chromium; the workbook's picture also LibreOffice and pdftoppm, and is left as it is where they are missing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from surveyapp import demonstration
from surveyapp.app import create_app
from surveyapp.config import Settings
from tests.web.serving import served

PROJECT = Path(__file__).parents[2]
PICTURES = PROJECT / "docs" / "pictures"
CASES = 600
SHEET = "OPD01"
"""The table shown of the report book."""
PHONE, DESKTOP = (390, 844), (1280, 900)
STUDY, YEAR = "goed-opdrachtgeverschap", 2026
LANDING = f"/nl/onderzoek/{STUDY}-{YEAR}"
SHOWN = {"marks": "marks", "content": "statements", "priorities": "ranking"}
"""Pages of the study that are shown, and as what."""
MOST_PAGES = 60
ANSWER = """() => {
  const groups = new Map();
  for (const radio of document.querySelectorAll('main input[type=radio]:not([data-exclusive])')) {
    groups.set(radio.name, [...(groups.get(radio.name) || []), radio]);
  }
  let turn = 0;
  for (const radios of groups.values()) {
    if (radios.some((radio) => radio.checked)) continue;
    const places = radios.length > 7 ? [7, 6, 8] : radios.length < 5 ? [0] : [radios.length - 2, radios.length - 3];
    radios[places[turn++ % places.length]].checked = true;
  }
}"""
"""A plausible answer to each question with choices, without the events that would bring up more questions."""


@contextmanager
def _page(browser: Browser, size: tuple[int, int], *, dark: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale="nl-NL",
        reduced_motion="reduce",
    )
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


def _shoot(page: Page, name: str, *, whole: bool = False) -> None:
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
    print(f"docs/pictures/{name}.png")


def _pressed(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main button[value=next]:visible").first.click()


def _answered(page: Page) -> None:
    """Answer what is chosen from on this page and go on; a page that asks about the rest is passed."""
    page.evaluate(ANSWER)
    here = page.url
    _pressed(page)
    if page.url == here:
        _pressed(page)


def _questionnaire(browser: Browser, site: str, size: tuple[int, int], look: str, *, dark: bool = False) -> None:
    """The ten screens a respondent remembers, from the landing page to the comparison."""
    with _page(browser, size, dark=dark) as page:
        page.goto(site + LANDING)
        _shoot(page, f"landing-{look}")
        page.check("input[name=role][value=contractor]")
        _pressed(page)
        _shoot(page, f"consent-{look}")
        page.check("#agree")
        _pressed(page)
        for _ in range(MOST_PAGES):
            at = page.url.partition("/p/")[2].partition("?")[0]
            if not at:
                break
            if at == "your-assignment":
                _pressed(page)
                _shoot(page, f"mistake-{look}")
            page.evaluate(ANSWER)
            if at in SHOWN:
                page.evaluate("window.scrollTo(0, 0)")
                _shoot(page, f"{SHOWN[at]}-{look}")
            if at == "content":
                with page.expect_navigation():
                    page.locator("main button[value=save]").click()
                _shoot(page, f"saved-{look}")
                page.go_back()
            _answered(page)
        _shoot(page, f"review-{look}")
        with page.expect_navigation():
            page.locator("main form button.button").last.click()
        _shoot(page, f"done-{look}")
        with page.expect_navigation():
            page.locator("main a[href$='/vergelijk']").click()
        _shoot(page, f"compare-{look}")


def _console(browser: Browser, site: str, settings: Settings) -> None:
    password = (settings.instance / "demonstration-password").read_text("utf-8").strip()
    with _page(browser, DESKTOP) as page:
        page.goto(f"{site}/login")
        page.fill("#email", demonstration.STAFF["researcher"])
        page.fill("#password", password)
        with page.expect_navigation():
            page.press("#password", "Enter")
        base = f"{site}/console/{STUDY}/{YEAR}"
        page.goto(f"{base}/fieldwork")
        _shoot(page, "fieldwork")
        page.goto(f"{base}/results/gr_assign?by=role")
        _shoot(page, "results")


def _workbook(settings: Settings, folder: Path) -> None:
    if shutil.which("soffice") is None or shutil.which("pdftoppm") is None:
        print("LibreOffice or pdftoppm is missing: the workbook's picture stays as it is.")
        return
    environment = {
        "PATH": str(Path(sys.executable).parent) + ":/usr/bin:/bin",
        "HOME": str(folder),
        "SURVEYAPP_ENVIRONMENT": "development",
        "SURVEYAPP_INSTANCE": str(settings.instance),
    }
    wave = (STUDY, str(YEAR))
    command = [sys.executable, "-m", "surveyapp.cli", "export", "report", *wave, "--lang", "nl", "--out", str(folder)]
    subprocess.run(command, check=True, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    book = next(folder.glob("*.xlsx"))
    convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(book)]
    subprocess.run(convert, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    printed = str(book.with_suffix(".pdf"))
    text = subprocess.run(["pdftotext", printed, "-"], check=True, capture_output=True, text=True).stdout
    # Each printed page names its sheet in the footer; the sheet of a table is called by the table's id.
    number = next(place for place, page in enumerate(text.split("\f"), start=1) if f"– {SHEET}" in page)
    one = ["-f", str(number), "-l", str(number), "-singlefile"]
    subprocess.run(["pdftoppm", "-png", "-r", "100", *one, printed, str(PICTURES / "report-book")], check=True)
    print("docs/pictures/report-book.png")


def main() -> None:
    """Take every picture anew."""
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("Chromium is missing; install it with: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(environment="development", instance=folder / "instance", log_level="ERROR")
        demonstration.seed(settings, number=CASES, study=STUDY)
        with served(create_app(settings)) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for size, look in ((PHONE, "phone"), (DESKTOP, "desktop")):
                _questionnaire(browser, site, size, look)
                _questionnaire(browser, site, size, f"{look}-dark", dark=True)
            _console(browser, site, settings)
            browser.close()
        _workbook(settings, folder)


if __name__ == "__main__":
    main()
