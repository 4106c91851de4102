"""What the frame of the cases costs: the CSV files of cases, block by block, and the frame of a notebook, whole.

Measured at 1,500 and at 100,000 cases with all variables, in codes and in labels and in both spellings. The floor is
Python's own ``csv`` with as many plain cells. Each measurement runs in a process of its own; ``grown`` is how much
more memory it held at its peak than when the cases lay ready, so for the files it must not follow the number of cases.

``python -m benchmarks.frames``
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks.peaks import peak_megabytes
from surveyapp.exports.case_columns import columns_of
from surveyapp.exports.case_frame import named_cases, no_cases
from surveyapp.exports.flat_files import encoded, flat_tables
from surveyapp.exports.flat_tables import DIALECTS, FlatTable
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import codebook
from surveyapp.reports.extract import extract
from surveyapp.reports.wave_data import WaveData
from tests.reports.waves import STAND, random_records, real_instrument

SIZES = (1_500, 100_000)
ALLOWED_MEGABYTES = 120.0
"""What the files may grow by at 100,000 cases: the columns in the order of the names, and a block."""


def data_of(size: int) -> WaveData:
    """So many cases with an answer to anything, drawn from 1,500."""
    instrument = real_instrument()
    small = extract(instrument, random_records(instrument, SIZES[0], seed=1))
    dataset = small.take(np.random.default_rng(size).integers(0, small.n, size))
    dataset = dataset.take(np.arange(size))
    for column in dataset.columns:  # what a process holds that has read the wave
        dataset.columns[column]
    return WaveData(instrument, dataset, STAND, 1)


def tables_of(data: WaveData) -> tuple[FlatTable, ...]:
    """The cases in codes and in labels."""
    book, words, cases = codebook(data.instrument), Words("nl"), named_cases(data.dataset)
    columns = columns_of(no_cases(data.instrument, cases), data.instrument, book, words)
    return flat_tables(data, cases, columns, None, book, words)[:2]  # type: ignore[arg-type]  # no figures are read


def floor(columns: int, size: int) -> None:
    """As many plain cells, by the standard library alone."""
    row: list[object] = [3, "mee eens"] * (columns // 2)
    with Path("/dev/null").open("w", encoding="utf-8", newline="") as sink:
        for _ in DIALECTS:
            for _ in range(2):
                csv.writer(sink, delimiter=";").writerows(row for _ in range(size))


def resident_megabytes() -> float:
    """What this program holds now."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def child(task: str, size: int) -> dict[str, float]:
    """One measurement, in this process."""
    data = data_of(size)
    tables = tables_of(data)
    before, began = resident_megabytes(), process_time()
    if task == "files":
        for table in tables:
            for dialect in DIALECTS:
                for _ in encoded(table, dialect):
                    pass
    elif task == "frame":
        from surveyapp.exports.case_frame import case_frame

        case_frame(data, codebook(data.instrument), Words("nl"))
    else:
        floor(len(tables[0].header), size)
    return {
        "columns": len(tables[0].header),
        "seconds": process_time() - began,
        "grown": max(0.0, peak_megabytes() - before),
        "megabytes": peak_megabytes(),
    }


def _in_a_process(task: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.frames", task, str(size)]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return found


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    for size in SIZES:
        files, least, frame = (_in_a_process(task, size) for task in ("files", "floor", "frame"))
        yield (
            f"CSV of {size:,} cases in {files['columns']:.0f} columns, codes and labels, both spellings",
            f"{files['seconds']:.1f} CPU-s, {files['grown']:.0f} MB above the cases",
            f"{ALLOWED_MEGABYTES:.0f} MB",
            f"{least['seconds']:.1f} CPU-s (plain cells by csv)",
            f"{files['seconds'] / least['seconds']:.1f}",
        )
        yield (
            f"the frame of {size:,} cases, whole, in a notebook",
            f"{frame['seconds']:.1f} CPU-s, {frame['grown']:.0f} MB above the cases",
            "not set",
            "",
            "",
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(child(sys.argv[1], int(sys.argv[2]))))
    else:
        print("\n".join(" | ".join(row) for row in rows()))
