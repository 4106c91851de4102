"""After sending: one's own answers beside a closed wave, never beside the open one, never beside fewer than fifty."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from surveyapp.errors import StorageBusy
from surveyapp.fieldwork import waves
from surveyapp.reports.comparison import Comparisons
from surveyapp.storage.database import Database
from tests.web.browsing import Visitor
from tests.web.conftest import KINDS, PROJECT, put_wave
from tests.web.respondent.comparable import kinds_of, put_cases
from tests.web.respondent.test_flow import fill_all

# 25 × 6 and 25 × 8: mean 7.0, and 25 × 7 and 25 × 10: mean 8.5
FIFTY = [{"k_mark": mark, "k_score": score} for mark, score in [(6, 7), (8, 10)] * 25]
NL, EN = "/nl/vragenlijst/kinds-2026/vergelijk", "/en/questionnaire/kinds-2026/compare"


@pytest.fixture
def made(make_app: Callable[..., Flask], sqlite_database: Database) -> Callable[[list[dict[str, Any]], str], Visitor]:
    """Somebody who sent the questionnaire of 2026 (mark 8), after these answers of 2025 in a wave of this state."""

    def make(earlier: list[dict[str, Any]], state: str = "closed") -> Visitor:
        put_wave(sqlite_database, kinds_of(2025), "open")
        put_cases(sqlite_database, kinds_of(2025), "contractor", earlier)
        if state == "closed":
            with sqlite_database.write() as session:
                waves.close_wave(session, KINDS, 2025)
        put_wave(sqlite_database, kinds_of(2026))
        # Answers to the open wave that may never show: sixty marks of 1.
        put_cases(sqlite_database, kinds_of(2026), "contractor", [{"k_mark": 1}] * 60)
        visitor = Visitor(make_app().test_client()).begin(KINDS, "contractor")
        fill_all(visitor).press("")
        assert visitor.h1 == "Dank u wel"
        return visitor

    return make


def test_the_picture_the_table_and_the_sentence_say_the_same(made: Callable[..., Visitor]) -> None:
    visitor = made(FIFTY)
    assert (NL, "Vergelijk uw antwoorden met die van anderen in uw rol") in visitor.page.links
    visitor.get(NL)
    assert visitor.status == 200
    assert visitor.response.headers["Cache-Control"] == "no-store"
    sentence = "U gaf een 8. Zelfstandig professionals gaven in 2025 gemiddeld een 7,0."
    assert f"<p>{sentence}</p>" in visitor.html
    assert f">Cijfer: {sentence}</title>" in visitor.html
    assert "<td>8</td><td>7,0</td><td>50</td>" in visitor.html
    assert "U gaf een 9. Zelfstandig professionals gaven in 2025 gemiddeld een 8,5." in visitor.html
    # The strip runs from 14 to 274 pixels over the marks 1 to 10: 8 stands at 14 + 260 × 7/9, 7 at 14 + 260 × 6/9.
    first = visitor.html.partition('<svg class="strip"')[2].partition("</svg>")[0]
    assert 'width="288"' in first
    assert 'role="img"' in first
    assert 'cx="216.2"' in first
    assert 'd="M187.3 4l' in first
    assert "style=" not in visitor.html


def test_it_speaks_english_too(made: Callable[..., Visitor]) -> None:
    visitor = made(FIFTY).get(EN)
    assert "You gave 8. Independent professionals gave 7.0 on average in 2025." in visitor.html
    assert "<td>8</td><td>7.0</td><td>50</td>" in visitor.html


def test_with_forty_nine_no_figure_is_in_the_source(made: Callable[..., Visitor]) -> None:
    visitor = made(FIFTY[:49]).get(NL)
    assert visitor.status == 200
    assert "Er zijn nog te weinig antwoorden in uw groep om te vergelijken." in visitor.html
    content = re.sub(r' value="[^"]*"', "", visitor.html.partition("<main")[2].partition("</main>")[0])
    assert not re.findall(r"<svg|<table|\d[,.]\d|49|\b8\b|\b7\b", content)


def test_answers_of_another_role_do_not_fill_a_group(made: Callable[..., Visitor], sqlite_database: Database) -> None:
    visitor = made(FIFTY[:49])
    put_cases(sqlite_database, kinds_of(2025), "manager", FIFTY)
    assert "te weinig antwoorden" in visitor.get(NL).html


def test_a_wave_that_is_still_open_is_not_compared_with(made: Callable[..., Visitor]) -> None:
    visitor = made(FIFTY, "open").get(NL)
    assert "Er is nog geen gesloten meting om mee te vergelijken." in visitor.html
    assert "<svg" not in visitor.html


def test_statements_are_compared_as_their_mean(
    made: Callable[..., Visitor],
) -> None:
    # k_fit 3 and k_learn 1 of one's own: 2.0; of 2025 (3 + 2) / 2 = 2.5
    visitor = made([{"k_fit": 3, "k_learn": 2}] * 50).get(EN)
    assert "Your answers average 2.0. Independent professionals averaged 2.5 in 2025." in visitor.html
    assert "<td>2.0</td><td>2.5</td><td>50</td>" in visitor.html


def test_nobody_sees_it_before_sending(make_app: Callable[..., Flask], sqlite_database: Database) -> None:
    put_wave(sqlite_database, kinds_of(2026))
    visitor = Visitor(make_app().test_client()).get(NL)
    assert visitor.url.endswith("/nl/vragenlijst/verder")
    visitor.begin(KINDS, "contractor").get(NL)
    assert visitor.at == "start"


def test_the_receipt_is_whole_when_the_comparison_fails(
    made: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = made(FIFTY)

    def fail(*_: object) -> None:
        raise StorageBusy("away")

    monkeypatch.setattr(Comparisons, "of", fail)
    visitor.get(NL)
    assert visitor.status == 200
    assert "De vergelijking is nu niet beschikbaar." in visitor.html
    visitor.get("/nl/vragenlijst/kinds-2026/klaar")
    assert visitor.h1 == "Dank u wel"
    assert "Uw ontvangstnummer" in visitor.html or "receipt" in visitor.html


def test_who_only_answers_never_loads_what_computes(tmp_path: Path) -> None:
    code = (
        "import sys; from surveyapp.app import create_app; from surveyapp.config import Settings;"
        f"app = create_app(Settings(instance={str(tmp_path)!r}));"
        "app.extensions['surveyapp'].database.upgrade();"
        f"assert app.test_client().get({NL!r}).status_code == 404;"
        "print([name for name in ('numpy', 'surveyapp.reports.comparison', 'segno') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert done.stdout.strip() == "[]"
