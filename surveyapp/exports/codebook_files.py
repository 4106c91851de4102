"""The codebook on its own: a small workbook for people, JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from openpyxl.workbook import Workbook

from surveyapp.exports import styles
from surveyapp.exports.data_book import add_codebook
from surveyapp.exports.data_book.sheets import StreamedBook
from surveyapp.exports.finishing import save_book, whole_file
from surveyapp.exports.safe_cells import SafeCells
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import Codebook


def write_codebook(codebook: Codebook, stand: datetime, path: Path, language: str) -> None:
    """Two sheets: what each variable is, and what each code means."""
    words = Words(language)
    workbook = Workbook(write_only=True)
    styles.add_styles(workbook)
    book = StreamedBook(workbook, SafeCells(words("… [shortened]")), words)
    add_codebook(book, codebook)
    workbook.properties.title = book.safe.text(words.pick(codebook.title))
    workbook.properties.creator = book.safe.text(codebook.study)
    save_book(workbook, path, stand)


def write_codebook_json(codebook: Codebook, path: Path) -> None:
    """The whole codebook in both languages, as one object."""
    with whole_file(path) as draft:
        plain = json.dumps(asdict(codebook), ensure_ascii=False, indent=2, default=dict)
        draft.write_text(plain + "\n", encoding="utf-8")
