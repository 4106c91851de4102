"""One frame behind the data book, both spellings of CSV and a notebook: its types, its words, what it tells."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from surveyapp.errors import ExportError, NotFound
from surveyapp.exports.case_file import case_file
from surveyapp.exports.case_frame import answered, blocks, case_frame, coded, labelled, named_cases, shown
from surveyapp.exports.registry import ExportSource, write
from surveyapp.exports.words import Words
from surveyapp.fieldwork.waves import WaveInfo, create_wave, open_wave
from surveyapp.instrument.resolve import resolved
from surveyapp.notebook import cases as notebook_cases
from surveyapp.notebook import cases_of_file, figures, texts
from surveyapp.reports.codebook import codebook
from surveyapp.reports.live import LiveWaves
from surveyapp.reports.tabulate import tabulate
from surveyapp.reports.wave_data import WaveData
from surveyapp.storage import audit
from surveyapp.storage.database import Database
from tests.exports import golden_cases
from tests.instrument.definitions import in_memory
from tests.reports.waves import random_wave

MISSING = {-1: "n.v.t.", -2: "weet ik niet", -3: "zeg ik liever niet", -8: "niet gesteld", -9: "overgeslagen"}


def frame_of(data: WaveData, language: str = "nl") -> pd.DataFrame:
    return case_frame(data, codebook(data.instrument, data), Words(language))


@pytest.fixture(scope="module")
def small() -> pd.DataFrame:
    return frame_of(golden_cases.cases())


@pytest.fixture(scope="module")
def real() -> WaveData:
    return random_wave(1100, 5)  # more than one block


@pytest.fixture(scope="module")
def exported(real: WaveData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "cases.zip"
    info = WaveInfo("x", 2026, "open", "anonymous", real.instrument.hash, datetime(2026, 11, 2, tzinfo=UTC), None)
    write("csv", ExportSource(info, real), path, "en")
    return path


def test_every_kind_of_column_has_its_dtype(small: pd.DataFrame) -> None:
    assert {name: str(dtype) for name, dtype in small.dtypes.items()} == {
        "response_id": "string",
        "wave": "Int64",
        **dict.fromkeys(("role", "source", "language", "status", "device"), "category"),
        **dict.fromkeys(("started_on", "submitted_on"), "datetime64[s]"),
        "minutes": "Float64",
        **dict.fromkeys([name for name in small if name.startswith(("s_", "t_"))], "Int64"),
        **dict.fromkeys(("t_number", "t_allocation__1", "t_allocation__2"), "Float64"),
    }


def test_kinds_of_missing_stay_apart_until_they_are_asked_to_go(small: pd.DataFrame) -> None:
    at = small.index[small["status"] == "screened_out"][0]
    assert small.loc[at, ["t_single", "t_multiple__1", "t_mark", "t_recommendation"]].tolist() == [-1, -2, -9, -8]
    plain = answered(small)
    assert plain.loc[at, ["t_single", "t_multiple__1", "t_number", "t_ranking__1"]].isna().all()
    assert plain["t_number"].sum() == 12.5 + 500 + 0.1 + 0
    assert str(plain["t_number"].dtype) == "Float64"
    assert small.loc[at, "t_number"] == -2  # the frame itself is as it was
    said = labelled(plain)
    assert said.loc[at, "t_single"] is pd.NA or pd.isna(said.loc[at, "t_single"])
    assert str(said["t_number"].dtype) == "Float64"


def test_written_out_a_code_is_its_label_and_two_codes_may_share_one(small: pd.DataFrame) -> None:
    said = labelled(small)
    ranked = said["t_ranking__1"]
    assert ranked.dtype == pd.CategoricalDtype(["=1+1", 'Zelfde; "woord"', "Anders", *MISSING.values()])
    assert {label for label in ranked if label not in ("niet gesteld", "overgeslagen")} == {"Anders", 'Zelfde; "woord"'}
    assert set(said["t_multiple__97"]) == {"ja", "nee", "weet ik niet"}
    assert set(said["role"]) == {"zelfstandig professional"}
    assert {"weet ik niet", 12.5, 500} <= set(said["t_number"])


def test_a_frame_tells_what_stands_in_it_and_pandas_hands_that_on(small: pd.DataFrame) -> None:
    told = small.attrs["columns"]
    assert list(told) == list(small)
    assert told["t_ranking__2"] == {
        "variable": "t_ranking",
        "label": "Rangorde: 2",
        "question": "Rangorde?",
        "base": told["t_single"]["base"],
        "type": "ranking",
        "measure": "nominal",
        "labels": {1: "=1+1", 2: 'Zelfde; "woord"', 90: 'Zelfde; "woord"', 97: "Anders", **MISSING},
        "missing": list(MISSING),
    }
    assert told["t_multiple__97"]["label"] == "Meer antwoorden: Anders"
    assert (told["t_year"]["labels"], told["t_year"]["measure"]) == (MISSING, "ratio")
    assert (told["status"]["variable"], told["status"]["label"]) == (None, "Status")
    assert told["status"]["labels"] == {
        "started": "niet afgemaakt",
        "complete": "volledig",
        "screened_out": "buiten de doelgroep",
        "excluded": "uitgesloten",
    }
    held = {key: value for key, value in small.attrs.items() if key != "columns"}
    assert held == {
        "title": "Elk soort 2026",
        "year": 2026,
        "language": "nl",
        "moment": "2026-11-23T14:05:00+00:00",
        "definition": golden_cases.cases().instrument.hash,
        "data_version": held["data_version"],
        "made_up": "",
    }
    assert json.dumps(small.attrs)  # as a Parquet file wants it
    assert small[small["t_mark"] > 0].attrs["columns"] is told, "copied at every step, it would cost more than the step"
    assert copy.deepcopy(told) is told


def test_blocks_are_the_frame_and_the_cells_are_the_frame(real: WaveData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveyapp.exports.case_frame.BLOCK", 1000)
    named = named_cases(real.dataset)
    made = list(blocks(real.instrument, named))
    assert [len(one) for one in made] == [1000, named.n - 1000]
    whole = coded(real.instrument, named)
    for name in whole:
        assert shown(whole[name]) == [value for one in made for value in shown(one[name])]


def test_the_version_of_the_data_moves_with_one_answer_and_with_nothing_else(small: pd.DataFrame) -> None:
    assert frame_of(golden_cases.cases(), "en").attrs["data_version"] == small.attrs["data_version"]
    data = golden_cases.cases()
    column = data.dataset.columns["t_single"]
    column.values[0] += 1  # type: ignore[union-attr]  # a coded column
    try:
        assert frame_of(data).attrs["data_version"] != small.attrs["data_version"]
    finally:
        column.values[0] -= 1  # type: ignore[union-attr]


def test_an_exported_file_gives_the_frame_back(real: WaveData, exported: Path) -> None:
    read, made = cases_of_file(exported), frame_of(real, "en")
    pd.testing.assert_frame_equal(read, made, check_categorical=False)
    ours, theirs = dict(made.attrs), dict(read.attrs)
    columns = ours.pop("columns"), theirs.pop("columns")
    assert ours == theirs
    for name, column in columns[0].items():
        if column["variable"] is not None:
            assert columns[1][name] == column
    pd.testing.assert_frame_equal(labelled(read), labelled(made), check_categorical=False)


def test_a_text_that_was_guarded_against_a_spreadsheet_comes_back_as_it_was(tmp_path: Path) -> None:
    data = golden_cases.cases()
    info = WaveInfo("x", 2026, "open", "anonymous", data.instrument.hash, datetime(2026, 11, 2, tzinfo=UTC), None)
    write("csv", ExportSource(info, data), tmp_path / "cases.zip", "nl")
    read = case_file(tmp_path / "cases.zip")
    assert "=bron" in set(read["source"])
    assert read.attrs["columns"]["t_ranking__1"]["labels"][1] == "=1+1"


def test_what_the_documentation_shows_of_a_notebook_runs(
    real: WaveData, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    (shown_there,) = re.findall(r"```python\n(.*?)```", page, flags=re.S)
    assert len(shown_there.splitlines()) <= 10
    made = frame_of(real, "en")
    asked: list[object] = []
    monkeypatch.setattr("surveyapp.notebook.cases", lambda *given: asked.append(given) or made)
    monkeypatch.setattr("surveyapp.notebook.texts", lambda *given: asked.append(given))
    monkeypatch.setattr("surveyapp.notebook.cases_of_file", lambda name: asked.append(name) or case_file(exported))
    exec(shown_there, {})
    study = "goed-opdrachtgeverschap"
    assert asked == [(study, 2026, "en"), f"{study}-2026-csv-en-v1-20261130.zip", (study, 2026)]


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "niets")
    for path in (other, Path(__file__)):
        with pytest.raises(ExportError, match=path.name):
            case_file(path)


def test_a_notebook_takes_the_frame_from_a_database_and_the_log_keeps_that_it_was_taken(
    sqlite_database: Database,
) -> None:
    instrument = resolved(in_memory(name="every_type"), 2026)
    with sqlite_database.write() as session:
        create_wave(session, instrument)
        open_wave(session, "every-type", 2026)
    url = f"sqlite:///{sqlite_database.file}"
    found = notebook_cases("every-type", 2026, "en", database=url)
    assert len(found) == 0
    assert found.attrs["columns"]["t_single"]["label"] == "One answer"
    assert list(texts("every-type", 2026, database=url)) == [
        "response_id",
        "role",
        "variable",
        "label",
        "text",
        "language",
    ]
    with sqlite_database.read() as session:
        entries = [(entry.action, entry.subject, entry.details) for entry in audit.latest(session, 2)]
    assert entries == [
        ("export.texts", "every-type 2026", {"language": "nl"}),
        (
            "export.frame",
            "every-type 2026",
            {"language": "en", "data_version": found.attrs["data_version"], "cases": 0},
        ),
    ]
    with pytest.raises(NotFound):
        notebook_cases("every-type", 1999, database=url)


def test_the_figures_of_a_variable_come_as_the_lines_of_the_long_list(
    monkeypatch: pytest.MonkeyPatch, sqlite_database: Database
) -> None:
    data = random_wave()
    with sqlite_database.write() as session:
        create_wave(session, data.instrument)
        open_wave(session, data.instrument.study.id, 2026)
    monkeypatch.setattr(LiveWaves, "data", lambda *_: data)
    url = f"sqlite:///{sqlite_database.file}"
    found = figures(data.instrument.study.id, 2026, "gr_assign", ["role"], None, "en", database=url)
    table = tabulate(data, "gr_assign", ["role"])
    means = found[(found["row_kind"] == "mean")].set_index("banner_code")
    ((_, expected),) = table.of_kind("mean")
    for group, figure in zip(table.groups[1:], expected[1:], strict=True):
        line = means.loc[group.key.removeprefix("role:")]
        assert (line["value"], line["n_unweighted"], line["se"]) == (figure.value, figure.bases.valid, figure.se)
    assert set(found["provisional"]) == {1}
    assert len(found) == len(table.groups) * (len(table.measures) + 3)
