"""What the data files of other programs cost: SPSS, Parquet and Triple-S, packed, block by block.

Measured at 1,500 and at 100,000 cases with all variables. The floor is the library itself on the whole frame:
pyreadstat for SPSS, pyarrow for Parquet; for Triple-S plain cells by ``csv``. Each measurement runs in a process of its
own; ``grown`` is how much more memory it held at its peak than when the cases lay ready. Rows do not count in it; of an
SPSS file the open answers do, 90 MB for 227,000 of them, because its library wants them all at once.

``python -m benchmarks.data_files``
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from benchmarks.frames import SIZES, data_of, floor, resident_megabytes
from benchmarks.peaks import peak_megabytes
from surveyapp.exports.case_frame import case_frame
from surveyapp.exports.case_stream import CaseStream
from surveyapp.exports.parquet_files import write_parquet
from surveyapp.exports.spss_files import write_spss
from surveyapp.exports.triple_s_files import write_triple_s
from surveyapp.exports.words import Words
from surveyapp.reports.codebook import codebook

WRITERS = {"SPSS": write_spss, "Parquet": write_parquet, "Triple-S": write_triple_s}
ALLOWED_MEGABYTES = 160.0
"""What a file may grow by at 100,000 cases: the libraries, a block, and for SPSS the open answers."""


def library(name: str, stream: CaseStream, path: Path) -> None:
    """The whole frame by the library alone."""
    if name == "Triple-S":
        floor(len(stream.columns), stream.cases.n)
        return
    frame = case_frame(stream.data, stream.codebook, stream.words)
    if name == "SPSS":
        import pyreadstat

        pyreadstat.write_sav(frame.astype(dict.fromkeys(frame.select_dtypes("category"), str)), path)
        return
    import pyarrow
    import pyarrow.parquet

    frame.attrs = {}
    pyarrow.parquet.write_table(pyarrow.Table.from_pandas(frame), path)


def child(task: str, name: str, size: int) -> dict[str, float]:
    """One measurement, in this process."""
    data = data_of(size)
    stream = CaseStream(data, codebook(data.instrument), Words("nl"))
    before, began = resident_megabytes(), process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.zip"
        if task == "file":
            WRITERS[name](stream, path)
        else:
            library(name, stream, path)
    return {
        "columns": len(stream.columns),
        "seconds": process_time() - began,
        "grown": max(0.0, peak_megabytes() - before),
    }


def _in_a_process(task: str, name: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.data_files", task, name, str(size)]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return found


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """What, measured, allowed, floor, ratio."""
    for name in WRITERS:
        for size in SIZES:
            file, least = (_in_a_process(task, name, size) for task in ("file", "library"))
            yield (
                f"{name} of {size:,} cases in {file['columns']:.0f} columns",
                f"{file['seconds']:.1f} CPU-s, {file['grown']:.0f} MB above the cases",
                f"{ALLOWED_MEGABYTES:.0f} MB",
                f"{least['seconds']:.1f} CPU-s, {least['grown']:.0f} MB (the library alone, of the whole frame)",
                f"{file['seconds'] / least['seconds']:.1f}",
            )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(child(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    else:
        print("\n".join(" | ".join(row) for row in rows()))
