"""The row of filters over the console's figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

CSS = Path(__file__).parents[2] / "surveyapp" / "static" / "css"
LONGEST = "inhuur-, inkoop- en HR-professionals van een grote organisatie"


@pytest.mark.parametrize("width", [390, 1024, 1280])
def test_a_select_with_a_long_choice_stays_within_its_own_field(chromium: Browser, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 600})
    fields = "".join(
        f'<div class="field"><label for="f{at}">{label}</label><select id="f{at}"><option>{label}</option>'
        f"<option>{LONGEST}</option></select></div>"
        for at, label in enumerate(("Rol", "Taal", "Bron", "Apparaat", "Dag", "Stand"))
    )
    styles = "".join((CSS / name).read_text(encoding="utf-8") for name in ("tokens.css", "base.css", "console.css"))
    page.set_content(f'<style>{styles}</style><main><form class="row-form">{fields}</form></main>')
    for field in page.query_selector_all(".field"):
        outer, inner = field.bounding_box(), field.query_selector("select").bounding_box()  # type: ignore[union-attr]
        assert outer is not None
        assert inner is not None
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 0.5
    page.close()
