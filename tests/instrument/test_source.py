"""Reading files: plain data with places, and nothing else."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.instrument.checks import checked
from surveyapp.instrument.definition import StudyFile, VariablesFile
from surveyapp.instrument.files import read_file, read_files
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.notation import FileModel
from surveyapp.instrument.shape import DefinitionFile, shaped
from surveyapp.instrument.source import MAXIMUM_BYTES, MAXIMUM_DEPTH, Document, read_document
from tests.instrument.definitions import definition, patched, without_places, write


def read(text: str) -> Any:
    found = read_document(text.encode("utf-8"), "x.yaml")
    assert isinstance(found, Document), found
    return found.data


def fault(content: bytes | str) -> Finding:
    found = read_document(content if isinstance(content, bytes) else content.encode("utf-8"), "x.yaml")
    assert isinstance(found, Finding), found
    return found


def test_scalars_are_those_of_the_core_schema_of_yaml_1_2() -> None:
    # Section 10.3 of YAML 1.2.2: no, on, yes and 12:30 are text, 010 is ten, dates are text.
    text = """
a: [no, on, yes, 12:30, 010, 0o17, 0x1F, 2026-03-01, 1_000, ~, null, "null", true, False, 1.5, -3, .5, +2, '1', y, Nee]
b: ""
c:
2014: [1]
true: x
"""
    first = ["no", "on", "yes", "12:30", 10, 15, 31, "2026-03-01", "1_000", None, None, "null", True, False, 1.5, -3]
    assert read(text) == {
        "a": [*first, 0.5, 2, "1", "y", "Nee"],
        "b": "",
        "c": None,
        "2014": [1],
        "true": "x",
    }


def test_every_key_and_entry_has_its_place() -> None:
    document = read_document(b"a:\n  - b: 1\n    c: {d: 2}\n  - 3\n", "x.yaml")
    assert isinstance(document, Document)
    assert str(document.place("a")) == "x.yaml:1:1"
    assert str(document.place("a", 0, "c", "d")) == "x.yaml:3:9"
    assert str(document.place("a", 1)) == "x.yaml:4:5"
    assert str(document.place("a", 7, "nothing")) == "x.yaml:1:1"


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        ("a: 1\na: 2\n", "Y004", 2, 1),
        ("a: {b: 1, b: 2}", "Y004", 1, 11),
        ("1: x\n'1': y\n", "Y004", 2, 1),
        ("a: &x 1\nb: *x\n", "Y005", 1, 4),
        ("a: *x\n", "Y005", 1, 4),
        ("a: &a [*a]\n", "Y005", 1, 4),
        ("a: !!python/object:os.system 1\n", "Y005", 1, 4),
        ("a: !x 1\n", "Y005", 1, 4),
        ("? [a]\n: 1\n", "Y005", 1, 3),
        ("? {a: 1}\n: 1\n", "Y005", 1, 3),
        ("a: 1\n---\nb: 2\n", "Y005", 2, 1),
        ("%YAML 1.1\n---\na: 1\n", "Y005", 2, 1),
        ("a: [1, 2\n", "Y001", 1, 4),
        ("a: 'open\n", "Y001", 1, 4),
        ("a: b: c\n", "Y001", 1, 5),
        ("\ta: 1\n", "Y001", 1, 1),
        ("a: \x00\n", "Y001", 1, 4),
        ('a: "\\0"\n', "Y007", 1, 4),
        ('a: "\\ud800"\n', "Y007", 1, 4),
        ("a: .inf\n", "Y007", 1, 4),
        ("a: 1e999\n", "Y007", 1, 4),
        (f"a: {'9' * 5000}\n", "Y007", 1, 4),
        (b"a: \xff\n", "Y002", 1, 4),
        ("[" * 60, "Y006", 1, MAXIMUM_DEPTH + 1),
        (b"a" * (MAXIMUM_BYTES + 1), "Y003", 1, 1),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(content: Any, code: str, line: int, column: int) -> None:
    found = fault(content)
    assert (found.code, found.place.line, found.place.column) == (code, line, column)
    assert found.level == "error"
    assert set(found.message) == set(found.fix) == {"nl", "en"}


def test_bombs_cost_neither_time_nor_memory() -> None:
    bombs = [
        "a: &a [x, x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)),
        "[" * (MAXIMUM_BYTES - 1),
        "{" * (MAXIMUM_BYTES - 1),
        "- " * (MAXIMUM_BYTES // 2 - 1),
        "? " * (MAXIMUM_BYTES // 2 - 1),
        "a" * 10_000_000,
    ]
    start = time.process_time()
    assert [fault(bomb).code for bomb in bombs] == ["Y005", "Y006", "Y005", "Y006", "Y005", "Y003"]
    assert time.process_time() - start < 20  # minutes, not seconds, is what a bomb would take


def test_the_same_content_is_parsed_once() -> None:
    content = b"a: [1, 2]\n"
    first, second = read_document(content, "one.yaml"), read_document(content, "two.yaml")
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert first.data is second.data
    assert (first.place("a").file, second.place("a").file) == ("one.yaml", "two.yaml")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_data_or_a_finding_with_a_place(content: bytes) -> None:
    found = read_document(content, "x.yaml")
    if isinstance(found, Finding):
        assert found.place.line >= 1
        assert found.place.column >= 1
    else:
        json.dumps(found.data, allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab12:-?,[]{}&*!|>'\"%@`#~ \n\t\\", max_size=80))
def test_any_punctuation_gives_data_or_a_finding_with_a_place(text: str) -> None:
    found = read_document(text.encode(), "x.yaml")
    if isinstance(found, Finding):
        assert found.code.startswith("Y")
    else:
        json.dumps(found.data, allow_nan=False)


# ------------------------------------------------------------------------------------------------------- shape

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _spots(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(data, dict):
        for key, value in data.items():
            found += _spots(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            found += _spots(value, (*path, index))
    return found


_SPOTS = _spots(definition())
_EXAMPLES = max(300, settings().max_examples)  # the profile "long" asks for the 5,000 of a run before a release


@settings(max_examples=_EXAMPLES, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_SPOTS), _JSON), min_size=1, max_size=3))
def test_a_study_with_rubbish_in_it_gives_findings_and_never_a_traceback(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    files = definition()
    for path, value in changes:
        node = files
        try:
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the spot away
    study = without_places(files)
    for year in (2026, 2014):
        instrument, findings = checked(study, year)
        assert instrument is not None or any(finding.level == "error" for finding in findings)
        assert all(finding.place.line >= 1 for finding in findings)


@pytest.mark.parametrize(
    ("path", "value", "code", "name"),
    [
        ("study.titel", {"nl": "x"}, "S002", "titel"),
        ("study.title", "Een titel", "S003", "title"),
        ("study.threshold", "tien", "S003", "threshold"),
        ("study.threshold", 1, "S006", "threshold"),
        ("study.threshold", 10.5, "S003", "threshold"),
        ("study.study", "Met Hoofdletters", "S005", "study"),
        ("study.roles", [], "S006", "roles"),
        ("study.waves.0.mode", "open", "S004", "waves.0.mode"),
        ("variables.variables.gr_assign.type", "markk", "S004", "variables.gr_assign.type"),
        ("variables.variables.gr_assign.type", DELETED := "deleted", "S001", "variables.gr_assign"),
        ("variables.variables.Bad", {"type": "year", "label": {"nl": "x"}}, "S005", "variables.Bad"),
        ("questionnaire.pages.0.items.0.required", "ja", "S003", "pages.0.items.0.required"),
        ("questionnaire.pages.0.items.0.text", {"nl": 5, "en": "five"}, "S003", "pages.0.items.0.text.nl"),
        ("questionnaire.pages.0.items.0.text", {}, "S006", "pages.0.items.0.text"),
    ],
)
def test_a_wrong_shape_is_named_with_its_key(path: str, value: Any, code: str, name: str, tmp_path: Path) -> None:
    files = patched((path, value))
    if value == DELETED:
        del files["variables.yaml"]["variables"]["gr_assign"]["type"]
    found = read_files(write(tmp_path, files)).findings
    assert [(finding.code, finding.name) for finding in found] == [(code, name)]
    assert found[0].place.line > 1
    assert found[0].message["nl"] != found[0].message["en"]


def test_a_key_misspelt_is_set_right(tmp_path: Path) -> None:
    files = patched(("questionnaire.pages.0.items.0.requird", True))
    (finding,) = read_files(write(tmp_path, files)).findings
    assert finding.fix == {"nl": "Bedoelt u ‘required’?", "en": "Do you mean 'required'?"}


def test_a_list_of_faults_ends_somewhere() -> None:
    data = {"study": "x", **{f"key{number}": 1 for number in range(500)}}
    found = shaped(Document("x.yaml", data), StudyFile)
    assert isinstance(found, tuple)
    assert len(found) == 50


@pytest.mark.parametrize("data", [None, [], "text", 5, {"variables": []}, {"variables": {"x": None}}])
def test_a_file_of_another_kind_is_refused(data: Any) -> None:
    found = shaped(Document("x.yaml", data), VariablesFile)
    assert isinstance(found, tuple)
    assert found[0].code.startswith("S")


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    found = read_file(tmp_path / "nothing.yaml", StudyFile)
    assert isinstance(found, tuple)
    assert found[0].code == "Y000"


def test_a_folder_in_place_of_a_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").mkdir()
    found = read_file(tmp_path / "study.yaml", StudyFile)
    assert isinstance(found, tuple)
    assert found[0].code == "Y000"


def test_a_file_that_fits_is_a_model(tmp_path: Path) -> None:
    found = read_file(write(tmp_path, definition()) / "study.yaml", StudyFile)
    assert isinstance(found, DefinitionFile)
    assert isinstance(found.model, FileModel)
    assert found.place("study").line == 2
