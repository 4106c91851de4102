"""How long a page takes on a very slow phone: 50 kbit/s and 600 ms, emulated by Chromium itself.

    python -m benchmarks.slow_network

The time runs from the press on the button to a page that can be used (DOMContentLoaded), the post and its redirect
included: two round trips. The floor is an almost empty page behind the same post and redirect on the same network.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from surveyapp.app import create_app
from surveyapp.config import Settings
from surveyapp.fieldwork import waves
from surveyapp.instrument.loader import load_instrument
from surveyapp.storage.database import Database

STUDY, YEAR, ROLE = "goed-opdrachtgeverschap", 2026, "contractor"
LATENCY_MS, BYTES_PER_SECOND = 600, 50_000 / 8
ALLOWED_SECONDS = 3.0
FIRST_BYTES, NEXT_BYTES = 30_000, 10_000
MOST_PAGES = 40
EMPTY = '<!doctype html><html lang="nl"><title>Leeg</title><form method="post"><button>Verder</button></form></html>'
MEASURE = """() => {
  const page = performance.getEntriesByType('navigation')[0];
  const parts = performance.getEntriesByType('resource');
  return [page.domContentLoadedEventEnd / 1000, page.transferSize,
          page.transferSize + parts.reduce((sum, each) => sum + each.transferSize, 0)];
}"""
ANSWER = """() => {
  const seen = new Set();
  for (const radio of document.querySelectorAll('main input[type=radio]')) {
    if (!seen.has(radio.name)) radio.checked = true;
    seen.add(radio.name);
  }
}"""
"""The first answer to each question, without the events that would bring more questions on this page."""


@dataclass(frozen=True, slots=True)
class Step:
    """One page: seconds to usable, bytes of the page, bytes with all that came with it (headers included)."""

    name: str
    seconds: float
    page: int
    whole: int


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as behind any proxy

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the name is werkzeug's)
        """Say nothing."""


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _empty_app() -> Flask:
    app = Flask("empty")

    @app.route("/", methods=["GET", "POST"])
    def page() -> ResponseReturnValue:
        return EMPTY

    @app.post("/send")
    def send() -> ResponseReturnValue:
        request.get_data()  # a body left unread would spoil the connection for the next request
        return redirect("/", 303)

    return app


def _step(page: Page, name: str) -> Step:
    page.wait_for_load_state("load")
    seconds, alone, whole = page.evaluate(MEASURE)
    return Step(name, seconds, alone, whole)


def _pressed(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main button[value=next]:visible").first.click()


def _floor(page: Page, site: str) -> tuple[Step, Step]:
    page.goto(site)
    first = _step(page, "empty page")
    page.evaluate("document.forms[0].action = '/send'")
    with page.expect_navigation():
        page.click("button")
    return first, _step(page, "empty page after a post")


def _walk(page: Page, site: str) -> Iterator[Step]:
    page.goto(f"{site}/nl/onderzoek/{STUDY}-{YEAR}")
    yield _step(page, "first view")
    page.check(f"input[name=role][value={ROLE}]")
    _pressed(page)
    yield _step(page, "consent")
    page.check("#agree")
    _pressed(page)
    for _ in range(MOST_PAGES):
        name = page.url.partition("/p/")[2]
        if not name:
            return
        yield _step(page, name)
        here = page.url
        page.evaluate(ANSWER)
        _pressed(page)
        if page.url == here:  # asked once about what was skipped
            _pressed(page)
    raise RuntimeError(f"The questionnaire did not end within {MOST_PAGES} pages.")


def _told(steps: Iterator[Step]) -> Iterator[Step]:
    for step in steps:
        print(f"{step.name}: {step.seconds:.2f} s", file=sys.stderr, flush=True)
        yield step


def measure() -> tuple[tuple[Step, Step], tuple[Step, ...]]:
    """The floor (first view, next page) and every page of the longest role, each on a fresh cache.

    Raises
    ------
    SystemExit     Chromium is missing
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("Chromium is missing; install it with: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(environment="development", instance=Path(folder), log_level="ERROR")
        database = Database(settings.url)
        database.upgrade()
        with database.write() as session:
            waves.create_wave(session, load_instrument(Path("instruments") / STUDY, YEAR))
            waves.open_wave(session, STUDY, YEAR)
        with (
            _served(_empty_app()) as empty,
            _served(create_app(settings, database=database)) as site,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = browser.new_context(viewport={"width": 390, "height": 844}, locale="nl-NL")
            context.set_default_timeout(60_000)
            page = context.new_page()
            network = context.new_cdp_session(page)
            network.send("Network.enable")
            network.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": LATENCY_MS,
                    "downloadThroughput": BYTES_PER_SECOND,
                    "uploadThroughput": BYTES_PER_SECOND,
                },
            )
            floor = _floor(page, empty)
            steps = tuple(_told(_walk(page, site)))
            browser.close()
        database.close()
    return floor, steps


def rows() -> list[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio: the first view, and the slowest and the heaviest page after it."""
    (first, following), (landing, *others) = measure()
    slowest, heaviest = max(others, key=lambda step: step.seconds), max(others, key=lambda step: step.whole)
    allowed = f"{ALLOWED_SECONDS:.0f} s"
    return [
        (
            "first view at 50 kbit/s and 600 ms",
            f"{landing.seconds:.1f} s, {landing.whole / 1000:.1f} kB",
            f"{allowed}, {FIRST_BYTES // 1000} kB",
            f"{first.seconds:.1f} s (an empty page)",
            f"{landing.seconds / first.seconds:.1f}",
        ),
        (
            f"slowest of {len(others)} next pages ({slowest.name}), post included",
            f"{slowest.seconds:.1f} s",
            allowed,
            f"{following.seconds:.1f} s (an empty page after a post)",
            f"{slowest.seconds / following.seconds:.1f}",
        ),
        (
            f"heaviest of them ({heaviest.name}), with what came new",
            f"{heaviest.whole / 1000:.1f} kB",
            f"{NEXT_BYTES // 1000} kB",
            "",
            "",
        ),
    ]


def main() -> None:
    """Print every page, its bytes and its seconds beside the floor; exit 1 when one is too slow or too heavy."""
    (first, following), steps = measure()
    print(f"{'page':32} {'usable':>8} {'floor':>8} {'page':>9} {'in all':>9}")
    bad = []
    for place, step in enumerate(steps):
        least = first if place == 0 else following
        print(f"{step.name:32} {step.seconds:6.2f} s {least.seconds:6.2f} s {step.page:7} B {step.whole:7} B")
        if step.seconds > ALLOWED_SECONDS or step.whole > (FIRST_BYTES if place == 0 else NEXT_BYTES):
            bad.append(step.name)
    total = sum(step.seconds for step in steps)
    print(f"{len(steps)} pages, {total:.0f} s of waiting, {sum(step.whole for step in steps) / 1000:.0f} kB in all")
    if bad:
        raise SystemExit(f"Slower than {ALLOWED_SECONDS:.0f} s or heavier than allowed: {', '.join(bad)}")


if __name__ == "__main__":
    main()
