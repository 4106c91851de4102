"""What holds the outputs of two versions against each other sees one cell, one character, one key, one file."""

from __future__ import annotations

import gzip
import json
import os
import re
import zipfile
from collections import Counter
from pathlib import Path
from unittest import mock

import pytest
from openpyxl import Workbook

from surveyapp.config import Settings
from surveyapp.demonstration import seed
from tests.house import made_outputs
from tests.house.compare_outputs import differences, reasons


def _files(folder: Path, cell: object, line: str, *more: str) -> Path:
    folder.mkdir()
    book = Workbook()
    book["Sheet"].append(["a", cell])
    book.save(folder / "x.xlsx")
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("data.csv"), f"n\n{line}\n")
    for name in more:
        (folder / name).write_text("", encoding="utf-8")
    return folder


def test_a_number_that_became_a_text_and_a_changed_line_and_a_missing_file_are_seen(tmp_path: Path) -> None:
    before, after = _files(tmp_path / "a", 1, "1,5"), _files(tmp_path / "b", "1", "1.5", "new.json")
    assert list(differences(before, after)) == [
        f"new.json: only in {after}",
        "x.xlsx: 1 places differ",
        "  Sheet, row 1, column 2: 1 became '1'",
        "x.zip: 2 places differ",
        "  data.csv, row 2, column 1: '1' became '1.5'",
        "  data.csv, row 2, column 2: '5' became None",
    ]
    assert list(differences(before, before)) == []


def test_of_answers_the_key_or_line_is_told_and_one_that_came_or_went(tmp_path: Path) -> None:
    table = {"rows": [{"cells": [{"value": 0.25, "n": 4}]}]}
    other = {"rows": [{"cells": [{"value": 0.25, "n": 4.0}]}]}
    before = {"x.json": f"200\n{json.dumps(table)}", "page": "200\n<p>1\n<p>2", "gone": "200\n", "same": "404\n"}
    after = {"x.json": f"200\n{json.dumps(other)}", "page": "200\n<p>1\n<p>3", "came": "200\n", "same": "404\n"}
    for folder, answers in (("before", before), ("after", after)):
        (tmp_path / folder).mkdir()
        lines = "\n".join(map(json.dumps, answers.items()))
        (tmp_path / folder / "pages-x.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    assert list(differences(tmp_path / "before", tmp_path / "after")) == [
        "pages-x.gz: 4 places differ",
        "  x.json: rows[0].cells[0].n: 4 became 4.0",
        "  page: '2' became '3'",
        "  gone: only before",
    ]
    assert list(differences(tmp_path / "before", tmp_path / "after", ["tables"])) == []


def _table(*columns: tuple[str, int | None], letters: str = "") -> str:
    """A table of one row; a column without a number is hidden."""
    keys = [
        {"key": key, "banner": "b", "letter": letter, "suppressed": n is None, "n": n}
        for letter, (key, n) in zip("ABC", columns, strict=False)
    ]
    cells = [{"count": n, "letters": letters if n == 3 else ""} for _, n in columns]
    row = {"kind": "code", "code": 1, "statistic": None, "cells": cells}
    return f"200\n{json.dumps({'columns': keys, 'rows': [row]})}"


def _answer(folder: Path, said: str) -> Path:
    folder.mkdir()
    (folder / "tables-x.gz").write_bytes(gzip.compress(json.dumps(["x", said]).encode(), mtime=0))
    return folder


def test_columns_are_held_by_name_and_a_group_that_became_hidden_is_told_once(tmp_path: Path) -> None:
    before = _answer(tmp_path / "a", _table(("x", 1), ("y", 2), ("z", 3), letters="AB"))
    after = _answer(tmp_path / "b", _table(("y", 2), ("x", None), ("z", 3), letters="AB"))
    assert list(differences(before, after, shown=9)) == [
        "tables-x.gz: 3 places differ",
        "  x: columns.x: shown became hidden",
        "  x: columns.y.letter: 'B' became 'A' (words alone)",
        "  x: order of columns: 'x | y | z' became 'y | x | z' (words alone)",
    ]


def test_of_pages_the_figures_alone_can_be_held(tmp_path: Path) -> None:
    before = _answer(tmp_path / "a", "200\n<p>Old words of 10<td>12%<svg><text>1</text></svg>")
    after = _answer(tmp_path / "b", "200\n<p>New words of 10<td>12%<svg><text>2</text></svg>")
    other = _answer(tmp_path / "c", "200\n<p>New words of 10<td>13%<svg><text>2</text></svg>")
    assert list(differences(before, after, figures=True)) == []
    assert list(differences(after, other, figures=True)) == [
        "tables-x.gz: 1 places differ",
        "  x: figures: {'12%': 1} went, {'13%': 1} came",
    ]


def _sheet(folder: Path, *rows: tuple[object, ...]) -> Path:
    folder.mkdir()
    book = Workbook()
    for row in rows:
        book["Sheet"].append(row)
    book.save(folder / "x.xlsx")
    return folder


def test_rows_that_moved_or_broke_elsewhere_are_no_changed_cells_and_a_reason_counts_them(tmp_path: Path) -> None:
    before = _sheet(
        tmp_path / "a", ("one", 1), ("two", 2), ("-", 0), ("a note that", None), ("breaks", None), ("-", 0), ("end", 0)
    )
    after = _sheet(
        tmp_path / "b",
        ("two", 2),
        ("one", 1),
        ("-", 0),
        ("a note", None),
        ("that breaks here", None),
        ("-", 0),
        ("end", 9),
    )
    told: Counter[str] = Counter()
    because = {re.compile("words: "): "notes"}
    assert list(differences(before, after, because=because, told=told)) == [
        "x.xlsx: 2 places differ",
        "  Sheet, rows stand elsewhere, 2 in all: [['one', 1], ['two', 2]]",
        "  Sheet, row 7, column 2: 0 became 9",
    ]
    assert told == {"notes": 1}


def test_every_reason_that_is_kept_is_a_pattern_with_words() -> None:
    found = reasons(Path(__file__).parent / "outputs_of_the_grid.txt")
    assert found
    assert all(reason for reason in found.values())


@pytest.mark.slow
def test_two_makings_of_one_version_are_the_same_and_leave_the_database_alone(
    tmp_path: Path,
) -> None:
    database = tmp_path / "course.db"
    settings = {"database_url": f"sqlite:///{database}", "environment": "development", "instance": tmp_path}
    seed(Settings(**settings), number=60, study="cursusevaluatie")
    made_outputs.look(database)
    before = database.read_bytes()
    for folder in ("first", "second"):
        with mock.patch.dict(os.environ):
            made_outputs.make(database, tmp_path / folder, ["tables", "commands", "respondents"])
    assert database.read_bytes() == before
    found = list(differences(tmp_path / "first", tmp_path / "second"))
    assert found == [], "\n".join(found)
    tables = gzip.decompress((tmp_path / "first" / "tables-cursusevaluatie-2026-viewer.gz").read_bytes()).splitlines()
    said = dict(map(json.loads, tables))
    assert said["viewer nl /console/cursusevaluatie/2026/results/v_mark.json?by=role"].startswith('200\n{"base":')
