"""Triple-S: a reader that follows the standard gets the frame back from the description and the data."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from surveyapp.exports import case_frame as case_frame_module
from surveyapp.exports.case_frame import case_frame, shown
from surveyapp.exports.triple_s_files import CASES, DESCRIPTION, OPEN, write_triple_s
from surveyapp.reports.wave_data import WaveData
from tests.exports.packages import BLOCK, many_cases, stream, unpacked


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
    folder = tmp_path_factory.mktemp("triple")
    write_triple_s(stream(many), folder / "made.zip")
    return unpacked(folder / "made.zip", folder)


@pytest.fixture(scope="module")
def record(made: Path) -> Element:
    text = (made / DESCRIPTION).read_text("utf-8")
    assert '"-//triple-s//DTD Survey Interchange v2.0//EN"' in text
    root = fromstring(text, forbid_dtd=False)
    assert root.get("version") == "2.0"
    found = root.find("survey/record")
    assert found is not None
    return found


def text_of(element: Element, name: str) -> str:
    return element.findtext(name) or ""


def codes_of(variable: Element) -> list[str]:
    return [one.get("code") or "" for one in variable.findall("values/value")]


def as_standard_reads(variable: Element, fields: list[str]) -> dict[str, list[str]]:
    """The columns of the frame that a variable stands for, as texts; rule by rule of the standard."""
    name, kind = text_of(variable, "name"), variable.get("type")
    if kind != "multiple":
        return {name: fields}
    spread = variable.find("spread")
    assert spread is not None
    width = int(spread.get("width") or 0)
    found: dict[str, list[str]] = {f"{name}__{code}": [] for code in codes_of(variable)}
    for text in fields:
        chosen = {int(text[at : at + width]) for at in range(0, len(text), width)} - {0}
        for code in codes_of(variable):
            found[f"{name}__{code}"].append("" if not text else str(int(int(code) in chosen)))
    return found


def test_a_reader_gets_the_frame_back(many: WaveData, made: Path, record: Element) -> None:
    assert (record.get("format"), record.get("skip"), record.get("href")) == ("csv", "1", CASES)
    with (made / CASES).open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))[1:]
    frame = case_frame(many, stream(many).codebook, stream(many).words)
    columns = list(zip(*rows, strict=True))
    read: dict[str, list[str]] = {}
    for variable in record.findall("variable"):
        position = variable.find("position")
        assert position is not None
        read |= as_standard_reads(variable, list(columns[int(position.get("start") or 0) - 1]))
    for name, column in frame.items():
        expected = ["" if value is None else str(value) for value in shown(column)]
        if name in ("started_on", "submitted_on"):
            expected = [text.replace("-", "") for text in expected]
        kinds = read.get(f"{str(name).rpartition('__')[0]}__m")
        got = read[str(name)]
        if kinds is not None:
            got = [kind if kind else text for kind, text in zip(kinds, got, strict=True)]
        assert got == expected, name


def test_every_code_in_the_data_is_declared(made: Path, record: Element) -> None:
    with (made / CASES).open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))[1:]
    for at, variable in enumerate(record.findall("variable")):
        met = {row[at] for row in rows} - {""}
        if variable.get("type") == "single":
            assert variable.get("format") == "literal"
            assert met <= set(codes_of(variable)), text_of(variable, "name")
        if variable.get("type") in ("quantity", "date"):
            span = variable.find("values/range")
            assert span is not None
            assert all(float(span.get("from") or 0) <= float(text) <= float(span.get("to") or 0) for text in met)


def test_names_are_those_the_standard_allows_and_occur_once(record: Element) -> None:
    names = [text_of(variable, "name") for variable in record.findall("variable")]
    assert len({name.lower() for name in names}) == len(names)
    assert all(name[0].isalpha() and name.replace("_", "").isalnum() and name.isascii() for name in names)
    assert [variable.get("ident") for variable in record.findall("variable")] == [
        str(number) for number in range(1, len(names) + 1)
    ]


def test_what_it_cannot_hold_is_told_and_open_answers_stand_beside(made: Path) -> None:
    readme = (made / "readme.txt").read_text("utf-8")
    assert "Open antwoorden zijn geen variabelen" in readme
    assert len((made / OPEN).read_bytes().splitlines()) > 1
