"""What holds the files of two versions against each other sees one cell, one character, one file."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl import Workbook

from tests.house.compare_exports import differences


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
        "x.zip: 1 places differ",
        "  data.csv, line 2: b'1,5' became b'1.5'",
    ]
    assert list(differences(before, before)) == []
