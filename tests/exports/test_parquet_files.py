"""Parquet: what is read back is the frame, in its types, and the file says what each column means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from surveyapp import clock
from surveyapp.exports import case_frame as case_frame_module
from surveyapp.exports.case_frame import TEXT, case_frame, open_lines
from surveyapp.exports.parquet_files import CASES, OPEN, write_parquet
from surveyapp.exports.safe_cells import readable
from surveyapp.reports.wave_data import WaveData
from tests.exports import golden_cases
from tests.exports.packages import BLOCK, MANY, many_cases, stream, unpacked


@pytest.fixture(autouse=True, scope="module")
def in_small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_frame_module, "BLOCK", BLOCK)
        yield


@pytest.fixture(scope="module")
def many() -> WaveData:
    return many_cases()


@pytest.fixture(scope="module")
def made(many: WaveData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    write_parquet(stream(many), folder / "made.zip")
    return unpacked(folder / "made.zip", folder)


def test_what_is_read_back_is_the_frame(many: WaveData, made: Path) -> None:
    frame = case_frame(many, stream(many).codebook, stream(many).words)
    read = pq.read_table(made / CASES).to_pandas(integer_object_nulls=True)
    for name, dtype in frame.dtypes.items():
        if isinstance(dtype, pd.CategoricalDtype):
            read[name] = pd.Categorical(read[name], categories=dtype.categories)
        elif dtype.kind == "M":
            read[name] = pd.to_datetime(read[name]).astype("datetime64[s]")
        else:
            read[name] = read[name].astype(TEXT if name == "response_id" else dtype)
    pd.testing.assert_frame_equal(read, frame)
    assert pq.ParquetFile(made / CASES).num_row_groups == -(-MANY // BLOCK)


def test_a_code_is_a_whole_number_a_name_a_dictionary_and_a_day_a_day(made: Path) -> None:
    kinds = pq.read_schema(made / CASES)
    assert kinds.field("t_single").type == kinds.field("t_multiple__1").type == pa.int64()
    assert kinds.field("t_number").type == kinds.field("minutes").type == pa.float64()
    assert kinds.field("role").type == pa.dictionary(pa.int32(), pa.string())
    assert kinds.field("started_on").type == pa.date32()


def test_the_metadata_tell_labels_questions_bases_and_versions(many: WaveData, made: Path) -> None:
    field = pq.read_schema(made / CASES).field("t_single")
    said = {key.decode(): value.decode() for key, value in field.metadata.items()}
    column = stream(many).columns["t_single"]
    assert said["label"] == column["label"] == "Eén antwoord"
    assert said["base"] == column["base"]
    assert json.loads(said["labels"]) == {str(code): label for code, label in column["labels"].items()}
    assert json.loads(said["missing"]) == column["missing"]
    held = {key.decode(): value.decode() for key, value in pq.read_metadata(made / CASES).metadata.items()}
    frame = case_frame(many, stream(many).codebook, stream(many).words)
    assert held["surveyapp.data_version"] == frame.attrs["data_version"]
    assert held["surveyapp.definition"] == many.instrument.hash
    assert held["surveyapp.moment"] == "2026-11-23T14:05:00+00:00"
    assert json.loads(held["surveyapp.columns"]).keys() == stream(many).columns.keys()


def test_open_answers_are_whole_and_what_no_file_can_hold_is_told(many: WaveData, made: Path) -> None:
    read = pq.read_table(made / OPEN).to_pylist()
    lines = list(open_lines(many.instrument, stream(many).cases, stream(many).words))
    assert [row["text"] for row in read] == [readable(str(line[4]))[0] for line in lines]
    assert "Tekens die geen bestand kan bevatten" in (made / "readme.txt").read_text("utf-8")


def test_the_same_data_give_the_same_bytes_whenever_they_are_made(tmp_path: Path) -> None:
    found = set()
    for year in (2027, 2031):
        with clock.stopped_at(datetime(year, 5, 1, tzinfo=UTC)):
            write_parquet(stream(golden_cases.cases(), "en"), tmp_path / "made.zip")
        found.add((tmp_path / "made.zip").read_bytes())
    assert len(found) == 1


def test_a_wave_without_answers_makes_files_without_rows(tmp_path: Path) -> None:
    data = golden_cases.cases()
    nobody = replace(data, dataset=data.dataset.take(slice(0)), kept={})
    write_parquet(stream(nobody), tmp_path / "made.zip")
    folder = unpacked(tmp_path / "made.zip", tmp_path)
    assert pq.read_table(folder / CASES).num_rows == pq.read_table(folder / OPEN).num_rows == 0
    assert pq.read_schema(folder / CASES).names == list(stream(data).columns)
