"""The data book: every case of a wave with its codes and labels, restricted to who may see single answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl.workbook import Workbook

from surveyapp.analysis.dataset import Dataset
from surveyapp.exports import styles
from surveyapp.exports.case_columns import CATEGORIES, Columns, Labels, columns_of
from surveyapp.exports.case_frame import OPEN_HEADER, Value, blocks, named_cases, no_cases, open_lines, shown
from surveyapp.exports.codebook_files import VALUES, VARIABLES, add_codebook
from surveyapp.exports.finishing import save_book
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.streamed_book import StreamedBook
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import Codebook
from surveyapp.reports.quality_effect import failed_rules
from surveyapp.reports.wave_data import WaveData

README, CODES, LABELS, OPEN = "Readme", "Data_codes", "Data_labels", "Open"
WIDTHS = {"response_id": 14.0, "wave": 8.0, **dict.fromkeys(CATEGORIES, 16.0)}
"""Of the platform's own columns; others are 12 wide, or as wide as their name."""


def write_data_book(data: WaveData, codebook: Codebook, path: Path, language: str) -> None:
    """Write the whole book: finished, unfinished and screened-out cases, told apart by their status.

    Raises
    ------
    ExportError     an unknown language, or more cases than a sheet holds; nothing is left at ``path``
    """
    words = Words(language)
    workbook = Workbook(write_only=True)
    styles.add_styles(workbook)
    book = StreamedBook(workbook, SafeCells(words("… [shortened]")), words, words.made_up(data.is_made_up))
    cases = named_cases(data.dataset)
    columns = columns_of(no_cases(data.instrument, cases), data.instrument, codebook, words)
    _add_cases(book, words(CODES), data, cases, columns)
    _add_cases(book, words(LABELS), data, cases, columns, columns.labels)
    add_codebook(book, codebook)
    _add_texts(book, data, cases)
    _add_readme(book, data, cases, len(columns))
    workbook._sheets.insert(0, workbook._sheets.pop())  # type: ignore[attr-defined]  # written last: it counts
    properties = workbook.properties
    properties.creator = book.safe.text(data.instrument.study.organisation.name)
    properties.title = book.safe.text(words.pick(data.instrument.wave.title))
    properties.language = language
    properties.description = book.made_up or None
    save_book(workbook, path, data.stand)


def _add_cases(
    book: StreamedBook, title: str, data: WaveData, cases: Dataset, columns: Columns, labels: Labels | None = None
) -> None:
    """One row per case: codes, or what the codes mean."""
    widths = [max(WIDTHS.get(name, 12.0), min(24.0, len(name) + 2.0)) for name in columns]
    sheet = book.sheet(title, widths, freeze="B2", rows=cases.n + 1)
    sheet.append([book.styled(sheet, name, styles.GROUP) for name in columns])
    known: dict[str, dict[Value, object]] = {name: {} for name in columns}
    for frame in blocks(data.instrument, cases, labels):
        block = [_cells(book, sheet, shown(frame[name]), ready) for name, ready in known.items()]
        for row in zip(*block, strict=True):
            sheet.append(row)
    sheet.close()


def _cells(book: StreamedBook, sheet: Any, values: Sequence[Value], ready: dict[Value, object]) -> list[object]:
    """Each value made safe once; one that comes back is the same cell again."""
    for value in values:
        if value not in ready:
            ready[value] = book.safe.streamed(sheet, value)
    return [ready[value] for value in values]


def _add_texts(book: StreamedBook, data: WaveData, cases: Dataset) -> None:
    lines = list(open_lines(data.instrument, cases, book.words))
    widths = (14, 20, 18, 40, 90, 8)
    sheet = book.sheet(book.words(OPEN), widths, freeze="B2", rows=len(lines) + 1)
    book.rows(sheet, OPEN_HEADER, lines)


def _add_readme(book: StreamedBook, data: WaveData, cases: Dataset, columns: int) -> None:
    words = book.words
    sheet = book.sheet(words(README), (26, 100), freeze="A1", rows=1)
    sheet.row_dimensions[1].height = 24.0
    wave, study = data.instrument.wave, data.instrument.study
    sheet.append([book.styled(sheet, words.pick(wave.title), styles.TITLE)])
    sheet.append([book.styled(sheet, words("Restricted: single answers. Do not pass on."), styles.NET)])
    sheet.append([book.styled(sheet, book.made_up, styles.NOTE)] if book.made_up else [])
    complete = int(cases.is_complete.sum())
    lines: list[tuple[str, object]] = [
        (words("Study"), words.pick(study.title)),
        (words("Year"), wave.year),
        (words("Data of"), data.stand),
        (words("Definition"), data.instrument.hash),
        (words("Cases"), cases.n),
        (words("of which complete"), complete),
        (words("of which excluded"), int(cases.is_excluded.sum())),
        (words("Columns"), columns),
        (words(CODES), words("One row per response, first row the variable names. Answers are codes.")),
        (words(LABELS), words("The same rows and columns, the codes written out.")),
        (words(VARIABLES), words("What each variable is, how it was asked and of whom.")),
        (words(VALUES), words("What each code means.")),
        (words(OPEN), words("Answers in people’s own words, one per row.")),
        (words("Several answers"), words("One column of 0 and 1 per answer: name__code.")),
        (words("Ranking"), words("One column per place: name__1 is the first choice.")),
        (words("response_id"), words("The short name of the case on the console; the rows stand in its order.")),
        (
            words("status"),
            words(
                "complete: sent; started: unfinished, as far as its pages were saved; screened_out; excluded: "
                "sent, and left out of every figure for its quality"
            ),
        ),
        (words("Weight"), words("none: every respondent counts once")),
    ]
    if (failed := failed_rules(data)) is not None:
        lines.append((words("Note"), words.pick(failed)))
    lines += [(str(code.code), words.pick(code.label)) for code in data.instrument.missing.values()]
    if book.safe.replaced or book.safe.shortened:
        changed = words(
            "unreadable characters replaced in {replaced} texts, {shortened} texts shortened",
            replaced=book.safe.replaced,
            shortened=book.safe.shortened,
        )
        lines.append((words("Texts changed"), changed))
    for label, content in lines:
        cell = book.styled(sheet, content, styles.QUESTION)
        if content is data.stand:
            cell.number_format = styles.MOMENT_FORMAT
        sheet.append([book.styled(sheet, label, styles.LABEL), cell])
