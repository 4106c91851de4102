"""What the books cost: the report book and the data book of 1,500 cases with all variables, in seconds and memory.

The floor is openpyxl itself: a write-only workbook with as many plain cells (half of them whole numbers, half short
texts) as the book under measurement, without styles, charts, checks or a second pass. Each measurement runs in a
process of its own, so that its peak of memory is its own; the wave is made there first and counts in the memory.

``python -m benchmarks.books``
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook

from benchmarks.peaks import measured
from surveyapp.exports.registry import ExportSource, write
from surveyapp.fieldwork.waves import WaveInfo
from tests.reports.waves import random_records, real_instrument, wave

CASES = 1_500
COLUMNS = 200  # of the floor's sheet
ALLOWED_SECONDS, ALLOWED_MEGABYTES = 20.0, 300.0  # both books together; the larger of the two
BOOKS = ("report", "data")


def source() -> ExportSource:
    """A wave with an answer to everything, as an export gathers it."""
    instrument = real_instrument()
    data = wave(instrument, random_records(instrument, CASES, seed=1))
    opened = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    return ExportSource(WaveInfo(instrument.study.id, 2026, "open", "anonymous", instrument.hash, opened, None), data)


def cells(path: Path) -> int:
    """Cells in all sheets of a made book."""
    with zipfile.ZipFile(path) as archive:
        return sum(archive.read(name).count(b"<c ") for name in archive.namelist() if "worksheets/sheet" in name)


def floor(number: int, path: Path) -> None:
    """As many plain cells, by openpyxl alone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Floor")
    row: list[object] = [3, "mee eens"] * (COLUMNS // 2)
    for _ in range(number // COLUMNS):
        sheet.append(row)
    book.save(path)


def child(task: str, number: int, path: Path) -> dict[str, float]:
    """One measurement, in this process."""
    if task == "floor":
        return measured(lambda: floor(number, path))
    held = source()
    return measured(lambda: write(task, held, path, "nl"))


def measure() -> list[dict[str, float | str]]:
    """Per book its seconds and peak beside those of the floor."""
    lines: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for book in BOOKS:
            path = Path(folder) / f"{book}.xlsx"
            made = _in_a_process(book, 0, path)
            number = cells(path)
            least = _in_a_process("floor", number, Path(folder) / "floor.xlsx")
            lines.append(
                {
                    "book": book,
                    "cells": number,
                    "kilobytes": path.stat().st_size / 1000,
                    "seconds": made["seconds"],
                    "clock": made["clock"],
                    "floor_seconds": least["seconds"],
                    "ratio": made["seconds"] / least["seconds"],
                    "megabytes": made["megabytes"],
                    "floor_megabytes": least["megabytes"],
                }
            )
    return lines


def _in_a_process(task: str, number: int, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.books", task, str(number), str(path)]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return found


def report() -> str:
    """The measurements as lines for people, with what is allowed."""
    lines = measure()
    seconds = sum(float(line["seconds"]) for line in lines)
    peak = max(float(line["megabytes"]) for line in lines)
    shown = [
        f"{line['book']:>8} {float(line['cells']):>9,.0f} cells {float(line['kilobytes']):>7,.0f} kB"
        f" {float(line['seconds']):>6.1f} s CPU, {float(line['clock']):.1f} s by the clock"
        f" (floor {float(line['floor_seconds']):.1f} s, {float(line['ratio']):.1f} times)"
        f" {float(line['megabytes']):>6.0f} MB (floor {float(line['floor_megabytes']):.0f} MB)"
        for line in lines
    ]
    verdict = "within" if seconds <= ALLOWED_SECONDS and peak <= ALLOWED_MEGABYTES else "OVER"
    allowed = f"{ALLOWED_SECONDS:.0f} s and {ALLOWED_MEGABYTES:.0f} MB"
    return "\n".join([*shown, f"both books: {seconds:.1f} s CPU, peak {peak:.0f} MB: {verdict} {allowed}"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(child(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
    else:
        print(report())
