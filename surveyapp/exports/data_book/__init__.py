"""The data book: every case of a wave with its codes and labels, restricted to who may see single answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
from openpyxl.workbook import Workbook

from surveyapp.analysis.dataset import Dataset
from surveyapp.exports import styles
from surveyapp.exports.codebook_lines import VALUE_HEADER, VARIABLE_HEADER, value_lines, variable_lines
from surveyapp.exports.data_book.columns import data_columns, text_variables
from surveyapp.exports.data_book.sheets import StreamedBook, add_cases
from surveyapp.exports.finishing import save_book
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words
from surveyapp.fieldwork.case_lines import short_id
from surveyapp.reports.codebook import Codebook
from surveyapp.reports.wave_data import WaveData

README, CODES, LABELS, VARIABLES, VALUES, OPEN = "Readme", "Data_codes", "Data_labels", "Variables", "Values", "Open"
OPEN_HEADER = ("response_id", "role", "variable", "label", "text", "language")


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
    columns = data_columns(data.instrument, cases, words)
    add_cases(book, words(CODES), columns, cases.n, labelled=False)
    add_cases(book, words(LABELS), columns, cases.n, labelled=True)
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


def named_cases(dataset: Dataset) -> Dataset:
    """The cases under the short names of the console, in the order of those names.

    The keys of the database are made in the order of time; neither they nor that order leave the platform.
    """
    shorts = short_names(dataset)
    order = np.argsort(np.array(shorts, dtype=np.str_), kind="stable")
    named = dataset.take(order.astype(np.intp))
    named.ids[:] = np.array(shorts, dtype=object)[order]
    return named


def short_names(dataset: Dataset) -> list[str]:
    """The short name of each case, in the order of the dataset; two cases never share one."""
    names: dict[str, int] = {}
    shorts = []
    for key in dataset.ids.tolist():
        name = short_id(UUID(str(key)))
        names[name] = names.get(name, 0) + 1
        shorts.append(name if names[name] == 1 else f"{name}-{names[name]}")
    return shorts


def add_codebook(book: StreamedBook, codebook: Codebook) -> None:
    """The sheets with the variables and with the values."""
    variables = list(variable_lines(codebook, book.words))
    widths = (8, 18, 32, 32, 60, 60, 14, 10, 40, 14, 14, 30, 9)
    sheet = book.sheet(book.words(VARIABLES), widths, freeze="C2", rows=len(variables) + 1)
    book.rows(sheet, VARIABLE_HEADER, variables)
    values = list(value_lines(codebook))
    sheet = book.sheet(book.words(VALUES), (18, 8, 50, 50, 8, 9), freeze="C2", rows=len(values) + 1)
    book.rows(sheet, VALUE_HEADER, values)


def _add_texts(book: StreamedBook, data: WaveData, cases: Dataset) -> None:
    lines = list(open_lines(data, cases, book.words))
    widths = (14, 20, 18, 40, 90, 8)
    sheet = book.sheet(book.words(OPEN), widths, freeze="B2", rows=len(lines) + 1)
    book.rows(sheet, OPEN_HEADER, lines)


def open_lines(data: WaveData, cases: Dataset, words: Words) -> Iterator[tuple[object, ...]]:
    """One line per text that was given; sorted by variable, then by case."""
    for variable, column in text_variables(data.instrument, cases):
        label = words.pick(variable.label)
        for at in np.flatnonzero(column.missing == 0).tolist():
            text = column.values[at]
            if text is not None:
                role, language = cases.roles[int(cases.role[at])], cases.languages[int(cases.language[at])]
                yield cases.ids[at], role, variable.name, label, text, language


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
        (words("Study"), study.id),
        (words("Year"), wave.year),
        (words("Data of"), data.stand),
        (words("Definition"), data.instrument.hash),
        (words("Cases"), cases.n),
        (words("of which complete"), complete),
        (words("Columns"), columns),
        (words(CODES), words("One row per response, first row the variable names. Answers are codes.")),
        (words(LABELS), words("The same rows and columns, the codes written out.")),
        (words(VARIABLES), words("What each variable is, how it was asked and of whom.")),
        (words(VALUES), words("What each code means.")),
        (words(OPEN), words("Answers in people’s own words, one per row.")),
        (words("Several answers"), words("One column of 0 and 1 per answer: name__code.")),
        (words("Ranking"), words("One column per place: name__1 is the first choice.")),
        (words("response_id"), words("The short name of the case on the console; the rows stand in its order.")),
        (words("status"), words("complete: sent; started: unfinished, as far as its pages were saved; screened_out")),
        (words("Weight"), words("none: every respondent counts once")),
    ]
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
