"""SPSS files: what is read back is the frame, what they cannot hold is told, and other programs read them too."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from surveyapp import clock
from surveyapp.exports import case_frame as case_frame_module
from surveyapp.exports.case_frame import TEXT, case_frame, open_lines, with_attrs
from surveyapp.exports.spss_dictionary import cut, legal_names
from surveyapp.exports.spss_files import CASES, OPEN, SETS, write_spss
from surveyapp.exports.words import Words
from surveyapp.instrument.variables import Text
from surveyapp.reports.codebook import codebook
from surveyapp.reports.wave_data import WaveData
from tests.exports import golden_cases
from tests.exports.packages import BLOCK, MANY, many_cases, stream, unpacked


@pytest.fixture(autouse=True, scope="module")
def in_small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_frame_module, "BLOCK", BLOCK)
        yield


@pytest.fixture(scope="module")
def real() -> WaveData:
    return many_cases()


@pytest.fixture(scope="module")
def made(real: WaveData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spss")
    write_spss(stream(real), folder / "made.zip")
    return unpacked(folder / "made.zip", folder)


def read_back(path: Path, like: pd.DataFrame) -> pd.DataFrame:
    """The file in the types of the frame."""
    read, _ = pyreadstat.read_sav(path, user_missing=True)
    for name, dtype in like.dtypes.items():
        if isinstance(dtype, pd.CategoricalDtype):
            read[name] = pd.Categorical(read[name], categories=dtype.categories)
        elif dtype.kind == "M":
            read[name] = pd.to_datetime(read[name]).astype("datetime64[s]")
        else:
            read[name] = read[name].astype(TEXT if name == "response_id" else dtype)
    return read


def test_what_is_read_back_is_the_frame(real: WaveData, made: Path, tmp_path: Path) -> None:
    small = golden_cases.cases()
    write_spss(stream(small), tmp_path / "small.zip")
    for data, folder in ((real, made), (small, unpacked(tmp_path / "small.zip", tmp_path))):
        frame = case_frame(data, codebook(data.instrument, data), Words("nl"))
        pd.testing.assert_frame_equal(read_back(folder / CASES, frame), frame)


def test_the_version_of_the_data_is_that_of_the_whole_frame(real: WaveData) -> None:
    streamed = stream(real)
    assert len(list(streamed.blocks())) == 3
    whole = case_frame(real, streamed.codebook, streamed.words)
    assert streamed.data_version == whole.attrs["data_version"] == with_attrs(whole).attrs["data_version"]


def test_the_dictionary_tells_labels_codes_missing_answers_and_measures(made: Path, real: WaveData) -> None:
    meta = pyreadstat.read_sav(made / CASES, metadataonly=True, user_missing=True)[1]
    columns = stream(real).columns
    assert meta.column_names == list(columns)
    assert meta.number_rows == MANY
    assert meta.column_names_to_labels["t_mark"] == columns["t_mark"]["label"]
    assert meta.variable_value_labels["t_mark"] == columns["t_mark"]["labels"]
    assert meta.variable_value_labels["role"]["contractor"] == columns["role"]["labels"]["contractor"]
    assert meta.missing_ranges["t_mark"] == [{"lo": -9.0, "hi": -1.0}]
    assert "role" not in meta.missing_ranges
    measures = meta.variable_measure
    assert (measures["t_mark"], measures["role"], measures["t_multiple__1"]) == ("scale", "nominal", "nominal")
    assert set(measures.values()) == {"nominal", "ordinal", "scale"}
    assert meta.original_variable_types["started_on"] == "DATE11"
    assert meta.file_label == cut(real.instrument.wave.title["nl"], 64)


def test_the_syntax_makes_a_set_of_every_question_with_several_answers(made: Path, real: WaveData) -> None:
    text = (made / SETS).read_bytes().decode("utf-8-sig")
    sets = re.findall(r"/(M[DC]GROUP) NAME=\$(\w+).*?VARIABLES=\r\n(.*?)\r\n  (?:  VALUE=1\r\n  )?\.", text, flags=re.S)
    several = {
        variable.name: [name for name in stream(real).columns if name.startswith(f"{variable.name}__")]
        for variable in real.instrument.variables.values()
        if variable.type.shape.is_list and variable.name in real.dataset.columns
    }
    assert {name: held.split() for _, name, held in sets} == several != {}
    assert len(max(text.splitlines(), key=len)) < 300


def test_the_same_data_give_the_same_bytes_whenever_they_are_made(tmp_path: Path) -> None:
    data, found = golden_cases.cases(), set()
    for year in (2027, 2031):
        with clock.stopped_at(datetime(year, 5, 1, tzinfo=UTC)):
            write_spss(stream(data), tmp_path / "made.zip")
        found.add((tmp_path / "made.zip").read_bytes())
    assert len(found) == 1
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        header = archive.read(CASES)[92:109]
    assert header == f"{data.stand.astimezone(UTC):%d %b %y%H:%M:%S}".encode()


def test_names_that_spss_refuses_get_others_and_no_two_become_one(tmp_path: Path) -> None:
    names = ["by", "TO", "Aa", "aA", "1a", "_a", "a b", "naam-é", "x" * 70, "x" * 71, "a.", "$", "é" * 40]
    legal = legal_names(names)
    assert legal["by"] == "by_2"
    assert legal["naam-é"] == "naam_é"
    assert len({name.upper() for name in legal.values()}) == len(names)
    assert all(len(name.encode()) <= 64 for name in legal.values())
    pyreadstat.write_sav(pd.DataFrame({name: [1.0] for name in legal.values()}), tmp_path / "names.sav")
    assert pyreadstat.read_sav(tmp_path / "names.sav")[1].column_names == list(legal.values())


def test_long_labels_are_cut_between_two_letters_and_the_readme_says_whose(tmp_path: Path) -> None:
    data = golden_cases.cases()
    variables = dict(data.instrument.variables)
    single = variables["t_single"]
    long = Text({"nl": "é" * 200, "en": "e" * 300})
    categories = (replace(single.categories[0], label=long), *single.categories[1:])
    variables["t_single"] = replace(single, label=long, categories=categories)
    changed = replace(data, instrument=replace(data.instrument, variables=variables), kept={})
    write_spss(stream(changed), tmp_path / "made.zip")
    folder = unpacked(tmp_path / "made.zip", tmp_path)
    meta = pyreadstat.read_sav(folder / CASES)[1]
    assert meta.column_names_to_labels["t_single"] == "é" * 127
    assert meta.variable_value_labels["t_single"][1.0] == "é" * 60
    readme = (folder / "readme.txt").read_text("utf-8")
    assert "Het label van een variabele is ingekort: t_single" in readme
    assert "Het label van een code is ingekort: t_single" in readme


def test_open_answers_keep_their_letters_to_32_000_bytes_and_lose_no_row(tmp_path: Path) -> None:
    data = golden_cases.cases()
    column = data.dataset.columns["t_long_text"]
    values = column.values.copy()
    at = next(at for at, text in enumerate(values) if text)
    values[at] = "😀" * 9000 + "\x00"
    dataset = replace(data.dataset, columns={**data.dataset.columns, "t_long_text": replace(column, values=values)})
    changed = stream(replace(data, dataset=dataset, kept={}))
    write_spss(changed, tmp_path / "made.zip")
    folder = unpacked(tmp_path / "made.zip", tmp_path)
    read = pyreadstat.read_sav(folder / OPEN)[0]
    lines = list(open_lines(data.instrument, changed.cases, changed.words))
    assert list(read["response_id"]) == [line[0] for line in lines]
    assert "😀" * 8000 in set(read["text"])
    assert 'een; "twee", drie\ufffd' in set(read["text"])
    readme = (folder / "readme.txt").read_text("utf-8")
    assert "ingekort tot 32.000 bytes" in readme
    assert re.search(r"vervangen in: .*t_long_text", readme)


def test_a_wave_without_answers_makes_files_without_rows(tmp_path: Path) -> None:
    data = golden_cases.cases()
    nobody = replace(data, dataset=data.dataset.take(slice(0)), kept={})
    write_spss(stream(nobody, "en"), tmp_path / "made.zip")
    folder = unpacked(tmp_path / "made.zip", tmp_path)
    read, meta = pyreadstat.read_sav(folder / CASES)
    assert len(read) == meta.number_rows == 0
    assert list(read) == list(stream(data).columns)
    assert len(pyreadstat.read_sav(folder / OPEN)[0]) == 0


def test_the_readme_tells_rows_checksums_and_who_may_have_it(made: Path, real: WaveData) -> None:
    readme = (made / "readme.txt").read_text("utf-8")
    for name in (CASES, OPEN, SETS, "evidence.json"):
        assert hashlib.sha256((made / name).read_bytes()).hexdigest() in readme
    assert f"Responsen: {MANY}" in readme
    assert "Vertrouwelijk: losse antwoorden. Niet doorgeven." in readme
    assert "er is niets verborgen en er is geen ondergrens toegepast" in readme


R = """
if (!all(sapply(c("haven", "foreign"), requireNamespace, quietly = TRUE))) q()
suppressWarnings(suppressMessages({library(haven); library(foreign)}))
d <- read_sav("cases.sav", user_na = TRUE)
cat(nrow(d), ncol(d), sum(is.na(unclass(d$t_single))), paste(attr(d$t_single, "na_range"), collapse = ","), "\\n")
cat(names(attr(d$t_single, "labels"))[1], "|", attr(d$t_single, "label"), "\\n")
file <- "cases.sav"
f <- suppressWarnings(read.spss(file, to.data.frame = TRUE, use.value.labels = FALSE, use.missings = FALSE))
cat(nrow(f), ncol(f), paste(f$t_number, collapse = " "), "\\n")
"""


def test_r_reads_the_same_cases(tmp_path: Path) -> None:
    missing = "R with haven and foreign is missing: apt-get install r-cran-haven r-cran-foreign"
    if shutil.which("Rscript") is None:
        pytest.skip(missing)
    write_spss(stream(golden_cases.cases(), "en"), tmp_path / "made.zip")
    unpacked(tmp_path / "made.zip", tmp_path)
    found = subprocess.run(["Rscript", "-e", R], cwd=tmp_path, capture_output=True, check=True, text=True).stdout
    if not found:
        pytest.skip(missing)
    columns = len(stream(golden_cases.cases()).columns)
    first, second, third = found.splitlines()
    assert first.split() == ["5", str(columns), "0", "-9,-1"]
    assert second.split("|") == ["Yes ", " One answer "]
    assert third.split()[:2] == ["5", str(columns)]
    assert sorted(third.split()[2:], key=float) == ["-2", "0", "0.1", "12.5", "500"]


PSPP = """GET FILE='cases.sav'.
FREQUENCIES VARIABLES=t_single.
INCLUDE 'answer-sets.sps'.
"""


def test_pspp_counts_the_same_answers_and_takes_the_sets(tmp_path: Path) -> None:
    if shutil.which("pspp") is None:
        pytest.skip("PSPP is missing: apt-get install pspp")
    write_spss(stream(golden_cases.cases(), "en"), tmp_path / "made.zip")
    unpacked(tmp_path / "made.zip", tmp_path)
    (tmp_path / "run.sps").write_text(PSPP)
    command = ["pspp", "-O", "format=csv", "run.sps"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "error" not in found.stdout.lower()
    assert "$t_multiple" in found.stdout
