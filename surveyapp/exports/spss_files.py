"""SPSS: the cases as a ``.sav`` with every label, the open answers as another, and the syntax of the sets of answers.

pyreadstat knows the dictionary of such a file but wants all rows at once. So it writes a file of one row, whose
dictionary is taken, and the rows follow some thousands at a time as SPSS lays them out: eight bytes a number, texts in
multiples of eight. Memory does not grow with the cases. The day and hour that the library stamps are those of the data.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import Any

import numpy as np
import pyreadstat
from numpy.typing import NDArray

from surveyapp.exports.case_frame import OPEN_HEADER
from surveyapp.exports.case_stream import CaseStream
from surveyapp.exports.data_readme import Losses, data_readme, evidence_part
from surveyapp.exports.packages import Part, write_package
from surveyapp.exports.safe_cells import readable
from surveyapp.exports.spss_dictionary import SpssColumn, cut, layout, spss_columns, syntax
from surveyapp.exports.words import Words
from surveyapp.fieldwork.editions import Edition
from surveyapp.frames import pd

CASES, OPEN, SETS = "cases.sav", "open-answers.sav", "answer-sets.sps"
LONGEST_TEXT = 32_000
"""Bytes of an open answer; above 32,767 other readers see one text as many variables."""
NOTHING = -np.finfo(np.float64).max
"""How SPSS writes a number that is not there."""
_END = struct.pack("<ii", 999, 0)  # of the dictionary
_ROWS_AT, _STAMP_AT = 80, 92  # where the header has the number of rows, and the day and hour of making
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = (date(1970, 1, 1) - date(1582, 10, 14)).days
_DAY = 86_400
_PIECE = 1 << 18


def write_spss(stream: CaseStream, path: Path, edition: Edition | None = None) -> None:
    """Write the package: cases, open answers, syntax, evidence and readme; nothing is left when it fails."""
    words, losses = stream.words, Losses()
    losses.always(words("Question, base and routing of a variable: they stand in the codebook."))
    losses.always(
        words("The kinds of missing answers are codes with labels in one range of missing values, and empty nowhere.")
    )
    columns = spss_columns(stream, losses)
    parts = (
        Part(CASES, words("one row per response, answers as codes with labels"), lambda: cases_bytes(stream, columns)),
        Part(OPEN, words("answers in people’s own words, one per row"), lambda: open_bytes(stream, losses)),
        Part(
            SETS,
            words("the syntax that makes sets of the columns of questions with several answers"),
            lambda: [syntax(columns, stream, CASES).encode()],
        ),
        evidence_part(stream, "sav", edition),
    )
    write_package(parts, data_readme(stream, "SPSS (.sav)", losses, edition), path, stream.data.stand)


def cases_bytes(stream: CaseStream, columns: Sequence[SpssColumn]) -> Iterator[bytes]:
    """The file of the cases: its dictionary, then its rows a block at a time."""
    row = layout(columns)
    yield _dictionary(columns, row.itemsize, stream)
    for frame in stream.blocks():
        rows = np.empty(len(frame), dtype=row)
        for at, one in enumerate(columns):
            rows[f"c{at}"] = _values(frame[one.source], row[at].itemsize if one.width else 0)
        yield rows.tobytes()


def _dictionary(columns: Sequence[SpssColumn], size: int, stream: CaseStream) -> bytes:
    """Everything before the rows, by the library; of a file of one row, which is cut off."""
    one_row = pd.DataFrame({one.name: ["x" * one.width] if one.width else [0.0] for one in columns})
    ranges: dict[str, Any] = {
        one.name: [{"lo": one.missing[0], "hi": one.missing[1]}] for one in columns if one.missing
    }
    stand, words = stream.data.stand, stream.words
    notes = [
        words("Restricted: single answers. Do not pass on."),
        words.made_up(stream.data.is_made_up),
        f"{words('Data of')}: {stand.isoformat(timespec='seconds')}",
        f"{words('Definition')}: {stream.data.instrument.hash}",
        f"{words('Weight')}: {words('none: every respondent counts once')}",
    ]

    def write(path: Path) -> None:
        pyreadstat.write_sav(
            one_row,
            path,
            file_label=cut(words.pick(stream.data.instrument.wave.title), 64),
            note=[cut(line, 80) for note in notes for line in wrap(note, 40)],
            column_labels={one.name: one.label for one in columns},
            variable_value_labels={one.name: dict(one.labels) for one in columns if one.labels},
            missing_ranges=ranges,
            variable_measure={one.name: one.measure for one in columns},
            variable_format={one.name: one.form for one in columns},
            variable_display_width={one.name: one.display for one in columns},
        )

    made = bytearray(_made(write))
    if made[-size - len(_END) : -size] != _END:
        raise ValueError("pyreadstat laid its rows out in another way than is known here")
    del made[-size:]
    _stamp(made, stand)
    struct.pack_into("<i", made, _ROWS_AT, stream.cases.n)
    return bytes(made)


def _values(column: pd.Series[Any], size: int) -> NDArray[Any]:
    """A column of a block as it stands in the file."""
    if size and isinstance(column.dtype, pd.CategoricalDtype):
        names = [*(cut(str(name), size) for name in column.cat.categories), ""]
        return np.asarray(_filled(names, size)[column.cat.codes.to_numpy()])
    if size:
        return _filled([cut(str(name), size) for name in column], size)
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]")
        seconds = (days.astype(np.int64) + _EPOCH).astype(np.float64) * _DAY
        return np.asarray(np.where(np.isnat(days), NOTHING, seconds))
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=NOTHING))


def _filled(texts: Sequence[str], size: int) -> NDArray[Any]:
    return np.array([text.encode().ljust(size) for text in texts], dtype=f"S{size}")


def open_bytes(stream: CaseStream, losses: Losses) -> Iterator[bytes]:
    """The file of the open answers; the texts are in memory before it is made, so the library has its way."""
    words = stream.words
    at = {name: OPEN_HEADER.index(name) for name in ("response_id", "role", "variable", "text", "language")}
    held: dict[str, list[str]] = {name: [] for name in at}
    labels: dict[str, str] = {}
    for line in stream.texts():
        for name, place in at.items():
            held[name].append(_text(str(line[place]), name, line, losses, words))
        labels[held["variable"][-1]] = cut(str(line[OPEN_HEADER.index("label")]), 120)
    meant: dict[str, Any] = {"variable": labels}
    for name in ("role", "language"):
        meant[name] = {str(key): cut(said, 120) for key, said in stream.columns[name]["labels"].items() if key}

    def write(path: Path) -> None:
        pyreadstat.write_sav(
            pd.DataFrame(held, dtype=object),
            path,
            row_compress=True,
            variable_value_labels=meant,
            variable_measure=dict.fromkeys(held, "nominal"),
        )

    made = bytearray(_made(write))
    _stamp(made, stream.data.stand)
    for start in range(0, len(made), _PIECE):
        yield bytes(made[start : start + _PIECE])


def _text(text: str, name: str, line: Sequence[object], losses: Losses, words: Words) -> str:
    if name != "text":
        return cut(text, 255)
    clean, replaced = readable(text)
    where = f"{line[OPEN_HEADER.index('response_id')]} {line[OPEN_HEADER.index('variable')]}"
    if replaced:
        losses.of(words("Characters that no file can hold were replaced in"), where)
    whole = clean.encode()
    if len(whole) > LONGEST_TEXT:
        losses.of(words("An open answer was shortened to 32,000 bytes; the CSV file has it whole"), where)
    return whole[:LONGEST_TEXT].decode(errors="ignore")


def _made(write: Callable[[Path], None]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.sav"
        write(path)
        return path.read_bytes()


def _stamp(made: bytearray, stand: datetime) -> None:
    """Put the moment of the data where the library has put the hour of making; months are English to SPSS."""
    moment = stand.astimezone(UTC)
    made[_STAMP_AT : _STAMP_AT + 17] = (
        f"{moment.day:02d} {_MONTHS[moment.month - 1]} {moment:%y}{moment:%H:%M:%S}".encode()
    )
