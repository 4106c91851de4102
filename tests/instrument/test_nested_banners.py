"""A banner of groups within groups, as a plan writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveyapp.instrument.checks import run_checks
from surveyapp.instrument.files import read_files
from surveyapp.instrument.loader import load_instrument
from surveyapp.instrument.nesting import as_written, broken_down_by, nested_in
from tests.instrument.definitions import definition, in_memory, patched, write

CODED = next(
    name
    for name, one in definition()["variables.yaml"]["variables"].items()
    if one["type"] == "single" and not one.get("sensitive")
)


def test_a_nested_banner_is_its_variables_from_the_outside_in() -> None:
    assert nested_in("role >  sector>size") == ("role", "sector", "size")
    assert as_written("role>sector") == "role > sector"
    assert list(broken_down_by(["role", "role > sector"])) == [
        ("role", "role"), ("role", "role > sector"), ("sector", "role > sector")]  # fmt: skip


@pytest.mark.parametrize("spelling", [f"role > {CODED}", f"role>{CODED}"])
def test_the_plan_releases_what_a_nested_banner_divides_before_it(spelling: str, tmp_path: Path) -> None:
    write(tmp_path, patched(("tables.tables.0.banner", [spelling])))
    instrument = load_instrument(tmp_path, 2026)
    assert instrument.tables[0].banner == (f"role > {CODED}",)
    assert instrument.banners.index("role") < instrument.banners.index(f"role > {CODED}")


def test_a_variable_that_does_not_exist_is_named_alone() -> None:
    struck = [
        one for one in run_checks(in_memory(("tables.tables.0.banner", ["role > nothing"])), 2026) if one.code == "R015"
    ]
    assert len(struck) == 1
    assert "'nothing'" in struck[0].message["en"]
    assert struck[0].place.file == "2026/tables.yaml"


@pytest.mark.parametrize(
    ("key", "value"), [("tests", "spss"), ("correction", "tukey"), ("significance", 0.5), ("significance", "5%")]
)
def test_a_way_of_testing_that_there_is_not_is_found_in_its_place(key: str, value: object, tmp_path: Path) -> None:
    write(tmp_path, patched((f"study.{key}", value)))
    (found,) = (one for one in read_files(tmp_path).findings if one.level == "error")
    assert (found.name, Path(found.place.file).name) == (key, "study.yaml")


def test_how_a_study_tests_is_that_of_its_file(tmp_path: Path) -> None:
    write(tmp_path, patched(("study.tests", "market"), ("study.correction", "bh"), ("study.significance", 0.1)))
    study = load_instrument(tmp_path, 2026).study
    assert (study.tests, study.correction, study.significance) == ("market", "bh", 0.1)
