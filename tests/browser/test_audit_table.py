"""The audit log as it stands on a screen: what was done is one word, and a long detail breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
CONSOLE = Path(__file__).parents[2] / "surveyapp"
HASH = "1f544cd7be4c61d24fb909475f25a0ef188005c9051b26d81a4ccda6f0" * 2


def test_what_was_done_stays_on_one_line_and_a_hash_breaks(chromium: Browser) -> None:
    template = (CONSOLE / "templates/console/admin/audit.html").read_text(encoding="utf-8")
    row = template.split("{% for line in page.lines %}")[1].split("{% endfor %}")[0]
    for shown, text in {
        "{{ line.number }}": "6",
        "{{ line.at | day }}, {{ line.at | hour }}": "30 november 2026, 15:52",
        "{{ line.actor }}": "researcher@example.org",
        "{{ line.action }}": "account.sign_in",
        "{{ line.subject }}": "researcher@example.org",
        "{{ line.details }}": f"file: goed-opdrachtgeverschap-2026-report.xlsx · sha256: {HASH}",
    }.items():
        assert shown in row
        row = row.replace(shown, text)
    styles = "".join(
        (CONSOLE / "static/css" / name).read_text(encoding="utf-8")
        for name in ("tokens.css", "base.css", "console.css")
    )
    page = chromium.new_page(viewport={"width": 1100, "height": 600})
    page.set_content(f'<style>{styles}</style><main class="console"><table>{row}</table></main>')
    lines = "box => box.getClientRects().length"
    assert page.locator("td code").evaluate(lines) == 1
    assert page.locator("time").evaluate(lines) <= 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
