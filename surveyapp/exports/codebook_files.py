"""The codebook on its own: a small workbook for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path

from openpyxl.workbook import Workbook

from surveyapp.exports import styles
from surveyapp.exports.codebook_lines import VALUE_HEADER, value_lines, variable_header, variable_lines
from surveyapp.exports.finishing import save_book, write_json
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.streamed_book import StreamedBook
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import Codebook

VARIABLES, VALUES = "Variables", "Values"


def write_codebook(codebook: Codebook, stand: datetime, path: Path, language: str) -> None:
    """Two sheets: what each variable is, and what each code means."""
    words = Words(language)
    workbook = Workbook(write_only=True)
    styles.add_styles(workbook)
    book = StreamedBook(workbook, SafeCells(words("… [shortened]")), words, words.made_up(codebook.is_made_up))
    add_codebook(book, codebook)
    workbook.properties.title = book.safe.text(words.pick(codebook.title))
    workbook.properties.creator = book.safe.text(codebook.study)
    workbook.properties.description = book.made_up or None
    save_book(workbook, path, stand)


def add_codebook(book: StreamedBook, codebook: Codebook) -> None:
    """The sheets with the variables and with the values."""
    header, variables = variable_header(codebook), list(variable_lines(codebook, book.words))
    widths = (8, 18, 32, 32, 60, 60, 14, 10, 40, 14, 14, 30, 9, 24, 60, 60)
    sheet = book.sheet(book.words(VARIABLES), widths[: len(header)], freeze="C2", rows=len(variables) + 1)
    book.rows(sheet, header, variables)
    values = list(value_lines(codebook))
    sheet = book.sheet(book.words(VALUES), (18, 8, 50, 50, 8, 9), freeze="C2", rows=len(values) + 1)
    book.rows(sheet, VALUE_HEADER, values)


def write_codebook_json(codebook: Codebook, path: Path) -> None:
    """The whole codebook in both languages, as one object."""
    write_json(_plain(codebook), path)


def _plain(content: object) -> object:
    """Dataclasses and texts as the objects and lists JSON knows."""
    if is_dataclass(content):
        return {one.name: _plain(getattr(content, one.name)) for one in fields(content)}
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(one) for one in content]
    return content
