"""Every sheet speaks in labels, and says what its marks mean; columns that are codes on purpose are named here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from surveyapp.exports.codebook_lines import VALUE_HEADER, VARIABLE_HEADER
from surveyapp.exports.registry import EXPORTS, ExportSource, write
from surveyapp.exports.report_book.long import COLUMNS
from surveyapp.exports.words import Words
from surveyapp.fieldwork.waves import WaveInfo
from tests.exports.workbooks import opened
from tests.house.declared_codes import declared_codes
from tests.reports.waves import random_wave, real_instrument

STUDY = "goed-opdrachtgeverschap"
LANGUAGES = ("nl", "en")
BOOKS = ("report", "codebook", "data")
ALL = frozenset({"every column"})
ON_PURPOSE = {
    "Key_figures": {"Id"},  # the name under which the indicator stands in the long list
    "Long": {"study", "variable", "row_kind", "row_code", "banner_var", "banner_code", "unit", "weight"},
    "Variables": {"name", "kind", "level"},
    "Values": {"name"},
    "Data_codes": ALL,
    "Open": {"role", "variable", "language"},
}
"""Columns that hold codes, by the message ids of their sheets; what each means stands beside it or in the codebook."""
HEADED_BY_NAMES = {"Long", "Variables", "Values", "Data_labels", "Open"}
"""Sheets whose first row holds names for programs, the same in both languages."""
NAMES = {*COLUMNS, *VARIABLE_HEADER, *VALUE_HEADER}


def bare_codes(book: Workbook, codes: frozenset[str], words: Words) -> Iterator[str]:
    """Cells that hold nothing but a code, where a reader expects words."""
    named = {words(name): name for name in (*ON_PURPOSE, *HEADED_BY_NAMES)}
    for sheet in book:
        name = named.get(sheet.title, "")
        of_codes = ON_PURPOSE.get(name, frozenset())
        for column in sheet.iter_cols():
            if of_codes is ALL or of_codes & {str(cell.value) for cell in column[:4]}:
                continue
            for cell in column[1 if name in HEADED_BY_NAMES else 0 :]:
                if isinstance(cell.value, str) and cell.value.strip() in codes:
                    yield f"{sheet.title}!{cell.coordinate}: {cell.value}"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Every book of the real study with all its tables, by kind and language."""
    data = random_wave(120, 11)
    wave = WaveInfo(STUDY, 2026, "open", "anonymous", data.instrument.hash, datetime(2026, 11, 2, tzinfo=UTC), None)
    source = ExportSource(wave, data, random_wave(120, 12))
    folder, made = tmp_path_factory.mktemp("books"), {}
    for kind in BOOKS:
        for language in LANGUAGES:
            made[kind, language] = folder / f"{kind}-{language}{EXPORTS[kind].suffix}"
            write(kind, source, made[kind, language], language)
    return made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BOOKS)
def test_no_cell_holds_a_code_where_a_label_is_expected(
    kind: str, language: str, books: dict[tuple[str, str], Path]
) -> None:
    codes = declared_codes(real_instrument(), language)
    assert len(codes) > 200
    assert list(bare_codes(opened(books[kind, language]), codes, Words(language))) == []


ALONE = re.compile(r"[.·–—-]|[A-Z]{1,3}|[^\w\s]{1,2}")
"""A cell of nothing else is a mark: a dot, a dash, letters of columns."""
RAISED = re.compile(r"(?<!R)²|[¹³⁰-⁹°†‡§]|\w\*(?!\w)")
IN_FORMAT = re.compile(r'"([^\d\s"]+)"')
TEXTS_OF_CELLS = {"Data_codes", "Data_labels", "Open", "Values", "Variables"}
"""Sheets of codes, labels and what people wrote: a text there is itself."""


def printed_marks(sheet: Worksheet) -> set[str]:
    """Every mark a reader meets on a sheet; letters are one, whichever stand there."""
    found = set[str]()
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                text = cell.value.strip()
                is_explained = f"{text.partition(' = ')[0]} = " in text[:12]
                if ALONE.fullmatch(text):
                    found.add("A, B, C" if text.isalpha() else text)
                elif not is_explained:
                    found |= {mark[-1] for mark in RAISED.findall(text)}
            elif cell.value is not None:
                found |= set(IN_FORMAT.findall(cell.number_format)) - {"0"}
    return found


def explained(sheet: Worksheet) -> set[str]:
    """What stands before an equals sign, and in the guide before its meaning."""
    said = {str(cell.value).partition(" = ")[0] for (cell,) in sheet.iter_rows(max_col=1) if " = " in str(cell.value)}
    beside = (
        {str(first.value) for first, second in sheet.iter_rows(max_col=2) if second.value}
        if sheet.max_column == 2
        else set()
    )
    return said | beside


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BOOKS)
def test_every_sheet_says_what_the_marks_on_it_mean(
    kind: str, language: str, books: dict[tuple[str, str], Path]
) -> None:
    words, met = Words(language), set[str]()
    for sheet in opened(books[kind, language]):
        if sheet.title not in {words(name) for name in TEXTS_OF_CELLS}:
            marks = printed_marks(sheet)
            met |= marks
            assert marks <= explained(sheet), sheet.title
    if kind == "report":
        assert met == {".", "/", "°", "*", "±", "A, B, C"}


def test_a_sheet_explains_no_mark_that_it_does_not_print(books: dict[tuple[str, str], Path]) -> None:
    for sheet in opened(books["report", "nl"]):
        if sheet.title != "Leeswijzer":
            assert explained(sheet) & {".", "/", "°", "*", "±", "A, B, C"} == printed_marks(sheet), sheet.title
