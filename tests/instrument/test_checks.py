"""Every check strikes where it should, and only there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveyapp.errors import DefinitionError
from surveyapp.instrument.checks import CHECKS, run_checks
from surveyapp.instrument.files import read_files
from surveyapp.instrument.findings import Finding
from surveyapp.instrument.loader import load_instrument, read_instrument
from tests.instrument.definitions import FILES, in_memory, patched, study_files, write
from tests.instrument.examples_of_checks import EXAMPLES


def test_there_are_at_least_eighty_checks() -> None:
    assert len(CHECKS) >= 80


def test_every_check_has_an_example_and_every_example_a_check() -> None:
    # Checks that need more than the files of a study (a lock, say) are shown in a test module of their own.
    modules = [
        path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py") if path.name != Path(__file__).name
    ]
    elsewhere = {code for code in CHECKS if any(f'"{code}"' in module for module in modules)}
    assert sorted(set(CHECKS) - set(EXAMPLES) - elsewhere) == []
    assert sorted(set(EXAMPLES) - set(CHECKS)) == []


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_a_check_strikes_on_its_example(code: str) -> None:
    year, *changes = EXAMPLES[code]
    struck = [finding for finding in run_checks(in_memory(*changes), year) if finding.code == code]
    assert struck, f"{code} does not strike"
    for finding in struck:
        assert finding.level == CHECKS[code].level
        assert finding.place.file in FILES.values()
        assert finding.name


@pytest.mark.parametrize("year", [2026, 2014])
def test_no_check_strikes_on_the_tiny_study(year: int, tmp_path: Path) -> None:
    files = study_files(tmp_path)
    assert files.findings == ()
    assert run_checks(files, year) == ()


@pytest.mark.parametrize("code", sorted(CHECKS))
def test_a_check_says_in_both_languages_what_it_looks_for_and_what_to_do(code: str) -> None:
    check = CHECKS[code]
    assert re.fullmatch(r"[A-Z]\d{3}", code)
    for texts in (check.title, check.fix):
        assert set(texts) == {"nl", "en"}
        assert all(text.endswith(".") or text.endswith("?") for text in texts.values())
        assert texts["nl"] != texts["en"]
    assert check.function.__doc__


def test_findings_point_at_the_line_that_is_wrong(tmp_path: Path) -> None:
    files = study_files(tmp_path, ("questionnaire.pages.1.items.0.variable", "gr_asign"))
    (finding,) = [finding for finding in run_checks(files, 2026) if finding.code == "R001"]
    line = Path(finding.place.file).read_text("utf-8").splitlines()[finding.place.line - 1]
    assert '"variable": "gr_asign"' in line
    assert line[finding.place.column - 1] == '"'


def test_a_finding_as_data_has_a_place_and_both_languages(tmp_path: Path) -> None:
    files = study_files(tmp_path, ("study.threshold", 5))
    (finding,) = run_checks(files, 2026)
    assert finding.as_dict() == {
        "code": "V004",
        "level": "warning",
        "file": str(tmp_path / "study.yaml"),
        "line": finding.place.line,
        "column": finding.place.column,
        "name": "threshold",
        "message": {
            "nl": "Groepen vanaf 5 personen worden getoond.",
            "en": "Groups of 5 people and more are shown.",
        },
        "fix": {"nl": "Zet threshold op 10 of hoger.", "en": "Set threshold to 10 or more."},
    }


def test_findings_stand_in_the_order_of_the_files(tmp_path: Path) -> None:
    files = study_files(
        tmp_path,
        ("questionnaire.pages.4.items.2.required", True),
        ("study.threshold", 5),
        ("questionnaire.pages.1.items.0.hint.nl", "Een 10 is mooi"),
    )
    places = [(finding.place.file, finding.place.line) for finding in run_checks(files, 2026)]
    assert places == sorted(places)
    assert len(places) == 3


def test_an_unknown_reference_leaves_no_instrument(tmp_path: Path) -> None:
    folder = write(tmp_path, patched(("questionnaire.pages.1.items.0.variable", "gr_asign")))
    instrument, findings = read_instrument(folder, 2026)
    assert instrument is None
    assert [finding.code for finding in findings if finding.level == "error"]
    with pytest.raises(DefinitionError, match="gr_asign") as caught:
        load_instrument(folder, 2026)
    assert caught.value.place is not None
    assert caught.value.place.line > 1


def test_a_warning_still_gives_an_instrument(tmp_path: Path) -> None:
    folder = write(tmp_path, patched(("study.threshold", 5)))
    assert load_instrument(folder, 2026).study.threshold == 5


def test_the_real_study_has_no_errors() -> None:
    folder = Path(__file__).parents[2] / "instruments" / "goed-opdrachtgeverschap"
    files = read_files(folder)
    found: list[Finding] = [*files.findings]
    for year in files.waves:
        found.extend(run_checks(files, year))
    assert [f"{finding.place} {finding.code} {finding.message['en']}" for finding in found] == []
