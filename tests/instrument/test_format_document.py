"""The description of the format is true: its examples load, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveyapp.instrument import coding_definition, definition, weighting_definition
from surveyapp.instrument.checks import CHECKS
from surveyapp.instrument.conditions import parse_condition
from surveyapp.instrument.files import read_files
from surveyapp.instrument.loader import read_instrument
from surveyapp.instrument.model import VariableType
from surveyapp.instrument.notation import FileModel

DOCUMENT = Path(__file__).parents[2] / "docs" / "instrument-format.md"
TEXT = DOCUMENT.read_text("utf-8")
EXAMPLES = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", TEXT, re.DOTALL))


def test_the_examples_together_are_a_study_that_fits_its_shape(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 7
    for name, content in EXAMPLES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    assert read_files(tmp_path).findings == ()


@pytest.mark.parametrize("year", [2026, 2014])
def test_each_wave_of_the_examples_becomes_an_instrument(year: int, tmp_path: Path) -> None:
    for name, content in EXAMPLES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    instrument, findings = read_instrument(tmp_path, year)
    assert [finding.message["en"] for finding in findings if finding.code.startswith(("R", "S", "Y"))] == []
    assert instrument is not None


def test_every_key_of_every_file_is_described() -> None:
    keys = {
        info.alias or name
        for file in (definition, weighting_definition, coding_definition)
        for model in vars(file).values()
        if isinstance(model, type) and issubclass(model, FileModel)
        for name, info in model.model_fields.items()
    }
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", TEXT)] == []


def test_every_type_stands_in_the_table() -> None:
    assert [kind.value for kind in VariableType if f"| `{kind.value}` |" not in TEXT] == []


def test_every_check_stands_in_the_table_with_its_level() -> None:
    listed = dict(re.findall(r"^\| ([A-Z]\d{3}) \| (\w+) \|", TEXT, re.MULTILINE))
    assert listed == {code: check.level for code, check in CHECKS.items()}


def test_the_conditions_of_the_table_can_be_read() -> None:
    rows = re.findall(r"^\| (`.*?) \| .* \|$", TEXT.split("## Conditions")[1].split("## ")[0], re.MULTILINE)
    written = [source for row in rows for source in re.findall(r"`([^`]+)`", row)]
    whole = [
        source for source in written if re.search(r"[\w)] (==|>=|in|not in|<) |^\w+\(\w", source) and "…" not in source
    ]
    assert len(whole) >= 10
    for source in whole:
        assert parse_condition(source).source == source
