"""Rules every page of the respondent keeps, checked on every kind of page at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import surveyapp
from surveyapp.instrument.model import Instrument, VariableType
from surveyapp.storage.database import Database
from surveyapp.web.questionnaire.messages import WORDS
from surveyapp.web.questionnaire.question_types import QUESTION_TYPES
from tests.web.browsing import Visitor, questionnaire
from tests.web.conftest import KINDS, STUDY, put_wave
from tests.web.respondent.test_flow import DONE, fill_all

TEMPLATES = Path(surveyapp.__file__).parent / "templates"
OURS = [
    path
    for folder in ("components", "questions", "respondent", "errors")
    for path in sorted((TEMPLATES / folder).rglob("*.html"))
] + [TEMPLATES / "base.html"]


def every_page(visitor: Visitor, language: str) -> Iterator[tuple[str, Visitor]]:
    """Every screen someone meets on the way, the wrong turns included."""
    prefix = questionnaire("kinds-2026", language)
    yield "home", visitor.get(f"/{language}/")
    landing = f"/{'nl/onderzoek' if language == 'nl' else 'en/survey'}/kinds-2026"
    yield "landing", visitor.get(landing)
    yield "landing error", visitor.press("next")
    yield "consent", visitor.press("next", role="contractor")
    yield "consent error", visitor.press("next")
    visitor.press("next", agree="yes")
    yield "start", visitor
    yield "required", visitor.press("next")
    visitor.press("next", q_k_elig="1")
    for page in DONE:
        if page == "team":
            continue
        yield page, visitor.go(page, language)
        skipped = visitor.press("next")
        if skipped.at == page:
            yield f"{page} skipped", skipped
    yield "mistake", visitor.go("rate", language).press("next", q_k_rate="x")
    visitor.go("single", language)
    fill_all(visitor) if visitor.at else None
    yield "review", visitor.get(f"{prefix}/{'controle' if language == 'nl' else 'review'}")
    yield "resume", visitor.get("/nl/vragenlijst/verder" if language == "nl" else "/en/questionnaire/resume")
    yield "leave", visitor.get(f"{prefix}/{'afmelden' if language == 'nl' else 'opt-out'}")
    yield "saved", visitor.get(f"{prefix}/{'bewaard' if language == 'nl' else 'saved'}")
    visitor.get(f"{prefix}/{'controle' if language == 'nl' else 'review'}").press("")
    yield "done", visitor
    yield "answers", visitor.get(f"{prefix}/{'mijn-antwoorden' if language == 'nl' else 'my-answers'}")
    yield "privacy", visitor.get(f"/{language}/privacy")
    yield "accessibility", visitor.get(f"/{language}/{'toegankelijkheid' if language == 'nl' else 'accessibility'}")
    yield "not found", visitor.get(f"/{language}/niets")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_keeps_the_rules(language: str, visitor: Visitor) -> None:
    titles: dict[str, str] = {}
    for name, at in every_page(visitor, language):
        page, html = at.page, at.html
        assert page.language == language, name
        assert len([tag for tag, _ in page.headings if tag == "h1"]) == 1, name
        assert page.title, name
        titles.setdefault(page.title, name)
        assert len(page.ids) == len(set(page.ids)), (name, sorted(page.ids))
        assert "table" not in page.tags, name
        assert not re.search(r'type="(number|range|date)"|draggable', html), name
        assert not re.search(r"<[^>]+\sstyle=|<style|<script(?![^>]* src=)|\son[a-z]+=", html), name
        assert not re.search(r'(?:src|href|action)="https?:', html), name
        assert at.response.headers["Cache-Control"] == "no-store", name
        assert "'unsafe" not in at.response.headers["Content-Security-Policy"], name
        order = [level for level, _ in page.headings]
        assert order[0] in ("h1", "h2"), name
        if "q" in page.forms:
            assert page.first_of_body is not None
            assert page.first_of_body["tag"] == "button", name
            assert page.first_of_body["value"] == "next", name
            assert "hidden" in page.first_of_body, name
        for form in page.forms.values():
            assert form.fields.get("csrf_token"), name


def test_no_page_of_ours_holds_script_style_or_what_needs_eval() -> None:
    for path in OURS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"hx-on|hx-vals=.js|hx-trigger=\"[^\"]*\[", text), path  # they need eval
        assert not re.search(r"\sstyle=|<style|\|\s*safe\b", text), path
    script = (TEMPLATES.parent / "static/js/questionnaire.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|eval\(|\.style\b", script)


def transferred(client: FlaskClient, address: str) -> int:
    """Bytes of a body as they travel to a browser that takes gzip."""
    with client.get(address, headers={"Accept-Encoding": "gzip"}) as response:
        assert response.status_code == 200
        return len(response.get_data())


@pytest.mark.parametrize("landing", [f"/nl/onderzoek/{STUDY}-2026", f"/en/survey/{STUDY}-2026"])
def test_the_first_page_weighs_at_most_30_kilobytes_and_every_next_one_at_most_10(
    landing: str, make_app: Callable[..., Flask], sqlite_database: Database, real: Instrument
) -> None:
    put_wave(sqlite_database, real)
    client = make_app().test_client()
    visitor = Visitor(client).get(landing)
    parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', visitor.html))
    first = transferred(client, landing) + sum(transferred(client, part) for part in parts)
    assert 3_000 < first <= 30_000  # the sheets were found and counted
    visitor.press("next", role="contractor").press("next", agree="yes")
    questions = visitor.url.rpartition("/")[0]
    weights = {}
    for page in real.questionnaire("contractor").pages:
        if visitor.get(f"{questions}/{page.id}").at == page.id:
            # What came before is in the browser's cache for ever; what a page brings that is new counts with it.
            new = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', visitor.html)) - parts
            parts |= new
            weights[page.id] = transferred(client, visitor.url) + sum(transferred(client, part) for part in new)
    assert len(weights) > 10
    assert {page: weight for page, weight in weights.items() if weight > 10_000} == {}


def test_the_respondents_sheets_together_stay_within_20_kilobytes() -> None:
    sheets = TEMPLATES.parent / "static" / "css"
    assert sum((sheets / f"{name}.css").stat().st_size for name in ("tokens", "base", "respondent")) <= 20_000


def test_static_files_have_names_that_change_with_their_content_and_stay_for_ever(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/nl/").get_data(as_text=True)
    address = re.search(r'href="(/static/css/base\.[0-9a-f]{12}\.css)"', page)
    assert address is not None
    with client.get(address[1]) as response:
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_every_question_type_has_a_template_and_every_problem_a_sentence() -> None:
    assert set(QUESTION_TYPES) == set(VariableType)
    for kind in QUESTION_TYPES.values():
        assert (TEMPLATES / kind.template).exists()
    table = Path(surveyapp.__file__).parent / "engine" / "validate.py"
    codes = set(re.findall(r"`([a-z_]+)`", "\n".join(
        line.split("|")[1] for line in table.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    )))  # fmt: skip
    assert codes == set(WORDS)


def test_the_address_of_a_page_leads_to_the_same_page_in_the_other_language(visitor: Visitor) -> None:
    visitor.begin(KINDS, "contractor").press("next", q_k_elig="1")
    for page in ("mark", "long", "depending"):
        visitor.go(page).press("language")
        assert (visitor.at, visitor.page.language) == (page, "en")
        visitor.press("language")
        assert (visitor.at, visitor.page.language) == (page, "nl")
