"""Figures of a rotating block rest on who was asked it, and say so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from surveyapp.analysis.columns import NOT_ASKED, ChoiceColumn, CodeColumn
from surveyapp.engine.profile import FLAT
from surveyapp.engine.robots import Crew
from surveyapp.engine.route import on_path
from surveyapp.exports.case_frame import case_frame
from surveyapp.exports.codebook_lines import variable_lines
from surveyapp.exports.data_book import write_data_book
from surveyapp.exports.words import Words
from surveyapp.instrument.compare import comparable
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.conditions.mask import is_true
from surveyapp.instrument.model import TrendEffect
from surveyapp.instrument.resolve import resolved
from surveyapp.reports.codebook import codebook
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.trends import series_note
from surveyapp.reports.wave_data import WaveData
from tests.exports.workbooks import opened
from tests.instrument.definitions import in_memory
from tests.reports.waves import record, wave

INSTRUMENT = resolved(in_memory(name="rotation"), 2026)
N = 120


def data() -> WaveData:
    """Robots of both roles, each with the draw whose turn it is."""
    records = []
    for number in range(N):
        role = "contractor" if number < N // 2 else "manager"
        walk = Crew(INSTRUMENT.questionnaires[role], FLAT).walk(number, "nl")
        records.append(record(INSTRUMENT, number, role, {"s_consent": 1, **walk.answers}))
    return wave(INSTRUMENT, records)


def test_only_who_drew_a_block_was_asked_it() -> None:
    cases = data().dataset
    drawn, paid, help_ = cases.columns["m_theme"], cases.columns["r_paid"], cases.columns["r_help"]
    assert isinstance(drawn, ChoiceColumn)
    assert isinstance(paid, CodeColumn)
    assert isinstance(help_, CodeColumn)
    assert ((paid.values != NOT_ASKED) == drawn.chosen[:, 0]).all()
    assert (help_.values[~drawn.chosen[:, 1]] == NOT_ASKED).all()
    assert (drawn.missing == 0).all()
    assert drawn.chosen.sum(axis=1).tolist() == [2] * N


def test_columns_are_what_the_engine_counts_for_each_case() -> None:
    found = data()
    for number in range(0, N, 7):
        role = "contractor" if number < N // 2 else "manager"
        walk = Crew(INSTRUMENT.questionnaires[role], FLAT).walk(number, "nl")
        counted = on_path(INSTRUMENT.questionnaires[role], walk.answers, "nl")
        for name in ("r_paid", "r_clear", "r_help", "r_thanks", "r_travel"):
            column = found.dataset.columns[name]
            assert isinstance(column, CodeColumn)
            assert column.values[number] == counted.get(name, NOT_ASKED)


def test_an_answer_that_is_stored_to_a_block_that_was_not_drawn_counts_for_nothing() -> None:
    everything: dict[str, Any] = {"r_first": 1, "r_paid": 2, "r_late": 9, "r_clear": 1, "r_help": 1, "r_thanks": 1}
    held = {**everything, "m_theme": [2, 3]}
    cases = wave(INSTRUMENT, [record(INSTRUMENT, number, "manager", held) for number in range(12)]).dataset
    counted = on_path(INSTRUMENT.questionnaires["manager"], held, "nl")
    assert {"r_paid", "r_late"}.isdisjoint(counted)
    for name, expected in {"r_paid": NOT_ASKED, "r_clear": 1, "r_thanks": 1}.items():
        column = cases.columns[name]
        assert isinstance(column, CodeColumn)
        assert set(column.values.tolist()) == {expected}
    assert set(cases.columns["r_late"].missing.tolist()) == {NOT_ASKED}  # type: ignore[union-attr]


def test_the_draw_of_a_role_that_is_asked_no_block_is_not_asked() -> None:
    annex = data().dataset.columns["m_annex"]
    assert isinstance(annex, CodeColumn)
    assert Counter(annex.values.tolist()) == {1: 30, 2: 30, NOT_ASKED: 60}


def test_a_table_counts_as_asked_who_got_the_block_and_says_which_part() -> None:
    table = tabulate(data(), "r_thanks")
    assert table.total.asked == 80
    assert table.item.base["nl"] == "iedereen, voorgelegd aan een willekeurig twee derde deel (blok “Afscheid”)"
    assert table.item.base["en"] == "everyone, put to a random two thirds (block “Goodbye”)"


def test_beside_a_wave_that_drew_another_number_of_blocks_the_base_is_said_to_differ() -> None:
    then = resolved(in_memory(("questionnaire.rotations.0.take", 1), name="rotation"), 2026)
    assert comparable("r_thanks", then, INSTRUMENT).effect is TrendEffect.CONTINUE
    note = series_note("r_thanks", INSTRUMENT, then)
    assert note is not None
    assert note["en"] == "Put to another random part of the people in 2026: comparable, on another base."
    assert series_note("r_last", INSTRUMENT, then) is None


def test_a_filter_may_speak_of_a_draw_and_of_a_question_that_was_not_drawn() -> None:
    cases = data().dataset
    drew = is_true(parse_condition("any_of(m_theme, [1])"), cases)
    assert int(drew.sum()) == 80
    late = is_true(parse_condition("r_paid == 2"), cases)
    assert not (late & ~drew).any()
    never = is_true(parse_condition("r_paid == not_asked"), cases)
    assert np.array_equal(never, ~drew)


def test_the_data_hold_a_column_per_rotation_with_what_was_drawn() -> None:
    found = data()
    frame = case_frame(found, codebook(INSTRUMENT), Words("en"))
    assert [name for name in frame if name.startswith("m_")] == [
        "m_theme__1", "m_theme__2", "m_theme__3", "m_annex",
    ]  # fmt: skip
    assert frame.attrs["columns"]["m_annex"]["labels"][1] == "Tools"
    assert Counter(frame["m_annex"]) == {1: 30, 2: 30, NOT_ASKED: 60}
    assert Counter(frame["m_theme__1"]) == {1: 80, 0: 40}


def test_the_codebook_names_the_rotation_and_the_part_that_was_asked(tmp_path: Path) -> None:
    found = data()
    book = codebook(INSTRUMENT, found)
    entries = {entry.name: entry for entry in book.entries}
    assert entries["m_theme"].notes[0]["en"] == (
        "Filled in by the platform: 2 of 3 blocks of pages, drawn at random for each person and evenly per role. "
        "The pages of the other blocks were not asked."
    )
    assert entries["r_thanks"].asked == 80
    lines: list[tuple[Any, ...]] = list(variable_lines(book, Words("nl")))
    said = {line[1]: line[8] for line in lines}
    assert said["r_tools"] == "zelfstandig professionals, voorgelegd aan een willekeurige helft (blok “Middelen”)"
    write_data_book(found, book, tmp_path / "data.xlsx", "nl")
    rows = list(opened(tmp_path / "data.xlsx")["Variabelen"].iter_rows(values_only=True))
    assert any("door het lot getrokken" in str(cell) for row in rows for cell in row)
