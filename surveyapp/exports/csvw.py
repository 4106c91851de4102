"""What CSV files mean, for programs: the metadata that the W3C's *CSV on the Web* asks for, as one JSON object.

References
----------
W3C (2015), *Metadata Vocabulary for Tabular Data*.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from surveyapp.exports.case_frame import DAYS, MINUTES
from surveyapp.exports.words import Words
from surveyapp.reports.wave_data import WaveData

if TYPE_CHECKING:
    from surveyapp.exports.case_columns import Columns
    from surveyapp.exports.flat_tables import Dialect, FlatTable

CODES, LABELS = "data-codes", "data-labels"
METADATA = "csv-metadata.json"


def csvw(
    tables: Sequence[FlatTable], dialects: Sequence[Dialect], columns: Columns, data: WaveData, words: Words
) -> bytes:
    """The metadata of a package of CSV files: of each its spelling, and of the cases what every column means."""
    wave = data.instrument.wave
    content = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": words.language}],
        "dc:title": words.pick(wave.title),
        "dc:identifier": f"{data.instrument.study.id}-{wave.year}",
        "dc:modified": {"@value": data.stand.astimezone(UTC).isoformat(timespec="seconds"), "@type": "xsd:dateTime"},
        "dc:rights": words("Restricted: single answers. Do not pass on."),
        "dc:description": words.made_up(data.is_made_up) or words.pick(data.instrument.study.title),
        "tables": [
            {
                "url": f"{table.name}-{dialect.name}.csv",
                "dialect": _dialect(dialect),
                "tableSchema": _schema(table, dialect, columns),
            }
            for table in tables
            for dialect in dialects
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _dialect(dialect: Dialect) -> dict[str, Any]:
    return {
        "delimiter": dialect.separator,
        "encoding": "utf-8",
        "header": True,
        "doubleQuote": True,
        "quoteChar": '"',
        "lineTerminators": ["\r\n"],
    }


def _schema(table: FlatTable, dialect: Dialect, columns: Columns) -> dict[str, Any]:
    if table.name not in (CODES, LABELS):
        return {"columns": [{"name": name, "titles": name, "datatype": "string"} for name in table.header]}
    made = [_column(name, columns[name], table.name == CODES, dialect) for name in table.header]
    return {"columns": made, "primaryKey": "response_id"}


def _column(name: str, column: Mapping[str, Any], is_coded: bool, dialect: Dialect) -> dict[str, Any]:
    said = {"dc:title": column["label"], "dc:description": column.get("question"), "dc:coverage": column.get("base")}
    return {
        "name": name,
        "titles": name,
        "datatype": _datatype(name, column, is_coded, dialect),
        **{key: value for key, value in said.items() if value},
    }


def _datatype(name: str, column: Mapping[str, Any], is_coded: bool, dialect: Dialect) -> object:
    if name in DAYS:
        return {"base": "date", "format": "yyyy-MM-dd"}
    is_number = name == MINUTES or (is_coded and (name == "wave" or column["variable"] is not None))
    if not is_number:
        return "string"
    return {"base": "number", "format": {"decimalChar": ",", "groupChar": "."}} if dialect.decimal_comma else "number"
