"""Pages drawn once for everybody: each person gets what is their own, and what is kept tells of nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.model import Instrument
from surveyapp.recent import Recent
from surveyapp.storage.database import Database
from surveyapp.web.questionnaire import pages as pages_of
from surveyapp.web.respondent import drawn_pages, kept_pages
from tests.instrument.definitions import patched, write
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, put_wave

OWN = ("csrf_token", "owner", "client_key", "since")
TYPED = "Zeldzame bezigheid"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Recent[Any, list[str]]:
    """What is kept, nothing yet."""
    kept: Recent[Any, list[str]] = Recent(kept_pages.KEPT)
    monkeypatch.setattr(kept_pages, "_recent", kept)
    return kept


@pytest.fixture
def quoting(tmp_path: Path) -> Instrument:
    """A wave in which the page *long* repeats what was answered on *short*."""
    text = {"nl": "Wat vindt u van {k_short.label|uw functie}?", "en": "What about {k_short.label|your job}?"}
    return load_instrument(write(tmp_path, patched(("questionnaire.pages.12.items.0.text", text), name="kinds")), 2026)


@pytest.fixture
def site(make_app: Callable[..., Flask], sqlite_database: Database, quoting: Instrument) -> Flask:
    put_wave(sqlite_database, quoting)
    return make_app()


def _at(app: Flask, page: str) -> Visitor:
    return Visitor(app.test_client()).begin(KINDS, "contractor").press("next", q_k_elig="1").go(page)


def _own(person: Visitor) -> dict[str, str]:
    return {name: person.form.fields[name][0] for name in OWN}


def _without_own(person: Visitor) -> str:
    html = person.html
    for name, value in _own(person).items():
        html = html.replace(value, name)
    return html


def test_each_gets_what_is_their_own_and_nothing_of_who_was_there_before(
    site: Flask, pages: Recent[Any, list[str]]
) -> None:
    first, second = _at(site, "single"), _at(site, "single")
    mine, yours = _own(first), _own(second)
    assert all(mine[name] != yours[name] for name in ("csrf_token", "owner", "client_key"))
    for name in ("csrf_token", "owner", "client_key"):
        assert mine[name] not in second.html
    assert _without_own(first) == _without_own(second)
    assert "\ufdd0" not in first.html
    assert first.press("next", q_k_single="1").at != "single"  # its keys are good


def test_a_page_that_is_kept_is_the_page_that_would_be_drawn(
    site: Flask, pages: Recent[Any, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn_anew(key: object, blanks: Mapping[str, object], draw: Callable[[Mapping[str, object]], str]) -> str:
        return draw(blanks)

    walk = [page.id for page in _pages_ahead(site)]
    kept = [_without_own(_at(site, page)) for page in walk for _ in range(2)]
    monkeypatch.setattr(drawn_pages, "filled_in", drawn_anew)
    anew = [_without_own(_at(site, page)) for page in walk for _ in range(2)]
    assert kept == anew


def _pages_ahead(site: Flask) -> list[Any]:
    """The pages somebody can open right after the first."""
    services = site.extensions["surveyapp"]
    with services.database.read() as session:
        instrument = services.library.of_wave(session, KINDS, 2026)
    return list(instrument.questionnaires["contractor"].pages[1:9])


def test_nothing_that_somebody_said_is_kept(site: Flask, pages: Recent[Any, list[str]]) -> None:
    person = _at(site, "short").press("next", q_k_short=TYPED)
    assert TYPED in person.go("short").html
    assert TYPED in person.go("long").html
    kept = "".join(piece for pieces in pages._kept.values() for piece in pieces)
    assert kept
    assert TYPED not in kept
    assert not any(value in kept for value in _own(person).values())


def test_a_page_that_repeats_an_answer_is_put_together_for_each(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Recent[Any, pages_of.PageView] = Recent(256)
    monkeypatch.setattr(pages_of, "_new_pages", kept)
    assert TYPED in _at(site, "short").press("next", q_k_short=TYPED).go("long").html
    other = _at(site, "short").press("next", q_k_short="Iets anders").go("long")
    assert "Iets anders" in other.html
    assert TYPED not in other.html
    words = repr(list(kept._kept.values()))
    assert "Iets anders" not in words
    assert TYPED not in words
    assert {view.id for view in kept._kept.values()} >= {"short"}


def test_other_words_of_the_same_page_are_another_page(site: Flask, pages: Recent[Any, list[str]]) -> None:
    person = _at(site, "single")
    skipped = person.press("next")
    assert skipped.is_asked
    assert not _at(site, "single").is_asked
    english = Visitor(site.test_client()).begin(KINDS, "contractor", "en").press("next", q_k_elig="1")
    assert english.go("single", "en").page.language == "en"
    assert _at(site, "single").page.language == "nl"


def test_what_is_filled_in_is_no_markup(pages: Recent[Any, list[str]]) -> None:
    made = kept_pages.filled_in("key", {"name": '"><script>'}, lambda own: f'<p title="{own["name"]}">')
    assert made == '<p title="&#34;&gt;&lt;script&gt;">'
    assert kept_pages.filled_in("key", {"name": "x"}, lambda own: "drawn twice") == '<p title="x">'


def test_what_nobody_asked_for_the_longest_goes_first() -> None:
    recent: Recent[int, int] = Recent(2)
    made: list[int] = []
    for key in (1, 2, 1, 3, 1, 2):
        recent.get(key, lambda key=key: made.append(key) or key)  # type: ignore[misc,func-returns-value]
    assert made == [1, 2, 3, 2]
    assert recent.known(3) is None
    assert recent.known(1) == 1
