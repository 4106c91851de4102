"""CSV on the Web: the metadata name every file with its spelling, and what each column of the cases is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from surveyapp.exports.registry import ExportSource, write
from surveyapp.fieldwork.waves import WaveInfo
from tests.exports import golden_cases


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    data = golden_cases.cases()
    info = WaveInfo("every-type", 2026, "open", "x", data.instrument.hash, datetime(2026, 11, 2, tzinfo=UTC), None)
    path = tmp_path_factory.mktemp("csv") / "made.zip"
    write("csv", ExportSource(info, data), path, "nl")
    return zipfile.ZipFile(io.BytesIO(path.read_bytes()))


@pytest.fixture(scope="module")
def metadata(made: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.read("csv-metadata.json"))
    return found


def test_every_file_is_described_with_the_separator_it_has(made: zipfile.ZipFile, metadata: dict[str, Any]) -> None:
    tables = {table["url"]: table for table in metadata["tables"]}
    assert tables.keys() == {name for name in made.namelist() if name.endswith(".csv")}
    for name, table in tables.items():
        text = io.StringIO(made.read(name).decode("utf-8-sig"), newline="")
        header = next(csv.reader(text, delimiter=table["dialect"]["delimiter"]))
        assert [column["titles"] for column in table["tableSchema"]["columns"]] == header


def test_numbers_are_declared_as_each_spelling_writes_them(made: zipfile.ZipFile, metadata: dict[str, Any]) -> None:
    for spelling, comma in (("nl-excel", ","), ("international", ".")):
        (table,) = (one for one in metadata["tables"] if one["url"] == f"data-codes-{spelling}.csv")
        columns = {column["name"]: column for column in table["tableSchema"]["columns"]}
        assert table["tableSchema"]["primaryKey"] == "response_id"
        assert columns["started_on"]["datatype"] == {"base": "date", "format": "yyyy-MM-dd"}
        assert columns["role"]["datatype"] == "string"
        assert columns["t_single"]["dc:title"] == "Eén antwoord"
        number = columns["t_number"]["datatype"]
        assert (number["format"]["decimalChar"] if isinstance(number, dict) else ".") == comma
        assert f"12{comma}5" in made.read(table["url"]).decode()


def test_the_readme_has_the_checksum_of_every_file(made: zipfile.ZipFile) -> None:
    readme = made.read("readme.txt").decode()
    for name in made.namelist():
        assert name == "readme.txt" or hashlib.sha256(made.read(name)).hexdigest() in readme
