"""The data book: every case as it was answered, in codes and in labels, nothing guessed."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from surveyapp.exports.case_frame import named_cases
from surveyapp.exports.codebook_lines import value_lines, variable_lines
from surveyapp.exports.data_book import write_data_book
from surveyapp.exports.words import Words
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.reports.codebook import codebook
from surveyapp.reports.wave_data import WaveData
from tests.exports.workbooks import count, opened, parts, trees
from tests.reports.waves import random_wave, real_instrument, record, wave

LANGUAGES = ("nl", "en")
TITLES = {
    "nl": ["Leesmij", "Data_codes", "Data_labels", "Variabelen", "Waarden", "Open"],
    "en": ["Readme", "Data_codes", "Data_labels", "Variables", "Values", "Open"],
}
CASES = 60
EVIL = "=1+1\x00\ud800 en 😀"


def _known() -> WaveData:
    """Three cases whose every cell is known."""
    instrument = real_instrument()
    answers = {
        "s_consent": 1,
        "s_elig": 1,
        "a_status": 1,
        "a_expertise": 97,
        "a_expertise_other": EVIL,
        "s_block": 1,
        "rk": [3, 1],
        "gr_assign": 8,
        "gr_client": -2,
    }
    first = record(instrument, 0, "contractor", answers, seconds=90)
    second = record(instrument, 1, "manager", {"s_consent": 1}, state="started", sent_on=None, language="en")
    drew_another = {"s_consent": 1, "s_block": 2, "s_elig": 1, "a_status": 1, "hinder": [1, 3]}
    third = record(instrument, 2, "contractor", drew_another, seconds=90)
    return wave(instrument, [first, second, third])


def _rows(path: Path, title: str) -> list[dict[str, Any]]:
    rows = list(opened(path)[title].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    data = random_wave(CASES, 5)
    folder = tmp_path_factory.mktemp("data")
    made = {language: folder / f"data-{language}.xlsx" for language in LANGUAGES}
    for language, path in made.items():
        write_data_book(data, codebook(data.instrument, data), path, language)
    return made


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = _known()
    path = tmp_path_factory.mktemp("known") / "known.xlsx"
    write_data_book(data, codebook(data.instrument, data), path, "nl")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheets_have_their_permanent_names_and_every_part_parses(books: dict[str, Path], language: str) -> None:
    assert opened(books[language]).sheetnames == TITLES[language]
    assert trees(books[language])
    assert count(books[language], "f") == count(books[language], "mergeCell") == 0


def test_codes_and_labels_have_the_same_rows_and_columns_and_no_cell_of_an_answer_is_empty(
    books: dict[str, Path],
) -> None:
    codes, labels = _rows(books["nl"], "Data_codes"), _rows(books["nl"], "Data_labels")
    assert [row["response_id"] for row in codes] == [row["response_id"] for row in labels]
    assert list(codes[0]) == list(labels[0])
    assert len({row["response_id"] for row in codes}) == len(codes) == random_wave(CASES, 5).dataset.n
    for row in codes:
        assert {name for name, value in row.items() if value is None} <= {"submitted_on", "started_on"}


def test_every_answer_stands_under_its_variable_as_code_and_as_label(known: Path) -> None:
    codes, labels = (
        {row["response_id"]: row for row in _rows(known, title)} for title in ("Data_codes", "Data_labels")
    )
    name = short_id(uuid.UUID(int=1))
    case, said = codes[name], labels[name]
    assert (case["wave"], case["role"], case["language"], case["status"], case["device"]) == (
        2026,
        "contractor",
        "nl",
        "complete",
        "phone",
    )
    assert case["minutes"] == 1.5
    assert case["started_on"] == datetime(2026, 11, 3)  # noqa: DTZ001  a day, as Excel keeps it
    assert (case["gr_assign"], case["gr_client"]) == (8, -2)
    assert said["role"] == "zelfstandig professional"
    assert said["status"] == "volledig"
    assert said["gr_client"] == real_instrument().missing["dk"].label["nl"]


def test_several_answers_become_a_column_of_0_and_1_each_and_a_ranking_a_column_per_place(known: Path) -> None:
    of = {row["response_id"]: row for row in _rows(known, "Data_codes")}
    case, other = of[short_id(uuid.UUID(int=1))], of[short_id(uuid.UUID(int=3))]
    hinder = real_instrument().variable("hinder")
    assert {code: other[f"hinder__{code}"] for code in hinder.codes} == {
        code: int(code in (1, 3)) for code in hinder.codes
    }
    assert [case[f"rk__{place}"] for place in (1, 2, 3)] == [3, 1, -9]
    # Each drew another block, and was not asked what stands in the other's.
    assert (case["s_block"], case["hinder__1"]) == (1, -8)
    assert (other["s_block"], other["rk__1"]) == (2, -8)


def test_a_case_that_stopped_has_not_asked_everywhere_and_no_day_of_sending(known: Path) -> None:
    case = next(row for row in _rows(known, "Data_codes") if row["response_id"] == short_id(uuid.UUID(int=2)))
    assert case["status"] == "started"
    assert case["submitted_on"] is None
    assert (case["gr_assign"], case["hinder__1"], case["rk__1"]) == (-8, -8, -8)


def test_what_people_wrote_stands_apart_made_safe_and_counted(known: Path) -> None:
    texts = _rows(known, "Open")
    assert [(row["variable"], row["text"]) for row in texts] == [("a_expertise_other", "=1+1\ufffd\ufffd en 😀")]
    assert "a_expertise_other" not in _rows(known, "Data_codes")[0]
    readme = [row[1].value for row in opened(known)["Leesmij"].iter_rows(min_row=4, max_col=2)]
    assert any(str(value).startswith("onleesbare tekens vervangen in 1 tekst") for value in readme)


def test_neither_the_key_of_a_case_nor_the_order_of_arrival_leaves_the_platform(books: dict[str, Path]) -> None:
    data = random_wave(CASES, 5).dataset
    keys = [str(key) for key in data.ids]
    text = b"".join(parts(books["nl"]).values()).decode()
    assert not any(key in text for key in keys)
    named = named_cases(data)
    assert named.ids.tolist() == sorted(named.ids.tolist())
    assert sorted(named.ids.tolist()) == sorted(short_id(uuid.UUID(key)) for key in keys)


def test_lists_print_legibly_and_their_figures_stand_under_their_heads(books: dict[str, Path]) -> None:
    book = opened(books["en"])
    for name in ("Variables", "Values", "Open"):
        sheet = book[name]
        assert "&A" in sheet.oddFooter.left.text
        beside = sum(one.width for one in sheet.column_dimensions.values()) / sheet.page_setup.fitToWidth
        assert beside <= 200, "ten points become six, not three"
        for column in sheet.iter_cols():
            figures = [cell for cell in column[1:] if isinstance(cell.value, int | float)]
            for cell in (column[0], *figures) if figures else ():
                assert (cell.alignment.horizontal, cell.alignment.indent) == ("right", 1), (name, cell.coordinate)


def test_the_codebook_s_sheets_are_the_codebook(books: dict[str, Path]) -> None:
    data = random_wave(CASES, 5)
    book = codebook(data.instrument, data)
    read = opened(books["nl"])
    words = Words("nl")
    for title, lines in (("Variabelen", variable_lines(book, words)), ("Waarden", value_lines(book))):
        assert list(read[title].iter_rows(min_row=2, values_only=True)) == list(lines)
    columns = {name.split("__")[0] for name in next(iter(_rows(books["nl"], "Data_codes")))}
    assert {entry.name for entry in book.entries if "text" not in entry.type} <= columns


def test_contact_wishes_are_in_no_sheet(books: dict[str, Path]) -> None:
    apart = [variable.name for variable in real_instrument().variables.values() if variable.is_stored_apart]
    assert apart, "the study keeps contact wishes apart"
    text = b"".join(parts(books["en"]).values()).decode()
    assert not any(f">{name}<" in text or f">{name}__" in text for name in apart)


def test_the_widths_the_frozen_pane_and_the_filter_are_really_in_the_file(books: dict[str, Path]) -> None:
    sheet = opened(books["nl"])["Data_codes"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref is not None
    assert sheet.column_dimensions["A"].width == 14.0


def test_the_same_cases_give_the_same_bytes(tmp_path: Path, books: dict[str, Path]) -> None:
    data = random_wave(CASES, 5)
    again = tmp_path / "again.xlsx"
    write_data_book(data, codebook(data.instrument, data), again, "nl")
    assert again.read_bytes() == books["nl"].read_bytes()
