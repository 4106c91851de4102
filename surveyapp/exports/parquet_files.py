"""Parquet: the cases with their types, and with their labels, questions and bases as metadata of the file.

A column of codes is whole numbers that may be absent, a name a dictionary of every name there can be, a day a day: no
time of day leaves the house, so there is none to put in a zone; the moment of the data stands in the metadata, in UTC.
Rows are written a block at a time. This is the one module that needs pyarrow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from surveyapp.exports.case_frame import OPEN_HEADER
from surveyapp.exports.case_stream import CaseStream
from surveyapp.exports.data_readme import Losses, data_readme, evidence_part
from surveyapp.exports.packages import Part, write_package
from surveyapp.exports.safe_cells import readable
from surveyapp.fieldwork.editions import Edition
from surveyapp.frames import pd

CASES, OPEN = "cases.parquet", "open-answers.parquet"
TEXTS = 4000
"""Open answers of a group of rows."""
_PIECE = 1 << 18


def write_parquet(stream: CaseStream, path: Path, edition: Edition | None = None) -> None:
    """Write the package: cases, open answers, evidence and readme; nothing is left when it fails."""
    words, losses = stream.words, Losses()
    losses.always(words("The metadata hold labels in one language; the codebook has both, and the routing."))
    parts = (
        Part(CASES, words("one row per response, with types, labels and questions"), lambda: _cases(stream)),
        Part(OPEN, words("answers in people’s own words, one per row"), lambda: _texts(stream, losses)),
        evidence_part(stream, "parquet", edition),
    )
    write_package(parts, data_readme(stream, "Parquet", losses, edition), path, stream.data.stand)


def schema(stream: CaseStream) -> Any:
    """The types of the columns; each field says what it means, and the file says it of all for who reads no fields."""
    fields = []
    for name, column in stream.columns.items():
        said = {key: _said(value) for key, value in column.items() if value not in (None, {}, [])}
        fields.append(pa.field(name, _type(stream, name), metadata=said))
    data = stream.data
    about = {
        "title": stream.words.pick(data.instrument.wave.title),
        "study": data.instrument.study.id,
        "year": str(data.instrument.wave.year),
        "language": stream.words.language,
        "moment": data.stand.astimezone(UTC).isoformat(timespec="seconds"),
        "definition": data.instrument.hash,
        "made_up": stream.words.made_up(data.is_made_up),
        "columns": json.dumps({name: _plain(column) for name, column in stream.columns.items()}, ensure_ascii=False),
    }
    return pa.schema(fields, metadata={f"surveyapp.{key}": value for key, value in about.items()})


def _type(stream: CaseStream, name: str) -> Any:
    column = stream.empty[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pa.dictionary(pa.int32(), pa.string())
    if column.dtype.kind == "M":
        return pa.date32()
    if name == "response_id":
        return pa.string()
    form = stream.numbers.get(name)
    return pa.float64() if column.dtype == "Float64" or (form is not None and not form.is_whole) else pa.int64()


def _plain(column: dict[str, Any]) -> dict[str, Any]:
    """What JSON can hold of a column: the codes of its labels are texts there."""
    return {**column, "labels": {str(code): label for code, label in column["labels"].items()}}


def _said(value: object) -> str:
    if isinstance(value, dict):
        value = {str(code): label for code, label in value.items()}
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cases(stream: CaseStream) -> Iterator[bytes]:
    kind = schema(stream)

    with TemporaryDirectory() as folder:
        made = Path(folder) / CASES
        with pq.ParquetWriter(made, kind) as writer:
            for frame in stream.blocks():
                writer.write_table(pa.table([_array(frame[one.name], one.type) for one in kind], schema=kind))
            writer.add_key_value_metadata({"surveyapp.data_version": stream.data_version})
        yield from _pieces(made)


def _array(column: pd.Series[Any], kind: Any) -> Any:
    """A column of a block, built from its own arrays."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        names = [readable(str(name))[0] for name in column.cat.categories]
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=codes < 0), pa.array(names, pa.string()))
    if column.dtype.kind == "M":
        return pa.array(column.to_numpy().astype("datetime64[D]"), kind)
    if column.name == "response_id":
        return pa.array([readable(str(name))[0] for name in column], kind)
    gone = column.isna().to_numpy()
    return pa.array(column.to_numpy(dtype="float64" if kind == pa.float64() else "int64", na_value=0), kind, mask=gone)


def _texts(stream: CaseStream, losses: Losses) -> Iterator[bytes]:
    kind = pa.schema([(name, pa.string()) for name in OPEN_HEADER])
    with TemporaryDirectory() as folder:
        made = Path(folder) / OPEN
        with pq.ParquetWriter(made, kind) as writer:
            lines: list[list[str]] = []
            for line in stream.texts():
                cleaned = [readable(str(value)) for value in line]
                if cleaned[OPEN_HEADER.index("text")][1]:
                    losses.of(
                        stream.words("Characters that no file can hold were replaced in"),
                        f"{line[0]} {line[OPEN_HEADER.index('variable')]}",
                    )
                lines.append([text for text, _ in cleaned])
                if len(lines) == TEXTS:
                    writer.write_table(_table(lines, kind))
                    lines = []
            if lines:
                writer.write_table(_table(lines, kind))
        yield from _pieces(made)


def _table(lines: list[list[str]], kind: Any) -> Any:
    return pa.table([pa.array(column, pa.string()) for column in zip(*lines, strict=True)], schema=kind)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece
